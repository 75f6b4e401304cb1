"""Numbers and chances in words."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.report.facts.cost_sums import resource_use_summary
from trialbalance.report.text.numbers import (
    CHANCES,
    chance,
    general,
    likelihood,
    money,
    number,
    percent,
    span,
)


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, pd.NaT, ""])
def test_blanks_are_dashes(blank):
    assert number(blank) == money(blank, "GBP") == percent(blank) == chance(blank) == "–"
    assert general(blank) == "–"


def test_sign_stands_before_the_symbol():
    assert money(-408, "GBP") == "−£408"
    assert money(-408, "CAD") == "−CAD\u00a0408"
    assert money(-0.4, "GBP") == "£0"
    assert money(1234567.891, "GBP", 2, plus=True) == "+£1,234,567.89"


def test_ranges_use_an_en_dash_unless_a_minus_is_near():
    assert span("£5", "£9") == "£5–£9"
    assert span("−£9", "−£5") == "−£9 to −£5"


def test_no_chance_is_printed_as_certain():
    assert chance(1.0) == "over 99%" and chance(0.0) == "under 1%"
    assert chance(0.995) != "100%"


def test_word_agrees_with_the_whole_per_cent_printed():
    for whole in range(101):
        for share in (whole / 100 - 0.004, whole / 100 + 0.004):
            words = likelihood(min(max(share, 0.0), 1.0))
            assert words == next(text for bound, text in CHANCES if whole >= bound)


def test_words_for_opposite_chances_mirror_each_other():
    assert likelihood(0.75) == "likely" and likelihood(0.25) == "unlikely"
    assert likelihood(0.92) == "very likely" and likelihood(0.08) == "very unlikely"


def test_absent_records_count_as_no_use_and_unobserved_people_do_not_count():
    ledger = pd.DataFrame(
        {
            "participant_id": ["a", "a", "b"],
            "arm": ["x"] * 3,
            "item": ["gp"] * 3,
            "category": ["care"] * 3,
            "period": ["p", "before", "p"],
            "quantity": [4.0, 9.0, 2.0],
            "unit": ["visit"] * 3,
            "source_group": ["interview"] * 3,
        }
    )
    people = pd.DataFrame({"participant_id": list("abc"), "arm": ["x"] * 3})
    seen = pd.DataFrame(
        {
            "participant_id": ["b"],
            "source_group": ["interview"],
            "period": ["p"],
            "observed": [False],
        }
    )
    row = resource_use_summary(ledger, people, ("before",), seen).iloc[0]
    assert (row["participants"], row["users"], row["mean"]) == (2, 1, 2.0)
