"""How a drafted block begins: its export, the visits it is asked at, and the rows that count."""

from typing import Any

from trialbalance.commands.drafting.fields import Field, visit_of
from trialbalance.commands.drafting.visit_columns import questionnaire, visit_fields
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.formats.redcap import EVENT, REPEAT


def visit_marks(fields: list[Field]) -> dict[str, list[str]]:
    """Return visit -> marks, from the marks that several fields share.

    Examples
    --------
    >>> gp = Field("gp_{}", ("6", "12"), ("gp_6", "gp_12"), "", "number", (), {}, ())
    >>> visit_marks([gp])
    {'month_6': ['6'], 'month_12': ['12']}
    """
    sets = [field.marks for field in fields if field.visits > 1]
    items = questionnaire(fields)
    date, _ = visit_fields(fields)
    if items:
        sets = [field.marks for field in items.values()]
    elif date is not None:
        sets = [date.marks]
    if not sets:
        return {}
    best = max(sets, key=lambda marks: (sets.count(marks), len(marks)))
    found: dict[str, list[str]] = {}
    for mark in best:
        found.setdefault(visit_of(mark), []).append(mark)
    return found


def marked(field: Field, at: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the visits, with their marks, at which a field is asked.

    Examples
    --------
    >>> gp = Field("gp_6", ("6",), ("gp_6",), "", "number", (), {}, ())
    >>> marked(gp, {"baseline": ["0"], "month_6": ["6"]})
    {'month_6': ['6']}
    """
    found = {name: [mark for mark in marks if mark in field.marks] for name, marks in at.items()}
    return {name: marks for name, marks in found.items() if marks}


def block_head(export: Export, first: str, at: dict[str, list[str]]) -> dict[str, Any]:
    """Return the head of a block: its export, marks and rows.

    Examples
    --------
    >>> import pandas as pd
    >>> block_head(Export("use", "use.csv", pd.DataFrame()), "main", {"month_6": ["6"]})
    {'export': 'use', 'at': {'month_6': '6'}}
    """
    block: dict[str, Any] = {} if export.name == first == "main" else {"export": export.name}
    block["at"] = {name: marks[0] if len(marks) == 1 else marks for name, marks in at.items()}
    if EVENT in export.cells:
        block["rows"] = {EVENT: "{}"}
        if REPEAT in export.cells:
            block["rows"][REPEAT] = ""
    return block
