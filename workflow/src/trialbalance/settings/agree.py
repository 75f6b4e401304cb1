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
    for place, name in _delta_arms(settings):
        must_be_known(place, name, list(settings["study"]["arms"]), "arm")
    if door == "draws" and settings["decision"]["missing_not_at_random"] is not None:
        found.append(
            Finding(
                file,
                lines.get("decision.missing_not_at_random"),
                "decision.missing_not_at_random",
                "a section, and data.door draws",
                "none at this door",
                "remove it: draws of means do not say who was unobserved",
            )
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
    return found + _missing_sections(settings, file, door)


def _delta_arms(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every arm that a delta for missing data names, with its place."""
    word, found = "missing_not_at_random", []
    places = {f"decision.{word}": settings["decision"].get(word)}
    for name, analysis in settings["analyses"].items():
        places[f"analyses.{name}.decision.{word}"] = (analysis.get("decision") or {}).get(word)
    for place, section in places.items():
        section = section or {}
        deltas = {f"{place}.scenarios.{name}": one
                  for name, one in (section.get("scenarios") or {}).items()}  # fmt: skip
        deltas[f"{place}.prior"] = section.get("prior") or {}
        found += [
            (f"{at}.{name}.{arm}", arm)
            for at, delta in deltas.items()
            for name, value in delta.items()
            if isinstance(value, dict)
            for arm in value
        ]
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
