"""What the answer does not cover, and who the parts before it were passed by."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.findings.sensitivity.prices import (
    assumed_prices,
    share_assumed,
)
from trialbalance.report.sections.front.differences import years_words
from trialbalance.report.sections.methods.models import settled
from trialbalance.report.text.markup import bullets, section
from trialbalance.report.text.numbers import (
    counted,
    listed,
    with_article,
)

PASSED_BY = {
    "scored": (
        "Questionnaires were handed over already scored, and costs already valued: neither "
        "was checked against records here."
    ),
    "totals": (
        "Costs were handed over already valued and effects already added up, one total a "
        "participant: how they came about was not checked here."
    ),
    "draws": (
        "Draws of cost and effect were handed over from another model: neither the data nor "
        "the model behind them was checked here."
    ),
}


def limits(facts: Facts) -> str:
    """Return what the answer does not cover."""
    lines = [*of_the_data(facts), *of_the_answer(facts)]
    lines += [str(line) for line in facts.part("report").get("limitations") or []]
    what = "answer" if facts.settings.get("analyses") else "description"
    return section(2, f"What the {what} does not cover", "limits", bullets(lines))


def of_the_data(facts: Facts) -> list[str]:
    """Return what bounds the answer in what it rests on: people, time, prices, the way in."""
    years, lines = facts.part("study").get("horizon_years"), []
    if facts.synthetic:
        what = "draws" if facts.from_draws else "records"
        lines.append(f"The {what} are simulated. No figure here describes real people.")
    if facts.analyses and not facts.compares:
        lines.append(
            "Nobody was randomised: groups may differ in what was not recorded, and no difference "
            "here is the effect of an option."
        )
    alone = facts.analyses and all(facts.costs_only(name) for name in facts.analyses)
    counted_here = "Costs" if alone else "Costs and effects"
    if years:
        lines.append(
            f"{counted_here} after {years_words(years)} are not counted, whichever way "
            "they would fall."
        )
    if count := assumed_prices(facts):
        lines.append(
            f"{counted(count, 'unit cost is', 'unit costs are')} assumed: {share_assumed(facts)}."
        )
    if facts.part("data").get("mapping"):
        lines.append(
            "Records were made of exports of the trial as a mapping says; what was read of them, "
            "used and set aside stands in the trial balance."
        )
    door = facts.part("data").get("door") or facts.context.get("door")
    lines.append(PASSED_BY.get(str(door), ""))
    return [*lines, *(str(line) for line in facts.context.get("passed_by") or [])]


def of_the_answer(facts: Facts) -> list[str]:
    """Return what bounds the answer in how it was found: estimand, thresholds, missing data."""
    lines = []
    first = None if facts.from_draws else next(iter(facts.settings.get("analyses") or {}), None)
    estimand = (settled(facts, first, "dataset").get("estimand") or {}) if first else {}
    if words := estimand.get("switching"):
        lines.append(f"Who changed treatment: {str(words)[:1].lower()}{str(words)[1:]}")
    judged = [name for name in facts.analyses if facts.judged(name)]
    names = {facts.words(name)["one"] for name in judged if facts.thresholds(name).exploratory}
    if names:
        told = listed([with_article(one) for one in sorted(names)], "or")
        lines.append(f"No threshold is accepted for {told}.")
    if any(facts.table("information", name) is not None for name in judged):
        lines.append(
            "The value of better evidence counts only what would change within the "
            "horizon of the study."
        )
    if facts.analyses and not facts.from_draws:
        lines.append("Missing data are assumed to be missing at random, given what was seen.")
    return lines
