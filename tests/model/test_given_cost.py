"""The effect modelled given cost: fits in which the effect is missed by those who cost much."""

import numpy as np
import pandas as pd
import pytest
from scipy import special
from simulated_trial import STUDY, section
from trialbalance.model.checking.checks import check
from trialbalance.model.forms import fit


def _missing_by_cost(size, seed, heavy=False):
    """Effects that fall with cost and are missing more often where cost is high.

    Gamma costs and beta effects; or lognormal costs with zeros and gamma decrements with a spike.
    """
    rng = np.random.default_rng(seed)
    arm = np.arange(size) % 2
    middle = 8000.0 * np.where(arm, 1.3, 1.0)
    cost = rng.gamma(1.0, middle)
    z = rng.standard_normal(size)
    if heavy:
        some = rng.random(size) > 0.15
        cost = some * np.exp(8.5 + 0.2 * arm + z)
    mean = special.expit(2 + 0.4 * arm - 4 * (1 - np.exp(-cost / middle)))
    effect = rng.beta(mean * 10, (1 - mean) * 10)
    top = heavy & (rng.random(size) < 0.2)
    if heavy:
        fall = 0.1 * np.exp(2 * some * special.expit(z) - 0.2 * arm)
        effect = np.where(top, 1.0, 1 - rng.gamma(2.0, fall))
    gone = rng.random(size) < np.where(cost > 8000, 0.7, 0.1)
    frame = pd.DataFrame(
        {
            "participant_id": [f"p{i}" for i in range(size)], "arm": np.array(["A", "B"])[arm],
            "cost": cost, "effect": np.where(gone, np.nan, effect), "at_ceiling": top & ~gone,
        }
    )  # fmt: skip
    return frame, effect


HEAVY = {"effect": {"family": "decrement_gamma"}, "cost": {"family": "lognormal"}}


@pytest.mark.model
@pytest.mark.parametrize("families", [{"effect": {"family": "beta", "lower": 0.0}}, HEAVY])
def test_missing_effects_are_learnt_from_cost(families):
    heavy = families is HEAVY
    frame, _ = _missing_by_cost(1200, 3, heavy)
    law, whole = _missing_by_cost(200_000, 4, heavy)
    own = section(dependence="effect_given_cost", draws=500, tune=500, **families)
    idata = fit(frame, [], STUDY, own, 1)
    for number, arm in enumerate("AB"):
        draws = idata.posterior["mean_effect"].sel(arm=arm).to_numpy()
        truth = whole[number::2].mean()
        naive = frame.loc[frame["arm"] == arm, "effect"].mean()
        assert abs(draws.mean() - truth) < 3 * draws.std()
        assert abs(draws.mean() - truth) < 0.5 * abs(naive - truth)
        cost = idata.posterior["mean_cost"].sel(arm=arm).to_numpy()
        assert abs(cost.mean() - law.loc[law["arm"] == arm, "cost"].mean()) < 3 * cost.std()
    checks = check(idata, frame, own).set_index("check")
    for gate in ("r_hat", "divergences", "bfmi", "predictive p: correlation (A)"):
        assert checks.loc[gate, "verdict"] == "pass"
