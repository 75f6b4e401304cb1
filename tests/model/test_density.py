"""The compiled density against the plain likelihood, and its gradient against differences."""

import numpy as np
import pytest
from scipy import stats
from simulated_trial import STUDY, dataset, section
from trialbalance.model.density import (
    CORRELATION,
    HALF_NORMAL,
    NORMAL_AROUND,
    SHARE,
    WEIGHT,
    log_density,
)
from trialbalance.model.layout import plan
from trialbalance.model.pack import pack
from trialbalance.model.predictors import log_rows
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand

EFFECTS = ("normal", "beta", "decrement_gamma", "bernoulli")
COSTS = ("normal", "gamma", "lognormal", "bounded")
DEPENDENCE = ("cost_given_effect", "effect_given_cost", "none")
ALLOWED = [
    (effect, cost, dependence, groups)
    for effect in EFFECTS
    for cost in COSTS
    for dependence in DEPENDENCE
    for groups in (1, 2)
    if dependence != "cost_given_effect"
    or (cost != "bounded" and (effect != "decrement_gamma" or cost == "normal"))
]


def _frame(effect, cost, groups):
    """Forty people with every kind of hole: outcomes, covariates, vital status."""
    frame = dataset(40, missing=0.3, seed=4, deaths=4)
    rng = np.random.default_rng(5)
    frame["site"] = rng.choice(["north", "south", "west"], 40)
    frame["ward"] = rng.choice(["open", "closed"], 40)
    frame["age"] = rng.normal(40, 10, 40)
    frame["school"] = rng.choice(["a", "b", "c"], 40)
    frame.loc[3:6, "age"] = np.nan
    frame.loc[5:8, "school"] = None
    frame.loc[9:11, "baseline_at_ceiling"] = None
    frame["died"] = frame["died"].astype("boolean")
    frame.loc[20:21, "died"] = None
    if effect == "bernoulli":
        frame["effect"] = np.where(frame["effect"].isna(), np.nan, rng.integers(0, 2, 40))
    if cost == "normal":
        frame["cost"] = rng.normal(100, 300, 40)
    if groups == 2:
        frame["cost_records"] = frame["cost"] * 0.7
        frame["cost_diary"] = rng.gamma(2.0, 50.0, 40) * (rng.random(40) > 0.2)
        frame.loc[rng.random(40) < 0.3, "cost_records"] = np.nan
        frame.loc[rng.random(40) < 0.3, "cost_diary"] = np.nan
    else:
        frame.loc[rng.random(40) < 0.3, "cost"] = np.nan
    return frame


def _parts(effect, cost, dependence, groups, structure=True, common=()):
    frame = _frame(effect, cost, groups)
    names = ["records", "diary"] if groups == 2 else []
    own = {"family": "gamma" if cost == "bounded" else cost}
    if cost == "bounded":
        own["maximum"] = {"records" if groups == 2 else "total": 1e5}
    settings = section(
        dependence=dependence, common_to_arms=common, cost=own,
        effect={"family": effect, "lower": -0.594},
        **({"clusters": "site", "subgroups": ["ward"]} if structure else {}),
    )  # fmt: skip
    trial = prepare(frame, names, STUDY, settings)
    setup = configurations(trial)
    rows = expand(trial, setup)
    layout = plan(trial, setup, rows, settings["priors"])
    return trial, setup, rows, layout


def _point(layout, seed):
    return layout.start_point(seed) + np.random.default_rng(seed).normal(0, 0.3, layout.size)


def _log_prior(kind, value, x, centre, scale):
    """Log prior of one element with the Jacobian of its transform, from scipy."""
    if kind == NORMAL_AROUND:
        return stats.norm.logpdf(value, centre, scale)
    if kind == HALF_NORMAL:
        return stats.halfnorm.logpdf(value, 0, scale) + x
    if kind == SHARE:
        return stats.beta.logpdf(value, centre, scale) + np.log(value) + np.log1p(-value)
    if kind == WEIGHT:
        return stats.expon.logpdf(value) + x
    if kind == CORRELATION:
        half = (value + 1) / 2
        return stats.beta.logpdf(half, scale, scale) + np.log(half) + np.log1p(-half)
    return 0.0


