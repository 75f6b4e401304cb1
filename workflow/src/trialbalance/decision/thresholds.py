"""The thresholds of an outcome: a grid for the curves and the marked values."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Thresholds:
    """Thresholds at which an outcome is judged.

    Parameters
    ----------
    grid : ndarray, shape (threshold,)
        Regular grid and marked thresholds, ascending, in currency per unit of the outcome.
    marked : ndarray
        Thresholds to mark; none for an outcome without an accepted threshold.
    primary : float or None
        Threshold of the verdict.
    exploratory : bool
        True when no threshold is accepted: curves are labelled, no verdict is given.
    """

    grid: np.ndarray
    marked: np.ndarray
    primary: float | None
    exploratory: bool

    def shown(self):
        """Return the thresholds for tables that are too long for a whole grid.

        Returns
        -------
        ndarray
            The marked thresholds, or eleven evenly spaced ones where none is marked.
        """
        if self.marked.size:
            return self.marked
        places = np.linspace(0, self.grid.size - 1, min(11, self.grid.size))
        return self.grid[np.unique(places.round().astype(int))]


def outcome_thresholds(section: dict[str, Any], outcome: str):
    """Return the thresholds of one outcome.

    Parameters
    ----------
    section : dict
        Resolved settings of the decision stage; the key ``thresholds`` is read.
    outcome : str
        Name of the outcome.

    Returns
    -------
    Thresholds
        Its curves' thresholds, those marked, and whether no threshold is accepted.

    Examples
    --------
    >>> given = {"marked": [25], "primary": 25, "range": [0, 100], "step": 50}
    >>> given |= {"exploratory": False}
    >>> outcome_thresholds({"thresholds": {"qaly": given}}, "qaly").grid.tolist()
    [0.0, 25.0, 50.0, 100.0]
    """
    declared = section["thresholds"][outcome]
    (low, high), step = declared["range"], declared["step"]
    # Counting the steps keeps the grid free of added-up rounding.
    grid = low + step * np.arange(np.floor((high - low) / step + 1e-9) + 1)
    marked = np.array(sorted(declared["marked"]), dtype=float)
    exploratory = declared["exploratory"] or marked.size == 0
    values = np.union1d(np.append(grid, high), marked)
    return Thresholds(values, marked, declared["primary"], exploratory)
