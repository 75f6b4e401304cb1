"""Deltas on people alive but unobserved: closed forms, no change without a delta, mistakes."""

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.contracts import Problems
from trialbalance.contracts.catalogue import written_by
from trialbalance.decision import move_unobserved
from trialbalance.decision.information.closed_form import normal_information_value
from trialbalance.settings.sections.decision import DecisionSettings

ARMS = ("usual", "new")
STUDY = {"arms": {arm: {} for arm in ARMS}, "comparator": "usual", "currency": "GBP"}
SHARE = {"usual": 0.25, "new": 0.40}
INTERVIEW = {"usual": 600.0, "new": 800.0}
BOTH = {"usual": 0.1, "new": 0.2}
DRAWS = 2000
COARSE = {"effect_range": [-0.2, 0.2], "effect_step": 0.1,
          "cost_percent_range": [-50, 50], "cost_percent_step": 25}  # fmt: skip


def fitted(gain=0.02, seed=3, spread=0.02):
    """Draws of two arms missing at random, and their unobserved people with known shares."""
    rng = np.random.default_rng(seed)
    draw = np.arange(1, DRAWS + 1)
    draws, parts = [], []
    for place, arm in enumerate(ARMS):
        cost = rng.normal(1000 + 300 * place, 50, DRAWS)
        effect = rng.normal(0.6 + gain * place, spread, DRAWS)
        draws.append(pd.DataFrame({"draw": draw, "arm": arm, "cost": cost, "effect": effect}))
        own = {"draw": draw, "arm": arm, "share_with_effect": np.nan, "cost_per_effect": np.nan,
               "below_ceiling": np.nan, "ceiling_gain": np.nan, "moment": "all"}  # fmt: skip
        parts.append(pd.DataFrame({**own, "component": "effect", "share": SHARE[arm],
                                   "mean": effect, "reference_mean": draws[0]["effect"],
                                   "below_ceiling": 0.5, "ceiling_gain": 0.3,
                                   "lowest": -0.594, "highest": 1.0}))  # fmt: skip
        parts.append(pd.DataFrame({**own, "component": "cost_interview", "share": 0.2,
                                   "mean": INTERVIEW[arm], "reference_mean": INTERVIEW["usual"],
                                   "share_with_effect": BOTH[arm], "cost_per_effect": -2000.0,
                                   "lowest": np.nan, "highest": np.nan}))  # fmt: skip
    return pd.concat(draws, ignore_index=True), pd.concat(parts, ignore_index=True)


def section(**plan):
    plan = {"map": COARSE, **plan}
    own = {"missing_not_at_random": plan, "thresholds": {"cwly": {"exploratory": True}}}
    return DecisionSettings(**own).model_dump(mode="json")


def moved(draws, table, outcome="qaly", study=STUDY, **plan):
    return move_unobserved(draws, table, study, section(**plan), outcome, np.random.default_rng(1))


def row(tables, scenario, threshold=25000):
    table = tables["missing_scenarios"]
    return table[(table["scenario"] == scenario) & (table["threshold"] == threshold)].iloc[0]


def difference(draws, column):
    means = draws.groupby("arm")[column].mean()
    return means["new"] - means["usual"]


def test_each_delta_has_its_closed_form():
    draws, table = fitted()
    tables = moved(draws, table, scenarios={
        "nothing": {},
        "worse": {"effect": {"new": -0.05, "usual": -0.01}},
        "dearer": {"cost_percent": 10},
        "jump": {"jump_to_reference": ["effect", "cost"]},
    })  # fmt: skip
    random = row(tables, "missing_at_random")
    assert random["effect"] == pytest.approx(difference(draws, "effect"), abs=1e-12)
    same = ["cost", "effect", "net_benefit", "lower", "upper", "probability_positive"]
    assert row(tables, "nothing")[same].tolist() == random[same].tolist()
    worse = row(tables, "worse")
    expected = 0.40 * -0.05 - 0.25 * -0.01
    assert worse["effect"] - random["effect"] == pytest.approx(expected)
    assert worse["cost"] == random["cost"]
    assert (worse["effect_delta"], worse["comparator_effect_delta"]) == (-0.05, -0.01)
    dearer = row(tables, "dearer")
    assert dearer["cost"] - random["cost"] == pytest.approx(0.2 * 0.1 * (800 - 600))
    jump = row(tables, "jump")
    assert jump["effect"] == pytest.approx(0.6 * random["effect"])
    assert jump["cost"] - random["cost"] == pytest.approx(0.2 * (600 - 800))
    assert jump["jump_to_reference"] == "effect and cost"


