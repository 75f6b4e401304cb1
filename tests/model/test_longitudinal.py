"""The longitudinal form: exact likelihoods, closed forms, dropout, and sentences."""

import numpy as np
import pandas as pd
import pytest
from longitudinal_trial import STUDY, WEIGHTS, people, section, tables
from scipy import special, stats
from trialbalance.contracts import Problems
from trialbalance.model.checks import check
from trialbalance.model.forms import fit, visit_means
from trialbalance.model.longitudinal.likelihood import NUMPY, log_likelihood, spread_out
from trialbalance.model.longitudinal.means import arm_means
from trialbalance.model.longitudinal.panel import make_panel
from trialbalance.model.longitudinal.parameters import named, plan, sizes
from trialbalance.model.results import arm_draws

SKEWED = {"effect": {"family": "decrement_gamma"}, "cost": {"family": "gamma"}}


def skewed_tables(size=12, seed=3):
    """Utilities up to the ceiling, costs with zeros, a missed visit, a death and a censoring."""
    arm, utility, cost = people(size, seed)
    unseen = np.zeros((size, 3), bool)
    unseen[1, 1] = unseen[2, 2] = True
    death, end = np.full(size, np.inf), np.ones(size)
    death[3], end[4] = 0.7, 0.6
    cost[5:7] = 0
    return tables(arm, np.minimum(1.35 * utility, 1.0), np.abs(cost), unseen, death, end)


def panel_of(dataset, follow_up, **settings):
    own = section(**settings)
    panel = make_panel(dataset, follow_up, WEIGHTS, STUDY, own)
    parts = plan(panel, own)
    rng = np.random.default_rng(5)
    size = sizes(parts)
    vectors = {
        "any": 0.5 * rng.standard_normal(size["any"]),
        "above": rng.uniform(0.6, 1.0, size["above"]),
    }
    return panel, spread_out(NUMPY, panel, named(np, parts, vectors))


