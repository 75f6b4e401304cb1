"""Means of the arms from completed cells: adjusted, and with the uncertainty of who was sampled.

The mean of an arm is that of its own people, every cell as it was seen or as it was filled, moved
by what the covariates and the baseline differ by from the whole analysis population. A cell that
everybody has is so reproduced arm by arm, whatever its family. Who might have been sampled is
drawn by the Bayesian bootstrap, of people or of clusters, spread out by the degrees of freedom so
that with complete data and normal values the answer is that of ordinary least squares.
"""

from typing import NamedTuple

import numpy as np

# Degrees of freedom that few clusters are given: with fewer a mean of them has no variance.
_FEWEST = 3.0


class Weights(NamedTuple):
    """Weights of participants by draw.

    Attributes
    ----------
    own : numpy.ndarray, shape (draws, participants)
        Summing to 1 within each arm.
    everybody : numpy.ndarray, shape (draws, participants)
        Summing to 1 over the analysis population.
    """

    own: np.ndarray
    everybody: np.ndarray


def crosses(cluster: np.ndarray, arm: np.ndarray) -> bool:
    """Return whether a cluster has people of several arms.

    Examples
    --------
    >>> crosses(np.array([0, 0, 1]), np.array([0, 1, 1]))
    True
    """
    pairs = np.unique(np.c_[cluster, arm], axis=0)
    return len(pairs) > len(np.unique(cluster))


def draw_weights(
    arm: np.ndarray,
    draws: int,
    rng: np.random.Generator,
    predictors: int = 0,
    cluster: np.ndarray | None = None,
) -> Weights:
    """Draw weights of participants by the Bayesian bootstrap.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    draws : int
        How many.
    rng : numpy.random.Generator
        Source of randomness.
    predictors : int
        Predictors of the adjustment, which take degrees of freedom.
    cluster : numpy.ndarray of int, optional
        Cluster of each participant. One that was randomised as a whole is drawn as a whole; sites
        with people of several arms leave the arms' difference alone, and people are drawn.

    Returns
    -------
    Weights

    Notes
    -----
    Dirichlet weights give a mean the variance ``s^2 (n - 1) / (n (n + 1))`` and light tails.
    Deviations from equal weights are therefore multiplied by
    ``sqrt((n + 1) / df) sqrt(df / chi^2(df))``, with ``df = n - 1 - predictors / arms``: a mean of
    normal values then has the t distribution of least squares. A weight may fall below zero; only
    linear quantities are averaged with it. Whole clusters pool their degrees of freedom over the
    arms, ``df = clusters - arms`` and three at least, and covariates of people take none of them.

    References
    ----------
    Rubin 1981, doi:10.1214/aos/1176345338.

    Examples
    --------
    >>> found = draw_weights(np.array([0, 0, 1, 1, 1]), 3, np.random.default_rng(1))
    >>> found.own[:, :2].sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0]
    """
    arms = int(arm.max()) + 1
    whole = cluster is not None and not crosses(cluster, arm)
    unit = cluster if whole else np.arange(len(arm))
    names, place = np.unique(unit, return_inverse=True)
    mass = rng.standard_exponential((draws, len(names)))[:, place.ravel()]
    own = np.zeros((draws, len(arm)))
    pooled = max(len(names) - len(np.unique(arm)), _FEWEST)
    for one in range(arms):
        people = np.flatnonzero(arm == one)
        if not len(people):
            continue
        count = len(np.unique(unit[people]))
        equal = 1.0 / len(people)
        part = mass[:, people] / mass[:, people].sum(axis=1, keepdims=True)
        if whole:
            freedom, scale = pooled, pooled / max(count - 1, 1)
        else:
            freedom, scale = max(count - 1 - predictors / arms, 1.0), 1.0
        wider = np.sqrt(scale * (count + 1) / rng.chisquare(freedom, draws))
        own[:, people] = equal + wider[:, None] * (part - equal) if count > 1 else equal
    shares = np.bincount(arm, minlength=arms) / len(arm)
    return Weights(own, own * shares[arm])


