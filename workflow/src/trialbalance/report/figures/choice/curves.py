"""What all curves over thresholds share: how far they are drawn, their axis, marks and words."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.figures.drawing import INK, money_axis
from trialbalance.report.figures.thinning import drawn_of, steps
from trialbalance.report.text.numbers import listed


def reach(facts: Facts, analysis: str, frame: pd.DataFrame) -> float:
    """Return how far the curves are drawn: to the end, or twice the highest marked threshold."""
    end, marked = float(frame["threshold"].max()), facts.thresholds(analysis).marked
    return min(end, 2 * max(marked)) if marked else end


def threshold_axis(facts: Facts, analysis: str, top: float) -> alt.X:
    """Return the axis that curves over thresholds share, from nought to the highest drawn."""
    return alt.X(
        "threshold:Q",
        scale=alt.Scale(domain=[0, top], nice=False),
        title=f"Threshold: worth of one {facts.words(analysis)['one']}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=4, grid=False, labelFlush=False),
    )


def curve_of(facts: Facts, analysis: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the rows that are drawn, thinned and with their arm's name, and where they end."""
    top = reach(facts, analysis, frame)
    frame = frame[frame["threshold"] <= top]
    kept = steps(frame["threshold"], facts.thresholds(analysis).marked)
    frame = frame[frame["threshold"].isin(kept)]
    return frame.assign(name=frame["arm"].map(facts.arm)), top


def mark_layers(facts: Facts, analysis: str, top: float) -> list[alt.Chart]:
    """Return the marked thresholds as lines with their amounts."""
    marks = pd.DataFrame({"threshold": [m for m in facts.thresholds(analysis).marked if m <= top]})
    if marks.empty:
        return []
    marks["text"] = [facts.threshold(value) for value in marks["threshold"]]
    rule = alt.Chart(marks).mark_rule(color=INK, strokeWidth=0.8, strokeDash=[3, 3])
    text = alt.Chart(marks).mark_text(
        fontSize=11, color=INK, angle=270, align="right", baseline="bottom", dx=-4, dy=-2
    )
    halo = alt.Chart(marks).mark_text(
        fontSize=11, color="white", stroke="white", strokeWidth=3, angle=270, align="right",
        baseline="bottom", dx=-4, dy=-2,
    )  # fmt: skip
    return [
        rule.encode(x="threshold:Q"),
        halo.encode(x="threshold:Q", y=alt.value(0), text="text:N"),
        text.encode(x="threshold:Q", y=alt.value(0), text="text:N"),
    ]


def curve_words(facts: Facts, analysis: str, column: str, told: Callable[[pd.Series], str]) -> str:
    """Return a curve in words: what is told of each option at the thresholds shown."""
    # A table of curves is named after its column, but for chances.
    table = "acceptability" if column == "probability" else column
    frame, parts = drawn_of(facts, analysis, facts.table(table, analysis)), []
    for threshold in facts.shown(analysis):
        rows = near(frame, threshold).dropna(subset=[column])
        words = [told(row) for _, row in rows.iterrows()]
        if any(words):
            parts.append(f"at {facts.threshold(threshold)}: {listed(list(filter(None, words)))}")
    return "; ".join(parts) or "by threshold"
