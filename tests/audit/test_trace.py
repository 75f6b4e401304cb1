"""The way back: 30 figures picked at random are traced, and made again by other means."""

import random
import re

import numpy as np
import pandas as pd
import pytest
from laid_study import Laid
from trialbalance.audit.trace import Books, trace, trace_cell
from trialbalance.audit.trace.page import page_traces
from trialbalance.commands.trace import ask
from trialbalance.contracts import Problems

PICKED = 30
ANALYSIS = "qaly_health_care"
DETERMINISTIC = ("observed_case", "prices")


@pytest.fixture(scope="module")
def books(laid) -> Books:
    """Return the books of the template study."""
    return Books(laid.study, laid.results)


@pytest.fixture(scope="module")
def page(books):
    return page_traces(books)


def picked(page: dict) -> list[str]:
    """Return figures at random, half of them such that no draw enters."""
    rng = random.Random(20261123)
    known = [name for name, one in page["figures"].items() if one["equal"] is not None]
    fixed = [name for name in known if name.split("/")[0] in DETERMINISTIC or "/prices/" in name]
    drawn = [name for name in known if name not in fixed]
    return rng.sample(fixed, PICKED // 2) + rng.sample(drawn, PICKED // 2)


def test_thirty_figures_are_made_again_by_the_trace(books, page):
    for name in picked(page):
        found = trace(books, name)
        assert found.is_equal(), found.lines()
        assert found.steps[-1].stage == "code"


def raw_costs(laid: Laid) -> pd.Series:
    """Return each participant's cost of health care straight from the study's own files."""
    data = laid.study_folder / "data"
    people = pd.read_csv(data / "participants.csv", parse_dates=["randomisation_date"])
    start = people.set_index("participant_id")["randomisation_date"]
    death = pd.to_datetime(people.set_index("participant_id").get("death_date"))
    prices = laid.table("costs", "prices").set_index("item")
    each = prices["unit_cost_inflated"].where(prices["payer"] == "nhs", 0.0)
    use = pd.read_csv(data / "resource_use.csv")
    cost = (use["quantity"] * use["item"].map(each)).groupby(use["participant_id"]).sum()
    stays = pd.read_csv(data / "episodes.csv", parse_dates=["start_date", "end_date"])
    day_0 = stays["participant_id"].map(start)
    last = (stays["participant_id"].map(death) - day_0).dt.days.fillna(366).clip(upper=365.25)
    until = ((stays["end_date"] - day_0).dt.days).fillna(366)
    nights = np.ceil(np.minimum(until, last)) - (stays["start_date"] - day_0).dt.days.clip(lower=0)
    beds = (nights.clip(lower=0) * stays["item"].map(each)).groupby(stays["participant_id"]).sum()
    return cost.add(beds, fill_value=0.0).reindex(start.index).fillna(0.0)


def test_costs_are_those_of_the_raw_rows_to_the_penny(laid, books):
    dataset = laid.table("dataset", "dataset", ANALYSIS).set_index("participant_id")
    cost = raw_costs(laid).reindex(dataset.index).where(dataset["cost"].notna())
    means = cost.groupby(dataset["arm"]).mean()
    for arm, mean in means.items():
        found = trace(books, f"observed_case/{ANALYSIS}/{arm}.cost")
        assert found.again == pytest.approx(mean, abs=0.005)
        assert float(found.value) == pytest.approx(mean, abs=0.005)


def test_posterior_figures_are_those_of_the_draws(laid, books):
    draws = pd.read_csv(laid.path(f"<results>/my_trial/base/60_decision/{ANALYSIS}/draws.csv"))
    new, old = (
        draws[draws["arm"] == arm].sort_values("draw").reset_index()
        for arm in ("new_service", "usual_care")
    )
    apart = 20_000 * (new["effect"] - old["effect"]) - (new["cost"] - old["cost"])
    found = trace(books, f"base/{ANALYSIS}/net_benefit/20000/new_service.upper")
    assert found.again == pytest.approx(np.percentile(apart, 97.5), rel=1e-9)
    best = trace(books, f"base/{ANALYSIS}/acceptability/20000/new_service.probability")
    assert best.again == pytest.approx((apart > 0).mean())
    evpi = trace(books, f"base/{ANALYSIS}/expected_loss/20000/new_service.expected_loss")
    assert evpi.again == pytest.approx(np.maximum(-apart, 0).mean(), rel=1e-9)


def test_the_way_back_ends_at_rows_that_are_there(laid, books):
    found = trace(books, f"base/{ANALYSIS}/incremental/new_service.cost")
    stages = [step.stage for step in found.steps]
    assert stages[0] == "decision"
    assert [
        stage for stage in ("model", "dataset", "costs", "data", "code") if stage not in stages
    ] == []
    checked = 0
    for step in found.steps:
        for row in step.rows:
            if row.file.startswith("data/"):
                lines = (laid.study_folder / row.file).read_text(encoding="utf-8").splitlines()
                assert lines[row.row - 1].split(",")[0] == row.text.split(",")[0]
                checked += 1
    assert checked > 50
    assert any("source" in row.text for step in found.steps for row in step.rows)


def test_a_cell_is_a_figure_too(laid, books):
    ledger = laid.path("<results>/my_trial/base/20_costs/ledger.csv")
    frame = pd.read_csv(ledger)
    column = chr(ord("A") + list(frame).index("cost"))
    found = trace_cell(books, ledger, f"{column}7")
    assert float(found.value) == pytest.approx(frame["cost"].iloc[5])
    assert found.is_equal()
    assert found.steps[0].total == 1


@pytest.mark.parametrize("table", ["participant_costs", "outcomes", "outcome_working"])
def test_every_number_of_a_table_in_between_is_made_again(laid, books, table):
    stage = "costs" if table == "participant_costs" else "outcomes"
    path = laid.path(
        f"<results>/my_trial/base/{'20_costs' if stage == 'costs' else '30_outcomes'}/{table}.csv"
    )
    frame = pd.read_csv(path)
    column = {"participant_costs": "cost", "outcomes": "value", "outcome_working": "area"}[table]
    letter = chr(ord("A") + list(frame).index(column))
    rows = frame.index[frame[column].notna()]
    for row in random.Random(1).sample(list(rows), 10):
        assert trace_cell(books, path, f"{letter}{row + 2}").is_equal()


def test_a_changed_table_is_told_as_not_equal(laid, tmp_path):
    again = Laid(tmp_path / "again").run()
    path = again.path(f"<results>/my_trial/base/60_decision/{ANALYSIS}/incremental.csv")
    text = path.read_text(encoding="utf-8")
    cost = pd.read_csv(path)["cost"].iloc[0]
    path.write_text(text.replace(f"{cost:.10g}"[:6], "123456"[: len(f"{cost:.10g}"[:6])], 1))
    found = trace(
        Books(again.study, again.results), f"base/{ANALYSIS}/incremental/new_service.cost"
    )
    assert "NOT EQUAL" in found.judged()


@pytest.mark.parametrize("door", ["scored", "totals", "draws"])
def test_every_door_has_a_way_back(laid_by_door, door):
    laid = laid_by_door(door)
    books = Books(laid.study, laid.results)
    analysis = next(iter(laid.settings["analyses"]))
    found = trace(books, f"base/{analysis}/incremental/new_service.cost")
    assert found.is_equal()
    text = "\n".join(found.lines())
    assert {"scored": "costs_given.csv", "totals": "population", "draws": "handed over"}[
        door
    ] in text


def test_without_people_it_ends_at_aggregates(books, page, laid):
    told = page_traces(books, people=False)
    assert set(told["figures"]) == set(page["figures"])
    assert not [step for step in told["steps"] if step["people"]]
    people = laid.table("data", "participants")["participant_id"]
    for content in (told, page):
        assert not [who for who in people if re.search(rf"\b{who}\b", str(content))]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (f"base/{ANALYSIS}/incremental/new_servise.cost", "did you mean base/"),
        (f"base/{ANALYSIS}/incremental/new_service.kost", "no column of that name"),
        (f"base/{ANALYSIS}/incremental/new_service", "identifier"),
        ("nonsense", "no figure of that identifier"),
    ],
)
def test_a_wrong_identifier_is_answered_in_a_sentence(books, wanted, sentence):
    with pytest.raises(Problems, match=re.escape(sentence)):
        trace(books, wanted)


def test_the_command_finds_study_and_file(laid, books):
    file = laid.study_folder / "study.yaml"
    name = f"base/{ANALYSIS}/arms/new_service.effect"
    lines = ask(str(file), name, laid.results)
    assert lines[0].startswith(name)
    path = laid.path(f"<results>/my_trial/base/60_decision/{ANALYSIS}/arms.csv")
    assert ask(str(path), "C2", laid.results, str(file))[0].endswith("(currency per participant)")
    for where, figure, sentence in (
        (str(path), "ZZ9", "no cell ZZ9"),
        (str(file), "x.y", "no figure"),
        ("nowhere.csv", "A1", "no such file"),
    ):
        with pytest.raises(Problems, match=sentence):
            ask(where, figure, laid.results, str(file) if where != str(file) else "")
    with pytest.raises(Problems, match="no results of that study"):
        ask(str(file), name, laid.results / "elsewhere")
