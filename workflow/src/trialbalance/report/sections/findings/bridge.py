"""One table from what was seen to what is concluded, and why each step moves."""

from typing import NamedTuple

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.rounding import (
    drawn,
    drawn_ends,
    drawn_money,
    error_of,
    error_of_gap,
)
from trialbalance.report.text.markup import Markdown, bullets, escape, joined, prose, section, table
from trialbalance.report.text.numbers import BLANK, listed, missing, number
from trialbalance.synthesis.bridge import ADJUSTED, HIGHEST, LOWEST, MODELLED, SEEN, bridge


class Line(NamedTuple):
    """One difference of one analysis, with its steps by name."""

    analysis: str
    arm: str
    part: str
    steps: dict[str, pd.Series]


def lines(facts: Facts) -> list[Line]:
    """Return every difference that has more steps than the model's: costs first, by arm.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    list of Line
        A cost that two analyses share under one perspective stands in both lines, so that they
        can be compared; an effect stands once an outcome. Nothing where people were not seen.
    """
    found, told = [], set()
    observed = facts.table("observed_case")
    if observed is None or facts.many:
        return []
    for part in ("cost", "effect"):
        for name in facts.analyses:
            outcome = facts.settings["analyses"][name]["outcome"]
            if part == "effect" and (outcome in told or facts.costs_only(name)):
                continue
            told |= {outcome} if part == "effect" else set()
            found += [_line(facts, observed, name, arm, part) for arm in facts.others]
    return [line for line in found if SEEN in line.steps and MODELLED in line.steps]


def _line(facts: Facts, observed: pd.DataFrame, analysis: str, arm: str, part: str) -> Line:
    """Return the steps of one difference."""
    own = observed[observed["analysis"] == analysis]
    increments = facts.table("incremental", analysis)
    steps = bridge(part, arm, own, increments, facts.table("missing_scenarios", analysis))
    return Line(analysis, arm, part, {row["step"]: row for _, row in steps.iterrows()})


def shown(facts: Facts, line: Line, step: str) -> str:
    """Return the figure of a step as it is printed, with its interval or its participants."""
    one = line.steps.get(step)
    if one is None:
        return BLANK
    said = _said(facts, line, one["estimate"])
    if step not in (SEEN, ADJUSTED):
        said = drawn(facts, line.analysis, one["row"], one["column"], True)
    text = traced(facts, said, one["row"], one["column"])
    if step in (SEEN, ADJUSTED) and not missing(one["participants"]):
        return Markdown(f"{escape(text)} \\({number(one['participants'])}\\)")
    if step == MODELLED:
        ends = [f"{line.part}_lower", f"{line.part}_upper"]
        texts = drawn_ends(facts, line.analysis, one["row"], line.part)
        reach = traced_span(facts, texts, one["row"], ends)
        return Markdown(f"{escape(text)} \\({escape(reach)}\\)")
    return text


def _said(facts: Facts, line: Line, value: float) -> str:
    """Return an amount of money, or an effect with the digits of its outcome."""
    if line.part == "cost":
        return facts.cash(value, True)
    return facts.amount(value, line.analysis, True)


def bridge_table(facts: Facts) -> str:
    """Return the table: a line a difference, a column a step."""
    told = lines(facts)
    if not told:
        return ""
    ends = any(LOWEST in line.steps for line in told)
    several = len(facts.others) > 1
    head = ["Difference", *(["Option"] if several else []), "Means of those seen (people)",
            "Adjusted, those seen (people)", "Modelled, everybody (interval)",
            *(["Lowest, if missing otherwise", "Highest, if missing otherwise"] if ends else []),
            ]  # fmt: skip
    rows = [
        [
            _named(facts, line),
            *([facts.arm(line.arm)] if several else []),
            *(shown(facts, line, step) for step in (SEEN, ADJUSTED, MODELLED)),
            *([shown(facts, line, step) for step in (LOWEST, HIGHEST)] if ends else []),
        ]
        for line in told
    ]
    against = facts.arm(facts.comparator)
    what = "each option" if several else facts.arm(facts.others[0])
    return table(
        head,
        rows,
        f"From what was seen to what is concluded: {what} against {against}, per person",
        "bridge",
        (0, 1) if several else (0,),
        f"Page one tells the modelled figures; the interval holds {facts.interval} of the draws.",
        source=facts.source("observed_case"),
    )


def _named(facts: Facts, line: Line) -> str:
    """Return what differs, and in which analysis."""
    if line.part == "effect":
        return facts.words(line.analysis)["label"]
    perspective = facts.perspective(facts.settings["analyses"][line.analysis]["perspective"])
    return f"Cost, {_lower_first(perspective)}, beside {facts.words(line.analysis)['many']}"


