"""Where deltas on people whose data are missing would change the decision."""

import numpy as np
import pandas as pd

from trialbalance.decision.curves import decision_curves
from trialbalance.decision.unobserved import move, out_of_range

POINTS = [
    "component", "arm", "comparator", "delta_arm", "delta_comparator", "threshold", "net_benefit",
    "probability", "preferred", "out_of_range", "exploratory",
]  # fmt: skip
VALUES = [
    "threshold", "component", "arm", "share", "preferred", "becomes", "delta", "out_of_range",
    "words", "exploratory",
]  # fmt: skip


def grid(span, step):
    """Return evenly spaced deltas from the lower to the upper end, 0 exactly where it is one.

    Examples
    --------
    >>> grid([-0.2, 0.1], 0.1).tolist()
    [-0.2, -0.1, 0.0, 0.1]
    """
    count = int(np.floor((span[1] - span[0]) / step + 1e-9)) + 1
    return (span[0] + step * np.arange(count)).round(12) + 0.0


def tipping_points(arrays, unobserved, thresholds, section, comparator):
    """Return the decision over a grid of deltas, one for an arm and one for the comparator.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    unobserved : Unobserved
        Shares and means of people alive but unobserved.
    thresholds : Thresholds
        The primary threshold is used; where there is none, those shown in tables.
    section : dict
        Resolved settings ``missing_not_at_random``.
    comparator : str
        Arm that each of the others is set against.

    Returns
    -------
    DataFrame
        One row a component (effect, cost), arm but the comparator, pair of deltas and threshold:
        expected net benefit against the comparator, probability that the arm is best of all,
        the arms of highest expected net benefit. Deltas of further arms are 0.

    Examples
    --------
    >>> tipping_points.__name__
    'tipping_points'
    """
    values = thresholds.shown() if thresholds.primary is None else np.array([thresholds.primary])
    plan, follows = section["map"], section["cost_follows_effect"]
    grids = {"effect": grid(plan["effect_range"], plan["effect_step"]),
             "cost_percent": grid(plan["cost_percent_range"], plan["cost_percent_step"])}  # fmt: skip
    rows = []
    if comparator not in arrays.arms:
        return _typed(pd.DataFrame(rows, columns=POINTS))
    other = arrays.arms.index(comparator)
    for kind, deltas in grids.items():
        steps = _steps(arrays, unobserved, kind, follows)
        wrong = np.array([out_of_range(unobserved, **{kind: np.full(len(arrays.arms), d)})
                          for d in deltas])  # fmt: skip
        for place in [p for p in range(len(arrays.arms)) if p != other]:
            for i, j in np.ndindex(len(deltas), len(deltas)):
                moves = np.zeros(len(arrays.arms))
                moves[place], moves[other] = deltas[i], deltas[j]
                totals = [total + step * moves
                          for total, step in zip((arrays.cost, arrays.effect), steps, strict=True)]  # fmt: skip
                key = (kind.removesuffix("_percent"), arrays.arms[place], comparator,
                       deltas[i], deltas[j])  # fmt: skip
                flags = (bool(wrong[i, place] or wrong[j, other]), thresholds.exploratory)
                rows += [(*key, *cell, *flags)
                         for cell in _cells(arrays.arms, *totals, values, place, other)]  # fmt: skip
    return _typed(pd.DataFrame(rows, columns=POINTS))


def _steps(arrays, unobserved, kind, follows):
    """Return by how much cost and effect of each draw and arm move for a delta of 1."""
    moved = move(arrays, unobserved, **{kind: 1.0}, cost_follows_effect=follows)
    return moved[0] - arrays.cost, moved[1] - arrays.effect


def _cells(arms, cost, effect, values, place, other):
    """Return net benefit, probability and preferred arms at each threshold."""
    curves = decision_curves(cost, effect, values)
    gain = values * (effect[:, place] - effect[:, other]).mean()
    benefit = gain - (cost[:, place] - cost[:, other]).mean()
    for line, value in enumerate(values):
        best = ", ".join(arm for arm, yes in zip(arms, curves.preferred[line], strict=True) if yes)
        yield value, benefit[line], curves.probability[line, place], best


def _typed(table):
    """Return the table with its types, also where it has no rows."""
    numbers = ("delta_arm", "delta_comparator", "threshold", "net_benefit", "probability")
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(table.columns[-2:], bool))


def tipping_values(arrays, unobserved, thresholds, section, currency=""):
    """Return the delta on one arm alone at which the decision changes.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    unobserved : Unobserved
        Shares and means of people alive but unobserved.
    thresholds : Thresholds
        Those shown in tables are used.
    section : dict
        Resolved settings ``missing_not_at_random``.
    currency : str
        Currency for the words.

    Returns
    -------
    DataFrame
        One row a threshold, component and arm: mean share unobserved (of cost, the largest over
        source groups), preferred arm without deltas, arm preferred beyond the delta, the delta
        (units of the effect, or percent of the unobserved cost), and words; blank where no delta
        on the arm can change the decision.

    Notes
    -----
    Expected net benefit is a straight line in the delta, so the delta is exact: the lead of the
    preferred arm over the line's slope.

    Examples
    --------
    >>> tipping_values.__name__
    'tipping_values'
    """
    rows = []
    for kind in ("effect", "cost_percent"):
        steps = [step.mean(axis=0)
                 for step in _steps(arrays, unobserved, kind, section["cost_follows_effect"])]  # fmt: skip
        share = unobserved.share.mean(axis=0)
        if kind == "cost_percent":
            share = unobserved.cost_share.mean(axis=0).max(axis=-1, initial=0.0)
        for value in thresholds.shown():
            benefit = value * arrays.effect.mean(axis=0) - arrays.cost.mean(axis=0)
            slope = value * steps[1] - steps[0]
            for place, arm in enumerate(arrays.arms):
                delta, becomes = _turning(benefit, slope, place)
                moves = np.where(np.arange(len(arrays.arms)) == place, np.nan_to_num(delta), 0.0)
                wrong = bool(out_of_range(unobserved, **{kind: moves})[place])
                rows.append((value, kind.removesuffix("_percent"), arm, share[place],
                             arrays.arms[int(benefit.argmax())],
                             None if becomes is None else arrays.arms[becomes], delta, wrong,
                             _words(kind, delta, wrong), thresholds.exploratory))  # fmt: skip
    table = pd.DataFrame(rows, columns=VALUES)
    table["becomes"] = table["becomes"].astype(object).where(table["becomes"].notna(), None)
    return table.astype({"delta": float})


def _turning(benefit, slope, place):
    """Return the delta on an arm at which another arm becomes preferred, and which."""
    best = int(benefit.argmax())
    others = np.delete(np.arange(len(benefit)), place)
    if not len(others) or slope[place] == 0:
        return np.nan, None
    rival = int(others[benefit[others].argmax()])
    becomes = rival if place == best else place
    return (benefit[rival] - benefit[place]) / slope[place] + 0.0, becomes


def _words(kind, delta, wrong):
    """Say what the unobserved people of the arm would have to be like."""
    if np.isnan(delta):
        return "nothing about them changes the decision"
    way = "less" if delta < 0 else "more"
    if kind == "effect":
        text = f"when they have on average {abs(delta):.3f} {way} than the model expects"
    else:
        text = f"when what is unobserved costs {abs(delta):.0f} % {way} than the model expects"
    return f"{text}, which cannot be" if wrong else text
