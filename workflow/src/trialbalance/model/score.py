"""The effect given cost: the score of the first cost that moves the effect.

The score is zero in expectation under the cost model, so that it moves no arm mean of a normal
effect, and grows with cost. For a gamma cost it is bounded: 1 − exp(−cost / mean), whose mean has
a closed form, so that one huge bill cannot carry an arm's slope. For a normal cost it is the
residual; for a lognormal cost a logistic curve of the residual of its log, which is bounded too.
A cost of zero is the lowest score. ``deviation`` is the log of cost over its mean (gamma) or the
standardised residual (normal; lognormal: of the log) of a positive cost.
"""

import numpy as np
from scipy import special

# SD of the logistic curve of a standard normal.
_LOGISTIC_SD = 0.2083


def score_scale(first, family):
    """Return the SD of the unadjusted score, which makes slopes read per SD.

    Parameters
    ----------
    first : numpy.ndarray
        Cost of the first source group in multiples of its mean, NaN where unobserved.
    family : str
        Cost family.

    Returns
    -------
    float
        The SD, or 1 where the score does not vary.

    Examples
    --------
    >>> score_scale(np.array([0.0, 2.0, np.nan]), "normal")
    1.0
    """
    if family == "lognormal":
        return _LOGISTIC_SD
    seen = first[~np.isnan(first)]
    value = 1 - np.exp(-seen) if family == "gamma" else seen
    spread = float(np.std(value)) if len(value) else 0.0
    return spread if spread > 1e-6 else 1.0


def score_of(trial, predictors, deviation, positive):
    """Return the score of the first cost, with mean zero under the cost model.

    Parameters
    ----------
    trial : Trial
        Cost family, hurdles and the scale of the score.
    predictors : dict
        Predictors of the same rows.
    deviation : array
        Log of cost over its mean (gamma), or standardised residual, of a positive cost.
    positive : array
        0 where the cost is zero behind a hurdle, else 1.

    Returns
    -------
    array
        The score of each row.

    Notes
    -----
    Gamma with shape k and ratio g of cost to its mean: E[1 − exp(−g)] = 1 − (1 + 1/k)^−k.
    Lognormal: the logistic curve of a standard normal has mean 1/2 by symmetry.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> trial = SimpleNamespace(first_cost_family="gamma", hurdle=[], cost_spread=1.0)
    >>> float(score_of(trial, {"cost_shape": np.ones((1, 1))}, np.zeros(1), 1.0)[0])
    0.13212055882855767
    """
    some = 1 - special.expit(predictors["zero"][..., 0]) if 0 in trial.hurdle else 1.0
    family = trial.first_cost_family
    if family == "bounded":
        value, mean = special.expit(deviation), special.expit(predictors["cost"][..., 0])
    elif family == "gamma":
        shape = predictors["cost_shape"][..., 0]
        value = 1 - np.exp(-np.exp(deviation))
        mean = 1 - np.exp(-shape * np.log1p(1 / shape))
    elif family == "lognormal":
        value, mean = special.expit(deviation), 0.5
    else:
        mean = predictors["cost"][..., 0]
        value = mean + predictors["cost_spread"][..., 0] * deviation
    return (positive * value - some * mean) / trial.cost_spread


def follow_cost(trial, predictors, score):
    """Return predictors whose effect (and share at the ceiling) has moved with the score.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> trial = SimpleNamespace(spike=False)
    >>> follow_cost(trial, {"effect": 1.0, "effect_on_cost": 0.5}, 2.0)["effect"]
    2.0
    """
    moved = predictors | {"effect": predictors["effect"] + predictors["effect_on_cost"] * score}
    if trial.spike:
        moved["ceiling"] = predictors["ceiling"] + predictors["ceiling_on_cost"] * score
    return moved


def given_cost(trial, rows, predictors):
    """Move the effect of each row with its first cost, observed or latent.

    Examples
    --------
    >>> given_cost.__name__
    'given_cost'
    """
    level = predictors["cost"][..., 0]
    if trial.first_cost_family == "bounded":
        deviation = rows.first_term * rows.first_logit
    elif trial.first_cost_family == "gamma":
        deviation = rows.first_term * (rows.log_cost[..., 0] - level)
    else:
        spread = predictors["cost_spread"][..., 0]
        residual = rows.cost[..., 0] - level
        if trial.first_cost_family == "lognormal":
            residual = rows.log_cost[..., 0] - level + 0.5 * spread * spread
        deviation = rows.first_term * residual / spread
    if rows.ratio_latent.any():
        deviation = deviation + rows.ratio_latent * predictors["latent_ratio"]
    score = score_of(trial, predictors, deviation, 1 - rows.first_zero)
    moved = follow_cost(trial, predictors, rows.first_known * score)
    if rows.widened.any():
        # A missing normal cost integrates out exactly: its variance joins that of the effect.
        through = predictors["effect_on_cost"] * predictors["cost_spread"][..., 0]
        through = rows.widened * through / trial.cost_spread
        own = predictors["effect_spread"]
        moved["effect_spread"] = np.sqrt(own * own + through * through)
    return moved
