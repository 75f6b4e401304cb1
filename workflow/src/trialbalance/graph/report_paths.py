"""Which files the report reads."""

import re
from pathlib import Path

from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.tables import LEGAL, REPORTED, REPORTED_EACH, REPORTED_FULL


def report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report prints."""
    folder = f"<results>/{place.study.name}"
    shared = paths.wanted(place, legal=LEGAL, **REPORTED)
    each = paths.per_analysis(place, **REPORTED_EACH)
    compared = ("scenarios", "sensitivity", "two_way", "forest") if each else ()
    audited = {"observed_case": "observed_case.csv", "trace": "trace.json"} if each else {}
    return (
        shared
        | each
        | full_reported(place)
        | paths.part_tables(place)
        | paths.described(place)
        | own_files(place)
        | {
            "settings": f"{folder}/base/settings.yaml",
            **{table: f"{folder}/70_synthesis/{table}.csv" for table in compared},
            **{name: f"{folder}/audit/{file}" for name, file in audited.items()},
            "deviations": f"{folder}/audit/deviations.csv",
            "trial_balance": f"{folder}/audit/trial_balance.csv",
            **({"blinding": f"{folder}/base/{paths.BLINDING}"} if paths.is_blind(place) else {}),
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
        f"{analysis}.{name}": paths.made(place._replace(analysis=analysis), stage, name)
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
