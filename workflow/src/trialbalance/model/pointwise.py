"""Log-likelihood of each participant, with a missing effect integrated out."""

from dataclasses import fields, replace

import numpy as np
from scipy import special

from trialbalance.model.over_cost import nodes
from trialbalance.model.predictors import log_rows, predictors
from trialbalance.model.standardise import chunks

_NODES = 15


def log_likelihood(trial, setup, rows, parameters):
    """Return the log-likelihood of every participant who has any observed outcome.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Draws of every parameter, draws first.

    Returns
    -------
    people : numpy.ndarray
        Numbers of the participants.
    values : numpy.ndarray
        Shape (draws, participants).

    Notes
    -----
    A missing effect is integrated by Gauss–Hermite nodes, on the logit scale for a beta, so the
    values do not depend on the sampled latent effects and suit leave-one-out cross-validation.

    Examples
    --------
    >>> log_likelihood.__name__
    'log_likelihood'
    """
    informed = ~np.isnan(trial.effect) | ~np.isnan(trial.cost).all(axis=1)
    latent = np.isin(rows.person, rows.person[rows.effect_latent])
    through = np.zeros_like(latent)
    if trial.effect_on_cost:
        through = np.isin(rows.person, rows.person[rows.ratio_latent])
    plain = ~latent & ~through & informed[rows.person]
    parts, people = [], []
    for mask, method in ((plain, _plain), (latent, _integrated), (through, _over_cost)):
        if mask.any():
            own = subset(rows, np.flatnonzero(mask))
            values = [
                method(trial, setup, own, {name: x[piece] for name, x in parameters.items()})
                for piece in chunks(len(parameters["effect_level"]), len(own.person))
            ]
            parts.append(np.concatenate(values))
            people.append(np.unique(own.person))
    people = np.concatenate(people)
    order = np.argsort(people)
    return people[order], np.concatenate(parts, axis=1)[:, order]


def subset(rows, index):
    """Return the rows with the given numbers."""
    taken = {
        field.name: getattr(rows, field.name)[index]
        for field in fields(rows)
        if field.name != "levels"
    }
    taken["levels"] = {name: level[index] for name, level in rows.levels.items()}
    return replace(rows, **taken)


def _plain(trial, setup, rows, parameters):
    return _by_person(rows, log_rows(trial, setup, rows, parameters))


def _by_person(rows, values):
    people, starts = np.unique(rows.person, return_index=True)
    if len(people) == len(rows.person):
        return values
    top = np.maximum.reduceat(values, starts, axis=1)
    number = np.searchsorted(people, rows.person)
    total = np.add.reduceat(np.exp(values - top[:, number]), starts, axis=1)
    return top + np.log(total)


def _integrated(trial, setup, rows, parameters):
    """Integrate the latent effect of each participant over fixed nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    log_weights = np.log(weights) - 0.5 * np.log(2 * np.pi)
    total = None
    count = int(rows.effect_index.max()) + 1
    centre, scale = _logit_moments(trial, setup, rows, parameters, count)
    for node, log_weight in zip(nodes, log_weights, strict=True):
        if trial.effect_family == "normal":
            values = np.full((1, count), node)
            extra = np.zeros((1, count))
        else:
            values = centre + scale * node
            # From logit to node: the row's density is that of the logit.
            extra = np.log(scale) + 0.5 * node**2 + 0.5 * np.log(2 * np.pi)
        lines = log_rows(trial, setup, rows, parameters, effect_nodes=values)
        _, first = np.unique(rows.person, return_index=True)
        value = _by_person(rows, lines) + extra[:, rows.effect_index[first]] + log_weight
        total = value if total is None else np.logaddexp(total, value)
    return total


def _over_cost(trial, setup, rows, parameters):
    """Average over a missing first cost that the effect follows."""
    own = rows.ratio_latent
    found = predictors(trial, setup, parameters, rows.arm[own], rows.configuration[own])
    deviations, weights = nodes(trial, found)
    values = np.zeros((len(parameters["effect_level"]), int(rows.ratio_index.max()) + 1))
    total = None
    for deviation, weight in zip(deviations, weights, strict=True):
        values[:, rows.ratio_index[own]] = deviation
        lines = log_rows(trial, setup, rows, parameters, ratio_nodes=values)
        value = _by_person(rows, lines) + np.log(weight)
        total = value if total is None else np.logaddexp(total, value)
    return total


def _logit_moments(trial, setup, rows, parameters, count):
    """Return mean and SD of the logit (log) of each latent beta (decrement) effect, by draw."""
    if trial.effect_family == "normal":
        return None, None
    own = rows.effect_latent
    found = predictors(trial, setup, parameters, rows.arm[own], rows.configuration[own])
    if trial.effect_family == "decrement_gamma":
        shape = found["effect_shape"]
        middle = special.digamma(shape) - np.log(shape) - found["effect"]
        return _filled(rows, own, count, middle, special.polygamma(1, shape))
    level, precision = special.expit(found["effect"]), np.exp(found["effect_spread"])
    a, b = level * precision, (1 - level) * precision
    spread = special.polygamma(1, a) + special.polygamma(1, b)
    return _filled(rows, own, count, special.digamma(a) - special.digamma(b), spread)


def _filled(rows, own, count, middle, variance):
    """Put means and SDs of rows at the numbers of their latent effects."""
    centre, scale = np.zeros((len(middle), count)), np.ones((len(middle), count))
    centre[:, rows.effect_index[own]] = middle
    scale[:, rows.effect_index[own]] = np.sqrt(variance)
    return centre, scale
