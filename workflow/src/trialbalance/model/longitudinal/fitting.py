"""Fit the longitudinal form: declare, sample, average, and gather as the totals form does."""

import importlib.metadata
import json

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from trialbalance.model.left_out import add_leave_one_out
from trialbalance.model.longitudinal.likelihood import NUMPY, log_likelihood, spread_out
from trialbalance.model.longitudinal.means import arm_means
from trialbalance.model.longitudinal.panel import make_panel
from trialbalance.model.longitudinal.parameters import named, plan, sizes
from trialbalance.model.longitudinal.predictive import predict
from trialbalance.model.predictive import STATISTICS
from trialbalance.model.sampling import sample
from trialbalance.model.store import clean

_LIBRARIES = ("arviz", "numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")


def fit(dataset, follow_up, weights, study, section, seed, progress=None, cores=1):
    """Fit the longitudinal model of cost and effect to one analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm and covariates.
    follow_up : pandas.DataFrame
        Table follow_up of the analysis.
    weights : pandas.DataFrame
        Rows of table outcome_weights of the analysis's outcome.
    study, section : dict
        Section ``study``; resolved section ``model``.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    cores : int
        Threads for the chains; the draws do not depend on it.

    Returns
    -------
    arviz.InferenceData
        As the totals form gives it, with ``visit_mean``, ``period_mean`` and ``alive`` beside.

    Raises
    ------
    Problems
        Where the visits or costs cannot be what the settings describe.

    Examples
    --------
    >>> fit.__name__
    'fit'
    """
    say = progress or (lambda percent, text: None)
    say(0, "preparing the data")
    panel = make_panel(dataset, follow_up, weights, study, section)
    parts = plan(panel, section)
    idata = sample(declare(panel, parts), section, seed, cores, progress)
    say(90, "averaging over the effects of participants")
    draws, posterior = _unfold(panel, parts, idata)
    posterior |= _means(panel, draws, idata)
    say(94, "checking predictions")
    values = np.stack([log_likelihood(NUMPY, panel, p)[panel.informed] for p in draws])
    idata.posterior = xr.Dataset(posterior).assign_coords(
        chain=idata.posterior["chain"], draw=idata.posterior["draw"]
    )
    _add_checks(idata, panel, values, predict(panel, draws, seed))
    add_leave_one_out(idata, section["gates"]["pareto_k"])
    idata.attrs.update(_attributes(panel, section, seed))
    say(100, "done")
    return clean(idata)


def declare(panel, parts):
    """Declare the model: two vectors and one likelihood.

    Examples
    --------
    >>> declare.__name__
    'declare'
    """
    length = sizes(parts)
    with pm.Model() as model:
        vectors = {
            "any": pm.Normal("any", 0.0, 1.0, shape=length["any"]),
            "above": pm.HalfNormal("above", 1.0, shape=length["above"]),
        }
        p = spread_out(pt, panel, named(pt, parts, vectors))
        pm.Potential("likelihood", log_likelihood(pt, panel, p).sum())
    return model


def _unfold(panel, parts, idata):
    """Return the parameters of each draw, and the named ones with labels."""
    stacked = {
        name: values.to_numpy().reshape(-1, values.shape[-1])
        for name, values in idata.posterior.data_vars.items()
    }
    shape = (idata.posterior.sizes["chain"], idata.posterior.sizes["draw"])
    each = [
        named(np, parts, {name: values[draw] for name, values in stacked.items()})
        for draw in range(shape[0] * shape[1])
    ]
    found = {}
    for part in parts:
        values = np.stack([one[part.name] for one in each]).reshape(*shape, *part.shape)
        dims = [f"{part.name}_{axis}" for axis in range(len(part.shape))]
        found[part.name] = (("chain", "draw", *dims), values)
    return [spread_out(NUMPY, panel, one) for one in each], found


def _means(panel, draws, idata):
    """Return the means of every draw with labels."""
    shape = (idata.posterior.sizes["chain"], idata.posterior.sizes["draw"])
    labels = {
        "mean_effect": {}, "mean_cost": {}, "mean_cost_group": {"group": panel.groups},
        "visit_mean": {"visit": panel.visits.names},
        "period_mean": {"period": panel.periods.names},
        "alive": {"moment": [f"{time:g}" for time in panel.moments]},
    }  # fmt: skip
    each = [arm_means(panel, p) for p in draws]
    found = {}
    for name, further in labels.items():
        coords = {"arm": panel.arms, **further}
        values = np.stack([one[name] for one in each])
        found[name] = xr.DataArray(
            values.reshape(*shape, *values.shape[1:]),
            dims=("chain", "draw", *coords),
            coords=coords,
        )
    return found


def _add_checks(idata, panel, values, predictive):
    """Add log-likelihood, predictive statistics and observed totals, as the totals form does."""
    chain, draw = idata.posterior["chain"], idata.posterior["draw"]
    observed, replicated = predictive
    by_arm = {"arm": panel.arms, "statistic": list(STATISTICS)}
    idata.add_groups(
        log_likelihood=xr.Dataset(
            {"participant": (("chain", "draw", "participant_id"),
                             values.reshape(len(chain), len(draw), -1))},
            coords={"chain": chain, "draw": draw,
                    "participant_id": panel.participants[panel.informed]},
        ),
        posterior_predictive=xr.Dataset(
            {"statistic_value": (("chain", "draw", "arm", "statistic"), replicated[None])},
            coords={"chain": [0], "draw": np.arange(len(replicated)), **by_arm},
        ),
        observed_data=xr.Dataset(
            {"effect": (("participant_id",), panel.effect),
             "cost": (("participant_id", "group"), panel.cost[:, None]),
             "statistic_value": (("arm", "statistic"), observed)},
            coords={"participant_id": panel.participants, "group": ["total"], **by_arm},
        ),
    )  # fmt: skip


def _attributes(panel, section, seed):
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {
        "form": "longitudinal",
        "family": f"{section['effect']['family']} visits, {panel.periods.family} periods",
        "settings": json.dumps(section, sort_keys=True),
        "seed": int(seed),
        "versions": json.dumps(versions, sort_keys=True),
        "notes": json.dumps(panel.notes),
        "participants": len(panel.arm),
    }


def visit_means(idata, follow_up):
    """Return the mean of each arm at each visit and in each period.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit of the longitudinal form.
    follow_up : pandas.DataFrame
        Table follow_up that it was fitted to.

    Returns
    -------
    pandas.DataFrame
        arm, kind, name, moment, start_years, end_years, observed (participants), mean, lower and
        upper (2.5 and 97.5 %).

    Examples
    --------
    >>> visit_means.__name__
    'visit_means'
    """
    keys = ["kind", "name", "moment", "start_years", "end_years"]
    seen = follow_up.assign(observed=follow_up["status"] == "observed")
    counts = seen.groupby([*keys, "arm"], sort=False)["observed"].sum()
    rows = []
    for row in follow_up[keys].drop_duplicates().itertuples(index=False):
        measure = row.kind == "measure"
        means = idata.posterior["visit_mean" if measure else "period_mean"]
        cell = {"visit": row.moment} if measure else {"period": f"{row.name} {row.moment}"}
        axis, label = next(iter(cell.items()))
        if label not in means[axis].to_numpy():
            continue
        for arm in means["arm"].to_numpy():
            draws = means.sel(arm=arm, **cell).to_numpy().ravel()
            lower, upper = np.quantile(draws, (0.025, 0.975))
            rows.append((arm, *row, counts.get((*row, arm), 0), draws.mean(), lower, upper))
    return pd.DataFrame(rows, columns=["arm", *keys, "observed", "mean", "lower", "upper"])
