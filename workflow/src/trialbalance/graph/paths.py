"""Which file a stage reads and writes: doors, folders, and the scenario that owns a table.

Every function takes a place: study, scenario, analysis and the format of large tables. A path that
starts with ``<results>`` is completed by Snakemake's path variables.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from trialbalance import house
from trialbalance.contracts.catalogue import FOLDERS, catalogue, handed_over
from trialbalance.settings.blinding import KEY, hidden_of
from trialbalance.settings.mapping.file import files_of, tables_of
from trialbalance.settings.refits import refits
from trialbalance.settings.resolve import Study, owner, stage_settings
from trialbalance.settings.rule_set import files_below, rule_set_file


class Place(NamedTuple):
    """Where in the results a rule stands."""

    study: Study
    scenario: str = "base"
    analysis: str | None = None
    format: str = "csv"


def made(place: Place, name: str) -> str:
    """Return the path of a table in the folder of the scenario that owns it."""
    study, scenario, analysis, fmt = place
    table = catalogue()[name]
    if table.per == "study":
        return f"<results>/{study.name}/{table.path()}"
    where = owner(study, scenario, table.settings, analysis)
    return f"<results>/{study.name}/{where}/{table.path(analysis, fmt)}"


def recorded_file(table: str) -> str:
    """Return where a simulator lays a raw table, below the folder of its scenario."""
    return f"{FOLDERS['data']}/recorded/{table}.csv"


def drawn_tables() -> list[str]:
    """Return the raw tables that a simulator draws: answers, and no scores made of them."""
    return [name for name in handed_over("records") if name != "measures_given"]


def imported_file(table: str) -> str:
    """Return where an import lays a table, below the folder of its scenario."""
    return f"{FOLDERS['data']}/imported/{table}.csv"


def exported(place: Place) -> bool:
    """Return whether the study hands over exports, of which a mapping makes its records."""
    return place.study.base["data"]["mapping"] is not None


def export_inputs(place: Place) -> dict[str, str]:
    """Return the mapping of a study, and every export and dictionary that it names."""
    folder, mapping = place.study.folder, place.study.base["data"]["mapping"]
    files = {"mapping": mapping} | files_of(place.study.mapping)
    return {name: str(folder / path) for name, path in files.items()}


def _handed_files(place: Place) -> dict[str, str]:
    """Return the raw tables of a study: those it names, or those that its mapping makes."""
    study = place.study
    if exported(place):
        folder = f"<results>/{study.name}/{owner(study, place.scenario, 'data')}"
        return {name: f"{folder}/{imported_file(name)}" for name in tables_of(study.mapping)}
    files = study.scenarios[place.scenario]["data"]["files"]
    return {name: str(study.folder / path) for name, path in files.items()}


def door_of(place: Place) -> str:
    """Return the door by which a study enters."""
    return place.study.base["data"]["door"]


def wanted(place: Place, *names: str) -> dict[str, str]:
    """Return those of the wanted tables that the study has, by its door and by what it asks for."""
    return {name: made(place, name) for name in names if has(place, name)}


def has(place: Place, name: str) -> bool:
    """Return whether a study has a table at its door, and asks for it where that is a choice."""
    table = catalogue()[name]
    if door_of(place) not in table.doors:
        return False
    if table.part:
        return asked_for(place, table.part)
    return not table.when or ASKED[table.when](place)


def asks_of_missing(place: Place) -> bool:
    """Return whether an analysis asks what if the unobserved differ from the observed."""
    section = stage_settings(place.study, place.scenario, "decision", place.analysis)["decision"]
    return section["missing_not_at_random"] is not None


def model_of(place: Place) -> dict[str, Any]:
    """Return section model of an analysis."""
    return stage_settings(place.study, place.scenario, "model", place.analysis)["model"]


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
    studies: dict[str, Study],
    door: str,
    simulated_too: bool | None,
    blind: bool | None,
    exports: bool | None = None,
) -> list[str]:
    """Return the studies that enter by a door; where asked, those simulated, blind or exported."""
    return [
        name
        for name, study in studies.items()
        if door_of(Place(study)) == door
        and blind in (None, is_blind(Place(study)))
        and simulated_too in (None, simulated(Place(study)))
        and exports in (None, exported(Place(study)))
    ]


def recorded_inputs(place: Place) -> dict[str, str]:
    """Return the files of a blind study as recorded: raw tables, prices, and the key."""
    study, settings = place.study, place.study.scenarios[place.scenario]
    files = _handed_files(place)
    if settings["costs"]:
        files["unit_costs"] = str(study.folder / settings["costs"]["unit_costs"])
    return files | {"key": str(study.folder / KEY)}


def data_inputs(place: Place) -> dict[str, str]:
    """Return the raw files of a study: named, imported, or drawn by its simulator."""
    study, scenario = place.study, place.scenario
    data = study.scenarios[scenario]["data"]
    if data["simulator"] or is_blind(place):
        where = owner(study, scenario, "data")
        folder = f"<results>/{study.name}/{where}"
        names = drawn_tables() if data["simulator"] else handed_over(data["door"])
        return {name: f"{folder}/{recorded_file(name)}" for name in names}
    return _handed_files(place)


def read_inputs(place: Place) -> dict[str, str]:
    """Return the raw files of a study, and where in the exports their cells are from."""
    origins = {} if is_blind(place) else wanted(place, "import_origins")
    return data_inputs(place) | origins


def law_files(place: Place) -> dict[str, str]:
    """Return the rule set of a study, and the rule sets that it is based on."""
    section = place.study.scenarios[place.scenario]["legal"]
    file = rule_set_file(place.study.folder, section["rule_set"])
    files = {"rule_set": file} | {f"rule_set.{one.stem}": one for one in files_below(file)}
    return {name: str(below_here(path)) for name, path in files.items()}


def price_files(place: Place) -> dict[str, str]:
    """Return the unit costs, where no table of stage data holds them, and the price index."""
    section = place.study.scenarios[place.scenario]["costs"]
    files = {}
    if not has(place, "unit_costs"):
        files["unit_costs"] = str(place.study.folder / section["unit_costs"])
    if is_blind(place):
        where = owner(place.study, place.scenario, "data")
        neutral = f"<results>/{place.study.name}/{where}/{recorded_file('unit_costs')}"
        files["unit_costs"] = neutral
    if index := section["price_index"]:
        files["price_index"] = index_file(place, index)
    return files


def index_file(place: Place, name: str) -> str:
    """Return the file of a price index: one of the study, or one of another licence in a clone."""
    own = place.study.folder / name
    shipped = house.licensed() / "price_indices" / f"{name}.csv"
    return str(own if name.endswith(".csv") else below_here(shipped))


def later_prices(place: Place) -> dict[str, str]:
    """Return the price indices of price scenarios: the study's for another year, and others."""
    section = stage_settings(place.study, place.scenario, "decision", place.analysis)["decision"]
    plans = section["price_scenarios"]
    years = any(plan["price_year"] for plan in plans.values())
    found = {"price_index": price_files(place)["price_index"]} if years else {}
    return found | other_indices(place, plans)


