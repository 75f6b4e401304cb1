"""Files that a study names: each must be there before anything runs."""

from os.path import isfile
from pathlib import Path

from trialbalance import house
from trialbalance.contracts.catalogue import stage_tables
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.settings.checks.own_files import report_files
from trialbalance.settings.mapping.file import setting_of
from trialbalance.settings.resolve import Study


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
        named |= _record_files(place)
        if paths.exported(place):
            named |= {path: setting_of(name) for name, path in paths.export_inputs(place).items()}
        through = paths.door_of(place)
        if settings["costs"] and stage_tables(through, "costs"):
            for table in ("unit_costs", "price_index"):
                named |= {
                    path: f"costs.{table}"
                    for name, path in paths.price_files(place).items()
                    if name == table and not path.startswith("<results>")
                }
            named |= _index_files(place)
        if settings["outcomes"] and stage_tables(through, "outcomes"):
            for name, tool in settings["outcomes"]["instruments"].items():
                if tool["kind"] == "value_set":
                    file = paths.value_set_file(place, tool["value_set"])
                    named[file] = f"outcomes.instruments.{name}.value_set"
    for setting, name in report_files(study.base["report"]).items():
        named[str(study.folder / name)] = setting
    return [
        Finding(
            path,
            found=f"no such file, which {setting} of study {study.name} names",
            remedy=_remedy(setting, path),
        )
        for path, setting in named.items()
        if not isfile(path)  # noqa: PTH113 (a name that is too long is no file)
    ]


def _record_files(place: Place) -> dict[str, str]:
    """Return the files of records, or of the simulator's parameters, that a study hands over."""
    if paths.simulated(place):
        return {paths.simulator_file(place): "data.simulator.parameters"}
    given = paths.recorded_inputs if paths.is_blind(place) else paths.data_inputs
    return {
        path: f"data.files.{table}"
        for table, path in given(place).items()
        if not path.startswith("<results>")
    }


def _index_files(place: Place) -> dict[str, str]:
    """Return the other price indices that price scenarios of a study name."""
    plans = {"": place.study.scenarios[place.scenario]["decision"]["price_scenarios"]}
    for name, analysis in place.study.scenarios[place.scenario]["analyses"].items():
        decision = analysis["decision"]
        own = decision["price_scenarios"] if decision and decision.get("price_scenarios") else {}
        plans[f"analyses.{name}."] = {
            word: {"price_index": None} | plan for word, plan in own.items() if plan
        }
    return {
        path: f"{at}decision.price_scenarios.{name.removeprefix('other_index.')}.price_index"
        for at, some in plans.items()
        for name, path in paths.other_indices(place, some).items()
    }


def _remedy(setting: str, path: str) -> str:
    """Return what to do about a file that is not there, and which template there is for it."""
    if setting.endswith("price_index") and "licensed" in path:
        return (
            "an installed package has no index of another licence: copy a template of "
            f"{house.resources() / 'price_indices' / 'templates'} into the study's folder, fill it "
            "in and name it with its ending .csv"
        )
    template = house.resources() / "value_sets" / "templates" / Path(path).name
    if setting.endswith("value_set") and template.is_file():
        return f"copy {template} into the study's folder and fill in its values"
    return "correct the setting or put the file there"