def _plain_prior(layout, point):
    values = layout.constrain(point)
    above = [values[parent] if parent >= 0 else 0.0 for parent in layout.parent]
    columns = zip(layout.kind, values, point, layout.location, above, layout.scale, strict=True)
    return sum(_log_prior(kind, v, x, centre + own, scale)
               for kind, v, x, centre, own, scale in columns)  # fmt: skip


def _plain(trial, setup, rows, layout, point):
    """Log posterior from the plain likelihood."""
    named = {name: values[None] for name, values in layout.named(point).items()}
    lines = log_rows(trial, setup, rows, named)[0]
    total = _plain_prior(layout, point)
    for person in range(trial.size):
        total += np.logaddexp.reduce(lines[rows.person == person])
    for name, _, _ in setup.latent:
        seen = setup.strata_seen[name]
        mean = named[f"covariate_mean:{name}"][0]
        if setup.strata[name].shape[1]:
            mean = mean + setup.strata[name][seen] @ named[f"covariate_slope:{name}"][0]
        values = trial.covariates[name].values[seen]
        total += stats.norm.logpdf(values, mean, named[f"covariate_sd:{name}"][0]).sum()
    return total


@pytest.mark.parametrize(("effect", "cost", "dependence", "groups"), ALLOWED)
def test_density_equals_the_plain_likelihood(effect, cost, dependence, groups):
    trial, setup, rows, layout = _parts(effect, cost, dependence, groups)
    data = pack(trial, setup, rows, layout)
    for seed in (1, 2):
        point = _point(layout, seed)
        value, _ = log_density(point, data)
        assert value == pytest.approx(_plain(trial, setup, rows, layout, point), rel=1e-10)


@pytest.mark.parametrize(("effect", "cost", "dependence", "groups"), ALLOWED[::5])
def test_what_arms_have_in_common_is_one_parameter(effect, cost, dependence, groups):
    apart = _parts(effect, cost, dependence, groups)
    parts = _parts(effect, cost, dependence, groups, common=("spread", "dependence"))
    trial, setup, rows, layout = parts
    both = [name for name in ("cost_cv", "dependence", "effect_sd", "effect_log_precision",
                              "effect_cv", "effect_on_cost", "ceiling_on_cost")
            if name in layout.parts]  # fmt: skip
    halved = sum(apart[3].parts[name].places.size // 2 for name in both)
    assert apart[3].size - layout.size == halved > 0
    point = _point(layout, 1)
    named = layout.named(point)
    assert all((named[name] == named[name][:1]).all() for name in both)
    value, gradient = log_density(point, pack(trial, setup, rows, layout))
    assert value == pytest.approx(_plain(*parts, point), rel=1e-10)
    _assert_slope(parts, point, gradient)


@pytest.mark.parametrize(("effect", "cost", "dependence", "groups"), ALLOWED)
def test_gradient_equals_differences(effect, cost, dependence, groups):
    parts = _parts(effect, cost, dependence, groups)
    point = _point(parts[3], 3)
    _, gradient = log_density(point, pack(*parts))
    _assert_slope(parts, point, gradient)


def _assert_slope(parts, point, gradient):
    layout, data = parts[3], pack(*parts)
    step = 1e-5
    found = np.array([
        (log_density(point + step * one, data)[0] - log_density(point - step * one, data)[0])
        for one in np.eye(layout.size)
    ]) / (2 * step)  # fmt: skip
    worst = np.argmax(np.abs(found - gradient) / (1 + np.abs(found)))
    name = [part for part in layout.parts.values() if part.start <= worst][-1].name
    np.testing.assert_allclose(gradient, found, rtol=2e-5, atol=2e-4, err_msg=name)


def test_every_slot_of_the_density_is_used_by_some_family():
    used = set()
    for effect, cost, dependence, groups in ALLOWED:
        used |= set(_parts(effect, cost, dependence, groups)[3].parts)
    assert {"latent_effect", "latent_ratio", "dead_effect", "site_correlation", "carry_over",
            "ward_effect_sd", "category_weight:school", "latent:age"} <= used  # fmt: skip
