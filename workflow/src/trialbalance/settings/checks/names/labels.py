"""Printed names that would put a number under the name of another thing."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import folded
from trialbalance.settings.checks.checked import Checked

ORDER = ("item", "category", "payer", "perspective", "measure")
# Things that are printed under a setting of their own: kind -> section, word of the name.
TITLED = {
    "outcome": ("outcomes.effects", "label"),
    "analysis": ("analyses", "title"),
    "scenario": ("scenarios", "title"),
}


def named_things(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the own names of items, categories, payers, perspectives and measures, by key.

    Parameters
    ----------
    settings : mapping
        Settled settings of one scenario.

    Returns
    -------
    dict
        Kind -> key -> name that the study gives it where it declares it; blank where it has none.

    Examples
    --------
    >>> costs = {"items": {"bed": {"category": "hospital"}}, "payers": {"nhs": "NHS"}}
    >>> named_things({"costs": costs})["category"], named_things({"costs": costs})["payer"]
    ({'hospital': ''}, {'nhs': 'NHS'})
    """
    costs, outcomes = settings.get("costs") or {}, settings.get("outcomes") or {}
    items = costs.get("items") or {}
    tools = (outcomes.get("instruments") or {}).values()
    perspectives = (costs.get("perspectives") or {}).items()
    return {
        "item": dict.fromkeys(items, ""),
        "category": {one["category"]: "" for one in items.values() if one.get("category")},
        "payer": {key: str(words or "") for key, words in (costs.get("payers") or {}).items()},
        "perspective": {key: str(one.get("label") or "") for key, one in perspectives},
        "measure": {
            one["measure"]: str(one.get("label") or "") for one in tools if one.get("measure")
        },
    }


def label_findings(checked: Checked) -> list[Finding]:
    """Return every name that would stand for two things.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        Keys that name things of several kinds which nobody tells apart in words, and different
        things of one kind under the same words.
    """
    things = named_things(checked.settings)
    labels = (checked.settings.get("report") or {}).get("labels") or {}
    return [
        *_one_key(checked, things, labels),
        *_same_words(checked, things, labels),
        *_same_titles(checked),
    ]


def _same_titles(checked: Checked) -> list[Finding]:
    """Return outcomes, analyses and scenarios that would be printed under one title."""
    findings = []
    for kind, (dotted, word) in TITLED.items():
        section: Any = checked.settings
        for part in dotted.split("."):
            section = (section or {}).get(part)
        seen: dict[str, str] = {}
        for key, one in (section or {}).items():
            title = one.get(word)
            first = seen.setdefault(folded(title), key) if title else key
            if first != key:
                what = f"the {word} of {kind} {first} again, {title}"
                allowed = f"a {word} for each {kind}, since the report shows nothing else"
                findings.append(
                    checked.finding(f"{dotted}.{key}.{word}", what, allowed, "correct it")
                )
    return findings


def _one_key(checked: Checked, things: dict, labels: Mapping[str, str]) -> list[Finding]:
    """Return keys of several kinds of which one has a name and another only its key in words."""
    found = []
    for key in dict.fromkeys(key for kind in ORDER for key in things[kind]):
        kinds = [kind for kind in ORDER if key in things[kind]]
        told = {
            kind: labels.get(f"{kind}.{key}") or things[kind][key] or labels.get(key)
            for kind in kinds
        }
        silent, words = [kind for kind in kinds if not told[kind]], str(key).replace("_", " ")
        if not silent or not {one.casefold() for one in told.values() if one} - {words.casefold()}:
            continue
        seen = " and ".join(
            f"{'an' if kind == 'item' else 'a'} {kind} ({told[kind] or words})" for kind in kinds
        )
        where = f"report.labels.{silent[0]}.{key}"
        allowed = "a name of its own for each kind, since both are printed"
        remedy = f"write {where}, or give one of them another key"
        around = ("report.labels", "report")
        found.append(checked.finding(where, f"one key for {seen}", allowed, remedy, around=around))
    return found


def _same_words(checked: Checked, things: dict, labels: Mapping[str, str]) -> list[Finding]:
    """Return different things of one kind that would be printed under the same words."""
    found = []
    for kind in ORDER:
        printed = defaultdict(list)
        for key, own in things[kind].items():
            words = labels.get(f"{kind}.{key}") or own or labels.get(key)
            printed[folded(words or str(key).replace("_", " "))].append(key)
        group = {"payer": "costs.payers", "perspective": "costs.perspectives"}.get(kind)
        for words, keys in printed.items():
            if len(keys) < 2:
                continue
            place = f"{group or 'report.labels'}.{keys[1]}"
            what = f'the name "{words}" for {" and ".join(keys)}'
            remedy = "give each a name by which readers can tell them apart"
            around = ("report.labels",)
            found.append(
                checked.finding(place, what, f"one name for one {kind}", remedy, around=around)
            )
    return found
