"""The participants of a draft: which column is the arm, when they were randomised, who they are."""

from typing import Any

from trialbalance.commands.drafting.fields import Field
from trialbalance.commands.drafting.meanings import usual_arms
from trialbalance.commands.drafting.roles import ARMS, named_for, people_roles, possible
from trialbalance.commands.drafting.sources import coded, dated
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.formats.redcap import EVENT, REPEAT

NEEDED = ("arm", "randomisation_date")


def participants_block(export: Export, fields: list[Field]) -> tuple[dict[str, Any], list[Field]]:
    """Return the block of participants, and the fields that it uses.

    Parameters
    ----------
    export : Export
        Export of the participants.
    fields : list of Field
        Its fields, without the identifier.

    Returns
    -------
    block : dict
        As the mapping holds it; what is in doubt is asked, candidates by name.
    used : list of Field
        Fields of the block.

    Examples
    --------
    >>> import pandas as pd
    >>> from trialbalance.commands.drafting.fields import fields_of
    >>> export = Export("main", "a.csv", pd.DataFrame({"Tr": ["0", "1"]}))
    >>> participants_block(export, fields_of(export))[0]["columns"]["arm"]["ask"]
    'which column is the arm? By what they hold it may be: Tr.'
    """
    roles = people_roles(fields)
    used = [found[0] for _, found in roles.values()]
    block: dict[str, Any] = {} if export.name == "main" else {"export": export.name}
    if EVENT in export.cells and "arm" in roles:
        block["rows"] = {EVENT: list(roles["arm"][1][0].marks)}
        if REPEAT in export.cells:
            block["rows"][REPEAT] = ""
    columns: dict[str, Any] = {}
    for role in NEEDED:
        if role not in roles:
            others = [field for field in fields if field not in used]
            columns[role] = _unknown(role, others)
    for role, (sure, found) in roles.items():
        field = found[0]
        source: Any = dated(field) if role.endswith("_date") else field.columns[0]
        if role == "arm" or field.codes:
            source = coded(field, role)
        asks = _rivals(role, sure, found, export)
        if role == "arm":
            asks += _arms(field, source["recode"])
        columns[role] = _asked(source, asks)
    return block | {"columns": columns}, used


def _unknown(role: str, fields: list[Field]) -> dict[str, Any]:
    """Return the question which column is of a role that a study needs."""
    may = possible(role, fields)
    words = f" By what they hold it may be: {', '.join(may)}." if may else ""
    if named := named_for(role, fields):
        held = "no dates" if role.endswith("_date") else f"none, or more than {ARMS[-1]}, words"
        words += f" By its name it may be {named}, which holds {held}."
    if role.endswith("_date") and not may:
        words += (
            ' Where the export has none, write {value: "2000-01-01"}: times count from that day, '
            "and nothing else is read from it."
        )
    return {"column": "which column", "ask": f"which column is the {role}?{words}"}


def _rivals(role: str, sure: int, found: list[Field], export: Export) -> list[str]:
    """Return the question which of several columns, or whether a doubtful one, is of a role."""
    first = export.cells[found[0].columns[0]]
    names = [field.columns[0] for field in found]
    # ARM and ARMCD say the same of everybody, so either will do.
    others = [
        name
        for name in names[1:]
        if len(set(zip(first, export.cells[name], strict=True)))
        != max(first.nunique(), export.cells[name].nunique())
    ]
    if others:
        return [f"which is the {role}: {', '.join([names[0], *others])}?"]
    if sure == 2 or (sure == 1 and role in NEEDED):
        return [f"is {names[0]} the {role}?"]
    return []


def _arms(field: Field, recode: dict[str, str]) -> list[str]:
    """Return what is asked of the arms: whether there are two, with people, and a comparator."""
    there = [recode[value] for value in field.values]
    empty = [f"{code} ({name})" for code, name in recode.items() if code not in field.values]
    asks = []
    if len(there) < 2:
        asks.append(
            f"a study compares two arms or more, and {field.columns[0]} holds "
            f"{', '.join(there) or 'none'} alone: which column tells them apart?"
        )
    elif field.codes and len(usual_arms(there)) != 1:
        asks.append(f"which is the comparator (study.comparator): {', '.join(there)}?")
    if empty:
        asks.append(f"is nobody in {', '.join(empty)}? If so delete it here and under study.arms.")
    return asks


def _asked(source: Any, asks: list[str]) -> Any:
    """Return a source with further questions."""
    if not asks:
        return source
    source = source if isinstance(source, dict) else {"column": source}
    before = [source["ask"]] if "ask" in source else []
    return source | {"ask": " ".join([*before, *asks])}
