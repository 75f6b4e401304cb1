"""Scenarios side by side: every pair at every marked threshold, and where each table came from."""

import pandas as pd
from trialbalance.synthesis.scenarios import compare_scenarios, sources

INCREMENTAL = pd.DataFrame(
    {
        "arm": ["a"],
        "comparator": ["b"],
        "cost": [10.0],
        "cost_lower": [1.0],
        "cost_upper": [20.0],
        "effect": [0.1],
        "effect_lower": [0.0],
        "effect_upper": [0.2],
        "position": ["costs more and gains more"],
    }
)
BENEFIT = pd.DataFrame(
    {
        "threshold": [0.0, 100.0, 200.0],
        "arm": "a",
        "comparator": "b",
        "net_benefit": [-10.0, 0.0, 10.0],
        "lower": [-20.0, -10, 0],
        "upper": [0.0, 10, 20],
        "probability_positive": [0.1, 0.5, 0.9],
    }
)


def test_marked_thresholds_only_and_none_leaves_a_row():
    keys = [("base", "main"), ("base", "other")]
    table = compare_scenarios(
        dict.fromkeys(keys, INCREMENTAL),
        dict.fromkeys(keys, BENEFIT),
        {"base": {"main": [100.0, 200.0], "other": []}},
    )
    main = table[table["analysis"] == "main"]
    assert main["threshold"].tolist() == [100.0, 200.0]
    assert main["net_benefit"].tolist() == [0.0, 10.0]
    other = table[table["analysis"] == "other"]
    assert len(other) == 1
    assert other["threshold"].isna().all()
    assert other["cost"].tolist() == [10.0]


def test_sources_name_the_scenario_that_made_a_table():
    found = sources(
        {"wide.main.incremental": "results/mine/base/60_decision/main/incremental.csv"}, "mine"
    )
    assert found.iloc[0][["scenario", "made_in"]].tolist() == ["wide", "base"]
