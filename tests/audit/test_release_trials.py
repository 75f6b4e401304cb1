"""Random small trials through a release: a solver bounds nothing held back, and much is left."""

import numpy as np
import pandas as pd
import pytest
from attacked_study import PRICES, people, settings, use_tables
from scipy.optimize import linprog
from trialbalance.audit.release import make_edition
from trialbalance.disclosure.amounts import FOR_ANOTHER

# Of the cells of use by item of trials with an item that one to three people use.
MOST_HELD = 0.67


def trial(seed: int) -> dict[str, pd.DataFrame]:
    """Return a trial of two arms with skewed costs, a rare item and two populations."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(30, 60))
    found = people(seed, size)
    whole = found["all.dataset"]
    rare = rng.choice(2 * size, int(rng.integers(1, 4)), replace=False)
    use = {"visit": rng.gamma(1.0, 8.0, 2 * size), "night": rng.gamma(0.6, 6.0, 2 * size)}
    use["hip_replacement"] = np.isin(np.arange(2 * size), rare) * rng.uniform(0.5, 3.0, 2 * size)
    costs = {item: number * PRICES[item] for item, number in use.items()}
    names = whole["participant_id"]
    lines = pd.concat(
        [pd.DataFrame({"participant_id": names, "item": item, "period": "year", "cost": cost})
         for item, cost in costs.items()], ignore_index=True,
    )  # fmt: skip
    whole = whole.assign(cost=sum(costs.values()))
    out = rng.choice([0, 1, 5, 12])
    inside = whole.groupby("arm").cumcount() >= out
    return {
        "participants": found["participants"],
        "prices": found["prices"],
        "item_costs": lines[lines["cost"] > 0],
        "all.dataset": whole,
        "adherent.dataset": whole[inside].reset_index(drop=True),
    }


def ends(rows: pd.DataFrame, arm: str, item: str, total: float) -> tuple[float, float]:
    """Return between what the cost of an item lies for one who knows all that left of an arm."""
    mine = rows[rows["arm"] == arm].set_index("item")["cost"].astype(float)
    items = list(mine.index)
    bound = [
        (0.0, None) if np.isnan(mine[i]) else (mine[i] * 0.995, mine[i] * 1.005) for i in items
    ]
    goal = np.array([float(i == item) for i in items])
    low, high = (
        linprog(sign * goal, A_ub=[[1.0] * len(items), [-1.0] * len(items)],
                b_ub=[total * 1.0005, -total * 0.9995], bounds=bound).fun
        for sign in (1, -1)
    )  # fmt: skip
    return low, -high


@pytest.mark.parametrize("seed", range(8))
def test_no_number_held_back_can_be_bounded_and_most_are_there(seed):
    found = trial(seed)
    made = make_edition(use_tables(found), found, settings())
    held = cells = primary = 0
    for file, table in made.tables.items():
        if not file.endswith("quantities.csv"):
            continue
        dataset = found[f"{file.split('/')[2]}.dataset"]
        for row, after in zip(table.before.itertuples(), table.after["cost"], strict=True):
            cells += 1
            if not pd.isna(after) or row.cost == 0:
                continue
            held += 1
            rule = made.held[file, row.Index, "cost"]
            if rule.startswith(FOR_ANOTHER):
                continue
            primary += 1
            total = float(dataset.loc[dataset["arm"] == row.arm, "cost"].mean())
            low, high = ends(table.after, row.arm, row.item, total)
            assert low < 0.9 * row.cost or high > 1.1 * row.cost, (file, row.item, low, high)
    assert primary > 0
    assert held / cells <= MOST_HELD
