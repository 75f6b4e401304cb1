"""The log-likelihood of each participant, and what leaving one out needs."""

import itertools
from dataclasses import replace

import numpy as np
from scipy import special

from trialbalance.model.cells.density import (
    by_person,
    fixed_levels,
    joined,
    log_posterior,
    person_sums,
    row_densities,
)
from trialbalance.model.cells.layout import Layout
from trialbalance.model.checking.left_out import Pieces
from trialbalance.model.compiling.density import Density

# Even grids in SDs of the draws, long to the left, where the log of a gamma falls slowly.
_GRIDS = {
    1: np.linspace(-8.0, 6.0, 29),
    2: np.linspace(-6.0, 5.0, 12),
    3: np.linspace(-5.5, 4.5, 9),
}
# Beyond so many SDs from the mean in all directions taken together nothing is left.
_FARTHEST = 7.0
_LEAST = 1e-3


def log_likelihood(layout: Layout, points: dict[str, np.ndarray]) -> np.ndarray:
    """Return the log-likelihood of every participant, shape (draws, participants).

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables, draws first.

    Returns
    -------
    numpy.ndarray
        What up to three latent values of somebody may be is integrated out; with more it is that
        given the draws of them.

    Notes
    -----
    Nodes stand on the unconstrained scale, around the mean of the draws of each value.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.zeros((1, 3)), "normal.white": np.zeros((1, 1)),
    ...           "normal.spread": np.ones((1, 3))}
    >>> log_likelihood(example_layout(), points).shape
    (1, 40)
    """
    found = by_person(layout, row_densities(layout, points))
    latents = (layout.latent_place >= 0).sum(axis=1)
    for count in _GRIDS:
        people = np.flatnonzero((latents == count) & _has_rows(layout))
        if len(people):
            found[:, people] = _integrated(only(layout, people), points, people, count)
    return found


def _has_rows(layout: Layout) -> np.ndarray:
    found = np.zeros(layout.cells.size, bool)
    for block in layout.blocks.values():
        found[block.person] = True
    return found


def _integrated(
    part: Layout, points: dict[str, np.ndarray], people: np.ndarray, count: int
) -> np.ndarray:
    """Integrate the latent values of people who have so many of them out."""
    places = np.sort(part.latent_place[people], axis=1)[:, -count:]
    nodes = _GRIDS[count]
    centre, size = np.zeros(places.shape), np.zeros(places.shape)
    for name, span in part.latents.items():
        own = (places >= span.start) & (places < span.stop)
        draws = points[f"{name}.latent"][:, places[own] - span.start]
        centre[own] = draws.mean(axis=0)
        size[own] = np.maximum(draws.std(axis=0), _LEAST)
    # Only rows of a latent value, or with one as parent, change from node to node.
    moving = {
        name: np.isin(np.arange(len(block.part)), block.at)
        | (np.arange(len(block.part)) >= len(block.value))
        for name, block in part.blocks.items()
    }
    still = of_rows(part, {name: ~rows for name, rows in moving.items()})
    moved = of_rows(part, moving)
    given = person_sums(still, row_densities(still, points))
    fixed = {name: fixed_levels(block, points) for name, block in moved.blocks.items()}
    total = []
    for node in itertools.product(nodes, repeat=count):
        if count > 1 and np.hypot.reduce(node) > _FARTHEST:
            continue
        here = _placed(moved, points, places, centre + size * np.array(node))
        alone, each = person_sums(moved, row_densities(moved, here, fixed))
        total.append(joined(part, given[0] + alone, given[1] + each)[:, people])
    step = size * (nodes[1] - nodes[0])
    return special.logsumexp(total, axis=0) + np.log(step).sum(axis=1)


def _placed(part, points, places, values):
    """Return the draws with some latent values put where they are wanted."""
    here = dict(points)
    for name, span in part.latents.items():
        own = (places >= span.start) & (places < span.stop)
        if own.any():
            here[f"{name}.latent"] = points[f"{name}.latent"].copy()
            here[f"{name}.latent"][:, places[own] - span.start] = values[own]
    return here


def only(layout: Layout, people: np.ndarray) -> Layout:
    """Return the rows of some participants.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    people : numpy.ndarray of int
        Numbers of participants.

    Returns
    -------
    Layout
        With the same parameters.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> only(example_layout(), np.array([3])).rows <= 2
    True
    """
    found = of_rows(
        layout, {name: np.isin(block.person, people) for name, block in layout.blocks.items()}
    )
    mine = np.isin(layout.summed, people)
    count = len(layout.gather)
    used = np.unique(layout.people[mine])
    used = used[used < count]
    number = np.full(count + 1, len(used))
    number[used] = np.arange(len(used))
    # Scores of the latent values of others are not wanted.
    latent = found.latent & np.isin(np.arange(layout.cells.size), people)[:, None]
    return replace(
        found, latent=latent, gather=found.gather[used], people=number[layout.people[mine]],
        summed=layout.summed[mine],
    )  # fmt: skip


def of_rows(layout: Layout, kept: dict[str, np.ndarray]) -> Layout:
    """Return some rows of each block.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    kept : dict of str to numpy.ndarray of bool
        By block, which rows.

    Returns
    -------
    Layout
        With the same parameters, people and combinations.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> of_rows(layout, {"normal": np.zeros(layout.rows, bool)}).rows
    0
    """
    blocks = {}
    for name, block in layout.blocks.items():
        rows = kept[name]
        seen, place = len(block.value), np.cumsum(rows) - 1
        moves = rows[block.at]
        blocks[name] = replace(
            block,
            **{key: getattr(block, key)[rows]
               for key in ("predictor", "part", "level", "spread_of", "cluster", "person")},
            value=block.value[rows[:seen]], own=block.own[rows[seen:]],
            at=place[block.at[moves]], slope=block.slope[moves], source=block.source[moves],
        )  # fmt: skip
    rows = np.concatenate([kept[name] for name in layout.blocks])
    number = np.append(np.where(rows, np.cumsum(rows) - 1, rows.sum()), rows.sum())
    return replace(layout, blocks=blocks, alone=layout.alone[rows], gather=number[layout.gather])


def pieces(
    layout: Layout, density: Density, draws: np.ndarray, priors: dict[str, float], who: np.ndarray
) -> Pieces:
    """Return what moment matching needs to leave one participant out.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    density : Density
        The compiled density, for its constraints.
    draws : numpy.ndarray, shape (draws, size)
        Unconstrained draws.
    priors : dict of str to float
        Scales, as for `declare`.
    who : numpy.ndarray of int
        Participants of the likelihood, in order.

    Returns
    -------
    Pieces
    """
    names = [name for name in density.names if name.endswith(".latent")]
    moved = np.ones(density.size, bool)
    for name, places in density.parts(np.arange(density.size)).items():
        moved[places] = name not in names
    parts = {}

    def posterior(points: np.ndarray) -> np.ndarray:
        return log_posterior(layout, density.constrained(points), priors)

    def likelihood(points: np.ndarray, number: int) -> np.ndarray:
        person = who[[number]]
        part = parts.setdefault(number, only(layout, person))
        return log_likelihood(part, density.constrained(points))[:, person[0]]

    return Pieces(draws, moved, posterior, likelihood)
