"""Six attacks of a reviewer, and a seventh: each must fail for the attacker."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from attacked_study import ARMS, NOTE, ONE, people, results, settings, use_tables
from trialbalance import contracts
from trialbalance.audit.release import make_edition, may_leave, told
from trialbalance.audit.release.history import earlier_groups, remember
from trialbalance.audit.release.people import analysed_groups
from trialbalance.contracts import Problems
from trialbalance.disclosure.combinations import withheld_groups
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.groups import Group, too_close
from trialbalance.disclosure.rounding import round_numbers


@pytest.fixture(scope="module")
def edition() -> Edition:
    found = people()
    return make_edition(results(found), found, settings())


def after(edition: Edition, file: str) -> pd.DataFrame:
    return edition.tables[file].after


def everything(edition: Edition) -> str:
    """Return all that leaves, as text."""
    parts = [table.after.to_csv() for table in edition.tables.values()]
    return "\n".join([*parts, edition.suppressed().to_csv()])


def test_every_number_of_every_released_table_is_said_to_be_of_a_kind_and_to_rest_on_somebody():
    kinds = ("counts", "whole", "amounts", "follows", "rest_on", "percents", "exact", "withheld")
    for name in filter(may_leave, contracts.tables()):
        contract = contracts.schema(name)
        words = contract["disclosure"]
        spoken = {column for kind in kinds for column in words.get(kind, ())}
        spoken |= {c for columns in words.get("estimates", {}).values() for c in columns}
        assert set(words.get("estimates", {})) <= {"analysis", "study"}, name
        key = contract.get("primaryKey", [])
        spoken |= {key} if isinstance(key, str) else set(key)
        spoken |= {*contract.get("figures", []), "threshold"}
        spoken |= {"difference"} if name == "trial_balance" else set()
        numbers = {f["name"] for f in contract["fields"] if f.get("type") in ("number", "integer")}
        assert numbers <= spoken, name
        fields = {field["name"] for field in contract["fields"]}
        assert spoken <= fields | {"threshold"}, name


def test_a_number_of_which_a_contract_says_nothing_does_not_leave_whatever_its_label():
    contract = contracts.schema("incremental")
    del contract["disclosure"]["estimates"]
    frame = results(people())["base/60_decision/all/incremental.csv"]
    made = Edition(
        {"base/60_decision/all/incremental.csv": (contract, frame)}, settings()["disclosure"]
    )
    round_numbers(made)
    assert made.tables["base/60_decision/all/incremental.csv"].after["cost"].isna().all()


def test_attack_1_two_means_that_differ_by_one_person_are_not_both_there(edition):
    assert "base/adherent" in edition.withheld
    assert not [file for file in edition.tables if "/adherent/" in file]
    assert after(edition, "base/60_decision/all/arms.csv")["cost"].notna().all()
    rows = after(edition, "70_synthesis/scenarios.csv")
    assert rows["cost"].isna().tolist() == [False, True, True]
    assert "disclosure.prefer" in told(edition)[0]


def test_attack_1_the_other_of_two_is_released_when_the_study_prefers_it():
    found = people()
    made = make_edition(results(found), found, settings(prefer=["adherent"]))
    assert set(made.withheld) == {"base/all", "dear/all"}
    assert "base/60_decision/adherent/arms.csv" in made.tables
    with pytest.raises(Problems, match=r"disclosure\.prefer.*adherant"):
        make_edition(results(found), found, settings(prefer=["adherant"]))


def test_a_scenario_in_which_three_people_cost_something_else_is_not_released(edition):
    assert "fewer than 10 participants of an arm" in edition.withheld["dear/all"]


@pytest.mark.parametrize("method", ["complete_case", "weighted"])
def test_attack_1_another_estimate_of_a_cost_held_back_is_held_back(method):
    found = people()
    whole = found["all.dataset"]
    cost = whole["cost"].where((whole["arm"] != ARMS[0]) | (whole.index < 8))
    found = {
        name: t for name, t in found.items() if name not in ("adherent.dataset", "dear/all.dataset")
    }
    found["all.dataset"] = whole.assign(cost=cost)
    tables = results(people())
    chosen = {f: t for f, t in tables.items() if f.startswith("base/50_model/all/censored")}
    made = make_edition(chosen, found, settings())
    rows = after(made, "base/50_model/all/censored_means.csv")
    mine = rows[rows["method"] == method]
    assert mine["estimate"].isna().all()


@pytest.mark.parametrize(
    "word", ["subgroup_cost", "sex_cost", "cost_slope[sex", "death", "p_death"]
)
def test_attack_2_no_row_that_names_what_few_have_shows_a_number(edition, word):
    rows = after(edition, "base/50_model/all/parameters.csv")
    named = rows["parameter"].str.contains(word, regex=False)
    assert named.any()
    assert rows.loc[named, "mean"].isna().all()
    assert rows.loc[rows["parameter"].str.startswith("cost_level"), "mean"].notna().all()
    odds = after(edition, "base/40_dataset/all_missingness_predictors.csv")["odds_ratio"]
    assert odds.isna().tolist() == [True, False]


def test_attack_3_no_word_typed_about_a_person_leaves(edition):
    text = everything(edition)
    for piece in ("Rose", "Lane", "children", ONE):
        assert piece not in text
    assert "other reasons fewer than 10" in text
    assert NOTE in results(people())["base/10_data/flow.csv"]["reason"].iloc[1]


@pytest.mark.parametrize("others", [["other"] * 79, [f"own words {n}" for n in range(79)]])
@pytest.mark.parametrize("kind", ["object", "string", "category"])
def test_attack_3_a_level_that_was_typed_and_not_declared_leaves_in_no_text(others, kind):
    found = people()
    jobs = pd.Series(["beekeeper at Rose Lane", *others]).astype(kind)
    found["participants"] = found["participants"].assign(job=jobs)
    tables = results(found)
    tables["base/50_model/all/parameters.csv"] = tables["base/50_model/all/parameters.csv"].assign(
        parameter=[f"effect_slope[job: beekeeper at Rose Lane, {n}]" for n in range(6)]
    )
    made = make_edition(tables, found, settings())
    assert "Rose" not in everything(made)


def test_attack_4_prices_that_single_an_item_out_are_held_back(edition):
    items = after(edition, "base/60_decision/all/quantities.csv").set_index(["item", "arm"])["cost"]
    assert np.isnan(items["hip_replacement", ARMS[0]])
    rows = after(edition, "base/60_decision/all/price_scenarios.csv").set_index("scenario")
    assert np.isnan(rows.loc["hipnone", "cost"])
    assert np.isnan(rows.loc["hipnone", "net_benefit"])
    assert rows.loc["later", "cost"] == 3000.0


def test_attack_4_prices_that_move_an_item_of_four_people_are_held_back():
    found = people()
    more = pd.DataFrame({"participant_id": ["P001", "P002", "P003"], "item": "hip_replacement",
                         "period": "year", "cost": 12_600.0})  # fmt: skip
    found["item_costs"] = pd.concat([found["item_costs"], more], ignore_index=True)
    for name in ("all.dataset", "adherent.dataset", "dear/all.dataset"):
        had = found[name]["participant_id"].isin(more["participant_id"])
        found[name] = found[name].assign(cost=found[name]["cost"] + 12_600.0 * had)
    left = make_edition(results(found), found, settings())
    items = after(left, "base/60_decision/all/quantities.csv").set_index(["item", "arm"])["cost"]
    assert np.isnan(items["hip_replacement", ARMS[0]])
    rows = after(left, "base/60_decision/all/price_scenarios.csv").set_index("scenario")
    assert rows.loc["hipnone", ["cost", "net_benefit"]].isna().all()
    assert rows.loc["later", "cost"] > 0


def test_attack_5_a_zero_beside_a_blank_of_other_people_is_held_back():
    found = people()
    # Twelve more are not adherent, so that both populations may be released.
    whole = found["all.dataset"]
    found["adherent.dataset"] = whole.drop(index=[*range(13), *range(40, 52)]).reset_index(
        drop=True
    )
    made = make_edition(use_tables(found), found, settings())
    assert not [name for name in made.withheld if name.startswith("base/")]
    rows = after(made, "base/60_decision/adherent/quantities.csv").set_index(["item", "arm"])
    assert np.isnan(rows.loc[("hip_replacement", ARMS[0]), "cost"])


def test_attack_6_an_analysis_whose_cost_differs_by_what_one_person_makes_up_is_withheld():
    rng = np.random.default_rng(3)
    cost = pd.Series(rng.gamma(2.0, 500.0, 40))
    care = pd.Series(rng.gamma(2.0, 5.0, 40)).mask(cost.index == 0, 16_200.0)
    frame = pd.DataFrame({"arm": "new", "cost": cost, "effect": 0.7})
    one, other = (
        Group("health", "qaly", frame),
        Group("societal", "qaly", frame.assign(cost=cost + care)),
    )
    assert "few participants" in too_close(other, one, settings()["disclosure"])
    even = Group("even", "qaly", frame.assign(cost=cost + 100.0))
    assert too_close(even, one, settings()["disclosure"]) == ""


def outlier(size: int = 40) -> pd.DataFrame:
    """Return an arm of people, the first of whom costs a hundred times as much as another."""
    cost = [20_000.0, *np.linspace(150.0, 250.0, size - 1)]
    return pd.DataFrame({"arm": "new", "cost": cost, "effect": 0.7}, index=range(size))


def test_attack_7_enough_people_between_two_populations_do_not_hide_one_who_costs_it_all():
    everyone, rules = outlier(), settings()["disclosure"]
    some = Group("some", "qaly", everyone.iloc[12:])
    assert "few participants" in too_close(some, Group("all", "qaly", everyone), rules)
    without = Group("others", "qaly", everyone.drop(index=range(1, 13)))
    assert too_close(without, Group("all", "qaly", everyone), rules) == ""


def test_attack_8_populations_that_leave_one_person_when_added_and_taken_off_are_not_all_there():
    everyone, rules = outlier().assign(cost=np.linspace(150.0, 250.0, 40)), settings()["disclosure"]
    out = {"all": [], "some": range(12), "more": range(12, 24), "least": range(25)}
    groups = [Group(name, "qaly", everyone.drop(index=gone)) for name, gone in out.items()]
    for one, other in combinations(groups, 2):
        assert too_close(one, other, rules) == ""
    assert set(withheld_groups(groups, [], rules)) == {"least"}
    assert set(withheld_groups(groups[3:], groups[:3], rules)) == {"least"}
    whole = Group("least", "qaly", everyone.drop(index=range(24)))
    assert withheld_groups([*groups[:3], whole], [], rules) == {}


def test_attack_8_costs_whose_rest_is_of_three_people_are_not_all_there():
    rng, rules = np.random.default_rng(4), settings()["disclosure"]
    health, social = (pd.Series(rng.gamma(2.0, 500.0, 40)) for _ in range(2))
    work = pd.Series(np.where(np.arange(40) < 3, 90.0, 0.0))
    costs = {"health": health, "social": social, "all": health + social + work}
    groups = [
        Group(name, "qaly", pd.DataFrame({"arm": "new", "cost": cost, "effect": 0.7}))
        for name, cost in costs.items()
    ]
    assert set(withheld_groups(groups, [], rules)) == {"all"}


def test_a_column_of_which_no_contract_speaks_leaves_neither_as_a_number_nor_as_words():
    file, found = "base/60_decision/all/incremental.csv", people()
    tables = results(found)
    tables[file] = tables[file].assign(largest=37_804.0, whose="3 Rose Lane", told="37804")
    left = after(make_edition(tables, found, settings()), file)
    assert left["cost"].notna().all()
    assert left[["largest", "whose", "told"]].isna().all(axis=None)


def test_attack_7_a_later_release_without_one_person_is_held_against_the_earlier(tmp_path):
    found = people()
    first = make_edition(results(found), found, settings())
    groups = [g for g in analysed_groups(found, settings()) if g.name not in first.withheld]
    assert remember(tmp_path, groups, False) == 1
    assert remember(tmp_path, groups, False) == 1
    later = {**found, "all.dataset": found["all.dataset"].iloc[1:].reset_index(drop=True)}
    for withdrawn, released in (([], False), ([1], True)):
        earlier = earlier_groups(tmp_path, withdrawn)
        made = make_edition(results(later), later, settings(), earlier)
        assert ("base/all" not in made.withheld) is released
    made = make_edition(results(later), later, settings(), earlier_groups(tmp_path, []))
    assert "disclosure.withdrawn_releases names one that never left" in told(made)[0]
    assert (
        "release 1: base/all"
        in make_edition(results(later), later, settings(), earlier_groups(tmp_path, [])).withheld[
            "base/all"
        ]
    )
