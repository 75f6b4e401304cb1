"""Bands of cost: round, alike in every arm, and every cost in exactly one."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.dataset.described.distribution import BANDS, band_width, cost_distribution


@pytest.mark.parametrize("seed", range(20))
def test_every_cost_seen_lies_in_one_band(seed):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(0.5, 10.0 ** rng.integers(0, 6), 60) - rng.choice([0.0, 50.0])
    cost[rng.random(60) < 0.3] = np.nan
    people = pd.DataFrame({"arm": rng.choice(["a", "b", "c"], 60), "cost": cost})
    table = cost_distribution(people, ["a", "b", "c"])
    for arm, own in table.groupby("arm"):
        seen = people.loc[people["arm"] == arm, "cost"].dropna()
        assert own["participants"].sum() == len(seen)
        for row in own.itertuples():
            assert row.participants == ((seen >= row.lower) & (seen < row.upper)).sum()
    assert len(set(table.groupby("arm")["lower"].agg(tuple))) == 1
    assert len(table) / 3 <= BANDS + 1


@pytest.mark.parametrize("spread", [0.3, 7.0, 19.9, 20.0, 20.1, 3.1e5, 8e6])
def test_widths_are_round_and_cover_the_range(spread):
    width = band_width(spread)
    assert width * BANDS >= spread
    assert f"{width:e}"[0] in "125" and width == pytest.approx(float(f"{width:.0e}"))


def test_equal_costs_and_none_at_all_have_bands_too():
    same = pd.DataFrame({"arm": ["a", "b"], "cost": [0.0, 0.0]})
    assert cost_distribution(same, ["a", "b"])["participants"].tolist() == [1, 1]
    none = pd.DataFrame({"arm": ["a"], "cost": [np.nan]})
    assert cost_distribution(none, ["a"]).empty
