"""What is printed holds for this study: verdicts, counts, conditions, denominators."""

import numpy as np
import pandas as pd
import pytest
from report_described import described_study
from report_study import full_study, page_without_figures
from trialbalance.data.flow import flow
from trialbalance.report.document import printed
from trialbalance.report.facts.cases import case_words
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.people.flow import flow_steps
from trialbalance.report.making import build_document
from trialbalance.report.sections.appendix.plain_tables import (
    contrasts_alone,
    informative,
    was_cut_short,
    weighted,
)
from trialbalance.report.sections.findings.consequences import apart
from trialbalance.report.sections.findings.costs import category_table, one_base
from trialbalance.report.sections.findings.information import learnt
from trialbalance.report.sections.findings.outcomes import dead_words
from trialbalance.report.sections.findings.results import standing_words
from trialbalance.report.sections.front.headlines import sentence
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.studies_page import verdicts


def with_intervals(cost, effect):
    tables, settings, context = full_study()
    frame = tables["analyses"]["qaly_health"]["incremental"]
    for part, (low, high) in {"cost": cost, "effect": effect}.items():
        frame[[f"{part}_lower", f"{part}_upper"]] = [low, high]
    return Facts(tables, settings, context)


@pytest.mark.parametrize(
    ("cost", "effect", "words"),
    [
        ((-5, 9), (-0.1, 0.1), "No clear difference in cost or QALYs over 12 months"),
        ((5, 9), (-0.1, 0.1), "Community order costs more, with no clear difference in QALYs"),
        ((-9, -5), (0.1, 0.2), "Community order costs less and gains more"),
        ((5, 9), (-0.2, -0.1), "Community order costs more and gains less"),
    ],
)
def test_the_lead_says_a_difference_only_where_its_interval_is_on_one_side(cost, effect, words):
    assert str(lead(with_intervals(cost, effect), "qaly_health")).startswith(words)


def test_page_one_and_the_page_of_all_studies_give_the_same_verdict():
    facts = with_intervals((-5, 9), (-0.1, 0.1))
    told = [sentence for _, sentence in verdicts(facts)]
    assert str(lead(facts, "qaly_health")) in told[0]
    assert not any("dominated" in one for one in told)
    assert "no threshold is accepted" in told[-1]


def test_an_observational_comparison_gets_no_verdict():
    facts = with_intervals((5, 9), (0.1, 0.2))
    facts.settings["model"]["comparison"] = "observational"
    assert "nobody was randomised" in lead(facts, "qaly_health")
    assert "better value" not in lead(facts, "qaly_health")


def test_dominance_is_said_of_the_means_and_only_in_the_table():
    assert standing_words("costs more and gains less (dominated)").endswith(
        "dominated on the means"
    )
    assert standing_words("no participants recruited") == "no participants recruited"


def test_words_printed_below_a_heading_end_at_the_next_of_its_rank():
    body = "## A {#a}\n\nx\n\n### B {#b}\n\ny\n\n## C {#c}\n\nz"
    assert printed(body)["a"].endswith("y") and printed(body)["b"] == "y"


def test_people_seen_and_not_seen_add_up_to_their_population():
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"participant_id": [f"p{i}" for i in range(40)]})
    people["arm"] = np.where(rng.random(40) < 0.5, "a", "b")
    reasons = {
        "everyone": pd.Series([""] * 40),
        "itt": pd.Series(np.where(rng.random(40) < 0.2, "ineligible", "")),
    }
    visits = pd.DataFrame(
        [
            {"participant_id": person, "visit": visit, "status": status}
            for person in people["participant_id"]
            for visit in ("v0", "v1")
            for status in [rng.choice(["attended", "missed", "dead"])]
            if rng.random() < 0.9
        ]
    )
    study = {"arms": {"a": {}, "b": {}}, "visits": {"v0": 0, "v1": 1}}
    table = flow(people, visits, reasons, study).set_index(["step", "arm"])
    for (step, arm), row in table.iterrows():
        if not step.startswith("attended"):
            continue
        population = step.partition(" in ")[2]
        away = sum(int(one.rpartition(" ")[2]) for one in (row["reason"] or "").split("; ") if one)
        whole = table.loc[(f"population {population}", arm), "participants"]
        assert row["participants"] + away == whole, step


def test_the_flow_tells_one_population_alone():
    tables, settings, _ = full_study()
    settings["data"]["populations"] = {"intention_to_treat": {}, "reported": {}}
    steps = ["recorded", "population intention_to_treat", "population reported"]
    steps += ["attended month_6 in intention_to_treat", "attended month_6 in reported"]
    tables["flow"] = pd.DataFrame(
        [{"step": s, "arm": a, "participants": 9, "reason": None} for s in steps
         for a in ("order", "leave")]
    )  # fmt: skip
    told = list(dict.fromkeys(flow_steps(Facts(tables, settings))["step"]))
    assert told[:3] == ["Recorded", "Intention to treat", "Of these, seen at month 6"]
    assert not [one for one in told if "eported" in one]


def test_weights_for_a_cut_follow_up_are_told_only_where_follow_up_was_cut():
    frame = pd.DataFrame({"not_reached": [0, 0], "method": ["weighted", "complete_case"]})
    assert not was_cut_short(frame)
    assert was_cut_short(frame.assign(not_reached=[0, 2]))
    assert list(weighted(frame)["method"]) == ["weighted"]


