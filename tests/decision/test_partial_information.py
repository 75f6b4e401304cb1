"""Partial and sample information: exact values, order, bounds, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gamma
from scipy.stats import norm
from trialbalance.decision.comparing.curves import decision_curves
from trialbalance.decision.information.closed_form import normal_information_value
from trialbalance.decision.information.partial_information import partial_information_value
from trialbalance.decision.information.sample_information import normal_sample_value, sample_value

ZERO = np.zeros(1)


def toy(seed, draws=40_000):
    """Net benefit p1 - p2 against 0, p1 ~ N(1, 1), p2 ~ N(0, 2)."""
    rng = np.random.default_rng(seed)
    p1, p2 = rng.normal(1, 1, draws), rng.normal(0, 2, draws)
    return p1, p2, np.column_stack([np.zeros(draws), p2 - p1])


@pytest.mark.parametrize(
    ("group", "exact"), [("p1", 0.083315), ("p2", 0.395593), ("both", 0.479811)]
)
def test_partial_information_is_exact_within_two_standard_errors(group, exact):
    p1, p2, cost = toy(31)
    values = {"p1": p1[:, None], "p2": p2[:, None], "both": np.column_stack([p1, p2])}[group]
    known = partial_information_value(cost, 0 * cost, values, ZERO)
    assert abs(known.value[0] - exact) < 2 * known.error[0]
    assert known.error[0] < 0.006
    assert abs(known.bias[0]) < known.error[0]
    assert known.enters


@pytest.mark.parametrize(
    ("size", "exact"), [(1, 0.025127), (10, 0.072325), (100, 0.082118), (1000, 0.083195)]
)
def test_sample_information_is_exact_within_two_standard_errors(size, exact):
    assert normal_sample_value(1.0, 1.0, 1 / size) == pytest.approx(exact, abs=5e-7)
    p1, _, cost = toy(32)
    seen = p1 + np.random.default_rng(33).normal(size=p1.size) / size**0.5
    known = partial_information_value(cost, 0 * cost, seen[:, None], ZERO)
    assert abs(known.value[0] - exact) < 2 * known.error[0]


def test_the_standard_error_is_the_spread_over_repetitions():
    runs = []
    for seed in range(60):
        p1, _, cost = toy(seed, 2000)
        known = partial_information_value(cost, 0 * cost, p1[:, None], ZERO)
        runs.append((known.value[0], known.error[0]))
    value, error = np.array(runs).T
    assert abs(value.mean() - 0.083315) < 3 * value.std() / len(value) ** 0.5
    assert 0.8 < error.mean() / value.std() < 1.6
    assert np.mean(np.abs(value - 0.083315) < 2 * error) > 0.9


def test_curved_and_joint_effects_are_found():
    rng = np.random.default_rng(34)
    p = rng.normal(size=(10_000, 4))
    gain = 0.3 * p[:, 3] ** 2 + p[:, 0] * p[:, 1] + 0.5 * np.sin(2 * p[:, 2])
    cost = np.column_stack([np.zeros(len(p)), rng.normal(0, 2, len(p)) - gain])
    known = partial_information_value(cost, 0 * cost, p, ZERO)
    exact = np.maximum(gain, 0).mean() - max(gain.mean(), 0)
    assert abs(known.value[0] - exact) < 2 * known.error[0]


def exact_value(kind, count):
    """E[max(g, 0)] - max(E[g], 0) of a gain g from standard normal parameters."""
    if kind == "sum":
        return float(normal_information_value(0.2, 1.0))
    if kind == "products":
        # A sum of products of two is a difference of two gammas.
        terms = count // 2
        return gamma(terms / 2 + 0.5) / (np.pi**0.5 * gamma(terms / 2)) / terms**0.5
    # exp(sum) - 1.5: the price of an option.
    near = 1 - np.log(1.5)
    return np.exp(0.5) * norm.cdf(near) - 1.5 * norm.cdf(near - 1) - (np.exp(0.5) - 1.5)


@pytest.mark.parametrize("count", [5, 12, 20])
@pytest.mark.parametrize("kind", ["sum", "products", "exponential"])
def test_many_parameters_are_valued_within_two_standard_errors(kind, count):
    rng = np.random.default_rng(count)
    p = rng.normal(size=(6000, count))
    weight = np.linspace(1, 2, count)
    along = p @ weight / np.sqrt((weight**2).sum())
    pairs = 2 * (count // 2)
    gain = {
        "sum": along + 0.2,
        "products": (p[:, 0:pairs:2] * p[:, 1:pairs:2]).sum(axis=1) / (count // 2) ** 0.5,
        "exponential": np.exp(along) - 1.5,
    }[kind]
    cost = np.column_stack([np.zeros(len(p)), rng.normal(0, 1, len(p)) - gain])
    known = partial_information_value(cost, 0 * cost, p, ZERO)
    assert abs(known.value[0] - exact_value(kind, count)) < 2 * known.error[0]
    assert known.error[0] < 0.03
    assert known.enters


@pytest.mark.parametrize("count", [1, 3, 7])
def test_draws_taken_a_few_at_a_time_give_the_same_value(count, monkeypatch):
    rng = np.random.default_rng(42)
    p = rng.gamma(2, 1, (5000, count))
    effect = np.column_stack([np.zeros(5000), 0.02 * p[:, 0] * p[:, -1] - 0.1, 0.01 * p[:, 0]])
    cost = np.column_stack([np.zeros(5000), 400 * np.sqrt(p[:, 0]), 150 * p[:, -1]])
    cost, effect = cost + rng.normal(0, 300, cost.shape), effect + rng.normal(0, 0.01, cost.shape)
    grid = np.linspace(0, 60000, 25)
    whole = partial_information_value(cost, effect, p, grid)
    curves = decision_curves(cost, effect, grid)
    monkeypatch.setattr("trialbalance.decision.information.spline_basis._CELLS", 9000)
    monkeypatch.setattr("trialbalance.decision.comparing.best_option._DRAWS", 700)
    pieces = partial_information_value(cost, effect, p, grid)
    for name in ("value", "error", "bias"):
        np.testing.assert_allclose(
            getattr(pieces, name), getattr(whole, name), rtol=1e-9, atol=1e-9
        )
    assert pieces.enters
    assert whole.enters
    again = decision_curves(cost, effect, grid)
    for name in ("probability", "loss", "loss_error", "evpi"):
        np.testing.assert_allclose(
            getattr(again, name), getattr(curves, name), rtol=1e-9, atol=1e-9
        )


def test_rounding_is_neither_worth_nor_bias():
    # An arm without cost or spread, beside three others.
    rng = np.random.default_rng(41)
    cost = np.array([0, 45, 95, 60.0]) + np.array([0, 8, 15, 30]) * rng.normal(size=(500, 4))
    effect = np.array([0.40, 0.46, 0.53, 0.51]) + 0.1 * rng.normal(size=(500, 4))
    known = partial_information_value(cost, effect, cost[:, :1], np.array([0.0, 20000, 90000]))
    for part in (known.value, known.error, known.bias):
        assert (part == 0).all()


def test_of_many_idle_parameters_little_is_made_and_the_bias_says_so():
    rng = np.random.default_rng(40)
    cost = np.column_stack([np.zeros(3000), rng.normal(size=3000)])
    known = partial_information_value(cost, 0 * cost, rng.normal(size=(3000, 20)), ZERO)
    assert not known.enters
    assert known.value[0] < 0.1 * decision_curves(cost, 0 * cost, ZERO).evpi[0] + known.bias[0]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.sampled_from([200, 600]))
def test_information_is_ordered_whatever_the_draws(seed, arms, draws):
    rng = np.random.default_rng(seed)
    grid = np.array([0.0, 20000, 50000])
    shared = rng.gamma(2, 1, (draws, 3))
    cost = shared @ rng.normal(0, 400, (3, arms)) + rng.normal(0, 500, (draws, arms))
    effect = shared @ rng.normal(0, 0.02, (3, arms)) + rng.normal(0, 0.02, (draws, arms))
    perfect = decision_curves(cost, effect, grid)
    fewer = partial_information_value(cost, effect, shared[:, :1], grid)
    more = partial_information_value(cost, effect, shared, grid)
    means = partial_information_value(
        cost, effect, np.hstack([cost, effect])[:, [0, 1, arms]], grid
    )
    slack = 2 * np.maximum(perfect.evpi_error, more.error) + 1e-9
    for known in (fewer, more, means):
        assert (known.value >= 0).all()
        assert (known.value <= perfect.evpi * (1 + 1e-9) + 1e-9).all()
    assert (fewer.value <= more.value + slack).all()
    spread = [{"cost_sd": 4000.0, "effect_sd": 0.2, "correlation": -0.3}] * 2
    noise = rng.standard_normal((draws, 4))
    pair = np.column_stack([cost[:, :2], effect[:, :2]])
    whole = partial_information_value(cost, effect, pair, grid)
    small, large = (sample_value(cost, effect, [0, 1], spread, n, grid, noise) for n in (20, 2000))
    assert (small.value >= 0).all()
    assert (large.value <= whole.value + slack).all()
    assert (small.value <= whole.value + slack).all()


def test_order_of_arms_and_currency_do_not_matter():
    rng = np.random.default_rng(35)
    cost, effect = rng.normal(size=(2, 2000, 3)) * np.array([[[900.0]], [[0.05]]])
    grid = np.array([0.0, 20000, 60000])
    known = partial_information_value(cost, effect, cost[:, :1], grid)
    order = [2, 0, 1]
    moved = partial_information_value(cost[:, order], effect[:, order], cost[:, :1], grid)
    np.testing.assert_allclose(moved.value, known.value, rtol=1e-9)
    abroad = partial_information_value(cost * 8, effect, cost[:, :1] / 3, grid * 8)
    np.testing.assert_allclose(abroad.value, known.value * 8, rtol=1e-9)


def test_noise_that_is_fitted_shows_as_bias():
    rng = np.random.default_rng(36)
    cost = np.column_stack([np.zeros(120), rng.normal(0, 1, 120)])
    known = partial_information_value(cost, 0 * cost, rng.normal(size=(120, 4)), ZERO)
    assert not known.enters
    assert known.bias[0] >= 0


@pytest.mark.parametrize("kind", ["constant", "twice", "two_values"])
def test_awkward_parameters_do_not_crash(kind):
    rng = np.random.default_rng(37)
    delta = rng.integers(0, 2, 500).astype(float)
    cost = np.column_stack([np.zeros(500), rng.normal(size=500) - 2 * delta + 1])
    values = {
        "constant": np.ones((500, 1)),
        "twice": np.column_stack([cost[:, 1], cost[:, 1]]),
        "two_values": delta[:, None],
    }[kind]
    known = partial_information_value(cost, 0 * cost, values, ZERO)
    perfect = decision_curves(cost, 0 * cost, ZERO).evpi
    assert 0 <= known.value[0] <= perfect[0]
    if kind == "two_values":
        gain = [-cost[delta == level, 1].mean() for level in (0, 1)]
        share = delta.mean()
        exact = max(gain[0], 0) * (1 - share) + max(gain[1], 0) * share
        exact -= max(-cost[:, 1].mean(), 0)
        assert known.value[0] == pytest.approx(exact)
    assert known.enters == (kind != "constant")


@pytest.mark.parametrize("count", [2, 3])
def test_parameters_of_few_values_are_valued_together(count):
    rng = np.random.default_rng(39)
    values = rng.integers(0, 2, (600, count)).astype(float)
    gain = values[:, 0] * values[:, 1] * 4 - 1
    cost = np.column_stack([np.zeros(600), -gain])
    known = partial_information_value(cost, 0 * cost, values, ZERO)
    exact = np.maximum(gain, 0).mean() - max(gain.mean(), 0)
    assert known.value[0] == pytest.approx(exact)


def test_rows_that_do_not_match_are_an_error():
    with pytest.raises(ValueError, match="9 draws of parameters, 10 of cost and effect"):
        partial_information_value(np.ones((10, 2)), np.ones((10, 2)), np.ones((9, 1)), ZERO)


def test_regression_agrees_with_the_closed_form_for_a_new_trial_of_normal_arms():
    rng = np.random.default_rng(38)
    draws, grid = 20_000, np.array([20000.0, 30000.0])
    cost = rng.normal([9000, 9600], 500, (draws, 2))
    effect = rng.normal([0.60, 0.62], 0.02, (draws, 2))
    spreads = [
        {"cost_sd": 6000.0, "effect_sd": 0.25, "correlation": -0.2},
        {"cost_sd": 7000.0, "effect_sd": 0.20, "correlation": 0.1},
    ]
    noise = rng.standard_normal((draws, 4))
    for size in (50, 400):
        known = sample_value(cost, effect, [0, 1], spreads, size, grid, noise)
        single = (grid**2) * (0.25**2 + 0.2**2) + 6000**2 + 7000**2
        single -= 2 * grid * (-0.2 * 6000 * 0.25 + 0.1 * 7000 * 0.2)
        prior = 2 * (grid * 0.02) ** 2 + 2 * 500**2
        exact = normal_sample_value(grid * 0.02 - 600, prior, single / size)
        # Prior arms here have equal spread, so their difference is enough of a summary of them.
        assert (np.abs(known.value - exact) < 2 * known.error + 0.05 * exact).all()
