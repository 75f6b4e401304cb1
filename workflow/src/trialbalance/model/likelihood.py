"""The likelihood of each row, written once for PyTensor (sampling) and NumPy (everything after).

``xp`` is one of the two namespaces at the end of the module. Parameters are a dict; in NumPy each
array carries draws in front, so the same lines serve one point in PyTensor and all draws in NumPy.
"""

from types import SimpleNamespace

import numpy as np
from scipy import special


def linear(xp, parameters, setup, equation, slopes):
    """Return the linear predictor of an equation by covariate configuration.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    parameters : dict
        Parameters; missing continuous covariates stand under ``latent:<covariate>``.
    setup : Configurations
        Design matrices.
    equation : {"effect", "cost", "ceiling"}
        Which design to use.
    slopes : array or None
        Slopes, shape (..., columns); None where the equation has no covariates.

    Returns
    -------
    array
        Shape (..., configurations).

    Examples
    --------
    >>> setup = SimpleNamespace(design={"cost": np.eye(2)}, columns={"cost": ["a", "b"]}, latent=[])
    >>> linear(NUMPY, {}, setup, "cost", np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """
    if slopes is None:
        return 0.0
    total = xp.dot(setup.design[equation], slopes)
    for name, mask, index in setup.latent:
        if name in setup.columns[equation]:
            slope = xp.pick(slopes, setup.columns[equation].index(name))
            latent = latent_covariate(xp, parameters, setup, name)
            total = total + xp.widen(slope) * mask * xp.take(latent, index)
    return total


def latent_covariate(xp, parameters, setup, name):
    """Return the values of a missing continuous covariate: mean given strata plus its SD × z."""
    latent = parameters[f"latent:{name}"]
    location = xp.widen(parameters[f"covariate_mean:{name}"])
    strata = setup.strata.get(name)
    if strata is not None and strata.shape[1]:
        missing = setup.strata_missing[name]
        location = location + xp.dot(strata[missing], parameters[f"covariate_slope:{name}"])
    return location + xp.widen(parameters[f"covariate_sd:{name}"]) * latent


def effect_moments(xp, trial, parameters, setup):
    """Return functions of arm index and configuration: the mean, its parts and the share.

    Returns
    -------
    callable
        ``moments(arm, configuration)`` gives a dict with ``level`` (mean below the ceiling),
        ``share`` (at the ceiling, or of the event) and ``mean`` (both together), internal units.
    """
    base = linear(xp, parameters, setup, "effect", parameters.get("effect_slope"))
    spike = linear(xp, parameters, setup, "ceiling", parameters.get("ceiling_slope"))
    possible = np.ones(len(setup.person))
    if trial.ceiling_needs_baseline:
        possible = (setup.at_baseline_ceiling == 1).astype(float)

    def moments(arm, configuration):
        predictor = xp.take(parameters["effect_level"], arm) + xp.at(base, configuration)
        if trial.effect_family == "normal":
            return {"level": predictor, "share": 0.0, "mean": predictor}
        if trial.effect_family == "bernoulli":
            share = xp.sigmoid(predictor)
            return {"level": 0.0, "share": share, "mean": share, "share_logit": predictor}
        level = xp.sigmoid(predictor)
        if not trial.spike:
            return {"level": level, "share": 0.0, "mean": level}
        logit = xp.take(parameters["ceiling_level"], arm) + xp.at(spike, configuration)
        share = possible[configuration] * xp.sigmoid(logit)
        mean = share + (1 - share) * level
        return {"level": level, "share": share, "mean": mean, "share_logit": logit}

    return moments


def row_log_likelihood(xp, trial, setup, rows, parameters, effect_nodes=None):
    """Return the log-likelihood of every row.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Parameters by name.
    effect_nodes : array, optional
        Values that replace latent effects (shape of the latent effects), for quadrature.

    Returns
    -------
    array
        Shape (..., rows).

    Examples
    --------
    >>> row_log_likelihood.__name__
    'row_log_likelihood'
    """
    moments = effect_moments(xp, trial, parameters, setup)(rows.arm, rows.configuration)
    total = _covariate_terms(xp, setup, rows, parameters)
    effect = rows.effect
    if rows.effect_latent.any():
        latent = parameters["latent_effect"] if effect_nodes is None else effect_nodes
        value = xp.take(latent, rows.effect_index)
        if trial.effect_family == "normal":
            value = moments["level"] + xp.take(parameters["effect_sd"], rows.arm) * value
        effect = xp.where(rows.effect_latent, value, effect)
    total = total + _effect_terms(xp, trial, rows, parameters, moments, effect)
    return total + _cost_terms(xp, trial, setup, rows, parameters, moments, effect)


