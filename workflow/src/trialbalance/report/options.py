"""All options against each other, and what better evidence about them could be worth."""

import re

from trialbalance.report.facts import Facts, near
from trialbalance.report.markup import table
from trialbalance.report.words import BLANK, missing, significant


def learnt(facts: Facts, quantity: str) -> str:
    """Return what would be learnt, in words, for a quantity such as evppi:prices."""
    kind, _, name = quantity.partition(":")
    words = {
        "evpi": "All uncertainty removed",
        "evppi": f"{facts.label(name)} known",
        "evsi": f"A new trial with {name} people per arm",
    }
    return words.get(kind, facts.label(quantity))


def standing(facts: Facts, status: str) -> str:
    """Return where an option stands, with the arms' labels in place of their names."""
    before, by, named = status.partition(" by ")
    for arm in facts.arms:
        named = re.sub(rf"(?<!\w){re.escape(arm)}(?!\w)", lambda _, arm=arm: facts.arm(arm), named)
    return before + by + named


def frontier_table(facts: Facts, analysis: str) -> str:
    """Return all options against each other, cheapest first, where there are more than two."""
    frame = facts.table("frontier", analysis)
    if frame is None or len(facts.arms) < 3:
        return ""
    rows = [
        [
            facts.arm(row["arm"]),
            facts.cash(row["cost"]),
            facts.amount(row["effect"], analysis),
            BLANK if missing(row["compared_with"]) else facts.arm(row["compared_with"]),
            facts.cash(row["incremental_cost"]),
            facts.amount(row["incremental_effect"], analysis, True),
            facts.cash(significant(row["icer"])),
            standing(facts, str(row["status"])),
        ]
        for _, row in frame.iterrows()
    ]
    header = [
        "Option",
        "Cost",
        facts.words(analysis)["many"],
        "Compared with",
        "Difference in cost",
        "Difference in effect",
        "Cost per unit gained",
        "Standing",
    ]
    return table(
        header,
        rows,
        "All options against each other, cheapest first",
        f"frontier-{analysis}",
        (0, 3, 7),
    )


def information_table(facts: Facts, analysis: str) -> str:
    """Return the value of perfect information a person at the marked thresholds."""
    frame, marks = facts.table("information", analysis), facts.thresholds(analysis)
    if frame is None or marks.exploratory:
        return ""
    rows = []
    for threshold in marks.marked:
        for _, row in near(frame, threshold).iterrows():
            if missing(row["per_person"]):
                continue
            label = learnt(facts, str(row["quantity"]))
            rows.append([facts.threshold(threshold), label, facts.cash(row["per_person"])])
    return table(
        ["Threshold", "What would be learnt", "Worth per person"],
        rows,
        "Most that better evidence could be worth, per person affected",
        f"information-{analysis}",
        (0, 1),
        "This is the expected gain from never choosing the wrong arm, within the horizon "
        "of the trial.",
    )
