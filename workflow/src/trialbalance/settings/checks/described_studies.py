"""Part ``describe`` of section ``dataset``: a study without analyses is described, not decided."""

from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.study import Name


class DescribeSettings(Section):
    """What is described of a study that names no analysis."""

    population: Name = setting("intention_to_treat", "Population described.")
    by: list[Name] = setting(
        [], "Columns of the participants, yes or no or in words, by which each arm is also split."
    )
    law_cost_per: Name | None = setting(
        None,
        "Status in law by whose months the cost of all events in law is divided; silent = none.",
    )
    cost_per: list[Name] = setting(
        [],
        "Outcomes by whose total the total cost of each arm is divided, such as years in contact; "
        "no interval is given.",
        reference="decision 032",
    )
    cost_per_additional: list[Name] = setting(
        [],
        "Measures (at their last visit), outcomes or columns, yes or no, for which the cost of one "
        "more yes than in the comparator is written as illustrative: arithmetic, not an effect.",
        reference="decisions 027 and 032",
    )
    illustrative: list[str] = setting(
        [],
        "Perspectives, measures and columns that no source reports; every line about them says "
        "illustrative, assumed.",
        reference="decision 036",
    )


def lone_arm(settings: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Note a study of one arm: it is described, and nothing is compared.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    path : Path
        The study file.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        A note, or nothing.

    Examples
    --------
    >>> settings = {"study": {"arms": {"new": {}}}, "analyses": {"main": {}}}
    >>> lone_arm(settings, Path("study.yaml"), {})[0].found
    'one arm, new, and none to compare it with'
    """
    arms = list(settings["study"]["arms"])
    if len(arms) > 1:
        return []
    found = f"one arm, {arms[0]}, and none to compare it with"
    remedy = (
        "mean cost and effect are reported, no difference, ratio or probability; declare the other "
        "arm if there is one"
    )
    line = lines.get("study.arms")
    return [Finding(str(path), line, "study.arms", found, None, remedy, severity="note")]


def described_findings(
    settings: dict[str, Any], path: Path, lines: dict[str, int]
) -> list[Finding]:
    """Return what keeps a study without analyses from being described.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    path : Path
        The study file.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        A door that hands over no people, and names that nobody declared.
    """
    if settings["analyses"]:
        return []
    if settings["data"]["door"] not in ("records", "scored"):
        allowed = "one analysis or more, since people are described at doors records and scored"
        return [Finding(str(path), lines.get("analyses"), "analyses", "none", allowed, "add one")]
    chosen = settings["dataset"]["describe"]
    columns = [*settings["data"]["covariates"], *settings["data"]["populations"]]
    asked = [("population", chosen["population"], list(settings["data"]["populations"]))]
    asked += [("by", name, columns) for name in chosen["by"]]
    outcomes = settings["outcomes"] or {}
    gains = [*outcomes.get("effects", {}), *outcomes.get("endpoints", {}), *columns]
    gains += [
        one["measure"] for one in outcomes.get("instruments", {}).values() if "measure" in one
    ]
    for place in ("cost_per", "cost_per_additional"):
        asked += [(place, name, gains) for name in chosen[place]]
    return [
        Finding(
            str(path),
            lines.get(f"dataset.describe.{place}"),
            f"dataset.describe.{place}",
            name,
            ", ".join(known),
            "write the name of one that the study declares",
        )
        for place, name, known in asked
        if name not in known
    ]
