"""Does the answer survive: every case beside the base case, as a picture and a table."""

import pandas as pd

from trialbalance.report.facts.cases import case_words, forest_data, scenario_title
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.text.markup import bullets, joined, prose, section, table
from trialbalance.report.text.numbers import BLANK, chance, counted, listed, missing, number


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

    def first(*names: str) -> object:
        return next((row[name] for name in names if name in row and not missing(row[name])), None)

    analysis = str(row["analysis"])
    meta = (facts.settings.get("analyses") or {}).get(analysis)
    effect, benefit = first("effect", "incremental_effect"), first("net_benefit", "inmb")
    arm, threshold = first("arm"), first("threshold")
    ends = [facts.cash(first(end, f"net_benefit_{end}")) for end in ("lower", "upper")]
    interval = traced_span(facts, ends, row, ["lower", "upper"])
    return [
        meta.get("title") if meta else facts.label(analysis),
        BLANK if arm is None else facts.arm(arm),
        traced(facts, facts.cash(first("cost", "incremental_cost")), row, "cost"),
        traced(
            facts,
            facts.amount(effect, analysis, True) if meta else number(effect, 3, True),
            row,
            "effect",
        ),
        BLANK if threshold is None else facts.threshold(threshold),
        joined(
            [
                traced(facts, facts.cash(benefit), row, "net_benefit"),
                prose("({interval})", interval=interval) if interval != BLANK else "",
            ]
        ),
        traced(
            facts,
            chance(first("probability_positive", "probability")),
            row,
            "probability_positive",
        ),
    ]
