"""Named streams: the same name gives the same numbers, another name gives others."""

import numpy as np
from trialbalance.provenance.streams import seed_of, stream


def test_same_name_same_numbers():
    assert np.array_equal(
        stream(7, "study", "data").random(5), stream(7, "study", "data").random(5)
    )


def test_other_name_or_root_other_numbers():
    first = stream(7, "a").random(3)
    assert not np.array_equal(first, stream(7, "b").random(3))
    assert not np.array_equal(first, stream(8, "a").random(3))


def test_streams_are_uncorrelated():
    draws = np.array([stream(1, "model", str(i)).standard_normal(2000) for i in range(6)])
    off_diagonal = np.corrcoef(draws)[np.triu_indices(6, 1)]
    assert np.abs(off_diagonal).max() < 4 / np.sqrt(2000)


def test_seed_fits_a_sampler():
    seeds = {seed_of(1, "analysis", str(i)) for i in range(500)}
    assert len(seeds) == 500
    assert all(0 <= seed < 2**31 for seed in seeds)
