"""How likely people are to go unobserved in an arm, given their covariates."""

import numpy as np
from scipy import special

# Prior SD of a slope on a covariate scaled by its SD, as for the share at the ceiling: enough to
# keep perfect separation finite, too wide to move a share.
_SLOPE_SD = 1.65
_STEPS = 30
_LONGEST = 2.0


def bootstrap_weights(rng, draws, people):
    """Return Bayesian bootstrap weights, shape (draws, people); each draw sums to people.

    References
    ----------
    Rubin DB. The Bayesian bootstrap. Ann Stat 1981;9:130-4. doi:10.1214/aos/1176345338

    Examples
    --------
    >>> float(bootstrap_weights(np.random.default_rng(1), 2, 5).sum().round(9))
    10.0
    """
    weights = rng.standard_exponential((draws, people))
    return weights * (people / weights.sum(axis=1, keepdims=True))


def missingness_slopes(design, unobserved, weights):
    """Return draws of a logistic regression of being unobserved.

    Parameters
    ----------
    design : numpy.ndarray
        Covariates of the people of one arm, scaled by their SD, shape (people, columns); the
        first column is 1.
    unobserved : numpy.ndarray of bool
        Who is alive and unobserved, shape (people,).
    weights : numpy.ndarray
        Weights of the people, shape (draws, people).

    Returns
    -------
    numpy.ndarray
        Coefficients (log-odds), shape (draws, columns); the intercept is infinite where
        everybody or nobody is unobserved.

    Notes
    -----
    Newton's method on the weighted likelihood with a normal prior on the slopes alone. Without
    covariates a draw of the share is the weighted share itself, so its mean over draws is the
    raw share and its spread that of a binomial.

    Examples
    --------
    >>> ones = np.ones((4, 1))
    >>> slopes = missingness_slopes(ones, np.array([True, False, False, False]), np.ones((1, 4)))
    >>> float(special.expit(slopes[0, 0]).round(6))
    0.25
    """
    found = np.zeros((len(weights), design.shape[1]))
    if unobserved.all() or not unobserved.any():
        found[:, 0] = np.inf if unobserved.all() and len(unobserved) else -np.inf
        return found
    start = _newton(design, unobserved, np.ones((1, len(design))), found[:1])
    return _newton(design, unobserved, weights, np.repeat(start, len(weights), axis=0))


def _newton(design, unobserved, weights, slopes):
    """Climb from starting coefficients, all draws at once; einsum, for any number of threads."""
    people, columns = design.shape
    prior = np.full(columns, _SLOPE_SD**-2.0)
    prior[0] = 1e-9
    products = (design[:, :, None] * design[:, None, :]).reshape(people, -1)
    for _ in range(_STEPS):
        chance = special.expit(np.einsum("sp,np->sn", slopes, design))
        gradient = np.einsum("sn,np->sp", weights * (unobserved - chance), design)
        curvature = np.einsum("sn,nq->sq", weights * chance * (1 - chance), products)
        curvature = curvature.reshape(-1, columns, columns) + np.diag(prior)
        step = np.linalg.solve(curvature, (gradient - prior * slopes)[..., None])[..., 0]
        # A long step overshoots where few people are unobserved.
        slopes = slopes + np.clip(step, -_LONGEST, _LONGEST)
        if np.abs(step).max() < 1e-8:
            break
    return slopes


def chance_unobserved(design, slopes):
    """Return the chance of each person of the population, shape (draws, people).

    Examples
    --------
    >>> chance_unobserved(np.ones((1, 1)), np.array([[-np.inf]]))
    array([[0.]])
    """
    # An infinite intercept stands alone: its slopes are zero.
    return special.expit(slopes[:, :1] + np.einsum("sp,np->sn", slopes[:, 1:], design[:, 1:]))
