"""Does the answer survive: every case beside the base case, as a picture and a table."""

import altair as alt
import pandas as pd

from trialbalance.report.drawing import DASHES, INK, SHAPES, WIDTH, money_axis, scale
from trialbalance.report.facts import Facts, near
from trialbalance.report.markup import bullets, joined, prose, section, table
from trialbalance.report.pictures import pictures
from trialbalance.report.traced import traced, traced_span
from trialbalance.report.words import BLANK, chance, counted, listed, missing, number

NUMBERS = ["net_benefit", "lower", "upper"]


def scenario_title(facts: Facts, name: str) -> str:
    """Return the title of a scenario."""
    known = facts.settings.get("scenarios") or {}
    return (known.get(name) or {}).get("title") or (
        "Base case" if name == "base" else facts.label(name)
    )


def forest_data(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return net benefit with its interval at the primary threshold, one row a case and arm.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    pandas.DataFrame
        Columns kind, case, arm, title, name, net_benefit, lower, upper, base case first; no rows
        where the outcome has no accepted threshold, or where base stands alone.
    """
    columns = ["kind", "case", "arm", "title", "name", *NUMBERS]
    frame, primary = facts.table("forest"), facts.thresholds(analysis).primary
    if frame is None or primary is None or not {"threshold", "arm", *NUMBERS} <= set(frame):
        return pd.DataFrame(columns=columns)
    rows = near(frame[frame["analysis"] == analysis].dropna(subset=["threshold"]), primary)
    rows = rows.dropna(subset=NUMBERS)
    if len(rows[["kind", "case"]].drop_duplicates()) < 2:
        return pd.DataFrame(columns=columns)
    first = (rows["kind"] != "base").sort_values(kind="stable").index
    rows = rows.loc[first]
    cases = zip(rows["kind"], rows["case"], strict=True)
    titles = {pair: case_title(facts, *map(str, pair)) for pair in dict.fromkeys(cases)}
    # Cases that share a title are told apart by their names.
    seen = list(titles.values())
    told = [
        titles[pair] if seen.count(titles[pair]) == 1 else f"{titles[pair]} ({pair[1]})"
        for pair in zip(rows["kind"], rows["case"], strict=True)
    ]
    rows = rows.assign(title=told, name=rows["arm"].map(facts.arm))
    return rows[columns].reset_index(drop=True)


def forest_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return net benefit over all cases as a forest plot, with lines at zero and at base."""
    data = forest_data(facts, analysis)
    arms = [arm for arm in facts.others if arm in set(data["arm"])]
    several = len(arms) > 1
    primary = facts.threshold(facts.thresholds(analysis).primary)
    x = alt.X(
        "lower:Q",
        title=f"Net benefit a person against {facts.arm(facts.comparator)}, at {primary}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5, grid=False),
    )
    y = alt.Y(
        "title:N",
        sort=list(dict.fromkeys(data["title"])),
        title=None,
        axis=alt.Axis(labelLimit=240, ticks=False, domain=False, labelPadding=8),
    )
    names = [facts.arm(arm) for arm in arms]
    colour = alt.Color("name:N", scale=scale(facts, arms), legend=alt.Legend() if several else None)
    shape = alt.Shape(
        "name:N", legend=None, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
    )
    base = alt.Chart(data).encode(y=y, color=colour)
    if several:
        base = base.encode(yOffset=alt.YOffset("name:N", sort=names))
    return alt.layer(
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK).encode(x="zero:Q"),
        alt.Chart(data[data["kind"] == "base"])
        .mark_rule(strokeDash=DASHES[2], strokeWidth=1)
        .encode(x="net_benefit:Q", color=colour),
        base.mark_rule(strokeWidth=2.2).encode(x, x2="upper:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x="net_benefit:Q", shape=shape),
    ).properties(width=WIDTH, height=alt.Step(17 if several else 27))


def forest_words(facts: Facts, analysis: str) -> str:
    """Return the forest plot in words, from the numbers."""
    data, parts = forest_data(facts, analysis), []
    for arm in dict.fromkeys(data["arm"]):
        own = data[data["arm"] == arm]
        base = own[own["kind"] == "base"]["net_benefit"]
        above = int((own["net_benefit"] > 0).sum())
        low, high = (facts.cash(own["net_benefit"].agg(end)) for end in ("min", "max"))
        start = f"{facts.cash(base.iloc[0])} in the base case; " if len(base) else ""
        parts.append(
            f"{facts.arm(arm)}: {start}between {low} and {high} over "
            f"{counted(len(own), 'case')}, above zero in {number(above)}"
        )
    threshold = facts.threshold(facts.thresholds(analysis).primary)
    start = f"Net benefit a person at {threshold} with {facts.interval} intervals"
    return f"{start}. {'. '.join(parts)}."


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
        return f"{start} and in {many}."
    return f"{start}; another option is best in {counted(len(turned), 'case')} of " + (
        f"{number(len(others))}: {listed(turned)}."
    )


def case_title(facts: Facts, kind: str, case: str) -> str:
    """Return the title of a case of the forest plot."""
    if kind == "prices":
        declared = (facts.part("decision").get("price_scenarios") or {}).get(case) or {}
        return declared.get("title") or facts.label(case)
    if kind == "missing_data":
        return f"Missing data: {facts.label(case).lower()}"
    return f"Subgroup, {case}" if kind == "subgroup" else scenario_title(facts, case)


def scenarios(facts: Facts) -> str:
    """Return the section with the scenarios, base case first."""
    frame = facts.table("scenarios")
    if frame is None:
        return ""
    # The base case alone is no answer to whether anything survives.
    frame = frame if len(set(frame["scenario"])) > 1 else frame.iloc[:0]
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
    said = [
        joined([prose("**{title}.**", title=title(facts, name)), words])
        for name in facts.analyses
        if (words := survival_words(facts, name))
    ]
    return section(
        2,
        "Scenarios",
        "scenarios",
        bullets(said),
        pictures(facts, *(f"scenarios_{name}" for name in facts.analyses)),
        table(
            header,
            rows,
            "Does the answer survive other assumptions?",
            "scenarios",
            (0, 1, 2),
            source=facts.source("scenarios"),
        ),
    )


def title(facts: Facts, analysis: str) -> str:
    """Return the title of an analysis."""
    return facts.settings["analyses"][analysis].get("title") or facts.label(analysis)


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
