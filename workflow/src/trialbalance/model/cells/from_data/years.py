"""Time of death, and what a visit weighs in the effect of somebody who lived or died."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.model.cells.table import MEASURE, Cell

_ENOUGH = 10


@dataclass(frozen=True)
class Deaths:
    """Deaths by interval.

    Parameters
    ----------
    spans : list of tuple of float
        Start and end of each interval in which anybody died, years.
    value : list of numpy.ndarray
        1 for a death in the interval, 0 for none, NaN where unknown.
    possible : list of numpy.ndarray of bool
        Who was not known dead before the interval.
    at : numpy.ndarray
        Time of each known death, infinite for none.
    followed : numpy.ndarray
        Years of known vital status.
    """

    spans: list[tuple[float, float]]
    value: list[np.ndarray]
    possible: list[np.ndarray]
    at: np.ndarray
    followed: np.ndarray

    @property
    def known(self) -> bool:
        """Whether everybody's vital status is known in every interval."""
        return not any(np.isnan(v[p]).any() for v, p in zip(self.value, self.possible, strict=True))

    def within(self, moment: str, cell: Cell) -> bool:
        """Return whether a death in an interval falls into the period of a cell."""
        start, end = (float(one) for one in moment.split(" to "))
        return end <= cell.time + 1e-6 and start >= cell.start - 1e-6


