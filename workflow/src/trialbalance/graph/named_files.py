"""Files that a study names: each must be there before anything runs."""

from os.path import isfile, lexists, normpath
from pathlib import Path

from trialbalance.contracts.catalogue import stage_tables
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import own_files
from trialbalance.settings.mapping_file import files_of
from trialbalance.settings.resolve import Study


def must_exist(studies: dict[str, Study]) -> None:
    """Stop with every file that a study names and that is not there.

    Raises
    ------
    Problems
        One finding a file.
    """
    strayed = [finding for study in studies.values() for finding in strayed_files(study)]
    if strayed:
        raise Problems(strayed)
    found = [finding for study in studies.values() for finding in missing_files(study)]
    if found:
        raise Problems(found)


def strayed_files(study: Study) -> list[Finding]:
    """Return a sentence for every file of records that is none of the study's own.

    Parameters
    ----------
    study : Study
        The study; ``data.files_elsewhere`` lets all pass.

    Returns
    -------
    list of Finding
        Paths that leave the study's folder, links, devices and pipes; none of them is opened.
    """
    folder = study.folder.resolve()
    found: dict[str, Finding] = {}
    for settings in study.scenarios.values():
        if settings["data"]["files_elsewhere"]:
            continue
        exports = {_setting(one): path for one, path in files_of(study.mapping).items()}
        named = {f"data.files.{one}": path for one, path in settings["data"]["files"].items()}
        for setting, name in (named | exports).items():
            here = Path(normpath(folder / name))
            if not here.is_relative_to(folder):
                what = "a path that leaves the study's folder"
            elif here.resolve() != here:
                what = "a link to another file"
            elif lexists(here) and not here.is_file():
                what = "a folder, device or pipe"
            else:
                continue
            remedy = "copy it there, or set data.files_elsewhere: true"
            file = study.base["data"]["mapping"] if setting in exports else "study.yaml"
            allowed = "a file in the study's folder"
            found[setting] = Finding(file, None, setting, what, allowed, remedy)
    return list(found.values())


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
        if paths.simulated(place):
            named[paths.simulator_file(place)] = "data.simulator.parameters"
        elif paths.is_blind(place):
            named |= {
                path: f"data.files.{name}"
                for name, path in paths.recorded_inputs(place).items()
                if not path.startswith("<results>")
            }
        else:
            for table, path in paths.data_inputs(place).items():
                if not path.startswith("<results>"):
                    named[path] = f"data.files.{table}"
        if paths.exported(place):
            named |= {path: _setting(name) for name, path in paths.export_inputs(place).items()}
        through = paths.door_of(place)
        if settings["costs"] and stage_tables(through, "costs"):
            for table in ("unit_costs", "price_index"):
                named |= {
                    path: f"costs.{table}"
                    for name, path in paths.price_files(place).items()
                    if name == table and not path.startswith("<results>")
                }
        if settings["outcomes"] and stage_tables(through, "outcomes"):
            for name, tool in settings["outcomes"]["instruments"].items():
                if tool["kind"] == "value_set":
                    file = paths.value_set_file(place, tool["value_set"])
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


def _setting(name: str) -> str:
    """Return the setting that names an input of an import."""
    kind, _, export = name.partition(".")
    return f"exports.{export}.{'file' if kind == 'export' else kind}" if export else "data.mapping"
