"""Everything wrong with a study's settings, prices and records, said at once and in a moment."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from os.path import isfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts import Finding, Problems
from trialbalance.costs.checking import check_prices, find_items_used, find_use_at_stake
from trialbalance.costs.notes import period_notes
from trialbalance.data import check_records
from trialbalance.data.findings_in_exports import InExports
from trialbalance.graph import named_files, paths
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import Study, owner, stage_settings
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
    looked = _records(study, "base")
    tables, clean = looked.handed, looked.clean
    findings += looked.findings
    others, more = _records_of_scenarios(study, looked)
    findings += more + _periods(study)
    read: dict[str, tuple] = {}
    for scenario in study.scenarios:
        findings += _prices(study, scenario, tables, read)
    findings += _own_words(study)
    preview = [*looked.preview, *_arms(clean)]
    if clean and not any(finding.severity == "error" for finding in findings):
        # Imported here because a study that is simulated, or wrong, needs no stage.
        from trialbalance.commands.checking.foresight import foresee

        more, lines = foresee(study, clean, others)
        findings += more if looked.back is None else [looked.back.finding(one) for one in more]
        preview += lines
    findings = list(dict.fromkeys(findings))
    if any(finding.severity == "error" for finding in findings):
        raise Problems([finding for finding in findings if finding.severity == "error"])
    counts = ", ".join(f"{name} {len(table)}" for name, table in tables.items())
    seen = f"records: {counts}" if counts else "records are drawn by a simulator when it runs"
    notes = [f"note: {finding.sentence()}" for finding in findings]
    return [
        f"{study.name}: no mistake found",
        f"settings: {len(study.declared)} scenarios, {len(study.analyses())} analyses",
        seen,
        *notes,
        *preview,
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


class Looked(NamedTuple):
    """What was seen of a study's records.

    Parameters
    ----------
    handed, clean : dict of pandas.DataFrame
        Tables handed over; all clean tables, none where something is wrong.
    findings : list of Finding
        Every finding about them.
    preview : list of str
        What was made of exports.
    back : InExports or None
        The way back from imported tables to their exports.
    """

    handed: dict[str, pd.DataFrame]
    clean: dict[str, pd.DataFrame]
    findings: list[Finding]
    preview: Sequence[str] = ()
    back: InExports | None = None


def _records_of_scenarios(
    study: Study, base: Looked
) -> tuple[dict[str, dict[str, pd.DataFrame]], list[Finding]]:
    """Return the clean tables of scenarios that read records otherwise, and their mistakes."""
    clean, findings = {}, []
    known = {(one.file, one.row, one.column, one.found) for one in base.findings}
    for scenario in study.scenarios:
        # Of a simulator's scenario nothing is recorded yet, and the base's own mistakes come first.
        if not base.clean or owner(study, scenario, "data") == "base":
            continue
        seen = _records(study, scenario)
        if seen.clean and not any(one.severity == "error" for one in seen.findings):
            clean[scenario] = seen.clean
        findings += [
            replace(one, found=f"{one.found}, in scenario {scenario}")
            for one in seen.findings
            if (one.file, one.row, one.column, one.found) not in known
        ]
    return clean, findings


def _records(study: Study, scenario: str) -> Looked:
    """Return what was seen of the records of a study in a scenario."""
    place = paths.Place(study, scenario)
    if paths.simulated(place):
        return Looked({}, {}, _simulator(study))
    if paths.exported(place):
        # Imported here because a study at another door needs no reader of exports.
        from trialbalance.commands.checking.imports import imported

        with tempfile.TemporaryDirectory() as folder:
            made = imported(study, Path(folder), scenario)
            if not made.files:
                return Looked({}, {}, made.findings)
            seen = _read(place, made.files, made.origins)
            back = InExports(made.origins)
            findings = made.findings + [back.finding(one) for one in seen.findings]
            return seen._replace(findings=findings, preview=made.preview, back=back)
    return _read(place, {name: Path(path) for name, path in paths.data_inputs(place).items()})


def _read(
    place: paths.Place, handed: dict[str, Path], origins: pd.DataFrame | None = None
) -> Looked:
    """Return what was seen of the tables in some files."""
    costs = place.study.scenarios[place.scenario]["costs"]
    settings = stage_settings(place.study, place.scenario, "data")
    handed = {name: path for name, path in handed.items() if isfile(path)}  # noqa: PTH113
    items = list(costs["items"]) if costs else None
    door = paths.door_of(place)
    priced = items if door == "records" else None
    tables, findings = check_records(
        handed, settings["study"], settings["data"], priced, origins=origins
    )
    shown = {name: tables[name] for name in handed if name in tables}
    return Looked(shown, tables, findings + _unused(shown, settings["data"]))


def _simulator(study: Study) -> list[Finding]:
    """Return what is wrong with the file of the simulator's parameters."""
    file = Path(paths.simulator_file(paths.Place(study)))
    try:
        if file.is_file():
            read_yaml(file)
    except Problems as problems:
        return problems.findings
    return []


def _periods(study: Study) -> list[Finding]:
    """Note periods that overlap or leave gaps, where costs fall in periods."""
    if paths.door_of(paths.Place(study)) not in ("records", "scored"):
        return []
    remedy = "correct it if it is not so"
    return [
        Finding("study.yaml", None, place, found, None, remedy, severity="note")
        for place, found, *_ in period_notes(study.base["study"])
    ]


def _prices(
    study: Study, scenario: str, tables: dict[str, pd.DataFrame], read: dict[str, tuple]
) -> list[Finding]:
    """Return every finding about the prices of a scenario and their index; a file is read once."""
    place = paths.Place(study, scenario)
    if paths.door_of(place) != "records":
        return []
    settings = stage_settings(study, scenario, "costs")
    files = paths.price_files(place)
    frames, findings = {}, []
    for name in ("unit_costs", "price_index"):
        if name in files and isfile(files[name]):  # noqa: PTH113
            if files[name] not in read:
                read[files[name]] = contracts.examine(Path(files[name]), name, lenient=True)
            frames[name], some = read[files[name]]
            findings += some
    if frames.get("unit_costs") is None or any(one.severity == "error" for one in findings):
        return findings
    used = find_items_used(tables.get("resource_use"), tables.get("episodes"))
    return findings + check_prices(
        frames["unit_costs"],
        frames.get("price_index"),
        used,
        settings["costs"],
        Path(files["unit_costs"]).name,
        settings["study"],
        find_use_at_stake(tables.get("resource_use"), tables.get("episodes")),
    )
