"""Does the answer survive: every case beside the base case, as a picture and a table."""

import pandas as pd

from trialbalance.report.facts.cases import case_words, forest_data, scenario_title
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.text.markup import bullets, joined, prose, section, table
from trialbalance.report.text.numbers import BLANK, counted, listed, missing, number


def survival_words(facts: Facts, analysis: str) -> str:
    """Return in how many cases the best option on average is that of the base case."""
    data = forest_data(facts, analysis)
    best = {}
    # A subgroup is another question, not another answer to the same.
    for name, part in data[data["kind"] != "subgroup"].groupby("title", sort=False):
        top = part.loc[part["net_benefit"].idxmax()]
        best[name] = top["arm"] if top["net_benefit"] > 0 else facts.comparator
    base = next(iter(data.loc[data["kind"] == "base", "title"]), None)
    if base is None or len(best) < 2:
        return ""
    others = [name for name in best if name != base]
    turned = [name for name in others if best[name] != best[base]]
    threshold = facts.threshold(facts.thresholds(analysis).primary)
    best_arm = facts.arm(best[base])
    start = f"At {threshold} the best value on average is {best_arm} in the base case"
    if not turned:
        many = "the other scenario" if len(others) == 1 else f"all {number(len(others))} others"
        return f"{start} and in {many}. {case_words(facts, analysis)}"
    return f"{start}; another option is best in {counted(len(turned), 'case')} of " + (
        f"{number(len(others))}: {listed(turned)}. {case_words(facts, analysis)}"
    )


def scenario_table(facts: Facts) -> str:
    """Return the scenarios line by line, base case first; nothing where base stands alone."""
    frame = facts.table("scenarios")
    if frame is None or len(set(frame["scenario"])) < 2:
        return ""
    rows = [
        [scenario_title(facts, str(row["scenario"])), *_scenario_cells(facts, row)]
        for _, row in frame.iterrows()
    ]
    header = [
        "Scenario",
        "Analysis",
        "Option",
        "Difference in cost",
        "Difference in effect",
        "Threshold",
        "Net benefit",
        "Chance of net benefit above zero",
    ]
    return table(
        header,
        rows,
        "Does the answer survive other assumptions?",
        "scenarios",
        (0, 1, 2),
        source=facts.source("scenarios"),
    )


def scenarios(facts: Facts) -> str:
    """Return whether the answer survives, in words and as a picture of the primary analysis."""
    if facts.table("scenarios") is None:
        return ""
    said = [
        joined([prose("**{title}.**", title=facts.title(name)), words])
        for name in facts.analyses
        if (words := survival_words(facts, name))
    ]
    first = [f"scenarios_{name}" for name in list(facts.analyses)[:1]]
    return section(2, "Scenarios", "scenarios", bullets(said), pictures(facts, *first))


def _scenario_cells(facts: Facts, row: pd.Series) -> list[str]:
    """Return one scenario's line: increments, net benefit and probability."""
    analysis = str(row["analysis"])

    def cell(column: str) -> str:
        plus = column == "effect"
        return traced(facts, drawn(facts, analysis, row, column, plus), row, column)

    interval = traced_span(facts, drawn_ends(facts, analysis, row), row, ["lower", "upper"])
    return [
        facts.title(analysis),
        facts.arm(row["arm"]),
        cell("cost"),
        cell("effect"),
        BLANK if missing(row["threshold"]) else facts.threshold(row["threshold"]),
        joined(
            [
                cell("net_benefit"),
                prose("({interval})", interval=interval) if interval != BLANK else "",
            ]
        ),
        cell("probability_positive"),
    ]
