"""Which file a stage reads and writes: doors, folders, and the scenario that owns a table.

Every function takes a place: study, scenario, analysis and the format of large tables. A path that
starts with ``<results>`` is completed by Snakemake's path variables.
"""

import re
from os.path import isfile
from pathlib import Path
from typing import NamedTuple

from trialbalance import house
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.blinding import KEY, hidden_of
from trialbalance.settings.resolve import Study, owner, stage_settings
from trialbalance.settings.ruleset import rule_set_file
from trialbalance.settings.tables import (
    CASES,
    CLEAN,
    DELTAS,
    DESCRIBED,
    FOLDERS,
    FULL,
    LEGAL,
    PARTS,
    REPORTED,
    REPORTED_EACH,
    REPORTED_FULL,
    SYNTHESIS,
    TABLES,
    file_name,
    recorded_file,
    stage_tables,
)

BLINDING = f"{FOLDERS['data']}/blinding.csv"
STUDY_TARGETS = (
    "report/report.html",
    "audit/trial_balance.csv",
    "audit/manifest.csv",
    "ro-crate-metadata.json",
)


class Place(NamedTuple):
    """Where in the results a rule stands."""

    study: Study
    scenario: str = "base"
    analysis: str | None = None
    format: str = "csv"


def made(place: Place, stage: str, table: str) -> str:
    """Return the path of a table in the folder of the scenario that owns it."""
    study, scenario, analysis, fmt = place
    where = owner(study, scenario, stage, analysis)
    return f"<results>/{study.name}/{where}/{file_name(stage, table, analysis, fmt)}"


def door_of(place: Place) -> str:
    """Return the door by which a study enters."""
    return place.study.base["data"]["door"]


def wanted(place: Place, **tables: tuple[str, ...]) -> dict[str, str]:
    """Return those of the wanted tables that the study's door leads to, by name."""
    return {
        name: made(place, stage, name)
        for stage, names in tables.items()
        for name in names
        if name in stage_tables(door_of(place), stage)
        and (stage != "legal" or place.study.scenarios[place.scenario]["legal"])
        and (name not in DELTAS or asks_of_missing(place))
    }


def asks_of_missing(place: Place) -> bool:
    """Return whether an analysis asks what if the unobserved differ from the observed."""
    section = stage_settings(place.study, place.scenario, "decision", place.analysis)["decision"]
    return section.get("missing_not_at_random") is not None


def simulated(place: Place) -> bool:
    """Return whether the study's records are drawn here."""
    return place.study.base["data"]["simulator"] is not None


def is_blind(place: Place) -> bool:
    """Return whether the study's arms carry neutral labels."""
    return place.study.base["study"]["blind"]


def hidden(place: Place) -> dict[str, list[str]]:
    """Return what no output of a blind study may hold, and settings that single an arm out."""
    return hidden_of(place.study)


def entering(
    studies: dict[str, Study], door: str, simulated_too: bool | None, blind: bool | None
) -> list[str]:
    """Return the studies that enter by a door; where asked, only those simulated, or blind."""
    return [
        name
        for name, study in studies.items()
        if door_of(Place(study)) == door
        and blind in (None, is_blind(Place(study)))
        and simulated_too in (None, simulated(Place(study)))
    ]


def recorded_inputs(place: Place) -> dict[str, str]:
    """Return the files of a blind study as recorded: raw tables, prices, and the key."""
    study, settings = place.study, place.study.scenarios[place.scenario]
    files = {name: str(study.folder / path) for name, path in settings["data"]["files"].items()}
    if settings["costs"]:
        files["unit_costs"] = str(study.folder / settings["costs"]["unit_costs"])
    return files | {"key": str(study.folder / KEY)}


def data_inputs(place: Place) -> dict[str, str]:
    """Return the raw files of a study: those it names, or those its simulator drew."""
    study, scenario = place.study, place.scenario
    data = study.scenarios[scenario]["data"]
    if data["simulator"] or is_blind(place):
        where = owner(study, scenario, "data")
        folder = f"<results>/{study.name}/{where}"
        return {name: f"{folder}/{recorded_file(name)}" for name in TABLES[data["door"]]}
    return {name: str(study.folder / path) for name, path in data["files"].items()}


def legal_inputs(place: Place) -> dict[str, str]:
    """Return the records on which the law is applied, and its rule set."""
    section = place.study.scenarios[place.scenario]["legal"]
    return wanted(place, data=("participants", "episodes", "legal_events")) | {
        "rule_set": str(below_here(rule_set_file(place.study.folder, section["rule_set"])))
    }


