"""The comparison of arms under one case of several: one row an arm and threshold shown."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.tables import compare_arms
from trialbalance.decision.thresholds import outcome_thresholds

INCREMENT = [
    "arm", "comparator", "cost", "cost_lower", "cost_upper", "effect", "effect_lower",
    "effect_upper", "position",
]  # fmt: skip
BENEFIT = ["threshold", "net_benefit", "lower", "upper", "probability_positive", "exploratory"]


def tidy_arrays(arrays: ArmDraws, cost: np.ndarray, effect: np.ndarray):
    """Return other costs and effects of the same draws and arms as a tidy table.

    Parameters
    ----------
    arrays : ArmDraws
        Draws whose arms and numbers are kept.
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.

    Returns
    -------
    DataFrame
        Columns draw, arm, cost, effect.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> one = ArmDraws(["a"], [], np.array([7]), np.ones((1, 1)), np.ones((1, 1)))
    >>> tidy_arrays(one, 2 * one.cost, one.effect).values.tolist()
    [[7, 'a', 2.0, 1.0]]
    """
    return pd.DataFrame(
        {
            "draw": np.repeat(arrays.draw, len(arrays.arms)),
            "arm": np.tile(arrays.arms, len(arrays.draw)),
            "cost": cost.ravel(),
            "effect": effect.ravel(),
        }
    )


def compared(draws: pd.DataFrame, study: dict[str, Any], section: dict[str, Any], outcome: str):
    """Return increments, net benefit at the thresholds shown and preferred arms, in one table.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome).
    study : dict
        Resolved study settings.
    section : dict
        Resolved settings of the decision stage.
    outcome : str
        Name of the outcome.

    Returns
    -------
    DataFrame
        One row an arm but the comparator and threshold.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds})
    >>> rows = compared(tidy, study, section, "qaly")
    >>> rows[["threshold", "net_benefit", "preferred"]].values.tolist()
    [[25.0, 5.0, 'b']]
    """
    tables = compare_arms(draws, study, _shown_only(section, outcome), outcome)
    shown = outcome_thresholds(section, outcome).shown()
    benefit = tables["net_benefit"]
    benefit = benefit[benefit["threshold"].isin(shown)][["arm", *BENEFIT]]
    best = tables["acceptability"]
    best = best[best["frontier"].astype("boolean").fillna(False)]
    best = best.groupby("threshold")["arm"].agg(", ".join).rename("preferred")
    rows = tables["incremental"][INCREMENT].merge(benefit, on="arm", how="left")
    return rows.merge(best.reset_index(), on="threshold", how="left")


def compare_selection(draws: pd.DataFrame, study: dict[str, Any], section: dict, outcome: str):
    """Return the comparison of arms under each case of the selection model.

    Parameters
    ----------
    draws : DataFrame
        Columns case, draw, arm, cost (currency), effect (units of the outcome).
    study, section, outcome
        As for `compared`.

    Returns
    -------
    DataFrame
        Column case, then increments, net benefit and preferred arms.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds})
    >>> table = compare_selection(tidy.assign(case="fixed"), study, section, "qaly")
    >>> table[["case", "arm", "cost"]].drop_duplicates().values.tolist()
    [['fixed', 'b', 20.0]]
    """
    rows = [
        compared(own.drop(columns="case"), study, section, outcome).assign(case=case)
        for case, own in draws.groupby("case", sort=False)
    ]
    return pd.concat(rows, ignore_index=True)[["case", *INCREMENT, *BENEFIT, "preferred"]]


def _shown_only(section: dict, outcome: str):
    """Return the section with a grid of thresholds no finer than tables show."""
    declared = section["thresholds"][outcome]
    if declared["primary"] is None:
        return section
    low, high = declared["range"]
    return section | {"thresholds": {outcome: declared | {"step": high - low}}}
