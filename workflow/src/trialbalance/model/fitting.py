"""Fit one analysis: prepare, lay out, sample, standardise, and gather it in one object."""

import importlib.metadata
import json
from typing import NamedTuple

import arviz as az
import numpy as np
import xarray as xr

from trialbalance.model.density import log_density
from trialbalance.model.layout import plan
from trialbalance.model.left_out import Pieces, add_leave_one_out
from trialbalance.model.pack import pack
from trialbalance.model.pointwise import log_likelihood, subset
from trialbalance.model.predictive import STATISTICS, predict
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand
from trialbalance.model.sample import draw
from trialbalance.model.standardise import arm_means, subgroups
from trialbalance.model.store import clean
from trialbalance.model.unobserved import add_unobserved, unobserved_means

_LIBRARIES = ("arviz", "numba", "numpy", "nutpie", "scipy")


class Found(NamedTuple):
    """What was fitted: the data, and draws with all chains one after the other.

    Attributes
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict of str to numpy.ndarray
        Draws of each parameter, draws first.
    layout, data : Layout, Data
        Where parameters stand in a point, and what the density reads.
    points : numpy.ndarray
        Unconstrained draws, shape (draws, parameters).
    """

    trial: object
    setup: object
    rows: object
    parameters: dict
    layout: object
    data: object
    points: np.ndarray


def fit(dataset, groups, study, section, seed, progress=None, cores=1):
    """Fit the joint model of cost and effect to one analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population (table ``dataset``).
    groups : list of str
        Source groups of cost, the most complete first; empty uses the column ``cost``.
    study : dict
        Study section: ``arms`` in order, ``horizon_years``.
    section : dict
        Resolved model section.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    cores : int
        Threads for the chains; the draws do not depend on it.

    Returns
    -------
    arviz.InferenceData
        ``posterior`` (parameters in internal units; arm means in the units of the data),
        ``predictions`` (shares and means of people alive but unobserved),
        ``log_likelihood`` by participant, ``posterior_predictive`` statistics by arm,
        ``observed_data``, ``leave_one_out`` and ``sample_stats``; settings, seed and versions as
        attributes.

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.

    Examples
    --------
    >>> fit.__name__
    'fit'
    """
    say = progress or (lambda percent, text: None)
    idata, found = means_of(dataset, groups, study, section, seed, progress, cores)
    trial, data = found.trial, found[:4]
    add_unobserved(idata, trial, section, unobserved_means(*data, study["comparator"], seed))
    say(94, "checking predictions")
    people, values = log_likelihood(*data)
    replicated = predict(trial, found.setup, found.parameters, seed)
    _add_checks(idata, trial, people, values, replicated)
    add_leave_one_out(idata, section["gates"]["pareto_k"], _pieces(found, people))
    _hide_latent(idata)
    idata.attrs.update(_attributes(trial, section, seed))
    say(100, "done")
    return clean(idata)


class _Density:
    """The density of one trial as the sampler calls it."""

    def __init__(self, data):
        self._data, self.size = data, len(data.kind)

    def __call__(self, point):
        return log_density(point, self._data)


def sample_density(data, start_point, section, seed, cores=1, progress=None):
    """Draw from the posterior whose density is compiled once for all trials.

    Parameters
    ----------
    data : Data
        What the density reads.
    start_point : callable
        Gives an unconstrained starting point for a seed.
    section : dict
        Resolved model section: ``draws``, ``tune``, ``chains``, ``target_accept``.
    seed, cores, progress
        As for :func:`fit`.

    Returns
    -------
    arviz.InferenceData
        Draws of the unconstrained vector as ``point``, and the sampler's statistics.

    Examples
    --------
    >>> sample_density.__name__
    'sample_density'
    """
    say = progress or (lambda percent, text: None)
    say(5, "preparing the density")
    return draw(_Density(data), section, seed, cores, say, start_point)


def means_of(dataset, groups, study, section, seed, progress=None, cores=1):
    """Fit the model and standardise its arm means, without checks.

    Parameters
    ----------
    dataset, groups, study, section, seed, progress, cores
        As for :func:`fit`.

    Returns
    -------
    arviz.InferenceData
        Parameters and arm means.
    Found
        The trial, its configurations and rows, and the draws.

    Examples
    --------
    >>> means_of.__name__
    'means_of'
    """
    say = progress or (lambda percent, text: None)
    say(0, "preparing the data")
    trial = prepare(dataset, groups, study, section)
    setup = configurations(trial)
    rows = expand(trial, setup)
    layout = plan(trial, setup, rows, section["priors"])
    data = pack(trial, setup, rows, layout)
    idata = sample_density(data, layout.start_point, section, seed, cores, progress)
    points = idata.posterior["point"].to_numpy().reshape(-1, layout.size)
    idata.posterior = _named(idata, trial, setup, layout)
    say(90, "averaging over the analysis population")
    parameters = flat(idata)
    _add_means(idata, trial, arm_means(trial, setup, rows, parameters))
    return idata, Found(trial, setup, rows, parameters, layout, data, points)


