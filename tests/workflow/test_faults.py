"""What may befall a run: killed, no room, no permission, another run, a clock set back.

All slow: run by hand with ``pytest -m slow tests/workflow/test_faults.py``.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from trialbalance import house

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parent.parent / "doors"
# The first half of the pipeline, and a study of draws for the second: neither waits for a fit.
ROADS = {
    "records": "results/my_trial/base/40_dataset/balance.csv",
    "draws": "all",
}
KILLS = 10


@pytest.fixture(scope="module", params=ROADS)
def road(request, tmp_path_factory, house_with):
    """Return a house run once undisturbed, its target, and the digests it ended with."""
    run = house_with(tmp_path_factory.mktemp(request.param) / "house")
    if request.param != "records":
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
        if path.is_file() and "logs" not in path.parts and path.name != "ro-crate-metadata.json"
    }


def begin(run, target: str) -> subprocess.Popen:
    """Start a run in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2", target],
        cwd=run.folder,
        env=os.environ | {"PYTHONPATH": str(run.folder / "workflow" / "src")},
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


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_run_ends_as_an_undisturbed_one(road, number):
    run, target, wanted, duration = road
    for name in ("results", ".snakemake"):
        shutil.rmtree(run.folder / name, ignore_errors=True)
    wait = random.Random(f"{target} {number}").uniform(0.1, 0.95) * duration
    process = begin(run, target)
    time.sleep(wait)
    end(process)
    halves = [path for path in digests(run) if path not in wanted and not path.endswith(".part")]
    assert halves == []
    run.command("--unlock")
    answer = run.command("--rerun-incomplete", target)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    made = {name: digest for name, digest in digests(run).items() if not name.endswith(".part")}
    assert made == wanted


def test_a_second_run_at_the_same_time_is_turned_away(road):
    run, target, wanted, _ = road
    shutil.rmtree(run.folder / "results")
    process = begin(run, target)
    try:
        deadline = time.monotonic() + 60
        while not list((run.folder / ".snakemake" / "locks").glob("*")):
            assert time.monotonic() < deadline, "the first run never began"
            time.sleep(0.05)
        second = run.command(target)
        process.stdout.read()
    finally:
        end(process)
    told = second.stdout + second.stderr
    assert second.returncode != 0
    # Which of the two Snakemake notices first depends on the moment.
    assert "lock" in told.lower() or "incomplete" in told.lower()
    assert "Traceback" not in told
    assert digests(run) == wanted


def test_times_in_the_future_change_no_figure(road):
    run, target, wanted, _ = road
    later = time.time() + 86_400
    for path in [*run.study.rglob("*"), *list((run.folder / "results").rglob("*.csv"))[::3]]:
        os.utime(path, (later, later))
    answer = run.command(target)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert digests(run) == wanted


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
    ("options", "word"), [("size=300k", "No space left"), ("ro", "Read-only file system")]
)
def test_a_folder_that_takes_nothing_ends_in_a_sentence(house_with, tmp_path, options, word):
    run = house_with(tmp_path / "house")
    with mounted(run.folder / "results", options):
        answer = run.command(ROADS["records"], cores=1)
        told = answer.stdout + answer.stderr
        assert answer.returncode != 0
        assert word in told
        assert "Traceback" not in told
        left = [path for path in (run.folder / "results").rglob("*.csv") if path.is_file()]
        whole = house.resources() / "template" / "data"
        for path in left:
            text = path.read_text(encoding="utf-8")
            assert text.endswith("\n"), f"{path.name} is half written"
            if (whole / path.name).exists() and path.parent.name == "10_data":
                assert text.count("\n") == (whole / path.name).read_text().count("\n")
