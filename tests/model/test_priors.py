"""Priors in NumPy: the density that is compiled, draws that have it, and what they imply."""

import numpy as np
import pytest
from simulated_trial import STUDY, dataset, section
from trialbalance.model.density import FLAT, _prior, constrain
from trialbalance.model.layout import plan
from trialbalance.model.pack import pack
from trialbalance.model.plausibility import prior_plausibility
from trialbalance.model.prepare import prepare
from trialbalance.model.priors import draw_prior, log_prior, scaled
from trialbalance.model.rows import configurations, expand

FAMILIES = [
    {"effect": {"family": "beta", "lower": -0.594}, "cost": {"family": "gamma"}},
    {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "dependence": "none"},
    {"effect": {"family": "decrement_gamma"}, "dependence": "effect_given_cost"},
    {"clusters": "site", "subgroups": ["ward"]},
    {"cost": {"family": "gamma", "maximum": {"total": 1e6}}, "dependence": "none"},
]


def gappy():
    """Deaths, missing outcomes, and missing covariates of three kinds."""
    frame = dataset(60, missing=0.2, deaths=3)
    rng = np.random.default_rng(5)
    frame["colour"] = rng.choice(["red", "green", "blue"], len(frame))
    frame["site"], frame["ward"] = rng.choice(["north", "south"], (2, len(frame)))
    frame.loc[:4, "colour"] = None
    frame.loc[5:9, "baseline_effect"] = np.nan
    frame.loc[5:9, "baseline_at_ceiling"] = None
    return frame


def prepared(own):
    trial = prepare(gappy(), [], STUDY, own)
    setup = configurations(trial)
    return trial, setup, expand(trial, setup)


def jacobian(layout, point):
    """Log derivative of each parameter by the point that is sampled, by differences."""
    step = 1e-6
    return np.log((layout.constrain(point + step) - layout.constrain(point - step)) / (2 * step))


@pytest.mark.parametrize("settings", FAMILIES)
def test_density_is_the_one_that_is_compiled(settings):
    own = section(**settings)
    trial, setup, rows = prepared(own)
    layout = plan(trial, setup, rows, own["priors"])
    data = pack(trial, setup, rows, layout)
    mine = scaled(layout)
    assert not mine.all()
    # Without a prior of their own, the other elements add nothing.
    data = data._replace(kind=np.where(mine, data.kind, FLAT))
    for seed in range(3):
        point = layout.start_point(seed) + np.random.default_rng(seed).normal(0, 0.5, layout.size)
        values, nothing = constrain(data, point), np.zeros(layout.size)
        compiled = _prior(data, point, values, nothing, nothing.copy())
        named = {name: each[None] for name, each in layout.named(point).items()}
        expected = compiled - jacobian(layout, point)[mine].sum()
        assert log_prior(layout, named)[0] == pytest.approx(expected, rel=1e-6)


def test_deviations_and_missing_values_are_no_parameters():
    own = section(clusters="site", subgroups=["ward"])
    trial, setup, rows = prepared(own)
    layout = plan(trial, setup, rows, own["priors"])
    mine = scaled(layout)
    kept = {name for name, part in layout.parts.items() if mine[part.places].any()}
    spreads = {"site_effect_sd", "site_correlation", "ward_cost_sd", "covariate_sd:baseline_effect"}
    assert spreads <= kept
    assert not kept & {"site_effect", "site_cost", "ward_effect", "latent:baseline_effect"}


def test_draws_have_the_moments_of_the_priors():
    own = section(**FAMILIES[0], priors={"cost_scale": 0.3, "cost_arm_scale": 0.4, "cost_cv": 2.0})
    trial, setup, rows = prepared(own)
    layout = plan(trial, setup, rows, own["priors"])
    drawn = draw_prior(layout, 20000, np.random.default_rng(1))
    level = drawn["cost_level"][..., 0]
    # An arm's level varies with the common level and on its own; two arms share the former.
    assert level.std(axis=0) == pytest.approx(np.full(2, 0.5), rel=0.03)
    assert np.corrcoef(level.T)[0, 1] == pytest.approx(0.3**2 / 0.5**2, abs=0.03)
    assert drawn["cost_cv"].mean() == pytest.approx(2.0 * np.sqrt(2 / np.pi), rel=0.02)
    assert drawn["category_share:colour"].sum(axis=-1) == pytest.approx(1)
    assert drawn["category_share:colour"].mean(axis=0) == pytest.approx(np.full(3, 1 / 3), rel=0.03)


def test_notes_say_what_the_priors_expect():
    own = section(**FAMILIES[1])
    notes = prior_plausibility(dataset(60), [], STUDY, own, 1).set_index("check")
    assert list(notes.index) == [
        "prior: mean cost of an arm",
        "prior: coefficient of variation of cost",
        "prior: mean effect of an arm",
    ]
    assert set(notes["verdict"]) == {"note"}
    frame = dataset(60)
    # The common level is centred on the pooled mean of the data.
    assert notes["value"].iloc[0] == pytest.approx(frame["cost"].mean(), rel=0.3)
    assert notes["value"].iloc[2] == pytest.approx(frame["effect"].mean(), rel=0.3)
    assert "95 % of it between" in notes["advice"].iloc[0]


def test_piled_correlations_are_told():
    plain = {"family": "normal", "covariates": []}
    wide = section(effect=plain, cost=plain, priors={"dependence": 50.0})
    sane = {**wide, "priors": {**wide["priors"], "dependence": 1.0}}
    told, silent = (
        prior_plausibility(dataset(60), [], STUDY, own, 1).set_index("check").iloc[-1]
        for own in (wide, sane)
    )
    assert told.name == "prior: share of correlations beyond 0.95"
    assert told["value"] > 0.5
    assert "lower model.priors.dependence" in told["advice"]
    assert silent["value"] < 0.2
    assert silent["advice"] == ""