def _covariate_terms(xp, setup, rows, parameters):
    total = 0.0
    for name, level in setup.levels.items():
        chosen = level[rows.configuration]
        total = total + xp.take(xp.log(parameters[f"category_share:{name}"]), chosen)
    return total


def _effect_terms(xp, trial, rows, parameters, moments, effect):
    """Survival, the share at the ceiling and the density below it."""
    total = 0.0
    if trial.deaths:
        chance = xp.take(parameters["death_probability"], rows.arm)
        dead = rows.dead * xp.log(chance) + (1 - rows.dead) * xp.log1p(-chance)
        total = total + rows.death_term * dead
    if trial.spike or trial.effect_family == "bernoulli":
        logit = moments["share_logit"]
        total = total + rows.spike_term * (rows.spike * logit - xp.softplus(logit))
    if trial.effect_family == "bernoulli":
        return total
    if trial.effect_family == "normal":
        spread = xp.take(parameters["effect_sd"], rows.arm)
        density = log_normal(xp, effect, moments["level"], spread)
        # A latent normal effect is a standard normal of its own, with its density in PyMC.
        term = rows.effect_term * (1.0 - rows.effect_latent)
    else:
        precision = xp.exp(xp.take(parameters["effect_log_precision"], rows.arm))
        density = log_beta(xp, effect, moments["level"], precision)
        term = rows.effect_term
    if trial.deaths:
        total = total + term * (1 - rows.dead) * density
        return total + term * rows.dead * _dead_density(xp, trial, effect, parameters)
    return total + term * density


def _dead_density(xp, trial, effect, parameters):
    """Density of the effect among the dead, common to the arms."""
    mean = xp.widen(parameters["dead_effect"])
    if trial.effect_family == "normal":
        return log_normal(xp, effect, mean, xp.widen(parameters["dead_effect_sd"]))
    return log_beta(
        xp, effect, xp.sigmoid(mean), xp.exp(xp.widen(parameters["dead_effect_log_precision"]))
    )


def standardised(trial, rows, moments, effect, xp):
    """Return (effect − its mean) per SD, 0 for the dead and where cost does not use it."""
    value = effect
    if trial.effect_family == "bernoulli":
        value = rows.spike
    elif trial.spike:
        value = xp.where(rows.spike == 1, 1.0, effect)
    return rows.linked * (value - moments["mean"]) / trial.effect_spread


def _cost_terms(xp, trial, setup, rows, parameters, moments, effect):
    score = standardised(trial, rows, moments, effect, xp) if trial.dependence else None
    total, first = 0.0, None
    for k in range(len(trial.groups)):
        level = cost_level(xp, trial, setup, parameters, k)(rows.arm, rows.configuration)
        if trial.dependence:
            slope = xp.take(xp.pick(parameters["dependence"], k), rows.arm)
            level = level + slope * score
        if trial.cost_family == "normal":
            term, first = _normal_cost(xp, trial, rows, parameters, k, level, first)
        else:
            term, first = _gamma_cost(xp, trial, rows, parameters, k, level, first)
        total = total + term
    return total


def cost_level(xp, trial, setup, parameters, k):
    """Return a function of arm and configuration: mean cost (its log for gamma) of group k."""
    slopes = parameters.get("cost_slope")
    slopes = None if slopes is None else xp.pick(slopes, k)
    base = linear(xp, parameters, setup, "cost", slopes)

    def level(arm, configuration):
        return xp.take(xp.pick(parameters["cost_level"], k), arm) + xp.at(base, configuration)

    return level


def _gamma_cost(xp, trial, rows, parameters, k, level, first):
    """Gamma density of a positive cost, with the hurdle; ``first`` is cost 1 over its mean."""
    spread = xp.pick(parameters["cost_cv"], k)
    shape_arm = 1 / (spread * spread)
    constant = shape_arm * xp.log(shape_arm) - xp.gammaln(shape_arm)
    shape, constant = xp.take(shape_arm, rows.arm), xp.take(constant, rows.arm)
    if first is not None:
        share = xp.widen(xp.pick(parameters["carry_over"], k - 1))
        level = level + xp.log(1 - share + share * first)
    log_ratio = np.log(rows.cost[:, k]) - level
    term = rows.cost_term[:, k]
    total = term * (constant + shape * (log_ratio - xp.exp(log_ratio)) - np.log(rows.cost[:, k]))
    if k == 0 and rows.ratio_latent.any():
        latent = xp.take(parameters["latent_ratio"], rows.ratio_index)
        pseudo = constant + (shape - 1) * xp.log(latent) - shape * latent
        total = total + rows.ratio_latent * pseudo
        log_ratio = xp.where(rows.ratio_latent, xp.log(latent), log_ratio)
    positive = 1.0
    if k in trial.hurdle:
        logit = xp.take(xp.pick(parameters["zero_level"], trial.hurdle.index(k)), rows.arm)
        zero = rows.zero[:, k]
        total = total + rows.zero_term[:, k] * (zero * logit - xp.softplus(logit))
        positive = (1 - zero) * (1 + xp.exp(logit))
    if k > 0 or len(trial.groups) == 1:
        return total, first
    known = np.where(rows.ratio_latent, 1.0, np.maximum(rows.cost_term[:, 0], rows.zero[:, 0]))
    return total, xp.where(known == 1, positive * xp.exp(log_ratio), 1.0)


