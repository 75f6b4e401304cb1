"""Every family keeps the contract, whatever it is."""

import numpy as np
import pytest
from scipy import integrate
from trialbalance.model.families import FAMILIES, NUMPY

rng = np.random.default_rng(1)
VALUES = {
    "normal": rng.normal(3.0, 2.0, 400),
    "beta": np.append(rng.beta(3, 2, 300) * 1.5 - 0.5, [1.0] * 60),
    "decrement_gamma": np.append(1 - 0.2 * rng.gamma(2, 1, 300), [1.0] * 40),
    "bernoulli": (rng.random(200) < 0.3).astype(float),
    "bounded": np.concatenate([rng.beta(1, 2, 200) * 183, np.zeros(50), np.full(9, 183.0)]),
    "gamma": np.append(rng.gamma(1.5, 900, 200), np.zeros(20)),
    "lognormal": rng.lognormal(6, 1, 200),
    "weibull": 500 * rng.weibull(0.8, 200),
}
ENDS = {"beta": (-0.5, 1.0), "decrement_gamma": (None, 1.0), "bounded": (0.0, 183.0)}
LEVELS = {"normal": 0.3, "beta": 0.4, "bounded": -0.5}
SPREADS = {"normal": 1.2, "beta": 4.0, "bounded": 2.5, "gamma": 2.0, "decrement_gamma": 2.0,
           "lognormal": 0.7, "weibull": 1.4}  # fmt: skip
INSIDE = [name for name in FAMILIES if FAMILIES[name].inside]


def made(name):
    return FAMILIES[name](VALUES[name], *ENDS.get(name, (None, None)))


def log_density(name, value, level=None, spread=None):
    level = LEVELS.get(name, -0.2) if level is None else level
    value = np.atleast_1d(value)
    spread = np.array([SPREADS[name] if spread is None else spread])
    return made(name).log_density(
        NUMPY, made(name).statistics(value), np.full(len(value), level), spread,
        np.zeros(len(value), int),
    )  # fmt: skip


def ends(name):
    return (-15.0, 15.0) if name == "normal" else (0.0, 1.0 if name in ("beta", "bounded") else 60)


def test_every_family_is_tried():
    assert set(VALUES) == set(FAMILIES)
    assert all(family.words and family.equation for family in FAMILIES.values())


@pytest.mark.parametrize("name", INSIDE)
def test_a_density_integrates_to_one_and_has_the_mean_it_says(name):
    low, high = ends(name)
    density = lambda value: float(np.exp(log_density(name, value)[0]))  # noqa: E731
    total = integrate.quad(density, low, high, limit=400, epsabs=1e-9)[0]
    mean = integrate.quad(lambda v: v * density(v), low, high, limit=400, epsabs=1e-9)[0]
    assert total == pytest.approx(1.0, abs=2e-6)
    told = made(name).mean(np.array([LEVELS.get(name, -0.2)]), SPREADS[name])[0]
    assert mean == pytest.approx(told, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", INSIDE)
def test_draws_follow_the_density(name):
    family, level = made(name), np.full(40_000, LEVELS.get(name, -0.2))
    draws = family.draw(np.random.default_rng(2), level, SPREADS[name])
    told = family.mean(level[:1], SPREADS[name])[0]
    assert abs(draws.mean() - told) < 5 * draws.std() / 200
    low = ends(name)[0]
    for cut in np.quantile(draws, (0.2, 0.7)):
        density = lambda value: float(np.exp(log_density(name, value)[0]))  # noqa: E731
        share = integrate.quad(density, low, cut, limit=400)[0]
        assert share == pytest.approx((draws <= cut).mean(), abs=0.012)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_score_is_centred_in_the_data_and_rises_with_the_value(name):
    family = made(name)
    score = family.score(family.unit(VALUES[name]))
    assert score.mean() == pytest.approx(0.0, abs=1e-9)
    assert score.std() == pytest.approx(1.0, abs=1e-9)
    order = np.argsort(VALUES[name])
    assert (np.diff(score[order]) >= -1e-12).all()
    if name != "normal":
        assert np.abs(family.score(family.unit(np.array([np.max(VALUES[name])])))).max() < 20


@pytest.mark.parametrize("name", FAMILIES)
def test_units_go_there_and_back(name):
    family = made(name)
    back = family.raw(family.unit(VALUES[name]))
    np.testing.assert_allclose(back, VALUES[name], atol=1e-3 * VALUES[name].std())


@pytest.mark.parametrize("name", INSIDE)
def test_a_latent_value_has_the_same_density_score_and_jacobian(name):
    family = made(name)
    value = np.array([0.2, 0.5, 0.8])
    free = family.free(value)
    np.testing.assert_allclose(family.constrained(free), value)
    for one, other in zip(
        family.statistics(value), family.latent_statistics(NUMPY, free), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-12)
    np.testing.assert_allclose(family.latent_score(NUMPY, free), family.plain_score(value))
    step = 1e-6
    slope = (family.constrained(free + step) - family.constrained(free - step)) / (2 * step)
    np.testing.assert_allclose(family.jacobian(NUMPY, free), np.log(slope), atol=1e-6)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_declared_gradient_is_that_of_differences(name):
    import pytensor
    import pytensor.tensor as pt
    from trialbalance.model.cells.declare import Symbols

    family = made(name)
    level, spread = pt.dvector(), pt.dvector()
    value = np.array([0.0, 1.0]) if name == "bernoulli" else np.array([0.2, 0.7])
    total = pt.sum(family.log_density(Symbols, family.statistics(value), level, spread,
                                      np.array([0, 0])))  # fmt: skip
    wanted = [level] if name == "bernoulli" else [level, spread]
    run = pytensor.function([level, spread], [total, *pt.grad(total, wanted)], mode="FAST_COMPILE",
                            on_unused_input="ignore")  # fmt: skip
    at, size = np.array([0.3, -0.4]), np.array([SPREADS.get(name, 1.0)])
    _, *gradient = run(at, size)
    step = 1e-6
    move = np.array([step, 0])
    rise = (run(at + move, size)[0] - run(at - move, size)[0]) / (2 * step)
    assert gradient[0][0] == pytest.approx(rise, rel=1e-5, abs=1e-6)
    if name != "bernoulli":
        rise = (run(at, size + step)[0] - run(at, size - step)[0]) / (2 * step)
        assert gradient[1][0] == pytest.approx(rise, rel=1e-5, abs=1e-6)


def test_spikes_stand_where_people_sit():
    assert made("beta").atoms == (1.0,)
    assert set(made("bounded").atoms) == {0.0, 1.0}
    assert made("gamma").atoms == (0.0,)
    assert made("lognormal").atoms == ()
    assert made("decrement_gamma").raw(np.array(made("decrement_gamma").atoms)) == [1.0]
    with_floor = FAMILIES["beta"](np.array([-0.5, 0.1, 0.4, 1.0]), -0.5, 1.0)
    assert set(with_floor.atoms) == {0.0, 1.0}


def test_neither_origin_nor_currency_matters():
    value = VALUES["normal"]
    one, other = FAMILIES["normal"](value), FAMILIES["normal"](190 * value - 7)
    np.testing.assert_allclose(one.unit(value), other.unit(190 * value - 7))
    pounds, yen = FAMILIES["gamma"](VALUES["gamma"]), FAMILIES["gamma"](190 * VALUES["gamma"])
    np.testing.assert_allclose(pounds.unit(VALUES["gamma"]), yen.unit(190 * VALUES["gamma"]))
