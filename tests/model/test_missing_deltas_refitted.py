"""Moving the unobserved by algebra, against imputing them with the delta and fitting again."""

import numpy as np
import pytest
from simulated_trial import STUDY, dataset, section
from trialbalance.decision.draws import arm_draws
from trialbalance.decision.missing.unobserved import move, unobserved_arrays
from trialbalance.model.fitting import flat
from trialbalance.model.forms import fit
from trialbalance.model.prepare import prepare
from trialbalance.model.results import arm_draws as model_arm_draws
from trialbalance.model.results import unobserved_means

pytestmark = pytest.mark.model
SETTINGS = {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "dependence": "none"}
# Corners of the map: deltas of arms A and B on the effect, with percents on their cost.
CORNERS = [((a, b), (100 * a, 300 * b)) for a in (-0.2, 0.2) for b in (-0.2, 0.2)]
IMPUTATIONS = 600


@pytest.fixture(scope="module")
def incomplete():
    """People with low baseline lack the effect more often, others lack cost; three died."""
    frame = dataset(160, seed=11)
    rng = np.random.default_rng(12)
    low = frame["baseline_effect"] < frame["baseline_effect"].median()
    gone = rng.random(160) < np.where(low, 0.5, 0.2)
    frame.loc[gone, ["effect", "at_ceiling"]] = [np.nan, None]
    frame.loc[~gone & (rng.random(160) < 0.3), "cost"] = np.nan
    frame.loc[frame.index[frame["effect"].notna()][:3], "died"] = True
    return frame


@pytest.fixture(scope="module")
def fitted(incomplete):
    idata = fit(incomplete, [], STUDY, section(**SETTINGS), 1)
    arrays = arm_draws(model_arm_draws(idata), STUDY)
    return idata, arrays, unobserved_arrays(unobserved_means(idata), arrays)


@pytest.fixture(scope="module")
def trial(incomplete):
    return prepare(incomplete, [], STUDY, section(**SETTINGS))


@pytest.fixture(scope="module")
def drawn(fitted):
    return flat(fitted[0])


def impute(drawn, trial, number, noise):
    """Complete the data once, from one posterior draw or (None) from the posterior mean."""
    draw = {name: values.mean(axis=0) if number is None else values[number]
            for name, values in drawn.items()}  # fmt: skip
    covariate = trial.covariates["baseline_effect"]
    baseline = covariate.design(covariate.values)[:, 0]
    effect = draw["effect_level"][trial.arm] + draw["effect_slope"][0] * baseline
    effect = effect + draw["effect_sd"][trial.arm] * noise[0]
    cost = draw["cost_level"][trial.arm, 0] + draw["cost_slope"][0, 0] * baseline
    cost = cost + draw["cost_cv"][trial.arm, 0] * noise[1]
    effect = trial.effect_origin + trial.effect_unit * effect
    return baseline, effect, cost * trial.cost_unit[0]


def completed(frame, trial, effect, cost, corner):
    """Return the data with the imputed values moved by the deltas of their arm."""
    delta, percent = (np.array(values)[trial.arm] for values in corner)
    whole = frame.copy()
    whole["effect"] = frame["effect"].where(frame["effect"].notna(), effect + delta)
    whole["cost"] = frame["cost"].where(frame["cost"].notna(), cost * (1 + percent / 100))
    return whole


def one_draw(values, arm, baseline, rng):
    """One posterior draw of the arms' means: regression with a spread for each arm."""
    design = np.column_stack([arm == 0, arm == 1, baseline]).astype(float)
    weight = np.ones(len(values))
    for _ in range(3):
        products = np.linalg.inv((design.T * weight) @ design)
        slopes = products @ (design.T * weight) @ values
        rest = values - design @ slopes
        weight = np.array([1 / np.mean(rest[arm == a] ** 2) for a in (0, 1)])[arm]
    return rng.multivariate_normal(slopes, products)[:2]


@pytest.mark.parametrize("corner", CORNERS)
def test_algebra_is_imputing_with_the_delta_and_analysing_again(
    incomplete, fitted, trial, drawn, corner
):
    idata, arrays, unobserved = fitted
    rng, alive = np.random.default_rng(5), ~incomplete["died"].to_numpy(bool)
    found = {"cost": [], "effect": []}
    for number in rng.choice(len(arrays.draw), IMPUTATIONS, replace=False):
        baseline, effect, cost = impute(drawn, trial, number, rng.standard_normal((2, 160)))
        whole = completed(incomplete, trial, effect, cost, corner)
        for name, rows in (("cost", np.ones(160, bool)), ("effect", alive)):
            values = whole[name].to_numpy(float)[rows]
            found[name].append(one_draw(values, trial.arm[rows], baseline[rows], rng))
    moved = dict(zip(("cost", "effect"), move(arrays, unobserved, *corner), strict=True))
    # Deaths are a part of their own: the arm's mean is that of the living but for the dead.
    death = idata.posterior["p_death"].stack(s=("chain", "draw")).to_numpy().T
    dead = incomplete.loc[~alive, "effect"].mean()
    for name in found:
        again = np.array(found[name])
        if name == "effect":
            chance = death.mean(axis=0)
            again = (1 - chance) * again + chance * dead
        spread = again.std(axis=0)
        error = 4 * spread / np.sqrt(IMPUTATIONS)
        assert (abs(again.mean(axis=0) - moved[name].mean(axis=0)) < error + 0.15 * spread).all()
        np.testing.assert_allclose(moved[name].std(axis=0), spread, rtol=0.2)