def test_a_share_at_the_ceiling_takes_the_place_of_the_model_s():
    draws, table = fitted()
    tables = moved(draws, table, scenarios={
        "none": {"at_ceiling": 0}, "some": {"at_ceiling": {"new": 0.5}, "effect": {"new": -0.1}},
    })  # fmt: skip
    means = draws.groupby("arm")["effect"].mean()
    random = row(tables, "missing_at_random")["effect"]
    none = 0.40 * (0.5 - means["new"]) - 0.25 * (0.5 - means["usual"])
    assert row(tables, "none")["effect"] - random == pytest.approx(none)
    some = 0.40 * (0.5 + 0.5 * 0.3 - means["new"] - 0.1)
    assert row(tables, "some")["effect"] - random == pytest.approx(some)
    assert row(tables, "some")["at_ceiling"] == 0.5
    assert np.isnan(row(tables, "some")["comparator_at_ceiling"])


def test_cost_follows_the_effect_where_both_are_missing():
    draws, table = fitted()
    scenarios = {"worse": {"effect": -0.1}}
    apart = row(moved(draws, table, scenarios=scenarios), "worse")
    tied = row(moved(draws, table, scenarios=scenarios, cost_follows_effect=True), "worse")
    assert tied["cost"] - apart["cost"] == pytest.approx((0.2 - 0.1) * -2000 * -0.1)
    assert tied["effect"] == apart["effect"]


def test_tipping_values_lie_where_net_benefit_is_zero():
    draws, table = fitted()
    values = moved(draws, table)["tipping_values"]
    assert len(values) == 4 * 2 * 2
    for one in values[values["delta"].notna()].itertuples():
        word = "effect" if one.component == "effect" else "cost_percent"
        if word == "cost_percent" and one.delta < -100:
            assert one.out_of_range and one.words.endswith("which cannot be")
            continue
        tables = moved(draws, table, scenarios={"tip": {word: {one.arm: one.delta}}})
        assert row(tables, "tip", one.threshold)["net_benefit"] == pytest.approx(0, abs=1e-6)
        assert {one.preferred, one.becomes} == set(ARMS)


def test_the_map_is_the_algebra_cell_by_cell():
    draws, table = fitted()
    tables = moved(draws, table)
    points = tables["tipping_points"]
    assert points.groupby("component").size().to_dict() == {"cost": 25, "effect": 25}
    assert set(points["threshold"]) == {25000}
    random = row(tables, "missing_at_random")
    effect = points[points["component"] == "effect"]
    expected = random["net_benefit"] + 25000 * (
        0.40 * effect["delta_arm"] - 0.25 * effect["delta_comparator"]
    )
    np.testing.assert_allclose(effect["net_benefit"], expected, atol=1e-8)
    cost = points[points["component"] == "cost"]
    expected = (
        random["net_benefit"]
        - 0.2 * (800 * cost["delta_arm"] - 600 * cost["delta_comparator"]) / 100
    )
    np.testing.assert_allclose(cost["net_benefit"], expected, atol=1e-8)
    assert ((points["net_benefit"] > 0) == (points["preferred"] == "new")).all()
    middle = effect[(effect["delta_arm"] == 0) & (effect["delta_comparator"] == 0)].iloc[0]
    assert middle["probability"] == random["probability_positive"]


