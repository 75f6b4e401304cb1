"""What cost and effect are made of: visits and periods where a study has them, else totals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.dataset.rows import GROUP
from trialbalance.outcomes.curves import integrate_segments, trace_curves

_DAY = 1 / DAYS_A_YEAR


@dataclass(frozen=True)
class Components:
    """Components of cost and effect, one row a participant.

    Parameters
    ----------
    names : list of str
        What each component is, in words.
    cells : numpy.ndarray, shape (participants, components)
        Cost by source group (and period), then the effect (or the measure by visit); NaN where
        unknown, and after death what was paid and a utility of 0.
    possible : numpy.ndarray of bool, shape (participants, components)
        Whether the participant was alive for it; what is not possible is known and never filled.
    weights : numpy.ndarray, shape (participants, components)
        What one unit of a component adds to the effect: years for a visit, 1 for a whole effect,
        0 for cost.
    is_cost : numpy.ndarray of bool, shape (components,)
        Which components add up to the cost.
    survival : numpy.ndarray, shape (participants, columns)
        Share of each period that the participant lived, or whether the participant died; where
        unknown, the mean.
    by_visit : bool
        Whether they are visits or periods.
    visits : bool
        Whether the effect is made of visits, the first of them at the index date.
    course : Course or None
        Times of visits and of death, where the vital status of somebody is unknown.
    """

    names: list[str]
    cells: np.ndarray
    possible: np.ndarray
    weights: np.ndarray
    is_cost: np.ndarray
    survival: np.ndarray
    by_visit: bool = False
    visits: bool = False
    course: "Course | None" = None

    @property
    def complete(self) -> np.ndarray:
        """Who has cost and effect whole."""
        whole = ~np.isnan(self.cells).any(axis=1)
        return whole if self.course is None else whole & ~self.course.unknown

    @property
    def partly(self) -> np.ndarray:
        """Who lacks part of cost or effect but was seen after the index date."""
        later = self.is_cost | (np.arange(len(self.names)) > self.is_cost.sum())
        seen = ~np.isnan(self.cells) & self.possible & later
        return ~self.complete & seen.any(axis=1)

    @property
    def outcomes(self) -> np.ndarray:
        """Cost and effect, shape (participants, 2); NaN where not whole."""
        return add_up(self.cells, self.weights, self.is_cost)


@dataclass(frozen=True)
class Course:
    """When visits count, when people died, and until when that is known.

    Parameters
    ----------
    times : numpy.ndarray, shape (participants, visits)
        Years from the index date.
    spans : numpy.ndarray, shape (components, 2)
        Start and end of each component in years; equal for a visit.
    death, known_until : numpy.ndarray, shape (participants,)
        Time of death, infinite where none is known, and how long that is so; infinite where the
        participant was followed to the horizon or died.
    horizon : float
        Years.
    section : dict
        Settings discount_rate, discounting and death of the stage outcomes.
    """

    times: np.ndarray
    spans: np.ndarray
    death: np.ndarray
    known_until: np.ndarray
    horizon: float
    section: dict[str, Any]

    @property
    def unknown(self) -> np.ndarray:
        """Whose vital status at the horizon is unknown."""
        return np.isfinite(self.known_until)


def add_up(values: np.ndarray, weights: np.ndarray, is_cost: np.ndarray) -> np.ndarray:
    """Return cost and effect from their components.

    Parameters
    ----------
    values, weights : numpy.ndarray, shape (..., components)
        As in :class:`Components`.
    is_cost : numpy.ndarray of bool, shape (components,)
        Which components add up to the cost.

    Returns
    -------
    numpy.ndarray, shape (..., 2)

    Examples
    --------
    >>> one = np.array([[100.0, 20.0, 0.5, 0.7]])
    >>> add_up(one, np.array([[0, 0, 0.5, 0.5]]), np.array([True, True, False, False])).tolist()
    [[120.0, 0.6]]
    """
    cost = values[..., is_cost].sum(axis=-1)
    effect = (values * weights)[..., ~is_cost].sum(axis=-1)
    return np.stack([cost, effect], axis=-1)


def by_total(dataset: pd.DataFrame, groups: list[str]) -> Components:
    """Return cost by source group and the effect as the components of an analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    groups : list of str
        Source groups of cost; empty means the column ``cost`` alone.

    Returns
    -------
    Components

    Examples
    --------
    >>> by_total(pd.DataFrame({"cost": [1.0], "effect": [0.5]}), []).names
    ['cost', 'effect']
    """
    columns = [f"{GROUP}{group}" for group in groups] or ["cost"]
    values = dataset[[*columns, "effect"]].to_numpy(dtype=float, na_value=np.nan)
    died = np.zeros(len(dataset))
    if "died" in dataset:
        died = dataset["died"].astype("Float64").to_numpy(float, na_value=np.nan)
    is_cost = np.arange(values.shape[1]) < len(columns)
    return Components(
        names=[*([f"{group} cost" for group in groups] or ["cost"]), "effect"],
        cells=values,
        possible=np.ones(values.shape, bool),
        weights=np.tile(np.where(is_cost, 0.0, 1.0), (len(values), 1)),
        is_cost=is_cost,
        survival=_at_mean(died[:, None]),
    )


def by_visit(
    dataset: pd.DataFrame,
    groups: list[str],
    follow_up: pd.DataFrame | None,
    measures: pd.DataFrame | None,
    visits: list[str],
    study: dict[str, Any],
    section: dict[str, Any],
) -> Components:
    """Return the measure at each visit and cost by group and period as components.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    groups : list of str
        Source groups of cost.
    follow_up : pandas.DataFrame or None
        Table follow_up of the analysis; None where the study hands over totals.
    measures : pandas.DataFrame or None
        Table measures, for the times at which visits count.
    visits : list of str
        Visits behind the outcome (table outcome_weights); none where it is no area under a curve.
    study, section : dict
        Section ``study`` (visits, horizon_years) and the settings discount_rate, discounting and
        death of section ``outcomes``.

    Returns
    -------
    Components
        Totals take the place of what the study has not by visit or not by period.

    Notes
    -----
    The area under a curve of straight lines is linear in its knots, so that
    ``effect = sum over visits of w_iv u_iv`` where ``w_iv`` is the area under the curve of
    participant i with 1 at visit v and 0 at every other visit. The weights are the participant's
    own: after the last visit before a death the value is held to the date of death.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> frame = pd.DataFrame({"participant_id": ["p1"], "cost": [1.0], "effect": [0.5]})
    >>> by_visit(frame, [], None, None, [], {}, {}).names
    ['cost', 'effect']
    """
    totals = by_total(dataset, groups)
    if follow_up is None or not len(follow_up):
        return totals
    ids = pd.Index(dataset["participant_id"].astype(str))
    rows = follow_up.assign(participant_id=follow_up["participant_id"].astype(str))
    costs = _cells(rows[rows["kind"] == "cost"], ids)
    seen_at = rows[(rows["kind"] == "measure") & rows["moment"].isin(visits)]
    scores = _cells(seen_at, ids) if measures is not None else None
    if costs is None and scores is None:
        return totals
    horizon: float = study["horizon_years"]
    death, known_until = _vital(rows, ids, study)
    money = _part(costs, totals, totals.is_cost, "{0} cost in {1}", horizon)
    gains = _part(scores, totals, ~totals.is_cost, "{0} at {1}", horizon)
    both = {name: [money[name], gains[name]] for name in money}
    paid, parts = len(money["names"]), len(money["names"]) + len(gains["names"])
    course = Course(
        times=_times(scores, measures, seen_at, ids, study),
        spans=np.minimum(np.concatenate(both["spans"]), horizon),
        death=death,
        known_until=known_until,
        horizon=horizon,
        section=section,
    )
    effect = np.ones((len(ids), 1))
    if scores is not None:
        effect = visit_areas(course, course.times, scores["possible"], death)
    return Components(
        names=money["names"] + gains["names"],
        cells=np.hstack(both["values"]),
        possible=np.hstack(both["possible"]),
        weights=np.hstack([np.zeros((len(ids), paid)), effect]),
        is_cost=np.arange(parts) < paid,
        survival=lived(course.spans, np.minimum(death, known_until)),
        by_visit=True,
        visits=scores is not None and scores["spans"][0, 0] <= 0,
        course=course,
    )


def _part(
    cells: dict[str, Any] | None, totals: Components, own: np.ndarray, words: str, horizon: float
) -> dict[str, Any]:
    """Return the components of cost, or of effect: cells where there are some, else totals."""
    if cells is not None:
        return cells | {"names": [words.format(*name) for name in cells["names"]]}
    return {
        "names": [name for name, one in zip(totals.names, own, strict=True) if one],
        "values": totals.cells[:, own],
        "possible": totals.possible[:, own],
        "spans": [(0.0, horizon)] * int(own.sum()),
    }


def visit_areas(
    course: Course, times: np.ndarray, used: np.ndarray, death: np.ndarray
) -> np.ndarray:
    """Return the area that one unit of the measure at each visit adds to the effect.

    Parameters
    ----------
    course : Course
        Horizon and settings of the stage outcomes.
    times : numpy.ndarray, shape (n, visits)
        When each visit counts, years.
    used : numpy.ndarray of bool, shape (n, visits)
        Whether the participant lived to the visit.
    death : numpy.ndarray, shape (n,)
        Time of death, years; infinite for those who live to the horizon.

    Returns
    -------
    numpy.ndarray, shape (n, visits)
        Discounted years.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> course = Course(None, None, None, None, 1.0, {"discount_rate": 0.0})
    >>> times, alive = np.array([[0.0, 0.5, 1.0]]), np.array([[True, True, False]])
    >>> visit_areas(course, times, alive, np.array([0.75])).tolist()
    [[0.25, 0.5, 0.0]]
    """
    rules, columns = course.section, []
    counted = np.where(used, times, np.nan)
    counted[:, 0] = np.where(used[:, 0], times[:, 0], 0.0)
    for visit in range(times.shape[1]):
        unit = np.where(used, np.arange(times.shape[1]) == visit, np.nan)
        unit[:, 0] = np.where(used[:, 0], unit[:, 0], 0.0)
        pieces = trace_curves(
            counted, unit, death, course.horizon, rules.get("death", "hold_then_zero")
        )
        _, area = integrate_segments(
            pieces, rules["discount_rate"], rules.get("discounting", "yearly")
        )
        columns.append(area.sum(axis=1))
    return np.stack(columns, axis=1)


def lived(spans: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Return the share of each span that participants lived, one column a different span.

    Parameters
    ----------
    spans : numpy.ndarray, shape (components, 2)
        Start and end in years; for a visit, whether it was reached.
    until : numpy.ndarray, shape (..., participants)
        Time of death or of the last that is known; infinite for the living.

    Returns
    -------
    numpy.ndarray, shape (..., participants, spans)

    Examples
    --------
    >>> lived(np.array([[0.0, 0.5], [0.5, 1.0], [1.0, 1.0]]), np.array([0.75])).tolist()
    [[1.0, 0.5, 0.0]]
    """
    start, end = np.unique(spans, axis=0).T
    length = end - start
    share = np.clip((until[..., None] - start) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    return np.where(length > 0, share, until[..., None] > start)


def _cells(rows, ids):
    """Return names, values, whether possible, and spans, a column a cell; None without rows."""
    if not (rows["status"] == "observed").any():
        return None
    cells = rows[["name", "moment", "start_years", "end_years"]].drop_duplicates()
    names = list(cells[["name", "moment"]].itertuples(index=False, name=None))
    keyed = rows.set_index(["participant_id", "name", "moment"])
    grid = pd.MultiIndex.from_tuples([(one, *name) for one in ids for name in names])
    keyed = keyed.reindex(grid)
    status = keyed["status"].to_numpy(object).reshape(len(ids), -1)
    values = keyed["value"].to_numpy(float).reshape(status.shape)
    return {
        "names": names,
        "values": np.where(np.isin(status, ["observed", "dead"]), values, np.nan),
        "possible": status != "dead",
        "spans": cells[["start_years", "end_years"]].to_numpy(float),
    }


def _vital(
    rows: pd.DataFrame, ids: np.ndarray, study: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the time of death and until when it is known that nobody died."""
    people = rows.drop_duplicates("participant_id").set_index("participant_id").reindex(ids)
    until = people["followed_years"].to_numpy(float)
    died = people["died"].astype("boolean").fillna(False).to_numpy(bool)
    early = ~died & (until + _DAY < study["horizon_years"])
    return np.where(died, until, np.inf), np.where(early, until, np.inf)


def _times(scores, measures, seen_at, ids, study):
    """Return when visits count; a visit not held counts as planned, between those held."""
    if scores is None:
        return np.zeros((len(ids), 0))
    measure, visits = scores["names"][0][0], [visit for _, visit in scores["names"]]
    mine = measures[measures["measure"] == measure]
    mine = mine.assign(participant_id=mine["participant_id"].astype(str))
    wide = mine.pivot_table(index="participant_id", columns="visit", values="time_years")
    held = wide.reindex(index=ids, columns=visits).to_numpy(float)
    before = np.fmax.accumulate(held, axis=1)
    after = np.fmin.accumulate(held[:, ::-1], axis=1)[:, ::-1]
    planned = np.array([study["visits"][visit] for visit in visits], dtype=float)
    return np.where(np.isnan(held), np.fmin(np.fmax(planned, before), after), held)


def _at_mean(columns):
    """Return columns with what is unknown at the mean."""
    seen = np.where(np.isnan(columns), 0.0, columns).sum(axis=0)
    count = np.maximum((~np.isnan(columns)).sum(axis=0), 1)
    return np.where(np.isnan(columns), seen / count, columns)
