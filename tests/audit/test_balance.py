"""The trial balance: lines add up, and a difference is a sentence."""

import pandas as pd
import pytest
from trialbalance.audit.books.balance import balance, books, line, must_balance
from trialbalance.contracts import Problems

PEOPLE = pd.DataFrame(
    {
        "participant_id": ["p1", "p2", "p3"],
        "arm": ["a", "a", "b"],
        "itt": [True, False, True],
    }
)
LEDGER = pd.DataFrame(
    {
        "record_id": ["r1", "r2/1", "r2/2"],
        "participant_id": ["p1", "p3", "p3"],
        "arm": ["a", "b", "b"],
        "item": ["visit", "night", "night"],
        "quantity": [2.0, 3.0, 4.0],
        "unit_cost": [10.0, 100.0, 100.0],
        "inflation": [1.1, 1.0, 1.0],
        "discount": [1.0, 1.0, 0.9],
        "cost": [22.0, 300.0, 360.0],
    }
)


def tables(**changed):
    found = {
        "participants": PEOPLE,
        "exclusions": pd.DataFrame(
            {"participant_id": ["p2"], "population": ["itt"], "reason": ["moved"]}
        ),
        "resource_use": pd.DataFrame({"record_id": ["r1", "r3"], "participant_id": ["p1", "p2"]}),
        "episodes": pd.DataFrame(
            {
                "record_id": ["r2", "e9"],
                "participant_id": ["p3", "p1"],
                "type": ["occupancy", "legal_status"],
            }
        ),
        "set_aside": pd.DataFrame(
            {
                "record_id": ["r3"],
                "participant_id": ["p2"],
                "reason": ["after the horizon"],
                "whole": [True],
            }
        ),
        "ledger": LEDGER,
        "perspectives": pd.DataFrame(
            {
                "perspective": ["nhs", "nhs"],
                "item": ["visit", "night"],
                "counted": [True, True],
            }
        ),
        "participant_costs": pd.DataFrame(
            {
                "participant_id": ["p1", "p3"],
                "arm": ["a", "b"],
                "period": ["year", "year"],
                "perspective": ["nhs", "nhs"],
                "source_group": ["records", "records"],
                "cost": [22.0, 660.0],
            }
        ),
    }
    return found | changed


DATASET = pd.DataFrame(
    {
        "participant_id": ["p1", "p3"],
        "arm": ["a", "b"],
        "cost": [22.0, 660.0],
        "effect": [0.5, None],
        "cost_records": [22.0, 660.0],
        "cost_observed": [True, True],
    }
)
ANALYSES = {"main": {"outcome": "qaly", "perspective": "nhs", "population": "itt"}}


def books_of(**changed):
    lines = balance(tables(**changed), {"participants": 3}, {"main": DATASET}, ANALYSES, [])
    return books(lines, "base")


def test_sound_books_balance():
    table = books_of()
    assert (table["difference"] == 0).all()
    must_balance(table, 0.005, "books")
    moved = table[table["reason"].str.contains("moved")].iloc[0]
    assert (moved["in"], moved["out"], moved["set_aside"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("table", "column", "row", "value", "quantity"),
    [
        ("ledger", "cost", 0, 22.01, "money, line by line"),
        ("ledger", "quantity", 1, 4.0, "money, line by line"),
        ("participant_costs", "cost", 1, 661.0, "money by perspective"),
        ("participants", "itt", 1, True, "participants itt"),
        ("ledger", "record_id", 0, "r2/3", "records"),
    ],
)
def test_a_changed_figure_is_found(table, column, row, value, quantity):
    changed = tables()[table].copy()
    changed.loc[row, column] = value
    found = books_of(**{table: changed})
    assert quantity in set(found.loc[found["difference"] != 0, "quantity"])
    with pytest.raises(Problems) as caught:
        must_balance(found, 0.005, "mine/base")
    sentence = caught.value.findings[0].sentence()
    assert sentence.startswith("mine/base: found ") and "is unaccounted for" in sentence


def test_less_than_a_penny_is_none_for_pounds_and_counts_are_exact():
    table = books([line("costs", "money", 100.004, 100.0), line("data", "rows", 10, 10)], "base")
    must_balance(table, 0.005, "books")
    table = books([line("data", "rows", 10.004, 10)], "base")
    with pytest.raises(Problems):
        must_balance(table, 0.005, "books")


def test_two_wide_files_of_draws_are_counted_draw_by_draw():
    drawn = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2})
    counts = {"costs_drawn": 2, "effects_drawn": 3}
    table = books(balance({"draws_given": drawn}, counts, {}, {}, []), "base")
    assert table["difference"].tolist() == [0, 1]
    with pytest.raises(Problems, match="effects_drawn rows of stage data"):
        must_balance(table, 0.005, "books")
