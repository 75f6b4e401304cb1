"""A mapping drafted from exports, with a question wherever a person must decide."""

from typing import Any

from trialbalance.commands.drafting.block_heads import block_head, marked, visit_marks
from trialbalance.commands.drafting.fields import Field, fields_of, missing_codes, time_of
from trialbalance.commands.drafting.people_draft import participants_block
from trialbalance.commands.drafting.roles import identifiers
from trialbalance.commands.drafting.sdtm import add_domain
from trialbalance.commands.drafting.sources import dated, status_source
from trialbalance.commands.drafting.use_draft import add_scores, add_uses
from trialbalance.commands.drafting.visit_columns import (
    items_of,
    questionnaire,
    stay_fields,
    visit_fields,
)
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.formats.redcap import REPEAT
from trialbalance.settings.mapping.file import TABLES


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
    first, like = next(iter(exports)), ""
    mapping: dict[str, Any] = {
        "exports": {},
        "participants": {},
        **{table: [] for table in TABLES[1:]},
    }
    for name, export in exports.items():
        entry = _export(export, fields[name], told[name], like)
        mapping["exports"][name] = entry
        like = like or entry["id"]
        if name == first or not add_domain(mapping, export):
            _tables(mapping, export, fields[name], first)
    asks = _lacking(mapping, fields)
    return {"ask": " ".join(asks), **mapping} if asks else mapping


def _lacking(mapping: dict[str, Any], fields: dict[str, list[Field]]) -> list[str]:
    """Return what a study needs and no column was recognised as."""
    asks = []
    if not mapping["resource_use"] and not mapping["episodes"]:
        asks.append("which columns count use of resources (none was recognised: write blocks under "
                    "resource_use or episodes, and the items under costs.items)?")  # fmt: skip
    if not mapping["responses"] and not mapping["measures_given"]:
        there = [name for found in fields.values() for name in items_of(found)]
        why = f"only {', '.join(there)} of an EQ-5D" if there else "no EQ-5D"
        asks.append(f"which columns measure the outcome ({why} was recognised: write responses, "
                    "data.questionnaires and outcomes.instruments; or measures_given, and "
                    "outcomes.measures_given, for utilities already worked out)?")  # fmt: skip
    if len(asks) == 2:
        asks.append("Where the export holds one cost and one effect of each person, neither is "
                    "needed: name those columns cost and effect, beside participant_id and arm, "
                    "and hand the file over as it is (data.door totals).")  # fmt: skip
    return asks


def _export(export: Export, fields: list[Field], told: dict, like: str) -> dict[str, Any]:
    """Return the entry of an export."""
    distinct = {name: int(export.cells[name].nunique()) for name in export.cells}
    columns = identifiers(fields, len(export.cells), distinct, like)
    entry: dict[str, Any] = {**told, "id": columns[0] if columns else "which column"}
    asks = [] if columns else ["which column names the participant?"]
    if len(columns) > 1:
        asks.append(f"which of {', '.join(columns)} names the participant?")
    if told.get("dictionary") and not export.labels:
        asks.append("the data dictionary names no column of the export: is it of this project?")
    if codes := missing_codes(export):
        entry["missing"] = dict.fromkeys(codes, "not_answered")
        words = ", ".join(f"{code} ({label})" if label else code for code, label in codes.items())
        asks.append(f"do these mean not_answered, or not_asked: {words}?")
    if asks:
        entry["ask"] = " ".join(asks)
    return entry


def _tables(mapping: dict, export: Export, fields: list[Field], first: str) -> None:
    """Add the tables that an export seems to hold."""
    id_column = mapping["exports"][export.name]["id"]
    left = [field for field in fields if field.kind != "blank" and field.name != id_column]
    if export.name == first:
        mapping["participants"], people = participants_block(export, left)
        left = [field for field in left if field not in people]
    at = visit_marks(left)
    stays = stay_fields(left)
    if stays is not None:
        _stays(mapping, export, stays, first)
        left = [field for field in left if field not in stays]
    items = questionnaire(left)
    left = [field for field in left if field not in items.values()]
    date, status = visit_fields(left)
    blocks = []
    if at and (date or status):
        blocks.append(_visits(mapping, export, (date, status), at, first))
    if at and items:
        blocks.append(_responses(mapping, export, items, at, first))
    left = [field for field in left if field not in (date, status)]
    if at and not items:
        scored, scores = add_scores(mapping, export, left, at, first)
        blocks += scored
        left = [field for field in left if field not in scores]
    blocks += add_uses(mapping, export, left, at, first)
    if blocks and (times := _times(at)):
        blocks[0]["ask"] = " ".join(filter(None, [times, blocks[0].get("ask")]))


def _times(at: dict[str, list[str]]) -> str:
    """Return the question when visits are planned whose names do not tell it with certainty."""
    untimed = [name for name in at if time_of(name) is None]
    bare = [mark for marks in at.values() for mark in marks if mark.isdigit() and int(mark)]
    asks = []
    if untimed:
        asks.append(f"when are these planned (study.visits, years): {', '.join(untimed)}?")
    if bare:
        asks.append(
            f"are {', '.join(bare)} months from randomisation? If they are weeks or numbers of "
            "visits, say so in the names here and in study.visits."
        )
    return " ".join(asks)


def _visits(mapping: dict, export: Export, found: tuple, at: dict, first: str) -> dict[str, Any]:
    """Add the visits, and return their block."""
    date, status = found
    block = block_head(export, first, marked(date or status, at))
    if date:
        block["date"] = dated(date)
    if status:
        block["status"] = status_source(status)
    mapping["visits"].append(block)
    return block


def _responses(mapping: dict, export: Export, items: dict, at: dict, first: str) -> dict[str, Any]:
    """Add the questionnaire, and return its block, with a question where its levels do not tell."""
    fields = list(items.values())
    known = {len(field.codes) for field in fields} - {0}
    cells = {value for field in fields for value in field.values}
    highest = max((float(value) for value in cells if value.isdigit()), default=0)
    levels = 5 if highest > 3 or known == {5} else 3
    block = block_head(export, first, marked(fields[0], at))
    block["instrument"] = f"eq5d{levels}l"
    block["items"] = {item: field.name for item, field in items.items()}
    odd = sorted(cells - {str(level) for level in range(1, levels + 1)})
    asks = []
    if levels == 3 and known != {3}:
        asks.append("is this the EQ-5D-3L? No answer is above 3, and no label names the levels.")
    above = [field.name for field in fields if {"4", "5"} & set(field.values)]
    if levels == 5 and known != {5} and (known or len(above) < 3):
        asks.append(f"is this the EQ-5D-5L? No labels name five levels, and of the items only "
                    f"{', '.join(above) or 'none'} has an answer of 4 or 5.")  # fmt: skip
    if odd:
        asks.append(f"what are the answers {', '.join(odd[:5])}, which are no level of it? Correct "
                    "them, or name them under missing.")  # fmt: skip
    if asks:
        block["ask"] = " ".join(asks)
    mapping["responses"].append(block)
    return block


def _stays(mapping: dict, export: Export, stays: tuple[Field, Field], first: str) -> None:
    """Add stays in hospital."""
    start, end = stays
    block: dict[str, Any] = {} if export.name == first == "main" else {"export": export.name}
    if REPEAT in export.cells:
        filled = export.cells.loc[export.cells[start.columns[0]] != "", REPEAT].unique()
        block["rows"] = {REPEAT: list(filled)}
    elif start.marks:
        block["at"] = list(start.marks)
    block |= {"item": "hospital_night", "start": dated(start), "end": dated(end)}
    mapping["episodes"].append(block)
