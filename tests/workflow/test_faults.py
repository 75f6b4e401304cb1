"""What may befall a run: killed, interrupted, no room or permission, no memory, another run.

Every kind of fault befalls the first stage with all tests; longer roads and more of each kind by
``pytest -m slow tests/workflow/test_faults.py``. With FAULTS=<file> each test adds the line of its
fault to a table in Markdown.
"""

import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from trialbalance import house
from trialbalance.provenance.interruptions import NO_MEMORY

EXAMPLES = Path(__file__).parent.parent / "doors"
slow = pytest.mark.slow
# The first stage, the first half of the pipeline, and a study of draws for the second half: none
# waits for a fit.
ROADS = {
    "first": "results/my_trial/base/10_data/flow.csv",
    "records": "results/my_trial/base/40_dataset/balance.csv",
    "draws": "all",
}
KILLS = 5


def short(*values):
    """Return parameters of which the first runs with all tests, and the others with slow ones."""
    return [values[0], *(pytest.param(value, marks=slow) for value in values[1:])]


ANALYSIS = "qaly_health_care"
CUT = ("fit_model", "write_report", "write_workbook", "release_results")
# Made anew with the time of the run in them.
OF_THE_MOMENT = ("ro-crate-metadata.json", "SHA256SUMS")
# How the fault of a test ended, and the file to which the lines of the table are added.
ENDS: list[str] = []
TABLE = os.environ.get("FAULTS")


@pytest.fixture(autouse=True)
def line_of_the_table(request):
    """Add a line to the table, where one is asked for: the fault, and how it ended."""
    ENDS.clear()
    before = request.session.testsfailed
    yield
    if TABLE:
        what = request.node.name.removeprefix("test_").replace("_", " ")
        ended = "FAILED" if request.session.testsfailed > before else "; ".join(ENDS)
        with Path(TABLE).open("a", encoding="utf-8") as file:
            file.write(f"| {what} | {ended} |\n")


@pytest.fixture(scope="module", params=short(*ROADS))
def road(request, tmp_path_factory, house_with):
    """Return a house run once undisturbed, its target, and the digests it ended with."""
    run = house_with(tmp_path_factory.mktemp(request.param) / "house")
    if request.param == "draws":
        shutil.rmtree(run.study)
        shutil.copytree(EXAMPLES / request.param, run.study)
    started = time.monotonic()
    answer = run.command(ROADS[request.param])
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run, ROADS[request.param], digests(run), time.monotonic() - started


def digests(run) -> dict[str, str]:
    """Return the digest of every file of the results but logs; the crate says when it was made."""
    root = run.folder / "results"
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "logs" not in path.parts and path.name not in OF_THE_MOMENT
    }


def begin(run, *words: str, limit=None, before=(), **environment: str) -> subprocess.Popen:
    """Start a run in a process group of its own, under a limit and behind other commands."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "snakemake", "--cores", "2", *words],
        cwd=run.folder,
        env=os.environ | {"PYTHONPATH": str(run.folder / "workflow" / "src")} | environment,
        preexec_fn=None if limit is None else lambda: resource.setrlimit(*limit),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen) -> None:
    """Kill a run and all that it started, where it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def told_by(process: subprocess.Popen, wait: float = 600.0) -> str:
    """Return all that a run says until it ends."""
    try:
        return process.communicate(timeout=wait)[0]
    finally:
        end(process)


def cut_short(run, rule: str, sign: signal.Signals, target: str, rest: float = 0.3) -> str:
    """Run a rule anew, and send a signal to the run while the rule works."""
    folder = run.folder / "results" / "my_trial"
    for log in folder.rglob(f"logs/{rule}*.log"):
        log.unlink()
    process = begin(run, target, "--forcerun", rule)
    deadline = time.monotonic() + 300
    while not list(folder.rglob(f"logs/{rule}*.log")):
        assert time.monotonic() < deadline and process.poll() is None, f"{rule} never began"
        time.sleep(0.02)
    time.sleep(rest)
    os.killpg(process.pid, sign)
    return told_by(process)


