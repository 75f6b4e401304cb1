"""Cost for each unit gained: totals over totals, corners of the lost, empty arms."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from trialbalance.dataset.described.unit_ratios import costs_per_unit

PEOPLE = pd.DataFrame({"participant_id": list("abcdef"), "arm": ["new"] * 3 + ["old"] * 3})


def values(*numbers):
    return pd.Series(numbers, index=list("abcdef"), dtype=float)


def lines(cost, gain, arms=(None, "new", "old"), **chosen):
    quantities = [("cost", "health", "", cost), ("measure", "gain", "end", gain)]
    names = ["arm", "kind", "perspective", "at", "people", "observed", "ratio", "status", "note"]
    chosen = filled("dataset", {"describe": chosen})["describe"]
    return pd.DataFrame(costs_per_unit(PEOPLE, list(arms), quantities, chosen), columns=names)


def test_the_total_is_divided_by_the_total_of_those_with_both():
    table = lines(values(10, 20, 30, 40, np.nan, 60), values(1, 3, 0, 2, 5, 2), cost_per=["gain"])
    assert table.set_index("arm")["ratio"].tolist() == [160 / 8, 60 / 4, 100 / 4]
    assert table["observed"].tolist() == [5, 3, 2]
    assert table["note"].str.contains("no interval").all()


def test_nothing_gained_and_nobody_there_leave_a_blank_that_says_why():
    table = lines(values(*[1] * 6), values(*[0] * 6), ("new", "empty", "old"), cost_per=["gain"])
    assert table["ratio"].isna().all()
    assert table["note"].tolist() == [
        "nothing to divide by", "no participants recruited", "nothing to divide by"
    ]  # fmt: skip


def test_lost_as_relapsed_is_one_corner_of_the_cost_of_one_more():
    gain = values(1, 1, np.nan, 1, 0, 0)
    table = lines(values(40, 40, 40, 10, 10, 10), gain, cost_per_additional=["gain"])
    assert table["ratio"].tolist() == pytest.approx([30 / (1 - 1 / 3), 30 / (1 / 3), 30 / (2 / 3)])
    assert set(table["status"]) == {"illustrative, assumed"}
    assert table["note"].str.contains("not an effect").all()
    assert table["kind"].str.contains("all lost taken for a no").tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("cost", "gain", "words"),
    [(10, 0, "dearer and not more often"), (-10, 1, "not dearer and more"), (-10, 0, "not dearer")],
)
def test_no_ratio_unless_it_is_dearer_and_gains_more(cost, gain, words):
    spent = values(*[50 + cost] * 3, *[50] * 3)
    table = lines(spent, values(gain, 0, 0, 0, 0, 0), cost_per_additional=["gain"])
    assert table["ratio"].isna().all()
    assert table["note"].str.startswith(words).all()


def test_an_arm_that_nobody_entered_keeps_its_lines():
    table = lines(
        values(*[1] * 6), values(*[1] * 6), ("empty", "old"), cost_per_additional=["gain"]
    )
    assert len(table) == 3
    assert set(table["note"]) == {"no participants recruited"}
