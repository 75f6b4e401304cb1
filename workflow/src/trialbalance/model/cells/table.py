"""Cells: what is modelled of every participant, in time order, seen or not."""

from dataclasses import dataclass, field

import numpy as np

# Fewest degrees of freedom on which a spread within arms is believed.
_ENOUGH = 10
MEASURE, DEATH, COST, EFFECT, BEFORE = "measure", "death", "cost", "effect", "before"


@dataclass(frozen=True)
class Cell:
    """One column of what is modelled.

    Parameters
    ----------
    name : str
        Name of the cell, unique.
    kind : {"measure", "death", "cost", "effect", "before"}
        Value at a visit; death in an interval; cost of a source group; effect over all follow-up;
        covariate that somebody lacks.
    source : str
        Measure or source group.
    moment : str
        Visit or period; empty for a total.
    time : float
        Years at which the cell ends.
    start : float
        Years at which it starts; who died before does not have it.
    family : str
        Name in the table of families.
    parents : tuple of str
        Earlier cells on which it depends.
    by_arm : bool
        Whether the arms differ; not before randomisation.
    lower, upper : float or None
        Possible range of a value.
    atoms : {"auto", "yes", "no", "zero"}
        Whether values may sit at the ends of the range (a hurdle at zero for a cost).
    arm_parents : tuple of str
        Parents whose slope differs by arm.
    common_spread : bool
        Whether the arms have one spread.
    of_dead : bool
        Whether only people who died have it.
    """

    name: str
    kind: str
    source: str
    moment: str = ""
    time: float = 0.0
    start: float = 0.0
    family: str = "normal"
    parents: tuple[str, ...] = ()
    by_arm: bool = True
    lower: float | None = None
    upper: float | None = None
    atoms: str = "auto"
    arm_parents: tuple[str, ...] = ()
    common_spread: bool = False
    of_dead: bool = False

    @property
    def outcome(self) -> str:
        """What it is a part of: effect, cost or death (or what was before them)."""
        return EFFECT if self.kind == MEASURE else self.kind


@dataclass(frozen=True)
class Cells:
    """Cells of a trial and what was seen of them.

    Parameters
    ----------
    cells : tuple of Cell
        In time order; a parent stands before its children.
    value : numpy.ndarray, shape (participants, cells)
        Values in the unit of the data, NaN where unseen.
    possible : numpy.ndarray of bool, shape (participants, cells)
        Where a value can be: not after a known death.
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    arms, participants : tuple of str
        Their names.
    design : numpy.ndarray, shape (participants, columns)
        Covariates, each with mean 0.
    columns : tuple of str
        Their names.
    effect_weight : numpy.ndarray, shape (participants, cells)
        Weight of each cell in the effect of a participant, were the person alive or as they died.
    whole_weight : numpy.ndarray, shape (cells,)
        The same of somebody who lives through all of follow-up.
    fixed_effect, fixed_cost : numpy.ndarray, shape (participants,), (participants, groups)
        What is known of effect and cost beside the cells.
    groups : tuple of str
        Source groups of cost.
    cluster : numpy.ndarray of int or None
        Cluster of each participant.
    cluster_names : tuple of str
        Their names.
    shown : dict of tuple to numpy.ndarray
        Costs by source group and period of groups that are one cell, which everybody has.
    subgroups : dict of str to numpy.ndarray of bool
        Who belongs to each subgroup, by column and value.
    notes : list of str
        What the reader should know.
    barred : numpy.ndarray of bool, shape (participants, cells), or None
        Who cannot be at the ceiling of a cell; None for nobody.
    """

    cells: tuple[Cell, ...]
    value: np.ndarray
    possible: np.ndarray
    arm: np.ndarray
    arms: tuple[str, ...]
    participants: tuple[str, ...]
    design: np.ndarray
    columns: tuple[str, ...]
    effect_weight: np.ndarray
    whole_weight: np.ndarray
    fixed_effect: np.ndarray
    fixed_cost: np.ndarray
    groups: tuple[str, ...]
    cluster: np.ndarray | None = None
    cluster_names: tuple[str, ...] = ()
    shown: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    subgroups: dict[str, np.ndarray] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    barred: np.ndarray | None = None

    @property
    def size(self) -> int:
        """Number of participants."""
        return len(self.arm)

    @property
    def seen(self) -> np.ndarray:
        """Where a value was seen, shape (participants, cells)."""
        return self.possible & ~np.isnan(self.value)

    @property
    def names(self) -> list[str]:
        """Names of the cells."""
        return [cell.name for cell in self.cells]

    @property
    def parents(self) -> list[list[int]]:
        """Numbers of the parents of each cell."""
        place = {name: number for number, name in enumerate(self.names)}
        return [[place[name] for name in cell.parents] for cell in self.cells]

    @property
    def outcomes(self) -> list[int]:
        """Numbers of the cells of cost and effect after randomisation."""
        return [j for j, cell in enumerate(self.cells)
                if cell.by_arm and cell.kind in (MEASURE, EFFECT, COST)]  # fmt: skip

    def terms(self, j: int) -> list[tuple[int, int]]:
        """Return the predictors of a cell beside covariates: a parent, and of which arm (-1: all).

        A parent whose slope differs by arm is one predictor an arm.
        """
        found = []
        for name in self.cells[j].parents:
            apart = name in self.cells[j].arm_parents and len(self.arms) > 1
            numbers = range(len(self.arms)) if apart else [-1]
            found += [(self.names.index(name), arm) for arm in numbers]
        return found

    def may(self, j: int, atom: int) -> np.ndarray:
        """Return who may be at an atom of a cell; the ceiling is a cell's first atom."""
        if self.barred is None or atom != 0:
            return np.ones(self.size, bool)
        return ~self.barred[:, j]

    def of(self, kind: str, source: str | None = None) -> list[int]:
        """Return the numbers of the cells of a kind, and of a source."""
        return [j for j, cell in enumerate(self.cells)
                if cell.kind == kind and source in (None, cell.source)]  # fmt: skip

    @property
    def tail(self) -> np.ndarray:
        """Where a cell is unseen and so is all that follows of its source: from dropout on."""
        missing = self.possible & ~self.seen
        found = np.zeros_like(missing)
        for source in {(cell.kind, cell.source) for cell in self.cells if cell.by_arm}:
            own = [j for j, cell in enumerate(self.cells)
                   if (cell.kind, cell.source) == source and cell.by_arm]  # fmt: skip
            gone = np.ones(self.size, bool)
            for j in reversed(own):
                gone &= ~self.seen[:, j]
                found[:, j] = gone & missing[:, j]
        return found


def spread_within(value: np.ndarray, arm: np.ndarray) -> float | None:
    """Return the standard deviation of values within arms.

    Parameters
    ----------
    value : numpy.ndarray, shape (participants,)
        Values, none missing.
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.

    Returns
    -------
    float or None
        None where no arm varies, or so few were seen that they may happen to be alike.

    Examples
    --------
    >>> arm = np.repeat([0, 1], 6)
    >>> spread_within(np.tile([0.0, 2.0], 6) + 10 * arm, arm)
    1.0
    >>> spread_within(np.array([0.0, 2.0]), np.array([0, 0])) is None
    True
    """
    if len(value) - len(np.unique(arm)) < _ENOUGH:
        return None
    rest = value.copy()
    for one in np.unique(arm):
        rest[arm == one] -= value[arm == one].mean()
    spread = float(np.sqrt(np.mean(rest**2))) if len(rest) else 0.0
    return spread if spread > 0 else None
