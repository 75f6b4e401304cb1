"""Load a study: read, merge scenario and analysis, check everything, report every mistake."""

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.agree import disagreements
from trialbalance.settings.analysis import ScenarioSettings
from trialbalance.settings.section import section_in
from trialbalance.settings.studyfile import STAGES, StudyFile
from trialbalance.settings.yamlfile import read_yaml

RESERVED = frozenset((*STAGES, "all", "full", "release", "logs", "benchmarks", "index"))
LABELS = ("title", "label")
IN_FILE_ORDER = ("arms", "analyses", "scenarios", "populations")


@dataclass(frozen=True)
class Study:
    """One study: its name, folder, and settled settings per scenario.

    Parameters
    ----------
    name : str
        Name of the study's folder.
    folder : Path
        Folder that holds study.yaml and the files it names.
    scenarios : dict
        Scenario name -> settled settings, all defaults filled in; ``base`` first.
    notes : list of Finding
        What is allowed but worth telling.
    """

    name: str
    folder: Path
    scenarios: dict[str, dict[str, Any]]
    notes: list[Finding] = field(default_factory=list)

    @cached_property
    def base(self) -> dict[str, Any]:
        """Settled settings of the base case."""
        return self.scenarios["base"]

    def analyses(self, scenario: str = "base") -> list[str]:
        """Return the names of the analyses that a scenario runs."""
        chosen = self.base["scenarios"].get(scenario, {}).get("analyses")
        return list(chosen or self.scenarios[scenario]["analyses"])


def load_study(path: Path | str) -> Study:
    """Return a study with every scenario merged and checked.

    Parameters
    ----------
    path : path-like
        The study file, study.yaml.

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
    findings = _name_findings(name, path)
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
            findings += _findings(error, path, lines, content, scenario)
            continue
        settled[scenario] = model.model_dump(mode="json")
        findings += _analysis_findings(settled[scenario], path, lines, scenario)
        findings += disagreements(settled[scenario], str(path), lines, scenario)
    findings = _once(findings)
    if any(finding.severity == "error" for finding in findings):
        raise Problems(findings)
    return Study(name, path.parent, settled, findings + _idle_scenarios(settled, str(path), lines))


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
        near = difflib.get_close_matches(key, ("studies", "format"), 1)
        found.append(
            Finding(
                file,
                None,
                key,
                "a setting that does not exist",
                "studies, format",
                f"did you mean {near[0]}?" if near else "remove it",
            )
        )
    studies = config.get("studies")
    if not isinstance(studies, list) or not studies or not all(isinstance(s, str) for s in studies):
        found.append(
            Finding(
                file,
                None,
                "studies",
                _show(studies),
                "a list of paths to study.yaml files",
                "write studies: [config/studies/my_trial/study.yaml]",
            )
        )
    if config.get("format", "csv") not in ("csv", "parquet"):
        found.append(
            Finding(file, None, "format", _show(config["format"]), "csv or parquet", "correct it")
        )
    return found


def merge(below: Any, above: Any) -> Any:
    """Return settings with those named above replaced; lists are replaced whole.

    Examples
    --------
    >>> merge({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3]}})
    {'a': {'b': 1, 'c': [3]}}
    """
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: merge(below.get(key), value) for key, value in above.items()}}


def stage_settings(
    study: Study, scenario: str, stage: str, analysis: str | None = None
) -> dict[str, Any]:
    """Return what one stage may read: ``study``, its own section and the analysis.

    Parameters
    ----------
    study : Study
        The study.
    scenario : str
        Name of the scenario.
    stage : str
        Word of the stage.
    analysis : str, optional
        Name of the analysis, for stages that have one.

    Returns
    -------
    dict
        Plain values in a stable order, so that equal settings look equal. The title and the
        labels of ``study`` are left out: renaming an arm re-makes the report only.
    """
    settings = study.scenarios[scenario]
    section = settings.get(stage, {})
    result = {"study": _without_labels(settings["study"]), stage: section}
    if analysis is not None:
        chosen = settings["analyses"][analysis]
        result[stage] = merge(section, chosen.get(stage, {}))
        result["analysis"] = {"name": analysis, **_identity(chosen)}
    if stage == "audit":
        result["analyses"] = {
            name: _identity(chosen) for name, chosen in settings["analyses"].items()
        }
    if stage == "synthesis":
        result["marked"] = {name: _marked(study, name) for name in study.scenarios}
    return _sorted(result)


def _marked(study: Study, scenario: str) -> dict[str, list[float]]:
    """Return the marked thresholds of each analysis of a scenario."""
    settings, found = study.scenarios[scenario], {}
    for name in study.analyses(scenario):
        chosen = settings["analyses"][name]
        thresholds = merge(settings["decision"], chosen["decision"])["thresholds"]
        found[name] = thresholds.get(chosen["outcome"], {}).get("marked", [])
    return found


def _identity(analysis: dict[str, Any]) -> dict[str, str]:
    """Return what an analysis is, apart from its title and the sections it changes."""
    return {key: analysis[key] for key in ("outcome", "perspective", "population")}


def settled(study: Study, scenario: str) -> dict[str, Any]:
    """Return every setting of a scenario, defaults filled in, in a stable order."""
    return _sorted(study.scenarios[scenario])


def owner(study: Study, scenario: str, stage: str, analysis: str | None = None) -> str:
    """Return the scenario whose folder holds a stage's tables: base where nothing differs.

    Parameters
    ----------
    study, scenario, stage, analysis
        As for `stage_settings`.

    Returns
    -------
    str
        ``base`` when the settings of the stage and of all stages before it equal base's.
    """
    if scenario == "base":
        return "base"
    chain = (*StudyFile.before(stage), stage)
    per_analysis = StudyFile.per_analysis()
    for word in chain:
        which = analysis if word in per_analysis else None
        if which is not None and which not in study.scenarios["base"]["analyses"]:
            return scenario
        if stage_settings(study, scenario, word, which) != stage_settings(
            study, "base", word, which
        ):
            return scenario
    return "base"


def _with_scenario(raw: dict, override: dict) -> dict:
    """Return the study file with one scenario's sections laid over it."""
    sections = {key: override[key] for key in override if key in ScenarioSettings.model_fields}
    for word in ("title", "analyses"):
        sections.pop(word, None)
    return merge({**raw, "scenarios": {}}, sections)


