"""Reports of unusual studies, read to the end: each says what it is and nothing that jars."""

import re

import pandas as pd
import pytest
from report_stress import decided, drawn, stress_settings
from report_study import full_study, page_without_figures
from stated_rounding import at_error, rounded
from trialbalance.report.facts.facts import Facts
from trialbalance.report.making import build_document
from trialbalance.report.sections.appendix.books import as_given
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.text.numbers import money_words

ARMS = {"usual": "Usual care", "new": "New service"}
ABSTINENT = {"marked": [5000, 10000], "primary": 5000, "range": [0, 20000], "step": 500}
EUROS = {"marked": [20000, 50000, 80000], "primary": 50000, "range": [0, 100000], "step": 1000}


def abstinence():
    settings = stress_settings(ARMS, outcome="abstinent", thresholds=ABSTINENT)
    unit = {"label": "Abstinence", "unit": "people abstinent at 12 months"}
    settings["outcomes"]["effects"] = {"abstinent": unit}
    return decided(drawn(ARMS, effect=0.4, spread=(500, 0.05)), settings), settings


def costs_only():
    settings = stress_settings(ARMS)
    frame = drawn(ARMS)
    return decided(frame.assign(effect=0.0), settings), settings


def savings():
    settings = stress_settings(ARMS)
    return decided(drawn(ARMS, cost=-500.0), settings), settings


def euros():
    settings = stress_settings(ARMS, currency="EUR", thresholds=EUROS)
    tables = decided(drawn(ARMS), settings)
    tables["trial_balance"] = pd.DataFrame(
        {"scenario": "base", "stage": "decision", "quantity": ["money against usual"],
         "arm": "new", "in": [1650.25], "out": [1650.25], "difference": [0.0]}
    )  # fmt: skip
    return tables, settings


def dominated():
    settings = stress_settings(ARMS)
    frame = drawn(ARMS, spread=(50, 0.002))
    frame.loc[frame["arm"] == "new", "cost"] -= 3000
    return decided(frame, settings), settings


def blind():
    arms = {"a": "Arm A", "b": "Arm B"}
    settings = stress_settings(arms, blind=True)
    return decided(drawn(arms), settings), settings


def failed():
    return full_study(failed=True)


def twelve_arms():
    arms = {f"arm_{k}": f"Arm {k}" for k in range(12)}
    settings = stress_settings(arms, door="totals")
    tables = decided(drawn(arms), settings)
    tables["analyses"]["main"]["arms"]["n"] = 50
    return tables, settings


STUDIES = (abstinence, costs_only, savings, euros, dominated, blind, failed, twelve_arms)


@pytest.fixture(scope="module", params=STUDIES, ids=lambda one: one.__name__)
def text(request):
    return build_document(*request.param())


def test_no_blank_stands_as_a_word_and_no_key_as_a_name(text):
    body = re.sub(
        r"\{[^}]*\}|\([#\w-]+\)|[\w/]+\.(csv|svg|yaml)", "", text.split("### Settings")[0]
    )
    assert not {"nan", "none", "inf", "None"} & set(re.findall(r"[A-Za-z]+", body)) - {"none"}
    assert not re.search(r"\b[a-z]+\\?_[a-z]+", body.replace("(main)", "")), "a raw key"


def test_every_sentence_ends_and_none_has_two_ends(text):
    for line in text.splitlines():
        if line.startswith("- ") and "digest" not in line:
            assert line.rstrip("* ")[-1] in ".:)", line
        assert not re.search(r"[a-z]\.\.(\s|$)", line), line


def test_an_event_is_counted_in_people():
    text = build_document(*abstinence())
    assert "at £5,000 a person abstinent at 12 months" in text
    assert "unit of people" not in text and "at 12 months over 12 months" not in text


def test_costs_alone_are_compared_without_a_word_on_effects():
    tables, settings = costs_only()
    text = build_document(tables, settings)
    said = str(lead(Facts(tables, settings), "main"))
    assert said == (
        "New service costs more over 12 months; costs alone are compared, so no verdict on value "
        "is given."
    )
    for word in ("gains more", "QALYs per person", "Net benefit", "dominated", "best value"):
        assert word not in text.split("## Methods")[0], word
    assert "The options do not differ in effect here: costs alone are compared." in text
    assert "No threshold is accepted" not in text


def test_effects_that_differ_in_some_draws_are_no_costs_alone():
    tables, settings = savings()
    assert not Facts(tables, settings).costs_only("main")


def test_an_option_may_have_to_save_where_costs_are_below_nought():
    tables, settings = savings()
    own = tables["analyses"]["main"]
    (benefit,) = [row for _, row in own["net_benefit"].iterrows() if row["threshold"] == 20000]
    draws = len(own["draws"]) // 2
    less = -rounded(benefit, "net_benefit", draws)
    assert less == -at_error(-491.4, 20.0) and benefit["net_benefit"] == pytest.approx(-491, abs=1)
    text = build_document(tables, settings)
    assert "not worth it even at no cost" not in text
    assert f"New service would need to cost £{less:,.0f} less" in text
    usual = own["arms"].set_index("arm").loc["usual"]
    assert usual["cost"] == pytest.approx(-1359, abs=1)
    assert f"−£{-rounded(usual, 'cost', draws):,.0f}" in text


def test_a_euro_study_speaks_of_no_pounds():
    text = build_document(*euros())
    assert not re.search(r"pound|£|penny", text, flags=re.I)
    assert "euros against usual" in text and "€50,000" in text
    assert "NICE reference case" not in text


@pytest.mark.parametrize(("currency", "many"), [("GBP", "pounds"), ("SEK", "amounts")])
def test_money_has_the_word_of_its_currency(currency, many):
    assert money_words(currency)[1] == many


