"""Arm means on the natural scale: averages over the whole analysis population, draw by draw."""

import numpy as np
from scipy import special

from trialbalance.model.likelihood import effect_moments
from trialbalance.model.over_cost import average_over_cost
from trialbalance.model.predictors import log_rows, predictors

_CELLS = 2_000_000


def chunks(draws, width):
    """Cut draws into slices that keep an array of draws × width small.

    Examples
    --------
    >>> list(chunks(5, 1_000_000))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 6, None)]
    """
    step = max(1, _CELLS // max(1, width))
    for start in range(0, draws, step):
        yield slice(start, start + step)


def arm_means(trial, setup, rows, parameters):
    """Standardise mean cost and effect of each arm over the analysis population.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Draws of every parameter, draws first.

    Returns
    -------
    dict of str to numpy.ndarray
        ``mean_effect``, ``mean_cost``, ``p_ceiling``, ``p_death`` of shape (draws, arms) and
        ``mean_cost_group`` (draws, arms, groups), in the units of the data.

    Notes
    -----
    With p the risk of death, π the share at the ceiling, m the mean below it and G the mean of
    exp(λ z): effect = (1 − p)(π U + (1 − π) m) + p e_dead; gamma or lognormal cost =
    (1 − p_zero) exp(level) ((1 − p) G + p). Where the effect is modelled given cost, its mean is
    averaged over the first cost and G is 1.

    Examples
    --------
    >>> arm_means.__name__
    'arm_means'
    """
    draws = len(parameters["effect_level"])
    parts = []
    for piece in chunks(draws, len(rows.person) + len(setup.person)):
        own = {name: values[piece] for name, values in parameters.items()}
        parts.append(_means(trial, setup, own, weights(trial, setup, rows, own)))
    means = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    means["mean_effect"] = trial.effect_origin + trial.effect_unit * means["mean_effect"]
    means["mean_cost_group"] = np.where(
        np.isnan(trial.cost_known), means["mean_cost_group"] * trial.cost_unit, trial.cost_known
    )
    means["mean_cost"] = means["mean_cost_group"].sum(axis=-1)
    if not trial.spike:
        del means["p_ceiling"]
    if not trial.deaths:
        del means["p_death"]
    return means


def weights(trial, setup, rows, parameters):
    """Return each configuration's share of the population, given the data of its participant.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Draws of every parameter, draws first.

    Returns
    -------
    numpy.ndarray
        Shape (draws or 1, configurations); each draw sums to 1.

    Examples
    --------
    >>> weights.__name__
    'weights'
    """
    draws = len(parameters["effect_level"])
    if len(setup.person) == trial.size:
        return np.full((1, trial.size), 1 / trial.size)
    values = log_rows(trial, setup, rows, parameters)
    values = np.broadcast_to(values, (draws, len(rows.person)))
    order = np.argsort(rows.person, kind="stable")
    starts = np.searchsorted(rows.person[order], np.arange(trial.size))
    top = np.maximum.reduceat(values[:, order], starts, axis=1)
    odds = np.exp(values - top[:, rows.person])
    total = np.add.reduceat(odds[:, order], starts, axis=1)
    shares = odds / total[:, rows.person]
    share = np.zeros((draws, len(setup.person)))
    for row, configuration in enumerate(rows.configuration):
        share[:, configuration] += shares[:, row]
    return share / trial.size


def in_arm(trial, setup, parameters, index):
    """Return predictors and effect moments of everybody as if in one arm and alive.

    Parameters
    ----------
    trial, setup : Trial, Configurations
        The data.
    parameters : dict
        Draws of every parameter, draws first.
    index : int
        Number of the arm.

    Returns
    -------
    values : dict
        Predictors by configuration.
    moments : dict
        ``mean`` and ``share`` of the effect by draw and configuration, internal units.

    Examples
    --------
    >>> in_arm.__name__
    'in_arm'
    """
    everyone = np.arange(len(setup.person))
    values = predictors(trial, setup, parameters, np.full(len(everyone), index), everyone)
    if trial.effect_on_cost:
        return values, average_over_cost(trial, setup.possible, values)
    return values, effect_moments(trial, setup.possible, values)


def _means(trial, setup, parameters, shares):
    """Return means in internal units for a chunk of draws."""
    found = {name: [] for name in ("mean_effect", "p_ceiling", "p_death", "mean_cost_group")}
    for index in range(len(trial.arms)):
        values, own = in_arm(trial, setup, parameters, index)
        death, dead = _death(trial, parameters, index)
        effect = (shares * own["mean"]).sum(axis=1)
        found["mean_effect"].append((1 - death) * effect + death * dead)
        found["p_ceiling"].append((1 - death) * (shares * own["share"]).sum(axis=1))
        found["p_death"].append(death)
        cost = mean_cost(trial, parameters, values, own, index, death)
        costs = np.einsum("sr,srk->sk", np.broadcast_to(shares, cost.shape[:2]), cost)
        found["mean_cost_group"].append(costs)
    return {name: np.stack(values, axis=1) for name, values in found.items()}


def _death(trial, parameters, index):
    """Return the risk of death of an arm and the mean effect among the dead."""
    if not trial.deaths:
        return np.zeros(len(parameters["effect_level"])), 0.0
    mean = parameters["dead_effect"]
    if trial.effect_family == "beta":
        mean = special.expit(mean)
    elif trial.effect_family == "decrement_gamma":
        mean = -np.exp(-mean)
    return parameters["death_probability"][:, index], mean


def mean_cost(trial, parameters, values, moments, index, death):
    """Return mean costs of an arm by draw, configuration and source group, internal units.

    Examples
    --------
    >>> mean_cost.__name__
    'mean_cost'
    """
    level = values["cost"]
    if trial.cost_family != "normal":
        level = natural_level(trial, level)
        if trial.dependence:
            wide = {key: np.asarray(part)[..., None] for key, part in moments.items()}
            spread = values.get("effect_spread")
            spread = None if spread is None else spread[..., None]
            beta = trial.effect_family == "beta"
            factor = mean_of_exponential(
                trial.effect_family, values["dependence"], trial.effect_spread, wide, spread,
                np.exp(spread) if beta else None,
            )  # fmt: skip
            death = death[:, None, None]
            level = level * ((1 - death) * factor + death)
    if trial.hurdle:
        zero = special.expit(parameters["zero_level"][:, index])
        factor = np.ones((len(zero), len(trial.groups)))
        factor[:, trial.hurdle] = 1 - zero
        level = level * factor[:, None]
    return level


def natural_level(trial, level):
    """Return the mean of a cost above zero from its predictor (log; logit where bounded).

    Examples
    --------
    >>> natural_level.__name__
    'natural_level'
    """
    found = np.exp(level)
    if trial.bounded:
        found[..., 0] = special.expit(level[..., 0])
    return found


def mean_of_exponential(family, slope, scale, moments, spread=None, precision=None):
    """Return E[exp(slope (e − E[e]) / scale)] in closed form.

    Parameters
    ----------
    family : {"normal", "beta", "bernoulli"}
        Distribution of the effect e.
    slope : numpy.ndarray
        Slope of log cost on the standardised effect.
    scale : float
        SD that standardises the effect, internal units.
    moments : dict
        ``level``, ``share`` and ``mean`` of the effect, internal units.
    spread : numpy.ndarray, optional
        SD of a normal effect.
    precision : numpy.ndarray, optional
        Precision of a beta effect.

    Returns
    -------
    numpy.ndarray
        The mean, broadcast over the arguments.

    Notes
    -----
    Normal: exp(t² sd² / 2) with t = slope / scale. Beta with a spike at 1:
    exp(−t E[e]) (π exp(t) + (1 − π) ₁F₁(m τ; τ; t)). Bernoulli: the same with its two points.

    Examples
    --------
    >>> float(mean_of_exponential("normal", 1.0, 1.0, {}, spread=0.0))
    1.0
    """
    rate = slope / scale
    if family == "normal":
        return np.exp(0.5 * (rate * spread) ** 2)
    share = moments["share"]
    if family == "bernoulli":
        below = 1.0
    else:
        below = special.hyp1f1(moments["level"] * precision, precision, rate)
    return np.exp(-rate * moments["mean"]) * (share * np.exp(rate) + (1 - share) * below)
