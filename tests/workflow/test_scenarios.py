"""Every kind of scenario on the template study: planned in a blink, run by hand."""

import pandas as pd
import pytest
from trialbalance import house

KINDS = {
    "perspective": {"analysis": {"perspective": "societal"}},
    "population": {"analysis": {"population": "survivors"}},
    "horizon": {"study": {"horizon_years": 0.5}},
    "value_set": {"outcomes": {"instruments": {"eq5d3l": {"value_set": "eq5d3l_halved"}}}},
    "unit_cost_source": {"costs": {"unit_costs": "other_unit_costs.csv"}},
    "price_year": {"costs": {"price_year": "2023/24"}},
    "discounting": {"outcomes": {"discounting": "continuous"}},
    "family": {"model": {"cost": {"family": "lognormal"}}},
}
PRICES = {
    "dear": {"title": "Dear", "range_end": "high"},
    "later": {"title": "Later", "price_year": "2023/24"},
    "other": {"title": "Other source", "unit_costs": {"hospital_night": 500.0}},
}


@pytest.fixture
def many(finished):
    """Return the finished template with a scenario of each kind, all of target full."""
    prices = pd.read_csv(finished.study / "unit_costs.csv")
    ranges = dict.fromkeys(("unit_cost_lower", "unit_cost_upper"), "")
    dearer = prices.assign(unit_cost=prices["unit_cost"] * 2, **ranges)
    dearer.to_csv(finished.study / "other_unit_costs.csv", index=False)
    shipped = house.resources() / "value_sets" / "eq5d3l_uk_mvh_a1.csv"
    values = pd.read_csv(shipped, dtype=str, keep_default_na=False)
    lost = values["value"].astype(float)
    # Half of what each answer takes away.
    values["value"] = lost.where(lost >= 1, lost / 2)
    values.to_csv(finished.study / "eq5d3l_halved.csv", index=False)
    populations = {
        "intention_to_treat": {"description": "As randomised", "excludes": ["excluded"]},
        "survivors": {"description": "Those alive at the end", "excludes": ["excluded", "died"]},
    }
    kinds = {
        name: {"title": name, "target": "full", **change} for name, change in KINDS.items()
    }  # fmt: skip
    finished.change(
        data={"populations": populations},
        decision={"price_scenarios": PRICES, "missing_not_at_random": {}},
        scenarios=kinds,
    )
    return finished


def test_scenarios_of_target_full_leave_the_default_target_alone(many):
    default, full = many.plan(), many.plan("full")
    assert default.get("fit_model", 0) <= 1 and "compare_every_scenario" not in default
    assert full["fit_model"] >= len(KINDS) - 1
    assert full["compare_every_scenario"] == 1


@pytest.mark.slow
@pytest.mark.model
def test_every_kind_ends_in_the_table_of_cases(many):
    answer = many.command("results/my_trial/70_synthesis/full/forest.csv")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    table = pd.read_csv(many.folder / "results/my_trial/70_synthesis/full/forest.csv")
    assert set(table["kind"]) == {"base", "scenario", "prices", "missing_data", "subgroup"}
    assert set(table.loc[table["kind"] == "scenario", "case"]) == set(KINDS)
    assert set(table.loc[table["kind"] == "prices", "case"]) == set(PRICES)
    assert (
        table[["net_benefit", "lower", "upper", "preferred", "other_decision"]]
        .notna()
        .all(axis=None)
    )
    at = table[table["threshold"] == 25000].set_index("case")
    # Every price doubled doubles the difference in cost; later prices do as the refit does: within
    # the noise of few draws.
    noise = 0.1 * (at.loc["base", "upper"] - at.loc["base", "lower"])
    twice = 2 * at.loc["base", "cost"]
    assert at.loc["unit_cost_source", "cost"] == pytest.approx(twice, abs=2 * noise)
    assert at.loc["later", "method"] == "exact"
    assert at.loc["later", "cost"] == pytest.approx(at.loc["price_year", "cost"], abs=noise)
