"""Replicates of the trial from the posterior, described as the totals are."""

from types import SimpleNamespace

import numpy as np
from scipy import special

from trialbalance.model.longitudinal.cells import level, log_factor
from trialbalance.model.longitudinal.likelihood import NUMPY
from trialbalance.model.predictive import statistics


def predict(panel, draws, seed, replicates=500):
    """Replicate the trial and describe each replicate.

    Parameters
    ----------
    panel : Panel
        The data.
    draws : list of dict
        Parameters of each draw.
    seed : int
        Seed of the replicates.
    replicates : int
        How many draws to use, evenly spaced.

    Returns
    -------
    observed : numpy.ndarray, shape (arms, statistics)
        Statistics of those alive with every visit, and of those with every period, observed.
    replicated : numpy.ndarray, shape (replicates, arms, statistics)
        The same of the same people in each replicate.

    Examples
    --------
    >>> predict.__name__
    'predict'
    """
    rng = np.random.default_rng(seed)
    chosen = np.linspace(0, len(draws) - 1, min(replicates, len(draws))).astype(int)
    top = None
    if panel.ceiling is not None and len(panel.visits.hurdle):
        top = panel.weights.sum() * panel.ceiling
    trial = SimpleNamespace(
        effect=panel.effect, cost=panel.cost[:, None], arm=panel.arm, arms=panel.arms
    )
    observed = statistics(trial, panel.effect, panel.cost, top)
    found = [statistics(trial, *replicate(panel, draws[draw], rng), top) for draw in chosen]
    return observed, np.stack(found)


def replicate(panel, p, rng):
    """Draw effect and cost of every participant from one draw of the parameters.

    Parameters
    ----------
    panel : Panel
        The data.
    p : dict of numpy.ndarray
        Parameters of one draw.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    effect, cost : numpy.ndarray, shape (participants,)
        As everybody lived to the horizon; cost without the periods that began after a death.

    Examples
    --------
    >>> replicate.__name__
    'replicate'
    """
    size, r = len(panel.arm), p["correlation"]
    t = rng.standard_normal(size)
    v = r * t + np.sqrt(1 - r**2) * rng.standard_normal(size)
    value = _draw(panel.visits, panel.member, p["visits"], v, rng)
    value = value if panel.ceiling is None else panel.ceiling - value
    cost = _draw(panel.periods, panel.member, p["periods"], t, rng)
    end = np.where(panel.deaths.any(axis=1), panel.exposure.sum(axis=1), np.inf)
    return value @ panel.weights.sum(axis=0), (cost * (panel.starts < end[:, None])).sum(axis=1)


def _draw(cells, member, p, effect, rng):
    """Draw the values of everybody in the unit of the data, given the participant's effect."""
    middle, spread = level(NUMPY, cells, member, p), member @ p["spread"]
    if cells.family == "normal":
        value = rng.normal(middle + effect[:, None] * p["loading"], spread)
    else:
        mean = np.exp(middle + log_factor(NUMPY, p, effect).T)
        if cells.family == "gamma":
            value = rng.gamma(spread**-2.0, mean * spread**2)
        else:
            value = mean * np.exp(rng.normal(-0.5 * spread**2, spread))
    if len(cells.hurdle):
        logit = member @ p["zero_level"] + effect[:, None] * p["zero_loading"]
        value[:, cells.hurdle] *= rng.random(logit.shape) >= special.expit(logit)
    value = value * cells.unit
    return np.where(np.isnan(cells.known), value, cells.known)
