"""Where nobody was randomised the report gives associations, and neither verdict nor chance."""

import re

import pytest
from report_study import full_study, page_without_figures
from trialbalance.report.facts.facts import Facts
from trialbalance.report.forms.explorer import explore_data
from trialbalance.report.making import build_document, make_report
from trialbalance.report.studies_page import verdicts


@pytest.fixture(scope="module")
def study():
    tables, settings, context = full_study()
    settings["model"]["comparison"] = "observational"
    settings["report"]["texts"] = {"objectives": "What goes with an order?"}
    settings["dataset"]["estimand"] = {"population": "Everybody whose records were found."}
    settings["study"]["synthetic"] = False
    # Names of populations and steps are the study's own; a study of this kind has others.
    del tables["flow"], tables["reproduction"]
    return tables, settings, context


@pytest.fixture(scope="module")
def made(study):
    return make_report(*study)


def test_no_sentence_speaks_of_randomisation_but_to_say_that_there_was_none(made):
    for sentence in re.split(r"[.|]", made["markdown"]):
        if re.search(r"random", sentence, flags=re.I):
            said = ("obody was randomised", "nobody randomised", "missing at random")
            assert any(words in sentence for words in said), sentence


@pytest.mark.parametrize(
    "word",
    ["better value", "best value", "net benefit", "worth its cost", "cost-effectiveness plane",
     "would need to cost", "Is more research worth it", "dominated", "of the trial"],
)  # fmt: skip
def test_no_verdict_is_given(made, word):
    body = made["markdown"].split("## Scenarios")[0]
    body = re.sub(r"No chance of being the best value and no verdict is given", "", body)
    assert not re.search(word, body, flags=re.I)


def test_what_differs_is_called_an_association(made):
    text = made["markdown"]
    assert "associated difference in cost per person" in text
    assert "Costs and effects: associations" in text
    assert "Economic evaluation of an observational comparison" in text
    assert "no difference here is the effect of an option" in text


def test_no_curve_by_threshold_is_drawn_and_none_is_offered(study, made):
    names = [path.partition("/")[2].partition("_")[0] for path in made["figures"]]
    assert "plane" in names
    assert not {"acceptability", "chances", "benefit", "loss", "scenarios"} & set(names)
    assert explore_data(Facts(*study))["analyses"] == []


def test_the_page_of_all_studies_gives_associations_too(study):
    told = " ".join(words for _, words in verdicts(Facts(*study)))
    assert "nobody was randomised" in told and "better value" not in told


def test_differences_of_every_analysis_stand_on_page_one(study):
    page = page_without_figures(study)
    rows = page.table("Associated differences per person")["rows"]
    assert len(rows) == 1 + len(study[1]["analyses"])


def test_a_randomised_study_keeps_its_words():
    text = build_document(*full_study())
    assert "Nobody was randomised" not in text and "associated difference" not in text
    assert "Cost-effectiveness" in text and "from randomisation" in text
