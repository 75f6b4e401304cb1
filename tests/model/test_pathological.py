"""Trials that go wrong: each ends in an answer of honest width, or in a sentence that says why."""

import warnings

import numpy as np
import pytest
from filled import filled
from simulated_trial import STUDY, dataset, section
from trialbalance import decision
from trialbalance.contracts import Problems
from trialbalance.model.checking.checks import check
from trialbalance.model.forms import fit
from trialbalance.model.results import arm_draws

pytestmark = pytest.mark.model
SIZE = 60
QUICK = {"draws": 300, "tune": 300, "chains": 2}
DECISION = {
    "thresholds": {
        "qaly": {"marked": [20000], "range": [0, 50_000], "step": 1000, "primary": 20000}
    }
}
NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal"}}
BETA = {"effect": {"family": "beta", "lower": -0.594}, "cost": {"family": "gamma"}}
FAMILIES = pytest.mark.parametrize("families", [NORMAL, BETA], ids=["normal", "beta_gamma"])


def _trial():
    return dataset(SIZE, seed=8)


def _fit(frame, families=NORMAL, **settings):
    own = section(**families, **QUICK | settings)
    return fit(frame, [], STUDY, own, 1).posterior


def _contrast(posterior, name):
    values = posterior[f"mean_{name}"]
    assert np.isfinite(values).all()
    return (values.sel(arm="B") - values.sel(arm="A")).to_numpy().ravel()


def _width(posterior, name):
    return float(np.diff(np.quantile(_contrast(posterior, name), (0.025, 0.975)))[0])


@pytest.fixture(scope="module")
def usual():
    return {name: _fit(_trial(), own) for name, own in (("normal", NORMAL), ("beta", BETA))}


@FAMILIES
def test_three_people_in_an_arm_give_a_wide_answer(families, usual):
    frame = _trial()
    few = frame[(frame["arm"] == "A") | (frame.index < 6)].reset_index(drop=True)
    assert (few["arm"] == "B").sum() == 3
    posterior = _fit(few, families)
    other = usual["normal" if families is NORMAL else "beta"]
    for name in ("cost", "effect"):
        assert _width(posterior, name) > 1.2 * _width(other, name)


def test_all_utilities_one_leave_no_difference_in_effect():
    frame = _trial().assign(effect=1.0, at_ceiling=True, baseline_effect=1.0)
    frame["baseline_at_ceiling"] = True
    posterior = _fit(frame, BETA)
    assert posterior["mean_effect"].mean() > 0.95
    assert abs(_contrast(posterior, "effect").mean()) < 0.05


@FAMILIES
def test_all_costs_zero_cost_nothing(families):
    posterior = _fit(_trial().assign(cost=0.0), families)
    np.testing.assert_array_equal(_contrast(posterior, "cost"), 0.0)
    np.testing.assert_array_equal(posterior["mean_cost"], 0.0)


@FAMILIES
def test_one_cost_of_five_million_widens_the_answer(families, usual):
    frame = _trial()
    frame.loc[3, "cost"] = 5e6
    posterior = _fit(frame, families)
    other = usual["normal" if families is NORMAL else "beta"]
    assert _width(posterior, "cost") > 3 * _width(other, "cost")


@FAMILIES
def test_an_arm_without_follow_up_says_only_what_the_priors_say(families, usual):
    frame = _trial()
    gone = frame["arm"] == "B"
    frame.loc[gone, ["cost", "effect"]] = np.nan
    frame.loc[gone, "at_ceiling"] = None
    posterior = _fit(frame, families)
    other = usual["normal" if families is NORMAL else "beta"]
    for name in ("cost", "effect"):
        assert _width(posterior, name) > 2 * _width(other, name)


@FAMILIES
def test_collinear_covariates_move_no_contrast(families, usual):
    frame = _trial()
    frame["again"] = 2 * frame["baseline_effect"] + 1
    posterior = _fit(frame, families)
    other = usual["normal" if families is NORMAL else "beta"]
    for name in ("cost", "effect"):
        moved = _contrast(posterior, name).mean() - _contrast(other, name).mean()
        assert abs(moved) < 0.1 * _width(other, name)


def test_one_site_has_no_deviations_and_says_so():
    frame = _trial().assign(site="north")
    own = section(**NORMAL, **QUICK, clusters="site")
    idata = fit(frame, [], STUDY, own, 1)
    assert "it has no deviations" in idata.attrs["notes"]
    assert not [name for name in idata.posterior if "cluster" in name]


@FAMILIES
@pytest.mark.parametrize("seen", [0.5, 1.0])
def test_a_constant_effect_is_one_sentence(families, seen):
    frame = _trial().assign(effect=seen, at_ceiling=False)
    with pytest.raises(Problems) as raised:
        _fit(frame, families)
    assert (
        f"dataset, column effect: found {seen:g} for everybody; allowed: an effect that varies; "
        "check how it was scored; if it is right, compare costs alone (table observed_case)."
    ) in str(raised.value)


@FAMILIES
def test_nineteen_in_twenty_missing_give_a_wide_answer(families, usual):
    frame = _trial()
    seen = np.isin(np.arange(SIZE), [0, 1, 2])
    frame.loc[~seen, ["cost", "effect"]] = np.nan
    frame.loc[~seen, "at_ceiling"] = None
    posterior = _fit(frame, families)
    other = usual["normal" if families is NORMAL else "beta"]
    for name in ("cost", "effect"):
        # In standard deviations of who is seen: three people may happen to be alike.
        wide = _width(posterior, name) / frame[name].std()
        assert wide > 1.5 * _width(other, name) / _trial()[name].std()


@FAMILIES
def test_arms_separated_by_a_covariate_give_a_wide_answer(families, usual):
    frame = _trial()
    frame["ward"] = np.where(frame["arm"] == "A", "open", "closed")
    posterior = _fit(frame, families)
    other = usual["normal" if families is NORMAL else "beta"]
    for name in ("cost", "effect"):
        assert _width(posterior, name) > 1.5 * _width(other, name)


def test_nothing_observed_at_all_is_one_sentence():
    frame = _trial().assign(effect=np.nan, cost=np.nan)
    with pytest.raises(Problems) as raised:
        _fit(frame)
    text = str(raised.value)
    assert "effect: found no effect for anybody" in text
    assert "cost: found no cost for anybody" in text


def test_checks_and_decision_read_costs_that_do_not_vary():
    frame = _trial().assign(cost=0.0)
    own = section(**NORMAL, **QUICK)
    idata = fit(frame, [], STUDY, own, 1)
    assert check(idata, frame, own)["verdict"].isin(["pass", "fail", "note"]).all()
    draws = arm_draws(idata)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = decision.compare_arms(
            draws, STUDY | {"currency": "GBP"}, filled("decision", DECISION), "qaly"
        )
    assert tables["incremental"]["cost"].eq(0).all()
