"""Every defensible analysis in the report: counts in words, never a chance; gone where not made."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from defensible_study import PLAIN, option, small
from trialbalance.report.facts.defensible import share_words
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.doubt.specification import (
    drawn_specifications,
    specification_chart,
    specification_words,
    specifications,
)
from trialbalance.report.figures.drawing import draw
from trialbalance.report.sections.findings.sensitivity.multiverse import multiverse
from trialbalance.settings.sections.decision import DecisionSettings
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.synthesis.multiverse import gather, option_shares, variance_shares

STUDY = {
    "currency": "GBP",
    "arms": {"new": {"label": "New service"}, "usual": {"label": "Usual care"}},
    "comparator": "usual",
}
CHOICES = {
    "where": {
        "label": "Whose <costs>",
        "options": {"here": PLAIN, "there": option("There", threshold=1)},
    },
    "what": {
        "label": "What",
        "options": {"this": option("This"), "that": option("That", threshold=2)},
    },
}
GIVEN = small(analysis="qaly", choices=CHOICES, excluded=[
    {"options": ["there", "that"], "reason": "They contradict each other."}])  # fmt: skip
SECTION = MultiverseSettings.model_validate(GIVEN).model_dump(mode="json")


def facts_of(worth, cells=1, failed=0):
    rows = []
    for number, (where, what, _) in enumerate(
        product(["here", "there"], ["this", "that"], range(cells)), start=1
    ):
        value = worth(where, what)
        rows.append({
            "cell": number, "choice_where": where, "choice_what": what, "arm": "new",
            "comparator": "usual", "preferred": "new" if value > 0 else "usual", "way": "exact",
            "fit": "base/qaly", "threshold": 25000.0, "net_benefit": value, "lower": value - 1,
            "upper": value + 1, "error": 0.0, "weight": np.nan, "recomputed": value,
        })  # fmt: skip
    checks = {"base/qaly": pd.DataFrame({"verdict": ["fail"] * failed + ["pass"]})}
    table = gather([pd.DataFrame(rows)], SECTION, None, checks)
    tables = {
        "multiverse": table,
        "multiverse_options": option_shares(table, SECTION, STUDY, None),
        "multiverse_choices": variance_shares(table, SECTION, STUDY),
    }
    analysis = {"title": "QALYs", "outcome": "qaly", "perspective": "p", "population": "all",
                "decision": {}}  # fmt: skip
    settings = {
        "study": STUDY, "multiverse": SECTION, "analyses": {"qaly": analysis},
        "decision": DecisionSettings().model_dump(mode="json"), "data": {"door": "totals"},
    }  # fmt: skip
    return Facts(tables, settings)


def plain(text):
    return str(text).replace("\\", "")


def test_what_turns_the_answer_is_named():
    told = plain(share_words(facts_of(lambda where, _: 5.0 if where == "here" else -5.0)))
    assert told.startswith("In 2 of 4 defensible analyses New service is preferred")
    assert "what turns it most is the choice of “Whose <costs>”" in told


def test_an_answer_that_nothing_turns_says_so():
    told = plain(share_words(facts_of(lambda where, _: 5.0 if where == "here" else 7.0)))
    assert told == (
        "In all 4 defensible analyses New service is preferred; no choice turns it. What moves net "
        "benefit most is the choice of “Whose <costs>”."
    )


def test_an_answer_that_does_not_move_names_no_choice():
    told = plain(share_words(facts_of(lambda *_: 5.0)))
    assert told.endswith("no choice turns it.")


def test_a_share_is_never_told_as_a_chance():
    text = plain(multiverse(facts_of(lambda where, _: 5.0 if where == "here" else -5.0)))
    assert "counts of analyses, not a probability" in text
    assert "50.0 %" in text
    assert "chance" not in text
    assert "likel" not in text


def test_options_say_why_they_are_defensible_and_what_was_left_out_says_why():
    text = plain(multiverse(facts_of(lambda *_: 5.0)))
    assert "It is what the plan says." in text
    assert "There with That. They contradict each other." in text
    assert "As planned (plan)" in text


def test_a_fit_that_failed_a_check_is_named():
    assert "of which 1 failed a check: base/qaly" in plain(
        multiverse(facts_of(lambda *_: 5.0, failed=1))
    )
    assert "none failed a check" in plain(multiverse(facts_of(lambda *_: 5.0)))


def with_proof(facts, **changes):
    """Return the facts with two analyses of the four refitted."""
    frame = facts.tables["multiverse"].iloc[:2].assign(
        refit="refit_of_base/qaly", refitted=[8.0, 205.0], difference=[3.0, 200.0],
        standard_error=5.0, agrees=[True, False], **changes,
    )  # fmt: skip
    return Facts(facts.tables | {"multiverse_proof": frame}, facts.settings)


def test_the_worst_refit_is_told_with_its_errors_and_how_many_agree():
    text = plain(multiverse(with_proof(facts_of(lambda *_: 5.0))))
    assert "2 drawn at random were refitted on 1 new fit" in text
    assert "worst disagreement in net benefit is £200 per person" in text
    assert "Monte Carlo standard error £5, error stated beforehand £0" in text
    assert "1 of 2 lie within" in text
    assert "Analyses drawn at random, beside a refit of each" in text


def test_algebra_done_again_is_not_told_as_a_refit():
    text = plain(multiverse(facts_of(lambda *_: 5.0)))
    assert "on the same draws and without a fit" in text
    assert "refitted on" not in text


def test_words_of_a_study_are_no_markup():
    assert "<costs>" not in str(multiverse(facts_of(lambda *_: 5.0))).replace("\\<costs\\>", "")


def test_the_section_is_gone_where_nothing_was_worked_out():
    settings = facts_of(lambda *_: 1.0).settings
    assert multiverse(Facts({}, settings)) == ""
    assert share_words(Facts({}, settings)) == ""


def test_the_curve_is_sorted_and_thinned_with_both_ends_kept():
    rng = np.random.default_rng(1)
    facts = facts_of(lambda *_: float(rng.normal()), cells=500)
    rows, drawn = specifications(facts, "new"), drawn_specifications(facts, "new")
    assert rows["net_benefit"].is_monotonic_increasing
    assert len(rows) == 2000
    assert len(drawn) <= 240
    assert {1, 2000} <= set(drawn["rank"])
    above = int((rows["net_benefit"] > 0).sum())
    assert f"above zero in {above:,} of them" in specification_words(facts, "new")


@pytest.mark.parametrize("cells", [1, 200])
def test_the_curve_is_drawn_with_its_choices_below(cells):
    rng = np.random.default_rng(1)
    facts = facts_of(lambda *_: float(rng.normal()), cells=cells)
    svg = draw(specification_chart(facts, "new"), "x")
    for words in ("There", "As planned", "New service", "Usual care"):
        assert words in svg
