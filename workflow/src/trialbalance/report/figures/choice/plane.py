"""The cost-effectiveness plane: the chart, and the same in words."""

import altair as alt
import numpy as np
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.figures.choice.ellipses import ellipse_layers, outlines
from trialbalance.report.figures.drawing import (
    HEIGHT,
    INK,
    SHAPES,
    WIDTH,
    money_axis,
    scale,
    style,
)
from trialbalance.report.figures.thinning import (
    drawn_of,
    drawn_options,
    points,
)


def differences(draws: pd.DataFrame, comparator: str) -> pd.DataFrame:
    """Return each draw's difference from the comparator.

    Parameters
    ----------
    draws : pandas.DataFrame
        Columns draw, arm, cost, effect.
    comparator : str
        Arm subtracted from the others.

    Returns
    -------
    pandas.DataFrame
        Columns draw, arm, cost, effect, without the comparator.
    """
    base = draws[draws["arm"] == comparator].set_index("draw")[["cost", "effect"]]
    rest = draws[draws["arm"] != comparator].set_index("draw")
    gaps = rest[["cost", "effect"]] - base.reindex(rest.index)
    return gaps.assign(arm=rest["arm"]).dropna().reset_index()


def thinned(frame: pd.DataFrame, points: int) -> pd.DataFrame:
    """Return evenly spaced draws, the same ones each time."""
    draws = np.unique(frame["draw"])
    keep = draws[np.unique(np.linspace(0, len(draws) - 1, min(points, len(draws))).astype(int))]
    return frame[frame["draw"].isin(keep)]


def shown_others(facts: Facts, analysis: str) -> list[str]:
    """Return the options that the plane shows, the comparator being its origin."""
    return [arm for arm in drawn_options(facts, analysis) if arm != facts.comparator]


