"""Which files make a study complete: by default, and with target full."""

from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import full_reported
from trialbalance.graph.tables import FULL, SYNTHESIS, file_name, stage_tables
from trialbalance.settings.resolve import Study, stage_settings

STUDY_TARGETS = (
    "report/report.html",
    "audit/trial_balance.csv",
    "audit/manifest.csv",
    "ro-crate-metadata.json",
)


def study_targets(study: Study) -> list[str]:
    """Return the files that make a study complete."""
    folder = f"<results>/{study.name}"
    return [f"{folder}/{file}" for file in STUDY_TARGETS]


def full_targets(study: Study) -> list[str]:
    """Return the tables that target full adds: for the base case, and over every scenario."""
    place, folder = Place(study), f"<results>/{study.name}"
    every = [f"{folder}/70_synthesis/full/{name}.csv" for name in SYNTHESIS]
    found = every if study.run_by("full") != study.run_by() else []
    if not stage_tables(paths.door_of(place), "model"):
        return found
    return [
        *(
            f"{folder}/base/{file_name('model', table, analysis, 'csv')}"
            for analysis in study.analyses()
            for table in FULL
            if table == "crosscheck"
            or (table != "ladder_draws" and _totals(place._replace(analysis=analysis)))
        ),
        *selection_targets(study),
        *found,
    ]


def full_reports(study: Study) -> list[str]:
    """Return the report of target full; nothing where target full adds no table to a report."""
    if not full_reported(Place(study)):
        return []
    return [f"<results>/{study.name}/report/full.html"]


def _totals(place: Place) -> bool:
    """Return whether an analysis models totals, which the ladder and power-scaling describe."""
    section = stage_settings(place.study, place.scenario, "model", place.analysis)["model"]
    return section["form"] == "totals"


def selection_targets(study: Study) -> list[str]:
    """Return the comparison under the selection model of every analysis that declares one."""
    found = []
    for scenario in study.run_by():
        for analysis in study.analyses(scenario):
            section = stage_settings(study, scenario, "model", analysis)["model"]
            if section.get("selection") is not None:
                place = Place(study, scenario, analysis)
                found.append(paths.made(place, "decision", "selection_scenarios"))
    return list(dict.fromkeys(found))
