"""The likelihood against brute force, without sampling."""

import numpy as np
import pytest
from scipy import integrate, special, stats
from simulated_trial import STUDY, dataset, parameters_of, section
from trialbalance.model.pointwise import log_likelihood
from trialbalance.model.predictive import replicate
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand
from trialbalance.model.standardise import arm_means, mean_of_exponential


def _setup(frame, groups=(), **settings):
    own = section(**settings)
    trial = prepare(frame, list(groups), STUDY, own)
    setup = configurations(trial)
    rows = expand(trial, setup)
    return trial, rows, setup, parameters_of(trial, setup, rows, own["priors"])


def _gamma(cost, log_mean, cv):
    return stats.gamma.pdf(cost, 1 / cv**2, scale=np.exp(log_mean) * cv**2)


def _one(trial, rows, setup, parameters, name):
    people, values = log_likelihood(trial, setup, rows, parameters)
    person = list(trial.participants[people]).index(name)
    return float(values[0, person])


def _shares(p, trial, arm, baseline):
    """Mean below the ceiling, share at the ceiling, mean, for one person."""
    covariate = trial.covariates["baseline_effect"]
    predictor = p["effect_level"][0, arm] + p["effect_slope"][0, 0] * (
        (baseline - covariate.centre) / covariate.scale
    )
    level = 1 / (1 + np.exp(-predictor))
    share = 1 / (1 + np.exp(-p["ceiling_level"][0, arm])) if baseline == 1 else 0.0
    return level, share, share + (1 - share) * level


def _beta_gamma(p, trial, arm, baseline, cost):
    """Density of an observed cost with the effect integrated out by adaptive quadrature."""
    level, share, mean = _shares(p, trial, arm, baseline)
    precision = np.exp(p["effect_log_precision"][0, arm])

    def given(effect):
        score = (effect - mean) / trial.effect_spread
        covariate = trial.covariates["baseline_effect"]
        log_mean = p["cost_level"][0, arm, 0] + p["dependence"][0, arm, 0] * score
        log_mean += p["cost_slope"][0, 0, 0] * (baseline - covariate.centre) / covariate.scale
        zero = 1 / (1 + np.exp(-p["zero_level"][0, arm, 0]))
        return (1 - zero) * _gamma(cost, log_mean, p["cost_cv"][0, arm, 0])

    density = stats.beta(level * precision, (1 - level) * precision).pdf
    below = integrate.quad(lambda e: density(e) * given(e), 0, 1, limit=200)[0]
    return share * given(1.0) + (1 - share) * below


@pytest.mark.parametrize("baseline", [0.6, 1.0])
def test_missing_effect_with_cost_equals_brute_force(baseline):
    frame = dataset(40)
    frame.loc[0, ["effect", "at_ceiling"]] = np.nan, None
    frame.loc[0, ["cost", "baseline_effect"]] = 15000.0, baseline
    frame.loc[0, "baseline_at_ceiling"] = baseline == 1
    trial, rows, setup, p = _setup(frame, effect={"family": "beta", "lower": -0.594})
    expected = _beta_gamma(p, trial, int(trial.arm[0]), baseline, trial.cost[0, 0])
    assert _one(trial, rows, setup, p, "p0") == pytest.approx(np.log(expected), abs=1e-3)


def test_missing_baseline_ceiling_sums_its_two_values():
    frame = dataset(40)
    frame.loc[0, "baseline_at_ceiling"] = None
    frame.loc[0, "baseline_effect"] = 1.0
    frame.loc[0, ["effect", "at_ceiling", "cost"]] = 0.5, False, 15000.0
    own = {"effect": {"family": "beta", "lower": -0.594}, "dependence": "none"}
    trial, rows, setup, p = _setup(frame, **own)
    arm = int(trial.arm[0])
    level, share, _ = _shares(p, trial, arm, 1.0)
    precision = np.exp(p["effect_log_precision"][0, arm])
    density = stats.beta(level * precision, (1 - level) * precision).pdf(trial.effect[0])
    prior = p["category_share:baseline_at_ceiling"][0]
    without = log_likelihood(trial, setup, rows, p)
    frame.loc[0, "baseline_at_ceiling"] = True
    at_top = np.log(prior[1] * (1 - share) * density)
    both = np.log(prior[0] * density + prior[1] * (1 - share) * density)
    known, known_rows, known_setup, _ = _setup(frame, **own)
    value = log_likelihood(known, known_setup, known_rows, p)[1][0, 0]
    assert without[1][0, 0] - value == pytest.approx(both - at_top + np.log(prior[1]), abs=1e-8)


