"""Whether a study fits the files beside it that are read for it: value sets and rules of law."""

import csv
from hashlib import sha256
from pathlib import Path

from trialbalance import house
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.names.declared import Use, declared, undeclared
from trialbalance.settings.rule_set import load_rule_set, rule_set_file


def level_findings(checked: Checked) -> list[Finding]:
    """Return every questionnaire declared with other levels than its value set has.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One a questionnaire; none where the value set's file is not there, which is told elsewhere.

    Examples
    --------
    >>> settings = {"data": {"questionnaires": {"eq5d": {"levels": 3}}},
    ...     "outcomes": {"instruments": {"eq5d": {"value_set": "eq5d5l_uk_2026"}}}}
    >>> level_findings(Checked(settings, Path("study.yaml"), {}))[0].allowed
    'the 5 levels'
    """
    tools = (checked.settings["outcomes"] or {}).get("instruments", {})
    findings = []
    for name, questionnaire in checked.settings["data"]["questionnaires"].items():
        wanted = tools.get(name, {}).get("value_set")
        levels = _highest_level(checked.path.parent, wanted) if wanted else None
        if levels and levels != questionnaire["levels"]:
            at = f"data.questionnaires.{name}.levels"
            found = f"{questionnaire['levels']}, where {wanted} has {levels}"
            remedy = "name the value set of the questionnaire that was given, or correct the levels"
            findings.append(checked.finding(at, found, f"the {levels} levels", remedy))
    return findings


def digest_findings(checked: Checked) -> list[Finding]:
    """Return every value set whose file has another digest than the study states.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One an instrument; none where the file is not there, which is told elsewhere.

    Examples
    --------
    >>> digest_findings(Checked({"outcomes": None}, Path("study.yaml"), {}))
    []
    """
    findings = []
    for name, tool in ((checked.settings["outcomes"] or {}).get("instruments") or {}).items():
        stated, file = tool.get("sha256"), None
        if stated:
            file = _file(checked.path.parent, tool["value_set"])
        digest = sha256(file.read_bytes()).hexdigest() if file and file.is_file() else stated
        if digest != stated:
            found = f"{digest} for {file.name}"
            remedy = "hand over the file that was meant, or write its digest"
            at = f"outcomes.instruments.{name}.sha256"
            findings.append(checked.finding(at, found, stated, remedy))
    return findings


def _file(folder: Path, name: str) -> Path:
    """Return the file of a value set: the study's own if there, else one that ships here."""
    own = folder / f"{name}.csv"
    return own if own.is_file() else house.resources() / "value_sets" / f"{name}.csv"


def _highest_level(folder: Path, name: str) -> int | None:
    """Return the highest level of a value set, None where it cannot be read."""
    file = _file(folder, name)
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    terms = [str(row["level"]) for row in rows if row.get("term") == "level"]
    whole = [str(row.get("profile")) for row in rows if row.get("term") == "profile"]
    levels = [int(one) for one in [*terms, *"".join(whole)] if one.strip().isdigit()]
    return max(levels, default=None)


def law_findings(checked: Checked) -> list[Finding]:
    """Return what keeps the law from being applied to a study.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        A rule set that is not there or not sound; events and items that nobody declared.
    """
    section, remedy = checked.settings["legal"], "correct the name"
    if section is None:
        return []
    file = rule_set_file(checked.path.parent, section["rule_set"])
    if not file.is_file():
        shipped = sorted(one.stem for one in (house.resources() / "legal").glob("*.yaml"))
        use = Use("legal.rule_set", section["rule_set"], shipped, "rule set", remedy)
        return undeclared(checked, [use])
    try:
        events = list(load_rule_set(file)["events"])
    except Problems as problems:
        return problems.findings
    used = section["resource_use"]
    asked = [("legal.ask_at", event) for event in section["ask_at"]]
    asked += [("legal.resource_use", event) for event in used]
    names = [Use(at, name, events, "event", remedy) for at, name in asked]
    items = declared(checked.settings, "item")
    names += [
        Use(f"legal.resource_use.{event}", item, items, "item", remedy)
        for event, taken in used.items()
        for item in taken
    ]
    return undeclared(checked, names)
