"""The effect modelled given cost: against brute force, and in one fit with missing effects."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats
from simulated_trial import STUDY, dataset, parameters_of, section
from trialbalance.model.checks import check
from trialbalance.model.forms import fit
from trialbalance.model.pointwise import log_likelihood
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand
from trialbalance.model.standardise import arm_means

BETA = {"family": "beta", "lower": -0.594, "covariates": []}
BARE = {"covariates": []}


def _setup(frame, groups=(), **settings):
    own = section(dependence="effect_given_cost", **settings)
    trial = prepare(frame, list(groups), STUDY, own)
    setup = configurations(trial)
    rows = expand(trial, setup)
    return trial, setup, rows, parameters_of(trial, setup, rows, own["priors"])


def _log_density(trial, setup, rows, p, person):
    people, values = log_likelihood(trial, setup, rows, p)
    return float(values[0, list(trial.participants[people]).index(person)])


def _cost_law(p, arm):
    """Chance of zero and the law of a positive first cost (gamma, no covariates)."""
    shape = 1 / p["cost_cv"][0, arm, 0] ** 2
    law = stats.gamma(shape, scale=np.exp(p["cost_level"][0, arm, 0]) / shape)
    chance = special.expit(p["zero_level"][0, arm, 0]) if "zero_level" in p else 0.0
    return chance, law


def _expected(p, arm, value):
    """Mean of a function of the first cost, zero included, by adaptive quadrature."""
    chance, law = _cost_law(p, arm)
    inside = integrate.quad(lambda q: value(law.ppf(q)), 0, 1, limit=400, epsabs=1e-9)[0]
    return chance * value(0.0) + (1 - chance) * inside


def _score(trial, p, arm):
    centre = _expected(p, arm, lambda c: 1 - np.exp(-c / np.exp(p["cost_level"][0, arm, 0])))
    top = np.exp(p["cost_level"][0, arm, 0])
    return lambda c: (1 - np.exp(-c / top) - centre) / trial.cost_spread


def _effect_given(trial, p, arm, baseline_top):
    """Level below the ceiling and share at the ceiling as functions of the first cost."""
    score = _score(trial, p, arm)

    def level(c):
        return special.expit(p["effect_level"][0, arm] + p["effect_on_cost"][0, arm] * score(c))

    def share(c):
        logit = p["ceiling_level"][0, arm] + p["ceiling_on_cost"][0, arm] * score(c)
        return special.expit(logit)

    return level, share if baseline_top else lambda c: 0.0


def test_missing_cost_with_effect_equals_brute_force():
    frame = dataset(40)
    frame.loc[0, ["cost", "effect", "baseline_effect"]] = np.nan, 0.5, 1.0
    frame.loc[0, ["at_ceiling", "baseline_at_ceiling"]] = False, True
    trial, setup, rows, p = _setup(frame, effect=BETA, cost=BARE)
    arm = int(trial.arm[0])
    level, share = _effect_given(trial, p, arm, True)
    precision = np.exp(p["effect_log_precision"][0, arm])

    def density(c):
        law = stats.beta(level(c) * precision, (1 - level(c)) * precision)
        return (1 - share(c)) * law.pdf(trial.effect[0])

    expected = np.log(_expected(p, arm, density))
    assert _log_density(trial, setup, rows, p, "p0") == pytest.approx(expected, abs=1e-4)


def test_observed_cost_and_missing_effect_need_no_latent():
    frame = dataset(60, missing=0.4)
    frame.loc[0, ["effect", "at_ceiling", "cost"]] = np.nan, None, np.nan
    trial, setup, rows, p = _setup(frame, effect=BETA, cost=BARE)
    assert not rows.effect_latent.any()
    assert not [name for name in p if name.startswith("latent")]
    people, values = log_likelihood(trial, setup, rows, p)
    informed = frame["effect"].notna() | frame["cost"].notna()
    assert list(trial.participants[people]) == list(frame.loc[informed, "participant_id"])
    alone = next(i for i in people if np.isnan(trial.effect[i]) and trial.cost[i, 0] > 0)
    chance, law = _cost_law(p, int(trial.arm[alone]))
    expected = np.log(1 - chance) + law.logpdf(trial.cost[alone, 0])
    assert values[0, list(people).index(alone)] == pytest.approx(expected, abs=1e-9)


def _mean(level, share, tops):
    return lambda c: level(c) + tops * share(c) * (1 - level(c))


@pytest.mark.parametrize("cv", [0.3, 0.8, 2.0])
@pytest.mark.parametrize("family", ["beta", "bernoulli"])
def test_arm_means_average_over_cost(family, cv):
    frame = dataset(40)
    if family == "bernoulli":
        frame["effect"] = (frame["effect"] > 0.6).astype(float)
    effect = BETA if family == "beta" else {"family": family, "covariates": []}
    trial, setup, rows, p = _setup(frame, effect=effect, cost=BARE)
    p["cost_cv"] = np.full_like(p["cost_cv"], cv)
    p["effect_on_cost"] = np.array([[-1.2, 0.9]])
    got = arm_means(trial, setup, rows, p)
    tops = frame["baseline_at_ceiling"].mean() if family == "beta" else 0.0
    for arm in range(2):
        level, share = _effect_given(trial, p, arm, family == "beta")
        internal = _expected(p, arm, _mean(level, share, tops))
        expected = trial.effect_origin + trial.effect_unit * internal
        assert got["mean_effect"][0, arm] == pytest.approx(expected, abs=2e-5)
        chance, law = _cost_law(p, arm)
        cost = (1 - chance) * law.mean() * trial.cost_unit[0]
        assert got["mean_cost"][0, arm] == pytest.approx(cost, rel=1e-9)


def test_missing_normal_cost_integrates_in_closed_form():
    frame = dataset(40)
    frame.loc[0, "cost"] = np.nan
    normal = {"family": "normal", "covariates": []}
    trial, setup, rows, p = _setup(frame, effect=normal, cost=normal)
    assert not rows.ratio_latent.any()
    arm = int(trial.arm[0])
    mean, spread = p["cost_level"][0, arm, 0], p["cost_cv"][0, arm, 0]

    def integrand(c):
        moved = p["effect_on_cost"][0, arm] * (c - mean) / trial.cost_spread
        effect = stats.norm.pdf(
            trial.effect[0], p["effect_level"][0, arm] + moved, p["effect_sd"][0, arm]
        )
        return effect * stats.norm.pdf(c, mean, spread)

    expected = integrate.quad(integrand, mean - 9 * spread, mean + 9 * spread)[0]
    got = _log_density(trial, setup, rows, p, "p0")
    assert got == pytest.approx(np.log(expected), abs=1e-8)


def test_missing_lognormal_cost_equals_brute_force():
    frame = dataset(40)
    frame.loc[0, "cost"] = np.nan
    effect, cost = {"family": "normal", "covariates": []}, {"family": "lognormal"} | BARE
    trial, setup, rows, p = _setup(frame, effect=effect, cost=cost)
    arm = int(trial.arm[0])
    none = special.expit(p["zero_level"][0, arm, 0])

    def density(value):
        moved = p["effect_on_cost"][0, arm] * (value - (1 - none) / 2) / trial.cost_spread
        mean = p["effect_level"][0, arm] + moved
        return stats.norm.pdf(trial.effect[0], mean, p["effect_sd"][0, arm])

    inside = integrate.quad(lambda z: density(special.expit(z)) * stats.norm.pdf(z), -9, 9)[0]
    expected = np.log(none * density(0.0) + (1 - none) * inside)
    assert _log_density(trial, setup, rows, p, "p0") == pytest.approx(expected, abs=5e-5)


def test_normal_arm_mean_is_the_level():
    frame = dataset(40)
    trial, setup, rows, p = _setup(frame, effect={"covariates": []}, cost=BARE)
    got = arm_means(trial, setup, rows, p)["mean_effect"]
    np.testing.assert_allclose(got, trial.effect_unit * p["effect_level"], rtol=1e-12)


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
