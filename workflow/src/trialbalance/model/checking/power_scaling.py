"""How far the contrasts hang on the priors: power-scaling of prior and likelihood."""

from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from trialbalance.model.quantities import by_draw, contrasts_of, quantities
from trialbalance.model.results import arm_draws

COLUMNS = [
    "quantity", "threshold", "arm", "comparator", "prior", "likelihood", "estimate",
    "weaker_prior", "stronger_prior", "pareto_k", "verdict", "sentence",
]  # fmt: skip
_DIMS = ("chain", "draw")
_SENSITIVE = 0.05
_WEAKER, _STRONGER = 0.8, 1.25
_LARGEST_K = 0.7


def prior_sensitivity(
    idata: az.InferenceData, comparator: str, contrast: dict[str, Any]
) -> pd.DataFrame:
    """Scale the priors and the likelihood of a fit and see what the contrasts do.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with the log density of its priors.
    comparator : str
        Arm that the others are compared with.
    contrast : dict
        ``marked`` thresholds.

    Returns
    -------
    pandas.DataFrame
        Table ``prior_sensitivity``: one row a contrast.

    Notes
    -----
    Draws are weighted by p(θ)^(α − 1), smoothed by a Pareto tail; a sensitivity is the change of
    the distribution (cumulative Jensen–Shannon) per doubling of α at α = 1. The likelihood is that
    of the participants' outcomes. The means under a weaker and a stronger prior have α = 0.8 and
    1.25.

    References
    ----------
    Kallioinen 2023, doi:10.1007/s11222-023-10366-5.
    """
    arms = [str(arm) for arm in idata["posterior"]["arm"].to_numpy()]
    arms = [comparator, *(arm for arm in arms if arm != comparator)]
    lines = quantities(arms, contrast["marked"])
    pointwise = idata["log_likelihood"]["participant"]
    summed = pointwise.sum([dim for dim in pointwise.dims if dim not in _DIMS])
    likelihood = summed.transpose(*_DIMS).to_numpy()
    values = by_draw(contrasts_of(arm_draws(idata), arms), lines)
    prior = idata["log_prior"]["all"].transpose(*_DIMS)
    # The likelihood is known at some of the draws.
    some = np.isin(prior["draw"].to_numpy(), pointwise["draw"].to_numpy())
    values = values.reshape(*prior.shape, -1)[:, some]
    return scale(lines, values, prior.to_numpy()[:, some], likelihood)


def scale(lines: pd.DataFrame, values: np.ndarray, prior: np.ndarray, likelihood: np.ndarray):
    """Tell for each contrast how it answers to the powers of prior and likelihood.

    Parameters
    ----------
    lines : pandas.DataFrame
        The contrasts.
    values : numpy.ndarray
        Their draws, shape (chains, draws, lines).
    prior, likelihood : numpy.ndarray
        Log density of the parameters and of the data, shape (chains, draws).

    Returns
    -------
    pandas.DataFrame
        Table ``prior_sensitivity``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = rng.normal(5.0, 1.0, (4, 250, 1))
    >>> lines = pd.DataFrame({"quantity": ["cost"], "threshold": [np.nan], "arm": ["b"],
    ...     "comparator": ["a"]})
    >>> likelihood = -0.5 * (values[..., 0] - 5.0) ** 2
    >>> [scale(lines, values, prior, likelihood)["verdict"].item()
    ...  for prior in (np.zeros((4, 250)), -2.0 * values[..., 0])]
    ['none', 'prior-data conflict']
    """
    both = az.InferenceData(
        posterior=_cube("contrast", values, (*_DIMS, "line")),
        log_prior=_cube("all", prior, _DIMS),
        log_likelihood=_cube("all", likelihood, _DIMS),
    )
    # A contrast that is known, such as one of costs that are all alike, has no sensitivity.
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {part: az.psens(both, component=part) for part in ("prior", "likelihood")}
    table = lines.assign(
        **{part: each["contrast"].to_numpy() for part, each in found.items()},
        estimate=values.mean(axis=(0, 1)),
    )
    weaker, first = _mean(values, (_WEAKER - 1) * prior)
    stronger, second = _mean(values, (_STRONGER - 1) * prior)
    table = table.assign(weaker_prior=weaker, stronger_prior=stronger, pareto_k=max(first, second))
    judged = [_verdict(row) for row in table.itertuples()]
    table["verdict"], table["sentence"] = zip(*judged, strict=True)
    return table[COLUMNS]


def _cube(name, values, dims):
    return xr.Dataset({name: (dims, values)})


def _mean(values, log_weights):
    """Return the weighted mean of each contrast, and the Pareto k of the weights."""
    smoothed, shape = az.psislw(log_weights.ravel())
    return np.exp(smoothed) @ values.reshape(len(smoothed), -1), float(shape)


def _verdict(row):
    """Read the two sensitivities together."""
    what = row.quantity.replace("_", " ")
    doubt = ""
    if row.pareto_k > _LARGEST_K:
        doubt = f"; Pareto k {row.pareto_k:.2f}: refit with other model.priors to be sure"
    if not row.prior >= _SENSITIVE:
        return "none", doubt.removeprefix("; ")
    if row.likelihood >= _SENSITIVE:
        return "prior-data conflict", (
            f"prior and data pull the {what} of {row.arm} apart: look at the scales of "
            f"model.priors{doubt}"
        )
    return "weak likelihood", (
        f"the data say little about the {what} of {row.arm} and the prior decides it{doubt}"
    )
