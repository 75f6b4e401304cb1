"""Preparing data: scales, rows, and sentences instead of nonsense."""

import numpy as np
import pytest
from simulated_trial import STUDY, dataset, section
from trialbalance.contracts import Problems
from trialbalance.model.covariates import encode
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand

BETA = {"family": "beta", "lower": -0.594}


def test_currency_changes_only_the_unit():
    frame = dataset(60)
    pounds = prepare(frame, [], STUDY, section())
    pence = prepare(frame.assign(cost=frame["cost"] * 100), [], STUDY, section())
    np.testing.assert_allclose(pence.cost, pounds.cost, rtol=1e-12)
    np.testing.assert_allclose(pence.cost_unit, 100 * pounds.cost_unit, rtol=1e-12)


def test_an_empty_arm_is_left_out_with_a_note():
    study = {**STUDY, "arms": {"A": {}, "C": {}, "B": {}}}
    trial = prepare(dataset(20), [], study, section())
    assert trial.arms == ["A", "B"]
    assert trial.notes == ["arm C has no participants and is not fitted"]


def test_rows_multiply_only_for_discrete_unknowns():
    frame = dataset(60)
    frame.loc[0, ["effect", "at_ceiling", "baseline_effect"]] = np.nan, None, 1.0
    frame.loc[0, "baseline_at_ceiling"] = True
    trial = prepare(frame, [], STUDY, section(effect=BETA))
    rows = expand(trial, configurations(trial))
    assert np.bincount(rows.person).tolist() == [2] + [1] * 59


def test_missing_category_is_summed_and_weighted():
    frame = dataset(30).assign(sex=["f", "m", "x"] * 10)
    frame.loc[3, "sex"] = None
    trial = prepare(frame, [], STUDY, section(dependence="none"))
    setup = configurations(trial)
    assert (setup.person == 3).sum() == 3
    assert encode(frame, ["sex"])["sex"].columns == ["sex=m", "sex=x"]


def test_vital_status_unknown_is_not_alive():
    frame = dataset(40, deaths=3)
    frame["died"] = frame["died"].astype("boolean")
    frame.loc[10, "died"] = None
    frame.loc[10, ["effect", "at_ceiling"]] = np.nan, None
    trial = prepare(frame, [], STUDY, section(effect=BETA))
    rows = expand(trial, configurations(trial))
    assert set(rows.dead[rows.person == 10]) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"effect": {"family": "beta"}}, "model.effect.lower: found nothing"),
        ({"effect": {"family": "beta", "lower": 2}}, "allowed: below the ceiling, 1"),
        ({"effect": {"family": "beta", "lower": 0.9}}, "allowed: 0.9 to 1"),
        ({"effect": {"family": "decrement_gamma"}}, "allowed: effect_given_cost, none"),
        ({"effect": {"family": "decrement_gamma", "ceiling": 0.8}}, "allowed: up to 0.8"),
        ({"effect": {"family": "bernoulli"}}, "allowed: 0 or 1"),
        ({"effect": {"covariates": ["agee"]}}, "covariates: found agee; allowed: baseline_effect"),
        ({"cost": {"hurdle": "no"}}, "allowed: auto, yes; cost has zeros"),
    ],
)
def test_impossible_settings_get_a_sentence(settings, sentence):
    with pytest.raises(Problems, match=r"dataset|study\.yaml") as caught:
        prepare(dataset(40), [], STUDY, section(**settings))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("cost", -1.0, "row 2, column cost: found -1; allowed: 0 or more"),
        ("effect", 7.0, "row 2, column effect: found 7; allowed: -0.594 to 1"),
    ],
)
def test_impossible_values_get_a_sentence(column, value, sentence):
    frame = dataset(40)
    frame.loc[0, column] = value
    with pytest.raises(Problems, match="dataset") as caught:
        prepare(frame, [], STUDY, section(effect=BETA))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("column", ["cost", "effect"])
def test_an_outcome_nobody_has_gets_a_sentence(column):
    with pytest.raises(Problems, match="for anybody"):
        prepare(dataset(20).assign(**{column: np.nan}), [], STUDY, section())
