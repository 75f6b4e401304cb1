"""A clone whose interpreter lies in a folder with a space in its name runs."""

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
