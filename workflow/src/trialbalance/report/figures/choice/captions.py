"""What the curves over thresholds show, said first: a caption is a finding, then how to read it."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.figures.thinning import (
    choosing_threshold,
    drawn_of,
    options_words,
    steps_words,
)
from trialbalance.report.sections.front.verdict import best_arm
from trialbalance.report.text.numbers import listed, span, with_article


def at_words(facts: Facts, analysis: str) -> str:
    """Return the threshold that captions speak of: the primary one, else a middle one."""
    at = choosing_threshold(facts, analysis)
    if at is None:
        return ""
    one = facts.words(analysis)["one"]
    if facts.thresholds(analysis).primary is None:
        return f"No threshold is accepted; if one {one} were worth {facts.threshold(at)}"
    return f"At {facts.threshold(at)} {with_article(one)}"


def rows_told(facts: Facts, analysis: str, table: str, column: str) -> pd.DataFrame:
    """Return the rows of a curve at the threshold that captions speak of."""
    frame, at = facts.table(table, analysis), choosing_threshold(facts, analysis)
    if frame is None or at is None:
        return pd.DataFrame(columns=["arm", column])
    return near(frame, at).dropna(subset=[column])


def chance_finding(facts: Facts, analysis: str) -> str:
    """Return the chance that the best option on average is the best value."""
    rows = rows_told(facts, analysis, "acceptability", "probability")
    best = best_arm(facts, analysis, choosing_threshold(facts, analysis) or 0.0)
    for _, row in rows[rows["arm"] == best].iterrows():
        chance = drawn(facts, analysis, row, "probability")
        return (
            f"{at_words(facts, analysis)}, {facts.arm(row['arm'])} has the highest mean net "
            f"benefit, and a chance of {chance} of being the best value. "
        )
    return ""


def acceptability_caption(facts: Facts, analysis: str) -> str:
    """Return the chance at the primary threshold, and what the curves are."""
    return (
        f"{chance_finding(facts, analysis)}Curves are the chance of best value by threshold "
        "(acceptability); the broad grey line is the frontier, the option with the highest mean "
        f"net benefit.{options_words(facts, analysis)}"
        f"{steps_words(facts.table('acceptability', analysis))}"
    )


def chances_caption(facts: Facts, analysis: str) -> str:
    """Return the chance at each marked threshold of the best option on average at the primary."""
    frame, marks = facts.table("acceptability", analysis), facts.thresholds(analysis)
    best = best_arm(facts, analysis, marks.primary)
    told = [
        f"{drawn(facts, analysis, row, 'probability')} at {facts.threshold(threshold)}"
        for threshold in marks.marked
        for _, row in near(frame, threshold).dropna(subset=["probability"]).iterrows()
        if row["arm"] == best
    ]
    found = f"{facts.arm(best)} is the best value with a chance of {listed(told)}. " if told else ""
    return f"{found}The dashed line is an even chance.{options_words(facts, analysis)}"


def benefit_caption(facts: Facts, analysis: str) -> str:
    """Return the net benefit at the primary threshold, with its interval, and what the band is."""
    rows = rows_told(facts, analysis, "net_benefit", "net_benefit")
    rows = drawn_of(facts, analysis, rows[rows["arm"] != facts.comparator])
    if facts.many:
        rows = rows.nlargest(1, "net_benefit")
    told = [
        f"{drawn(facts, analysis, row, 'net_benefit')} "
        f"({facts.interval} interval {span(*drawn_ends(facts, analysis, row))}) with "
        f"{facts.arm(row['arm'])}"
        for _, row in rows.iterrows()
    ]
    found = (
        f"{at_words(facts, analysis)}, net benefit per person against "
        f"{facts.arm(facts.comparator)} is {listed(told)}. "
        if told
        else ""
    )
    return (
        f"{found}The line is its mean by threshold, the band holds {facts.interval} of the draws."
        f"{options_words(facts, analysis)}{steps_words(facts.table('net_benefit', analysis))}"
    )


def loss_caption(facts: Facts, analysis: str) -> str:
    """Return which choice forgoes least at the primary threshold, and what the curves are."""
    rows, found = rows_told(facts, analysis, "expected_loss", "expected_loss"), ""
    if len(rows):
        least = rows.loc[rows["expected_loss"].astype(float).idxmin()]
        found = (
            f"{at_words(facts, analysis)}, choosing {facts.arm(least['arm'])} forgoes least, "
            f"{drawn(facts, analysis, least, 'expected_loss')} per person on average. "
        )
    return (
        f"{found}Lines are the expected loss per person from choosing each option, by threshold; "
        "the broad grey line is the least, which is the most that better evidence could be worth."
        f"{options_words(facts, analysis)}{steps_words(facts.table('expected_loss', analysis))}"
    )
