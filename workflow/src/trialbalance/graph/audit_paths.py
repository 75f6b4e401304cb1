"""Which files the audit reads: books, manifest, workbook, trace and release."""

from pathlib import Path
from typing import Any

from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import considered, report_inputs
from trialbalance.graph.tables import FOLDERS, SYNTHESIS, stage_tables
from trialbalance.settings.resolve import Study, owner

LOCK = "plan_lock.yaml"
# With a row a participant: who is behind the numbers of a release.
PEOPLE = {
    "data": ("participants",),
    "legal": ("legal_days", "legal_use"),
    "costs": ("ledger", "participant_costs", "item_costs", "cost_observed", "prices",
              "perspectives"),
    "outcomes": ("measures", "outcomes", "endpoint_events"),
}  # fmt: skip


def closing_inputs(place: Place) -> dict[str, str]:
    """Return the balances of all scenarios and what their decisions rest on."""
    study = place.study
    inputs = {}
    for scenario in study.run_by():
        there = place._replace(scenario=scenario)
        if _keeps_books(there):
            inputs[f"{scenario}.balance"] = (
                f"<results>/{study.name}/{scenario}/40_dataset/balance.csv"
            )
        found = paths.per_analysis(
            there, dataset=("dataset",), decision=("draws", "arms", "incremental")
        )
        inputs |= {f"{scenario}.{name}": path for name, path in found.items()}
    return inputs


def _keeps_books(place: Place) -> bool:
    """Return whether a scenario made any table up to its datasets for itself."""
    study, scenario = place.study, place.scenario
    return scenario == "base" or any(
        owner(study, scenario, "dataset", analysis) == scenario
        for analysis in study.analyses(scenario)
    )


def reproduction_inputs(place: Place) -> dict[str, str]:
    """Return the tables on which published figures are recomputed."""
    return paths.wanted(
        place,
        data=("participants", "visits", "responses", "episodes"),
        legal=("legal_days", "legal_episodes", "legal_timeline"),
        costs=("participant_costs", "cost_observed"),
        outcomes=("measures", "endpoints", "endpoint_events"),
    )


def study_outputs(place: Place) -> list[str]:
    """Return every file of a study, all scenarios, in pipeline order, each once."""
    found = []
    for scenario in place.study.run_by():
        there = place._replace(scenario=scenario)
        for stage in FOLDERS:
            tables = {stage: stage_tables(paths.door_of(place), stage)}
            if stage in ("dataset", "model", "decision"):
                found += paths.per_analysis(there, **tables).values()
            else:
                found += paths.wanted(there, **tables).values()
        found += paths.described(there).values()
        found += paths.part_tables(there).values()
    return list(dict.fromkeys(found + list(closing_inputs(place).values())))


def manifest_inputs(place: Place) -> dict[str, list[str]]:
    """Return all that the manifest lists."""
    folder = f"<results>/{place.study.name}"
    last = [*(f"report/report.{form}" for form in ("html", "pdf", "docx"))]
    last += [f"{scenario}/settings.yaml" for scenario in place.study.scenarios]
    last += [f"audit/{name}" for name in ("trial_balance.csv", "provenance.json", "deviations.csv")]
    if place.study.analyses():
        last = [*(f"70_synthesis/{name}.csv" for name in SYNTHESIS), *last]
        last += [f"audit/{name}" for name in ("observed_case.csv", "audit.xlsx", "trace.json")]
    last += [f"base/{paths.BLINDING}"] if paths.is_blind(place) else []
    last += ["audit/reproduction.csv"] if place.study.base["published"] else []
    files = study_outputs(place) + [f"{folder}/{file}" for file in last]
    return {"files": files + list(considered(place).values())}