def test_three_arms_are_each_set_against_the_comparator():
    draws, table = fitted()
    third = draws[draws["arm"] == "new"].assign(arm="other", cost=5000.0)
    people = table[table["arm"] == "new"].assign(arm="other")
    study = {"arms": {arm: {} for arm in (*ARMS, "other", "empty")}, "comparator": "usual"}
    study |= {"currency": "GBP"}
    tables = moved(pd.concat([draws, third]), pd.concat([table, people]), study=study)
    points = tables["tipping_points"]
    assert set(points["arm"]) == {"new", "other"}
    assert (points["preferred"] != "other").all()
    assert set(tables["missing_scenarios"]["arm"]) == {"new", "other", "empty"}


def test_swapping_labels_flips_the_signs():
    draws, table = fitted()
    swap = {"usual": "new", "new": "usual"}
    there = moved(draws, table, scenarios={"worse": {"effect": {"new": -0.05}}})
    back = moved(draws.assign(arm=draws["arm"].map(swap)),
                 table.assign(arm=table["arm"].map(swap)),
                 scenarios={"worse": {"effect": {"usual": -0.05}}})  # fmt: skip
    assert row(there, "worse")["net_benefit"] == -row(back, "worse")["net_benefit"]
    one = there["tipping_values"].set_index(["threshold", "component", "arm"])["delta"]
    other = back["tipping_values"].set_index(["threshold", "component", "arm"])["delta"]
    for threshold, component, arm in one.index:
        assert one[threshold, component, arm] == other[threshold, component, swap[arm]]


def test_a_prior_averages_and_its_information_has_the_closed_form():
    """Net benefit turns on normal deltas alone, so their EVPPI is the unit normal loss."""
    draws, table = fitted(gain=0.015, spread=0.001)
    draws["cost"] = np.where(draws["arm"] == "new", 1300.0, 1000.0)
    prior = {"effect_mean": -0.02, "effect_sd": {"new": 0.1, "usual": 0.05}, "correlation": 0.6}
    tables = moved(draws, table, prior=prior)
    known = tables["delta_information"].set_index(["quantity", "threshold"])
    own = known.loc["evppi:missing_delta", 25000.0]
    # var(s_n d_n - s_u d_u) with the correlation of the arms.
    a, b = 0.40 * 0.1, 0.25 * 0.05
    spread = 25000 * np.sqrt(a**2 + b**2 - 2 * 0.6 * a * b)
    mean = row(tables, "averaged")["net_benefit"]
    assert mean == pytest.approx(25000 * (0.015 - 0.02 * 0.15) - 300, abs=4 * spread / DRAWS**0.5)
    expected = normal_information_value(mean, spread)
    assert own["per_person"] == pytest.approx(expected, abs=3 * own["standard_error"])
    assert own["per_person"] <= known.loc[("evpi", 25000.0), "per_person"]
    deltas = tables["delta_draws"].pivot_table(index="draw", columns="arm", values="effect_delta")
    assert deltas.corr().iloc[0, 1] == pytest.approx(0.6, abs=0.05)
    assert deltas["new"].std() == pytest.approx(0.1, rel=0.05)


def test_without_a_prior_nothing_is_averaged():
    tables = moved(*fitted())
    assert tables["delta_draws"].empty and tables["delta_information"].empty
    assert "averaged" not in set(tables["missing_scenarios"]["scenario"])


def test_where_everybody_was_observed_no_delta_acts():
    draws, table = fitted()
    prior = {"effect_sd": 0.1, "cost_percent_sd": 10}
    tables = moved(draws, table.iloc[:0], prior=prior)
    scenarios = tables["missing_scenarios"]
    assert scenarios.groupby("threshold")["net_benefit"].nunique().eq(1).all()
    assert not scenarios["out_of_range"].any()
    assert tables["tipping_values"]["delta"].isna().all()
    assert set(tables["tipping_values"]["words"]) == {"nothing about them changes the decision"}
    known = tables["delta_information"]
    known = known[known["quantity"] == "evppi:missing_delta"]
    assert (known["per_person"] <= 3 * known["standard_error"] + 1e-9).all()


