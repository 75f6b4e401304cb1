"""Tornado and two-way: arithmetic, order, signs, arms without draws, and refits."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems, read, write
from trialbalance.decision.prices.price_scenarios import MEASURED_ERROR
from trialbalance.synthesis.sensitivity import one_way, two_way

ARMS = ["new", "other", "usual"]
INCREMENTAL = pd.DataFrame(
    {
        "arm": ["new", "other"],
        "comparator": "usual",
        "cost": [1000.0, np.nan],
        "effect": [0.05, np.nan],
    }
)
QUANTITIES = pd.DataFrame(
    {
        "item": ["bed", "bed", "visit", "visit", "hour", "hour"],
        "arm": ["new", "usual"] * 3,
        "unit": "unit",
        "unit_cost": [300.0, 300, 40, 40, 10, 10],
        "unit_cost_lower": [150.0, 150, 20, 20, np.nan, np.nan],
        "unit_cost_upper": [450.0, 450, 80, 80, np.nan, np.nan],
        "cost": [6000.0, 3000, 800, 1600, 100, 100],
        "share": [1.0, 1.0, 0.5, 0.8, 0.1, 0.1],
        "alone": [True, True, False, False, False, False],
    }
)
MARKED = {"main": [20000.0, 30000.0], "explored": []}


def tornado(one=None, more=None):
    incremental = {("base", "main"): INCREMENTAL, ("base", "explored"): INCREMENTAL}
    quantities = dict.fromkeys(MARKED, QUANTITIES)
    return one_way(incremental | (more or {}), quantities, one or {}, MARKED)


def test_a_price_moves_the_cost_of_each_arm_by_its_own_use():
    table = tornado().set_index(["analysis", "threshold", "arm", "parameter"])
    bed = table.loc["main", 20000, "new", "bed"]
    # Half the price: half of 6,000 less in one arm, half of 3,000 in the other.
    assert (bed["cost_low"], bed["cost_high"]) == (-500, 2500)
    assert (bed["net_benefit_low"], bed["net_benefit"], bed["net_benefit_high"]) == (1500, 0, -1500)
    assert (bed["swing"], bed["method"], bed["error"]) == (3000, "exact", 0)
    assert bed["changes_sign"]
    visit = table.loc["main", 20000, "new", "visit"]
    assert (visit["cost_low"], visit["cost_high"]) == (1400, 200)
    assert visit["method"] == "approximate"
    assert visit["error"] == pytest.approx(MEASURED_ERROR * (1600 + 2000))


def test_bars_come_widest_first_and_blank_ranges_give_none():
    table = tornado()
    main = table[(table["analysis"] == "main") & (table["arm"] == "new")]
    assert main["parameter"].tolist() == ["bed", "visit"] * 2
    explored = table[(table["analysis"] == "explored") & (table["arm"] == "new")]
    assert explored["threshold"].isna().all() and explored["net_benefit"].isna().all()
    assert explored["swing"].tolist() == [3000, 1200]


def test_an_arm_without_draws_keeps_blank_rows_and_tables_their_contract(tmp_path):
    table = tornado()
    assert table.loc[table["arm"] == "other", "net_benefit_low"].isna().all()
    pairs = two_way(
        {("base", "main"): INCREMENTAL}, {"main": QUANTITIES}, [["bed", "visit"]], MARKED
    )
    for name, made in (("sensitivity", table), ("two_way", pairs)):
        write(made, tmp_path / f"{name}.csv", name, True, {"arms": ARMS})
        assert len(read(tmp_path / f"{name}.csv", name, {"arms": ARMS})) == len(made)
    empty = one_way({}, {}, {}, {})
    write(empty, tmp_path / "sensitivity.csv", "sensitivity", True, {"arms": ARMS})


def test_scenarios_are_the_ends_of_other_assumptions():
    one = {"rate": {"low": "base", "high": "dear", "low_value": 0.035, "high_value": 0.06}}
    dear = INCREMENTAL.assign(cost=[4000.0, np.nan], effect=[0.04, np.nan])
    table = tornado(one, {("dear", "main"): dear})
    rate = table[(table["parameter"] == "rate") & (table["arm"] == "new")].iloc[0]
    assert (rate["cost_low"], rate["cost_high"]) == (1000, 4000)
    assert (rate["net_benefit_low"], rate["net_benefit_high"]) == (0, 20000 * 0.04 - 4000)
    assert (rate["high_scenario"], rate["high_value"]) == ("dear", 0.06)
    assert rate["method"] == "refitted" and np.isnan(rate["error"])


def test_an_analysis_that_a_scenario_leaves_out_has_no_bar():
    one = {"rate": {"low": "base", "high": "dear"}}
    assert "rate" not in set(tornado(one)["parameter"])


def test_two_ways_add_up_at_the_corners():
    table = two_way(
        {("base", "main"): INCREMENTAL}, {"main": QUANTITIES}, [["bed", "visit"]], MARKED
    )
    own = table[(table["arm"] == "new") & (table["threshold"] == 20000)]
    assert len(own) == 25
    at = own.set_index(["value_x", "value_y"])
    assert at.loc[(300, 40), "cost"] == 1000
    assert at.loc[(150, 20), "cost"] == 1000 - 1500 + 400
    assert at.loc[(450, 80), "net_benefit"] == 20000 * 0.05 - (1000 + 1500 - 800)
    # The bed is all of its source group; the visit is not, and is approximate where it moves.
    assert (own["method"] == "exact").equals(own["value_y"] == 40)


def test_an_item_without_a_range_is_refused():
    with pytest.raises(Problems) as caught:
        two_way({}, {"main": QUANTITIES}, [["bed", "hour"]], MARKED)
    assert [finding.sentence() for finding in caught.value.findings] == [
        "study.yaml, setting synthesis.two_way: found hour; allowed: bed, visit; give "
        "unit_cost_lower and unit_cost_upper of the item, or name another."
    ]


def trial_of(bed=1.0, visit=1.0, hour=1.0):
    """Return 200 participants at other prices: two items in records, one in the interview."""
    rng = np.random.default_rng(11)
    size, arm = 200, np.arange(200) % 2
    beds = bed * np.where(rng.random(size) < 0.4, 0, rng.gamma(0.8, 9000 + 1500 * arm))
    visits = visit * rng.gamma(2, 700 + 200 * arm)
    hours = hour * rng.gamma(1.2, 1500 - 300 * arm)
    people = pd.DataFrame({"participant_id": [f"p{i}" for i in range(size)]})
    people["arm"] = np.array(["usual", "new"])[arm]
    people["cost_records"], people["cost_interview"] = beds + visits, hours
    people.loc[rng.random(size) < 0.25, "cost_interview"] = np.nan
    people["cost"] = people["cost_records"] + people["cost_interview"]
    people["effect"] = rng.normal(0.7, 0.1, size) - beds / 4e5 / bed
    people["died"], people["at_ceiling"] = False, pd.array([None] * size, dtype="boolean")
    parts = pd.DataFrame({"bed": beds, "visit": visits, "hour": hours})
    return people, parts.assign(participant_id=people["participant_id"])


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.parametrize(
    ("visit", "new"),
    [
        (1.0, {"bed": 1.5}),
        (1.0, {"visit": 1.5}),
        # A small part of its group: the rest of the group is what a refit weighs differently.
        (0.1, {"visit": 1.5}),
        (1.0, {"hour": 1.5}),
        (1.0, {"bed": 1.3, "visit": 1.3, "hour": 1.3}),
    ],
    ids=["bed", "visit", "small", "alone", "all_alike"],
)
def test_recomputed_costs_are_those_of_a_refit(visit, new):
    from trialbalance.decision import arm_draws as arrays_of
    from trialbalance.decision.prices.price_scenarios import error_of_split
    from trialbalance.decision.prices.quantities import item_draws
    from trialbalance.model.forms import fit
    from trialbalance.model.results import arm_draws
    from trialbalance.settings.sections.model import ModelSettings

    study = {"arms": {"usual": {}, "new": {}}, "comparator": "usual", "horizon_years": 1.0}
    study["periods"] = {"year": [0.0, 1.0]}
    section = ModelSettings(draws=4000).model_dump(mode="json")
    groups, scale = ["records", "interview"], {"bed": 1.0, "visit": visit, "hour": 1.0}
    people, parts = trial_of(**scale)
    dearer = trial_of(**{item: scale[item] * new.get(item, 1) for item in scale})[0]
    base, again = (arm_draws(fit(each, groups, study, section, 3)) for each in (people, dearer))
    lines = parts.melt("participant_id", var_name="item", value_name="cost").assign(period="year")
    prices = pd.DataFrame({"item": ["bed", "visit", "hour"], "category": "c", "unit": "u"})
    prices["source_group"] = ["records", "records", "interview"]
    prices = prices.assign(unit_cost=1.0, inflation=1.0, lines=1, price_year="2020")
    prices = prices.assign(unit_cost_lower=np.nan, unit_cost_upper=np.nan)
    counted = pd.DataFrame({"perspective": "all", "item": prices["item"], "counted": True})
    arrays, rng = arrays_of(base, study), np.random.default_rng(4)
    drawn = item_draws(arrays, base, people, lines, prices, counted, study, "all", rng)
    ratios = np.array([new.get(item, 1.0) for item in drawn.items["item"]])
    means = [table.groupby("arm")["cost"].mean() for table in (base, again)]
    for place, arm in enumerate(drawn.arms):
        cost = drawn.cost[:, place].mean(axis=0)
        error = error_of_split(ratios[:2], cost[:2]) + error_of_split(ratios[2:], cost[2:])
        assert (error == 0) == (len(new) == 3 or "hour" in new)
        noise = base.loc[base["arm"] == arm, "cost"].std() / 4000**0.5 * 2**0.5
        found = means[1][arm] - means[0][arm]
        assert found == pytest.approx(cost @ (ratios - 1), abs=3 * noise + error)
