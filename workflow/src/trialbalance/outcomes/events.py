"""Clinical events and the time at risk of them: new stays, nights in a bed, gaps in contact."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.names import place_in
from trialbalance.outcomes.people import DAYS_PER_YEAR, years_between

EVENTS = ["participant_id", "endpoint", "time_years", "amount"]
RISK = ["participant_id", "endpoint", "start_years", "end_years"]
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
    person, (start, end) = _placed(
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


def _placed(
    participants: pd.DataFrame, table: pd.DataFrame, file: str, dates: list[str]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return whose each record is, and its dates in years from that person's randomisation."""
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
    gap = days_out / DAYS_PER_YEAR
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
    return float(max(min(end, follow) - max(start, 0.0), 0.0) * DAYS_PER_YEAR)


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


def contact_gaps(
    spells: Intervals, contacts: np.ndarray, follow: float, days: float, returned: str
) -> tuple[list[tuple[float, float]], Intervals]:
    """Return a participant's gaps in contact, and the time in which one could begin.

    Parameters
    ----------
    spells : list of tuple
        Spells in a bed, years; a bed is contact.
    contacts : numpy.ndarray
        Times of contacts, years.
    follow : float
        Years of follow-up, to the horizon or death.
    days : float
        Shortest time without contact that counts, days.
    returned : {"any", "never"}
        Every gap, or only one that lasts to the end of follow-up.

    Returns
    -------
    events : list of tuple
        The last contact before each gap, years, and the length of the gap, days.
    risk : list of tuple
        Spans out of a bed and in contact, years.

    Notes
    -----
    Randomisation is a contact. A gap that follow-up ends before it is long enough is none.

    References
    ----------
    Burns 2015, doi:10.1016/S2215-0366(15)00231-X, for gaps of 60 days or more as discontinuity.

    Examples
    --------
    >>> contact_gaps([], np.array([0.1, 0.6]), 1.0, 90, "never")
    ([(0.6, 146.1)], [(0.0, 0.6)])
    """
    inside = contacts[(contacts > 0) & (contacts < follow)]
    touched = [(0.0, 0.0), *((time, time) for time in inside.tolist()), *spells]
    gaps = [
        (start, end)
        for start, end in outside(touched, follow)
        if round((end - start) * DAYS_PER_YEAR, 6) >= days and (returned == "any" or end == follow)
    ]
    events = [(start, round((end - start) * DAYS_PER_YEAR, 6)) for start, end in gaps]
    return events, outside([*spells, *gaps], follow)


def find_events(
    participants: pd.DataFrame,
    episodes: pd.DataFrame | None,
    resource_use: pd.DataFrame | None,
    endpoints: dict[str, dict[str, Any]],
    horizon: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every event of every endpoint, and the time at risk of it.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id, randomisation_date and, where known, death_date.
    episodes, resource_use : pandas.DataFrame or None
        Clean records; None where the study has none.
    endpoints : dict
        Settings ``outcomes.endpoints``.
    horizon : float
        Years followed, unless death came before.

    Returns
    -------
    events : pandas.DataFrame
        participant_id, endpoint, time_years, amount (nights of a stay, days of a gap).
    risk : pandas.DataFrame
        participant_id, endpoint, start_years, end_years.

    Raises
    ------
    Problems
        Where the records an endpoint needs are not there.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])})
    >>> stays = pd.DataFrame({"participant_id": ["p1"], "type": "occupancy", "item": "bed",
    ...     "start_date": pd.to_datetime(["2012-07-01"]), "end_date": pd.to_datetime([None])})
    >>> events, risk = find_events(people, stays, None,
    ...     {"readmission": {"kind": "admission", "items": ["bed"]}}, 1.0)
    >>> events["amount"].tolist()
    [183.25]
    """
    _must_have(episodes, resource_use, endpoints)
    follow = np.full(len(participants), float(horizon))
    if "death_date" in participants:
        death = years_between(participants["death_date"], participants["randomisation_date"])
        follow = np.fmin(follow, np.maximum(death, 0.0))
    events, risk = [], []
    for name, one in endpoints.items():
        beds = one["beds"] if one["kind"] == "gap" else one["items"]
        spells = [[] for _ in follow] if episodes is None else find_spells(
            participants, episodes, beds
        )  # fmt: skip
        contacts = _contacts(participants, resource_use, one)
        for person, (own, end) in enumerate(zip(spells, follow, strict=True)):
            happened, at_risk = _happened(one, own, contacts.get(person, np.array([])), end)
            who = participants["participant_id"].iloc[person]
            events += [(who, name, *event) for event in happened]
            risk += [(who, name, *span) for span in at_risk]
    return pd.DataFrame(events, columns=EVENTS), pd.DataFrame(risk, columns=RISK)


def _happened(one: dict, spells: Intervals, contacts: np.ndarray, follow: float):
    """Return the events and the time at risk of one participant for one endpoint."""
    if one["kind"] == "admission":
        return new_stays(spells, follow, one.get("days_out", 0))
    if one["kind"] == "gap":
        return contact_gaps(spells, contacts, follow, one["days"], one["returned"])
    inside = [(start, end) for start, end in spells if start < follow and end > 0]
    return (
        [(max(start, 0.0), nights(start, end, follow)) for start, end in inside],
        [(0.0, follow)] if follow > 0 else [],
    )


def _contacts(
    participants: pd.DataFrame, resource_use: pd.DataFrame | None, one: dict
) -> dict[int, np.ndarray]:
    """Return the times of each participant's dated contacts with the items of a gap."""
    if one["kind"] != "gap":
        return {}
    chosen = resource_use[resource_use["item"].isin(one["items"]) & resource_use["date"].notna()]
    person, (time,) = _placed(participants, chosen, "resource_use.csv", ["date"])
    return {who: time[person == who] for who in np.unique(person)}


def _must_have(
    episodes: pd.DataFrame | None, resource_use: pd.DataFrame | None, endpoints: dict
) -> None:
    """Refuse endpoints whose records are not there."""
    stays = [name for name, one in endpoints.items() if one["kind"] != "gap"]
    gaps = [name for name, one in endpoints.items() if one["kind"] == "gap"]
    findings = []
    if stays and (episodes is None or episodes.empty):
        findings.append(_nothing("episodes.csv", "no episodes", "occupancy episodes", stays))
    undated = resource_use is None or not resource_use["date"].notna().any()
    if gaps and undated:
        findings.append(_nothing("resource_use.csv", "no dated record", "dated contacts", gaps))
    if findings:
        raise Problems(findings)


def _nothing(file: str, found: str, needed: str, names: list[str]) -> Finding:
    """Return the sentence on records that an endpoint needs and the study does not have."""
    allowed = f"{needed}, since outcomes.endpoints names {', '.join(names)}"
    return Finding(file, None, None, found, allowed, "hand them over or take the endpoints out")