def _pieces(found, people):
    """Return what leaving one participant out needs to move the draws."""
    trial, setup, rows, _, layout, data, points = found
    moved = np.ones(layout.size, bool)
    for name, part in layout.parts.items():
        if name.startswith("latent"):
            moved[part.places] = False

    def density(draws):
        return np.array([log_density(point, data)[0] for point in draws])

    def likelihood(draws, number):
        own = subset(rows, np.flatnonzero(rows.person == people[number]))
        return log_likelihood(trial, setup, own, layout.named(draws))[1][:, 0]

    return Pieces(points, moved, density, likelihood)


def flat(idata):
    """Return draws of each parameter with chains one after the other, draws first.

    Examples
    --------
    >>> flat(az.from_dict({"a": [[1.0, 2.0], [3.0, 4.0]]}))["a"]
    array([1., 2., 3., 4.])
    """
    found = {}
    for name, values in idata.posterior.data_vars.items():
        array = values.to_numpy()
        found[name] = array.reshape(-1, *array.shape[2:])
    return found


def _named(idata, trial, setup, layout):
    """Cut the sampled vector into parameters with names and labels."""
    labels = {
        "arm": trial.arms, "group": trial.groups, "later_group": trial.groups[1:],
        "hurdle_group": [trial.groups[k] for k in trial.hurdle],
        **{f"{equation}_term": names for equation, names in setup.columns.items()},
        **{f"{name}_unit": block.labels for name, block in trial.blocks.items()},
    }  # fmt: skip
    found = {}
    for name, array in layout.named(idata.posterior["point"].to_numpy()).items():
        own = layout.dims(name)
        if len(own) != array.ndim - 2:
            own = tuple(f"{name}_number{axis}" for axis in range(array.ndim - 2))
        coords = {dim: labels[dim] for dim in own if dim in labels}
        found[name] = xr.DataArray(array, dims=("chain", "draw", *own), coords=coords)
    return xr.Dataset(found).assign_coords(
        chain=idata.posterior["chain"], draw=idata.posterior["draw"]
    )


def _add_means(idata, trial, means):
    posterior = idata.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    names = [f"{name}: {level}" for name, level in subgroups(trial)]
    coords = {"arm": trial.arms, "group": trial.groups, "subgroup": names}
    for name, values in means.items():
        last = "subgroup" if name.startswith("subgroup") else "group"
        dims = ("chain", "draw", "arm", last)[: values.ndim + 1]
        posterior[name] = xr.DataArray(
            values.reshape(*shape, *values.shape[1:]), dims=dims,
            coords={dim: coords[dim] for dim in dims[2:]},
        )  # fmt: skip
    idata.posterior = posterior


def _add_checks(idata, trial, people, values, predictive):
    chains, draws = idata.posterior.sizes["chain"], idata.posterior.sizes["draw"]
    names = trial.participants[people]
    observed, replicated = predictive
    by_arm = {"arm": trial.arms, "statistic": list(STATISTICS)}
    everyone = {"participant_id": trial.participants}
    natural = trial.effect_origin + trial.effect_unit * trial.effect
    groups = {
        "log_likelihood": xr.Dataset(
            {"participant": (("chain", "draw", "participant_id"),
                             values.reshape(chains, draws, -1))},
            coords={"chain": idata.posterior["chain"], "draw": idata.posterior["draw"],
                    "participant_id": names},
        ),
        "posterior_predictive": xr.Dataset(
            {"statistic_value": (("chain", "draw", "arm", "statistic"), replicated[None])},
            coords={"chain": [0], "draw": np.arange(len(replicated)), **by_arm},
        ),
        "observed_data": xr.Dataset(
            {"effect": (("participant_id",), natural),
             "cost": (("participant_id", "group"), trial.cost * trial.cost_unit),
             "statistic_value": (("arm", "statistic"), observed)},
            coords={**everyone, **by_arm, "group": trial.groups},
        ),
    }  # fmt: skip
    idata.add_groups(groups)


def _hide_latent(idata):
    """Keep the convergence of latent values, not the values: they belong to participants."""
    latent = [name for name in idata.posterior.data_vars if name.startswith("latent")]
    if latent:
        worst = az.rhat(idata.posterior[latent]).to_array().max()
        idata.attrs["latent_r_hat"] = float(worst)
    idata.posterior = idata.posterior.drop_vars(latent)
    unused = [dim for dim in idata.posterior.coords
              if not any(dim in v.dims for v in idata.posterior.data_vars.values())]  # fmt: skip
    idata.posterior = idata.posterior.drop_vars(unused)


def _attributes(trial, section, seed):
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {
        "family": f"{trial.effect_family} effect, {trial.cost_family} cost",
        "settings": json.dumps(section, sort_keys=True),
        "seed": int(seed),
        "versions": json.dumps(versions, sort_keys=True),
        "notes": json.dumps(trial.notes),
        "participants": int(trial.size),
    }
