"""Participant flow: how many people passed each step, as a diagram and as a table."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.cost_sums import missing_patterns
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import INK
from trialbalance.report.text.numbers import listed, number
from trialbalance.report.text.style import style

# Points: height of a box, from box to box, above the first row.
BOX, STEP, HEAD = 46, 74, 24


def room(facts: Facts) -> tuple[int, int]:
    """Return the width of a box and what lies between two, in points: less for many arms."""
    return (230, 74) if len(facts.arms) < 3 else (165, 20)


def reasons_left(facts: Facts, part: pd.DataFrame) -> dict[str, str]:
    """Return why people left before a step, by arm."""
    if "reason" not in part:
        return {}
    told = part.dropna(subset=["reason"])
    return {
        arm: str(reason).replace("_", " ")
        for arm, reason in zip(told["arm"], told["reason"], strict=True)
        if reason
    }


def step_words(facts: Facts, step: str) -> str:
    """Return a step in words; blank where it speaks of another population than the one told.

    Everything after the population is counted within it, so that those counted and those not add
    up to it.
    """
    kind, _, name = step.partition(" ")
    if kind == "population":
        return facts.label(name, "population") if name == facts.population else ""
    if kind == "attended":
        visit, _, population = name.partition(" in ")
        told = population in ("", facts.population)
        return f"Of these, seen at {facts.label(visit, 'visit').lower()}" if told else ""
    return facts.label(step)


def flow_steps(facts: Facts) -> pd.DataFrame:
    """Return the steps of the flow and the economic analysis, one row a step and arm.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    pandas.DataFrame
        Columns step (words), arm, people, reason; no rows where no flow is known.
    """
    frame, rows = facts.table("flow"), []
    for step in dict.fromkeys(frame["step"]) if frame is not None else ():
        words = step_words(facts, str(step))
        if not words:
            continue
        part = frame[frame["step"] == step]
        counts, why = part.groupby("arm")["participants"].sum(), reasons_left(facts, part)
        rows += [[words, arm, int(counts.get(arm, 0)), why.get(arm, "")] for arm in facts.arms]
    for analysis in list(facts.analyses)[:1] if rows else ():
        rows += _economic(facts, analysis)
    return pd.DataFrame(rows, columns=["step", "arm", "people", "reason"])


def _economic(facts: Facts, analysis: str) -> list[list]:
    """Return how many people the primary analysis rests on, and how many of them in full."""
    rows, arms = [], facts.table("arms", analysis)
    if arms is not None and arms["n"].notna().any():
        sizes = dict(zip(arms["arm"], arms["n"], strict=True))
        rows += [
            ["Of these, in the economic analysis", arm, int(sizes[arm]), ""]
            for arm in facts.arms
            if sizes.get(arm) == sizes.get(arm) and arm in sizes
        ]
    seen = missing_patterns(facts, analysis)
    if seen is not None:
        whole = seen[seen["cost_observed"].astype(bool) & seen["effect_observed"].astype(bool)]
        counts = whole.groupby("arm")["participants"].sum()
        words = "Of these, cost and effect seen in full"
        rows += [[words, arm, int(counts.get(arm, 0)), ""] for arm in facts.arms]
    return rows


def boxes(facts: Facts) -> pd.DataFrame:
    """Return where the box of each step and arm stands, in points from the upper left."""
    steps = flow_steps(facts)
    rows = {step: place for place, step in enumerate(dict.fromkeys(steps["step"]))}
    wide, gap = room(facts)
    left = steps["arm"].map({arm: place * (wide + gap) for place, arm in enumerate(facts.arms)})
    top = steps["step"].map(rows) * STEP + HEAD
    return steps.assign(
        left=left + 1,
        right=left + wide,
        middle=left + wide / 2,
        above=top - (STEP - BOX),
        top=top,
        bottom=top + BOX,
        count=steps["people"].map(number),
        name=steps["arm"].map(facts.arm),
    )


def flow_chart(facts: Facts) -> alt.LayerChart:
    """Return the flow as boxes, one column an arm, from the top down."""
    data = boxes(facts)
    (box_wide, gap), high = room(facts), float(data["bottom"].max()) + 2
    wide = len(facts.arms) * (box_wide + gap)
    x, y = alt.Scale(domain=[0, wide], nice=False), alt.Scale(domain=[high, 0], nice=False)
    colours = style()["colours"]

    def across(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=x, axis=None)

    def down(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=y, axis=None)

    def words(frame: pd.DataFrame, left: str, top: str, what: str, **look) -> alt.Chart:
        marks = alt.Chart(frame).mark_text(color=INK, baseline="top", limit=box_wide - 16, **look)
        return marks.encode(across(left), down(top), text=f"{what}:N")

    box = {"fill": colours["tint"], "stroke": colours["quiet"]}
    frames = alt.Chart(data).mark_rect(**box)
    frames = frames.encode(across("left"), down("top"), x2="right:Q", y2="bottom:Q")
    later = data[data["top"] > HEAD]
    lines = alt.Chart(later).mark_rule(color=INK)
    lines = lines.encode(across("middle"), down("above"), y2="top:Q")
    first = data.drop_duplicates("arm").assign(nought=0)
    inside = {"align": "left", "dx": 10}
    return alt.layer(
        lines,
        frames,
        words(data, "left", "top", "step", dy=8, fontSize=12, **inside),
        words(data, "left", "top", "count", dy=24, fontSize=14, fontWeight="bold", **inside),
        words(later, "middle", "above", "reason", align="left", dx=6, dy=8, fontSize=11),
        words(first, "middle", "nought", "name", fontSize=13, fontWeight="bold"),
    ).properties(width=wide, height=high)


def flow_words(facts: Facts) -> str:
    """Return the flow in words, from the numbers."""
    steps, parts = flow_steps(facts), []
    for step in dict.fromkeys(steps["step"]):
        part = steps[steps["step"] == step]
        counts = [
            f"{facts.arm(arm)} {number(people)}" + (f" ({why})" if why else "")
            for arm, people, why in zip(part["arm"], part["people"], part["reason"], strict=True)
        ]
        parts.append(f"{step}: {listed(counts)}")
    return "Participant flow. " + "; ".join(parts) + "."
