"""What was seen beside what the fitted model would expect to see."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import FAINT, INK, WIDTH, money_axis, scale
from trialbalance.report.figures.thinning import drawn_options
from trialbalance.report.text.numbers import counted, number

# Statistics that stand on the axis of what they are of.
PARTS = ("cost", "effect")
WORDS = {"mean": "Mean", "sd": "SD", "q90": "90th percentile", "q95": "95th percentile",
         "q99": "99th percentile"}  # fmt: skip


def expected(facts: Facts, analysis: str, part: str) -> pd.DataFrame:
    """Return what was seen and expected of cost or effect, on one axis, by arm."""
    frame = facts.table("predictive", analysis)
    if frame is None:
        return pd.DataFrame(columns=["arm", "words", "name", "inside", "place"])
    head, _, tail = (frame["statistic"].astype(str).str.partition("_")[n] for n in (0, 1, 2))
    kept = frame.assign(words=tail.map(WORDS))[(head == part) & tail.isin(WORDS)]
    kept = kept[kept["arm"].isin(drawn_options(facts, analysis))]
    inside = kept["observed"].between(kept["lower"], kept["upper"])
    places = kept["words"].map({words: place for place, words in enumerate(WORDS.values())})
    return kept.assign(name=kept["arm"].map(facts.arm), inside=inside, place=places)


def predictive_chart(facts: Facts, analysis: str) -> alt.VConcatChart:
    """Return intervals of what the model expects with what was seen, a panel for each part."""
    panels = [
        _panel(facts, analysis, part, data)
        for part in PARTS
        if len(data := expected(facts, analysis, part))
    ]
    return alt.vconcat(*panels, spacing=14)


def _panel(facts: Facts, analysis: str, part: str, data: pd.DataFrame) -> alt.LayerChart:
    """Return the intervals and dots of cost, or of effect."""
    money = part == "cost"
    title = "Cost per person" if money else facts.words(analysis)["label"]
    axis = alt.Axis(labelExpr=money_axis(facts), tickCount=5) if money else alt.Axis(tickCount=5)
    data = data.assign(line=data["words"] + ", " + data["name"])
    arms = [arm for arm in facts.arms if arm in set(data["arm"])]
    y = alt.Y(
        "line:N",
        sort=list(data.sort_values("place", kind="stable")["line"]),
        title=None,
        axis=alt.Axis(labelLimit=260, ticks=False, domain=False, labelPadding=8),
    )
    x = alt.X("lower:Q", title=title, scale=alt.Scale(zero=True), axis=axis)
    colour = alt.Color("name:N", scale=scale(facts, arms), legend=None)
    return alt.layer(
        alt.Chart(data).mark_bar(height=9, color=FAINT, cornerRadius=2).encode(x, y, x2="upper:Q"),
        alt.Chart(data).mark_tick(color=INK, thickness=1.5, size=11).encode(x="predicted:Q", y=y),
        alt.Chart(data)
        .mark_point(filled=True, size=55, opacity=1)
        .encode(x="observed:Q", y=y, color=colour),
    ).properties(width=WIDTH - 60, height=alt.Step(17))


def predictive_caption(facts: Facts, analysis: str) -> str:
    """Return how many statistics lie where the model expects them."""
    both = pd.concat([expected(facts, analysis, part) for part in PARTS])
    inside, whole = int(both["inside"].sum()), len(both)
    return (
        f"{facts.title(analysis)}: {number(inside)} of {number(whole)} statistics of what was seen "
        "(dots) lie where trials drawn from the model put 95% of theirs (bars; the stroke is their "
        "middle)."
    )


def predictive_words(facts: Facts, analysis: str) -> str:
    """Return what was seen and expected in words; of many statistics those outside."""
    both = pd.concat([expected(facts, analysis, part).assign(part=part) for part in PARTS])
    out = both[~both["inside"].astype(bool)]

    def say(row: pd.Series, value: float) -> str:
        return facts.cash(value) if row["part"] == "cost" else facts.amount(value, analysis)

    told = [
        f"{row['words']} of {row['part']}, {row['name']}: seen {say(row, row['observed'])}, "
        f"expected {say(row, row['lower'])} to {say(row, row['upper'])}"
        for _, row in out.iterrows()
    ]
    first = f"Of {counted(len(both), 'statistic')}, {number(len(out))} lie outside what the model"
    return f"{first} expects. {'; '.join(told)}{'.' if told else ''}".strip()
