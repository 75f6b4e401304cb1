"""Clinical endpoints: who was admitted again, how often by arm, and relative risks."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.names import place_in
from trialbalance.outcomes.people import years_between


def find_admissions(
    participants: pd.DataFrame,
    episodes: pd.DataFrame,
    items: list[str],
    horizon: float,
    days_out: float = 0,
) -> np.ndarray:
    """Return the time of each participant's first new stay within the horizon.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id and randomisation_date.
    episodes : pandas.DataFrame
        Columns participant_id, type, item, start_date, end_date (blank = open).
    items : list of str
        Items of occupancy episodes that count as a bed.
    horizon : float
        Years after randomisation within which a stay has to begin.
    days_out : float
        A stay that begins up to this many days after the index stay ended belongs to it.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Years from randomisation to the start of the stay; NaN where there was none.

    Raises
    ------
    Problems
        When an episode names an unknown participant.

    Notes
    -----
    The index stay is the one open on the date of randomisation, with every stay that follows on
    its last day (a move between wards). The first stay to begin after its end is an admission. Who
    was in no stay on that date is admitted by the first stay that begins later.

    References
    ----------
    Burns 2013, doi:10.1016/S0140-6736(13)60107-5, for readmission as a trial's endpoint.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])})
    >>> stays = pd.DataFrame({"participant_id": ["p1", "p1"], "type": "occupancy", "item": "bed",
    ...     "start_date": pd.to_datetime(["2011-12-01", "2012-07-01"]),
    ...     "end_date": pd.to_datetime(["2012-01-09", "2012-08-01"])})
    >>> find_admissions(people, stays, ["bed"], 1.0).round(2)
    array([0.5])
    """
    person, findings = place_in(
        episodes["participant_id"],
        pd.Index(participants["participant_id"]),
        "episodes.csv",
        "participant_id",
        "participants.csv",
    )
    if findings:
        raise Problems(findings)
    index_date = participants["randomisation_date"].iloc[person].set_axis(episodes.index)
    start = years_between(episodes["start_date"], index_date)
    end = years_between(episodes["end_date"], index_date)
    end = np.where(np.isnan(end), np.inf, end)
    bed = (episodes["type"] == "occupancy").to_numpy() & episodes["item"].isin(items).to_numpy()
    admitted = np.full(len(participants), np.nan)
    index_end = np.full(len(participants), -np.inf)
    for row in np.flatnonzero(bed)[np.lexsort((start[bed], person[bed]))]:
        who = person[row]
        still_in = start[row] <= index_end[who] + days_out / 365.25
        if still_in or start[row] <= 0 <= end[row]:
            index_end[who] = max(index_end[who], end[row])
        elif 0 < start[row] < horizon and np.isnan(admitted[who]):
            admitted[who] = start[row]
    return admitted


def tabulate_endpoints(
    participants: pd.DataFrame,
    happened: dict[str, np.ndarray],
    arms: list[str],
    comparator: str,
    populations: list[str],
) -> pd.DataFrame:
    """Return events, risks and crude relative risks by population, endpoint and arm.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns arm and one boolean column a population.
    happened : dict of numpy.ndarray of bool
        Endpoint -> whether it happened, in the order of `participants`.
    arms : list of str
        Arms in the order of the table.
    comparator : str
        Arm against which the others are set.
    populations : list of str
        Populations to tabulate.

    Returns
    -------
    pandas.DataFrame
        population, arm, endpoint, events, participants, risk, relative_risk, relative_risk_lower,
        relative_risk_upper; the last three blank for the comparator and where a count is 0.

    Raises
    ------
    Problems
        When a population is no column of the participants.

    Notes
    -----
    95 % interval by the log method:
    ``exp(log RR +- 1.96 sqrt(1/a - 1/n1 + 1/c - 1/n0))``.

    References
    ----------
    Katz 1978, doi:10.2307/2530610.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["a"] * 4 + ["b"] * 4, "all": True})
    >>> table = tabulate_endpoints(
    ...     people, {"x": np.array([1, 1, 0, 0, 1, 0, 0, 0], bool)}, ["a", "b"], "b", ["all"])
    >>> float(table["relative_risk"].iloc[0])
    2.0
    """
    if unknown := [name for name in populations if name not in participants.columns]:
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    "outcomes.populations",
                    name,
                    "a population that participants.csv has a column for",
                    "correct the name",
                )
                for name in unknown
            ]
        )
    rows: list[dict[str, Any]] = []
    for population in populations:
        inside = participants[population].astype("boolean").to_numpy(bool, na_value=False)
        for endpoint, yes in happened.items():
            counts = {
                arm: (int((yes & chosen).sum()), int(chosen.sum()))
                for arm in arms
                for chosen in [inside & (participants["arm"] == arm).to_numpy()]
            }
            for arm in arms:
                ratio = (np.nan,) * 3
                if arm != comparator:
                    ratio = relative_risk(*counts[arm], *counts[comparator])
                rows.append(_row(population, arm, endpoint, counts[arm], ratio))
    return pd.DataFrame(
        rows,
        columns=[
            "population",
            "arm",
            "endpoint",
            "events",
            "participants",
            "risk",
            "relative_risk",
            "relative_risk_lower",
            "relative_risk_upper",
        ],
    )


def relative_risk(
    events: int, participants: int, events_comparator: int, participants_comparator: int
) -> tuple[float, float, float]:
    """Return a relative risk with its 95 % interval.

    Parameters
    ----------
    events, participants : int
        Counts of the arm.
    events_comparator, participants_comparator : int
        Counts of the comparator.

    Returns
    -------
    tuple of float
        Relative risk, lower and upper limit; NaN where a count makes it undefined.

    Notes
    -----
    See `tabulate_endpoints`.

    References
    ----------
    Katz 1978, doi:10.2307/2530610.

    Examples
    --------
    >>> [round(x, 2) for x in relative_risk(59, 166, 60, 167)]
    [0.99, 0.74, 1.32]
    """
    if not (participants and participants_comparator and events_comparator):
        return np.nan, np.nan, np.nan
    ratio = (events / participants) / (events_comparator / participants_comparator)
    if not events:
        return ratio, np.nan, np.nan
    error = np.sqrt(
        1 / events - 1 / participants + 1 / events_comparator - 1 / participants_comparator
    )
    width = norm.ppf(0.975) * error
    return ratio, float(ratio * np.exp(-width)), float(ratio * np.exp(width))


def _row(population: str, arm: str, endpoint: str, count: tuple, ratio: tuple) -> dict[str, Any]:
    """Return one row of the table of endpoints."""
    events, participants = count
    return {
        "population": population,
        "arm": arm,
        "endpoint": endpoint,
        "events": events,
        "participants": participants,
        "risk": events / participants if participants else np.nan,
        "relative_risk": ratio[0],
        "relative_risk_lower": ratio[1],
        "relative_risk_upper": ratio[2],
    }
