"""The stages before the fit, run in memory: what they would refuse, and what they would see."""

from collections.abc import Callable
from dataclasses import replace
from os.path import isfile
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.commands.checking.effect_doubts import draw_doubts, effect_doubts
from trialbalance.commands.checking.value_set_doubts import doubts
from trialbalance.contracts import Finding, Problems
from trialbalance.costs import value_resources
from trialbalance.dataset import build_dataset, source_groups, take_totals
from trialbalance.dataset.soundness import outside_family
from trialbalance.graph import paths
from trialbalance.model.cells.from_data.by_settings import cells_of
from trialbalance.outcomes import score_outcomes
from trialbalance.settings.resolve import Study, owner, stage_settings

Tables = dict[str, pd.DataFrame]


def foresee(
    study: Study, tables: Tables, others: dict[str, Tables] | None = None
) -> tuple[list[Finding], list[str]]:
    """Run the stages costs, outcomes and dataset in memory, and make the cells of each model.

    Parameters
    ----------
    study : Study
        The study.
    tables : dict of pandas.DataFrame
        Clean tables of stage data.
    others : dict of dict, optional
        Scenario -> clean tables, of scenarios that read their records by other settings; one that
        is not there has records of which mistakes are told already.

    Returns
    -------
    findings : list of Finding
        What those stages raise, in their own words, base first; what only a scenario meets says
        which.
    preview : list of str
        Who counts as observed for each analysis of the base case, at each visit and period.
    """
    if paths.door_of(paths.Place(study)) == "draws":
        return draw_doubts(study, {"base": tables} | (others or {})), []
    made: dict[str, Any] = {}
    findings, preview = _foreseen(study, "base", tables, made)
    known = {_without_place(one) for one in findings}
    for scenario in study.scenarios:
        own = (others or {}).get(scenario)
        if scenario == "base" or (own is None and owner(study, scenario, "data") != "base"):
            continue
        kept = made if own is None else {}
        for one in _foreseen(study, scenario, tables if own is None else own, kept)[0]:
            if _without_place(one) not in known:
                known.add(_without_place(one))
                findings.append(replace(one, found=f"{one.found}, in scenario {scenario}"))
    return list(dict.fromkeys(findings)), preview


def _without_place(one: Finding) -> tuple:
    """Return what a finding says, whichever analysis meets it."""
    return one.found, one.allowed, one.remedy, one.severity


def _foreseen(
    study: Study, scenario: str, tables: Tables, made: dict[str, Any]
) -> tuple[list[Finding], list[str]]:
    """Return what the stages of one scenario find, and its preview; equal settings run once."""
    findings, now = [], dict(tables)

    def once(run: Callable[..., Any], settings: Any, *given: Any) -> Any:
        key = f"{run.__name__} {settings!r}"
        if key not in made:
            made[key] = _told(run, *given)
        findings.extend(made[key][1])
        return made[key][0]

    before = []
    if paths.door_of(paths.Place(study)) in ("records", "scored"):
        for run, stage in ((_values, "costs"), (_scores, "outcomes")):
            before.append(stage_settings(study, scenario, stage))
            now |= once(run, before[-1], study, now, scenario) or {}
        sets = once(_value_sets, before[-1], study, scenario)
        for name, table in (sets or {}).items():
            findings += _told(doubts, table, name, _levels(study, scenario, name))[0] or []
    preview = _answers(now.get("item_answers"))
    for analysis in study.analyses(scenario):
        asked = [*before, stage_settings(study, scenario, "dataset", analysis)]
        out = once(_dataset, asked, study, now, analysis, scenario)
        if out:
            settings = stage_settings(study, scenario, "model", analysis)
            once(_cells, [*asked, settings], settings, now | out)
            findings += outside_family(out["dataset"], settings["model"])
            recorded = "totals" not in now
            findings += effect_doubts(study, analysis, out["dataset"], scenario, recorded)
            preview += _preview(analysis, out)
    return list(dict.fromkeys(findings)), preview


def _cells(settings: dict[str, Any], tables: Tables) -> None:
    """Make the cells of an analysis, as rule fit_model does before it fits."""
    dataset, section = tables["dataset"], settings["model"]
    if outside_family(dataset, section):
        return
    weights = tables.get("outcome_weights")
    if weights is not None:
        weights = weights[weights["outcome"] == settings["analysis"]["outcome"]]
    cells_of(
        dataset,
        source_groups(dataset),
        settings["study"],
        section,
        tables.get("follow_up"),
        weights,
    )


