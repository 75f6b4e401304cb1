"""Figures of the report: which there are, with caption and alternative in words."""

from typing import Any

from trialbalance.report.curves import (
    acceptability_chart,
    acceptability_words,
    chances_chart,
)
from trialbalance.report.drawing import draw
from trialbalance.report.facts import Facts
from trialbalance.report.losses import loss_chart, loss_words
from trialbalance.report.plane import plane_chart, plane_words
from trialbalance.report.scenarios import forest_chart, forest_data, forest_words, title

EXPLORED = " No threshold is accepted for this outcome: the range is exploratory."


def has_cloud(facts: Facts, analysis: str) -> bool:
    """Return whether any option has a difference from the comparator to draw."""
    frame = facts.table("incremental", analysis)
    return bool(facts.others) and bool(frame["cost"].notna().any())


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
    figures = {}
    for name in facts.analyses:
        if facts.table("draws", name) is not None and has_cloud(facts, name):
            figures[f"figures/plane_{name}.svg"] = {
                "svg": draw(plane_chart(facts, name), f"plane-{name}"),
                "caption": "Cost-effectiveness plane: draws, their mean (diamond), the ellipses "
                "that hold 50% and 95% of them, and the thresholds (lines)." + mark,
                "alternative": plane_words(facts, name),
            }
        chances = facts.table("acceptability", name)
        if chances is not None and chances["probability"].notna().any():
            figures[f"figures/acceptability_{name}.svg"] = {
                "svg": draw(acceptability_chart(facts, name), f"acceptability-{name}"),
                "caption": "Acceptability curves: chance of best value by threshold; the broad "
                "grey line is the frontier, the option with the highest mean net benefit." + mark,
                "alternative": acceptability_words(facts, name),
            }
            if facts.thresholds(name).primary is not None and name == next(iter(facts.analyses)):
                figures[f"figures/chances_{name}.svg"] = {
                    "svg": draw(chances_chart(facts, name), f"chances-{name}"),
                    "caption": "Chance of being the best value at each threshold; the dashed line "
                    "is an even chance." + mark,
                    "alternative": acceptability_words(facts, name),
                }
        figures |= _loss_and_forest(facts, name, mark)
    return figures


def _loss_and_forest(facts: Facts, name: str, mark: str) -> dict[str, dict[str, Any]]:
    """Return the figures of expected loss and of the scenarios, where there are any."""
    figures = {}
    losses = facts.table("expected_loss", name)
    if losses is not None and losses["expected_loss"].notna().any():
        figures[f"figures/loss_{name}.svg"] = {
            "svg": draw(loss_chart(facts, name), f"loss-{name}"),
            "caption": "Expected loss a person from choosing each option, by threshold; the "
            "broad grey line is the least, which is the most that better evidence could be "
            "worth." + mark,
            "alternative": loss_words(facts, name),
        }
    if len(forest_data(facts, name)):
        figures[f"figures/scenarios_{name}.svg"] = {
            "svg": draw(forest_chart(facts, name), f"scenarios-{name}"),
            "caption": f"{title(facts, name)}: net benefit in each scenario with its "
            f"{facts.interval} interval; the dotted line is the base case." + mark,
            "alternative": forest_words(facts, name),
        }
    return figures
