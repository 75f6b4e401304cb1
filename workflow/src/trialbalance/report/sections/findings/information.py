"""What better evidence could be worth: all uncertainty, its parts by group, and a new trial."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.sections.front.value_of_research import affected_words
from trialbalance.report.text.markup import blocks, prose, section, table
from trialbalance.report.text.numbers import BLANK, counted, missing, number, sentence_case

# Of the primary analysis; those of the others stand with their results in full.
PICTURES = ("evpi", "evppi")
PARTS = {"price_": "Price of", "quantity_": "Quantity of"}


def learnt(facts: Facts, quantity: str) -> str:
    """Return what would be learnt, in words, for a quantity such as evppi:prices."""
    kind, _, name = quantity.partition(":")
    if kind == "evpi":
        return "Everything uncertain" + (", unit costs drawn too" if name else "")
    return _group(facts, name) if kind == "evppi" else facts.label(quantity)


def _group(facts: Facts, name: str) -> str:
    """Return a group of parameters in words: the arms' means and items have names of their own."""
    if name in ("costs", "effects"):
        return f"Mean {name[:-1]} of every arm"
    kind, _, arm = name.partition("_")
    if kind in ("cost", "effect") and arm in facts.arms:
        return f"Mean {kind}, {facts.arm(arm)}"
    for start, words in PARTS.items():
        item = name.removeprefix(start)
        if name.startswith(start) and item in (facts.part("costs").get("items") or {}):
            label = facts.label(item, "item")
            return f"{words} {label[:1].lower()}{label[1:]}"
    if name == "prices":
        return f"Unit costs with a range{_ranged(facts)}"
    return {"rest": "All else"}.get(name) or sentence_case(facts.label(name))


def _ranged(facts: Facts) -> str:
    """Return how many unit costs had a range, in brackets."""
    prices = facts.table("prices")
    ends = {"unit_cost_lower", "unit_cost_upper"}
    if prices is None or not ends <= set(prices):
        return ""
    have = int(prices[sorted(ends)].notna().all(axis=1).sum())
    return f" ({have} of {len(prices)})"


def by_threshold(facts: Facts, analysis: str, kind: str) -> tuple[list[list[str]], int]:
    """Return a line for each quantity of a kind, and how many were left out as nothing.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis, kind : str
        Analysis; evpi or evppi.

    Returns
    -------
    tuple
        Lines of what would be learnt and its worth a person at each marked threshold; the number
        of quantities that print as nought throughout.
    """
    frame, marks = facts.table("information", analysis), facts.thresholds(analysis)
    frame = frame[frame["quantity"].astype(str).str.partition(":")[0] == kind]
    worth: dict[str, list[str]] = {}
    for place, threshold in enumerate(marks.marked):
        for _, row in near(frame, threshold).iterrows():
            cells = worth.setdefault(str(row["quantity"]), [BLANK] * len(marks.marked))
            if not missing(row["per_person"]):
                told = facts.cash_about(row["per_person"], row.get("standard_error"))
                cells[place] = traced(facts, told, row, "per_person")
    nothing = (BLANK, facts.cash(0))
    plain = {name: [_plain(cell) for cell in cells] for name, cells in worth.items()}
    kept = [name for name, cells in plain.items() if any(cell not in nothing for cell in cells)]
    return [[learnt(facts, name), *worth[name]] for name in kept], len(worth) - len(kept)


def _plain(cell: str) -> str:
    """Return the words of a cell without the mark of its figure."""
    return str(cell).partition("]{.number")[0].lstrip("[").replace("\\", "")


