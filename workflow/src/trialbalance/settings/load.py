"""Load a study: read, merge scenario and analysis, check everything, report every mistake."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trialbalance import house
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.blinding import blind_study, blinding_findings
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.doors import (
    door_findings,
    lone_arm,
    misplaced_settings,
    time_findings,
)
from trialbalance.settings.checks.files_beside import digest_findings, law_findings, level_findings
from trialbalance.settings.checks.hostile_text import inert_findings
from trialbalance.settings.checks.messages import shown, worded_findings
from trialbalance.settings.checks.modelled_visits import modelled_findings, settle_cells
from trialbalance.settings.checks.multiverse import multiverse_findings
from trialbalance.settings.checks.names.labels import label_findings
from trialbalance.settings.checks.names.reserved import reserved_findings, study_name_findings
from trialbalance.settings.checks.names.used import name_findings
from trialbalance.settings.checks.own_files import strayed_files
from trialbalance.settings.checks.parameter_groups import group_findings
from trialbalance.settings.checks.price_scenarios import price_findings
from trialbalance.settings.mapping.file import study_mapping
from trialbalance.settings.refits import refit_scenarios
from trialbalance.settings.resolve import Study, merge
from trialbalance.settings.section import section_in
from trialbalance.settings.sections.analysis import ScenarioSettings
from trialbalance.settings.study_file import STAGES, StudyFile
from trialbalance.settings.universes import universes
from trialbalance.settings.yamlfile import read_yaml


def find_study(named: str) -> Path:
    """Return the study file that a name or path means.

    Raises
    ------
    Problems
        There is none; the nearest name is told.
    """
    given = Path(named)
    places = [
        given,
        given / "study.yaml",
        Path("config/studies") / named / "study.yaml",
        house.studies() / named / "study.yaml",
    ]
    for place in places:
        if place.is_file():
            return place
    folders = sorted(path.parent.name for path in house.studies().glob("*/study.yaml"))
    raise Problems(
        [
            Finding(
                named,
                found="no study of that name or path",
                allowed=", ".join(folders),
                remedy=did_you_mean(named, folders, "give the path of its study.yaml", 0.6),
            )
        ]
    )


def load_study(path: Path | str, as_recorded: bool = False) -> Study:
    """Return a study with every scenario merged and checked.

    Parameters
    ----------
    path : path-like
        The study file, study.yaml.
    as_recorded : bool
        Whether arms keep their names although the study is blind: to check the records, or to lock
        the plan.

    Returns
    -------
    Study
        Settled settings of the base case and of each scenario.

    Raises
    ------
    Problems
        Every mistake of the file at once, each with line, setting, found and allowed.
    """
    path = Path(path)
    raw, lines = read_yaml(path)
    findings = study_name_findings(path) + inert_findings(raw, path, lines)
    findings += reserved_findings(raw, path, lines)
    settled: dict[str, dict[str, Any]] = {}
    for scenario, content in _merged(raw).items():
        try:
            model = StudyFile.model_validate(content)
        except ValidationError as error:
            findings += worded_findings(
                error, path, lines, scenario, model=StudyFile, content=content
            )
            continue
        settled[scenario] = model.model_dump(mode="json")
        settle_cells(settled[scenario])
        checked = Checked(settled[scenario], path, lines, scenario)
        checks = (*CHECKS, *CHECKS_OF_BASE) if scenario == "base" else CHECKS
        findings += [finding for check in checks for finding in check(checked)]
    mapping, some = study_mapping(path.parent, settled)
    # A mistake in base shows in every scenario, and is told once.
    findings = list(dict.fromkeys(findings + some))
    if any(finding.severity == "error" for finding in findings):
        raise Problems(findings)
    notes = findings + _idle_scenarios(settled, str(path), lines)
    study = Study(path.resolve().parent.name, path.parent, settled, notes, mapping=mapping)
    if study.base["study"]["blind"] and not as_recorded:
        return blind_study(study)
    for content in settled.values():
        content["study"]["blind"] = False
    return study


def _merged(raw: dict) -> dict[str, dict]:
    """Return the study file under each scenario, base first."""
    scenarios = raw.get("scenarios") or {}
    overrides = scenarios.items() if isinstance(scenarios, dict) else ()
    return (
        {"base": raw}
        | {
            str(scenario): _with_scenario(raw, override)
            for scenario, override in overrides
            if isinstance(override, dict)
        }
        | {
            name: _with_universe(raw, override)
            for name, override in (universes(raw) | refit_scenarios(raw)).items()
        }
    )


def load_studies(config: dict[str, Any], house: Path) -> dict[str, Study]:
    """Return every study that config.yaml lists, by name.

    Parameters
    ----------
    config : dict
        Content of config.yaml: ``studies``, a list of study files.
    house : Path
        Folder of the workflow; a study file not found from the working folder is looked for here.

    Returns
    -------
    dict
        Name -> Study, in the order listed.

    Raises
    ------
    Problems
        Every mistake of every study at once.
    """
    findings, studies = _config_findings(config), {}
    for listed in config.get("studies") or [] if not findings else []:
        path = Path(listed)
        try:
            study = load_study(path if path.exists() or path.is_absolute() else house / path)
        except Problems as problems:
            findings += problems.findings
            continue
        if study.name in studies:
            findings.append(
                Finding(
                    "config/config.yaml",
                    None,
                    "studies",
                    f"two studies called {study.name}",
                    "each folder name once",
                    "rename one of the folders",
                )
            )
        studies[study.name] = study
    if findings:
        raise Problems(findings)
    return studies


def _config_findings(config: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with config.yaml."""
    file, found = "config/config.yaml", []
    for key in set(config) - {"studies", "format", "pathvars"}:
        found.append(
            Finding(
                file,
                None,
                key,
                "a setting that does not exist",
                "studies, format",
                did_you_mean(key, ("studies", "format"), "remove it"),
            )
        )
    studies = config.get("studies")
    if not isinstance(studies, list) or not studies or not all(isinstance(s, str) for s in studies):
        found.append(
            Finding(
                file,
                None,
                "studies",
                shown(studies),
                "a list of paths to study.yaml files",
                "write studies: [config/studies/my_trial/study.yaml]",
            )
        )
    if config.get("format", "csv") not in ("csv", "parquet"):
        found.append(
            Finding(file, None, "format", shown(config["format"]), "csv or parquet", "correct it")
        )
    return found


