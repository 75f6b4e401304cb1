"""Averages over the first cost where the effect is modelled given cost (NumPy, after sampling)."""

import numpy as np
from scipy import special

from trialbalance.model.likelihood import effect_moments, softplus
from trialbalance.model.score import follow_cost, score_of

_NODES = 10
_BOUNDED_NODES = 9


def score_of_cost(trial, values, cost):
    """Return the score of complete first costs, for predictors ``values`` of the same people.

    Examples
    --------
    >>> score_of_cost.__name__
    'score_of_cost'
    """
    positive = (cost != 0) if 0 in trial.hurdle else np.ones(cost.shape, bool)
    level = values["cost"][..., 0]
    if trial.first_cost_family == "bounded":
        deviation = special.logit(np.clip(cost, 1e-9, 1 - 1e-9))
    elif trial.first_cost_family == "gamma":
        deviation = np.log(np.where(positive & (cost > 0), cost, 1e-300)) - level
    else:
        spread = values["cost_spread"][..., 0]
        residual = cost - level
        if trial.first_cost_family == "lognormal":
            residual = np.log(np.where(cost > 0, cost, 1e-300)) - level + 0.5 * spread**2
        deviation = residual / spread
    return score_of(trial, values, deviation, positive.astype(float))


def nodes(trial, values, count=_NODES):
    """Return deviations of a positive first cost, evenly informative, with their weights.

    Parameters
    ----------
    trial : Trial
        Cost family.
    values : dict
        Predictors; ``cost_shape`` (draws, rows, groups) for a gamma.
    count : int
        Number of nodes.

    Returns
    -------
    deviations : list of numpy.ndarray
        One array (draws or 1, rows or 1) a node.
    weights : list
        Their weights, which sum to 1.

    Examples
    --------
    >>> nodes.__name__
    'nodes'
    """
    family = trial.first_cost_family
    if family not in ("gamma", "bounded"):
        places, weights = np.polynomial.hermite_e.hermegauss(count)
        return [np.full((1, 1), place) for place in places], list(weights / weights.sum())
    # Gauss–Legendre over the probability p; where the shape is above 1 the ends are smoothed by
    # p = 3u² − 2u³, which keeps the error of an arm mean near 1e-5 for any spread.
    places, plain = np.polynomial.legendre.leggauss(count)
    u, plain = (places + 1) / 2, plain / 2
    smooth = plain * 6 * u * (1 - u)
    deviations, weights = [], []
    if family == "bounded":
        return _bounded_nodes(values)
    shape = values["cost_shape"][..., 0]
    for place, own, other in zip(u, plain, smooth / smooth.sum(), strict=True):
        p = np.where(shape > 1, 3 * place**2 - 2 * place**3, place)
        ratio = special.gammaincinv(shape, p) / shape
        deviations.append(np.log(np.maximum(ratio, 1e-300)))
        weights.append(np.where(shape > 1, other, own))
    return deviations, weights


def _bounded_nodes(values):
    """Return logits of a beta cost at Hermite nodes, weighted by its density over theirs."""
    a = special.expit(values["cost"][..., 0]) * values["first_precision"]
    b = values["first_precision"] - a
    centre = special.digamma(a) - special.digamma(b)
    spread = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b))
    places, plain = np.polynomial.hermite_e.hermegauss(_BOUNDED_NODES)
    logits = [centre + spread * place for place in places]
    odds = [
        weight * np.exp(a * (x - centre) - (a + b) * (softplus(x) - softplus(centre)) + 0.5 * z * z)
        for x, z, weight in zip(logits, places, plain, strict=True)
    ]
    total = sum(odds)
    return logits, [own / total for own in odds]


def average_over_cost(trial, possible, values):
    """Return the moments of the effect of one arm, averaged over its first cost.

    Parameters
    ----------
    trial : Trial
        Families.
    possible : numpy.ndarray
        Where the ceiling is possible.
    values : dict
        Predictors of people who are all in one arm.

    Returns
    -------
    dict
        ``mean``, ``share`` and ``level`` (mean below the ceiling) of shape (draws, rows).

    Notes
    -----
    For a normal effect the average is exact, because the score has mean zero.

    Examples
    --------
    >>> average_over_cost.__name__
    'average_over_cost'
    """
    if trial.effect_family == "normal":
        return effect_moments(trial, possible, values)
    parts, slim = _parts(trial, values)
    total = {"mean": 0.0, "share": 0.0, "level": 0.0}
    for deviation, positive, weight in parts:
        score = score_of(trial, slim, deviation, positive)
        own = effect_moments(trial, possible, follow_cost(trial, values, score))
        for name in total:
            total[name] = total[name] + weight * own[name]
    return total


def _parts(trial, values):
    """Return (deviation, whether positive, weight) of each node, and predictors for the score."""
    chance = special.expit(values["zero"][:, :1, 0]) if 0 in trial.hurdle else 0.0
    slim = values
    if trial.first_cost_family in ("gamma", "lognormal"):
        # The score is then the same for everybody in an arm.
        slim = {name: values[name][:, :1] for name in ("cost_shape", "zero") if name in values}
    deviations, weights = nodes(trial, slim)
    parts = [(d, 1.0, w * (1 - chance)) for d, w in zip(deviations, weights, strict=True)]
    if 0 in trial.hurdle:
        parts.append((np.zeros((1, 1)), 0.0, chance))
    return parts, slim


def regression_on_effect(trial, possible, values):
    """Return the slope of the first cost on the effect that the fit implies.

    Parameters
    ----------
    trial : Trial
        Families.
    possible : numpy.ndarray
        Where the ceiling is possible.
    values : dict
        Predictors of people who are all in one arm.

    Returns
    -------
    numpy.ndarray
        Shape (draws, rows), internal units: covariance over variance of the effect.

    Notes
    -----
    Cov(c, e) = E[c (E[e | c] − E e)]; Var e = E[Var(e | c)] + Var(E[e | c]); the outer means over
    cost by the nodes of `average_over_cost`.

    Examples
    --------
    >>> regression_on_effect.__name__
    'regression_on_effect'
    """
    parts, slim = _parts(trial, values)
    effect = cost = product = square = within = 0.0
    for deviation, positive, weight in parts:
        score = score_of(trial, slim, deviation, positive)
        moved = follow_cost(trial, values, score)
        own = effect_moments(trial, possible, moved)
        here = positive * _cost_at(trial, values, deviation)
        effect, cost = effect + weight * own["mean"], cost + weight * here
        product = product + weight * here * own["mean"]
        square = square + weight * own["mean"] ** 2
        within = within + weight * _variance(trial, moved, own)
    return (product - cost * effect) / (within + square - effect**2)


def _cost_at(trial, values, deviation):
    """Return the first cost at a deviation (see `nodes`)."""
    level, family = values["cost"][..., 0], trial.first_cost_family
    if family == "bounded":
        return special.expit(deviation)
    if family == "gamma":
        return np.exp(level + deviation)
    spread = values["cost_spread"][..., 0]
    if family == "normal":
        return level + spread * deviation
    return np.exp(level + spread * deviation - 0.5 * spread**2)


def _variance(trial, values, moments):
    """Return the variance of the effect given cost."""
    if trial.effect_family == "normal":
        return values["effect_spread"] ** 2
    share, level = moments["share"], moments["level"]
    if trial.effect_family == "bernoulli":
        return share * (1 - share)
    if trial.effect_family == "beta":
        below = level * (1 - level) / (1 + np.exp(values["effect_spread"]))
    else:
        below = level**2 / values["effect_shape"]
    return (1 - share) * (below + share * (trial.effect_top - level) ** 2)
