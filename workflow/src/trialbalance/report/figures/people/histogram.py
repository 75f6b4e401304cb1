"""How cost is spread: a histogram of each arm, the same bands and axes in all."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import INK, WIDTH, money_axis, scale
from trialbalance.report.figures.thinning import drawn_options
from trialbalance.report.text.numbers import counted, listed, percent


def spread_of_cost(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return participants by arm and band of cost, of the arms that figures show."""
    frame = facts.table("cost_distribution", analysis)
    if frame is None:
        return pd.DataFrame(columns=["arm", "lower", "upper", "participants", "name"])
    frame = frame[frame["arm"].isin(drawn_options(facts, analysis))]
    return frame.assign(name=frame["arm"].map(facts.arm))


def histogram_chart(facts: Facts, analysis: str) -> alt.VConcatChart:
    """Return one histogram an arm, one above the other, on shared axes."""
    data = spread_of_cost(facts, analysis)
    arms = [arm for arm in facts.arms if arm in set(data["arm"])]
    most, ends = int(data["participants"].max()), [data["lower"].min(), data["upper"].max()]
    colour = alt.Color("name:N", scale=scale(facts, arms), legend=None)
    panels = []
    for arm in arms:
        own = data[data["arm"] == arm]
        x = alt.X(
            "lower:Q",
            title="Cost per person" if arm == arms[-1] else None,
            scale=alt.Scale(domain=ends, nice=False),
            axis=alt.Axis(labelExpr=money_axis(facts), tickCount=4, grid=False, labelOverlap=True),
        )
        y = alt.Y(
            "participants:Q",
            title="People",
            scale=alt.Scale(domain=[0, most]),
            axis=alt.Axis(tickCount=4),
        )
        bars = alt.Chart(own).mark_bar(stroke=INK, strokeWidth=0.4)
        panels.append(
            bars.encode(x, y, x2="upper:Q", y2=alt.datum(0), color=colour).properties(
                width=WIDTH,
                height=110,
                title=alt.Title(facts.arm(arm), anchor="start", fontSize=12, color=INK),
            )
        )
    return alt.vconcat(*panels, spacing=8)


def histogram_caption(facts: Facts, analysis: str) -> str:
    """Return what the histograms show, with the share of people in the lowest band."""
    perspective = facts.perspective(facts.settings["analyses"][analysis].get("perspective", ""))
    frame = spread_of_cost(facts, analysis)
    whole, lowest = int(frame["participants"].sum()), frame["lower"].min()
    first = frame[frame["lower"] == lowest]
    share = first["participants"].sum() / whole if whole else 0.0
    return (
        f"{perspective}: how cost is spread over the {counted(whole, 'person', 'people')} whose "
        f"cost was seen; {percent(share)} lie in the lowest band, up to "
        f"{facts.cash(first['upper'].iloc[0])}."
    )


def histogram_words(facts: Facts, analysis: str) -> str:
    """Return the histograms in words, from the numbers: the fullest band of each arm."""
    told, frame = [], spread_of_cost(facts, analysis)
    for name, own in frame.groupby("name", sort=False):
        top = own.loc[own["participants"].idxmax()]
        seen = int(own["participants"].sum())
        last = own.loc[own["participants"] > 0, "upper"].max()
        told.append(
            f"{name}: {counted(seen, 'person', 'people')}, the fullest band "
            f"({int(top['participants'])}) from {facts.cash(top['lower'])} to "
            f"{facts.cash(top['upper'])}, none above {facts.cash(last)}"
        )
    return f"Cost per person, those seen. {listed(told)}."