def test_scenarios_that_were_not_run_are_named_as_such():
    tables, settings, context = full_study()
    settings["scenarios"]["normal"] = {"title": "Normal distributions", "analyses": None}
    words = case_words(Facts(tables, settings, context), "qaly_health")
    assert "Not worked out in this run: " in words and "Normal distributions" in words


def test_what_would_be_learnt_is_told_without_a_key():
    _, settings, _ = full_study()
    settings["report"]["labels"] = {"acute_bed_day": "Night in hospital"}
    facts = Facts({}, settings)
    assert learnt(facts, "evppi:price_acute_bed_day") == "Price of night in hospital"
    assert learnt(facts, "evppi:quantity_acute_bed_day") == "Quantity of night in hospital"
    assert learnt(facts, "evpi:prices_drawn") != learnt(facts, "evpi")
    assert "_" not in learnt(facts, "evppi:some_group")


def test_no_ratio_is_told_between_settings_that_do_not_overlap():
    tables, settings, _ = described_study()
    tables["associations"] = pd.DataFrame({"wording": ["described, not compared"]})
    settings["model"] = {"comparison": "described"}
    assert apart(Facts(tables, settings))
    tables["associations"]["wording"] = "associated with"
    assert not apart(Facts(tables, settings))


def test_a_bias_to_meet_stands_only_where_there_is_one():
    frame = pd.DataFrame(
        {"estimate": ["mean", "bias_to_meet", "bias_to_meet", "bias_to_meet"],
         "value": [0.0, 0.0, np.nan, 0.2]}
    )  # fmt: skip
    assert list(contrasts_alone(frame)["value"]) == [0.0, 0.2]


def test_the_dead_are_said_to_count_as_nought_only_where_they_do():
    frame = pd.DataFrame({"value": [0.5, 0.0], "dead": [False, True]})
    assert "died count as 0" in dead_words(frame)
    assert dead_words(frame.assign(dead=False)) == ""
    assert dead_words(frame.assign(value=[0.5, np.nan])) == ""


def test_nothing_is_claimed_of_before_the_results_without_a_locked_plan():
    tables, settings, context = full_study()
    tables.pop("deviations", None)
    text = build_document(tables, settings, context)
    assert "before the results were seen" not in text and "set beforehand" not in text


def test_records_costed_in_part_are_not_told_as_not_costed():
    tables, settings, context = full_study()
    tables["set_aside"] = pd.DataFrame(
        {"record_id": ["a", "b", "c"], "participant_id": ["p", "p", "q"],
         "reason": "before the index date", "whole": [True, False, False]}
    )  # fmt: skip
    rows = page_without_figures((tables, settings, context)).table("Records set aside")["rows"]
    assert [row[1:3] for row in rows[1:]] == [
        ["a part; the rest is costed", "2"],
        ["the whole record", "1"],
    ]


def test_a_covariate_that_does_not_vary_has_no_odds_ratio():
    frame = pd.DataFrame(
        {"odds_ratio": [1.0, 1.0, 0.7], "lower": [0.01984, 0.8, 0.4], "upper": [50.397, 1.3, 1.2]}
    )
    assert list(informative(frame)["lower"]) == [0.8, 0.4]


def test_no_total_stands_over_rows_that_rest_on_different_people():
    tables, settings, context = full_study()
    seen = tables["cost_observed"]
    some = seen.loc[seen["source_group"] == "interview", "participant_id"].unique()[:5]
    gone = seen["participant_id"].isin(some) & (seen["source_group"] == "interview")
    tables["cost_observed"] = seen.assign(observed=seen["observed"] & ~gone)
    text = category_table(Facts(tables, settings, context), "societal")
    assert "| Total |" not in text and "do not add up" in text
    alike = pd.DataFrame({"arm": ["a", "a", "b"], "participants": [4, 4, 3]})
    assert one_base(alike) and not one_base(alike.assign(participants=[4, 5, 3]))


def test_a_headline_whose_number_is_missing_is_left_out():
    facts = Facts({"t": pd.DataFrame({"k": ["a", "b"], "v": [0.5, np.nan]})}, {})
    cell = {"table": "t", "where": {"k": "a"}, "column": "v", "form": "percent"}
    told = {"sentence": "In all {x} did <b>.", "cells": {"x": cell}}
    assert sentence(facts, told) == "In all 50% did \\<b\\>."
    assert sentence(facts, told | {"cells": {"x": cell | {"where": {"k": "b"}}}}) == ""
    assert sentence(facts, told | {"cells": {"x": {"table": "gone"}}}) == ""
    assert "In all 2 did" in sentence(facts, told | {"cells": {"x": {"table": "t"}}})


def test_page_one_says_on_how_much_a_second_program_agrees():
    tables, settings, context = full_study()
    verdicts_of = ["agrees"] * 140 + ["explained", "not recomputed"]
    tables["certificate"] = pd.DataFrame({"verdict": verdicts_of})
    text = build_document(tables, settings, context)
    trust = text.split("{#brief-trust}")[1].split("\n## ")[0]
    assert "agrees on 140 of 141 quantities; 1 differ for a reason given; 1 it does not" in trust
    tables["certificate"] = pd.DataFrame({"verdict": ["did not run"]})
    trust = build_document(tables, settings, context).split("{#brief-trust}")[1]
    assert "A second program, written in R, did not run" in trust.split("\n## ")[0]
    del tables["certificate"]
    assert "Computed again" not in build_document(tables, settings, context)


def test_a_described_study_says_so_too():
    tables, settings, context = described_study()
    tables["certificate"] = pd.DataFrame({"verdict": ["agrees"] * 12})
    assert "agrees on 12 of 12 quantities" in build_document(tables, settings, context)
