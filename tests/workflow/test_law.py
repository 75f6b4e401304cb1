"""A study with a law and no analysis: events, breaches, costs, a description and the books."""

import pandas as pd
import pytest

EVENTS = """record_id,participant_id,event,date,time,finding
e1,{0},detained,{before},,
e2,{0},order_made,{start},,
e3,{0},recalled,{recall},10:00Z,
e4,{0},released,{late},10:30Z,
e5,{0},tribunal_heard,{late},,
"""


@pytest.fixture(scope="module")
def lawful(tmp_path_factory, house_with):
    """Return a house whose study declares a law, names no analysis, and has run."""
    run = house_with(tmp_path_factory.mktemp("law") / "house")
    people = pd.read_csv(
        run.study / "data" / "participants.csv", parse_dates=["randomisation_date"]
    )
    first = people.iloc[0]
    dates = {
        name: (first["randomisation_date"] + pd.Timedelta(days=days)).date()
        for name, days in {"before": -30, "start": 5, "recall": 40, "late": 43}.items()
    }
    text = EVENTS.format(first["participant_id"], **dates)
    (run.study / "data" / "legal_events.csv").write_text(text, encoding="utf-8")
    prices = run.study / "unit_costs.csv"
    row = "tribunal,hearing,1000,,,GBP,2023/24,a test,assumed,\n"
    prices.write_text(prices.read_text(encoding="utf-8") + row, encoding="utf-8")
    run.change(
        data={"files": {"legal_events": "data/legal_events.csv"}},
        legal={
            "rule_set": "england_wales_mha_17a_2007",
            "resource_use": {"tribunal_heard": {"tribunal": 1.0}},
        },
        costs={"items": {"tribunal": {"category": "law", "payer": "nhs"}}},
        analyses=None,
        scenarios=None,
    )
    answer = run.command()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run


def table(run, path):
    return pd.read_csv(run.folder / "results" / "my_trial" / path)


def test_a_recall_half_an_hour_too_long_is_listed(lawful):
    breaches = table(lawful, "base/15_legal/breaches.csv")
    assert breaches["limit"].tolist() == ["recall_detention"]
    assert breaches["records"].tolist() == ["e3; e4"]


def test_the_hearing_stands_in_the_ledger_and_the_books_balance(lawful):
    ledger = table(lawful, "base/20_costs/ledger.csv")
    assert ledger.loc[ledger["item"] == "tribunal", "record_id"].tolist() == ["e5:tribunal"]
    books = table(lawful, "audit/trial_balance.csv")
    assert (books["difference"].abs() < 0.005).all()
    assert "events in law" in books["quantity"].tolist()


def test_nothing_is_decided_and_everything_is_described(lawful):
    made = {path.name for path in (lawful.folder / "results/my_trial/base").iterdir()}
    assert not {"50_model", "60_decision"} & made
    described = table(lawful, "base/40_dataset/consequences.csv")
    assert {"cost", "measure", "days under a status"} <= set(described["kind"])


def test_another_law_makes_the_law_and_what_follows_again(lawful):
    lawful.edit(
        "workflow/resources/legal/england_wales_mha_17a_2007.yaml",
        "within: {hours: 72}",
        "within: {hours: 73}",
    )
    plan = lawful.plan()
    assert plan["apply_law"] == 1
    assert "score_outcomes" not in plan
    assert "read_records" not in plan