def _told(run: Callable[..., Any], *given: Any) -> tuple[Any, list[Finding]]:
    """Return what a stage makes, or what it refuses."""
    try:
        return run(*given), []
    except Problems as problems:
        return None, [one for one in problems.findings if one.severity == "error"]


def _values(study: Study, tables: Tables, scenario: str = "base") -> Tables:
    """Value the resources, as rule value_resources does."""
    place = paths.Place(study, scenario)
    settings, files = stage_settings(study, scenario, "costs"), paths.price_files(place)
    given = {name: tables.get(name) for name in ("resource_use", "episodes", "visits")}
    prices = tables.get("unit_costs")
    read = {"unit_costs": prices if prices is not None and len(prices) else None}
    for name in ("unit_costs", "price_index"):
        if read.get(name) is None and name in files and isfile(files[name]):  # noqa: PTH113
            read[name] = contracts.read(Path(files[name]), name)
    return value_resources(
        **given,
        participants=tables["participants"],
        unit_costs=read["unit_costs"],
        price_index=read.get("price_index"),
        study=settings["study"],
        section=settings["costs"],
    )


def _scores(study: Study, tables: Tables, scenario: str = "base") -> Tables:
    """Score the outcomes, as rule score_outcomes does."""
    settings = stage_settings(study, scenario, "outcomes")
    given = ("participants", "visits", "responses", "episodes", "measures_given", "resource_use")
    return score_outcomes(
        **{name: tables.get(name) for name in given},
        value_sets=_value_sets(study, scenario),
        study=settings["study"],
        section=settings["outcomes"],
    )


def _value_sets(study: Study, scenario: str) -> Tables:
    """Return the value sets that the instruments of a study name, where they are there."""
    files = paths.value_set_files(paths.Place(study, scenario))
    return {
        name: contracts.read(Path(file), "value_set")
        for name, file in files.items()
        if isfile(file)  # noqa: PTH113
    }


def _levels(study: Study, scenario: str, value_set: str) -> dict[str, int]:
    """Return the levels of a value set's dimensions, where an instrument says that they differ."""
    tools = study.scenarios[scenario]["outcomes"]["instruments"].values()
    return next((one["levels"] for one in tools if one.get("value_set") == value_set), {})


def _dataset(study: Study, tables: Tables, analysis: str, scenario: str = "base") -> Tables | None:
    """Build the dataset of an analysis, as rule build_dataset does."""
    settings = stage_settings(study, scenario, "dataset", analysis)
    words = {"study": settings["study"], "section": settings["dataset"],
             "analysis": settings["analysis"], "regressed": False}  # fmt: skip
    if "totals" in tables:
        return take_totals(tables["totals"], **words)
    needed = ("participants", "participant_costs", "cost_observed", "measures", "outcomes")
    if any(name not in tables for name in needed):
        return None
    return build_dataset(**{name: tables[name] for name in needed}, **words)


def _preview(analysis: str, tables: Tables) -> list[str]:
    """Return who counts as observed for an analysis, by arm and by moment."""
    lines = [f"analysis {analysis}:"]
    seen = tables["missingness"]
    for (kind, name, moment), rows in seen.groupby(["kind", "name", "moment"], sort=False):
        if kind in ("measure", "cost_group", "cost", "effect"):
            by_arm = ", ".join(
                f"{row.arm} {row.observed} of {row.expected}" for row in rows.itertuples()
            )
            what = {"cost_group": f"cost from {name}", "measure": name}.get(kind, kind)
            lines.append(f"  {what}, {moment}: observed {by_arm}")
    return lines


def _answers(table: pd.DataFrame | None) -> list[str]:
    """Return the zeros that stand by rule and the answers that are open, item by item."""
    if table is None or table.empty:
        return []
    sums = table.groupby("item", sort=False)[
        ["answered", "zero_by_rule", "not_answered", "not_asked"]
    ].sum()
    return ["items (participants and periods):"] + [
        f"  {item}: answered {row.answered}, zero by rule {row.zero_by_rule}, not answered "
        f"{row.not_answered}, not asked {row.not_asked}"
        for item, row in zip(sums.index, sums.itertuples(), strict=True)
    ]
