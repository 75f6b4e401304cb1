"""A clone runs in a folder with a space in its name, and two studies of it run at once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from trialbalance import house

DRAWS = Path(__file__).parents[1] / "doors" / "draws"
TABLE = "results/my_trial/base/60_decision/qaly_health_care/incremental.csv"


@pytest.mark.parametrize("name", ["My Trials", "Ward's trials (new)"])
def test_an_interpreter_in_a_folder_with_a_space_runs_every_script(tmp_path, name):
    place = tmp_path / name
    place.mkdir()
    (place / "venv").symlink_to(sys.prefix)
    shutil.copytree(DRAWS, place / "my_trial")
    snakefile = str(house.root() / "Snakefile")
    done = subprocess.run(
        [str(place / "venv" / "bin" / "python"), "-m", "snakemake", "--cores", "1",
         "--snakefile", snakefile, "--config", "studies=[my_trial/study.yaml]", "--", TABLE],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place / TABLE).read_text().startswith("arm,comparator,")


def test_the_command_of_the_readme_runs_there_too(tmp_path):
    place = tmp_path / "My Trials"
    place.mkdir()
    (place / "venv").symlink_to(sys.prefix)
    shutil.copytree(DRAWS, place / "my_trial")
    command = ["-m", "trialbalance", "run", "my_trial", "--cores", "1", "--until", "compare_arms"]
    done = subprocess.run(
        [str(place / "venv" / "bin" / "python"), *command],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place / TABLE).read_text().startswith("arm,comparator,")


def test_two_studies_run_at_once_in_one_folder(tmp_path):
    for name in ("one", "two"):
        shutil.copytree(DRAWS, tmp_path / name)
    command = [sys.executable, "-m", "trialbalance", "run"]
    more = ["--cores", "1", "--until", "compare_arms"]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": tmp_path}
    runs = [subprocess.Popen([*command, name, *more], **both) for name in ("one", "two")]
    told = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    for name in ("one", "two"):
        table = tmp_path / TABLE.replace("my_trial", name)
        assert table.read_text().startswith("arm,comparator,")
