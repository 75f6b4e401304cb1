"""Every axis of growth runs small and does what it says; the page is what its command makes.

At full size: ``pytest -n 0 -m slow tests/benchmarks/test_growth.py``, or one axis after the other
by ``python tests/benchmarks/growth.py measure``.
"""

import growth
import growth_page
import pandas as pd
import pytest


@pytest.mark.parametrize("axis", growth.AXES)
def test_each_axis_does_its_work_in_a_small_size(axis, tmp_path):
    size = growth.AXES[axis][2]
    figures = growth.one(axis, size, tmp_path)
    assert figures["seconds"] > 0
    # Draws are of two options; a ledger sets records aside, which the plainest query does not.
    wanted = {"draws": 2}.get(axis, size)
    assert figures["done"] == wanted or (axis == "records" and 0.9 < figures["done"] / size < 1)


@pytest.mark.parametrize(("size", "cells"), [(100, 100), (1000, 1000), (10_000, 10_000)])
def test_a_multiverse_of_so_many_cells_has_them(size, cells):
    from trialbalance.settings.universes import cells as every

    assert sum(1 for _ in every(growth.many_choices(size))) == cells


def test_the_page_is_what_its_command_makes_of_the_figures():
    assert growth_page.PAGE.read_text(encoding="utf-8") == growth_page.page()
    drawn = growth_page.DRAWING.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    for axis in pd.read_csv(growth_page.GROWTH)["axis"].unique():
        assert axis in drawn


def test_every_figure_says_when_on_what_and_with_what_it_was_measured():
    figures = pd.read_csv(growth_page.GROWTH)
    assert figures.notna().all(axis=None)
    assert set(figures["axis"]) <= set(growth.AXES)
    assert not figures.duplicated(["axis", "size"]).any()
    assert (figures[["seconds", "processor", "memory"]] > 0).all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("axis", growth.AXES)
def test_nothing_grows_much_worse_than_what_it_is_given(axis, tmp_path):
    sizes = growth.AXES[axis][1][-2:]
    folders = [tmp_path / str(size) for size in sizes]
    for folder in folders:
        folder.mkdir()
    few, many = (growth.measured(axis, *pair) for pair in zip(sizes, folders, strict=True))
    # Options are compared with one another, so that twice as many are four times the work.
    power = 2.2 if axis == "options" else 1.3
    assert many["processor"] < few["processor"] * (sizes[1] / sizes[0]) ** power
    assert many["memory"] < 4
