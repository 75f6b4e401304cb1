"""Who gains and who loses: net health benefit by group, and its equally distributed equivalent."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from trialbalance.contracts import Finding, Problems
from trialbalance.decision.comparing.increments import mean_interval
from trialbalance.decision.draws import arm_draws
from trialbalance.decision.thresholds import Thresholds

COLUMNS = [
    "threshold", "quantity", "group", "share", "inequality_aversion", "arm", "comparator", "cost",
    "effect", "net_health_benefit", "lower", "upper", "probability_positive", "exploratory", "note",
]  # fmt: skip
BY_GROUP, EQUIVALENT = "group", "equally_distributed_equivalent"
NOT_POSITIVE = "health of a group is not above 0 in some draws, so that there is no equivalent"


def equally_distributed(health: np.ndarray, shares: np.ndarray, aversion: float):
    """Return the health that, if everyone had it, would be as good as the given distribution.

    Parameters
    ----------
    health : ndarray, shape (draw, group)
        Health of a member of each group, above 0.
    shares : ndarray, shape (group,)
        Shares of the population; they add up to 1.
    aversion : float
        Atkinson's inequality aversion, 0 or more.

    Returns
    -------
    ndarray, shape (draw,)
        In the units of health; the mean at an aversion of 0, never more than it.

    Notes
    -----
    (Σ p h^(1 - ε))^(1 / (1 - ε)), and exp(Σ p log h) at ε = 1.

    References
    ----------
    Atkinson AB. On the measurement of inequality. J Econ Theory 1970;2:244-63.
    doi:10.1016/0022-0531(70)90039-6
    Cookson R, et al. Using cost-effectiveness analysis to address health equity concerns. Value
    Health 2017;20:206-12. doi:10.1016/j.jval.2016.11.027

    Examples
    --------
    >>> float(equally_distributed(np.array([[4.0, 1.0]]), np.array([0.5, 0.5]), 1.0)[0])
    2.0
    """
    logs = np.log(health)
    if aversion == 1:
        return np.exp(logs @ shares)
    return np.exp(logsumexp((1 - aversion) * logs, b=shares, axis=1) / (1 - aversion))


def distribution(
    draws: pd.DataFrame | None,
    study: dict[str, Any],
    section: dict[str, Any],
    thresholds: Thresholds,
):
    """Return net health benefit by group and its equally distributed equivalent.

    Parameters
    ----------
    draws : DataFrame or None
        Columns draw, group, arm, cost (currency), effect (units of the outcome).
    study : dict
        Resolved study settings.
    section : dict
        Resolved settings of the decision stage; ``distribution`` is read.
    thresholds : Thresholds
        Thresholds of the outcome; those shown are used, but for 0.

    Returns
    -------
    DataFrame
        One row a threshold, arm and group, then one an inequality aversion; empty where no groups
        are declared. Every row is exploratory.

    Raises
    ------
    Problems
        Groups without draws, draws of groups that are not declared.

    Notes
    -----
    By group: difference in effect less difference in cost over the threshold. The equivalent is
    that of baseline health plus the difference in effect less the health that the cost displaces
    (shared by everyone, or borne by the group), minus that of baseline health alone.

    References
    ----------
    Asaria M, Griffin S, Cookson R. Distributional cost-effectiveness analysis: a tutorial. Med
    Decis Making 2016;36:8-19. doi:10.1177/0272989X15583266

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> asked = Thresholds(np.array([0.0, 25, 50]), np.array([25.0]), 25, False)
    >>> group = {"share": 0.5, "baseline_health": 70.0}
    >>> plan = {"groups": {"poor": group, "rich": group}, "inequality_aversion": [0.0],
    ...         "opportunity_cost": "own"}
    >>> drawn = pd.concat([tidy.assign(group="poor"), tidy.assign(group="rich")])
    >>> table = distribution(drawn, study, {"distribution": plan, "interval": 0.95}, asked)
    >>> table.dropna(subset="group")[["group", "threshold", "net_health_benefit"]].values.tolist()
    [['poor', 25.0, 0.2], ['rich', 25.0, 0.2]]
    """
    plan, rows = section["distribution"], []
    if plan and draws is not None and not draws.empty:
        groups = _increments(draws, study, plan)
        for arm in study["arms"]:
            if arm in groups:
                cost, effect = groups[arm]
                for threshold in thresholds.shown()[thresholds.shown() > 0]:
                    common = {"threshold": threshold, "arm": arm, "exploratory": True}
                    common["comparator"] = study["comparator"]
                    rows += _rows(cost, effect, threshold, plan, common, section)
    words = ("quantity", "group", "arm", "comparator", "note")
    kinds = {name: object if name in words else float for name in COLUMNS} | {"exploratory": bool}
    table = pd.DataFrame(rows, columns=COLUMNS).astype(kinds)
    for name in words:
        table[name] = table[name].where(table[name].notna(), None)
    return table


def _increments(draws: Any, study, plan: Any):
    """Return each arm's differences in cost and effect from the comparator by draw and group."""
    given, declared = list(pd.unique(draws["group"])), list(plan["groups"])
    if wrong := [name for name in {*given, *declared} if (name in given) != (name in declared)]:
        file, allowed = "group_draws_given", ", ".join(declared)
        remedy = "name the groups as in decision.distribution.groups"
        raise Problems(
            [
                Finding(file, None, "group", f"{name} in one of the two only", allowed, remedy)
                for name in sorted(wrong)
            ]
        )
    found = {}
    for group in declared:
        own = draws[draws["group"] == group]
        arrays = arm_draws(own, study, f"group_draws_given ({group})")
        for arm, pair in arrays.differences(study["comparator"]).items():
            found.setdefault(arm, []).append(pair)
    pairs = {arm: np.array(parts) for arm, parts in found.items() if len(parts) == len(declared)}
    return {arm: (parts[:, 0].T, parts[:, 1].T) for arm, parts in pairs.items()}


def _rows(
    cost: np.ndarray,
    effect: np.ndarray,
    threshold: Any,
    plan: Any,
    common: dict,
    section: dict,
):
    """Return the rows of one arm at one threshold."""
    names, interval = list(plan["groups"]), section["interval"]
    share = np.array([plan["groups"][name]["share"] for name in names])
    share = share / share.sum()
    before = np.array([[plan["groups"][name]["baseline_health"] for name in names]])
    benefit, rows = effect - cost / threshold, []
    for place, name in enumerate(names):
        row = common | {"quantity": BY_GROUP, "group": name, "share": share[place]}
        row |= {"cost": cost[:, place].mean(), "effect": effect[:, place].mean()}
        rows.append(row | _summary(benefit[:, place], interval))
    displaced = cost / threshold
    if plan["opportunity_cost"] == "shared":
        displaced = (displaced @ share)[:, None]
    after = before + effect - displaced
    whole = {"quantity": EQUIVALENT, "cost": (cost @ share).mean()}
    whole |= {"effect": (effect @ share).mean()}
    for aversion in plan["inequality_aversion"]:
        row = common | whole | {"inequality_aversion": aversion}
        if (after <= 0).any():
            rows.append(row | {"note": NOT_POSITIVE})
            continue
        gain = equally_distributed(after, share, aversion)
        rows.append(row | _summary(gain - equally_distributed(before, share, aversion), interval))
    return rows


def _summary(values: pd.Series, interval: float):
    """Return mean, interval and chance of being above 0, ties counting half."""
    mean, lower, upper = mean_interval(values, interval)
    chance = (values > 0).mean() + (values == 0).mean() / 2
    found = {"net_health_benefit": mean, "lower": lower, "upper": upper}
    return found | {"probability_positive": float(chance)}
