"""Visits and periods add up to cost and effect, in life and in death."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from filled import filled
from simulated_trial import section
from trialbalance.model.adjusted import contrasts, equations, quick_contrasts
from trialbalance.model.checking.agreement import compare_roads
from trialbalance.model.checking.crosscheck import cross_check, resample
from trialbalance.model.components import by_total, by_visit
from trialbalance.model.imputing import impute
from trialbalance.model.survival import live_on
from trialbalance.outcomes.stage import score_outcomes
from visit_trial import AREAS, STUDY, VISITS, tables, utilities

CONTRAST = {"interval": 0.95, "marked": [20000.0]}
HALVES = [("records", "first", 0.0, 0.5), ("records", "second", 0.5, 1.0)]


def settings(resamples=400, donors=5):
    return section(
        effect={"covariates": ["baseline_effect"]}, cost={"covariates": []},
        cross_check={"resamples": resamples, "donors": donors},
    )  # fmt: skip


def trial(size=100, seed=1, difference=0.05, **more):
    """Complete visits and two halves of recorded cost; the second hangs on the first."""
    rng = np.random.default_rng(seed)
    arm, values = utilities(size, difference, rng)
    first = rng.gamma(2, 500, 2 * size)
    second = 0.5 * first + rng.gamma(2, 250, 2 * size)
    costs = dict(zip(HALVES, (first, second), strict=True))
    return arm, values, costs, more


def components(arm, values, costs, more=None):
    dataset, follow_up, measures = tables(arm, values, costs, **(more or {}))
    dataset["effect"] = np.nan
    return dataset, by_visit(
        dataset, ["records"], follow_up, measures, list(VISITS), STUDY, AREAS
    )  # fmt: skip


def test_complete_visits_give_the_least_squares_of_their_areas():
    arm, values, costs, _ = trial()
    dataset, parts = components(arm, values, costs)
    assert parts.complete.all()
    assert not parts.partly.any()
    qaly = values @ [0.25, 0.5, 0.25]
    np.testing.assert_allclose(parts.outcomes[:, 1], qaly)
    np.testing.assert_allclose(parts.outcomes[:, 0], sum(costs.values()))
    table = cross_check(dataset, parts, STUDY, settings(1000), CONTRAST, 1)
    rows = table.set_index(["road", "quantity"])
    model = equations(dataset, parts, STUDY, settings())
    library, covariance = contrasts(np.column_stack([sum(costs.values()), qaly]), model.designs, 2)
    design = sm.add_constant(pd.DataFrame({"arm": arm, "baseline": values[:, 0]}))
    plain = sm.OLS(qaly, design).fit()
    for place, quantity in enumerate(("cost", "effect")):
        error = np.sqrt(covariance[place, 0, place, 0])
        whole = rows.loc[("complete_cases", quantity)]
        assert whole["estimate"] == pytest.approx(library[place, 0], rel=1e-9)
        again = rows.loc[("imputed_bootstrap", quantity)]
        assert abs(again["estimate"] - library[place, 0]) < 0.1 * error
        assert again["standard_error"] == pytest.approx(error, rel=0.1)
        assert again["sentence"] == ""
    # Cost has no covariate here, so that the two equations differ and least squares is only near.
    assert abs(rows.loc[("imputed_bootstrap", "effect"), "estimate"] - plain.params["arm"]) < (
        0.2 * plain.bse["arm"]
    )


def scored(death, times="nominal", fall="hold_then_zero", rate=0.0, horizon=1.0):
    """Outcome by the outcomes stage beside the sum of components, for people who may die."""
    rng = np.random.default_rng(3)
    size = len(death)
    start = pd.Timestamp("2012-01-01")
    ids = [f"p{number}" for number in range(size)]
    visits = {"m0": 0.0, "m6": 0.5, "m12": 1.0, "m24": 2.0}
    planned = np.array(list(visits.values()))
    held = np.maximum(planned + np.array([0, 0.04, -0.06, 0.03]), 0) + np.zeros((size, 1))
    alive = held < np.asarray(death)[:, None] - 0.005
    people = pd.DataFrame(
        {"participant_id": ids, "arm": ["A", "B"] * (size // 2), "everyone": True,
         "randomisation_date": start,
         "death_date": [start + pd.Timedelta(days=round(365.25 * one)) if np.isfinite(one)
                        else pd.NaT for one in death]}
    )  # fmt: skip
    keys = [(ids[i], visit, i, k) for i in range(size) for k, visit in enumerate(visits)]
    keys = [key for key in keys if alive[key[2], key[3]]]
    met = pd.DataFrame(
        {"participant_id": [key[0] for key in keys], "visit": [key[1] for key in keys],
         "date": [start + pd.Timedelta(days=round(365.25 * held[key[2], key[3]])) for key in keys],
         "status": "attended"}
    )  # fmt: skip
    given = met[["participant_id", "visit"]].assign(
        measure="utility", value=rng.uniform(0.3, 0.9, len(met))
    )
    study = {"visits": visits, "horizon_years": horizon, "arms": {"A": {}, "B": {}},
             "comparator": "A", "periods": {}}  # fmt: skip
    rules = {"discount_rate": rate, "visit_times": times, "death": fall}
    outcome = {"effects": {"qaly": {"kind": "area_under_curve", "measure": "utility"}},
               "measures_given": {"utility": {}}, "populations": ["everyone"]}  # fmt: skip
    made = score_outcomes(
        people, met, None, None, {}, study, filled("outcomes", rules | outcome), given
    )
    weights = made["outcome_weights"]
    dead = np.minimum(people["death_date"].sub(start).dt.days.to_numpy(float) / 365.25, np.inf)
    died = np.nan_to_num(dead, nan=np.inf) <= horizon
    rows = made["measures"].assign(
        kind="measure", name="utility",
        status=lambda f: np.where(f["dead"], "dead", np.where(f["value"].isna(), "missed",
                                                              "observed")),
    ).rename(columns={"visit": "moment"})  # fmt: skip
    rows["start_years"] = rows["end_years"] = rows["moment"].map(visits)
    rows["died"] = np.repeat(died, len(visits))
    rows["followed_years"] = np.repeat(np.where(died, dead, horizon), len(visits))
    dataset = pd.DataFrame({"participant_id": ids, "cost": 1.0, "effect": np.nan})
    found = by_visit(
        dataset, [], rows, made["measures"], list(weights["visit"].unique()), study, rules
    )
    return made["outcomes"]["value"].to_numpy(float), found


# One dies between an early visit and the time it was planned for.
DEATHS = [np.inf, np.inf, 0.2, 0.49, 0.56, 0.75, 0.97, 1.3]


@pytest.mark.parametrize("times", ["nominal", "actual"])
@pytest.mark.parametrize("fall", ["hold_then_zero", "linear"])
@pytest.mark.parametrize(("rate", "horizon"), [(0.0, 1.0), (0.035, 1.5), (0.035, 2.0)])
def test_components_add_up_to_the_outcome_of_the_stage_before(times, fall, rate, horizon):
    outcome, parts = scored(DEATHS, times, fall, rate, horizon)
    assert not np.isnan(outcome).any()
    np.testing.assert_allclose(parts.outcomes[:, 1], outcome, atol=1e-9)


def test_nothing_is_imputed_after_death_and_nothing_of_the_dead_is_lent():
    arm, values, costs, _ = trial(seed=2)
    rng = np.random.default_rng(5)
    death = np.where(rng.random(len(arm)) < 0.3, rng.uniform(0.05, 0.95, len(arm)), np.inf)
    values[rng.random(len(arm)) < 0.3, 2] = np.nan
    values[rng.random(len(arm)) < 0.2, 1] = np.nan
    second = costs[HALVES[1]]
    second[rng.random(len(arm)) < 0.3] = np.nan
    _, parts = components(arm, values, costs, {"death": death})
    filled = impute(parts.cells, arm, parts.survival, 5, rng, possible=parts.possible)
    dead = ~parts.possible
    assert dead.any()
    np.testing.assert_array_equal(filled[dead], 0.0)
    seen = ~np.isnan(parts.cells)
    np.testing.assert_array_equal(filled[seen], parts.cells[seen])
    assert not np.isnan(filled).any()
    borrowed = ~seen & parts.possible
    assert (filled[borrowed] != 0).all()
    # The last value holds to the date of death, and no longer.
    gone = np.isfinite(death)
    assert parts.weights[gone].sum(axis=1) == pytest.approx(death[gone])
    assert parts.weights[~gone].sum(axis=1) == pytest.approx(1.0)


def test_deaths_by_arm_count():
    """60 % die, later in B: means as on complete data, though visits of the living go missing."""
    gaps, differences = [], []
    for seed in range(20):
        rng = np.random.default_rng([7, seed])
        arm, values, costs, _ = trial(150, seed, 0.0)
        late = np.where(arm == 1, rng.uniform(0.3, 0.9, 300), rng.uniform(0.1, 0.6, 300))
        death = np.where(rng.random(300) < 0.6, late, np.inf)
        whole = components(arm, values, costs, {"death": death})[1]
        seen = values.copy()
        lost = rng.random((300, 2)) < 1 / (1 + np.exp(1 + 4 * (values[:, :1] - 0.7)))
        seen[:, 1:][lost] = np.nan
        parts = components(arm, seen, costs, {"death": death})[1]
        copies = np.tile(np.arange(300), (10, 1))
        filled = impute(parts.cells[copies], arm[copies], parts.survival[copies], 5, rng,
                        possible=parts.possible[copies])  # fmt: skip
        qaly = (filled * parts.weights)[..., ~parts.is_cost].sum(axis=-1).mean(axis=0)
        truth = whole.outcomes[:, 1]
        gaps.append([(qaly - truth)[arm == one].mean() for one in (0, 1)])
        differences.append(truth[arm == 1].mean() - truth[arm == 0].mean())
    assert np.mean(differences) > 0.08
    error = np.std(gaps, axis=0) / np.sqrt(20)
    # A tenth of the standard error of an arm's mean in one trial is 0.002.
    assert (np.abs(np.mean(gaps, axis=0)) < 0.002 + 2 * error).all()
    assert (error < 0.0015).all()


def test_deaths_after_the_calendar_ended_follow_up_are_those_of_kaplan_and_meier():
    """Half are followed for only part of the year; the share alive comes from those at risk."""
    rng = np.random.default_rng(8)
    arm, values, costs, _ = trial(400, 8)
    death = rng.exponential(np.where(arm == 1, 2.0, 1.0))
    death = np.where(death <= 1, death, np.inf)
    until = np.where(rng.random(800) < 0.5, rng.uniform(0.2, 1.0, 800), np.inf)
    until = np.where(until < death, until, np.inf)
    hidden = np.isfinite(until)
    for column, time in enumerate(VISITS.values()):
        values[hidden & (until < time), column] = np.nan
    for name in HALVES:
        costs[name] = np.where(hidden & (until < name[3]), np.nan, costs[name])
    shown = np.where(hidden, np.inf, death)
    _, parts = components(arm, values, costs, {"death": shown, "until": until})
    # Whoever was followed to within a day of the horizon counts as followed to it.
    assert parts.course.unknown.sum() == (hidden & (until + 1 / 365.25 < 1)).sum()
    chosen = np.tile(np.arange(800), (40, 1))
    cells, possible, weights, survival = live_on(
        parts, chosen, np.ones(chosen.shape, bool), arm[chosen], 5, rng
    )
    years = weights[..., ~parts.is_cost].sum(axis=-1)
    grid = np.linspace(0, 1, 2001)
    for one in (0, 1):
        own = arm == one
        time = np.minimum(np.minimum(shown, until), 1.0)[own]
        died = np.isfinite(shown)[own]
        alive = np.cumprod([1 - ((time == t) & died).sum() / (time >= t).sum()
                            for t in np.sort(time)])  # fmt: skip
        at = np.concatenate([[1.0], alive])[np.searchsorted(np.sort(time), grid, side="right")]
        assert years[:, own].mean() == pytest.approx(np.trapezoid(at, grid), abs=0.01)
    hidden = parts.course.unknown
    np.testing.assert_array_equal(years[:, ~hidden], np.tile(years[0, ~hidden], (40, 1)))
    assert (cells[~possible] == 0).all()
    assert survival.min() >= 0
    assert survival.max() <= 1
    assert np.isnan(cells[possible]).any()


def test_censored_people_do_not_count_as_alive_in_the_road():
    rng = np.random.default_rng(9)
    arm, values, costs, _ = trial(200, 9, 0.0)
    death = np.where(rng.random(400) < np.where(arm == 1, 0.2, 0.5), rng.random(400), np.inf)
    dataset, whole = components(arm, values.copy(), dict(costs), {"death": death})
    until = np.where(rng.random(400) < 0.4, rng.uniform(0.3, 1.0, 400), np.inf)
    until = np.where(until < death, until, np.inf)
    for column, time in enumerate(VISITS.values()):
        values[until < time, column] = np.nan
    for name in HALVES:
        costs[name] = np.where(until < name[3], np.nan, costs[name])
    shown = np.where(np.isfinite(until), np.inf, death)
    cut = components(arm, values, costs, {"death": shown, "until": until})[1]
    truth, found = (
        cross_check(dataset, one, STUDY, settings(200), CONTRAST, 1)
        .set_index(["road", "quantity"]).loc["imputed_bootstrap"]
        for one in (whole, cut)
    )  # fmt: skip
    gap = (found["estimate"] - truth["estimate"]) / truth["standard_error"]
    assert gap.abs().max() < 1.0
    assert truth.loc["effect", "estimate"] > 2 * truth.loc["effect", "standard_error"]


def test_few_donors_at_one_visit_are_told_by_visit_and_arm():
    arm, values, costs, _ = trial(40)
    own = np.flatnonzero(arm == 1)
    values[own[6:], 2] = np.nan
    dataset, parts = components(arm, values, costs)
    table = cross_check(dataset, parts, STUDY, settings(), CONTRAST, 1)
    closed = table[table["road"] == "imputed_bootstrap"]
    assert closed["estimate"].isna().all()
    assert set(closed["sentence"]) == {
        "utility at m12 was observed for 6 in arm B, and imputation in a resample needs 10 to "
        "borrow from"
    }


def test_the_dead_are_no_donors():
    """18 of 24 died before the last visit and 3 of the rest were seen: too few to borrow from."""
    arm, values, costs, _ = trial(24)
    own = np.flatnonzero(arm == 1)
    death = np.full(48, np.inf)
    death[own[:18]] = 0.7
    values[own[21:], 2] = np.nan
    dataset, parts = components(arm, values, costs, {"death": death})
    table = cross_check(dataset, parts, STUDY, settings(), CONTRAST, 1)
    assert "utility at m12 was observed for 3 in arm B" in table["sentence"].to_list()[0]


def test_people_seen_in_part_are_counted_in_a_sentence():
    arm, values, costs, _ = trial(60)
    values[:7, 2] = np.nan
    values[7:9, 1:] = np.nan
    costs[HALVES[0]][7:9] = np.nan
    costs[HALVES[1]][7:9] = np.nan
    dataset, parts = components(arm, values, costs)
    table = cross_check(dataset, parts, STUDY, settings(200), CONTRAST, 1)
    own = table[table["road"] == "imputed_bootstrap"]
    assert set(own["sentence"]) == {
        "7 participants have no whole cost and effect and count with the visits and periods that "
        "were seen"
    }
    means = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["A", "B"] * 2, "cost": [1.0, 2, 3, 5],
                          "effect": [0.5, 0.6, 0.5, 0.7]})  # fmt: skip
    compared = compare_roads(table, means, None, CONTRAST, False)
    assert set(compared["road"]) == {"bayesian", "imputed_bootstrap", "complete_cases"}
    assert compared.loc[compared["road"] == "imputed_bootstrap", "sentence"].ne("").all()


def test_a_study_without_visits_is_made_of_totals():
    dataset = pd.DataFrame({"participant_id": ["p1", "p2"], "cost": [1.0, np.nan],
                            "effect": [0.5, 0.6],
                            "died": pd.array([True, None], dtype="boolean")})  # fmt: skip
    parts = by_visit(dataset, [], None, None, [], STUDY, AREAS)
    assert parts.names == by_total(dataset, []).names == ["cost", "effect"]
    assert not parts.by_visit
    assert parts.complete.tolist() == [True, False]
    assert parts.survival.ravel().tolist() == [1.0, 1.0]


def test_an_outcome_that_is_no_area_stays_whole_beside_periods():
    arm, values, costs, _ = trial(30)
    dataset, follow_up, measures = tables(arm, values, costs)
    dataset["effect"] = (values[:, 2] > 0.7) * 1.0
    parts = by_visit(dataset, ["records"], follow_up, measures, [], STUDY, AREAS)
    assert parts.names == ["records cost in first", "records cost in second", "effect"]
    np.testing.assert_allclose(parts.outcomes[:, 1], dataset["effect"])
    table = cross_check(dataset, parts, STUDY, settings(200), CONTRAST, 1)
    assert table["estimate"].notna().all()


def test_many_components_in_a_small_trial_are_imputed_all_the_same():
    """24 an arm, fifteen periods: more predictors than one in five values are left out."""
    rng = np.random.default_rng(2)
    arm, values = utilities(24, 0.0, rng)
    severity = rng.gamma(2, 100, 48)
    costs = {("records", f"y{k}", k / 15, (k + 1) / 15): severity + rng.gamma(2, 20, 48)
             for k in range(15)}  # fmt: skip
    for paid in list(costs.values())[5:]:
        paid[rng.random(48) < 0.3] = np.nan
    dataset, parts = components(arm, values, costs)
    table = cross_check(dataset, parts, STUDY, settings(200), CONTRAST, 1)
    row = table.set_index(["road", "quantity"]).loc[("imputed_bootstrap", "cost")]
    spread = 15 * np.sqrt(2) * 100 * np.sqrt(2 / 24)
    assert row["standard_error"] == pytest.approx(spread, rel=0.5)


def test_a_baseline_missing_at_random_is_adjusted_for_as_imputed():
    """30 % lack only their baseline: no bias, and no wider than with it at the mean."""
    gaps, errors = [], []
    for seed in range(8):
        rng = np.random.default_rng([11, seed])
        arm, values, costs, _ = trial(150, [11, seed], 0.0)
        dataset, whole = components(arm, values, costs)
        model = equations(dataset, whole, STUDY, settings())
        truth = quick_contrasts(model.outcomes, model.designs, 2)[1, 0]
        values[rng.random(300) < 0.3, 0] = np.nan
        dataset, parts = components(arm, values, costs)
        model = equations(dataset, parts, STUDY, settings())
        assert model.baseline is not None
        road = {"resamples": 200, "donors": 5}
        draws = [resample(one, road, 1)[:, 1, 0] for one in (model, replace(model, baseline=None))]
        gaps.append((draws[0].mean() - truth) / draws[0].std())
        errors.append([one.std() for one in draws])
    assert abs(np.mean(gaps)) < 0.3
    assert np.less(*np.mean(errors, axis=0) * [1.0, 1.02])
