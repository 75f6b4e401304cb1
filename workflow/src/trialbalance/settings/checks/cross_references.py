"""Checks across sections: a name used in one must be declared in another."""

from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.modelled_visits import modelled_findings
from trialbalance.settings.checks.names.used import names_used
from trialbalance.settings.study_file import OF_PARTS


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
        whole = f"scenarios.{scenario}.analysis.{dotted.rsplit('.', 1)[-1]}"
        at = f"scenarios.{scenario}.{dotted}"
        at = next((place for place in (at, whole) if place in lines), dotted)
        found.append(
            Finding(
                file,
                lines.get(at),
                at,
                name,
                ", ".join(known) or f"no {what} is declared",
                did_you_mean(name, known, f"use a declared {what}"),
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
        for word in sorted(OF_PARTS & set(analysis["model"])):
            found.append(_not_here(file, lines, f"{place}.model.{word}", word))
    for use in names_used(settings) if door in ("records", "scored") else ():
        must_be_known(*use)
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
    # A scenario's own settings list no scenarios: their names are checked once, in base.
    found += _unknown_ends(settings, file, lines) if scenario == "base" else []
    found += _idle_groups(settings, file, lines, scenario)
    found += _groups_without_draws(settings, file, lines)
    found += modelled_findings(settings, file, lines, scenario)
    found += _scores_not_handed_over(settings, file, lines)
    return found + _missing_sections(settings, file, door)


def _scores_not_handed_over(settings: dict, file: str, lines: dict) -> list[Finding]:
    """Return the measures that are declared as given where no table of the study holds them."""
    data, declared = settings["data"], (settings["outcomes"] or {}).get("measures_given")
    elsewhere = data["mapping"] or "measures_given" in data["files"]
    if not declared or data["door"] != "records" or elsewhere:
        return []
    place = "outcomes.measures_given"
    found, remedy = ", ".join(declared), "name the file of their scores under data.files"
    allowed = "measures of a table measures_given, which the study does not hand over"
    return [Finding(file, lines.get(place), place, found, allowed, remedy)]


def _not_here(file: str, lines: dict[str, int], dotted: str, word: str) -> Finding:
    """Return the sentence on a setting of the whole study that stands in an analysis."""
    what, remedy = "a setting of the whole study", f"write it in section model, as model.{word}"
    return Finding(file, lines.get(dotted), dotted, what, "settings of a fit", remedy)


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


def _unknown_ends(settings: dict[str, Any], file: str, lines: dict[str, int]) -> list[Finding]:
    """Find scenarios and items that the section synthesis names and the study does not have."""
    section, scenarios = settings["synthesis"], ["base", *settings["scenarios"]]
    items = list((settings["costs"] or {}).get("items", {}))
    used = [
        (f"synthesis.one_way.{name}.{end}", ends[end], scenarios, "scenario")
        for name, ends in section["one_way"].items()
        for end in ("low", "high")
    ]
    used += [
        ("synthesis.two_way", item, items, "item") for pair in section["two_way"] for item in pair
    ]
    found = []
    for dotted, name, known, what in used:
        if name not in known:
            remedy = did_you_mean(name, known, f"use a declared {what}")
            allowed = ", ".join(known) or f"no {what} is declared"
            found.append(Finding(file, lines.get(dotted), dotted, name, allowed, remedy))
    return found


def _idle_groups(
    settings: dict[str, Any], file: str, lines: dict[str, int], scenario: str
) -> list[Finding]:
    """Find groups of parameters that cannot enter net benefit, whatever the data hold."""
    found = []
    for name, analysis in settings["analyses"].items():
        own = analysis["decision"].get("parameter_groups", {})
        for group, columns in (settings["decision"]["parameter_groups"] | own).items():
            at = f"decision.parameter_groups.{group}"
            at = f"analyses.{name}.{at}" if group in own else at
            at = f"scenarios.{scenario}.{at}" if f"scenarios.{scenario}.{at}" in lines else at
            for column in columns:
                if sentence := _why_idle(settings, analysis, column):
                    found.append(Finding(file, lines.get(at), at, *sentence))
    return list(dict.fromkeys(found))


def _groups_without_draws(
    settings: dict[str, Any], file: str, lines: dict[str, int]
) -> list[Finding]:
    """Find a distributional view without draws by group."""
    at = "decision.distribution"
    declared = [settings["decision"], *(one["decision"] for one in settings["analyses"].values())]
    if "group_draws_given" in settings["data"]["files"] or not any(
        section.get("distribution") for section in declared
    ):
        return []
    allowed = "draws by group, handed over as data.files.group_draws_given with data.door draws"
    remedy = "the models here give means over all participants; hand such draws over, or remove it"
    found = "groups of the population without draws by group"
    return [Finding(file, lines.get(at), at, found, allowed, remedy)]


def _why_idle(
    settings: dict[str, Any], analysis: dict[str, Any], column: str
) -> tuple[str, str, str] | None:
    """Return what is found, allowed and to be done where a parameter cannot enter net benefit."""
    door = settings["data"]["door"]
    if door == "draws":
        if "parameters_given" in settings["data"]["files"]:
            return None
        remedy = "hand over their draws as data.files.parameters_given, or remove the group"
        return column, "columns of the parameter draws", remedy
    if door == "totals":
        remedy = "remove the group; the arms' mean costs and effects are valued without it"
        return column, "no group, since totals have no prices", remedy
    counted = _counted_items(settings["costs"] or {}, analysis["perspective"])
    allowed = [f"price_{item}" for item in counted]
    kinds = ("price_", "quantity_", "rest:")
    item = column.removeprefix("price_").removeprefix("quantity_").split(":")[0]
    if column.startswith(kinds) and (item in counted or column.startswith("rest:")):
        return None
    otherwise = "remove it: it does not enter net benefit"
    remedy = did_you_mean(column, allowed, otherwise, cutoff=0.8)
    what = f"prices of items that perspective {analysis['perspective']} counts"
    return column, f"{what} ({', '.join(allowed)})", remedy


def _counted_items(costs: dict[str, Any], perspective: str) -> list[str]:
    """Return the items that a perspective counts."""
    whose = costs.get("perspectives", {}).get(perspective, {"payers": [], "transfers": False})
    return [
        name
        for name, item in costs.get("items", {}).items()
        if item["payer"] in whose["payers"] and (whose["transfers"] or not item["transfer"])
    ]


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
