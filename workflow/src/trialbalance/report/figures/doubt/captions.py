"""What pictures of other assumptions show, said first: a finding, then how to read it."""

from trialbalance.report.facts.cases import forest_data
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn_money, error_of_benefit
from trialbalance.report.figures.doubt.tipping_points import tipping_map
from trialbalance.report.figures.doubt.tornado import swings
from trialbalance.report.figures.thinning import drawn_of, options_words
from trialbalance.report.text.numbers import counted, listed, number


def forest_caption(facts: Facts, analysis: str) -> str:
    """Return in how many cases each option is worth its cost."""
    data = drawn_of(facts, analysis, forest_data(facts, analysis))
    told = [
        f"{facts.arm(arm)} in {number(int((own['net_benefit'] > 0).sum()))} of "
        f"{counted(len(own), 'case')}"
        for arm, own in data.groupby("arm", sort=False)
    ]
    return (
        f"{facts.title(analysis)}: net benefit is above zero for {listed(told)}. Strokes are "
        f"{facts.interval} intervals; the dotted line is the base case."
        f"{options_words(facts, analysis)}"
    )


def tornado_caption(facts: Facts, analysis: str) -> str:
    """Return which assumption moves net benefit most, and from where to where."""
    first = swings(facts, analysis).iloc[0]
    error = error_of_benefit(facts, analysis, first["arm"], facts.thresholds(analysis).primary)
    low, high = (drawn_money(facts, first[end], error) for end in ("low", "high"))
    return (
        f"{facts.title(analysis)}: net benefit moves most with {first['words']}, from {low} at the "
        f"low end of its range to {high} at the high end. One assumption at a time; the line is "
        "the base case."
    )


def tipping_caption(facts: Facts, analysis: str, component: str, arm: str) -> str:
    """Return how much of the map would turn the answer."""
    data = tipping_map(facts, analysis, component, arm)
    turned = int(data["turned"].sum())
    found = (
        f"another option would be the best in {number(turned)} of {counted(len(data), 'cell')}"
        if turned
        else "nowhere on the map would another option be the best"
    )
    return (
        f"{facts.title(analysis)}: if those not seen differed in {component}, {found} (dots). The "
        "diamond is where they do not differ; the colour is net benefit."
    )
