"""Cells by total: what they are made of, what is refused, and likelihoods against brute force."""

import numpy as np
import pytest
from scipy import integrate, special, stats
from simulated_trial import STUDY, dataset, section
from trialbalance.contracts import Problems
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.means.anchoring import Weights
from trialbalance.model.cells.means.averages import arm_averages, totals, unseen_averages
from trialbalance.model.cells.means.completing import complete
from trialbalance.model.cells.pointwise import log_likelihood
from trialbalance.model.cells.priors import draw_prior
from trialbalance.model.cells.rows import lay_out

BETA = {"family": "beta", "lower": -0.594}
NORMAL = {"family": "normal"}
BARE = {"covariates": []}


def made(frame, groups=(), **settings):
    return cells_by_total(frame, list(groups), STUDY, section(**settings))


def laid(frame, groups=(), **settings):
    return lay_out(made(frame, groups, **settings))


def one_point(layout, seed=3):
    """Return one plausible draw of every parameter, latent values near the middle."""
    rng = np.random.default_rng(seed)
    scales = {"level": 0.3, "event": 0.3, "slope": 0.3, "spread": 0.3, "cluster": 0.3}
    found = draw_prior(layout, 1, rng, scales)
    for name, span in layout.latents.items():
        found[f"{name}.latent"] = rng.normal(0, 0.3, (1, span.stop - span.start))
    return found


def part_of(layout, name):
    return next((density, part) for density, block in layout.blocks.items()
                for part in block.parts if part.name == name)  # fmt: skip


def level(layout, points, name, person, *scores):
    """Return level and spread of a regression for somebody, written out by hand."""
    density, part = part_of(layout, name)
    arm = layout.cells.arm[person]
    white = points.get(f"{density}.white", np.zeros((1, 0)))
    slope = part.unwhiten @ white[0, part.whitened]
    terms = [*layout.cells.design[person]]
    given = dict(zip(layout.cells.parents[part.cell], scores, strict=True))
    for parent, own in layout.cells.terms(part.cell):
        terms.append(given[parent] if own in (-1, arm) else 0.0)
    found = points[f"{density}.level"][0, part.levels][arm] + slope @ (terms - part.centre)
    spread = points.get(f"{density}.spread")
    return found, None if spread is None else spread[0, part.spreads][arm]


def test_currency_changes_only_the_unit():
    pounds, pence = (laid(dataset(60).assign(cost=lambda x, k=k: k * x["cost"])) for k in (1, 100))
    for name, block in pounds.blocks.items():
        np.testing.assert_allclose(pence.blocks[name].value, block.value, rtol=1e-12)
        np.testing.assert_allclose(pence.blocks[name].predictor, block.predictor, atol=1e-12)
    scale = [layout.families[-1].scale for layout in (pounds, pence)]
    assert scale[1] == pytest.approx(100 * scale[0])


def test_an_empty_arm_is_left_out_with_a_note():
    study = {**STUDY, "arms": {"A": {}, "C": {}, "B": {}}}
    cells = cells_by_total(dataset(20), [], study, section())
    assert cells.arms == ("A", "B")
    assert cells.notes == ["arm C has no participants and is not fitted"]


def test_a_person_has_more_rows_only_for_discrete_unknowns():
    frame = dataset(60)
    frame.loc[0, ["effect", "at_ceiling", "baseline_effect"]] = np.nan, None, 1.0
    frame.loc[0, "baseline_at_ceiling"] = True
    layout = laid(frame, effect=BETA)
    assert layout.summed.tolist() == [0]
    assert (layout.people < len(layout.state)).sum() == 2


def test_who_began_below_the_ceiling_has_no_chance_of_it():
    frame = dataset(60)
    frame.loc[0, ["effect", "at_ceiling", "baseline_effect"]] = np.nan, None, 0.5
    frame.loc[0, "baseline_at_ceiling"] = False
    layout = laid(frame, effect=BETA)
    assert not len(layout.summed)
    free = laid(frame, effect=BETA | {"ceiling_needs_baseline": False})
    assert free.summed.tolist() == [0]
    rows = layout.blocks["bernoulli"]
    at_ceiling = [k for k, part in enumerate(rows.parts) if part.name == "effect at 1"]
    people = rows.person[np.isin(rows.part, at_ceiling)]
    assert frame.loc[people, "baseline_at_ceiling"].all()


