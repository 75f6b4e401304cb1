"""The likelihood of each row, written once for PyTensor (sampling) and NumPy (everything after).

``xp`` is one of the two namespaces at the end of the module. In NumPy each array carries draws in
front, so the same lines serve one point in PyTensor and all draws in NumPy. Predictors come as a
dict of row-level arrays: ``effect``, ``ceiling``, ``effect_spread`` of shape (..., rows) and
``cost``, ``dependence``, ``cost_spread`` of shape (..., rows, groups).
"""

from types import SimpleNamespace

import numpy as np
from scipy import special

from trialbalance.model.score import given_cost


def effect_moments(xp, trial, possible, predictors):
    """Return the mean of the effect among the living and its parts.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
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
    >>> trial = SimpleNamespace(effect_family="beta", spike=False)
    >>> float(effect_moments(NUMPY, trial, 1.0, {"effect": np.zeros(1)})["mean"][0])
    0.5
    """
    predictor = predictors["effect"]
    if trial.effect_family == "normal":
        return {"level": predictor, "share": 0.0, "mean": predictor}
    if trial.effect_family == "bernoulli":
        share = xp.sigmoid(predictor)
        return {"level": 0.0, "share": share, "mean": share, "logit": predictor}
    # A decrement below the ceiling (0) falls as its predictor grows, so slopes read as for others.
    decrement = trial.effect_family == "decrement_gamma"
    level = -xp.exp(-predictor) if decrement else xp.sigmoid(predictor)
    if not trial.spike:
        return {"level": level, "share": 0.0, "mean": level}
    share = possible * xp.sigmoid(predictors["ceiling"])
    mean = level + share * (trial.effect_top - level)
    return {"level": level, "share": share, "mean": mean, "logit": predictors["ceiling"]}


