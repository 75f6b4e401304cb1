"""Files that a study names: each its own, none of them a way out of its folder."""

import re
from collections.abc import Mapping
from dataclasses import replace
from os.path import lexists, normpath
from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.names.reserved import FILES
from trialbalance.settings.rule_set import files_below

TEXT_FILE = re.compile(r"\S+\.md")


def text_files(report: Mapping[str, Any]) -> dict[str, str]:
    """Return the Markdown files that a study's report takes in, by the setting that names each.

    Parameters
    ----------
    report : mapping
        Section ``report``.

    Returns
    -------
    dict
        Dotted setting -> file; a text that is no single word ending in .md is no file.

    Examples
    --------
    >>> text_files({"texts": {"plan": "texts/plan.md", "funding": "See plan.md"}, "sections": []})
    {'report.texts.plan': 'texts/plan.md'}
    """
    texts = {f"report.texts.{name}": text for name, text in report["texts"].items()}
    texts |= {f"report.sections.{n}.text": own["text"] for n, own in enumerate(report["sections"])}
    return {setting: text for setting, text in texts.items() if TEXT_FILE.fullmatch(text)}


def report_files(report: Mapping[str, Any]) -> dict[str, str]:
    """Return every file that a study's report takes in, by the setting that names it."""
    logo = report["logo"]
    return text_files(report) | ({"report.logo.file": logo["file"]} if logo else {})


def files_named(settings: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return every file that a scenario of a study names, by the setting that names it.

    Parameters
    ----------
    settings : mapping
        Settled settings of a scenario.
    folder : Path
        Folder of the study, where value sets and rule sets of its own are looked for.

    Returns
    -------
    dict
        Dotted setting -> path relative to the folder.
    """
    data, costs, law = settings["data"], settings["costs"], settings["legal"]
    named = {f"data.files.{table}": name for table, name in data["files"].items()}
    if data["mapping"]:
        named["data.mapping"] = data["mapping"]
    if data["simulator"]:
        named["data.simulator.parameters"] = data["simulator"]["parameters"]
    if costs:
        named["costs.unit_costs"] = costs["unit_costs"]
        if str(costs["price_index"]).endswith(".csv"):
            named["costs.price_index"] = costs["price_index"]
    named |= _other_indices(settings)
    for name, tool in (settings["outcomes"] or {}).get("instruments", {}).items():
        if tool["kind"] == "value_set" and lexists(folder / f"{tool['value_set']}.csv"):
            named[f"outcomes.instruments.{name}.value_set"] = f"{tool['value_set']}.csv"
    if law and lexists(folder / f"{law['rule_set']}.yaml"):
        named["legal.rule_set"] = f"{law['rule_set']}.yaml"
    return named | report_files(settings["report"])


def _other_indices(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the price indices of the study's own that price scenarios name."""
    places = {"decision": settings["decision"]}
    for name, analysis in settings["analyses"].items():
        places[f"analyses.{name}.decision"] = analysis.get("decision") or {}
    return {
        f"{at}.price_scenarios.{name}.price_index": plan["price_index"]
        for at, section in places.items()
        for name, plan in (section.get("price_scenarios") or {}).items()
        if str(plan.get("price_index")).endswith(".csv")
    }


def strayed_files(checked: Checked) -> list[Finding]:
    """Return every file that is none of the study's own; none of them is opened.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario; ``data.files_elsewhere`` lets all pass.

    Returns
    -------
    list of Finding
        Paths that leave the study's folder, links, folders, devices and pipes, and files that are
        the study's for another purpose; nothing of what is in them is shown.
    """
    if checked.settings["data"]["files_elsewhere"]:
        return []
    folder, found = checked.path.resolve().parent, []
    for setting, name in files_named(checked.settings, checked.path.parent).items():
        what = what_is_wrong(folder, name)
        if not what and setting == "legal.rule_set":
            what = _below(folder / name)
        if what:
            remedy = "copy it there, or set data.files_elsewhere: true"
            one = checked.finding(setting, what, "a file in the study's folder", remedy)
            found.append(replace(one, file=checked.path.name))
    return found


def what_is_wrong(folder: Path, name: str) -> str:
    """Return why a file is none of a study's own; blank where it is, or is not there.

    Parameters
    ----------
    folder : Path
        Folder of the study, resolved.
    name : str
        Path as a setting gives it.

    Returns
    -------
    str
        What it is, in words.

    Examples
    --------
    >>> what_is_wrong(Path("/studies/mine"), "../yours/visits.csv")
    "a path that leaves the study's folder"
    >>> what_is_wrong(Path("/studies/mine"), "data/visits.csv")
    ''
    """
    here = Path(normpath(folder / name))
    if "\0" in name or not here.is_relative_to(folder):
        return "a path that leaves the study's folder"
    if here.resolve() != here:
        return "a link to another file"
    if lexists(here) and not here.is_file():
        return "a folder, device or pipe"
    if here.name in FILES:
        return f"{here.name}, which is the study's for another purpose"
    return ""


def _below(rule_set: Path) -> str:
    """Return why the file that a rule set is based on is none of the study's own."""
    try:
        below = files_below(rule_set)
    except Problems:
        return ""
    wrong = [what_is_wrong(rule_set.parent, one.name) for one in below]
    return next((f"based_on: {what}" for what in wrong if what), "")
