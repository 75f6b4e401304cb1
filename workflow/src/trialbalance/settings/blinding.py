"""Blind mode: settings with neutral labels for the arms, the key kept outside the results."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.resolve import Study
from trialbalance.settings.sections.report import ReportSettings
from trialbalance.settings.yamlfile import read_yaml

KEY = "blinding_key.yaml"
WITHHELD = "arm_withheld"


def neutral_names(count: int) -> list[str]:
    """Return the neutral names of so many arms.

    Examples
    --------
    >>> neutral_names(2)
    ['arm_a', 'arm_b']
    """
    return [f"arm_{letter}" for letter in ascii_lowercase[:count]]


def pooled_names(items: list[str]) -> dict[str, str]:
    """Return the neutral name of each item that gives an arm away.

    Examples
    --------
    >>> pooled_names(["new_visit"])
    {'new_visit': 'pooled_item_1'}
    """
    return {item: f"pooled_item_{number}" for number, item in enumerate(items, start=1)}


def revealing_items(settings: dict[str, Any]) -> list[str]:
    """Return the items that are pooled: those named as revealing, and the intervention's own.

    Examples
    --------
    >>> revealing_items({"study": {"reveals": ["visit"]},
    ...     "report": {"intervention_items": ["drug", "visit"]}, "costs": {"items": {"drug": {}}}})
    ['visit', 'drug']
    """
    known = (settings.get("costs") or {}).get("items") or {}
    own = [item for item in settings["report"]["intervention_items"] if item in known]
    return list(dict.fromkeys([*settings["study"]["reveals"], *own]))


def read_key(folder: Path, study: dict[str, Any]) -> dict[str, str]:
    """Return each arm's neutral name, from the key beside the study file.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    study : dict
        Section ``study`` as written.

    Returns
    -------
    dict
        Arm -> neutral name.

    Raises
    ------
    Problems
        There is no key, or it does not name each arm once.
    """
    path = folder / KEY
    if not path.is_file():
        remedy = f"run trialbalance blind {folder.name}, and keep the file from those who analyse"
        raise Problems([Finding(str(path), found="no key for study.blind: true", remedy=remedy)])
    content, _ = read_yaml(path)
    arms = list(study["arms"])
    if sorted(content) != neutral_names(len(arms)) or sorted(content.values()) != sorted(arms):
        allowed = f"{', '.join(neutral_names(len(arms)))}, each with one arm"
        remedy = "delete it and run trialbalance blind again"
        raise Problems(
            [Finding(str(path), found="a key of other arms", allowed=allowed, remedy=remedy)]
        )
    return {arm: name for name, arm in content.items()}


def blinding_findings(checked: Checked) -> list[Finding]:
    """Return why a study cannot be run blind; empty when it can, or is not to be.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        At most one.
    """
    settings, data = checked.settings, checked.settings["data"]
    if not settings["study"]["blind"]:
        return []
    known, at = list((settings["costs"] or {}).get("items", ())), "study.blind"
    unknown = [item for item in settings["study"]["reveals"] if item not in known]
    if unknown:
        found, remedy = ", ".join(unknown), "name items of costs.items"
        return [checked.finding("study.reveals", found, ", ".join(known), remedy)]
    if data["simulator"]:
        found = "a study whose records are drawn by a simulator, which hides nothing"
        return [checked.finding(at, found, "false", "set it to false")]
    if data["door"] != "records":
        found = f"door {data['door']}, whose tables come from elsewhere"
        remedy = "hand the tables over with neutral names of arms, and set blind: false"
        return [checked.finding(at, found, "door: records", remedy)]
    return []


def blinded(settings: dict[str, Any], key: dict[str, str]) -> dict[str, Any]:
    """Return settings in which nothing says which arm is which.

    Parameters
    ----------
    settings : dict
        Settled settings of a scenario.
    key : dict
        Arm -> neutral name.

    Returns
    -------
    dict
        Arms and items that give them away under neutral names, in neutral order and with the first
        as comparator; the report's own words, published figures, reasons of deviations and the
        legal regime left out; names and labels of arms taken out of every other text.
    """
    study = settings["study"]
    words = [*key, *(arm["label"] for arm in study["arms"].values())]
    items = revealing_items(settings)
    names = key | pooled_names(items)
    result = _renamed(settings, names, _pattern([*words, *items]))
    arms = sorted(key.values())
    result["study"] |= {
        "arms": {name: {"label": name.replace("_", " ").capitalize()} for name in arms},
        "comparator": arms[0],
        "reveals": sorted(pooled_names(items).values()),
    }
    result["report"] = ReportSettings().model_dump(mode="json")
    result["published"], result["legal"] = {}, None
    result["audit"] |= {"deviations": {}}
    return result


def blind_study(study: Study) -> Study:
    """Return a study whose settings say nothing of which arm is which.

    Raises
    ------
    Problems
        There is no key, or it is of other arms.
    """
    facts = study.base["study"]
    key = read_key(study.folder, facts)
    words = [*key, *(arm["label"] for arm in facts["arms"].values())]
    scenarios = {name: blinded(content, key) for name, content in study.scenarios.items()}
    hidden = {"words": words, "items": revealing_items(study.base)}
    return replace(study, scenarios=scenarios, hidden=hidden)


def hidden_of(study: Study) -> dict[str, list[str]]:
    """Return the words and items that no output of a blind study may hold.

    Beside them, under ``named``, the settings that single an arm out.
    """
    return study.hidden | {"named": naming_arms(study.base, list(study.base["study"]["arms"]))}


def without_names(text: str, words: list[str]) -> str:
    """Return a text without the names of arms.

    Examples
    --------
    >>> without_names("moved to Usual care", ["usual_care"])
    'moved to arm_withheld'
    """
    return _pattern(words).sub(WITHHELD, text)


def naming_arms(settings: dict[str, Any], names: list[str]) -> list[str]:
    """Return the settings, other than the list of arms, that single an arm out.

    Examples
    --------
    >>> naming_arms({"study": {"arms": {"arm_a": {}}}, "model": {"x": {"arm_a": 1}}}, ["arm_a"])
    ['model.x']
    """
    known = ("study.arms", "study.comparator")
    found = [dotted for dotted, value in _walk(settings) if value in names]
    return sorted({dotted for dotted in found if dotted not in known and dotted})


def _walk(value: Any, dotted: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key and every value of nested settings with where it stands."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield dotted, name
            yield from _walk(item, f"{dotted}.{name}" if dotted else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, dotted)
    else:
        yield dotted, value


def _pattern(words: list[str]) -> re.Pattern:
    """Return what finds names however they are spaced or capitalised, the longest first."""
    each = {re.sub(r"[\s_-]+", r"[\\s_-]+", re.escape(word).replace(r"\ ", " ").replace(r"\-", "-"))
            for word in words}  # fmt: skip
    whole = "|".join(sorted(each, key=len, reverse=True))
    return re.compile(f"(?<![A-Za-z0-9])(?:{whole})(?![A-Za-z0-9])", re.IGNORECASE)


def _renamed(value: Any, names: dict[str, str], hidden: re.Pattern) -> Any:
    """Return nested settings with names exchanged, and taken out of texts."""
    if isinstance(value, dict):
        pairs = [(_renamed(key, names, hidden), _renamed(item, names, hidden))
                 for key, item in value.items()]  # fmt: skip
        return dict(sorted(pairs)) if set(value) & set(names) else dict(pairs)
    if isinstance(value, list):
        return [_renamed(item, names, hidden) for item in value]
    if isinstance(value, str):
        return names.get(value) or hidden.sub(WITHHELD, value)
    return value
