"""What each choice is expected to forgo, and which place each option takes."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.choice.curves import (
    curve_of,
    curve_words,
    mark_layers,
    threshold_axis,
)
from trialbalance.report.figures.drawing import FAINT, HEIGHT, WIDTH, dashes, money_axis, scale
from trialbalance.report.figures.thinning import drawn_options


def loss_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return expected loss of each option by threshold; the lowest is the worth of knowing all."""
    frame = facts.table("expected_loss", analysis).dropna(subset=["expected_loss"])
    frame, top = curve_of(facts, analysis, frame)
    x = threshold_axis(facts, analysis, top)
    y = alt.Y(
        "expected_loss:Q",
        scale=alt.Scale(zero=True),
        title="Expected loss per person",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    arms = [arm for arm in drawn_options(facts, analysis) if arm in set(frame["arm"])]
    dash = alt.StrokeDash("name:N", scale=dashes(facts, arms))
    least = frame.groupby("threshold", as_index=False)["expected_loss"].min()
    frame = frame[frame["arm"].isin(arms)]
    return alt.layer(
        alt.Chart(least).mark_line(color=FAINT, strokeWidth=8, strokeCap="round").encode(x, y),
        alt.Chart(frame[["threshold", "expected_loss", "name"]])
        .mark_line(strokeWidth=2.4)
        .encode(x, y, alt.Color("name:N", scale=scale(facts, arms)), dash),
        *mark_layers(facts, analysis, top),
    ).properties(width=WIDTH, height=HEIGHT)


def loss_words(facts: Facts, analysis: str) -> str:
    """Return the expected losses in words, from the numbers."""

    def told(row: pd.Series) -> str:
        return f"{facts.arm(row['arm'])} {drawn(facts, analysis, row, 'expected_loss')}"

    said = curve_words(facts, analysis, "expected_loss", told)
    return f"Expected loss per person from choosing an option {said}."
