"""Published figures about orders, found again in the tables of stage legal."""

import pandas as pd
import pytest
from trialbalance.audit.published.reproduction import reproduce

PEOPLE = pd.DataFrame({"participant_id": ["p1", "p2", "p3", "p4"], "arm": "a", "randomised": True})
EVENTS = pd.DataFrame(
    {
        "participant_id": ["p1", "p1", "p1", "p2", "p3", "p3", "p3"],
        "event": [
            *("order_made", "recalled", "recalled"),
            "order_made",
            *("order_made", "recalled", "order_revoked"),
        ],
    }
)
DAYS = pd.DataFrame(
    {
        "participant_id": ["p1", "p2", "p3", "p4", "p1"],
        "status": ["order", "order", "order", "order", "leave"],
        "days": [100, 300, 200, 0, 5],
    }
)
GAPS = pd.DataFrame(
    {"participant_id": ["p1", "p1", "p3"], "endpoint": "gap", "amount": [60.0, 70.0, 500.0]}
)
VISITS = pd.DataFrame(
    {"participant_id": ["p1", "p2"], "visit": "m6", "status": ["attended", "missed"]}
)
MEASURES = pd.DataFrame(
    {
        "participant_id": ["p1", "p2", "p3", "p1", "p2", "p3"],
        "visit": ["m0"] * 3 + ["m6"] * 3,
        "measure": ["before"] * 3 + ["after"] * 3,
        "value": [1.0, 2.0, 3.0, 2.0, 4.0, 6.0],
    }
)
TABLES = {
    "participants": PEOPLE,
    "legal_timeline": EVENTS,
    "legal_days": DAYS,
    "endpoint_events": GAPS,
    "visits": VISITS,
    "measures": MEASURES,
}
CASES = [
    ({"compute": "people_with_event", "event": "order_made", "at_least": 1}, 3),
    (
        {
            "compute": "share_with_event",
            "event": "recalled",
            "at_least": 2,
            "among": "order_made",
        },
        1 / 3,
    ),
    ({"compute": "events_per_event", "event": "order_revoked", "per": "recalled"}, 1 / 3),
    ({"compute": "median_days", "statuses": ["order", "leave"], "among": "order_made"}, 200),
    ({"compute": "median_days", "statuses": ["order", "leave"]}, 152.5),
    (
        {
            "compute": "days_against_events",
            "statuses": ["order"],
            "endpoint": "gap",
            "among": "order_made",
        },
        -1.0,
    ),
    (
        {
            "compute": "days_against_events",
            "statuses": ["order"],
            "endpoint": "gap",
            "counted": "amount",
            "among": "order_made",
        },
        -0.5,
    ),
    ({"compute": "attended", "visit": "m6"}, 1),
    ({"compute": "mean_measure", "measure": "before", "visit": "m0"}, 2.0),
    (
        {
            "compute": "correlation_over_time",
            "measures": ["before", "after"],
            "visits": ["m0", "m6"],
        },
        1.0,
    ),
]


def entry(measure, **more):
    return {
        "quantity": "q",
        "population": "randomised",
        "value": 0,
        "measure": measure,
        "tolerance": {"kind": "exact"},
        **more,
    }


@pytest.mark.parametrize(("measure", "value"), CASES)
def test_figures_are_found_again(measure, value):
    found = reproduce({"x": entry(measure)}, TABLES)
    assert found["reproduced"].iloc[0] == pytest.approx(value)


def test_an_arm_that_nobody_entered_has_nobody():
    asked = {"x": entry({"compute": "participants"}, arm="empty")}
    assert reproduce(asked, TABLES, arms=["a", "empty"])["verdict"].tolist() == ["within"]
