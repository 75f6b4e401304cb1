"""Whether a study and its rule set fit: events, statuses and items that both must know."""

from pathlib import Path
from typing import Any

from trialbalance import house
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.rule_set import load_rule_set, rule_set_file


def law_findings(settings: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return what keeps the law from being applied to a study.

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
        A rule set that is not there or not sound; events and items that nobody declared.
    """
    section = settings["legal"]
    if section is None:
        return []
    file = rule_set_file(path.parent, section["rule_set"])
    if not file.is_file():
        shipped = sorted(one.stem for one in (house.resources() / "legal").glob("*.yaml"))
        return [_unknown("legal.rule_set", section["rule_set"], shipped, path, lines)]
    try:
        events = list(load_rule_set(file)["events"])
    except Problems as problems:
        return problems.findings
    items = list((settings["costs"] or {}).get("items", {}))
    used = section["resource_use"]
    asked = [("legal.ask_at", event) for event in section["ask_at"]]
    asked += [("legal.resource_use", event) for event in used]
    found = [_unknown(at, name, events, path, lines) for at, name in asked if name not in events]
    return found + [
        _unknown(f"legal.resource_use.{event}", item, items, path, lines)
        for event, taken in used.items()
        for item in taken
        if item not in items
    ]


def _unknown(at: str, name: str, known: list[str], path: Path, lines: dict[str, int]) -> Finding:
    remedy = did_you_mean(name, known, "correct the name")
    return Finding(str(path), lines.get(at), at, name, ", ".join(known) or "none", remedy)
