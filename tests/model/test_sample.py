"""Sampling a compiled density: the posterior is right, and the same on any number of cores."""

import json

import numpy as np
import pymc as pm
import pytest
from trialbalance.model.compiling.compile import compile_density
from trialbalance.model.compiling.sample import sample

ARMS = ["usual", "brief"]


@pytest.fixture(scope="module")
def density():
    """Normal means by arm under known SD 1, a half-normal and a beta without data."""
    y, arm = np.array([1.0, 2.0, 3.0, 7.0, 9.0]), np.array([0, 0, 0, 1, 1])
    data = {"y": y, "arm": arm}
    with pm.Model(coords={"arm_name": ARMS}) as model:
        given = {name: pm.Data(name, value) for name, value in data.items()}
        mean = pm.Normal("mean", 0.0, 10.0, dims="arm_name")
        pm.HalfNormal("spread", 2.0)
        pm.Beta("share", 2.0, 6.0)
        pm.Potential("seen", -0.5 * ((given["y"] - mean[given["arm"]]) ** 2).sum())
    return compile_density(model, "test of sampling", data)


@pytest.mark.model
def test_the_posterior_is_the_conjugate_one_on_the_scale_of_the_declaration(density):
    posterior = sample(density, draws=2000, tune=500, seed=3).posterior
    variance = 1 / (np.array([3.0, 2.0]) + 0.01)
    exact = variance * np.array([6.0, 16.0])
    assert posterior["mean"].dims == ("chain", "draw", "arm_name")
    assert posterior["arm_name"].to_numpy().tolist() == ARMS
    axes = ("chain", "draw")
    assert posterior["mean"].mean(axes).to_numpy() == pytest.approx(exact, abs=0.05)
    assert posterior["mean"].std(axes).to_numpy() == pytest.approx(np.sqrt(variance), rel=0.05)
    assert float(posterior["spread"].mean()) == pytest.approx(2 * np.sqrt(2 / np.pi), rel=0.05)
    assert float(posterior["share"].mean()) == pytest.approx(0.25, abs=0.01)
    assert float(posterior["share"].min()) > 0


@pytest.mark.model
def test_draws_depend_on_the_seed_and_not_on_the_cores(density):
    one, two, other = [
        sample(density, draws=50, tune=100, seed=seed, cores=cores)
        for seed, cores in ((3, 1), (3, 2), (4, 1))
    ]
    point = "point"
    groups = [idata.unconstrained_posterior[point].to_numpy() for idata in (one, two, other)]
    assert np.array_equal(groups[0], groups[1])
    assert not np.array_equal(groups[0], groups[2])
    assert groups[0].shape == (4, 50, 4)


@pytest.mark.model
def test_settings_and_seed_stand_in_the_attributes(density):
    told = []
    idata = sample(
        density, draws=20, tune=30, chains=2, seed=5, target_accept=0.9,
        progress=lambda percent, text: told.append((percent, text)),
    )  # fmt: skip
    expected = {"draws": 20, "tune": 30, "chains": 2, "target_accept": 0.9}
    assert json.loads(idata.attrs["sampler"]) == expected
    assert (idata.attrs["seed"], idata.attrs["structure"]) == (5, "test of sampling")
    assert told[0] == (50, "sampling 2 chains of 20 draws")
    assert "diverging" in idata.sample_stats
