"""Cost for each unit of what was gained, by arm, for studies that compare nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import NOBODY

ILLUSTRATIVE = "illustrative, assumed"
DEARER = {
    (True, True): "dearer and more often yes",
    (True, False): "dearer and not more often yes: no ratio",
    (False, True): "not dearer and more often yes: no ratio",
    (False, False): "not dearer and not more often yes: no ratio",
}
# What is taken of those not seen: nothing, all a no (lost = relapsed), all a yes.
LOST = {"": None, ", all lost taken for a no": 0.0, ", all lost taken for a yes": 1.0}


def costs_per_unit(
    people: pd.DataFrame, arms: list[str | None], quantities: list[tuple], chosen: dict[str, Any]
) -> Iterator[tuple]:
    """Yield mean cost over mean outcome by arm, and what one more yes costs against the comparator.

    Parameters
    ----------
    people : pandas.DataFrame
        Participants described: participant_id, arm.
    arms : list of str or None
        Arms in order, the comparator last; None is everyone.
    quantities : list of tuple
        Kind, name, visit and values by participant of everything described.
    chosen : dict
        Settings ``dataset.describe``: ``cost_per``, ``cost_per_additional``, ``illustrative``.

    Yields
    ------
    tuple
        arm, kind, perspective, outcome, participants, observed, ratio, status, note.

    Notes
    -----
    ``sum(cost) / sum(outcome)`` over those with both: what all paid for all that was gained, not a
    mean of ratios. Against the comparator ``(C_a - C_0) / (E_a - E_0)`` of means over those seen;
    blank unless it is dearer and gains more. A ratio has no interval here: its denominator can be
    near 0. Where nobody was randomised it is arithmetic and no effect.

    References
    ----------
    O'Brien 2002, doi:10.1191/0962280202sm304ra, on ratios whose denominator can be 0.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p", "q"], "arm": "a"})
    >>> cost, years = pd.Series([10.0, 20.0], ["p", "q"]), pd.Series([1.0, 2.0], ["p", "q"])
    >>> found = costs_per_unit(people, ["a"], [("cost", "health", "", cost),
    ...     ("outcome", "years", "", years)],
    ...     {"cost_per": ["years"], "cost_per_additional": [], "illustrative": []})
    >>> float(next(found)[6])
    10.0
    """
    costs = {name: _of(people, values) for kind, name, _, values in quantities if kind == "cost"}
    # Of a measure the last visit counts.
    gains = {name: _of(people, values) for kind, name, _, values in quantities if kind != "cost"}
    group = people["arm"].to_numpy(object)
    for perspective, cost in costs.items():
        status = ILLUSTRATIVE if perspective in chosen["illustrative"] else ""
        for outcome in chosen["cost_per"]:
            for arm in arms:
                head = (arm, "cost for each unit of an outcome", perspective, outcome)
                mine = (group == arm) | (arm is None)
                yield (*head, *_ratio(cost[mine], gains[outcome][mine], status))
        for outcome in chosen["cost_per_additional"]:
            *others, comparator = [arm for arm in arms if arm is not None]
            for arm in others:
                pair = [group == arm, group == comparator]
                for words, taken in LOST.items():
                    head = (arm, f"cost for each additional person{words}", perspective, outcome)
                    yield (*head, *_additional(cost, gains[outcome], pair, taken))


def _of(people: pd.DataFrame, values: pd.Series) -> np.ndarray:
    """Return values in the order of the participants."""
    return values.reindex(people["participant_id"]).astype(float).to_numpy()


def _ratio(cost: np.ndarray, gain: np.ndarray, status: str) -> tuple:
    """Return participants, observed, total cost over total gain, status and note."""
    known = ~np.isnan(cost) & ~np.isnan(gain)
    total = gain[known].sum()
    if not len(cost):
        return 0, 0, np.nan, status, NOBODY
    if total <= 0:
        return len(cost), int(known.sum()), np.nan, status, "nothing to divide by"
    note = "total cost over total outcome; no interval"
    return len(cost), int(known.sum()), cost[known].sum() / total, status, note


def _additional(
    cost: np.ndarray, gain: np.ndarray, pair: list[np.ndarray], taken: float | None
) -> tuple:
    """Return participants, observed, the ratio of two differences, status and note."""
    either = pair[0] | pair[1]
    seen = int((~np.isnan(gain) & either).sum())
    if not (pair[0].any() and pair[1].any()):
        return int(either.sum()), seen, np.nan, ILLUSTRATIVE, NOBODY
    filled = gain if taken is None else np.where(np.isnan(gain), taken, gain)
    dearer, more = (np.subtract(*(np.nanmean(values[mine]) for mine in pair))
                    for values in (cost, filled))  # fmt: skip
    words = DEARER[bool(dearer > 0), bool(more > 0)]
    ratio = dearer / more if dearer > 0 and more > 0 else np.nan
    note = f"{words}; arithmetic of described means, not an effect; no interval"
    return int(either.sum()), seen, ratio, ILLUSTRATIVE, note
