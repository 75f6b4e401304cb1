"""The model declared in PyMC: priors of every parameter and the likelihood of the rows.

Compiling is the cost of a fit and grows with the number of variables, so parameters that share a
kind of prior stand in one vector: coefficients (normal), spreads (half-normal), shares (beta) and
latent values. ``Layout`` remembers which part of which vector has which name.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from trialbalance.model.effects import effect_logits
from trialbalance.model.layout import plan
from trialbalance.model.likelihood import (
    log_dead,
    pytensor_namespace,
    row_log_likelihood,
)


def declare(trial, setup, rows, priors):
    """Declare priors and likelihood.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    priors : dict
        Scales of the priors, from the settings.

    Returns
    -------
    model : pymc.Model
        The declared model.
    layout : Layout
        Names of the parts of its vectors.

    Notes
    -----
    An arm's level is drawn around a level common to the arms, with the same prior for each arm,
    so exchanging the labels exchanges the posteriors.

    Examples
    --------
    >>> declare.__name__
    'declare'
    """
    layout = plan(trial, setup, rows, priors)
    # Bounds are kept by the transforms, so checking them again would only enlarge the graph.
    with pm.Model(check_bounds=False) as model:
        parameters = _variables(layout)
        _covariates(trial, setup, parameters)
        predictors = _predictors(trial, setup, rows, parameters)
        xp = pytensor_namespace()
        values = row_log_likelihood(xp, trial, rows, predictors, parameters, apart=True)
        total = _counts(xp, trial, parameters) + values[rows.single].sum()
        if len(rows.many):
            total = total + _summed(values[rows.many] + rows.padding).sum()
        pm.Potential("log_likelihood", total)
    return model, layout


def _variables(layout):
    """Declare one variable a kind of prior and return its named parts."""
    vectors = {}
    common = layout.argument("common")
    if layout.size("common"):
        vectors["common"] = pm.Normal("common", common["location"], common["scale"])
    coefficient = layout.argument("coefficient")
    location = coefficient["location"]
    if layout.size("common"):
        parent = coefficient["parent"]
        location = location + (parent >= 0) * vectors["common"][np.maximum(parent, 0)]
    vectors["coefficient"] = pm.Normal("coefficient", location, coefficient["scale"])
    vectors["spread"] = pm.HalfNormal("spread", layout.argument("spread")["scale"])
    if layout.size("share"):
        share = layout.argument("share")
        vectors["share"] = pm.Beta("share", share["location"], share["scale"])
    if layout.size("latent"):
        vectors["latent"] = pm.Normal("latent", 0, 1, shape=layout.size("latent"))
    if layout.size("flat"):
        vectors["flat"] = pm.Flat("flat", shape=layout.size("flat"))
    for name, size in layout.dirichlet.items():
        vectors[name] = pm.Dirichlet(name, np.ones(size))
    return layout.unpack(vectors, pt.reshape, pt.stack)


def _summed(values):
    """Return the log of the sum over columns; the first column is never padding."""
    total = values[:, 0]
    for column in range(1, values.type.shape[1]):
        total = total + pt.softplus(values[:, column] - total)
    return total


def _counts(xp, trial, parameters):
    """Return the terms of survival and zero costs, as counts by arm, and of the dead."""
    total, arms = 0.0, len(trial.arms)
    if trial.deaths and trial.deaths_known:
        known = ~np.isnan(trial.died)
        died = np.bincount(trial.arm, weights=trial.died == 1, minlength=arms)
        alive = np.bincount(trial.arm[known], minlength=arms) - died
        chance = parameters["death_probability"]
        total = total + (died * pt.log(chance) + alive * pt.log1p(-chance)).sum()
        seen = (trial.died == 1) & ~np.isnan(trial.effect)
        if seen.any():
            effect = trial.effect[seen]
            logit = effect_logits(trial, effect)["effect_logit"]
            total = total + log_dead(xp, trial, parameters, effect, logit).sum()
    if trial.hurdle:
        cost = trial.cost[:, trial.hurdle]
        seen = np.stack([(~np.isnan(cost))[trial.arm == a].sum(axis=0) for a in range(arms)])
        zero = np.stack([(cost == 0)[trial.arm == a].sum(axis=0) for a in range(arms)])
        logit = parameters["zero_level"]
        total = total + (zero * logit - seen * pt.softplus(logit)).sum()
    return total


def _covariates(trial, setup, parameters):
    """Observed values of the continuous covariates that somebody lacks."""
    for name, _, _ in setup.latent:
        strata, seen = setup.strata[name], setup.strata_seen[name]
        mean = parameters[f"covariate_mean:{name}"]
        if strata.shape[1]:
            mean = mean + (strata[seen] * parameters[f"covariate_slope:{name}"]).sum(axis=-1)
        pm.Normal(
            f"observed:{name}", mean, parameters[f"covariate_sd:{name}"],
            observed=trial.covariates[name].values[seen],
        )  # fmt: skip


def _latent_covariates(setup, rows, parameters):
    """Missing continuous covariates on the rows that use them, 0 elsewhere."""
    found = {}
    for name, mask, index in setup.latent:
        location = parameters[f"covariate_mean:{name}"]
        strata = setup.strata[name][setup.strata_missing[name]]
        if strata.shape[1]:
            slopes = parameters[f"covariate_slope:{name}"]
            location = location + (strata * slopes).sum(axis=-1)
        value = location + parameters[f"covariate_sd:{name}"] * parameters[f"latent:{name}"]
        found[name] = mask[rows.configuration] * value[index[rows.configuration]]
    return found


def _linear(setup, rows, parameters, latent, equation):
    """Covariates' part of an equation; products and sums, not BLAS, for any thread count."""
    slopes = parameters.get(f"{equation}_slope")
    if slopes is None:
        return 0.0
    design = setup.design[equation][rows.configuration]
    columns = setup.columns[equation]
    if equation == "cost":
        total = (design[:, :, None] * slopes).sum(axis=1)
    else:
        total = (design * slopes).sum(axis=1)
    for name, value in latent.items():
        if name in columns:
            slope = slopes[columns.index(name)]
            total = total + (value[:, None] if equation == "cost" else value) * slope
    return total