def _with_scenario(raw: dict, override: dict) -> dict:
    """Return the study file with one scenario's sections laid over it."""
    sections = {key: override[key] for key in override if key in ScenarioSettings.model_fields}
    for word in ("title", "analyses", "target"):
        sections.pop(word, None)
    whole = sections.pop("analysis", None)
    if isinstance(whole, dict) and isinstance(raw.get("analyses"), dict):
        sections["analyses"] = {name: whole for name in raw["analyses"]}
    return merge({**raw, "scenarios": {}, "multiverse": None}, sections)


def _with_universe(raw: dict, override: dict) -> dict:
    """Return the study file of options of its multiverse, which speak of one analysis."""
    name, analyses = raw["multiverse"]["analysis"], raw.get("analyses")
    chosen = analyses.get(name) if isinstance(analyses, dict) else None
    return _with_scenario({**raw, "analyses": {} if chosen is None else {name: chosen}}, override)


def _analysis_findings(checked: Checked) -> list[Finding]:
    """Check each analysis's overrides by validating the sections it changes."""
    found: list[Finding] = []
    for analysis, chosen in checked.settings["analyses"].items():
        for stage in StudyFile.per_analysis():
            if not chosen.get(stage):
                continue
            model = section_in(StudyFile.model_fields[stage].annotation)
            content = merge(checked.settings[stage], chosen[stage])
            try:
                model.model_validate(content)
            except ValidationError as error:
                prefix, scenario = ("analyses", analysis, stage), checked.scenario
                found += worded_findings(
                    error, checked.path, checked.lines, scenario, prefix, model=model,
                    content=content,
                )  # fmt: skip
    return found


def _file_findings(checked: Checked) -> list[Finding]:
    """Return what is wrong with files that a study names; none is read that is not its own."""
    if strayed := strayed_files(checked):
        return strayed
    return level_findings(checked) + digest_findings(checked) + law_findings(checked)


# What is held of every scenario, and of the base case alone, in the order in which it is told.
CHECKS = (
    *(_analysis_findings, name_findings, misplaced_settings, group_findings, modelled_findings),
    *(door_findings, price_findings, label_findings, multiverse_findings, _file_findings),
    *(blinding_findings, time_findings),
)
CHECKS_OF_BASE = (lone_arm,)


def _idle_scenarios(settled: dict, file: str, lines: dict) -> list[Finding]:
    """Note scenarios that change nothing or equal another."""
    notes, seen = [], {}
    for scenario in ("base", *settled["base"]["scenarios"]):
        content = settled[scenario]
        words = ("study", "analyses", *STAGES)
        key = repr({word: content[word] for word in words if word in content})
        chosen = settled["base"]["scenarios"].get(scenario, {}).get("analyses")
        key += repr(chosen)
        other = seen.setdefault(key, scenario)
        if other != scenario:
            notes.append(
                Finding(
                    file,
                    lines.get(f"scenarios.{scenario}"),
                    f"scenarios.{scenario}",
                    f"the same settings as {other}",
                    "a scenario that differs",
                    "change it or remove it",
                    severity="note",
                )
            )
    return notes
