"""Columns of a table as people read them: money, shares and estimates with their intervals."""

import pandas as pd
from pandas.api.types import is_numeric_dtype

from trialbalance import contracts
from trialbalance.contracts.catalogue import catalogue
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.rounding import drawn_money, error_of
from trialbalance.report.text.markup import Markdown, escape
from trialbalance.report.text.numbers import (
    BLANK,
    chance,
    general,
    missing,
    number,
    percent,
    places,
    significant,
    supported,
)

# The columns, in order of choice, to which bare bounds belong.
ESTIMATES = (
    "estimate",
    "value",
    "median",
    "net_benefit",
    "net_health_benefit",
    "odds_ratio",
    "mean",
)
ENDS = ("lower", "upper")


def units(table: str) -> dict[str, str]:
    """Return the unit of each column of a table, from its contract; blank where it has none."""
    if table not in contracts.tables():
        return {}
    fields = contracts.schema(table)["fields"]
    return {field["name"]: str(field.get("unit") or "") for field in fields}


def written(
    facts: Facts, value: object, unit: str, row: pd.Series, error: float | None = None
) -> str:
    """Return one number as its unit asks.

    Parameters
    ----------
    facts : Facts
        The study.
    value : object
        The cell.
    unit : str
        Unit in the contract; one that names the quantity is settled by the row.
    row : pandas.Series
        The row.
    error : float or None
        Monte Carlo error of the cell, where it comes from draws; it has no digit beyond.

    Returns
    -------
    str
        Amounts in money, chances and shares as percentages, effects to three digits.
    """
    if missing(value) or isinstance(value, (str, bool)):
        return general(value)
    quantity = str(row.get("quantity"))
    if "quantity" in unit or unit.startswith("currency or"):
        unit = "currency" if quantity in ("cost", "net_benefit") else "units of the outcome"
    if unit.startswith("currency"):
        return drawn_money(facts, value, error)
    if unit in ("probability", "proportion"):
        value = supported(value, error)
        return chance(value) if unit == "probability" else percent(value)
    if unit.startswith(("unit of the outcome", "units of the outcome")) or unit == "effect":
        decimals = min(3 if abs(value) < 100 else 0, places(error))
        return number(supported(value, error), decimals)
    return general(significant(float(value), 3) if abs(float(value)) < 100 else value)


def with_intervals(
    facts: Facts, table: str, frame: pd.DataFrame, analysis: str | None = None
) -> tuple[pd.DataFrame, tuple]:
    """Return a table in house style, bounds in brackets behind what they bound.

    Parameters
    ----------
    facts : Facts
        The study.
    table : str
        Name of the table.
    frame : pandas.DataFrame
        Its rows.
    analysis : str, optional
        Analysis of the table; where it is one of stage decision, it sums up the analysis's draws.

    Returns
    -------
    tuple
        The table with cells in words where a unit is known, and the columns that hold numbers.
    """
    known, shown, numbers = units(table), frame.copy(), []
    decides = table in catalogue() and catalogue()[table].stage == "decision"
    of_draws = analysis if decides else None
    pairs = {name: (f"{name}_lower", f"{name}_upper") for name in frame}
    if first := next((n for n in ESTIMATES if n in frame and is_numeric_dtype(frame[n])), None):
        pairs[first] = pairs[first] if pairs[first][0] in frame else ENDS
    pairs = {name: ends for name, ends in pairs.items() if set(ends) <= set(frame)}
    for name in frame:
        if not known.get(name) and name not in pairs:
            continue
        cells = [
            _with_ends(facts, row, name, pairs.get(name), known.get(name, ""), of_draws)
            for _, row in frame.iterrows()
        ]
        # A column of text would forget which of it is Markdown already.
        shown[name] = pd.Series(cells, index=frame.index, dtype=object)
        numbers.append(name)
    gone = [end for ends in pairs.values() for end in ends]
    gone += ["figure"] if "figure" in shown else []
    return shown.drop(columns=gone), tuple(numbers)


def _with_ends(
    facts: Facts, row: pd.Series, name: str, ends: tuple | None, unit: str, analysis: str | None
) -> str:
    """Return a cell, with its bounds in brackets where it has any."""

    def said(column: str) -> str:
        known = analysis is not None and not missing(row[column])
        error = error_of(facts, analysis, row, column) if known else None
        return written(facts, row[column], unit, row, error)

    text = traced(facts, said(name), row, name)
    if ends is None:
        return text
    texts = [said(end) for end in ends]
    reach = traced_span(facts, texts, row, list(ends))
    if reach == BLANK:
        return text
    return reach if text == BLANK else Markdown(f"{escape(text)} \\({escape(reach)}\\)")
