"""Events in law as records: who, what, when, and what was found."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from trialbalance.simulation.participants import People


class Moment(NamedTuple):
    """One event: row number of the person, event, day from the index date, minute, finding."""

    person: int
    event: str
    day: int
    minute: int | None = None
    finding: bool | None = None


def dated_events(people: People, moments: list[Moment], offset: str = "Z") -> pd.DataFrame:
    """Turn events counted in days into dated records.

    Parameters
    ----------
    people : People
        The participants.
    moments : list of Moment
        Events; the minute of the day is None where only the date was written down.
    offset : str
        Zone of the times, such as Z or -05:00.

    Returns
    -------
    pandas.DataFrame
        Columns record_id, participant_id, event, date, time, finding.

    Examples
    --------
    >>> people = People(pd.DataFrame({"participant_id": ["P1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])}), *[np.zeros(1)] * 6)
    >>> dated_events(people, [Moment(0, "order_made", 31, 570)])["time"].tolist()
    ['09:30Z']
    """
    moments = sorted(moments, key=lambda one: (one.person, one.day, one.minute or 0))
    person = np.array([one.person for one in moments], dtype=int)
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")[person]
    days = np.array([one.day for one in moments], dtype="timedelta64[D]")
    words = {None: None, True: "yes", False: "no"}
    return pd.DataFrame(
        {
            "record_id": [f"E{k + 1:06d}" for k in range(len(moments))],
            "participant_id": people.frame["participant_id"].to_numpy()[person],
            "event": np.array([one.event for one in moments], dtype=object),
            "date": (index + days).astype("datetime64[ns]"),
            "time": np.array([_clock(one.minute, offset) for one in moments], dtype=object),
            "finding": np.array([words[one.finding] for one in moments], dtype=object),
        }
    )


def _clock(minute: int | None, offset: str) -> str | None:
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}{offset}"
