"""Whether an analysis models visits and periods or totals: what it can, unless it says."""

from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.resolve import merge

# Settings that the model by visit serves in one way only.
_ONLY = {"visit_times": "nominal", "death": "hold_then_zero"}
_DOORS = ("export", "records", "scored")


def settle_cells(settings: dict[str, Any]) -> None:
    """Set what each analysis models where the study is silent: visits wherever it can.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario; ``model.cells`` of the section and of every analysis is
        by_visit or totals afterwards.

    Examples
    --------
    >>> settings = {"data": {"door": "totals"}, "analyses": {"one": {"outcome": "qaly",
    ...     "model": {}}}, "outcomes": None, "model": {"cells": None, "common_to_arms": [],
    ...     "effect": {"family": "normal"}}}
    >>> settle_cells(settings)
    >>> settings["model"]["cells"]
    'totals'
    """
    section = settings["model"]
    if section["cells"] is None:
        own = {
            name: analysis["model"].get("cells")
            or ("totals" if obstacles(settings, name) else "by_visit")
            for name, analysis in settings["analyses"].items()
        }
        section["cells"] = "by_visit" if "by_visit" in own.values() else "totals"
        for name, cells in own.items():
            if cells != section["cells"]:
                settings["analyses"][name]["model"]["cells"] = cells


def obstacles(settings: dict[str, Any], name: str) -> list[tuple[str, str, str]]:
    """Return what keeps an analysis from being modelled by visit: setting, found, allowed.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    name : str
        Name of the analysis.

    Returns
    -------
    list of (str, str, str)

    Examples
    --------
    >>> obstacles({"data": {"door": "totals"}}, "one")
    [('model.cells', 'by_visit, at door totals', 'door export, records or scored')]
    """
    door, analysis = settings["data"]["door"], settings.get("analyses", {}).get(name)
    if door not in _DOORS:
        return [("model.cells", f"by_visit, at door {door}", "door export, records or scored")]
    outcomes = settings["outcomes"] or {}
    own, found = merge(settings["model"], analysis["model"]), []
    if own["common_to_arms"]:
        found.append(("model.common_to_arms", ", ".join(own["common_to_arms"]), "none"))
    if own["effect"]["family"] == "bernoulli":
        found.append(("model.effect.family", "bernoulli", "normal, beta or decrement_gamma"))
    effect = outcomes.get("effects", {}).get(analysis["outcome"], {})
    if effect.get("kind") != "area_under_curve":
        place = f"analyses.{name}.outcome"
        found.append((place, analysis["outcome"], "an outcome of kind area_under_curve"))
    for key, only in _ONLY.items():
        if outcomes.get(key) != only:
            found.append((f"outcomes.{key}", str(outcomes.get(key)), only))
    return [(place, f"{what}, with model.cells by_visit", only) for place, what, only in found]


def modelled_findings(checked: Checked) -> list[Finding]:
    """Return what keeps an analysis that asks for it from being modelled by visit.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> from pathlib import Path
    >>> settings = {"data": {"door": "totals"}, "scenarios": {}, "analyses": {"one": {"outcome":
    ...     "qaly", "model": {}}}, "model": {"cells": "by_visit"}}
    >>> modelled_findings(Checked(settings, Path("study.yaml"), {}))[0].found
    'by_visit, at door totals'
    """
    settings = checked.settings
    chosen = settings["scenarios"].get(checked.scenario, {}).get("analyses")
    found, remedy = [], "change it, or set model.cells to totals"
    for name in [name for name in chosen or settings["analyses"] if name in settings["analyses"]]:
        own = settings["analyses"][name]["model"].get("cells", settings["model"]["cells"])
        for dotted, what, allowed in obstacles(settings, name) if own == "by_visit" else ():
            found.append(checked.finding(checked.place(dotted), what, allowed, remedy))
    return list(dict.fromkeys(found))
