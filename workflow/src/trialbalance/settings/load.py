"""Load a study: read, merge scenario and analysis, check everything, report every mistake."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trialbalance import house
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.blinding import blind_study, blinding_findings
from trialbalance.settings.checks.cross_references import disagreements
from trialbalance.settings.checks.described_studies import described_findings, lone_arm
from trialbalance.settings.checks.hostile_text import inert_findings
from trialbalance.settings.checks.labels import label_findings
from trialbalance.settings.checks.messages import shown, worded_findings
from trialbalance.settings.checks.modelled_visits import settle_cells
from trialbalance.settings.checks.own_files import strayed_files
from trialbalance.settings.checks.price_scenarios import price_findings
from trialbalance.settings.checks.questionnaires import digest_findings, level_findings
from trialbalance.settings.checks.reserved_names import name_findings, study_name_findings
from trialbalance.settings.checks.rule_set import law_findings
from trialbalance.settings.checks.times import time_findings
from trialbalance.settings.mapping_file import study_mapping
from trialbalance.settings.resolve import Study, merge
from trialbalance.settings.sections.analysis import ScenarioSettings
from trialbalance.settings.sections.section import section_in
from trialbalance.settings.sections.study_file import STAGES, StudyFile
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
    name = path.resolve().parent.name
    findings = study_name_findings(path) + inert_findings(raw, path, lines)
    findings += name_findings(raw, path, lines)
    merged = {"base": raw}
    scenarios = raw.get("scenarios") or {}
    if isinstance(scenarios, dict):
        for scenario, override in scenarios.items():
            if isinstance(override, dict):
                merged[str(scenario)] = _with_scenario(raw, override)
    settled: dict[str, dict[str, Any]] = {}
    for scenario, content in merged.items():
        try:
            model = StudyFile.model_validate(content)
        except ValidationError as error:
            findings += worded_findings(
                error, path, lines, scenario, model=StudyFile, content=content
            )
            continue
        settled[scenario] = model.model_dump(mode="json")
        settle_cells(settled[scenario])
        findings += _analysis_findings(settled[scenario], path, lines, scenario)
        findings += disagreements(settled[scenario], str(path), lines, scenario)
        findings += price_findings(settled[scenario], str(path), lines)
        findings += label_findings(settled[scenario], str(path), lines)
        strayed = strayed_files(settled[scenario], path, lines)
        findings += strayed or _read_findings(settled[scenario], path, lines)
        findings += time_findings(settled[scenario], str(path), lines) if scenario == "base" else []
        findings += described_findings(settled[scenario], path, lines)
        findings += lone_arm(settled[scenario], path, lines) if scenario == "base" else []
        findings += blinding_findings(settled[scenario], str(path))
    mapping, some = study_mapping(path.parent, settled)
    findings = _once(findings + some)
    if any(finding.severity == "error" for finding in findings):
        raise Problems(findings)
    notes = findings + _idle_scenarios(settled, str(path), lines)
    study = Study(name, path.parent, settled, notes, mapping=mapping)
    if not study.base["study"]["blind"]:
        return study
    if as_recorded:
        for content in settled.values():
            content["study"]["blind"] = False
        return study
    return blind_study(study)


def _read_findings(settled: dict, path: Path, lines: dict) -> list[Finding]:
    """Return what is wrong with settings beside files of the study, which are read for it."""
    sets = level_findings(settled, path, lines) + digest_findings(settled, path, lines)
    return sets + law_findings(settled, path, lines)


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
    return merge({**raw, "scenarios": {}}, sections)


def _analysis_findings(settled: dict, path: Path, lines: dict, scenario: str) -> list[Finding]:
    """Check each analysis's overrides by validating the sections it changes."""
    found: list[Finding] = []
    for analysis, chosen in settled["analyses"].items():
        for stage in StudyFile.per_analysis():
            if not chosen.get(stage):
                continue
            model = section_in(StudyFile.model_fields[stage].annotation)
            content = merge(settled[stage], chosen[stage])
            try:
                model.model_validate(content)
            except ValidationError as error:
                prefix = ("analyses", analysis, stage)
                found += worded_findings(
                    error, path, lines, scenario, prefix, model=model, content=content
                )
    return found


def _once(findings: list[Finding]) -> list[Finding]:
    """Return findings without repeats: a mistake in base shows in every scenario."""
    return list(dict.fromkeys(findings))


def _idle_scenarios(settled: dict, file: str, lines: dict) -> list[Finding]:
    """Note scenarios that change nothing or equal another."""
    notes, seen = [], {}
    for scenario, content in settled.items():
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
