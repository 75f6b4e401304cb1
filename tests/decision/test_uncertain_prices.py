"""Quantities by item and arm, and what it is worth to know them or their prices."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems, read, write
from trialbalance.decision import arm_draws, decide
from trialbalance.decision.information.closed_form import normal_information_value
from trialbalance.decision.information.value_of_information import value_information
from trialbalance.decision.prices.quantities import item_draws, quantity_table
from trialbalance.decision.prices.uncertain_prices import draw_prices, price_parameters

ARMS = ("new", "usual")
STUDY = {
    "arms": {arm: {} for arm in ARMS},
    "comparator": "usual",
    "currency": "GBP",
    "periods": {"before": [-1.0, 0.0], "year": [0.0, 1.0]},
}
PRICES = pd.DataFrame(
    {
        "item": ["bed", "visit", "hour"],
        "category": "care",
        "payer": ["nhs", "nhs", "family"],
        "source_group": ["records", "records", "interview"],
        "unit": ["night", "visit", "hour"],
        "unit_cost": [300.0, 40.0, 10.0],
        "unit_cost_lower": [200.0, np.nan, np.nan],
        "unit_cost_upper": [420.0, np.nan, np.nan],
        "inflation": [1.0, 0.5, 1.0],
        "lines": [9, 9, 9],
    }
)
PERSPECTIVES = pd.DataFrame(
    {
        "perspective": ["all"] * 3 + ["nhs"] * 3,
        "item": ["bed", "visit", "hour"] * 2,
        "counted": [True] * 3 + [True, True, False],
    }
)
ANALYSIS = {"name": "main", "outcome": "qaly", "perspective": "all"}


@pytest.fixture(scope="module")
def trial():
    """Sixty participants, their cost by item, and draws of mean cost by source group."""
    rng = np.random.default_rng(2)
    people = pd.DataFrame({"participant_id": [f"p{i}" for i in range(60)]})
    people["arm"] = np.repeat(ARMS, 30)
    use = people.merge(pd.DataFrame({"item": ["bed", "visit", "hour"]}), how="cross")
    use["cost"] = rng.gamma(1, 1, len(use)) * use["item"].map(
        {"bed": 5000, "visit": 900, "hour": 400}
    )
    lines = pd.concat([use.assign(period="year"), use.assign(period="before", cost=1e6)])
    wide = use.pivot_table(index="participant_id", columns="item", values="cost", sort=False)
    people["cost_records"] = (wide["bed"] + wide["visit"]).to_numpy()
    people["cost_interview"] = wide["hour"].to_numpy()
    people.loc[::7, "cost_interview"] = np.nan
    people["cost"] = people["cost_records"] + people["cost_interview"]
    people["effect"] = rng.normal(0.7, 0.1, len(people))
    parts = []
    for arm, shift in zip(ARMS, (0.0, 300.0), strict=True):
        part = pd.DataFrame({"draw": np.arange(2000), "arm": arm})
        part["cost_records"] = rng.normal(5900 + shift, 400, len(part))
        part["cost_interview"] = rng.normal(400, 30, len(part))
        part["cost"] = part["cost_records"] + part["cost_interview"]
        part["effect"] = rng.normal(0.7, 0.01, len(part))
        parts.append(part)
    given = {"item_costs": lines, "prices": PRICES, "perspectives": PERSPECTIVES}
    return pd.concat(parts, ignore_index=True), given | {"dataset": people}, wide


def drawn_of(trial, perspective="all", seed=5):
    draws, given, _ = trial
    given = [given[name] for name in ("dataset", "item_costs", "prices", "perspectives")]
    rng = np.random.default_rng(seed)
    return item_draws(arm_draws(draws, STUDY), draws, *given, STUDY, perspective, rng)


def test_items_add_up_to_their_source_group_in_every_draw(trial):
    drawn = drawn_of(trial)
    cost = arm_draws(trial[0], STUDY).cost
    np.testing.assert_allclose(drawn.cost.sum(axis=2), cost, rtol=1e-12)
    assert drawn.items.set_index("item")["alone"].to_dict() == {
        "bed": False, "visit": False, "hour": True,
    }  # fmt: skip
    assert drawn.items["unit_cost"].tolist() == [300.0, 20.0, 10.0]


def test_shares_are_those_observed_and_as_uncertain_as_people_are_few(trial):
    drawn, wide = drawn_of(trial), trial[2].to_numpy()
    place = {item: column for column, item in enumerate(trial[2])}
    bed, visit = wide[:30, place["bed"]], wide[:30, place["visit"]]
    assert drawn.share[0, 0] == pytest.approx(bed.sum() / (bed + visit).sum())
    records = trial[0].loc[trial[0]["arm"] == "new", "cost_records"].to_numpy()
    share = drawn.cost[:, 0, 0] / records
    # Of a ratio of means, by the delta method.
    ratio = drawn.share[0, 0]
    error = (bed - ratio * (bed + visit)).std(ddof=1) / (bed + visit).mean() / 30**0.5
    assert share.mean() == pytest.approx(ratio, abs=0.01)
    assert share.std() == pytest.approx(error, rel=0.2)


def test_a_perspective_counts_its_items_only(trial, section, tmp_path):
    table = quantity_table(drawn_of(trial, "nhs"))
    assert table["item"].unique().tolist() == ["bed", "visit"]
    own = table.set_index(["item", "arm"])
    bed = own.loc[("bed", "new")]
    assert bed["quantity"] == pytest.approx(bed["cost"] / 300)
    write(table, tmp_path / "quantities.csv", "quantities", True, {"arms": list(ARMS)})
    read(tmp_path / "quantities.csv", "quantities", {"arms": list(ARMS)})


def test_drawn_prices_keep_their_mean_and_the_width_of_their_range():
    price = draw_prices(PRICES, 200_000, np.random.default_rng(3))["bed"]
    assert price.mean() == pytest.approx(300, rel=0.002)
    assert price.std() == pytest.approx(220 / 2 / 1.959964, rel=0.01)
    assert (price > 0).all()


def test_cost_is_the_rest_and_quantities_at_their_prices(trial):
    arrays = arm_draws(trial[0], STUDY)
    priced, table, groups = price_parameters(arrays, drawn_of(trial), np.random.default_rng(4))
    for place, arm in enumerate(arrays.arms):
        made = table[f"rest:{arm}"] + table[f"quantity_bed:{arm}"] * table["price_bed"]
        np.testing.assert_allclose(made, priced.cost[:, place])
    assert groups["prices"] == ["price_bed"]
    assert list(groups) == ["price_bed", "prices", "quantity_bed", "rest"]


def test_the_value_of_knowing_a_price_is_its_closed_form(section):
    """Arms that differ by 10 nights for certain: net benefit is linear in the price alone."""
    section["thresholds"]["qaly"] |= {"marked": [20000.0], "range": [0, 20000], "step": 20000}
    rng = np.random.default_rng(6)
    draws = pd.DataFrame({"draw": np.repeat(np.arange(20_000), 2), "arm": list(ARMS) * 20_000})
    draws["cost_records"] = np.tile([6000.0, 3000.0], 20_000)
    draws["cost"], draws["effect"] = draws["cost_records"], np.tile([0.65, 0.5], 20_000)
    people = pd.DataFrame({"participant_id": ["a", "b"], "arm": ARMS, "cost_records": [6e3, 3e3]})
    lines = people[["participant_id"]].assign(item="bed", period="year", cost=[6e3, 3e3])
    given = (people, lines, PRICES[:1], PERSPECTIVES, STUDY, "all", rng)
    drawn = item_draws(arm_draws(draws, STUDY), draws, *given)
    assert drawn.items["alone"].all()
    table = value_information(draws, STUDY, section, "qaly", items=drawn, rng=rng)
    at = table[table["threshold"] == 20000].set_index("quantity")
    # Net benefit is 3,000 - 10 × price with mean 0; a gamma is near enough a normal here.
    exact = normal_information_value(0.0, 10 * 220 / 2 / 1.959964)
    for name in ("evpi:prices_drawn", "evppi:price_bed", "evppi:prices"):
        assert at.loc[name, "per_person"] == pytest.approx(exact, rel=0.03)
    assert at.loc["evpi", "per_person"] == pytest.approx(0, abs=1e-6)
    assert at.loc["evppi:quantity_bed", "per_person"] == pytest.approx(0, abs=1e-6)
    assert "compare with evpi:prices_drawn" in at.loc["evppi:prices", "note"]


def test_the_stage_values_groups_of_prices_and_keeps_the_order(trial, section):
    draws, given, _ = trial
    section["parameter_groups"] = {"nights": ["price_bed", "quantity_bed:new"]}
    tables = decide(draws, STUDY, section, ANALYSIS, np.random.default_rng(7), **given)
    table = tables["information"].pivot_table("per_person", "quantity", "threshold")
    error = tables["information"].groupby("quantity")["standard_error"].max()
    whole = table.loc["evpi:prices_drawn"] * (1 + 1e-9)
    for name in ("price_bed", "prices", "quantity_bed", "rest", "nights"):
        assert (table.loc[f"evppi:{name}"] <= whole).all()
    slack = 2 * error["evppi:nights"]
    assert (table.loc["evppi:price_bed"] <= table.loc["evppi:nights"] + slack).all()
    assert not tables["information"].duplicated(["threshold", "quantity"]).any()


def test_a_price_without_a_range_is_refused_in_a_sentence(trial, section):
    draws, given, _ = trial
    section["parameter_groups"] = {"visits": ["price_visit"]}
    with pytest.raises(Problems) as caught:
        decide(draws, STUDY, section, ANALYSIS, np.random.default_rng(7), **given)
    (finding,) = caught.value.findings
    assert finding.sentence().startswith(
        "unit_costs.csv, column price_visit: found no such column; allowed: price_bed, "
    )
    known = PRICES.assign(unit_cost_lower=np.nan, unit_cost_upper=np.nan)
    with pytest.raises(Problems) as caught:
        decide(
            draws, STUDY, section, ANALYSIS, np.random.default_rng(7), **given | {"prices": known}
        )
    assert "a price with a range: give both of its ends" in str(caught.value.findings[0].sentence())


def test_totals_and_draws_have_no_quantities(trial, section):
    draws = trial[0].drop(columns=["cost_records", "cost_interview"])
    tables = decide(draws, STUDY, section, ANALYSIS, np.random.default_rng(7))
    assert tables["quantities"].empty
    assert not tables["information"]["quantity"].str.contains("price").any()


def test_an_arm_nobody_entered_and_one_that_used_nothing_keep_the_tables_readable(trial, section):
    draws, given, _ = trial
    study = STUDY | {"arms": {"new": {}, "usual": {}, "empty": {}}}
    idle = given["item_costs"].copy()
    new = given["dataset"].loc[given["dataset"]["arm"] == "new", "participant_id"]
    idle.loc[idle["participant_id"].isin(new), "cost"] = 0.0
    given = given | {"item_costs": idle}
    tables = decide(draws, study, section, ANALYSIS, np.random.default_rng(8), **given)
    table = tables["quantities"].set_index(["arm", "item"])
    assert set(tables["quantities"]["arm"]) == {"new", "usual"}
    assert (table.loc["new", ["share", "quantity", "cost"]] == 0).all(axis=None)
    assert np.isfinite(tables["information"]["per_person"]).all()


def test_equal_arms_make_prices_worthless(trial, section):
    draws, given, _ = trial
    own = draws[draws["arm"] == "new"]
    draws = pd.concat([own, own.assign(arm="usual")], ignore_index=True)
    people = given["dataset"]
    other = people["participant_id"][30:60].to_numpy()
    people = pd.concat([people[:30], people[:30].assign(arm="usual", participant_id=other)])
    lines = given["item_costs"]
    twins = dict(zip(people["participant_id"][:30], people["participant_id"][30:], strict=True))
    first = lines[lines["participant_id"].isin(list(twins))]
    lines = pd.concat([first, first.assign(participant_id=first["participant_id"].map(twins))])
    given = given | {"dataset": people, "item_costs": lines}
    table = decide(draws, STUDY, section, ANALYSIS, np.random.default_rng(9), **given)
    own = table["information"].set_index("quantity")["per_person"]
    # Only how each arm's share of bed days was drawn can tell the arms apart.
    assert own["evpi"].max() == 0
    assert own["evppi:prices"].max() < 1
