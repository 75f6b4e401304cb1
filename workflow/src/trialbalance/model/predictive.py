"""Posterior predictive statistics by arm: what the model would expect to see."""

import numpy as np
from scipy import special

from trialbalance.model.likelihood import effect_moments
from trialbalance.model.over_cost import score_of_cost
from trialbalance.model.predictors import cost_spread, predictors
from trialbalance.model.score import follow_cost

STATISTICS = (
    "effect_mean", "effect_sd", "effect_at_ceiling", "effect_q90", "effect_q95", "effect_q99",
    "cost_mean", "cost_sd", "cost_zero", "cost_q90", "cost_q95", "cost_q99", "correlation",
)  # fmt: skip


def statistics(trial, effect, cost, top):
    """Describe cost and effect by arm on the participants in whom they were observed.

    Parameters
    ----------
    trial : Trial
        The prepared data: arms and which outcomes were observed.
    effect, cost : numpy.ndarray
        Observed or replicated effect and total cost, shape (participants,), internal units.
    top : float or None
        Effect of the ceiling; None where nobody is there.

    Returns
    -------
    numpy.ndarray
        Shape (arms, statistics); NaN where fewer than two participants were observed.

    Examples
    --------
    >>> len(STATISTICS)
    13
    """
    return describe(trial.arm, len(trial.arms), trial.effect, trial.cost.sum(axis=1), effect, cost,
                    top)  # fmt: skip


def describe(arm, arms, seen_effect, seen_cost, effect, cost, top):
    """Describe cost and effect by arm on the participants in whom they were observed.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    arms : int
        How many arms.
    seen_effect, seen_cost : numpy.ndarray, shape (participants,)
        Observed effect and total cost, NaN where unseen.
    effect, cost, top
        As for :func:`statistics`.

    Returns
    -------
    numpy.ndarray
        Shape (arms, statistics).

    Examples
    --------
    >>> arm, value = np.array([0, 0]), np.array([1.0, 3.0])
    >>> describe(arm, 1, value, value, value, value, None)[0, [0, 6]].tolist()
    [2.0, 2.0]
    """
    seen_effect, seen_cost = ~np.isnan(seen_effect), ~np.isnan(seen_cost)
    found = np.full((arms, len(STATISTICS)), np.nan)
    for index in range(arms):
        own = arm == index
        e, c = effect[own & seen_effect], cost[own & seen_cost]
        if len(e) > 1:
            found[index, :2] = e.mean(), e.std()
            if top is not None:
                found[index, 2] = (e >= top - 1e-9).mean()
            found[index, 3:6] = np.quantile(e, (0.9, 0.95, 0.99))
        if len(c) > 1:
            found[index, 6:9] = c.mean(), c.std(), (c == 0).mean()
            found[index, 9:12] = np.quantile(c, (0.9, 0.95, 0.99))
        both = own & seen_effect & seen_cost
        if both.sum() > 3 and effect[both].std() > 0 and cost[both].std() > 0:
            found[index, 12] = np.corrcoef(effect[both], cost[both])[0, 1]
    return found


def predict(trial, setup, parameters, seed, replicates=1000):
    """Replicate the trial from the posterior and describe each replicate.

    Parameters
    ----------
    trial, setup : Trial, Configurations
        The data.
    parameters : dict
        Draws of every parameter, draws first.
    seed : int
        Seed of the replicates.
    replicates : int
        How many draws to use, evenly spaced.

    Returns
    -------
    observed : numpy.ndarray
        Statistics of the data, shape (arms, statistics).
    replicated : numpy.ndarray
        Statistics of the replicates, shape (replicates, arms, statistics).

    Examples
    --------
    >>> predict.__name__
    'predict'
    """
    rng = np.random.default_rng(seed)
    draws = len(parameters["effect_level"])
    chosen = np.linspace(0, draws - 1, min(replicates, draws)).astype(int)
    # Somebody with a missing category is replicated under the first of its values.
    first = np.unique(setup.person, return_index=True)[1]
    top = float(trial.effect_top) if trial.spike else None
    if trial.at_ceiling.any():
        top = float(trial.effect[trial.at_ceiling].min())
    total = (trial.cost * trial.cost_unit).sum(axis=1)
    observed = statistics(trial, trial.effect, total, top)
    replicated = [
        statistics(trial, *replicate(trial, setup, _one(parameters, draw), first, rng), top)
        for draw in chosen
    ]
    return observed, np.stack(replicated)


def _one(parameters, draw):
    return {name: values[draw : draw + 1] for name, values in parameters.items()}