def test_what_cannot_be_is_flagged_and_not_cut():
    draws, table = fitted()
    tables = moved(draws, table, scenarios={"above": {"effect": {"new": 0.6}},
                                            "within": {"effect": {"new": 0.3}}})  # fmt: skip
    above, within = row(tables, "above"), row(tables, "within")
    assert above["out_of_range"] and not within["out_of_range"]
    assert above["effect"] - within["effect"] == pytest.approx(0.4 * 0.3)


def test_an_outcome_without_threshold_gets_an_exploratory_map():
    tables = moved(*fitted(), outcome="cwly")
    assert tables["tipping_points"]["exploratory"].all()
    assert tables["tipping_points"]["threshold"].nunique() == 11
    assert tables["missing_scenarios"]["exploratory"].all()


def test_shipped_scenarios_stand_where_none_is_named():
    names = moved(*fitted())["missing_scenarios"]["scenario"].unique().tolist()
    assert names == ["missing_at_random", *(f"effect_lower_0_{n:02d}" for n in (2, 4, 6, 8, 10)),
                     "cost_higher_10", "cost_higher_20", "cost_higher_30",
                     "jump_to_reference"]  # fmt: skip


def test_draws_of_another_fit_are_refused():
    draws, table = fitted()
    with pytest.raises(Problems) as caught:
        moved(draws[draws["draw"] <= 10], table)
    assert [finding.sentence() for finding in caught.value.findings] == [
        "unobserved_means.csv: found 8000 other rows; allowed: 10 draws of usual, new for each "
        "component; make it again with the draws of cost and effect."
    ]


def test_a_jump_to_an_arm_nobody_entered_is_refused():
    draws, table = fitted()
    study = {"arms": {"usual": {}, "new": {}, "none": {}}, "comparator": "none", "currency": "GBP"}
    with pytest.raises(Problems) as caught:
        moved(draws, table.assign(reference_mean=np.nan), study=study,
              scenarios={"jump": {"jump_to_reference": ["effect"]}})  # fmt: skip
    assert [finding.sentence() for finding in caught.value.findings] == [
        "study.yaml, setting decision.missing_not_at_random.scenarios: found jump_to_reference; "
        "allowed: a comparator that has participants; leave jump_to_reference out."
    ]


def test_a_ceiling_that_there_is_not_is_refused():
    draws, table = fitted()
    with pytest.raises(Problems) as caught:
        moved(draws, table.assign(below_ceiling=np.nan), scenarios={"all": {"at_ceiling": 1}})
    assert [finding.sentence() for finding in caught.value.findings] == [
        "study.yaml, setting decision.missing_not_at_random.scenarios: found at_ceiling; "
        "allowed: an effect with a ceiling (model.effect.spike); leave at_ceiling out."
    ]


@pytest.mark.parametrize("outcome", ["qaly", "cwly"])
def test_tables_keep_their_contracts(tmp_path, outcome):
    draws, table = fitted()
    study = {
        "arms": {arm: {} for arm in (*ARMS, "empty")},
        "comparator": "usual",
        "currency": "GBP",
    }
    for people, prior in ((table, {"effect_sd": 0.1}), (table.iloc[:0], None)):
        found = moved(draws, people, outcome=outcome, study=study, prior=prior)
        assert set(found) == set(written_by("move_unobserved"))
        for name, own in found.items():
            file = tmp_path / f"{name}.csv"
            contracts.write(own, file, name, True, {"arms": list(study["arms"])})
            assert len(contracts.read(file, name, {"arms": list(study["arms"])})) == len(own)
