"""A report of handed-over draws speaks of draws, and of nothing that was not done here."""

import re

import pytest
from report_stress import decided, drawn, stress_settings
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.choice.plane_words import plane_words
from trialbalance.report.making import build_document
from trialbalance.report.sections.appendix.cheers import CHEERS, OF_THE_MODEL
from trialbalance.report.sections.appendix.reference_case import JUDGE, elements

ARMS = {"usual": "Usual care", "new": "New service"}


@pytest.fixture(scope="module")
def study():
    settings = stress_settings(ARMS)
    # What stands at its default in every study file, and did not act on draws.
    settings["dataset"] = {"estimand": {"death": "Effects are 0 after death.",
                                        "withdrawal": "Seen until withdrawal."},
                           "covariates": ["sex"]}  # fmt: skip
    settings["model"] = {"chains": 4, "draws": 1000, "priors": {"level": 1.5}}
    settings["outcomes"] |= {"discount_rate": 0.035}
    settings["costs"] |= {"discount_rate": 0.035, "price_year": "2012/13"}
    return decided(drawn(ARMS), settings), settings


@pytest.fixture(scope="module")
def text(study):
    return build_document(*study)


@pytest.mark.parametrize(
    "word",
    ["records", "posterior", "death", "withdraw", "Hamiltonian", "randomis", "missing at random",
     "participant", "intention to treat", "2012/13", "after people entered", "covariates"],
)  # fmt: skip
def test_nothing_is_said_that_was_not_done_here(text, word):
    body = text.split("## Reporting checklists")[0]
    assert not re.search(word, body, flags=re.I)


def test_what_the_draws_are_is_said(text):
    assert "The draws behind this report were made by a computer" in text
    assert "intervals hold 95% of the draws" in text
    assert "neither prices nor discounting were touched here" in text
    assert "the answer covers one year" in text


def test_only_settings_that_acted_are_listed(text):
    rows = re.findall(r"^\| (\w+) \| \S+ \| .* \|$", text.split("{#settings}")[1], re.M)
    stages = {"data", "costs", "outcomes", "dataset", "model", "decision", "study"} & set(rows)
    assert stages == {"data", "study"}


def test_items_that_the_report_of_the_model_answers_are_marked_so(text):
    rows = dict(re.findall(r"^\| (\d+) \| .* \| (.*) \|$", text.split("{#cheers}")[1], re.M))
    told = {number for number, place in rows.items() if place.startswith("Not applicable")}
    assert told == OF_THE_MODEL and set(rows) == {item.number for item in CHEERS}
    assert f"{len(OF_THE_MODEL)} more do not apply" in text


def test_the_reference_case_is_not_judged_on_what_is_not_seen(study):
    found = {name: verdict for name, verdict, _ in elements(Facts(*study), "main")}
    for start in ("Costs of the NHS", "EQ-5D", "Costs and effects discounted"):
        assert next(v for name, v in found.items() if name.startswith(start)) == JUDGE


def test_the_plane_of_a_fit_is_one_of_posterior_draws_and_no_other(study):
    tables, settings = study
    assert plane_words(Facts(tables, settings), "main").startswith("Scatter of draws ")
    fitted = settings | {"data": {"door": "totals"}}
    assert plane_words(Facts(tables, fitted), "main").startswith("Scatter of posterior draws ")
