"""Figures of draws, rounded to the leading digit of their Monte Carlo error: one rule for all."""

from collections.abc import Mapping, Sequence
from math import floor, hypot, log10, sqrt
from statistics import NormalDist
from typing import Any

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.text.numbers import (
    BLANK,
    chance,
    missing,
    money,
    number,
    places,
    significant,
    supported,
)

ENDS = ("lower", "upper")
NORMAL = NormalDist()


def draws_behind(facts: Facts, analysis: str) -> float | None:
    """Return how many independent draws the draws of an analysis are worth, at the least.

    The smallest effective number that the checks of the fit tell, never more than the draws
    themselves; of draws handed over, their number, as each is drawn on its own.
    """
    if analysis not in facts.counted:
        facts.counted[analysis] = _worth(facts, analysis)
    return facts.counted[analysis]


def _worth(facts: Facts, analysis: str) -> float | None:
    """Return the least of what is known of the number of independent draws."""
    checks, draws = facts.table("model_checks", analysis), facts.table("draws", analysis)
    found = []
    if checks is not None:
        worth = checks.loc[checks["check"].astype(str).str.match(r"ess\b|ess_"), "value"]
        found += [float(value) for value in worth.dropna()]
    arms = facts.table("arms", analysis)
    if draws is not None:
        told = len(facts.arms) if arms is None else int(arms["cost"].notna().sum())
        found.append(len(draws) / max(told, 1))
    model = facts.part("model")
    if not found and not facts.from_draws and {"draws", "chains"} <= set(model):
        found.append(float(model["draws"]) * float(model["chains"]))
    return min(found, default=None)


def error_of_mean(lower: float, upper: float, draws: float | None, level: float) -> float | None:
    """Return the Monte Carlo error of a mean of draws, from the interval that holds them.

    Parameters
    ----------
    lower, upper : float
        Ends of the central interval of the draws.
    draws : float or None
        How many independent draws they are worth.
    level : float
        Share of the draws inside the interval, between 0 and 1.

    Returns
    -------
    float or None
        (upper - lower) / (2 z sqrt(draws)), z the normal quantile of the upper end; None where a
        part is unknown.

    Examples
    --------
    >>> round(error_of_mean(-1.96, 1.96, 400.0, 0.95), 3)
    0.05
    """
    if missing(lower) or missing(upper) or not draws:
        return None
    return (upper - lower) / (2 * NORMAL.inv_cdf((1 + level) / 2)) / sqrt(draws)


def error_of_end(lower: float, upper: float, draws: float | None, level: float) -> float | None:
    """Return the Monte Carlo error of an end of an interval of draws.

    That of a mean times sqrt(p (1 - p)) / phi(z), p the share beyond the end and phi the normal
    density: 2.7 at 95 %.

    Examples
    --------
    >>> round(error_of_end(-1.96, 1.96, 400.0, 0.95), 3)
    0.134
    """
    error, beyond = error_of_mean(lower, upper, draws, level), (1 - level) / 2
    if error is None:
        return None
    return error * sqrt(beyond * (1 - beyond)) / NORMAL.pdf(NORMAL.inv_cdf(beyond))


def error_of_chance(share: float, draws: float | None) -> float | None:
    """Return the Monte Carlo error of a share of draws, sqrt(p (1 - p) / draws).

    Examples
    --------
    >>> error_of_chance(0.5, 400.0)
    0.025
    """
    return None if missing(share) or not draws else sqrt(share * (1 - share) / draws)


def error_of(facts: Facts, analysis: str, row: Mapping[str, Any], column: str) -> float | None:
    """Return the Monte Carlo error of a cell: of a chance, a mean, or an end of an interval.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Analysis of the row.
    row : mapping
        Row with the interval of the column, or with its ``standard_error``.
    column : str
        Column of the cell.

    Returns
    -------
    float or None
        None where neither an interval nor an error is known; the cell is then printed as it is.
    """
    draws = draws_behind(facts, analysis)
    if column.startswith("probability"):
        return error_of_chance(row[column], draws)
    level = float(facts.part("decision").get("interval") or 0.95)
    end = next((end for end in ENDS if column == end or column.endswith(f"_{end}")), None)
    stem = column if end is None else column[: -len(end)].rstrip("_")
    names = [f"{stem}_{name}" if f"{stem}_{name}" in row else name for name in ENDS]
    if not set(names) <= set(row.keys()):
        return None if missing(row.get("standard_error")) else float(row["standard_error"])
    error = error_of_mean if end is None else error_of_end
    return error(*(row[name] for name in names), draws, level)


