"""Which files the report reads."""

from trialbalance import house
from trialbalance.contracts.catalogue import catalogue, stage_tables
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.settings.checks.own_files import report_files


def report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report prints."""
    folder = f"<results>/{place.study.name}"
    names = {per: reported(per) for per in ("study", "scenario", "analysis")}
    trace = {"trace": f"{folder}/audit/trace.json"} if place.study.analyses() else {}
    return (
        paths.wanted(place, *names["scenario"], *names["study"])
        | paths.per_analysis(place, *names["analysis"])
        | own_files(place)
        | value_sets(place)
        | {"settings": f"{folder}/base/settings.yaml"}
        | trace
    )


def reported(per: str, target: str = "") -> list[str]:
    """Return the tables that the report reads, by how often they are written."""
    return [
        table.name
        for table in catalogue().values()
        if table.reported and table.per == per and table.target == target
    ]


def full_report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report of target full prints: those of the report, and its own.

    It stands beside the report, in files of its own, so that neither makes the other again.
    """
    return report_inputs(place) | full_reported(place)


def full_reported(place: Place) -> dict[str, str]:
    """Return the tables of target full that a report prints, named ``analysis.table``."""
    return paths.per_analysis(place, *reported("analysis", "full"))


def value_sets(place: Place) -> dict[str, str]:
    """Return the value sets of all scenarios, and the register of those that ship here."""
    found = {
        f"value_set/{name}": path
        for scenario, settings in place.study.scenarios.items()
        if settings["outcomes"] and stage_tables(paths.door_of(place), "outcomes")
        for name, path in paths.value_set_files(place._replace(scenario=scenario)).items()
    }
    register = paths.below_here(house.resources() / "value_sets" / "sources.yaml")
    return found | ({"value_set_register": str(register)} if found else {})


def own_files(place: Place) -> dict[str, str]:
    """Return the files of the study's folder that its report takes in, named ``own/<file>``."""
    named = report_files(place.study.base["report"]).values()
    return {f"own/{name}": str(place.study.folder / name) for name in named}
