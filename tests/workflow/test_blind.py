"""Blind mode: a whole run in which nothing says which arm is which."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance.commands.blind import draw_key

HIDDEN = ("new_service", "usual_care", "new service", "usual care", "assessment")


@pytest.fixture(scope="module")
def blind(tmp_path_factory, house_with):
    """Return the template study run blind, its release included."""
    run = house_with(tmp_path_factory.mktemp("blind") / "house")
    run.change(study={"reveals": ["assessment"]})
    draw_key(str(run.study))
    run.change(study={"blind": True})
    answer = run.command("all", "release")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run, answer.stdout + answer.stderr


def files(results: Path):
    """Yield the name and the text of every file, packed ones unpacked."""
    for path in sorted(results.rglob("*")):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as pack:
                for name in pack.namelist():
                    yield f"{path}/{name}", pack.read(name).decode("utf-8", "replace")
        elif path.is_file():
            yield str(path.relative_to(results)), path.read_bytes().decode("utf-8", "replace")


@pytest.mark.slow
def test_no_file_of_the_results_names_an_arm(blind):
    run, told = blind
    found = [
        (name, word)
        for name, text in files(run.folder / "results")
        for word in HIDDEN
        if word in text.lower()
    ]
    assert found == []
    assert not [word for word in HIDDEN if word in told.lower()]


@pytest.mark.slow
def test_what_gives_an_arm_away_is_the_same_for_everyone(blind):
    run, _ = blind
    root = run.folder / "results" / "my_trial" / "base"
    use = pd.read_csv(root / "10_data" / "resource_use.csv")
    pooled = use[use["item"] == "pooled_item_1"]
    raw = pd.read_csv(run.study / "data" / "resource_use.csv")
    assert len(set(pooled["quantity"])) == 1
    assert set(pooled["participant_id"]) == set(
        pd.read_csv(run.study / "data" / "participants.csv")["participant_id"]
    )
    total = raw.loc[raw["item"] == "assessment", "quantity"].sum()
    assert pooled["quantity"].sum() == pytest.approx(total, rel=1e-4)


@pytest.mark.slow
def test_the_list_and_the_report_say_what_is_not_blind(blind):
    run, _ = blind
    root = run.folder / "results" / "my_trial"
    listed = pd.read_csv(root / "base" / "10_data" / "blinding.csv")
    assert set(listed["treatment"]) >= {"relabelled", "pooled", "cannot be blinded"}
    page = (root / "report" / "report.html").read_text(encoding="utf-8")
    assert "What is blind" in page
    assert "cannot be blinded" in page


@pytest.mark.slow
def test_unblinding_brings_the_names_back(blind):
    run, _ = blind
    key = yaml.safe_load((run.study / "blinding_key.yaml").read_text())
    before = pd.read_csv(run.folder / "results/my_trial/base/10_data/participants.csv")
    run.change(study={"blind": False})
    answer = run.command("results/my_trial/base/10_data/participants.csv")
    assert answer.returncode == 0, answer.stderr
    after = pd.read_csv(run.folder / "results/my_trial/base/10_data/participants.csv")
    assert before["arm"].map(key).tolist() == after["arm"].tolist()
