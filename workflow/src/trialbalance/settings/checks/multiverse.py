"""Checks of a multiverse beside the rest of a study: names, prices, deltas, fits."""

from collections.abc import Iterator
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.price_scenarios import wrong_prices
from trialbalance.settings.universes import cells, clashes, refits_of

PLACE = "multiverse"
Sentence = tuple[str, str, str, str]


def multiverse_findings(checked: Checked) -> list[Finding]:
    """Return what a multiverse asks for that its study does not have.

    Parameters
    ----------
    checked : Checked
        Settled settings of one scenario.

    Returns
    -------
    list of Finding
        One a setting; none without a multiverse.
    """
    settings, section = checked.settings, checked.settings["multiverse"]
    if section is None:
        return []
    told = [*_analysis(settings, section), *_options(settings, section), *_fits(section)]
    return [
        checked.finding(at, found, allowed, remedy, around=(PLACE,))
        for at, found, allowed, remedy in told
    ]


def _analysis(settings: dict[str, Any], section: dict[str, Any]) -> Iterator[Sentence]:
    """Yield what is wrong with the analysis of the plan."""
    name, known = section["analysis"], list(settings["analyses"])
    at = f"{PLACE}.analysis"
    if name not in known:
        remedy = did_you_mean(name, known, "use a declared analysis")
        yield at, name, ", ".join(known) or "no analysis is declared", remedy
        return
    chosen = settings["analyses"][name]
    own = (chosen["decision"] or {}).get("thresholds") or {}
    declared = settings["decision"]["thresholds"] | own
    marks = declared.get(chosen["outcome"]) or {"primary": None}
    if marks.get("primary") is None:
        found = f"{name}, whose outcome {chosen['outcome']} has no primary threshold"
        yield at, found, "an analysis with a primary threshold", "mark one, or use another analysis"


def _options(settings: dict[str, Any], section: dict[str, Any]) -> Iterator[Sentence]:
    """Yield options that the study's door or arms do not allow."""
    door, arms = settings["data"]["door"], list(settings["study"]["arms"])
    for choice, one in section["choices"].items():
        for name, option in one["options"].items():
            at = f"{PLACE}.choices.{choice}.options.{name}"
            for word in ("refit", "missing"):
                if option[word] is not None and door == "draws":
                    remedy = "remove it: draws handed over are neither fitted nor split here"
                    yield (
                        f"{at}.{word}",
                        f"{word}, and data.door draws",
                        "none at this door",
                        remedy,
                    )
            if option["prices"] is not None:
                for sentence in wrong_prices(option["prices"], settings):
                    yield f"{at}.prices", *sentence
            for word in ("effect", "cost_percent", "at_ceiling"):
                delta = (option["missing"] or {}).get(word)
                for arm in delta if isinstance(delta, dict) else ():
                    if arm not in arms:
                        remedy = did_you_mean(arm, arms, "use a declared arm")
                        yield f"{at}.missing.{word}", arm, ", ".join(arms), remedy


def _fits(section: dict[str, Any]) -> Iterator[Sentence]:
    """Yield pairs of options that contradict each other, and more fits than are allowed."""
    for one, other, what in clashes(section):
        remedy = "exclude the pair under excluded, or make them options of one choice"
        found = f"{one} and {other}, which both replace {what}"
        yield f"{PLACE}.choices", found, "options of two choices that go together", remedy
    if (count := len(refits_of(section))) > section["most_fits"]:
        remedy = "exclude combinations of options with refit, or raise most_fits"
        yield f"{PLACE}.most_fits", f"{count} fits", f"up to {section['most_fits']}", remedy
    if next(cells(section), None) is None:
        yield f"{PLACE}.excluded", "every cell excluded", "at least one cell", "exclude less"
