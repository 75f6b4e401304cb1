"""The stage as a whole: tables, days that add up, use that is valued, mistakes in sentences."""

import pandas as pd
import pytest
from filled import filled
from legal import case
from trialbalance.audit.books.people_lines import legal_lines
from trialbalance.contracts import Problems
from trialbalance.costs import value_resources
from trialbalance.legal import apply_law

STUDY = {
    "arms": {"a": {}},
    "currency": "GBP",
    "horizon_years": 1.0,
    "periods": {"year": [0.0, 1.0]},
    "visits": {"baseline": 0.0, "month_12": 1.0},
}
SECTION = {
    "inpatient_items": ["bed"],
    "ask_at": ["order_made"],
    "history_years": 3.0,
    "resource_use": {"tribunal_heard": {"tribunal": 1.0, "solicitor": 2.5}},
}
PEOPLE = pd.DataFrame(
    {
        "participant_id": ["p1", "p2"],
        "arm": ["a", "a"],
        "randomisation_date": pd.to_datetime(["2012-01-01", "2012-01-01"]),
        "death_date": pd.to_datetime([None, "2012-03-01"]),
    }
)


def events(rows):
    table = pd.DataFrame(rows, columns=["participant_id", "event", "date"])
    table["date"] = pd.to_datetime(table["date"])
    table.insert(0, "record_id", [f"e{k}" for k in range(len(table))])
    return table.assign(time=None, finding=None)


EVENTS = events(
    [
        ("p1", "detained", "2011-12-01"),
        ("p1", "order_made", "2012-01-15"),
        ("p1", "tribunal_heard", "2012-05-01"),
        ("p2", "detained", "2011-12-01"),
        ("p2", "order_made", "2012-02-01"),
        ("p2", "tribunal_heard", "2012-06-01"),
    ]
)


@pytest.fixture(scope="module")
def tables():
    return apply_law(PEOPLE, None, EVENTS, case.rules("england_wales_mha_17a_2007"), STUDY, SECTION)


def test_days_are_those_of_the_spells_and_end_with_death(tables):
    days = tables["legal_days"].set_index(["participant_id", "status"])["days"]
    assert days["p1", "order"] == 182
    assert days["p1", "detained"] == 14
    assert days["p2", "order"] == 29
    assert days["p1", "leave"] == 0
    ended = tables["legal_episodes"].set_index(["participant_id", "status"])["ended_by"]
    assert ended["p1", "order"] == "lapsed"
    assert ended["p2", "order"] == "death"


def test_every_event_is_on_the_timeline_and_the_days_balance(tables):
    lines = legal_lines(tables | {"legal_events": EVENTS})
    assert ("events in law", 6, 6, "") in lines
    assert all(went_in == came_out for _, went_in, came_out, _ in lines)
    assert (tables["legal_timeline"]["event"] == "order lapsed").sum() == 1


def test_eligibility_is_asked_on_the_day_of_each_order(tables):
    asked = tables["criteria"]
    assert set(asked["participant_id"]) == {"p1", "p2"}
    answers = asked[asked["participant_id"] == "p1"].set_index("criterion")["answer"]
    assert answers["liable_to_be_detained"] == "met"
    assert answers["professional_agreement"] == "not_evidenced"
    assert answers["eligible"] == "not_evidenced"


def test_limits_that_never_applied_are_listed_with_nought(tables):
    limits = tables["time_limits"].set_index("limit")
    assert limits.loc["recall_detention", "checked"] == 0


def test_what_events_took_is_valued_and_use_after_death_set_aside(tables):
    prices = pd.DataFrame(
        {
            "item": ["tribunal", "solicitor"],
            "unit": ["hearing", "hour"],
            "unit_cost": [1000.0, 100.0],
            "currency": "GBP",
            "price_year": "2012/13",
        }
    )
    entry = {"category": "law", "payer": "justice", "source": "records"}
    section = {
        "price_year": "2012/13",
        "discount_rate": 0.0,
        "discounting": "yearly",
        "items": {"tribunal": entry, "solicitor": entry},
        "perspectives": {
            "all": {"label": "All", "payers": ["justice"]},
            "health": {"label": "Health", "payers": ["nhs"]},
        },
    }
    people = PEOPLE.assign(death_date=PEOPLE["death_date"])
    costs = value_resources(
        None,
        None,
        people,
        None,
        prices,
        None,
        STUDY,
        filled("costs", section),
        legal_use=tables["legal_use"],
    )
    assert costs["ledger"]["cost"].sum() == 1250.0
    assert set(costs["ledger"]["participant_id"]) == {"p1"}
    assert len(costs["set_aside"]) == 2
    assert set(costs["participant_costs"]["perspective"]) == {"all"}


def test_recorded_and_legal_use_are_valued_together(tables):
    use = pd.DataFrame(
        {
            "record_id": ["r1"],
            "participant_id": ["p1"],
            "item": ["tribunal"],
            "quantity": [1.0],
            "period": ["year"],
            "date": [None],
        }
    )
    prices = pd.DataFrame(
        {
            "item": ["tribunal", "solicitor"],
            "unit": "hour",
            "unit_cost": [10.0, 1.0],
            "currency": "GBP",
            "price_year": "2012/13",
        }
    )
    entry = {"category": "law", "payer": "justice", "source": "records"}
    section = {
        "price_year": "2012/13",
        "discount_rate": 0.0,
        "discounting": "yearly",
        "items": {"tribunal": entry, "solicitor": entry},
        "perspectives": {"all": {"label": "All", "payers": ["justice"]}},
    }
    section = filled("costs", section)
    costs = value_resources(
        use,
        None,
        PEOPLE,
        None,
        prices,
        None,
        STUDY,
        filled("costs", section),
        legal_use=tables["legal_use"],
    )
    assert costs["ledger"]["cost"].sum() == 10.0 + 10.0 + 2.5


def test_an_unknown_event_is_named_with_its_row():
    wrong = events([("p1", "order_mad", "2012-01-15")])
    with pytest.raises(Problems) as caught:
        apply_law(PEOPLE, None, wrong, case.rules("ontario_mha_33_1"), STUDY, SECTION)
    said = str(caught.value)
    assert "legal_events.csv, row 2, column event: found order_mad" in said
    assert "did you mean order_made?" in said
