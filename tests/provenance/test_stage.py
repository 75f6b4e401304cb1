"""The stage wrapper: one sentence on screen, the traceback in the log."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from trialbalance.contracts import Finding, Problems
from trialbalance.provenance.interruptions import tell
from trialbalance.provenance.stage import stage


class Bag(dict):
    """Named items as Snakemake hands them over."""

    def __getattr__(self, name):
        return self[name]


@pytest.fixture
def snakemake(tmp_path):
    study = {"synthetic": True, "seed": 1, "arms": {"a": {}, "b": {}}, "visits": {}, "periods": {}}
    settings = {"study": study, "costs": {}}
    return SimpleNamespace(
        rule="value_resources",
        input=Bag(),
        output=Bag(),
        log=[str(tmp_path / "logs" / "x.log")],
        wildcards=Bag(study="mine", scenario="base"),
        params=Bag(settings=settings, stage="costs"),
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            Problems([Finding("a.csv", 2, "x", "3"), Finding("b.csv", found="nothing")]),
            "a.csv, row 2, column x: found 3.\nb.csv: found nothing.\n",
        ),
        (
            OSError(28, "No space left on device", "results/x.csv"),
            "results/x.csv: No space left on device; "
            "make room or set permissions, then run again.\n",
        ),
        (MemoryError(), "memory ran out"),
        (OSError(12, "Cannot allocate memory"), "memory ran out"),
        (RuntimeError("can't start new thread"), "memory ran out"),
        (OSError(30, "Read-only file system", "results/x.csv"), "set permissions, then run again"),
        (KeyboardInterrupt(), "interrupted; what was finished stays, run again to go on."),
        (ZeroDivisionError("division by zero"), "fault of the program (ZeroDivisionError"),
    ],
)
def test_failure_is_a_sentence(snakemake, capsys, error, sentence):
    with pytest.raises(SystemExit), stage(snakemake):
        raise error
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err + printed.out
    assert "Traceback" in Path(snakemake.log[0]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KeyboardInterrupt(), "interrupted; what was finished stays, run again to go on.\n"),
        (ImportError("x.so: failed to map segment from shared object"), "memory ran out"),
        (ValueError("other"), "ValueError: other"),
    ],
)
def test_what_stops_a_script_before_its_work_is_told_too(capsys, error, sentence):
    tell(type(error), error, None)
    assert sentence in capsys.readouterr().err


def test_success_says_lines_and_keeps_them(snakemake, capsys):
    with stage(snakemake) as job:
        job.say("3 records")
        first = job.seed("qaly")
    assert capsys.readouterr().out == "mine/base 3 records\n"
    assert first == stage_seed(snakemake)


def stage_seed(snakemake):
    """Return the seed under another scenario: common random numbers across scenarios."""
    snakemake.wildcards = Bag(study="mine", scenario="other")
    with stage(snakemake) as job:
        return job.seed("qaly")
