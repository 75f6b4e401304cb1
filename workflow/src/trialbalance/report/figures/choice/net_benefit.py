"""Net benefit by threshold, with the band that holds the draws."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.figures.choice.curves import (
    curve_of,
    curve_words,
    mark_layers,
    threshold_axis,
)
from trialbalance.report.figures.drawing import HEIGHT, INK, WIDTH, dashes, money_axis, scale
from trialbalance.report.figures.thinning import drawn_of
from trialbalance.report.text.numbers import span


def benefit_curve(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return net benefit of each option with its interval, over the thresholds drawn."""
    frame = facts.table("net_benefit", analysis).dropna(subset=["net_benefit"])
    frame = drawn_of(facts, analysis, frame[frame["arm"] != facts.comparator])
    columns = ["threshold", "arm", "net_benefit", "lower", "upper", "name"]
    return curve_of(facts, analysis, frame)[0][columns].round(1)


def benefit_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return net benefit by threshold as lines with bands, and a line at nought."""
    data = benefit_curve(facts, analysis)
    top = float(data["threshold"].max())
    arms = [arm for arm in facts.others if arm in set(data["arm"])]
    x = threshold_axis(facts, analysis, top)
    y = alt.Y(
        "net_benefit:Q",
        title=f"Net benefit per person against {facts.arm(facts.comparator)}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    one = len(arms) == 1
    colour = alt.Color("name:N", scale=scale(facts, arms), legend=None if one else alt.Legend())
    dash = alt.StrokeDash("name:N", legend=None, scale=dashes(facts, arms))
    base = alt.Chart(data)
    return alt.layer(
        base.mark_area(opacity=0.18).encode(x, alt.Y("lower:Q"), y2="upper:Q", color=colour),
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK).encode(y="zero:Q"),
        base.mark_line(strokeWidth=2.4).encode(x, y, colour, dash),
        *mark_layers(facts, analysis, top),
    ).properties(width=WIDTH, height=HEIGHT)


def benefit_words(facts: Facts, analysis: str) -> str:
    """Return net benefit in words, from the numbers."""

    def told(row: pd.Series) -> str:
        if row["arm"] not in facts.others:
            return ""
        benefit = drawn(facts, analysis, row, "net_benefit")
        return f"{facts.arm(row['arm'])} {benefit} ({span(*drawn_ends(facts, analysis, row))})"

    against, said = facts.arm(facts.comparator), curve_words(facts, analysis, "net_benefit", told)
    return f"Net benefit per person against {against} with {facts.interval} intervals {said}."
