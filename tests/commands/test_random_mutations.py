"""The template study spoilt at random is refused in sentences or runs: no traceback, no hang."""

import os
from collections import Counter

import pytest
from random_mutations import GOOD, outcomes

# MUTATIONS=1000 pytest tests/commands/test_random_mutations.py spoils as many as were counted.
MUTATIONS = int(os.environ.get("MUTATIONS", "6"))


@pytest.fixture(scope="module")
def found():
    return list(outcomes(range(MUTATIONS)))


@pytest.fixture(scope="module")
def counts(found):
    return Counter(end for _, end, _, _ in found)


def test_no_spoilt_study_ends_in_a_traceback_or_hangs(found):
    assert [one for one in found if one[1] not in (*GOOD, "stopped later")] == []


def test_hardly_any_spoilt_study_passes_the_check_and_stops_later(found, counts):
    later = [one for one in found if one[1] == "stopped later"]
    assert counts["stopped later"] <= 0.01 * MUTATIONS, later


def test_most_are_refused(counts):
    assert counts["refused"] >= 0.5 * MUTATIONS
