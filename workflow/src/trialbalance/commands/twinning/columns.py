"""What is told of one column, by what it holds: words, numbers, or days after another date."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from trialbalance.commands.twinning.disclosed import INVENTED, told_numbers, told_words
from trialbalance.contracts import schema

if TYPE_CHECKING:
    from trialbalance.commands.twinning.summaries import Known

BLANK: dict[str, Any] = {"kind": "blank"}


def blank_or_filled(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the words blank and filled for every cell.

    Examples
    --------
    >>> blank_or_filled(pd.DataFrame({"age": ["41", ""]}))["age"].tolist()
    ['filled', 'blank']
    """
    return pd.DataFrame(
        {name: cells[name].ne("").map({True: "filled", False: "blank"}) for name in cells},
        index=cells.index,
    )


def told_column(
    name: str, cells: pd.Series, rows: pd.DataFrame, known: "Known", table: str = "participants"
) -> dict[str, Any]:
    """Return what is told of the filled cells of a column, one for each person.

    Parameters
    ----------
    name : str
        Column.
    cells : pandas.Series of str
        Filled cells.
    rows : pandas.DataFrame of str
        Their rows, for a date beside them.
    known : Known
        What is known without the records.
    table : str
        Contract that names the column.

    Returns
    -------
    dict
        Kind ``words``, ``numbers``, ``days`` or ``blank`` and its summary.
    """
    field = _field(name, table, known)
    kind = field.get("type", "string")
    if name == "randomisation_date":
        return _quarters(cells, known.rules)
    if kind == "date":
        return told_date(name, rows.loc[cells.index], known.rules)
    if name in known.clusters or name == "site":
        return _clusters(name, cells, known.rules)
    if kind == "integer" and table == "responses":
        return told_words(cells, known.rules) | {"ordered": True} if len(cells) else BLANK
    if kind in ("number", "integer") or (kind == "undeclared" and _all_numbers(cells)):
        found = told_numbers(pd.to_numeric(cells, errors="coerce").dropna(), known.rules)
        return (found | _bounds(field)) if found else BLANK
    if len(cells) < known.rules["threshold"]:
        return BLANK
    told = told_words(cells, known.rules, field.get("levels", ()))
    if INVENTED in told["shares"] and "constraints" in field:
        return BLANK
    return told


def _field(name: str, table: str, known: "Known") -> dict[str, Any]:
    """Return what contract or settings say of a column."""
    if table in ("participants", "totals") and name in known.covariates:
        said = known.covariates[name]
        kind = {"number": "number", "boolean": "boolean", "category": "string"}[said["type"]]
        truth = {"levels": ["false", "true"]} if kind == "boolean" else {}
        return {**said, "type": kind, **truth}
    for contract in dict.fromkeys((table, "participants", "totals")):
        for field in schema(contract)["fields"]:
            if field["name"] == name:
                return field
    return {"type": "undeclared"}


def _all_numbers(cells: pd.Series) -> bool:
    return bool(len(cells)) and bool(pd.to_numeric(cells, errors="coerce").notna().all())


def _bounds(field: dict[str, Any]) -> dict[str, float]:
    """Return the declared bounds of a number."""
    limits = {**field.get("constraints", {}), **field}
    return {
        name: float(limits[name])
        for name in ("minimum", "maximum")
        if isinstance(limits.get(name), int | float)
    }


def told_date(
    name: str, rows: pd.DataFrame, rules: dict[str, Any], since: str = ""
) -> dict[str, Any]:
    """Return the days of a date after another date of its row; never the date.

    Parameters
    ----------
    name : str
        Column of the date.
    rows : pandas.DataFrame of str
        Rows in which it is filled, one a person.
    rules : dict
        Section ``disclosure``.
    since : str
        Column of the other date; found where silent: the start of a stay, else randomisation.

    Returns
    -------
    dict
        Kind ``days``: ``since``, and the numbers of days.
    """
    beside = [since, "start_date" if name == "end_date" else "", "start", "randomisation_date"]
    other = next((word for word in beside if word and word in rows), "")
    if not other:
        return BLANK
    days = (_dates(rows[name]) - _dates(rows[other])).dt.days.dropna()
    found = told_numbers(days.astype(float), rules)
    return {"kind": "days", "since": other, "numbers": found} if found else BLANK


def _dates(cells: pd.Series) -> pd.Series:
    return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")


def _quarters(cells: pd.Series, rules: dict[str, Any]) -> dict[str, Any]:
    """Return the quarters between which people were randomised, but for the first and last few."""
    days, least = _dates(cells).dropna().sort_values(), rules["threshold"]
    if len(days) < least:
        return BLANK
    few = len(days) < 2 * least
    first, last = (len(days) // 2,) * 2 if few else (least - 1, len(days) - least)
    quarters = days.dt.to_period("Q")
    return {
        "kind": "dates",
        "first": str(quarters.iloc[first].start_time.date()),
        "last": str(quarters.iloc[last].end_time.date()),
    }


def _clusters(name: str, cells: pd.Series, rules: dict[str, Any]) -> dict[str, Any]:
    """Return sites or clusters; invented ones, each of enough people, where most are small."""
    if len(cells) < rules["threshold"]:
        return BLANK
    counts = cells.value_counts()
    large = counts[counts >= rules["threshold"]]
    if large.sum() * 2 >= counts.sum():
        return told_words(cells, rules, [str(word) for word in large.index])
    number = max(2, min(len(counts), len(cells) // rules["threshold"]))
    shares = {f"{name}_{place + 1}": round(1 / number, 3) for place in range(number)}
    return {"kind": "words", "shares": shares}
