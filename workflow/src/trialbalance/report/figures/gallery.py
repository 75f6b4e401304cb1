"""Figures of the report: which there are, with caption and alternative in words."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import altair as alt

from trialbalance.report.facts.cases import forest_data
from trialbalance.report.facts.cost_sums import perspectives_of
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import figure_path
from trialbalance.report.figures.choice.acceptability import (
    acceptability_chart,
    acceptability_words,
    chances_chart,
)
from trialbalance.report.figures.choice.captions import (
    acceptability_caption,
    benefit_caption,
    chances_caption,
    loss_caption,
)
from trialbalance.report.figures.choice.expected_loss import loss_chart, loss_words
from trialbalance.report.figures.choice.information import (
    evpi_caption,
    evpi_chart,
    evpi_words,
    evppi_caption,
    evppi_chart,
    evppi_words,
    worth_of_all,
    worth_of_groups,
)
from trialbalance.report.figures.choice.net_benefit import benefit_chart, benefit_words
from trialbalance.report.figures.choice.plane import plane_chart
from trialbalance.report.figures.choice.plane_words import plane_caption, plane_words
from trialbalance.report.figures.doubt.captions import (
    forest_caption,
    tipping_caption,
    tornado_caption,
)
from trialbalance.report.figures.doubt.forest import forest_chart, forest_words
from trialbalance.report.figures.doubt.predictive import (
    PARTS,
    expected,
    predictive_caption,
    predictive_chart,
    predictive_words,
)
from trialbalance.report.figures.doubt.specification import (
    specification_caption,
    specification_chart,
    specification_words,
    specifications,
)
from trialbalance.report.figures.doubt.tipping_points import maps_of, tipping_chart, tipping_words
from trialbalance.report.figures.doubt.tornado import swings, tornado_chart, tornado_words
from trialbalance.report.figures.drawing import draw
from trialbalance.report.figures.people.captions import (
    composition_caption,
    course_caption,
    flow_caption,
    seen_caption,
)
from trialbalance.report.figures.people.composition import composition_chart, composition_words
from trialbalance.report.figures.people.courses import (
    course,
    course_chart,
    course_words,
    courses_of,
    modelled,
)
from trialbalance.report.figures.people.flow import flow_chart, flow_steps, flow_words
from trialbalance.report.figures.people.histogram import (
    histogram_caption,
    histogram_chart,
    histogram_words,
    spread_of_cost,
)
from trialbalance.report.figures.people.questionnaires import seen_chart, seen_shares, seen_words
from trialbalance.report.sections.findings.outcomes import dead_words


class Figure(NamedTuple):
    """A figure before it is drawn."""

    name: str
    chart: alt.TopLevelMixin
    caption: str
    alternative: str


def has_cloud(facts: Facts, analysis: str) -> bool:
    """Return whether any option has a difference from the comparator to draw."""
    frame = facts.table("incremental", analysis)
    drawn = facts.table("draws", analysis) is not None
    apart = bool(frame["cost"].notna().any()) and not facts.costs_only(analysis)
    return drawn and bool(facts.others) and apart


def holds(facts: Facts, name: str, analysis: str, column: str) -> bool:
    """Return whether a table of an analysis has any value in a column."""
    frame = facts.table(name, analysis)
    return frame is not None and bool(frame[column].notna().any())


def draw_figures(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return every figure that the tables allow.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    dict
        Path -> ``{svg, caption, alternative}``.
    """
    mark = " Simulated data." if facts.synthetic else ""
    wanted = [*of_people(facts)]
    for name in facts.analyses:
        wanted += [
            *of_draws(facts, name),
            *of_thresholds(facts, name),
            *of_assumptions(facts, name),
            *of_fit(facts, name),
        ]
    wanted += [*of_choices(facts)]
    return {
        figure_path(each.name): {
            "svg": draw(each.chart, each.name.replace("_", "-")),
            "caption": each.caption + mark,
            "alternative": each.alternative,
        }
        for each in wanted
    }


def of_people(facts: Facts) -> Iterator[Figure]:
    """Yield figures of the records: flow, measures over time, what cost is made of."""
    if len(flow_steps(facts)):
        yield Figure(
            "flow",
            flow_chart(facts),
            flow_caption(facts),
            flow_words(facts),
        )
    if len(seen_shares(facts)):
        yield Figure(
            "seen",
            seen_chart(facts),
            seen_caption(facts),
            seen_words(facts),
        )
    for measure in courses_of(facts):
        seen = (measure, course(facts, measure), "those seen")
        yield Figure(
            f"course_{measure}",
            course_chart(facts, *seen),
            course_caption(facts, *seen, _dead(facts, measure)),
            course_words(facts, *seen),
        )
    for perspective in perspectives_of(facts):
        yield Figure(
            f"composition_{perspective}",
            composition_chart(facts, perspective),
            composition_caption(facts, perspective),
            composition_words(facts, perspective),
        )


