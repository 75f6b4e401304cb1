"""Real fits, few and shared: compiling takes most of their time."""

import numpy as np
import pytest
from scipy import special
from simulated_trial import STUDY, dataset, section
from trialbalance.model.checking.checks import check
from trialbalance.model.forms import fit
from trialbalance.model.results import arm_draws, parameters
from trialbalance.model.store import load, save

pytestmark = pytest.mark.model
NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "draws": 1000}
SWAP = {"A": "B", "B": "A"}


def _contrast(idata, name):
    values = idata.posterior[name]
    return (values.sel(arm="B") - values.sel(arm="A")).to_numpy().ravel()


@pytest.fixture(scope="module")
def normal():
    study = {**STUDY, "arms": {"A": {}, "B": {}, "C": {}}}
    return fit(dataset(200), [], study, section(**NORMAL), 1)


def _least_squares(frame, outcome):
    """Contrast of arms adjusted for baseline, and its standard error."""
    design = np.column_stack(
        [np.ones(len(frame)), frame["arm"] == "B", frame["baseline_effect"]]
    ).astype(float)
    values = frame[outcome].to_numpy()
    fitted, rest, *_ = np.linalg.lstsq(design, values, rcond=None)
    variance = rest[0] / (len(frame) - 3) * np.linalg.inv(design.T @ design)[1, 1]
    return fitted[1], np.sqrt(variance)


def test_normal_agrees_with_least_squares(normal):
    for outcome in ("cost", "effect"):
        contrast, error = _least_squares(dataset(200), outcome)
        draws = _contrast(normal, f"mean_{outcome}")
        assert abs(draws.mean() - contrast) < 0.1 * error
        assert draws.std() == pytest.approx(error, rel=0.1)


def test_checks_of_a_fit_that_converged(normal):
    checks = check(normal, dataset(200), section(**NORMAL)).set_index("check")
    sampler = ["r_hat", "ess_bulk", "ess_tail", "divergences", "bfmi", "influence"]
    assert (checks.loc[sampler, "verdict"] == "pass").all()
    zeros = checks.loc["predictive p: cost_zero (A)"]
    assert zeros["verdict"] == "fail"
    assert "model.cost.family to gamma" in zeros["advice"]


def test_a_bad_fit_fails_loudly(normal):
    bad = normal.copy()
    bad.posterior = bad.posterior + bad.posterior["chain"]
    bad.sample_stats["diverging"][:] = True
    checks = check(bad, dataset(200), section(**NORMAL)).set_index("check")
    for gate in ("r_hat", "ess_bulk", "divergences"):
        assert checks.loc[gate, "verdict"] == "fail"
        assert checks.loc[gate, "advice"]


def test_results_and_storage(normal, tmp_path):
    assert normal.attrs["notes"] == '["arm C has no participants and is not fitted"]'
    draws = arm_draws(normal)
    assert list(draws.columns) == ["draw", "arm", "cost", "effect"]
    assert len(draws) == 4000 * 2
    table = parameters(normal).set_index("parameter")
    assert table.loc["mean_cost[A]", "lower"] < table.loc["mean_cost[A]", "mean"]
    save(normal, tmp_path / "posterior.nc")
    again = load(tmp_path / "posterior.nc")
    assert again.posterior.identical(load(tmp_path / "posterior.nc").posterior)
    np.testing.assert_array_equal(again.posterior["mean_cost"], normal.posterior["mean_cost"])
    assert again.attrs["seed"] == 1


def test_two_cores_give_the_same_draws_and_progress_is_told(normal):
    told = []
    again = fit(
        dataset(200), [], STUDY, section(**NORMAL), 1, progress=lambda *x: told.append(x), cores=2
    )
    for name, values in normal.posterior.data_vars.items():
        np.testing.assert_array_equal(again.posterior[name].to_numpy(), values.to_numpy())
    percent = [step[0] for step in told]
    assert percent == sorted(percent)
    assert percent[-1] == 100


def test_swapping_labels_flips_the_signs(normal):
    frame = dataset(200)
    frame["arm"] = frame["arm"].map(SWAP)
    swapped = fit(frame, [], STUDY, section(**NORMAL), 2)
    for name in ("mean_cost", "mean_effect"):
        there, back = _contrast(normal, name), _contrast(swapped, name)
        error = np.hypot(there.std(), back.std()) / np.sqrt(1000)
        assert abs(there.mean() + back.mean()) < 4 * error


@pytest.fixture(scope="module")
def hurdles():
    """Three arms (the third a copy of the law of the first), deaths in one, two groups."""
    frame = dataset(600, missing=0.25, seed=5, deaths=6)
    frame["arm"] = np.where(np.arange(600) % 6 == 4, "C", frame["arm"])
    frame.loc[frame["died"] & (frame["arm"] != "A"), "died"] = False
    rng = np.random.default_rng(6)
    own = frame["cost"].mean() * (0.5 + 0.5 * frame["cost"] / frame["cost"].mean())
    frame["cost_interview"] = np.where(
        frame["effect"].isna(), np.nan, 0.1 * own * rng.gamma(2.0, 0.5, 600)
    )
    frame = frame.rename(columns={"cost": "cost_records"})
    frame["cost"] = frame["cost_records"] + frame["cost_interview"]
    study = {**STUDY, "arms": {"A": {}, "B": {}, "C": {}}}
    own = section(effect={"family": "beta", "lower": -0.594}, draws=500, tune=500)
    return fit(frame, ["records", "interview"], study, own, 1), frame, own


def test_hurdles_recover_known_means(hurdles):
    idata, frame, own = hurdles
    truth = dataset(200_000, seed=9)
    for arm, like in (("A", "A"), ("B", "B"), ("C", "A")):
        law = truth[truth["arm"] == like]
        effect = idata.posterior["mean_effect"].sel(arm=arm).to_numpy()
        assert abs(effect.mean() - law["effect"].mean()) < 3 * effect.std()
        cost = idata.posterior["mean_cost_group"].sel(arm=arm, group="records").to_numpy()
        assert abs(cost.mean() - law["cost"].mean()) < 3 * cost.std()
    groups = idata.posterior["mean_cost_group"].sum("group")
    np.testing.assert_allclose(groups, idata.posterior["mean_cost"])
    checks = check(idata, frame, own).set_index("check")
    for gate in ("r_hat", "ess_bulk", "ess_tail", "divergences", "bfmi"):
        assert checks.loc[gate, "verdict"] == "pass"


def test_an_arm_without_deaths_keeps_a_small_risk(hurdles):
    level = hurdles[0].posterior["level"]
    risk = special.expit(level.sel(level_of=[f"death at 1, {arm}" for arm in "AB"]))
    own, other = risk.mean(("chain", "draw")).to_numpy()
    assert 0 < other < own
