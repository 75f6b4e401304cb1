"""Counts of use in a draft: what is asked of each before it is costed."""

from typing import Any

from trialbalance.commands.drafting.block_heads import block_head, marked
from trialbalance.commands.drafting.fields import Field, fields_of
from trialbalance.commands.drafting.scores import (
    baseline_question,
    is_money,
    score_fields,
    score_question,
)
from trialbalance.commands.drafting.sources import used_source
from trialbalance.commands.drafting.visit_columns import counts_of_use
from trialbalance.data.exports.export import Export

PERIODS = (
    "does each count cover the whole time since the visit before? If not, say recall_years at the "
    "block and under costs.items"
)


def add_uses(
    mapping: dict, export: Export, fields: list[Field], at: dict, first: str
) -> list[dict[str, Any]]:
    """Add the counts of use, and amounts of money, and return their blocks.

    Examples
    --------
    >>> import pandas as pd
    >>> mapping, export = {"resource_use": []}, Export("main", "a.csv", pd.DataFrame())
    >>> gp = Field("gp_{}", ("6", "9"), ("gp_6", "gp_9"), "", "number", (), {}, ())
    >>> add_uses(mapping, export, [gp], {"month_6": ["6"]}, "main")
    []
    """
    found: list[dict[str, Any]] = []
    for item, count, used in counts_of_use(
        fields, {mark for marks in at.values() for mark in marks}
    ):
        periods = {f"to_{name}": marks for name, marks in marked(count, at).items()}
        name = _item_name(item, mapping)
        head = block_head(export, first, periods)
        block = {**head, "item": name, "quantity": count.name}
        asks = []
        if not mapping["resource_use"]:
            asks.append(f"is this, and each count below, a thing to be costed; and {PERIODS}.")
        if name != item:
            asks.append(f"is this another thing than {item} above?")
        asks += _doubts(count)
        if is_money(count) and "baseline" not in at:
            asks += filter(None, [baseline_question(fields, of_money=True)])
        if used is not None:
            block["used"], doubt = used_source(used)
            asks += [doubt] if doubt else []
        if asks:
            block["ask"] = " ".join(asks)
        mapping["resource_use"].append(block)
        found.append(block)
    return found


def _item_name(item: str, mapping: dict) -> str:
    """Return the name of an item that no other block has, so that nothing is costed twice."""
    taken = {block["item"] for block in mapping["resource_use"]}
    number, name = 1, item
    while name in taken:
        number += 1
        name = f"{item[:36]}_{number}"
    return name


def _doubts(count: Field) -> list[str]:
    """Return what is asked of a count by the cells it holds."""
    asks = []
    if count.odd:
        asks.append(
            f"{count.odd} keeps it from being a count: correct it, or name it under missing."
        )
    if count.below:
        asks.append(f"{count.below} is below 0, which keeps it from being a count: correct it, or "
                    "name it under missing.")  # fmt: skip
    if is_money(count):
        low, high = count.span or (0.0, 0.0)
        found = f"{count.fractions} is no whole number; " if count.fractions else ""
        asks.append(f"amount or count? {found}if it is money (numbers from {low:g} to {high:g}), "
                    "its source under costs.items is given, as drafted, and it has no price; if it "
                    "counts use, say interview there, and give a price.")  # fmt: skip
    elif count.fractions:
        asks.append(f"amount or count? {count.fractions} is no whole number; say its unit in "
                    "unit_costs.csv, times where it is to be scaled.")  # fmt: skip
    if labelled := [f"{c} ({label})" for c, label in count.codes.items() if c in count.values]:
        asks.append(f"are these counts, or missing: {', '.join(labelled)}?")
    return asks


def add_scores(
    mapping: dict, export: Export, fields: list[Field], at: dict, first: str
) -> tuple[list[dict[str, Any]], list[Field]]:
    """Add scores that are already worked out, and return their blocks and fields.

    Parameters
    ----------
    mapping : dict
        The draft, to which blocks are added.
    export : Export
        Export that holds the fields.
    fields : list of Field
        Fields that are nothing else.
    at : dict of list
        Visit -> marks.
    first : str
        Name of the export of the participants.

    Returns
    -------
    blocks : list of dict
        One for each measure, each with a question.
    used : list of Field
        Fields that they use.

    Examples
    --------
    >>> import pandas as pd
    >>> mapping, export = {"measures_given": []}, Export("main", "a.csv", pd.DataFrame())
    >>> em = Field("Em{}", ("1", "2"), ("Em1", "Em2"), "", "number", (), {}, (),
    ...            fractions="row 2 '0.7' of Em1", span=(-0.1, 1.0))
    >>> blocks, _ = add_scores(mapping, export, [em], {"month_1": ["1"]}, "main")
    >>> blocks[0]["measures"]
    {'utility': 'Em{}'}
    """
    found = score_fields([field for field in fields if marked(field, at)])
    blocks = []
    for measure, field in found.items():
        block = block_head(export, first, marked(field, at))
        asks = [score_question(measure, field)]
        if "baseline" not in block["at"]:
            asks += filter(None, [baseline_question(fields, of_money=False)])
        blocks.append(block | {"measures": {measure: field.name}, "ask": " ".join(asks)})
    mapping["measures_given"] += blocks
    return blocks, list(found.values())


def money_items(mapping: dict[str, Any], exports: dict[str, Export]) -> set[str]:
    """Return the items that a draft takes for amounts of money, which have no price.

    Parameters
    ----------
    mapping : dict
        Drafted mapping.
    exports : dict of Export
        Exports by name.

    Returns
    -------
    set of str
        Items of table resource_use.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"cost_6": ["12.5", "310.2"], "cost_12": ["5.5", "7"]})
    >>> block = {"item": "all_care", "quantity": "cost_{}"}
    >>> money_items({"resource_use": [block]}, {"main": Export("main", "a.csv", cells)})
    {'all_care'}
    """
    money = {
        (name, field.name)
        for name, export in exports.items()
        for field in fields_of(export)
        if is_money(field)
    }
    first = next(iter(exports), "main")
    return {
        block["item"]
        for block in mapping["resource_use"]
        if (block.get("export", first), block.get("quantity")) in money
    }
