"""The bridge: what was seen, adjusted, modelled and missing otherwise, each from its own table."""

import re

import numpy as np
import pandas as pd
import pytest
from report_study import full_study
from stated_rounding import DRAWS, Z, at_error, rounded
from trialbalance.report.facts.facts import Facts
from trialbalance.report.making import build_document
from trialbalance.report.sections.findings.bridge import bridge_section, lines, same_cost
from trialbalance.report.text.numbers import number
from trialbalance.synthesis.bridge import bridge

SEEN = {"qaly_health": (2284.0, 3415.0, 217), "qaly_societal": (4776.0, 6123.0, 217),
        "cwly_health": (2284.0, 3041.0, 192)}  # fmt: skip


def observed():
    rows = []
    for analysis, (difference, adjusted, used) in SEEN.items():
        base = {"analysis": analysis, "n": 167, "cost_n": 108, "effect_n": 100,
                "covariates": "baseline_effect; sex"}  # fmt: skip
        rows.append({**base, "arm": "leave", "comparator": None})
        rows.append(
            {**base, "arm": "order", "comparator": "leave", "n": 166, "cost_n": 119,
             "effect_n": 111, "cost_difference": difference, "cost_adjusted": adjusted,
             "cost_adjusted_n": used, "effect_difference": -0.025, "effect_adjusted": -0.032,
             "effect_adjusted_n": 211}
        )  # fmt: skip
    return pd.DataFrame(rows)


def scenarios(cost=1000.0, **effects):
    rows = [
        {"scenario": name, "arm": "order", "threshold": threshold, "cost": cost, "effect": effect}
        for name, effect in {"missing_at_random": 0.008, **effects}.items()
        for threshold in (20000, 25000)
    ]
    return pd.DataFrame(rows)


def study(**effects):
    tables, settings, context = full_study()
    tables["observed_case"] = observed()
    if effects:
        own = tables["analyses"]["qaly_health"]
        own["missing_scenarios"] = scenarios(own["incremental"]["cost"].iloc[0], **effects)
    return tables, settings, context


def rows_of(text):
    return [
        [re.sub(r"\\|\[|\]\{[^}]*\}", "", cell).strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("|:")
    ]


def test_each_step_stands_in_the_table_as_its_own_table_has_it():
    tables, settings, context = study(lower=-0.03, higher=0.02)
    head, first, *_ = rows_of(bridge_section(Facts(tables, settings, context)))
    told = tables["analyses"]["qaly_health"]["incremental"].iloc[0]
    assert first[0] == "Cost, health and social care, beside QALYs"
    assert first[1:3] == ["+£2,284 (227)", "+£3,415 (217)"]
    cost = number(rounded(told, "cost"), plus=True).replace("+", "+£").replace("−", "−£")
    assert f"{cost} (" in first[3]
    assert head[-2:] == ["Lowest, if missing otherwise", "Highest, if missing otherwise"]


def test_the_ends_of_missing_data_are_the_least_and_the_most_of_its_cases():
    given = scenarios(lower=-0.03, middle=0.0, higher=0.02)
    told = study()[0]["analyses"]["qaly_health"]["incremental"]
    steps = bridge("effect", "order", None, told, given).set_index("step")
    assert steps.loc["lowest", "estimate"] == -0.03 and steps.loc["lowest", "scenario"] == "lower"
    assert steps.loc["highest", "estimate"] == 0.02


def test_a_case_that_moves_nothing_is_not_named_as_an_end():
    text = bridge_section(Facts(*study(utility_lower=-0.03, utility_higher=0.02)))
    ends = next(line for line in text.splitlines() if "Missing otherwise" in line)
    assert "Quality-adjusted life years: lowest where utility lower and highest where" in ends
    assert "health and social care" not in ends


def test_why_one_cost_has_two_figures_is_told_with_how_far_they_are_apart():
    tables, settings, context = study()
    (words,) = same_cost(Facts(tables, settings, context))
    means = [
        tables["analyses"][name]["incremental"].iloc[0] for name in ("qaly_health", "cwly_health")
    ]
    apart = abs(means[0]["cost"] - means[1]["cost"])
    wide = min(row["cost_upper"] - row["cost_lower"] for row in means)
    errors = [(row["cost_upper"] - row["cost_lower"]) / (2 * Z) / DRAWS**0.5 for row in means]
    told = at_error(apart, np.hypot(*errors))
    assert f"£{told:,.0f} apart, {100 * apart / wide:.0f}% of the narrower interval" in words
    assert "Broader societal" not in words


@pytest.mark.parametrize("seed", range(5))
def test_what_is_seen_and_modelled_is_never_mixed_up(seed):
    rng = np.random.default_rng(seed)
    tables, settings, context = study()
    tables["observed_case"][["cost_difference", "cost_adjusted"]] += rng.normal(0, 900, (6, 2))
    for line in lines(Facts(tables, settings, context)):
        row = (
            tables["observed_case"].query("analysis == @line.analysis and arm == @line.arm").iloc[0]
        )
        model = tables["analyses"][line.analysis]["incremental"].set_index("arm").loc[line.arm]
        assert line.steps["seen"]["estimate"] == row[f"{line.part}_difference"]
        assert line.steps["adjusted"]["estimate"] == row[f"{line.part}_adjusted"]
        assert line.steps["modelled"]["estimate"] == model[line.part]


def test_a_report_of_draws_has_no_bridge():
    tables, settings, context = full_study()
    tables.pop("observed_case", None)
    assert "From what was seen" not in build_document(tables, settings, context)
