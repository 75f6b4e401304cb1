"""What the cost-effectiveness plane shows, in its caption and in its alternative."""

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.choice.ellipses import outlines
from trialbalance.report.figures.choice.plane import cloud_size, drawn_gaps, shown_others
from trialbalance.report.figures.thinning import (
    drawn_of,
    options_words,
    points_words,
)
from trialbalance.report.text.numbers import listed, with_article


def shade_words(facts: Facts, analysis: str) -> str:
    """Return what the shaded side says: in how many draws the option is the better value."""
    primary = facts.thresholds(analysis).primary
    frame = facts.table("net_benefit", analysis)
    if primary is None or frame is None or "probability_positive" not in frame:
        return ""
    rows = near(frame, primary)
    rows = rows[rows["arm"].isin(shown_others(facts, analysis))]
    if facts.many:
        rows = rows.nlargest(1, "net_benefit")
    told = [
        f"in {drawn(facts, analysis, row, 'probability_positive')} of draws "
        f"{facts.arm(row['arm'])} is better value than {facts.arm(facts.comparator)}"
        for _, row in rows.iterrows()
    ]
    one = facts.words(analysis)["one"]
    return (
        f"At {facts.threshold(primary)} {with_article(one)} (shaded side), {listed(told)}. "
        if told
        else ""
    )


def plane_caption(facts: Facts, analysis: str) -> str:
    """Return what the plane shows: thresholds only where a verdict may hang on one."""
    said = "draws, their mean (diamond) and ellipses that hold 50% and 95% of them"
    count = facts.table("draws", analysis)["draw"].nunique()
    thin = points_words(cloud_size(facts, analysis), count) + options_words(facts, analysis)
    gap = gap_words(facts, analysis)
    if facts.compares:
        shade = shade_words(facts, analysis) or gap
        return f"{shade}Cost-effectiveness plane: {said}; the lines are thresholds.{thin}"
    return f"{gap}Associated differences in cost and effect: {said}. Nobody was randomised.{thin}"


def gap_words(facts: Facts, analysis: str) -> str:
    """Return the mean differences, where no threshold says which side is the better value."""
    rows = drawn_of(facts, analysis, facts.table("incremental", analysis))
    told = [
        f"{drawn(facts, analysis, row, 'cost', True)} and "
        f"{drawn(facts, analysis, row, 'effect', True)} {facts.words(analysis)['many']} with "
        f"{facts.arm(row['arm'])}"
        for _, row in rows.dropna(subset=["cost", "effect"]).iterrows()
    ]
    against = facts.arm(facts.comparator)
    return f"Mean difference against {against}: {listed(told)}. " if told else ""


def plane_words(facts: Facts, analysis: str) -> str:
    """Return the plane in words, from the numbers."""
    parts = []
    told = drawn_of(facts, analysis, facts.table("incremental", analysis))
    for _, row in told.dropna(subset=["cost"]).iterrows():
        shares = [
            f"{drawn(facts, analysis, row, f'probability_{key}')} {words}"
            for key, words in (
                ("ne", "costs more and gains more"),
                ("se", "costs less and gains more"),
                ("nw", "costs more and gains less"),
                ("sw", "costs less and gains less"),
            )
            if f"probability_{key}" in row
        ]
        parts.append(
            f"{facts.arm(row['arm'])} against {facts.arm(row['comparator'])}: mean difference "
            f"{drawn(facts, analysis, row, 'cost')} and "
            f"{drawn(facts, analysis, row, 'effect', True)} "
            f"{facts.words(analysis)['many']}; draws: {listed(shares)}."
        )
    drawn_lines = outlines(facts, drawn_gaps(facts, analysis))
    lines = "" if drawn_lines.empty else " Ellipses hold 50% and 95% of the draws."
    kind = "draws" if facts.from_draws else "posterior draws"
    return f"Scatter of {kind} around the mean. {' '.join(parts)}{lines}"
