"""A mapping drafted from exports, with a question wherever a person must decide."""

import re
from typing import Any

from trialbalance.commands.drafting.fields import (
    Field,
    fields_of,
    missing_codes,
    time_of,
    visit_of,
    word_of,
)
from trialbalance.commands.drafting.roles import (
    counts_of_use,
    identifier,
    people_roles,
    questionnaire,
    stay_fields,
    visit_fields,
)
from trialbalance.commands.drafting.sdtm import add_domain
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.redcap import EVENT, REPEAT
from trialbalance.settings.mapping_file import TABLES

STATUS = {"attended": r"attend|came|complet|seen", "missed": r"miss|lost|not", "dead": r"dea|died",
          "withdrawn": r"withdr"}  # fmt: skip
PERIODS = (
    "does each count cover the whole time since the visit before? If not, say recall_years at the "
    "block and under costs.items"
)


def draft_mapping(exports: dict[str, Export], told: dict[str, dict]) -> dict[str, Any]:
    """Return a mapping of exports: what names, labels and values tell, and questions for the rest.

    Parameters
    ----------
    exports : dict of Export
        Exports by name; the first holds the participants.
    told : dict of dict
        Export -> ``file``, and ``dictionary`` where there is one.

    Returns
    -------
    dict
        As mapping.yaml holds it; ``ask`` marks an open question.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"id": ["1", "2"], "alloc": ["1", "2"],
    ...                       "rand_date": ["2021-01-02", "2021-02-03"]})
    >>> export = Export("main", "a.csv", cells)
    >>> drafted = draft_mapping({"main": export}, {"main": {"file": "a.csv"}})
    >>> drafted["participants"]["columns"]["arm"]["ask"]
    'which arm is which? no label tells; correct the recode'
    """
    fields = {name: fields_of(export) for name, export in exports.items()}
    mapping: dict[str, Any] = {
        "exports": {
            name: _export(export, fields[name], told[name]) for name, export in exports.items()
        },
        "participants": {},
        **{table: [] for table in TABLES[1:]},
    }
    first = next(iter(exports))
    for name, export in exports.items():
        if name == first or not add_domain(mapping, export):
            _tables(mapping, export, fields[name], first)
    return mapping


def _export(export: Export, fields: list[Field], told: dict) -> dict[str, Any]:
    """Return the entry of an export."""
    distinct = {name: int(export.cells[name].nunique()) for name in export.cells}
    column = identifier(fields, len(export.cells), distinct)
    entry: dict[str, Any] = {**told, "id": column or "which column"}
    asks = [] if column else ["which column names the participant?"]
    if codes := missing_codes(export):
        entry["missing"] = dict.fromkeys(codes, "not_answered")
        words = ", ".join(f"{code} ({label})" if label else code for code, label in codes.items())
        asks.append(f"do these mean not_answered, or not_asked: {words}?")
    if asks:
        entry["ask"] = " ".join(asks)
    return entry


def _tables(mapping: dict, export: Export, fields: list[Field], first: str) -> None:
    """Add the tables that an export seems to hold."""
    wide = EVENT not in export.cells
    left = [field for field in fields if field.kind != "blank"]
    if export.name == first:
        roles = people_roles(fields)
        mapping["participants"] = _participants(export, roles, wide)
        left = [field for field in left if field not in roles.values()]
    at = _visit_marks(left)
    stays = stay_fields(left)
    if stays is not None:
        _stays(mapping, export, stays, first)
        left = [field for field in left if field not in stays]
    items = questionnaire(left)
    left = [field for field in left if field not in items.values()]
    date, status = visit_fields(left)
    if at and (date or status):
        block = _block(export, first, _marked(date or status, at), wide)
        if date:
            block["date"] = _dated(date)
        if status:
            block["status"] = _status(status)
        untimed = [name for name in block["at"] if time_of(name) is None]
        if untimed:
            block["ask"] = f"when are these planned (study.visits, years): {', '.join(untimed)}?"
        mapping["visits"].append(block)
    if at and items:
        _responses(mapping, export, items, at, first)
    left = [field for field in left if field not in (date, status)]
    for item, count, used in counts_of_use(left, {mark for marks in at.values() for mark in marks}):
        periods = {_period(name): marks for name, marks in _marked(count, at).items()}
        block = {**_block(export, first, periods, wide), "item": item, "quantity": count.name}
        if used is not None:
            block["used"] = _used(used)
        asked_before = any("ask" in other for other in mapping["resource_use"])
        if not asked_before:
            block["ask"] = f"is this, and each count below, a thing to be costed; and {PERIODS}"
        mapping["resource_use"].append(block)


