"""Sample the cells: compiled through the cache, drawn by nutpie."""

from functools import partial

import numpy as np
from nutpie.compiled_pyfunc import from_pyfunc

from trialbalance.model.cells.declare import PRIORS, declare
from trialbalance.model.cells.density import log_posterior
from trialbalance.model.cells.rows import Layout
from trialbalance.model.compile import Density, compile_density
from trialbalance.model.sampling import _as_point, _draw


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


def twin_difference(layout: Layout, density: Density, point: np.ndarray) -> float:
    """Return by how much the compiled density differs from the one in NumPy at a point.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> density = compiled(layout)
    >>> abs(twin_difference(layout, density, density.start)) < 1e-9
    True
    """
    points = {name: value[None] for name, value in density.constrained(point).items()}
    return float(density(point)[0] - log_posterior(layout, points)[0])


def sample_cells(layout, section, seed, cores=1, progress=None):
    """Draw from the posterior of the cells.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    section : dict
        Resolved model section: ``draws``, ``tune``, ``chains``, ``target_accept``.
    seed : int
        One integer.
    cores : int
        Threads for the chains; the draws do not depend on it.
    progress : callable, optional
        Called as ``progress(percent, text)``.

    Returns
    -------
    arviz.InferenceData
        Unconstrained draws as ``point`` and the sampler's statistics.
    dict of str to numpy.ndarray
        Draws of the declared variables on their own scale, chains one after the other.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> settings = {"draws": 20, "tune": 50, "chains": 2, "target_accept": 0.8}
    >>> sample_cells(example_layout(), settings, 1)[1]["normal.level"].shape
    (40, 3)
    """
    density = compiled(layout)
    say = progress or (lambda percent, text: None)
    made = from_pyfunc(
        density.size, lambda: density, lambda *_: _as_point, [np.dtype("float64")],
        [(density.size,)], ["point"], make_initial_point_fn=partial(density.initial, jitter=0.3),
    )  # fmt: skip
    idata = _draw(made, section, seed, cores, say)
    points = idata.posterior["point"].to_numpy().reshape(-1, density.size)
    return idata, density.constrained(points)
