"""Follow-up that ended by the calendar: filled in, and held against visits and deaths."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.data.record_set import Records, day, finding


def fill_follow_up_end(people: pd.DataFrame, section: dict) -> pd.DataFrame:
    """Give participants without a date of their own the study's end of follow-up.

    Parameters
    ----------
    people : pandas.DataFrame
        Table participants.
    section : dict
        Section ``data``; ``follow_up_end`` is a date or None.

    Returns
    -------
    pandas.DataFrame
        The same rows with column follow_up_end filled.

    Examples
    --------
    >>> people = pd.DataFrame({"follow_up_end": pd.to_datetime([None, "2019-06-30"])})
    >>> filled = fill_follow_up_end(people, {"follow_up_end": "2020-01-31"})
    >>> filled["follow_up_end"].dt.year.to_list()
    [2020, 2019]
    """
    end = section["follow_up_end"]
    if end is None or "follow_up_end" not in people:
        return people
    filled = people["follow_up_end"].fillna(pd.Timestamp(end))
    return people.assign(follow_up_end=filled.astype("datetime64[ns]"))


def follow_up_ends(records: Records) -> list[Finding]:
    """Refuse a follow-up that ends before it begins, or before a death that is known."""
    frame = records.tables["participants"]
    end = frame["follow_up_end"]

    def beside(word: str, column: str):
        return lambda row: (
            f"{day(frame.loc[row, 'follow_up_end'])}, {word} on {day(frame.loc[row, column])}"
        )

    remedy = "correct one of the dates, or data.follow_up_end"
    return [
        *finding(
            records, "participants", end < frame["randomisation_date"], "follow_up_end",
            beside("before randomisation", "randomisation_date"),
            "a date on or after randomisation_date", remedy,
        ),
        *finding(
            records, "participants", end < frame["death_date"], "follow_up_end",
            beside("before the death", "death_date"), "a date on or after death_date",
            "leave out deaths that became known after the end of follow-up, or move the end",
        ),
    ]  # fmt: skip


def visits_after_end(records: Records) -> list[Finding]:
    """Refuse a visit held after the end of follow-up."""
    people = records.tables["participants"].drop_duplicates("participant_id")
    frame = records.tables["visits"].join(
        people.set_index("participant_id")["follow_up_end"], on="participant_id"
    )

    def found(row: Any):
        ended = day(frame.loc[row, "follow_up_end"])
        return f"'{day(frame.loc[row, 'date'])}', after the end of follow-up on {ended}"

    return finding(
        records, "visits", frame["date"] > frame["follow_up_end"], "date", found,
        "a date up to the end of follow-up", "correct the date, or data.follow_up_end",
    )  # fmt: skip