def _participants(export: Export, roles: dict[str, Field], wide: bool) -> dict[str, Any]:
    """Return the block of participants."""
    block: dict[str, Any] = {} if export.name == "main" else {"export": export.name}
    if not wide and "arm" in roles:
        block["rows"] = {EVENT: list(roles["arm"].marks)}
        if REPEAT in export.cells:
            block["rows"][REPEAT] = ""
    columns: dict[str, Any] = {}
    for role in ("arm", "randomisation_date"):
        if role not in roles:
            columns[role] = {"column": "which column", "ask": f"which column is the {role}?"}
    for role, field in roles.items():
        source: Any = _dated(field) if role.endswith("_date") else field.columns[0]
        if role == "arm" or (field.codes and role != "age"):
            source = _coded(field, role)
        columns[role] = source
    return block | {"columns": columns}


def _coded(field: Field, role: str) -> dict[str, Any]:
    """Return a column whose codes become words by their labels, or by a person's answer."""
    source: dict[str, Any] = {"column": field.columns[0]}
    if field.codes:
        source["recode"] = {code: word_of(label) for code, label in field.codes.items()}
        return source
    source["recode"] = {code: word_of(code, "arm") for code in field.values}
    if role == "arm":
        source["ask"] = "which arm is which? no label tells; correct the recode"
    return source


def _dated(field: Field) -> Any:
    """Return a column of dates with its format, and a question where two formats fit."""
    if "" in field.formats or not field.formats:
        return field.name
    source: dict[str, Any] = {"column": field.name, "dates": field.formats[0]}
    if len(field.formats) > 1:
        source["ask"] = f"are the dates written {' or '.join(field.formats)}?"
    return source


def _visit_marks(fields: list[Field]) -> dict[str, list[str]]:
    """Return visit -> marks, from the marks that several fields share."""
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


def _period(visit: str) -> str:
    return f"to_{visit}"


def _marked(field: Field, at: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the visits, with their marks, at which a field is asked."""
    found = {name: [mark for mark in marks if mark in field.marks] for name, marks in at.items()}
    return {name: marks for name, marks in found.items() if marks}


def _block(export: Export, first: str, at: dict[str, list[str]], wide: bool) -> dict[str, Any]:
    """Return the head of a block: its export, marks and rows."""
    block: dict[str, Any] = {} if export.name == first == "main" else {"export": export.name}
    block["at"] = {name: marks[0] if len(marks) == 1 else marks for name, marks in at.items()}
    if not wide:
        block["rows"] = {EVENT: "{}"}
        if REPEAT in export.cells:
            block["rows"][REPEAT] = ""
    return block


def _status(field: Field) -> dict[str, Any]:
    """Return what became of visits, by the labels of the codes."""
    recode, doubt = {}, []
    for code, label in (field.codes or dict.fromkeys(field.values, "no label")).items():
        fits = [word for word, pattern in STATUS.items() if re.search(pattern, label.lower())]
        recode[code] = fits[-1] if fits else "missed"
        if len(fits) != 1:
            doubt.append(f"{code} ({label})")
    source: dict[str, Any] = {"column": field.name, "recode": recode}
    if doubt:
        source["ask"] = f"attended, missed, dead or withdrawn: {', '.join(doubt)}?"
    return source


def _responses(mapping: dict, export: Export, items: dict, at: dict, first: str) -> None:
    """Add the questionnaire, with a question where its levels do not tell which it is."""
    fields = list(items.values())
    known = max(len(field.codes) for field in fields)
    highest = max((float(v) for field in fields for v in field.values if v.isdigit()), default=0)
    levels = 5 if highest > 3 or known == 5 else 3
    block = _block(export, first, _marked(fields[0], at), EVENT not in export.cells)
    block["instrument"] = f"eq5d{levels}l"
    block["items"] = {item: field.name for item, field in items.items()}
    if levels == 3 and known != 3:
        block["ask"] = "is this the EQ-5D-3L? No answer is above 3, and no label names the levels"
    mapping["responses"].append(block)


def _used(field: Field) -> Any:
    """Return the question whether a thing was used, its codes as yes and no."""
    if not field.codes:
        return field.name
    yes = {code: "yes" if label.lower().startswith(("y", "tick")) else "no"
           for code, label in field.codes.items()}  # fmt: skip
    return {"column": field.name, "recode": yes}


def _stays(mapping: dict, export: Export, stays: tuple[Field, Field], first: str) -> None:
    """Add stays in hospital."""
    start, end = stays
    block: dict[str, Any] = {} if export.name == first == "main" else {"export": export.name}
    if REPEAT in export.cells:
        filled = export.cells.loc[export.cells[start.columns[0]] != "", REPEAT].unique()
        block["rows"] = {REPEAT: list(filled)}
    elif start.marks:
        block["at"] = list(start.marks)
    block |= {"item": "hospital_night", "start": _dated(start), "end": _dated(end)}
    mapping["episodes"].append(block)
