"""What each choice is expected to forgo, and which place each option takes."""

import altair as alt

from trialbalance.report.curves import mark_layers, reach, threshold_axis
from trialbalance.report.drawing import FAINT, HEIGHT, WIDTH, dashes, money_axis, scale
from trialbalance.report.facts import Facts, near
from trialbalance.report.markup import table
from trialbalance.report.words import BLANK, chance, listed

PLACES = {1: "Best", 2: "Second", 3: "Third"}


def loss_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return expected loss of each option by threshold; the lowest is the worth of knowing all."""
    frame = facts.table("expected_loss", analysis).dropna(subset=["expected_loss"])
    frame = frame.assign(name=frame["arm"].map(facts.arm))
    top = reach(facts, analysis, frame)
    frame = frame[frame["threshold"] <= top]
    x = threshold_axis(facts, analysis, top)
    y = alt.Y(
        "expected_loss:Q",
        scale=alt.Scale(zero=True),
        title="Expected loss a person",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    arms = [arm for arm in facts.arms if arm in set(frame["arm"])]
    dash = alt.StrokeDash("name:N", scale=dashes(facts, arms))
    least = frame.groupby("threshold", as_index=False)["expected_loss"].min()
    return alt.layer(
        alt.Chart(least).mark_line(color=FAINT, strokeWidth=8, strokeCap="round").encode(x, y),
        alt.Chart(frame[["threshold", "expected_loss", "name"]])
        .mark_line(strokeWidth=2.4)
        .encode(x, y, alt.Color("name:N", scale=scale(facts, arms)), dash),
        *mark_layers(facts, analysis, top),
    ).properties(width=WIDTH, height=HEIGHT)


def loss_words(facts: Facts, analysis: str) -> str:
    """Return the expected losses in words, from the numbers."""
    frame, parts = facts.table("expected_loss", analysis), []
    for threshold in facts.shown(analysis):
        rows = near(frame, threshold).dropna(subset=["expected_loss"])
        losses = [
            f"{facts.arm(arm)} {facts.cash(loss)}"
            for arm, loss in zip(rows["arm"], rows["expected_loss"], strict=True)
        ]
        if losses:
            parts.append(f"at {facts.threshold(threshold)}: {listed(losses)}")
    return (
        "Expected loss a person from choosing an option "
        + ("; ".join(parts) or "by threshold")
        + "."
    )


def rank_table(facts: Facts, analysis: str) -> str:
    """Return the chance of each place, where more than two options compete for them."""
    frame, marks = facts.table("ranks", analysis), facts.thresholds(analysis)
    if frame is None or len(facts.arms) < 3 or marks.exploratory:
        return ""
    frame = frame.dropna(subset=["rank", "probability"])
    places = sorted({int(rank) for rank in frame["rank"]})
    rows = []
    for threshold in marks.marked:
        own = near(frame, threshold)
        for arm in [arm for arm in facts.arms if arm in set(own["arm"])]:
            mine = own[own["arm"] == arm].set_index("rank")["probability"]
            cells = [chance(mine[place]) if place in mine.index else BLANK for place in places]
            rows.append([facts.threshold(threshold), facts.arm(arm), *cells])
    header = ["Threshold", "Option", *[PLACES.get(place, f"Place {place}") for place in places]]
    return table(
        header,
        rows,
        "Chance that each option is best, second and so on, by net benefit",
        f"ranks-{analysis}",
        (0, 1),
        source=facts.source("ranks", analysis),
    )
