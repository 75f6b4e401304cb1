"""How sure we are: the best option at a threshold, and the chances at all marked ones."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.figures.thinning import drawn_options, options_words
from trialbalance.report.text.markup import Markdown, escape, table
from trialbalance.report.text.numbers import BLANK, likelihood


def best_arm(facts: Facts, analysis: str, threshold: float) -> str | None:
    """Return the arm with the highest mean net benefit at a threshold."""
    frame = facts.table("net_benefit", analysis)
    rows = near(frame, threshold) if frame is not None else pd.DataFrame()
    if len(rows):
        rows = rows[rows["arm"].isin(facts.others)].dropna(subset=["net_benefit"])
    if rows.empty:
        return None
    top = rows.loc[rows["net_benefit"].astype(float).idxmax()]
    return str(top["arm"]) if top["net_benefit"] > 0 else facts.comparator


def chance_of(facts: Facts, analysis: str, arm: str, threshold: float) -> float | None:
    """Return the chance that an arm is the best value at a threshold."""
    frame = facts.table("acceptability", analysis)
    if frame is None:
        return None
    rows = near(frame, threshold)
    rows = rows[rows["arm"] == arm].dropna(subset=["probability"])
    return float(rows["probability"].iloc[0]) if len(rows) else None


def chance_told(facts: Facts, analysis: str, arm: str, threshold: float) -> str:
    """Return the chance that an arm is the best value as it is printed, with its figure."""
    frame = facts.table("acceptability", analysis)
    rows = near(frame, threshold) if frame is not None else pd.DataFrame({"arm": []})
    for _, row in rows[rows["arm"] == arm].dropna(subset=["probability"]).iterrows():
        return traced(facts, drawn(facts, analysis, row, "probability"), row, "probability")
    return BLANK


def sureness_table(facts: Facts) -> str:
    """Return the chance of best value by analysis and marked threshold."""
    names = [
        name
        for name in facts.analyses
        if facts.table("acceptability", name) is not None or not facts.judged(name)
    ]
    accepted = [facts.thresholds(name) for name in names if not facts.thresholds(name).exploratory]
    marks = sorted({value for each in accepted for value in each.marked})
    if not marks:
        return differences_table(facts)
    arms = facts.others if len(facts.others) == 1 else facts.arms
    arms = drawn_options(facts, names[0]) if facts.many else arms
    rows = [line for name in names for line in sureness_rows(facts, name, arms, marks)]
    primary = {each.primary for each in accepted}
    last = (
        f"In words, at {facts.threshold(primary.pop())}"
        if len(primary) == 1
        else "In words, at the primary threshold"
    )
    header = [
        *["Analysis", "Option"][: 1 if len(arms) == 1 else 2],
        "Difference in cost",
        "Difference in effect",
        *[facts.threshold(value) for value in marks],
        last,
    ]
    what = facts.arm(arms[0]) if len(arms) == 1 else "each option"
    return table(
        header,
        rows,
        f"Differences per person, and chance that {what} is the best value, by threshold",
        "sureness",
        (*range(len(header) - len(marks) - 3), len(header) - 1),
        options_words(facts, names[0])
        .strip()
        .replace("Drawn", "Shown")
        .replace("the tables have", "the section on cost-effectiveness has"),
    )


def differences_table(facts: Facts) -> str:
    """Return the differences of every analysis, where no threshold bears a verdict."""
    rows = [
        [facts.title(name), facts.arm(arm), *gap_cells(facts, name, arm)]
        for name in facts.analyses
        for arm in facts.others
    ]
    kind = "Differences" if facts.compares else "Associated differences"
    header = ["Analysis", "Option", "Difference in cost", "Difference in effect"]
    if all(facts.costs_only(name) for name in facts.analyses):
        header, rows = header[:-1], [row[:-1] for row in rows]
    caption = f"{kind} per person, against {facts.arm(facts.comparator)}"
    return table(header, rows, caption, "sureness", (0, 1))


def gap_cells(facts: Facts, analysis: str, arm: str) -> list[str]:
    """Return both differences of an option with their intervals; dashes for the comparator."""
    frame = facts.table("incremental", analysis)
    own = frame[frame["arm"] == arm].dropna(subset=["cost", "effect"])
    alone = facts.costs_only(analysis)
    if own.empty:
        return ["reference" if arm == facts.comparator else BLANK, BLANK]
    row, cells = own.iloc[0], []
    for part in ("cost", "effect"):
        if part == "effect" and alone:
            cells.append("not compared")
            continue
        mean, ends = drawn(facts, analysis, row, part, True), [f"{part}_lower", f"{part}_upper"]
        reach = traced_span(facts, drawn_ends(facts, analysis, row, part), row, ends)
        cells.append(Markdown(f"{escape(traced(facts, mean, row, part))} \\({escape(reach)}\\)"))
    return cells


def sureness_rows(
    facts: Facts, analysis: str, arms: list[str], marks: list[float]
) -> list[list[str]]:
    """Return the lines of one analysis: one an option, or one that says why there is none."""
    title = facts.title(analysis)
    own = facts.thresholds(analysis)
    if own.exploratory:
        return [
            [
                title,
                *([facts.arm(arm)] if len(arms) > 1 else []),
                *gap_cells(facts, analysis, arm),
                *[BLANK] * len(marks),
                "no accepted threshold, so no verdict",
            ]
            for arm in arms
            if arm != facts.comparator
        ]
    rows = []
    for arm in arms:
        cells = [
            chance_told(facts, analysis, arm, value) if value in own.marked else BLANK
            for value in marks
        ]
        share = chance_of(facts, analysis, arm, own.primary)
        rows.append(
            [
                title,
                *([facts.arm(arm)] if len(arms) > 1 else []),
                *gap_cells(facts, analysis, arm),
                *cells,
                "not estimated" if share is None else likelihood(share),
            ]
        )
    return rows
