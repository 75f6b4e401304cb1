"""Everything wrong with a study's settings, prices and records, said at once and in a moment."""

from os.path import isfile
from pathlib import Path

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts import Finding, Problems
from trialbalance.costs.checking import check_prices, find_items_used
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
    tables, some = _records(study)
    findings += some
    for scenario in study.scenarios:
        findings += _prices(study, scenario, tables)
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
        *notes,
    ]


def _records(study: Study) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the raw tables that could be read, and every finding about them."""
    place = paths.Place(study)
    if paths.simulated(place):
        return {}, _simulator(study)
    settings = stage_settings(study, "base", "data")
    handed = {name: Path(path) for name, path in paths.data_inputs(place).items()}
    handed = {name: path for name, path in handed.items() if isfile(path)}  # noqa: PTH113
    items = list((study.base["costs"] or {}).get("items", {})) or None
    door = paths.door_of(place)
    tables, findings = check_records(
        handed, settings["study"], settings["data"], items if door == "records" else None
    )
    return {name: tables[name] for name in handed if name in tables}, findings


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
    files = paths.costs_inputs(place)
    frames, findings = {}, []
    for name in ("unit_costs", "price_index"):
        if name in files and isfile(files[name]):  # noqa: PTH113
            frames[name], some = contracts.examine(Path(files[name]), name, lenient=True)
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
    )
