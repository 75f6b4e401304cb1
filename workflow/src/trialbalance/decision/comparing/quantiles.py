"""Quantiles of net benefit at every threshold, exact, without sorting at every threshold."""

from itertools import pairwise

import numpy as np
import pandas as pd

# Below this many numbers a block of thresholds is cheaper to select from than to prune.
_DIRECT = 20_000
_BRANCHES = 3


def net_benefit_quantiles(
    cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray, interval: float = 0.95
):
    """Return the equal-tailed interval of net benefit at every threshold.

    Parameters
    ----------
    cost : ndarray, shape (draw,)
        Cost, or difference in cost, of each draw, in currency.
    effect : ndarray, shape (draw,)
        Effect, or difference in effect, of each draw, in units of the outcome.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending, zero or more.
    interval : float
        Probability inside the interval, between 0 and 1.

    Returns
    -------
    lower, upper : ndarray, shape (threshold,)
        Linear-interpolation quantiles (type 7), as ``numpy.quantile`` gives.

    Notes
    -----
    In the threshold k each draw is a straight line, NB(k) = k * effect - cost. Over a block of
    thresholds a line stays between its two ends, so the lines wholly below or wholly above the
    wanted rank are counted once and set aside, and only the few in between are selected from.
    The upper quantile is the negated lower quantile of the negated lines, so that exchanging two
    arms flips every sign exactly.

    References
    ----------
    Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361-5.
    doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> cost, effect = np.arange(5.0), np.zeros(5)
    >>> lower, upper = net_benefit_quantiles(cost, effect, np.array([0.0, 100.0]), 0.5)
    >>> lower.tolist(), upper.tolist()
    ([-3.0, -3.0], [-1.0, -1.0])
    """
    cost, effect = np.ascontiguousarray(cost, float), np.ascontiguousarray(effect, float)
    thresholds = np.asarray(thresholds, float)
    position = (1 - interval) / 2 * (cost.size - 1)
    rank = int(np.floor(position))
    share = position - rank
    low, high = _neighbours(cost, effect, thresholds, rank)
    lowest, highest = _neighbours(-cost, -effect, thresholds, rank)
    return _between(low, high, share), -_between(lowest, highest, share)


def _between(low, high, share: float):
    """Interpolate between two neighbouring order statistics, exact at both ends."""
    gap = high - low
    return low + gap * share if share < 0.5 else high - gap * (1 - share)


def _neighbours(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray, rank):
    """Return the order statistics ``rank`` and ``rank + 1`` of the lines at each threshold."""
    low = np.empty(thresholds.size)
    high = np.empty(thresholds.size)
    todo = [(cost, effect, 0, thresholds.size, rank)]
    while todo:
        cost, effect, first, last, rank = todo.pop()
        width = last - first
        if width <= 2 or cost.size * width <= _DIRECT:
            for index in range(first, last):
                low[index], high[index] = _pair(thresholds[index] * effect - cost, rank)
            continue
        edges = np.linspace(first, last, min(_BRANCHES, width // 2) + 1).astype(int)
        for start, stop in pairwise(edges):
            ends = thresholds[start], thresholds[stop - 1]
            kept_cost, kept_effect, below = _prune(cost, effect, *ends, rank)
            todo.append((kept_cost, kept_effect, start, stop, rank - below))
    return low, high


def _pair(values: pd.Series, rank):
    """Return the order statistics ``rank`` and ``rank + 1`` (the last one twice at the end)."""
    if rank + 1 >= values.size:
        top = values.max()
        return top, top
    # One selection and a minimum: NumPy selects a single rank several times faster than two.
    values.partition(rank)
    return values[rank], values[rank + 1 :].min()


def _prune(cost: np.ndarray, effect: np.ndarray, first, last, rank):
    """Keep the lines that can hold the rank between two thresholds; count those surely below."""
    ends = []
    for threshold in (first, last):
        line = threshold * effect - cost
        # Tilting by the quantile's own chord makes the band around it narrow.
        ends.append(line - np.partition(line, rank)[rank])
    least, most = np.minimum(*ends), np.maximum(*ends)
    floor = np.partition(least, rank)[rank]
    ceiling = _pair(most.copy(), rank)[1]
    # Rounding must not set aside a line that touches the band.
    margin = 1e-12 * (np.abs(ends[0]).max() + np.abs(ends[1]).max() + abs(ceiling - floor))
    below = most < floor - margin
    kept = np.flatnonzero(~below & (least <= ceiling + margin))
    return cost[kept], effect[kept], int(np.count_nonzero(below))
