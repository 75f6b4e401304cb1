"""Page one is for a funder: readable at fourteen, and it says what would change the answer."""

import re

import pandas as pd
import pytest
from reading_age import reading_age, syllables
from report_study import full_study, made_report
from stated_rounding import mean_and_ends
from trialbalance.report.making import build_document

NAMES = (
    *("Community order", "Extended leave", "Assertive outreach", "Acute bed day"),
    *("Informal care hour", "QALYs", "QALY", "quality-adjusted life year"),
    *("capability-weighted life years", "capability-weighted life year"),
)


def paragraphs(document):
    """Return the prose of page one, paragraph by paragraph."""
    page = document.split("## In brief")[1].split("\n## ")[0]
    found = []
    for line in page.splitlines():
        if line.startswith(("|", "!", "#", ":")) or "Source:" in line:
            continue
        line = re.sub(r"\{[^}]*\}|\*\*|[\[\]\\]|\(#\w+\)", "", line).lstrip("- ")
        if len(line.split()) > 7:
            found.append(line)
    return found


def test_reading_age_is_known_for_known_words():
    assert [syllables(word) for word in ("cat", "table", "reference", "agree")] == [1, 2, 3, 2]
    assert reading_age("The cat sat on the mat.") < 7
    assert reading_age("Heteroscedasticity notwithstanding, multivariate estimation obtains.") > 20


@pytest.mark.parametrize("arms", [("order", "leave"), ("order", "leave", "third")])
def test_page_one_reads_at_fourteen(arms):
    told = paragraphs(build_document(*full_study(arms=arms)))
    assert len(told) > 12
    assert reading_age("\n".join(told), NAMES) <= 12
    hard = {line: reading_age(line, NAMES) for line in told if reading_age(line, NAMES) > 14.5}
    assert hard == {}


def test_page_one_has_no_greek_and_no_word_of_the_trade():
    told = "\n".join(paragraphs(made_report()["markdown"])).lower()
    assert not re.search(r"[α-ωΑ-Ω]", told)
    words = ("posterior", "incremental", "stochastic", "icer", "credible", "null", "evpi", "ceac")
    assert not [word for word in words if word in told]


def test_what_would_change_our_mind_is_the_switching_value():
    tables, settings, context = full_study()
    brief = build_document(tables, settings, context).split("## In brief")[1].split("\n## ")[0]
    frame = tables["analyses"]["qaly_health"]["switching"]
    change = frame.query("threshold == 20000 and arm == 'order'")["cost_change"].iloc[0]
    benefit = tables["analyses"]["qaly_health"]["net_benefit"]
    own = benefit.query("threshold == 20000 and arm == 'order'").iloc[0]
    # The change is the net benefit, and is printed to the place of its Monte Carlo error.
    shown = mean_and_ends(change, own["lower"], own["upper"])[0]
    words = f"£{abs(shown):,.0f} {'more' if change > 0 else 'less'}"
    assert "At £20,000, Community order " in brief and words in brief


def research(**columns):
    tables, settings, context = full_study()
    base = {"threshold": 20000, "per_person": 763.2, "standard_error": 30.0, "population": None}
    rows = [base | {"quantity": "evpi"} | columns]
    rows += [
        base | {"quantity": quantity, "population": value}
        for quantity, value in columns.pop("studies", {}).items()
    ]
    tables["analyses"]["qaly_health"]["information"] = pd.DataFrame(rows).drop(
        columns="studies", errors="ignore"
    )
    text = build_document(tables, settings, context)
    return text.split("{#brief-research}")[1].split("\n### ")[0]


def test_worth_of_research_has_no_more_digits_than_its_error():
    assert "about £760 per person" in research()
    assert "how many people the choice affects, which is not known here" in research()


def test_worth_of_research_for_everyone_and_of_a_new_study():
    assert "comes to about £5,000,000" in research(population=5e6)
    text = research(population=5e6, studies={"enbs:100": -2e5, "enbs:400": 1.5e6})
    assert "400 people in each arm; it would be worth about £1,500,000 more" in text
    text = research(population=5e6, studies={"enbs:100": -2e5})
    assert "None of the new studies" in text


def test_exploratory_outcome_has_no_outlook():
    tables, settings, context = full_study()
    tables["analyses"] = {"cwly_health": tables["analyses"]["cwly_health"]}
    brief = build_document(tables, settings, context).split("## In brief")[1].split("\n## ")[0]
    assert "change our mind" not in brief and "research" not in brief


def test_who_changed_treatment_is_said_among_the_limits():
    tables, settings, context = full_study()
    settings["dataset"]["estimand"]["switching"] = "People count in the arm of their lot."
    text = build_document(tables, settings, context)
    limits = text.split("{#limits}")[1].split("\n## ")[0]
    assert "Who changed treatment: people count in the arm of their lot." in limits
