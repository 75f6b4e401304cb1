"""What cost is made of: mean cost by category as stacked bars."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.cost_sums import category_costs, perspectives_of
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import INK, WIDTH, money_axis
from trialbalance.report.text.markup import Markdown, prose
from trialbalance.report.text.numbering import by_number
from trialbalance.report.text.numbers import listed, percent

SHOWN = 6


def parts_of_cost(facts: Facts, perspective: str) -> pd.DataFrame:
    """Return mean cost by category and arm, the dearest first, small ones together.

    Parameters
    ----------
    facts : Facts
        The study.
    perspective : str
        Key of the perspective.

    Returns
    -------
    pandas.DataFrame
        Columns arm, name, part (words), place, mean; observed cases, as in the table.
    """
    frame = category_costs(facts, perspective).dropna(subset=["category", "mean"])
    order = frame.groupby("category")["mean"].sum().sort_values(ascending=False, kind="stable")
    kept = list(order.index[:SHOWN])
    words = frame["category"].map(
        lambda key: facts.label(key, "category") if key in kept else "All other"
    )
    places = {facts.label(key, "category"): place for place, key in enumerate(kept)} | {
        "All other": SHOWN
    }
    frame = frame.assign(part=words, name=frame["arm"].map(facts.arm))
    sums = frame.groupby(["arm", "name", "part"], sort=False, as_index=False)["mean"].sum()
    return sums.assign(place=sums["part"].map(places)).sort_values(["arm", "place"])


def composition_chart(facts: Facts, perspective: str) -> alt.LayerChart:
    """Return mean cost by category as one stacked bar an arm."""
    data = parts_of_cost(facts, perspective)
    parts = list(dict.fromkeys(data.sort_values("place")["part"]))
    # Shades of one colour keep their order in grey; a white line parts them.
    shades = ["#16425b", "#2f6690", "#5b8fb9", "#8fb8d6", "#bdd7e9", "#dfe9f0", "#f2f4f6"]
    bars = (
        alt.Chart(data)
        .mark_bar(height=30, stroke=INK, strokeWidth=0.5)
        .encode(
            alt.X(
                "mean:Q",
                title="Mean cost per person",
                axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
            ),
            alt.Y(
                "name:N",
                title=None,
                sort=[facts.arm(arm) for arm in facts.arms],
                axis=alt.Axis(ticks=False, domain=False, labelLimit=200, labelPadding=6),
            ),
            alt.Color(
                "part:N",
                scale=alt.Scale(domain=parts, range=shades[: len(parts)]),
                legend=alt.Legend(columns=2, symbolType="square", symbolStrokeWidth=0.5),
            ),
            order=alt.Order("place:Q"),
        )
    )
    return alt.layer(bars).properties(width=WIDTH + 60, height=44 * data["name"].nunique())


def composition_words(facts: Facts, perspective: str) -> str:
    """Return what cost is made of in words, from the numbers."""
    data, told = parts_of_cost(facts, perspective), []
    for name in [facts.arm(arm) for arm in facts.arms if arm in set(data["arm"])]:
        own = data[data["name"] == name].sort_values("place")
        whole = own["mean"].sum()
        parts = [
            f"{part} {facts.cash(mean)}" + (f" ({percent(mean / whole)})" if whole else "")
            for part, mean in zip(own["part"], own["mean"], strict=True)
        ]
        told.append(f"{name}: {listed(parts)}")
    return "Mean cost per person by category, observed cases. " + ". ".join(told) + "."


def driver_words(facts: Facts, analysis: str) -> str:
    """Return which category makes up most of the cost, in one sentence; nothing where unknown."""
    perspective = facts.settings["analyses"][analysis].get("perspective")
    if perspective not in perspectives_of(facts):
        return ""
    frame = category_costs(facts, perspective).dropna(subset=["category", "mean"])
    if frame.empty:
        return ""
    largest = frame.groupby("category")["mean"].sum().idxmax()
    return prose(
        "Of what was seen, the largest part of the cost is **{what}**: "
        "[see how much](#costs){place}.",
        place=Markdown(by_number(f"figure-composition-{perspective}".replace("_", "-"))),
        what=facts.label(largest, "category"),
    )
