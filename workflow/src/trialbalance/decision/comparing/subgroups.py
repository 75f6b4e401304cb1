"""The answer within each subgroup: differences and net benefit, arm against comparator."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.increments import mean_interval
from trialbalance.decision.draws import arm_draws
from trialbalance.decision.thresholds import Thresholds

COLUMNS = [
    "subgroup", "arm", "comparator", "cost", "cost_lower", "cost_upper", "effect", "effect_lower",
    "effect_upper", "threshold", "net_benefit", "lower", "upper", "probability_positive",
]  # fmt: skip


def compare_subgroups(
    draws: Any,
    study: Any,
    section: dict[str, Any],
    thresholds: Thresholds,
):
    """Compare the arms within each subgroup.

    Parameters
    ----------
    draws : DataFrame or None
        Columns draw, subgroup, arm, cost (currency), effect (units of the outcome).
    study : dict
        Resolved study settings.
    section : dict
        Resolved settings of the decision stage; ``interval`` is read.
    thresholds : Thresholds
        Thresholds of the outcome; those shown are used.

    Returns
    -------
    DataFrame
        One row a subgroup, arm and threshold; empty where the model has no subgroups.

    Notes
    -----
    The model pools subgroups partially: a small one is drawn towards its arm, so that a difference
    between subgroups that chance would give is not shown as one.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> asked = Thresholds(np.array([25.0]), np.array([25.0]), 25, False)
    >>> table = compare_subgroups(tidy.assign(subgroup="old"), study, {"interval": 0.95}, asked)
    >>> table[["subgroup", "arm", "cost", "threshold"]].values.tolist()
    [['old', 'b', 20.0, 25.0]]
    """
    rows = []
    names = [] if draws is None else list(pd.unique(draws["subgroup"]))
    for name in names:
        arrays = arm_draws(draws[draws["subgroup"] == name], study, f"subgroup_means ({name})")
        for arm, (cost, effect) in arrays.differences(study["comparator"]).items():
            first = {"subgroup": name, "arm": arm, "comparator": study["comparator"]}
            rows += _rows(first, cost, effect, thresholds, section["interval"])
    kinds = dict.fromkeys(COLUMNS, float) | dict.fromkeys(COLUMNS[:3], object)
    return pd.DataFrame(rows, columns=COLUMNS).astype(kinds)


def _rows(first, cost: np.ndarray, effect: Any, thresholds: Thresholds, interval: float):
    """Return the rows of one arm in one subgroup, one a threshold shown."""
    for name, values in (("cost", cost), ("effect", effect)):
        mean, lower, upper = mean_interval(values, interval)
        first = first | {name: mean, f"{name}_lower": lower, f"{name}_upper": upper}
    rows = []
    for threshold in np.asarray(thresholds.shown(), float):
        benefit = threshold * effect - cost
        mean, lower, upper = mean_interval(benefit, interval)
        chance = (benefit > 0).mean() + (benefit == 0).mean() / 2
        rows.append(first | {"threshold": threshold, "net_benefit": mean, "lower": lower,
                             "upper": upper, "probability_positive": chance})  # fmt: skip
    return rows