def replicate(trial, setup, parameters, configuration, rng):
    """Draw effect and total cost of every participant from one draw of the parameters.

    Parameters
    ----------
    trial, setup : Trial, Configurations
        The data.
    parameters : dict
        One draw (leading axis of length 1).
    configuration : numpy.ndarray
        Configuration of each participant.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    effect : numpy.ndarray
        Shape (participants,), internal units.
    cost : numpy.ndarray
        Shape (participants,), in currency.

    Examples
    --------
    >>> replicate.__name__
    'replicate'
    """
    values = predictors(trial, setup, parameters, trial.arm, configuration)
    if trial.effect_on_cost:
        total, first = _costs(trial, parameters, values, None, rng)
        values = follow_cost(trial, values, score_of_cost(trial, values, first))
    moments = effect_moments(trial, setup.possible[configuration], values)
    dead = (trial.died == 1) if trial.deaths else np.zeros(trial.size, bool)
    effect = _effect(trial, parameters, moments, rng)
    score = np.where(dead, 0.0, (effect - moments["mean"]) / trial.effect_spread)
    if dead.any():
        effect = np.where(dead, _dead_effect(trial, parameters, rng), effect)
    if not trial.effect_on_cost:
        total, _ = _costs(trial, parameters, values, score, rng)
    return effect[0], total


def _costs(trial, parameters, values, score, rng):
    """Draw the total cost of everybody, and the cost of the first group in internal units."""
    total, first, carried = 0.0, None, None
    for k in range(len(trial.groups)):
        level = values["cost"][..., k]
        if trial.dependence:
            level = level + parameters["dependence"][:, trial.arm, k] * score
        cost, carried = _cost(trial, parameters, k, level, carried, rng)
        first = cost if first is None else first
        total = total + cost[0] * trial.cost_unit[k]
    return total, first


def _effect(trial, parameters, moments, rng):
    if trial.effect_family == "normal":
        return rng.normal(moments["level"], parameters["effect_sd"][:, trial.arm])
    share = np.broadcast_to(moments["share"], moments["mean"].shape)
    spike = (rng.random(share.shape) < share).astype(float)
    if trial.effect_family == "bernoulli":
        return spike
    if trial.effect_family == "decrement_gamma":
        below = _decrement(moments["level"], parameters["effect_cv"][:, trial.arm], rng)
    else:
        precision = np.exp(parameters["effect_log_precision"][:, trial.arm])
        below = _beta(moments["level"], precision, rng)
    return np.where(spike == 1, float(trial.effect_top), below)


def _decrement(mean, variation, rng):
    return -rng.gamma(variation**-2.0, -mean * variation**2)


def _beta(mean, precision, rng):
    a = np.maximum(mean * precision, 1e-3)
    b = np.maximum((1 - mean) * precision, 1e-3)
    return np.clip(rng.beta(a, b), 1e-9, 1 - 1e-9)


def _dead_effect(trial, parameters, rng):
    mean = np.broadcast_to(parameters["dead_effect"][:, None], (1, trial.size))
    if trial.effect_family == "normal":
        return rng.normal(mean, parameters["dead_effect_sd"][:, None])
    if trial.effect_family == "decrement_gamma":
        return _decrement(-np.exp(-mean), parameters["dead_effect_cv"][:, None], rng)
    precision = np.exp(parameters["dead_effect_log_precision"][:, None])
    return _beta(special.expit(mean), precision, rng)


def _cost(trial, parameters, k, level, first, rng):
    """Draw the cost of a source group, and what it hands on to the later groups."""
    spread = parameters["cost_cv"][:, trial.arm, k]
    share = parameters["carry_over"][:, k - 1 : k] if first is not None else 0.0
    positive = np.ones(level.shape)
    if k in trial.hurdle:
        zero = special.expit(parameters["zero_level"][:, trial.arm, trial.hurdle.index(k)])
        positive = (rng.random(zero.shape) >= zero).astype(float)
    if trial.cost_family == "normal":
        mean = level if first is None else level + share * first
        cost = rng.normal(mean, spread)
        return positive * cost, positive * (cost - level) if first is None else first
    mean = np.exp(level)
    if first is not None:
        mean = mean * (1 - share + share * first)
    if trial.bounded and k == 0:
        mean = special.expit(level)
        cost = positive * _beta(mean, np.exp(spread), rng)
    elif trial.cost_family == "gamma":
        shape = 1 / spread**2
        cost = positive * rng.gamma(shape, mean / shape)
    else:
        spread = cost_spread(trial, spread)
        cost = positive * mean * np.exp(rng.normal(-0.5 * spread**2, spread))
    if first is None:
        first = cost / mean / (1 - zero if k in trial.hurdle else 1.0)
    return cost, first
