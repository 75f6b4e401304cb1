"""Chances of best value: acceptability curves with their frontier, and bars at the thresholds."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.drawing import FAINT, HEIGHT, INK, WIDTH, dashes, money_axis, scale
from trialbalance.report.figures.thinning import drawn_of, drawn_options, steps
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


def acceptability_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the acceptability curves and frontier of an analysis, thresholds marked."""
    frame = facts.table("acceptability", analysis).dropna(subset=["probability"])
    frame = frame.assign(name=frame["arm"].map(facts.arm))
    top = reach(facts, analysis, frame)
    frame = frame[frame["threshold"] <= top]
    kept = steps(frame["threshold"], facts.thresholds(analysis).marked)
    frame = frame[frame["threshold"].isin(kept)]
    x = threshold_axis(facts, analysis, top)
    y = alt.Y(
        "probability:Q",
        scale=alt.Scale(domain=[0, 1]),
        title="Chance of being the best value",
        axis=alt.Axis(format="%", tickCount=5),
    )
    arms = [arm for arm in drawn_options(facts, analysis) if arm in set(frame["arm"])]
    dash = alt.StrokeDash("name:N", scale=dashes(facts, arms))
    layers = []
    if "frontier" in frame:
        best = frame["frontier"].astype("boolean").fillna(False).astype(bool)
        edge = frame[best].sort_values("threshold")
        layers.append(
            alt.Chart(edge[["threshold", "probability"]])
            .mark_line(color=FAINT, strokeWidth=8, strokeCap="round")
            .encode(x, y)
        )
    layers.append(
        alt.Chart(frame[frame["arm"].isin(arms)][["threshold", "probability", "name"]])
        .mark_line(strokeWidth=2.4)
        .encode(x, y, alt.Color("name:N", scale=scale(facts, arms)), dash)
    )
    layers += mark_layers(facts, analysis, top)
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


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
    return [
        rule.encode(x="threshold:Q"),
        text.encode(x="threshold:Q", y=alt.value(0), text="text:N"),
    ]


def acceptability_words(facts: Facts, analysis: str) -> str:
    """Return the acceptability curve in words, from the numbers."""
    frame, parts = drawn_of(facts, analysis, facts.table("acceptability", analysis)), []
    for threshold in facts.shown(analysis):
        rows = near(frame, threshold).dropna(subset=["probability"])
        if len(rows):
            shares = [
                f"{facts.arm(row['arm'])} {drawn(facts, analysis, row, 'probability')}"
                for _, row in rows.iterrows()
            ]
            parts.append(f"at {facts.threshold(threshold)}: {listed(shares)}")
    return "Chance of being the best value " + ("; ".join(parts) or "by threshold") + "."


def chance_bars(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return where each arm's bar starts and ends at each marked threshold."""
    frame, rows = facts.table("acceptability", analysis), []
    for threshold in facts.thresholds(analysis).marked:
        start, own = 0.0, near(frame, threshold).dropna(subset=["probability"])
        told = {row["arm"]: drawn(facts, analysis, row, "probability") for _, row in own.iterrows()}
        shares = dict(zip(own["arm"], own["probability"].astype(float), strict=True))
        options = drawn_options(facts, analysis)
        order = sorted(options, key=lambda arm: arm == facts.comparator)
        for arm in [arm for arm in order if arm in shares]:
            rows.append(
                {
                    "threshold": facts.threshold(threshold),
                    "name": facts.arm(arm),
                    "start": start,
                    "end": start + shares[arm],
                    "middle": start + shares[arm] / 2,
                    "text": told[arm] if shares[arm] >= 0.08 else "",
                }
            )
            start += shares[arm]
    return pd.DataFrame(rows)


def chances_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the chances of best value at each marked threshold as bars of 100 %."""
    data = chance_bars(facts, analysis)
    order = sorted(drawn_options(facts, analysis), key=lambda arm: arm == facts.comparator)
    arms = [arm for arm in order if facts.arm(arm) in set(data["name"])]
    y = alt.Y(
        "threshold:N",
        sort=None,
        title=f"Worth of one {facts.words(analysis)['one']}",
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6),
    )
    bars = (
        alt.Chart(data)
        .mark_bar(height=26, stroke="white", strokeWidth=1.5)
        .encode(
            alt.X("start:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
            y,
            x2="end:Q",
            color=alt.Color("name:N", scale=scale(facts, arms)),
        )
    )
    text = (
        alt.Chart(data)
        .mark_text(fontSize=13, fontWeight="bold", color="white")
        .encode(alt.X("middle:Q"), y, text="text:N")
    )
    half = (
        alt.Chart(pd.DataFrame({"half": [0.5]}))
        .mark_rule(color=INK, strokeDash=[3, 3])
        .encode(x="half:Q")
    )
    return alt.layer(bars, text, half).properties(
        width=WIDTH, height=36 * data["threshold"].nunique()
    )
