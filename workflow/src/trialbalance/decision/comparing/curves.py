"""Acceptability, expected loss and the value of perfect information as curves of the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialbalance.decision.comparing.best_option import Runs, best_by_piece


def rank_probabilities(cost: np.ndarray, effect: np.ndarray, threshold: float):
    """Return the probability of every rank of every arm at one threshold.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    threshold : float
        Currency per unit of effect.

    Returns
    -------
    ndarray, shape (arm, rank)
        Rows and columns each add up to 1; the first column is the probability of being best.
        Arms that tie share the ranks they cover equally.

    Examples
    --------
    >>> rank_probabilities(np.array([[1.0, 2.0], [3.0, 3.0]]), np.zeros((2, 2)), 0.0).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    value = np.ascontiguousarray((threshold * effect - cost).T)
    arms, draws = value.shape
    ranks = np.zeros((arms, arms + 1))
    for arm in range(arms):
        better, level = (value > value[arm]).sum(axis=0), (value == value[arm]).sum(axis=0)
        # A tie over several ranks adds its share from the first of them to the last.
        ranks[arm] += np.bincount(better, weights=1 / level, minlength=arms + 1)
        ranks[arm] -= np.bincount(better + level, weights=1 / level, minlength=arms + 1)
    return ranks.cumsum(axis=1)[:, :-1] / draws


@dataclass(frozen=True)
class Curves:
    """What a choice between arms comes to at each threshold.

    Parameters
    ----------
    probability : ndarray, shape (threshold, arm)
        Probability that the arm has the highest net benefit.
    preferred : ndarray of bool, shape (threshold, arm)
        True where the arm has the highest expected net benefit (several arms if they tie).
    loss, loss_error : ndarray, shape (threshold, arm)
        Expected net benefit forgone by choosing the arm, in currency, and its standard error.
    evpi, evpi_error : ndarray, shape (threshold,)
        Expected value of perfect information per person, in currency, and its standard error.
    """

    probability: np.ndarray
    preferred: np.ndarray
    loss: np.ndarray
    loss_error: np.ndarray
    evpi: np.ndarray
    evpi_error: np.ndarray


def decision_curves(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray):
    """Return acceptability, frontier, expected loss and EVPI at every threshold.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending, zero or more.

    Returns
    -------
    Curves
        Arms in the order of the columns.

    Notes
    -----
    EVPI(k) = E[max_a NB_a(k)] - max_a E[NB_a(k)], which is the expected loss of the arm with
    the highest expected net benefit. Its Monte Carlo standard error is that of a mean of losses.
    Work grows with draws and arms, not with thresholds.

    References
    ----------
    Alarid-Escudero F, et al. A new visualisation of the cost-effectiveness of strategies: expected
    loss curves. Value Health 2019;22:611-8. doi:10.1016/j.jval.2019.02.008

    Examples
    --------
    >>> cost, effect = np.array([[0.0, 5.0], [0.0, 15.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    >>> curves = decision_curves(cost, effect, np.array([0.0, 8.0, 20.0]))
    >>> curves.probability.tolist(), curves.evpi.tolist()
    ([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]], [0.0, 1.5, 0.0])
    """
    draws, arms = cost.shape
    best, lost = np.zeros((thresholds.size, arms)), np.zeros((arms, 2, thresholds.size))
    for piece, runs in best_by_piece(cost, effect, thresholds):
        best += _times_best(runs, arms, thresholds.size)
        lost += _loss_sums(runs, cost[piece], effect[piece], thresholds, np.arange(arms))
    probability = best / float(draws)
    preferred = preferred_arms(cost.mean(axis=0), effect.mean(axis=0), thresholds)
    loss, error = _moments(lost, draws)
    # Exactly nothing is lost where the arm is best in every draw.
    certain = probability == 1
    # Nor can a loss be negative, but cancellation may leave a crumb below zero.
    loss[certain | (loss < 0)], error[certain] = 0.0, 0.0
    evpi = np.where(preferred, loss, np.inf).min(axis=1)
    evpi_error = np.where(preferred, error, 0.0).max(axis=1)
    return Curves(probability, preferred, loss, error, evpi, evpi_error)


def _times_best(runs: Runs, arms: int, thresholds: int) -> np.ndarray:
    """Return in how many draws each arm is best at each threshold, ties shared."""
    return _accumulate(runs, runs.share, arms * thresholds, thresholds).reshape(arms, thresholds).T


def _accumulate(runs: Runs, weight, cells, thresholds: Any):
    """Add a weight to every threshold of every run, arm by arm."""
    base = runs.arm * thresholds
    steps = np.bincount(base + runs.first, weights=weight, minlength=cells)
    ending = runs.last < thresholds
    steps -= np.bincount((base + runs.last)[ending], weights=weight[ending], minlength=cells)
    return steps.reshape(-1, thresholds).cumsum(axis=1).ravel()