def test_missing_category_is_summed_or_told():
    frame = dataset(30).assign(sex=["f", "m", "x"] * 10, ward=["a", "b"] * 15, age=range(30))
    frame.loc[3, ["sex", "ward", "age"]] = None, None, np.nan
    cells = made(frame, dependence="none")
    assert cells.names[:2] == ["ward", "age"] or cells.names[:2] == ["age", "ward"]
    assert [cell.family for cell in cells.cells if cell.name in ("ward", "age")] != ["normal"] * 2
    assert cells.notes == ["unknown values of sex are taken at the mean"]
    layout = lay_out(cells)
    assert layout.latent[3, :2].all() and layout.latent.sum() == 2
    assert layout.summed.tolist() == [3]


def test_a_covariate_that_says_nothing_new_is_left_out_and_told():
    frame = dataset(30).assign(again=lambda x: 2 * x["baseline_effect"] + 1)
    cells = made(frame)
    assert cells.columns == ("baseline_effect",)
    assert cells.notes == ["again says what other covariates say, and is left out"]


def test_vital_status_unknown_is_not_alive():
    frame = dataset(40, deaths=3)
    frame["died"] = frame["died"].astype("boolean")
    frame.loc[10, "died"] = None
    frame.loc[10, ["effect", "at_ceiling"]] = np.nan, None
    layout = laid(frame, effect=BETA)
    place = layout.cells.names.index("death")
    own = layout.people[list(layout.summed).index(10)]
    assert set(layout.state[own[own < len(layout.state)], place]) == {2, 3}


def test_the_dead_keep_their_own_effect_by_arm():
    """A longer life counts: the effect of the dead is that of the data (F2)."""
    frame = dataset(200, deaths=60, seed=2).drop(columns=["baseline_effect", "baseline_at_ceiling"])
    frame.loc[frame["died"] & (frame["arm"] == "B"), "effect"] += 0.3
    layout = laid(frame, effect=NORMAL, cost=NORMAL)
    points = one_point(layout)
    equal = np.array([[1 / (layout.cells.arm == arm).sum() for arm in layout.cells.arm]])
    filled = complete(layout, points, equal, np.random.default_rng(1))
    found = arm_averages(layout.cells, filled, Weights(equal, equal / 2))
    np.testing.assert_allclose(found["mean_effect"][0], frame.groupby("arm")["effect"].mean())
    np.testing.assert_allclose(found["mean_cost"][0], frame.groupby("arm")["cost"].mean())


def test_dead_whose_effect_is_unknown_take_that_of_the_dead_of_their_arm():
    frame = dataset(200, deaths=60, seed=2).drop(columns=["baseline_effect", "baseline_at_ceiling"])
    frame.loc[frame["died"] & (frame.index % 5 == 0), "effect"] = np.nan
    layout = laid(frame, effect=NORMAL, cost=NORMAL)
    assert "effect of the dead" in layout.cells.names
    points = {name: np.repeat(v, 500, axis=0) for name, v in one_point(layout).items()}
    equal = np.array([[1 / (layout.cells.arm == arm).sum() for arm in layout.cells.arm]])
    filled = complete(layout, points, equal.repeat(500, axis=0), np.random.default_rng(1))
    effect = totals(layout.cells, filled)[0].mean(axis=0)
    gone = frame["died"] & frame["effect"].isna()
    own = frame[frame["died"]].groupby("arm")["effect"].mean()
    np.testing.assert_allclose(effect[gone], frame.loc[gone, "arm"].map(own), atol=1e-6)


def test_clusters_deviate_in_cost_and_effect_each_by_itself():
    frame = dataset(60).assign(site=list("abc") * 20)
    layout = laid(frame, effect=NORMAL, cost=NORMAL, clusters="site")
    block = layout.blocks["normal"]
    assert block.outcomes == ("effect", "cost")
    part = np.array([layout.cells.names[one.cell] for one in block.parts])[block.part]
    assert set(block.cluster[part == "effect"]) == {0, 1, 2}
    assert set(block.cluster[part == "total"]) == {3, 4, 5}


