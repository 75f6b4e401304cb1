"""The wrapper of every script: our sentence first on screen, the traceback in the log.

A script says ``with stage(snakemake) as job:`` and then only reads, calls and writes. What it read
and wrote is noted in the log with row counts; a mistake of the user ends in sentences; anything
else ends in one sentence that names the log.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from trialbalance import contracts
from trialbalance.contracts import Problems, terms
from trialbalance.contracts.input_names import by_place, under
from trialbalance.provenance.interruptions import INTERRUPTED, NO_MEMORY, is_of_memory
from trialbalance.provenance.streams import seed_of


class Job:
    """What a script works with: its inputs, outputs, settings and log.

    Parameters
    ----------
    snakemake : object
        Snakemake's script object (or anything with the same attributes).
    """

    def __init__(self, snakemake: Any):
        self.rule = snakemake.rule
        self.inputs = dict(snakemake.input.items())
        self.outputs = dict(snakemake.output.items())
        self.wildcards = dict(snakemake.wildcards.items())
        settings = snakemake.params.settings
        self.settings: dict[str, Any] = settings
        self.study: dict[str, Any] = settings["study"]
        self._stage = snakemake.params.get("stage", "")
        self.place = "/".join(self.wildcards.values())
        self.within = "/".join(w for n, w in self.wildcards.items() if n != "study")
        self.vocabularies = vocabularies(settings)
        self._log = Path(snakemake.log[0])
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_text(f"{self.rule} {self.place}\n", encoding="utf-8")

    @property
    def section(self) -> dict[str, Any]:
        """Section of the rule's stage, with every setting in it."""
        return self.settings[self._stage]

    @property
    def analysis(self) -> dict[str, str]:
        """Name, outcome, perspective and population of the rule's analysis."""
        return self.settings["analysis"]

    def seed(self, *names: str) -> int:
        """Return the seed of a named stream; the scenario is left out on purpose."""
        words = [self.wildcards["study"], *names]
        return seed_of(self.study["seed"], *words)

    def note(self, text: str) -> None:
        """Write one line to the log."""
        with self._log.open("a", encoding="utf-8") as handle:
            handle.write(text.rstrip("\n") + "\n")

    def say(self, text: str) -> None:
        """Write one whole line to the screen and to the log."""
        print(f"{self.place} {text}", flush=True)  # noqa: T201
        self.note(text)

    def progress(self, percent: float, text: str) -> None:
        """Say how far long work is, in a whole line."""
        self.say(f"{percent:3.0f} % {text}")

    def has(self, name: str) -> bool:
        """Return whether an optional input is there."""
        return bool(self.inputs.get(name))

    def read(self, name: str, table: str | None = None) -> pd.DataFrame | None:
        """Return an input table, checked against its contract; None when the study has none."""
        if not self.has(name):
            return None
        frame = contracts.read(Path(str(self.inputs[name])), table or name, self.vocabularies)
        self.note(f"read {name}: {len(frame)} rows")
        return frame

    def source(self, name: str) -> pd.DataFrame | Path | None:
        """Return an input as a table, or its path where it is Parquet and can be streamed."""
        path = Path(str(self.inputs[name])) if self.has(name) else None
        return path if path is not None and path.suffix == ".parquet" else self.read(name)

    def read_all(self) -> dict[str, pd.DataFrame]:
        """Return every input that has a contract, by name."""
        frames = {name: self.read(name) for name in self.inputs if name in contracts.tables()}
        return {name: frame for name, frame in frames.items() if frame is not None}

    def read_under(self, head: str, table: str | None = None) -> dict[str, pd.DataFrame]:
        """Return the inputs under a first word, such as an analysis, by the rest of their name."""
        return {
            rest: self.read(f"{head}.{rest}", table or rest) for rest in under(self.inputs, head)
        }

    def read_by_place(self, table: str) -> dict[str, pd.DataFrame]:
        """Return one table of every place that the rule reads it from, such as ``base.qaly``."""
        return {
            place: self.read(f"{place}.{table}", table) for place in by_place(self.inputs, table)
        }

    def write(self, **tables: pd.DataFrame) -> None:
        """Write output tables under their contracts; each keyword is the name of an output."""
        for name, frame in tables.items():
            path = Path(str(self.outputs[name]))
            marked = self.study["synthetic"]
            contracts.write(frame, path, name, marked, self.vocabularies, self.within)
            self.note(f"wrote {name}: {len(frame)} rows")

    def write_outputs(self, tables: dict[str, pd.DataFrame]) -> None:
        """Write those of the tables that the rule declares as outputs."""
        self.write(**{name: tables[name] for name in self.outputs if name in tables})


@contextmanager
def stage(snakemake: Any) -> Iterator[Job]:
    """Run the body of a script so that it fails in sentences.

    Parameters
    ----------
    snakemake : object
        Snakemake's script object.

    Yields
    ------
    Job
        Inputs, outputs, settings and log of the script.
    """
    # What is made of people's records is for its owner alone.
    private = not snakemake.params.settings["study"]["synthetic"]
    before = os.umask(0o077) if private else None
    try:
        yield from _guarded(snakemake)
    finally:
        if before is not None:
            os.umask(before)


def _guarded(snakemake: Any) -> Iterator[Job]:
    """Run the body of a script; whatever stops it is told in sentences."""
    job = Job(snakemake)
    try:
        # Jobs that run side by side must not fight for cores over small matrices.
        with threadpool_limits(getattr(snakemake, "threads", 1), user_api="blas"):
            yield job
    except Problems as problems:
        _fail(job, [finding.sentence() for finding in problems.findings])
    except KeyboardInterrupt:
        _fail(job, [f"{job.rule} {job.place}: {INTERRUPTED}"])
    except Exception as error:
        if is_of_memory(error):
            _fail(job, [f"{job.rule} {job.place}: {NO_MEMORY}"])
        if isinstance(error, OSError):
            _fail(job, [_system_sentence(job, error)])
        what = (
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
        )
        _fail(
            job,
            [
                f"{job.rule} {job.place} stopped on a fault of the program ({what}); "
                f"please report it with {job._log}."
            ],
        )


def vocabularies(settings: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names that a study declares and its tables may therefore hold.

    Parameters
    ----------
    settings : dict
        ``study`` and whichever sections the stage reads.

    Returns
    -------
    dict
        arms, visits, periods; and items where section costs is at hand.
    """
    costs = settings.get("costs")
    items = costs["items"] if costs else [] if "costs" in settings else None
    return terms.vocabularies(settings["study"], items)


def _system_sentence(job: Job, error: OSError) -> str:
    """Return what the operating system refused, in one sentence."""
    where = error.filename or job.place
    return f"{where}: {error.strerror or error}; make room or set permissions, then run again."


def _fail(job: Job, sentences: list[str]) -> None:
    """Say the sentences, keep the traceback for the log, end the script."""
    job.note(traceback.format_exc())
    for sentence in sentences:
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201
        job.note(sentence)
    raise SystemExit(1) from None
