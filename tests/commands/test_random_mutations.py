"""The template study spoilt at random is refused in sentences or runs: no traceback, no hang."""

import os

import pytest
from random_mutations import outcomes

# MUTATIONS=1000 pytest tests/commands/test_random_mutations.py spoils as many as were counted.
MUTATIONS = int(os.environ.get("MUTATIONS", "6"))


@pytest.fixture(scope="module")
def counted():
    return outcomes(MUTATIONS)


def test_no_spoilt_study_ends_in_a_traceback_or_hangs(counted):
    counts, wrong = counted
    bad = {"traceback of check", "traceback of a stage", "hung", "refused without words"}
    assert not bad & set(counts), wrong


def test_hardly_any_spoilt_study_passes_the_check_and_stops_later(counted):
    counts, wrong = counted
    assert counts["stopped later"] <= 0.01 * MUTATIONS, wrong


def test_most_are_refused(counted):
    assert counted[0]["refused"] >= 0.5 * MUTATIONS