def test_missing_normal_effect_integrates_in_closed_form():
    frame = dataset(40)
    frame.loc[0, ["effect", "at_ceiling"]] = np.nan, None
    trial, rows, setup, p = _setup(
        frame, effect={"family": "normal", "covariates": []},
        cost={"family": "normal", "covariates": []},
    )  # fmt: skip
    arm = int(trial.arm[0])
    level, spread = p["effect_level"][0, arm], p["effect_sd"][0, arm]

    def integrand(effect):
        score = (effect - level) / trial.effect_spread
        mean = p["cost_level"][0, arm, 0] + p["dependence"][0, arm, 0] * score
        cost = stats.norm.pdf(trial.cost[0, 0], mean, p["cost_cv"][0, arm, 0])
        return stats.norm.pdf(effect, level, spread) * cost

    expected = integrate.quad(integrand, level - 9 * spread, level + 9 * spread)[0]
    assert _one(trial, rows, setup, p, "p0") == pytest.approx(np.log(expected), abs=1e-6)


def test_later_group_keeps_its_mean_whatever_the_first():
    rng = np.random.default_rng(1)
    ratio = rng.gamma(0.5, 2.0, 400_000) * (rng.random(400_000) > 0.3) / 0.7
    assert np.mean(1 - 0.6 + 0.6 * ratio) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("family", ["normal", "beta", "bernoulli"])
def test_mean_of_exponential_equals_monte_carlo(family):
    rng = np.random.default_rng(2)
    size = 400_000
    level, share, precision, spread = 0.7, 0.3, 6.0, 0.4
    if family == "normal":
        draws, moments = rng.normal(level, spread, size), {"mean": level}
    elif family == "bernoulli":
        draws = (rng.random(size) < share).astype(float)
        moments = {"share": share, "mean": share, "level": 0.0}
    else:
        below = rng.beta(level * precision, (1 - level) * precision, size)
        draws = np.where(rng.random(size) < share, 1.0, below)
        moments = {"level": level, "share": share, "mean": share + (1 - share) * level}
    got = mean_of_exponential(family, -0.8, 0.5, moments, spread, precision)
    brute = np.exp(-0.8 * (draws - moments["mean"]) / 0.5).mean()
    assert got == pytest.approx(brute, rel=0.01)


def test_nobody_with_an_outcome_leaves_the_likelihood():
    frame = dataset(60, missing=0.4)
    frame.loc[0, ["effect", "at_ceiling", "cost"]] = np.nan, None, np.nan
    trial, rows, setup, p = _setup(frame, effect={"family": "beta", "lower": -0.594})
    people, values = log_likelihood(trial, setup, rows, p)
    informed = frame["effect"].notna() | frame["cost"].notna()
    assert list(trial.participants[people]) == list(frame.loc[informed, "participant_id"])
    assert np.isfinite(values).all()


def test_lognormal_cost_has_its_jacobian_and_its_natural_mean():
    frame = dataset(40)
    trial, rows, setup, p = _setup(
        frame, dependence="none", effect={"covariates": []},
        cost={"family": "lognormal", "covariates": []},
    )  # fmt: skip
    spread = np.sqrt(np.log1p(p["cost_cv"][0, :, 0] ** 2))
    people, values = log_likelihood(trial, setup, rows, p)
    effect = stats.norm.logpdf(
        trial.effect, p["effect_level"][0, trial.arm], p["effect_sd"][0, trial.arm]
    )
    zero = special.expit(p["zero_level"][0, trial.arm, 0])
    scale = np.exp(p["cost_level"][0, :, 0] - spread**2 / 2)
    law = [stats.lognorm(spread[arm], scale=scale[arm]) for arm in range(2)]
    for number in people:
        cost, arm = trial.cost[number, 0], trial.arm[number]
        expected = np.log(zero[number])
        if cost > 0:
            expected = np.log1p(-zero[number]) + law[arm].logpdf(cost)
        assert values[0, number] - effect[number] == pytest.approx(expected, abs=1e-9)
    got = arm_means(trial, setup, rows, p)["mean_cost"][0] / trial.cost_unit[0]
    chance = 1 - special.expit(p["zero_level"][0, :, 0])
    np.testing.assert_allclose(got, chance * [own.mean() for own in law], rtol=1e-9)


