"""What would have to change for the decision to change: an arm's cost, or the threshold."""

from itertools import pairwise

import numpy as np
import pandas as pd

COLUMNS = [
    "threshold", "arm", "comparator", "cost_change", "words", "exploratory", "position",
]  # fmt: skip


def switching(pairs, comparator, costs, thresholds, currency=""):
    """Return by how much each arm's mean cost would have to change for no net benefit.

    Parameters
    ----------
    pairs : list of tuple
        Arm, draws of its difference in cost and in effect from the comparator, and words; the
        draws are None where an arm has none.
    comparator : str
        Arm that the others are set against.
    costs : dict of str to float
        Mean cost of each arm, which a reduction cannot exceed.
    thresholds : Thresholds
        Thresholds of the outcome; those shown are used.
    currency : str
        Currency for the words.

    Returns
    -------
    DataFrame
        One row a threshold and arm: cost_change is what may be added to the arm's mean cost
        before its net benefit is zero, negative where the cost would have to fall; words say so.

    Notes
    -----
    Net benefit falls by one for each unit of cost, so the change is the expected net benefit.

    Examples
    --------
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> marked = Thresholds(np.array([100.0]), np.array([100.0]), 100.0, False)
    >>> pairs = [("b", np.array([60.0]), np.array([0.5]), "costs more and gains more")]
    >>> switching(pairs, "a", {"b": 80.0}, marked, "GBP")["words"].tolist()
    ['would need to cost GBP 10.00 less per person']
    """
    rows = []
    for threshold in thresholds.shown():
        for arm, cost, effect, words in pairs:
            row = {"threshold": threshold, "arm": arm, "comparator": comparator}
            row["exploratory"] = thresholds.exploratory
            if cost is None:
                row["position"] = words
            else:
                change = float(threshold * effect.mean() - cost.mean()) + 0.0
                row["cost_change"] = change
                row["words"] = change_words(change, costs[arm], currency)
            rows.append(row)
    table = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("words", "position"):
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    return table.astype({"cost_change": float, "threshold": float, "exploratory": bool})


def change_words(change, cost, currency=""):
    """Return in words how an arm's mean cost would have to change.

    Parameters
    ----------
    change : float
        What may be added to the mean cost before the net benefit is zero, in currency.
    cost : float
        Mean cost of the arm, in currency.
    currency : str
        Currency for the words.

    Returns
    -------
    str
        Such as "could cost GBP 10.00 more per person".

    Examples
    --------
    >>> change_words(-90.0, 80.0)
    'would not be worth it even if it cost nothing'
    """
    amount = f"{currency} {abs(change):,.2f}".strip()
    if change < 0 and -change > cost:
        return "would not be worth it even if it cost nothing"
    if change < 0:
        return f"would need to cost {amount} less per person"
    return f"could cost {amount} more per person" if change > 0 else "breaks even"


def preferred_ranges(rows, empty, exploratory):
    """Return between which thresholds each arm has the highest expected net benefit.

    Parameters
    ----------
    rows : list of dict
        Fully incremental analysis, from `frontier`.
    empty : list of str
        Arms without draws; they are never preferred.
    exploratory : bool
        Whether the outcome has no accepted threshold.

    Returns
    -------
    DataFrame
        Columns arm, lower, upper (blank where it has no end), exploratory; in order of
        thresholds. An arm that is never preferred, or at one threshold only, has no row; arms
        with equal cost and effect share a range.

    Examples
    --------
    >>> from trialbalance.decision.increments import frontier
    >>> rows = frontier(["a", "b"], np.array([0.0, 60.0]), np.array([0.0, 2.0]))
    >>> preferred_ranges(rows, [], False)[["arm", "lower", "upper"]].values.tolist()
    [['a', 0.0, 30.0], ['b', 30.0, nan]]
    """
    points = {}
    for row in rows:
        if row["arm"] not in empty and row["status"].startswith("on the frontier"):
            points.setdefault((row["cost"], row["effect"]), []).append(row["arm"])
    steps = sorted(points)
    starts = [0.0]
    for before, after in pairwise(steps):
        starts.append((after[0] - before[0]) / (after[1] - before[1]))
    found = []
    for start, end, point in zip(starts, [*starts[1:], np.nan], steps, strict=True):
        if start != end:
            found += [(arm, start, end, exploratory) for arm in points[point]]
    table = pd.DataFrame(found, columns=["arm", "lower", "upper", "exploratory"])
    return table.astype({"lower": float, "upper": float, "exploratory": bool})
