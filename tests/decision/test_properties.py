"""What must hold for any draws: identical, dominated, of changing sign, with an arm left empty."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trialbalance import contracts
from trialbalance.decision import compare_arms, value_information
from trialbalance.settings.sections.decision import DecisionSettings

ARMS = ("usual", "brief", "full")
STUDY = {"arms": {arm: {} for arm in ARMS}, "comparator": "usual", "currency": "GBP"}
KINDS = ("any", "identical", "all equal", "dominated", "sign change", "empty", "whole numbers")
SECTION = DecisionSettings(
    thresholds={"qaly": {"range": [0.0, 50000.0], "step": 5000.0}}
).model_dump(mode="json")


def made(kind, seed, draws=60):
    """Return tidy draws of one kind, rows in any order."""
    rng = np.random.default_rng(seed)
    cost = rng.normal(9000, 900, (draws, 3))
    effect = rng.normal(0.6, 0.03, (draws, 3))
    if kind == "identical":
        cost[:, 1], effect[:, 1] = cost[:, 0], effect[:, 0]
    if kind == "all equal":
        cost, effect = (np.repeat(part[:, :1], 3, axis=1) for part in (cost, effect))
    if kind == "dominated":
        cost[:, 2], effect[:, 2] = cost.max(axis=1) + 100, effect.min(axis=1) - 0.01
    if kind == "sign change":
        cost, effect = cost - cost.mean(axis=0), effect - effect.mean(axis=0)
    if kind == "whole numbers":
        cost, effect = cost.round(-3), effect.round(1)
    tidy = pd.concat(
        pd.DataFrame(
            {
                "draw": np.arange(1, draws + 1),
                "arm": arm,
                "cost": cost[:, place],
                "effect": effect[:, place],
            }
        )
        for place, arm in enumerate(ARMS)
    )
    if kind == "empty":
        tidy = tidy[tidy["arm"] != "full"]
    return tidy.sample(frac=1, random_state=int(seed)).reset_index(drop=True)


def expected(tidy, threshold):
    """Return the expected net benefit of each arm, worked out anew."""
    means = tidy.groupby("arm")[["cost", "effect"]].mean()
    return threshold * means["effect"] - means["cost"]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.sampled_from(KINDS), st.integers(0, 2**31))
def test_the_preferred_arm_is_the_one_with_the_highest_expected_net_benefit(kind, seed):
    tidy = made(kind, seed)
    study = STUDY | {"arms": {arm: {} for arm in np.random.default_rng(seed).permutation(ARMS)}}
    tables = compare_arms(tidy, study, SECTION, "qaly")
    chances, ranges = tables["acceptability"], tables["preferred"]
    for threshold, rows in chances.groupby("threshold"):
        assert rows["probability"].sum() == pytest.approx(1)
        value = expected(tidy, threshold)
        chosen = rows[rows["frontier"].fillna(False)]["arm"]
        assert len(chosen)
        assert value[chosen].min() == pytest.approx(value.max(), abs=1e-6)
        inside = ranges[(ranges["lower"] <= threshold) & ~(ranges["upper"] < threshold)]["arm"]
        assert value[inside].max() == pytest.approx(value.max(), abs=1e-6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.sampled_from(KINDS), st.integers(0, 2**31))
def test_switching_values_are_net_benefits_and_losses_are_never_negative(kind, seed):
    tidy = made(kind, seed)
    tables = compare_arms(tidy, STUDY, SECTION, "qaly")
    joined = tables["switching"].merge(tables["net_benefit"], on=["threshold", "arm"])
    assert len(joined) == 2 * 4
    np.testing.assert_allclose(joined["cost_change"], joined["net_benefit"], atol=1e-6)
    loss = tables["expected_loss"]
    assert (loss["expected_loss"].dropna() >= 0).all()
    least = loss.groupby("threshold")["expected_loss"].min()
    evpi = tables["information"].set_index("threshold")["per_person"]
    np.testing.assert_allclose(least, evpi, atol=1e-6)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.sampled_from(KINDS), st.integers(0, 2**31))
def test_information_is_ordered_in_the_printed_table(kind, seed):
    tidy = made(kind, seed, draws=400)
    spread = pd.DataFrame({"arm": ARMS, "cost_sd": 5000.0, "effect_sd": 0.2, "correlation": -0.2})
    section = SECTION | {"sampling": {"sizes": [50, 5000], "arms": ["usual", "brief"],
                                      "dropout": 0.1}}  # fmt: skip
    table = value_information(tidy, STUDY, section, "qaly", individuals=spread)
    worth = table.pivot_table(index="threshold", columns="quantity", values="per_person")
    error = table.pivot_table(index="threshold", columns="quantity", values="standard_error")
    assert (worth.fillna(0) >= 0).all(axis=None)
    crumb = 1e-6
    for name in worth:
        assert (worth[name].dropna() <= worth["evpi"].loc[worth[name].dropna().index] + crumb).all()
    for word in ("cost", "effect"):
        many = f"evppi:{word}s"
        for arm in set(tidy["arm"]):
            one = f"evppi:{word}_{arm}"
            # Some four hundred comparisons: two errors would be passed by chance alone.
            slack = 3 * np.maximum(error["evpi"], np.maximum(error[many], error[one]))
            assert (worth[one] <= worth[many] + slack + crumb).all(), one


def test_a_chain_of_nested_groups_never_loses_value():
    rng = np.random.default_rng(61)
    draws = 4000
    parameters = pd.DataFrame(rng.normal(size=(draws, 4)), columns=list("abcd"))
    gain = parameters @ np.array([300.0, 200, 500, 100]) + rng.normal(0, 300, draws) - 150
    tidy = pd.concat(
        pd.DataFrame({"draw": np.arange(draws), "arm": arm, "cost": cost, "effect": 0.0})
        for arm, cost in (("usual", np.zeros(draws)), ("brief", -gain))
    )
    study = {"arms": {"usual": {}, "brief": {}}, "comparator": "usual"}
    groups = {f"first_{n}": list("abcd"[:n]) for n in range(1, 5)}
    section = SECTION | {"parameter_groups": groups}
    numbered = parameters.assign(draw=np.arange(draws))
    table = value_information(tidy, study, section, "qaly", parameters=numbered)
    rows = table[table["threshold"] == 20000].set_index("quantity")
    chain = rows.loc[[*(f"evppi:{name}" for name in groups), "evpi"]]
    steps = np.diff(chain["per_person"])
    assert (steps > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_draws_gives_tables_that_keep_their_contract(kind, tmp_path):
    tables = compare_arms(made(kind, 5), STUDY, SECTION, "qaly", {"usual": 9, "brief": 9})
    for name, table in tables.items():
        contracts.write(table, tmp_path / f"{name}.csv", name, False, {"arms": list(ARMS)})
    status = tables["frontier"].set_index("arm")["status"]
    if kind == "dominated":
        assert status["full"].startswith("dominated by")
    if kind == "empty":
        assert status["full"] == "no participants recruited"
        assert "full" not in set(tables["preferred"]["arm"])
    if kind == "identical":
        words = tables["incremental"].set_index("arm")["position"]
        assert words["brief"] == "no difference"
