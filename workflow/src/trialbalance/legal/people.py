"""What is known of each person: dated events in law, stays in hospital, the time followed up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.contracts.terms import DAYS_A_YEAR


class Event(NamedTuple):
    """One recorded event; ``finding`` is False where the record says no."""

    record_id: str
    event: str
    day: date
    time: str | None
    finding: bool


class Stay(NamedTuple):
    """One stay in hospital; the end is None while it lasts."""

    record_id: str
    start: date
    end: date | None


@dataclass
class Person:
    """One participant.

    Parameters
    ----------
    participant_id, arm : str
        Who, and in which arm.
    index : datetime.date
        First day of follow-up.
    last : datetime.date
        First day after follow-up, or the day of death.
    died : bool
        Whether follow-up ended by death.
    events : list of Event
        In the order of their dates; on one day by their times, else as recorded.
    stays : list of Stay
        In the order of their starts.
    """

    participant_id: str
    arm: str
    index: date
    last: date
    died: bool
    events: list[Event]
    stays: list[Stay]


def gather(
    participants: pd.DataFrame,
    episodes: pd.DataFrame | None,
    events: pd.DataFrame,
    items: list[str],
    horizon_years: float,
) -> list[Person]:
    """Bring together what is recorded of each participant.

    Parameters
    ----------
    participants, episodes, events : pandas.DataFrame
        Clean tables of stage ``data``.
    items : list of str
        Items of occupancy that count as a stay in hospital.
    horizon_years : float
        Length of follow-up in years.

    Returns
    -------
    list of Person
        In the order of the participants.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]), "death_date": [pd.NaT]})
    >>> none = pd.DataFrame(columns=["record_id", "participant_id", "event", "date", "time",
    ...     "finding"])
    >>> gather(people, None, none, [], 1.0)[0].last
    datetime.date(2012, 12, 31)
    """
    mine = _by_person(_events(events))
    beds = _by_person(_stays(episodes, items))
    length = timedelta(days=round(horizon_years * DAYS_A_YEAR))
    found = []
    for row in participants.itertuples():
        index = row.randomisation_date.date()
        last, died = index + length, False
        if not pd.isna(row.death_date) and row.death_date.date() < last:
            last, died = row.death_date.date(), True
        who = row.participant_id
        found.append(Person(who, row.arm, index, last, died, mine.get(who, []), beds.get(who, [])))
    return found


def _events(table: pd.DataFrame) -> list[tuple[str, Event]]:
    """Return the events with their participants, by date and, within a day, by time."""
    found = []
    for row in table.itertuples():
        time = None if pd.isna(row.time) else str(row.time)
        event = Event(row.record_id, row.event, row.date.date(), time, row.finding != "no")
        found.append((row.participant_id, event))
    return sorted(found, key=lambda pair: (pair[1].day, pair[1].time or ""))


def _stays(table: pd.DataFrame | None, items: list[str]) -> list[tuple[str, Stay]]:
    """Return the stays in hospital with their participants, by their starts."""
    if table is None:
        return []
    beds = table[(table["type"] == "occupancy") & table["item"].isin(items)]
    found = []
    for row in beds.sort_values("start_date", kind="stable").itertuples():
        end = None if pd.isna(row.end_date) else row.end_date.date()
        found.append((row.participant_id, Stay(row.record_id, row.start_date.date(), end)))
    return found


def _by_person(pairs: list) -> dict[str, list]:
    found: dict[str, list] = {}
    for who, thing in pairs:
        found.setdefault(who, []).append(thing)
    return found


def check_events(events: pd.DataFrame, known: dict, file: str = "legal_events.csv") -> None:
    """Stop where an event is recorded that the rule set does not know.

    Parameters
    ----------
    events : pandas.DataFrame
        Table legal_events.
    known : dict
        Events of the rule set.
    file : str
        Name of the file, for the sentence.

    Raises
    ------
    Problems
        One finding for each unknown event.

    Examples
    --------
    >>> check_events(pd.DataFrame({"event": ["order_made"]}), {"order_made": {}})
    """
    findings = []
    rows = events["event"].reset_index(drop=True)
    for event in rows[~rows.isin(list(known))].unique():
        where = rows.index[rows == event]
        findings.append(
            Finding(
                file,
                int(where[0]) + 2,
                "event",
                event,
                ", ".join(known),
                did_you_mean(event, known, "write an event of the rule set", 0.6),
                len(where) - 1,
            )
        )
    if findings:
        raise Problems(findings)
