"""The release edition: tables, report, workbook and trace in which no person can be found."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.audit.release.cell_amounts import hold_cells, hold_spikes
from trialbalance.audit.release.history import remember
from trialbalance.audit.release.participant_amounts import recorded_amounts
from trialbalance.audit.release.people import (
    analysed_groups,
    arms_of,
    held_things,
    hold_zeros,
    small_things,
)
from trialbalance.audit.release.trace import released_trace
from trialbalance.audit.release.workbook import write_released_workbook
from trialbalance.audit.standards.manifest import manifest
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.catalogue import table_of
from trialbalance.contracts.input_names import parts, under
from trialbalance.disclosure.amounts import hold_amounts
from trialbalance.disclosure.combinations import withheld_groups
from trialbalance.disclosure.counts import hold_counts
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.estimates import group_of_file, hold_estimates, hold_of_one
from trialbalance.disclosure.groups import Group
from trialbalance.disclosure.rounding import round_numbers
from trialbalance.disclosure.solver import hold_what_can_be_solved
from trialbalance.disclosure.telling_words import hold_named
from trialbalance.report.forms.pictures import write_pictures
from trialbalance.report.making import make_report

LEFT_OUT = frozenset(
    ("draws_given", "group_draws_given", "parameters_given", "costs_drawn", "effects_drawn",
     "manifest")
)  # fmt: skip

# What a run says that a study can do about an analysis that is not released.
PREFERRED = "disclosure.prefer says which of two is"
EARLIER = (
    "what has left cannot be taken back; disclosure.withdrawn_releases names one that never left"
)
RELEASED = r"\brelease \d+: "


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
    return contract.get("sensitivity") in ("release", "aggregate") and "disclosure" in contract


def is_exempt(settings: Mapping[str, Any]) -> bool:
    """Return whether nothing need be held back, as no person stands behind the records."""
    return settings["study"]["synthetic"] and settings["disclosure"]["exempt_simulated"]


def make_edition(
    tables: dict[str, pd.DataFrame],
    people: dict[str, pd.DataFrame],
    settings: dict[str, Any],
    earlier: Sequence[Group] = (),
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
    earlier : sequence of Group
        Analyses of earlier releases.

    Returns
    -------
    Edition
        The tables as they leave, and what is held back.

    Raises
    ------
    Problems
        An exception names no cell that is held back, or gives no reason; a preference names no
        analysis; a number held back follows from what every release shows.

    Notes
    -----
    Analyses that give a person away beside another are left out first, then small counts, means
    and sums, estimates, and rows that name what few have. At the end a solver tries to bound what
    is held back.

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
    section = settings["disclosure"]
    if is_exempt(settings):
        return Edition(outgoing, section)
    groups = {group.name: group for group in analysed_groups(people, settings)}
    _refuse_preferences(section, groups)
    withheld = withheld_groups(list(groups.values()), earlier, section)
    outgoing = {
        file: found
        for file, found in outgoing.items()
        if group_of_file(file, chosen[file]) not in withheld
    }
    edition = Edition(outgoing, section)
    edition.withheld |= withheld
    hold_estimates(edition, groups, withheld, arms_of(people))
    hold_of_one(edition)
    hold_spikes(edition, people)
    hold_counts(edition)
    amounts = recorded_amounts(edition, people, settings)
    hold_amounts(edition, amounts)
    hold_zeros(edition)
    hold_cells(edition)
    hold_named(edition, [*small_things(people, settings), *held_things(edition)])
    hold_what_can_be_solved(edition, amounts)
    hold_cells(edition)
    hold_named(edition, held_things(edition))
    round_numbers(edition)
    _refuse_exceptions(edition)
    return edition


def _refuse_preferences(section: dict[str, Any], groups: dict[str, Group]) -> None:
    """Stop where what is to be released first is no analysis."""
    known = [*groups, *dict.fromkeys(name.partition("/")[2] for name in groups)]
    found = [
        Finding(
            "study.yaml",
            None,
            "disclosure.prefer",
            name,
            ", ".join(known),
            "name an analysis, or scenario/analysis",
        )
        for name in section["prefer"]
        if name not in known
    ]
    if found:
        raise Problems(found)


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
    shown = without_withheld(settings, edition)
    tables = _as_printed(edition, shown, printed)
    marked = {"exempt": is_exempt(settings), "held": len(edition.held), **edition.section}
    context = context | {"trace": told, "edition": marked}
    made = make_report(tables, shown, context, ("html", "pdf", "docx"))
    (folder / "report").mkdir(parents=True, exist_ok=True)
    for form in ("html", "pdf", "docx"):
        content = made[form].encode() if form == "html" else made[form]
        (folder / "report" / f"report.{form}").write_bytes(content)
    write_pictures(folder / "report" / "figures", made["figures"])
    write_released_workbook(folder / "audit" / "audit.xlsx", edition, shown)
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


def without_withheld(settings: dict[str, Any], edition: Edition) -> dict[str, Any]:
    """Return the settings without the analyses of the base case that are not released."""
    kept = {
        name: chosen
        for name, chosen in settings["analyses"].items()
        if f"base/{name}" not in edition.withheld
    }
    return {**settings, "analyses": kept}


def _as_printed(
    edition: Edition, settings: dict[str, Any], printed: dict[str, str]
) -> dict[str, Any]:
    """Return the tables as the report takes them; those that may not leave are not there."""
    known = {n: edition.tables[f].after for n, f in printed.items() if f in edition.tables}
    own: dict[str, Any] = {name: frame for name, frame in known.items() if len(parts(name)) == 1}
    return own | {"analyses": {name: under(known, name) for name in settings["analyses"]}}


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


def remember_release(
    folder: Path, edition: Edition, people: dict[str, pd.DataFrame], settings: dict[str, Any]
) -> None:
    """Keep who is in a release, unless nobody stands behind it.

    Parameters
    ----------
    folder : Path
        Folder of earlier releases.
    edition : Edition
        Tables as they left.
    people, settings
        As for `make_edition`.
    """
    if is_exempt(settings):
        return
    groups = [g for g in analysed_groups(people, settings) if g.name not in edition.withheld]
    remember(folder, groups, settings["study"]["synthetic"])


def told(edition: Edition) -> list[str]:
    """Return what a run says of a release: which analyses are left out and why, and how much.

    Examples
    --------
    >>> told(Edition({}, {}))
    ['released 0 tables; 0 cells held back']
    """
    lines = [
        f"{name} is not released: {rule}; {EARLIER if re.search(RELEASED, rule) else PREFERRED}"
        for name, rule in edition.withheld.items()
    ]
    return [*lines, f"released {len(edition.tables)} tables; {len(edition.held)} cells held back"]
