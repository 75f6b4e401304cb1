"""Other prices without a refit: arithmetic, exactness, refusals, contract."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from trialbalance.contracts import Problems, read, write
from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.prices.price_scenarios import (
    MEASURED_ERROR,
    compare_prices,
    price_ratios,
)
from trialbalance.decision.prices.quantities import ItemDraws
from trialbalance.settings.sections.decision import DecisionSettings

ARMS = ["new", "usual"]
STUDY = {"arms": {"new": {}, "usual": {}, "empty": {}}, "comparator": "usual", "currency": "GBP"}
WAYS = {"unit_costs": {}, "range_end": None, "price_year": None}
ITEMS = pd.DataFrame(
    {
        "item": ["bed", "visit", "hour"],
        "source_group": ["records", "records", "interview"],
        "unit_cost": [300.0, 40.0, 12.0],
        "unit_cost_lower": [200.0, np.nan, 6.0],
        "unit_cost_upper": [450.0, np.nan, 18.0],
        "price_year": ["2012/13", "2010/11", "2012/13"],
        "inflation": [1.0, 1.05, 1.0],
    }
)
INDEX = pd.DataFrame({"year": ["2010/11", "2012/13", "2024/25"], "index": [100.0, 105.0, 147.0]})


@pytest.fixture
def used():
    """Draws of mean cost by item of two arms, and of their totals."""
    rng = np.random.default_rng(8)
    cost = rng.gamma(20, 1, (300, 2, 3)) * np.array([[200, 40, 10], [150, 60, 12]])
    effect = rng.normal(0.6, 0.02, (300, 2)) + np.array([0.02, 0])
    share = np.array([[0.8, 0.2, 1.0], [0.7, 0.3, 1.0]])
    arrays = ArmDraws(ARMS, ["empty"], np.arange(300), cost.sum(axis=2), effect)
    return arrays, ItemDraws(ITEMS, ARMS, share, cost)


def table_of(used, plan, index=None):
    section = DecisionSettings(price_scenarios=plan).model_dump(mode="json")
    return compare_prices(*used, STUDY, section, "qaly", index)


def row_of(table, scenario="other"):
    return table.set_index(["scenario", "arm", "threshold"]).loc[scenario, "new", 20000]


def test_each_draw_is_valued_at_the_other_prices(used):
    plan = {"other": {"title": "Other", "unit_costs": {"bed": 330.0, "hour": 24.0}}}
    row = row_of(table_of(used, plan))
    arrays, drawn = used
    cost = arrays.cost + 0.1 * drawn.cost[:, :, 0] + drawn.cost[:, :, 2]
    benefit = 20000 * (arrays.effect[:, 0] - arrays.effect[:, 1]) - (cost[:, 0] - cost[:, 1])
    assert row["net_benefit"] == pytest.approx(benefit.mean())
    assert row["lower"] == pytest.approx(np.quantile(benefit, 0.025))
    assert row["probability_positive"] == pytest.approx((benefit > 0).mean())
    assert row["preferred"] == ("new" if benefit.mean() > 0 else "usual")
    # The bed moves apart from the visit in its group; the hour is alone in its own.
    mean = drawn.cost.mean(axis=0)
    assert row["method"] == "approximate"
    assert row["error"] == pytest.approx(MEASURED_ERROR * 0.1 * mean[:, :2].sum())


def test_another_price_year_is_exact(used):
    plan = {"other": {"title": "Later", "price_year": "2024/25"}}
    row = row_of(table_of(used, plan, INDEX))
    cost = used[0].cost.mean(axis=0)
    assert row["cost"] == pytest.approx(1.4 * (cost[0] - cost[1]))
    assert (row["method"], row["error"]) == ("exact", 0)


def test_ends_of_ranges_leave_other_prices_alone():
    low, high = (
        price_ratios(ITEMS, WAYS | {"range_end": end}, "x", None) for end in ("low", "high")
    )
    assert low.tolist() == pytest.approx([2 / 3, 1, 0.5])
    assert high.tolist() == pytest.approx([1.5, 1, 1.5])


def test_an_arm_nobody_entered_keeps_its_row_and_the_table_its_contract(used, tmp_path):
    plan = {"other": {"title": "Other", "range_end": "high"}}
    table = table_of(used, plan)
    assert table.loc[table["arm"] == "empty", "net_benefit"].isna().all()
    for name, made in (("full", table), ("none", table_of(used, {}))):
        write(
            made, tmp_path / f"{name}.csv", "price_scenarios", True, {"arms": list(STUDY["arms"])}
        )
        again = read(tmp_path / f"{name}.csv", "price_scenarios", {"arms": list(STUDY["arms"])})
        assert len(again) == len(made)


def test_what_cannot_be_recomputed_is_refused(used):
    with pytest.raises(Problems, match=r"no price index of 2024/26; allowed: years of the price"):
        table_of(used, {"other": {"title": "Later", "price_year": "2024/26"}}, INDEX)
    free = ITEMS.assign(unit_cost=[0.0, 40.0, 12.0])
    with pytest.raises(Problems, match="another price of bed, which cost nothing"):
        price_ratios(free, WAYS | {"unit_costs": {"bed": 5.0}}, "other", None)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({}, "no price given; give one of unit_costs, range_end, price_year"),
        ({"range_end": "low", "price_year": "2024/25"}, "range_end and price_year given"),
        ({"unit_costs": {"bed": -1.0}}, "below 0"),
    ],
)
def test_settings_that_contradict_are_refused(plan, said):
    with pytest.raises(ValidationError, match=said):
        DecisionSettings(price_scenarios={"other": {"title": "Other", **plan}})


def test_another_index_moves_what_the_first_one_moved_and_nothing_else():
    plan = {"unit_costs": {}, "range_end": None, "price_year": None, "price_index": "cpih.csv"}
    other = pd.DataFrame({"year": ["2010/11", "2012/13"], "index": [100.0, 110.25]})
    items = ITEMS.assign(inflated_to="2012/13")
    # A visit of 2010/11 rose by 5 % under the study's index and by 10.25 % under the other.
    assert price_ratios(items, plan, "cpih", other).tolist() == [1.0, pytest.approx(1.05), 1.0]


def test_another_index_without_a_year_in_use_is_refused_with_the_years_it_has():
    plan = {"unit_costs": {}, "range_end": None, "price_year": None, "price_index": "cpih.csv"}
    other = pd.DataFrame({"year": ["2012/13", "2024/25"], "index": [100.0, 140.0]})
    with pytest.raises(Problems) as caught:
        price_ratios(ITEMS.assign(inflated_to="2012/13"), plan, "cpih", other)
    assert "no level of 2010/11 in the other price index" in str(caught.value)
    assert "allowed: years of that index: 2012/13, 2024/25" in str(caught.value)
