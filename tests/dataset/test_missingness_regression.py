"""Predictors of missingness: known ratios, separation, earlier visits, and who is left out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from trialbalance.dataset import build_dataset
from trialbalance.dataset.described.missingness_regression import predict_missingness

SIZE = 400


@pytest.fixture
def people():
    """The older go missing, the arm says nothing, and three ages are not known."""
    rng = np.random.default_rng(1)
    age = rng.normal(50, 10, SIZE)
    gone = rng.random(SIZE) < 1 / (1 + np.exp(1.5 - 0.08 * (age - 50)))
    age[:3] = np.nan
    arm = np.where(np.arange(SIZE) % 2, "a", "b")
    return pd.DataFrame({"arm": arm, "age": age, "cost_observed": True, "effect_observed": ~gone})


def test_large_samples_agree_with_plain_logistic_regression(people):
    people = people[people["age"].notna()]
    found = predict_missingness(people, ["age"], ["a", "b"], {}).set_index("term")
    assert set(found["outcome"]) == {"effect"}
    age = (people["age"] - people["age"].mean()) / people["age"].std()
    design = np.column_stack([np.ones(len(age)), people["arm"] == "b", age]).astype(float)
    plain = sm.Logit(~people["effect_observed"], design).fit(disp=False)
    expected = np.exp(np.column_stack([plain.params, plain.conf_int()])[1:])
    ours = found[["odds_ratio", "lower", "upper"]].to_numpy()
    assert ours == pytest.approx(expected, rel=0.03)
    assert found.loc["age", "lower"] > 1
    assert found.loc["age", "per"] == "standard deviation"
    assert found.loc["arm b", "per"] == "against a"


def test_one_indicator_has_a_closed_form():
    """With half an event added in one more exposed trial, ratios are those of the counts."""
    people = pd.DataFrame({"arm": ["a"] * 6 + ["b"] * 4, "cost_observed": True})
    people["effect_observed"] = [False] * 2 + [True] * 4 + [False] * 4
    found = predict_missingness(people, [], ["a", "b"], {}).iloc[0]
    # All of arm b are missing: slope s maximises 4 log expit(c + s) + half a trial of s, and the
    # constant c the rest; both gradients are zero at the answer.
    slope = np.log(found["odds_ratio"])

    def expit(value):
        return 1 / (1 + np.exp(-value))

    def gradient(constant):
        return 2 + 4 - 6 * expit(constant) - 4 * expit(constant + slope)

    low, high = -10.0, 10.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if gradient(middle) > 0 else (low, middle)
    assert 4 * (1 - expit(low + slope)) + 0.5 - expit(slope) == pytest.approx(0, abs=1e-6)
    assert np.isfinite([found["lower"], found["upper"]]).all()
    assert (found["participants"], found["missing"]) == (10, 6)


def test_swapping_the_arms_inverts_the_ratio(people):
    first = predict_missingness(people, ["age"], ["a", "b"], {}).set_index("term")
    second = predict_missingness(people, ["age"], ["b", "a"], {}).set_index("term")
    assert second.loc["arm a", "odds_ratio"] == pytest.approx(1 / first.loc["arm b", "odds_ratio"])


def test_an_earlier_visit_counts_those_seen_there(people):
    seen = pd.Series(np.random.default_rng(2).normal(size=SIZE)).where(np.arange(SIZE) > 99)
    found = predict_missingness(people, ["age"], ["a", "b"], {"month_6": seen})
    own = found[found["given"] == "month_6"]
    assert own["term"].to_list() == ["arm b", "age", "measure at month_6"]
    assert set(own["participants"]) == {SIZE - 100}
    assert set(found.loc[found["given"] == "baseline", "participants"]) == {SIZE}


def test_collinear_and_constant_covariates_stay_finite(people):
    people = people.assign(again=people["age"] * 2, constant=7.0)
    found = predict_missingness(people, ["age", "again", "constant"], ["a", "b"], {})
    assert np.isfinite(found[["odds_ratio", "lower", "upper"]].to_numpy()).all()


def test_only_visits_between_the_first_and_the_last_are_earlier(tables):
    found = build_dataset(**tables)["missingness_predictors"]
    assert set(found["given"]) == {"baseline"}
    tables["study"] = tables["study"] | {
        "visits": {"baseline": 0.0, "month_12": 1.0, "month_18": 1.5}
    }
    found = build_dataset(**tables)["missingness_predictors"]
    assert set(found["given"]) == {"baseline", "month_12"}
