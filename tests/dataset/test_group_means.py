"""Studies that compare nothing: means by arm, empty arms kept, extremes of what was lost."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from trialbalance.contracts.terms import NOBODY
from trialbalance.dataset.described.group_means import describe_groups

STUDY = {
    "arms": {"a": {}, "b": {}, "empty": {}},
    "comparator": "empty",
    "visits": {"m0": 0},
    "periods": {"year": [0, 1]},
}
SECTION = {
    "describe": {
        "population": "all",
        "by": ["sex"],
        "illustrative": ["health"],
        "law_cost_per": "order",
    }
}
PEOPLE = pd.DataFrame(
    {
        "participant_id": ["p1", "p2", "p3", "p4", "out"],
        "arm": ["a", "a", "b", "b", "b"],
        "all": [True, True, True, True, False],
        "sex": ["female", "male", "female", "female", "male"],
        "age": [30, 40, 50, 60, 99],
        "housed": [True, False, True, None, True],
    }
)


def tables():
    return {
        "participants": PEOPLE,
        "measures": pd.DataFrame(
            {
                "participant_id": ["p1", "p2", "p3", "p4"],
                "measure": "well",
                "visit": "m0",
                "value": [0.5, 0.7, np.nan, 0.9],
            }
        ),
        "endpoint_events": pd.DataFrame(
            {"participant_id": ["p1", "p1"], "endpoint": "stay", "amount": [3.0, 4.0]}
        ),
        "participant_costs": pd.DataFrame(
            {
                "participant_id": ["p1", "p1", "p3"],
                "perspective": "health",
                "period": "year",
                "cost": [10.0, 5.0, 20.0],
            }
        ),
        "cost_observed": pd.DataFrame(
            {
                "participant_id": ["p2"],
                "source_group": ["interview"],
                "period": ["year"],
                "observed": [False],
            }
        ),
        "prices": pd.DataFrame({"item": ["visit"], "source_group": ["interview"]}),
        "perspectives": pd.DataFrame(
            {"perspective": ["health"], "item": ["visit"], "counted": [True]}
        ),
        "ledger": pd.DataFrame(
            {"record_id": ["e1:visit", "r1"], "participant_id": ["p1", "p1"], "cost": [8.0, 7.0]}
        ),
        "legal_use": pd.DataFrame({"record_id": ["e1:visit"]}),
        "legal_days": pd.DataFrame(
            {"participant_id": ["p1", "p2"], "status": "order", "days": [30.4375, 30.4375]}
        ),
    }


@pytest.fixture(scope="module")
def table():
    return describe_groups(tables(), STUDY, filled("dataset", SECTION))


def line(table, quantity, arm, by=""):
    whose = table["arm"].isna() if arm is None else table["arm"] == arm
    rows = table[whose & (table["quantity"] == quantity) & (table["by"] == by)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_means_are_over_those_observed_in_the_population(table):
    assert line(table, "age", "a")["mean"] == 35
    assert line(table, "age", None)["mean"] == 45
    well = line(table, "well", "b")
    assert (well["participants"], well["observed"], well["mean"]) == (2, 1, 0.9)


def test_an_arm_that_nobody_entered_keeps_every_line(table):
    mine = table[table["arm"] == "empty"]
    whole = mine[
        (mine["by"] == "") & (mine["kind"] != "cost of events in law a month under a status")
    ]
    assert (whole["participants"] == 0).all()
    assert set(whole["note"]) == {NOBODY}
    assert len(whole) == len(table[(table["arm"] == "a") & (table["by"] == "")]) - 1


def test_a_part_of_an_arm_without_anybody_is_not_an_empty_arm(table):
    assert line(table, "age", "b", "sex: male")["note"] == "nobody in this part"


def test_the_two_extremes_of_what_was_not_observed(table):
    housed = line(table, "housed", "b")
    assert (housed["mean"], housed["if_lost_no"], housed["if_lost_yes"]) == (1.0, 0.5, 1.0)
    assert np.isnan(line(table, "housed", "a")["if_lost_no"])
    assert np.isnan(line(table, "well", "b")["if_lost_no"])


def test_events_are_counted_with_their_days_and_nobody_without_one_is_left_out(table):
    rows = table[(table["quantity"] == "stay") & (table["by"] == "")].set_index(["kind", "arm"])
    assert rows.loc[("number of events", "a"), "mean"] == 1.0
    assert rows.loc[("days of events", "a"), "mean"] == 3.5
    assert rows.loc[("number of events", "b"), "mean"] == 0.0


def test_a_cost_partly_unobserved_is_blank_and_no_use_is_nought(table):
    health = line(table, "health", "a")
    assert (health["observed"], health["mean"]) == (1, 15.0)
    assert line(table, "health", "b")["mean"] == 10.0
    assert health["status"] == "illustrative, assumed"
    assert line(table, "age", "a")["status"] == ""


def test_cost_of_the_law_a_month_is_total_over_total(table):
    rows = table[table["kind"] == "cost of events in law a month under a status"]
    assert rows.set_index("arm")["mean"]["a"] == pytest.approx(8.0 / 2)
    assert rows.set_index("arm")["note"]["b"] == "nobody under this status"