def _dead(facts: Facts, measure: str) -> str:
    """Return that the dead count as nought in the course of a measure, where any does."""
    frame = facts.table("measures")
    return dead_words(frame[frame["measure"] == measure]) if frame is not None else ""


def of_choices(facts: Facts) -> Iterator[Figure]:
    """Yield the curve of every defensible analysis of each option, where they were worked out."""
    for arm in facts.others:
        if len(specifications(facts, arm)):
            yield Figure(
                f"specification_{arm}",
                specification_chart(facts, arm),
                specification_caption(facts, arm),
                specification_words(facts, arm),
            )


def of_draws(facts: Facts, name: str) -> Iterator[Figure]:
    """Yield the plane, and the forest plot of the scenarios."""
    if has_cloud(facts, name):
        yield Figure(
            f"plane_{name}",
            plane_chart(facts, name),
            plane_caption(facts, name),
            plane_words(facts, name),
        )
    if len(forest_data(facts, name)):
        yield Figure(
            f"scenarios_{name}",
            forest_chart(facts, name),
            forest_caption(facts, name),
            forest_words(facts, name),
        )


def of_assumptions(facts: Facts, name: str) -> Iterator[Figure]:
    """Yield what drives the answer, what could turn it, and means over time as modelled."""
    if len(swings(facts, name)):
        yield Figure(
            f"tornado_{name}",
            tornado_chart(facts, name),
            tornado_caption(facts, name),
            tornado_words(facts, name),
        )
    for component, arm in maps_of(facts, name):
        yield Figure(
            f"tipping_{name}_{component}_{arm}",
            tipping_chart(facts, name, component, arm),
            tipping_caption(facts, name, component, arm),
            tipping_words(facts, name, component, arm),
        )
    for measure, data in modelled(facts, name).items():
        given = (measure, data, "everybody, modelled")
        yield Figure(
            f"modelled_{name}_{measure}",
            course_chart(facts, *given),
            course_caption(facts, *given),
            course_words(facts, *given),
        )


def of_fit(facts: Facts, name: str) -> Iterator[Figure]:
    """Yield how the cost of those seen is spread, and what the model would expect to see."""
    alike = [
        one
        for one in facts.analyses
        if facts.settings["analyses"][one].get("perspective")
        == facts.settings["analyses"][name].get("perspective")
    ]
    # Analyses of one perspective share their costs, so that the first of them has the picture.
    if name == alike[0] and len(spread_of_cost(facts, name)):
        yield Figure(
            f"spread_{name}",
            histogram_chart(facts, name),
            histogram_caption(facts, name),
            histogram_words(facts, name),
        )
    if any(len(expected(facts, name, part)) for part in PARTS):
        yield Figure(
            f"expected_{name}",
            predictive_chart(facts, name),
            predictive_caption(facts, name),
            predictive_words(facts, name),
        )


def of_information(facts: Facts, name: str) -> Iterator[Figure]:
    """Yield what knowing all could be worth by threshold, and what each group of figures."""
    if facts.thresholds(name).exploratory or facts.table("information", name) is None:
        return
    # A curve that is nought at every threshold shown would be a line on the axis.
    if (worth_of_all(facts, name)["expected_loss"].round() > 0).any():
        yield Figure(
            f"evpi_{name}",
            evpi_chart(facts, name),
            evpi_caption(facts, name),
            evpi_words(facts, name),
        )
    if len(worth_of_groups(facts, name)):
        yield Figure(
            f"evppi_{name}",
            evppi_chart(facts, name),
            evppi_caption(facts, name),
            evppi_words(facts, name),
        )


def of_thresholds(facts: Facts, name: str) -> Iterator[Figure]:
    """Yield the curves by threshold; none where value for money is not judged."""
    if not facts.judged(name):
        return
    if holds(facts, "acceptability", name, "probability"):
        yield Figure(
            f"acceptability_{name}",
            acceptability_chart(facts, name),
            acceptability_caption(facts, name),
            acceptability_words(facts, name),
        )
        if facts.thresholds(name).primary is not None and name == next(iter(facts.analyses)):
            yield Figure(
                f"chances_{name}",
                chances_chart(facts, name),
                chances_caption(facts, name),
                acceptability_words(facts, name),
            )
    if facts.others and holds(facts, "net_benefit", name, "net_benefit"):
        yield Figure(
            f"benefit_{name}",
            benefit_chart(facts, name),
            benefit_caption(facts, name),
            benefit_words(facts, name),
        )
    if holds(facts, "expected_loss", name, "expected_loss"):
        yield Figure(
            f"loss_{name}",
            loss_chart(facts, name),
            loss_caption(facts, name),
            loss_words(facts, name),
        )
    yield from of_information(facts, name)
