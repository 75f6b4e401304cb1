"""Row-level predictors from draws of named parameters (NumPy side of the likelihood)."""

import numpy as np
from scipy import special

from trialbalance.model.deviations import deviations_of
from trialbalance.model.likelihood import row_log_likelihood


def latent_covariate(setup, parameters, name):
    """Return draws of the missing values of a continuous covariate: mean given strata + SD × z.

    Examples
    --------
    >>> latent_covariate.__name__
    'latent_covariate'
    """
    location = parameters[f"covariate_mean:{name}"][..., None]
    strata = setup.strata[name]
    if strata.shape[1]:
        own = strata[setup.strata_missing[name]]
        location = location + _dot(own, parameters[f"covariate_slope:{name}"])
    return location + parameters[f"covariate_sd:{name}"][..., None] * parameters[f"latent:{name}"]


def _dot(design, slopes):
    # einsum and not a matrix product: its sums do not depend on the number of threads.
    return np.einsum("rp,...p->...r", design, slopes)


def linear(setup, parameters, equation, configuration):
    """Return the covariates' part of the predictors of an equation.

    Parameters
    ----------
    setup : Configurations
        Design matrices.
    parameters : dict
        Draws by name.
    equation : {"effect", "cost", "ceiling"}
        Which design to use.
    configuration : numpy.ndarray
        Configuration of each row.

    Returns
    -------
    numpy.ndarray or float
        Shape (draws, rows), for cost (draws, rows, groups); 0 without covariates.

    Examples
    --------
    >>> linear.__name__
    'linear'
    """
    slopes = parameters.get(f"{equation}_slope")
    if slopes is None:
        return 0.0
    columns = setup.columns[equation]
    design = setup.design[equation][configuration]
    slopes = slopes if equation == "cost" else slopes[..., None]
    total = np.einsum("rp,spk->srk", design, slopes)
    for name, mask, index in setup.latent:
        if name in columns:
            value = latent_covariate(setup, parameters, name)[:, index[configuration]]
            slope = slopes[:, columns.index(name)]
            total = total + (mask[configuration] * value)[..., None] * slope[:, None]
    return total if equation == "cost" else total[..., 0]


def cost_spread(trial, variation):
    """Return the SD of cost (normal) or of its log (lognormal) from the parameter ``cost_cv``.

    Examples
    --------
    >>> cost_spread.__name__
    'cost_spread'
    """
    return np.sqrt(np.log1p(variation**2)) if trial.cost_family == "lognormal" else variation


def predictors(trial, setup, parameters, arm, configuration):
    """Return the predictors of rows given by arm and configuration.

    Parameters
    ----------
    trial, setup : Trial, Configurations
        The data.
    parameters : dict
        Draws by name, draws first.
    arm, configuration : numpy.ndarray
        Arm and configuration of each row, shape (rows,).

    Returns
    -------
    dict of str to numpy.ndarray
        As :mod:`trialbalance.model.likelihood` reads it.

    Examples
    --------
    >>> predictors.__name__
    'predictors'
    """
    own_effect, own_cost = deviations_of(trial, parameters, arm, setup.person[configuration])
    effect = linear(setup, parameters, "effect", configuration)
    found = {"effect": parameters["effect_level"][:, arm] + effect + own_effect}
    if trial.effect_family == "normal":
        found["effect_spread"] = parameters["effect_sd"][:, arm]
    elif trial.effect_family == "decrement_gamma":
        found["effect_shape"] = parameters["effect_cv"][:, arm] ** -2.0
    elif trial.effect_family == "beta":
        found["effect_spread"] = parameters["effect_log_precision"][:, arm]
    if trial.spike:
        ceiling = linear(setup, parameters, "ceiling", configuration)
        found["ceiling"] = parameters["ceiling_level"][:, arm] + ceiling + own_effect
    cost = linear(setup, parameters, "cost", configuration)
    found["cost"] = parameters["cost_level"][:, arm] + cost
    if trial.blocks:
        found["cost"] = found["cost"] + own_cost[..., None]
    if trial.dependence:
        found["dependence"] = parameters["dependence"][:, arm]
    for name in ("effect_on_cost", "ceiling_on_cost"):
        if name in parameters:
            found[name] = parameters[name][:, arm]
    if trial.hurdle:
        found["zero"] = parameters["zero_level"][:, arm]
    found["cost_spread"] = cost_spread(trial, parameters["cost_cv"])[:, arm]
    if trial.bounded:
        found["first_precision"] = np.exp(parameters["cost_cv"][:, arm, 0])
    if trial.cost_family == "gamma":
        shape = 1 / parameters["cost_cv"] ** 2
        constant = shape * np.log(shape) - special.gammaln(shape)
        found |= {"cost_shape": shape[:, arm], "cost_constant": constant[:, arm]}
    return found


def log_rows(trial, setup, rows, parameters, effect_nodes=None, ratio_nodes=None):
    """Return the log-likelihood of every row for draws of named parameters.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    parameters : dict
        Draws by name, draws first.
    effect_nodes : numpy.ndarray, optional
        Values that replace the latent effects (logits for a beta), shape (draws or 1, latent).
    ratio_nodes : numpy.ndarray, optional
        Values that replace the latent deviations of the first cost; their density is left out.

    Returns
    -------
    numpy.ndarray
        Shape (draws, rows).

    Examples
    --------
    >>> log_rows.__name__
    'log_rows'
    """
    found = predictors(trial, setup, parameters, rows.arm, rows.configuration)
    if rows.effect_latent.any():
        latent = parameters["latent_effect"] if effect_nodes is None else effect_nodes
        found["latent_effect"] = latent[:, rows.effect_index]
    if rows.ratio_latent.any():
        latent = parameters["latent_ratio"] if ratio_nodes is None else ratio_nodes
        found["latent_ratio"] = latent[:, rows.ratio_index]
        if ratio_nodes is not None:
            found["ratio_at_nodes"] = True
    return row_log_likelihood(trial, rows, found, parameters)
