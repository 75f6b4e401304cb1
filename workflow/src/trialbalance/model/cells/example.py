"""A small trial of two visits, for examples."""

import numpy as np

from trialbalance.model.cells.rows import Layout, lay_out
from trialbalance.model.cells.table import Cell, Cells


def example_cells(size: int = 40, seed: int = 1) -> Cells:
    """Return two visits of two arms, the second missed by some whose first was low.

    Parameters
    ----------
    size : int
        Participants.
    seed : int
        One integer.

    Returns
    -------
    Cells
        A baseline common to the arms and a visit, both normal.

    Examples
    --------
    >>> example_cells().names
    ['u baseline', 'u month_12']
    """
    rng = np.random.default_rng(seed)
    arm = np.arange(size) % 2
    baseline = rng.normal(0.6, 0.2, size)
    later = 0.2 + 0.7 * baseline + 0.1 * arm + rng.normal(0, 0.1, size)
    later[baseline < 0.45] = np.nan
    cells = (
        Cell("u baseline", "measure", "u", "baseline", 0.0, by_arm=False),
        Cell("u month_12", "measure", "u", "month_12", 1.0, 1.0, parents=("u baseline",)),
    )
    return Cells(
        cells, np.c_[baseline, later], np.ones((size, 2), bool), arm, ("A", "B"),
        tuple(f"p{i}" for i in range(size)), np.zeros((size, 0)), (),
        np.full((size, 2), 0.5), np.full(2, 0.5), np.zeros(size), np.zeros((size, 0)), (),
    )  # fmt: skip


def example_layout() -> Layout:
    """Return the rows of the example.

    Examples
    --------
    >>> sorted(example_layout().blocks)
    ['normal']
    """
    return lay_out(example_cells())