def _sorted(value: Any, order_is_meaning: bool = False) -> Any:
    """Return nested maps in sorted order, so that moving a line in the file re-makes nothing.

    Maps of numbers and spans (visits, periods) come in the order of time. Only where the order is
    itself a setting, as the order of tables (`IN_FILE_ORDER`), does it stay as the file has it.
    """
    if not isinstance(value, dict):
        return value
    pairs = list(value.items())
    if not order_is_meaning:
        pairs.sort(key=lambda pair: pair[0])
        if all(_is_time(item) for _, item in pairs):
            pairs.sort(key=lambda pair: pair[1] if isinstance(pair[1], list) else [pair[1]])
    return {key: _sorted(item, key in IN_FILE_ORDER) for key, item in pairs}


def _is_time(value: Any) -> bool:
    """Return whether a value is a number or a list of numbers."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(
        isinstance(item, int | float) and not isinstance(item, bool) for item in values
    )


def _without_labels(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_labels(item) for key, item in value.items() if key not in LABELS}
    return value


def _name_findings(name: str, path: Path) -> list[Finding]:
    """Return what is wrong with the name of the study's folder."""
    if name in RESERVED:
        return [
            Finding(
                str(path),
                found=f"a study folder called {name}",
                allowed="a name that is not a stage or target word",
                remedy="rename the folder",
            )
        ]
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        return [
            Finding(
                str(path),
                found=f"a study folder called {name!r}",
                allowed="small letters, digits and _",
                remedy="rename the folder",
            )
        ]
    return []


def _analysis_findings(settled: dict, path: Path, lines: dict, scenario: str) -> list[Finding]:
    """Check each analysis's overrides by validating the sections it changes."""
    found: list[Finding] = []
    for analysis, chosen in settled["analyses"].items():
        for stage in StudyFile.per_analysis():
            if not chosen.get(stage):
                continue
            model: type[BaseModel] = StudyFile.model_fields[stage].annotation
            content = merge(settled[stage], chosen[stage])
            try:
                model.model_validate(content)
            except ValidationError as error:
                prefix = ("analyses", analysis, stage)
                found += _findings(error, path, lines, content, scenario, prefix, model)
    return found


