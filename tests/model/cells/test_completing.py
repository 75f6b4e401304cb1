"""Completed cells: what was seen never moves, and rules of a reference equal their algebra."""

import numpy as np
import pytest
from cell_trial import VISITS, least_squares, made, visits
from trialbalance.model.cells.means.anchoring import Weights, adjusted_means, draw_weights
from trialbalance.model.cells.means.averages import arm_averages, totals, unseen_averages
from trialbalance.model.cells.means.completing import Reference, complete
from trialbalance.model.cells.rows import lay_out

PEOPLE = 60_000


@pytest.fixture(scope="module")
def dropout():
    """A large trial of which 30 % are lost after month 6, and one draw at its own estimates."""
    arm, value = visits(PEOPLE, 1)
    value[np.random.default_rng(2).random(len(arm)) < 0.3, 2] = np.nan
    layout = lay_out(made(VISITS, value, arm))
    equal = np.full((1, 2 * PEOPLE), 1 / PEOPLE)
    points, weights = least_squares(layout), Weights(equal, equal / 2)
    return layout, points, weights, complete(layout, points, weights.own, np.random.default_rng(3))


def difference(layout, filled, weights):
    return np.diff(arm_averages(layout.cells, filled, weights)["mean_effect"][0])[0]


def test_missing_at_random_gives_the_difference_of_the_law(dropout):
    layout, _, weights, filled = dropout
    assert difference(layout, filled, weights) == pytest.approx(0.0350, abs=0.0015)


# Algebra, the whole difference being 0.0350 and 0.3 * 0.25 the weight of what is unseen:
# jump: 0.06 is lost; copy reference: 0.06 - 0.7 * 0.04, since history keeps 0.7 of the gain at six
# months; copy increments: what the gain grows by, 0.02; last mean: 0.04 in B against 0.02 in A.
ALGEBRA = {
    "jump_to_reference": 0.0350 - 0.075 * 0.06,
    "copy_reference": 0.0350 - 0.075 * (0.06 - 0.04 * (0.75 - 0.5 * 0.6) / (1 - 0.6**2)),
    "copy_increments": 0.0350 - 0.075 * 0.02,
    "last_carried": 0.0350 - 0.075 * (0.04 - 0.02),
}


@pytest.mark.parametrize("rule", ALGEBRA)
def test_rules_of_a_reference_equal_their_algebra(dropout, rule):
    layout, points, weights, filled = dropout
    assert ALGEBRA["jump_to_reference"] == pytest.approx(0.0305)
    reference = Reference(rule, 0, filled, ("measure",))
    one = complete(layout, points, weights.own, np.random.default_rng(3), reference)
    moved = difference(layout, filled, weights) - difference(layout, one, weights)
    assert moved == pytest.approx(0.0350 - ALGEBRA[rule], abs=0.0004)
    seen = layout.cells.seen
    np.testing.assert_array_equal(one.mean[0][seen], layout.cells.value[seen])


def test_jump_and_copy_differ_when_the_history_tells_the_arms_apart(dropout):
    assert ALGEBRA["copy_reference"] == pytest.approx(0.0326, abs=0.0001)


def test_a_delta_moves_only_the_follow_up_that_went_unseen(dropout):
    layout, _, weights, filled = dropout
    found = unseen_averages(layout, filled, weights, {})
    gone = np.isnan(layout.cells.value[:, 2])
    for arm in (0, 1):
        own = layout.cells.arm == arm
        assert found["share"][0, arm, 0] == pytest.approx(0.25 * gone[own].mean())
        # By hand: month 12 lower by 0.1 for those not seen then is 0.1 * 0.25 * their share.
        lower = filled.mean[0].copy()
        lower[gone & own, 2] -= 0.1
        moved = (filled.mean[0] - lower)[own] @ layout.cells.whole_weight
        assert 0.1 * found["share"][0, arm, 0] == pytest.approx(moved.mean())
        mean = filled.mean[0][gone & own, 2].mean()
        assert found["mean"][0, arm, 3] == pytest.approx(mean)


def test_residuals_of_those_seen_are_zero_after_anchoring():
    arm, value = visits(300, 4)
    # A level that is wrong by a third of an SD, as a family that misses the mean would have it.
    layout = lay_out(made(VISITS, value, arm))
    points = least_squares(layout)
    points["normal.level"] = points["normal.level"] + 0.3
    weights = draw_weights(arm, 1, np.random.default_rng(5), 1)
    filled = complete(layout, points, weights.own, np.random.default_rng(6))
    mean, own = totals(layout.cells, filled)[0][0], value @ [0.25, 0.5, 0.25]
    np.testing.assert_allclose(mean, own)
    assert np.abs(filled.residual[0, :, 1]).min() > 0.05