class Apart(NamedTuple):
    """Covariates that tell the arms apart, with slopes that only a prior speaks of.

    Attributes
    ----------
    columns : numpy.ndarray of int
        Which predictors.
    slopes : numpy.ndarray, shape (draws, columns)
        Slopes in SDs of the outcome per SD of the predictor.
    """

    columns: np.ndarray
    slopes: np.ndarray


def told_apart(design: np.ndarray, arm: np.ndarray) -> np.ndarray:
    """Return the columns that vary between arms and not within any.

    Parameters
    ----------
    design : numpy.ndarray, shape (participants, columns)
        Covariates.
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.

    Returns
    -------
    numpy.ndarray of int

    Examples
    --------
    >>> told_apart(np.array([[0.0, 1.0], [0.0, 2.0], [1.0, 1.0]]), np.array([0, 0, 1])).tolist()
    [0]
    """
    member = np.eye(int(arm.max()) + 1)[arm]
    mean = member.T @ design / np.maximum(member.sum(axis=0), 1)[:, None]
    within = ((design - mean[arm]) ** 2).mean(axis=0)
    return np.flatnonzero(within < 1e-9 * np.maximum(design.var(axis=0), 1e-12))


def adjusted_means(
    value: np.ndarray,
    history: np.ndarray,
    arm: np.ndarray,
    weights: Weights,
    apart: Apart | None = None,
) -> np.ndarray:
    """Return the mean of each arm were it like the whole analysis population.

    Parameters
    ----------
    value : numpy.ndarray, shape (draws, participants, outcomes)
        Completed outcomes.
    history : numpy.ndarray, shape (draws or 1, participants, predictors)
        Covariates and scores of cells before randomisation.
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    weights : Weights
        Weights of participants.
    apart : Apart, optional
        Predictors on whose slopes the data say nothing.

    Returns
    -------
    numpy.ndarray, shape (draws, arms, outcomes)

    Notes
    -----
    ``mean(y; arm) + b . (mean(x; everybody) - mean(x; arm))``, b the least-squares slopes within
    arms. This is the mean that g-computation gives under a linear working model, and has its
    residual within each arm at zero.

    References
    ----------
    Lin 2013, doi:10.1214/12-AOAS583, on adjustment in randomised trials whatever the model.

    Examples
    --------
    >>> arm = np.array([0, 0, 1, 1])
    >>> x = np.array([0.0, 1.0, 1.0, 2.0])[None, :, None]
    >>> weights = Weights(np.full((1, 4), 0.5), np.full((1, 4), 0.25))
    >>> adjusted_means(2 * x + 1, x, arm, weights)[0, :, 0].round(6).tolist()
    [3.0, 3.0]
    """
    member = np.eye(int(arm.max()) + 1)[arm]
    own = np.einsum("sn,na,snk->sak", weights.own, member, value, optimize=True)
    if not history.shape[2]:
        return own
    history = np.broadcast_to(history, (len(value), *history.shape[1:]))
    centre = np.einsum("sn,na,snp->sap", weights.own, member, history, optimize=True)
    rest = history - centre[:, arm]
    away = value - own[:, arm]
    square = np.einsum("snp,snq->spq", rest, rest, optimize=True)
    cross = np.einsum("snp,snk->spk", rest, away, optimize=True)
    size = np.trace(square, axis1=1, axis2=2) / square.shape[1]
    ridge = 1e-9 * np.maximum(size, 1e-12)[:, None, None] * np.eye(square.shape[1])
    slope = np.linalg.solve(square + ridge, cross)
    if apart is not None and len(apart.columns):
        size = value.std(axis=1)[:, None] / history.std(axis=1)[:, apart.columns, None]
        slope[:, apart.columns] = apart.slopes[..., None] * size
    whole = np.einsum("sn,snp->sp", weights.everybody, history)
    return own + np.einsum("sap,spk->sak", whole[:, None] - centre, slope)
