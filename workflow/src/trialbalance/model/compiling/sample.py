"""Sample a compiled density with nutpie, saying how far it has got.

How to use it::

    density = compile_density(model, "normal", data)
    idata = sample(density, draws=500, tune=500, chains=4, seed=1, target_accept=0.8)
    idata.posterior["level"]                     # as declared: (chain, draw, *axes)
    idata.unconstrained_posterior["point"]       # the vector: (chain, draw, value)

Drop ``unconstrained_posterior`` before saving where nobody needs it.
"""

import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import nutpie
import xarray as xr
from nutpie.compiled_pyfunc import from_pyfunc

from trialbalance.model.compiling.density import Density

_EVERY = 10.0
KEPT_STATISTICS = ("diverging", "energy", "n_steps", "step_size", "depth", "logp")


def sample(
    density: Density,
    draws: int = 500,
    tune: int = 500,
    chains: int = 4,
    seed: int = 1,
    target_accept: float = 0.8,
    cores: int = 1,
    progress: Callable[..., Any] | None = None,
    jitter: float = 1.0,
):
    """Draw from the posterior.

    Parameters
    ----------
    density : Density
        Gives log density and gradient of a point; see ``compile.py``.
    draws, tune, chains : int
        Draws kept and draws to tune by, each chain; number of chains.
    seed : int
        One integer; chains take their own streams from it.
    target_accept : float
        Share of proposals to be accepted, in (0, 1).
    cores : int
        Threads for the chains; the draws do not depend on it.
    progress : callable, optional
        Called as ``progress(percent, text)`` about every 10 seconds.
    jitter : float
        Largest distance of a chain's start from the density's, on the unconstrained scale.

    Returns
    -------
    arviz.InferenceData
        ``posterior`` (variables as declared, with the model's axes and labels),
        ``unconstrained_posterior`` (variable ``point``) and ``sample_stats``; attributes
        ``sampler`` (settings), ``seed`` and ``structure``.

    References
    ----------
    Hoffman MD, Gelman A. J Mach Learn Res 2014;15:1593-1623.

    Examples
    --------
    >>> import pymc as pm
    >>> from trialbalance.model.compiling.compile import compile_density
    >>> with pm.Model() as model:
    ...     _ = pm.HalfNormal("a", pm.Data("scale", 2.0))
    >>> idata = sample(compile_density(model, "half", {"scale": 2.0}), draws=50, tune=100)
    >>> dict(idata.posterior.sizes), bool((idata.posterior["a"] > 0).all())
    ({'chain': 4, 'draw': 50}, True)
    """
    say = progress or (lambda percent, text: None)
    settings = {"draws": draws, "tune": tune, "chains": chains, "target_accept": target_accept}
    idata = draw(density, settings, seed, cores, say, lambda at: density.initial(at, jitter))
    points = idata.posterior["point"]
    idata.add_groups(unconstrained_posterior=idata.posterior)
    idata.posterior = _named(density, points)
    idata.attrs |= {
        "sampler": json.dumps(settings, sort_keys=True),
        "seed": int(seed),
        "structure": density.structure,
    }
    return idata


def draw(
    density: Density,
    settings: dict[str, Any],
    seed: int,
    cores: int,
    say: Callable[..., Any],
    initial: Callable[..., Any],
):
    """Draw vectors from a density, and no more.

    Parameters
    ----------
    density : callable
        Takes a vector, returns log density and gradient; has ``size``.
    settings : dict
        ``draws``, ``tune``, ``chains``, ``target_accept``.
    seed, cores
        As for :func:`sample`.
    say : callable
        Called as ``say(percent, text)``.
    initial : callable
        Gives a starting point for a seed.

    Returns
    -------
    arviz.InferenceData
        The draws as ``point`` and the sampler's statistics.

    Examples
    --------
    >>> class Normal:
    ...     size = 2
    ...     def __call__(self, point):
    ...         return -0.5 * float(point @ point), -point
    >>> settings = {"draws": 10, "tune": 20, "chains": 2, "target_accept": 0.8}
    >>> quiet = lambda percent, text: None
    >>> draw(Normal(), settings, 1, 1, quiet, lambda seed: np.ones(2)).posterior["point"].shape
    (2, 10, 2)
    """
    compiled = from_pyfunc(
        density.size, lambda: density, lambda *_: _as_point, [np.dtype("float64")],
        [(density.size,)], ["point"], make_initial_point_fn=initial,
    )  # fmt: skip
    say(50, f"sampling {settings['chains']} chains of {settings['draws']} draws")
    sampler = nutpie.sample(
        compiled, draws=settings["draws"], tune=settings["tune"], chains=settings["chains"],
        cores=cores, seed=seed, target_accept=settings["target_accept"], progress_bar=False,
        save_warmup=False, blocking=False,
    )  # fmt: skip
    idata = _wait(sampler, settings, say)
    for name in [name for name in idata.sample_stats if name not in KEPT_STATISTICS]:
        del idata.sample_stats[name]
    return idata


def _as_point(point):
    return {"point": np.array(point)}


def _named(density, points):
    """Return the draws of each variable as declared, with its axes and labels."""
    coords = density.coords
    found = {}
    for name, values in density.constrained(points.to_numpy()).items():
        dims = density.dims(name) or [f"{name}_dim_{axis}" for axis in range(values.ndim - 2)]
        labels = {dim: coords[dim] for dim in dims if dim in coords}
        found[name] = xr.DataArray(values, dims=("chain", "draw", *dims), coords=labels)
    return xr.Dataset(found).assign_coords(chain=points["chain"], draw=points["draw"])


def _wait(sampler, settings, say):
    """Wait for the sampler, telling the share of draws every ten seconds."""
    total = settings["chains"] * settings["draws"]
    while True:
        try:
            return sampler.wait(timeout=_EVERY)
        except TimeoutError:
            with warnings.catch_warnings():
                # Asked before the first draw, ArviZ wonders at having fewer draws than chains.
                warnings.filterwarnings("ignore", message="More chains")
                done = _drawn(sampler.inspect())
            say(50 + 40 * done / total, f"sampling: {done} of {total} draws")


def _drawn(trace):
    """Count the draws so far; chains still tuning count none."""
    if "posterior" not in trace.groups():
        return 0
    first = next(iter(trace.posterior.data_vars.values()))
    axes = tuple(range(2, first.ndim))
    return int(np.isfinite(first.to_numpy()).all(axis=axes).sum())
