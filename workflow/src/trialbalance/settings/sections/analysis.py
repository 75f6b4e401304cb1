"""Analyses and scenarios: named, pre-specified variations on the sections of a study file."""

from typing import Any, Literal

from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.study import Name


class AnalysisSettings(Section):
    """One analysis: outcome, perspective, population and model, named in advance."""

    title: str = setting(..., "Title of the analysis in the report.", min_length=1)
    outcome: Name = setting(..., "Outcome counted as the effect.")
    perspective: Name = setting(..., "Perspective whose costs are counted.")
    population: Name = setting("intention_to_treat", "Population analysed.")
    dataset: dict[str, Any] = setting(
        {}, "Settings of section dataset that this analysis replaces."
    )
    model: dict[str, Any] = setting({}, "Settings of section model that this analysis replaces.")
    decision: dict[str, Any] = setting(
        {}, "Settings of section decision that this analysis replaces."
    )


class AnalysisOverride(Section):
    """What a scenario changes in what its analyses are."""

    perspective: Name | None = setting(None, "Perspective instead of the analysis's own.")
    population: Name | None = setting(None, "Population instead of the analysis's own.")


class StudyOverride(Section):
    """What a scenario changes in the facts of the trial."""

    horizon_years: float | None = setting(
        None, "Horizon instead of the study's own.", unit="years", gt=0, le=100
    )


class ScenarioSettings(Section):
    """One scenario: it replaces the settings it names and keeps the rest."""

    title: str = setting(..., "Title of the scenario in the report.", min_length=1)
    analyses: list[Name] | None = setting(
        None, "Analyses run under this scenario; all of them when silent."
    )
    target: Literal["all", "full"] = setting(
        "all",
        "Target that runs it: with full, only `snakemake full` does, and sets it beside the others "
        "in `70_synthesis/full`.",
    )
    analysis: AnalysisOverride = setting(
        {}, "Perspective or population of all analyses run under this scenario."
    )
    study: StudyOverride = setting({}, "Horizon that this scenario replaces.")
    data: dict[str, Any] = setting({}, "Settings of section data that this scenario replaces.")
    legal: dict[str, Any] = setting({}, "Settings of section legal that this scenario replaces.")
    costs: dict[str, Any] = setting({}, "Settings of section costs that this scenario replaces.")
    outcomes: dict[str, Any] = setting(
        {}, "Settings of section outcomes that this scenario replaces."
    )
    dataset: dict[str, Any] = setting(
        {}, "Settings of section dataset that this scenario replaces."
    )
    model: dict[str, Any] = setting({}, "Settings of section model that this scenario replaces.")
    decision: dict[str, Any] = setting(
        {}, "Settings of section decision that this scenario replaces."
    )
