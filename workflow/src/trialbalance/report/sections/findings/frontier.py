"""All options against each other, and what better evidence about them could be worth."""

import re

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced
from trialbalance.report.text.markup import table
from trialbalance.report.text.numbers import BLANK, missing, significant


def learnt(facts: Facts, quantity: str) -> str:
    """Return what would be learnt, in words, for a quantity such as evppi:prices."""
    kind, _, name = quantity.partition(":")
    words = {
        "evpi": "Everything uncertain",
        "evppi": _group(facts, name),
        "evsi": f"A new trial with {name} people per arm",
        "enbs": f"A new trial with {name} people per arm, less its cost, for all people",
    }
    return words.get(kind, facts.label(quantity))


def _group(facts: Facts, name: str) -> str:
    """Return a group of parameters in words: the arms' means have names of their own."""
    if name in ("costs", "effects"):
        return f"Mean {name[:-1]} of every arm"
    kind, _, arm = name.partition("_")
    if kind in ("cost", "effect") and arm in facts.arms:
        return f"Mean {kind}, {facts.arm(arm)}"
    return facts.label(name)


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


def information_table(facts: Facts, analysis: str) -> str:
    """Return the value of perfect information a person at the marked thresholds."""
    frame, marks = facts.table("information", analysis), facts.thresholds(analysis)
    if frame is None or marks.exploratory:
        return ""
    worth: dict[str, list[str]] = {}
    for number, threshold in enumerate(marks.marked):
        for _, row in near(frame, threshold).iterrows():
            cells = worth.setdefault(str(row["quantity"]), [BLANK] * len(marks.marked))
            if not missing(row["per_person"]):
                worth_it = facts.cash_about(row["per_person"], row.get("standard_error"))
                cells[number] = traced(facts, worth_it, row, "per_person")
    rows = [
        [learnt(facts, quantity), *cells]
        for quantity, cells in worth.items()
        if any(cell != BLANK for cell in cells)
    ]
    return table(
        ["What would be learnt", *(facts.threshold(threshold) for threshold in marks.marked)],
        rows,
        "Most that better evidence could be worth, per person affected, by threshold",
        f"information-{analysis}",
        (0,),
        "The first row is the expected gain from never choosing the wrong arm, within the horizon "
        "of the trial; the others are the part of it that a group of figures accounts for.",
        source=facts.source("information", analysis),
    )
