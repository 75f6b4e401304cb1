"""Every family is calibrated: truths drawn from its priors rank evenly among posterior draws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ranks
from trialbalance.model.cells.priors import draw_prior
from trialbalance.model.families import FAMILIES

COMMITTED = pd.read_csv(Path(ranks.__file__).with_name("ranks.csv"))
TRIALS = 40


def test_every_family_has_a_trial():
    assert set(ranks.REFERENCE) == set(FAMILIES)


def test_the_committed_table_holds_every_family_and_its_bins_add_up():
    assert set(COMMITTED["family"]) == set(FAMILIES)
    assert (COMMITTED["trials"] >= TRIALS).all()
    bins = COMMITTED.filter(like="bin_").sum(axis=1)
    assert (bins == COMMITTED["trials"]).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_prior_of_a_simulated_trial_is_that_of_the_fixed_one(family):
    fixed = ranks.reference(family)
    point = draw_prior(fixed, 1, np.random.default_rng(5), ranks.NARROW)
    made = ranks.simulated(fixed, point, np.random.default_rng(6))
    assert not np.allclose(np.nan_to_num(made.cells.value), np.nan_to_num(fixed.cells.value))
    for name, block in made.blocks.items():
        np.testing.assert_array_equal(block.level_centre, fixed.blocks[name].level_centre)
        np.testing.assert_array_equal(block.spread_centre, fixed.blocks[name].spread_centre)
        for own, other in zip(block.parts, fixed.blocks[name].parts, strict=True):
            np.testing.assert_array_equal(own.centre, other.centre)
    truth = ranks.natural(fixed, point)
    assert truth.keys() == ranks.natural(made, point).keys()


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    asked = []

    def counted(layout, family, number):
        asked.append(number)
        return pd.DataFrame({"trial": [number], "parameter": ["a"], "rank": [number % 100]})

    monkeypatch.setattr(ranks, "one_trial", counted)
    ranks.run(tmp_path, 7, ["normal"])
    ranks.run(tmp_path, 12, ["normal"])
    assert asked == list(range(12))
    assert ranks.table(tmp_path, ["normal"])["trials"].tolist() == [12]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_truths_rank_evenly(family, pytestconfig):
    """Ranks are kept in pytest's cache: a run that was stopped goes on there."""
    folder = pytestconfig.cache.mkdir("ranks")
    ranks.run(folder, TRIALS, [family])
    found = ranks.table(folder, [family])
    assert (found["trials"] >= TRIALS).all()
    uneven = found[(found["chi_square"] > found["limit_99.9"]) | (found["mean_away"].abs() > 4)]
    assert uneven.empty, uneven.to_string()