def test_a_wrong_level_does_not_move_what_is_unseen_either():
    arm, value = visits(4000, 7)
    value[np.random.default_rng(8).random(len(arm)) < 0.3, 2] = np.nan
    layout = lay_out(made(VISITS, value, arm))
    points, weights = least_squares(layout), draw_weights(arm, 1, np.random.default_rng(9), 1)
    right = complete(layout, points, weights.own, np.random.default_rng(1))
    points["normal.level"] = points["normal.level"] + 0.3
    wrong = complete(layout, points, weights.own, np.random.default_rng(1))
    before = arm_averages(layout.cells, right, weights)["mean_effect"]
    after = arm_averages(layout.cells, wrong, weights)["mean_effect"]
    np.testing.assert_allclose(after, before, atol=1e-9)


def test_complete_data_give_least_squares():
    arm, value = visits(60, 10)
    age = np.random.default_rng(11).normal(size=(120, 1))
    weights = draw_weights(arm, 20_000, np.random.default_rng(12), 2)
    outcome = value[:, 2] + 0.1 * age[:, 0]
    history = np.c_[value[:, 0], age[:, 0]][None]
    draws = adjusted_means(np.broadcast_to(outcome[None, :, None], (20_000, 120, 1)), history,
                           arm, weights)[..., 0]  # fmt: skip
    x = np.c_[np.ones(120), arm, value[:, 0], age]
    slope, rest, *_ = np.linalg.lstsq(x, outcome, rcond=None)
    error = np.sqrt(rest[0] / (120 - 4) * np.linalg.inv(x.T @ x)[1, 1])
    found = draws[:, 1] - draws[:, 0]
    assert found.mean() == pytest.approx(slope[1], abs=0.03 * error)
    # The spread of a t with its degrees of freedom.
    assert found.std() == pytest.approx(error * np.sqrt(57 / 55), rel=0.05)


def test_labels_swapped_swap_the_means():
    arm, value = visits(80, 13)
    value[np.random.default_rng(14).random(160) < 0.2, 2] = np.nan
    answers = []
    for own in (arm, 1 - arm):
        layout = lay_out(made(VISITS, value, own))
        equal = np.full((1, 160), 1 / 80)
        weights = Weights(equal, equal / 2)
        filled = complete(layout, least_squares(layout), equal, np.random.default_rng(1))
        answers.append(arm_averages(layout.cells, filled, weights)["mean_effect"][0])
    np.testing.assert_allclose(answers[0], answers[1][::-1], atol=1e-12)


def test_clusters_are_drawn_as_a_whole():
    arm = np.repeat([0, 1], 40)
    cluster = np.arange(80) // 10
    weights = draw_weights(arm, 50, np.random.default_rng(1), 0, cluster)
    within = weights.own.reshape(50, 8, 10)
    np.testing.assert_allclose(within.std(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(weights.own[:, :40].sum(axis=1), 1)


def test_people_are_drawn_within_clusters_that_cross_the_arms():
    arm, cluster = np.tile([0, 1], 40), np.arange(80) // 10
    free = draw_weights(arm, 20, np.random.default_rng(2))
    within = draw_weights(arm, 20, np.random.default_rng(2), 0, cluster)
    np.testing.assert_allclose(within.own, free.own)


def test_whole_clusters_pool_their_degrees_of_freedom():
    each, draws = 6, 40_000
    arm, cluster = np.repeat([0, 1], each * 5), np.repeat(np.arange(2 * each), 5)
    value = np.random.default_rng(3).normal(size=2 * each)[cluster]
    weights = draw_weights(arm, draws, np.random.default_rng(4), 3, cluster)
    spread = (weights.own[:, arm == 0] @ value[arm == 0]).std()
    freedom = 2 * each - 2
    error = value[arm == 0][::5].std(ddof=1) / np.sqrt(each)
    # The variance of a t with df is df / (df - 2).
    assert spread == pytest.approx(error * np.sqrt(freedom / (freedom - 2)), rel=0.05)


def test_clusters_of_one_arm_are_drawn_whole_and_sites_of_both_by_their_people():
    arm, rng = np.tile([0, 1], 30), np.random.default_rng(1)
    whole = draw_weights(arm, 200, rng, cluster=np.arange(60) % 12).own
    place = np.arange(60) % 12 == 4
    assert np.ptp(whole[:, place], axis=1).max() < 1e-12
    sites = draw_weights(arm, 200, rng, cluster=np.arange(60) // 20).own
    assert np.ptp(sites[:, :10:2], axis=1).min() > 0


def test_few_clusters_widen_a_mean_and_leave_it_where_it_is():
    arm, rng = np.tile([0, 1], 30), np.random.default_rng(2)
    value = (np.arange(60) % 6).astype(float)
    own = draw_weights(arm, 20_000, rng, cluster=np.arange(60) % 6).own
    mean = own[:, arm == 0] @ value[arm == 0]
    assert mean.mean() == pytest.approx(2.0, abs=0.1)
    people = draw_weights(arm, 2000, rng).own[:, arm == 0] @ value[arm == 0]
    assert mean.std() > 2 * people.std()
