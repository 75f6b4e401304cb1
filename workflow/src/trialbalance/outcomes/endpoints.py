"""Clinical endpoints by arm: how many had the event, and crude relative risks."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

COLUMNS = [
    "population",
    "arm",
    "endpoint",
    "events",
    "participants",
    "risk",
    "relative_risk",
    "relative_risk_lower",
    "relative_risk_upper",
]


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
    allowed = "a population that participants.csv has a column for"
    if unknown := [
        Finding("study.yaml", None, "outcomes.populations", name, allowed, "correct the name")
        for name in populations
        if name not in participants.columns
    ]:
        raise Problems(unknown)
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
    return pd.DataFrame(rows, columns=COLUMNS)


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
    width = NormalDist().inv_cdf(0.975) * error
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
