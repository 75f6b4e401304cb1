"""Spells in a bed: which are new stays, how many nights they hold, and the time between them."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.outcomes.follow_up_grid import years_between
from trialbalance.outcomes.name_checks import place_in

Intervals = list[tuple[float, float]]


def find_spells(
    participants: pd.DataFrame, episodes: pd.DataFrame, items: list[str]
) -> list[Intervals]:
    """Return each participant's spells in a bed; stays that touch are one spell.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id and randomisation_date.
    episodes : pandas.DataFrame
        Columns participant_id, type, item, start_date, end_date (blank = open).
    items : list of str
        Items of occupancy episodes that count as a bed.

    Returns
    -------
    list of list of tuple
        Start and end in years from randomisation, in order; an open end is infinite.

    Raises
    ------
    Problems
        When an episode names an unknown participant.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])})
    >>> stays = pd.DataFrame({"participant_id": ["p1", "p1"], "type": "occupancy", "item": "bed",
    ...     "start_date": pd.to_datetime(["2012-07-01", "2012-08-01"]),
    ...     "end_date": pd.to_datetime(["2012-08-01", None])})
    >>> np.round(find_spells(people, stays, ["bed"])[0], 2).tolist()
    [[0.5, inf]]
    """
    person, (start, end) = placed(
        participants, episodes, "episodes.csv", ["start_date", "end_date"]
    )
    end = np.where(np.isnan(end), np.inf, end)
    bed = (episodes["type"] == "occupancy").to_numpy() & episodes["item"].isin(items).to_numpy()
    found: list[Intervals] = [[] for _ in range(len(participants))]
    for row in np.flatnonzero(bed)[np.lexsort((start[bed], person[bed]))]:
        own = found[person[row]]
        if own and start[row] <= own[-1][1]:
            own[-1] = (own[-1][0], max(own[-1][1], end[row]))
        else:
            own.append((start[row], end[row]))
    return found


def placed(
    participants: pd.DataFrame, table: pd.DataFrame, file: str, dates: list[str]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return whose each record is, and its dates in years from that person's randomisation.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id and randomisation_date.
    table : pandas.DataFrame
        Records: participant_id and the dates.
    file : str
        Name of the records, for the message.
    dates : list of str
        Columns of dates.

    Returns
    -------
    person : numpy.ndarray of int
        Position among the participants.
    years : list of numpy.ndarray
        One array a date; NaN where blank.

    Raises
    ------
    Problems
        When a record names an unknown participant.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])})
    >>> visits = pd.DataFrame({"participant_id": ["p1"], "date": pd.to_datetime(["2012-07-01"])})
    >>> placed(people, visits, "resource_use.csv", ["date"])[1][0].round(2)
    array([0.5])
    """
    known = pd.Index(participants["participant_id"])
    person, findings = place_in(
        table["participant_id"], known, file, "participant_id", "participants.csv"
    )
    if findings:
        raise Problems(findings)
    index_date = participants["randomisation_date"].iloc[person].set_axis(table.index)
    return person, [years_between(table[date], index_date) for date in dates]


def new_stays(
    spells: Intervals, follow: float, days_out: float = 0
) -> tuple[list[tuple[float, float]], Intervals]:
    """Return a participant's admissions after the index stay, and the time out of a bed.

    Parameters
    ----------
    spells : list of tuple
        Spells in a bed, years.
    follow : float
        Years of follow-up, to the horizon or death.
    days_out : float
        A stay that begins up to this many days after the index stay ended belongs to it.

    Returns
    -------
    events : list of tuple
        Start of each new stay, years, and its nights up to the end of follow-up.
    risk : list of tuple
        Start and end of each span in which a new stay could begin, years.

    Notes
    -----
    The index stay is the one open on the date of randomisation, with every stay that follows within
    `days_out`. Who was in no stay on that date is at risk from then on.

    References
    ----------
    Burns 2013, doi:10.1016/S0140-6736(13)60107-5, for readmission as a trial's endpoint.

    Examples
    --------
    >>> new_stays([(-0.1, 0.25), (0.5, 0.75)], 1.0)
    ([(0.5, 91.3125)], [(0.25, 0.5), (0.75, 1.0)])
    """
    events, taken, index_end = [], [], -np.inf
    gap = days_out / DAYS_A_YEAR
    for start, end in spells:
        if start <= index_end + gap or start <= 0 <= end:
            index_end = max(index_end, end)
            taken.append((start, end + gap))
        else:
            taken.append((start, end))
            if 0 < start < follow:
                events.append((start, nights(start, end, follow)))
    return events, outside(taken, follow)


def nights(start: float, end: float, follow: float) -> float:
    """Return the nights of a spell between randomisation and the end of follow-up.

    Examples
    --------
    >>> nights(-0.5, 0.5, 1.0)
    182.625
    """
    return float(max(min(end, follow) - max(start, 0.0), 0.0) * DAYS_A_YEAR)


def outside(taken: Intervals, follow: float) -> Intervals:
    """Return the spans of follow-up that no spell takes.

    Examples
    --------
    >>> outside([(-1.0, 0.2), (0.5, 0.6)], 1.0)
    [(0.2, 0.5), (0.6, 1.0)]
    """
    found, free = [], 0.0
    for start, end in sorted(taken):
        if min(start, follow) > free:
            found.append((free, min(start, follow)))
        free = max(free, end)
    return [*found, (free, follow)] if free < follow else found
