"""The density of the cells in NumPy at draws of the parameters, and what follows from it."""

import numpy as np
from scipy import sparse, special

from trialbalance.model.cells.declare import NOWHERE, PRIORS
from trialbalance.model.cells.layout import EVENT, Block, Layout
from trialbalance.model.families import FAMILIES, NUMPY

_LOG_ROOT = 0.5 * np.log(2 * np.pi)


def row_levels(
    block: Block,
    points: dict[str, np.ndarray],
    score: np.ndarray | None,
    fixed: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Return the level of every row of a block, shape (draws, rows).

    Parameters
    ----------
    block : Block
        One of its blocks.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.
    score : numpy.ndarray, shape (draws, latents), or None
        Scores of latent values.
    fixed : tuple of numpy.ndarray, optional
        What `fixed_levels` returns, where it is known.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.ones((2, 3)), "normal.white": np.zeros((2, 1))}
    >>> bool((row_levels(example_layout().blocks["normal"], points, None) == 1).all())
    True
    """
    eta, slope = fixed_levels(block, points) if fixed is None else fixed
    if len(block.at):
        # A row may have more than one latent parent.
        moves = np.arange(len(block.at))
        onto = sparse.csr_array(
            (np.ones(len(moves)), (block.at, moves)), (eta.shape[1], len(moves))
        )
        eta = eta + (onto @ (slope * score[:, block.source]).T).T
    return eta


def fixed_levels(block: Block, points: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels of rows without what latent parents move, and the slopes of these.

    Parameters
    ----------
    block : Block
        One block of a layout.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.

    Returns
    -------
    numpy.ndarray, shape (draws, rows)
    numpy.ndarray, shape (draws, moves)

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.ones((2, 3)), "normal.white": np.zeros((2, 1))}
    >>> bool((fixed_levels(example_layout().blocks["normal"], points)[0] == 1).all())
    True
    """
    name = block.density
    eta = points[f"{name}.level"][:, block.level]
    slope = np.zeros((len(eta), len(block.at)))
    if block.matrix.shape[1]:
        flat = points[f"{name}.white"] @ block.matrix.T
        own = flat.reshape(len(flat), len(block.parts), block.width)
        for number in range(len(block.parts)):
            rows = np.flatnonzero(block.part == number)
            eta[:, rows] += own[:, number] @ block.predictor[rows].T
        slope = flat[:, block.slope]
    if f"{name}.cluster_sd" in points:
        eta = eta + cluster_deviations(points, name)[:, block.cluster]
    return eta, slope


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


def row_densities(
    layout: Layout,
    points: dict[str, np.ndarray],
    fixed: dict[str, tuple[np.ndarray, np.ndarray]] | None = None,
) -> np.ndarray:
    """Return the log density of every row, shape (draws, rows + 1), the last 0.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.
    fixed : dict of str to tuple, optional
        By block, what `fixed_levels` returns, where only latent values change.

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
        known = fixed[name] if fixed is not None else None
        family, eta = FAMILIES[name], row_levels(block, points, score, known)
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
    count, width = layout.gather.shape
    # Each combination once, with the rows it adds up; the last row is 0 and stands for none.
    each = sparse.csr_array(
        (np.ones(layout.gather.size), layout.gather.ravel(), np.arange(count + 1) * width),
        shape=(count, layout.rows + 1),
    )
    found = np.c_[(each @ rows.T).T, np.full(len(rows), NOWHERE)]
    return found[:, layout.people]


def person_sums(layout: Layout, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add up the rows of each participant, and of each combination of discrete unknowns.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    rows : numpy.ndarray, shape (draws, rows + 1)
        Log density of every row, the last 0.

    Returns
    -------
    numpy.ndarray, shape (draws, participants)
        Sums of those without a discrete unknown, 0 for the others.
    numpy.ndarray, shape (draws, summed people, most)
        Sums of combinations.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> person_sums(layout, np.ones((1, layout.rows + 1)))[0][0, :3].tolist()
    [2.0, 2.0, 2.0]
    """
    person = np.concatenate([block.person for block in layout.blocks.values()])
    use = np.flatnonzero(layout.alone)
    member = sparse.csr_array(
        (np.ones(len(use)), (person[use], use)), shape=(layout.cells.size, layout.rows + 1)
    )
    return (member @ rows.T).T, combinations(layout, rows)


def joined(layout: Layout, alone: np.ndarray, each: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each participant from sums, shape (draws, participants).

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> sums = person_sums(layout, np.ones((1, layout.rows + 1)))
    >>> joined(layout, *sums)[0, :3].tolist()
    [2.0, 2.0, 2.0]
    """
    if not len(layout.summed):
        return alone
    found = alone.copy()
    found[:, layout.summed] = special.logsumexp(each, axis=2)
    return found


def by_person(layout: Layout, rows: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each participant, shape (draws, participants).

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> by_person(layout, np.ones((1, layout.rows + 1)))[0, :3]
    array([2., 2., 2.])
    """
    return joined(layout, *person_sums(layout, rows))


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
