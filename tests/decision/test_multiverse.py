"""Cells of a multiverse: closed forms, the stage's own tables, and a proof that can fail."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from defensible_study import small
from trialbalance.contracts import Problems, read, write
from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.missing.compare_cases import compared, tidy_arrays
from trialbalance.decision.missing.unobserved import Unobserved, move
from trialbalance.decision.multiverse import cells as of_cells
from trialbalance.decision.multiverse.cells import cell_table, cells_of, drawn_numbers
from trialbalance.decision.multiverse.moved import Drawn, case_of, moved, priced
from trialbalance.decision.multiverse.refits import COLUMNS, error_of_mean, refitted_cells
from trialbalance.decision.prices.price_scenarios import compare_prices
from trialbalance.decision.prices.quantities import ItemDraws
from trialbalance.settings.sections.decision import DecisionSettings
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.settings.universes import Fit

ARMS = ["new", "usual"]
STUDY = {"arms": {"new": {}, "usual": {}}, "comparator": "usual", "currency": "GBP"}
ITEMS = pd.DataFrame(
    {
        "item": ["bed", "visit", "hour"],
        "source_group": ["records", "interview", "interview"],
        "unit_cost": [300.0, 40.0, 12.0],
        "unit_cost_lower": [200.0, np.nan, 6.0],
        "unit_cost_upper": [450.0, np.nan, 18.0],
        "price_year": "2012/13",
        "inflation": 1.0,
    }
)
INDEX = pd.DataFrame({"year": ["2012/13", "2023/24"], "index": [100.0, 140.0]})
NOTHING = {"effect": 0.0, "cost_percent": 0.0, "jump_to_reference": [], "at_ceiling": None}
PLAN = Fit("base", "qaly", ((), ("lognormal",), ("society",), ("society", "lognormal")), 120)


@pytest.fixture
def drawn():
    """Draws of two arms, their items, and people unobserved in the interview group."""
    rng = np.random.default_rng(8)
    cost = rng.gamma(20, 1, (300, 2, 3)) * np.array([[200, 40, 10], [150, 60, 12]])
    effect = rng.normal(0.6, 0.02, (300, 2)) + np.array([0.02, 0])
    arrays = ArmDraws(ARMS, [], np.arange(300), cost.sum(axis=2), effect)
    share = rng.uniform(0.1, 0.3, (300, 2))
    mean = rng.uniform(0.4, 0.6, (300, 2))
    one = rng.uniform(800, 1200, (300, 2, 1))
    lost = Unobserved(
        share, mean, mean[:, [1, 1]], share[..., None], one, one[:, [1, 1]], share[..., None] / 2,
        np.full((300, 2, 1), -500.0), 0.0, 1.0, mean - 0.1, np.full((300, 2), 0.4),
    )  # fmt: skip
    items = ItemDraws(ITEMS, ARMS, np.ones((2, 3)), cost)
    return Drawn(arrays, "usual", items, lost, ["interview"], INDEX)


def settings_of(section=None, **decision):
    given = MultiverseSettings.model_validate(section or small()).model_dump(mode="json")
    return {
        "study": STUDY,
        "analysis": {"name": "qaly", "outcome": "qaly", "perspective": "p", "population": "all"},
        "decision": DecisionSettings(**decision).model_dump(mode="json"),
        "multiverse": given,
    }


def table_of(drawn, fit=PLAN, again=()):
    settings = settings_of()
    return cell_table(drawn, cells_of(settings["multiverse"], fit), settings, fit, again)


def row_of(table, **options):
    chosen = {
        "prices": "own_prices", "missing_utility": "at_random", "missing_cost": "cost_at_random",
        "threshold": "low_threshold", "perspective": "health", "cost_family": "gamma",
    } | options  # fmt: skip
    for choice, name in chosen.items():
        table = table[table[f"choice_{choice}"] == name]
    assert len(table) == 1
    return table.iloc[0]


def test_a_cell_is_the_closed_form_of_its_options(drawn):
    row = row_of(
        table_of(drawn), prices="later", missing_utility="lower", missing_cost="cost_higher"
    )
    # All prices × 1.4; the unobserved cost 30 % more; their effect is lower by 0.1.
    share = drawn.unobserved.share
    extra = (drawn.unobserved.cost_share * drawn.unobserved.cost_mean)[..., 0]
    cost = 1.4 * (drawn.arrays.cost + 0.3 * extra)
    effect = drawn.arrays.effect - 0.1 * share
    more, gain = cost[:, 0] - cost[:, 1], effect[:, 0] - effect[:, 1]
    benefit = 20000 * gain - more
    assert row["net_benefit"] == pytest.approx(benefit.mean(), rel=1e-12)
    assert row["lower"] == pytest.approx(np.quantile(benefit, 0.025), rel=1e-9)
    assert row["upper"] == pytest.approx(np.quantile(benefit, 0.975), rel=1e-9)
    assert row["probability_positive"] == pytest.approx((benefit > 0).mean())
    assert row["preferred"] == ("new" if benefit.mean() > 0 else "usual")
    assert (row["way"], row["error"]) == ("exact", 0)


def test_cells_of_prices_are_the_scenarios_of_prices(drawn):
    plan = {"dear": {"title": "Dear", "range_end": "high"}}
    section = DecisionSettings(price_scenarios=plan).model_dump(mode="json")
    told = compare_prices(drawn.arrays, drawn.items, STUDY, section, "qaly")
    told = told[told["threshold"] == 20000].iloc[0]
    row = row_of(table_of(drawn), prices="dear")
    for column in ("cost", "effect", "net_benefit", "lower", "upper", "error"):
        assert row[column] == pytest.approx(told[column], rel=1e-9), column
    assert row["way"] == told["method"] == "approximate"


def test_cells_of_deltas_are_the_scenarios_of_missing_data(drawn):
    cost, effect = move(drawn.arrays, drawn.unobserved, jump=("effect", "cost"))
    section = DecisionSettings().model_dump(mode="json")
    told = compared(tidy_arrays(drawn.arrays, cost, effect), STUDY, section, "qaly")
    told = told[told["threshold"] == 20000].iloc[0]
    row = row_of(table_of(drawn), missing_utility="jump")
    for column in ("cost", "effect", "net_benefit", "lower", "upper", "probability_positive"):
        assert row[column] == pytest.approx(told[column], rel=1e-9), column
    assert row["preferred"] == told["preferred"]


def test_the_threshold_of_the_plan_is_the_primary_one(drawn):
    row = row_of(table_of(drawn), threshold="plan_threshold")
    assert row["threshold"] == 25000


def test_deltas_move_costs_along_the_slope_where_the_study_says_so(drawn):
    follows = replace(drawn, cost_follows_effect=True)
    case = case_of([NOTHING | {"effect": {"new": -0.2}}], ARMS)
    cost, effect = moved(follows, priced(follows, None), case)
    wanted = move(drawn.arrays, drawn.unobserved, case["effect"], cost_follows_effect=True)
    np.testing.assert_allclose(cost, wanted[0], rtol=1e-12)
    np.testing.assert_allclose(effect, wanted[1], rtol=1e-12)
    assert (cost[:, 0] > drawn.arrays.cost[:, 0]).all()


def test_a_share_at_the_ceiling_is_that_of_the_scenarios(drawn):
    case = case_of([NOTHING | {"at_ceiling": {"new": 0.5}}], ARMS)
    _, effect = moved(drawn, priced(drawn, None), case)
    _, wanted = move(drawn.arrays, drawn.unobserved, at_ceiling=np.array([0.5, np.nan]))
    np.testing.assert_allclose(effect, wanted, rtol=1e-12)


def test_other_prices_reach_the_costs_of_those_not_seen(drawn):
    case = case_of([NOTHING | {"jump_to_reference": ["cost"]}], ARMS)
    dear = priced(drawn, {"unit_costs": {"hour": 24.0}, "range_end": None, "price_year": None})
    cost, _ = moved(drawn, dear, case)
    lost, items = drawn.unobserved, drawn.items.cost
    ratio = 1 + items[..., 2] / (items[..., 1] + items[..., 2])
    reference = lost.cost_reference[..., 0] * ratio[:, [1]]
    change = lost.cost_share[..., 0] * (reference - lost.cost_mean[..., 0] * ratio)
    np.testing.assert_allclose(cost, drawn.arrays.cost + items[..., 2] + change, rtol=1e-12)


def test_cells_recomputed_agree_and_others_are_blank(drawn):
    table = table_of(drawn, again=range(1, 145))
    np.testing.assert_allclose(table["recomputed"], table["net_benefit"], rtol=1e-9)
    some = table_of(drawn, again=[2])
    assert some["recomputed"].notna().sum() == 1


@pytest.mark.parametrize("fault", ["change", "ratio", "effect"])
def test_a_wrong_sum_shows_in_the_cells_recomputed(drawn, monkeypatch, fault):
    def wrong_prices(*given):
        found = priced(*given)
        return (
            found
            if fault == "effect"
            else replace(found, **{fault: 1.01 * getattr(found, fault) + 0.01})
        )

    def wrong_sum(drawn, prices, case):
        cost, effect = moved(drawn, prices, case)
        return cost, effect * (np.array([1.001, 1.0]) if fault == "effect" else 1)

    monkeypatch.setattr(of_cells, "priced", wrong_prices)
    monkeypatch.setattr(of_cells, "moved", wrong_sum)
    table = table_of(drawn, again=range(1, 145))
    assert (table["recomputed"] - table["net_benefit"]).abs().max() > 0.01


def test_cells_of_another_fit_say_that_they_are_refitted(drawn):
    fit = Fit("multiverse_society", "qaly", (("society",),), 30)
    table = table_of(drawn, fit)
    assert set(table["way"]) == {"refitted", "approximate"}
    assert set(table["choice_perspective"]) == {"society"}
    assert set(table["choice_cost_family"]) == {"gamma"}
    assert set(table["fit"]) == {"multiverse_society/qaly"}


def test_prices_where_no_item_was_costed_are_refused(drawn):
    with pytest.raises(Problems, match=r"multiverse\.choices\.prices\.options\.dear\.prices"):
        table_of(replace(drawn, items=None))


def test_a_jump_to_nobody_is_refused_by_the_setting_that_asks(drawn):
    nobody = replace(drawn.unobserved, reference_mean=np.full((300, 2), np.nan))
    with pytest.raises(Problems, match=r"setting multiverse\.choices.*participants"):
        table_of(replace(drawn, unobserved=nobody))


def test_the_same_cells_are_drawn_for_every_fit():
    section = settings_of()["multiverse"]
    one, other = (drawn_numbers(section, np.random.default_rng(3)) for _ in range(2))
    assert one == other
    assert len(one) == len(set(one)) == 20


def test_three_arms_have_two_rows_a_cell(drawn):
    arrays = drawn.arrays
    wide = ArmDraws(
        ["new", "usual", "third"], [], arrays.draw,
        np.c_[arrays.cost, arrays.cost[:, 0]], np.c_[arrays.effect, arrays.effect[:, 0]],
    )  # fmt: skip
    settings = settings_of(
        small(choices={"threshold": small()["choices"]["threshold"]}, excluded=[])
    )
    settings["study"] = STUDY | {"arms": {"new": {}, "usual": {}, "third": {}}}
    mine = cells_of(settings["multiverse"], PLAN)
    table = cell_table(Drawn(wide, "usual"), mine, settings, PLAN, [1])
    assert table["arm"].tolist() == ["new", "third"] * 2
    # Two arms alike tie for the best.
    assert set(table["preferred"]) <= {"new, third", "usual"}
    assert table["recomputed"].notna().sum() == 2


def test_the_table_keeps_its_contract(drawn, tmp_path):
    table = table_of(drawn)
    path = tmp_path / "multiverse_cells.parquet"
    words = {"arms": ARMS}
    write(table, path, "multiverse_cells", True, words)
    again = read(path, "multiverse_cells", words)
    assert again["net_benefit"].tolist() == pytest.approx(table["net_benefit"].tolist())
    assert again["choice_prices"].tolist() == table["choice_prices"].tolist()


OWN = Fit("base", "qaly", ((),), 30)


def test_at_the_plans_prices_a_refit_of_the_same_draws_is_the_cell(drawn):
    settings = settings_of()
    plain = [
        (number, cell) for number, cell in cells_of(settings["multiverse"], OWN)
        if "own_prices" in cell
    ]  # fmt: skip
    again = refitted_cells(drawn, plain, settings, "refit_of_base/qaly")
    assert list(again) == COLUMNS
    cells = table_of(drawn).set_index("cell").loc[again["cell"]]
    for mine, theirs in (("cost", "refitted_cost"), ("effect", "refitted_effect"),
                         ("net_benefit", "refitted")):  # fmt: skip
        np.testing.assert_allclose(again[theirs], cells[mine], rtol=1e-9)


def test_prices_are_in_the_fit_and_are_not_laid_on_it_again(drawn):
    settings = settings_of(small())
    mine = [one for one in cells_of(settings["multiverse"], OWN)
            if {"dear", "at_random", "cost_at_random"} <= set(one[1])]  # fmt: skip
    again = refitted_cells(drawn, mine, settings, "x")
    more = drawn.arrays.cost[:, 0] - drawn.arrays.cost[:, 1]
    assert again["refitted_cost"].tolist() == pytest.approx([more.mean()] * 2, rel=1e-12)


def test_the_error_of_a_mean_covers_draws_that_hang_together():
    rng, inside = np.random.default_rng(5), 0
    for _ in range(400):
        noise, draws = rng.normal(size=4000), np.empty(4000)
        draws[0] = noise[0] / np.sqrt(1 - 0.7**2)
        for place in range(1, 4000):
            draws[place] = 0.7 * draws[place - 1] + noise[place]
        inside += abs(draws.mean()) <= 1.96 * error_of_mean(draws)
    # 95 % but for batches that hang together a little: standard deviation of the share 0.011.
    assert 0.90 < inside / 400 < 0.98
