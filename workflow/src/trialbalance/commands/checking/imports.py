"""Exports made into records in memory, as rule import_records does, for a check to judge."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from trialbalance import contracts
from trialbalance.commands.drafting.preview import table_lines
from trialbalance.contracts import Finding, Problems
from trialbalance.data.exports.formats.reading import read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.graph import paths
from trialbalance.settings.resolve import Study, stage_settings


@dataclass(frozen=True)
class Imported:
    """What an import made, or what stopped it.

    Parameters
    ----------
    files : dict of Path
        Table -> file; none where the import stops.
    findings : list of Finding
        What stops it, or what was noticed while reading.
    origins : pandas.DataFrame or None
        Table import_origins.
    preview : list of str
        What became of each export, and which columns became which table.
    """

    files: dict[str, Path] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    origins: pd.DataFrame | None = None
    preview: list[str] = field(default_factory=list)


def imported(study: Study, folder: Path, scenario: str = "base") -> Imported:
    """Make the records of a study of its exports, and lay them down.

    Parameters
    ----------
    study : Study
        The study, at door export.
    folder : Path
        Folder for the tables.
    scenario : str
        Scenario by whose settings they are read.

    Returns
    -------
    Imported
        Files, findings, origins and preview.
    """
    files = {
        name: Path(path) for name, path in paths.export_inputs(paths.Place(study, scenario)).items()
    }
    if not all(path.is_file() for path in files.values()):
        return Imported()
    settings = stage_settings(study, scenario, "data")
    try:
        exports = read_exports(study.mapping, files)
        made, counts, origins = import_records(
            study.mapping, exports, settings["study"], settings["data"]["covariates"]
        )
    except Problems as problems:
        return Imported(findings=problems.findings)
    for name, table in made.items():
        contracts.write_text(table, folder / f"{name}.csv", name)
    notes = [
        Finding(export.file, None, None, words, None, None, severity="note")
        for export in exports.values()
        for words in export.notes
    ]
    lines = [
        f"{export.file}: {words}"
        for export in exports.values()
        for words in _told(counts[counts["export"] == export.name])
    ]
    made_files = {name: folder / f"{name}.csv" for name in made}
    return Imported(made_files, notes, origins, [*lines, *table_lines(study.mapping)])


def _told(counts: pd.DataFrame) -> list[str]:
    """Return what became of an export, in words."""
    lines = []
    for (quantity, table), group in counts.groupby(["quantity", "table"], sort=False):
        read, used = (group.loc[group["use"] == word, "count"].sum() for word in ("read", "used"))
        aside = group[group["use"] == "set aside"]
        words = f"{read} {quantity}" + (f" for {table}" if quantity == "answers" else "")
        words += f", {used} used"
        for row in aside.to_dict("records"):
            names = f": {row['names']}" if row["names"] else ""
            words += f"; {row['count']} set aside ({row['reason']}{names})"
        lines.append(words)
    return lines
