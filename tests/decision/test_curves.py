"""Curves and intervals against the slow way, over generated draws with ties and twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trialbalance.decision.comparing.curves import (
    decision_curves,
    probability_positive,
    rank_probabilities,
)
from trialbalance.decision.comparing.increments import quadrant_probabilities
from trialbalance.decision.comparing.quantiles import net_benefit_quantiles

GRID = np.array([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0])
quick = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def joint_draws(draw):
    """Cost and effect by draw and arm; whole numbers half of the time, so that many tie."""
    arms, draws = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):
        spread = draw(st.integers(0, 4))
        return rng.integers(-spread, spread + 1, (2, draws, arms)).astype(float)
    return rng.normal(size=(2, draws, arms)) * np.array([10.0, 1.0])[:, None, None]


def slow_decision(cost, effect, thresholds):
    """One threshold at a time, every draw in full."""
    probability, losses = [], []
    for threshold in thresholds:
        value = threshold * effect - cost
        best = value.max(axis=1, keepdims=True)
        at_best = value == best
        probability.append((at_best / at_best.sum(axis=1, keepdims=True)).mean(axis=0))
        losses.append(best - value)
    return np.array(probability), np.array(losses)


@quick
@given(joint_draws())
def test_curves_equal_the_slow_way(draws):
    cost, effect = draws
    curves = decision_curves(cost, effect, GRID)
    probability, losses = slow_decision(cost, effect, GRID)
    np.testing.assert_allclose(curves.probability, probability, atol=1e-12)
    np.testing.assert_allclose(curves.loss, losses.mean(axis=1), atol=1e-9)
    if len(cost) > 1:
        error = losses.std(axis=1, ddof=1) / np.sqrt(len(cost))
        np.testing.assert_allclose(curves.loss_error, error, atol=1e-5)
    np.testing.assert_allclose(curves.evpi, losses.mean(axis=1).min(axis=1), atol=1e-9)


@quick
@given(joint_draws())
def test_acceptability_adds_up_and_starts_with_the_cheapest(draws):
    cost, effect = draws
    curves = decision_curves(cost, effect, GRID)
    np.testing.assert_allclose(curves.probability.sum(axis=1), 1, atol=1e-12)
    cheapest = cost == cost.min(axis=1, keepdims=True)
    share = (cheapest / cheapest.sum(axis=1, keepdims=True)).mean(axis=0)
    np.testing.assert_allclose(curves.probability[0], share, atol=1e-12)
    assert (curves.evpi >= 0).all()


@quick
@given(joint_draws(), st.randoms(use_true_random=False))
def test_order_of_arms_and_currency_do_not_matter(draws, random):
    cost, effect = draws
    order = list(range(cost.shape[1]))
    random.shuffle(order)
    curves = decision_curves(cost, effect, GRID)
    moved = decision_curves(cost[:, order], effect[:, order], GRID)
    np.testing.assert_allclose(moved.probability, curves.probability[:, order], atol=1e-12)
    assert (moved.preferred == curves.preferred[:, order]).all()
    np.testing.assert_allclose(moved.evpi, curves.evpi, atol=1e-9)
    # A power of two is an exchange rate without rounding.
    abroad = decision_curves(cost * 8, effect, GRID * 8)
    np.testing.assert_array_equal(abroad.probability, curves.probability)
    np.testing.assert_allclose(abroad.evpi, curves.evpi * 8, atol=1e-9)


@quick
@given(joint_draws())
def test_ranks_begin_with_acceptability_and_add_up_both_ways(draws):
    cost, effect = draws
    curves = decision_curves(cost, effect, GRID)
    for row, threshold in enumerate(GRID):
        ranks = rank_probabilities(cost, effect, threshold)
        np.testing.assert_allclose(ranks[:, 0], curves.probability[row], atol=1e-12)
        np.testing.assert_allclose(ranks.sum(axis=0), 1, atol=1e-12)
        np.testing.assert_allclose(ranks.sum(axis=1), 1, atol=1e-12)


@quick
@given(joint_draws(), st.sampled_from([0.5, 0.8, 0.95]))
def test_intervals_equal_numpys_quantiles(draws, interval):
    cost, effect = draws[0][:, 0], draws[1][:, 0]
    ends = net_benefit_quantiles(cost, effect, GRID, interval)
    tails = (1 - interval) / 2, (1 + interval) / 2
    value = GRID[:, None] * effect - cost
    np.testing.assert_allclose(ends, np.quantile(value, tails, axis=1), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", ["normal", "heavy", "twins", "parallel", "fan"])
def test_intervals_stay_exact_where_lines_are_pruned(shape):
    rng = np.random.default_rng(3)
    cost, effect = rng.normal(size=(2, 6000)) * np.array([[5000.0], [0.1]])
    if shape == "heavy":
        cost = rng.standard_cauchy(6000) * 1000
    elif shape == "twins":
        cost, effect = cost.round(-3), effect.round(1)
    elif shape == "parallel":
        effect[:] = 0.02
    elif shape == "fan":
        cost = effect * 20000
    grid = np.linspace(0, 100000, 173)
    ends = net_benefit_quantiles(cost, effect, grid)
    plain = np.quantile(grid[:, None] * effect - cost, (0.025, 0.975), axis=1)
    np.testing.assert_allclose(ends, plain, rtol=1e-12, atol=1e-8)


@quick
@given(joint_draws())
def test_exchanging_two_arms_flips_every_sign_exactly(draws):
    cost, effect = draws[0][:, 0], draws[1][:, 0]
    lower, upper = net_benefit_quantiles(cost, effect, GRID)
    mirrored = net_benefit_quantiles(-cost, -effect, GRID)
    np.testing.assert_array_equal(mirrored, (-upper, -lower))
    chance = probability_positive(cost, effect, GRID) + probability_positive(-cost, -effect, GRID)
    np.testing.assert_allclose(chance, 1, atol=1e-15)
    one, other = quadrant_probabilities(cost, effect), quadrant_probabilities(-cost, -effect)
    assert one == {
        name: other[turn] for name, turn in zip(one, ("sw", "se", "nw", "ne"), strict=True)
    }
    assert sum(one.values()) == pytest.approx(1, abs=1e-12)


@quick
@given(joint_draws())
def test_probability_positive_is_acceptability_against_nothing(draws):
    cost, effect = draws[0][:, :1], draws[1][:, :1]
    nothing = np.zeros_like(cost)
    curves = decision_curves(np.hstack([cost, nothing]), np.hstack([effect, nothing]), GRID)
    chance = probability_positive(cost[:, 0], effect[:, 0], GRID)
    np.testing.assert_allclose(chance, curves.probability[:, 0], atol=1e-12)
