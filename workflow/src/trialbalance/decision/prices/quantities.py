"""Mean use and cost of each item by arm: a source group's posterior cost, split as observed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.increments import mean_interval
from trialbalance.decision.draws import ArmDraws

COLUMNS = [
    "item", "arm", "category", "source_group", "unit", "unit_cost", "unit_cost_lower",
    "unit_cost_upper", "share", "quantity", "quantity_lower", "quantity_upper", "cost",
    "cost_lower", "cost_upper", "alone",
]  # fmt: skip
# Draws × participants held at once.
_CELLS = 4_000_000


@dataclass(frozen=True)
class ItemDraws:
    """Draws of the mean cost of each item by arm.

    Parameters
    ----------
    items : DataFrame
        One row an item: item, category, source_group, unit, unit_cost, unit_cost_lower,
        unit_cost_upper (all at the study's price year), price_year, inflation, inflated_to
        (the year of the study's prices) and alone.
    arms : list of str
        Arms that have draws.
    share : ndarray, shape (arm, item)
        Observed share of the item in the cost of its source group.
    cost : ndarray, shape (draw, arm, item)
        Mean cost in currency; over the items of a group it adds up to the mean of the group.
    """

    items: pd.DataFrame
    arms: list
    share: np.ndarray
    cost: np.ndarray


def item_draws(
    arrays: ArmDraws,
    draws: pd.DataFrame,
    dataset: pd.DataFrame,
    item_costs: pd.DataFrame,
    prices: pd.DataFrame,
    perspectives: pd.DataFrame,
    study: dict[str, Any],
    perspective: str,
    rng: np.random.Generator,
):
    """Split the posterior mean cost of each source group among its items.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    draws : DataFrame
        Columns draw, arm and cost_<source group>.
    dataset : DataFrame
        One row a participant of the analysis: arm and cost_<source group>, blank if unobserved.
    item_costs : DataFrame
        Columns participant_id, item, period, cost.
    prices, perspectives : DataFrame
        Prices used; which perspective counts which item.
    study : dict
        Study settings; ``periods`` is read.
    perspective : str
        Perspective of the analysis.
    rng : numpy.random.Generator
        Stream for the uncertainty of the shares.

    Returns
    -------
    ItemDraws or None
        None where cost was not modelled by source group.

    Notes
    -----
    cost of item i in arm a = (mean cost of its source group) × w, with w the share of i in the
    group's cost among observed participants of the arm. Their weights are drawn anew in every draw
    (Bayesian bootstrap), so that the split is as uncertain as their number makes it. The split is
    taken as it is in those observed; the mean of the group is the model's.

    References
    ----------
    Rubin DB. The Bayesian bootstrap. Ann Stat 1981;9:130-4. doi:10.1214/aos/1176345338

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a"], [], np.arange(2), np.array([[100.0], [200.0]]), np.ones((2, 1)))
    >>> draws = pd.DataFrame({"draw": [0, 1], "arm": "a", "cost_records": [100.0, 200.0]})
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "cost_records": [150.0]})
    >>> used = pd.DataFrame({"participant_id": "p1", "item": ["bed", "visit"], "period": "year",
    ...     "cost": [90.0, 60.0]})
    >>> prices = pd.DataFrame({"item": ["bed", "visit"], "source_group": "records", "lines": 1,
    ...     "unit": "unit", "unit_cost": 30.0, "unit_cost_lower": np.nan,
    ...     "unit_cost_upper": np.nan, "inflation": 1.0})
    >>> counted = pd.DataFrame({"perspective": "nhs", "item": ["bed", "visit"], "counted": True})
    >>> made = item_draws(arrays, draws, people, used, prices, counted,
    ...     {"periods": {"year": [0, 1]}}, "nhs", np.random.default_rng(1))
    >>> made.cost[:, 0].round(6).tolist()
    [[60.0, 40.0], [120.0, 80.0]]
    """
    items = _counted(prices, perspectives, perspective)
    groups = [f"cost_{group}" for group in items["source_group"]]
    if items.empty or not set(groups) <= set(draws) & set(dataset):
        return None
    use = _by_person(dataset, item_costs, items, study["periods"])
    member = items["source_group"].to_numpy()[:, None] == items["source_group"].to_numpy()
    arm_of, number = dataset["arm"].to_numpy(), len(arrays.draw)
    cost = np.empty((number, len(arrays.arms), len(items)))
    share = np.empty(cost.shape[1:])
    for place, arm in enumerate(arrays.arms):
        own = use[arm_of == arm]
        share[place] = _shares(np.ones((1, len(own))), own, member)[0]
        mean = draws[draws["arm"] == arm].sort_values("draw", kind="stable")[groups].to_numpy(float)
        step = max(1, _CELLS // max(1, len(own)))
        for start in range(0, number, step):
            piece = slice(start, min(start + step, number))
            weights = rng.standard_exponential((piece.stop - start, len(own)))
            cost[piece, place] = mean[piece] * _shares(weights, own, member)
    total = np.where(member, use.sum(axis=0), 0).sum(axis=1)
    items = items.assign(alone=use.sum(axis=0) >= total * (1 - 1e-12))
    return ItemDraws(items, arrays.arms, share, cost)


def _counted(prices: Any, perspectives: Any, perspective: Any):
    """Return the items that a perspective counts, at the prices of the study's price year."""
    own = perspectives[(perspectives["perspective"] == perspective) & perspectives["counted"]]
    items = prices[prices["item"].isin(own["item"]) & (prices["lines"] > 0)].copy()
    for column in ("unit_cost", "unit_cost_lower", "unit_cost_upper"):
        items[column] = items[column].astype(float) * items["inflation"].astype(float)
    years = ("price_year", "inflation", "inflated_to")
    columns = [name for name in (*COLUMNS, *years) if name in items]
    return items.drop(columns="share", errors="ignore")[columns].reset_index(drop=True)


