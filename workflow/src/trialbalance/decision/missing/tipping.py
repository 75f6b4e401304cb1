"""Where deltas on people whose data are missing would change the decision."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.curves import decision_curves
from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.missing.unobserved import Unobserved, move, out_of_range
from trialbalance.decision.thresholds import Thresholds

POINTS = [
    "component", "arm", "comparator", "delta_arm", "delta_comparator", "threshold", "net_benefit",
    "probability", "preferred", "out_of_range", "exploratory",
]  # fmt: skip
VALUES = [
    "threshold", "component", "arm", "share", "preferred", "becomes", "delta", "out_of_range",
    "words", "exploratory",
]  # fmt: skip


def grid(span: Any, step: Any):
    """Return evenly spaced deltas from the lower to the upper end, 0 exactly where it is one.

    Examples
    --------
    >>> grid([-0.2, 0.1], 0.1).tolist()
    [-0.2, -0.1, 0.0, 0.1]
    """
    count = int(np.floor((span[1] - span[0]) / step + 1e-9)) + 1
    return (span[0] + step * np.arange(count)).round(12) + 0.0


def tipping_points(
    arrays: ArmDraws,
    unobserved: Unobserved,
    thresholds: Thresholds,
    section: dict[str, Any],
    comparator: str,
):
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
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> asked = Thresholds(np.array([25.0]), np.array([25.0]), 25, False)
    >>> from trialbalance.decision.missing.unobserved import Unobserved
    >>> half, groups = np.full((2, 2), 0.5), np.zeros((2, 2, 0))
    >>> lost = Unobserved(half, half, half, groups, groups, groups, groups, groups)
    >>> plan = {"cost_follows_effect": False, "map": {"effect_range": [-0.2, 0], "effect_step": 0.2,
    ...         "cost_percent_range": [0, 0], "cost_percent_step": 1}}
    >>> table = tipping_points(arrays, lost, asked, plan, "a")
    >>> own = table[table["component"] == "effect"]
    >>> own[["delta_arm", "net_benefit"]].round(6).values.tolist()
    [[-0.2, 5.0], [-0.2, 2.5], [0.0, 7.5], [0.0, 5.0]]
    """
    values = thresholds.shown() if thresholds.primary is None else np.array([thresholds.primary])
    plan, rows = section["map"], []
    if comparator not in arrays.arms:
        return _typed(pd.DataFrame(rows, columns=POINTS))
    other = arrays.arms.index(comparator)
    for kind in ("effect", "cost_percent"):
        deltas = grid(plan[f"{kind}_range"], plan[f"{kind}_step"])
        steps = _steps(arrays, unobserved, kind, section["cost_follows_effect"])
        wrong = [out_of_range(unobserved, **{kind: delta}) for delta in deltas]
        for place, arm in enumerate(arrays.arms):
            if place == other:
                continue
            for i, j in np.ndindex(len(deltas), len(deltas)):
                key = kind.removesuffix("_percent"), arm, comparator, deltas[i], deltas[j]
                flags = bool(wrong[i][place] or wrong[j][other]), thresholds.exploratory
                moves = {place: deltas[i], other: deltas[j]}
                rows += [(*key, *cell, *flags) for cell in _cells(arrays, steps, moves, values)]
    return _typed(pd.DataFrame(rows, columns=POINTS))


def _steps(arrays: ArmDraws, unobserved: Unobserved, kind: str, follows):
    """Return by how much cost and effect of each draw and arm move for a delta of 1."""
    one = np.ones(len(arrays.arms))
    moved = move(arrays, unobserved, **{kind: one}, cost_follows_effect=follows)
    return moved[0] - arrays.cost, moved[1] - arrays.effect


def _cells(arrays: Any, steps: Any, moves, values: pd.Series):
    """Return threshold, net benefit, probability and preferred arms for deltas on two arms."""
    place, other = moves
    delta = np.zeros(len(arrays.arms))
    delta[list(moves)] = list(moves.values())
    cost, effect = arrays.cost + steps[0] * delta, arrays.effect + steps[1] * delta
    curves = decision_curves(cost, effect, values)
    gain = values * (effect[:, place] - effect[:, other]).mean()
    benefit = gain - (cost[:, place] - cost[:, other]).mean()
    for line, value in enumerate(values):
        best = [arrays.arms[p] for p in np.flatnonzero(curves.preferred[line])]
        yield value, benefit[line], curves.probability[line, place], ", ".join(best)


def _typed(table):
    """Return the table with its types, also where it has no rows."""
    numbers = ("delta_arm", "delta_comparator", "threshold", "net_benefit", "probability")
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(table.columns[-2:], bool))


def tipping_values(
    arrays: ArmDraws, unobserved: Unobserved, thresholds: Thresholds, section: dict[str, Any]
):
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
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> asked = Thresholds(np.array([25.0]), np.array([25.0]), 25, False)
    >>> from trialbalance.decision.missing.unobserved import Unobserved
    >>> half, groups = np.full((2, 2), 0.5), np.zeros((2, 2, 0))
    >>> lost = Unobserved(half, half, half, groups, groups, groups, groups, groups)
    >>> table = tipping_values(arrays, lost, asked, {"cost_follows_effect": False})
    >>> table.loc[table["component"] == "effect", ["arm", "becomes", "delta"]].values.tolist()
    [['a', 'a', 0.4], ['b', 'a', -0.4]]
    """
    rows, follows = [], section["cost_follows_effect"]
    shares = {
        "effect": unobserved.share.mean(axis=0),
        "cost_percent": unobserved.cost_share.mean(axis=0).max(axis=-1, initial=0.0),
    }
    for kind, share in shares.items():
        cost, effect = (s.mean(axis=0) for s in _steps(arrays, unobserved, kind, follows))
        for value in thresholds.shown():
            benefit = value * arrays.effect.mean(axis=0) - arrays.cost.mean(axis=0)
            best = arrays.arms[int(benefit.argmax())]
            for place, arm in enumerate(arrays.arms):
                delta, rival = _turning(benefit, value * effect - cost, place)
                wrong = bool(out_of_range(unobserved, **{kind: np.nan_to_num(delta)})[place])
                key = value, kind.removesuffix("_percent"), arm, share[place], best
                becomes = None if rival is None else arrays.arms[rival]
                words = _words(kind, delta, wrong)
                rows.append((*key, becomes, delta, wrong, words, thresholds.exploratory))
    table = pd.DataFrame(rows, columns=VALUES)
    table["becomes"] = table["becomes"].astype(object).where(table["becomes"].notna(), None)
    return table.astype({"delta": float})


def _turning(benefit, slope: Any, place: Any):
    """Return the delta on an arm at which another arm becomes preferred, and which."""
    best = int(benefit.argmax())
    others = np.delete(np.arange(len(benefit)), place)
    if not len(others) or slope[place] == 0:
        return np.nan, None
    rival = int(others[benefit[others].argmax()])
    becomes = rival if place == best else place
    return (benefit[rival] - benefit[place]) / slope[place] + 0.0, becomes


def _words(kind: str, delta, wrong):
    """Say what the unobserved people of the arm would have to be like."""
    if np.isnan(delta):
        return "nothing about them changes the decision"
    way = "less" if delta < 0 else "more"
    if kind == "effect":
        text = f"when they have on average {abs(delta):.3f} {way} than the model expects"
    else:
        text = f"when what is unobserved costs {abs(delta):.0f} % {way} than the model expects"
    return f"{text}, which cannot be" if wrong else text
