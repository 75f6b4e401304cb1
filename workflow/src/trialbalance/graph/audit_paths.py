"""Which files the audit reads: books, manifest, workbook, trace and release."""

from pathlib import Path
from typing import Any

from trialbalance import house
from trialbalance.contracts.catalogue import TO_DECISION, catalogue, stage_tables
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import report_inputs
from trialbalance.settings.resolve import Study, owner

LOCK = "plan_lock.yaml"


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
        found = paths.per_analysis(there, "dataset", "draws", "arms", "incremental")
        inputs |= {f"{scenario}.{name}": path for name, path in found.items()}
    return inputs


def _keeps_books(place: Place) -> bool:
    """Return whether a scenario made any table up to its datasets for itself."""
    study, scenario = place.study, place.scenario
    return scenario == "base" or any(
        owner(study, scenario, "dataset", analysis) == scenario
        for analysis in study.analyses(scenario)
    )


def study_outputs(place: Place) -> list[str]:
    """Return every file of a study, all scenarios, in pipeline order, each once."""
    found = []
    made = [table for table in catalogue().values() if not table.target]
    for scenario in place.study.run_by():
        there = place._replace(scenario=scenario)
        for stage in TO_DECISION:
            names = [(table.per, table.name) for table in made if table.stage == stage]
            found += paths.wanted(there, *(n for per, n in names if per == "scenario")).values()
            each = [name for per, name in names if per == "analysis"]
            found += paths.per_analysis(there, *each).values()
    return list(dict.fromkeys(found + list(closing_inputs(place).values())))


def manifest_inputs(place: Place) -> dict[str, list[str]]:
    """Return all that the manifest lists."""
    study = place.study
    folder = f"<results>/{study.name}"
    last = [*(f"report/report.{form}" for form in ("html", "pdf", "docx")), "report/figures"]
    last += [f"{scenario}/settings.yaml" for scenario in study.declared]
    last += ["audit/provenance.json"]
    last += [f"audit/second/{name}" for name in ("second_opinion.R", "figures.csv")]
    last += [f"base/60_decision/{name}/exchange" for name in study.analyses()]
    last += [f"audit/{name}" for name in ("audit.xlsx", "trace.json") if study.analyses()]
    tables = [
        table.name
        for table in catalogue().values()
        if table.per == "study" and table.name != "manifest" and not table.target
    ]
    found = [*paths.wanted(place, *tables).values(), *(f"{folder}/{file}" for file in last)]
    return {"files": study_outputs(place) + found}


def workbook_inputs(place: Place) -> dict[str, str]:
    """Return what the workbook is made of: the base case from prices to decisions."""
    shared = paths.wanted(
        place,
        *("participants", "responses", "prices", "perspectives", "ledger"),
        *("participant_costs", "cost_observed", "measures", "outcomes", "outcome_working"),
    )
    sets = paths.value_set_files(place) if "outcomes" in shared else {}
    sets = {f"value_set.{name}": path for name, path in sets.items()}
    each = paths.per_analysis(place, "dataset", "arms", "incremental", "missing_scenarios")
    settings = f"<results>/{place.study.name}/base/settings.yaml"
    return shared | sets | each | {"settings": settings}


def second_inputs(place: Place) -> dict[str, str]:
    """Return what a second opinion reads: raw files and prices, the draws, and our tables.

    ``recorded.``, ``prices.``, ``value_set.``, ``<analysis>.wide_costs`` and ``.wide_effects`` name
    what the second program reads; all else is what it is compared with.
    """
    found = {f"recorded.{name}": path for name, path in paths.data_inputs(place).items()}
    ours = paths.wanted(
        place,
        *("participants", "flow", "exclusions", "prices", "ledger", "set_aside"),
        *("participant_costs", "cost_observed", "measures", "outcomes"),
    )
    if "ledger" in ours:
        prices = dict(paths.price_files(place))
        if "recorded.unit_costs" in found:
            prices["unit_costs"] = found["recorded.unit_costs"]
        found |= {f"prices.{name}": path for name, path in prices.items()}
    if "measures" in ours:
        sets = paths.value_set_files(place)
        found |= {f"value_set.{name}": path for name, path in sets.items()}
    each = paths.per_analysis(
        place,
        *("dataset", "arms", "incremental", "frontier", "net_benefit", "acceptability"),
        *("expected_loss", "information", "wide_costs", "wide_effects"),
    )
    if any(name.endswith(".dataset") for name in each):
        each |= paths.wanted(place, "observed_case")
    template = paths.below_here(house.resources() / "second_opinion" / "second_opinion.R")
    return {"template": str(template), **found, **ours, **each}


def trace_inputs(place: Place) -> dict[str, Any]:
    """Return every table from the records to the decisions, and the settings of each scenario."""
    folder = f"<results>/{place.study.name}"
    settings = {
        f"settings.{scenario}": f"{folder}/{scenario}/settings.yaml"
        for scenario in place.study.declared
    }
    last = paths.wanted(place, "scenarios", "observed_case").values()
    tables = [*study_outputs(place), *last]
    return settings | {"recorded": list(paths.data_inputs(place).values()), "tables": tables}


def source_inputs(place: Place) -> dict[str, str]:
    """Return every file from outside on which the base case rests: records, prices, value sets."""
    found = {f"recorded.{name}": path for name, path in paths.data_inputs(place).items()}
    if paths.simulated(place):
        found["simulator"] = paths.simulator_file(place)
    if paths.exported(place):
        found |= paths.export_inputs(place)
    for stage, find in (("costs", paths.price_files), ("outcomes", paths.value_set_files)):
        if stage_tables(paths.door_of(place), stage):
            named = find(place).items()
            found |= {name: path for name, path in named if not path.startswith("<results>")}
    return found


def folder(place: Place) -> str:
    """Return the folder of a study, in which the files that it names stand."""
    return str(place.study.folder)


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
        for scenario in study.declared
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
    people = paths.wanted(
        place,
        *("participants", "legal_days", "legal_use", "measures", "outcomes", "endpoint_events"),
        *("ledger", "participant_costs", "item_costs", "cost_observed", "prices", "perspectives"),
    ) | paths.per_analysis(place, "dataset", "follow_up")
    for scenario in place.study.run_by():
        there = place._replace(scenario=scenario)
        sets = paths.per_analysis(there, "dataset", "follow_up") if scenario != "base" else {}
        people |= {f"{scenario}/{name}": path for name, path in sets.items()}
    printed = report_inputs(place)
    own = {name: path for name, path in printed.items() if name.startswith("own/")}
    traced = {"trace": f"{folder}audit/trace.json"} if place.study.analyses() else {}
    return {
        **tables,
        **{f"people/{name}": path for name, path in people.items()},
        **{f"report/{name}": path for name, path in printed.items() if name not in own},
        **own,
        **traced,
        "certificate": f"{folder}audit/certificate.csv",
        "settings": f"{folder}base/settings.yaml",
    }
