"""What would have to change for another decision: costs and thresholds, exactly."""

import numpy as np
import pytest
from trialbalance.decision.tables import compare_arms


def decided(draws, study, section):
    return compare_arms(draws, study | {"currency": "GBP"}, section, "qaly")


def test_the_change_leaves_no_net_benefit(trial, section):
    draws, study = trial
    table = decided(draws, study, section)["switching"].dropna(subset=["cost_change"])
    assert set(table["threshold"]) == {20000, 25000, 30000, 35000}
    for row in table.itertuples():
        changed = draws.copy()
        changed.loc[changed["arm"] == row.arm, "cost"] += row.cost_change
        benefit = decided(changed, study, section)["net_benefit"]
        benefit = benefit[(benefit["arm"] == row.arm) & (benefit["threshold"] == row.threshold)]
        assert benefit["net_benefit"].iloc[0] == pytest.approx(0, abs=1e-6)


def test_against_the_best_other_arm_the_change_turns_the_decision(trial, section):
    draws, study = trial
    tables = decided(draws, study, section)
    table = tables["switching"].dropna(subset=["cost_change"])
    means = draws.groupby("arm")[["cost", "effect"]].mean()
    for row in table.itertuples():
        worth = row.threshold * means["effect"] - means["cost"]
        assert row.best_other == worth.drop(row.arm).idxmax()
        for step, chosen in ((-0.01, row.arm), (0.01, row.best_other)):
            moved = worth.copy()
            moved[row.arm] -= row.cost_change_best + step
            assert moved.idxmax() == chosen
    words = table.set_index(["threshold", "arm"])["words_best"]
    assert words[20000, "full"].endswith("more per person and still be preferred to usual_care")
    assert words[20000, "brief"].endswith("less per person to be preferred to full")
    two = study | {"arms": {"usual_care": {}, "full": {}}}
    table = decided(draws[draws["arm"] != "brief"], two, section)["switching"]
    assert table["cost_change_best"].equals(table["cost_change"])


def test_words_say_which_way(tidy, section):
    arms = ("usual", "dear", "cheap", "hopeless", "same")
    cost = np.tile([1000.0, 3000.0, 900.0, 1000.0, 1000.0], (2, 1))
    effect = np.tile([0.5, 0.55, 0.5, 0.4, 0.5], (2, 1))
    study = {"arms": {arm: {} for arm in arms}, "comparator": "usual"}
    table = decided(tidy(cost, effect, arms), study, section)["switching"]
    words = table[table["threshold"] == 20000].set_index("arm")["words"]
    assert words.to_dict() == {
        "dear": "would need to cost GBP 1,000.00 less per person",
        "cheap": "could cost GBP 100.00 more per person",
        "hopeless": "would not be worth it even if it cost nothing",
        "same": "breaks even",
    }


def test_ranges_agree_with_the_preferred_arm_at_every_threshold(trial, section):
    draws, study = trial
    tables = decided(draws, study, section)
    ranges, curve = tables["preferred"], tables["acceptability"]
    assert ranges["lower"].iloc[0] == 0 and np.isnan(ranges["upper"].iloc[-1])
    assert ranges["lower"].tolist()[1:] == ranges["upper"].tolist()[:-1]
    best = curve[curve["frontier"].astype("boolean").fillna(False)]
    for row in best.itertuples():
        inside = ranges[(ranges["lower"] <= row.threshold) & ~(ranges["upper"] < row.threshold)]
        assert row.arm in set(inside["arm"])


def test_arms_that_tie_share_every_threshold(tidy, section):
    study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    tables = decided(tidy(np.ones((3, 2)), np.ones((3, 2)), ("a", "b")), study, section)
    assert tables["preferred"]["arm"].tolist() == ["a", "b"]
    assert tables["preferred"]["upper"].isna().all()
    assert set(tables["switching"]["words"]) == {"breaks even"}


def test_one_arm_that_is_best_throughout(tidy, section):
    study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    draws = tidy(np.tile([2.0, 1.0], (3, 1)), np.tile([0.1, 0.2], (3, 1)), ("a", "b"))
    assert decided(draws, study, section)["preferred"][["arm", "lower"]].values.tolist() == [
        ["b", 0]
    ]
