"""When would those not seen turn the answer: net benefit over what they might differ by."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn_money, error_of_benefit
from trialbalance.report.figures.drawing import INK, money_axis
from trialbalance.report.text.numbers import MINUS, counted, number, percent

SIDE = 300
COMPONENTS = ("effect", "cost")
# Below nought, nought, above: both arms of the scale darken, so that grey shows the distance.
AROUND = ["#ba4e00", "#f4f6f8", "#0072b2"]


def maps_of(facts: Facts, analysis: str) -> list[tuple[str, str]]:
    """Return the component and option of each map that an analysis has."""
    frame = facts.table("tipping_points", analysis)
    if frame is None or not {"component", "delta_arm", "delta_comparator"} <= set(frame):
        return []
    pairs = frame[["component", "arm"]].drop_duplicates()
    return [(part, arm) for part, arm in pairs.itertuples(index=False) if part in COMPONENTS]


def tipping_map(facts: Facts, analysis: str, component: str, arm: str) -> pd.DataFrame:
    """Return one map: what both arms' unobserved differ by, net benefit, and whether it turns.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis, component, arm : str
        Which map.

    Returns
    -------
    pandas.DataFrame
        Columns x, y, net_benefit, turned (another option is best than where nobody differs),
        outside (values that cannot be).
    """
    frame = facts.table("tipping_points", analysis)
    own = frame[(frame["component"] == component) & (frame["arm"] == arm)]
    own = own.dropna(subset=["net_benefit"])
    at_nought = own.loc[(own["delta_arm"].abs() + own["delta_comparator"].abs()).idxmin()]
    outside = own["out_of_range"].astype("boolean").fillna(False).astype(bool)
    return pd.DataFrame(
        {
            "x": own["delta_comparator"].astype(float),
            "y": own["delta_arm"].astype(float),
            "net_benefit": own["net_benefit"].astype(float).round(1),
            "turned": own["preferred"] != at_nought["preferred"],
            "outside": outside,
        }
    )


def _axis(facts: Facts, component: str, arm: str) -> str:
    """Return the title of an axis."""
    if component == "cost":
        return f"Cost of those not seen, % more: {facts.arm(arm)}"
    return f"Effect of those not seen, more: {facts.arm(arm)}"


def tipping_chart(facts: Facts, analysis: str, component: str, arm: str) -> alt.LayerChart:
    """Return one map as a field of colours; dots stand where another option is best."""
    data = tipping_map(facts, analysis, component, arm)
    reach = float(data["net_benefit"].abs().max()) or 1.0
    signs = f"replace(datum.label, '-', '{MINUS}')"
    steps = {"labelExpr": signs, "labelOverlap": True, "grid": False, "labelAngle": 0}
    x = alt.X("x:O", title=_axis(facts, component, facts.comparator), axis=alt.Axis(**steps))
    y = alt.Y("y:O", sort="descending", title=_axis(facts, component, arm), axis=alt.Axis(**steps))
    legend = alt.Legend(
        title="Net benefit per person", labelExpr=money_axis(facts), gradientLength=200, tickCount=4
    )
    field = (
        alt.Chart(data)
        .mark_rect(stroke="white", strokeWidth=0.4)
        .encode(
            x,
            y,
            alt.Color(
                "net_benefit:Q",
                scale=alt.Scale(domain=[-reach, 0, reach], range=AROUND, interpolate="rgb"),
                legend=legend,
            ),
        )
    )
    turned = alt.Chart(data[data["turned"]]).mark_point(filled=True, color=INK, size=9, opacity=0.9)
    nought = alt.Chart(data[(data["x"] == 0) & (data["y"] == 0)]).mark_point(
        shape="diamond", size=90, color=INK, strokeWidth=2, opacity=1
    )
    return alt.layer(field, turned.encode(x, y), nought.encode(x, y)).properties(
        width=SIDE, height=SIDE
    )


def tipping_words(facts: Facts, analysis: str, component: str, arm: str) -> str:
    """Return one map in words, from the numbers."""
    data = tipping_map(facts, analysis, component, arm)
    error = error_of_benefit(facts, analysis, arm, facts.thresholds(analysis).primary)
    low, high = (drawn_money(facts, data["net_benefit"].agg(end), error) for end in ("min", "max"))
    say = (lambda value: f"{number(value)}%") if component == "cost" else (lambda v: number(v, 2))
    turned = data[data["turned"]]
    where = (
        "nowhere on the map is another option the best"
        if turned.empty
        else f"another option is the best in {number(len(turned))} of "
        f"{counted(len(data), 'cell')} ({percent(len(turned) / len(data))})"
    )
    return (
        f"Map of net benefit per person over what those not seen might differ by in {component}, "
        f"from {say(data['x'].min())} to {say(data['x'].max())} in each arm: between {low} and "
        f"{high}; {where}."
    )
