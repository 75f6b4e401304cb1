"""People alive but unobserved: their shares in closed form, and their means under the model."""

import numpy as np
import pandas as pd
import pytest
from simulated_trial import STUDY, dataset, parameters_of, section
from trialbalance.model.missingness import missingness_slopes
from trialbalance.model.over_cost import regression_on_effect
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand
from trialbalance.model.standardise import arm_means, in_arm
from trialbalance.model.unobserved import components, unobserved_means

NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal"}}
BETA = {"effect": {"family": "beta", "lower": -0.594}}
DRAWS = 2000


def found(frame, settings, comparator="A", draws=DRAWS, groups=(), seed=1):
    """Means of the unobserved for one plausible draw of the parameters, repeated."""
    own = section(**settings)
    trial = prepare(frame, list(groups), STUDY, own)
    setup = configurations(trial)
    rows = expand(trial, setup)
    parameters = parameters_of(trial, setup, rows, own["priors"])
    parameters = {name: np.repeat(v, draws, axis=0) for name, v in parameters.items()}
    means = unobserved_means(trial, setup, rows, parameters, comparator, seed)
    return means, (trial, setup, rows, parameters)


def plain(size=200, missing=0.3):
    """No covariates; the first rows of arm A, and twice as many of arm B, lack the effect."""
    frame = dataset(size).drop(columns=["baseline_effect", "baseline_at_ceiling", "at_ceiling"])
    count = int(missing * size / 2)
    for arm, lacking in (("A", count), ("B", 2 * count)):
        frame.loc[frame.index[frame["arm"] == arm][:lacking], "effect"] = np.nan
    return frame


def test_without_covariates_the_share_is_binomial():
    means, (trial, *_) = found(plain(), NORMAL)
    assert components(trial) == ["effect", "cost_total"]
    share = means["share"][..., 0]
    for place, p in enumerate((0.3, 0.6)):
        assert share[:, place].mean() == pytest.approx(p, abs=0.004)
        assert share[:, place].std() == pytest.approx(np.sqrt(p * (1 - p) / 101), rel=0.08)
    assert (means["share"][..., 1] == 0).all()


def test_the_share_is_standardised_over_the_population():
    """Missing only where baseline is low; low baselines are commoner in one arm."""
    frame = dataset(4000, seed=4)
    low = frame["baseline_effect"] < frame["baseline_effect"].median()
    keep = ~(low & (frame["arm"] == "A") & (np.arange(4000) % 8 > 1))
    frame, low = frame[keep].reset_index(drop=True), low[keep].to_numpy()
    frame["baseline_effect"] = low.astype(float)
    frame.loc[low & (np.random.default_rng(1).random(len(frame)) < 0.5), "effect"] = np.nan
    means, _ = found(frame.drop(columns=["baseline_at_ceiling", "at_ceiling"]), NORMAL, draws=200)
    share = means["share"][..., 0].mean(axis=0)
    own = frame["effect"].isna().groupby(frame["arm"]).mean()
    assert own["A"] < 0.15 < 0.24 < own["B"]
    assert share == pytest.approx([0.5 * low.mean()] * 2, abs=0.03)


def test_nobody_dead_is_unobserved():
    frame = dataset(60, deaths=12)
    frame.loc[frame["died"], "effect"] = np.nan
    frame.loc[20:30, "effect"] = np.nan
    frame.loc[frame["arm"] == "A", "died"] = True
    frame["died"] = frame["died"].astype("boolean")
    frame.loc[~frame["died"] & (frame.index > 30), "died"] = pd.NA
    share = found(frame, BETA)[0]["share"][..., 0]
    assert (share[:, 0] == 0).all()
    assert (share[:, 1] > 0).all()


def test_unknown_vital_status_counts_by_the_chance_of_being_alive():
    frame = plain()
    frame.loc[0, "died"] = True
    known, _ = found(frame, NORMAL)
    frame["died"] = frame["died"].astype("boolean")
    frame.loc[frame["effect"].isna() & (frame["arm"] == "B"), "died"] = pd.NA
    unknown, (*_, parameters) = found(frame, NORMAL)
    alive = 1 - parameters["death_probability"][0, 1]
    np.testing.assert_allclose(unknown["share"][:, 1, 0], alive * known["share"][:, 1, 0])


@pytest.mark.parametrize("missing", [0.0, 0.5])
def test_means_of_the_unobserved_add_up_to_the_arm(missing):
    """Where everybody is unobserved they are the arm, whatever the family."""
    frame = dataset(120, missing=missing)
    frame.loc[frame["arm"] == "B", ["effect", "at_ceiling"]] = [np.nan, None]
    for dependence in ("cost_given_effect", "effect_given_cost"):
        settings = BETA | {"dependence": dependence}
        means, (trial, setup, rows, parameters) = found(frame, settings, draws=3)
        whole = arm_means(trial, setup, rows, parameters)
        np.testing.assert_allclose(means["share"][:, 1, 0], 1, rtol=1e-12)
        assert (means["share"] <= 1).all()
        np.testing.assert_allclose(means["mean"][:, 1, 0], whole["mean_effect"][:, 1])
        np.testing.assert_allclose(means["reference_mean"][:, 1, 0], whole["mean_effect"][:, 0])
        np.testing.assert_array_equal(means["mean"][:, 0], means["reference_mean"][:, 0])


