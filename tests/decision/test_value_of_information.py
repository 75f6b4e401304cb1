"""The table of what information is worth, and what is refused with a sentence."""

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.contracts import Problems
from trialbalance.decision.information.parameters import individual_spread
from trialbalance.decision.information.value_of_information import value_information
from trialbalance.decision.tables import compare_arms

PLAN = {
    "sizes": [50, 200, 1000], "arms": [], "dropout": 0.2, "fixed_cost": 200000.0,
    "cost_per_participant": 3000.0, "recruited_per_year": 400.0, "years_after_recruitment": 1.0,
}  # fmt: skip
SPREAD = pd.DataFrame(
    {
        "arm": ["usual_care", "full"],
        "cost_sd": [8000.0, 9000.0],
        "effect_sd": [0.25, 0.2],
        "correlation": [-0.2, 0.0],
    }
)


@pytest.fixture
def two_arms(trial):
    draws, study = trial
    study = study | {"arms": {"usual_care": {}, "full": {}}}
    draws = draws[draws["arm"].isin(study["arms"])]
    return draws.assign(effect=draws["effect"] - 0.05 * (draws["arm"] == "full")), study


def refused(*arguments, **named):
    with pytest.raises(Problems) as caught:
        value_information(*arguments, **named)
    return [finding.sentence() for finding in caught.value.findings]


def test_the_arms_means_are_valued_without_being_named(trial, section):
    draws, study = trial
    table = value_information(draws, study, section, "qaly")
    groups = {"costs", "effects"} | {
        f"{word}_{arm}" for word in ("cost", "effect") for arm in ("usual_care", "brief", "full")
    }
    assert set(table["quantity"]) == {"evpi"} | {f"evppi:{group}" for group in groups}
    wide = table.pivot_table("per_person", "threshold", "quantity")
    assert wide.le(wide["evpi"] + 1e-9, axis=0).all(axis=None)
    assert wide.ge(0).all(axis=None)
    perfect = compare_arms(draws, study, section, "qaly")["information"]
    pd.testing.assert_frame_equal(table[table["quantity"] == "evpi"], perfect)


def test_a_new_trial_is_valued_at_each_size(two_arms, section, tmp_path):
    section |= {"sampling": PLAN}
    section["population"]["incidence"] = 20000.0
    table = value_information(*two_arms, section, "qaly", individuals=SPREAD)
    contracts.write(table, tmp_path / "information.csv", "information", False, {})
    at = table[table["threshold"] == 25000].set_index("quantity")
    sizes = [at.loc[f"evsi:{n}"] for n in PLAN["sizes"]]
    values = [row["per_person"] for row in sizes]
    assert values == sorted(values)
    assert values[-1] <= at.loc["evpi", "per_person"] + 2 * at.loc["evpi", "standard_error"]
    for row in sizes:
        assert abs(row["per_person"] - row["normal_form"]) < 2 * row["standard_error"] + 5
        assert row["population"] > row["per_person"] * 20000
    net = at.filter(regex="^enbs", axis=0)
    assert len(net) == 3 and net["per_person"].isna().all()
    assert net["note"].notna().sum() == 1
    # By hand at 200 per arm: 1 + 400/400 = 2 years pass before the result.
    mean = two_arms[0].groupby("arm")[["cost", "effect"]].mean()
    benefit = 25000 * mean["effect"] - mean["cost"]
    people = sum(20000 * 1.035**-year for year in range(2, 10))
    expected = at.loc["evsi:200", "per_person"] * people - 200000 - 400 * 3000
    expected -= 200 * (benefit.max() - benefit.min())
    assert at.loc["enbs:200", "population"] == pytest.approx(expected)


def test_the_same_stream_gives_the_same_table(two_arms, section):
    section |= {"sampling": PLAN}
    tables = [
        value_information(*two_arms, section, "qaly", None, SPREAD, np.random.default_rng(seed))
        for seed in (5, 5)
    ]
    pd.testing.assert_frame_equal(*tables)


def test_an_outcome_without_threshold_gets_no_population_value(two_arms, section):
    section |= {"sampling": PLAN}
    section["population"]["incidence"] = 20000.0
    table = value_information(*two_arms, section, "cwly", individuals=SPREAD)
    assert table["population"].isna().all() and table["exploratory"].all()
    assert not table["quantity"].str.startswith("enbs").any()


