"""Invented records of a founded study, drawn as those of a twin are, from figures set here."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from trialbalance.commands.founding.founded_text import TOOLS, periods_of, visit_name
from trialbalance.commands.founding.shape import Shape
from trialbalance.commands.twinning.drawing import draw_records

# People in each arm.
SIZE = 40
COLUMNS = {
    "participants": "participant_id,arm,site,randomisation_date,death_date,exclusion,sex,age",
    "totals": "participant_id,arm,cost,effect,sex,age",
    "visits": "participant_id,visit,date,status",
    "responses": "participant_id,visit,instrument,item,level",
    "resource_use": "record_id,participant_id,item,quantity,period,date",
    "episodes": "record_id,participant_id,type,item,start_date,end_date",
}
LEVELS = {
    3: {"1": 0.5, "2": 0.4, "3": 0.1},
    5: {"1": 0.4, "2": 0.3, "3": 0.15, "4": 0.1, "5": 0.05},
}
# Item -> how many a period, of those who used any, and the share of those.
COUNTS = {
    "nurse_visit": ([0, 1, 2, 4, 8], 0.9),
    "clinic_visit": ([0, 0, 1, 2, 4], 0.9),
    "informal_care_hour": ([0, 5, 20, 60], 0.6),
}
BLANK = {"kind": "blank"}


def founded_records(shape: Shape, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return invented records of a trial of some shape; its arms are alike.

    Parameters
    ----------
    shape : Shape
        What the trial is.
    seed : int
        Root of the random streams.

    Returns
    -------
    dict of pandas.DataFrame of str
        Table -> cells as text.

    Examples
    --------
    >>> made = founded_records(Shape(arms=("a", "b", "c"), comparator="a"))
    >>> made["participants"]["arm"].value_counts().sort_index().to_dict()
    {'a': 40, 'b': 40, 'c': 40}
    """
    study = {
        "arms": dict.fromkeys(shape.arms),
        "visits": {visit_name(month): month / 12 for month in shape.visits},
        "horizon_years": shape.horizon,
    }
    told: dict[str, Any] = {"people": _people(shape), "tables": {}}
    if shape.door == "records":
        told["visits"] = _visits(shape)
        told["tables"] = {
            "responses": _table("responses", _answers(shape)),
            "resource_use": _table("resource_use", _use(shape)),
            "episodes": _table("episodes", [_stays(shape)]),
        }
    return draw_records(told, study, seed)


def _numbers(points: Sequence[float], places: int = 0) -> dict[str, Any]:
    return {"kind": "numbers", "points": list(points), "places": places}


def _words(**shares: float) -> dict[str, Any]:
    return {"kind": "words", "shares": shares}


def _table(name: str, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {"columns": COLUMNS[name].split(","), "groups": groups}


def _people(shape: Shape) -> dict[str, Any]:
    """Return what is set of people: nobody died, nobody was excluded."""
    values = {"sex": _words(female=0.5, male=0.5), "age": _numbers([19, 35, 50, 65, 80])}
    empty = []
    table = "participants" if shape.door == "records" else "totals"
    if table == "participants":
        dates = {"kind": "dates", "first": "2022-01-01", "last": "2022-12-31"}
        values |= {"site": _words(north=0.4, south=0.3, west=0.3), "randomisation_date": dates}
        empty = ["death_date", "exclusion"]
        values |= dict.fromkeys(empty, BLANK)
    else:
        values |= {"cost": _numbers([200, 600, 1200, 2500, 9000], 2)}
        values |= {"effect": {"kind": "words", "shares": {"0": 0.7, "1": 0.3}}}
    # Of one in seven neither cost nor effect is known, where these are what is handed over.
    gone = [name for name in values if name in ("cost", "effect")]
    patterns = [
        {"pattern": ["blank" if name in [*empty, *some] else "filled" for name in values],
         "share": share}
        for some, share in (([], 0.86 if gone else 1.0), *([(gone, 0.14)] if gone else []))
    ]  # fmt: skip
    alone = {name: {"filled": 1.0} for name in values}
    return {
        "table": table,
        "arms": dict.fromkeys(shape.arms, SIZE),
        "columns": COLUMNS[table].split(","),
        "filled": {"columns": list(values), "patterns": patterns, "alone": alone},
        "values": values,
    }


def _visits(shape: Shape) -> dict[str, Any]:
    """Return what is set of visits: one person in four missed some."""
    names = [visit_name(month) for month in shape.visits]
    alone = {name: {"attended": 0.7, "missed": 0.3} for name in names}
    alone["baseline"] = {"attended": 1.0}
    days = {
        visit_name(month): {
            "kind": "days",
            "since": "start",
            "numbers": _numbers([month * 30.4375 + late for late in (-7, 0, 5, 14)]),
        }
        for month in shape.visits
        if month
    }
    whole = [{"pattern": ["attended"] * len(names), "share": 0.7}]
    return {
        "columns": COLUMNS["visits"].split(","),
        "patterns": {"columns": names, "patterns": whole, "alone": alone},
        "days": {"baseline": BLANK, **days},
        "undated": dict.fromkeys(names, 0.0),
    }


def _answers(shape: Shape) -> list[dict[str, Any]]:
    levels = TOOLS[shape.questionnaire][2]
    items = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
    level = {"kind": "words", "ordered": True, "shares": LEVELS[levels]}
    return [
        {
            "of": {"visit": visit_name(month), "instrument": shape.questionnaire, "item": item},
            "at": visit_name(month),
            "there": 1.0,
            "away": 0.0,
            "rows": None,
            "blank": {"level": 0.01},
            "values": {"level": level},
        }
        for month in shape.visits
        for item in items
    ]


def _use(shape: Shape) -> list[dict[str, Any]]:
    """Return what is set of use: counts of each period, and one assessment soon after the start."""
    ends = dict(zip(periods_of(shape), shape.visits[1:], strict=True))
    counts = [
        {
            "of": {"item": item, "period": period},
            "at": visit_name(end),
            "there": share,
            "away": 0.0,
            "rows": None,
            "blank": {"quantity": 0.0, "date": 1.0},
            "values": {"quantity": _numbers(points), "date": BLANK},
        }
        for period, end in ends.items()
        for item, (points, share) in COUNTS.items()
    ]
    soon = {"kind": "days", "since": "start", "numbers": _numbers([1, 7, 21])}
    assessed = {
        "of": {"item": "assessment", "period": ""},
        "there": 0.5,
        "away": 0.5,
        "rows": None,
        "blank": {"quantity": 0.0, "date": 0.0},
        "values": {"quantity": _words(**{"1": 1.0}), "date": soon},
    }
    return [*counts, assessed]


def _stays(shape: Shape) -> dict[str, Any]:
    start = _numbers([10, shape.horizon * 180, shape.horizon * 350])
    return {
        "of": {"type": "occupancy", "item": "hospital_night"},
        "there": 0.25,
        "away": 0.25,
        "rows": None,
        "blank": {"start_date": 0.0, "end_date": 0.0},
        "values": {
            "start_date": {"kind": "days", "since": "start", "numbers": start},
            "end_date": {"kind": "days", "since": "start_date", "numbers": _numbers([1, 4, 20])},
        },
    }
