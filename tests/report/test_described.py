"""A study that is described: what there is stands side by side, and nothing is set against it."""

import re

import pandas as pd
import pytest
from report_described import described_study, line
from report_page import Page
from report_study import page_without_figures
from trialbalance.report.facts.facts import Facts
from trialbalance.report.making import make_report
from trialbalance.report.sections.findings.consequences import told


@pytest.fixture(scope="module")
def made():
    return make_report(*described_study())


@pytest.fixture(scope="module")
def page(made):
    return Page(made["html"])


def test_no_contrast_no_interval_no_chance_and_no_model(page):
    words = page.words.lower()
    for taboo in ("minus", "difference (", "95% interval", "relative risk", "chance of", "probab"):
        assert taboo not in words, taboo
    for gone in ("models in words", "prior", "acceptab", "net benefit", "threshold:", "nan "):
        assert gone not in words, gone
    # Only the books set anything against anything.
    tables = [table for table in page.tables if not table["caption"].startswith("Trial balance")]
    heads = [cell for table in tables for cell in table["rows"][0]]
    assert not [head for head in heads if "interval" in head or "ifference" in head]


def test_page_one_says_who_what_and_at_what_cost(page):
    titles = [words for level, words in page.headings if level == 3]
    assert titles[:6] == [
        "Who was studied",
        "What was seen",
        "What it cost",
        "How the law was kept",
        "What this does not tell",
        "How far to trust this",
    ]
    assert "80 people in all: Community order (40) and Extended leave (40)." in page.words
    assert "No participants were recruited in: Assertive outreach." in page.words
    costs = page.table("Mean cost per person, by group")["rows"]
    assert costs[0] == ["Share, or mean", "Community order", "Extended leave"]
    flagged = "Health and social care (illustrative, assumed)"
    assert next(row for row in costs if row[0] == flagged)[1] == "£36,000"
    seen = page.table("What was seen, by group")["rows"]
    assert ["Readmitted", "25%", "38%"] in seen
    assert "were checked 25 times. They were not kept 2 times; 1 could not be decided" in page.words
    assert "10% of people have no answer to Eq5d, month 12" in page.words


def test_lines_are_counts_for_yes_and_no_and_means_else(page):
    happened = page.table("What happened")["rows"]
    heads = ["Of each person", "Community order (40)", "Extended leave (40)"]
    assert happened[0] == [*heads, "Assertive outreach (0)", "Everybody (80)"]
    assert happened[1] == [
        "Readmitted", "10/40 (25%)", "15/40 (38%)", "no participants recruited", "12/80 (15%)"
    ]  # fmt: skip
    answered = {row[0]: row[1:] for row in page.table("What people answered")["rows"]}
    assert answered["Eq5d, month 12"][0] == "0.700 (0.300); n 32"
    assert answered["Abstinent, month 12"][0] == "10/32 (31%)"
    bounds = "Abstinent, month 12: range if those not seen were all no, or all yes"
    assert answered[bounds][0] == "25%–45%"
    cost = page.table("Cost per person")["rows"]
    flagged = [row for row in cost if row[0] == "Health and social care (illustrative, assumed)"]
    assert flagged and flagged[0][1] == "£36,000 (12,000); median 36,000"
    assert flagged[0][3] == "no participants recruited"


def test_flags_of_populations_and_dates_are_not_told(page):
    told = [row[0] for row in page.table("Characteristics")["rows"]]
    assert told == ["Of each person", "In work"]
    assert page.table("Costs and consequences by in work")["rows"][1][:2] == ["yes", "Age"]


def test_the_law_is_told_in_counts_and_no_person_is_named(made, page):
    limits = page.table("Time limits of the law")["rows"]
    assert limits[1] == ["Review", "17F", "20", "17", "2", "1", "0", "read in the Act"]
    assert page.table("Time limits not kept")["rows"][1] == ["Review", "1", "0", "0", "1"]
    assert page.table("Criteria of the law")["rows"][1][3:] == ["1", "0", "1", "0"]
    days = page.table("People ever under")["rows"][1]
    assert days == ["Detained", "1/2; median 30", "1/1; median 50", "0/0"]
    assert "P-SECRET" not in made["html"]


def test_costs_stand_in_one_cell_an_arm_where_there_are_more_than_two(page):
    row = page.table("Cost per person by category: Health and social care (illustr")["rows"][-1]
    assert re.fullmatch(r"\d+/\d+; £[\d,]+ \(£[\d,]+\)", row[1]) and len(row) == 4
    assert row[3] == "no participants recruited"


def test_contrasts_come_back_where_arms_were_randomised_and_endpoints_are_modelled():
    _, settings, _ = described_study()
    assert not Facts({}, settings).compares
    settings["model"]["endpoints"] = {"readmission": {}}
    assert Facts({}, settings).compares
    settings["model"]["comparison"] = "described"
    assert not Facts({}, settings).compares
    settings["model"]["comparison"] = "observational"
    assert not Facts({}, settings).compares


def test_a_share_is_known_by_its_spread_alone():
    frame = told(Facts(*described_study()))
    shares = {name: part["share"].all() for name, part in frame.groupby("quantity")}
    assert shares["readmission"] and shares["employed"] and not shares["eq5d"]


def test_a_perspective_that_shares_its_key_with_a_payer_keeps_its_own_name():
    _, settings, _ = described_study()
    settings["costs"]["payers"]["societal"] = "Society"
    facts = Facts({}, settings)
    assert facts.perspective("societal") == "Broader societal"
    assert facts.perspective("unknown_one") == "Unknown one"


def test_a_cost_for_each_unit_or_person_is_marked_and_changes_no_count():
    tables, settings, _ = described_study()
    ratio = line("order", "cost for each additional person", "health_social", 9e5, float("nan"), 80)
    each = line("order", "cost for each unit of an outcome", "health_social", 51.0, float("nan"))
    said = "arithmetic of described means, not an effect; no interval"
    extra = pd.DataFrame(
        [
            ratio | {"at": "readmission", "note": f"dearer and more often yes; {said}"},
            each | {"at": "readmission", "note": "total cost over total outcome; no interval"},
        ]
    )
    tables["consequences"] = pd.concat([tables["consequences"], extra], ignore_index=True)
    page = page_without_figures((tables, settings, {}))
    assert "80 people in all: Community order (40)" in page.words
    told = page.table("Cost for each additional person")["rows"][1]
    assert told[:2] == ["Health and social care: Readmitted", "£900,000"]
    assert "Illustrative, assumed. Arithmetic of described means, not an effect." in page.words
    row = page.table("Cost for each unit of an outcome")["rows"][1]
    assert row[:2] == ["Health and social care: Readmitted", "£51"]