def _by_person(dataset: pd.DataFrame, item_costs, items, periods):
    """Return each participant's cost of each item, 0 where its source group was not observed."""
    before = [name for name, (_, end) in periods.items() if end <= 0]
    lines = item_costs[~item_costs["period"].isin(before)]
    person = pd.Index(dataset["participant_id"]).get_indexer(lines["participant_id"])
    item = pd.Index(items["item"]).get_indexer(lines["item"])
    use = np.zeros((len(dataset), len(items)))
    inside = (person >= 0) & (item >= 0)
    np.add.at(use, (person[inside], item[inside]), lines["cost"].to_numpy(float)[inside])
    for column, group in enumerate(items["source_group"]):
        use[dataset[f"cost_{group}"].isna().to_numpy(), column] = 0.0
    return use


def _shares(weights, use: pd.DataFrame, member):
    """Return the share of each item in its source group under each row of weights."""
    cost = weights @ use
    total = cost @ member.astype(float)
    return np.divide(cost, total, out=np.zeros_like(cost), where=total > 0)


def quantity_table(drawn: Any, interval: Any = 0.95):
    """Return mean use and cost of each item by arm.

    Parameters
    ----------
    drawn : ItemDraws or None
        Draws by item.
    interval : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        One row an item and arm; none without draws by item.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["bed"], "source_group": ["records"], "unit": ["night"],
    ...     "unit_cost": [300.0], "unit_cost_lower": [np.nan], "unit_cost_upper": [np.nan],
    ...     "alone": [True]})
    >>> drawn = ItemDraws(items, ["a"], np.ones((1, 1)), np.array([[[600.0]], [[900.0]]]))
    >>> quantity_table(drawn)[["item", "arm", "cost"]].values.tolist()
    [['bed', 'a', 750.0]]
    """
    rows = []
    for place, item in enumerate([] if drawn is None else drawn.items.to_dict("records")):
        for arm, name in enumerate(drawn.arms):
            mean, lower, upper = mean_interval(drawn.cost[:, arm, place], interval)
            row = item | {"arm": name, "share": drawn.share[arm, place]}
            row |= {"cost": mean, "cost_lower": lower, "cost_upper": upper}
            if price := item["unit_cost"]:
                row |= {"quantity": mean / price}
                row |= {"quantity_lower": lower / price, "quantity_upper": upper / price}
            rows.append(row)
    words = ("item", "arm", "category", "source_group", "unit")
    kinds = {name: object if name in words else float for name in COLUMNS} | {"alone": bool}
    return pd.DataFrame(rows, columns=COLUMNS).astype(kinds)
