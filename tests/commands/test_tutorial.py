"""The tutorial: its export is the generator's, and every command shows what the page says."""

import re

import pytest
from tutorial_steps import EXPORT, PAGE, as_frame, export, played


def lines(screen):
    """Return a screen's lines, those that a stage begins with without their percent."""
    return re.sub(r"^ *\d+ % (?=\w+: )", "", screen, flags=re.MULTILINE).splitlines()


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    return played(tmp_path_factory.mktemp("tutorial"), PAGE.read_text(encoding="utf-8"))


def test_the_export_is_what_the_generator_makes():
    assert EXPORT.read_text(encoding="utf-8") == export()
    assert as_frame().shape == (80, 38)


def test_the_page_says_how_large_the_export_is():
    rows, columns = as_frame().shape
    assert f"{rows} rows, {columns} columns" in PAGE.read_text(encoding="utf-8").replace("\n", " ")


@pytest.mark.parametrize("place", range(4), ids=["import", "check", "run", "twin"])
def test_every_command_shows_what_the_page_says(tutorial, place):
    command, shown, seen = tutorial[place]
    # The order in which jobs that wait for nothing begin is Snakemake's own, and with it a stage's
    # percent; how many steps are done by when is not.
    assert sorted(lines(seen)) == sorted(lines(shown)), command


def test_every_command_of_the_page_is_played(tutorial):
    assert len(tutorial) == 4
    assert all(seen for _, _, seen in tutorial)