def test_a_new_trial_asks_for_the_spread_of_participants(two_arms, trial, section):
    section |= {"sampling": PLAN}
    said = refused(*two_arms, section, "qaly")
    assert said[0].startswith("individuals.csv: found no such table; allowed: columns arm, cost_sd")
    assert "draws of means do not have them" in said[0]
    said = refused(*two_arms, section, "qaly", individuals=SPREAD[:1])
    assert "found 0 rows of full; allowed: one" in said[0]
    said = refused(*two_arms, section, "qaly", individuals=SPREAD.assign(correlation=[2, 0]))
    assert "correlation from -1 to 1" in said[0]
    said = refused(*trial, section, "qaly", individuals=SPREAD)
    assert "allowed: two of usual_care, brief, full; name the two arms of the new trial" in said[0]


def test_parameters_must_match_the_draws_and_enter_net_benefit(two_arms, section):
    draws, study = two_arms
    own = draws[draws["arm"] == "full"]
    prices = pd.DataFrame({"draw": own["draw"], "price_bed": own["cost"] / 20})
    rng = np.random.default_rng(6)
    idle = prices.assign(weather=rng.normal(size=len(prices)))
    table = value_information(draws, study, section, "qaly", prices.sample(frac=1, random_state=2))
    quantities = table.groupby("quantity")["per_person"].max()
    assert quantities["evppi:price_bed"] == pytest.approx(quantities["evppi:cost_full"])
    assert refused(draws, study, section, "qaly", prices[:-1]) == [
        "parameters_given.csv, column draw: found 399 draws; allowed: the 400 draws of cost and "
        "effect; hand over the parameters of the same draws."
    ]
    assert "found 399 rows" in refused(draws, study, section, "qaly", prices[["price_bed"]][1:])[0]
    shifted = prices.assign(draw=prices["draw"] + 1)
    assert "found other draw numbers" in refused(draws, study, section, "qaly", shifted)[0]
    beside = value_information(draws, study, section, "qaly", idle)
    weather = beside[beside["quantity"] == "evppi:weather"]
    assert (weather["per_person"] == 0).all()
    assert set(weather["note"]) == {
        "worth 0: the draws show nothing that it has to do with the choice between arms"
    }
    assert refused(draws, study, section, "qaly", idle[["draw", "weather"]]) == [
        "parameters_given.csv, column weather: found no association with cost or effect of any arm "
        "in 400 draws; allowed: quantities that enter net benefit: arm means, prices, the MNAR "
        "delta; remove the group, or hand over the draws that the costs were made with."
    ]


def test_wrong_groups_are_all_named_at_once(two_arms, section):
    draws, study = two_arms
    prices = pd.DataFrame({"price_bed": np.arange(400.0), "delta": np.nan})
    section["parameter_groups"] = {"prices": ["price_bde"], "costs": ["price_bed"], "d": ["delta"]}
    said = refused(draws, study, section, "qaly", prices)
    assert len(said) == 3
    assert any("did you mean price_bed?" in sentence for sentence in said)
    assert any("give the group another name" in sentence for sentence in said)
    assert any("400 values that are not finite" in sentence for sentence in said)
    assert "no draws of parameters" in refused(draws, study, section, "qaly")[0]


def test_equal_arms_make_information_worthless(tidy, section):
    study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    one = np.random.default_rng(7).normal(size=(300, 1))
    draws = tidy(np.repeat(one, 2, 1), np.repeat(one, 2, 1), "ab")
    table = value_information(draws, study, section, "qaly")
    assert (table["per_person"] == 0).all() and (table["standard_error"] == 0).all()


def test_spread_of_participants_leaves_out_those_with_a_blank():
    totals = pd.DataFrame(
        {"arm": list("aaab"), "cost": [1.0, 3, np.nan, 5], "effect": [1.0, 1, 9, 1]}
    )
    spread = individual_spread(totals).set_index("arm")
    assert spread["n"].tolist() == [2, 1]
    assert spread.loc["a", "cost_sd"] == pytest.approx(2**0.5)
    assert spread.loc["a", "correlation"] == 0
    assert np.isnan(spread.loc["b", "cost_sd"])
