"""Differences between arms: quadrants, words for where an arm stands, ratios and the frontier."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from trialbalance.decision.comparing.quantiles import net_benefit_quantiles

QUADRANTS = ("ne", "nw", "se", "sw")

_POSITIONS = {
    (1, 1): "costs more and gains more",
    (1, -1): "costs more and gains less (dominated)",
    (-1, 1): "costs less and gains more (dominant)",
    (-1, -1): "costs less and gains less",
    (1, 0): "costs more and gains the same (dominated)",
    (-1, 0): "costs less and gains the same (dominant)",
    (0, 1): "costs the same and gains more (dominant)",
    (0, -1): "costs the same and gains less (dominated)",
    (0, 0): "no difference",
}


def mean_interval(values: np.ndarray, interval: float = 0.95):
    """Return the mean of draws with an equal-tailed interval.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        Draws of a mean or of a difference between means.
    interval : float
        Probability inside the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        Mean, lower end, upper end; all three change sign exactly when the values do.

    Examples
    --------
    >>> mean_interval(np.array([1.0, 2.0, 3.0]), 0.5)
    (2.0, 1.5, 2.5)
    """
    values = np.asarray(values, float)
    lower, upper = net_benefit_quantiles(-values, np.zeros(values.size), np.zeros(1), interval)
    # Adding zero turns a minus zero into a zero.
    return float(values.mean()) + 0.0, float(lower[0]) + 0.0, float(upper[0]) + 0.0


def quadrant_probabilities(cost: np.ndarray, effect: np.ndarray):
    """Return the probability of each quadrant of the cost-effectiveness plane.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw,)
        Difference in cost and in effect of each draw.

    Returns
    -------
    dict of str to float
        Keys ne (costs more, gains more), nw (costs more, gains less), se (costs less, gains
        more), sw (costs less, gains less). A draw on an axis is shared equally between its
        neighbours, so the four add up to 1.

    Examples
    --------
    >>> quadrant_probabilities(np.array([1.0, 0.0]), np.array([1.0, -1.0]))
    {'ne': 0.5, 'nw': 0.25, 'se': 0.0, 'sw': 0.25}
    """
    north, east = (np.sign(cost) + 1) / 2, (np.sign(effect) + 1) / 2
    shares = (north * east, north * (1 - east), (1 - north) * east, (1 - north) * (1 - east))
    return {
        name: float(share.sum()) / share.size for name, share in zip(QUADRANTS, shares, strict=True)
    }


def position(cost: float, effect: float):
    """Return in words where a difference lies on the cost-effectiveness plane.

    Parameters
    ----------
    cost, effect : float
        Mean difference in cost and in effect.

    Returns
    -------
    str
        For example "costs less and gains more (dominant)".

    Examples
    --------
    >>> position(-10.0, 0.1)
    'costs less and gains more (dominant)'
    """
    return _POSITIONS[int(np.sign(cost)), int(np.sign(effect))]


def icer(cost: float, effect: float):
    """Return the ratio of two mean differences where it means something.

    Parameters
    ----------
    cost, effect : float
        Mean difference in cost (currency) and in effect (units of the outcome).

    Returns
    -------
    float
        Currency per unit of effect; NaN unless both differences are non-zero and of one sign.

    Notes
    -----
    The ratio of means, dC / dE. When both are negative it is the saving per unit of effect given
    up. In the other quadrants the same ratio could stand for opposite decisions, so none is given.

    References
    ----------
    Stinnett AA, Mullahy J. Net health benefits. Med Decis Making 1998;18:S68-80.
    doi:10.1177/0272989X98018002S09

    Examples
    --------
    >>> icer(1000.0, 0.05), icer(-1000.0, 0.05)
    (20000.0, nan)
    """
    return cost / effect if np.sign(cost) * np.sign(effect) > 0 else float("nan")


def frontier(names: Sequence[str], cost: np.ndarray, effect: np.ndarray):
    """Return where each arm stands against all others: the fully incremental analysis.

    Parameters
    ----------
    names : sequence of str
        Names of the arms.
    cost, effect : ndarray, shape (arm,)
        Mean cost and mean effect.

    Returns
    -------
    list of dict
        In order of cost: arm, cost, effect, status in words, compared_with (the next cheaper arm
        on the frontier), incremental_cost, incremental_effect, icer (NaN where there is none).

    Notes
    -----
    An arm is dominated by one that costs no more and gains no less, and is better in one of the
    two; it is extendedly dominated by two others if the step to it costs more per unit of effect
    than the step beyond it.

    References
    ----------
    Karlsson G, Johannesson M. The decision rules of cost-effectiveness analysis.
    PharmacoEconomics 1996;9:113-20. doi:10.2165/00019053-199609020-00003

    Examples
    --------
    >>> rows = frontier(["a", "b", "c"], np.array([0.0, 50.0, 60.0]), np.array([0.0, 1.0, 2.0]))
    >>> [(row["arm"], row["status"], row["icer"]) for row in rows]
    [('a', 'on the frontier', nan), ('b', 'extendedly dominated by a and c', nan), \
('c', 'on the frontier', 30.0)]
    """
    hull = _hull(cost, effect)
    order = sorted(range(len(names)), key=lambda arm: (cost[arm], -effect[arm], names[arm]))
    rows = []
    for arm in order:
        row = {"arm": names[arm], "cost": float(cost[arm]), "effect": float(effect[arm])}
        row |= {"status": _status(arm, hull, names, cost, effect), "compared_with": None}
        row |= {"incremental_cost": np.nan, "incremental_effect": np.nan, "icer": np.nan}
        if arm in hull and hull.index(arm) > 0:
            before = hull[hull.index(arm) - 1]
            steps = float(cost[arm] - cost[before]), float(effect[arm] - effect[before])
            row["compared_with"] = names[before]
            row["incremental_cost"], row["incremental_effect"] = steps
            row["icer"] = icer(*steps)
        rows.append(row)
    return rows


def _hull(cost: np.ndarray, effect: np.ndarray):
    """Return the arms on the frontier, from the cheapest to the most effective."""
    hull = []
    for arm in sorted(range(len(cost)), key=lambda arm: (cost[arm], -effect[arm])):
        if hull and effect[arm] <= effect[hull[-1]]:
            continue
        while len(hull) > 1 and _slope(hull[-2], hull[-1], cost, effect) > _slope(
            hull[-1], arm, cost, effect
        ):
            hull.pop()
        hull.append(arm)
    return hull


def _slope(one, other, cost: np.ndarray, effect: np.ndarray):
    """Return the cost per unit of effect of moving between two arms of rising effect."""
    return (cost[other] - cost[one]) / (effect[other] - effect[one])


def _status(arm: Any, hull, names, cost: np.ndarray, effect: np.ndarray):
    """Say in words whether an arm is on the frontier and, if not, what keeps it off."""
    if arm in hull:
        return "on the frontier"
    for other in hull:
        if cost[other] == cost[arm] and effect[other] == effect[arm]:
            return f"on the frontier, with the same cost and effect as {names[other]}"
    for other in hull:
        if cost[other] <= cost[arm] and effect[other] >= effect[arm]:
            return f"dominated by {names[other]}"
    # Off the frontier but not dominated by an arm on it: it lies above a segment of the frontier.
    after = next(place for place, other in enumerate(hull) if effect[other] > effect[arm])
    return f"extendedly dominated by {names[hull[after - 1]]} and {names[hull[after]]}"
