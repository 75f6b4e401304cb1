"""The table of names that a study uses: every row is a setting, and every row is held."""

from pathlib import Path

import pytest
from trialbalance.settings.checks.allowed_words import sections_at
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.names.declared import (
    DECLARED,
    EVERYWHERE,
    OF_BASE,
    OF_PEOPLE,
    undeclared,
    uses,
)
from trialbalance.settings.study_file import StudyFile

TABLE = EVERYWHERE | OF_BASE | OF_PEOPLE


def known(dotted):
    *place, last = dotted.split(".")
    sections = sections_at(StudyFile, tuple(place))
    return any(last in section.model_fields for section in sections)


@pytest.mark.parametrize("dotted", [*TABLE, *(place for row in DECLARED.values() for place in row)])
def test_every_row_of_the_table_names_a_setting(dotted):
    assert known(dotted)


def test_a_row_that_names_no_setting_is_told_apart():
    assert not known("outcomes.effects.*.amongst") and not known("costs.itms")


def nested(words, value):
    return {words[0].replace("*", "mine"): nested(words[1:], value)} if words else value


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(("dotted", "what"), TABLE.items())
def test_a_name_that_nobody_declares_is_told_where_it_stands(dotted, what, listed):
    settings = nested(dotted.split("."), ["nobody"] if listed else "nobody")
    place = dotted.replace("*", "mine")
    lines = {place: 12}
    (found,) = undeclared(
        Checked(settings, Path("study.yaml"), lines), uses(settings, {dotted: what})
    )
    assert (found.row, found.column, found.found) == (12, place, "nobody")
    assert what in found.remedy
