"""Observed-case means and adjusted differences: what a spreadsheet can make again."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.dataset.rows import covariate_columns

COLUMNS = [
    *("analysis", "arm", "comparator", "n", "cost_n", "cost", "cost_difference"),
    *("cost_adjusted_n", "cost_adjusted", "effect_n", "effect", "effect_difference"),
    *("effect_adjusted_n", "effect_adjusted", "covariates"),
]


class Adjusting(NamedTuple):
    """A regression on arm and covariates: its complete rows and the columns it can tell apart."""

    rows: np.ndarray
    arms: list[str]
    covariates: list[str]
    design: np.ndarray


def adjusting(
    dataset: pd.DataFrame, kind: str, arms: list[str], comparator: str
) -> Adjusting | None:
    """Return the regression of cost or effect on arm and covariates among those observed.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    kind : {"cost", "effect"}
        What is regressed.
    arms : list of str
        Arms of the study in their order.
    comparator : str
        Arm against which the others are set.

    Returns
    -------
    Adjusting or None
        None where fewer rows are complete than the regression has columns, plus one. A covariate
        that the columns before it already give is left out.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"], "cost": [1.0, 2.0, 4.0, None],
    ...     "age": [1.0, 1.0, 1.0, 1.0]})
    >>> adjusting(people, "cost", ["a", "b"], "a").covariates
    []
    """
    names = covariate_columns(dataset)
    values = dataset[[kind, *names]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    rows = np.flatnonzero(~np.isnan(values).any(axis=1))
    present = dataset["arm"].to_numpy()[rows]
    columns = [np.ones(len(rows))]
    kept: dict[str, list[str]] = {"arm": [], "covariate": []}
    wanted = [("arm", arm, (present == arm).astype(float)) for arm in arms if arm != comparator]
    wanted += [("covariate", name, values[rows, 1 + n]) for n, name in enumerate(names)]
    for what, name, column in wanted:
        if _adds(columns, column):
            columns.append(column)
            kept[what].append(name)
    if len(rows) <= len(columns) or not kept["arm"]:
        return None
    return Adjusting(rows, kept["arm"], kept["covariate"], np.column_stack(columns))


def _adds(columns: list[np.ndarray], column: np.ndarray) -> bool:
    """Return whether a column says something that the columns before it do not."""
    size = np.linalg.norm(column)
    if size == 0:
        return False
    before = np.column_stack(columns)
    left = column - before @ np.linalg.lstsq(before, column, rcond=None)[0]
    return bool(np.linalg.norm(left) > 1e-8 * size)


def observed_case(
    datasets: dict[str, pd.DataFrame], arms: list[str], comparator: str
) -> pd.DataFrame:
    """Return observed-case means, differences and adjusted differences of every analysis.

    Parameters
    ----------
    datasets : dict of pandas.DataFrame
        Analysis -> its dataset.
    arms : list of str
        Arms of the study in their order.
    comparator : str
        Arm against which the others are set.

    Returns
    -------
    pandas.DataFrame
        One row an analysis and arm, columns `COLUMNS`.

    Notes
    -----
    The adjusted difference is the coefficient of the arm in the least-squares fit
    ``y = a + sum_arm b_arm + sum_j g_j x_j`` over participants with y and every covariate
    observed. No model for missing values stands behind these figures: they are there to be
    recomputed, the results of the models are elsewhere.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944, on adjusting for baseline utility.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"], "cost": [1.0, 2.0, 4.0, 6.0],
    ...     "effect": [0.5, 0.7, None, 0.9]})
    >>> observed_case({"main": people}, ["b", "a"], "a")["cost_difference"].tolist()[0]
    3.5
    """
    rows = []
    for analysis, dataset in datasets.items():
        fits = {kind: _coefficients(dataset, kind, arms, comparator) for kind in ("cost", "effect")}
        for arm in arms:
            row: dict[str, Any] = {
                "analysis": analysis,
                "arm": arm,
                "comparator": None if arm == comparator else comparator,
                "n": int((dataset["arm"] == arm).sum()),
                "covariates": "; ".join(covariate_columns(dataset)),
            }
            for kind, (used, found) in fits.items():
                row |= _one(dataset, kind, arm, comparator, used, found)
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _one(
    dataset: pd.DataFrame, kind: str, arm: str, comparator: str, used: int, found: dict
) -> dict[str, Any]:
    """Return count, mean and differences of cost or effect for one arm."""
    groups = dataset[kind].astype(float).groupby(dataset["arm"], observed=True)
    means, counts = groups.mean(), groups.count()
    row = {f"{kind}_n": int(counts.get(arm, 0)), kind: means.get(arm, np.nan)}
    if arm != comparator:
        row[f"{kind}_difference"] = means.get(arm, np.nan) - means.get(comparator, np.nan)
        row[f"{kind}_adjusted_n"] = used
        row[f"{kind}_adjusted"] = found.get(arm, np.nan)
    return row


def _coefficients(
    dataset: pd.DataFrame, kind: str, arms: list[str], comparator: str
) -> tuple[int | None, dict[str, float]]:
    """Return the rows used and the coefficient of each arm."""
    used = adjusting(dataset, kind, arms, comparator)
    if used is None:
        return None, {}
    y = dataset[kind].to_numpy(float)[used.rows]
    solved = np.linalg.lstsq(used.design, y, rcond=None)[0]
    return len(used.rows), dict(zip(used.arms, solved[1:].tolist(), strict=False))
