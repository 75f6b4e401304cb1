"""The public tables: names, blanks, words, thresholds and consistency."""

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.contracts.terms import NOBODY
from trialbalance.decision.tables import compare_arms

NAMES = {
    "arms",
    "incremental",
    "frontier",
    "net_benefit",
    "acceptability",
    "expected_loss",
    "ranks",
    "information",
    "switching",
    "preferred",
}


def test_every_table_keeps_its_contract(trial, section, tmp_path):
    draws, study = trial
    tables = compare_arms(
        draws, study, section, "qaly", {"usual_care": 60, "brief": 61, "full": 59}
    )
    assert set(tables) == NAMES
    vocabularies = {"arms": list(study["arms"])}
    for name, table in (tables | {"draws": draws}).items():
        contracts.write(table, tmp_path / f"{name}.csv", name, False, vocabularies)
        again = contracts.read(tmp_path / f"{name}.csv", name, vocabularies)
        assert len(again) == len(table)


def test_an_arm_nobody_entered_stays_visible(trial, section):
    draws, study = trial
    tables = compare_arms(draws, study, section, "qaly")
    for name in NAMES - {"information", "preferred"}:
        rows = tables[name][tables[name]["arm"] == "postal"]
        words = rows["status" if name == "frontier" else "position"]
        assert len(rows) and (words == NOBODY).all()
        kept = {"threshold", "rank", "n", "exploratory"}
        numbers = rows.drop(columns=kept, errors="ignore").select_dtypes(["number", "boolean"])
        assert numbers.isna().all(axis=None)
    assert tables["arms"].set_index("arm").loc["postal", "n"] == 0
    comparator = compare_arms(draws, study | {"comparator": "postal"}, section, "qaly")
    assert comparator["incremental"]["cost"].isna().all()
    assert comparator["acceptability"]["probability"].notna().sum() == 3 * 501


def test_the_order_of_rows_and_of_arms_does_not_matter(trial, section):
    draws, study = trial
    tables = compare_arms(draws, study, section, "qaly")
    shuffled = compare_arms(draws.sample(frac=1, random_state=1), study, section, "qaly")
    turned = study | {"arms": dict(reversed(study["arms"].items()))}
    turned = compare_arms(draws, turned, section, "qaly")
    for name in NAMES:
        pd.testing.assert_frame_equal(tables[name], shuffled[name])
        keys = [key for key in ("threshold", "quantity", "arm", "rank") if key in tables[name]]
        one, other = (
            table[name].sort_values(keys, ignore_index=True) for table in (tables, turned)
        )
        pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=1e-9)


def test_swapping_two_arms_flips_every_sign_exactly(trial, section):
    draws, study = trial
    two = draws[draws["arm"].isin(["usual_care", "full"])]
    study = study | {"arms": {"usual_care": {}, "full": {}}}
    swapped = two.assign(arm=two["arm"].map({"usual_care": "full", "full": "usual_care"}))
    one, other = (compare_arms(rows, study, section, "qaly") for rows in (two, swapped))
    for name, mean, low, high in (
        ("incremental", "cost", "cost_lower", "cost_upper"),
        ("incremental", "effect", "effect_lower", "effect_upper"),
        ("net_benefit", "net_benefit", "lower", "upper"),
        ("net_benefit", "net_health_benefit", "health_lower", "health_upper"),
    ):
        before, after = one[name], other[name]
        np.testing.assert_array_equal(after[mean], -before[mean])
        np.testing.assert_array_equal(after[low], -before[high])
        np.testing.assert_array_equal(after[high], -before[low])
    np.testing.assert_array_equal(one["incremental"]["icer"], other["incremental"]["icer"])
    np.testing.assert_array_equal(
        one["information"]["per_person"], other["information"]["per_person"]
    )


def test_the_preferred_arm_has_the_highest_expected_net_benefit(trial, section):
    draws, study = trial
    tables = compare_arms(draws, study, section, "qaly")
    means = draws.groupby("arm")[["cost", "effect"]].mean()
    printed = tables["acceptability"]
    for threshold in (0, 20000, 25000, 30000, 35000, 100000):
        value = threshold * means["effect"] - means["cost"]
        rows = printed[(printed["threshold"] == threshold) & printed["frontier"].fillna(False)]
        assert rows["arm"].tolist() == [value.idxmax()]
        loss = tables["expected_loss"]
        loss = loss[loss["threshold"] == threshold].set_index("arm")["expected_loss"]
        assert loss.idxmin() == value.idxmax()


def test_all_four_standard_thresholds_are_in_every_table(trial, section):
    draws, study = trial
    section["thresholds"]["qaly"] |= {"range": [0.0, 90000.0], "step": 7000.0}
    tables = compare_arms(draws, study, section, "qaly")
    for name in ("net_benefit", "acceptability", "expected_loss", "ranks", "information"):
        assert {20000, 25000, 30000, 35000} <= set(tables[name]["threshold"])
        assert not tables[name]["exploratory"].any()


def test_an_outcome_without_accepted_threshold_is_explored_only(trial, section):
    draws, study = trial
    section["population"]["incidence"] = 1000
    valued = compare_arms(draws, study, section, "qaly")["information"]
    explored = compare_arms(draws, study, section, "cwly")
    assert (valued["population"] > valued["per_person"]).any()
    assert explored["information"]["population"].isna().all()
    for name in ("net_benefit", "acceptability", "expected_loss", "ranks", "information"):
        assert explored[name]["exploratory"].all()
    assert explored["ranks"]["threshold"].nunique() == 11


def test_no_table_has_moments_or_intervals_of_a_ratio(trial, section):
    for table in compare_arms(*trial, section, "qaly").values():
        assert not [name for name in table if name.startswith("icer_")]


def test_zero_prices_give_zero_incremental_cost(trial, section):
    draws, study = trial
    row = compare_arms(draws.assign(cost=0.0), study, section, "qaly")
    row = row["incremental"].set_index("arm").loc["full"]
    assert row[["cost", "cost_lower", "cost_upper"]].tolist() == [0, 0, 0]
    assert row["position"] == "costs the same and gains more (dominant)"
    assert np.isnan(row["icer"])


def test_arms_that_are_all_equal_tie(tidy, section):
    study = {"arms": {"a": {}, "b": {}, "c": {}}, "comparator": "a", "currency": "GBP"}
    one = np.random.default_rng(2).normal(size=(200, 1))
    tables = compare_arms(
        tidy(np.repeat(one, 3, 1), np.repeat(one, 3, 1), "abc"), study, section, "qaly"
    )
    assert tables["acceptability"]["probability"].to_numpy() == pytest.approx(1 / 3)
    assert tables["acceptability"]["frontier"].all()
    assert (tables["incremental"]["position"] == "no difference").all()
    assert (tables["information"]["per_person"] == 0).all()
    assert tables["net_benefit"]["probability_positive"].eq(0.5).all()
    assert tables["ranks"]["probability"].to_numpy() == pytest.approx(1 / 3)


def test_one_draw_and_one_arm_still_give_tables(tidy, section):
    study = {"arms": {"a": {}}, "comparator": "a", "currency": "GBP"}
    tables = compare_arms(tidy(np.ones((1, 1)), np.ones((1, 1)), "a"), study, section, "qaly")
    assert len(tables["incremental"]) == len(tables["net_benefit"]) == 0
    assert tables["acceptability"]["probability"].eq(1).all()
    assert (tables["information"]["per_person"] == 0).all()
