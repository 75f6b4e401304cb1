"""The density of the cells in NumPy at draws of the parameters, and what follows from it."""

import numpy as np
from scipy import special

from trialbalance.model.cells.declare import NOWHERE, PRIORS
from trialbalance.model.cells.layout import EVENT, Block, Layout
from trialbalance.model.families import FAMILIES, NUMPY

_LOG_ROOT = 0.5 * np.log(2 * np.pi)


def row_levels(
    layout: Layout, block: Block, points: dict[str, np.ndarray], score: np.ndarray | None
) -> np.ndarray:
    """Return the level of every row of a block, shape (draws, rows).

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    block : Block
        One of its blocks.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.
    score : numpy.ndarray, shape (draws, latents), or None
        Scores of latent values.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> points = {"normal.level": np.ones((2, 3)), "normal.white": np.zeros((2, 1))}
    >>> bool((row_levels(layout, layout.blocks["normal"], points, None) == 1).all())
    True
    """
    name = block.density
    eta = points[f"{name}.level"][:, block.level]
    if block.matrix.shape[1]:
        flat = points[f"{name}.white"] @ block.matrix.T
        own = flat.reshape(len(flat), len(block.parts), block.width)
        for number in range(len(block.parts)):
            rows = np.flatnonzero(block.part == number)
            eta[:, rows] += own[:, number] @ block.predictor[rows].T
        if len(block.at):
            moved = flat[:, block.slope] * score[:, block.source]
            # A row may have more than one latent parent.
            np.add.at(eta, (slice(None), block.at), moved)
    if f"{name}.cluster_sd" in points:
        eta = eta + cluster_deviations(points, name)[:, block.cluster]
    return eta


def cluster_deviations(points: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return the deviations of clusters in one density, by outcome, and 0 at the end for none.

    Examples
    --------
    >>> points = {"normal.cluster_sd": np.ones((1, 1)), "normal.cluster_loading": np.zeros((1, 1)),
    ...           "normal.cluster": np.full((1, 1, 2), 0.5), "cluster.shared": np.ones((1, 2))}
    >>> cluster_deviations(points, "normal").tolist()
    [[0.5, 0.5, 0.0]]
    """
    loading = np.tanh(points[f"{name}.cluster_loading"])[..., None]
    alone = points[f"{name}.cluster"]
    found = loading * points["cluster.shared"][:, None] + np.sqrt(1 - loading**2) * alone
    found = points[f"{name}.cluster_sd"][..., None] * found
    return np.c_[found.reshape(len(found), -1), np.zeros(len(found))]


def latent_scores(layout: Layout, points: dict[str, np.ndarray]) -> np.ndarray | None:
    """Return the scores of latent values, shape (draws, latents)."""
    if not layout.latents:
        return None
    draws = len(next(iter(points.values())))
    found = np.zeros((draws, len(layout.latent_centre)))
    for j, family in enumerate(layout.families):
        own = layout.latent_place[layout.latent[:, j], j]
        own = own[own >= 0]
        if len(own):
            free = points[f"{family.density}.latent"][:, own - layout.latents[family.density].start]
            found[:, own] = family.latent_score(NUMPY, free)
    return (found - layout.latent_centre) / layout.latent_scale


def row_densities(layout: Layout, points: dict[str, np.ndarray]) -> np.ndarray:
    """Return the log density of every row, shape (draws, rows + 1), the last 0.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.zeros((1, 3)), "normal.white": np.zeros((1, 1)),
    ...           "normal.spread": np.ones((1, 3))}
    >>> row_densities(example_layout(), points).shape
    (1, 75)
    """
    score, parts = latent_scores(layout, points), []
    for name, block in layout.blocks.items():
        family, eta = FAMILIES[name], row_levels(layout, block, points, score)
        spread = points.get(f"{name}.spread")
        seen = family.statistics(block.value)
        draws = len(eta)
        statistics = [np.broadcast_to(one, (draws, len(one))) for one in seen]
        jacobian = 0.0
        if len(block.own):
            own = points[f"{name}.latent"][:, block.own - layout.latents[name].start]
            hidden = family.latent_statistics(NUMPY, own)
            statistics = [np.concatenate(p, axis=1) for p in zip(statistics, hidden, strict=True)]
            jacobian = np.zeros(eta.shape)
            jacobian[:, -own.shape[1] :] = family.jacobian(NUMPY, own)
        parts.append(family.log_density(NUMPY, statistics, eta, spread, block.spread_of) + jacobian)
    parts.append(np.zeros((len(parts[0]), 1)))
    return np.concatenate(parts, axis=1)


def combinations(layout: Layout, rows: np.ndarray) -> np.ndarray:
    """Return the log density of each combination, shape (draws, summed people, most).

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> combinations(layout, np.zeros((1, layout.rows + 1))).shape
    (1, 0, 1)
    """
    each = rows[:, layout.gather].sum(axis=2)
    each = np.c_[each, np.full(len(each), NOWHERE)]
    return each[:, layout.people]


def by_person(layout: Layout, rows: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each participant, shape (draws, participants).

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> by_person(layout, np.ones((1, layout.rows + 1)))[0, :3]
    array([2., 2., 2.])
    """
    person = np.concatenate([block.person for block in layout.blocks.values()])
    found = np.zeros((len(rows), layout.cells.size))
    use = np.flatnonzero(layout.alone)
    np.add.at(found.T, person[use], rows[:, use].T)
    if len(layout.summed):
        found[:, layout.summed] = special.logsumexp(combinations(layout, rows), axis=2)
    return found


