"""Arms that nobody randomised: overlap, weights, adjusted and doubly robust means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialbalance.model.observational.regression import chances, means

# Chance of an arm below which nobody is taken to have been able to be in it.
_LEAST = 0.05


@dataclass(frozen=True)
class Weighting:
    """How alike arms are, and what weights make them alike.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Arm of each participant.
    propensity : numpy.ndarray, shape (participants, arms)
        Chance of each arm given the covariates.
    weight : numpy.ndarray, shape (participants,)
        Inverse of the chance of the own arm, cut at a quantile within each arm.
    effective : numpy.ndarray, shape (arms,)
        Effective sample size of each weighted arm.
    """

    arm: np.ndarray
    propensity: np.ndarray
    weight: np.ndarray
    effective: np.ndarray

    def in_common(self, one: int, other: int):
        """Return the share of two arms' people who could have been in either.

        Where covariates tell the arms apart wholly, every weight is 1 and the effective size says
        nothing; this share is then 0.
        """
        pair = self.propensity[np.isin(self.arm, [one, other])][:, [one, other]]
        return float((pair > _LEAST).all(axis=1).mean()) if len(pair) else 0.0


def weigh(arm: np.ndarray, arms: int, design: np.ndarray, truncation: float):
    """Return propensities and inverse-probability weights.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Arm of each participant.
    arms : int
        Number of arms.
    design : numpy.ndarray, shape (participants, columns)
        Covariates.
    truncation : float
        Quantile of an arm's weights above which they are cut.

    Returns
    -------
    Weighting
        An arm without participants has an effective size of 0.

    Notes
    -----
    One logistic regression an arm, against all others; with two arms the two agree. Effective
    size: ``(sum w)^2 / sum w^2``.

    References
    ----------
    Rosenbaum 1983, doi:10.1093/biomet/70.1.41; Kish 1965 for the effective size.

    Examples
    --------
    >>> weigh(np.array([0, 0, 1, 1]), 2, np.empty((4, 0)), 1.0).effective
    array([2., 2.])
    """
    propensity = np.stack(
        [chances((arm == one).astype(float), design, design) for one in range(arms)], axis=1
    )
    weight = 1 / propensity[np.arange(len(arm)), arm]
    effective = np.zeros(arms)
    for one in np.unique(arm):
        mine = arm == one
        weight[mine] = np.minimum(weight[mine], np.quantile(weight[mine], truncation))
        effective[one] = weight[mine].sum() ** 2 / (weight[mine] ** 2).sum()
    return Weighting(arm, propensity, weight, effective)


def standardised_differences(
    design: np.ndarray, arm: np.ndarray, one: int, other: int, weight: np.ndarray
):
    """Return the standardised mean difference of every covariate between two arms.

    Parameters
    ----------
    design : numpy.ndarray, shape (participants, columns)
        Covariates.
    arm : numpy.ndarray of int, shape (participants,)
        Arm of each participant.
    one, other : int
        The two arms.
    weight : numpy.ndarray, shape (participants,)
        Weights; ones for the difference before weighting.

    Returns
    -------
    numpy.ndarray, shape (columns,)
        Differences in SDs; 0 for a covariate that does not vary within the arms and is equal in
        both, NaN where it only tells them apart.

    Notes
    -----
    Mean difference divided by the root mean of the two unweighted variances, so that the yardstick
    is the same before and after weighting.

    References
    ----------
    Austin 2009, doi:10.1002/sim.3697.

    Examples
    --------
    >>> x = np.array([[0.0], [2.0], [1.0], [3.0]])
    >>> standardised_differences(x, np.array([0, 0, 1, 1]), 1, 0, np.ones(4)).round(2)
    array([0.71])
    """
    first, second = design[arm == one], design[arm == other]
    difference = np.average(first, axis=0, weights=weight[arm == one]) - np.average(
        second, axis=0, weights=weight[arm == other]
    )
    spread = np.sqrt((_variance(first) + _variance(second)) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = difference / spread
    found = np.where(np.abs(difference) < 1e-12, 0.0, found)
    return np.where(np.isfinite(found), found, np.nan)


def _variance(values):
    """Return the variance of each column; 0 where there is one row."""
    return values.var(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])


def arm_means(
    value: np.ndarray, arm: np.ndarray, arms: int, design: np.ndarray, kind: str, truncation: float
):
    """Return the mean of each arm by three methods, and the influence of each participant.

    Parameters
    ----------
    value : numpy.ndarray, shape (participants,)
        Outcome; NaN where it was not observed.
    arm : numpy.ndarray of int, shape (participants,)
        Arm of each participant.
    arms : int
        Number of arms.
    design : numpy.ndarray, shape (participants, columns)
        Covariates.
    kind : {"mean", "binary"}
        Linear or logistic outcome model.
    truncation : float
        Quantile of an arm's weights above which they are cut.

    Returns
    -------
    means : dict of numpy.ndarray, shape (arms,)
        ``crude``; ``g_computation`` (outcome model averaged over everybody); ``doubly_robust``.
    influence : numpy.ndarray, shape (participants, arms)
        What each participant contributes to the doubly robust mean.

    Notes
    -----
    With m_a the outcome model of arm a, pi_a the propensity and r_a the chance of being observed:
    ``mean_i[m_a(x_i) + 1(A_i = a, observed) (y_i - m_a(x_i)) / (pi_a(x_i) r_a(x_i))]``, which is
    right when the outcome model or both chances are.

    References
    ----------
    Bang 2005, doi:10.1111/j.1541-0420.2005.00377.x.

    Examples
    --------
    >>> found, _ = arm_means(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1]), 2,
    ...     np.empty((4, 0)), "mean", 1.0)
    >>> found["doubly_robust"]
    array([2., 6.])
    """
    seen = ~np.isnan(value)
    found = {name: np.full(arms, np.nan) for name in ("crude", "g_computation", "doubly_robust")}
    influence = np.full((len(value), arms), np.nan)
    predict = chances if kind == "binary" else means
    for one in range(arms):
        mine = (arm == one) & seen
        if not mine.any():
            continue
        model = predict(value[mine], design[mine], design)
        chance = chances((arm == one).astype(float), design, design)
        inside = arm == one
        chance = chance * chances(seen[inside].astype(float), design[inside], design)
        weight = np.where(mine, 1 / chance, 0.0)
        weight = np.minimum(weight, np.quantile(weight[mine], truncation))
        influence[:, one] = model + weight * np.where(mine, value - model, 0.0)
        found["crude"][one] = value[mine].mean()
        found["g_computation"][one] = model.mean()
        found["doubly_robust"][one] = influence[:, one].mean()
    return found, influence


def resampled(function: Callable[..., Any], size: int, resamples: int, rng: np.random.Generator):
    """Return a statistic of bootstrap samples of participants.

    Parameters
    ----------
    function : callable
        Takes the positions of a sample, returns an array.
    size : int
        Number of participants.
    resamples : int
        Number of samples.
    rng : numpy.random.Generator
        Source of the samples.

    Returns
    -------
    numpy.ndarray, shape (resamples, ...)
        The statistic of each sample.

    References
    ----------
    Efron 1993, doi:10.1201/9780429246593.

    Examples
    --------
    >>> resampled(lambda rows: rows.mean(), 1, 2, np.random.default_rng(1))
    array([0., 0.])
    """
    return np.stack([function(rng.integers(0, size, size)) for _ in range(resamples)])
