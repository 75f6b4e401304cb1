"""Expected loss, places and ellipses: what is drawn and printed is what the tables hold."""

from itertools import pairwise

import numpy as np
import pytest
from report_study import full_study
from stated_rounding import at_error
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.choice.ellipses import ellipse, outlines
from trialbalance.report.figures.choice.expected_loss import loss_words
from trialbalance.report.figures.choice.plane import differences
from trialbalance.report.making import build_document, make_report
from trialbalance.report.sections.findings.results import rank_table
from trialbalance.report.text.numbers import chance

THREE = ("order", "leave", "third")


def inside(outline, points):
    """Return the share of points inside a closed outline, by the crossings of a ray."""
    x, y = points.T
    crossed = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in pairwise(outline):
        with np.errstate(divide="ignore", invalid="ignore"):
            at = (x2 - x1) * (y - y1) / (y2 - y1) + x1
        crossed ^= ((y1 > y) != (y2 > y)) & (x < at)
    return crossed.mean()


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_an_ellipse_holds_its_share_of_draws_of_any_shape(share):
    rng = np.random.default_rng(4)
    cost = rng.gamma(2, 900, 5000)
    effect = 0.02 - 1e-5 * cost + rng.normal(0, 0.01, 5000)
    outline = ellipse(effect, cost, share)
    assert inside(outline, np.column_stack([effect, cost])) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("effect", "cost"),
    [(np.zeros(9), np.arange(9.0)), (np.arange(9.0), 3 * np.arange(9.0)), (np.ones(1), np.ones(1))],
)
def test_draws_on_a_line_have_no_ellipse(effect, cost):
    assert len(ellipse(effect, cost, 0.95)) == 0


def test_every_option_has_both_ellipses():
    tables, settings, context = full_study(arms=THREE)
    facts = Facts(tables, settings, context)
    gaps = differences(tables["analyses"]["qaly_health"]["draws"], "leave")
    found = outlines(facts, gaps)
    assert found.groupby(["arm", "share"]).size().index.tolist() == [
        (arm, share) for arm in ("order", "third") for share in (0.5, 0.95)
    ]


def test_identical_draws_still_make_a_plane():
    tables, settings, context = full_study()
    tables["analyses"] = {"qaly_health": dict(tables["analyses"]["qaly_health"])}
    draws = tables["analyses"]["qaly_health"]["draws"].assign(cost=1.0, effect=0.5)
    tables["analyses"]["qaly_health"]["draws"] = draws
    words = make_report(tables, settings, context)["figures"]["figures/plane_qaly_health.svg"]
    assert "Ellipses" not in words["alternative"]


def test_losses_are_told_as_in_the_table():
    tables, settings, context = full_study()
    frame = tables["analyses"]["qaly_health"]["expected_loss"]
    row = frame[(frame["threshold"] == 20000) & (frame["arm"] == "order")].iloc[0]
    words = loss_words(Facts(tables, settings, context), "qaly_health")
    told = at_error(row["expected_loss"], row["standard_error"])
    assert f"at £20,000: Community order £{told:,.0f} and" in words


def test_places_are_printed_for_three_options_and_not_for_two():
    tables, settings, context = full_study(arms=THREE)
    text = rank_table(Facts(tables, settings, context), "qaly_health")
    frame = tables["analyses"]["qaly_health"]["ranks"].set_index(["threshold", "arm", "rank"])
    cells = [chance(frame.loc[(20000, "third", place), "probability"]) for place in (1, 2, 3)]
    assert f"Assertive outreach | {' | '.join(cells)} |" in text
    assert "Chance that each option is best, second" not in build_document(*full_study())


def test_an_arm_nobody_entered_takes_no_place():
    tables, settings, context = full_study(arms=THREE, empty=("third",))
    text = rank_table(Facts(tables, settings, context), "qaly_health")
    assert "Assertive outreach" not in text and "Second" in text and "Third" not in text
