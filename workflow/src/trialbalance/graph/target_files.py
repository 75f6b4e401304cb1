"""Which files make a study complete: by default, and with target full."""

from trialbalance.contracts.catalogue import catalogue, stage_tables, written_by
from trialbalance.graph import audit_paths, paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import full_reported
from trialbalance.settings.resolve import Study

# What describes the files that the manifest lists.
DESCRIPTIONS = (
    "audit/manifest.csv",
    "audit/SHA256SUMS",
    "audit/Snakefile",
    "datapackage.json",
    "ro-crate-metadata.json",
)


def study_targets(study: Study) -> list[str]:
    """Return the files that make a study complete.

    Each is asked for by name: one that was lost, or cut short, is made again though nothing that is
    left needs it.
    """
    listed = audit_paths.manifest_inputs(Place(study))["files"]
    return [*listed, *(f"<results>/{study.name}/{file}" for file in DESCRIPTIONS)]


def certificates(study: Study) -> list[str]:
    """Return the certificate of a second program."""
    return [f"<results>/{study.name}/audit/certificate.csv"]


def full_targets(study: Study) -> list[str]:
    """Return the tables that target full adds: for the base case, and over every scenario."""
    every = [
        f"<results>/{study.name}/70_synthesis/full/{name}.csv"
        for name in written_by("compare_scenarios")
    ]
    found = every if study.run_by("full") != study.run_by() else []
    if not stage_tables(paths.door_of(Place(study)), "model"):
        return found
    checks = paths.per_analysis(Place(study), *_reported_by_full("model"))
    return [*checks.values(), *selection_targets(study), *found]


def _reported_by_full(stage: str) -> list[str]:
    """Return the tables of a stage that only target full makes, and that the report prints."""
    return [
        table.name
        for table in catalogue().values()
        if table.target == "full" and table.reported and table.stage == stage
    ]


def full_reports(study: Study) -> list[str]:
    """Return the report of target full; nothing where target full adds no table to a report."""
    if not full_reported(Place(study)):
        return []
    return [f"<results>/{study.name}/report/full.html"]


def selection_targets(study: Study) -> list[str]:
    """Return the comparison under the selection model of every analysis that declares one."""
    found = [
        path
        for scenario in study.run_by()
        for path in paths.per_analysis(
            Place(study, scenario), *_reported_by_full("decision")
        ).values()
    ]
    return list(dict.fromkeys(found))
