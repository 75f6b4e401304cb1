"""Measures that a study hands over already scored."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.follow_up_grid import Followed, not_held
from trialbalance.outcomes.name_checks import place_in, place_rows, repeated
from trialbalance.outcomes.scores.scoring import Scored, not_planned, planned_visits


def score_given(
    followed: Followed, given: pd.DataFrame | None, settings: dict[str, dict[str, Any]]
) -> list[Scored]:
    """Return measures that the study hands over already scored.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    given : pandas.DataFrame or None
        Columns participant_id, visit, measure, value.
    settings : dict
        Measure -> ceiling and range, each possibly None.

    Returns
    -------
    list of Scored
        One a measure; the ceiling is known only where the settings give its value.

    Raises
    ------
    Problems
        On unknown names, repeated rows and values out of range.

    Notes
    -----
    A ceiling belongs to a profile; where only a value is handed over, the study says which value
    only that profile can have.

    References
    ----------
    Rowen 2026, doi:10.1016/j.jval.2026.03.008.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> visits = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"], "date": [pd.NaT],
    ...     "status": ["attended"]})
    >>> given = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"], "measure": ["utility"],
    ...     "value": [1.0]})
    >>> followed = follow_participants(people, visits, {"m0": 0.0})
    >>> measures = {"utility": {"ceiling": None, "range": None, "visits": []}}
    >>> score_given(followed, given, measures)[0].at_ceiling
    array([[nan]])
    """
    if given is None or given.empty:
        return []
    file = "measures_given.csv"
    person, visit, strange = place_rows(given, followed.ids, followed.visits, file)
    which, third = place_in(
        given["measure"],
        pd.Index(list(settings), dtype=object),
        file,
        "measure",
        "outcomes.measures_given",
    )
    value = pd.to_numeric(given["value"]).to_numpy(float, na_value=np.nan)
    findings = repeated(given, ["participant_id", "visit", "measure"], file)
    findings += strange + third
    findings += _out_of_range(value, which, settings, file)
    for number, (measure, one) in enumerate(settings.items()):
        mine = np.flatnonzero(which == number)
        planned = planned_visits(one, followed)
        findings += not_planned(
            measure, "measures_given", planned, visit[mine], value[mine], mine, file, followed
        )
    if findings:
        raise Problems(findings)
    findings = not_held(followed, person, visit, value, file)
    if findings:
        raise Problems(findings)
    return [
        _scored(followed, measure, one, which == number, person, visit, value)
        for number, (measure, one) in enumerate(settings.items())
    ]


def _out_of_range(value: np.ndarray, which: np.ndarray, settings: dict, file: str) -> list[Finding]:
    """Return a finding a measure on values outside its range."""
    findings = []
    for number, (measure, one) in enumerate(settings.items()):
        low, high = one["range"] or (-np.inf, np.inf)
        outside = np.flatnonzero((which == number) & ((value < low) | (value > high)))
        if len(outside):
            findings.append(
                Finding(
                    file,
                    int(outside[0]) + 2,
                    "value",
                    f"{value[outside[0]]:g} for {measure}",
                    f"{low:g} to {high:g}",
                    "correct it",
                    further=len(outside) - 1,
                )
            )
    return findings


def _scored(
    followed: Followed,
    measure: str,
    settings: dict,
    mine: np.ndarray,
    person: np.ndarray,
    visit: np.ndarray,
    value: np.ndarray,
) -> Scored:
    """Return one measure on the grid."""
    grid = np.full(followed.attended.shape, np.nan)
    grid[person[mine], visit[mine]] = value[mine]
    ceiling = settings["ceiling"]
    known = ~np.isnan(grid)
    best = np.isclose(grid, np.nan if ceiling is None else ceiling, rtol=0, atol=1e-9)
    at_ceiling = np.where(known & (ceiling is not None), best, np.nan).astype(float)
    planned = planned_visits(settings, followed)
    return Scored(measure, measure, grid, at_ceiling, known, known, planned)
