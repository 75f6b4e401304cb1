"""The likelihood of each row, for all draws at once.

Arrays carry draws in front. Predictors come as a dict of row-level arrays: ``effect``,
``ceiling``, ``effect_spread`` of shape (draws, rows) and ``cost``, ``dependence``, ``cost_spread``
of shape (draws, rows, groups). ``density.py`` says the same for one point, with its gradient.
"""

import numpy as np
from scipy import special

from trialbalance.model.score import given_cost


def effect_moments(trial, possible, predictors):
    """Return the mean of the effect among the living and its parts.

    Parameters
    ----------
    trial : Trial
        Family and spike.
    possible : numpy.ndarray
        1 where the ceiling is possible, 0 where baseline excludes it.
    predictors : dict
        Predictors of the same rows.

    Returns
    -------
    dict
        ``level`` (mean below the ceiling), ``share`` (at the ceiling, or of the event) and
        ``mean`` (both together), internal units.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> trial = SimpleNamespace(effect_family="beta", spike=False)
    >>> float(effect_moments(trial, 1.0, {"effect": np.zeros(1)})["mean"][0])
    0.5
    """
    predictor = predictors["effect"]
    if trial.effect_family == "normal":
        return {"level": predictor, "share": 0.0, "mean": predictor}
    if trial.effect_family == "bernoulli":
        share = special.expit(predictor)
        return {"level": 0.0, "share": share, "mean": share, "logit": predictor}
    # A decrement below the ceiling (0) falls as its predictor grows, so slopes read as for others.
    decrement = trial.effect_family == "decrement_gamma"
    level = -np.exp(-predictor) if decrement else special.expit(predictor)
    if not trial.spike:
        return {"level": level, "share": 0.0, "mean": level}
    share = possible * special.expit(predictors["ceiling"])
    mean = level + share * (trial.effect_top - level)
    return {"level": level, "share": share, "mean": mean, "logit": predictors["ceiling"]}


def row_log_likelihood(trial, rows, predictors, parameters):
    """Return the log-likelihood of every row.

    Parameters
    ----------
    trial, rows : Trial, Rows
        The data.
    predictors : dict
        Row-level predictors, with ``latent_effect`` and ``latent_ratio`` (log) by row where a
        participant has them.
    parameters : dict
        Parameters that are not row-level.

    Returns
    -------
    array
        Shape (..., rows).

    Notes
    -----
    A latent beta effect is a logit with a flat prior, so its density here includes the Jacobian;
    a latent normal effect is a standard normal that has its density in its own prior. A latent
    decrement is a log with a flat prior.

    Examples
    --------
    >>> row_log_likelihood.__name__
    'row_log_likelihood'
    """
    if trial.effect_on_cost:
        predictors = given_cost(trial, rows, predictors)
    moments = effect_moments(trial, rows.possible, predictors)
    total, effect = _effect_terms(trial, rows, predictors, moments)
    total = total + _covariate_terms(rows, parameters)
    if trial.deaths:
        total = total + _death_terms(trial, rows, parameters, effect)
    level = predictors["cost"]
    if trial.dependence:
        score = rows.linked * (effect - moments["mean"]) / trial.effect_spread
        level = level + predictors["dependence"] * score[..., None]
    cost = _normal_terms if trial.cost_family == "normal" else _positive_terms
    total = total + cost(trial, rows, predictors, parameters, level)
    if not trial.hurdle:
        return total
    logit = predictors["zero"]
    return total + (rows.zero_term * (rows.zero * logit - softplus(logit))).sum(-1)


def _covariate_terms(rows, parameters):
    total = 0.0
    for name, level in rows.levels.items():
        total = total + np.log(parameters[f"category_share:{name}"])[..., level]
    return total


def _effect_terms(trial, rows, predictors, moments):
    """Return the terms of the effect among the living, and the effect itself by row."""
    total, effect = 0.0, rows.effect
    if trial.spike or trial.effect_family == "bernoulli":
        logit = moments["logit"]
        total = rows.spike_term * (rows.spike * logit - softplus(logit))
    if trial.effect_family == "bernoulli":
        return total, rows.spike
    latent = predictors.get("latent_effect")
    term = rows.effect_term * (1 - rows.dead)
    if trial.effect_family == "normal":
        spread = predictors["effect_spread"]
        if latent is not None:
            effect = effect + rows.effect_latent * (moments["level"] + spread * latent)
            term = term * (1.0 - rows.effect_latent)
        return total + term * log_normal(effect, moments["level"], spread), effect
    logit, decrement = rows.effect_logit, trial.effect_family == "decrement_gamma"
    if latent is not None:
        logit = logit + rows.effect_latent * latent
        value = -np.exp(latent) if decrement else special.expit(latent)
        effect = effect + rows.effect_latent * value
    # On the logit scale (log of the decrement); the Jacobian of observed effects is a constant and
    # taken off again.
    if decrement:
        density = log_gamma_log(logit + predictors["effect"], predictors["effect_shape"])
    else:
        precision = np.exp(predictors["effect_spread"])
        density = log_beta_logit(logit, moments["level"], precision)
    density = density - rows.effect_jacobian
    if trial.spike:
        effect = effect + rows.spike * (trial.effect_top - effect)
    return total + term * density, effect


def _death_terms(trial, rows, parameters, effect):
    """Survival, and the density of the effect among the dead, common to the arms."""
    chance = parameters["death_probability"][..., rows.arm]
    dead = rows.dead * np.log(chance) + (1 - rows.dead) * np.log1p(-chance)
    density = log_dead(trial, parameters, effect, rows.effect_logit) - rows.effect_jacobian
    seen = rows.dead * rows.effect_term * (1.0 - rows.effect_latent)
    return rows.death_term * dead + seen * density


