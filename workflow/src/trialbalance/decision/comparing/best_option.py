"""The best option of every draw at every threshold, found once per draw and not per threshold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# Draws whose runs are held at once.
_DRAWS = 2**17


@dataclass(frozen=True)
class Runs:
    """Runs of thresholds over which one option is best in one draw.

    Parameters
    ----------
    draw, arm : ndarray of int, shape (run,)
        The draw, and the arm that is best in it.
    first, last : ndarray of int, shape (run,)
        The run covers the thresholds numbered ``first`` to ``last - 1``.
    share : ndarray of float, shape (run,)
        1, or an equal part where several arms are best together.
    """

    draw: np.ndarray
    arm: np.ndarray
    first: np.ndarray
    last: np.ndarray
    share: np.ndarray


def best_runs(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray):
    """Return which arm has the highest net benefit in each draw, as runs of thresholds.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending, zero or more.

    Returns
    -------
    Runs
        For every draw and threshold the shares add up to 1; ties are shared equally.

    Notes
    -----
    Net benefit k * effect - cost is a straight line in the threshold k, so the best of A arms is
    the upper envelope of A lines: it changes at most A - 1 times, each time to a steeper line.

    References
    ----------
    Fenwick E, Claxton K, Sculpher M. Representing uncertainty: the role of cost-effectiveness
    acceptability curves. Health Econ 2001;10:779-87. doi:10.1002/hec.635

    Examples
    --------
    >>> runs = best_runs(np.array([[0.0, 15.0]]), np.array([[0.0, 1.0]]), np.arange(0, 30, 10.0))
    >>> list(zip(runs.arm.tolist(), runs.first.tolist(), runs.last.tolist()))
    [(0, 0, 2), (1, 2, 3)]
    """
    # One contiguous row an arm: the walk below reads arms one at a time.
    cost, effect = np.ascontiguousarray(cost.T), np.ascontiguousarray(effect.T)
    draws = np.arange(cost.shape[1])
    best, first, runs = _start(cost, effect, thresholds[0])
    while draws.size:
        cross, following, tied = _next_crossing(cost, effect, draws, best)
        last = np.maximum(np.searchsorted(thresholds, cross), first)
        runs.append((draws, best, first, last, np.ones(draws.size)))
        going = np.flatnonzero(last < thresholds.size)
        draws, best, first, cross = draws[going], best[going], last[going], cross[going]
        following = following[going]
        # A crossing exactly at a threshold is a tie there.
        on = np.flatnonzero(thresholds[first] == cross)
        if on.size:
            runs.append(_shared(draws[on], tied(going[on]), first[on]))
            first = first.copy()
            first[on] += 1
        best = following
        left = first < thresholds.size
        draws, best, first = draws[left], best[left], first[left]
    return _gather(runs, cost, effect)


def best_by_piece(
    cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray
) -> Iterator[tuple[slice, Runs]]:
    """Yield the runs of some draws at a time, so that a million draws take no more memory.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending, zero or more.

    Yields
    ------
    piece : slice
        The draws.
    runs : Runs
        Their runs, from `best_runs`; draws are numbered from the start of the piece.

    Examples
    --------
    >>> cost = np.array([[0.0, 15.0]])
    >>> [(piece, runs.arm.tolist()) for piece, runs in best_by_piece(cost, 0 * cost, np.zeros(1))]
    [(slice(0, 1, None), [0])]
    """
    for start in range(0, len(cost), _DRAWS):
        piece = slice(start, min(start + _DRAWS, len(cost)))
        yield piece, best_runs(cost[piece], effect[piece], thresholds)


def _start(cost: np.ndarray, effect: np.ndarray, threshold: float):
    """Return the best arm just after the first threshold, where its run starts, and ties."""
    value = threshold * effect - cost
    top = value.max(axis=0)
    at_top = value == top
    best = value.argmax(axis=0)
    first = np.zeros(best.size, dtype=np.int64)
    tied = np.flatnonzero(at_top.sum(axis=0) > 1)
    if not tied.size:
        return best, first, []
    best[tied] = np.where(at_top[:, tied], effect[:, tied], -np.inf).argmax(axis=0)
    first[tied] = 1
    return best, first, [_shared(tied, at_top[:, tied], first[tied] - 1)]


def _next_crossing(cost: Any, effect: Any, draws: Any, best: Any):
    """Return where each best line is next overtaken, by which arm, and a function for ties."""
    own_cost, own_effect = cost[best, draws], effect[best, draws]
    cross = np.full(draws.size, np.inf)
    slope = np.zeros(draws.size)
    following = best.copy()
    # Taking every draw in order needs no gather, which is most of the work.
    rows = slice(None) if draws.size == cost.shape[1] else draws

    def overtakes(arm: Any, rows: Any, own_cost: Any, own_effect: Any):
        steeper = effect[arm, rows] - own_effect
        dearer = cost[arm, rows] - own_cost
        at = np.full(steeper.size, np.inf)
        with np.errstate(over="ignore"):
            np.divide(dearer, steeper, out=at, where=steeper > 0)
        return at, steeper, (steeper == 0) & (dearer == 0)

    for arm in range(cost.shape[0]):
        at, steeper, _ = overtakes(arm, rows, own_cost, own_effect)
        sooner = (at < cross) | ((at == cross) & (steeper > slope))
        np.copyto(cross, at, where=sooner)
        np.copyto(slope, steeper, where=sooner)
        np.copyto(following, arm, where=sooner)

    def tied(chosen: Any):
        ties = []
        for arm in range(cost.shape[0]):
            at, _, same = overtakes(arm, draws[chosen], own_cost[chosen], own_effect[chosen])
            ties.append((at == cross[chosen]) | same)
        return np.array(ties)

    return cross, following, tied


def _shared(draws: Any, tied, at):
    """Return runs of one threshold in which the tied arms have equal shares."""
    arm, chosen = np.nonzero(tied)
    share = 1 / tied.sum(axis=0)[chosen]
    return draws[chosen], arm, at[chosen], at[chosen] + 1, share


def _gather(runs: Runs, cost: np.ndarray, effect: np.ndarray):
    """Join the runs, drop empty ones and share those of arms with identical lines."""
    draw, arm, first, last, share = (np.concatenate(part) for part in zip(*runs, strict=True))
    lasting = first < last
    joined = [part[lasting] for part in (draw, arm, first, last, share)]
    twin = _twins(cost, effect)[joined[0]]
    whole = np.flatnonzero(twin & (joined[4] == 1))
    if not whole.size:
        return Runs(*joined)
    draw, arm, first, last, _ = (part[whole] for part in joined)
    same = (cost[:, draw] == cost[arm, draw]) & (effect[:, draw] == effect[arm, draw])
    alike, chosen = np.nonzero(same)
    split = (draw[chosen], alike, first[chosen], last[chosen], 1 / same.sum(axis=0)[chosen])
    kept = np.delete(np.arange(joined[0].size), whole)
    return Runs(*(np.concatenate([a[kept], b]) for a, b in zip(joined, split, strict=True)))


def _twins(cost: np.ndarray, effect: np.ndarray):
    """Return the draws in which any two arms have the same cost and the same effect."""
    twin = np.zeros(cost.shape[1], dtype=bool)
    for arm in range(1, cost.shape[0]):
        for other in range(arm):
            twin |= (cost[arm] == cost[other]) & (effect[arm] == effect[other])
    return twin