def costs_inputs(place: Place) -> dict[str, str]:
    """Return records, prices and price index for the ledger."""
    inputs = wanted(
        place,
        data=("participants", "visits", "resource_use", "episodes", "unit_costs"),
        legal=("legal_use",),
    )
    section = place.study.scenarios[place.scenario]["costs"]
    prices = str(place.study.folder / section["unit_costs"])
    if is_blind(place):
        where = owner(place.study, place.scenario, "data")
        prices = f"<results>/{place.study.name}/{where}/{recorded_file('unit_costs')}"
    inputs.setdefault("unit_costs", prices)
    if index := section["price_index"]:
        own = index.endswith(".csv")
        shipped = resource("price_indices", index)
        inputs["price_index"] = str(place.study.folder / index if own else shipped)
    return inputs


def outcomes_inputs(place: Place) -> dict[str, str]:
    """Return records for scoring, and each value set that an instrument names."""
    tables = ("participants", "visits", "responses", "episodes", "measures_given")
    section = place.study.scenarios[place.scenario]["outcomes"]
    tools = section["instruments"].values()
    names = sorted({tool["value_set"] for tool in tools if tool.get("value_set")})
    if any(one["kind"] == "gap" for one in section["endpoints"].values()):
        tables += ("resource_use",)
    return wanted(place, data=tables) | {name: value_set_file(place, name) for name in names}


def value_set_file(place: Place, name: str) -> str:
    """Return the file of a value set: the study's own if there, else one that ships here."""
    own = place.study.folder / f"{name}.csv"
    return str(own if own.exists() else resource("value_sets", name))


def resource(kind: str, name: str) -> Path:
    """Return a table that ships here."""
    return below_here(house.resources() / kind / f"{name}.csv")


def below_here(path: Path) -> Path:
    """Return a path as one below the working folder where it lies there.

    A clone can then be moved or copied with its results, and nothing is made again.
    """
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def dataset_inputs(place: Place) -> dict[str, str]:
    """Return what a dataset is built from: totals handed over, or costs and outcomes."""
    return wanted(
        place,
        data=("participants", "totals"),
        costs=("participant_costs", "cost_observed"),
        outcomes=("measures", "outcomes"),
    )


def model_inputs(place: Place) -> dict[str, str]:
    """Return what a model is fitted to: a dataset, or also the visits where it models them."""
    section = stage_settings(place.study, place.scenario, "model", place.analysis)["model"]
    visits = visit_inputs(place) if section["form"] == "longitudinal" else {}
    return wanted(place, dataset=("dataset",)) | visits


def visit_inputs(place: Place) -> dict[str, str]:
    """Return the follow-up of an analysis and the weights of its visits."""
    return wanted(place, dataset=("follow_up",), outcomes=("outcome_weights",))


def described_inputs(place: Place) -> dict[str, str]:
    """Return what a study without analyses is described from."""
    return wanted(
        place,
        data=("participants",),
        legal=("legal_days", "legal_use"),
        costs=("ledger", "participant_costs", "cost_observed", "prices", "perspectives"),
        outcomes=("measures", "outcomes", "endpoint_events", "endpoint_risk"),
    )


def described(place: Place) -> dict[str, str]:
    """Return the description of a study that names no analysis; nothing for one that does."""
    if place.study.analyses(place.scenario):
        return {}
    return {name: made(place, "dataset", name) for name in DESCRIBED}


def decision_inputs(place: Place) -> dict[str, str]:
    """Return the draws to decide on, the model's or those handed over, and what prices bear on."""
    section = stage_settings(place.study, place.scenario, "decision", place.analysis)["decision"]
    years = [plan["price_year"] for plan in section["price_scenarios"].values()]
    index = {"price_index": costs_inputs(place)["price_index"]} if any(years) else {}
    return index | wanted(
        place,
        data=("draws_given", "parameters_given", "group_draws_given"),
        costs=("item_costs", "prices", "perspectives"),
        dataset=("dataset",),
        model=("arm_means", "subgroup_means"),
    )


def asked_for(place: Place, part: str) -> bool:
    """Return whether a scenario's settings ask for a part of the stage model."""
    section = place.study.scenarios[place.scenario]["model"]
    if part == "endpoints":
        return bool(section["endpoints"])
    chosen = section["observational"]
    return any(chosen[word] for word in ("outcomes", "exposures", "emulations"))


def part_tables(place: Place) -> dict[str, str]:
    """Return the tables of the parts that a study asks for, by name."""
    parts = {part: tables for part, tables in PARTS.items() if asked_for(place, part)}
    return wanted(place, **parts)


def endpoint_inputs(place: Place) -> dict[str, str]:
    """Return what endpoints are modelled on."""
    return wanted(
        place,
        data=("participants", "episodes"),
        outcomes=("endpoint_events", "endpoint_risk"),
    )