def test_what_arms_have_in_common_is_one_parameter():
    frame = dataset(60, missing=0.3)
    apart, alike = (laid(frame, effect=BETA, common_to_arms=own)
                    for own in ([], ["spread", "dependence"]))  # fmt: skip
    for name in ("effect", "total"):
        two, one = (part_of(layout, name)[1] for layout in (apart, alike))
        assert (two.spreads.stop - two.spreads.start, one.spreads.stop - one.spreads.start) == (
            2,
            1,
        )
    assert len(part_of(apart, "total")[1].centre) == len(part_of(alike, "total")[1].centre) + 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"effect": {"family": "beta"}}, "model.effect.lower: found nothing"),
        ({"effect": {"family": "beta", "lower": 2}}, "allowed: below the ceiling, 1"),
        ({"effect": {"family": "beta", "lower": 0.9}}, "allowed: 0.9 to 1"),
        ({"effect": {"family": "decrement_gamma", "ceiling": 0.8}}, "allowed: up to 0.8"),
        ({"effect": {"family": "bernoulli"}}, "allowed: 0 or 1"),
        ({"effect": {"covariates": ["agee"]}}, "covariates: found agee; allowed: baseline_effect"),
        ({"cost": {"hurdle": "no"}}, "allowed: auto, yes; cost has zeros"),
        ({"cost": {"family": "gamma", "maximum": {"nights": 1.0}}}, "allowed: one of total"),
        ({"clusters": "ward"}, "setting model.clusters: found ward; allowed: participant_id"),
    ],
)
def test_impossible_settings_get_a_sentence(settings, sentence):
    with pytest.raises(Problems, match=r"dataset|study\.yaml") as caught:
        made(dataset(40), **settings)
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
        made(frame, effect=BETA)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("column", ["cost", "effect"])
def test_an_outcome_nobody_has_gets_a_sentence(column):
    with pytest.raises(Problems, match="for anybody"):
        made(dataset(20).assign(**{column: np.nan}))


def likelihood_of_first(layout, points, law, name, given):
    """Return the likelihood of the first person, the missing outcome drawn given the other."""
    family, rng = layout.families[layout.cells.names.index(name)], np.random.default_rng(1)
    values = law.rvs(2000, random_state=rng)
    chance = np.array([given(one) for one in values])
    draws = family.free(rng.choice(values, 400, p=chance / chance.sum()))
    found = {key: np.repeat(v, 400, axis=0) for key, v in points.items()}
    found[f"{family.density}.latent"] = draws[:, None]
    return log_likelihood(layout, found)[0, 0]


def gamma_pdf(cost, eta, shape):
    return stats.gamma.pdf(cost, shape, scale=np.exp(eta) / shape)


@pytest.mark.parametrize("top", [False, True])
@pytest.mark.parametrize("family", ["beta", "decrement_gamma", "normal"])
def test_missing_effect_with_cost_equals_brute_force(family, top):
    frame = dataset(40)
    frame.loc[0, ["effect", "at_ceiling"]] = np.nan, None
    frame.loc[0, ["cost", "baseline_effect", "baseline_at_ceiling"]] = 15000.0, 0.8, top
    effect = {"family": family, "lower": -0.594} | BARE
    layout = laid(frame, effect=effect, cost=BARE)
    points = one_point(layout)
    own, cost = (layout.families[layout.cells.names.index(n)] for n in ("effect", "total"))
    paid = cost.unit(np.array([15000.0]))[0]

    def given(value):
        score = own.score(np.array(value))
        zero = special.expit(level(layout, points, "total at 0", 0, score)[0])
        return (1 - zero) * gamma_pdf(paid, *level(layout, points, "total", 0, score))

    eta, spread = level(layout, points, "effect", 0)
    laws = {
        "beta": stats.beta(special.expit(eta) * spread, special.expit(-eta) * spread),
        "decrement_gamma": stats.gamma(spread, scale=np.exp(eta) / spread),
        "normal": stats.norm(eta, spread),
    }
    law = laws[family]
    expected = integrate.quad(lambda q: given(law.ppf(q)), 0, 1, limit=400, epsabs=1e-10)[0]
    if top and family != "normal":
        share = special.expit(level(layout, points, "effect at 1", 0)[0])
        expected = share * given(own.atoms[0]) + (1 - share) * expected
    found = likelihood_of_first(layout, points, law, "effect", given)
    assert found == pytest.approx(np.log(expected), abs=2e-3)


