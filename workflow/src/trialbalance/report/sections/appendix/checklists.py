"""Reporting checklists: each item with its place in this report, or what is still to be written."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.appendix.cheers import CHEERS, INFORMATION, OF_THE_MODEL, Item
from trialbalance.report.sections.appendix.reference_case import reference_case
from trialbalance.report.text.markup import Markdown, escape, prose, section, table
from trialbalance.report.text.numbers import counted, number


class Answer(NamedTuple):
    """Where an item is answered; a prompt alone where it is not."""

    number: str
    words: str
    places: tuple[str, ...]
    prompt: str


ELSEWHERE = "Not applicable: draws were handed over, and the report of their model answers it."


def answers(facts: Facts, items: Iterable) -> list[Answer]:
    """Return each item of a checklist with the places that hold this study's content.

    Parameters
    ----------
    facts : Facts
        The study; its context holds ``anchors``, the identifiers printed so far.
    items : iterable of Item
        Items of a checklist.

    Returns
    -------
    list of Answer
        In the order of the items; without places where the item is a gap.
    """
    anchors = set(facts.context.get("anchors") or ())
    printed = facts.context.get("printed") or {}

    def holds(item: Item, place: str) -> bool:
        said = printed.get(place, "")
        there = anchors.issuperset({place, *item.beside})
        return there and all(re.search(one, said) for one in item.says)

    return [
        Answer(
            item.number,
            item.words,
            tuple(place for place in item.places if item.holds(facts) and holds(item, place)),
            item.prompt,
        )
        for item in items
    ]


def wanted(facts: Facts) -> list:
    """Return the items that apply: those on value of information only where it is told."""
    worked_out = any(
        facts.table("information", name) is not None
        for name in facts.analyses
        if facts.judged(name)
    )
    every = [*CHEERS, *(INFORMATION if worked_out else ())]
    return [item for item in every if applies(facts, item)]


def applies(facts: Facts, item: Item | Answer) -> bool:
    """Return whether an item is one for this report, not for that of a model handed over."""
    return not facts.from_draws or item.number not in OF_THE_MODEL


def gaps(facts: Facts) -> list[Answer]:
    """Return the items that nothing in the report answers."""
    return [answer for answer in answers(facts, wanted(facts)) if not answer.places]


def gap_words(facts: Facts) -> str:
    """Return how many items are still gaps, for page one."""
    open_items, every = gaps(facts), wanted(facts)
    if not facts.context.get("anchors"):
        return ""
    if not open_items:
        return prose("**Reporting:** all {n} checklist items are answered.", n=number(len(every)))
    return Markdown(
        prose(
            "**Reporting:** {open} of {all} checklist items still to be written; ",
            open=number(len(open_items)),
            all=number(len(every)),
        )
        + "[see the list](#checklists)."
    )


def _row(facts: Facts, answer: Answer) -> list[str]:
    """Return one line of a checklist: item, and its places as links or what to write."""
    if not applies(facts, answer):
        return [answer.number, answer.words, ELSEWHERE]
    titles = facts.context.get("titles") or {}
    links = [f"[{escape(titles.get(p, p))}](#{p}){{.place}}" for p in answer.places]
    if links:
        return [answer.number, answer.words, Markdown("; ".join(links))]
    return [answer.number, answer.words, Markdown(f"**GAP.** {escape(answer.prompt)}")]


def checklist(facts: Facts, items: Iterable, caption: str, ident: str, note: str = "") -> str:
    """Return one checklist as a table."""
    rows = [_row(facts, answer) for answer in answers(facts, items)]
    return table(
        ["Item", "What it asks", "Place in this report"], rows, caption, ident, (0, 1, 2), note
    )


def checklists(facts: Facts) -> str:
    """Return the section with the reporting checklists."""
    if not facts.analyses:
        return ""
    information = [item for item in wanted(facts) if item not in CHEERS]
    others = sum(not applies(facts, item) for item in CHEERS)
    return section(
        2,
        "Reporting checklists",
        "checklists",
        prose(
            "{open} of {all} left to write{others}. An item counts as answered only where this "
            "report holds content of this study.",
            others=f"; {number(others)} more do not apply" if others else "",
            open=counted(len(gaps(facts)), "item"),
            all=number(len(wanted(facts))),
        ),
        section(
            3,
            "CHEERS 2022",
            "cheers",
            checklist(facts, CHEERS, "CHEERS 2022: 28 items and where they are answered", "cheers"),
        ),
        section(
            3,
            "Value of information",
            "cheers-voi",
            checklist(
                facts,
                information,
                "Reporting of value of information",
                "cheers-voi",
                "CHEERS-VOI (Value in Health 2023; 26: 1461) adds six items; the topics here are "
                "ours, in our own words.",
            )
            if information
            else "",
        ),
        reference_case(facts),
    )


__all__ = ["answers", "checklists", "gap_words", "gaps"]
