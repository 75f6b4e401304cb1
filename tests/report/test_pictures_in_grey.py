"""Pictures keep their labels whole, and grey tells the arms of bars apart."""

import json

from report_study import full_study
from test_scenarios import facts_of, scenario_table
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.choice.acceptability import chances_chart
from trialbalance.report.figures.doubt.forest import forest_chart
from trialbalance.report.figures.drawing import draw
from trialbalance.report.figures.people.questionnaires import seen_chart

LONG = "Missing data: utility lower by 0.10 on leave and cost from interviews higher by half"


def test_no_label_of_a_case_is_cut_and_rows_are_as_high_as_their_labels():
    facts = facts_of(scenario_table())
    facts.settings["scenarios"]["linear_death"]["title"] = LONG
    chart = forest_chart(facts, "qaly_health")
    drawn = draw(chart, "x")
    assert "…" not in drawn
    assert all(word in drawn for word in LONG.split())
    assert chart.to_dict()["height"]["step"] >= 3 * 14


def test_neighbouring_arms_of_bars_differ_in_how_full_they_are():
    facts = Facts(*full_study())
    for chart in (chances_chart(facts, "qaly_health"), seen_chart(facts)):
        bars = next(one for one in chart.to_dict()["layer"] if "opacity" in one.get("encoding", {}))
        first, second = bars["encoding"]["opacity"]["scale"]["range"]
        assert first - second > 0.4


def test_words_on_a_pale_bar_are_dark():
    facts = Facts(*full_study())
    layers = chances_chart(facts, "qaly_health").to_dict()
    told = [one["mark"]["color"] for one in layers["layer"] if one["mark"].get("type") == "text"]
    assert len(told) == 2 and "white" in told and json.dumps(told).count("#") == 1