@pytest.mark.parametrize("family", ["gamma", "lognormal", "normal"])
def test_missing_cost_with_effect_equals_brute_force(family):
    frame = dataset(40)
    frame.loc[0, "cost"] = np.nan
    layout = laid(frame, effect=NORMAL | BARE, cost={"family": family} | BARE,
                  dependence="effect_given_cost")  # fmt: skip
    points = one_point(layout)
    effect, cost = (layout.families[layout.cells.names.index(n)] for n in ("effect", "total"))
    seen = effect.unit(frame["effect"].to_numpy()[:1])[0]

    def given(value):
        eta, spread = level(layout, points, "effect", 0, cost.score(np.array(value)))
        return stats.norm.pdf(seen, eta, spread)

    eta, spread = level(layout, points, "total", 0)
    law = {
        "gamma": stats.gamma(spread, scale=np.exp(eta) / spread),
        "lognormal": stats.lognorm(spread, scale=np.exp(eta - spread**2 / 2)),
        "normal": stats.norm(eta, spread),
    }[family]
    expected = integrate.quad(lambda q: given(law.ppf(q)), 0, 1, limit=400, epsabs=1e-10)[0]
    if family != "normal":
        zero = special.expit(level(layout, points, "total at 0", 0)[0])
        expected = zero * given(0.0) + (1 - zero) * expected
    found = likelihood_of_first(layout, points, law, "total", given)
    assert found == pytest.approx(np.log(expected), abs=2e-3)


def test_nobody_with_an_outcome_leaves_the_likelihood():
    frame = dataset(60, missing=0.4)
    frame.loc[0, ["effect", "at_ceiling", "cost"]] = np.nan, None, np.nan
    layout = laid(frame, effect=BETA)
    values = log_likelihood(layout, one_point(layout))[0]
    informed = frame["effect"].notna() | frame["cost"].notna()
    assert (layout.cells.seen[:, layout.cells.outcomes].any(axis=1) == informed).all()
    assert np.isfinite(values).all()
    np.testing.assert_array_equal(values != 0, informed)


def test_an_observed_cost_and_a_missing_effect_need_no_latent():
    frame = dataset(60, missing=0.4)
    layout = laid(frame, effect=BETA | BARE, cost=BARE, dependence="effect_given_cost")
    assert not layout.latent.any()
    points = one_point(layout)
    values = log_likelihood(layout, points)[0]
    alone = int(np.flatnonzero(frame["effect"].isna() & (frame["cost"] > 0))[0])
    zero = special.expit(level(layout, points, "total at 0", alone)[0])
    paid = layout.families[0].unit(frame["cost"].to_numpy()[[alone]])[0]
    own = np.log(gamma_pdf(paid, *level(layout, points, "total", alone)))
    assert values[alone] == pytest.approx(np.log1p(-zero) + own, abs=1e-9)


@pytest.mark.parametrize("cost", ["normal", "gamma", "lognormal"])
@pytest.mark.parametrize("dependence", ["cost_given_effect", "effect_given_cost", "none"])
@pytest.mark.parametrize("effect", ["normal", "beta", "decrement_gamma"])
def test_replicates_have_the_means_of_the_arms(effect, cost, dependence):
    """With nobody seen in an arm, means given histories average to the mean of drawn values."""
    frame = dataset(2000)
    gone = frame["arm"] == "B"
    frame.loc[gone, ["effect", "cost"]] = np.nan
    frame.loc[gone, "at_ceiling"] = None
    layout = laid(frame, dependence=dependence, cost={"family": cost} | BARE,
                  effect={"family": effect, "lower": -0.594} | BARE)  # fmt: skip
    points = {name: np.repeat(v, 20, axis=0) for name, v in one_point(layout).items()}
    weight = np.full((20, 2000), 1 / 1000)
    filled = complete(layout, points, weight, np.random.default_rng(2))
    own = layout.cells.arm == 1
    for given, drawn in zip(totals(layout.cells, filled), totals(layout.cells, filled, "value"),
                            strict=True):  # fmt: skip
        given, drawn = given[:, own].ravel(), drawn[:, own].ravel()
        error = drawn.std() / np.sqrt(len(drawn))
        assert abs(given.mean() - drawn.mean()) < 5 * error