def is_alike(run, wanted: dict[str, str]) -> None:
    """Find every file as after an undisturbed run."""
    assert digests(run) == wanted
    ENDS.append(f"{len(wanted)} files equal")


def says(told: str, *words: str) -> None:
    """Find one of some words among all that a run said, and no traceback."""
    assert "Traceback" not in told, told
    found = [one for one in words if one.lower() in told.lower()]
    assert found, told
    ENDS.append(f"'{found[0]}' said")


def ends_alike(run, target: str, wanted: dict[str, str]) -> None:
    """Run again after a fault; every file must then be as after an undisturbed run."""
    halves = [path for path in digests(run) if path not in wanted and not path.endswith(".part")]
    assert halves == []
    run.command("--unlock")
    answer = run.command("--rerun-incomplete", target)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    made = {name: digest for name, digest in digests(run).items() if not name.endswith(".part")}
    assert {name for name in wanted if made.get(name) != wanted[name]} == set()
    assert set(made) == set(wanted)
    ENDS.append(f"{len(wanted)} files equal after the next run")


@pytest.mark.slow
def test_a_workbook_cut_short_is_made_whole_by_the_next_run(finished):
    wanted = digests(finished)
    told = cut_short(finished, "write_workbook", signal.SIGINT, "all")
    # Snakemake may end the script before it says that it was interrupted.
    assert "Traceback" not in told, told
    cut_short(finished, "write_workbook", signal.SIGKILL, "all")
    ends_alike(finished, "all", wanted)


@pytest.mark.parametrize("is_older", [True, False])
def test_a_result_changed_by_hand_stops_the_next_run_with_its_name(finished, is_older):
    path = f"results/my_trial/base/60_decision/{ANALYSIS}/incremental.csv"
    file = finished.folder / path
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("new_service", "new_servicf", 1), encoding="utf-8")
    if is_older:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    answer = finished.command("-n")
    assert answer.returncode != 0
    says(answer.stdout + answer.stderr, f"{path}: changed after the run by no rule of it; delete")
    file.unlink()
    assert "incremental.csv: changed" not in finished.command("-n").stdout


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
@pytest.mark.parametrize("rule", CUT)
def test_each_long_rule_may_be_cut_short(finished, rule, sign):
    target = "release" if rule == "release_results" else "all"
    assert finished.command(target).returncode == 0
    wanted = digests(finished)
    told = cut_short(finished, rule, sign, target, random.Random(rule).uniform(0.3, 2.0))
    assert sign == signal.SIGKILL or "Traceback" not in told, told
    ends_alike(finished, target, wanted)


@pytest.mark.parametrize("number", short(*range(KILLS)))
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_run_cut_short_ends_as_an_undisturbed_one(road, sign, number):
    run, target, wanted, duration = road
    for name in ("results", ".snakemake"):
        shutil.rmtree(run.folder / name, ignore_errors=True)
    wait = random.Random(f"{target} {number}").uniform(0.1, 0.95) * duration
    process = begin(run, target)
    time.sleep(wait)
    os.killpg(process.pid, sign)
    told_by(process)
    ends_alike(run, target, wanted)


def test_a_second_run_at_the_same_time_is_turned_away(road):
    run, target, wanted, _ = road
    shutil.rmtree(run.folder / "results")
    process = begin(run, target)
    try:
        deadline = time.monotonic() + 60
        while not list((run.folder / ".snakemake" / "locks").glob("*")):
            assert time.monotonic() < deadline, "the first run never began"
            time.sleep(0.05)
        # The first is held where it is, however short, while the second tries.
        os.killpg(process.pid, signal.SIGSTOP)
        second = run.command(target)
        os.killpg(process.pid, signal.SIGCONT)
        process.stdout.read()
    finally:
        end(process)
    told = second.stdout + second.stderr
    assert second.returncode != 0
    # Which of the two Snakemake notices first depends on the moment.
    assert "lock" in told.lower() or "incomplete" in told.lower()
    assert "Traceback" not in told
    is_alike(run, wanted)


