"""Cells of totals: one effect, one cost a group; hard cases with a known answer."""

import numpy as np
import pandas as pd
import pytest
from followed_trial import section
from trialbalance.model.cells.fitting import fit_cells
from trialbalance.model.cells.totals import cells_of_totals

STUDY = {"arms": {"A": {}, "B": {}}, "comparator": "A"}


def frame(arm, cost, effect, **further):
    return pd.DataFrame({"participant_id": [f"p{i}" for i in range(len(arm))],
                         "arm": np.array(["A", "B"])[arm], "cost": cost, "effect": effect,
                         **further})  # fmt: skip


def settings(**changes):
    own = {"cells": "totals", "draws": 300, "tune": 300, "chains": 2}
    return section(**(own | changes))


def answer(table, own, seed=1):
    return fit_cells(cells_of_totals(table, [], STUDY, own), own, seed, "A").posterior


def difference(posterior, name="mean_effect"):
    means = posterior[name]
    return (means.sel(arm="B") - means.sel(arm="A")).to_numpy().ravel()


def test_cost_follows_the_effect_or_the_effect_the_cost_or_neither():
    arm = np.array([0, 0, 1, 1])
    table = frame(arm, [1.0, 2, 3, 5], [0.1, 0.2, 0.4, 0.3])
    found = {}
    for dependence in ("cost_given_effect", "effect_given_cost", "none"):
        cells = cells_of_totals(table, [], STUDY, settings(dependence=dependence)).cells
        found[dependence] = {cell.name: cell.parents for cell in cells}
    assert found["cost_given_effect"] == {"effect": (), "cost": ("effect",)}
    assert found["effect_given_cost"] == {"cost": (), "effect": ("cost",)}
    assert found["none"] == {"cost": (), "effect": ()}


def low_effects(people, mean, spread, gap, seed=1):
    """Two arms of exactly this mean, SD and difference (F3)."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=people)
    z = (z - z.mean()) / z.std(ddof=1) * spread
    cost = rng.normal(1000, 300, 2 * people)
    effect = np.r_[z + mean - gap / 2, z[::-1] + mean + gap / 2]
    return frame(np.repeat([0, 1], people), cost, effect)


@pytest.mark.model
def test_a_small_trial_of_low_utilities_is_not_shrunk_and_its_origin_does_not_matter():
    own, told = settings(draws=1500), []
    for mean in (0.195, -0.30, 0.70):
        draws = difference(answer(low_effects(20, mean, 0.36, 0.18), own))
        assert draws.mean() == pytest.approx(0.18, abs=0.012)
        assert 0.9 < draws.std() / (0.36 * np.sqrt(2 / 20)) < 1.25
        told.append(draws)
    np.testing.assert_allclose(told[0], told[1], atol=1e-6)


@pytest.mark.model
def test_an_arm_wholly_at_its_ceiling_has_a_sane_mean_cost():
    rng = np.random.default_rng(2)
    arm = np.repeat([0, 1], 60)
    cost = rng.gamma(1, 5000, 120)
    effect = np.clip(0.75 + 0.2 * rng.normal(size=120), -0.3, 1.0)
    effect[arm == 1] = 1.0
    own = settings(effect={"family": "beta", "lower": -0.594, "ceiling": 1.0},
                   cost={"family": "gamma"})  # fmt: skip
    posterior = answer(frame(arm, cost, effect), own)
    for number, name in enumerate("AB"):
        draws = posterior["mean_cost"].sel(arm=name).to_numpy()
        mean = cost[arm == number].mean()
        error = cost[arm == number].std(ddof=1) / np.sqrt(60)
        assert abs(draws.mean() - mean) < 0.15 * error
        assert draws.std() == pytest.approx(error, rel=0.25)
    assert posterior["mean_effect"].sel(arm="B").to_numpy() == pytest.approx(1.0)


@pytest.mark.model
def test_the_dead_gain_by_arm():
    """A quarter die, later in B (F2)."""
    rng = np.random.default_rng(6)
    arm = np.arange(400) % 2
    died = rng.random(400) < 0.25
    at = np.where(arm == 1, rng.uniform(0.3, 0.9, 400), rng.uniform(0.1, 0.6, 400))
    effect = np.where(died, 0.6 * at, np.clip(0.6 + 0.15 * rng.normal(size=400), -0.5, 0.99))
    table = frame(arm, rng.normal(1000, 300, 400), effect, died=died)
    draws = difference(answer(table, settings()))
    own = [effect[arm == a] for a in (0, 1)]
    error = np.sqrt(sum(one.var(ddof=1) / len(one) for one in own))
    assert abs(draws.mean() - (own[1].mean() - own[0].mean())) < 0.15 * error
    assert draws.std() == pytest.approx(error, rel=0.12)
