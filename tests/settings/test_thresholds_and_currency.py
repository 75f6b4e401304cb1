"""Thresholds belong to a currency and a payer: outside pounds a study states its own."""

import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.methods.methods import threshold_sentences
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import stage_settings

ANALYSIS = "qaly_health_care"
NICE = [20000.0, 25000.0, 30000.0, 35000.0]
OWN = {"qaly": {"marked": [50000.0], "primary": 50000.0}}


def thresholds(study, scenario="base"):
    settled = stage_settings(load_study(study.file), scenario, "decision", ANALYSIS)
    return settled["decision"]["thresholds"]["qaly"]


def analysed(given):
    return {ANALYSIS: {"decision": {"thresholds": given}}}


@pytest.mark.parametrize("changes", [
    {}, {"decision": {"thresholds": {"qaly": {"step": 500.0}}}},
    {"analyses": analysed({"qaly": {"step": 500.0}})},
])  # fmt: skip
def test_outside_pounds_silence_gives_no_verdict_however_the_curves_are_drawn(study, changes):
    found = thresholds(study.change(study={"currency": "EUR"}, **changes))
    assert (found["marked"], found["primary"], found["exploratory"]) == ([], None, True)
    assert found["payer"] is None


def test_thresholds_of_the_studys_own_are_no_thresholds_of_nice(study):
    found = thresholds(study.change(study={"currency": "EUR"}, decision={"thresholds": OWN}))
    assert (found["marked"], found["exploratory"], found["payer"]) == ([50000.0], False, None)


def test_a_threshold_of_one_analysis_says_how_it_is_accepted_outside_pounds(study):
    changed = study.change(study={"currency": "EUR"}, analyses=analysed(OWN))
    with pytest.raises(Problems, match="or write exploratory: false beside them"):
        load_study(changed.file)
    accepted = {"qaly": OWN["qaly"] | {"exploratory": False}}
    assert thresholds(study.change(analyses=analysed(accepted)))["marked"] == [50000.0]


def test_in_pounds_the_thresholds_are_those_of_nice_and_named_so(study):
    found = thresholds(study)
    assert found["marked"] == NICE and "National Institute" in found["payer"]
    other = study.change(
        decision={"thresholds": {"qaly": {"marked": [13000.0], "primary": 13000.0}}}
    )
    assert thresholds(other)["payer"] is None


def test_costs_have_no_currency_apart_from_the_studys(study):
    with pytest.raises(Problems, match=r"costs\.currency: found a setting that does not exist"):
        load_study(study.change(costs={"currency": "EUR"}).file)


@pytest.mark.parametrize(("payer", "words"), [
    ("Zorginstituut Nederland", "(Zorginstituut Nederland)"),
    (None, "(the study's own; their payer is not stated)"),
])  # fmt: skip
def test_the_report_says_whose_thresholds_they_are(payer, words):
    settings = {
        "study": {"currency": "EUR", "arms": {"a": {}, "b": {}}, "comparator": "a"},
        "decision": {"thresholds": {"qaly": OWN["qaly"] | {"payer": payer}}},
        "analyses": {
            "main": {"outcome": "qaly", "decision": {"thresholds": {"qaly": {"step": 5}}}}
        },
    }
    tables = {"analyses": {"main": {"incremental": pd.DataFrame({"arm": ["b"], "cost": [1.0]})}}}
    (said,) = threshold_sentences(Facts(tables, settings))
    assert said == f"Thresholds for QALYs: €50,000 {words}."
