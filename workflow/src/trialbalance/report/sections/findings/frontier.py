"""All options against each other, cheapest first, and where each stands."""

import re

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import table
from trialbalance.report.text.numbers import BLANK, missing, significant


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
        source=facts.source("frontier", analysis),
    )
