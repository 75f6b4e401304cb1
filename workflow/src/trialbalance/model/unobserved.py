"""People alive but unobserved: their share of each arm and their means under the fitted model.

Later stages move these means without a refit. Nothing here imputes anything after death.
"""

import numpy as np
import xarray as xr

from trialbalance.model.missingness import (
    bootstrap_weights,
    chance_unobserved,
    missingness_slopes,
)
from trialbalance.model.over_cost import regression_on_effect
from trialbalance.model.standardise import chunks, in_arm, mean_cost, weights
from trialbalance.provenance.streams import stream

EFFECT = "effect"
_PEOPLE = 32
VARIABLES = (
    "share", "mean", "reference_mean", "below_ceiling", "ceiling_gain", "share_with_effect",
    "cost_per_effect",
)  # fmt: skip


def components(trial):
    """Return the names of what may be unobserved: the effect, and cost by source group.

    Examples
    --------
    >>> components.__name__
    'components'
    """
    return [EFFECT, *(f"cost_{group}" for group in trial.groups)]


def unobserved_means(trial, setup, rows, parameters, comparator, seed):
    """Return the share and the means of people alive but unobserved, by draw, arm and component.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Draws of every parameter, draws first.
    comparator : str
        Arm whose parameters give the reference means.
    seed : int
        Seed of the draws of the shares.

    Returns
    -------
    dict of str to numpy.ndarray
        Shape (draws, arms, components), natural units. ``share``: of the arm; ``mean``: theirs
        under the model of their own arm; ``reference_mean``: under the model of the comparator
        with their own covariates, NaN where the comparator has no participants;
        ``below_ceiling``: mean effect if none of them were at the ceiling, and ``ceiling_gain``:
        what it gains if all were for whom it is possible (NaN without a ceiling and for costs);
        ``share_with_effect``: whose effect is unobserved too; ``cost_per_effect``: slope of the
        cost on the effect (both NaN for the effect itself).

    Notes
    -----
    With r_a(x) the chance in arm a of being alive and unobserved and m_a(x) the mean there among
    the living, share = E r_a(x) and mean = E r_a(x) m_a(x) / share, both over the covariates of
    the whole analysis population. r_a comes from a logistic regression under Bayesian bootstrap
    weights. Somebody of unknown vital status counts by the chance of being alive.

    References
    ----------
    Leurent B, et al. PharmacoEconomics 2018;36:889-901. doi:10.1007/s40273-018-0650-5

    Examples
    --------
    >>> unobserved_means.__name__
    'unobserved_means'
    """
    design = _design(trial)
    slopes = _all_slopes(trial, design, len(parameters["effect_level"]), seed)
    known = trial.arms.index(comparator) if comparator in trial.arms else None
    parts = []
    for piece in chunks(len(parameters["effect_level"]), len(rows.person) + len(setup.person)):
        own = {name: values[piece] for name, values in parameters.items()}
        chances = [[chance_unobserved(design, s[piece]) for s in arm] for arm in slopes]
        people = weights(trial, setup, rows, own)
        parts.append(_piece(trial, setup, own, people, chances, known))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _design(trial):
    """Return an intercept and every covariate, a missing one at its mean."""
    columns = [c.design(c.values) for c in trial.covariates.values()]
    return np.hstack([np.ones((trial.size, 1)), *columns])


def _indicators(trial):
    """Return who is not known dead and unobserved: the effect, each cost, each with the effect."""
    alive = ~(trial.died == 1)
    effect = alive & np.isnan(trial.effect)
    costs = [alive & np.isnan(column) for column in trial.cost.T]
    return [effect, *costs, *(effect & cost for cost in costs)]


def _all_slopes(trial, design, draws, seed):
    """Return, by arm and indicator, draws of the regression of being unobserved."""
    found = []
    for index, arm in enumerate(trial.arms):
        own = trial.arm == index
        people = bootstrap_weights(stream(seed, "unobserved", arm), draws, int(own.sum()))
        found.append([missingness_slopes(design[own], mark[own], people)
                      for mark in _indicators(trial)])  # fmt: skip
    return found


def _alive(trial, parameters, index):
    """Return by indicator how many of those marked in an arm are taken to be alive, by draw."""
    own, unknown = trial.arm == index, np.isnan(trial.died)
    if not trial.deaths:
        return [1.0] * (1 + 2 * len(trial.groups))
    death = parameters["death_probability"][:, index]
    shares = [(unknown & own & mark).sum() / max((own & mark).sum(), 1)
              for mark in _indicators(trial)]  # fmt: skip
    return [1 - share * death for share in shares]