def drawn_gaps(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return the differences of the options that the plane shows, all draws."""
    draws = drawn_of(facts, analysis, facts.table("draws", analysis))
    return differences(draws, facts.comparator)


def cloud_size(facts: Facts, analysis: str) -> int:
    """Return how many draws of each option the plane shows."""
    asked = facts.part("report").get("plane_points") or 600
    return points(asked, len(shown_others(facts, analysis)))


def threshold_rays(marked: tuple[float, ...], limits: tuple[float, float]) -> pd.DataFrame:
    """Return the ends of each threshold line inside the frame of the plane."""
    wide, high = limits
    rows = []
    for threshold in marked:
        reach = min(wide, high / threshold) if threshold > 0 else wide
        rows.append(
            {
                "threshold": threshold,
                "x": -reach,
                "y": -reach * threshold,
                "x2": reach,
                "y2": reach * threshold,
            }
        )
    return pd.DataFrame(rows)


MEAN = {
    "filled": True,
    "size": 110,
    "stroke": "white",
    "strokeWidth": 1.5,
    "opacity": 1,
    "color": INK,
    "shape": "diamond",
}


def plane_axes(facts: Facts, analysis: str, limits: tuple[float, float]) -> tuple[alt.X, alt.Y]:
    """Return the axes of the plane, the origin in the middle."""
    words = facts.words(analysis)
    share = words["mean"] != words["many"]
    x = alt.X(
        "effect:Q",
        title=f"Difference in {words['mean']}{'' if share else ' per person'}",
        scale=alt.Scale(domain=[-limits[0], limits[0]], nice=False),
        axis=alt.Axis(grid=False, tickCount=5, labelExpr="replace(datum.label, '-', '\u2212')"),
    )
    y = alt.Y(
        "cost:Q",
        title=f"Difference in cost per person ({facts.currency})",
        scale=alt.Scale(domain=[-limits[1], limits[1]], nice=False),
        axis=alt.Axis(grid=False, tickCount=6, labelExpr=money_axis(facts)),
    )
    return x, y


def plane_limits(gaps: pd.DataFrame, lines: pd.DataFrame) -> tuple[float, float]:
    """Return how far the plane reaches: nearly all draws, and their ellipses whole."""
    reach = []
    for column in ("effect", "cost"):
        most = float(np.quantile(np.abs(gaps[column]), 0.998))
        edge = 0.0 if lines.empty else float(lines[column].abs().max())
        reach.append(max(1.12 * most, 1.02 * edge, 1e-9))
    return reach[0], reach[1]


def plane_chart(facts: Facts, analysis: str) -> alt.LayerChart:
    """Return the cost-effectiveness plane of an analysis as a chart."""
    gaps = drawn_gaps(facts, analysis)
    cloud = thinned(gaps, cloud_size(facts, analysis))
    lines = outlines(facts, gaps)
    limits = plane_limits(gaps, lines)
    cloud = cloud[(cloud["effect"].abs() <= limits[0]) & (cloud["cost"].abs() <= limits[1])]
    x, y = plane_axes(facts, analysis, limits)
    arms = shown_others(facts, analysis)
    names = [facts.arm(arm) for arm in arms]
    cloud = cloud.assign(name=cloud["arm"].map(facts.arm)).round({"effect": 6, "cost": 2})
    means = facts.table("incremental", analysis).dropna(subset=["cost", "effect"])
    means = means[means["arm"].isin(arms)]
    means = means.assign(name=means["arm"].map(facts.arm))[["name", "cost", "effect"]]
    colour = alt.Color(
        "name:N", scale=scale(facts, arms), legend=alt.Legend() if len(names) > 1 else None
    )
    shape = alt.Shape(
        "name:N", legend=None, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
    )
    layers = [
        *shade_layer(facts, analysis, limits, x, y),
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color="#8b95a1").encode(x="zero:Q"),
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color="#8b95a1").encode(y="zero:Q"),
        alt.Chart(cloud[["name", "effect", "cost"]])
        .mark_point(filled=True, size=14, opacity=0.38, strokeWidth=0)
        .encode(x, y, colour, shape),
        *ellipse_layers(lines, x, y, colour),
        *ray_layers(facts, analysis, limits),
        alt.Chart(means).mark_point(**MEAN).encode(x="effect:Q", y="cost:Q"),
    ]
    if len(facts.others) == 1:
        layers.append(corner_layer(facts, analysis, limits))
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def shade_layer(
    facts: Facts, analysis: str, limits: tuple[float, float], x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Return the side of the primary threshold on which the option is worth its cost, shaded."""
    primary = facts.thresholds(analysis).primary
    if primary is None:
        return []
    wide, high = limits
    cut = high / primary if primary > 0 else wide
    ends = sorted({-wide, *(side * cut for side in (-1, 1) if cut < wide), wide})
    edge = pd.DataFrame({"effect": ends})
    edge["cost"] = (primary * edge["effect"]).clip(-high, high)
    edge["floor"] = -high
    area = alt.Chart(edge).mark_area(color=style()["colours"]["tint"], opacity=1, line=False)
    return [area.encode(x, y, y2="floor:Q")]


def ray_layers(facts: Facts, analysis: str, limits: tuple[float, float]) -> list[alt.Chart]:
    """Return threshold lines and the label of the primary one (the last, when exploratory)."""
    marks = facts.thresholds(analysis)
    if not marks.marked or not facts.compares:
        return []
    rays = threshold_rays(marks.marked, limits)
    named = marks.primary or marks.marked[-1]
    rays["main"] = rays["threshold"] == named
    line = (
        alt.Chart(rays)
        .mark_rule(color=INK)
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.condition("datum.main", alt.value(1.6), alt.value(0.7)),
            strokeDash=alt.condition("datum.main", alt.value([1, 0]), alt.value([3, 3])),
        )
    )
    end = rays[rays["main"]].assign(text=facts.threshold(named))
    steep = bool((end["y2"] >= 0.999 * limits[1]).iloc[0])
    if steep:
        # Away from the corner, whose words stand at the upper edge.
        end = end.assign(x2=0.82 * end["x2"], y2=0.82 * end["y2"])
    below = named == min(marks.marked) and not steep
    place = {
        "fontSize": 12,
        "fontWeight": "bold",
        "align": "right",
        "dx": -8 if steep else -2,
        "baseline": "top" if below or steep else "bottom",
        "dy": 6 if below or steep else -6,
    }
    words = alt.Chart(end).encode(x="x2:Q", y="y2:Q", text="text:N")
    halo = words.mark_text(**place, color="white", stroke="white", strokeWidth=4)
    return [line, halo, words.mark_text(**place, color=INK)]


def corner_layer(facts: Facts, analysis: str, limits: tuple[float, float]) -> alt.LayerChart:
    """Return the share of draws in each corner of the plane."""
    row = facts.table("incremental", analysis).iloc[0]
    corners = [
        ("ne", 1, 1, "costs more, gains more"),
        ("nw", -1, 1, "costs more, gains less"),
        ("sw", -1, -1, "costs less, gains less"),
        ("se", 1, -1, "costs less, gains more"),
    ]
    charts = []
    for name, side, height, words in corners:
        if f"probability_{name}" not in row:
            continue
        point = pd.DataFrame(
            [
                {
                    "x": 0.98 * side * limits[0],
                    "y": 0.97 * height * limits[1],
                    "text": f"{drawn(facts, analysis, row, f'probability_{name}')} {words}",
                }
            ]
        )
        charts.append(
            alt.Chart(point)
            .mark_text(
                fontSize=12,
                color=INK,
                align="right" if side > 0 else "left",
                baseline="top" if height > 0 else "bottom",
                dy=0 if not (side > 0 and height > 0) else -1,
            )
            .encode(x="x:Q", y="y:Q", text="text:N")
        )
    return alt.layer(*charts)