def death_bounds(follow_up: pd.DataFrame) -> np.ndarray:
    """Return the ends of intervals of survival: visits and periods, cut finer where many died.

    Parameters
    ----------
    follow_up : pandas.DataFrame
        Table follow_up.

    Returns
    -------
    numpy.ndarray
        Years, rising.

    Examples
    --------
    >>> death_bounds(pd.DataFrame({"participant_id": ["a"], "kind": "measure", "name": "u",
    ...     "moment": "m", "start_years": 0.5, "end_years": 0.5, "status": "observed",
    ...     "followed_years": 1.0, "died": False}))
    array([0.5])
    """
    ends = np.unique(follow_up[["start_years", "end_years"]].to_numpy(float))
    ends = ends[ends > 0]
    people = follow_up.drop_duplicates("participant_id")
    at = people.loc[people["died"].astype(bool), "followed_years"].to_numpy(float)
    found, start = [], 0.0
    for end in ends:
        count = int(((at > start) & (at <= end)).sum())
        pieces = min(4, count // _ENOUGH) or 1
        found += list(start + (end - start) * np.arange(1, pieces + 1) / pieces)
        start = end
    return np.array(found)


def death_columns(follow_up: pd.DataFrame, ids: pd.Index, bounds: np.ndarray) -> Deaths:
    """Return who died in which interval; an interval in which nobody did is left out.

    Parameters
    ----------
    follow_up : pandas.DataFrame
        Table follow_up.
    ids : pandas.Index
        Participants in order.
    bounds : numpy.ndarray
        Ends of the intervals, years.

    Returns
    -------
    Deaths

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": ["a", "b"], "followed_years": [0.3, 1.0],
    ...                       "died": [True, False]})
    >>> death_columns(table, pd.Index(["a", "b"]), np.array([0.5, 1.0])).spans
    [(0.0, 0.5)]
    """
    people = follow_up.drop_duplicates("participant_id")
    people = people.set_index(people["participant_id"].astype(str)).reindex(ids)
    followed = people["followed_years"].to_numpy(float)
    dead = people["died"].astype(bool).to_numpy()
    at = np.where(dead, followed, np.inf)
    spans, value, possible, start = [], [], [], 0.0
    for end in bounds:
        died = (at <= end) & ((at > start) | ((start == 0) & (at <= 0)))
        if died.any():
            alive = at > start if start else np.ones(len(ids), bool)
            known = died | dead | (followed + 1 / DAYS_A_YEAR >= end)
            spans.append((float(start), float(end)))
            value.append(np.where(alive & known, died.astype(float), np.nan))
            possible.append(alive)
        start = end
    return Deaths(spans, value, possible, at, followed)


def effect_weights(
    cells: tuple[Cell, ...],
    weights: pd.DataFrame,
    deaths: Deaths,
    dataset: pd.DataFrame,
    value: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what each cell weighs in each participant's effect, and what is known beside.

    Parameters
    ----------
    cells : tuple of Cell
        The cells.
    weights : pandas.DataFrame
        Rows of table outcome_weights: visit, time_years (moment to which it applies), weight.
    deaths : Deaths
        Known deaths.
    dataset : pandas.DataFrame
        Column ``effect`` where it is observed.
    value : numpy.ndarray, shape (participants, cells)
        Values, NaN where unseen.

    Returns
    -------
    numpy.ndarray, shape (participants, cells)
        Weights in years.
    numpy.ndarray, shape (cells,)
        Those of somebody who lives through all of follow-up.
    numpy.ndarray, shape (participants,)
        Effect of people who died and whose effect is known, less what their cells say.

    Notes
    -----
    A value weighs half of the interval before it and half of that after it. Somebody who dies at
    time t keeps the last value up to t: the half interval after it becomes ``t`` less the visit.

    Examples
    --------
    >>> table = pd.DataFrame({"visit": ["m0", "m6"], "time_years": [0.0, 0.5],
    ...                       "weight": [0.25, 0.25]})
    >>> cells = (Cell("u m0", "measure", "u", "m0"), Cell("u m6", "measure", "u", "m6", 0.5, 0.5))
    >>> dead = Deaths([], [], [], np.array([0.1, np.inf]), np.array([0.1, 0.5]))
    >>> people = pd.DataFrame({"participant_id": ["a", "b"]})
    >>> effect_weights(cells, table, dead, people, np.full((2, 2), 0.5))[0].round(3).tolist()
    [[0.1, 0.0], [0.25, 0.25]]
    """
    place = {cell.moment: j for j, cell in enumerate(cells) if cell.kind == MEASURE}
    found = np.zeros((len(deaths.at), len(cells)))
    times = np.array([cells[j].time for j in place.values()])
    whole = np.zeros(len(cells))
    for visit, weight in zip(weights["visit"], weights["weight"], strict=True):
        whole[place[visit]] += weight
    for visit, moment, weight in zip(weights["visit"], weights["time_years"], weights["weight"],
                                     strict=True):  # fmt: skip
        found[:, place[visit]] += np.where(deaths.at > moment, weight, 0.0)
    order = np.argsort(times)
    visits = np.array(list(place.values()))[order]
    times = times[order]
    plain = np.zeros(len(times))
    gaps = np.diff(times)
    plain[:-1] += gaps / 2
    plain[1:] += gaps / 2
    rate = np.divide(whole[visits], plain, out=np.ones(len(times)), where=plain > 0)
    times_of_death = deaths.at
    for i in np.flatnonzero(np.isfinite(times_of_death)):
        last = int(np.searchsorted(times, times_of_death[i], side="left")) - 1
        last = max(last, 0)
        if last < len(gaps):
            lived = max(times_of_death[i], times[last]) - times[last]
            found[i, visits[last]] += rate[last] * (lived - gaps[last] / 2)
    return found, whole, _left(found, deaths, dataset, value)


def _left(weight: np.ndarray, deaths: Deaths, dataset: pd.DataFrame, value: Any) -> np.ndarray:
    """Return what the effect of people who died differs by from the sum over their cells."""
    if "effect" not in dataset:
        return np.zeros(len(weight))
    effect = dataset["effect"].to_numpy(float, na_value=np.nan)
    used = np.where(weight != 0, value, 0.0)
    own = np.sum(weight * used, axis=1)
    known = np.isfinite(deaths.at) & ~np.isnan(effect) & ~np.isnan(own)
    return np.where(known, effect - np.nan_to_num(own), 0.0)
