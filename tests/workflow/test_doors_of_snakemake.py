"""Where Snakemake finds the workflow: at the top, in its folder, in a catalogue, in a module."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance import house

ROOT = house.root()
CONFIG = "studies: [config/studies/heroin_withdrawal/study.yaml]\n"
# Runs Snakemake where neither the library, its logger, nor what it needs can be imported.
ALONE = """
import sys
from pathlib import Path
from pathlib import Path
here = "snakemake_logger_plugin_trialbalance"
sys.path = [one for one in sys.path if not (Path(one) / here).is_dir()]
for name in ("trialbalance", "duckdb", "pymc", "arviz", "pandas"):
    sys.modules[name] = None
from snakemake.cli import main
main(sys.argv[1:])
"""


def snakemake(folder, *words, alone=False):
    """Return what Snakemake answers in a folder."""
    start = ["-c", ALONE] if alone else ["-m", "snakemake"]
    source = "" if alone else str(ROOT / "workflow" / "src")
    return subprocess.run(
        [sys.executable, *start, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": source, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        check=False,
    )


def jobs(folder, *words):
    """Return which rules would run how often; the default target has the name `all` here."""
    answer = snakemake(folder, "-n", *words)
    told = answer.stdout + answer.stderr
    assert answer.returncode == 0, told
    lines = re.findall(r"^(\w+) +(\d+)$", told.partition("Job stats:")[2], re.MULTILINE)
    return sorted({("all" if rule == "_all" else rule, int(count)) for rule, count in lines})


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a folder with the workflow and its studies, and without results."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copy2(ROOT / "Snakefile", folder)
    for name in ("workflow", "config"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "config" / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def planned(clone):
    return jobs(clone)


def test_both_snakefiles_plan_the_same(clone, planned):
    assert dict(planned)["all"] == 1
    assert dict(planned)["write_report"] == 1
    assert jobs(clone, "-s", "workflow/Snakefile") == planned


def test_a_module_plans_the_same(clone, planned, tmp_path):
    shutil.copytree(clone / "config", tmp_path / "config")
    (tmp_path / "Snakefile").write_text(
        'configfile: "config/config.yaml"\n\n'
        "module economics:\n"
        f'    snakefile: "{clone}/workflow/Snakefile"\n'
        "    config: config\n\n"
        "use rule * from economics\n",
        encoding="utf-8",
    )
    assert jobs(tmp_path) == planned


@pytest.mark.parametrize("words", [(), ("-s", "workflow/Snakefile")])
def test_lint_passes_beside_snakemake_alone(clone, words):
    answer = snakemake(clone, "--lint", *words, alone=True)
    assert answer.returncode == 0, answer.stderr
    assert "Congratulations" in answer.stderr


@pytest.mark.parametrize("target", ["all", "release"])
def test_every_target_says_what_to_install_beside_snakemake_alone(clone, target):
    answer = snakemake(clone, "-n", target, alone=True)
    assert answer.returncode == 1
    assert "pip install -c workflow/envs/constraints.txt -e ." in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_catalogue_finds_what_it_asks_for():
    """Its script asks for these when a folder workflow exists."""
    assert (ROOT / "workflow" / "Snakefile").exists()
    rules = list((ROOT / "workflow" / "rules").iterdir())
    assert rules
    assert all(path.suffix == ".smk" for path in rules)
    assert (ROOT / "config" / "README.md").exists()
    entry = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    usage = entry["usage"]
    assert {"mandatory-flags", "software-stack-deployment", "report"} == set(usage)
    assert {"desc", "flags"} == set(usage["mandatory-flags"])
    assert all(isinstance(value, bool) for value in usage["software-stack-deployment"].values())


def test_an_environment_made_for_the_rules_holds_the_library(tmp_path):
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    script = ROOT / "workflow" / "envs" / "environment.post-deploy.sh"
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    library = os.pathsep.join(str(part) for part in house.library())
    for _ in range(2):
        subprocess.run(
            ["bash", script],
            env=clean | {"PATH": path, "TRIALBALANCE_LIBRARY": library},
            check=True,
        )
    found = subprocess.run(
        [
            environment / "bin" / "python",
            "-c",
            "from trialbalance import house; print(house.root())",
        ],
        env=clean,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert found.stdout.strip() == str(ROOT)


def test_without_a_library_named_the_environment_is_not_made(tmp_path):
    script = ROOT / "workflow" / "envs" / "environment.post-deploy.sh"
    clean = {name: text for name, text in os.environ.items() if name != "TRIALBALANCE_LIBRARY"}
    answer = subprocess.run(
        ["bash", script], env=clean, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode
    assert "common.smk" in answer.stderr


def test_lint_passes_beside_the_library(clone):
    answer = snakemake(clone, "--lint")
    assert "Congratulations" in answer.stderr, answer.stderr


def test_a_stage_is_replaced_as_the_manual_shows(tmp_path):
    page = (ROOT / "config/manual/tasks/replace_a_stage.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"<!-- (\S+) -->\n```python\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copytree(Path(__file__).parents[1] / "doors" / "scored", tmp_path / "my_trial")
    (tmp_path / "config").mkdir()
    listed = "studies: [my_trial/study.yaml]\n"
    (tmp_path / "config" / "config.yaml").write_text(listed, encoding="utf-8")
    base = "results/my_trial/base"
    answer = snakemake(tmp_path, "--cores", "1", f"{base}/40_dataset/qaly_health_care.csv")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    key = ["participant_id", "visit"]
    given = pd.read_csv(tmp_path / base / "10_data/measures_given.csv").set_index(key)["value"]
    scored = pd.read_csv(tmp_path / base / "30_outcomes/measures.csv").set_index(key)["value"]
    both = pd.concat({"given": given, "scored": scored}, axis=1).dropna()
    assert len(both) > 50
    assert (both["given"] - both["scored"]).round(9).eq(0.01).all()
    assert jobs(tmp_path)