def why_moved(facts: Facts) -> list[str]:
    """Return why each step of the bridge moves, step by step, in sentences.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    list of str
        Markdown; a step that no line has says nothing.
    """
    told = lines(facts)
    have = {step for line in told for step in line.steps}
    if not told:
        return []
    said = [
        "**Seen:** means of the people whose whole cost or outcome was seen, as they come. Whoever "
        "lacks any part is left out, so arms may differ by who answered."
    ]
    if ADJUSTED in have:
        said.append(_adjusting(facts, told))
    said.append(
        "**Modelled:** everybody counts, those seen in part with what was seen of them; what was "
        "not seen is expected as the model has it of people alike in what was seen."
    )
    if LOWEST in have:
        said.append(_ends(facts, told))
    return [Markdown(one) for one in said]


def _adjusting(facts: Facts, told: list[Line]) -> str:
    """Return what adjustment levels out, and by how much it moves the first line."""
    first = next(line for line in told if ADJUSTED in line.steps)
    row = first.steps[ADJUSTED]["row"]
    named = [name.strip() for name in str(row.get("covariates") or "").split(";") if name.strip()]
    labels = [_lower_first(facts.label(name, "covariate")) for name in named if name != "nan"]
    what = listed(labels) or "the arm alone"
    return prose(
        "**Adjusted:** least squares on {what}, among those seen of whom these are known too. It "
        "moves the difference where the arms differed in them by chance.",
        what=what,
    )


def _ends(facts: Facts, told: list[Line]) -> str:
    """Return which assumptions on missing data give the ends, of the first line that they move."""
    text = (
        "**Missing otherwise:** the ends of the cases in which those not seen differ from what is "
        "expected of them; all are assumed.{ends}"
    )
    for line in told:
        base = line.steps[MODELLED]["estimate"]
        moved = [
            prose(
                "{which} where {case}",
                which=step,
                case=_lower_first(facts.label(line.steps[step]["scenario"])),
            )
            for step in (LOWEST, HIGHEST)
            if step in line.steps and abs(line.steps[step]["estimate"] - base) > 1e-9
        ]
        if moved:
            return prose(
                text, ends=prose(" {what}: {ends}.", what=_named(facts, line), ends=listed(moved))
            )
    return prose(text, ends="")


def _lower_first(words: str) -> str:
    """Return words for the middle of a sentence; a name in capitals stays."""
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def same_cost(facts: Facts) -> list[str]:
    """Return why one cost has several figures, where it is told beside several outcomes.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    list of str
        One paragraph: how far apart the figures of each cost are, and why. Nothing where every
        cost stands beside one outcome.
    """
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines(facts):
        meta = facts.settings["analyses"][line.analysis]
        key = (str(meta.get("perspective")), str(meta.get("population")), line.arm)
        if line.part == "cost":
            groups.setdefault(key, []).append(line)
    told = [_apart(facts, key[0], same) for key, same in groups.items() if len(same) > 1]
    if not told:
        return []
    return [
        joined(
            [
                Markdown(
                    "**Why one cost has several figures:** what was seen of it is the same beside "
                    "each outcome. Adjusted, it differs where an outcome has a baseline of its own "
                    "to adjust for, known of other people. Modelled, it differs as cost and "
                    "outcome are modelled together: what is expected of a cost not seen leans on "
                    "the outcome seen beside it, and each analysis is drawn anew."
                ),
                *told,
            ]
        )
    ]


def _apart(facts: Facts, perspective: str, same: list[Line]) -> str:
    """Return how far apart the modelled figures of one cost are, beside their uncertainty."""
    modelled = [line.steps[MODELLED] for line in same]
    ends = [min(same, key=_modelled), max(same, key=_modelled)]
    apart = _modelled(ends[1]) - _modelled(ends[0])
    errors = [error_of(facts, one.analysis, one.steps[MODELLED]["row"], "cost") for one in ends]
    wide = min(one["upper"] - one["lower"] for one in modelled)
    several = f" ({facts.arm(same[0].arm)})" if len(facts.others) > 1 else ""
    return prose(
        "{perspective}{several}: {apart} apart, {share}% of the narrower interval.",
        perspective=facts.perspective(perspective),
        several=several,
        apart=drawn_money(facts, apart, error_of_gap(errors)),
        share=number(100 * apart / wide if wide else 0.0),
    )


def _modelled(line: Line) -> float:
    """Return the modelled figure of a line."""
    return float(line.steps[MODELLED]["estimate"])


def bridge_section(facts: Facts) -> str:
    """Return the part that leads from what was seen to what is concluded."""
    told = bridge_table(facts)
    if not told:
        return ""
    return section(
        3,
        "From what was seen to what is concluded",
        "bridge",
        told,
        bullets([*why_moved(facts), *same_cost(facts)]),
    )
