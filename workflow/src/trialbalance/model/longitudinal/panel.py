"""From the follow-up of an analysis to the arrays of the longitudinal model."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.longitudinal.cells import Cells
from trialbalance.model.longitudinal.filling import period_cells, visit_cells


@dataclass
class Panel:
    """Visits, periods and survival of the analysis population.

    Parameters
    ----------
    arms, participants : list, numpy.ndarray
        Arms that have participants; identifiers.
    arm, member : numpy.ndarray
        Number of each participant's arm; the same as 1 in one of the columns.
    visits, periods : Cells
        Measures at visits; costs by source group and period.
    ceiling : float or None
        Best value of the measure, where the measure is modelled as what falls short of it.
    weights : numpy.ndarray, shape (moments, visits)
        Weight of each visit for those alive at the moment, years.
    moments, starts : numpy.ndarray
        Times of the moments, and of the start of each cost cell, in years.
    bounds : numpy.ndarray
        Ends of the intervals of survival, years.
    exposure, deaths : numpy.ndarray, shape (participants, intervals)
        Time lived in each interval (years) and whether it ended in death.
    groups : list of str
        Source groups of cost.
    joined : bool
        Whether the two effects of a participant are correlated.
    effect, cost : numpy.ndarray, shape (participants,)
        Outcome and total cost of those in whom every visit or period was observed, else NaN.
    frame : pandas.DataFrame
        The table follow_up.
    notes : list of str
        What the reader should know.
    """

    arms: list
    participants: np.ndarray
    arm: np.ndarray
    visits: Cells
    periods: Cells
    ceiling: float | None
    weights: np.ndarray
    moments: np.ndarray
    starts: np.ndarray
    bounds: np.ndarray
    exposure: np.ndarray
    deaths: np.ndarray
    groups: list
    joined: bool
    effect: np.ndarray
    cost: np.ndarray
    frame: pd.DataFrame
    notes: list = field(default_factory=list)

    @property
    def member(self):
        """Return 1 in the column of the participant's arm."""
        return np.eye(len(self.arms))[self.arm]

    @cached_property
    def nodes(self):
        """Nodes of the grid of a participant's effect, closer together where cells are many.

        For a smooth integrand that vanishes at both ends, equally spaced nodes are as good as
        exact as long as the data leave an effect a SD of half the distance between them.
        """
        return np.linspace(-4.8, 4.8, 25 if self.visits.size + self.periods.size <= 8 else 41)

    @cached_property
    def node_weights(self):
        """Standard normal weights of the nodes."""
        return np.exp(-0.5 * self.nodes**2) / np.exp(-0.5 * self.nodes**2).sum()

    @property
    def mortal(self):
        """Whether anybody died, so that survival is modelled."""
        return bool(self.deaths.any())

    @property
    def informed(self):
        """Who has any observed value."""
        cells = (self.visits, self.periods)
        return sum((one.positive + one.zero).sum(axis=1) for one in cells) > 0


def make_panel(dataset, follow_up, weights, study, section):
    """Turn the follow-up of an analysis into a :class:`Panel`.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm and covariates.
    follow_up : pandas.DataFrame
        Table follow_up of the same participants.
    weights : pandas.DataFrame
        Rows of table outcome_weights of the analysis's outcome.
    study, section : dict
        Section ``study`` (arms, horizon_years); resolved section ``model``.

    Returns
    -------
    Panel

    Raises
    ------
    Problems
        Where the visits or costs cannot be what the settings describe.

    Examples
    --------
    >>> make_panel.__name__
    'make_panel'
    """
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    ids = pd.Index(dataset["participant_id"].astype(str))
    notes = [f"arm {arm} has no participants and is not fitted" for arm in study["arms"]
             if arm not in arms]  # fmt: skip
    findings = _wanted(follow_up, weights)
    if findings:
        raise Problems(findings)
    visits, ceiling = visit_cells(dataset, follow_up, weights, ids, section, findings)
    periods, starts = period_cells(dataset, follow_up, ids, section, findings)
    if findings:
        raise Problems(findings)
    if any(dataset[name].isna().any() for name in visits.columns + periods.columns
           if name in dataset):  # fmt: skip
        notes.append("missing covariates are taken at their mean, which leaves the comparison of "
                     "randomised arms unbiased")  # fmt: skip
    moments, place = np.unique(weights["time_years"], return_inverse=True)
    table = np.zeros((len(moments), visits.size))
    names = {name: number for number, name in enumerate(visits.names)}
    np.add.at(table, (place, weights["visit"].map(names).to_numpy()), weights["weight"])
    bounds = np.unique([*moments[moments > 0], *starts[starts > 0]])
    exposure, deaths = _survival(follow_up, ids, bounds)
    return Panel(
        arms=arms,
        participants=ids.to_numpy(),
        arm=dataset["arm"].map({arm: number for number, arm in enumerate(arms)}).to_numpy(int),
        visits=visits,
        periods=periods,
        ceiling=ceiling,
        weights=table,
        moments=moments,
        starts=starts,
        bounds=bounds,
        exposure=exposure,
        deaths=deaths,
        groups=periods.blocks,
        joined=section["dependence"] != "none",
        effect=_observed(follow_up, ids, "measure", visits.names, table.sum(axis=0)),
        cost=_observed(follow_up, ids, "cost", None, None),
        frame=follow_up,
        notes=notes,
    )


def _wanted(follow_up, weights):
    """Say what is not there: visits with a value and a weight, and costs."""
    seen = follow_up[follow_up["status"] == "observed"]
    found = []
    if weights is None or not len(weights) or not (seen["kind"] == "measure").any():
        found.append(("no visit with a value of the outcome's measure", "an outcome that is the "
                      "area under a measure's curve, with values"))  # fmt: skip
    if not (seen["kind"] == "cost").any():
        found.append(("no period with an observed cost", "costs by period"))
    return [
        Finding("follow_up", None, None, what, allowed, "set model.form to totals")
        for what, allowed in found
    ]


def _survival(follow_up, ids, bounds):
    """Return time lived in each interval and whether the participant died in it."""
    people = follow_up.drop_duplicates("participant_id").set_index(
        follow_up.drop_duplicates("participant_id")["participant_id"].astype(str))  # fmt: skip
    people = people.reindex(ids)
    end = people["followed_years"].to_numpy(float)[:, None]
    died = people["died"].astype(bool).to_numpy()[:, None]
    start = np.append(0.0, bounds[:-1])
    exposure = np.clip(end - start, 0.0, bounds - start)
    last = (end > start) & (end <= bounds) | ((end <= 0) & (start == 0))
    return np.maximum(exposure, np.where(died & last, 1e-6, 0.0)), (died & last).astype(float)


def _observed(follow_up, ids, kind, visits, weights):
    """Return the sum of those with every visit (alive) or every period (or dead) observed."""
    rows = follow_up[follow_up["kind"] == kind]
    if visits is not None:
        rows = rows[rows["moment"].isin(visits)]
        weight = rows["moment"].map(dict(zip(visits, weights, strict=True))).to_numpy(float)
        whole = rows["status"] == "observed"
    else:
        weight, whole = 1.0, rows["status"].isin(["observed", "dead"])
    value = pd.Series(
        np.where(whole, rows["value"].to_numpy(float) * weight, np.nan), index=rows.index
    )
    total = value.groupby(rows["participant_id"].astype(str)).sum(skipna=False)
    return total.reindex(ids).to_numpy(float)
