"""Cells by visit: what they are made of, what is refused, and fits that agree with closed forms."""

import numpy as np
import pandas as pd
import pytest
from followed_trial import STUDY, WEIGHTS, people, section, tables
from trialbalance.contracts import Problems
from trialbalance.model.cells.from_data.by_visit import cells_by_visit
from trialbalance.model.cells.from_data.who import subgroups
from trialbalance.model.checking.checks import check
from trialbalance.model.forms import fit, visit_means
from trialbalance.model.results import arm_draws, unobserved_means


def skewed_tables(size=12, seed=3):
    """Utilities up to the ceiling, costs with zeros, a missed visit, a death and a censoring."""
    arm, utility, cost = people(size, seed)
    unseen = np.zeros((size, 3), bool)
    unseen[1, 1] = unseen[2, 2] = True
    death, end = np.full(size, np.inf), np.ones(size)
    death[3], end[4] = 0.7, 0.6
    cost[5:7] = 0
    return tables(arm, np.minimum(1.35 * utility, 1.0), np.abs(cost), unseen, death, end)


def cells_of(dataset, follow_up, **settings):
    return cells_by_visit(dataset, follow_up, WEIGHTS, STUDY, section(**settings))


@pytest.mark.parametrize(
    ("change", "settings", "sentence"),
    [
        (lambda rows: rows[rows["kind"] == "cost"], {},
         "follow_up: found no visit with a value of the outcome's measure; allowed: an outcome "
         "that is the area under a measure's curve, with values; set model.cells to totals."),
        (lambda rows: rows[rows["kind"] == "measure"], {},
         "follow_up: found no period with an observed cost; allowed: costs by period; set "
         "model.cells to totals."),
        (lambda rows: rows.assign(status=rows["status"].where(rows["moment"] != "p2", "missed")),
         {}, "follow_up, column value: found no observed cost of records in p2 for anybody; "
         "allowed: costs of every period from somebody; shorten study.horizon_years, or set "
         "model.cells to totals."),
        (None, {"effect": {"family": "decrement_gamma", "ceiling": 0.5}},
         "study.yaml, setting model.effect.ceiling: found 0.5 a year, below the highest value 1 of "
         "utility at m0; allowed: the best value of the measure times the horizon; correct it."),
        (None, {"effect": {"family": "beta", "lower": 0.5}},
         "study.yaml, setting model.effect.lower: found 0.5 a year, above the lowest value -0.2 of "
         "utility at m0; allowed: the least value of the measure times the horizon; correct it."),
        (None, {"effect": {"family": "decrement_gamma", "spike": "no"}},
         "study.yaml, setting model.effect.spike: found no; allowed: auto, yes; some visits are at "
         "the ceiling."),
        (None, {"cost": {"family": "gamma", "hurdle": "no"}},
         "study.yaml, setting model.cost.hurdle: found no; allowed: auto, yes; some periods cost "
         "nothing."),
        (lambda rows: rows.assign(value=rows["value"].where(rows["moment"] != "p2", -3.0)),
         {"cost": {"family": "gamma"}},
         "follow_up, column value: found -3; allowed: 0 or more; correct it, or set "
         "model.cost.family to normal."),
    ],
)  # fmt: skip
def test_what_cannot_be_modelled_is_told(change, settings, sentence):
    dataset, follow_up = skewed_tables()
    low = (follow_up["kind"] == "measure") & (follow_up["participant_id"] == "p000000")
    follow_up.loc[low & (follow_up["moment"] == "m0"), "value"] = -0.2
    follow_up = follow_up if change is None else change(follow_up)
    with pytest.raises(Problems) as raised:
        cells_of(dataset, follow_up, **settings)
    assert str(raised.value) == sentence


def test_covariates_that_say_the_same_are_named():
    dataset, follow_up = skewed_tables()
    age = np.random.default_rng(1).normal(50, 9, len(dataset))
    with pytest.raises(Problems, match="months, which age determine"):
        cells_of(dataset.assign(age=age, months=12 * age), follow_up)


