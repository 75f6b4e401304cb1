"""Rows of the tables that hold several for a person: answers, use, stays, scores, events."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trialbalance.commands.twinning.drawn_values import draw_numbers, draw_values

if TYPE_CHECKING:
    from trialbalance.commands.twinning.drawing import Crowd


def draw_table(
    name: str,
    told: dict[str, Any],
    people: pd.DataFrame,
    last: pd.DataFrame,
    attended: dict[str, np.ndarray] | None,
    crowd: "Crowd",
) -> pd.DataFrame:
    """Return the rows of a table, its columns in the order of the original.

    Parameters
    ----------
    name : str
        Table.
    told : dict
        Columns and groups, as from `summarise`.
    people : pandas.DataFrame
        The invented people.
    last : pandas.DataFrame
        Their dates of randomisation and of the end of follow-up.
    attended : dict of numpy.ndarray of bool, or None
        Visit -> who came.
    crowd : Crowd
        The invented people, as random numbers.

    Returns
    -------
    pandas.DataFrame of str
        Cells as text.
    """
    base = people[["participant_id"]].assign(start="", end=last["last"], order=range(len(people)))
    if "randomisation_date" in people:
        base["start"] = people["randomisation_date"]
    parts = [_group(name, one, base, attended, crowd) for one in told["groups"]]
    found = pd.concat(parts) if parts else base.iloc[:0]
    if "start_date" in told["columns"]:
        found = _one_at_a_time(found)
    dated = [column for column in ("date", "start_date") if column in found]
    for column in dated:
        day = pd.to_datetime(found[column].replace("", pd.NA), format="%Y-%m-%d")
        found = found[~(day > found["end"])]
    found = found.reindex(columns=told["columns"], fill_value="").fillna("")
    return numbered(name, found)


def numbered(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of people, their records numbered anew.

    Parameters
    ----------
    table : str
        Table, whose first letter keeps its records apart from those of another.
    rows : pandas.DataFrame of str
        Rows of invented people.

    Returns
    -------
    pandas.DataFrame of str
        The same rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant_id": ["twin2", "twin1"], "record_id": ["", ""]})
    >>> numbered("episodes", rows)["record_id"].tolist()
    ['twin_e000001', 'twin_e000002']
    """
    rows = rows.sort_values("participant_id", kind="stable").reset_index(drop=True)
    if "record_id" in rows:
        rows["record_id"] = [f"twin_{table[0]}{place:06d}" for place in range(1, len(rows) + 1)]
    return rows


def _group(
    name: str,
    told: dict[str, Any],
    base: pd.DataFrame,
    attended: dict[str, np.ndarray] | None,
    crowd: "Crowd",
) -> pd.DataFrame:
    """Return the rows of one group."""
    words = [name, *map(str, told["of"].values())]
    block = [name, told["of"]["visit"], told["of"]["instrument"]] if name == "responses" else words
    there = (attended or {}).get(told.get("at"), np.ones(len(base), dtype=bool))
    has = crowd.chances("has", *block) < np.where(there, told["there"], told["away"])
    times = np.ones(len(base), dtype=int)
    if told["rows"]:
        drawn = np.round(draw_numbers(told["rows"], crowd.places("times", *words)))
        times = np.maximum(drawn.astype(int), 1)
    parts = []
    for turn in range(times.max()):
        rows = base.assign(**told["of"])
        for column in sorted(told["values"], key=lambda one: one == "end_date"):
            names = (*words, column, str(turn))
            cells = draw_values(told["values"][column], rows, crowd, *names)
            gone = crowd.chances("blank", *names) < told["blank"][column]
            rows[column] = np.where(gone, "", cells)
        parts.append(rows[has & (times > turn)])
    return pd.concat(parts)


def _one_at_a_time(stays: pd.DataFrame) -> pd.DataFrame:
    """Return stays moved so that a person has one bed, and one spell of a status, at a time."""
    kind = stays["type"].where(stays["type"] == "occupancy", stays["type"] + " " + stays["item"])
    stays = stays.assign(kind=kind).sort_values(["order", "kind", "start_date"], kind="stable")
    start = pd.to_datetime(stays["start_date"], format="%Y-%m-%d")
    end = pd.to_datetime(stays["end_date"].replace("", pd.NA), format="%Y-%m-%d")
    length = (end - start).clip(lower=pd.Timedelta(0))
    starts, ends, mark, free = [], [], None, None
    for key, day, lasts in zip(
        zip(stays["order"], stays["kind"], strict=True), start, length, strict=True
    ):
        if key != mark:
            mark, free = key, None
        # A spell still open bars every later one.
        day = day if free is None else pd.NaT if pd.isna(free) else max(day, free)
        starts.append(day)
        free = day + lasts
        ends.append(free)
    stays["start_date"] = pd.Series(starts, stays.index, dtype="datetime64[ns]")
    stays["end_date"] = pd.Series(ends, stays.index, dtype="datetime64[ns]")
    stays = stays[stays["start_date"].notna()]
    for column in ("start_date", "end_date"):
        stays[column] = stays[column].dt.strftime("%Y-%m-%d").fillna("")
    return stays.drop(columns="kind")
