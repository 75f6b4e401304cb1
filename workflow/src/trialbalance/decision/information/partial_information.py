"""The value of partial information, for all thresholds from one regression."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import fdtrc

from trialbalance.decision.comparing.curves import expected_loss, preferred_arms
from trialbalance.decision.information.spline_basis import Basis, smooth_basis

# A group with no association at this level, over all arms and both totals, does not enter.
_ENTERS = 1e-3
# A draw that alone determines its fit tells nothing about it; its error is divided by no less.
_ROOM = 1e-6


@dataclass(frozen=True)
class PartialInformation:
    """What knowing some parameters would be worth at each threshold, per person.

    Parameters
    ----------
    value, error : ndarray, shape (threshold,)
        Value in currency and its standard error.
    bias : ndarray, shape (threshold,)
        How much of the value comes from fitting noise, estimated by leaving draws out.
    clamped : ndarray of bool, shape (threshold,)
        True where the estimate passed the value of perfect information and was cut to it.
    enters : bool
        Whether the parameters are associated with cost or effect of any arm at all.
    """

    value: np.ndarray
    error: np.ndarray
    bias: np.ndarray
    clamped: np.ndarray
    enters: bool


def partial_information_value(
    cost: np.ndarray,
    effect: np.ndarray,
    parameters: np.ndarray,
    thresholds: np.ndarray,
    perfect: np.ndarray | None = None,
):
    """Return the expected value of partial perfect information by regression.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    parameters : ndarray, shape (draw, parameter)
        The parameters that would be known, from the same draws in the same order.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending.
    perfect : ndarray, shape (threshold,), optional
        What `perfect_value` gives of these draws, where several groups are valued.

    Returns
    -------
    PartialInformation
        At every threshold: the regressions of cost and of effect serve all of them.

    Raises
    ------
    ValueError
        Parameters and draws have different numbers of rows.

    Notes
    -----
    EVPPI(k) = E[max_a E[NB_a(k) | parameters]] - max_a E[NB_a(k)]. Net benefit is linear in k, so
    cost and effect are regressed once and the fitted lines are compared like draws. How rich each
    regression is, leave-one-out squared error decides. The standard error is that of the mean of
    NB_d - NB_best with d the arm that the fit prefers, which takes in the uncertainty of the
    regression; the bias check compares this mean with d from fits that leave the draw out (but
    not from directions found without it, where there are more than five parameters).

    References
    ----------
    Strong M, Oakley JE, Brennan A. Estimating multiparameter partial expected value of perfect
    information. Med Decis Making 2014;34:311-26. doi:10.1177/0272989X13505910
    Luedtke AR, van der Laan MJ. Statistical inference for the mean outcome under a possibly
    non-unique optimal treatment strategy. Ann Stat 2016;44:713-42. doi:10.1214/15-AOS1384

    Examples
    --------
    >>> gain = np.random.default_rng(1).normal(1, 1, 5000)
    >>> cost = np.column_stack([np.zeros(5000), -gain])
    >>> known = partial_information_value(cost, 0 * cost, gain[:, None], np.zeros(1))
    >>> bool(np.isclose(known.value[0], np.maximum(gain, 0).mean() - gain.mean()))
    True
    """
    if len(parameters) != len(cost):
        raise ValueError(f"{len(parameters)} draws of parameters, {len(cost)} of cost and effect")
    totals = _contrasts(cost, effect)
    basis = smooth_basis(np.asarray(parameters, float), np.column_stack(totals))
    # Regressed from their means, so that a small spread about a large mean is not lost.
    middles = [total.mean(axis=0) for total in totals]
    spreads = [total - middle for total, middle in zip(totals, middles, strict=True)]
    weights = _weights(basis, spreads)
    fitted, left_out = _fits(basis, spreads, weights)
    for fits in (fitted, left_out):
        for fit, middle in zip(fits, middles, strict=True):
            fit += middle
    best = preferred_arms(cost.mean(axis=0), effect.mean(axis=0), thresholds)
    (value, _), (own, error) = _gains(fitted, [fitted, totals], thresholds, best)
    bias = own - _gains(left_out, [totals], thresholds, best)[0][0]
    # What rounding leaves of a sum over draws, or of a sum of squares, is neither worth nor bias.
    scale = np.abs(cost).mean() + thresholds * np.abs(effect).mean()
    value, own, bias = (np.where(np.abs(x) > 1e-12 * scale, x, 0.0) for x in (value, own, bias))
    error = np.where(error > 1e-8 * scale, error, 0.0)
    if perfect is None:
        perfect = perfect_value(cost, effect, thresholds)
    clamped = value > perfect * (1 + 1e-9)
    value = np.minimum(value.clip(0), perfect)
    enters = _enters(basis, weights, totals, spreads)
    return PartialInformation(value, error, bias, clamped, enters)


def _weights(basis: Basis, totals: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the coefficients of each total on the functions, shape (function, arm)."""
    sums = [np.zeros((basis.steps[-1], total.shape[1])) for total in totals]
    for piece, functions in basis.pieces():
        for one, total in zip(sums, totals, strict=True):
            one += functions.T @ total[piece]
    return sums