def test_a_cost_the_same_for_everybody_is_known():
    dataset, follow_up = skewed_tables()
    fixed = follow_up[follow_up["moment"] == "p1"].assign(
        name="given", value=120.0, status="observed"
    )
    cells = cells_of(dataset, pd.concat([follow_up, fixed]))
    assert "given" not in " ".join(cells.names)
    np.testing.assert_allclose(cells.fixed_cost[:, cells.groups.index("given")], 120.0)


def test_arms_without_participants_are_told():
    study = {**STUDY, "arms": {**STUDY["arms"], "C": {}}}
    cells = cells_by_visit(*skewed_tables(), WEIGHTS, study, section())
    assert cells.arms == ("A", "B")
    assert cells.notes == ["arm C has no participants and is not fitted"]


def test_a_subgroup_of_which_an_arm_has_nobody_is_told_and_not_compared():
    dataset = pd.DataFrame({"arm": ["A", "A", "B", "B"], "sex": ["f", "rare", "f", "f"]})
    notes: list[str] = []
    assert list(subgroups(dataset, {"subgroups": ["sex"]}, notes)) == ["sex: f"]
    assert notes == ["nobody of B is in subgroup sex: rare, which is not compared"]


def test_a_group_that_everybody_has_is_one_cell_and_follows_only_the_baseline():
    arm, utility, cost = people(60)
    unseen = np.zeros((60, 3), bool)
    dataset, follow_up = tables(arm, utility, cost, unseen)
    unseen[::3, 2] = True
    _, interview = tables(arm, utility, 2 * cost, unseen)
    interview = interview[interview["kind"] == "cost"].assign(name="interview")
    visits = tables(arm, utility, cost, unseen)[1]
    visits = visits[visits["kind"] == "measure"]
    records = follow_up[follow_up["kind"] == "cost"]
    cells = cells_of(dataset, pd.concat([visits, records, interview]))
    assert cells.names == ["utility m0", "records", "interview p1", "utility m6", "interview p2",
                           "utility m12"]  # fmt: skip
    assert cells.cells[1].parents == ("utility m0",)
    assert cells.cells[3].parents == ("utility m0", "records", "interview p1")
    np.testing.assert_allclose(cells.value[:, 1], cost.sum(axis=1))
    np.testing.assert_allclose(cells.shown["records", "p2"], cost[:, 1])


def test_somebody_who_died_keeps_the_last_value_up_to_the_day():
    arm, utility, cost = people(40)
    death = np.full(40, np.inf)
    death[[3, 4, 5]] = 0.2, 0.5, 0.8
    cells = cells_of(*tables(arm, utility, cost, death=death))
    measures = [cells.names.index(f"utility {m}") for m in ("m0", "m6", "m12")]
    own = cells.effect_weight[[3, 4, 5]][:, measures]
    np.testing.assert_allclose(own, [[0.2, 0, 0], [0.5, 0, 0], [0.25, 0.55, 0]])
    np.testing.assert_allclose(cells.effect_weight[0, measures], [0.25, 0.5, 0.25])


def fitted(arm, utility, cost, unseen=None, death=None, seed=1, **settings):
    dataset, follow_up = tables(arm, utility, cost, unseen, death)
    own = section(**({"draws": 300, "tune": 300, "chains": 2} | settings))
    idata = fit(dataset, [], STUDY, own, seed, follow_up=follow_up, weights=WEIGHTS)
    return idata, dataset, follow_up, own


def contrast(idata, name):
    means = idata.posterior[name]
    return (means.sel(arm="B") - means.sel(arm="A")).to_numpy().ravel()


@pytest.fixture(scope="module")
def complete():
    return fitted(*people(300, seed=2))


@pytest.mark.model
def test_normal_equals_the_contrast_of_visit_means(complete):
    """Outcome regressed on baseline: what the model with one baseline mean comes to (GLS)."""
    arm, utility, cost = people(300, seed=2)
    area = utility @ WEIGHTS["weight"].to_numpy()
    x = np.c_[np.ones(300), arm, utility[:, 0]]
    for name, outcome in (("mean_effect", area), ("mean_cost", cost.sum(axis=1))):
        slope, rest, *_ = np.linalg.lstsq(x, outcome, rcond=None)
        error = np.sqrt(rest[0] / 297 * np.linalg.inv(x.T @ x)[1, 1])
        draws = contrast(complete[0], name)
        assert abs(draws.mean() - slope[1]) < 0.15 * error
        assert draws.std() == pytest.approx(error, rel=0.12)