def test_where_the_comparator_is_dominated_no_study_is_offered():
    text = build_document(*dominated())
    assert "New service costs less and gains more over 12 months" in text
    assert "the same option is the best in practically every draw" in text
    assert "about £0" not in text
    assert "dominant on the means" in text


def test_a_blind_study_says_so_and_names_neutral_arms():
    text = build_document(*blind())
    assert "**Blind.**" in text and "Arm B against Arm A" in text


def test_a_failed_check_stands_before_any_number_and_in_the_trust_list():
    text = build_document(*failed())
    assert text.index("model check") < text.index("## In brief")
    assert "1 failed; see the head of this page" in text


def test_twelve_arms_of_a_trial_are_counted_and_all_in_the_tables():
    page = page_without_figures((*twelve_arms(), {}))
    assert "600 people were analysed: 11 options against Arm 0 (50 people)" in page.words
    rows = page.table("Mean cost and effect per person")["rows"]
    assert len(rows) == 1 + 12 + 11


def test_one_word_is_used_for_what_passed():
    facts = Facts({}, {})
    frame = pd.DataFrame({"check": ["a", "b", "c"], "verdict": ["pass", "within", "fail"]})
    text = as_given(facts, "endpoint_checks", "Checks", frame)
    assert re.findall(r"passed|FAILED|Pass\b|[Ww]ithin", text) == ["passed", "passed", "FAILED"]


def test_a_rounded_switching_threshold_is_about_so_much():
    assert "below about £28,500 and New service above about £28,500" in build_document(*savings())


def test_where_costs_alone_are_compared_no_table_method_or_limit_speaks_of_effects():
    tables, settings = costs_only()
    settings["report"]["texts"] = {"objectives": "Which costs less?"}
    text = build_document(tables, settings)
    for words in ("Effect: ", "Mean cost and effect", "Difference in effect",
                  "Costs and effects after", "Costs and gains", "joint draws",
                  "a person had", "## Cost-effectiveness"):  # fmt: skip
        assert words not in text, words
    assert "## Costs compared" in text and "| none: costs alone are compared |" in text
    assert "Health effects as QALYs | not met | costs alone are compared" in text


def test_an_outcome_counted_in_people_is_a_share_of_each_arm():
    tables, settings = abstinence()
    settings["report"]["texts"] = {"objectives": "Who stays abstinent?"}
    text = build_document(tables, settings)
    assert "difference in the share of people abstinent at 12 months, New service" in text
    assert "The share of people abstinent at 12 months was 0" in text
    assert "per additional person abstinent at 12 months" in text
    assert "12 months per person" not in text and "a person had" not in text


def test_one_of_many_options_clearly_costs_more_and_several_cost_more():
    said = str(lead(Facts(*twelve_arms()), "main"))
    assert "2 clearly cost more and 1 clearly gains more" in said
    assert re.search(r"is Arm 0 \(\d+% chance of being the best\)\.$", said)


def test_what_options_would_have_to_cost_is_one_sentence():
    text = build_document(*twelve_arms()).split("## Cost-effectiveness")[0]
    assert text.count("with all else the same") == 1
    assert "£40 less" in text and "to equal Arm 0 in value, of the options nearest to it" in text


def test_an_option_that_breaks_even_costs_neither_more_nor_less():
    tables, settings = savings()
    switching = tables["analyses"]["main"]["switching"]
    tables["analyses"]["main"]["switching"] = switching.assign(cost_change=0.0)
    text = build_document(tables, settings)
    assert "At £20,000, New service breaks even with Usual care." in text
    assert "breaks even," not in text


@pytest.mark.parametrize("study", STUDIES, ids=lambda one: one.__name__)
def test_nothing_is_counted_in_the_wrong_number(study):
    text = build_document(*study())
    assert not re.search(r"(?<![\d.,/])1 (sums|checks|people|options|cells|draws|were|are)\b", text)
    assert not re.search(r"\ba (?:[aeio]\w+ )", text.replace("a one", "")), "an article"


def test_knowing_all_is_worth_nothing_where_one_option_is_always_the_best():
    tables, settings = dominated()
    text = build_document(tables, settings)
    assert "knowing everything uncertain would be worth £0" in text
    assert "evpi_main" not in text and "GAP.** Work out EVPI" not in text


def test_an_analysis_whose_check_failed_says_so_wherever_its_answer_stands():
    tables, settings, _ = failed()
    facts, words = Facts(tables, settings), "A model check of this analysis failed"
    assert words in lead(facts, "qaly_societal") and words not in lead(facts, "qaly_health")
    findings = build_document(tables, settings).split("{#findings}")[1].split("\n#")[0]
    assert findings.count(words) == 1


def test_a_blind_report_points_at_what_cannot_be_blinded_only_where_that_is_told():
    tables, settings = blind()
    assert "cannot be blinded" not in build_document(tables, settings)
    tables["blinding"] = pd.DataFrame(
        [{"subject": "numbers in each arm", "treatment": "cannot be blinded", "why": "seen"}]
    )
    text = build_document(tables, settings)
    (link,) = re.findall(r"\]\(#([\w-]+)\) lists what cannot be blinded", text)
    assert f"{{#{link}}}" in text


@pytest.mark.parametrize(
    ("words", "article"),
    [("episode avoided", "an"), ("QALY", "a"), ("hour of care", "an"), ("unit of weight", "a")],
)
def test_a_unit_has_its_article(words, article):
    settings = stress_settings(ARMS)
    settings["report"]["outcome_words"] = {"qaly": {"one": words, "many": f"{words}s"}}
    tables = decided(drawn(ARMS), settings)
    assert f"at £20,000 {article} {words}, " in str(lead(Facts(tables, settings), "main"))
