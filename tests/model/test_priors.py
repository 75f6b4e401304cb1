"""Priors in NumPy: the density PyMC declares, draws that have it, and what they imply."""

import numpy as np
import pytest
from simulated_trial import STUDY, dataset, section
from trialbalance.model.declare import declare
from trialbalance.model.plausibility import prior_plausibility
from trialbalance.model.prepare import prepare
from trialbalance.model.priors import draw_prior, log_prior
from trialbalance.model.rows import configurations, expand

FAMILIES = [
    {"effect": {"family": "beta", "lower": -0.594}, "cost": {"family": "gamma"}},
    {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "dependence": "none"},
    {"effect": {"family": "decrement_gamma"}, "dependence": "effect_given_cost"},
]


def gappy():
    """Deaths, missing outcomes, and missing covariates of three kinds."""
    frame = dataset(60, missing=0.2, deaths=3)
    rng = np.random.default_rng(5)
    frame["colour"] = rng.choice(["red", "green", "blue"], len(frame))
    frame.loc[:4, "colour"] = None
    frame.loc[5:9, "baseline_effect"] = np.nan
    frame.loc[5:9, "baseline_at_ceiling"] = None
    return frame


def prepared(own):
    trial = prepare(gappy(), [], STUDY, own)
    setup = configurations(trial)
    return trial, setup, expand(trial, setup)


@pytest.mark.parametrize("settings", FAMILIES)
def test_density_is_the_one_that_pymc_declares(settings):
    own = section(**settings)
    trial, setup, rows = prepared(own)
    model, layout = declare(trial, setup, rows, own["priors"])
    names = ("common", "coefficient", "spread", "share", *layout.dirichlet)
    variables = [variable for variable in model.free_RVs if variable.name in names]
    assert {variable.name for variable in model.free_RVs} - {*names} <= {"latent", "flat"}
    density = model.compile_logp(vars=variables, jacobian=False, mode="FAST_COMPILE")
    drawn = draw_prior(layout, 3, np.random.default_rng(2))
    ours = log_prior(layout, drawn)
    for number in range(3):
        vectors = vectors_of(layout, {name: values[number] for name, values in drawn.items()})
        point = {
            model.rvs_to_values[variable].name: transformed(model, variable, vectors)
            for variable in model.free_RVs
        }
        assert ours[number] == pytest.approx(float(density(point)), rel=1e-8)


def vectors_of(layout, drawn):
    """Put one draw of named parameters back into the vectors of the declared model."""
    found = {name: drawn[name] for name in layout.dirichlet}
    for vector, name, *_ in layout.parts:
        share = name.startswith("binary:")
        values = drawn[name.replace("binary:", "category_share:")]
        piece = values[1:] if share else np.ravel(values)
        found[vector] = np.concatenate([found.get(vector, []), piece])
    return found


def transformed(model, variable, vectors):
    """Return a value on the scale on which PyMC samples it."""
    transform = model.rvs_to_transforms[variable]
    value = vectors[variable.name]
    if transform is None:
        return value
    return transform.forward(value, *variable.owner.inputs).eval()


def test_draws_have_the_moments_of_the_priors():
    own = section(**FAMILIES[0], priors={"cost_scale": 0.3, "cost_arm_scale": 0.4, "cost_cv": 2.0})
    trial, setup, rows = prepared(own)
    layout = declare(trial, setup, rows, own["priors"])[1]
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
