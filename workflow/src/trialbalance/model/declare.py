"""The model declared in PyMC: priors of every parameter and the likelihood of the rows."""

import numpy as np
import pymc as pm

from trialbalance.model.likelihood import participants, pytensor_namespace, row_log_likelihood


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
    pymc.Model
        Model with every parameter and one potential holding the likelihood.

    Notes
    -----
    An arm's level is drawn around a level common to the arms, with the same prior for each arm,
    so exchanging the labels exchanges the posteriors.

    Examples
    --------
    >>> declare.__name__
    'declare'
    """
    coords = {"arm": trial.arms, "group": trial.groups}
    coords |= {f"{equation}_term": names for equation, names in setup.columns.items()}
    coords |= {"later_group": trial.groups[1:]}
    coords |= {"hurdle_group": [trial.groups[k] for k in trial.hurdle]}
    # Bounds are kept by the transforms, so checking them again would only enlarge the graph.
    with pm.Model(coords=coords, check_bounds=False) as model:
        parameters = _effect_priors(trial, setup, priors)
        parameters |= _cost_priors(trial, setup, priors)
        parameters |= _latent_priors(trial, setup, rows)
        parameters |= _covariate_priors(trial, setup)
        xp = pytensor_namespace()
        values = row_log_likelihood(xp, trial, setup, rows, parameters)
        alone, summed = participants(xp, rows, values)
        total = alone.sum() if summed is None else alone.sum() + summed.sum()
        pm.Potential("log_likelihood", total)
    return model


def _around(name, location, scale, arm_scale, dims=("arm",)):
    """Draw arms around their common level."""
    common = pm.Normal(f"{name}_common", location, scale, dims=dims[1:] or None)
    return pm.Normal(name, common, arm_scale, dims=dims)


def _effect_priors(trial, setup, priors):
    found = {}
    if trial.effect_family == "normal":
        found["effect_level"] = _around(
            "effect_level", priors["effect_location"], priors["effect_scale"],
            priors["effect_arm_scale"],
        )  # fmt: skip
        found["effect_sd"] = pm.HalfNormal("effect_sd", priors["effect_sd"], dims="arm")
    else:
        found["effect_level"] = _around(
            "effect_level", 0.0, priors["logit_scale"], priors["logit_arm_scale"]
        )
    if trial.effect_family == "beta":
        found["effect_log_precision"] = pm.Normal(
            "effect_log_precision", priors["log_precision_location"],
            priors["log_precision_scale"], dims="arm",
        )  # fmt: skip
    if setup.columns["effect"]:
        found["effect_slope"] = pm.Normal("effect_slope", 0, priors["slope"], dims="effect_term")
    if trial.spike:
        found["ceiling_level"] = _around(
            "ceiling_level", 0.0, priors["logit_scale"], priors["logit_arm_scale"]
        )
        if setup.columns["ceiling"]:
            found["ceiling_slope"] = pm.Normal(
                "ceiling_slope", 0, priors["spike_slope"], dims="ceiling_term"
            )
    if trial.deaths:
        found |= _death_priors(trial, priors)
    return found


def _death_priors(trial, priors):
    """Survival by arm (Jeffreys), and the effect among the dead, common to the arms."""
    found = {"death_probability": pm.Beta("death_probability", 0.5, 0.5, dims="arm")}
    if trial.effect_family == "normal":
        found["dead_effect"] = pm.Normal("dead_effect", 0.5, 0.5)
        found["dead_effect_sd"] = pm.HalfNormal("dead_effect_sd", priors["effect_sd"])
    else:
        found["dead_effect"] = pm.Normal("dead_effect", 0, priors["logit_scale"])
        found["dead_effect_log_precision"] = pm.Normal(
            "dead_effect_log_precision", priors["log_precision_location"],
            priors["log_precision_scale"],
        )  # fmt: skip
    return found


def _cost_priors(trial, setup, priors):
    location = 1.0 if trial.cost_family == "normal" else 0.0
    dims = ("arm", "group")
    found = {
        "cost_level": _around(
            "cost_level", location, priors["cost_scale"], priors["cost_arm_scale"], dims
        ),
        "cost_cv": pm.HalfNormal("cost_cv", priors["cost_cv"], dims=dims),
    }
    if setup.columns["cost"]:
        found["cost_slope"] = pm.Normal(
            "cost_slope", 0, priors["slope"], dims=("cost_term", "group")
        )
    if trial.dependence:
        found["dependence"] = pm.Normal("dependence", 0, priors["dependence"], dims=dims)
    if len(trial.groups) > 1:
        name = "carry_over"
        if trial.cost_family == "gamma":
            found[name] = pm.Beta(name, 1, 1, dims="later_group")
        else:
            found[name] = pm.Normal(name, 0, priors["slope"], dims="later_group")
    if trial.hurdle:
        found["zero_level"] = _around(
            "zero_level", 0.0, priors["logit_scale"], priors["logit_arm_scale"],
            ("arm", "hurdle_group"),
        )  # fmt: skip
    return found


def _latent_priors(trial, setup, rows):
    """Latent values; where the row has the density, the prior here is flat."""
    found = {}
    if rows.effect_latent.any():
        size = int(rows.effect_index.max()) + 1
        if trial.effect_family == "normal":
            found["latent_effect"] = pm.Normal("latent_effect", 0, 1, shape=size)
        else:
            found["latent_effect"] = pm.Uniform("latent_effect", 0, 1, shape=size)
    if rows.ratio_latent.any():
        size = int(rows.ratio_index.max()) + 1
        if trial.cost_family == "normal":
            found["latent_ratio"] = pm.Normal("latent_ratio", 0, 1, shape=size)
        else:
            found["latent_ratio"] = pm.HalfFlat("latent_ratio", shape=size)
    return found


def _covariate_priors(trial, setup):
    """Missing covariates: shares of categories, and a normal given the complete covariates."""
    found = {}
    for name in setup.levels:
        size = len(trial.covariates[name].levels)
        found[f"category_share:{name}"] = pm.Dirichlet(f"category_share:{name}", np.ones(size))
    for name, _, _ in setup.latent:
        strata, seen = setup.strata[name], setup.strata_seen[name]
        mean = pm.Normal(f"covariate_mean:{name}", 0, 1)
        spread = pm.HalfNormal(f"covariate_sd:{name}", 1)
        found |= {f"covariate_mean:{name}": mean, f"covariate_sd:{name}": spread}
        if strata.shape[1]:
            slopes = pm.Normal(f"covariate_slope:{name}", 0, 1, shape=strata.shape[1])
            found[f"covariate_slope:{name}"] = slopes
            mean = mean + (strata[seen] * slopes).sum(axis=-1)
        pm.Normal(
            f"observed:{name}", mean, spread, observed=trial.covariates[name].values[seen]
        )
        missing = len(setup.strata_missing[name])
        found[f"latent:{name}"] = pm.Normal(f"latent:{name}", 0, 1, shape=missing)
    return found