def test_two_source_groups_are_apart():
    frame = dataset(200).drop(columns=["baseline_effect", "baseline_at_ceiling", "at_ceiling"])
    for arm, lacking in (("A", 30), ("B", 60)):
        frame.loc[frame.index[frame["arm"] == arm][:lacking], "effect"] = np.nan
    frame["cost_records"], frame["cost_interview"] = frame["cost"], 0.2 * frame["cost"] + 10
    frame.loc[frame["effect"].isna(), "cost_interview"] = np.nan
    layout = laid(frame, ["records", "interview"], effect=NORMAL, cost=NORMAL)
    weight = np.full((1, 200), 0.01)
    filled = complete(layout, one_point(layout), weight, np.random.default_rng(1))
    found = unseen_averages(layout, filled, Weights(weight, weight / 2), {})
    np.testing.assert_allclose(found["share"][0, :, 0], [0.3, 0.6])
    np.testing.assert_allclose(found["share"][0, :, 1], 0)
    np.testing.assert_allclose(found["share"][0, :, 2], [0.3, 0.6])
    np.testing.assert_allclose(found["share_with_effect"][0, :, 2], [0.3, 0.6])


@pytest.mark.parametrize("dependence", ["none", "effect_given_cost"])
def test_the_ceiling_is_given_and_taken_away(dependence):
    """Between none and all at the ceiling lies the model's own mean; without one all is blank."""

    def unseen(frame, **settings):
        layout = laid(frame, dependence=dependence, **settings)
        weight = np.full((2, len(frame)), 2 / len(frame))
        points = {name: np.repeat(v, 2, axis=0) for name, v in one_point(layout).items()}
        filled = complete(layout, points, weight, np.random.default_rng(1))
        return unseen_averages(layout, filled, Weights(weight, weight / 2), {})

    found = unseen(dataset(120, missing=0.4), effect=BETA)
    below, gain = found["below_ceiling"][..., 0], found["ceiling_gain"][..., 0]
    assert ((below < found["mean"][..., 0]) & (found["mean"][..., 0] < below + gain)).all()
    assert (below + gain < 1).all()
    free = unseen(dataset(120, missing=0.4), effect=BETA | {"ceiling_needs_baseline": False})
    np.testing.assert_allclose((free["below_ceiling"] + free["ceiling_gain"])[..., 0], 1.0)
    assert np.isnan(unseen(dataset(60, missing=0.3), effect=NORMAL)["below_ceiling"]).all()


def test_draws_have_the_moments_of_the_priors():
    layout = laid(dataset(60, missing=0.2), effect=BETA)
    scales = {"level": 0.5, "event": 2.0, "slope": 0.3, "spread": 2.0, "cluster": 0.5}
    drawn = draw_prior(layout, 20000, np.random.default_rng(1), scales)
    for name, block in layout.blocks.items():
        scale = scales["event" if name == "bernoulli" else "level"]
        assert drawn[f"{name}.level"].std(axis=0) == pytest.approx(scale, rel=0.03)
        assert drawn[f"{name}.level"].mean(axis=0) == pytest.approx(block.level_centre, abs=0.05)
        for part in block.parts:
            slope = drawn[f"{name}.white"][:, part.whitened] @ part.unwhiten.T
            told = slope[:, ~part.silent]
            assert told.std(axis=0) == pytest.approx(np.full(told.shape[1], 0.3), rel=0.03)
    assert np.log(drawn["gamma.spread"]).std() == pytest.approx(2.0, rel=0.03)