def observational_inputs(place: Place) -> dict[str, str]:
    """Return what an observational comparison is made on."""
    costs = ("participant_costs", "cost_observed", "perspectives")
    outcomes = ("outcomes", "measures")
    return wanted(place, legal=("criteria",), costs=costs, outcomes=outcomes) | endpoint_inputs(
        place
    )


def per_analysis(place: Place, **tables: tuple[str, ...]) -> dict[str, str]:
    """Return tables of every analysis of a scenario, named ``analysis.table``."""
    return {
        f"{analysis}.{name}": path
        for analysis in place.study.analyses(place.scenario)
        for name, path in wanted(place._replace(analysis=analysis), **tables).items()
    }


def balance_inputs(place: Place) -> dict[str, str]:
    """Return every table that carries participants, records or pounds up to the datasets."""
    raw = {f"recorded.{name}": path for name, path in data_inputs(place).items()}
    shared = wanted(
        place,
        data=(*CLEAN[door_of(place)], "exclusions"),
        legal=("legal_timeline", "legal_episodes", "legal_days", "legal_use"),
        costs=("ledger", "participant_costs", "set_aside", "cost_observed", "perspectives"),
        outcomes=("measures", "outcomes", "questionnaires"),
    )
    return raw | shared | per_analysis(place, dataset=("dataset", "follow_up"))


def selection_targets(study: Study) -> list[str]:
    """Return the comparison under the selection model of every analysis that declares one."""
    found = []
    for scenario in study.run_by():
        for analysis in study.analyses(scenario):
            section = stage_settings(study, scenario, "model", analysis)["model"]
            if section.get("selection") is not None:
                found.append(made(Place(study, scenario, analysis), "decision",
                                  "selection_scenarios"))  # fmt: skip
    return list(dict.fromkeys(found))


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
        found = per_analysis(there, dataset=("dataset",), decision=("draws", "arms", "incremental"))
        inputs |= {f"{scenario}.{name}": path for name, path in found.items()}
    return inputs


def _keeps_books(place: Place) -> bool:
    """Return whether a scenario made any table up to its datasets for itself."""
    study, scenario = place.study, place.scenario
    return scenario == "base" or any(
        owner(study, scenario, "dataset", analysis) == scenario
        for analysis in study.analyses(scenario)
    )


def synthesis_inputs(place: Place, target: str = "all") -> dict[str, str]:
    """Return the decisions of scenarios of a target, named ``scenario.analysis.table``."""
    read, once = ("incremental", "net_benefit"), ("quantities", *CASES)
    return {
        f"{scenario}.{name}": path
        for scenario in place.study.run_by(target)
        for name, path in per_analysis(
            place._replace(scenario=scenario),
            decision=(*read, *once) if scenario == "base" else read,
        ).items()
    }


def full_synthesis_inputs(place: Place) -> dict[str, str]:
    """Return the decisions of every scenario."""
    return synthesis_inputs(place, "full")


def report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report prints."""
    folder = f"<results>/{place.study.name}"
    shared = wanted(place, legal=LEGAL, **REPORTED)
    each = per_analysis(place, **REPORTED_EACH)
    compared = ("scenarios", "sensitivity", "two_way", "forest") if each else ()
    audited = {"observed_case": "observed_case.csv", "trace": "trace.json"} if each else {}
    return (
        shared
        | each
        | full_reported(place)
        | part_tables(place)
        | described(place)
        | own_files(place)
        | {
            "settings": f"{folder}/base/settings.yaml",
            **{table: f"{folder}/70_synthesis/{table}.csv" for table in compared},
            **{name: f"{folder}/audit/{file}" for name, file in audited.items()},
            "deviations": f"{folder}/audit/deviations.csv",
            "trial_balance": f"{folder}/audit/trial_balance.csv",
            **({"blinding": f"{folder}/base/{BLINDING}"} if is_blind(place) else {}),
            **(
                {"reproduction": f"{folder}/audit/reproduction.csv"}
                if place.study.base["published"]
                else {}
            ),
        }
        | considered(place)
    )


def considered(place: Place) -> dict[str, str]:
    """Return the table of considerations of a study; nothing where it has none."""
    if not place.study.base["report"]["considerations"]:
        return {}
    return {"considerations": f"<results>/{place.study.name}/report/considerations.csv"}


def full_reported(place: Place) -> dict[str, str]:
    """Return the tables of the target full that are there; nobody must make them for a report."""
    found = {
        f"{analysis}.{name}": made(place._replace(analysis=analysis), stage, name)
        for analysis in place.study.analyses(place.scenario)
        for stage, names in REPORTED_FULL.items()
        for name in names
    }
    return {
        name: path
        for name, path in found.items()
        if Path(path.replace("<results>", "results")).is_file()
    }


def own_files(place: Place) -> dict[str, str]:
    """Return the files of the study's folder that its report takes in, named ``own/<file>``."""
    section = place.study.base["report"]
    texts = [*section["texts"].values(), *(own["text"] for own in section["sections"])]
    named = [text for text in texts if re.fullmatch(r"[\w-]+(/[\w-]+)*\.md", text)]
    named += [section["logo"]["file"]] if section["logo"] else []
    return {f"own/{name}": str(place.study.folder / name) for name in named}


