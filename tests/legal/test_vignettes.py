"""The law as cases: each vignette is answered by the rules as its author answered it."""

from collections import Counter

import pytest
from legal import case

ALL = case.vignettes()


def name(vignette):
    return f"{vignette['law'].split('_')[0]} {vignette['section']}: {vignette['facts'][:60]}"


@pytest.mark.parametrize("vignette", ALL, ids=name)
def test_the_law_answers_as_its_reader_does(vignette):
    assert case.answer(vignette) == vignette["answer"]


def test_both_jurisdictions_have_many_cases():
    laws = Counter(vignette["law"] for vignette in ALL)
    assert len(ALL) >= 60
    assert laws["ontario_mha_33_1"] >= 25
    assert laws["england_wales_mha_17a_2007"] >= 25


def test_every_vignette_says_how_certain_its_law_is():
    assert {vignette["certainty"] for vignette in ALL} <= {
        *("read", "secondary", "recalled", "convention"),
    }
