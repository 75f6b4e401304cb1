"""All options against each other, cheapest first, and where each stands."""

import re

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import (
    drawn_effect,
    drawn_money,
    drawn_ratio,
    error_of,
    error_of_gap,
)
from trialbalance.report.text.markup import table
from trialbalance.report.text.numbers import BLANK, missing


def standing(facts: Facts, status: str) -> str:
    """Return where an option stands, with the arms' labels in place of their names."""
    before, by, named = status.partition(" by ")
    for arm in facts.arms:
        named = re.sub(rf"(?<!\w){re.escape(arm)}(?!\w)", lambda _, arm=arm: facts.arm(arm), named)
    return before + by + named


def mean_errors(facts: Facts, analysis: str) -> dict[str, tuple[float | None, float | None]]:
    """Return the Monte Carlo errors of mean cost and mean effect, by arm."""
    arms = facts.table("arms", analysis)
    rows = [] if arms is None else [row for _, row in arms.iterrows()]
    return {
        row["arm"]: (
            error_of(facts, analysis, row, "cost"),
            error_of(facts, analysis, row, "effect"),
        )
        for row in rows
    }


def frontier_table(facts: Facts, analysis: str) -> str:
    """Return all options against each other, cheapest first, where there are more than two."""
    frame = facts.table("frontier", analysis)
    if frame is None or len(facts.arms) < 3:
        return ""
    errors = mean_errors(facts, analysis)
    rows = []
    for _, row in frame.iterrows():
        own, other = (errors.get(row[name], (None, None)) for name in ("arm", "compared_with"))
        gaps = [error_of_gap(list(pair)) for pair in zip(own, other, strict=True)]
        sizes = [row["incremental_cost"], row["incremental_effect"]]
        rows.append(
            [
                facts.arm(row["arm"]),
                drawn_money(facts, row["cost"], own[0]),
                drawn_effect(facts, row["effect"], own[1], analysis),
                BLANK if missing(row["compared_with"]) else facts.arm(row["compared_with"]),
                drawn_money(facts, sizes[0], gaps[0]),
                drawn_effect(facts, sizes[1], gaps[1], analysis, True),
                drawn_ratio(facts, row["icer"], sizes, gaps),
                standing(facts, str(row["status"])),
            ]
        )
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
