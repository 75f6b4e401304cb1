"""The value of partial information, for all thresholds from one regression."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from trialbalance.decision.comparing.best_option import best_runs
from trialbalance.decision.comparing.curves import expected_loss, preferred_arms
from trialbalance.decision.information.spline_basis import smooth_basis

# A group with no association at this level, over all arms and both totals, does not enter.
_ENTERS = 1e-3


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
    cost: np.ndarray, effect: np.ndarray, parameters: np.ndarray, thresholds: np.ndarray
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
    # Measuring from the mean over arms removes what all arms share and no decision turns on.
    totals = [total - total.mean(axis=1, keepdims=True) for total in (cost, effect)]
    basis, steps = smooth_basis(np.asarray(parameters, float), np.column_stack(totals))
    fits = [_fit(basis, steps, total) for total in totals]
    fitted = [fit[0] for fit in fits]
    best = preferred_arms(cost.mean(axis=0), effect.mean(axis=0), thresholds)
    value = _gain(fitted, fitted, thresholds, best)[0]
    own, error = _gain(fitted, totals, thresholds, best)
    left_out = [
        total - (total - fit) / (1 - lever)[:, None]
        for total, (fit, lever) in zip(totals, fits, strict=True)
    ]
    bias = own - _gain(left_out, totals, thresholds, best)[0]
    # What rounding leaves of a sum over draws, or of a sum of squares, is neither worth nor bias.
    scale = np.abs(cost).mean() + thresholds * np.abs(effect).mean()
    value, own, bias = (np.where(np.abs(x) > 1e-12 * scale, x, 0.0) for x in (value, own, bias))
    error = np.where(error > 1e-8 * scale, error, 0.0)
    perfect = _gain(totals, totals, thresholds, best)[0].clip(0)
    clamped = value > perfect * (1 + 1e-9)
    value = np.minimum(value.clip(0), perfect)
    return PartialInformation(value, error, bias, clamped, _enters(basis, steps, totals))


def _fit(basis: np.ndarray, steps: Any, total: np.ndarray):
    """Return the fit with the least leave-one-out error, and the leverage of each draw."""
    weights = basis.T @ total
    fit, lever = np.zeros_like(total), np.zeros(len(total))
    least, chosen, before = np.inf, None, 0
    for step in steps:
        fit = fit + basis[:, before:step] @ weights[before:step]
        lever = lever + np.einsum("ij,ij->i", basis[:, before:step], basis[:, before:step])
        # A draw that alone determines its fit tells nothing about it.
        room = np.maximum(1 - lever, 1e-6)
        press = float((((total - fit) / room[:, None]) ** 2).sum())
        # Rounding of a perfect fit is no reason for a richer one.
        if press < least * (1 - 1e-9):
            least, chosen = press, (fit, 1 - room)
        before = step
    return chosen if chosen is not None else (fit, 1 - room)


def _gain(rule: Any, totals: Any, thresholds: np.ndarray, best: np.ndarray):
    """Return the mean gain of following a rule over the arms best on average, and its error."""
    cost, effect = totals
    runs = best_runs(rule[0], rule[1], thresholds)
    gain, error = expected_loss(runs, cost, effect, thresholds)
    return np.where(best, gain, np.inf).min(axis=1), np.where(best, error, 0).max(axis=1)


def _enters(basis, steps: Any, totals: pd.DataFrame):
    """Return whether lines with curves, or products of two beside them, explain any arm's total."""
    tried = [step for step in steps[min(2, len(steps) - 1) : 4] if step > 1]
    outcomes = np.column_stack(totals)
    spread = outcomes.std(axis=0)
    outcomes = outcomes[:, spread > 1e-12 * np.abs(outcomes).max(axis=0).clip(1e-300)]
    if not outcomes.shape[1]:
        return False
    outcomes = outcomes - outcomes.mean(axis=0)
    whole = (outcomes**2).sum(axis=0)
    squares = (basis.T @ outcomes) ** 2
    for step in tried:
        explained = squares[1:step].sum(axis=0)
        freedom = max(len(basis) - step, 1)
        ratio = explained / (step - 1) / ((whole - explained).clip(1e-12 * whole) / freedom)
        chance = fdtrc(step - 1, freedom, ratio)
        if chance.min() * chance.size * len(tried) < _ENTERS:
            return True
    return False
