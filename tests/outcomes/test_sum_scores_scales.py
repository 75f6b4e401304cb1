"""One questionnaire with several scales, scored from the same answers."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.outcomes.scores.sum_scores import score_sums, spread_scales

SCALES = {
    "first": {"kind": "sum_score", "questionnaire": "long", "items": ["i1", "i3"]},
    "second": {"kind": "sum_score", "questionnaire": "long", "items": ["i2"]},
    "other": {"kind": "sum_score", "questionnaire": "", "items": ["x"]},
}


def answers(*pairs):
    return pd.DataFrame(pairs, columns=["instrument", "item"]).assign(level=1)


def test_every_answer_goes_to_the_scale_of_its_item():
    table = answers(("long", "i1"), ("other", "x"), ("long", "i2"), ("long", "i3"))
    found = spread_scales(table, SCALES)
    assert found[["instrument", "item"]].to_numpy().tolist() == [
        ["other", "x"],
        ["first", "i1"],
        ["first", "i3"],
        ["second", "i2"],
    ]


def test_without_scales_nothing_is_touched():
    table = answers(("other", "x"))
    assert spread_scales(table, {"other": SCALES["other"]}) is table


def test_an_item_in_no_scale_is_refused_with_its_row():
    with pytest.raises(Problems) as caught:
        spread_scales(answers(("long", "i1"), ("long", "i9")), SCALES)
    said = str(caught.value)
    assert "responses.csv, row 3, column item: found i9 of long" in said
    assert "in none of its scales" in said


def test_a_scale_on_its_own_units_runs_from_its_lowest_to_its_highest_sum():
    lowest, highest = ([1.0] * 7, [5.0] * 7)
    values, _ = score_sums(np.array([lowest, highest]), 5, np.zeros(7, bool), (7.0, 35.0))
    assert values.tolist() == [7.0, 35.0]
