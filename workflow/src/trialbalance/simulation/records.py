"""What a simulator drew, as the records of a study: days from the index date become dates."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from trialbalance.simulation.care.stays import dated_episodes
from trialbalance.simulation.people.participants import People


class Moment(NamedTuple):
    """One event: row number of the person, event, day from the index date, minute, finding."""

    person: int
    event: str
    day: int
    minute: int | None = None
    finding: bool | None = None


@dataclass
class Drawn:
    """What a simulator drew, counted in days from each person's index date.

    Parameters
    ----------
    people : People
        The participants.
    members : dict of numpy.ndarray of bool
        Population → who is in it.
    use : pandas.DataFrame
        Columns person, item, quantity, period, day.
    visits, responses : pandas.DataFrame, optional
        Those tables; without them everyone is seen once, on the index date, and asked nothing.
    episodes : dict of pandas.DataFrame
        First letter of the identifiers → spells: person, type, item, start, end.
    moments : list of Moment
        Events in law.
    zone : str
        Zone of their times.
    """

    people: People
    members: dict[str, np.ndarray]
    use: pd.DataFrame
    visits: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    episodes: dict[str, pd.DataFrame] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    zone: str = "Z"


def study_records(drawn: Drawn, first_visit: str, horizon: int) -> dict[str, pd.DataFrame]:
    """Return the raw tables of a study.

    Parameters
    ----------
    drawn : Drawn
        What the simulator drew.
    first_visit : str
        Name of the visit on the index date, for a study that asks nothing.
    horizon : int
        Last day of follow-up.

    Returns
    -------
    dict of pandas.DataFrame
        ``participants``, ``visits``, ``responses``, ``resource_use``, ``episodes`` and
        ``legal_events``.

    Examples
    --------
    >>> people = People(pd.DataFrame({"participant_id": ["P1"], "arm": ["a"], "site": ["x"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])}), *[np.zeros(1)] * 6)
    >>> use = pd.DataFrame([(0, "bed", 2.0, None, 31.0)],
    ...     columns=["person", "item", "quantity", "period", "day"])
    >>> tables = study_records(Drawn(people, {}, use), "baseline", 365)
    >>> tables["visits"]["visit"].tolist(), str(tables["resource_use"]["date"].item())[:10]
    (['baseline'], '2012-02-01')
    """
    people, spells = drawn.people, drawn.episodes
    dated = [dated_episodes(people, one, horizon, letter) for letter, one in spells.items()]
    episodes = ("record_id", "participant_id", "type", "item", "start_date", "end_date")
    answers = ("participant_id", "visit", "instrument", "item", "level")
    return {
        "participants": _dated_people(people, drawn.members),
        "visits": _first_visits(people, first_visit) if drawn.visits is None else drawn.visits,
        "responses": _nothing(answers) if drawn.responses is None else drawn.responses,
        "resource_use": _use_records(people, drawn.use),
        "episodes": pd.concat(dated, ignore_index=True) if dated else _nothing(episodes),
        "legal_events": dated_events(people, drawn.moments, drawn.zone),
    }


def _dated_people(people: People, members: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the participants with dates and one column a population: table participants."""
    frame = people.frame.copy()
    shift = np.where(
        np.isnan(people.death_day),
        np.timedelta64("NaT"),
        people.death_day.astype("timedelta64[D]"),
    )
    index = frame["randomisation_date"].to_numpy().astype("datetime64[D]")
    frame["randomisation_date"] = index.astype("datetime64[ns]")
    frame.insert(4, "death_date", (index + shift).astype("datetime64[ns]"))
    frame.insert(5, "follow_up_end", pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]"))
    for at, (name, member) in enumerate(members.items()):
        frame.insert(6 + at, name, member)
    return frame


def _use_records(people: People, use: pd.DataFrame) -> pd.DataFrame:
    """Return use as numbered records, dated or by period: table resource_use."""
    use = use.sort_values(["person", "item", "day", "period"], kind="stable")
    person, day = use["person"].to_numpy(), use["day"].to_numpy()
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")[person]
    shift = np.where(np.isnan(day), np.timedelta64("NaT"), day.astype("timedelta64[D]"))
    return pd.DataFrame(
        {
            "record_id": [f"U{k + 1:06d}" for k in range(len(use))],
            "participant_id": people.frame["participant_id"].to_numpy()[person],
            "item": use["item"].to_numpy(),
            "quantity": use["quantity"].to_numpy(),
            "period": use["period"].where(use["period"].notna(), None).to_numpy(),
            "date": (index + shift).astype("datetime64[ns]"),
        }
    )


def _first_visits(people: People, visit: str) -> pd.DataFrame:
    """Return one visit of everyone, on the index date: table visits."""
    dates = people.frame["randomisation_date"].to_numpy().astype("datetime64[ns]")
    who = people.frame["participant_id"].to_numpy()
    rows = {"participant_id": who, "visit": visit, "date": dates, "status": "attended"}
    return pd.DataFrame(rows)


def _nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table without rows, for what a study does not record."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})


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
