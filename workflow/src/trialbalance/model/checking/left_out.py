"""Leave one participant out: Pareto-smoothed weights, matched by moments where they are unsure."""

import warnings
from collections.abc import Callable
from typing import NamedTuple

import arviz as az
import numpy as np
import xarray as xr
from scipy import special

_ROUNDS = 30
# Below this Pareto k the weights have a finite variance; further moves gain little.
_FINITE = 0.5
# A move that lowers k by less is not worth the next.
_GAIN = 0.02


class Pieces(NamedTuple):
    """What matching needs of a fit.

    Attributes
    ----------
    points : numpy.ndarray
        Unconstrained draws, shape (draws, parameters).
    moved : numpy.ndarray
        Which parameters may be moved: those of the model, not the values it imputes.
    density : callable
        Log posterior density at points, up to a constant: (draws,).
    likelihood : callable
        Log-likelihood of one participant at points, by its number in the fit: (draws,).
    """

    points: np.ndarray
    moved: np.ndarray
    density: Callable[[np.ndarray], np.ndarray]
    likelihood: Callable[[np.ndarray, int], np.ndarray]


def add_leave_one_out(idata: az.InferenceData, limit: float, pieces: Pieces | None = None):
    """Add the expected log density of each participant left out, and whether to believe it.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with the log-likelihood of participants.
    limit : float
        Pareto k above which importance weights say little about a participant.
    pieces : Pieces, optional
        With them, participants above the limit are tried again with moments matched.

    Notes
    -----
    The group ``leave_one_out`` holds by participant ``elpd``, ``lpd`` (nobody left out),
    ``pareto_k`` and ``plain_pareto_k`` (before matching).

    References
    ----------
    Vehtari 2017, doi:10.1007/s11222-016-9696-4; Paananen 2021,
    doi:10.1007/s11222-020-09982-2.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> fit = az.from_dict({"a": rng.normal(size=(2, 500))},
    ...     log_likelihood={"participant": rng.normal(size=(2, 500, 3))})
    >>> fit.log_likelihood = fit.log_likelihood.rename(participant_dim_0="participant_id")
    >>> add_leave_one_out(fit, 0.7)
    >>> fit.leave_one_out["pareto_k"].dims
    ('participant_id',)
    """
    with warnings.catch_warnings():
        # ArviZ warns of large Pareto k; that is what is dealt with here.
        warnings.simplefilter("ignore")
        plain = az.loo(idata, var_name="participant", pointwise=True, reff=_efficiency(idata))
        elpd, k = plain.loo_i.to_numpy().copy(), plain.pareto_k.to_numpy().copy()
        if pieces is not None:
            start = pieces.density(pieces.points) if (k > limit).any() else None
            for number in np.flatnonzero(k > limit):
                elpd[number], k[number] = _match(pieces, start, number)
    inside = idata.log_likelihood["participant"].to_numpy().reshape(-1, len(k))
    found = {
        "elpd": elpd, "lpd": special.logsumexp(inside, axis=0) - np.log(len(inside)),
        "pareto_k": k, "plain_pareto_k": plain.pareto_k.to_numpy(),
    }  # fmt: skip
    coords = {"participant_id": idata.log_likelihood["participant_id"]}
    table = xr.Dataset({name: ("participant_id", x) for name, x in found.items()}, coords)
    idata.add_groups(leave_one_out=table)


def _efficiency(idata):
    """Return the effective share of the draws, at most 1."""
    found = az.ess(idata.posterior, method="mean")
    each = np.concatenate([one.to_numpy().ravel() for one in found.data_vars.values()])
    draws = idata.posterior.sizes["chain"] * idata.posterior.sizes["draw"]
    return float(min(1.0, np.nanmean(each) / draws))


def _match(pieces, start, number):
    """Move the draws towards the posterior without one participant while that lowers k.

    Weights of moved draws are exact up to a constant, p(y) ∕ (p(x) L(y)) for y an affine image of
    x; so a move changes how well the answer is known, not what is estimated.
    """
    draws, own = pieces.points, pieces.likelihood(pieces.points, number)
    weights, k = _smoothed(-own)
    elpd = special.logsumexp(weights + own)
    for _ in range(_ROUNDS):
        if k <= _FINITE:
            break
        for move in (_shift, _stretch, _turn):
            moved = draws.copy()
            moved[:, pieces.moved] = move(draws[:, pieces.moved], np.exp(weights))
            gained = pieces.density(moved) - start
            likelihood = pieces.likelihood(moved, number)
            new_weights, new_k = _smoothed(gained - likelihood)
            # The moved draws must also serve the average of the likelihood itself.
            new_k = max(new_k, _smoothed(gained)[1])
            if new_k < k - _GAIN:
                draws, weights, k = moved, new_weights, new_k
                elpd = special.logsumexp(weights + likelihood)
                break
        else:
            break
    return elpd, k


def _smoothed(log_ratios):
    weights, k = az.psislw(np.where(np.isfinite(log_ratios), log_ratios, -1e300))
    return np.asarray(weights), float(k)


def _shift(draws, weights):
    return draws + (weights @ draws - draws.mean(axis=0))


def _stretch(draws, weights):
    mean = weights @ draws
    variance = weights @ (draws - mean) ** 2
    return mean + (draws - draws.mean(axis=0)) * np.sqrt(variance / draws.var(axis=0))


def _turn(draws, weights):
    if 1 / (weights @ weights) < 2 * draws.shape[1]:
        # Too few draws carry the weight to say how parameters vary together.
        return draws
    mean = weights @ draws
    rest = draws - mean
    wanted = np.linalg.cholesky((rest * weights[:, None]).T @ rest)
    has = np.linalg.cholesky(np.atleast_2d(np.cov(draws.T, bias=True)))
    return mean + np.linalg.solve(has, (draws - draws.mean(axis=0)).T).T @ wanted.T
