"""Means over the horizon where follow-up ended by the calendar: weights instead of a model."""

from itertools import product

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR

COLUMNS = (
    *("quantity", "method", "arm", "comparator", "estimate", "lower", "upper"),
    *("participants", "complete", "not_reached"),
)
_DAY = 1 / DAYS_A_YEAR


def censored_means(
    follow_up: pd.DataFrame,
    weights: pd.DataFrame | None,
    arms: list[str],
    comparator: str,
    rng: np.random.Generator,
    replicates: int = 1000,
):
    """Return mean cost and effect of each arm with those censored made up for by weights.

    Parameters
    ----------
    follow_up : pandas.DataFrame
        Table follow_up of an analysis.
    weights : pandas.DataFrame or None
        Rows of table outcome_weights of its outcome; None leaves the effect out.
    arms : list of str
        Arms in order.
    comparator : str
        Arm against which the others are set.
    rng : numpy.random.Generator
        Source of the bootstrap.
    replicates : int
        Bootstrap samples of participants, within arms.

    Returns
    -------
    pandas.DataFrame
        quantity (cost, effect), method (weighted, complete_case), arm, comparator (blank for a
        mean), estimate, lower, upper (2.5 and 97.5 percentiles of the bootstrap), participants,
        complete (with everything known), not_reached (censored by the calendar). Blank where
        nobody in the arm was followed to the horizon.

    Notes
    -----
    With G(t) the Kaplan-Meier chance that follow-up had not ended by the calendar before t, each
    visit and period has the mean ``sum w y / sum w`` over those in whom it is known, where
    ``w = 1 / G(min(death, end of the period))`` and y is 0 after death; the total
    is the sum over periods, or of visits times their weights. Splitting time uses everyone as far
    as they were followed. It makes up for the calendar only: visits missed for other reasons are
    left out.

    References
    ----------
    Lin 1997, doi:10.2307/2533947; Bang 2000, doi:10.1093/biomet/87.2.329.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant_id": ["p1", "p2"], "arm": "a", "kind": "cost",
    ...     "name": "records", "moment": "year", "start_years": 0.0, "end_years": 1.0,
    ...     "value": [100.0, np.nan], "status": ["observed", "not_reached"],
    ...     "followed_years": [1.0, 0.5], "died": False})
    >>> table = censored_means(rows, None, ["a"], "a", np.random.default_rng(1), 10)
    >>> table.loc[0, ["estimate", "complete", "not_reached"]].astype(float).to_list()
    [100.0, 1.0, 1.0]
    """
    if not len(follow_up):
        return pd.DataFrame(columns=list(COLUMNS))
    quantities = {"cost": (_grid(follow_up, "cost"), 1.0)}
    if weights is not None and len(weights):
        each = weights.groupby("visit")["weight"].sum()
        visits = follow_up[follow_up["moment"].isin(each.index)]
        grid = _grid(visits, "measure")
        quantities["effect"] = grid, each[grid[0].columns.get_level_values(1)].to_numpy(float)
    people = follow_up.drop_duplicates("participant_id").set_index("participant_id")
    rows = []
    for quantity, method in product(quantities, ("weighted", "complete_case")):
        (value, end), weight = quantities[quantity]
        draws, told = {}, {}
        for arm in [arm for arm in arms if (people["arm"] == arm).any()]:
            own = people["arm"] == arm
            y, ends = value[own].to_numpy(), end[own].to_numpy()
            last, died = (people.loc[own, c].to_numpy() for c in ("followed_years", "died"))
            counts = _resample(len(y), replicates, rng)
            if method == "weighted":
                cells = _weighted(y, ends, last.astype(float), died.astype(bool), counts)
            else:
                cells = _means(np.where(np.isnan(y).any(axis=1)[:, None], np.nan, y), counts)
            draws[arm] = (cells * weight).sum(axis=1)
            censored = (~died.astype(bool)) & (last.astype(float) + _DAY < ends.max())
            told[arm] = len(y), int((~np.isnan(y).any(axis=1)).sum()), int(censored.sum())
        rows += _rows(quantity, method, draws, told, comparator)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _grid(follow_up, kind):
    """Return values known (0 and costs of the dead too) and ends, by participant and cell."""
    rows = follow_up[follow_up["kind"] == kind]
    known = rows.assign(value=rows["value"].where(rows["status"].isin(["observed", "dead"])))
    wide = known.pivot_table(
        index="participant_id", columns=["name", "moment"], values=["value", "end_years"],
        dropna=False, sort=False,
    )  # fmt: skip
    order = follow_up["participant_id"].drop_duplicates()
    return tuple(wide[column].reindex(order).astype(float) for column in ("value", "end_years"))


def _resample(size, replicates, rng):
    """Return how often each participant counts: once each, then in each bootstrap sample."""
    drawn = rng.multinomial(size, np.full(size, 1 / size), replicates)
    return np.vstack([np.ones(size), drawn]).astype(float)


def _means(y, counts):
    """Return the mean of each cell over those in whom it is known, by sample."""
    known = ~np.isnan(y)
    with np.errstate(invalid="ignore"):
        return counts @ np.where(known, y, 0.0) / (counts @ known)


def _weighted(y, ends, last, died, counts):
    """Return the weighted mean of each cell by sample."""
    # One after the other at equal times, deaths first: the product is that of Kaplan and Meier.
    order = np.lexsort((~died, last))
    at_risk = np.cumsum(counts[:, order][:, ::-1], axis=1)[:, ::-1]
    leaves = np.where(died[order], 0.0, counts[:, order])
    stays = np.cumprod(1 - leaves / np.maximum(at_risk, 1.0), axis=1)
    stays = np.hstack([np.ones((len(counts), 1)), stays])
    when = np.where(died[:, None], np.minimum(last[:, None], ends), ends)
    before = np.searchsorted(last[order], when - _DAY, side="left")
    known = ~np.isnan(y)
    cells = []
    for cell in range(y.shape[1]):
        chance = stays[:, before[:, cell]]
        weight = np.where(
            known[:, cell] & (chance > 0), counts / np.where(chance > 0, chance, 1), 0
        )
        with np.errstate(invalid="ignore"):
            cells.append((weight @ np.where(known[:, cell], y[:, cell], 0.0)) / weight.sum(axis=1))
    return np.stack(cells, axis=1)


def _rows(quantity, method, draws, told, comparator):
    """Return the rows of one quantity and method: means, then contrasts."""
    found = [(arm, None, values) for arm, values in draws.items()]
    if comparator in draws:
        found += [
            (arm, comparator, values - draws[comparator])
            for arm, values in draws.items()
            if arm != comparator
        ]
    rows = []
    for arm, other, values in found:
        sample = values[1:][~np.isnan(values[1:])]
        # Samples in which nobody reached the horizon say that an interval cannot be trusted.
        enough = len(sample) > 0.95 * len(values[1:])
        lower, upper = np.quantile(sample, (0.025, 0.975)) if enough else (np.nan, np.nan)
        rows.append((quantity, method, arm, other, values[0], lower, upper, *told[arm]))
    return rows