def log_dead(trial, parameters, effect, logit):
    """Return the log density of effects among the dead (beta: of the logit; decrement: log)."""
    mean = parameters["dead_effect"][..., None]
    if trial.effect_family == "normal":
        return log_normal(effect, mean, parameters["dead_effect_sd"][..., None])
    if trial.effect_family == "decrement_gamma":
        return log_gamma_log(logit + mean, parameters["dead_effect_cv"][..., None] ** -2.0)
    precision = np.exp(parameters["dead_effect_log_precision"][..., None])
    return log_beta_logit(logit, special.expit(mean), precision)


def _positive_terms(trial, rows, predictors, parameters, level):
    """Densities of costs above zero; later groups follow cost 1 over its mean."""
    density = _log_gamma_ratio if trial.cost_family == "gamma" else _log_lognormal_ratio
    latent, extra = predictors.get("latent_ratio"), 0.0
    if latent is not None and "ratio_at_nodes" not in predictors:
        extra = rows.ratio_latent * _latent_density(trial, predictors, level, latent)
    if len(trial.groups) > 1:
        ratio = np.exp(_log_ratio(trial, rows, predictors, level, latent))
        if 0 in trial.hurdle:
            ratio = ratio * (1 - rows.first_zero) * (1 + rows.first_known * np.exp(
                predictors["zero"][..., 0]))  # fmt: skip
        share = parameters["carry_over"][..., None, :]
        level = add_after_first(level, np.log1p(share * (ratio[..., None] - 1)))
    # Less the log of cost: the density of the cost and not of its log.
    terms = density(predictors, rows.log_cost - level) - rows.log_cost
    if trial.bounded:
        mean = special.expit(level[..., 0])
        own = log_beta_logit(rows.first_logit, mean, predictors["first_precision"])
        terms = np.concatenate([(own - rows.first_jacobian)[..., None], terms[..., 1:]], axis=-1)
    return (rows.cost_term * terms).sum(-1) + extra


def _latent_density(trial, predictors, level, latent):
    """Return the density of a missing first cost that is sampled with a flat prior."""
    if trial.bounded:
        return log_beta_logit(latent, special.expit(level[..., 0]), predictors["first_precision"])
    if trial.cost_family == "lognormal":
        return 0.0
    own = predictors["cost_constant"][..., 0]
    return own + predictors["cost_shape"][..., 0] * (latent - np.exp(latent))


def _log_ratio(trial, rows, predictors, level, latent):
    """Return the log of the first cost over its mean, observed or latent."""
    mean = level[..., 0]
    if trial.bounded:
        mean = -softplus(-mean)
    found = rows.first_term * (rows.log_cost[..., 0] - mean)
    if latent is None:
        return found
    if trial.bounded:
        latent = -softplus(-latent) - mean
    elif trial.cost_family == "lognormal":
        spread = predictors["cost_spread"][..., 0]
        latent = spread * latent - 0.5 * spread * spread
    return found + rows.ratio_latent * latent


def _log_gamma_ratio(predictors, log_ratio):
    """Return the log density of the log of a gamma cost over its mean."""
    shape = predictors["cost_shape"]
    return predictors["cost_constant"] + shape * (log_ratio - np.exp(log_ratio))


def _log_lognormal_ratio(predictors, log_ratio):
    """Return the log density of the log of a lognormal cost over its mean."""
    spread = predictors["cost_spread"]
    return log_normal(log_ratio, -0.5 * spread * spread, spread)


def _normal_terms(trial, rows, predictors, parameters, level):
    """Return normal densities of costs; later groups follow the residual of cost 1."""
    spread = predictors["cost_spread"]
    if trial.dependence and rows.widened.any():
        # A missing normal effect integrates out exactly: its variance joins that of the cost.
        through = predictors["dependence"] * predictors["effect_spread"][..., None]
        through = through / trial.effect_spread
        spread = np.sqrt(spread * spread + rows.widened[:, None] * through * through)
    if len(trial.groups) > 1:
        rest = rows.first_term * (rows.cost[..., 0] - level[..., 0])
        if rows.ratio_latent.any():
            rest = rest + rows.ratio_latent * spread[..., 0] * predictors["latent_ratio"]
        share = parameters["carry_over"][..., None, :]
        level = add_after_first(level, share * rest[..., None])
    return (rows.cost_term * log_normal(rows.cost, level, spread)).sum(-1)


def softplus(x):
    """Return log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


def add_after_first(level, later):
    """Add to the levels of all source groups but the first."""
    shape = np.broadcast_shapes(level[..., 1:].shape, later.shape)
    first = np.broadcast_to(level[..., :1], (*shape[:-1], 1))
    return np.concatenate([first, level[..., 1:] + later], axis=-1)


def log_normal(value, mean, spread):
    """Return the log density of a normal."""
    return -0.5 * ((value - mean) / spread) ** 2 - np.log(spread) - 0.5 * np.log(2 * np.pi)


def log_gamma_log(log_ratio, shape):
    """Return the log density of the log of a gamma value over its mean."""
    constant = shape * np.log(shape) - special.gammaln(shape)
    return constant + shape * (log_ratio - np.exp(log_ratio))


def log_beta_logit(logit, mean, precision):
    """Return the log density of the logit of a beta with a mean and a precision."""
    a, b = mean * precision, (1 - mean) * precision
    inside = a * logit - precision * softplus(logit)
    return inside + special.gammaln(precision) - special.gammaln(a) - special.gammaln(b)


def _numpy_add_after_first(level, later):
    shape = np.broadcast_shapes(level[..., 1:].shape, later.shape)
    first = np.broadcast_to(level[..., :1], (*shape[:-1], 1))
    return np.concatenate([first, level[..., 1:] + later], axis=-1)
