"""House style of figures: one way from a chart to SVG, one palette, one money axis."""

import re
import textwrap
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.numbers import SYMBOLS
from trialbalance.report.text.printable import by_number
from trialbalance.report.text.style import style

INK, FAINT, GRID = (style()["colours"][name] for name in ("ink", "faint", "grid"))
FONT = style()["fonts"]["figures"]
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [5, 2, 1, 2], [12, 4])
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down")
WIDTH, HEIGHT = 330, 270


def draw(chart: alt.Chart, ident: str) -> str:
    """Return a chart as SVG, with identifiers of its own and the same bytes each time.

    Parameters
    ----------
    chart : altair.Chart
        Complete specification, data included.
    ident : str
        Prefix of every identifier inside the drawing.

    Returns
    -------
    str
        An ``svg`` element that scales to its container.
    """
    # What is drawn is thinned by rule, so that no limit of the library stops a report.
    with alt.data_transformers.enable("default", max_rows=None):
        spec = drawable(_spec(chart))
    svg = vl_convert.vegalite_to_svg(spec)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{ident}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{ident}-\1)", svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{ident}-\2"', svg)
    # Parts are not named one by one to a screen reader: the whole has its alternative.
    svg = re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", svg)
    return re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)


# The library cuts a long label between the two halves of such a sign, and stops at what is left.
_WITHOUT_HALVES = re.compile("[\U00010000-\U0010ffff]")


def drawable(spec: Any) -> Any:
    """Return a specification whose texts give signs beyond the first plane by their number.

    Examples
    --------
    >>> drawable({"title": ["a \U0001f600", 3]})
    {'title': ['a (U+1F600)', 3]}
    """
    if isinstance(spec, str):
        return _WITHOUT_HALVES.sub(lambda sign: by_number(sign[0], {sign[0]}), spec)
    if isinstance(spec, dict):
        return {drawable(key): drawable(value) for key, value in spec.items()}
    return [drawable(value) for value in spec] if isinstance(spec, list) else spec


def _spec(chart: alt.Chart) -> dict[str, Any]:
    """Return the specification of a chart in house style."""
    return (
        chart.configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelColor=INK,
            titleColor=INK,
            domainColor=FAINT,
            tickColor=FAINT,
            gridColor=GRID,
        )
        .configure_legend(
            orient="top",
            title=None,
            labelFontSize=12,
            labelColor=INK,
            symbolStrokeWidth=3,
            labelLimit=340,
            columns=1,
        )
        .to_dict()
    )


def colours(facts: Facts) -> dict[str, str]:
    """Return the colour of each arm."""
    palette = facts.part("report").get("palette") or style()["palette"]
    return {arm: palette[place % len(palette)] for place, arm in enumerate(facts.arms)}


def dashes(facts: Facts, arms: list[str]) -> alt.Scale:
    """Return the kind of line of each arm, so that no colour is needed to tell them apart."""
    ways = [DASHES[place % len(DASHES)] for place in range(len(arms))]
    return alt.Scale(domain=[facts.arm(arm) for arm in arms], range=ways)


def scale(facts: Facts, arms: list[str]) -> alt.Scale:
    """Return the colour scale of some arms, by label."""
    chosen = colours(facts)
    palette = list(dict.fromkeys(chosen.values()))
    if len(set(arms)) <= len(palette) < len(facts.arms):
        # Of many options a few are drawn: each of them has a colour of its own, in every figure.
        last = sorted(arms, key=lambda arm: arm == facts.comparator)
        chosen = {arm: palette[place] for place, arm in enumerate(last)}
    return alt.Scale(domain=[facts.arm(arm) for arm in arms], range=[chosen[arm] for arm in arms])


# Every second arm is drawn paler in bars, so that grey tells neighbours apart.
PALE = 0.4


def shades(arms: list[str], facts: Facts) -> alt.Scale:
    """Return how full the colour of each arm's bars is."""
    return alt.Scale(
        domain=[facts.arm(arm) for arm in arms],
        range=[PALE if place % 2 else 1.0 for place in range(len(arms))],
    )


# How an axis prints labels that ``wrapped`` has cut into lines.
IN_LINES = "split(datum.label, '\\n')"


def wrapped(words: str, width: int = 42) -> str:
    r"""Return a label in lines, so that none of it is cut off.

    Examples
    --------
    >>> wrapped("Missing data: utility lower by 0.10 on leave", 24)
    'Missing data: utility\nlower by 0.10 on leave'
    """
    return "\n".join(textwrap.wrap(words, width)) or words


def row_step(labels: pd.Series, least: int = 24) -> alt.Step:
    """Return the height of a row that holds the longest of wrapped labels."""
    lines = 1 + max(int(label.count("\n")) for label in labels)
    return alt.Step(max(least, 14 * lines + 8 if lines > 1 else 0))


def money_axis(facts: Facts) -> str:
    """Return a Vega expression that prints an amount with its sign before the symbol."""
    sign = SYMBOLS.get(facts.currency, facts.currency + " ")
    return f"(datum.value < 0 ? '\u2212' : '') + '{sign}' + format(abs(datum.value), ',.0f')"
