"""The forest of all cases: net benefit of each with its interval."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.cases import forest_data
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.drawing import (
    DASHES,
    IN_LINES,
    INK,
    SHAPES,
    WIDTH,
    money_axis,
    row_step,
    scale,
    wrapped,
)
from trialbalance.report.figures.thinning import drawn_of
from trialbalance.report.text.numbers import counted, number


def forest_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return net benefit over all cases as a forest plot, with lines at zero and at base."""
    data = drawn_of(facts, analysis, forest_data(facts, analysis))
    data = data.assign(title=data["title"].map(wrapped))
    arms = [arm for arm in facts.others if arm in set(data["arm"])]
    several = len(arms) > 1
    primary = facts.threshold(facts.thresholds(analysis).primary)
    x = alt.X(
        "lower:Q",
        title=f"Net benefit per person against {facts.arm(facts.comparator)}, at {primary}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5, grid=False),
    )
    y = alt.Y(
        "title:N",
        sort=list(dict.fromkeys(data["title"])),
        title=None,
        axis=alt.Axis(
            labelLimit=340, labelExpr=IN_LINES, ticks=False, domain=False, labelPadding=8
        ),
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
    ).properties(width=WIDTH, height=row_step(data["title"], 17 if several else 27))


def forest_words(facts: Facts, analysis: str) -> str:
    """Return the forest plot in words, from the numbers."""
    data, parts = drawn_of(facts, analysis, forest_data(facts, analysis)), []
    for arm in dict.fromkeys(data["arm"]):
        own = data[data["arm"] == arm]
        base = own[own["kind"] == "base"]
        above = int((own["net_benefit"] > 0).sum())
        low, high = (
            drawn(facts, analysis, own.loc[own["net_benefit"].agg(end)], "net_benefit")
            for end in ("idxmin", "idxmax")
        )
        start = ""
        if len(base):
            start = f"{drawn(facts, analysis, base.iloc[0], 'net_benefit')} in the base case; "
        parts.append(
            f"{facts.arm(arm)}: {start}between {low} and {high} over "
            f"{counted(len(own), 'case')}, above zero in {number(above)}"
        )
    threshold = facts.threshold(facts.thresholds(analysis).primary)
    start = f"Net benefit per person at {threshold} with {facts.interval} intervals"
    return f"{start}. {'. '.join(parts)}."
