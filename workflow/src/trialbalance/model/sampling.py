"""Sample a density or a declared model with nutpie, saying how far it has got."""

import warnings
from functools import partial

import numpy as np
import nutpie
from nutpie.compiled_pyfunc import from_pyfunc

from trialbalance.model.density import log_density

_EVERY = 10.0
KEPT_STATISTICS = ("diverging", "energy", "n_steps", "step_size", "depth", "logp")


def sample(model, section, seed, cores=1, progress=None):
    """Draw from the posterior.

    Parameters
    ----------
    model : pymc.Model
        Declared model.
    section : dict
        Resolved model section: ``draws``, ``tune``, ``chains``, ``target_accept``.
    seed : int
        One integer; chains take their own streams from it.
    cores : int
        Threads for the chains; the draws do not depend on it.
    progress : callable, optional
        Called as ``progress(percent, text)`` about every 10 seconds.

    Returns
    -------
    arviz.InferenceData
        Draws of every parameter (latent values too) and the sampler's statistics.

    Examples
    --------
    >>> sample.__name__
    'sample'
    """
    say = progress or (lambda percent, text: None)
    say(5, "compiling the model")
    with warnings.catch_warnings():
        # Numba cannot keep functions that hold addresses; it says so and compiles them anew.
        warnings.filterwarnings("ignore", message="Cannot cache compiled function")
        # A loop with very many inputs is left in parts; that is no fault.
        warnings.filterwarnings("ignore", message="Loop fusion failed")
        compiled = nutpie.compile_pymc_model(
            model, backend="numba", var_names=[variable.name for variable in model.free_RVs]
        )
    return _draw(compiled, section, seed, cores, say)


def sample_density(data, start_point, section, seed, cores=1, progress=None):
    """Draw from the posterior whose density is compiled once for all trials.

    Parameters
    ----------
    data : Data
        What the density reads.
    start_point : callable
        Gives an unconstrained starting point for a seed.
    section, seed, cores, progress
        As for :func:`sample`.

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
    size = len(data.kind)
    compiled = from_pyfunc(
        size, lambda: partial(log_density, data=data), lambda *_: _as_point,
        [np.dtype("float64")], [(size,)], ["point"], make_initial_point_fn=start_point,
    )  # fmt: skip
    return _draw(compiled, section, seed, cores, say)


def _as_point(point):
    return {"point": np.array(point)}


def _draw(compiled, section, seed, cores, say):
    say(50, f"sampling {section['chains']} chains of {section['draws']} draws")
    sampler = nutpie.sample(
        compiled, draws=section["draws"], tune=section["tune"], chains=section["chains"],
        cores=cores, seed=seed, target_accept=section["target_accept"], progress_bar=False,
        save_warmup=False, blocking=False,
    )  # fmt: skip
    idata = _wait(sampler, section, say)
    for name in [name for name in idata.sample_stats if name not in KEPT_STATISTICS]:
        del idata.sample_stats[name]
    return idata


def _wait(sampler, section, say):
    """Wait for the sampler, telling the share of draws every ten seconds."""
    total = section["chains"] * section["draws"]
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
