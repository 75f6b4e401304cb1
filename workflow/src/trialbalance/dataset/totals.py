"""Costs of participants added up over the horizon, by source group and in all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems


@dataclass(frozen=True)
class CostTotals:
    """Costs of one perspective, one row a participant.

    Parameters
    ----------
    recorded : pandas.DataFrame
        Recorded cost by source group after the index date, whether or not all of it was observed.
    observed : pandas.DataFrame of bool
        Whether a source group was observed in every period of the horizon.
    baseline : pandas.Series
        Cost before the index date; NaN where a source group was not observed then.
    baseline_recorded : pandas.Series
        Recorded cost before the index date.
    by_period : pandas.DataFrame
        participant_id, source_group, period, observed: the flags behind `observed`.
    """

    recorded: pd.DataFrame
    observed: pd.DataFrame
    baseline: pd.Series
    baseline_recorded: pd.Series
    by_period: pd.DataFrame

    @property
    def groups(self) -> pd.DataFrame:
        """Cost by source group, blank where the group was not observed throughout."""
        return self.recorded.where(self.observed)

    @property
    def total(self) -> pd.Series:
        """Cost in all, blank where any source group was not observed throughout."""
        return self.groups.sum(axis=1, skipna=False)


def add_up_costs(
    ids: pd.Index,
    participant_costs: pd.DataFrame,
    cost_observed: pd.DataFrame,
    periods: dict[str, list[float]],
    perspective: str,
) -> CostTotals:
    """Return the costs of one perspective added up for each participant.

    Parameters
    ----------
    ids : pandas.Index
        Participants in the order wanted.
    participant_costs : pandas.DataFrame
        Columns participant_id, period, perspective, source_group, cost; absence means 0.
    cost_observed : pandas.DataFrame
        Columns participant_id, source_group, period, observed.
    periods : dict
        Period -> start and end in years; those that end at or before 0 are baseline.
    perspective : str
        Perspective whose costs are counted.

    Returns
    -------
    CostTotals
        Source groups are those with any cost line in the perspective.

    Raises
    ------
    Problems
        When the perspective has no costs at all or a period spans the index date.

    Notes
    -----
    A participant's total is the sum over source groups of ``sum_period cost``, and is missing when
    any of these groups was unobserved in any period after the index date. A blank period is time
    within the horizon that no period covers. A flag that is not there counts as unobserved.

    References
    ----------
    Gabrio 2019, doi:10.1002/sim.8045.

    Examples
    --------
    >>> lines = pd.DataFrame({"participant_id": ["p1"], "period": ["after"], "perspective": ["nhs"],
    ...     "source_group": ["records"], "cost": [120.0]})
    >>> flags = pd.DataFrame({"participant_id": ["p1"], "period": ["after"],
    ...     "source_group": ["records"], "observed": [True]})
    >>> add_up_costs(pd.Index(["p1"]), lines, flags, {"after": [0, 1]}, "nhs").total.to_list()
    [120.0]
    """
    baseline = _baseline_periods(periods)
    lines = participant_costs[participant_costs["perspective"] == perspective]
    if lines.empty:
        known = ", ".join(sorted(participant_costs["perspective"].dropna().unique()))
        raise Problems(
            [
                Finding(
                    "participant_costs.csv",
                    None,
                    "perspective",
                    f"no costs for {perspective}",
                    known or "a perspective with priced items",
                    "correct the perspective of the analysis or of the items",
                )
            ]
        )
    groups = sorted(lines["source_group"].unique())
    before = lines["period"].isin(baseline)
    after_periods = [period for period in periods if period not in baseline]
    flags = cost_observed[cost_observed["source_group"].isin(groups)]
    recorded_before = _by_group(lines[before], ids, groups)
    seen_before = _all_observed(flags, ids, groups, baseline)
    return CostTotals(
        recorded=_by_group(lines[~before], ids, groups),
        observed=_all_observed(flags, ids, groups, after_periods),
        baseline=recorded_before.sum(axis=1).where(seen_before.all(axis=1) & bool(baseline)),
        baseline_recorded=recorded_before.sum(axis=1),
        by_period=flags,
    )


def _baseline_periods(periods: dict[str, list[float]]) -> list[str]:
    """Return the periods before the index date; refuse one that spans it."""
    across = [name for name, (start, end) in periods.items() if start < 0 < end]
    if across:
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    f"study.periods.{name}",
                    f"{periods[name][0]:g} to {periods[name][1]:g}",
                    "a period that ends by 0 or begins at 0 or later",
                    "split it at the index date",
                )
                for name in across
            ]
        )
    return [name for name, (_, end) in periods.items() if end <= 0]


def _by_group(lines: pd.DataFrame, ids: pd.Index, groups: list[str]) -> pd.DataFrame:
    """Return the sum of the cost lines by participant and source group, 0 where there are none."""
    person = ids.get_indexer(lines["participant_id"])
    group = pd.Index(groups).get_indexer(lines["source_group"])
    sums = np.zeros((len(ids), len(groups)))
    inside = person >= 0
    np.add.at(sums, (person[inside], group[inside]), lines["cost"].to_numpy(float)[inside])
    return pd.DataFrame(sums, index=ids, columns=groups)


def _all_observed(
    flags: pd.DataFrame, ids: pd.Index, groups: list[str], periods: list[str]
) -> pd.DataFrame:
    """Return whether each source group was observed in each of the periods."""
    yes = flags[flags["period"].isin(periods) & flags["observed"].astype("boolean").fillna(False)]
    person = ids.get_indexer(yes["participant_id"])
    group = pd.Index(groups).get_indexer(yes["source_group"])
    count = np.zeros((len(ids), len(groups)), dtype=int)
    inside = person >= 0
    np.add.at(count, (person[inside], group[inside]), 1)
    return pd.DataFrame(count == len(periods), index=ids, columns=groups)
