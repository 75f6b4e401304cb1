"""Where an arm stands: in words, as a ratio, and on the frontier."""

import numpy as np
import pytest
from trialbalance.decision.comparing.increments import frontier, icer, position


@pytest.mark.parametrize(
    ("cost", "effect", "ratio", "words"),
    [
        (100.0, 0.01, 10000.0, "costs more and gains more"),
        (-100.0, -0.01, 10000.0, "costs less and gains less"),
        (-100.0, 0.01, None, "costs less and gains more (dominant)"),
        (100.0, -0.01, None, "costs more and gains less (dominated)"),
        (0.0, 0.01, None, "costs the same and gains more (dominant)"),
        (100.0, 0.0, None, "costs more and gains the same (dominated)"),
        (0.0, 0.0, None, "no difference"),
    ],
)
def test_a_ratio_is_given_only_where_it_means_something(cost, effect, ratio, words):
    assert position(cost, effect) == words
    value = icer(cost, effect)
    assert np.isnan(value) if ratio is None else value == pytest.approx(ratio)


def standing(cost, effect):
    names = [f"arm_{letter}" for letter in "abcdefgh"[: len(cost)]]
    return {row["arm"]: row for row in frontier(names, np.array(cost), np.array(effect))}


def test_dominance_is_named():
    rows = standing([0.0, 10.0, 20.0, 30.0, 40.0], [0.0, 1.0, 0.5, 1.2, 3.0])
    assert rows["arm_a"]["status"] == "on the frontier"
    assert rows["arm_c"]["status"] == "dominated by arm_b"
    assert rows["arm_d"]["status"] == "extendedly dominated by arm_b and arm_e"
    assert rows["arm_e"]["compared_with"] == "arm_b"
    assert rows["arm_e"]["icer"] == pytest.approx(15)
    assert np.isnan(rows["arm_a"]["icer"]) and rows["arm_a"]["compared_with"] is None


def test_one_arm_that_is_cheapest_and_best_dominates_all():
    rows = standing([5.0, 1.0, 9.0], [1.0, 2.0, 2.0])
    assert [rows[arm]["status"] for arm in ("arm_a", "arm_b", "arm_c")] == [
        "dominated by arm_b",
        "on the frontier",
        "dominated by arm_b",
    ]


def test_equal_arms_share_the_frontier():
    rows = standing([5.0, 5.0, 5.0], [1.0, 1.0, 1.0])
    words = sorted(row["status"] for row in rows.values())
    assert words[0] == "on the frontier"
    assert all(word.startswith("on the frontier") for word in words)
    assert all(np.isnan(row["icer"]) for row in rows.values())


def test_ratios_rise_along_the_frontier_and_order_does_not_matter():
    rng = np.random.default_rng(4)
    for _ in range(50):
        cost, effect = rng.integers(0, 20, (2, 8)).astype(float)
        names = np.array([f"arm_{number}" for number in range(8)])
        rows = frontier(names, cost, effect)
        ratios = [row["icer"] for row in rows if not np.isnan(row["icer"])]
        assert ratios == sorted(ratios)
        order = rng.permutation(8)
        again = frontier(names[order], cost[order], effect[order])
        assert [row["icer"] for row in again if not np.isnan(row["icer"])] == ratios
        # An arm on the frontier is best at some threshold; one off it at none.
        for row, place in ((row, list(names).index(row["arm"])) for row in rows):
            grid = np.r_[1e-3, np.array(ratios), 1e4]
            grid = np.sort(np.r_[grid, (grid[1:] + grid[:-1]) / 2])
            value = grid[:, None] * effect - cost
            best = np.isclose(value[:, place], value.max(axis=1), rtol=0, atol=1e-7).any()
            assert best == row["status"].startswith("on the frontier")
