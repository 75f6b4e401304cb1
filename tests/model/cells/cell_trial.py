"""Trials of visits with a known answer, and parameters by least squares in place of a sampler."""

import numpy as np
from trialbalance.model.cells.table import Cell, Cells

VISITS = (
    Cell("u0", "measure", "u", "m0", 0.0, 0.0, by_arm=False),
    Cell("u6", "measure", "u", "m6", 0.5, 0.5, parents=("u0",)),
    Cell("u12", "measure", "u", "m12", 1.0, 1.0, parents=("u0", "u6")),
)
AREA = np.array([0.25, 0.5, 0.25])
CORRELATION = np.array([[1, 0.6, 0.5], [0.6, 1, 0.75], [0.5, 0.75, 1]])


def visits(people, seed, gain=(0.04, 0.06), spread=0.25):
    """Utilities at months 0, 6 and 12 of two arms of so many people each."""
    rng = np.random.default_rng(seed)
    value = rng.multivariate_normal([0.55, 0.60, 0.62], CORRELATION * spread**2, 2 * people)
    arm = np.repeat([0, 1], people)
    value[:, 1] += gain[0] * arm
    value[:, 2] += gain[1] * arm
    return arm, value


def made(cells, value, arm, weight=AREA, possible=None, **further):
    """Cells of a trial."""
    size = len(arm)
    possible = np.ones(value.shape, bool) if possible is None else possible
    groups = tuple(dict.fromkeys(c.source for c in cells if c.kind == "cost"))
    named = {"design": np.zeros((size, 0)), "columns": ()} | further
    return Cells(
        tuple(cells), np.asarray(value, float), possible, arm, ("A", "B"),
        tuple(f"p{i}" for i in range(size)), named.pop("design"), named.pop("columns"),
        np.tile(weight, (size, 1)), np.asarray(weight, float), np.zeros(size),
        np.zeros((size, len(groups))), groups, **named,
    )  # fmt: skip


def least_squares(layout):
    """One draw of the parameters of normal cells: least squares on whoever was seen."""
    block = layout.blocks["normal"]
    level = np.zeros(len(block.level_centre))
    white, spread = np.zeros(block.matrix.shape[1]), np.ones(len(level))
    for number, part in enumerate(block.parts):
        rows = np.flatnonzero((block.part == number)[: len(block.value)])
        own = block.level[rows] - part.levels.start
        arms = np.eye(part.levels.stop - part.levels.start)[own]
        size = len(part.centre)
        x = np.c_[arms, block.predictor[rows][:, :size]]
        y = block.value[rows]
        found = np.linalg.lstsq(x, y, rcond=None)[0]
        level[part.levels] = found[: arms.shape[1]]
        white[part.whitened] = np.linalg.solve(part.unwhiten, found[arms.shape[1] :])
        rest = y - x @ found
        spread[part.levels] = [rest[own == a].std() for a in range(arms.shape[1])]
    return {"normal.level": level[None], "normal.white": white[None],
            "normal.spread": spread[None]}  # fmt: skip