@pytest.mark.parametrize("seconds", short(-86_400 * 9_000, 86_400))
def test_a_clock_set_back_or_forward_changes_no_figure(road, seconds):
    run, target, wanted, _ = road
    later = time.time() + seconds
    for path in [*run.study.rglob("*"), *list((run.folder / "results").rglob("*.csv"))[::3]]:
        os.utime(path, (later, later))
    answer = run.command(target)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    is_alike(run, wanted)


@pytest.mark.parametrize("cores", short(1, 2))
def test_any_number_of_cores_gives_the_same_files(road, cores):
    run, target, wanted, _ = road
    shutil.rmtree(run.folder / "results")
    answer = run.command(target, cores=cores)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    is_alike(run, wanted)


def test_no_network_is_needed(road):
    run, target, wanted, _ = road
    alone = ("unshare", "-n", "--map-root-user")
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network may be taken away here")
    shutil.rmtree(run.folder / "results")
    process = begin(run, target, before=alone)
    told = told_by(process)
    assert process.returncode == 0, told
    is_alike(run, wanted)


@pytest.mark.parametrize("name", short("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR"))
def test_a_home_or_cache_that_cannot_be_written_changes_no_figure(road, tmp_path, name):
    run, target, wanted, _ = road
    (tmp_path / "file").write_text("in the way of a folder")
    shutil.rmtree(run.folder / "results")
    # Snakemake itself keeps a cache below the home; it takes the place that is named for it.
    elsewhere = {} if name == "XDG_CACHE_HOME" else {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = begin(run, target, **({name: str(tmp_path / "file" / "below")} | elsewhere))
    told = told_by(process)
    if process.returncode == 0:
        is_alike(run, wanted)
    else:
        assert name == "XDG_CACHE_HOME"
        says(told, str(tmp_path / "file"))


@pytest.mark.parametrize("gigabytes", short(1.0, 1.5, 2.0, 3.0))
def test_too_little_memory_ends_in_a_sentence_and_the_next_run_alike(road, gigabytes):
    run, target, wanted, _ = road
    for name in ("results", ".snakemake"):
        shutil.rmtree(run.folder / name, ignore_errors=True)
    most = int(gigabytes * 2**30)
    process = begin(run, target, limit=(resource.RLIMIT_AS, (most, most)))
    told = told_by(process)
    assert "fault of the program" not in told, told
    if process.returncode:
        says(told, NO_MEMORY, "memory")
        ends_alike(run, target, wanted)
    else:
        is_alike(run, wanted)


def test_files_that_may_not_grow_end_in_a_sentence(road):
    run, target, wanted, _ = road
    for name in ("results", ".snakemake"):
        shutil.rmtree(run.folder / name, ignore_errors=True)
    process = begin(run, target, limit=(resource.RLIMIT_FSIZE, (20_000, 20_000)))
    told = told_by(process)
    assert process.returncode, told
    says(told, "File too large; make room or set permissions, then run again.")
    ends_alike(run, target, wanted)


@contextmanager
def mounted(folder: Path, options: str):
    """Mount a small file system where we may; skip elsewhere."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False,
        capture_output=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="mounts a file system")
@pytest.mark.parametrize(
    ("options", "word"), [("size=100k", "No space left"), ("ro", "Read-only file system")]
)
def test_a_folder_that_takes_nothing_ends_in_a_sentence(house_with, tmp_path, options, word):
    run = house_with(tmp_path / "house")
    with mounted(run.folder / "results", options):
        answer = run.command(ROADS["first"], cores=1)
        assert answer.returncode != 0
        says(answer.stdout + answer.stderr, word)
        left = [path for path in (run.folder / "results").rglob("*.csv") if path.is_file()]
        whole = house.resources() / "template" / "data"
        for path in left:
            text = path.read_text(encoding="utf-8")
            assert text.endswith("\n"), f"{path.name} is half written"
            if (whole / path.name).exists() and path.parent.name == "10_data":
                assert text.count("\n") == (whole / path.name).read_text().count("\n")