def _predictors(trial, setup, rows, parameters):
    latent = _latent_covariates(setup, rows, parameters)
    table = parameters["arm_table"][rows.arm]
    column = parameters["arm_columns"]
    found = {"effect": table[:, column["effect_level"]][:, 0]}
    found["effect"] = found["effect"] + _linear(setup, rows, parameters, latent, "effect")
    found["cost"] = table[:, column["cost_level"]]
    found["cost"] = found["cost"] + _linear(setup, rows, parameters, latent, "cost")
    if trial.spike:
        ceiling = table[:, column["ceiling_level"]][:, 0]
        found["ceiling"] = ceiling + _linear(setup, rows, parameters, latent, "ceiling")
    if trial.dependence:
        found["dependence"] = table[:, column["dependence"]]
    for name in ("effect_on_cost", "ceiling_on_cost"):
        if name in column:
            found[name] = table[:, column[name]][:, 0]
    if trial.hurdle:
        found["zero"] = table[:, column["zero_level"]]
    if trial.effect_family == "beta":
        found["effect_spread"] = table[:, column["effect_log_precision"]][:, 0]
    elif trial.effect_family == "decrement_gamma":
        found["effect_shape"] = (parameters["effect_cv"] ** -2.0)[rows.arm]
    elif trial.effect_family == "normal":
        found["effect_spread"] = parameters["effect_sd"][rows.arm]
    spread = parameters["cost_cv"]
    if trial.cost_family == "gamma":
        shape = 1 / (spread * spread)
        found["cost_shape"] = shape[rows.arm]
        found["cost_constant"] = (shape * pt.log(shape) - pt.gammaln(shape))[rows.arm]
    elif trial.cost_family == "lognormal":
        found["cost_spread"] = pt.sqrt(pt.log1p(spread * spread))[rows.arm]
    else:
        found["cost_spread"] = spread[rows.arm]
    if rows.effect_latent.any():
        found["latent_effect"] = parameters["latent_effect"][rows.effect_index]
    if rows.ratio_latent.any():
        found["latent_ratio"] = parameters["latent_ratio"][rows.ratio_index]
    return found