@pytest.mark.parametrize("dependence", ["cost_given_effect", "effect_given_cost", "none"])
def test_hurdle_of_a_normal_cost(dependence):
    bare = {"family": "normal", "covariates": []}
    trial, rows, setup, p = _setup(
        dataset(40), dependence=dependence, effect=bare, cost=bare | {"hurdle": "yes"}
    )
    assert trial.hurdle == [0]
    means = arm_means(trial, setup, rows, p)
    chance = special.expit(p["zero_level"][0, :, 0])
    expected = (1 - chance) * p["cost_level"][0, :, 0] * trial.cost_unit[0]
    np.testing.assert_allclose(means["mean_cost"][0], expected, rtol=1e-9)
    expected = trial.effect_unit * p["effect_level"][0]
    np.testing.assert_allclose(means["mean_effect"][0], expected, rtol=1e-9)


REPLICATED = [
    (effect, cost, dependence)
    for effect in ("beta", "decrement_gamma")
    for cost in ("normal", "gamma", "lognormal")
    for dependence in ("cost_given_effect", "effect_given_cost", "none")
    if effect == "beta" or cost == "normal" or dependence != "cost_given_effect"
]


@pytest.mark.parametrize(("family", "cost_family", "dependence"), REPLICATED)
def test_replicates_have_the_means_of_the_arms(family, cost_family, dependence):
    frame = dataset(4000)
    trial, rows, setup, p = _setup(
        frame, dependence=dependence,
        cost={"family": cost_family, "hurdle": "yes", "covariates": []},
        effect={"family": family, "lower": -0.594, "covariates": []},
    )  # fmt: skip
    means = arm_means(trial, setup, rows, p)
    rng = np.random.default_rng(1)
    drawn = [replicate(trial, setup, p, np.arange(trial.size), rng) for _ in range(30)]
    effect = trial.effect_origin + trial.effect_unit * np.mean([e for e, _ in drawn], axis=0)
    cost = np.mean([c for _, c in drawn], axis=0)
    for arm in range(2):
        own = trial.arm == arm
        assert effect[own].mean() == pytest.approx(means["mean_effect"][0, arm], abs=0.015)
        error = abs(cost[own].mean() - means["mean_cost"][0, arm])
        assert error < 0.02 * trial.cost_unit[0]


def test_missing_decrement_with_cost_equals_brute_force():
    frame = dataset(40)
    frame.loc[0, ["effect", "at_ceiling"]] = np.nan, None
    frame.loc[0, ["cost", "baseline_effect", "baseline_at_ceiling"]] = 15000.0, 1.0, True
    trial, rows, setup, p = _setup(
        frame, effect={"family": "decrement_gamma", "covariates": []},
        cost={"family": "normal", "covariates": []},
    )  # fmt: skip
    arm = int(trial.arm[0])
    shape = 1 / p["effect_cv"][0, arm] ** 2
    law = stats.gamma(shape, scale=np.exp(-p["effect_level"][0, arm]) / shape)
    share = special.expit(p["ceiling_level"][0, arm])
    mean = -(1 - share) * law.mean()

    def given(effect):
        moved = p["dependence"][0, arm, 0] * (effect - mean) / trial.effect_spread
        return stats.norm.pdf(
            trial.cost[0, 0], p["cost_level"][0, arm, 0] + moved, p["cost_cv"][0, arm, 0]
        )

    below = integrate.quad(lambda q: given(-law.ppf(q)), 0, 1, limit=200)[0]
    expected = np.log(share * given(0.0) + (1 - share) * below)
    assert _one(trial, rows, setup, p, "p0") == pytest.approx(expected, abs=1e-3)


def test_observed_decrement_has_its_density():
    bare = {"covariates": []}
    trial, rows, setup, p = _setup(
        dataset(40), dependence="none", effect={"family": "decrement_gamma"} | bare,
        cost={"family": "normal"} | bare,
    )  # fmt: skip
    people, values = log_likelihood(trial, setup, rows, p)
    for person, value in zip(people, values[0], strict=True):
        arm = trial.arm[person]
        mean, spread = p["cost_level"][0, arm, 0], p["cost_cv"][0, arm, 0]
        own = value - stats.norm.logpdf(trial.cost[person, 0], mean, spread)
        shape = 1 / p["effect_cv"][0, arm] ** 2
        law = stats.gamma(shape, scale=np.exp(-p["effect_level"][0, arm]) / shape)
        share = setup.possible[person] * special.expit(p["ceiling_level"][0, arm])
        if trial.at_ceiling[person]:
            expected = np.log(share)
        else:
            expected = np.log1p(-share) + law.logpdf(-trial.effect[person])
        assert own == pytest.approx(expected, abs=1e-9)
