"""Covariates of a trial of totals: complete ones as columns, those with gaps as cells."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.model.cells.from_data.who import told_by_others, wanted
from trialbalance.model.cells.table import BEFORE, Cell
from trialbalance.model.covariates import AT_CEILING, Covariate, encode


class Before(NamedTuple):
    """What is known of people before they were randomised.

    Attributes
    ----------
    design : numpy.ndarray, shape (participants, columns)
        Covariates, each with mean 0.
    columns : tuple of str
        Their names.
    cells : list of Cell
        Covariates that somebody lacks: measured ones, and those of two values.
    values : list of numpy.ndarray
        Their values, NaN where missing.
    """

    design: np.ndarray
    columns: tuple[str, ...]
    cells: list[Cell]
    values: list[np.ndarray]


def before(
    dataset: pd.DataFrame, section: dict[str, Any], ceiling: bool, notes: list[str]
) -> Before:
    """Return the covariates of an analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    section : dict
        Resolved section ``model``: covariates of effect and cost. Each enters every part.
    ceiling : bool
        Whether people may be at the ceiling, so that a baseline at it says something.
    notes : list of str
        Where columns that say nothing new, and categories taken at the mean, are told.

    Returns
    -------
    Before

    Raises
    ------
    Problems
        For a column that is not there, or has no value or too many categories.

    Notes
    -----
    A missing value of a measured covariate, or of one with two values, is modelled given the
    complete ones; one of more categories stands at the mean.

    References
    ----------
    White 2005, doi:10.1002/sim.1981, for baseline covariates taken at their mean.

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": list("abc"), "age": [30.0, 50.0, np.nan],
    ...                       "severity": [1.0, 2.0, 4.0]})
    >>> settings = {"effect": {"covariates": None}, "cost": {"covariates": None}}
    >>> found = before(table, settings, False, [])
    >>> found.columns, [cell.name for cell in found.cells]
    (('severity',), ['age'])
    """
    names = wanted(dataset, section)
    if ceiling and AT_CEILING in dataset:
        names = list(dict.fromkeys([*names, AT_CEILING]))
    covariates = encode(dataset, names)
    complete = [one for one in covariates.values() if not _modelled(one)]
    mean = [one.name for one in complete if one.missing.any()]
    if mean:
        notes.append(f"unknown values of {', '.join(mean)} are taken at the mean")
    design, columns = _design(complete, len(dataset), notes)
    gaps = [one for one in covariates.values() if _modelled(one)]
    cells: list[Cell] = []
    for one in gaps:
        family = "bernoulli" if one.levels else "normal"
        parents = tuple(cell.name for cell in cells)
        cells.append(Cell(one.name, BEFORE, one.name, "", 0.0, 0.0, family, parents, False))
    return Before(design, columns, cells, [one.values for one in gaps])  # noqa: PD011


def _modelled(one: Covariate) -> bool:
    return bool(one.missing.any()) and len(one.levels) in (0, 2)


def _design(
    complete: list[Covariate], size: int, notes: list[str]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the complete covariates as centred columns, without those that others tell."""
    matrix = np.concatenate(
        [np.zeros((size, 0)), *(one.design(one.values) for one in complete)], axis=1
    )
    labels = [column for one in complete for column in one.columns]
    idle = told_by_others(matrix)
    if idle:
        notes.append(f"{', '.join(labels[k] for k in idle)} says what other covariates say, and is "
                     "left out")  # fmt: skip
    kept = [k for k in range(len(labels)) if k not in idle]
    matrix = matrix[:, kept]
    return matrix - matrix.mean(axis=0), tuple(labels[k] for k in kept)
