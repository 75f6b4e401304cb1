"""What would have to change for the decision to change: an arm's cost, or the threshold."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.thresholds import Thresholds

COLUMNS = [
    "threshold", "arm", "comparator", "cost_change", "words", "best_other", "cost_change_best",
    "words_best", "exploratory", "position",
]  # fmt: skip
_WORDS = ("words", "best_other", "words_best", "position")


def switching(
    pairs: list[Any],
    comparator: str,
    means: Any,
    thresholds: Thresholds,
    currency: str = "",
):
    """Return by how much each arm's mean cost would have to change for another answer.

    Parameters
    ----------
    pairs : list of tuple
        Arm, draws of its difference in cost and in effect from the comparator, and words; the
        draws are None where an arm has none.
    comparator : str
        Arm that the others are set against.
    means : dict of str to tuple
        Mean cost and mean effect of each arm that has draws.
    thresholds : Thresholds
        Thresholds of the outcome; those shown are used.
    currency : str
        Currency for the words.

    Returns
    -------
    DataFrame
        One row a threshold and arm. cost_change is what may be added to the arm's mean cost
        before its net benefit against the comparator is zero, negative where the cost would have
        to fall; cost_change_best is the same against the best of all other arms, best_other, and
        so what would change the decision. Words say both.

    Notes
    -----
    Net benefit falls by one for each unit of cost, so the change is the expected net benefit.

    Examples
    --------
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> marked = Thresholds(np.array([100.0]), np.array([100.0]), 100.0, False)
    >>> pairs = [("b", np.array([60.0]), np.array([0.5]), "costs more and gains more")]
    >>> means = {"a": (20.0, 0.0), "b": (80.0, 0.5)}
    >>> switching(pairs, "a", means, marked, "GBP")[["words", "words_best"]].values.tolist()
    [['would need to cost GBP 10.00 less per person', \
'would need to cost GBP 10.00 less per person to be preferred to a']]
    """
    rows = []
    for threshold in thresholds.shown():
        worth = {arm: threshold * effect - cost for arm, (cost, effect) in means.items()}
        for arm, cost, effect, words in pairs:
            row = {"threshold": threshold, "arm": arm, "comparator": comparator}
            row["exploratory"] = thresholds.exploratory
            if cost is None:
                row["position"] = words
            else:
                change = float(threshold * effect.mean() - cost.mean()) + 0.0
                row |= {"cost_change": change}
                row["words"] = change_words(change, means[arm][0], currency)
                row |= _against_best(arm, worth, means[arm][0], currency)
                if row["best_other"] == comparator:
                    row["cost_change_best"] = change
            rows.append(row)
    table = pd.DataFrame(rows, columns=COLUMNS)
    for name in _WORDS:
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    numbers = dict.fromkeys(("threshold", "cost_change", "cost_change_best"), float)
    return table.astype(numbers | {"exploratory": bool})


def _against_best(arm: str, worth, cost: np.ndarray, currency: str):
    """Return the best of the other arms and what may be added to an arm's cost against it."""
    best = max((other for other in worth if other != arm), key=worth.get)
    change = float(worth[arm] - worth[best]) + 0.0
    words = change_words(change, cost, currency)
    if words.startswith("could"):
        words = f"{words} and still be preferred to {best}"
    elif words.startswith("would need"):
        words = f"{words} to be preferred to {best}"
    else:
        words = f"{words}, beside {best}"
    return {"best_other": best, "cost_change_best": change, "words_best": words}


def change_words(change: float, cost: Any, currency: str = ""):
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


def preferred_ranges(rows: list[dict[str, Any]], empty: list[str], exploratory: bool):
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
    >>> from trialbalance.decision.comparing.increments import frontier
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
