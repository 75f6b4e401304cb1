"""What knowing more could be worth: by threshold, and of one group of figures at a time."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.figures.choice.curves import mark_layers, reach, threshold_axis
from trialbalance.report.figures.drawing import (
    HEIGHT,
    IN_LINES,
    INK,
    WIDTH,
    money_axis,
    row_step,
    wrapped,
)
from trialbalance.report.figures.thinning import steps
from trialbalance.report.sections.findings.information import learnt
from trialbalance.report.text.numbers import listed, missing

SHADE = "#2f6690"
# Groups beyond the dearest of these have their line in the table alone.
MOST = 12
Z = 1.96


def worth_of_all(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return the expected value of perfect information by threshold, as far as curves are drawn.

    Notes
    -----
    It is the least expected loss: ``EVPI = E[max_a NB_a] - max_a E[NB_a]``.
    """
    frame = facts.table("expected_loss", analysis)
    if frame is None:
        return pd.DataFrame(columns=["threshold", "expected_loss"])
    frame = frame.dropna(subset=["expected_loss"])
    least = frame.groupby("threshold", as_index=False)["expected_loss"].min()
    return least[least["threshold"] <= reach(facts, analysis, least)] if len(least) else least


def evpi_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the value of perfect information per person by threshold."""
    data = worth_of_all(facts, analysis)
    top = float(data["threshold"].max())
    data = data[data["threshold"].isin(steps(data["threshold"], facts.thresholds(analysis).marked))]
    line = alt.Chart(data).mark_line(color=SHADE, strokeWidth=2.4)
    y = alt.Y(
        "expected_loss:Q",
        scale=alt.Scale(zero=True),
        title="Worth of knowing all, per person",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    return alt.layer(
        line.encode(threshold_axis(facts, analysis, top), y), *mark_layers(facts, analysis, top)
    ).properties(width=WIDTH, height=HEIGHT)


def evpi_caption(facts: Facts, analysis: str) -> str:
    """Return where knowing all would be worth most, in one sentence."""
    data = worth_of_all(facts, analysis)
    top, last = data.loc[data["expected_loss"].idxmax()], data["threshold"].max()
    where = f"highest at {facts.threshold(top['threshold'])}"
    if top["threshold"] == last:
        where = f"still rising at {facts.threshold(last)}, the end of the range shown"
    return (
        f"{facts.title(analysis)}: what knowing everything could be worth is {where}. It is the "
        "most that any study could be worth, per person, by threshold."
    )


def evpi_words(facts: Facts, analysis: str) -> str:
    """Return the value of perfect information in words, from the numbers."""
    frame = facts.table("information", analysis)
    told = [
        f"{facts.cash_about(row['per_person'], row.get('standard_error'))} at "
        f"{facts.threshold(threshold)}"
        for threshold in facts.shown(analysis)
        for _, row in near(frame[frame["quantity"] == "evpi"], threshold).iterrows()
        if not missing(row["per_person"])
    ]
    return f"Value of perfect information per person: {listed(told) or 'by threshold'}."


def worth_of_groups(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return what each group of figures is worth at the primary threshold, the dearest first."""
    frame, primary = facts.table("information", analysis), facts.thresholds(analysis).primary
    columns = ["words", "per_person", "standard_error", "lower", "upper"]
    if frame is None or primary is None:
        return pd.DataFrame(columns=columns)
    rows = near(frame, primary).dropna(subset=["per_person"])
    rows = rows[rows["quantity"].astype(str).str.startswith("evppi:")]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    error = Z * rows["standard_error"].astype(float).fillna(0.0)
    rows = rows.assign(
        words=[learnt(facts, str(name)) for name in rows["quantity"]],
        lower=(rows["per_person"] - error).clip(lower=0.0),
        upper=rows["per_person"] + error,
    )
    rows = rows[rows["upper"].round() > 0]
    return rows.sort_values("per_person", ascending=False, kind="stable")[columns].head(MOST)


def evppi_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the worth of each group as bars, each with 1.96 standard errors either way."""
    data = worth_of_groups(facts, analysis)
    data = data.assign(words=data["words"].map(wrapped))
    y = alt.Y(
        "words:N",
        sort=list(data["words"]),
        title=None,
        axis=alt.Axis(
            labelLimit=340, labelExpr=IN_LINES, ticks=False, domain=False, labelPadding=8
        ),
    )
    x = alt.X(
        "per_person:Q",
        scale=alt.Scale(zero=True),
        title=f"Worth per person at {facts.threshold(facts.thresholds(analysis).primary)}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    return alt.layer(
        alt.Chart(data).mark_bar(height=12, color=SHADE).encode(x, y),
        alt.Chart(data)
        .mark_rule(color=INK, strokeWidth=1.6)
        .encode(alt.X("lower:Q"), y, x2="upper:Q"),
    ).properties(width=WIDTH - 40, height=row_step(data["words"]))


def evppi_caption(facts: Facts, analysis: str) -> str:
    """Return which group of figures it would be worth most to know."""
    first = worth_of_groups(facts, analysis).iloc[0]
    words = first["words"][:1].lower() + first["words"][1:]
    return (
        f"{facts.title(analysis)}: what could be learnt is worth most in {words}: about "
        f"{facts.cash_about(first['per_person'], first['standard_error'])} per person at the "
        "primary threshold. Strokes are 1.96 standard errors either way."
    )


def evppi_words(facts: Facts, analysis: str) -> str:
    """Return the worth of each group in words, from the numbers."""
    told = [
        f"{row['words']} {facts.cash_about(row['per_person'], row['standard_error'])} (standard "
        f"error {facts.cash(row['standard_error'])})"
        for _, row in worth_of_groups(facts, analysis).iterrows()
    ]
    return f"Value of knowing one group, per person: {listed(told)}."
