"""Means and sums: one person's is held back, and cannot be had from what is published."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.disclosure.amounts import Amount, dominated, hold_amounts
from trialbalance.disclosure.edition import Edition
from trialbalance.settings.sections.disclosure import DisclosureSettings

RULES = DisclosureSettings().model_dump()
CONTRACT = {
    "name": "items",
    "sensitivity": "aggregate",
    "primaryKey": ["item"],
    "disclosure": {"amounts": ["cost"]},
    "fields": [{"name": "item", "type": "string"}, {"name": "cost", "type": "number"}],
}


def spread(count: int, start: int = 0, seed: int = 1) -> pd.Series:
    """Return costs of so many people."""
    values = np.random.default_rng(seed).gamma(2.0, 100.0, count)
    return pd.Series(values, index=[f"p{start + n}" for n in range(count)])


def edition_of(**values: pd.Series) -> tuple[Edition, list[Amount]]:
    frame = pd.DataFrame(
        {"item": list(values), "cost": [float(one.sum()) for one in values.values()]}
    )
    edition = Edition({"items.csv": (CONTRACT, frame)}, RULES)
    amounts = [
        Amount("items.csv", row, ("cost",), "cost", one) for row, one in enumerate(values.values())
    ]
    return edition, amounts


def shown(edition: Edition) -> dict[str, bool]:
    table = edition.tables["items.csv"]
    return dict(zip(table.before["item"], table.after["cost"].notna(), strict=True))


def test_an_item_of_one_person_is_neither_there_nor_to_be_had_by_subtraction():
    beds, clinic, rare = spread(40), spread(30, 5, 2), spread(1, 7, 3)
    total = beds.add(clinic, fill_value=0).add(rare, fill_value=0)
    edition, amounts = edition_of(beds=beds, clinic=clinic, rare=rare)
    hold_amounts(edition, [amounts[0]._replace(columns=(), each=total, fixed=True), *amounts])
    seen = shown(edition)
    assert not seen["rare"]
    assert sum(seen.values()) == 1
    people = total.index
    published = [total] + [a.each for a, ok in zip(amounts, seen.values(), strict=True) if ok]
    known = np.array([one.reindex(people).fillna(0.0) for one in published])
    wanted = rare.reindex(people).fillna(0.0).to_numpy()
    rank = np.linalg.matrix_rank
    assert rank(np.vstack([known, wanted])) > rank(known)
    assert "would follow" in " ".join(edition.suppressed()["rule"])


def test_two_sums_that_differ_by_one_person_are_not_both_published():
    everyone = spread(40)
    edition, amounts = edition_of(reported=everyone.iloc[1:], everyone=everyone)
    hold_amounts(edition, amounts)
    assert shown(edition) == {"reported": True, "everyone": False}
    assert edition.suppressed()["rule"].str.contains("differs from").all()


def test_sums_that_differ_by_many_are():
    edition, amounts = edition_of(some=spread(40).iloc[12:], everyone=spread(40))
    hold_amounts(edition, amounts)
    assert all(shown(edition).values())


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (spread(9), "fewer than 10 participants"),
        (pd.Series([0.0] * 30 + [5.0] * 9), "with any"),
        (pd.Series([9000.0, 800.0, *[10.0] * 20]), "dominance"),
        (pd.Series([1000.0, 20.0, *[7.0] * 12]), "dominance"),
        (spread(30), ""),
    ],
)
def test_a_sum_of_few_is_held_back(values, word):
    edition, amounts = edition_of(one=values)
    hold_amounts(edition, amounts)
    rules = edition.suppressed()["rule"].tolist()
    assert bool(rules) == bool(word)
    assert word in " ".join(rules)


def test_p_ratio_alone():
    rules = RULES | {"dominant_share": 1.0}
    assert dominated(pd.Series([1000.0, 900.0, *[5.0] * 12]), rules).startswith("p-ratio")


def test_a_number_nobody_accounts_for_is_held_back():
    edition, amounts = edition_of(known=spread(30), unknown=spread(30))
    hold_amounts(edition, amounts[:1])
    assert shown(edition) == {"known": True, "unknown": False}


def test_shares_leave_rounded_and_quartiles_need_people_on_each_side():
    contract = CONTRACT | {"disclosure": {"amounts": ["mean", "median", "lower_quartile"]}}
    frame = pd.DataFrame({"item": ["yes", "score"], "mean": [13 / 24, 5.0],
                          "median": [1.0, 5.0], "lower_quartile": [0.0, 3.0]})  # fmt: skip
    edition = Edition({"items.csv": (contract, frame)}, RULES)
    columns = ("mean", "median", "lower_quartile")
    yes = pd.Series([1.0] * 13 + [0.0] * 11)
    hold_amounts(
        edition,
        [
            Amount("items.csv", 0, columns, "yes", yes, "share"),
            Amount("items.csv", 1, columns, "score", spread(24), "score"),
        ],
    )
    after = edition.tables["items.csv"].after
    assert after["mean"].tolist() == [15 / 25, 5.0]
    assert after["median"].isna().tolist() == [True, False]
    assert after["lower_quartile"].isna().all()


def test_a_sum_that_stands_in_another_table_is_named_by_what_it_adds_up():
    whole = spread(40)
    edition, amounts = edition_of(whole=whole, less_one=whole.iloc[1:])
    fixed = amounts[0]._replace(columns=(), fixed=True)
    hold_amounts(edition, [fixed, amounts[1]])
    rule = edition.held["items.csv", 1, "cost"]
    assert rule == "differs from all cost by fewer than 10 participants"