@pytest.mark.model
def test_area_is_the_weighted_sum_of_visit_means(complete):
    posterior = complete[0].posterior
    area = (posterior["visit_mean"] * WEIGHTS["weight"].to_numpy()).sum("visit")
    np.testing.assert_allclose(area, posterior["mean_effect"])
    np.testing.assert_allclose(posterior["period_mean"].sum("period"), posterior["mean_cost"])
    baseline = posterior["visit_mean"].sel(visit="m0")
    np.testing.assert_allclose(baseline.sel(arm="A"), baseline.sel(arm="B"), rtol=1e-9)


@pytest.mark.model
def test_a_fit_reads_as_that_of_totals(complete):
    idata, dataset, follow_up, own = complete
    assert list(arm_draws(idata).columns)[:4] == ["draw", "arm", "cost", "effect"]
    checks = check(idata, dataset, own).set_index("check")
    assert checks.loc["divergences", "verdict"] == "pass"
    assert checks.loc["predictive p: effect_mean (A)", "verdict"] == "pass"
    assert checks.loc["fitted against observed mean", "value"] < 0.5
    means = visit_means(idata, follow_up)
    assert len(means) == 10
    assert (means["observed"] == 150).all()
    assert ((means["lower"] < means["mean"]) & (means["mean"] < means["upper"])).all()
    assert not len(unobserved_means(idata))


@pytest.mark.model
def test_who_is_seen_at_six_months_informs_twelve():
    arm, utility, cost = people(500, seed=4)
    gone = np.zeros((500, 3), bool)
    gone[:, 2] = (arm == 1) & (utility[:, 1] < 0.65)
    idata = fitted(arm, utility, cost, gone)[0]
    last = idata.posterior["visit_mean"].sel(arm="B", visit="m12").to_numpy()
    seen = utility[(arm == 1) & ~gone[:, 2], 2]
    assert seen.mean() - 0.65 > 2 * seen.std() / np.sqrt(len(seen))
    assert abs(last.mean() - 0.65) < 2 * last.std()
    table = unobserved_means(idata)
    whole = table[(table["component"] == "effect") & (table["moment"] == "all")]
    assert whole.groupby("arm")["share"].mean()["A"] == 0
    at = table[(table["component"] == "effect") & (table["moment"] == "m12")]
    share = at[at["arm"] == "B"]["share"].mean()
    assert share == pytest.approx(gone[arm == 1, 2].mean(), abs=0.05)


@pytest.mark.model
def test_a_longer_life_counts():
    """60 % die, later in B: the difference is that of the data, not shrunk to a common one (F2)."""
    rng = np.random.default_rng(5)
    arm, utility, cost = people(300, seed=6)
    died = rng.random(300) < 0.6
    at = np.where(arm == 1, rng.uniform(0.4, 0.95, 300), rng.uniform(0.05, 0.5, 300))
    death = np.where(died, at, np.inf)
    idata, _, _, _ = fitted(arm, utility, cost, death=death)
    later = 0.25 * (utility[:, 0] + utility[:, 1]) + utility[:, 1] * (at - 0.5)
    half = np.where(at < 0.5, utility[:, 0] * at, later)
    effect = np.where(died, half, utility @ [0.25, 0.5, 0.25])
    x = np.c_[np.ones(300), arm, utility[:, 0]]
    slope, rest, *_ = np.linalg.lstsq(x, effect, rcond=None)
    error = np.sqrt(rest[0] / 297 * np.linalg.inv(x.T @ x)[1, 1])
    draws = contrast(idata, "mean_effect")
    assert abs(draws.mean() - slope[1]) < 0.2 * error
    assert draws.std() == pytest.approx(error, rel=0.15)
