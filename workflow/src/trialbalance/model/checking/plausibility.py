"""What the priors alone expect of a trial, told beside the checks of its fit."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.model.cells.fitting import replicate
from trialbalance.model.cells.means.gathering import statistics_of
from trialbalance.model.cells.priors import draw_prior
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.table import Cells
from trialbalance.model.checking.checks import COLUMNS
from trialbalance.model.checking.predictive import STATISTICS

_DRAWS = 1000
_EDGE, _PILED = 0.95, 0.2


def prior_plausibility(cells: Cells, section: dict[str, Any], seed: int) -> pd.DataFrame:
    """Describe trials drawn from the priors, before any outcome is looked at.

    Parameters
    ----------
    cells : Cells
        The trial: arms, covariates and who was observed.
    section : dict
        Resolved model section: ``priors``.
    seed : int
        One integer.

    Returns
    -------
    pandas.DataFrame
        Notes in the columns of table ``model_checks``: the middle value of an arm's mean cost,
        coefficient of variation of cost and mean effect, with where 95 % of them lie, and the
        share of correlations of cost and effect beyond 0.95.

    References
    ----------
    Gabry 2019, doi:10.1111/rssa.12378, on looking at what priors imply.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_cells
    >>> prior_plausibility(example_cells(), {"priors": PRIORS}, 1)["check"].iloc[2]
    'prior: mean effect of an arm'
    """
    layout = lay_out(cells)
    drawn = draw_prior(layout, _DRAWS, np.random.default_rng(seed), section["priors"])
    # Far in the tails of the priors a log link overflows; such trials are infinite, not wrong.
    with np.errstate(over="ignore", invalid="ignore"):
        _, each = statistics_of(layout, replicate(layout, drawn, seed, _DRAWS))
        return pd.DataFrame(_notes(each), columns=COLUMNS)


def _notes(replicated: np.ndarray) -> list[list[Any]]:
    """Turn statistics, shape (draws, arms, statistics), into notes."""
    own = {name: replicated[..., place].ravel() for place, name in enumerate(STATISTICS)}
    spread = own["cost_sd"] / np.abs(own["cost_mean"])
    lines = [
        _range("mean cost of an arm", own["cost_mean"], ",.0f"),
        _range("coefficient of variation of cost", spread, ".2f"),
        _range("mean effect of an arm", own["effect_mean"], ".3f"),
    ]
    together = own["correlation"][np.isfinite(own["correlation"])]
    if len(together):
        piled = float((np.abs(together) > _EDGE).mean())
        advice = (
            "cost and effect nearly determine each other before any data: lower model.priors.slope"
        )
        name = f"prior: share of correlations beyond {_EDGE:g}"
        lines.append([name, piled, "", "note", advice if piled > _PILED else ""])
    return lines


def _range(name: str, values: np.ndarray, form: str) -> list[Any]:
    values = values[~np.isnan(values)]
    if not len(values):
        return [f"prior: {name}", np.nan, "", "note", "too few observed to draw it"]
    low, middle, high = np.quantile(values, (0.025, 0.5, 0.975))
    said = f"95 % of it between {low:{form}} and {high:{form}} before any outcome is seen"
    return [f"prior: {name}", float(middle), "", "note", said]
