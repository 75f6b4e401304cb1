"""A small trial whose answers are known by hand."""

import pandas as pd

DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
TARIFF = pd.DataFrame(
    [("start", None, None, 1.0), ("any", None, 2, -0.081), ("any", None, 3, -0.269)]
    + [
        ("level", dimension, level, -value)
        for dimension, values in zip(
            DIMENSIONS,
            (
                (0, 0.069, 0.314),
                (0, 0.104, 0.214),
                (0, 0.036, 0.094),
                (0, 0.123, 0.386),
                (0, 0.071, 0.236),
            ),
            strict=True,
        )
        for level, value in enumerate(values, start=1)
    ],
    columns=["term", "dimension", "level", "value"],
)
STUDY = {
    "arms": {"order": {}, "leave": {}},
    "comparator": "leave",
    "horizon_years": 1.0,
    "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
    "periods": {"before": [-0.5, 0.0], "months_1_12": [0.0, 1.0]},
}
SECTION = {
    "instruments": {"eq5d3l": {"kind": "value_set", "value_set": "tariff", "measure": "utility"}},
    "effects": {"qaly": {"kind": "area_under_curve", "measure": "utility"}},
    "endpoints": {},
    "populations": ["intention_to_treat"],
    "discount_rate": 0.035,
    "discounting": "yearly",
    "visit_times": "nominal",
    "death": "hold_then_zero",
}


def person(name="p1", arm="order", death=None):
    return pd.DataFrame(
        {
            "participant_id": [name],
            "arm": [arm],
            "site": ["north"],
            "randomisation_date": pd.to_datetime(["2010-01-01"]),
            "death_date": pd.to_datetime([death]),
            "intention_to_treat": pd.array([True], dtype="boolean"),
        }
    )


def visits(profiles, name="p1", statuses=None, dates=None):
    """Return visits: attended where there is a profile, else missed or the status given."""
    names = list(STUDY["visits"])
    status = statuses or ["attended" if profile else "missed" for profile in profiles]
    return pd.DataFrame(
        {
            "participant_id": name,
            "visit": names[: len(profiles)],
            "status": status,
            "date": pd.to_datetime(dates or [None] * len(profiles)),
        }
    )


def responses(profiles, name="p1"):
    """Return answers from profiles such as 11223; a dot is a blank."""
    rows = [
        (name, visit, "eq5d3l", dimension, None if level == "." else int(level))
        for visit, profile in zip(STUDY["visits"], profiles, strict=False)
        if profile
        for dimension, level in zip(DIMENSIONS, profile, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["participant_id", "visit", "instrument", "item", "level"])
    return table.astype({"level": "Int64"})
