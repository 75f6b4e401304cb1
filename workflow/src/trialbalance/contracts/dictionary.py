"""The data dictionary: every table and column of the contracts, as one page."""

from typing import Any

from trialbalance.contracts.schemas import in_words, keys, schema, tables


def _cell(text: Any) -> str:
    return " ".join(str(text or "").split()).replace("|", "\\|").replace("](", "]\\(")


def _section(name: str) -> list[str]:
    contract = schema(name)
    key = ", ".join(f"`{part}`" for part in keys(contract)) or "none"
    lines = [
        f"## {name}",
        "",
        _cell(contract.get("description") or contract.get("title")),
        "",
        f"Sensitivity: {contract.get('sensitivity', 'not said')}. Key: {key}.",
        "",
        "| column | type | unit | holds | meaning |",
        "|---|---|---|---|---|",
    ]
    for field in contract["fields"]:
        holds = in_words(field)
        if field.get("vocabulary"):
            holds += f" ({field['vocabulary']} of the study)"
        cells = (
            f"`{field['name']}`",
            field.get("type", "string"),
            field.get("unit"),
            holds,
            field.get("description"),
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if contract.get("fieldsMatch") == "subset":
        lines += ["", "Further columns are allowed."]
    if "figures" in contract:
        lines += ["", "Each row ends in `figure`, its identifier."]
    return [*lines, ""]


def dictionary() -> str:
    """Write the data dictionary of all tables.

    Returns
    -------
    str
        Markdown: one section a table, one row a column.

    Examples
    --------
    >>> dictionary().splitlines()[0]
    '# Data dictionary'
    """
    lines = [
        "# Data dictionary",
        "",
        "Made from the contracts in `workflow/schemas/tables`. Every written table also ends in "
        "the column `synthetic`: whether its rows stem from simulated data. The exports for other "
        "programs, which would take it for an arm, are the exception. Where rows are figures, the "
        "column `figure` names them: `trialbalance trace` takes it with a point and the name of a "
        "column.",
        "",
        "Sensitivity, here and in `audit/manifest.csv`, says who may see a file of real records:",
        "",
        "| label | who may see it |",
        "|---|---|",
        "| participant | those who may see the records: it has rows or identifiers of people, as "
        "have the posterior, the workbook and the traces |",
        "| aggregate | the study's own team: it counts people, however few |",
        "| release | as aggregate where it stands; its like in `release/` may be handed out |",
        "| simulated | anybody: no person stands behind it |",
        "",
        "Handed out is the folder `release/` and nothing else.",
        "",
    ]
    for name in tables():
        lines += _section(name)
    return "\n".join(lines).rstrip() + "\n"
