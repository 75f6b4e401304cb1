"""Checks of resource use and episodes across tables."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, nearest
from trialbalance.data.record_set import Records, day, finding


def period_or_date(records: Records) -> list[Finding]:
    """Refuse a count with both or neither of period and date.

    Examples
    --------
    >>> use = pd.DataFrame({"period": [None], "date": pd.to_datetime([None])}, index=[2])
    >>> records = Records({"resource_use": use}, {"resource_use": "use.csv"}, {})
    >>> [(one.row, one.found) for one in period_or_date(records)]
    [(2, 'neither period nor date')]
    """
    frame = records.tables["resource_use"]
    period, date = frame["period"].notna(), frame["date"].notna()
    neither = ~period & ~date
    if records.spoiled & {"resource_use.period", "resource_use.date"}:
        neither[:] = False
    allowed = "either a period or a date"

    def both(row: Any):
        return f"period '{frame.loc[row, 'period']}' and date '{day(frame.loc[row, 'date'])}'"

    return [
        *finding(
            records, "resource_use", period & date, "period", both, allowed, "remove one of the two"
        ),
        *finding(
            records,
            "resource_use",
            neither,
            "period",
            lambda row: "neither period nor date",
            allowed,
            "fill in one of the two",
        ),
    ]


def dates_of_use(records: Records) -> list[Finding]:
    """Note use dated outside the time between randomisation and death or horizon."""
    frame = records.dated("resource_use", "date")
    date = frame["date"]

    def beside(word: str, column: str):
        return lambda row: f"'{day(date.loc[row])}', {word} on {day(frame.loc[row, column])}"

    def note(rows: pd.DataFrame, word: str, column: str, remedy: str):
        found = beside(word, column)
        return finding(records, "resource_use", rows, "date", found, None, remedy, "note")

    return [
        *note(
            date < frame["randomisation_date"],
            "before randomisation",
            "randomisation_date",
            "it counts as baseline, in no total",
        ),
        *note(
            date > frame["death_date"],
            "after death",
            "death_date",
            "it will be set aside and counted; correct the date if it is wrong",
        ),
        *note(
            (date > frame["last_date"]) & ~(date > frame["death_date"]),
            "after the horizon ended",
            "last_date",
            "it will be set aside and counted",
        ),
    ]


def dates_of_events(records: Records) -> list[Finding]:
    """Note events in law dated after death or after the follow-up."""
    frame = records.dated("legal_events", "date")

    def found(row: Any):
        return f"'{day(frame.loc[row, 'date'])}', after the follow-up of this participant ended"

    over = (frame["date"] > frame["death_date"]) | (frame["date"] > frame["last_date"])
    remedy = "it is listed and changes no status; correct the date if it is wrong"
    return finding(records, "legal_events", over, "date", found, None, remedy, "note")


def episode_ends(records: Records) -> list[Finding]:
    """Refuse an episode that ends before it starts.

    Examples
    --------
    >>> stay = pd.DataFrame({"start_date": pd.to_datetime(["2012-02-01"]),
    ...     "end_date": pd.to_datetime(["2012-01-01"])}, index=[2])
    >>> episode_ends(Records({"episodes": stay}, {"episodes": "stays.csv"}, {}))[0].found
    'an end on 2012-01-01, before the start on 2012-02-01'
    """
    frame = records.tables["episodes"]

    def found(row: Any):
        start, end = frame.loc[row, "start_date"], frame.loc[row, "end_date"]
        return f"an end on {day(end)}, before the start on {day(start)}"

    return finding(
        records,
        "episodes",
        frame["end_date"] < frame["start_date"],
        "end_date",
        found,
        "an end on or after the start",
        "correct one of the dates",
    )


def episode_dates(records: Records) -> list[Finding]:
    """Hold episodes against randomisation, death and horizon."""
    frame = records.dated("episodes", "start_date", "end_date")
    start, end, death = frame["start_date"], frame["end_date"], frame["death_date"]

    def outside(column: str, word: str, edge: str):
        return lambda row: f"'{day(frame.loc[row, column])}', {word} on {day(frame.loc[row, edge])}"

    def note(rows: pd.DataFrame, column: str, word: str, edge: str, remedy: str):
        found = outside(column, word, edge)
        return finding(records, "episodes", rows, column, found, None, remedy, "note")

    cut = "nights outside the follow-up are set aside and counted"
    return [
        *finding(
            records,
            "episodes",
            start > death,
            "start_date",
            outside("start_date", "after death", "death_date"),
            "a start up to the death",
            "correct one of the dates",
        ),
        *note((end > death) & ~(start > death), "end_date", "after death", "death_date", cut),
        *note(
            start < frame["randomisation_date"],
            "start_date",
            "before randomisation",
            "randomisation_date",
            cut,
        ),
        *note(
            (end > frame["last_date"]) & ~(end > death),
            "end_date",
            "after the horizon ended",
            "last_date",
            cut,
        ),
    ]


def episode_overlaps(records: Records) -> list[Finding]:
    """Refuse stays of one participant that overlap, and overlapping spells of one legal status.

    Notes
    -----
    A person has one bed at a time, so stays may not overlap whatever the item. Statuses of
    different names may (leave under section 17 lies within a detention). An end on the day of the
    next start is no overlap: nights are end minus start.
    """
    frame = records.dated("episodes", "type", "item", "start_date", "end_date")
    kind = frame["type"].where(frame["type"] == "occupancy", frame["type"] + " " + frame["item"])
    frame = frame.assign(kind=kind, row=frame.index, end=frame["end_date"].fillna(pd.Timestamp.max))
    whole = frame[["participant_id", "kind", "start_date"]].notna().all(axis=1)
    frame = frame[whole & ~(frame["end"] < frame["start_date"])]
    order = ["participant_id", "kind", "start_date", "end", "row"]
    frame = frame.sort_values(order, kind="stable")
    by = [frame["participant_id"], frame["kind"]]
    # The longest reach of the stays before, and the row that reaches so far.
    reach = frame.groupby(by)["end"].cummax()
    reacher = frame["row"].where(frame["end"] == reach).groupby(by).ffill()
    reach, reacher = reach.groupby(by).shift(), reacher.groupby(by).shift()
    rows = (frame["start_date"] < reach).sort_index()

    def found(row: Any):
        other = int(reacher.loc[row])
        span = [
            f"{day(frame.loc[at, 'start_date'])} to "
            + (day(frame.loc[at, "end_date"]) if pd.notna(frame.loc[at, "end_date"]) else "open")
            for at in (row, other)
        ]
        kinds = f"{frame.loc[row, 'type']} of {frame.loc[row, 'participant_id']}"
        return f"{kinds} from {span[0]}, overlapping row {other} ({span[1]})"

    return finding(
        records,
        "episodes",
        rows,
        "start_date",
        found,
        "one stay at a time, and one spell of a legal status",
        "correct the dates or join the rows",
    )


def priced_stays(records: Records) -> list[Finding]:
    """Refuse a stay whose item has no price."""
    if records.items is None:
        return []
    frame = records.tables["episodes"]
    rows = (frame["type"] == "occupancy") & frame["item"].notna()
    rows &= ~frame["item"].isin(records.items)
    first = frame.loc[rows, "item"].iloc[0] if rows.any() else ""
    close = nearest(first, records.items)
    return finding(
        records,
        "episodes",
        rows,
        "item",
        lambda row: f"'{frame.loc[row, 'item']}', without a price",
        f"one of {', '.join(records.items)}",
        f"perhaps '{close}' was meant" if close else "add its price to the unit costs",
    )
