"""The profile for Slurm on a real Slurm: the tables of a local run, and a node that dies.

``pytest -n 0 -m slow tests/workflow/test_slurm.py``, as root with slurm-wlm and munge installed;
elsewhere skipped, with the reason. The study hands over draws: no fit is waited for.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from one_node_slurm import Slurm, cannot_start
from trialbalance import house

EXAMPLE = Path(__file__).parent.parent / "doors" / "draws"
PROFILES = house.root() / "workflow" / "profiles"
# Made anew with the time of the run in them.
OF_THE_MOMENT = ("ro-crate-metadata.json", "SHA256SUMS")
REASON = cannot_start()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(REASON is not None, reason=str(REASON)),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
# Without accounting Slurm is asked by its queue, and often: the jobs are short.
ON_SLURM = [
    *("--profile", str(PROFILES / "slurm"), "--slurm-no-account"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "5"),
    *("--seconds-between-status-checks", "5", "--latency-wait", "20"),
]
LOCALLY = ["--profile", str(PROFILES / "local.yaml"), "--cores", "2"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Slurm(tmp_path_factory.mktemp("slurm"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


def start(folder, *words):
    """Start Snakemake on the study of draws, in a folder of its own."""
    shutil.copytree(EXAMPLE, folder / "draws")
    (folder / "studies.yaml").write_text("studies: [draws/study.yaml]\n", encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-s", str(house.root() / "Snakefile")]
    command += ["--configfile", "studies.yaml", *words]
    with (folder / "told.log").open("w", encoding="utf-8") as told:
        return subprocess.Popen(
            command, cwd=folder, stdout=told, stderr=told, env=os.environ | {"PYTHONWARNINGS": ""}
        )


def digests(folder):
    """Return the digest of every file of the results but logs; the crate says when it was made."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and "logs" not in path.parts and path.name not in OF_THE_MOMENT
    }


def ended(process, folder, minutes=15):
    code = process.wait(60 * minutes)
    told = (folder / "told.log").read_text(encoding="utf-8")
    assert code == 0, told[-5000:]
    return told


@pytest.fixture(scope="module")
def locally(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    ended(start(folder, *LOCALLY), folder)
    return digests(folder)


def test_a_study_run_on_slurm_has_the_tables_of_a_local_run(cluster, locally, tmp_path):
    told = ended(start(tmp_path, *ON_SLURM), tmp_path)
    # Five rules of seconds and more share a few jobs.
    assert 1 < told.count("has been submitted with SLURM jobid") <= 5
    assert digests(tmp_path) == locally


def test_a_node_that_dies_with_its_jobs_and_comes_back_ends_in_the_same_tables(
    cluster, locally, tmp_path
):
    running = start(tmp_path, *ON_SLURM)
    end = time.monotonic() + 300
    while "RUNNING" not in cluster.jobs():
        assert time.monotonic() < end
        assert running.poll() is None, (tmp_path / "told.log").read_text(encoding="utf-8")
        time.sleep(0.5)
    time.sleep(3)
    cluster.kill_node()
    time.sleep(5)
    cluster.start_node()
    ended(running, tmp_path)
    assert digests(tmp_path) == locally