def trial_table(facts: Facts, analysis: str) -> str:
    """Return what a new trial of each size would be worth at the primary threshold."""
    primary = facts.thresholds(analysis).primary
    rows = near(facts.table("information", analysis), primary)
    named = rows["quantity"].astype(str).str.partition(":")
    lines = []
    for size in dict.fromkeys(named[2][named[0] == "evsi"]):
        own = {kind: rows[(named[0] == kind) & (named[2] == size)] for kind in ("evsi", "enbs")}
        gain = own["evsi"].iloc[0]
        net = own["enbs"].iloc[0] if len(own["enbs"]) else pd.Series(dtype=float)
        each, all_of_them = gain["per_person"], gain.get("population")
        error = gain.get("standard_error")
        scale = None if missing(all_of_them) or not each else all_of_them / each
        whole = None if scale is None or missing(error) else error * scale
        value = net.get("population")
        lines.append(
            [
                number(float(size)),
                traced(facts, facts.cash_about(each, error), gain, "per_person"),
                facts.cash_about(all_of_them, whole),
                BLANK if missing(value) else facts.cash_about(all_of_them - value, whole),
                facts.cash_about(value, whole),
            ]
        )
    return table(
        ["People in each arm", "Worth per person", "For all people", "Cost of the trial",
         "Worth net of that cost"],
        lines,
        f"What a new trial could be worth at {facts.threshold(primary)}: {facts.title(analysis)}",
        f"information-trials-{analysis}",
        (),
        f"{_plan(facts)} Amounts are rounded to what their simulation error supports; a size whose "
        "worth lies within that error of the best is not told from it.",
        source=facts.source("information", analysis),
    )  # fmt: skip


def _plan(facts: Facts) -> str:
    """Return what a new trial is supposed to cost."""
    plan = facts.part("decision").get("sampling") or {}
    if not plan.get("fixed_cost") and not plan.get("cost_per_participant"):
        return "The cost of a trial is what it takes and what its participants and the wait forgo."
    fixed, each = (facts.cash(plan.get(key) or 0) for key in ("fixed_cost", "cost_per_participant"))
    return (
        f"A trial is supposed to cost {fixed} and {each} a participant; what people forgo while "
        "it runs is in its cost."
    )


def never_worth(facts: Facts, analysis: str) -> str:
    """Return that knowing everything would change no choice; blank where that was not counted."""
    frame = facts.table("information", analysis)
    if not (frame["quantity"] == "evpi").any():
        return ""
    return prose(
        "{title}: at every marked threshold the same option is the best in practically every "
        "draw, so that knowing everything uncertain would be worth {nothing}.",
        title=facts.title(analysis),
        nothing=facts.cash(0),
    )


def information_blocks(facts: Facts, analysis: str) -> str:
    """Return the three blocks of one analysis: all uncertainty, by group, a new trial."""
    if (
        not facts.judged(analysis)
        or facts.table("information", analysis) is None
        or facts.thresholds(analysis).exploratory
    ):
        return ""
    head = ["What would be learnt", *map(facts.threshold, facts.thresholds(analysis).marked)]
    source = facts.source("information", analysis)
    whole, _ = by_threshold(facts, analysis, "evpi")
    groups, left = by_threshold(facts, analysis, "evppi")
    nothing = (
        f"{counted(left, 'further group')} would not change the choice: nought." if left else ""
    )
    title = facts.title(analysis)
    return blocks(
        never_worth(facts, analysis) if not whole else "",
        table(head, whole, f"Value of removing all uncertainty, per person: {title}",
              f"information-all-{analysis}", (0,),
              "The expected gain from never choosing the wrong option, within the horizon of the "
              "study.", source=source),
        table(head, groups, f"Value of removing uncertainty about one group, per person: {title}",
              f"information-groups-{analysis}", (0,),
              f"The part of the whole that a group accounts for; parts need not add up. {nothing} "
              "A price without a range counts as known, whether or not it is assumed.",
              source=source),
        trial_table(facts, analysis),
    )  # fmt: skip


def information(facts: Facts) -> str:
    """Return the part on what better evidence could be worth."""
    parts = [information_blocks(facts, name) for name in facts.analyses]
    shown = pictures(
        facts, *(f"{kind}_{name}" for name in list(facts.analyses)[:1] for kind in PICTURES)
    )
    people = next((words for name in facts.analyses if (words := affected_words(facts, name))), "")
    lead = prose("Values for all people speak of {people}.", people=people) if people else ""
    return section(
        3,
        "What better evidence could be worth",
        "information",
        lead if any(parts) else "",
        shown,
        *parts,
    )
