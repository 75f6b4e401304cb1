"""Scenarios as a picture: every number from the table, base first, nothing where it is alone."""

import copy

import pandas as pd
import pytest
from report_study import full_study
from trialbalance.report.facts.cases import forest_data
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.doubt.forest import forest_words
from trialbalance.report.forms.explorer import explore_data
from trialbalance.report.making import build_document, make_report
from trialbalance.report.sections.findings.sensitivity.scenarios import survival_words

BENEFITS = {"linear_death": -300.0, "base": 571.0, "no_discount": 900.0}


def scenario_table(arms=("order",), benefits=BENEFITS):
    rows = [
        {
            "kind": "base" if name == "base" else "scenario",
            "case": name,
            "analysis": "qaly_health",
            "arm": arm,
            "comparator": "leave",
            "cost": -400.0,
            "effect": 0.008,
            "threshold": threshold,
            "net_benefit": value + threshold / 100 - 200 + 50 * place,
            "lower": value - 9000.0,
            "upper": value + 9000.0,
            "probability_positive": 0.5,
        }
        for name, value in benefits.items()
        for place, arm in enumerate(arms)
        for threshold in (20000, 30000)
    ]
    return pd.DataFrame(rows)


def facts_of(table, **settings):
    tables, own, context = full_study(**settings)
    return Facts({**tables, "forest": table}, own, context)


def test_the_picture_has_the_primary_threshold_and_base_first():
    data = forest_data(facts_of(scenario_table()), "qaly_health")
    assert data["case"].tolist() == ["base", "linear_death", "no_discount"]
    assert data["net_benefit"].tolist() == [571, -300, 900]
    assert data["title"].iloc[1] == "Utility falls in a line before death"


def test_words_name_the_scenario_that_turns_the_choice():
    facts = facts_of(scenario_table())
    words = survival_words(facts, "qaly_health")
    assert "best value on average is Community order in the base case" in words
    assert "1 case of 2: Utility falls in a line before death." in words
    assert "above zero in 2" in forest_words(facts, "qaly_health")


def test_prices_missing_data_and_subgroups_stand_beside_and_subgroups_turn_nothing():
    table = scenario_table(benefits={"base": 5.0, "dear": 7.0, "worse": 8.0, "sex: male": -9.0})
    kinds = {"dear": "prices", "worse": "missing_data", "sex: male": "subgroup"}
    table["kind"] = table["case"].map(kinds).fillna("base")
    facts = facts_of(table)
    titles = forest_data(facts, "qaly_health")["title"].tolist()
    assert titles == ["Base case", "Dear", "Missing data: worse", "Subgroup, sex: male"]
    words = survival_words(facts, "qaly_health")
    assert words.endswith(
        "and in all 2 others. Beside the base case: 1 case with other prices, 1 case on missing "
        "data and 1 subgroup."
    )


def test_words_say_that_nothing_turns():
    table = scenario_table(benefits={"base": 5.0, "no_discount": 7.0})
    words = survival_words(facts_of(table), "qaly_health")
    assert words.endswith("and in the other scenario. Beside the base case: 1 scenario.")


@pytest.mark.parametrize("analysis", ["cwly_health", "qaly_societal"])
def test_no_picture_without_threshold_or_without_scenarios(analysis):
    assert forest_data(facts_of(scenario_table()), analysis).empty


def test_base_alone_is_no_picture():
    assert forest_data(facts_of(scenario_table(benefits={"base": 1.0})), "qaly_health").empty


@pytest.mark.parametrize("arms", [("order",), ("order", "third")])
def test_figure_stands_in_the_section_whatever_the_signs(arms):
    every = ("order", "leave") if len(arms) == 1 else ("order", "leave", "third")
    tables, settings, context = copy.deepcopy(full_study(arms=every))
    table = scenario_table(arms)
    table.loc[table["case"] == "no_discount", ["net_benefit", "lower", "upper"]] = None
    tables["forest"] = table
    made = make_report(tables, settings, context)
    assert "figures/scenarios_qaly_health.svg" in made["figures"]
    assert made["html"].count("<svg") == len(made["figures"])
    assert "figures/scenarios_qaly_health.svg" in build_document(
        tables, settings, {**context, "figures": made["figures"]}
    )


def test_a_scenario_says_which_value_set_it_changes():
    tables, settings, context = full_study()
    settings["outcomes"]["instruments"]["eq5d3l"]["value_set"] = "old"
    tools = {"eq5d3l": {"value_set": "new"}, "oxcap_mh": {"value_set": None}}
    settings["scenarios"]["linear_death"]["outcomes"] = {"instruments": tools}
    found = explore_data(Facts(tables, settings, context))["assumptions"][0]["scenarios"]
    assert [each["title"] for each in found] == [
        "Base case",
        "Utility falls in a line before death (value set: EQ-5D-3L by new)",
    ]


def test_base_alone_is_no_choice_of_assumptions():
    tables, settings, context = full_study()
    tables["scenarios"] = tables["scenarios"].query("scenario == 'base'")
    assert explore_data(Facts(tables, settings, context))["assumptions"] == []
