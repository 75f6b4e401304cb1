"""Figures of decisions made again from their draws, in a few lines each."""

from typing import Any

import numpy as np
import pandas as pd


def widen(draws: pd.DataFrame) -> pd.DataFrame:
    """Return draws with a column for each arm's cost and effect."""
    return draws.set_index(["draw", "arm"])[["cost", "effect"]].unstack("arm")  # noqa: PD010


class Drawn:
    """Draws of one row of a table: of an arm, and of its difference from the comparator.

    Parameters
    ----------
    wide : pandas.DataFrame
        Draws as `widen` gives them.
    row : pandas.Series
        The row of the table.
    interval : float
        Probability inside the intervals.
    """

    def __init__(self, wide: pd.DataFrame, row: pd.Series, interval: float):
        self.wide = wide
        self.row, self.interval = row, interval
        self.threshold = float(row["threshold"]) if "threshold" in row else np.nan

    def values(self, kind: str) -> np.ndarray:
        """Return the draws of an arm's cost or effect, less the comparator's where there is one."""
        mine = self.wide[kind][self.row["arm"]].to_numpy(float)
        other = self.row.get("comparator")
        return (
            mine
            if other is None or pd.isna(other)
            else mine - self.wide[kind][other].to_numpy(float)
        )

    def benefit(self) -> np.ndarray:
        """Return the draws of net benefit."""
        return self.threshold * self.values("effect") - self.values("cost")

    def benefits(self) -> np.ndarray:
        """Return the draws of every arm's net benefit, shape (draw, arm)."""
        value = self.threshold * self.wide["effect"] - self.wide["cost"]
        return value.to_numpy(float)

    def best(self) -> float:
        """Return the probability that the arm is best, ties shared."""
        value = self.benefits()
        top = value == value.max(axis=1, keepdims=True)
        place = list(self.wide["cost"].columns).index(self.row["arm"])
        return float((top[:, place] / top.sum(axis=1)).mean())

    def loss(self) -> float:
        """Return the net benefit that choosing the arm is expected to forgo."""
        value = self.benefits()
        place = list(self.wide["cost"].columns).index(self.row["arm"])
        return float((value.max(axis=1) - value[:, place]).mean())

    def end(self, values: np.ndarray, upper: bool) -> float:
        """Return one end of the equal-tailed interval."""
        tail = (1 - self.interval) / 2
        return float(np.quantile(values, 1 - tail if upper else tail))

    def quadrant(self, name: str) -> float:
        """Return the probability of a quadrant; a draw on an axis counts to both sides by half."""
        cost, effect = self.values("cost"), self.values("effect")
        north = (cost > 0) + 0.5 * (cost == 0)
        east = (effect > 0) + 0.5 * (effect == 0)
        up = north if name[0] == "n" else 1 - north
        return float((up * (east if name[1] == "e" else 1 - east)).mean())


def again(table: str, column: str, draws: Drawn) -> float | None:
    """Return a figure of a decision made again from its draws; None where no short way is known.

    Parameters
    ----------
    table, column : str
        Which figure.
    draws : Drawn
        The draws behind its row.

    Returns
    -------
    float or None
        The figure.

    Notes
    -----
    Means and type 7 quantiles of draws; net benefit is ``k * effect - cost``; EVPI is the mean of
    the best net benefit less the best mean.

    References
    ----------
    Briggs A, Claxton K, Sculpher M (2006), Decision Modelling for Health Economic Evaluation.
    ISBN 978-0-19-852662-9.

    Examples
    --------
    >>> table = pd.DataFrame({"draw": [1, 2], "arm": "a", "cost": [1.0, 3.0], "effect": 0.5})
    >>> again("arms", "cost", Drawn(widen(table), pd.Series({"arm": "a"}), 0.95))
    2.0
    """
    word, _, end = column.rpartition("_")
    if table in ("arms", "incremental", "frontier") and column in ("cost", "effect"):
        return float(draws.values(column).mean())
    if table in ("arms", "incremental") and end in ("lower", "upper"):
        return draws.end(draws.values(word), end == "upper")
    if table == "incremental" and column == "icer":
        return float(draws.values("cost").mean() / draws.values("effect").mean())
    if table == "incremental" and word == "probability":
        return draws.quadrant(end)
    if table in ("net_benefit", "scenarios"):
        return _net_benefit(column, draws)
    if table == "acceptability" and column == "probability":
        return draws.best()
    if table == "expected_loss" and column == "expected_loss":
        return draws.loss()
    if table == "switching" and column == "cost_change":
        return float(draws.benefit().mean())
    if table == "information" and column == "per_person" and draws.row["quantity"] == "evpi":
        value = draws.benefits()
        return float(value.max(axis=1).mean() - value.mean(axis=0).max())
    return None


def _net_benefit(column: str, draws: Drawn) -> float | None:
    """Return a figure of net benefit, in money or in health; or an increment of a scenario."""
    if column.startswith(("cost", "effect")):
        return again("incremental", column, draws)
    money: dict[str, Any] = {
        "net_benefit": lambda value: float(value.mean()),
        "lower": lambda value: draws.end(value, False),
        "upper": lambda value: draws.end(value, True),
        "probability_positive": lambda value: float(((value > 0) + 0.5 * (value == 0)).mean()),
    }
    if column in money:
        return money[column](draws.benefit())
    health = {"net_health_benefit": "net_benefit", "health_lower": "lower", "health_upper": "upper"}
    if column in health:
        return money[health[column]](draws.benefit()) / draws.threshold
    return None
