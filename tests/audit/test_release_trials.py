"""Random small trials through a release: a solver bounds nothing held back, and much is left."""

import os

import numpy as np
import pytest
from random_trials import Attacker, attack_all, tables, trial
from trialbalance.audit.release import make_edition

# Of the cells of use by item, in trials all of which have an item that one to three people use.
MOST_HELD = 0.55
# TRIALS=1000 pytest tests/audit/test_release_trials.py runs as many as the statement rests on.
TRIALS = int(os.environ.get("TRIALS", "8"))


@pytest.fixture(scope="module")
def counted():
    return attack_all(TRIALS)


def test_no_number_held_back_can_be_bounded(counted):
    assert counted["own"] > 0
    assert counted["bounded"] == counted["small_subgroups"] == counted["refused"] == 0


def test_most_cells_are_there(counted):
    assert counted["held"] / counted["cells"] <= MOST_HELD


def test_the_attacker_finds_what_a_release_without_the_last_steps_would_give_away():
    found_out = 0
    for seed in range(4):
        found, chosen = trial(seed)
        edition = make_edition(tables(found, chosen), found, chosen)
        file = "base/60_decision/all/quantities.csv"
        left = edition.tables[file]
        held = [place for place, cost in enumerate(left.after["cost"]) if np.isnan(cost)]
        for place in held:
            # All but this one number of its arm leave.
            others = [other for other in held if other != place]
            column = left.after.columns.get_loc("cost")
            kept = left.after["cost"].copy()
            left.after.iloc[others, column] = left.before["cost"].iloc[others].to_numpy(float)
            row = left.before.iloc[place]
            low, high = Attacker(edition, found, chosen).ends(("all", row["arm"], row["item"]))
            found_out += row["cost"] > 100 and high - low < 0.2 * row["cost"]
            left.after["cost"] = kept
    assert found_out > 0
