"""Cells on a fit of their own, made for proof: what their algebra is held against."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.missing.unobserved import move
from trialbalance.decision.multiverse.cells import threshold_of
from trialbalance.decision.multiverse.moved import Drawn, case_of
from trialbalance.decision.thresholds import outcome_thresholds
from trialbalance.settings.universes import Options, options_of

COLUMNS = ["cell", "arm", "refit", "refitted_cost", "refitted_effect", "refitted", "fit_error"]
BATCHES = 40


def error_of_mean(draws: np.ndarray, batches: int = BATCHES) -> float:
    """Return the Monte Carlo standard error of the mean of draws that hang together.

    Parameters
    ----------
    draws : ndarray, shape (draw,)
        Draws of a quantity, chains one after the other.
    batches : int
        Batches of neighbours.

    Returns
    -------
    float
        In the unit of the quantity.

    Notes
    -----
    Standard deviation of the means of batches over the root of their number.

    References
    ----------
    Flegal JM, Jones GL. Ann Stat 2010;38:1034-70. doi:10.1214/09-AOS735

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=4000)
    >>> bool(abs(error_of_mean(draws) * 4000**0.5 - 1) < 0.3)
    True
    """
    means = [one.mean() for one in np.array_split(draws, batches)]
    return float(np.std(means, ddof=1) / np.sqrt(batches))


def refitted_cells(
    drawn: Drawn, mine: Sequence[tuple[int, Options]], settings: dict[str, Any], name: str
) -> pd.DataFrame:
    """Return the comparison of arms in cells whose prices are in the fit already.

    Parameters
    ----------
    drawn : Drawn
        Draws of a fit at the options and prices of the cells.
    mine : sequence of tuple
        Number and options of each cell.
    settings : dict
        As from `proof_settings`.
    name : str
        Scenario and analysis of the fit.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a cell and arm but the comparator; ``fit_error`` is the Monte
        Carlo standard error of net benefit.

    Notes
    -----
    What the people unobserved are taken to have is no part of a fit and is laid on its draws by
    `move`, as the decision stage does in scenarios of missing data.
    """
    arrays, every = drawn.arrays, options_of(settings["multiverse"])
    primary = outcome_thresholds(settings["decision"], settings["analysis"]["outcome"]).primary
    other, rows = arrays.arms.index(drawn.comparator), []
    for number, cell in mine:
        cost, effect, at = arrays.cost, arrays.effect, threshold_of(cell, every, primary)
        plans = [every[one]["missing"] for one in cell if every[one]["missing"] is not None]
        if drawn.unobserved is not None:
            case, follows = case_of(plans, arrays.arms), drawn.cost_follows_effect
            cost, effect = move(arrays, drawn.unobserved, **case, cost_follows_effect=follows)
        for place, arm in enumerate(arrays.arms):
            if place == other:
                continue
            more, gain = (one[:, place] - one[:, other] for one in (cost, effect))
            benefit = at * gain - more
            means = more.mean(), gain.mean(), benefit.mean()
            rows.append((number, arm, name, *means, error_of_mean(benefit)))
    return pd.DataFrame(rows, columns=COLUMNS)