def brute_force(panel, p, person, size=160):
    """Likelihood of one participant by a fine product grid, straight from the densities."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(size)
    weights = weights / weights.sum()
    arm, r = panel.arm[person], p["correlation"]
    total = 0.0
    for t, weight in zip(nodes, weights, strict=True):
        v = r * t + np.sqrt(1 - r**2) * nodes
        both = density(panel.visits, p["visits"], person, arm, v)
        if panel.mortal:
            risk = np.exp(p["hazard_loading"] * t - p["hazard_loading"] ** 2 / 2)
            rate = p["hazard"][arm] * risk
            lived, died = panel.exposure[person], panel.deaths[person]
            both = both * np.exp(-(rate * lived).sum()) * np.prod(rate**died)
        own = density(panel.periods, p["periods"], person, arm, np.array([t]))
        total += weight * own[0] * (both * weights).sum()
    return np.log(total)


def factor(loading, effect):
    """The bounded factor by which an effect moves a mean."""
    return 1 + np.tanh(loading) * (2 * stats.norm.cdf(effect) - 1)


def density(cells, p, person, arm, effect):
    total = np.ones(len(effect))
    for k in range(cells.size):
        mean, spread = p["level"][arm, k] + p["loading"][k] * effect, p["spread"][arm, k]
        zero = 0.0
        if k in cells.hurdle:
            h = list(cells.hurdle).index(k)
            zero = special.expit(p["zero_level"][arm, h] + p["zero_loading"][h] * effect)
        if cells.zero[person, k]:
            total = total * zero
        if cells.positive[person, k]:
            y = cells.value[person, k]
            scale = np.exp(p["level"][arm, k]) * factor(p["loading"][k], effect)
            law = {
                "normal": lambda y=y, m=mean, s=spread: stats.norm.pdf(y, m, s),
                "gamma": lambda y=y, m=scale, s=spread: stats.gamma.pdf(y, s**-2, scale=m * s**2),
                "lognormal": lambda y=y, m=scale, s=spread: stats.lognorm.pdf(
                    y, s, scale=m * np.exp(-(s**2) / 2)
                ),
            }[cells.family]()
            total = total * (1 - zero) * law
    return total


@pytest.mark.parametrize(
    ("effect", "cost"),
    [
        ("normal", "normal"),
        ("normal", "lognormal"),
        ("normal", "gamma"),
        ("decrement_gamma", "gamma"),
    ],
)
def test_effects_are_integrated_exactly(effect, cost):
    families = {"effect": {"family": effect}, "cost": {"family": cost}}
    panel, p = panel_of(*skewed_tables(), **families)
    values = log_likelihood(NUMPY, panel, p)
    for person in range(len(panel.arm)):
        assert values[person] == pytest.approx(brute_force(panel, p, person), abs=1e-3)


def test_all_normal_is_a_multivariate_normal():
    arm, utility, cost = people(6)
    unseen = np.zeros((6, 3), bool)
    unseen[0, 1] = unseen[1, 2] = unseen[2, 1:] = True
    panel, p = panel_of(*tables(arm, utility, cost, unseen))
    values = log_likelihood(NUMPY, panel, p)
    loads = np.concatenate([p["visits"]["loading"], p["periods"]["loading"]])
    joint = np.outer(loads, loads)
    joint[:3, 3:] *= p["correlation"]
    joint[3:, :3] *= p["correlation"]
    for person in range(6):
        own = np.concatenate([p[part]["spread"][arm[person]] for part in ("visits", "periods")])
        middle = np.concatenate([p[part]["level"][arm[person]] for part in ("visits", "periods")])
        seen = np.concatenate([panel.visits.positive[person], panel.periods.positive[person]]) > 0
        y = np.concatenate([panel.visits.value[person], panel.periods.value[person]])
        law = stats.multivariate_normal(middle[seen], (joint + np.diag(own**2))[np.ix_(seen, seen)])
        assert values[person] == pytest.approx(law.logpdf(y[seen]))


def test_someone_never_seen_again_counts_through_the_first_visit():
    panel, p = panel_of(*skewed_tables(), **SKEWED)
    assert panel.informed.all()
    dataset, follow_up = skewed_tables()
    gone = follow_up["participant_id"] == "p000000"
    follow_up.loc[gone, ["value", "status"]] = [np.nan, "missed"]
    panel, p = panel_of(dataset, follow_up, **SKEWED)
    assert not panel.informed[0] and panel.informed[1:].all()
    assert log_likelihood(NUMPY, panel, p)[0] == pytest.approx(
        -(p["hazard"][0] * panel.exposure[0]).sum(), abs=0.5
    )


@pytest.mark.parametrize("families", [{}, SKEWED])
def test_means_equal_the_average_of_a_large_trial(families):
    """Deaths that come earlier for the dear: survival, value and cost move together."""
    panel, p = panel_of(*skewed_tables(), **families)
    means = arm_means(panel, p)
    rng = np.random.default_rng(8)
    size, r = 400_000, p["correlation"]
    t = rng.standard_normal(size)
    v = r * t + np.sqrt(1 - r**2) * rng.standard_normal(size)
    risk = np.exp(p["hazard_loading"] * t - p["hazard_loading"] ** 2 / 2)
    for arm in range(2):
        value = mean_at(panel.visits, p["visits"], arm, v)
        value = value if panel.ceiling is None else panel.ceiling - value
        hazard = (p["hazard"][arm] * np.diff(np.append(0, panel.bounds))).cumsum()
        alive = np.exp(-np.append(0, hazard)[:, None] * risk)
        assert list(panel.bounds) == [0.5, 1.0]
        effect = (WEIGHTS["weight"].to_numpy()[:, None] * alive * value).sum(axis=0)
        cost = (alive[:2] * mean_at(panel.periods, p["periods"], arm, t)).sum(axis=0)
        for name, draws in (("mean_effect", effect), ("mean_cost", cost)):
            error = draws.std() / np.sqrt(size)
            assert abs(means[name][arm] - draws.mean()) < 5 * error + 1e-4 * abs(draws.mean())


def mean_at(cells, p, arm, effect):
    """Mean of each cell given the effect, in the unit of the data."""
    mean = p["level"][arm][:, None] + p["loading"][:, None] * effect
    if cells.family != "normal":
        mean = np.exp(p["level"][arm][:, None]) * factor(p["loading"][:, None], effect)
    for number, k in enumerate(cells.hurdle):
        logit = p["zero_level"][arm, number] + p["zero_loading"][number] * effect
        mean[k] *= special.expit(-logit)
    return mean * cells.unit[:, None]


def test_covariates_are_averaged_over_everybody():
    dataset, follow_up = skewed_tables()
    dataset["age"] = np.linspace(20.0, 80.0, len(dataset))
    panel, p = panel_of(dataset, follow_up, **SKEWED)
    moved = np.exp(panel.periods.design @ p["periods"]["slope"]).mean()
    means = arm_means(panel, p)["mean_cost"]
    p["periods"]["slope"] = np.zeros_like(p["periods"]["slope"])
    np.testing.assert_allclose(means, arm_means(panel, p)["mean_cost"] * moved)


def fitted(arm, utility, cost, unseen=None, seed=1, **further):
    dataset, follow_up = tables(arm, utility, cost, unseen, **further)
    own = section()
    return fit(dataset, [], STUDY, own, seed, follow_up=follow_up, weights=WEIGHTS), dataset


@pytest.fixture(scope="module")
def complete():
    return fitted(*people(300, seed=2))


def contrast(idata, name):
    values = idata.posterior[name]
    return (values.sel(arm="B") - values.sel(arm="A")).to_numpy().ravel()


def closed_form(arm, utility, outcome):
    """Contrast of means with one baseline mean for both arms, and its standard error."""
    rest = [utility[arm == a, 0] - utility[arm == a, 0].mean() for a in (0, 1)]
    mine = [outcome[arm == a] - outcome[arm == a].mean() for a in (0, 1)]
    slope = np.concatenate(rest) @ np.concatenate(mine) / (np.concatenate(rest) ** 2).sum()
    apart = utility[arm == 1, 0].mean() - utility[arm == 0, 0].mean()
    found = outcome[arm == 1].mean() - outcome[arm == 0].mean() - slope * apart
    left = [m - slope * r for m, r in zip(mine, rest, strict=True)]
    return found, np.sqrt(sum(one.var(ddof=2) / len(one) for one in left))


@pytest.mark.model
def test_normal_equals_the_contrast_of_visit_means(complete):
    """Outcome regressed on baseline: what the model with one baseline mean comes to (GLS)."""
    arm, utility, cost = people(300, seed=2)
    area = utility @ WEIGHTS["weight"].to_numpy()
    # The area holds the baseline itself, whose means are the same: take it off the contrast.
    for name, outcome in (
        ("mean_effect", area - 0.25 * utility[:, 0]),
        ("mean_cost", cost.sum(axis=1)),
    ):
        found, error = closed_form(arm, utility, outcome)
        draws = contrast(complete[0], name)
        assert abs(draws.mean() - found) < 0.15 * error
        assert draws.std() == pytest.approx(error, rel=0.12)


@pytest.mark.model
def test_area_is_the_weighted_sum_of_visit_means(complete):
    posterior = complete[0].posterior
    area = (posterior["visit_mean"] * WEIGHTS["weight"].to_numpy()).sum("visit")
    np.testing.assert_allclose(area, posterior["mean_effect"])
    np.testing.assert_allclose(posterior["period_mean"].sum("period"), posterior["mean_cost"])
    baseline = posterior["visit_mean"].sel(visit="m0")
    np.testing.assert_array_equal(baseline.sel(arm="A"), baseline.sel(arm="B"))


@pytest.mark.model
def test_a_fit_reads_as_that_of_totals(complete):
    idata, dataset = complete
    assert list(arm_draws(idata).columns)[:4] == ["draw", "arm", "cost", "effect"]
    checks = check(idata, dataset, section()).set_index("check")
    for gate in ("r_hat", "ess_bulk", "ess_tail", "divergences", "bfmi", "pareto_k_share"):
        assert checks.loc[gate, "verdict"] == "pass"
    assert checks.loc["predictive p: effect_mean (A)", "verdict"] == "pass"
    _, follow_up = tables(*people(300, seed=2))
    means = visit_means(idata, follow_up)
    assert len(means) == 10
    assert (means["observed"] == 150).all()
    assert ((means["lower"] < means["mean"]) & (means["mean"] < means["upper"])).all()


def dropout(arm, utility):
    """Return who is not seen at twelve months: the worse-off of arm B at six."""
    gone = np.zeros((len(arm), 3), bool)
    gone[:, 2] = (arm == 1) & (utility[:, 1] < 0.65)
    return gone


@pytest.mark.model
def test_who_is_seen_at_six_months_informs_twelve_and_labels_swap():
    arm, utility, cost = people(500, seed=4)
    gone = dropout(arm, utility)
    idata, _ = fitted(arm, utility, cost, gone)
    last = idata.posterior["visit_mean"].sel(arm="B", visit="m12").to_numpy()
    seen = utility[(arm == 1) & ~gone[:, 2], 2]
    assert seen.mean() - 0.65 > 2 * seen.std() / np.sqrt(len(seen))
    assert abs(last.mean() - 0.65) < 2 * last.std()
    swapped, _ = fitted(1 - arm, utility, cost, gone, seed=2)
    for name in ("mean_cost", "mean_effect"):
        there, back = contrast(idata, name), contrast(swapped, name)
        error = np.hypot(there.std(), back.std()) / np.sqrt(500)
        assert abs(there.mean() + back.mean()) < 4 * error


@pytest.mark.parametrize(
    ("change", "settings", "sentence"),
    [
        (lambda rows: rows[rows["kind"] == "cost"], {},
         "follow_up: found no visit with a value of the outcome's measure; allowed: an outcome "
         "that is the area under a measure's curve, with values; set model.form to totals."),
        (lambda rows: rows[rows["kind"] == "measure"], {},
         "follow_up: found no period with an observed cost; allowed: costs by period; set "
         "model.form to totals."),
        (lambda rows: rows.assign(status=rows["status"].where(rows["moment"] != "p2", "missed")),
         {}, "follow_up, column value: found no observed cost of records in p2 for anybody; "
         "allowed: costs of every period from somebody; shorten study.horizon_years, or set "
         "model.form to totals."),
        (None, {"effect": {"family": "decrement_gamma"}, "longitudinal": {"ceiling": 0.5}},
         "study.yaml, setting model.longitudinal.ceiling: found 0.5, below the highest value 1 of "
         "utility; allowed: the best value of the measure; correct it."),
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
    follow_up = follow_up if change is None else change(follow_up)
    with pytest.raises(Problems) as raised:
        make_panel(dataset, follow_up, WEIGHTS, STUDY, section(**settings))
    assert str(raised.value) == sentence


def test_a_cost_the_same_for_everybody_is_known():
    dataset, follow_up = skewed_tables()
    fixed = follow_up[follow_up["moment"] == "p1"].assign(
        name="given", value=120.0, status="observed"
    )
    panel, p = panel_of(dataset, pd.concat([follow_up, fixed]), **SKEWED)
    means = arm_means(panel, p)
    place = panel.periods.names.index("given p1")
    np.testing.assert_allclose(means["period_mean"][:, place], 120.0)


def test_arms_without_participants_are_told():
    study = {**STUDY, "arms": {**STUDY["arms"], "C": {}}}
    panel = make_panel(*skewed_tables(), WEIGHTS, study, section())
    assert panel.arms == ["A", "B"]
    assert panel.notes == ["arm C has no participants and is not fitted"]
