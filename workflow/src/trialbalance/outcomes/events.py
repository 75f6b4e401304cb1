"""Clinical events and the time at risk of them: new stays, nights in a bed, gaps in contact."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.outcomes.follow_up_grid import years_between
from trialbalance.outcomes.spells import (
    Intervals,
    find_spells,
    new_stays,
    nights,
    outside,
    placed,
)

EVENTS = ["participant_id", "endpoint", "time_years", "amount"]
RISK = ["participant_id", "endpoint", "start_years", "end_years"]


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
        if round((end - start) * DAYS_A_YEAR, 6) >= days and (returned == "any" or end == follow)
    ]
    events = [(start, round((end - start) * DAYS_A_YEAR, 6)) for start, end in gaps]
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
    ...     {"readmission": {"kind": "admission", "items": ["bed"], "days_out": 0}}, 1.0)
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
        return new_stays(spells, follow, one["days_out"])
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
    # A question that was not answered is no contact.
    known = resource_use["date"].notna()
    if "quantity" in resource_use:
        known &= resource_use["quantity"].notna()
    chosen = resource_use[resource_use["item"].isin(one["items"]) & known]
    person, (time,) = placed(participants, chosen, "resource_use.csv", ["date"])
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