def _piece(trial, setup, parameters, people, chances, known):
    """Return shares and means for a chunk of draws."""
    means, slopes, ceilings = _means_alive(trial, setup, parameters)
    draws, count = len(parameters["effect_level"]), 1 + len(trial.groups)
    shape = (draws, len(trial.arms), count)
    found = {name: np.full(shape, np.nan) for name in VARIABLES}
    found["share"][:], found["mean"][:] = 0.0, 0.0
    for index in range(len(trial.arms)):
        alive = _alive(trial, parameters, index)
        for place in range(count):
            weight = people * chances[index][place][:, setup.person]
            total = weight.sum(axis=1)
            # Where nobody is unobserved the mean is that of everybody: it then acts on nothing.
            weight = np.where(total[:, None] > 0, weight, people)
            weight = weight / weight.sum(axis=1, keepdims=True)
            # Sums of weights may pass 1 by rounding.
            found["share"][:, index, place] = np.minimum(total, 1) * alive[place]
            found["mean"][:, index, place] = (weight * means[index][..., place]).sum(axis=1)
            if known is not None:
                value = (weight * means[known][..., place]).sum(axis=1)
                found["reference_mean"][:, index, place] = value
            if trial.spike and not place:
                below, gain = ceilings[index]
                found["below_ceiling"][:, index, 0] = (weight * below).sum(axis=1)
                found["ceiling_gain"][:, index, 0] = (weight * gain).sum(axis=1)
            if place:
                both = people * chances[index][count - 1 + place][:, setup.person]
                share = np.minimum(both.sum(axis=1), 1) * alive[count - 1 + place]
                found["share_with_effect"][:, index, place] = share
                slope = (weight * slopes[index][..., place - 1]).sum(axis=1)
                found["cost_per_effect"][:, index, place] = slope
    return found


def _means_alive(trial, setup, parameters):
    """Return by arm, of the living, means (draws, configurations, components), slopes, ceilings."""
    means, slopes, ceilings = [], [], []
    nobody = np.zeros(len(parameters["effect_level"]))
    for index in range(len(trial.arms)):
        values, moments = in_arm(trial, setup, parameters, index)
        cost = mean_cost(trial, parameters, values, moments, index, nobody)
        slopes.append(_slope(trial, setup, parameters, values, cost))
        cost = np.where(np.isnan(trial.cost_known), cost * trial.cost_unit, trial.cost_known)
        effect = trial.effect_origin + trial.effect_unit * moments["mean"]
        effect = np.broadcast_to(effect, cost.shape[:2])
        means.append(np.concatenate([effect[..., None], cost], axis=-1))
        below = trial.effect_origin + trial.effect_unit * moments["level"]
        top = trial.effect_origin + trial.effect_unit * trial.effect_top
        ceilings.append((below, setup.possible * (top - below)))
    return means, slopes, ceilings


def _slope(trial, setup, parameters, values, cost):
    """Return by how much mean cost rises with the effect (draws, configurations, groups)."""
    unit = trial.cost_unit / trial.effect_unit
    if trial.dependence:
        own = values["dependence"] / trial.effect_spread
        # With a log link the slope is that at the fitted mean.
        own = own if trial.cost_family == "normal" else own * cost
        return np.broadcast_to(own, cost.shape) * unit
    if not trial.effect_on_cost:
        return np.zeros(cost.shape)
    # A slope by arm: averaged over some people spread over the population, for speed.
    some = slice(None, None, -(-len(setup.possible) // _PEOPLE))
    thin = {name: value[:, some] if value.shape[1] > 1 else value
            for name, value in values.items()}  # fmt: skip
    first = regression_on_effect(trial, setup.possible[some], thin).mean(axis=1)
    first = np.broadcast_to(first[:, None, None], (*cost.shape[:2], 1))
    if len(trial.groups) == 1:
        return first * unit
    share = parameters["carry_over"][:, None, :]
    # Later groups follow the first: its residual (normal), or its ratio to its mean.
    if trial.cost_family != "normal":
        share = share * cost[..., 1:] / cost[..., :1]
    return np.concatenate([first, first * share], axis=-1) * unit


def add_unobserved(idata, trial, section, means):
    """Put shares and means of the unobserved into a fit, as its group ``predictions``.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit; changed in place.
    trial : Trial
        The data.
    section : dict
        Resolved model section: bounds of the effect.
    means : dict
        From :func:`unobserved_means`.

    Examples
    --------
    >>> add_unobserved.__name__
    'add_unobserved'
    """
    sizes = idata.posterior.sizes
    coords = {"chain": idata.posterior["chain"], "draw": idata.posterior["draw"],
              "arm": trial.arms, "component": components(trial)}  # fmt: skip
    dims = ("chain", "draw", "arm", "component")
    found = {
        f"unobserved_{name}": (dims, values.reshape(sizes["chain"], sizes["draw"],
                                                    *values.shape[1:]))
        for name, values in means.items()
    }  # fmt: skip
    lowest, highest = _bounds(trial, section["effect"])
    attributes = {"lowest_effect": lowest, "highest_effect": highest}
    idata.add_groups({"predictions": xr.Dataset(found, coords=coords, attrs=attributes)})


def _bounds(trial, section):
    """Return the possible range of the effect, NaN where it has no end."""
    if trial.effect_family == "bernoulli":
        return 0.0, 1.0
    if trial.effect_family == "beta":
        return trial.effect_origin, trial.effect_origin + trial.effect_unit
    if trial.effect_family == "decrement_gamma":
        return np.nan, trial.effect_origin
    return tuple(np.nan if section[end] is None else float(section[end])
                 for end in ("lower", "ceiling"))  # fmt: skip
