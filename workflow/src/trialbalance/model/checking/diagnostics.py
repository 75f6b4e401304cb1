"""R-hat and effective sample size, also for quantities that are known and so never move."""

from collections.abc import Callable
from functools import partial

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
    return _where_it_moves(posterior, az.rhat, 1.0)


def effective_draws(posterior: xr.Dataset, method: str):
    """Return the effective number of draws of every variable; all of them for one never moving.

    Parameters
    ----------
    posterior : xarray.Dataset
        As for `r_hat`, of the same paper.
    method : {"bulk", "tail"}
        Middle or tails of the distribution.

    Examples
    --------
    >>> known = az.convert_to_dataset({"a": np.ones((4, 100))})
    >>> float(effective_draws(known, "bulk")["a"])
    400.0
    """
    draws = float(posterior.sizes["chain"] * posterior.sizes["draw"])
    return _where_it_moves(posterior, partial(az.ess, method=method), draws)


def _where_it_moves(posterior: xr.Dataset, measure: Callable, known: float) -> xr.Dataset:
    """Return a measure of every variable whose draws differ, and what is known of one constant."""
    moves = posterior.max(("chain", "draw")) > posterior.min(("chain", "draw"))
    with np.errstate(invalid="ignore", divide="ignore"):
        return measure(posterior).where(moves, known)
