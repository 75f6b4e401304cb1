import numpy as np
import pandas as pd
import pytest
from trialbalance.audit.published.reproduction import judge, reproduce
from trialbalance.contracts import Problems


@pytest.fixture
def tables():
    people = pd.DataFrame(
        {
            "participant_id": ["p1", "p2", "p3", "p4"],
            "arm": ["a", "a", "a", "b"],
            "everyone": [True, True, True, True],
            "alive": ["true", "true", "false", "true"],
            "sex": ["female", "male", "female", "male"],
            "randomisation_date": pd.to_datetime(["2012-01-01"] * 4),
            "death_date": pd.to_datetime([None, None, "2012-05-01", None]),
        }
    )
    costs = pd.DataFrame(
        [
            ("p1", "early", "all", "records", "hospital", 100.0),
            ("p1", "early", "all", "interview", "care", 20.0),
            ("p1", "before", "all", "interview", "care", 999.0),
            ("p1", "early", "other", "records", "hospital", 5.0),
            ("p2", None, "all", "records", "hospital", 50.0),
            ("p4", "early", "all", "records", "hospital", 7.0),
        ],
        columns=["participant_id", "period", "perspective", "source_group", "category", "cost"],
    )
    observed = pd.DataFrame(
        [
            (who, group, "early", not (who == "p2" and group == "interview"))
            for who in people["participant_id"]
            for group in ("records", "interview")
        ],
        columns=["participant_id", "source_group", "period", "observed"],
    )
    spells = pd.DataFrame(
        {
            "participant_id": ["p1", "p1", "p2"],
            "item": ["leave", "leave", "leave"],
            "start_date": pd.to_datetime(["2012-03-01", "2012-01-05", "2012-01-11"]),
            "end_date": pd.to_datetime(["2012-04-01", "2012-01-15", None]),
        }
    )
    endpoints = pd.DataFrame(
        {
            "population": "everyone",
            "arm": ["a", "b"],
            "endpoint": "back",
            "events": [2, 1],
            "participants": [4, 4],
        }
    )
    measures = pd.DataFrame(
        {
            "participant_id": ["p1", "p2", "p3", "p4"] * 2,
            "visit": "start",
            "measure": ["x"] * 4 + ["y"] * 4,
            "value": [1.0, 2.0, 3.0, np.nan, 2.0, 4.0, 6.0, 1.0],
        }
    )
    responses = pd.DataFrame(
        {
            "participant_id": ["p1", "p1", "p2", "p2"],
            "visit": "start",
            "instrument": "q",
            "item": ["i1", "i2", "i1", "i2"],
            "level": pd.array([1, 2, 3, None], dtype="Int64"),
        }
    )
    return {
        "participants": people,
        "participant_costs": costs,
        "cost_observed": observed,
        "episodes": spells,
        "endpoints": endpoints,
        "measures": measures,
        "responses": responses,
    }


def entry(measure, value=0.0, arm="a", population="everyone", tolerance=None):
    made = {"quantity": "q", "population": population, "value": value, "measure": measure}
    made |= {"tolerance": tolerance or {"kind": "exact"}}
    return made | ({"arm": arm} if arm else {})


CASES = [
    ({"compute": "participants"}, "a", 3.0),
    ({"compute": "participants"}, None, 4.0),
    ({"compute": "deaths"}, "a", 1.0),
    ({"compute": "count", "column": "sex", "equals": "female"}, None, 2.0),
    ({"compute": "share", "column": "alive", "equals": True}, None, 0.75),
    ({"compute": "events", "endpoint": "back"}, "a", 2.0),
    ({"compute": "risk", "endpoint": "back", "versus": "b", "compare": "ratio"}, "a", 2.0),
    # p2 missed the interview: 10, the mean of p1 (20) and p3 (0), stands in; baseline is left out.
    ({"compute": "mean_cost", "perspective": "all"}, "a", (120 + 60 + 0) / 3),
    ({"compute": "sd_cost", "perspective": "all"}, "a", float(np.std([120, 60, 0], ddof=1))),
    ({"compute": "mean_cost", "perspective": "all", "versus": "b"}, "a", 60.0 - 7.0),
    (
        {"compute": "share_of_cost", "perspective": "all", "categories": ["hospital"]},
        "a",
        150 / 180,
    ),
    # First spells: 10 days, and open from 11 January (10 days in) to day 366.
    ({"compute": "median_first_spell", "items": ["leave"], "horizon_days": 366}, "a", 183.0),
    ({"compute": "correlation", "measures": ["x", "y"], "visit": "start"}, None, 1.0),
    ({"compute": "complete_questionnaires", "instrument": "q", "visit": "start"}, None, 1.0),
    (
        {"compute": "item_response", "instrument": "q", "visit": "start", "which": "highest"},
        None,
        0.5,
    ),
    (
        {"compute": "item_response", "instrument": "q", "visit": "start", "which": "lowest"},
        None,
        0.25,
    ),
]


@pytest.mark.parametrize(("measure", "arm", "expected"), CASES)
def test_each_computation_gives_the_hand_computed_figure(tables, measure, arm, expected):
    line = reproduce({"one": entry(measure, arm=arm)}, tables, ["before"]).iloc[0]
    assert line["reproduced"] == pytest.approx(expected)
    assert line["difference"] == pytest.approx(expected)


def test_population_restricts_the_people_and_lines_keep_the_order_of_the_file(tables):
    published = {
        "z": entry({"compute": "participants"}, 2.0, population="alive"),
        "a": entry({"compute": "participants"}, 3.0),
    }
    result = reproduce(published, tables)
    assert result["id"].tolist() == ["z", "a"]
    assert result["verdict"].tolist() == ["within", "within"]


@pytest.mark.parametrize(
    ("published", "reproduced", "tolerance", "within"),
    [
        (59, 59, {"kind": "exact"}, True),
        (59, 60, {"kind": "exact"}, False),
        (100, 124, {"kind": "simulation_error", "sd": 10}, True),
        (100, 126, {"kind": "simulation_error", "sd": 10}, False),
        (100, 126, {"kind": "simulation_error", "sd": 10, "multiple": 3}, True),
        (1.0, 0.989, {"kind": "rounded", "decimals": 1}, True),
        (1.0, 0.94, {"kind": "rounded", "decimals": 1}, False),
        (0.85, 0.86, {"kind": "direction", "sense": "above"}, True),
        (0.85, 0.86, {"kind": "direction", "sense": "below"}, False),
    ],
)
def test_tolerances(published, reproduced, tolerance, within):
    assert judge(published, reproduced, tolerance)[1] is within


def test_all_mistakes_of_the_block_are_said_at_once(tables):
    published = {
        "wrong": entry({"compute": "median_cost"}, arm="c", population="nobody"),
        "bare": entry({"compute": "participants"}, tolerance={"kind": "simulation_error"}),
        "odd": entry({"compute": "participants"}, tolerance={"kind": "near"}),
        "absent": entry({"compute": "correlation"}),
    }
    with pytest.raises(Problems) as caught:
        reproduce(published, {k: v for k, v in tables.items() if k != "measures"})
    said = str(caught.value)
    for words in ("median_cost", "published.wrong.arm: found c", "nobody", "tolerance.sd", "near"):
        assert words in said
    assert "a study that has the table measures" in said
