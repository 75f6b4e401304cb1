"""An attacker with a solver: can a sum held back be bounded from those that leave?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from trialbalance.contracts import Finding, Problems
from trialbalance.disclosure.amounts import FOR_ANOTHER, FOUND, Amount
from trialbalance.disclosure.edition import Edition


class Known(NamedTuple):
    """What an attacker knows of one sum.

    Parameters
    ----------
    weights : numpy.ndarray, shape (unknown,)
        How often each unknown counts in it.
    low, high : float
        Between what it lies, by the rounding of what was released.
    """

    weights: np.ndarray
    low: float
    high: float


def bounds(target: np.ndarray, known: Sequence[Known]) -> tuple[float, float]:
    """Return the least and the most that a weighted sum of unknowns from 0 upwards can be.

    Parameters
    ----------
    target : numpy.ndarray, shape (unknown,)
        Weights of the sum that is held back.
    known : sequence of Known
        Sums that leave.

    Returns
    -------
    tuple of float
        Infinite where nothing bounds it.

    Notes
    -----
    The linear program ``min or max t x`` with ``low <= W x <= high`` and ``x >= 0``, by HiGHS.

    References
    ----------
    Fischetti 2001, doi:10.1287/mnsc.47.7.1008.9799, on the attacker's problem of cell suppression.

    Examples
    --------
    >>> bounds(np.array([1.0, 0.0]), [Known(np.array([1.0, 1.0]), 9.5, 10.5)])
    (0.0, 10.5)
    """
    rows = np.array([one.weights for one in known]).reshape(len(known), len(target))
    above, below = (np.array([getattr(one, end) for one in known]) for end in ("high", "low"))
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * target,
            A_ub=np.vstack([rows, -rows]) if len(known) else None,
            b_ub=np.concatenate([above, -below]) if len(known) else None,
            bounds=(0, None),
            method="highs",
        )
        ends.append(float(found.fun) if found.status == 0 else -math.inf)
    return max(ends[0], 0.0), -ends[1]


def hold_what_can_be_solved(edition: Edition, amounts: Sequence[Amount]) -> None:
    """Hold back sums until a solver bounds none of those held back.

    Parameters
    ----------
    edition : Edition
        Tables on their way out, all other rules applied.
    amounts : sequence of Amount
        Their sums in the order in which they matter; the last that helps is held back first.

    Raises
    ------
    Problems
        A sum held back follows from what is published in any case.

    Notes
    -----
    The attacker knows every rule, who is in which analysis, every number of participants, and that
    no cost is below 0; unknown is what each part, such as an item, cost each set of participants
    that no released number tells apart. A sum is bounded when both ends lie within ``p_ratio`` of
    it.
    """
    for key in dict.fromkeys(amount.key for amount in amounts if amount.kind == "sum"):
        mine = [amount for amount in amounts if amount.key == key and amount.kind == "sum"]
        stays: list[Amount] = []
        while (broken := bounded(edition, mine, stays)) is not None:
            name, helper = cell_name(edition, broken.amount), broken.helper
            if helper is None:
                raise Problems([_refused(name)])
            edition.hold(helper.file, [helper.row], helper.columns, FOUND.format(other=name))
            stays += [helper] if is_shown(edition, helper) else []


class Broken(NamedTuple):
    """A sum held back that can be bounded, and the last sum released that could be taken away."""

    amount: Amount
    helper: Amount | None
    low: float
    high: float


def bounded(
    edition: Edition, amounts: Sequence[Amount], stays: Sequence[Amount] = ()
) -> Broken | None:
    """Return the first sum held back that those released bound; None where there is none.

    Parameters
    ----------
    edition : Edition
        Tables on their way out.
    amounts : sequence of Amount
        Sums of one key.
    stays : sequence of Amount
        Those that an exception of the study releases whatever follows.
    """
    held = [one for one in amounts if must_hide(edition, one) and one.each.sum() != 0]
    free = [one for one in amounts if is_known(edition, one)]
    if not held or not free:
        return None
    weights = _weights(amounts)
    known = [_told(edition, one, weights[id(one)]) for one in free]
    for amount in held:
        sign, size = math.copysign(1.0, amount.each.sum()), abs(amount.each.sum())
        low, high = bounds(sign * weights[id(amount)], known)
        near = edition.section["p_ratio"] * size
        if low >= size - near and high <= size + near:
            used = weights[id(amount)] != 0
            kept = {id(one) for one in stays}
            may_go = [
                one
                for one in free
                if not (one.fixed or id(one) in kept) and (weights[id(one)][used] != 0).any()
            ]
            if not may_go and stays:
                continue
            return Broken(amount, may_go[-1] if may_go else None, low, high)
    return None


def _weights(amounts: Sequence[Amount]) -> dict[int, np.ndarray]:
    """Return how often each unknown counts in each sum, by the identity of the sum.

    An unknown is what one part cost all participants who are counted in the same sums.
    """
    people = sorted(set().union(*(amount.each.index for amount in amounts)))
    inside = np.array([pd.Index(people).isin(amount.each.index) for amount in amounts])
    classes = np.unique(inside, axis=1)
    names = [amount.parts or (("", 1.0),) for amount in amounts]
    parts = sorted({part for one in names for part, _ in one})
    found = {}
    for number, amount in enumerate(amounts):
        factor = np.array([dict(names[number]).get(part, 0.0) for part in parts])
        found[id(amount)] = np.outer(factor, classes[number].astype(float)).ravel()
    return found


def _told(edition: Edition, amount: Amount, weights: np.ndarray) -> Known:
    """Return what the released value of a sum says, with its number of participants known."""
    total = float(amount.each.sum())
    figures = edition.section["figures" if amount.fixed else "recorded_figures"]
    value = _value(edition, amount) or total
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - figures + 1) if value else 0.0
    half = abs(total) * 0.5 * unit / abs(value) if value else 0.0
    return Known(weights, total - half, total + half)


def _value(edition: Edition, amount: Amount) -> float:
    """Return the number as it was in its table; 0 where it stands elsewhere."""
    table = edition.tables[amount.file].before
    if not amount.columns or amount.columns[0] not in table:
        return 0.0
    value = pd.to_numeric(table[amount.columns[0]].iloc[amount.row])
    return 0.0 if pd.isna(value) else float(value)


def must_hide(edition: Edition, amount: Amount) -> bool:
    """Return whether a sum is held back for its own sake, not for that of another."""
    rules = [edition.held.get((amount.file, amount.row, column), "") for column in amount.columns]
    return any(rule and not rule.startswith(FOR_ANOTHER) for rule in rules)


def is_known(edition: Edition, amount: Amount) -> bool:
    """Return whether a sum leaves; what an arm costs in all does where its table of arms does."""
    if not amount.fixed:
        return is_shown(edition, amount)
    arms = edition.tables.get(amount.file.rpartition("/")[0] + "/arms.csv")
    return arms is None or arms.after["cost"].notna().any()


def is_shown(edition: Edition, amount: Amount) -> bool:
    """Return whether a number leaves that is made of a sum."""
    table = edition.tables[amount.file].after
    shown = (table[column].iloc[amount.row] for column in amount.columns if column in table)
    return any(pd.notna(value) for value in shown)


def cell_name(edition: Edition, amount: Amount) -> str:
    """Return the name of the cell of a sum."""
    return edition.name(amount.file, amount.row, amount.columns[0])


def _refused(name: str) -> Finding:
    return Finding(
        "study.yaml",
        None,
        "disclosure",
        f"{name}, which is held back, follows from what every release shows",
        "numbers that give no other away",
        "leave its analysis out of the release by disclosure.prefer, or report fewer parts of it",
    )