def log_posterior(
    layout: Layout, points: dict[str, np.ndarray], priors: dict[str, float] = PRIORS
) -> np.ndarray:
    """Return the log density that is sampled, on the unconstrained scale, at draws.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables on their own scale, draws first.
    priors : dict of str to float
        Scales, as for `declare`.

    Returns
    -------
    numpy.ndarray, shape (draws,)

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.zeros((1, 3)), "normal.white": np.zeros((1, 1)),
    ...           "normal.spread": np.ones((1, 3))}
    >>> log_posterior(example_layout(), points).shape
    (1,)
    """
    total = by_person(layout, row_densities(layout, points)).sum(axis=1)
    total = total + log_prior(layout, points, priors)
    for name in layout.blocks:
        own = FAMILIES[name].spread_prior
        if own and own.kind == "half_normal":
            # Sampled on the log; of a log-normal prior the density is on the log already.
            total += np.log(points[f"{name}.spread"]).sum(axis=1)
        if f"{name}.cluster_sd" in points:
            total += np.log(points[f"{name}.cluster_sd"]).sum(axis=1)
            alone = points[f"{name}.cluster"]
            total += _normal(alone.reshape(len(alone), -1), 0.0, 1.0)
    if "cluster.shared" in points:
        total += _normal(points["cluster.shared"], 0.0, 1.0)
    return total


def log_prior(
    layout: Layout, points: dict[str, np.ndarray], priors: dict[str, float] = PRIORS
) -> np.ndarray:
    """Return the log density of the priors of levels, slopes and spreads at draws.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.
    priors : dict of str to float
        Scales, as for `declare`.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Without deviations of clusters (their SDs are in it) and latent values; of a spread with a
        log-normal prior, on the log.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.zeros((1, 3)), "normal.white": np.zeros((1, 1)),
    ...           "normal.spread": np.ones((1, 3))}
    >>> log_prior(example_layout(), points).round(3)
    array([-6.534])
    """
    total = np.zeros(len(next(iter(points.values()))))
    for name, block in layout.blocks.items():
        family = FAMILIES[name]
        scale = priors["event"] if name == EVENT else priors["level"]
        total += _normal(points[f"{name}.level"], block.level_centre, scale)
        if block.matrix.shape[1]:
            slope = points[f"{name}.white"] @ block.matrix.T
            total += -0.5 * np.sum((slope / (priors["slope"] * block.slope_scale)) ** 2, axis=1)
        if family.spread_prior:
            kind, own = family.spread_prior[0], family.spread_prior[1] * priors["spread"]
            total += _spread(points[f"{name}.spread"], block.spread_centre, kind, own)
        if f"{name}.cluster_sd" in points:
            size = points[f"{name}.cluster_sd"]
            total += _spread(size, 0.0, "half_normal", priors["cluster"])
            total += _normal(points[f"{name}.cluster_loading"], 0.0, 1.0)
    return total


def _normal(value: np.ndarray, centre: np.ndarray | float, scale: float) -> np.ndarray:
    away = (value - centre) / scale
    return np.sum(-0.5 * away * away - np.log(scale) - _LOG_ROOT, axis=1)


def _spread(value: np.ndarray, centre: np.ndarray | float, kind: str, scale: float) -> np.ndarray:
    """Return the prior of a spread; a log-normal one on the log."""
    if kind == "half_normal":
        away = value / scale
        own = 0.5 * np.log(2 / np.pi) - np.log(scale) - 0.5 * away * away
        return np.sum(own, axis=1)
    return _normal(np.log(value), centre, scale)
