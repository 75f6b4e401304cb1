"""Cells of the multiverse beside a refit of each: how far the algebra lies from a fit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.settings.universes import column

KEYS = ["cell", "arm"]
SIDE = ["comparator", "fit", "way", "threshold", "cost", "effect", "net_benefit", "error"]
NEW = ["refit", "refitted_cost", "refitted_effect", "refitted"]
GAP = ["difference", "standard_error", "agrees"]
# A difference is one where it exceeds the stated error by so many Monte Carlo standard errors.
ERRORS = 3.0


def proof_table(
    cells: pd.DataFrame, refitted: Sequence[pd.DataFrame], section: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the cells that were refitted, beside their refits.

    Parameters
    ----------
    cells : DataFrame
        Table multiverse.
    refitted : sequence of DataFrame
        From `refitted_cells`, one a new fit.
    section : mapping
        Settings ``multiverse``.

    Returns
    -------
    DataFrame
        One row a cell and arm: the options, ``SIDE`` of the cell, ``NEW`` of its refit and ``GAP``.

    Notes
    -----
    difference = refitted − net_benefit. Both rest on as many draws of like posteriors, so that
    standard_error = √2 × the Monte Carlo standard error of the refit. A cell agrees where
    |difference| ≤ error + 3 × standard_error, with the error that the cell states itself.

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": [7], "choice_a": ["a1"], "arm": ["new"], "comparator": "old",
    ...     "fit": "base/qaly", "way": "exact", "threshold": 10.0, "cost": 1.0, "effect": 0.5,
    ...     "net_benefit": 4.0, "error": 0.0})
    >>> again = pd.DataFrame({"cell": [7], "arm": ["new"], "refit": "refit_of_base/qaly",
    ...     "refitted_cost": 1.5, "refitted_effect": 0.5, "refitted": 3.5, "fit_error": 0.1})
    >>> table = proof_table(cells, [again], {"choices": {"a": {"options": {"a1": {}}}}})
    >>> table[["difference", "agrees"]].values.tolist()
    [[-0.5, False]]
    """
    again = pd.concat(refitted, ignore_index=True)
    table = again.merge(cells, on=KEYS, how="left", validate="one_to_one").sort_values(KEYS)
    gap = table["refitted"] - table["net_benefit"]
    error = np.sqrt(2) * table["fit_error"]
    table = table.assign(
        difference=gap,
        standard_error=error,
        agrees=gap.abs() <= table["error"] + ERRORS * error,
    )
    choices = list(map(column, section["choices"]))
    return table[["cell", *choices, "arm", *SIDE, *NEW, *GAP]].reset_index(drop=True)


def worst_refit(table: pd.DataFrame) -> pd.Series:
    """Return the row whose refit lies furthest from its cell, in currency.

    Examples
    --------
    >>> worst_refit(pd.DataFrame({"cell": [1, 2], "difference": [3.0, -8.0]}))["difference"].item()
    -8.0
    """
    return table.loc[table["difference"].abs().idxmax()]
