"""Which files the report reads."""

import re

from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.tables import (
    LEGAL,
    REPORTED,
    REPORTED_EACH,
    REPORTED_FULL,
    stage_tables,
)
from trialbalance.settings.resolve import stage_settings


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


def full_report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report of target full prints: those of the report, and its own.

    It stands beside the report, in files of its own, so that neither makes the other again.
    """
    return report_inputs(place) | full_reported(place)


def full_reported(place: Place) -> dict[str, str]:
    """Return the tables of target full that a report prints, named ``analysis.table``."""
    found = {}
    for analysis in place.study.analyses():
        here = place._replace(scenario="base", analysis=analysis)
        found |= {f"{analysis}.{name}": path for name, path in full_tables(here).items()}
    return found


def full_tables(place: Place) -> dict[str, str]:
    """Return the tables that target full adds to an analysis and a report prints, by name."""
    if not stage_tables(paths.door_of(place), "model"):
        return {}
    section = stage_settings(place.study, place.scenario, "model", place.analysis)["model"]
    # The ladder and power-scaling describe models of totals; the cross-check serves any form.
    asked = {
        "model": section["form"] == "totals",
        "decision": section.get("selection") is not None,
    }
    return {
        name: paths.made(place, stage, name)
        for stage, names in REPORTED_FULL.items()
        for name in names
        if asked[stage] or name == "crosscheck"
    }


def own_files(place: Place) -> dict[str, str]:
    """Return the files of the study's folder that its report takes in, named ``own/<file>``."""
    section = place.study.base["report"]
    texts = [*section["texts"].values(), *(own["text"] for own in section["sections"])]
    named = [text for text in texts if re.fullmatch(r"[\w-]+(/[\w-]+)*\.md", text)]
    named += [section["logo"]["file"]] if section["logo"] else []
    return {f"own/{name}": str(place.study.folder / name) for name in named}
