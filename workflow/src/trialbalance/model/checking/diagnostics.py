"""R-hat and effective sample size, also for quantities that are known and so never move."""

import arviz as az
import numpy as np
import xarray as xr


def r_hat(posterior: xr.Dataset):
    """Return the rank-normalised split R-hat of every variable; 1 for one that never moves.

    Parameters
    ----------
    posterior : xarray.Dataset
        Dims chain, draw and others.

    Returns
    -------
    xarray.Dataset
        Without chain and draw.

    References
    ----------
    Vehtari 2021, doi:10.1214/20-BA1221.

    Examples
    --------
    >>> known = az.convert_to_dataset({"a": np.ones((4, 100))})
    >>> float(r_hat(known)["a"])
    1.0
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found = az.rhat(posterior)
    return found.where(_moves(posterior), 1.0)


def effective_draws(posterior: xr.Dataset, method: str):
    """Return the effective number of draws of every variable; all of them for one never moving.

    Parameters
    ----------
    posterior : xarray.Dataset
        Dims chain, draw and others.
    method : {"bulk", "tail"}
        Middle or tails of the distribution.

    Returns
    -------
    xarray.Dataset
        Without chain and draw.

    References
    ----------
    Vehtari 2021, doi:10.1214/20-BA1221.

    Examples
    --------
    >>> known = az.convert_to_dataset({"a": np.ones((4, 100))})
    >>> float(effective_draws(known, "bulk")["a"])
    400.0
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found = az.ess(posterior, method=method)
    draws = float(posterior.sizes["chain"] * posterior.sizes["draw"])
    return found.where(_moves(posterior), draws)


def _moves(posterior):
    """Return where the draws of a variable differ."""
    return posterior.max(("chain", "draw")) > posterior.min(("chain", "draw"))