def workbook_inputs(place: Place) -> dict[str, str]:
    """Return what the workbook is made of: the base case from prices to decisions."""
    shared = paths.wanted(
        place,
        data=("participants", "responses"),
        costs=("prices", "perspectives", "ledger", "participant_costs", "cost_observed"),
        outcomes=("measures", "outcomes", "outcome_working"),
    )
    sets = {}
    if "outcomes" in shared:
        known = set(paths.wanted(place, data=("participants", "visits", "responses", "episodes")))
        sets = {
            f"value_set.{name}": path
            for name, path in paths.outcomes_inputs(place).items()
            if name not in known | {"measures_given"}
        }
    each = paths.per_analysis(place, dataset=("dataset",), decision=("arms", "incremental"))
    settings = f"<results>/{place.study.name}/base/settings.yaml"
    return shared | sets | each | {"settings": settings}


def trace_inputs(place: Place) -> dict[str, Any]:
    """Return every table from the records to the decisions, and the settings of each scenario."""
    folder = f"<results>/{place.study.name}"
    settings = {
        f"settings.{scenario}": f"{folder}/{scenario}/settings.yaml"
        for scenario in place.study.scenarios
    }
    last = ["70_synthesis/scenarios.csv", "audit/observed_case.csv"]
    tables = [*study_outputs(place), *(f"{folder}/{file}" for file in last)]
    return settings | {"recorded": list(paths.data_inputs(place).values()), "tables": tables}


def source_inputs(place: Place) -> dict[str, str]:
    """Return every file from outside on which the base case rests: records, prices, value sets."""
    found = {f"recorded.{name}": path for name, path in paths.data_inputs(place).items()}
    if paths.simulated(place):
        found["simulator"] = paths.simulator_file(place)
    for stage, find in (("costs", paths.costs_inputs), ("outcomes", paths.outcomes_inputs)):
        if stage_tables(paths.door_of(place), stage):
            named = find(place).items()
            found |= {name: path for name, path in named if not path.startswith("<results>")}
    return found


def plan_file(study: Study) -> str:
    """Return the analysis plan of a study."""
    return str(study.folder / "analysis_plan.md")


def lock_file(study: Study) -> str:
    """Return where the locked plan of a study stands."""
    return str(study.folder / LOCK)


def deviation_inputs(place: Place) -> dict[str, str]:
    """Return the lock, the files of the plan and the settings of each scenario."""
    study = place.study
    named = {"analysis_plan": plan_file(study), **source_inputs(place)}
    files = {
        f"file.{name}": path
        for name, path in named.items()
        if not name.startswith("recorded.") and Path(path).is_file()
    }
    settings = {
        f"settings.{scenario}": f"<results>/{study.name}/{scenario}/settings.yaml"
        for scenario in study.scenarios
    }
    # Settings under neutral labels differ from those locked: they are compared once unblinded.
    is_locked = Path(lock_file(study)).is_file() and not paths.is_blind(place)
    lock = {"lock": lock_file(study)} if is_locked else {}
    return lock | files | settings


def release_inputs(place: Place) -> dict[str, str]:
    """Return what a release is made from.

    ``table/<file>`` may leave, ``people/<table>`` says who is behind it, ``report/<name>``
    is what the report prints; beside these the settings, the trace and the study's own texts.
    """
    folder = f"<results>/{place.study.name}/"
    files = [path for path in manifest_inputs(place)["files"] if path.endswith("csv")]
    tables = {f"table/{path.removeprefix(folder)}": path for path in files}
    people = paths.wanted(place, **PEOPLE) | paths.per_analysis(place, dataset=("dataset",))
    printed = report_inputs(place)
    own = {name: path for name, path in printed.items() if name.startswith("own/")}
    traced = {"trace": f"{folder}audit/trace.json"} if place.study.analyses() else {}
    return {
        **tables,
        **{f"people/{name}": path for name, path in people.items()},
        **{f"report/{name}": path for name, path in printed.items() if name not in own},
        **own,
        **traced,
        "settings": f"{folder}base/settings.yaml",
    }
