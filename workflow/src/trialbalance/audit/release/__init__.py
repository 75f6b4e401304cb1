"""The release edition: tables, report, workbook and trace in which no person can be found."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.audit.release.participant_amounts import recorded_amounts
from trialbalance.audit.release.trace import released_trace
from trialbalance.audit.release.workbook import write_released_workbook
from trialbalance.audit.standards.manifest import manifest, table_of
from trialbalance.contracts import Finding, Problems
from trialbalance.disclosure.amounts import hold_amounts
from trialbalance.disclosure.counts import hold_counts
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.rounding import round_numbers
from trialbalance.report import make_report

LEFT_OUT = frozenset(("draws_given", "group_draws_given", "parameters_given", "manifest"))


def may_leave(table: str) -> bool:
    """Return whether a table may be in a release at all: by its label, and what it says of people.

    Examples
    --------
    >>> may_leave("arms"), may_leave("flow"), may_leave("ledger"), may_leave("draws")
    (True, True, False, False)
    """
    if table not in contracts.tables() or table in LEFT_OUT:
        return False
    contract = contracts.schema(table)
    label = contract.get("sensitivity")
    return label == "release" or (label == "aggregate" and "disclosure" in contract)


def is_exempt(settings: Mapping[str, Any]) -> bool:
    """Return whether nothing need be held back, as no person stands behind the records."""
    return settings["study"]["synthetic"] and settings["disclosure"]["exempt_simulated"]


def make_edition(
    tables: dict[str, pd.DataFrame], people: dict[str, pd.DataFrame], settings: dict[str, Any]
) -> Edition:
    """Return the release edition of the tables of a study.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        File below the study's results -> table.
    people : dict of pandas.DataFrame
        Tables with a row a participant, to judge by; none of them leaves.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    Edition
        The tables as they leave, and what is held back.

    Raises
    ------
    Problems
        An exception names no cell that is held back, or gives no reason.

    References
    ----------
    Hundepool 2012, Statistical Disclosure Control, doi:10.1002/9781118348239.
    """
    chosen = {file: table_of(Path(file)) for file in tables}
    outgoing = {
        file: (contracts.schema(chosen[file]), frame)
        for file, frame in tables.items()
        if may_leave(chosen[file])
    }
    edition = Edition(outgoing, settings["disclosure"])
    if is_exempt(settings):
        return edition
    _hold_small_analyses(edition)
    hold_counts(edition)
    hold_amounts(edition, recorded_amounts(edition, people, settings))
    _hold_items(edition)
    round_numbers(edition)
    _refuse_exceptions(edition)
    return edition


def _hold_small_analyses(edition: Edition) -> None:
    """Hold back every number of an analysis that has an arm below the threshold."""
    threshold = edition.section["threshold"]
    small = {
        file.rpartition("/")[0]
        for file, table in edition.tables.items()
        if table.contract["name"] == "arms" and (table.before["n"] < threshold).any()
    }
    for file, table in edition.tables.items():
        folder = file.rpartition("/")[0]
        rows = range(len(table.before)) if folder in small else []
        if "analysis" in table.before and table.contract["name"] != "trial_balance":
            names = {place.rpartition("/")[2] for place in small}
            rows = [n for n, name in enumerate(table.before["analysis"]) if name in names]
        rule = f"an arm of the analysis has fewer than {threshold} participants"
        edition.hold(file, rows, table.numbers(), rule)


def _hold_items(edition: Edition) -> None:
    """Hold back what is told of an item or a subgroup in another table than where it is held."""
    held = {
        edition.tables[file].before["item"].iloc[row]
        for file, row, column in edition.held
        if edition.tables[file].contract["name"] == "quantities" and column == "quantity"
    }
    held |= {
        edition.tables[file].before["subgroup"].iloc[row]
        for file, row, column in edition.held
        if edition.tables[file].contract["name"] == "subgroups" and column == "cost"
    }
    for file, table in edition.tables.items():
        if table.contract["name"] not in ("sensitivity", "two_way", "forest"):
            continue
        names = [name for name in table.before if name.startswith("parameter") or name == "case"]
        rows = [
            place
            for place, row in enumerate(table.before[names].astype("string").itertuples())
            if any(item in str(cell) for item in held for cell in row[1:])
        ]
        rule = "tells of an item or subgroup that is held back"
        moved = ("cost", "effect", "net_benefit", "swing", "error", "lower", "upper", "prob")
        edition.hold(file, rows, [c for c in table.numbers() if c.startswith(moved)], rule)


def _refuse_exceptions(edition: Edition) -> None:
    """Stop where an exception is not one."""
    found = [
        Finding(
            "study.yaml",
            None,
            "disclosure.exceptions",
            name,
            "a cell that is held back",
            "name it as file#row.column of suppressed.csv gives it, or take it out",
        )
        for name in edition.unused_exceptions()
    ]
    found += [
        Finding(
            "study.yaml",
            None,
            "disclosure.exceptions",
            f"no reason for {name}",
            "a reason in words",
            "write why this cell may leave",
        )
        for name, reason in edition.section["exceptions"].items()
        if not reason.strip()
    ]
    if found:
        raise Problems(found)


def write_release(
    folder: Path,
    edition: Edition,
    settings: dict[str, Any],
    printed: dict[str, str],
    context: dict[str, Any],
    trace: Path | None,
) -> None:
    """Write the release edition of a study into a folder made anew.

    Parameters
    ----------
    folder : Path
        Folder ``release`` of the study's results.
    edition : Edition
        The tables as they leave.
    settings : dict
        Settled settings of the base case.
    printed : dict
        Name under which the report knows a table -> its file.
    context : dict
        What the report needs beside tables, as for ``make_report``.
    trace : Path or None
        The restricted trace; None where the study has none.
    """
    shutil.rmtree(folder, ignore_errors=True)
    study, synthetic = folder.parent.name, settings["study"]["synthetic"]
    for file, table in edition.tables.items():
        contracts.write(
            table.after, folder / file, _relaxed(table.contract), synthetic, place=_within(file)
        )
    contracts.write(edition.suppressed(), folder / "suppressed.csv", "suppressed", synthetic)
    told = None if trace is None else released_trace(json.loads(trace.read_text("utf-8")), edition)
    tables = _as_printed(edition, settings, printed)
    marked = {"exempt": is_exempt(settings), "held": len(edition.held), **edition.section}
    context = context | {"trace": told, "edition": marked}
    made = make_report(tables, settings, context, ("html", "pdf", "docx"))
    (folder / "report").mkdir(parents=True, exist_ok=True)
    for form in ("html", "pdf", "docx"):
        content = made[form].encode() if form == "html" else made[form]
        (folder / "report" / f"report.{form}").write_bytes(content)
    write_released_workbook(folder / "audit" / "audit.xlsx", edition, settings)
    if told is not None:
        (folder / "audit" / "trace.json").write_text(json.dumps(told), encoding="utf-8")
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    listed = manifest(files, f"{study}/{folder.name}", synthetic)
    contracts.write(
        listed.assign(sensitivity="simulated" if is_exempt(settings) else "release"),
        folder / "manifest.csv",
        "manifest",
        synthetic,
    )


def _as_printed(
    edition: Edition, settings: dict[str, Any], printed: dict[str, str]
) -> dict[str, Any]:
    """Return the tables as the report takes them; those that may not leave are not there."""
    tables: dict[str, Any] = {"analyses": {name: {} for name in settings["analyses"]}}
    for name, file in printed.items():
        if file not in edition.tables:
            continue
        analysis, _, table = name.partition(".")
        frame = edition.tables[file].after
        if table and analysis in tables["analyses"]:
            tables["analyses"][analysis][table] = frame
        elif not table:
            tables[name] = frame
    return tables


def _relaxed(contract: dict[str, Any]) -> dict[str, Any]:
    """Return a contract under which a cell may be held back, and a number be rounded."""
    key = contract.get("primaryKey", [])
    keep = {key} if isinstance(key, str) else set(key)
    fields = []
    for field in contract["fields"]:
        rules = {name: rule for name, rule in field.get("constraints", {}).items()
                 if name == "enum" or (field["name"] in keep and name == "required")}  # fmt: skip
        kind = "number" if field.get("type") == "integer" else field.get("type", "string")
        fields.append({**field, "type": kind, "constraints": rules})
    return {**contract, "fields": fields, "keepOrder": True}


def _within(file: str) -> str:
    """Return where a table belongs, as its identifiers begin.

    Examples
    --------
    >>> _within("base/60_decision/qaly/arms.csv"), _within("audit/observed_case.csv")
    ('base/qaly', '')
    >>> _within("base/40_dataset/qaly_missingness.csv"), _within("base/10_data/flow.csv")
    ('base/qaly', 'base')
    """
    parts = Path(file).parts
    if len(parts) < 3:
        return ""
    if len(parts) == 4:
        return f"{parts[0]}/{parts[2]}"
    analysis = Path(file).stem.removesuffix(f"_{table_of(Path(file))}")
    inside = parts[1] == "40_dataset" and analysis != Path(file).stem
    return f"{parts[0]}/{analysis}" if inside else parts[0]
