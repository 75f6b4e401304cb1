"""Which file a stage reads and writes: doors, folders, and the scenario that owns a table.

Every function takes a place: study, scenario, analysis and the format of large tables. A path that
starts with ``<results>`` is completed by Snakemake's path variables.
"""

from pathlib import Path
from typing import NamedTuple

from trialbalance import house
from trialbalance.graph.tables import (
    CASES,
    CLEAN,
    DELTAS,
    DESCRIBED,
    FOLDERS,
    PARTS,
    TABLES,
    file_name,
    recorded_file,
    stage_tables,
)
from trialbalance.settings.blinding import KEY, hidden_of
from trialbalance.settings.resolve import Study, owner, stage_settings
from trialbalance.settings.rule_set import files_below, rule_set_file

BLINDING = f"{FOLDERS['data']}/blinding.csv"


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
    """Return the records on which the law is applied, its rule set, and what that is based on."""
    section = place.study.scenarios[place.scenario]["legal"]
    file = rule_set_file(place.study.folder, section["rule_set"])
    files = {"rule_set": file} | {f"rule_set.{one.stem}": one for one in files_below(file)}
    return wanted(place, data=("participants", "episodes", "legal_events")) | {
        name: str(below_here(path)) for name, path in files.items()
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


def cross_check_inputs(place: Place) -> dict[str, str]:
    """Return what the contrasts are estimated from by another road, and the draws beside it."""
    section = stage_settings(place.study, place.scenario, "model", place.analysis)["model"]
    ladder = ("ladder_draws",) if section["form"] == "totals" else ()
    return {name: made(place, "model", name) for name in ("arm_means", *ladder)} | wanted(
        place,
        outcomes=("measures", "outcome_weights"),
        dataset=("dataset", "follow_up"),
    )


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


def simulator_file(place: Place) -> str:
    """Return the parameters of the study's simulator."""
    return str(place.study.folder / place.study.base["data"]["simulator"]["parameters"])
