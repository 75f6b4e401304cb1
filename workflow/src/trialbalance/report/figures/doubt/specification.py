"""The specification curve: net benefit of every defensible analysis, its choices below."""

import altair as alt
import numpy as np
import pandas as pd

from trialbalance.report.facts.defensible import choice_label, option_label
from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.figures.drawing import FAINT, INK, WIDTH, money_axis, scale
from trialbalance.report.figures.thinning import MOST_STEPS
from trialbalance.report.text.numbers import number
from trialbalance.settings.universes import column


def specifications(facts: Facts, arm: str) -> pd.DataFrame:
    """Return the analyses at the primary threshold in the order of their net benefit.

    Parameters
    ----------
    facts : Facts
        The study.
    arm : str
        Arm that is set against the comparator.

    Returns
    -------
    pandas.DataFrame
        Rows of table multiverse with ``rank`` from 1 and ``name``, the arm preferred; none
        without a multiverse.
    """
    frame = facts.table("multiverse")
    if frame is None:
        return pd.DataFrame()
    primary = facts.thresholds(facts.part("multiverse")["analysis"]).primary
    rows = frame[frame["arm"] == arm]
    rows = rows if primary is None else near(rows, primary)
    rows = rows.sort_values("net_benefit", kind="stable").reset_index(drop=True)
    first = rows["preferred"].astype(str).str.split(", ").str[0]
    return rows.assign(rank=np.arange(1, len(rows) + 1), name=first.map(facts.arm))


def drawn_specifications(facts: Facts, arm: str) -> pd.DataFrame:
    """Return the analyses that are drawn: all, or evenly spaced ones by rank, both ends kept."""
    rows = specifications(facts, arm)
    places = np.linspace(0, len(rows) - 1, min(MOST_STEPS, len(rows))).round().astype(int)
    return rows.iloc[places]


def taken_options(facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one mark an analysis and choice: rank, choice and option by label."""
    parts = []
    for choice in facts.part("multiverse")["choices"]:
        taken = rows[column(choice)]
        if taken.nunique() < 2:
            continue
        labels = {one: option_label(facts, choice, str(one)) for one in taken.unique()}
        part = rows[["rank", "name"]].assign(option=taken.map(labels))
        parts.append(part.assign(choice=choice_label(facts, choice)))
    return pd.concat(parts) if parts else pd.DataFrame(columns=["rank", "name", "option", "choice"])


def specification_chart(facts: Facts, arm: str) -> alt.VConcatChart:
    """Return net benefit sorted, with intervals, above the option taken of each choice."""
    rows = drawn_specifications(facts, arm)
    arms = [one for one in facts.arms if facts.arm(one) in set(rows["name"])]
    colour = alt.Color("name:N", scale=scale(facts, arms), legend=alt.Legend())
    span = alt.Scale(domain=[0, int(rows["rank"].max()) + 1], nice=False)
    plain = alt.X("rank:Q", scale=span, title=None, axis=None)
    value = alt.Y(
        "net_benefit:Q",
        title=f"Net benefit against {facts.arm(facts.comparator)}",
        axis=alt.Axis(labelExpr=money_axis(facts), tickCount=5),
    )
    top = alt.layer(
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK).encode(y="zero:Q"),
        alt.Chart(rows)
        .mark_rule(color=FAINT, opacity=0.35)
        .encode(plain, y="lower:Q", y2="upper:Q"),
        alt.Chart(rows).mark_point(filled=True, size=14, opacity=1).encode(plain, value, colour),
    ).properties(width=WIDTH * 1.5, height=190)
    own_colour = alt.Color("name:N", scale=scale(facts, arms), legend=None)
    taken = taken_options(facts, rows).groupby("choice", sort=False)
    parts = [_ticks(own, str(choice), plain, own_colour) for choice, own in taken]
    return alt.vconcat(top, *parts, spacing=6)


def _ticks(own: pd.DataFrame, choice: str, place: alt.X, colour: alt.Color) -> alt.Chart:
    """Return a line of marks an option of one choice: where an analysis took it."""
    option = alt.Y(
        "option:N",
        title=None,
        sort=list(dict.fromkeys(own["option"])),
        axis=alt.Axis(labelLimit=230, ticks=False, domain=False, labelFontSize=10),
    )
    title = alt.TitleParams(choice, anchor="start", frame="group", fontSize=11, color=INK)
    ticks = alt.Chart(own).mark_tick(thickness=1.2, height=9).encode(place, option, colour)
    return ticks.properties(width=WIDTH * 1.5, height=alt.Step(12), title=title)


def specification_caption(facts: Facts, arm: str) -> str:
    """Return what the curve shows, and of how many analyses."""
    every, shown = specifications(facts, arm), drawn_specifications(facts, arm)
    primary = facts.thresholds(facts.part("multiverse")["analysis"]).primary
    at = "" if primary is None else f" at {facts.threshold(primary)}"
    some = (
        f" Drawn are {number(len(shown))} of {number(len(every))}, evenly spaced by rank."
        if len(shown) < len(every)
        else ""
    )
    return (
        f"Every defensible analysis{at}: net benefit of {facts.arm(arm)}, sorted, with its "
        f"{facts.interval} interval; below, a mark where an analysis takes the option. Colour is "
        f"the option preferred.{some}"
    )


def specification_words(facts: Facts, arm: str) -> str:
    """Return the curve in words, from the numbers."""
    rows = specifications(facts, arm)
    low, high = (facts.cash(rows["net_benefit"].agg(end)) for end in ("min", "max"))
    above = int((rows["net_benefit"] > 0).sum())
    return (
        f"Net benefit of {facts.arm(arm)} lies between {low} and {high} over {number(len(rows))} "
        f"analyses, above zero in {number(above)} of them."
    )
