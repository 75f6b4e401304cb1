"""What the density of cells is made of: regressions, rows by density, and sums over states."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from trialbalance.model.cells.table import Cells
from trialbalance.model.families import Family

# What a cell of a person is in a row: seen, latent inside; further numbers are its atoms.
SEEN, INSIDE = 1, 2
EVENT = "bernoulli"


@dataclass(frozen=True)
class Part:
    """One regression: the values of a cell inside, or whether it sits at an atom.

    Parameters
    ----------
    name : str
        Cell, and the atom where it is one.
    cell : int
        Number of the cell.
    atom : int
        Number of the atom, -1 for the values inside.
    levels : slice
        Its levels in the block: one an arm, or one for all.
    spreads : slice
        Its spreads in the block.
    whitened : slice
        Its slopes in the block's whitened vector.
    centre : numpy.ndarray
        Means of its predictors.
    unwhiten : numpy.ndarray, shape (predictors, predictors)
        Turns whitened slopes into slopes.
    silent : numpy.ndarray of bool, shape (predictors,)
        Predictors on which the data say nothing: alike in all who were seen, or told by others.
    """

    name: str
    cell: int
    atom: int
    levels: slice
    spreads: slice
    whitened: slice
    centre: np.ndarray
    unwhiten: np.ndarray
    silent: np.ndarray


@dataclass
class Block:
    """All rows whose density is of one kind, of whatever cell, visit or person.

    Parameters
    ----------
    density : str
        Name of the density.
    family : Family
        One family with this density.
    parts : list of Part
        Regressions.
    predictor : numpy.ndarray, shape (rows, width)
        Centred predictors; a latent parent's place holds the rest of its centre.
    part, level, spread_of : numpy.ndarray of int, shape (rows,)
        Regression, level and spread of each row.
    value : numpy.ndarray, shape (seen rows,)
        Values of the rows that were seen, which stand first.
    own : numpy.ndarray of int, shape (latent rows,)
        Latent value of each further row.
    at, slope, source : numpy.ndarray of int
        Rows moved by a latent parent, by which slope (of the flat slopes), and which latent.
    matrix : numpy.ndarray, shape (parts * width, whitened)
        Turns the whitened vector into flat slopes.
    slope_scale : numpy.ndarray, shape (parts * width,)
        Prior SD of each flat slope as a part of that of slopes.
    level_centre, spread_centre : numpy.ndarray, shape (levels,), (spreads,)
        Prior means of levels and of log spreads.
    outcomes : tuple of str
        Effect, cost, death: what clusters deviate in, each by itself.
    cluster : numpy.ndarray of int, shape (rows,)
        Deviation of each row, of outcome and cluster; the number of all for a row without.
    person : numpy.ndarray of int, shape (rows,)
        Participant of each row.
    """

    density: str
    family: Family
    parts: list
    predictor: np.ndarray
    part: np.ndarray
    level: np.ndarray
    spread_of: np.ndarray
    value: np.ndarray
    own: np.ndarray
    at: np.ndarray
    slope: np.ndarray
    source: np.ndarray
    matrix: np.ndarray
    slope_scale: np.ndarray
    level_centre: np.ndarray
    spread_centre: np.ndarray
    outcomes: tuple[str, ...]
    cluster: np.ndarray
    person: np.ndarray

    @property
    def width(self) -> int:
        """Number of predictors, the most of any regression."""
        return self.predictor.shape[1]


class Histories(NamedTuple):
    """What each participant may have been: one history, or one for each state of what is unseen.

    Parameters
    ----------
    person : numpy.ndarray of int, shape (histories,)
        Participant.
    state : numpy.ndarray of int, shape (histories, cells)
        0 for a cell that does not count; seen, latent inside, or latent at an atom.
    there : numpy.ndarray of bool, shape (histories, cells)
        Whether later cells hear of it: not where an unknown death leaves no place for it.
    """

    person: np.ndarray
    state: np.ndarray
    there: np.ndarray


@dataclass
class Layout:
    """The density of a trial's cells as arrays.

    Parameters
    ----------
    cells : Cells
        The trial.
    families : list of Family
        Family of each cell.
    latent : numpy.ndarray of bool, shape (participants, cells)
        Unseen values that a later seen cell needs.
    latent_place : numpy.ndarray of int, shape (participants, cells)
        Number of each latent value inside, -1 where there is none.
    latent_centre, latent_scale : numpy.ndarray, shape (latents,)
        Standardisation of the score of each latent value.
    latents : dict of str to slice
        Latent values by density.
    blocks : dict of str to Block
        Rows by density, in order.
    alone : numpy.ndarray, shape (rows of all blocks,)
        1 for rows of people without a discrete unknown.
    gather : numpy.ndarray of int, shape (combinations, parts)
        Rows of each combination of somebody's discrete unknowns; the number of rows for none.
    people : numpy.ndarray of int, shape (summed people, most combinations)
        Combinations of each such person; the number of combinations for none.
    state : numpy.ndarray of int, shape (combinations, cells)
        What each combination takes a cell to be.
    summed : numpy.ndarray of int
        The people.
    histories : Histories
        What everybody may have been, row by row.
    ignored : int
        Unseen values left out of the sums because somebody had too many.
    """

    cells: Cells
    families: list
    latent: np.ndarray
    latent_place: np.ndarray
    latent_centre: np.ndarray
    latent_scale: np.ndarray
    latents: dict
    blocks: dict = field(default_factory=dict)
    alone: np.ndarray = None
    gather: np.ndarray = None
    people: np.ndarray = None
    state: np.ndarray = None
    summed: np.ndarray = None
    histories: Histories = None
    ignored: int = 0

    @property
    def rows(self) -> int:
        """Number of rows of all blocks."""
        return sum(len(block.part) for block in self.blocks.values())
