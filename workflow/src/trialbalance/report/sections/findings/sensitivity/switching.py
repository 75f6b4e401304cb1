"""What would have to change for another choice: cost of an option, or the threshold."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn_money, error_of_benefit
from trialbalance.report.text.markup import blocks, prose, table
from trialbalance.report.text.numbers import BLANK, listed, missing, significant

EVEN = "breaks even"


def change_needed(facts: Facts, analysis: str, row: pd.Series) -> str:
    """Return how an option's mean cost would have to change, in words.

    The change is the net benefit of the option, and has its Monte Carlo error.
    """
    change = row["cost_change"]
    if missing(change):
        return BLANK
    if "even if" in str(row["words"]) and not saves(facts):
        return "not worth it even at no cost"
    error = error_of_benefit(facts, analysis, row["arm"], row["threshold"])
    amount = drawn_money(facts, abs(change), error)
    if amount == facts.cash(0):
        return EVEN
    if change < 0:
        return f"would need to cost {amount} less"
    return f"could cost {amount} more"


def saves(facts: Facts) -> bool:
    """Return whether a mean cost is below nought here, so that an option may have to save."""
    frames = [facts.table("arms", name) for name in facts.analyses]
    return any(frame is not None and bool((frame["cost"] < 0).any()) for frame in frames)


def preferred_words(facts: Facts, analysis: str) -> str:
    """Return the sentence on which option is the best value on average at which thresholds."""
    frame = facts.table("preferred", analysis)
    if frame is None:
        return ""
    chances = facts.table("acceptability", analysis)
    top = frame["lower"].max() if chances is None else float(chances["threshold"].max())
    # A change of mind beyond the thresholds looked at is none that was looked at.
    frame = frame[frame["lower"] <= top]
    frame = frame.assign(upper=frame["upper"].where(frame["upper"] <= top))
    parts = []
    for (lower, upper), part in frame.groupby(["lower", "upper"], dropna=False, sort=False):
        arms = listed([facts.arm(arm) for arm in part["arm"]], "or")
        low, high = (facts.threshold(significant(value)) for value in (lower, upper))
        if lower == 0:
            place = "at every threshold looked at" if missing(upper) else f"below about {high}"
        else:
            place = f"above about {low}" if missing(upper) else f"from about {low} to {high}"
        parts.append(f"{arms} {place}")
    return prose("On average the best value is {parts}.", parts=listed(parts))


def switching_table(facts: Facts, analysis: str) -> str:
    """Return what would have to change for another choice, where thresholds are accepted."""
    frame, marks = facts.table("switching", analysis), facts.thresholds(analysis)
    if frame is None or marks.exploratory:
        return ""
    rows = []
    for threshold in marks.marked:
        found = {row["arm"]: row for _, row in near(frame, threshold).iterrows()}
        cells = [change_needed(facts, analysis, found[arm]) for arm in facts.others if arm in found]
        rows.append([facts.threshold(threshold), *cells])
    header = ["Threshold", *[facts.arm(arm) for arm in facts.others]]
    if facts.many:
        # One row an option, where a row of them would not fit a page.
        header, *rows = [list(line) for line in zip(header, *rows, strict=True)]
        header[0] = "Option"
    text = table(
        header,
        rows,
        f"What would have to change for no net benefit against {facts.arm(facts.comparator)}",
        f"switching-{analysis}",
        tuple(range(len(header))) if facts.many else tuple(range(1, len(header))),
        "Change in the mean cost per person, all of it counted, at which the option and "
        f"{facts.arm(facts.comparator)} are of equal value; effects and other costs as estimated.",
        source=facts.source("switching", analysis),
    )
    return blocks(preferred_words(facts, analysis), text)
