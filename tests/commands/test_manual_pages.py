"""The manual's pages: each study that they show passes the check, and the R that they show runs."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from trialbalance import house
from trialbalance.__main__ import app
from trialbalance.commands.check import check_study
from tutorial_steps import steps
from typer.testing import CliRunner

MANUAL = house.root() / "config" / "manual"
TASKS = sorted((MANUAL / "tasks").glob("*.md"))
# Of these the page shows a study; the one about a stage is played beside Snakemake's doors.
STUDIES = [page for page in TASKS if page.stem != "replace_a_stage"]
R = shutil.which("Rscript")


def blocks(page: Path) -> list[tuple[str, str, str]]:
    return steps(page.read_text(encoding="utf-8"))


def laid(folder: Path, page: Path) -> Path:
    """Make the study of a page: its own command, then its settings laid over section by section."""
    place = folder / "my_trial"
    commands = [text.split() for _, kind, text in blocks(page) if kind == "bash"]
    for _, command, *rest in commands:
        done = CliRunner().invoke(app, [command, *rest, "--folder", str(folder)])
        assert done.exit_code == 0, done.output
    place.mkdir(exist_ok=True)
    for name, _, text in blocks(page):
        if name:
            file = place / name
            below = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
            over = below if name == "study.yaml" and commands else {}
            for section, settings in yaml.safe_load(text).items():
                own = over.get(section)
                merge = isinstance(own, dict) and bool(settings) and section != "analyses"
                over[section] = own | settings if merge else settings
            file.write_text(yaml.safe_dump(over, sort_keys=False), encoding="utf-8")
    return place


def published(place: Path) -> None:
    """Lay down an invented export such as the page about published data names."""
    rng, people = np.random.default_rng(1), 40
    table = pd.DataFrame({"id": range(1, people + 1), "age": rng.integers(30, 70, people)})
    table["sex"], table["Tr"] = rng.integers(0, 2, people), np.arange(people) % 2
    table["C"], table["E"] = rng.gamma(2, 200, people), rng.uniform(0.3, 0.95, people)
    for visit in range(1, 5):
        table[f"Cm{visit}"] = rng.gamma(2, 300, people)
        table[f"Em{visit}"] = rng.uniform(0.3, 0.95, people)
    table.loc[3:8, "Cm2"] = np.nan
    (place / "exports").mkdir()
    table.round(3).to_csv(place / "exports" / "trial.csv", index=False)
    header = (house.resources() / "template" / "unit_costs.csv").read_text().splitlines()[0]
    (place / "unit_costs.csv").write_text(header + "\n")


def run_r(folder: Path, script: str) -> None:
    done = subprocess.run(
        [str(R), "--vanilla", "-e", script], cwd=folder, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def r_of(page: Path) -> str:
    found = re.findall(r"```r\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("page", STUDIES, ids=lambda page: page.stem)
def test_the_study_that_a_page_shows_passes_the_check(tmp_path, page):
    if page.stem == "imputed_data" and R is None:
        pytest.skip("the draws of this page are made in R, which is not here")
    place = laid(tmp_path, page)
    if page.stem == "published_data":
        published(place)
    if page.stem == "imputed_data":
        sets = "lapply(1:4, function(i) data.frame(arm = rep(c('new_service', 'usual_care'), 20), "
        imputed = f"imputed <- {sets}cost = 900 + 10 * i + 1:40, effect = 0.6 + (1:40) / 200))\n"
        run_r(place, imputed + r_of(page))
        assert len(pd.read_csv(place / "draws_given.csv")) == 2 * 2000
    assert check_study(str(place))[0] == "my_trial: no mistake found"


def test_every_page_is_short_and_is_named_in_the_manual():
    text = (MANUAL.parent / "README.md").read_text(encoding="utf-8")
    assert len(TASKS) >= 7
    for page in (*TASKS, MANUAL / "exports.md"):
        assert page.relative_to(MANUAL.parent).as_posix() in text
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 120


def test_published_costs_keep_their_blanks_and_their_baseline(tmp_path):
    place = laid(tmp_path, MANUAL / "tasks" / "published_data.md")
    published(place)
    said = "\n".join(check_study(str(place)))
    assert "all_care: answered 194, zero by rule 0, not answered 6, not asked 0" in said
    assert "cost from given, before: observed" in said


@pytest.mark.skipif(R is None, reason="R is not here")
def test_tables_exported_from_r_are_read_as_they_are(tmp_path):
    place = laid(tmp_path, MANUAL / "tasks" / "three_arms.md")
    people = [f"P{n:03d}" for n in range(1, 31)]
    arms = {"new_service": {"label": "New service"}, "usual_care": {"label": "Usual care"}}
    wide = pd.DataFrame({"study_id": people, "alloc": [1 + n % 2 for n in range(30)]})
    wide = wide.assign(site="north", rand_date="2022-03-01", gp_6=range(30), gp_12=2)
    wide.loc[4, "gp_6"] = None
    wide.to_csv(tmp_path / "wide.csv", index=False)
    run_r(tmp_path, r_of(MANUAL / "exports.md"))
    for name in ("participants.csv", "resource_use.csv"):
        shutil.move(tmp_path / name, place / name)
    text = (place / "unit_costs.csv").read_text().splitlines()
    price = "gp_visit,visit,40,,,GBP,2021/22,invented,assumed,"
    (place / "unit_costs.csv").write_text("\n".join([text[0], price]) + "\n")
    settings = yaml.safe_load((place / "study.yaml").read_text())
    settings["study"] |= {"arms": arms, "comparator": "usual_care"}
    settings["data"]["files"] = {
        "participants": "participants.csv",
        "resource_use": "resource_use.csv",
    }
    settings["data"] |= {"covariates": {}, "questionnaires": {}}
    item = {"category": "community", "payer": "nhs", "source": "interview"}
    settings["costs"]["items"] = {"gp_visit": item}
    settings["outcomes"] = {}
    settings |= {"analyses": {}, "dataset": {}, "model": {}, "report": {}}
    (place / "study.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    said = "\n".join(check_study(str(place)))
    assert "my_trial: no mistake found" in said
    assert "gp_visit: answered 59, zero by rule 0, not answered 1, not asked 0" in said
