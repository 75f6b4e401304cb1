"""A trial of six as the stages before hand it over, small enough to add up by hand."""

import pandas as pd
import pytest
from filled import filled

STUDY = {
    "arms": {"order": {}, "leave": {}},
    "comparator": "leave",
    "horizon_years": 1.0,
    "visits": {"baseline": 0.0, "month_12": 1.0},
    "periods": {"before": [-0.5, 0.0], "months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]},
}
ANALYSIS = {"outcome": "qaly", "perspective": "nhs", "population": "intention_to_treat"}
IDS = [f"p{number}" for number in range(1, 7)]
ARMS = ["order", "leave"] * 3


def participants():
    return pd.DataFrame(
        {
            "participant_id": IDS,
            "arm": ARMS,
            "site": ["north", "south"] * 3,
            "randomisation_date": pd.to_datetime(["2010-01-01"] * 6),
            "randomised": pd.array([True] * 6, dtype="boolean"),
            "intention_to_treat": pd.array([True] * 5 + [False], dtype="boolean"),
            "sex": ["female", "male", "male", None, "female", "male"],
            "schizophrenia": pd.array([True, False, False, False, True, pd.NA], dtype="boolean"),
            "age": [30, 40, 50, 60, 70, 80],
        }
    )


def costs():
    """Return 100 before, 17 and more by records after, 1 by interview; society adds 1000."""
    rows = []
    for place, name in enumerate(IDS):
        rows += [
            (name, "before", "nhs", "records", "bed", 100.0),
            (name, "months_1_6", "nhs", "records", "bed", 10.0 + place),
            (name, "months_1_6", "nhs", "records", "contact", 5.0),
            (name, None, "nhs", "records", "bed", 2.0),
            (name, "months_7_12", "nhs", "interview", "contact", 1.0),
            (name, "months_7_12", "society", "interview", "care", 1000.0),
        ]
    columns = ["participant_id", "period", "perspective", "source_group", "category", "cost"]
    return pd.DataFrame(rows, columns=columns)


def flags():
    """Records always; interviews but for p2 in the second period and p3 before the index date."""
    rows = [
        (
            name,
            group,
            period,
            group == "records" or (name, period) not in {("p2", "months_7_12"), ("p3", "before")},
        )
        for name in IDS
        for group in ("records", "interview")
        for period in STUDY["periods"]
    ]
    return pd.DataFrame(rows, columns=["participant_id", "source_group", "period", "observed"])


def measures():
    values = {
        "p1": (1.0, 0.8),
        "p2": (0.5, 0.6),
        "p3": (0.7, None),
        "p4": (0.4, 0.0),
        "p5": (None, 0.9),
        "p6": (0.3, 0.3),
    }
    return pd.DataFrame(
        [
            (name, arm, visit, "utility", value, value == 1.0, name == "p4" and visit == "month_12")
            for (name, both), arm in zip(values.items(), ARMS, strict=True)
            for visit, value in zip(STUDY["visits"], both, strict=True)
        ],
        columns=["participant_id", "arm", "visit", "measure", "value", "at_ceiling", "dead"],
    )


def outcomes():
    values = [0.9, 0.55, None, 0.2, None, 0.3]
    table = pd.DataFrame(
        {
            "participant_id": IDS,
            "arm": ARMS,
            "outcome": "qaly",
            "measure": "utility",
            "value": values,
            "at_ceiling": pd.array([False, False, None, False, None, False], dtype="boolean"),
            "died": [False, False, False, True, False, False],
        }
    )
    events = table.assign(
        outcome="readmission", measure=None, value=[1.0, 0, 0, 1, 0, 0], at_ceiling=pd.NA
    )
    return pd.concat([table, events.astype({"at_ceiling": "boolean"})], ignore_index=True).assign(
        observed=lambda rows: rows["value"].notna()
    )


@pytest.fixture
def tables():
    """Return the six tables and settings that build_dataset takes, by name."""
    return {
        "participants": participants(),
        "participant_costs": costs(),
        "cost_observed": flags(),
        "measures": measures(),
        "outcomes": outcomes(),
        "study": dict(STUDY),
        "section": filled("dataset", {}),
        "analysis": dict(ANALYSIS),
    }
