"""Who gains and who loses: closed forms, bounds and refusals of the distributional view."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from trialbalance.contracts import Problems, read, write
from trialbalance.decision.comparing.distribution import distribution, equally_distributed
from trialbalance.decision.thresholds import outcome_thresholds
from trialbalance.settings.sections.decision import DecisionSettings

STUDY = {"arms": {"new": {}, "usual": {}}, "comparator": "usual"}
PLAN = {
    "groups": {
        "poor": {"share": 0.25, "baseline_health": 60.0},
        "rich": {"share": 0.75, "baseline_health": 75.0},
    }
}


def by_group(gain, cost, draws=200, spread=0.01):
    """Draws in which the new arm gains and costs so much by group."""
    rng, parts = np.random.default_rng(1), []
    for group in gain:
        for arm in STUDY["arms"]:
            new = arm == "new"
            part = pd.DataFrame({"draw": np.arange(draws), "group": group, "arm": arm})
            part["cost"] = 1000.0 + new * cost[group]
            part["effect"] = 0.7 + new * (gain[group] + spread * rng.normal(size=draws))
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def table_of(draws, **plan):
    section = DecisionSettings(distribution=PLAN | plan).model_dump(mode="json")
    return distribution(draws, STUDY, section, outcome_thresholds(section, "qaly"))


def test_the_equivalent_lies_between_the_worst_off_and_the_mean():
    health = np.random.default_rng(2).uniform(40, 80, (50, 3))
    shares = np.array([0.2, 0.3, 0.5])
    values = [equally_distributed(health, shares, aversion) for aversion in (0, 0.5, 1, 3, 10, 500)]
    np.testing.assert_allclose(values[0], health @ shares)
    assert all((more < less + 1e-9).all() for less, more in pairwise(values))
    np.testing.assert_allclose(values[-1], health.min(axis=1), rtol=0.02)
    np.testing.assert_allclose(equally_distributed(health, shares, 1 + 1e-7), values[2], rtol=1e-6)
    np.testing.assert_allclose(equally_distributed(np.full((1, 3), 7.0), shares, 4), 7.0)


def test_net_benefit_by_group_is_that_of_its_draws_and_the_mean_adds_up(tmp_path):
    draws = by_group({"poor": 0.2, "rich": 0.0}, {"poor": 1000.0, "rich": 3000.0}, spread=0)
    table = table_of(draws)
    own = table[table["threshold"] == 20000].set_index("quantity")
    groups = own.loc["group"].set_index("group")["net_health_benefit"]
    assert groups.to_dict() == pytest.approx({"poor": 0.15, "rich": -0.15})
    equal = own.loc["equally_distributed_equivalent"].set_index("inequality_aversion")
    mean = 0.25 * 0.15 - 0.75 * 0.15
    assert equal.loc[0, "net_health_benefit"] == pytest.approx(mean)
    # What helps the poor is worth more the more inequality is disliked.
    assert equal["net_health_benefit"].is_monotonic_increasing
    assert equal.loc[10, "net_health_benefit"] > 0 > mean
    assert table["exploratory"].all()
    write(table, tmp_path / "distribution.csv", "distribution", True, {"arms": list(STUDY["arms"])})
    read(tmp_path / "distribution.csv", "distribution", {"arms": list(STUDY["arms"])})


def test_who_bears_the_cost_changes_the_equivalent_and_not_the_mean():
    draws = by_group({"poor": 0.1, "rich": 0.1}, {"poor": 4000.0, "rich": 0.0})
    found = {}
    for who in ("shared", "own"):
        table = table_of(draws, opportunity_cost=who, inequality_aversion=[0, 10])
        table = table[(table["threshold"] == 25000) & table["inequality_aversion"].notna()]
        found[who] = table["net_health_benefit"].to_numpy()
    assert found["shared"][0] == pytest.approx(found["own"][0])
    assert found["shared"][1] > found["own"][1] + 0.01


def test_equal_gains_of_equal_groups_are_worth_the_same_at_every_aversion():
    groups = {name: {"share": 0.5, "baseline_health": 70.0} for name in ("poor", "rich")}
    gain = {"poor": 0.1, "rich": 0.1}
    table = table_of(by_group(gain, dict.fromkeys(gain, 0.0), spread=0), groups=groups)
    np.testing.assert_allclose(table["net_health_benefit"], 0.1)
    assert (table["probability_positive"] == 1).all()


def test_health_at_or_below_nothing_is_said_not_computed():
    groups = {name: {"share": 0.5, "baseline_health": 0.1} for name in ("poor", "rich")}
    cost = {"poor": 9000.0, "rich": 9000.0}
    table = table_of(by_group({"poor": 0.0, "rich": 0.0}, cost), groups=groups)
    own = table[table["quantity"] != "group"]
    assert own["net_health_benefit"].isna().all()
    assert own["note"].str.contains("not above 0").all()


def test_other_groups_than_declared_are_refused():
    with pytest.raises(Problems) as caught:
        table_of(by_group({"poor": 0.1, "ritch": 0.1}, {"poor": 0.0, "ritch": 0.0}))
    assert [finding.sentence() for finding in caught.value.findings] == [
        f"group_draws_given, column group: found {name} in one of the two only; allowed: poor, "
        "rich; name the groups as in decision.distribution.groups."
        for name in ("rich", "ritch")
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"groups": {"a": {"share": 0.5, "baseline_health": 1}}}, "at least 2 items"),
        (
            {"groups": {n: {"share": 0.4, "baseline_health": 1} for n in "ab"}},
            "shares that add up to 0.8; allowed: 1",
        ),
        ({"inequality_aversion": [-1]}, "below 0"),
    ],
)
def test_settings_that_contradict_are_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        DecisionSettings(distribution=PLAN | change)
