"""Incremental results of each analysis: one table, the thresholds, two pictures."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.facts.rounding import (
    drawn,
    drawn_ends,
    drawn_ratio,
    error_of,
    rounding_words,
)
from trialbalance.report.sections.findings.bridge import bridge_section
from trialbalance.report.sections.findings.by_threshold import threshold_table
from trialbalance.report.sections.findings.frontier import frontier_table
from trialbalance.report.sections.findings.information import PICTURES, information
from trialbalance.report.sections.findings.sensitivity.switching import switching_table
from trialbalance.report.text.markup import (
    Markdown,
    blocks,
    box,
    heading,
    joined,
    prose,
    section,
    table,
)
from trialbalance.report.text.numbers import (
    BLANK,
    general,
    missing,
    number,
)

ASSOCIATIONS = (
    "Nobody was randomised: a difference is what goes with an option in these records, not what it "
    "does. No chance of being the best value and no verdict is given."
)
PLACES = {1: "Best", 2: "Second", 3: "Third"}


def rank_table(facts: Facts, analysis: str) -> str:
    """Return the chance of each place, where more than two options compete for them."""
    frame, marks = facts.table("ranks", analysis), facts.thresholds(analysis)
    if frame is None or len(facts.arms) < 3 or marks.exploratory:
        return ""
    frame = frame.dropna(subset=["rank", "probability"])
    places = sorted({int(rank) for rank in frame["rank"]})
    places, left = (places[: len(PLACES)], True) if facts.many else (places, False)
    rows = []
    for threshold in marks.marked:
        own = near(frame, threshold)
        for arm in [arm for arm in facts.arms if arm in set(own["arm"])]:
            mine = {row["rank"]: row for _, row in own[own["arm"] == arm].iterrows()}
            cells = [
                drawn(facts, analysis, mine[place], "probability") if place in mine else BLANK
                for place in places
            ]
            rows.append([facts.threshold(threshold), facts.arm(arm), *cells])
    header = ["Threshold", "Option", *[PLACES.get(place, f"Place {place}") for place in places]]
    return table(
        header,
        rows,
        "Chance that each option is best, second and so on, by net benefit",
        f"ranks-{analysis}",
        (0, 1),
        "The first three places; the file has every place." if left else "",
        source=facts.source("ranks", analysis),
    )


CURVES = ("plane", "chances", "acceptability", "benefit", "loss")
QUADRANTS = {
    "probability_ne": "costs more and gains more",
    "probability_se": "costs less and gains more",
    "probability_nw": "costs more and gains less",
    "probability_sw": "costs less and gains less",
}


def curves(facts: Facts, analysis: str) -> tuple[str, ...]:
    """Return the pictures of an analysis; the plane of the primary one stands on page one."""
    return CURVES[1:] if analysis == next(iter(facts.analyses)) else CURVES


def ratio_words(facts: Facts, analysis: str, row: pd.Series) -> str:
    """Return the incremental cost-effectiveness ratio, or the sentence that stands for it.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.
    row : pandas.Series
        One row of ``incremental``.

    Returns
    -------
    str
        An amount for one more unit of effect where both differences have the same sign, and a
        sentence otherwise; never an interval (decision 032).
    """
    words = facts.words(analysis)
    if not facts.compares:
        return BLANK
    if missing(row.get("icer")) or missing(row["cost"]) or row["cost"] * row["effect"] <= 0:
        return standing_words(row.get("position"))
    amount = drawn_ratio(
        facts,
        abs(row["icer"]),
        [row[part] for part in ("cost", "effect")],
        [error_of(facts, analysis, row, part) for part in ("cost", "effect")],
    )
    if row["effect"] > 0:
        more = "additional {one}" if in_people(words) else "{one} gained"
        return f"{amount} per {more.format(one=words['one'])}"
    less = "saved per {one} fewer" if in_people(words) else "saved per {one} given up"
    return f"{amount} {less.format(one=words['one'])}"


def in_people(words: Mapping[str, Any]) -> bool:
    """Return whether an outcome is counted in people, so that the mean of it is a share."""
    return words["mean"] != words["many"]


def standing_words(position: object) -> str:
    """Return where the means lie, said as what it is: a place of the means, no verdict.

    Examples
    --------
    >>> standing_words("costs more and gains less (dominated)")
    'none: costs more and gains less, dominated on the means'
    """
    words, _, place = general(position).partition(" (")
    return f"none: {words}, {place.rstrip(')')} on the means" if place else words


def incremental_table(facts: Facts, analysis: str) -> str:
    """Return the table of means and differences of one analysis."""
    arms, differences = facts.table("arms", analysis), facts.table("incremental", analysis)
    words = facts.words(analysis)
    rows = []
    for _, row in (arms if arms is not None else pd.DataFrame()).iterrows():
        n = number(row["n"]) if "n" in row else BLANK
        if missing(row["cost"]):
            rows.append([facts.arm(row["arm"]), n, *[BLANK] * 4, nobody(row)])
            continue
        rows.append([facts.arm(row["arm"]), n, *_means(facts, analysis, row), BLANK])
    for _, row in differences.iterrows():
        pair = f"{facts.arm(row['arm'])} minus {facts.arm(row['comparator'])}"
        cells = _means(facts, analysis, row, plus=True)
        rows.append([pair, BLANK, *cells, ratio_words(facts, analysis, row)])
    header = [
        "Arm",
        "People",
        "Mean cost",
        f"{facts.interval} interval",
        f"Mean {words['mean']}" if not in_people(words) else words["mean"].capitalize(),
        f"{facts.interval} interval",
        "Cost per unit gained",
    ]
    gone = [
        place
        for place, name in enumerate(header)
        if (name == "People" and facts.from_draws)
        or (name == "Cost per unit gained" and not facts.judged(analysis))
        or (place in (4, 5) and facts.costs_only(analysis))
    ]
    what = "cost" if facts.costs_only(analysis) else "cost and effect"
    header, *rows = ([c for k, c in enumerate(line) if k not in gone] for line in [header, *rows])
    return table(
        header,
        rows,
        f"Mean {what} per person, and the differences",
        f"incremental-{analysis}",
        (0, header.index("Cost per unit gained")) if facts.judged(analysis) else (0,),
        means_note(facts, analysis),
        source=facts.source("incremental", analysis),
    )


def _means(facts: Facts, analysis: str, row: pd.Series, plus: bool = False) -> list[str]:
    """Return mean cost, its interval, mean effect, its interval."""
    cells = []
    for part in ("cost", "effect"):
        mean = drawn(facts, analysis, row, part, plus and part == "effect")
        cells.append(traced(facts, mean, row, part))
        ends = [f"{part}_lower", f"{part}_upper"]
        cells.append(traced_span(facts, drawn_ends(facts, analysis, row, part), row, ends))
    return cells


def nobody(row: pd.Series) -> str:
    """Return why a row has no numbers."""
    return "no participants" if missing(row.get("position")) else str(row["position"])


def means_note(facts: Facts, analysis: str) -> str:
    """Return what the means, their intervals and the ratio are, as far as the study has them."""
    first, draws = "Means are adjusted to the population analysed", "posterior draws"
    if facts.from_draws:
        first, draws = "Means are those of the draws handed over", "draws"
    ratio = (
        " A ratio is a ratio of means, to three digits, and carries no interval; net benefit does."
        if facts.judged(analysis)
        else ""
    )
    rule = rounding_words(facts, analysis)
    return (
        f"{first}; intervals hold {facts.interval} of the {draws}. Differences are taken before "
        f"rounding.{f' Figures are {rule}.' if rule else ''}{ratio}"
    )


def quadrant_table(facts: Facts, analysis: str) -> str:
    """Return the chance of each combination of dearer or cheaper, better or worse."""
    frame = facts.table("incremental", analysis)
    if not set(QUADRANTS) <= set(frame.columns):
        return ""
    rows = [
        [
            facts.arm(row["arm"]),
            *[traced(facts, drawn(facts, analysis, row, c), row, c) for c in QUADRANTS],
        ]
        for _, row in frame.iterrows()
    ]
    header = [
        f"Against {facts.arm(facts.comparator)}",
        *[words.capitalize() for words in QUADRANTS.values()],
    ]
    return table(
        header,
        rows,
        "Chance of each quadrant of the cost-effectiveness plane",
        f"quadrants-{analysis}",
        (0,),
        "Chances are rounded, so that they need not add up to 100%.",
        source=facts.source("incremental", analysis),
    )


def analysis_section(facts: Facts, analysis: str) -> str:
    """Return everything about one analysis."""
    meta, marks = facts.settings["analyses"][analysis], facts.thresholds(analysis)
    alone = facts.costs_only(analysis)
    intro = prose(
        "{effect}Perspective: {perspective}. ",
        effect="" if alone else f"Effect: {facts.words(analysis)['many']}. ",
        perspective=facts.perspective(meta.get("perspective", "")),
    )
    if not facts.from_draws:
        population = facts.label(meta.get("population", ""), "population").lower()
        intro = joined([intro, prose("Population: {population}.", population=population)], "")
    caution = ""
    if alone:
        caution = "The options do not differ in effect here: costs alone are compared."
    elif marks.exploratory and facts.compares:
        one = facts.words(analysis)["one"]
        caution = prose(
            "{one} has no accepted threshold. Where thresholds are shown they explore a range; "
            "they support no verdict.",
            one=one[:1].upper() + one[1:],
        )
    return section(
        3,
        facts.title(analysis),
        f"analysis-{analysis.replace('_', '-')}",
        intro,
        incremental_table(facts, analysis),
        frontier_table(facts, analysis) if facts.judged(analysis) else "",
        box("note", caution) if caution else "",
        threshold_table(facts, analysis) if facts.judged(analysis) else "",
        curves_part(facts, analysis) if analysis == next(iter(facts.analyses)) else "",
    )


def curves_part(facts: Facts, analysis: str) -> str:
    """Return the pictures of an analysis, its quadrants, ranks and switching values.

    Where nobody was randomised only the plane of associations is left.
    """
    if not facts.judged(analysis):
        return pictures(
            facts, *([f"plane_{analysis}"] if "plane" in curves(facts, analysis) else ())
        )
    return blocks(
        pictures(facts, *(f"{kind}_{analysis}" for kind in curves(facts, analysis))),
        quadrant_table(facts, analysis),
        rank_table(facts, analysis),
        switching_table(facts, analysis),
    )


def further_analyses(facts: Facts) -> str:
    """Return pictures, quadrants, ranks and switching values of all analyses but the primary."""
    parts = [
        section(
            4,
            facts.title(name),
            f"more-{name.replace('_', '-')}",
            curves_part(facts, name),
            pictures(facts, *(f"{kind}_{name}" for kind in PICTURES)),
        )
        for name in list(facts.analyses)[1:]
    ]
    return section(3, "Further analyses", "further-analyses", *parts)


def results(facts: Facts) -> str:
    """Return the section of results, one part an analysis."""
    parts = [analysis_section(facts, name) for name in facts.analyses]
    if not parts:
        return ""
    titles = ("Cost-effectiveness", "Costs and effects: associations")
    alone = all(facts.costs_only(name) for name in facts.analyses)
    first = heading(2, "Costs compared" if alone else titles[not facts.compares], "results")
    intro = Markdown("")
    if facts.others:
        intro = prose(
            "Differences are against {comparator}. {caution}",
            comparator=facts.arm(facts.comparator),
            caution="" if facts.compares else ASSOCIATIONS,
        )
    # The page fills this place; without its program, and on paper, it stays empty.
    offered = any(facts.judged(name) for name in facts.analyses)
    panel = "::: {.screen #explore}\n:::" if offered else ""
    return blocks(first, intro, panel, *parts, bridge_section(facts), information(facts))
