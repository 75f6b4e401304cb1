"""What drives the answer: net benefit with one assumption at a time at the ends of its range."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn_money, error_of_benefit
from trialbalance.report.figures.drawing import (
    FAINT,
    IN_LINES,
    INK,
    WIDTH,
    money_axis,
    row_step,
    wrapped,
)
from trialbalance.report.text.numbers import listed

MOST = 12
ENDS = {"low": "Low end of the range", "high": "High end of the range"}
SHADES = ["#5b8fb9", "#16425b"]


def swings(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return net benefit at both ends of each assumption, the widest swing first.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    pandas.DataFrame
        Columns arm, words, base, low, high, swing at the primary threshold; no rows where the
        outcome has none or nothing was varied.
    """
    frame, primary = facts.table("sensitivity"), facts.thresholds(analysis).primary
    columns = ["arm", "words", "base", "low", "high", "swing"]
    if frame is None or primary is None or not {"net_benefit_low", "net_benefit"} <= set(frame):
        return pd.DataFrame(columns=columns)
    own = near(frame[frame["analysis"] == analysis].dropna(subset=["threshold"]), primary)
    own = own.dropna(subset=["net_benefit_low", "net_benefit_high"])
    own = own.rename(columns={f"net_benefit_{end}": end for end in ENDS} | {"net_benefit": "base"})
    several = len(set(own["arm"])) > 1
    words = [
        facts.label(row["parameter"], "item") + (f", {facts.arm(row['arm'])}" if several else "")
        for _, row in own.iterrows()
    ]
    own = own.assign(words=words, swing=(own["high"] - own["low"]).abs())
    return own.sort_values("swing", ascending=False, kind="stable")[columns].head(MOST)


def tornado_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the swings as bars from the base case, the widest on top."""
    data = swings(facts, analysis)
    data = data.assign(words=data["words"].map(wrapped))
    ends = data.melt(["words", "base"], list(ENDS), "end", "value")
    ends = ends.assign(end=ends["end"].map(ENDS))
    primary = facts.threshold(facts.thresholds(analysis).primary)
    against = facts.arm(facts.comparator)
    x = alt.X(
        "base:Q",
        title=f"Net benefit per person against {against}, at {primary}",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5, grid=False),
    )
    y = alt.Y(
        "words:N",
        sort=list(data["words"]),
        title=None,
        axis=alt.Axis(
            labelLimit=340, labelExpr=IN_LINES, ticks=False, domain=False, labelPadding=8
        ),
    )
    colour = alt.Color("end:N", scale=alt.Scale(domain=list(ENDS.values()), range=SHADES))
    layers = [
        alt.Chart(ends).mark_bar(height=13).encode(x, y, x2="value:Q", color=colour),
        alt.Chart(data.drop_duplicates("base"))
        .mark_rule(color=INK, strokeWidth=1.2)
        .encode(x="base:Q"),
    ]
    if (ends["value"].min() < 0) != (ends["value"].max() < 0):
        nought = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=FAINT, strokeDash=[3, 3])
        layers.append(nought.encode(x="zero:Q"))
    return alt.layer(*layers).properties(width=WIDTH, height=row_step(data["words"]))


def tornado_words(facts: Facts, analysis: str) -> str:
    """Return the swings in words, from the numbers."""
    data, primary = swings(facts, analysis), facts.thresholds(analysis).primary
    errors = {arm: error_of_benefit(facts, analysis, arm, primary) for arm in set(data["arm"])}

    def said(row: pd.Series, end: str) -> str:
        return drawn_money(facts, row[end], errors[row["arm"]])

    told = [
        f"{row['words']} {said(row, 'low')} at the low end and {said(row, 'high')} at the high end"
        for _, row in data.iterrows()
    ]
    base = said(data.iloc[0], "base")
    return f"Net benefit per person, {base} in the base case: {listed(told)}."