def preferred_arms(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray):
    """Return which arms have the highest expected net benefit at each threshold.

    Parameters
    ----------
    cost, effect : ndarray, shape (arm,)
        Mean cost and mean effect.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect.

    Returns
    -------
    ndarray of bool, shape (threshold, arm)
        True for the best arm, and for all that tie with it.

    Examples
    --------
    >>> preferred_arms(np.array([0.0, 10.0]), np.array([0.0, 1.0]), np.array([5.0, 15.0])).tolist()
    [[True, False], [False, True]]
    """
    value = thresholds[:, None] * effect - cost
    return value == value.max(axis=1, keepdims=True)


def expected_loss(
    rule: Sequence[np.ndarray],
    several: Sequence[Sequence[np.ndarray]],
    thresholds: np.ndarray,
    arms: np.ndarray,
):
    """Return the expected loss of choosing an arm instead of following a rule, and its error.

    Parameters
    ----------
    rule : sequence of ndarray, shape (draw, arm)
        Cost and effect by which the best arm of each draw is chosen; fitted ones in EVPPI.
    several : sequence of sequence of ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome that the choice brings; several
        pairs, each judged by the same rule.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending.
    arms : ndarray of int
        Columns of the arms whose loss is wanted.

    Returns
    -------
    list of tuple
        For each pair loss and error, shape (threshold, arm): mean over draws of NB_best - NB_arm,
        in currency, and its Monte Carlo standard error.

    Notes
    -----
    NB_best - NB_arm = k * d - c with d and c constant over a run, so its sum and its sum of
    squares are polynomials in k whose coefficients change only where a run starts or ends.

    Examples
    --------
    >>> totals = np.array([[0.0, 5.0]]), np.zeros((1, 2))
    >>> ((loss, error),) = expected_loss(totals, [totals], np.array([0.0]), np.arange(2))
    >>> loss.tolist()
    [[0.0, 5.0]]
    """
    sums = np.zeros((len(several), len(arms), 2, thresholds.size))
    for piece, runs in best_by_piece(rule[0], rule[1], thresholds):
        for own, (cost, effect) in zip(sums, several, strict=True):
            own += _loss_sums(runs, cost[piece], effect[piece], thresholds, arms)
    return [_moments(own, len(rule[0])) for own in sums]


def _loss_sums(runs: Runs, cost: np.ndarray, effect: np.ndarray, thresholds: Any, arms: Any):
    """Return the sum and the sum of squares of the loss of each arm, shape (arm, 2, threshold)."""
    best_cost, best_effect = cost[runs.draw, runs.arm], effect[runs.draw, runs.arm]
    found = np.empty((len(arms), 2, thresholds.size))
    for place, arm in enumerate(arms):
        c = best_cost - cost[runs.draw, arm]
        d = best_effect - effect[runs.draw, arm]
        sums = _running_sums(runs, (d, c, d * d, c * d, c * c), thresholds.size)
        found[place, 0] = thresholds * sums[0] - sums[1]
        found[place, 1] = thresholds**2 * sums[2] - 2 * thresholds * sums[3] + sums[4]
    return found


def _moments(sums: np.ndarray, draws: int):
    """Return means and their Monte Carlo errors from sums, each of shape (threshold, arm)."""
    mean, square = np.moveaxis(sums / draws, 1, 0)
    error = np.sqrt(np.maximum(square - mean**2, 0) / max(draws - 1, 1))
    return mean.T.copy(), error.T.copy()


def _running_sums(runs: Runs, values: Any, thresholds: Any):
    """Return, for each array of values, its sum over the runs that cover each threshold."""
    starts, ending = runs.first > 0, np.flatnonzero(runs.last < thresholds)
    later, initial = np.flatnonzero(starts), np.flatnonzero(~starts)
    sums = []
    for value in values:
        value = value * runs.share
        steps = np.zeros(thresholds)
        # Adding to zeros: bincount of nothing gives whole numbers, which would cut what follows.
        steps += np.bincount(runs.first[later], weights=value[later], minlength=thresholds)
        steps -= np.bincount(runs.last[ending], weights=value[ending], minlength=thresholds)
        steps[0] += value[initial].sum()
        sums.append(steps.cumsum())
    return sums


def probability_positive(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray):
    """Return the probability that a net benefit is above zero, a tie counting half.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw,)
        Difference in cost and in effect of each draw.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending.

    Returns
    -------
    ndarray, shape (threshold,)
        Probabilities; exchanging the arms gives one minus each.

    Examples
    --------
    >>> probability_positive(np.array([5.0, 10.0]), np.array([1.0, 1.0]), np.array([0, 5, 8.0]))
    array([0.  , 0.25, 0.5 ])
    """
    value = np.zeros(thresholds.size)
    # A line crosses zero once, upwards where the effect is gained; searching counts draws.
    for direction in (1.0, -1.0):
        sloped = np.sign(effect) == direction
        with np.errstate(over="ignore"):
            at = np.sort(cost[sloped] / effect[sloped])
        passed = np.searchsorted(at, thresholds, "left") + np.searchsorted(at, thresholds, "right")
        value += passed / 2 if direction > 0 else at.size - passed / 2
    flat = cost[effect == 0]
    value += np.count_nonzero(flat < 0) + np.count_nonzero(flat == 0) / 2
    return value / cost.size
