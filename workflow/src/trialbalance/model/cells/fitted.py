"""What was fitted, cell by cell, as a table from which methods can be written."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.model.cells.layout import EVENT
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.table import Cell, Cells
from trialbalance.model.families import FAMILIES, Family

COLUMNS = (
    *("cell", "kind", "name", "moment", "family", "distribution", "equation", "lower", "upper"),
    *("spikes", "by_arm", "common_spread", "follows", "follows_by_arm", "covariates", "clusters"),
    *("possible", "observed", "prior_level", "prior_spike", "prior_slope", "prior_spread"),
    "prior_cluster",
)
SPREADS = {"half_normal": "half-normal", "log_normal": "log-normal"}


def fitted_cells(cells: Cells, priors: Mapping[str, float]) -> pd.DataFrame:
    r"""Return what was fitted to each cell: distribution, what it follows, who was seen, priors.

    Parameters
    ----------
    cells : Cells
        Cells of an analysis, in the order in which the model takes them.
    priors : mapping of str to float
        Settings ``model.priors``.

    Returns
    -------
    pandas.DataFrame
        One row a cell; a prior that is not used is blank.

    Notes
    -----
    ``eta = level[arm] + slopes . (what the cell follows, covariates) + cluster``; the chance of a
    spike has a logit of the same form, with levels and slopes of its own.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_cells
    >>> table = fitted_cells(example_cells(), PRIORS)
    >>> table[["cell", "follows", "possible"]].fillna("nothing").to_numpy().tolist()
    [['u baseline', 'nothing', 40], ['u month_12', 'u baseline', 40]]
    >>> table["equation"][0]
    'y \\sim \\mathrm{Normal}(\\eta, \\sigma)'
    """
    families = lay_out(cells).families
    rows = [
        {
            **_described(cell, family),
            "covariates": _words(cells.columns),
            "clusters": 0 if cells.cluster is None else len(cells.cluster_names),
            "possible": int(cells.possible[:, j].sum()),
            "observed": int(cells.seen[:, j].sum()),
            **_priors(cells, cell, family, priors),
        }
        for j, (cell, family) in enumerate(zip(cells.cells, families, strict=True))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _words(names: tuple[str, ...]) -> str | None:
    return "; ".join(names) or None


def _described(cell: Cell, family: Family) -> dict[str, Any]:
    """Return the family of a cell, where it may lie, and what it follows."""
    own = FAMILIES[cell.family]
    spikes = family.raw(np.array(family.atoms)) if own.inside and family.atoms else ()
    return {
        "cell": cell.name,
        "kind": cell.kind,
        "name": cell.source,
        "moment": cell.moment or None,
        "family": cell.family,
        "distribution": own.words,
        "equation": own.equation,
        "lower": cell.lower,
        "upper": cell.upper,
        "spikes": _words(tuple(f"{value:.6g}" for value in spikes)),
        "by_arm": cell.by_arm,
        "common_spread": cell.common_spread,
        "follows": _words(cell.parents),
        "follows_by_arm": _words(cell.arm_parents),
    }


def _priors(
    cells: Cells, cell: Cell, family: Family, priors: Mapping[str, float]
) -> dict[str, Any]:
    """Return the priors that a cell uses."""
    event, spread = family.density == EVENT, family.spread_prior
    sloped = bool(cell.parents or cells.columns)
    return {
        "prior_level": priors["event"] if event else priors["level"],
        "prior_spike": priors["event"] if family.atoms and not event else None,
        "prior_slope": priors["slope"] if sloped else None,
        "prior_spread": (
            f"{SPREADS[spread.kind]} {spread.scale * priors['spread']:g}" if spread else None
        ),
        "prior_cluster": None if cells.cluster is None else priors["cluster"],
    }
