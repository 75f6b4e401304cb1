"""The four doors: each study enters where it stands and ends with a report that says so."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from trialbalance import house

DOORS = ("scored", "totals", "draws", "draws_wide")
EXAMPLES = Path(__file__).parent.parent / "doors"


@pytest.fixture(scope="module")
def entered(tmp_path_factory, house_with):
    """Return a house in which the studies of doors two to four have run."""
    run = house_with(tmp_path_factory.mktemp("doors") / "house")
    for door in DOORS:
        shutil.copytree(EXAMPLES / door, run.folder / "config" / "studies" / door)
    listed = ", ".join(f"config/studies/{door}/study.yaml" for door in DOORS)
    (run.folder / "config" / "config.yaml").write_text(f"studies: [{listed}]\n")
    answer = run.command()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run


def text_of(run, door: str) -> str:
    page = (run.folder / f"results/{door}/report/report.html").read_text(encoding="utf-8")
    return re.sub(r"<[^>]+>", " ", page)


@pytest.mark.parametrize("door", DOORS)
def test_each_door_ends_with_a_report_and_balanced_books(entered, door):
    root = entered.folder / "results" / door
    balance = pd.read_csv(root / "audit" / "trial_balance.csv")
    assert (balance["difference"].abs() < 0.005).all()
    table = pd.read_csv(root / "base/60_decision/qaly_health_care/incremental.csv")
    assert table["arm"].tolist() == ["new_service"]
    assert "New service" in text_of(entered, door)


@pytest.mark.parametrize("door", DOORS)
def test_the_report_says_which_stages_were_passed_by(entered, door):
    assert "handed over" in text_of(entered, door)


def test_stages_before_a_door_are_not_made(entered):
    made = {
        door: {path.name for path in (entered.folder / "results" / door / "base").iterdir()}
        for door in DOORS
    }
    assert "20_costs" in made["scored"]
    assert "20_costs" not in made["totals"]
    assert "50_model" in made["totals"]
    assert not {"20_costs", "30_outcomes", "50_model"} & made["draws"]


def test_costs_handed_over_keep_every_pound(entered):
    given = pd.read_csv(EXAMPLES / "scored" / "costs_given.csv")
    ledger = pd.read_csv(entered.folder / "results/scored/base/20_costs/ledger.csv")
    assert ledger["cost"].sum() == pytest.approx(given["cost"].sum(), abs=0.005)


def test_draws_handed_over_are_the_draws_decided_on(entered):
    given = pd.read_csv(EXAMPLES / "draws" / "draws_given.csv")
    means = given.groupby("arm")[["cost", "effect"]].mean()
    table = pd.read_csv(
        entered.folder / "results/draws/base/60_decision/qaly_health_care/incremental.csv"
    )
    apart = means.loc["new_service"] - means.loc["usual_care"]
    assert table.loc[0, "cost"] == pytest.approx(apart["cost"])
    assert table.loc[0, "effect"] == pytest.approx(apart["effect"])


def test_draws_in_wide_files_leave_as_they_came_and_their_parameters_are_valued(entered):
    folder = entered.folder / "results/draws_wide/base/60_decision/qaly_health_care"
    for name in ("costs", "effects"):
        given = pd.read_csv(EXAMPLES / "draws_wide" / f"{name}.csv")
        again = pd.read_csv(folder / f"wide_{name}.csv")
        assert again.columns.tolist() == ["new_service", "usual_care"]
        pd.testing.assert_frame_equal(again, given[again.columns])
    information = pd.read_csv(folder / "information.csv")
    worth = information[information["quantity"] == "evppi:prices"]
    assert (worth["per_person"] >= 0).all() and len(worth)


def test_draws_by_group_give_a_distributional_view(entered):
    folder = entered.folder / "results/draws_wide/base/60_decision/qaly_health_care"
    table = pd.read_csv(folder / "distribution.csv")
    assert set(table["group"].dropna()) == {"north", "south"}
    assert table["exploratory"].all()
    whole = pd.read_csv(folder / "incremental.csv").loc[0]
    at = table[(table["threshold"] == 20000) & (table["inequality_aversion"] == 0)].iloc[0]
    # Groups of equal size that differ symmetrically: their mean is that of everyone.
    assert at["cost"] == pytest.approx(whole["cost"], abs=5)
    elsewhere = entered.folder / "results/draws/base/60_decision/qaly_health_care"
    assert pd.read_csv(elsewhere / "distribution.csv").empty


def test_examples_are_small():
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*.csv")) < 100_000
    assert (house.resources() / "template" / "study.yaml").exists()


def test_parquet_gives_the_same_books_as_csv(tmp_path, house_with, finished_once):
    run = house_with(tmp_path / "house")
    run.change(model={"clusters": "site", "subgroups": ["sex"]})
    (run.folder / "config" / "config.yaml").write_text(
        "studies: [config/studies/my_trial/study.yaml]\nformat: parquet\n"
    )
    wanted = "results/my_trial/base/40_dataset/"
    answer = run.command(f"{wanted}balance.csv")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    before = finished_once[0].folder / wanted
    for name in ("balance.csv", "qaly_health_care.csv"):
        assert (run.folder / wanted / name).read_bytes() == (before / name).read_bytes()
    costs = run.folder / "results/my_trial/base/20_costs"
    lines = pd.read_parquet(costs / "ledger.parquet")
    assert len(lines) == len(
        pd.read_csv(finished_once[0].folder / "results/my_trial/base/20_costs/ledger.csv")
    )