def rounded(facts: Facts, analysis: str, row: Mapping[str, Any], column: str) -> float | None:
    """Return a cell of a table of draws rounded to its Monte Carlo error; None where blank."""
    if missing(row[column]):
        return None
    return supported(float(row[column]), error_of(facts, analysis, row, column))


def error_of_benefit(
    facts: Facts, analysis: str, arm: str, threshold: float | None
) -> float | None:
    """Return the Monte Carlo error of an arm's net benefit at a threshold in the base case."""
    gains = facts.table("net_benefit", analysis)
    if gains is None or threshold is None:
        return None
    own = near(gains[gains["arm"] == arm], threshold)
    return error_of(facts, analysis, own.iloc[0], "net_benefit") if len(own) else None


def drawn_money(facts: Facts, value: float, error: float | None, plus: bool = False) -> str:
    """Return an amount with no digit beyond its Monte Carlo error."""
    decimals = min(int(facts.part("report").get("cost_decimals") or 0), places(error))
    return money(supported(value, error), facts.currency, decimals, plus)


def drawn_effect(
    facts: Facts, value: float, error: float | None, analysis: str, plus: bool = False
) -> str:
    """Return an effect with the digits of its outcome, and none beyond its Monte Carlo error."""
    decimals = min(int(facts.words(analysis)["decimals"]), places(error))
    return number(supported(value, error), decimals, plus)


def drawn(
    facts: Facts, analysis: str, row: Mapping[str, Any], column: str, plus: bool = False
) -> str:
    """Return a cell of a table of draws as every place of the report prints it.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Analysis of the row.
    row : mapping
        Row of the table.
    column : str
        Column: an effect, a chance, or an amount of money.
    plus : bool
        Whether a positive number carries its sign.

    Returns
    -------
    str
        The number, rounded to the leading digit of its Monte Carlo error.
    """
    value, error = row[column], error_of(facts, analysis, row, column)
    if column.startswith("probability"):
        return chance(supported(value, error))
    if "effect" in column:
        return drawn_effect(facts, value, error, analysis, plus)
    return drawn_money(facts, value, error, plus)


def drawn_ends(facts: Facts, analysis: str, row: Mapping[str, Any], part: str = "") -> list[str]:
    """Return both ends of an interval as they are printed; ``part`` is what it is of."""
    names = [f"{part}_{end}" if part else end for end in ENDS]
    return [drawn(facts, analysis, row, name) for name in names]


def error_of_gap(errors: list[float | None]) -> float | None:
    """Return the Monte Carlo error of a difference of two means, as if each had its own draws."""
    return None if None in errors else hypot(*errors)


def drawn_ratio(
    facts: Facts, value: float, sizes: Sequence[float], errors: Sequence[float | None]
) -> str:
    """Return a ratio of two mean differences: three digits, fewer where its error asks for it.

    Parameters
    ----------
    facts : Facts
        The study.
    value : float
        The ratio, in currency per unit of effect.
    sizes, errors : sequence of float
        Difference in cost and in effect, and their Monte Carlo errors; None where unknown.

    Returns
    -------
    str
        An amount; relative errors add in squares, and one digit is always told.
    """
    if missing(value) or not value:
        return BLANK if missing(value) else facts.cash(value)
    digits = 3
    if None not in errors and all(sizes):
        parts = (error / abs(size) for error, size in zip(errors, sizes, strict=True))
        own = abs(value) * hypot(*parts)
        if own > 0:
            digits = min(3, max(1, floor(log10(abs(value))) - floor(log10(own)) + 1))
    return facts.cash(significant(value, digits))


def rounding_words(facts: Facts, analysis: str) -> str:
    """Return by what rule figures of draws are rounded, with the number of draws behind them."""
    draws = draws_behind(facts, analysis)
    if not draws:
        return ""
    kind = "draws" if facts.from_draws else "effective draws"
    return f"rounded to the leading digit of their Monte Carlo error ({number(draws)} {kind})"
