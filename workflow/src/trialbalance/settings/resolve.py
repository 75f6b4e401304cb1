"""What each stage reads: scenario and analysis laid over the study file, in a stable order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.settings.section import section_in
from trialbalance.settings.sections.decision import ThresholdSettings
from trialbalance.settings.study_file import OF_PARTS, PARTS, StudyFile

# What the outcomes stage reads of an area under a curve.
_AREAS = ("discount_rate", "discounting", "death")
LABELS = ("title", "label")
IN_FILE_ORDER = ("arms", "analyses", "scenarios", "populations", "choices", "options")


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
        Scenario name -> settled settings, all defaults filled in; ``base`` first, those that a
        multiverse makes of its options last.
    notes : list of Finding
        What is allowed but worth telling.
    hidden : dict
        While the study is blind, ``words`` and ``items`` that no output may hold.
    mapping : dict
        At door export, how exports become records; empty at any other.
    """

    name: str
    folder: Path
    scenarios: dict[str, dict[str, Any]]
    notes: list[Finding] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def base(self) -> dict[str, Any]:
        """Settled settings of the base case."""
        return self.scenarios["base"]

    @property
    def declared(self) -> list[str]:
        """Names of the base case and of the scenarios that the study file declares."""
        return [name for name in self.scenarios if name in ("base", *self.base["scenarios"])]

    def run_by(self, target: str = "all") -> list[str]:
        """Return the scenarios that a target runs, base first; target full runs every one."""
        declared = self.base["scenarios"]
        return [
            name
            for name in self.declared
            if target == "full" or declared.get(name, {}).get("target", "all") == "all"
        ]

    def analyses(self, scenario: str = "base") -> list[str]:
        """Return the names of the analyses that a scenario runs."""
        chosen = self.base["scenarios"].get(scenario, {}).get("analyses")
        return list(chosen or self.scenarios[scenario]["analyses"])


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


