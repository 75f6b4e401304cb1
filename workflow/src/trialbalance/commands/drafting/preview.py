"""What a drafted mapping would do: people by arm, what becomes which table, what is left."""

import re
from typing import Any

from trialbalance.commands.drafting.fields import Field, fields_of
from trialbalance.commands.drafting.roles import plain_name
from trialbalance.commands.drafting.visit_columns import is_eq5d, why_no_count
from trialbalance.data.exports.export import Export

# What a block is of, where it is of one thing.
NAMED = ("instrument", "item", "event")
# Parts of a block that name what it makes, table by table.
PARTS = {
    "visits": ("date", "status", "attended"),
    "responses": ("item", "level"),
    "measures_given": ("measure", "value"),
    "resource_use": ("quantity", "product", "used", "date"),
    "episodes": ("start", "end", "nights"),
    "legal_events": ("date", "time", "finding"),
}


def named_columns(block: Any, mark_of: list[str] | None = None) -> set[str]:
    """Return every column that a block of a mapping names, {} replaced by each of its marks.

    Parameters
    ----------
    block : object
        Part of a drafted mapping.
    mark_of : list of str, optional
        Marks of the block around it.

    Returns
    -------
    set of str
        Columns, and other words that the block holds.

    Examples
    --------
    >>> sorted(named_columns({"at": {"month_6": "6"}, "quantity": "gp_{}"}))
    ['6', 'gp_6']
    """
    if isinstance(block, list):
        return {name for one in block for name in named_columns(one, mark_of)}
    if not isinstance(block, dict):
        word = str(block)
        return {word.replace("{}", mark) for mark in mark_of or [""]} if "{}" in word else {word}
    at = block.get("at")
    values = list(at.values()) if isinstance(at, dict) else at or []
    marks = [m for one in values for m in (one if isinstance(one, list) else [one])] or mark_of
    found = {str(key) for key in block.get("rows", {})}
    return found | {
        name
        for key, value in block.items()
        if key not in ("recode", "ask", "missing")
        for name in named_columns(value, marks)
    }


def unused_columns(mapping: dict[str, Any], exports: dict[str, Export]) -> dict[str, list[str]]:
    """Return the columns of each export that a mapping does not name.

    Parameters
    ----------
    mapping : dict
        Drafted mapping.
    exports : dict of Export
        Exports by name.

    Returns
    -------
    dict of list
        Export -> columns; exports of which all are used left out.

    Examples
    --------
    >>> import pandas as pd
    >>> export = Export("main", "a.csv", pd.DataFrame({"id": ["1"], "note": ["x"]}))
    >>> unused_columns({"exports": {"main": {"id": "id"}}}, {"main": export})
    {'main': ['note']}
    """
    named = named_columns(mapping)
    found = {
        name: [column for column in export.cells if column not in named]
        for name, export in exports.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def preview(
    mapping: dict[str, Any], exports: dict[str, Export], unused: dict[str, list[str]]
) -> list[str]:
    """Return what the draft would do, a line each.

    Parameters
    ----------
    mapping : dict
        Drafted mapping.
    exports : dict of Export
        Exports by name; the first holds the participants.
    unused : dict of list
        As from `unused_columns`.

    Returns
    -------
    list of str
        Lines.
    """
    lines = [
        f"{export.file}: {len(export.cells)} rows, {export.cells.shape[1]} columns"
        + (f"; {'; '.join(export.notes[:6])}" if export.notes else "")
        for export in exports.values()
    ]
    first = next(iter(exports.values()))
    arm = mapping["participants"]["columns"]["arm"]
    if arm["column"] in first.cells:
        cells = first.cells[arm["column"]]
        found = mapping["exports"][first.name]
        missing = found.get("missing", {})
        counts = (
            cells[(cells != "") & ~cells.isin(missing)]
            .map(lambda c: arm.get("recode", {}).get(c, c))
            .value_counts()
        )
        lines.append("people: " + ", ".join(f"{name} {n}" for name, n in counts.items()))
    lines += table_lines(mapping)
    for name, found in unused.items():
        lines.append(f"unused columns of {name}: {', '.join(found)}")
        lines += why_unused(exports[name], found)
    return lines


def table_lines(mapping: dict[str, Any]) -> list[str]:
    """Return which columns of the exports become which table, a line for each block.

    Parameters
    ----------
    mapping : dict
        A mapping, drafted or with every default filled in.

    Returns
    -------
    list of str
        Lines.

    Examples
    --------
    >>> columns = {"arm": "alloc", "randomisation_date": {"column": "day"}}
    >>> use = {"item": "gp", "at": {"first_half": "6"}, "quantity": "gp_{}"}
    >>> table_lines({"participants": {"columns": columns}, "resource_use": [use]})[1]
    'resource_use, gp: quantity from gp_{} at first_half'
    """
    lines = ["participants: " + _arrows(mapping["participants"]["columns"])]
    for table, words in PARTS.items():
        for block in mapping.get(table, []):
            sources = {word: block[word] for word in words if block.get(word)}
            for whole in ("items", "measures"):
                sources |= block.get(whole, {})
            name = next((_word(block[word]) for word in NAMED if word in block), "")
            at = f" at {', '.join(block['at'])}" if table == "resource_use" and block["at"] else ""
            lines.append(f"{table}{f', {name}' if name else ''}: {_arrows(sources)}{at}")
    return lines


def why_unused(export: Export, unused: list[str]) -> list[str]:
    """Return why columns that look like dates or counts are used as neither.

    Parameters
    ----------
    export : Export
        The export.
    unused : list of str
        Its columns that nothing names.

    Returns
    -------
    list of str
        A line for each field, at most a dozen.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"cost_n_0": ["£3", "£4"], "cost_n_6": ["£5", "£12"]}, index=[2, 3])
    >>> why_unused(Export("main", "a.csv", cells), ["cost_n_0", "cost_n_6"])
    ["  cost_n_{}: row 2 '£3' of cost_n_0, row 3 '£4' of cost_n_0 and 2 more keeps it from being \
a count"]
    """
    reasons = [
        (field.name, _why(field))
        for field in fields_of(export)
        if set(field.columns) <= set(unused) and field.kind != "blank"
    ]
    return [f"  {name}: {why}" for name, why in reasons if why][:12]


def _why(field: Field) -> str:
    """Return why a field is no date or no count; blank where it looks like neither."""
    plain = plain_name(field.name)
    if re.search(r"\b(date|dt|day)\b", plain) and field.kind == "word" and field.odd:
        return f"{field.odd} keeps it from being a date"
    if field.visits > 1 and not is_eq5d(field) and (field.odd or field.below):
        return why_no_count(field)
    return ""


def _arrows(sources: dict[str, Any]) -> str:
    """Return which column becomes what."""
    return ", ".join(f"{name} from {_word(source)}" for name, source in sources.items())


def _word(source: Any) -> str:
    """Return the column of a source, several multiplied, or the word that stands for all."""
    if isinstance(source, list):
        return " x ".join(_word(one) for one in source)
    if not isinstance(source, dict):
        return str(source)
    told = [source[word] for word in ("column", "value") if word in source]
    return str(next((word for word in told if word is not None), ""))