def reproduction_inputs(place: Place) -> dict[str, str]:
    """Return the tables on which published figures are recomputed."""
    return wanted(
        place,
        data=("participants", "visits", "responses", "episodes"),
        legal=("legal_days", "legal_episodes", "legal_timeline"),
        costs=("participant_costs", "cost_observed"),
        outcomes=("measures", "endpoints", "endpoint_events"),
    )


def missing_files(study: Study) -> list[Finding]:
    """Return a sentence for every file that a study names and that is not there.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of Finding
        Each missing file once, with the setting that names it.
    """
    named: dict[str, str] = {}
    for scenario, settings in study.scenarios.items():
        place = Place(study, scenario)
        if simulated(place):
            named[simulator_file(place)] = "data.simulator.parameters"
        elif is_blind(place):
            named |= {path: f"data.files.{name}" for name, path in recorded_inputs(place).items()}
        else:
            for table, path in data_inputs(place).items():
                named[path] = f"data.files.{table}"
        through = door_of(place)
        if settings["costs"] and stage_tables(through, "costs"):
            for table in ("unit_costs", "price_index"):
                named |= {
                    path: f"costs.{table}"
                    for name, path in costs_inputs(place).items()
                    if name == table and not path.startswith("<results>")
                }
        if settings["outcomes"] and stage_tables(through, "outcomes"):
            for name, tool in settings["outcomes"]["instruments"].items():
                if tool.get("value_set"):
                    file = value_set_file(place, tool["value_set"])
                    named[file] = f"outcomes.instruments.{name}.value_set"
    for path in own_files(Place(study)).values():
        named[path] = "report"
    return [
        Finding(
            path,
            found=f"no such file, which {setting} of study {study.name} names",
            remedy="correct the setting or put the file there",
        )
        for path, setting in named.items()
        if not isfile(path)  # noqa: PTH113 (a name that is too long is no file)
    ]


def study_outputs(place: Place) -> list[str]:
    """Return every file of a study, all scenarios, in pipeline order, each once."""
    found = []
    for scenario in place.study.run_by():
        there = place._replace(scenario=scenario)
        for stage in FOLDERS:
            tables = {stage: stage_tables(door_of(place), stage)}
            if stage in ("dataset", "model", "decision"):
                found += per_analysis(there, **tables).values()
            else:
                found += wanted(there, **tables).values()
        found += described(there).values()
        found += part_tables(there).values()
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
    last += [f"base/{BLINDING}"] if is_blind(place) else []
    last += ["audit/reproduction.csv"] if place.study.base["published"] else []
    files = study_outputs(place) + [f"{folder}/{file}" for file in last]
    return {"files": files + list(considered(place).values())}


def simulator_file(place: Place) -> str:
    """Return the parameters of the study's simulator."""
    return str(place.study.folder / place.study.base["data"]["simulator"]["parameters"])


def must_exist(studies: dict[str, Study]) -> None:
    """Stop with every file that a study names and that is not there.

    Raises
    ------
    Problems
        One finding a file.
    """
    found = [finding for study in studies.values() for finding in missing_files(study)]
    if found:
        raise Problems(found)


def study_targets(study: Study) -> list[str]:
    """Return the files that make a study complete."""
    folder = f"<results>/{study.name}"
    return [f"{folder}/{file}" for file in STUDY_TARGETS]


def _totals(place: Place) -> bool:
    """Return whether an analysis models totals, which the ladder and power-scaling describe."""
    section = stage_settings(place.study, place.scenario, "model", place.analysis)["model"]
    return section["form"] == "totals"


def full_targets(study: Study) -> list[str]:
    """Return the tables that target full adds: for the base case, and over every scenario."""
    place, folder = Place(study), f"<results>/{study.name}"
    every = [f"{folder}/70_synthesis/full/{name}.csv" for name in SYNTHESIS]
    found = every if study.run_by("full") != study.run_by() else []
    if not stage_tables(door_of(place), "model"):
        return found
    return [
        *(
            f"{folder}/base/{file_name('model', table, analysis, 'csv')}"
            for analysis in study.analyses()
            if _totals(place._replace(analysis=analysis))
            for table in FULL
            if table != "ladder_draws"
        ),
        *selection_targets(study),
        *found,
    ]
