"""The frequentist road: equal to least squares, generalised least squares and textbooks."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from simulated_trial import section
from trialbalance.model.adjusted import contrasts, equations, quick_contrasts
from trialbalance.model.checking.crosscheck import cross_check, resample
from trialbalance.model.components import by_total
from trialbalance.model.imputing import impute, too_few
from trialbalance.model.quantities import by_draw, contrasts_of, quantities

STUDY = {"arms": {"A": {}, "B": {}}, "comparator": "A", "horizon_years": 1.0}
CONTRAST = {"interval": 0.95, "marked": [20000.0]}


def trial(size=120, seed=1, arms="AB", missing=0.0):
    """Normal cost and effect on baseline values; the worse off go missing."""
    rng = np.random.default_rng(seed)
    arm = np.resize(list(arms), size)
    age, start = rng.normal(size=(2, size))
    noise = rng.multivariate_normal([0, 0], [[1, -0.4], [-0.4, 1]], size)
    frame = pd.DataFrame(
        {
            "participant_id": [f"p{number}" for number in range(size)],
            "arm": arm,
            "cost": 5000 + 800 * (arm == "B") + 500 * age + 900 * noise[:, 0],
            "effect": 0.6 + 0.05 * (arm == "B") + 0.08 * start + 0.1 * noise[:, 1],
            "age": age,
            "baseline_effect": start,
        }
    )
    gone = rng.random(size) < 2 * missing / (1 + np.exp(1.5 * start))
    return frame.assign(effect=frame["effect"].mask(gone))


def settings(resamples=200, **both):
    covariates = {"effect": ["baseline_effect"], "cost": ["age"]} | both
    return section(
        effect={"covariates": covariates["effect"]},
        cost={"covariates": covariates["cost"]},
        cross_check={"resamples": resamples},
    )


def checked(frame, study, section, contrast, seed):
    return cross_check(frame, by_total(frame, []), study, section, contrast, seed)


def totals_of(frame, groups, study, section):
    return equations(frame, by_total(frame, groups), study, section)


def generalised_least_squares(frame):
    """Two equations stacked, weighted by the residual covariance of ordinary least squares."""
    arm = (frame["arm"] == "B").to_numpy(float)
    one = np.ones(len(frame))
    designs = [np.column_stack([one, arm, frame[name]]) for name in ("age", "baseline_effect")]
    values = [frame["cost"].to_numpy() / 1000, frame["effect"].to_numpy()]
    rest = [sm.OLS(y, x).fit().resid for y, x in zip(values, designs, strict=True)]
    sigma = np.cov(np.stack(rest), bias=True)
    stacked = np.block([[designs[0], np.zeros_like(designs[1])],
                        [np.zeros_like(designs[0]), designs[1]]])  # fmt: skip
    weight = np.kron(sigma, np.eye(len(frame)))
    found = sm.GLS(np.concatenate(values), stacked, sigma=weight).fit()
    unit = np.array([1000, 1.0])
    covariance = found.normalized_cov_params[np.ix_([1, 4], [1, 4])] * len(frame)
    return found.params[[1, 4]] * unit, covariance / (len(frame) - 3) * np.outer(unit, unit)


def test_complete_cases_agree_with_generalised_least_squares():
    frame = trial(missing=0.2)
    table = checked(frame, STUDY, settings(), CONTRAST, 1)
    found = table[table["road"] == "complete_cases"].set_index("quantity")
    complete = frame.dropna()
    assert set(found["participants"]) == {len(complete)}
    expected, covariance = generalised_least_squares(complete)
    names = ["cost", "effect"]
    assert found.loc[names, "estimate"].to_numpy() == pytest.approx(expected, rel=1e-6)
    error = np.sqrt(np.diag(covariance))
    assert found.loc[names, "standard_error"].to_numpy() == pytest.approx(error, rel=1e-6)
    weight = np.array([-1, 20000.0])
    benefit = found.loc["net_benefit"]
    assert benefit["estimate"] == pytest.approx(weight @ expected)
    assert benefit["standard_error"] == pytest.approx(np.sqrt(weight @ covariance @ weight))


def test_same_covariates_give_least_squares():
    frame = trial()
    same = {"effect": ["age", "baseline_effect"], "cost": ["age", "baseline_effect"]}
    table = checked(frame, STUDY, settings(**same), CONTRAST, 1)
    found = table[table["road"] == "complete_cases"].set_index("quantity")
    design = sm.add_constant(
        frame[["age", "baseline_effect"]].assign(arm=(frame["arm"] == "B") * 1.0)
    )
    for name in ("cost", "effect"):
        plain = sm.OLS(frame[name], design).fit()
        assert found.loc[name, "estimate"] == pytest.approx(plain.params["arm"])
        assert found.loc[name, "standard_error"] == pytest.approx(plain.bse["arm"])


@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_of_a_resample_is_that_of_the_library(seed):
    frame = trial(90, seed, arms="ABC")
    frame["age"] += (frame["effect"] > 0.6) * 2
    model = totals_of(frame, [], {**STUDY, "arms": {"A": {}, "B": {}, "C": {}}}, settings())
    library, _ = contrasts(model.outcomes, model.designs, 3)
    assert quick_contrasts(model.outcomes, model.designs, 3) == pytest.approx(library, rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_equations_of_different_length_weigh_residuals_by_their_own_degrees_of_freedom(seed):
    """30 people and one covariate against six; dividing both by n is something else."""
    rng = np.random.default_rng(seed)
    more = {f"x{number}": rng.normal(size=30) for number in range(5)}
    frame = trial(30, seed).assign(**more)
    frame["effect"] += (0.7 * (frame["cost"] - 5000) / 900 + frame["x0"]) * 0.1
    both = {"effect": ["baseline_effect", *more], "cost": ["age"]}
    model = totals_of(frame, [], STUDY, settings(**both))
    assert model.designs["cost"].shape[1] != model.designs["effect"].shape[1]
    library, _ = contrasts(model.outcomes, model.designs, 2)
    assert quick_contrasts(model.outcomes, model.designs, 2) == pytest.approx(library, rel=1e-8)


def test_resamples_of_different_size_are_each_their_own_regression():
    model = totals_of(trial(40), [], STUDY, settings())
    rng = np.random.default_rng(1)
    chosen = rng.integers(40, size=(6, 40))
    real = np.arange(40) < np.array([40, 35, 30, 40, 25, 38])[:, None]
    designs = {name: design[chosen] for name, design in model.designs.items()}
    together = quick_contrasts(model.outcomes[chosen], designs, 2, real)
    for row, own in enumerate(real):
        rows = chosen[row, own]
        alone = {name: design[rows] for name, design in model.designs.items()}
        expected = quick_contrasts(model.outcomes[rows], alone, 2)
        np.testing.assert_allclose(together[row], expected, rtol=1e-8)


def test_bootstrap_agrees_with_the_regression_on_complete_data():
    table = checked(trial(), STUDY, settings(1000), CONTRAST, 1)
    roads = {road: rows.set_index("quantity") for road, rows in table.groupby("road")}
    ours, plain = roads["imputed_bootstrap"], roads["complete_cases"]
    assert ((ours["estimate"] - plain["estimate"]).abs() < 0.1 * plain["standard_error"]).all()
    assert (ours["standard_error"] / plain["standard_error"]).between(0.85, 1.15).all()


def test_imputation_takes_away_the_bias_of_complete_cases_in_a_mean():
    """Missing by baseline effect: the mean of what was seen is too high, the imputed one is not."""
    gaps = []
    for seed in range(20):
        whole, gappy = trial(400, seed), trial(400, seed, missing=0.4)
        values = gappy[["cost", "effect"]].to_numpy()
        arm = (gappy["arm"] == "B").to_numpy(int)
        rng = np.random.default_rng(seed)
        filled = impute(values, arm, gappy[["age", "baseline_effect"]].to_numpy(), 5, rng)
        means = [np.nanmean(values[:, 1]), filled[:, 1].mean()]
        gaps.append(np.array(means) - whole["effect"].mean())
    naive, imputed = np.mean(gaps, axis=0)
    assert naive > 0.02
    assert abs(imputed) < 0.2 * naive


def test_imputation_takes_away_the_bias_of_complete_cases_in_a_contrast():
    """The costly of one arm lose their effect: only the other outcome can tell what it was."""
    found = []
    for seed in range(20):
        frame = trial(400, seed)
        costly = (frame["arm"] == "B") & (frame["cost"] > 5800)
        model = totals_of(frame.assign(effect=frame["effect"].mask(costly & (frame.index % 3 > 0))),
                          [], STUDY, settings())  # fmt: skip
        rng = np.random.default_rng(seed)
        filled = impute(model.outcomes, model.arm, model.covariates, 5, rng)
        own = model.complete
        designs = {name: design[own] for name, design in model.designs.items()}
        naive = quick_contrasts(model.outcomes[own], designs, 2)
        whole = totals_of(frame, [], STUDY, settings())
        truth, imputed = (
            quick_contrasts(parts, model.designs, 2) for parts in (whole.outcomes, filled)
        )
        found.append([naive[1, 0] - truth[1, 0], imputed[1, 0] - truth[1, 0]])
    naive, imputed = np.mean(found, axis=0)
    assert abs(naive) > 0.008
    assert abs(imputed) < 0.3 * abs(naive)


def test_imputed_values_are_observed_ones_of_the_same_arm():
    frame = trial(200, missing=0.3)
    values = frame[["cost", "effect"]].to_numpy()
    values[:5, 0] = np.nan
    arm = (frame["arm"] == "B").to_numpy(int)
    filled = impute(values, arm, frame[["age"]].to_numpy(), 5, np.random.default_rng(1))
    seen = ~np.isnan(values)
    np.testing.assert_array_equal(filled[seen], values[seen])
    for number in (0, 1):
        for column in (0, 1):
            own = arm == number
            pool = values[own & seen[:, column], column]
            assert np.isin(filled[own & ~seen[:, column], column], pool).all()


def test_few_donors_close_the_road_with_a_sentence():
    frame = trial(60)
    gone = (frame["arm"] == "B") & (frame.groupby("arm").cumcount() > 6)
    frame["effect"] = frame["effect"].mask(gone)
    table = checked(frame, STUDY, settings(), CONTRAST, 1)
    closed = table[table["road"] == "imputed_bootstrap"]
    assert closed["estimate"].isna().all()
    assert set(closed["sentence"]) == {
        "effect was observed for 7 in arm B, and imputation in a resample needs 10 to borrow from"
    }
    assert table.loc[table["road"] == "complete_cases", "estimate"].notna().all()
    assert too_few(np.ones((20, 1)), np.zeros(20, int), ["A"], ["cost"], 5) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.assign(effect=0.5), "effect does not vary"),
        (lambda f: f.assign(cost=0.0), "cost does not vary"),
        (
            lambda f: f.assign(effect=f["effect"].mask(f["arm"] == "B")),
            "arm B has nobody with cost and effect observed",
        ),
        (
            lambda f: f.assign(effect=f["effect"].mask(f.index > 4)),
            "5 participants are too few for 4 coefficients",
        ),
    ],
)
def test_what_no_regression_can_tell_has_a_sentence(change, sentence):
    both = {"effect": ["age", "baseline_effect"], "cost": ["age"]}
    table = checked(change(trial(60)), STUDY, settings(**both), CONTRAST, 1)
    closed = table[table["road"] == "complete_cases"]
    assert set(closed["sentence"]) == {sentence}
    assert closed["estimate"].isna().all()


def test_collinear_covariates_and_three_arms():
    study = {**STUDY, "arms": {"B": {}, "A": {}, "C": {}}}
    frame = trial(arms="ABC").assign(again=lambda f: 2 * f["age"] + 1)
    both = {"effect": ["baseline_effect"], "cost": ["age", "again"]}
    table = checked(frame, study, settings(**both), CONTRAST, 1)
    assert table["estimate"].notna().all()
    found = table[table["road"] == "complete_cases"].set_index(["arm", "quantity"])["estimate"]
    assert set(table["arm"]) == {"B", "C"}
    plain = checked(frame, study, settings(), CONTRAST, 1)
    plain = plain[plain["road"] == "complete_cases"].set_index(["arm", "quantity"])["estimate"]
    assert found.to_numpy() == pytest.approx(plain.to_numpy())


def test_source_groups_are_imputed_apart():
    """A group seen for everybody keeps its values in every imputed total."""
    frame = trial(100)
    frame["cost_records"], frame["cost_interview"] = frame["cost"], 100.0 + frame["age"]
    frame.loc[::4, "cost_interview"] = np.nan
    frame["cost"] = frame["cost_records"] + frame["cost_interview"]
    model = totals_of(frame, ["records", "interview"], STUDY, settings())
    assert model.names == ["records cost", "interview cost", "effect"]
    draws = resample(model, {"resamples": 200, "donors": 5}, 1)
    records = totals_of(frame.assign(cost=frame["cost_records"]), [], STUDY, settings())
    expected = contrasts(records.outcomes, records.designs, 2)[0][0, 0]
    assert draws[:, 0, 0].mean() == pytest.approx(expected, abs=60)


def test_clusters_are_drawn_whole():
    """Arms by site: the error grows by the square root of the design effect on both roads."""
    rng = np.random.default_rng(4)
    site = np.repeat(np.arange(60), 10)
    frame = trial(600).assign(site=[f"s{number}" for number in site])
    frame["arm"] = np.where(site % 2, "B", "A")
    noise, shared = rng.normal(size=(2, 600)), rng.normal(size=(2, 60))[:, site]
    frame["cost"] = 5000 + 1000 * (np.sqrt(0.8) * noise[0] + np.sqrt(0.2) * shared[0])
    frame["effect"] = 0.6 + 0.1 * (np.sqrt(0.8) * noise[1] + np.sqrt(0.2) * shared[1])
    plain = settings(400)
    alone = checked(frame, STUDY, plain, CONTRAST, 1)
    together = checked(frame, STUDY, {**plain, "clusters": "site"}, CONTRAST, 1)
    np.testing.assert_allclose(
        alone.loc[alone["road"] == "complete_cases", "estimate"],
        together.loc[together["road"] == "complete_cases", "estimate"],
    )
    ratio = together["standard_error"] / alone["standard_error"]
    assert ratio.mean() == pytest.approx(np.sqrt(1 + 9 * 0.2), rel=0.12)
    assert ratio.between(1.3, 2.1).all()


def test_sites_with_both_arms_are_drawn_over_the_arms():
    frame = trial(120).assign(site=lambda f: np.arange(len(f)) // 12)
    table = checked(frame, STUDY, {**settings(), "clusters": "site"}, CONTRAST, 1)
    assert table["standard_error"].notna().all()
    few = frame.assign(site=frame["site"] // 4)
    table = checked(few, STUDY, {**settings(), "clusters": "site"}, CONTRAST, 1)
    told = set(table.loc[table["road"] == "imputed_bootstrap", "sentence"])
    assert told == {"3 clusters are too few to resample; it takes 5"}
    one = checked(frame.assign(site="a"), STUDY, {**settings(), "clusters": "site"}, CONTRAST, 1)
    pd.testing.assert_frame_equal(one, checked(frame, STUDY, settings(), CONTRAST, 1))


def test_resamples_repeat_and_progress_is_told():
    model = totals_of(trial(60, missing=0.1), [], STUDY, settings())
    told = []
    first, second = (
        resample(model, {"resamples": 200, "donors": 5}, 7, lambda *x: told.append(x))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert told == [(100.0, "200 of 200 resamples")] * 2


def test_contrasts_of_draws():
    means = pd.DataFrame(
        {
            "draw": [1, 1, 2, 2],
            "arm": ["B", "A"] * 2,
            "cost": [5.0, 3, 6, 6],
            "effect": [1, 0, 1, 1],
        }
    )
    found = by_draw(contrasts_of(means, ["A", "B"]), quantities(["A", "B"], [10.0]))
    assert found.tolist() == [[2.0, 1.0, 8.0], [0.0, 0.0, 0.0]]
