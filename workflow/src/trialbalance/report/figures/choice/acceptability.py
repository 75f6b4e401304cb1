"""Chances of best value: acceptability curves with their frontier, and bars at the thresholds."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.choice.curves import (
    curve_of,
    curve_words,
    mark_layers,
    threshold_axis,
)
from trialbalance.report.figures.drawing import FAINT, HEIGHT, INK, WIDTH, dashes, scale, shades
from trialbalance.report.figures.thinning import drawn_options


def acceptability_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the acceptability curves and frontier of an analysis, thresholds marked."""
    frame = facts.table("acceptability", analysis).dropna(subset=["probability"])
    frame, top = curve_of(facts, analysis, frame)
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


def acceptability_words(facts: Facts, analysis: str) -> str:
    """Return the acceptability curve in words, from the numbers."""

    def told(row: pd.Series) -> str:
        return f"{facts.arm(row['arm'])} {drawn(facts, analysis, row, 'probability')}"

    return f"Chance of being the best value {curve_words(facts, analysis, 'probability', told)}."


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
            opacity=alt.Opacity("name:N", scale=shades(arms, facts)),
        )
    )
    pale = set(map(facts.arm, arms[1::2]))
    written = [
        alt.Chart(part)
        .mark_text(fontSize=13, fontWeight="bold", color=ink)
        .encode(alt.X("middle:Q"), y, text="text:N")
        for ink, part in (
            ("white", data[~data["name"].isin(pale)]),
            (INK, data[data["name"].isin(pale)]),
        )
        if len(part)
    ]
    half = (
        alt.Chart(pd.DataFrame({"half": [0.5]}))
        .mark_rule(color=INK, strokeDash=[3, 3])
        .encode(x="half:Q")
    )
    return alt.layer(bars, *written, half).properties(
        width=WIDTH, height=36 * data["threshold"].nunique()
    )
