"""Checks across sections: a name used in one must be declared in another."""

import difflib
from typing import Any

from trialbalance.contracts.problems import Finding


def disagreements(
    settings: dict[str, Any], file: str, lines: dict[str, int], scenario: str
) -> list[Finding]:
    """Return every name that one section uses and no section declares.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    file : str
        The study file, as messages name it.
    lines : dict
        Dotted setting -> line.
    scenario : str
        Scenario being checked.

    Returns
    -------
    list of Finding
        One finding a name.
    """
    found: list[Finding] = []

    def must_be_known(dotted: str, name: str, known: list[str], what: str) -> None:
        if name in known:
            return
        near = difflib.get_close_matches(name, known, 1, 0.5)
        at = f"scenarios.{scenario}.{dotted}"
        at = at if at in lines else dotted
        found.append(
            Finding(
                file,
                lines.get(at),
                at,
                name,
                ", ".join(known) or f"no {what} is declared",
                f"did you mean {near[0]}?" if near else f"use a declared {what}",
            )
        )

    door = settings["data"]["door"]
    for name, analysis in settings["analyses"].items():
        place = f"analyses.{name}"
        if door in ("records", "scored"):
            must_be_known(
                f"{place}.population",
                analysis["population"],
                list(settings["data"]["populations"]),
                "population",
            )
            must_be_known(
                f"{place}.perspective",
                analysis["perspective"],
                list((settings["costs"] or {}).get("perspectives", {})),
                "perspective",
            )
            must_be_known(
                f"{place}.outcome",
                analysis["outcome"],
                _outcomes(settings["outcomes"] or {}),
                "outcome",
            )
    for name, chosen in settings["scenarios"].items():
        for analysis in chosen["analyses"] or ():
            must_be_known(
                f"scenarios.{name}.analyses", analysis, list(settings["analyses"]), "analysis"
            )
    if door == "draws" and len(settings["analyses"]) > 1:
        found.append(
            Finding(
                file,
                lines.get("analyses"),
                "analyses",
                f"{len(settings['analyses'])} analyses",
                "one, since data.door is draws",
                "make one study for each set of draws",
            )
        )
    found += _longitudinal(settings, file, lines, scenario)
    return found + _missing_sections(settings, file, door)


def _longitudinal(
    settings: dict[str, Any], file: str, lines: dict[str, int], scenario: str
) -> list[Finding]:
    """Return what keeps an analysis from being modelled visit by visit."""
    chosen = settings["scenarios"].get(scenario, {}).get("analyses") or list(settings["analyses"])
    outcomes, found = settings["outcomes"] or {}, []

    def refuse(dotted: str, what: str, allowed: str) -> None:
        at = f"scenarios.{scenario}.{dotted}"
        at = at if at in lines else dotted
        remedy = "change it, or set model.form to totals"
        found.append(Finding(file, lines.get(at), at, what, allowed, remedy))

    for name in [name for name in chosen if name in settings["analyses"]]:
        analysis = settings["analyses"][name]
        form = analysis["model"].get("form", settings["model"]["form"])
        if form != "longitudinal":
            continue
        door = settings["data"]["door"]
        if door not in ("records", "scored"):
            refuse("model.form", f"longitudinal, at door {door}", "door records or scored")
            break
        effect = outcomes.get("effects", {}).get(analysis["outcome"], {})
        if effect.get("kind") != "area_under_curve":
            refuse(
                f"analyses.{name}.outcome",
                f"{analysis['outcome']}, with model.form longitudinal",
                "an outcome of kind area_under_curve",
            )
        for key, only in (("visit_times", "nominal"), ("death", "hold_then_zero")):
            if outcomes.get(key) != only:
                refuse(f"outcomes.{key}", f"{outcomes[key]}, with model.form longitudinal", only)
    return found


def _outcomes(section: dict[str, Any]) -> list[str]:
    """Return the outcomes that a section declares."""
    return [*section.get("effects", {}), *section.get("endpoints", {})]


def _missing_sections(settings: dict[str, Any], file: str, door: str) -> list[Finding]:
    """Return the sections that the study's door needs and the file does not have."""
    needed = ("costs", "outcomes") if door in ("records", "scored") else ()
    return [
        Finding(
            file,
            None,
            word,
            "no such section",
            f"a section {word}, since data.door is {door}",
            "add it",
        )
        for word in needed
        if settings[word] is None
    ]
