"""Outcomes that are areas under a measure's curve: QALYs, capability-weighted life years."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.curves import SHORTEST, Segments, integrate_segments, trace_curves
from trialbalance.outcomes.follow_up_grid import Followed
from trialbalance.outcomes.scores.scoring import Scored

WORKING = (
    "participant_id",
    "outcome",
    "segment",
    "start_years",
    "end_years",
    "start_value",
    "end_value",
    "basis",
    "discount",
    "area",
)


def add_up_area(
    followed: Followed,
    scored: Scored,
    outcome: str,
    horizon: float,
    section: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one outcome of every participant and the pieces it is made of.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    scored : Scored
        The measure under whose curve the area is taken.
    outcome : str
        Name of the outcome.
    horizon : float
        Years over which the area is taken.
    section : dict
        Settings discount_rate, discounting, visit_times and death.

    Returns
    -------
    outcomes : pandas.DataFrame
        participant_id, arm, outcome, measure, value, observed, at_ceiling, died, held_years.
    working : pandas.DataFrame
        One row a piece; the areas of a participant add up to the value.

    Raises
    ------
    Problems
        When visits count at their dates and a date is missing or out of order.

    Notes
    -----
    Needed are the visits at which the measure was planned before the horizon, and the first one at
    or after it, but for those lost to death. Any needed visit without a value makes the outcome
    missing. A participant is at the ceiling who lived to the horizon with every needed visit at the
    best profile.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944; Gabrio 2019, doi:10.1002/sim.8045, on the ceiling.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> visits = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m12"],
    ...     "date": pd.to_datetime(["2012-01-01", "2013-01-01"]), "status": "attended"})
    >>> followed = follow_participants(people, visits, {"m0": 0.0, "m12": 1.0})
    >>> value = np.array([[0.5, 0.7]])
    >>> scored = Scored("eq5d", "utility", value, value == 1, value > 0, value > 0)
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("outcomes", {"discount_rate": 0.0})
    >>> table, _ = add_up_area(followed, scored, "qaly", 1.0, section)
    >>> float(table["value"].iloc[0].round(6))
    0.6
    """
    # Only the visits at which the measure was planned count: the others are not missing.
    asked = np.flatnonzero(scored.expected())
    planned, values = followed.planned[asked], scored.value[:, asked]
    needed = np.arange(len(asked)) <= np.searchsorted(planned, horizon)
    used = needed & ~followed.dead[:, asked]
    times = visit_times(followed, section["visit_times"])[:, asked]
    observed = used[:, 0] & (~np.isnan(values) | ~used).all(axis=1)
    died = followed.death <= horizon
    keep = used[observed]
    pieces = trace_curves(
        np.where(keep, times[observed], np.nan),
        np.where(keep, values[observed], np.nan),
        followed.death[observed],
        horizon,
        section["death"],
    )
    discount, area = integrate_segments(pieces, section["discount_rate"], section["discounting"])
    real = pieces.end - pieces.start > SHORTEST
    area = np.where(real, area, 0.0)
    flat = real & (pieces.basis == "held_to_horizon")
    years = (pieces.end - pieces.start) * flat
    table = pd.DataFrame(
        {
            "participant_id": followed.ids,
            "arm": followed.arms,
            "outcome": outcome,
            "measure": scored.measure,
            "value": _of_all(area.sum(axis=1), observed),
            "observed": observed,
            "at_ceiling": _at_ceiling(scored.at_ceiling[:, asked], used, observed, died),
            "died": died,
            "held_years": _of_all(years.sum(axis=1), observed),
        }
    )
    return table, _working(followed.ids[observed], outcome, pieces, discount, area, real)


def _of_all(values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return values of those observed at their places among all, NaN for the others."""
    everybody = np.full(len(observed), np.nan)
    everybody[observed] = values
    return everybody


def visit_times(followed: Followed, choice: str = "nominal") -> np.ndarray:
    """Return the time at which each visit counts.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    choice : {"nominal", "actual"}
        Planned times, or the dates on which visits were held.

    Returns
    -------
    numpy.ndarray, shape (n, visits)
        Years from the index date; NaN at actual times for visits not held.

    Raises
    ------
    Problems
        At actual times, when a visit held has no date or is not after the visit before it.

    Notes
    -----
    A visit held before a death that came before the visit's planned time counts at its date, or,
    without a date, at the death.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> visits = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m12"],
    ...     "date": pd.to_datetime(["2012-01-01", "2013-01-01"]), "status": "attended"})
    >>> followed = follow_participants(people, visits, {"m0": 0.0, "m12": 1.0})
    >>> visit_times(followed, "actual").round(4)
    array([[0.    , 1.0021]])
    """
    if choice == "actual":
        _check_dates(followed)
        return np.where(followed.attended, followed.held, np.nan)
    planned = np.broadcast_to(followed.planned, followed.attended.shape)
    death = followed.death[:, None]
    early = np.where(np.isnan(followed.held), death, followed.held)
    times = np.where(followed.attended & (planned > death), np.minimum(early, death), planned)
    return np.maximum.accumulate(times, axis=1)


def _at_ceiling(
    best: np.ndarray, used: np.ndarray, observed: np.ndarray, died: np.ndarray
) -> pd.Series:
    """Return true, false or blank: at the best profile at every visit, and alive throughout."""
    below = (used & (best == 0)).any(axis=1) | died
    unknown = (used & np.isnan(best)).any(axis=1) & ~below
    answer = pd.array(~below, dtype="boolean")
    answer[~observed | unknown] = pd.NA
    return pd.Series(answer)


def _working(
    ids: pd.Index,
    outcome: str,
    pieces: Segments,
    discount: np.ndarray,
    area: np.ndarray,
    real: np.ndarray,
) -> pd.DataFrame:
    """Return the pieces as rows, numbered from 1 for each participant."""
    person, _ = np.nonzero(real)
    return pd.DataFrame(
        {
            "participant_id": ids[person],
            "outcome": outcome,
            "segment": np.cumsum(real, axis=1)[real],
            "start_years": pieces.start[real],
            "end_years": pieces.end[real],
            "start_value": pieces.start_value[real],
            "end_value": pieces.end_value[real],
            "basis": pieces.basis[real],
            "discount": discount[real],
            "area": area[real],
        }
    )[list(WORKING)]


def _check_dates(followed: Followed) -> None:
    """Refuse visits held without a date, or on or before the date of an earlier visit."""
    findings = []
    for person, visit in np.argwhere(followed.attended & np.isnan(followed.held)):
        findings.append(
            Finding(
                "visits.csv",
                int(followed.rows[person, visit]) or None,
                "date",
                f"no date for {followed.visits[visit]} of {followed.ids[person]}",
                "a date for every visit held when outcomes.visit_times is actual",
                "give the date or set outcomes.visit_times to nominal",
            )
        )
    held = np.where(followed.attended & ~np.isnan(followed.held), followed.held, -np.inf)
    before = np.maximum.accumulate(held, axis=1)
    wrong = np.isfinite(held[:, 1:]) & (held[:, 1:] <= before[:, :-1])
    for person, visit in np.argwhere(wrong):
        findings.append(
            Finding(
                "visits.csv",
                int(followed.rows[person, visit + 1]) or None,
                "date",
                f"{followed.visits[visit + 1]} of {followed.ids[person]} on or before the date "
                "of an earlier visit",
                "a date after the visit before it",
                "correct one of the dates",
            )
        )
    if findings:
        raise Problems(findings)
