"""Measures over time: means by visit and arm with their intervals."""

import altair as alt
import numpy as np
import pandas as pd

from trialbalance.report.facts.cost_sums import digits, limited
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import HEIGHT, INK, SHAPES, WIDTH, dashes, scale
from trialbalance.report.text.numbers import listed, number


def course(facts: Facts, measure: str) -> pd.DataFrame:
    """Return the observed mean of a measure by visit and arm, with a 95 % interval.

    Parameters
    ----------
    facts : Facts
        The study.
    measure : str
        Name of the measure.

    Returns
    -------
    pandas.DataFrame
        Columns arm, name, visit, time (years), people, mean, lower, upper.

    Notes
    -----
    The interval is mean ± 1.96 SD / √n: it describes those seen and adjusts for nothing.
    """
    frame = limited(facts, facts.table("measures"))
    seen = frame[(frame["measure"] == measure) & frame["value"].notna()]
    rows = []
    for visit, part in seen.groupby("visit", sort=False):
        planned = (facts.part("study").get("visits") or {}).get(visit, part["time_years"].min())
        for arm, own in part.groupby("arm", sort=False):
            values = own["value"].astype(float)
            reach = 1.959964 * values.std() / np.sqrt(len(values)) if len(values) > 1 else np.nan
            rows.append(
                {
                    "arm": arm,
                    "name": facts.arm(arm),
                    "visit": visit,
                    "time": float(planned),
                    "people": len(values),
                    "mean": values.mean(),
                    "lower": values.mean() - reach,
                    "upper": values.mean() + reach,
                }
            )
    return pd.DataFrame(rows).sort_values("time", kind="stable")


def courses_of(facts: Facts) -> list[str]:
    """Return the measures seen at more than one visit."""
    frame = facts.table("measures")
    if frame is None:
        return []
    seen = frame.dropna(subset=["value"]).groupby("measure")["visit"].nunique()
    return sorted(seen[seen > 1].index)


def modelled(facts: Facts, analysis: str) -> dict[str, pd.DataFrame]:
    """Return the means of a model by visit, by measure, in the columns of ``course``."""
    frame = facts.table("visit_means", analysis)
    if frame is None:
        return {}
    frame = frame[frame["kind"] == "measure"].sort_values("end_years", kind="stable")
    frame = frame.assign(label=frame["arm"].map(facts.arm))
    return {
        measure: part.drop(columns="name").rename(
            columns={
                "label": "name",
                "moment": "visit",
                "end_years": "time",
                "observed": "people",
            }
        )
        for measure, part in frame.groupby("name", sort=True)
    }


def course_chart(facts: Facts, measure: str, data: pd.DataFrame, of: str) -> alt.LayerChart:
    """Return means over time, arms side by side so that their intervals do not hide one another.

    Parameters
    ----------
    facts : Facts
        The study.
    measure : str
        Name of the measure.
    data : pandas.DataFrame
        What ``course`` or ``modelled`` returns.
    of : str
        Whose means they are.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    arms = [arm for arm in facts.arms if arm in set(data["arm"])]
    names = [facts.arm(arm) for arm in arms]
    span = max(data["time"].max() - data["time"].min(), 1e-9)
    shift = {arm: (place - (len(arms) - 1) / 2) * 0.018 * span for place, arm in enumerate(arms)}
    data = data.assign(place=data["time"] + data["arm"].map(shift))
    visits = data.drop_duplicates("visit")
    labels = {row["time"]: facts.label(row["visit"], "visit") for _, row in visits.iterrows()}
    spoken = " : ".join(
        f"abs(datum.value - {time:.6f}) < 1e-6 ? {words!r}" for time, words in labels.items()
    )
    x = alt.X(
        "place:Q",
        title=None,
        scale=alt.Scale(
            domain=[data["time"].min() - 0.08 * span, data["time"].max() + 0.08 * span], nice=False
        ),
        axis=alt.Axis(values=list(labels), grid=False, labelExpr=f"{spoken} : ''"),
    )
    y = alt.Y(
        "mean:Q",
        title=f"{facts.label(measure, 'measure', 'outcome')}, mean of {of}",
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=5, labelExpr="replace(datum.label, '-', '\u2212')"),
    )
    colour = alt.Color("name:N", scale=scale(facts, arms))
    base = alt.Chart(data)
    dash = alt.StrokeDash("name:N", scale=dashes(facts, arms))
    shape = alt.Shape("name:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])))
    return alt.layer(
        base.mark_line(strokeWidth=2).encode(x, y, colour, dash),
        base.mark_rule(strokeWidth=1.6).encode(x, alt.Y("lower:Q"), y2="upper:Q", color=colour),
        base.mark_point(filled=True, size=60, opacity=1, stroke=INK, strokeWidth=0.4).encode(
            x, y, colour, shape
        ),
    ).properties(width=WIDTH, height=HEIGHT)


def course_words(facts: Facts, measure: str, data: pd.DataFrame, of: str) -> str:
    """Return the course of a measure in words, from the numbers."""
    parts = []
    decimals = digits(data["mean"])
    for visit in dict.fromkeys(data["visit"]):
        own = data[data["visit"] == visit]
        means = [
            f"{name} {number(mean, decimals)} ({number(people)} seen)"
            for name, mean, people in zip(own["name"], own["mean"], own["people"], strict=True)
        ]
        parts.append(f"{facts.label(visit, 'visit')}: {listed(means)}")
    return f"Mean {facts.label(measure, 'measure', 'outcome')} of {of}. " + "; ".join(parts) + "."