def test_their_mean_is_that_of_their_own_covariates():
    """A normal mean is a straight line in the covariate."""
    frame = dataset(2000, seed=8)
    gone = frame["baseline_effect"] > frame["baseline_effect"].median()
    frame.loc[gone & (np.arange(2000) % 3 > 0), "effect"] = np.nan
    frame = frame.drop(columns=["baseline_at_ceiling", "at_ceiling"])
    means, (trial, _, _, parameters) = found(frame, NORMAL, draws=50)
    baseline = trial.covariates["baseline_effect"].values  # noqa: PD011
    for place in (0, 1):
        mean = baseline[np.isnan(trial.effect)].mean() * parameters["effect_slope"][0, 0]
        expected = trial.effect_unit * (parameters["effect_level"][0, place] + mean)
        assert means["mean"][:, place, 0].mean() == pytest.approx(expected, rel=0.03)


def test_a_comparator_nobody_entered_leaves_no_reference():
    means, _ = found(plain(), NORMAL, comparator="C", draws=2)
    assert np.isnan(means["reference_mean"]).all()


def test_swapping_labels_swaps_the_arms():
    frame = dataset(100, missing=0.3)
    there, _ = found(frame, NORMAL, draws=2000)
    frame["arm"] = frame["arm"].map({"A": "B", "B": "A"})
    back, _ = found(frame, NORMAL, draws=2000)
    np.testing.assert_allclose(there["share"].mean(0), back["share"].mean(0)[::-1], atol=0.01)


def test_the_slope_of_cost_on_effect_is_that_of_a_bivariate_normal():
    frame = plain()
    settings = NORMAL | {"dependence": "effect_given_cost"}
    means, (trial, setup, _, parameters) = found(frame, settings, draws=2)
    through = parameters["effect_on_cost"][:, 1] / trial.cost_spread
    spread = parameters["cost_cv"][:, 1, 0]
    variance = parameters["effect_sd"][:, 1] ** 2 + (through * spread) ** 2
    expected = through * spread**2 / variance
    values, _ = in_arm(trial, setup, parameters, 1)
    slope = regression_on_effect(trial, setup.possible, values)
    np.testing.assert_allclose(slope, np.broadcast_to(expected[:, None], slope.shape))
    unit = trial.cost_unit[0] / trial.effect_unit
    np.testing.assert_allclose(means["cost_per_effect"][:, 1, 1], expected * unit)


@pytest.mark.parametrize("family", ["gamma", "lognormal"])
def test_the_slope_agrees_with_simulated_people(family):
    frame = plain().assign(cost=lambda x: x["cost"] + 100)
    settings = {"effect": {"family": "normal"}, "cost": {"family": family},
                "dependence": "effect_given_cost"}  # fmt: skip
    _, (trial, setup, _, parameters) = found(frame, settings, draws=1)
    values, _ = in_arm(trial, setup, parameters, 0)
    slope = regression_on_effect(trial, setup.possible, values)[0, 0]
    rng, size = np.random.default_rng(2), 400_000
    mean = np.exp(parameters["cost_level"][0, 0, 0])
    if family == "gamma":
        shape = parameters["cost_cv"][0, 0, 0] ** -2.0
        ratio = rng.gamma(shape, 1 / shape, size)
        score = 1 - np.exp(-ratio)
    else:
        spread = np.sqrt(np.log1p(parameters["cost_cv"][0, 0, 0] ** 2))
        normal = rng.standard_normal(size)
        ratio, score = np.exp(spread * normal - 0.5 * spread**2), 1 / (1 + np.exp(-normal))
    effect = parameters["effect_on_cost"][0, 0] * (score - score.mean()) / trial.cost_spread
    effect = effect + parameters["effect_sd"][0, 0] * rng.standard_normal(size)
    expected = np.cov(mean * ratio, effect)[0, 1] / effect.var()
    assert slope == pytest.approx(expected, rel=0.05)


def test_separation_stays_finite_and_certainty_is_certain():
    design = np.column_stack([np.ones(40), np.arange(40) > 19])
    slopes = missingness_slopes(design, np.arange(40) > 19, np.ones((2, 40)))
    assert np.isfinite(slopes).all()
    for mark, sign in ((np.ones(40, bool), np.inf), (np.zeros(40, bool), -np.inf)):
        assert (missingness_slopes(design, mark, np.ones((2, 40)))[:, 0] == sign).all()


def test_two_source_groups_are_apart():
    frame = plain()
    frame["cost_records"], frame["cost_interview"] = frame["cost"], 0.2 * frame["cost"] + 10
    frame.loc[frame["effect"].isna(), "cost_interview"] = np.nan
    means, (trial, *_) = found(frame, NORMAL, groups=("records", "interview"))
    assert components(trial) == ["effect", "cost_records", "cost_interview"]
    assert (means["share"][..., 1] == 0).all()
    np.testing.assert_allclose(means["share"][..., 2], means["share"][..., 0])
    np.testing.assert_allclose(means["share_with_effect"][..., 2], means["share"][..., 0])
    assert pd.isna(means["share_with_effect"][..., 0]).all()


@pytest.mark.parametrize("dependence", ["none", "effect_given_cost"])
def test_the_ceiling_is_given_and_taken_away(dependence):
    """Between none and all at the ceiling lies the model's own mean; without one all is blank."""
    settings = BETA | {"dependence": dependence}
    means, (_, setup, *_) = found(dataset(120, missing=0.4), settings, draws=2)
    below, gain = means["below_ceiling"][..., 0], means["ceiling_gain"][..., 0]
    assert ((below < means["mean"][..., 0]) & (means["mean"][..., 0] < below + gain)).all()
    assert (below + gain < 1).all() and setup.possible.min() == 0
    free = settings | {"effect": {**BETA["effect"], "ceiling_needs_baseline": False}}
    means, _ = found(dataset(120, missing=0.4), free, draws=2)
    np.testing.assert_allclose((means["below_ceiling"] + means["ceiling_gain"])[..., 0], 1.0)
    assert np.isnan(found(plain(), NORMAL, draws=2)[0]["below_ceiling"]).all()
