"""The cells that the settings choose, made without loading PyMC: what a check foresees."""

from typing import Any

import pandas as pd

from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.from_data.by_visit import cells_by_visit
from trialbalance.model.cells.table import Cells


def cells_of(
    dataset: pd.DataFrame,
    groups: list[str],
    study: dict[str, Any],
    section: dict[str, Any],
    follow_up: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
) -> Cells:
    """Return the cells of an analysis, by totals or by visit as the settings choose.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population (table ``dataset``).
    groups : list of str
        Source groups of cost, the most complete first; empty uses the column ``cost``.
    study, section : dict
        Section ``study``; resolved section ``model``, whose ``cells`` chooses.
    follow_up, weights : pandas.DataFrame, optional
        Table follow_up and the outcome's rows of table outcome_weights, for cells by visit.

    Returns
    -------
    Cells

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.

    Examples
    --------
    >>> from trialbalance.settings.sections.model import ModelSettings
    >>> table = pd.DataFrame({"participant_id": list("abcd"), "arm": list("ABAB"),
    ...                       "cost": [1.0, 2.0, 3.0, 5.0], "effect": [0.5, 0.7, 0.6, 0.9]})
    >>> settings = ModelSettings(effect={"family": "normal"}).model_dump()
    >>> cells_of(table, [], {"arms": ["A", "B"], "horizon_years": 1.0}, settings).names
    ['effect', 'total']
    """
    if section["cells"] == "by_visit":
        return cells_by_visit(dataset, follow_up, weights, study, section)
    return cells_by_total(dataset, groups, study, section)