def other_indices(place: Place, plans: dict[str, Any]) -> dict[str, str]:
    """Return the index that each price scenario puts in place of the study's, by scenario."""
    return {
        f"other_index.{name}": index_file(place, plan["price_index"])
        for name, plan in plans.items()
        if plan["price_index"]
    }


def value_set_files(place: Place) -> dict[str, str]:
    """Return the file of each value set that an instrument names."""
    tools = place.study.scenarios[place.scenario]["outcomes"]["instruments"].values()
    names = sorted({tool["value_set"] for tool in tools if tool["kind"] == "value_set"})
    return {name: value_set_file(place, name) for name in names}


def gap_records(place: Place) -> dict[str, str]:
    """Return the resource use, where an endpoint is a gap in it."""
    endpoints = place.study.scenarios[place.scenario]["outcomes"]["endpoints"].values()
    gaps = any(one["kind"] == "gap" for one in endpoints)
    return wanted(place, "resource_use") if gaps else {}


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


def modelled_visits(place: Place) -> dict[str, str]:
    """Return the follow-up and the weights of visits, where an analysis models its visits."""
    if model_of(place)["cells"] != "by_visit":
        return {}
    return wanted(place, "follow_up", "outcome_weights")


def asked_for(place: Place, part: str) -> bool:
    """Return whether a scenario's settings ask for a part of the stage model."""
    section = place.study.scenarios[place.scenario]["model"]
    if part == "endpoints":
        return bool(section["endpoints"])
    chosen = section["observational"]
    return any(chosen[word] for word in ("outcomes", "exposures", "emulations"))


def per_analysis(place: Place, *tables: str) -> dict[str, str]:
    """Return tables of every analysis of a scenario, named ``analysis.table``."""
    return {
        f"{analysis}.{name}": path
        for analysis in place.study.analyses(place.scenario)
        for name, path in wanted(place._replace(analysis=analysis), *tables).items()
    }


def balance_inputs(place: Place) -> dict[str, str]:
    """Return every table that carries participants, records or pounds up to the datasets."""
    raw = {f"recorded.{name}": path for name, path in data_inputs(place).items()}
    shared = wanted(
        place,
        *("participants", "visits", "responses", "measures_given", "resource_use", "episodes"),
        *("legal_events", "unit_costs", "totals", "draws_given", "parameters_given"),
        *("group_draws_given", "exclusions", "import_counts"),
        *("legal_timeline", "legal_episodes", "legal_days", "legal_use"),
        *("ledger", "participant_costs", "set_aside", "cost_observed", "perspectives"),
        *("measures", "outcomes", "questionnaires"),
    )
    return raw | shared | per_analysis(place, "dataset", "follow_up")


def synthesis_inputs(place: Place, target: str = "all") -> dict[str, str]:
    """Return the decisions of scenarios of a target, named ``scenario.analysis.table``."""
    each = ("incremental", "net_benefit")
    once = ("quantities", "price_scenarios", "missing_scenarios", "subgroups")
    return {
        f"{scenario}.{name}": path
        for scenario in place.study.run_by(target)
        for name, path in per_analysis(
            place._replace(scenario=scenario), *each, *(once if scenario == "base" else ())
        ).items()
    }


def full_synthesis_inputs(place: Place) -> dict[str, str]:
    """Return the decisions of every scenario."""
    return synthesis_inputs(place, "full")


def simulator_file(place: Place) -> str:
    """Return the parameters of the study's simulator."""
    return str(place.study.folder / place.study.base["data"]["simulator"]["parameters"])


# What a study may ask for, by the word under which a contract says ``when``.
ASKED: dict[str, Callable[[Place], bool]] = {
    "analyses": lambda place: bool(place.study.analyses(place.scenario)),
    "no_analyses": lambda place: not place.study.analyses(place.scenario),
    "legal": lambda place: bool(place.study.scenarios[place.scenario]["legal"]),
    "missing_not_at_random": asks_of_missing,
    "selection": lambda place: model_of(place)["selection"] is not None,
    "blind": is_blind,
    "exported": exported,
    "considerations": lambda place: bool(place.study.base["report"]["considerations"]),
    "published": lambda place: bool(place.study.base["published"]),
    "multiverse": lambda place: place.study.base["multiverse"] is not None,
    "refitted": lambda place: bool(refits(place.study)),
}