def _findings(
    error: ValidationError,
    path: Path,
    lines: dict[str, int],
    content: Any,
    scenario: str,
    prefix: tuple = (),
    model: type[BaseModel] = StudyFile,
) -> list[Finding]:
    """Turn the validator's errors into sentences."""
    found = []
    for problem in error.errors(include_url=False):
        place = tuple(str(word) for word in problem["loc"] if word != "[key]")
        dotted = ".".join((*prefix, *place))
        at = dotted if scenario == "base" else f"scenarios.{scenario}.{dotted}"
        row = _line(lines, at) or _line(lines, dotted)
        found.append(
            _finding(problem, str(path), row, at if _line(lines, at) else dotted, place, model)
        )
    return found


def _line(lines: dict[str, int], dotted: str) -> int | None:
    """Return the line of a setting, or of the nearest section around it that is in the file."""
    if dotted in lines:
        return lines[dotted]
    head = dotted.rpartition(".")[0]
    return lines.get(head)


def _finding(
    problem: dict, file: str, row: int | None, dotted: str, place: tuple, model
) -> Finding:
    """Word one validation error."""
    kind, context = problem["type"], problem.get("ctx", {})
    found = _show(problem.get("input"))
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(place[-1], _known(model, place[:-1]), 1, 0.5)
        advice = f"did you mean {near[0]}?" if near else "remove it"
        known = ", ".join(sorted(_known(model, place[:-1])))
        return Finding(file, row, dotted, "a setting that does not exist", known or "none", advice)
    if kind == "missing":
        return Finding(file, row, dotted, "nothing", "a value; this setting is required", "add it")
    if kind in ("less_than_equal", "less_than", "greater_than_equal", "greater_than"):
        return Finding(
            file,
            row,
            dotted,
            found,
            _bounds(model, place, problem["msg"]),
            _rate_advice(place, problem),
        )
    if kind == "value_error":
        return Finding(file, row, dotted or None, found=_inner(context, problem))
    allowed = problem["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    return Finding(file, row, dotted, found, allowed, "correct it")


def _inner(context: dict, problem: dict) -> str:
    text = str(context.get("error", problem["msg"]))
    return text.replace("found ", "", 1) if text.startswith("found ") else text


def _show(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    if isinstance(value, dict):
        text = "a map with " + ", ".join(map(str, value)) if value else "an empty map"
    return text if len(text) <= 80 else text[:77] + "…"


def _field(model: type[BaseModel], place: tuple):
    """Return the declared field at a dotted place, or None inside free maps."""
    info = None
    for word in place:
        if model is None or not hasattr(model, "model_fields"):
            return None
        info = model.model_fields.get(word)
        if info is None:
            return None
        model = section_in(info.annotation)
    return info


def _known(model: type[BaseModel], place: tuple) -> list[str]:
    """Return the setting names allowed at a place, looking through maps and optional sections."""
    for word in place:
        fields = getattr(model, "model_fields", {})
        annotation = fields[word].annotation if word in fields else model
        model = section_in(annotation) or model
    return list(getattr(model, "model_fields", {}))


def _bounds(model: type[BaseModel], place: tuple, message: str) -> str:
    """Return the allowed range in words."""
    info = _field(model, place)
    low = high = None
    for rule in getattr(info, "metadata", ()):
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return message.removeprefix("Input should be ")


def _rate_advice(place: tuple, problem: dict) -> str:
    value = problem.get("input")
    if "rate" in str(place[-1]) and isinstance(value, int | float) and value > 0.2:
        return f"a rate is a fraction a year: write {value / 100:g} for {value:g} %"
    return "correct it"


def _once(findings: list[Finding]) -> list[Finding]:
    """Return findings without repeats: a mistake in base shows in every scenario."""
    return list(dict.fromkeys(findings))


def _idle_scenarios(settled: dict, file: str, lines: dict) -> list[Finding]:
    """Note scenarios that change nothing or equal another."""
    notes, seen = [], {}
    for scenario, content in settled.items():
        key = repr({word: content[word] for word in STAGES if word in content})
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