def complete(stage: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a section of a study with every setting that it is silent about at its default.

    No stage has a default of its own: what is not in the section of a stage is no setting.

    Parameters
    ----------
    stage : str
        Word of the stage.
    given : dict
        The settings of its section that are not left at their default.

    Returns
    -------
    dict
        Every setting of the section, as `stage_settings` hands it to the stage.

    Raises
    ------
    pydantic.ValidationError
        A setting that does not exist, or a value that is not allowed.

    Examples
    --------
    >>> complete("dataset", {"covariates": ["age"]})["totals_ceiling"]
    {'effect': None, 'baseline_effect': None}
    >>> given = complete("decision", {"thresholds": {"qaly": {"marked": [15000]}}})
    >>> given["thresholds"]["qaly"]["step"], given["interval"]
    (200.0, 0.95)
    """
    if "thresholds" in given:
        # Settled thresholds hold what their currency asks for; an instance gets nothing added.
        own = {
            name: ThresholdSettings.model_validate(one) for name, one in given["thresholds"].items()
        }
        given = {**given, "thresholds": own}
    section = section_in(StudyFile.model_fields[stage].annotation)
    return section.model_validate(given).model_dump(mode="json")


def stage_settings(
    study: Study,
    scenario: str,
    stage: str,
    analysis: str | None = None,
    without: Iterable[str] = (),
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
    without : iterable of str
        Settings of the section that a rule does not read, so that they re-make nothing.

    Returns
    -------
    dict
        Plain values in a stable order, so that equal settings look equal. The title and the
        labels of ``study`` are left out: renaming an arm re-makes the report only.
    """
    settings = study.scenarios[scenario]
    section = _part(settings, stage)
    # A scenario's horizon cuts what was recorded; records and populations stay the trial's.
    facts = (study.base if stage == "data" else settings)["study"]
    result = {"study": _without_labels(facts), stage: section}
    if analysis is not None:
        chosen = settings["analyses"][analysis]
        replaced = chosen.get(stage)
        result[stage] = complete(stage, merge(section, replaced)) if replaced else {**section}
        for word in OF_PARTS if stage == "model" else ():
            result[stage].pop(word, None)
        result["analysis"] = {"name": analysis, **_identity(chosen)}
        if stage == "decision":
            # An outcome for which a study names no threshold is explored, without a verdict.
            explored = ThresholdSettings(exploratory=True).model_dump(mode="json")
            declared = result[stage]["thresholds"]
            result[stage]["thresholds"] = {chosen["outcome"]: explored} | declared
        if stage == "dataset":
            result[stage]["groupings"] = _groupings(merge(settings["model"], chosen["model"]))
    if stage == "costs" and section:
        # What no row of an item means is said of the data and decides what a cost is.
        result[stage] = {**section, "zero_rule": settings["data"]["zero_rule"]}
    if stage == "audit":
        result["analyses"] = {
            name: _identity(chosen) for name, chosen in settings["analyses"].items()
        }
    if stage == "synthesis":
        result["marked"] = {name: _marked(study, name) for name in study.declared}
    if without:
        kept = {name: value for name, value in result[stage].items() if name not in set(without)}
        result[stage] = kept
    return _sorted(result)


def _groupings(model: dict[str, Any]) -> list[str]:
    """Return the columns that the model groups people by: clusters and subgroups."""
    clusters = [model["clusters"]] if model["clusters"] else []
    return sorted({*clusters, *model["subgroups"]})


def contrast_settings(study: Study, scenario: str, analysis: str) -> dict[str, Any]:
    """Return what the checks of a contrast read: section ``model``, interval and thresholds.

    Parameters
    ----------
    study, scenario, analysis
        As for `stage_settings`.

    Returns
    -------
    dict
        Settings of stage model, and ``contrast`` with ``interval`` and ``marked`` thresholds.
    """
    decision = stage_settings(study, scenario, "decision", analysis)["decision"]
    marked = _marked(study, scenario)[analysis]
    contrast = {"interval": decision["interval"], "marked": sorted(marked)}
    return stage_settings(study, scenario, "model", analysis) | {"contrast": contrast}


def cross_check_settings(study: Study, scenario: str, analysis: str) -> dict[str, Any]:
    """Return what the cross-check reads: that of a contrast, and how visits make an outcome.

    Parameters
    ----------
    study, scenario, analysis
        As for `stage_settings`.

    Returns
    -------
    dict
        As from `contrast_settings`, and ``areas``: what a study that scores visits says of the
        area under a curve.
    """
    section = study.scenarios[scenario].get("outcomes") or {}
    areas = {word: section[word] for word in _AREAS if word in section}
    return contrast_settings(study, scenario, analysis) | {"areas": areas}


def certificate_settings(study: Study) -> dict[str, Any]:
    """Return what a second opinion on the base case rests on.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict
        ``study``, ``data``, ``costs``, ``legal``, ``outcomes``, ``audit``, and ``each`` with the
        sections ``analysis``, ``dataset``, ``model`` and ``decision`` of every analysis.
    """
    stages = ("data", "costs", "legal", "outcomes", "audit")
    found = {"study": stage_settings(study, "base", "data")["study"]}
    found |= {stage: stage_settings(study, "base", stage)[stage] for stage in stages}
    each = ("dataset", "model", "decision")
    found["each"] = {
        name: {stage: stage_settings(study, "base", stage, name)[stage] for stage in each}
        | {"analysis": {"name": name, **_identity(study.base["analyses"][name])}}
        for name in study.analyses()
    }
    return found


def _part(settings: dict[str, Any], stage: str) -> dict[str, Any]:
    """Return the section of a stage, or what a part of the stage model reads of that section."""
    if stage not in PARTS:
        return settings.get(stage, {})
    return {word: settings["model"][word] for word in PARTS[stage][0]}


def _marked(study: Study, scenario: str) -> dict[str, list[float]]:
    """Return the marked thresholds of each analysis of a scenario."""
    found = {}
    for name in study.analyses(scenario):
        own = stage_settings(study, scenario, "decision", name)
        found[name] = own["decision"]["thresholds"][own["analysis"]["outcome"]]["marked"]
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