def _normal_cost(xp, trial, rows, parameters, k, level, first):
    """Normal density of a cost, with the hurdle; ``first`` is cost 1 minus its mean."""
    spread = xp.take(xp.pick(parameters["cost_cv"], k), rows.arm)
    if first is not None:
        level = level + xp.widen(xp.pick(parameters["carry_over"], k - 1)) * first
    if rows.widened.any():
        # A missing normal effect integrates out exactly: its variance joins that of the cost.
        slope = xp.take(xp.pick(parameters["dependence"], k), rows.arm)
        through = slope * xp.take(parameters["effect_sd"], rows.arm) / trial.effect_spread
        spread = xp.sqrt(spread * spread + rows.widened * through * through)
    total = rows.cost_term[:, k] * log_normal(xp, rows.cost[:, k], level, spread)
    rest = rows.cost_term[:, k] * (rows.cost[:, k] - level)
    if k == 0 and rows.ratio_latent.any():
        rest = xp.where(
            rows.ratio_latent, spread * xp.take(parameters["latent_ratio"], rows.ratio_index), rest
        )
    if k in trial.hurdle:
        logit = xp.take(xp.pick(parameters["zero_level"], trial.hurdle.index(k)), rows.arm)
        zero = rows.zero[:, k]
        total = total + rows.zero_term[:, k] * (zero * logit - xp.softplus(logit))
        rest = (1 - zero) * rest
    return total, (rest if k == 0 and len(trial.groups) > 1 else first)


def participants(xp, rows, values):
    """Sum rows to participants: single rows as they are, others by log-sum-exp."""
    alone = xp.take(values, rows.single)
    if not len(rows.many):
        return alone, None
    return alone, xp.logsumexp(xp.take(values, rows.many) + rows.padding)


def log_normal(xp, value, mean, spread):
    """Return the log density of a normal."""
    return -0.5 * ((value - mean) / spread) ** 2 - xp.log(spread) - 0.5 * np.log(2 * np.pi)


def log_beta(xp, value, mean, precision):
    """Return the log density of a beta with a mean and a precision (sum of its parameters)."""
    a, b = mean * precision, (1 - mean) * precision
    inside = (a - 1) * xp.log(value) + (b - 1) * xp.log1p(-value)
    return inside + xp.gammaln(precision) - xp.gammaln(a) - xp.gammaln(b)


def _numpy_softplus(x):
    return np.logaddexp(0.0, x)


NUMPY = SimpleNamespace(
    log=np.log, log1p=np.log1p, exp=np.exp, sqrt=np.sqrt, where=np.where,
    gammaln=special.gammaln, sigmoid=special.expit, softplus=_numpy_softplus,
    take=lambda x, index: np.asarray(x)[..., index],
    at=lambda x, index: x[..., index] if isinstance(x, np.ndarray) else x,
    pick=lambda x, k: np.asarray(x)[..., k],
    widen=lambda x: np.asarray(x)[..., None],
    # einsum and not a matrix product: its sums do not depend on the number of threads.
    dot=lambda design, slopes: np.einsum("rp,...p->...r", design, slopes),
    logsumexp=lambda x: special.logsumexp(x, axis=-1),
)  # fmt: skip


def pytensor_namespace():
    """Return the PyTensor arithmetic; imported late, since it takes seconds."""
    import pytensor.tensor as pt

    return SimpleNamespace(
        log=pt.log, log1p=pt.log1p, exp=pt.exp, sqrt=pt.sqrt, where=pt.where,
        gammaln=pt.gammaln, sigmoid=pt.sigmoid, softplus=pt.softplus,
        take=lambda x, index: x[index],
        at=lambda x, index: x if isinstance(x, float) else x[index],
        pick=lambda x, k: x[..., k],
        widen=lambda x: x,
        dot=lambda design, slopes: (design * slopes).sum(axis=-1),
        logsumexp=lambda x: pt.logsumexp(x, axis=-1),
    )  # fmt: skip
