"""The study file of a twin: the settings of the original, without what its people left in them."""

from pathlib import Path
from typing import Any

from trialbalance.graph import paths
from trialbalance.settings.resolve import Study

# Results, and words typed by those who know them.
LEFT_OUT = ("published",)


def twin_settings(
    raw: dict[str, Any], tables: list[str], door: str
) -> tuple[dict[str, Any], list[str]]:
    """Return the settings of a twin, and what was left out of them.

    Parameters
    ----------
    raw : dict
        Content of the original study.yaml.
    tables : list of str
        Tables that the twin hands over.
    door : str
        Door by which they enter.

    Returns
    -------
    settings : dict
        Content of study.yaml, marked as simulated.
    left_out : list of str
        Settings that are not in it.

    Examples
    --------
    >>> raw = {"study": {"title": "T", "synthetic": False}, "data": {"door": "totals"},
    ...        "published": {"cost": 1}}
    >>> settings, left = twin_settings(raw, ["totals"], "totals")
    >>> settings["study"]["synthetic"], settings["data"]["files"], left
    (True, {'totals': 'data/totals.csv'}, ['published'])
    """
    left = [name for name in LEFT_OUT if name in raw]
    found = {name: part for name, part in raw.items() if name not in LEFT_OUT}
    found["study"] = {
        **raw["study"],
        "title": f"Twin, invented: {raw['study']['title']}",
        "synthetic": True,
        "blind": False,
    }
    data = {name: part for name, part in raw["data"].items() if name not in ("mapping", "files")}
    found["data"] = {
        **data,
        "door": door,
        "files": {name: f"data/{name}.csv" for name in tables},
    }
    own = []
    if raw.get("report"):
        own = [name for name in ("texts", "sections", "logo") if name in raw["report"]]
        found["report"] = {name: part for name, part in raw["report"].items() if name not in own}
    left += [f"report.{name}" for name in own]
    scenarios = {}
    if "scenarios" not in raw or not raw["scenarios"]:
        return found, left
    for name, scenario in raw["scenarios"].items():
        if "data" in scenario and "files" in scenario["data"]:
            left.append(f"scenarios.{name}")
        else:
            scenarios[name] = scenario
    found["scenarios"] = scenarios
    return found, left


def own_files(study: Study) -> list[Path]:
    """Return the files of a study that hold nothing of a person: plan, prices, indices, value sets.

    Parameters
    ----------
    study : Study
        The original.

    Returns
    -------
    list of Path
        Files below its folder, relative to it.
    """
    found = {str(study.folder / "analysis_plan.md")}
    for scenario in study.scenarios:
        place = paths.Place(study, scenario)
        if paths.door_of(place) == "records":
            found |= set(paths.price_files(place).values())
            found |= set(paths.value_set_files(place).values())
            if study.scenarios[scenario]["legal"]:
                found |= set(paths.law_files(place).values())
    folder = study.folder.resolve()
    whole = [
        folder / path if path == "analysis_plan.md" else Path(path).resolve() for path in found
    ]
    return sorted(
        path.relative_to(folder) for path in whole if path.is_relative_to(folder) and path.is_file()
    )