def row_log_likelihood(xp, trial, rows, predictors, parameters, apart=False):
    """Return the log-likelihood of every row.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    trial, rows : Trial, Rows
        The data.
    predictors : dict
        Row-level predictors, with ``latent_effect`` and ``latent_ratio`` (log) by row where a
        participant has them.
    parameters : dict
        Parameters that are not row-level.
    apart : bool
        Whether survival and zero costs are declared on their own (as counts by arm) and left
        out here.

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
        predictors = given_cost(xp, trial, rows, predictors)
    moments = effect_moments(xp, trial, rows.possible, predictors)
    total, effect = _effect_terms(xp, trial, rows, predictors, moments)
    total = total + _covariate_terms(xp, rows, parameters)
    if trial.deaths and not (apart and trial.deaths_known):
        total = total + _death_terms(xp, trial, rows, parameters, effect)
    level = predictors["cost"]
    if trial.dependence:
        score = rows.linked * (effect - moments["mean"]) / trial.effect_spread
        level = level + predictors["dependence"] * score[..., None]
    cost = _normal_terms if trial.cost_family == "normal" else _positive_terms
    total = total + cost(xp, trial, rows, predictors, parameters, level)
    if not trial.hurdle:
        return total
    term = rows.zero_term * (rows.cost_seen == 0) if apart else rows.zero_term
    if not term.any():
        return total
    logit = predictors["zero"]
    return total + (term * (rows.zero * logit - xp.softplus(logit))).sum(-1)


def _covariate_terms(xp, rows, parameters):
    total = 0.0
    for name, level in rows.levels.items():
        total = total + xp.take(xp.log(parameters[f"category_share:{name}"]), level)
    return total


def _effect_terms(xp, trial, rows, predictors, moments):
    """Return the terms of the effect among the living, and the effect itself by row."""
    total, effect = 0.0, rows.effect
    if trial.spike or trial.effect_family == "bernoulli":
        logit = moments["logit"]
        total = rows.spike_term * (rows.spike * logit - xp.softplus(logit))
    if trial.effect_family == "bernoulli":
        return total, rows.spike
    latent = predictors.get("latent_effect")
    term = rows.effect_term * (1 - rows.dead)
    if trial.effect_family == "normal":
        spread = predictors["effect_spread"]
        if latent is not None:
            effect = effect + rows.effect_latent * (moments["level"] + spread * latent)
            term = term * (1.0 - rows.effect_latent)
        return total + term * log_normal(xp, effect, moments["level"], spread), effect
    logit, decrement = rows.effect_logit, trial.effect_family == "decrement_gamma"
    if latent is not None:
        logit = logit + rows.effect_latent * latent
        value = -xp.exp(latent) if decrement else xp.sigmoid(latent)
        effect = effect + rows.effect_latent * value
    # On the logit scale (log of the decrement); the Jacobian of observed effects is a constant and
    # taken off again.
    if decrement:
        density = log_gamma_log(xp, logit + predictors["effect"], predictors["effect_shape"])
    else:
        precision = xp.exp(predictors["effect_spread"])
        density = log_beta_logit(xp, logit, moments["level"], precision)
    density = density - rows.effect_jacobian
    if trial.spike:
        effect = effect + rows.spike * (trial.effect_top - effect)
    return total + term * density, effect


def _death_terms(xp, trial, rows, parameters, effect):
    """Survival, and the density of the effect among the dead, common to the arms."""
    chance = xp.take(parameters["death_probability"], rows.arm)
    dead = rows.dead * xp.log(chance) + (1 - rows.dead) * xp.log1p(-chance)
    density = log_dead(xp, trial, parameters, effect, rows.effect_logit) - rows.effect_jacobian
    seen = rows.dead * rows.effect_term * (1.0 - rows.effect_latent)
    return rows.death_term * dead + seen * density


def log_dead(xp, trial, parameters, effect, logit):
    """Return the log density of effects among the dead (beta: of the logit; decrement: log)."""
    mean = xp.widen(parameters["dead_effect"])
    if trial.effect_family == "normal":
        return log_normal(xp, effect, mean, xp.widen(parameters["dead_effect_sd"]))
    if trial.effect_family == "decrement_gamma":
        return log_gamma_log(xp, logit + mean, xp.widen(parameters["dead_effect_cv"]) ** -2.0)
    precision = xp.exp(xp.widen(parameters["dead_effect_log_precision"]))
    return log_beta_logit(xp, logit, xp.sigmoid(mean), precision)


def _positive_terms(xp, trial, rows, predictors, parameters, level):
    """Densities of gamma or lognormal costs; later groups follow cost 1 over its mean."""
    gamma = trial.cost_family == "gamma"
    density = _log_gamma_ratio if gamma else _log_lognormal_ratio
    extra = 0.0
    latent = predictors.get("latent_ratio")
    if latent is not None and gamma and "ratio_at_nodes" not in predictors:
        # The density of the log of the ratio, so that its flat prior needs no Jacobian.
        own = predictors["cost_constant"][..., 0]
        own = own + predictors["cost_shape"][..., 0] * (latent - xp.exp(latent))
        extra = rows.ratio_latent * own
    elif latent is not None and not gamma:
        spread = predictors["cost_spread"][..., 0]
        latent = spread * latent - 0.5 * spread * spread
    if len(trial.groups) > 1:
        log_ratio = rows.first_term * (rows.log_cost[..., 0] - level[..., 0])
        if latent is not None:
            log_ratio = log_ratio + rows.ratio_latent * latent
        ratio = xp.exp(log_ratio)
        if 0 in trial.hurdle:
            ratio = ratio * (1 - rows.first_zero) * (1 + rows.first_known * xp.exp(
                predictors["zero"][..., 0]))  # fmt: skip
        share = xp.widen_last(parameters["carry_over"])
        later = xp.log1p(share * (ratio[..., None] - 1))
        level = xp.add_after_first(level, later)
    # Less the log of cost: the density of the cost and not of its log.
    terms = density(xp, predictors, rows.log_cost - level) - rows.log_cost
    return (rows.cost_term * terms).sum(-1) + extra


def _log_gamma_ratio(xp, predictors, log_ratio):
    """Return the log density of the log of a gamma cost over its mean."""
    shape = predictors["cost_shape"]
    return predictors["cost_constant"] + shape * (log_ratio - xp.exp(log_ratio))


def _log_lognormal_ratio(xp, predictors, log_ratio):
    """Return the log density of the log of a lognormal cost over its mean."""
    spread = predictors["cost_spread"]
    return log_normal(xp, log_ratio, -0.5 * spread * spread, spread)


def _normal_terms(xp, trial, rows, predictors, parameters, level):
    """Return normal densities of costs; later groups follow the residual of cost 1."""
    spread = predictors["cost_spread"]
    if trial.dependence and rows.widened.any():
        # A missing normal effect integrates out exactly: its variance joins that of the cost.
        through = predictors["dependence"] * predictors["effect_spread"][..., None]
        through = through / trial.effect_spread
        spread = xp.sqrt(spread * spread + rows.widened[:, None] * through * through)
    if len(trial.groups) > 1:
        rest = rows.first_term * (rows.cost[..., 0] - level[..., 0])
        if rows.ratio_latent.any():
            rest = rest + rows.ratio_latent * spread[..., 0] * predictors["latent_ratio"]
        share = xp.widen_last(parameters["carry_over"])
        level = xp.add_after_first(level, share * rest[..., None])
    return (rows.cost_term * log_normal(xp, rows.cost, level, spread)).sum(-1)


def log_normal(xp, value, mean, spread):
    """Return the log density of a normal."""
    return -0.5 * ((value - mean) / spread) ** 2 - xp.log(spread) - 0.5 * np.log(2 * np.pi)


def log_gamma_log(xp, log_ratio, shape):
    """Return the log density of the log of a gamma value over its mean."""
    constant = shape * xp.log(shape) - xp.gammaln(shape)
    return constant + shape * (log_ratio - xp.exp(log_ratio))


def log_beta_logit(xp, logit, mean, precision):
    """Return the log density of the logit of a beta with a mean and a precision."""
    a, b = mean * precision, (1 - mean) * precision
    inside = a * logit - precision * xp.softplus(logit)
    return inside + xp.gammaln(precision) - xp.gammaln(a) - xp.gammaln(b)


def _numpy_add_after_first(level, later):
    shape = np.broadcast_shapes(level[..., 1:].shape, later.shape)
    first = np.broadcast_to(level[..., :1], (*shape[:-1], 1))
    return np.concatenate([first, level[..., 1:] + later], axis=-1)


NUMPY = SimpleNamespace(
    log=np.log, log1p=np.log1p, exp=np.exp, sqrt=np.sqrt,
    gammaln=special.gammaln, sigmoid=special.expit,
    softplus=lambda x: np.logaddexp(0.0, x),
    take=lambda x, index: np.asarray(x)[..., index],
    widen=lambda x: np.asarray(x)[..., None],
    widen_last=lambda x: np.asarray(x)[..., None, :],
    add_after_first=_numpy_add_after_first,
)  # fmt: skip


def pytensor_namespace():
    """Return the PyTensor arithmetic; imported late, since it takes seconds."""
    import pytensor.tensor as pt

    return SimpleNamespace(
        log=pt.log, log1p=pt.log1p, exp=pt.exp, sqrt=pt.sqrt,
        gammaln=pt.gammaln, sigmoid=pt.sigmoid, softplus=pt.softplus,
        take=lambda x, index: x[index],
        widen=lambda x: x,
        widen_last=lambda x: x,
        add_after_first=lambda level, later: pt.concatenate(
            [level[:, :1], level[:, 1:] + later], axis=1
        ),
    )  # fmt: skip
