"""Perfect information: exact values, the closed normal form and populations."""

import numpy as np
import pytest
from trialbalance.decision.comparing.curves import decision_curves
from trialbalance.decision.information.closed_form import (
    discounted_people,
    normal_information_value,
    population_factor,
)


@pytest.mark.parametrize(
    ("mean", "deviation", "exact"),
    [
        # Net benefit p1 - p2 with p1 ~ N(1, 1) and p2 ~ N(0, 2): all, p1 alone, p2 alone.
        (1.0, 5**0.5, 0.479811),
        (1.0, 1.0, 0.083315),
        (1.0, 2.0, 0.395593),
        (0.0, 1.0, 1 / (2 * np.pi) ** 0.5),
        (3.0, 0.0, 0.0),
    ],
)
def test_normal_information_value(mean, deviation, exact):
    assert normal_information_value(mean, deviation) == pytest.approx(exact, abs=5e-7)
    assert normal_information_value(-mean, deviation) == pytest.approx(exact, abs=5e-7)


def test_perfect_information_of_draws_is_the_closed_form_within_its_error():
    rng = np.random.default_rng(11)
    benefit = rng.normal(1, 5**0.5, 200_000)
    cost = np.column_stack([np.zeros_like(benefit), -benefit])
    curves = decision_curves(cost, np.zeros_like(cost), np.array([0.0]))
    assert abs(curves.evpi[0] - 0.479811) < 2 * curves.evpi_error[0]
    assert curves.evpi_error[0] < 0.005


def test_perfect_information_of_two_normal_arms_follows_the_closed_form_along_thresholds():
    rng = np.random.default_rng(12)
    cost, effect = rng.multivariate_normal([500, 0.03], [[90000, -3], [-3, 0.0009]], 100_000).T
    grid = np.array([0.0, 10000, 20000, 40000, 80000])
    pair = (np.column_stack([np.zeros_like(part), part]) for part in (cost, effect))
    curves = decision_curves(*pair, grid)
    spread = np.sqrt(grid**2 * 0.0009 + 2 * grid * 3 + 90000)
    exact = normal_information_value(grid * 0.03 - 500, spread)
    assert (np.abs(curves.evpi - exact) < 3 * curves.evpi_error).all()


def test_a_population_is_discounted_from_its_second_year():
    assert discounted_people(100, 3, 0.1) == pytest.approx(100 * (1 + 1 / 1.1 + 1 / 1.21))
    assert discounted_people(100, 2.5, 0.0, uptake=0.5) == pytest.approx(125)
    # Years before information can act are left out, in whole or in part.
    assert discounted_people(100, 3, 0.1, after=1.5) == pytest.approx(100 * (0.5 / 1.1 + 1 / 1.21))
    assert discounted_people(100, 3, 0.1, after=4) == 0
    assert population_factor({"incidence": None, "years": 5}) is None
