"""Sample the cells: compiled through the cache, drawn by nutpie."""

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np

from trialbalance.model.cells.declare import PRIORS, declare
from trialbalance.model.cells.layout import Layout
from trialbalance.model.compiling.compile import compile_density
from trialbalance.model.compiling.density import Density
from trialbalance.model.compiling.sample import sample


def compiled(layout: Layout, priors: dict[str, float] = PRIORS) -> Density:
    """Return the compiled density of a trial's cells, held against its NumPy twin.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    priors : dict of str to float
        Scales, as for `declare`.

    Returns
    -------
    Density

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> compiled(example_layout()).names
    ['normal.level', 'normal.white', 'normal.spread']
    """
    model = declare(layout, priors)
    data = {one.name: one.get_value() for one in model.data_vars}
    return compile_density(model, structure(layout), data)


def structure(layout: Layout) -> str:
    """Return what the graph depends on, in words.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> structure(example_layout())
    'cells: normal'
    """
    flags = [*layout.latents, *(["summed"] if len(layout.summed) else []),
             *(["clusters"] if layout.cells.cluster is not None else [])]  # fmt: skip
    return "cells: " + ", ".join([*layout.blocks, *(f"latent {flag}" for flag in flags)])


def sample_cells(
    layout: Layout,
    section: dict[str, Any],
    seed: int,
    cores: int = 1,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[az.InferenceData, dict[str, np.ndarray], Density]:
    """Draw from the posterior of the cells.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    section : dict
        Resolved model section: ``draws``, ``tune``, ``chains``, ``target_accept``, ``priors``.
    seed : int
        One integer.
    cores : int
        Threads for the chains; the draws do not depend on it.
    progress : callable, optional
        Called as ``progress(percent, text)``.

    Returns
    -------
    arviz.InferenceData
        Draws of the declared variables, latent values too, and the sampler's statistics.
    dict of str to numpy.ndarray
        The same draws, chains one after the other.
    Density
        The compiled density.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> settings = {"draws": 20, "tune": 50, "chains": 2, "target_accept": 0.8, "priors": PRIORS}
    >>> sample_cells(example_layout(), settings, 1)[1]["normal.level"].shape
    (40, 3)
    """
    wanted = {name: section[name] for name in ("draws", "tune", "chains", "target_accept")}
    density = compiled(layout, section["priors"])
    idata = sample(density, **wanted, seed=seed, cores=cores, progress=progress, jitter=0.3)
    points = {}
    for name, values in idata.posterior.data_vars.items():
        array = values.to_numpy()
        # Not -1: a parameter may have no place at all.
        points[name] = array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
    return idata, points, density
