"""Draws of the parameters from their priors, before any outcome is looked at."""

import numpy as np

from trialbalance.model.cells.declare import PRIORS
from trialbalance.model.cells.layout import EVENT, Block, Layout
from trialbalance.model.families import FAMILIES


def draw_prior(
    layout: Layout,
    draws: int,
    rng: np.random.Generator,
    priors: dict[str, float] = PRIORS,
) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.
    priors : dict of str to float
        Scales, as for `declare`.

    Returns
    -------
    dict of str to numpy.ndarray
        Draws by name as declared, draws first; without latent values.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> found = draw_prior(example_layout(), 4000, np.random.default_rng(1))
    >>> bool(abs(found["normal.level"].std() - 1.5) < 0.05)
    True
    """
    found = {}
    count = len(layout.cells.cluster_names)
    for name, block in layout.blocks.items():
        scale = priors["event"] if name == EVENT else priors["level"]
        shape = (draws, len(block.level_centre))
        found[f"{name}.level"] = block.level_centre + scale * rng.standard_normal(shape)
        if block.matrix.shape[1]:
            found[f"{name}.white"] = _white(block, draws, rng, priors["slope"])
        own = FAMILIES[name].spread_prior
        if own:
            found[f"{name}.spread"] = _spreads(block, draws, rng, *own, priors["spread"])
        if layout.cells.cluster is not None:
            own = (draws, len(block.outcomes))
            found[f"{name}.cluster_sd"] = np.abs(priors["cluster"] * rng.standard_normal(own))
            found[f"{name}.cluster_loading"] = rng.standard_normal(own)
            found[f"{name}.cluster"] = rng.standard_normal((*own, count))
    if layout.cells.cluster is not None:
        found["cluster.shared"] = rng.standard_normal((draws, count))
    return found


def _white(block: Block, draws: int, rng: np.random.Generator, scale: float) -> np.ndarray:
    """Draw slopes, and return them as the sampler holds them."""
    found = np.zeros((draws, block.matrix.shape[1]))
    for number, part in enumerate(block.parts):
        size = len(part.centre)
        own = block.slope_scale[number * block.width :][:size]
        slope = scale * own * rng.standard_normal((draws, size))
        found[:, part.whitened] = np.linalg.solve(part.unwhiten, slope.T).T
    return found


def _spreads(
    block: Block, draws: int, rng: np.random.Generator, kind: str, scale: float, factor: float
) -> np.ndarray:
    noise = factor * scale * rng.standard_normal((draws, len(block.spread_centre)))
    return np.abs(noise) if kind == "half_normal" else np.exp(block.spread_centre + noise)