def _fits(basis: Basis, totals: Sequence[np.ndarray], weights: Sequence[np.ndarray]):
    """Return the fit of each total with least leave-one-out error, and it with each draw out."""
    press = np.zeros((len(totals), len(basis.steps)))
    for piece, functions in basis.pieces():
        left, before = [total[piece] for total in totals], 0
        lever = np.zeros(len(functions))
        for place, step in enumerate(basis.steps):
            added = functions[:, before:step]
            lever = lever + _leverage(added)
            room = np.maximum(1 - lever, _ROOM)
            for which, weight in enumerate(weights):
                left[which] = left[which] - added @ weight[before:step]
                press[which, place] += ((left[which] / room[:, None]) ** 2).sum()
            before = step
    fitted, left_out = ([np.empty_like(total) for total in totals] for _ in range(2))
    chosen = [basis.steps[_least(errors)] for errors in press]
    for piece, functions in basis.pieces():
        for fit, out, step, total, weight in zip(
            fitted, left_out, chosen, totals, weights, strict=True
        ):
            room = np.maximum(1 - _leverage(functions[:, :step]), _ROOM)
            fit[piece] = functions[:, :step] @ weight[:step]
            out[piece] = total[piece] - (total[piece] - fit[piece]) / room[:, None]
    return fitted, left_out


def _leverage(functions: np.ndarray) -> np.ndarray:
    """Return how far each draw determines its own fit by these functions."""
    return np.einsum("ij,ij->i", functions, functions)


def _least(errors: np.ndarray) -> int:
    """Return the place of the least error; a richer fit must be better by more than rounding."""
    least, chosen = np.inf, len(errors) - 1
    for place, error in enumerate(errors):
        if error < least * (1 - 1e-9):
            least, chosen = error, place
    return chosen


def perfect_value(cost: np.ndarray, effect: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return the value of perfect information, which no part of it passes.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending.

    Returns
    -------
    ndarray, shape (threshold,)
        Per person, in currency.

    Examples
    --------
    >>> cost = np.array([[0.0, 5.0], [0.0, -15.0]])
    >>> perfect_value(cost, 0 * cost, np.zeros(1)).tolist()
    [2.5]
    """
    totals = _contrasts(cost, effect)
    best = preferred_arms(cost.mean(axis=0), effect.mean(axis=0), thresholds)
    return _gains(totals, [totals], thresholds, best)[0][0].clip(0)


def _contrasts(cost: np.ndarray, effect: np.ndarray) -> list[np.ndarray]:
    """Return totals from their mean over arms: what all share, no decision turns on."""
    return [total - total.mean(axis=1, keepdims=True) for total in (cost, effect)]


def _gains(rule: Any, several: Any, thresholds: np.ndarray, best: np.ndarray):
    """Return the mean gains of following a rule over the arms best on average, with errors."""
    arms = np.flatnonzero(best.any(axis=0))
    best = best[:, arms]
    return [
        (np.where(best, gain, np.inf).min(axis=1), np.where(best, error, 0).max(axis=1))
        for gain, error in expected_loss(rule, several, thresholds, arms)
    ]


def _enters(basis: Basis, weights: Any, totals: Any, spreads: Any) -> bool:
    """Return whether lines with curves, or products of two beside them, explain any arm's total."""
    steps = basis.steps
    tried = [step for step in steps[min(2, len(steps) - 1) : 4] if step > 1]
    outcomes, size = np.column_stack(spreads), np.abs(np.column_stack(totals)).max(axis=0)
    varies = outcomes.std(axis=0) > 1e-12 * size.clip(1e-300)
    if not varies.any():
        return False
    whole = (outcomes[:, varies] ** 2).sum(axis=0)
    squares = np.column_stack(weights)[:, varies] ** 2
    for step in tried:
        explained = squares[1:step].sum(axis=0)
        freedom = max(basis.draws - step, 1)
        ratio = explained / (step - 1) / ((whole - explained).clip(1e-12 * whole) / freedom)
        chance = fdtrc(step - 1, freedom, ratio)
        if chance.min() * chance.size * len(tried) < _ENTERS:
            return True
    return False
