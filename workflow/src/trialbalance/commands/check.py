"""Everything wrong with a study's settings, prices and records, said at once and in a moment."""

import tempfile
from os.path import isfile
from pathlib import Path

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts import Finding, Problems
from trialbalance.costs.checking import check_prices, find_items_used
from trialbalance.costs.notes import period_notes
from trialbalance.data import check_records
from trialbalance.graph import named_files, paths
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import Study, stage_settings
from trialbalance.settings.yamlfile import read_yaml


def check_study(named: str) -> list[str]:
    """Check a study without running it.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.

    Returns
    -------
    list of str
        What was looked at, and each note, one line each.

    Raises
    ------
    Problems
        Every mistake in settings, prices and records.
    """
    study = load_study(find_study(named), as_recorded=True)
    findings = list(study.notes)
    findings += named_files.missing_files(study)
    tables, clean, some = _records(study)
    findings += some
    for scenario in study.scenarios:
        findings += _prices(study, scenario, tables)
    findings += _own_words(study)
    preview: list[str] = []
    if clean and not any(finding.severity == "error" for finding in findings):
        # Imported here because a study that is simulated, or wrong, needs no stage.
        from trialbalance.commands.checking.foresight import foresee

        more, preview = foresee(study, clean)
        findings += more
    findings = list(dict.fromkeys(findings))
    if any(finding.severity == "error" for finding in findings):
        raise Problems([finding for finding in findings if finding.severity == "error"])
    counts = ", ".join(f"{name} {len(table)}" for name, table in tables.items())
    seen = f"records: {counts}" if counts else "records are drawn by a simulator when it runs"
    notes = [f"note: {finding.sentence()}" for finding in findings]
    return [
        f"{study.name}: no mistake found",
        f"settings: {len(study.scenarios)} scenarios, {len(study.analyses())} analyses",
        seen,
        *_arms(clean),
        *preview,
        *notes,
    ]


def _own_words(study: Study) -> list[Finding]:
    """Return what no report could print of the study's own texts and logo."""
    report = study.base["report"]
    if not (any(report["texts"].values()) or report["sections"] or report["logo"]):
        return []
    # Imported here because most checks print nothing.
    from trialbalance.commands.checking.own_words import own_word_findings

    return own_word_findings(report, study.folder, read_yaml(study.folder / "study.yaml")[1])


def _arms(clean: dict[str, pd.DataFrame]) -> list[str]:
    """Return how many people each arm has, and which columns nothing reads."""
    people = clean.get("participants", clean.get("totals"))
    if people is None:
        return []
    counts = people["arm"].value_counts(sort=False)
    return ["people: " + ", ".join(f"{arm} {count}" for arm, count in counts.items())]


def _unused(tables: dict[str, pd.DataFrame], section: dict) -> list[Finding]:
    """Note columns of people that the study does not declare."""
    findings = []
    for table in ("participants", "totals"):
        if table not in tables:
            continue
        known = {field["name"] for field in contracts.schema(table)["fields"]}
        known |= set(section["covariates"]) | set(section["populations"])
        known |= {one.get("column") for one in section["populations"].values()}
        known |= {"died", "site", "baseline_effect", "baseline_cost", "baseline_at_ceiling"}
        if extra := [name for name in tables[table] if name not in known]:
            found = f"columns that nothing reads: {', '.join(extra)}"
            remedy = "declare what is needed under data.covariates"
            findings.append(Finding(f"table {table}", None, None, found, None, remedy,
                                    severity="note"))  # fmt: skip
    return findings


def _records(
    study: Study,
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], list[Finding]]:
    """Return the tables handed over, all clean tables, and every finding about them."""
    place = paths.Place(study)
    if paths.simulated(place):
        return {}, {}, _simulator(study)
    if paths.exported(place):
        with tempfile.TemporaryDirectory() as folder:
            handed, wrong = imported(study, Path(folder))
            return _read(study, handed, wrong) if handed else ({}, {}, wrong)
    handed = {name: Path(path) for name, path in paths.data_inputs(place).items()}
    return _read(study, handed, [])


def _read(
    study: Study, handed: dict[str, Path], wrong: list[Finding]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], list[Finding]]:
    """Return the tables of some files, all clean tables, and every finding about them."""
    place, settings = paths.Place(study), stage_settings(study, "base", "data")
    handed = {name: path for name, path in handed.items() if isfile(path)}  # noqa: PTH113
    items = list(study.base["costs"]["items"]) if study.base["costs"] else None
    door = paths.door_of(place)
    tables, findings = check_records(
        handed, settings["study"], settings["data"], items if door == "records" else None
    )
    shown = {name: tables[name] for name in handed if name in tables}
    return shown, tables, wrong + findings + _unused(shown, settings["data"])


def imported(study: Study, folder: Path) -> tuple[dict[str, Path], list[Finding]]:
    """Make the records of a study of its exports, as rule import_records does, and lay them down.

    Parameters
    ----------
    study : Study
        The study, at door export.
    folder : Path
        Folder for the tables.

    Returns
    -------
    files : dict of Path
        Table -> file; none where the import stops.
    findings : list of Finding
        What stops it, or notes on what was read, used and set aside.
    """
    # Imported here because a study at another door needs no reader of exports.
    from trialbalance.data.exports.importing import import_records
    from trialbalance.data.exports.reading import read_exports

    files = {name: Path(path) for name, path in paths.export_inputs(paths.Place(study)).items()}
    if not all(path.is_file() for path in files.values()):
        return {}, []
    settings = stage_settings(study, "base", "data")
    try:
        exports = read_exports(study.mapping, files)
        made, counts = import_records(
            study.mapping, exports, settings["study"], settings["data"]["covariates"]
        )
    except Problems as problems:
        return {}, problems.findings
    for name, table in made.items():
        contracts.write_text(table, folder / f"{name}.csv", name)
    notes = [
        Finding(export.file, None, None, words, None, None, severity="note")
        for export in exports.values()
        for words in (*_told(counts[counts["export"] == export.name]), *export.notes)
    ]
    return {name: folder / f"{name}.csv" for name in made}, notes


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


def _simulator(study: Study) -> list[Finding]:
    """Return what is wrong with the file of the simulator's parameters."""
    file = Path(paths.simulator_file(paths.Place(study)))
    try:
        if file.is_file():
            read_yaml(file)
    except Problems as problems:
        return problems.findings
    return []


def _prices(study: Study, scenario: str, tables: dict[str, pd.DataFrame]) -> list[Finding]:
    """Return every finding about the prices of a scenario and their index."""
    place = paths.Place(study, scenario)
    if paths.door_of(place) != "records":
        return []
    settings = stage_settings(study, scenario, "costs")
    files = paths.price_files(place)
    frames, findings = {}, []
    for name in ("unit_costs", "price_index"):
        if name in files and isfile(files[name]):  # noqa: PTH113
            frames[name], some = contracts.examine(Path(files[name]), name, lenient=True)
            findings += some
    if frames.get("unit_costs") is None or any(one.severity == "error" for one in findings):
        return findings
    if scenario == "base":
        findings += [
            Finding("study.yaml", None, place_, found, None, "correct it if it is not so",
                    severity="note")
            for place_, found, *_ in period_notes(settings["study"])
        ]  # fmt: skip
    used = find_items_used(tables.get("resource_use"), tables.get("episodes"))
    return findings + check_prices(
        frames["unit_costs"],
        frames.get("price_index"),
        used,
        settings["costs"],
        Path(files["unit_costs"]).name,
        settings["study"],
    )
