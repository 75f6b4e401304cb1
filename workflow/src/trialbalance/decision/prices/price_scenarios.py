"""Named sets of other prices: the comparison over again, from what was used, without a refit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.missing.compare_cases import BENEFIT, INCREMENT, compared, tidy_arrays
from trialbalance.decision.prices.quantities import ItemDraws

COLUMNS = ["scenario", *INCREMENT, *BENEFIT, "preferred", "method", "error"]
EXACT, APPROXIMATE = "exact", "approximate"
# Largest difference from a refit that was found when unit costs were changed and the model fitted
# again, as a share of the source group's cost, if the price of one item doubled;
# tests/synthesis holds it to that.
MEASURED_ERROR = 0.04
_YEARS = ("price_year", "inflated_to")


def error_of_split(ratios: np.ndarray, costs: np.ndarray):
    """Return by how much a mean cost at other prices may lie from that of a refit.

    Parameters
    ----------
    ratios : ndarray, shape (item,)
        New price over old price of each item of one source group.
    costs : ndarray, shape (item,)
        Mean cost of each at the old price, in currency.

    Returns
    -------
    float
        In currency; 0 where every item that costs anything has the same ratio.

    Notes
    -----
    A refit scales with its data, so that only items which move apart can make a difference:
    MEASURED_ERROR × (largest ratio − smallest ratio) × Σ cost, over items that cost anything. In
    refits it did not shrink with the item's share of the group, hence the whole cost.

    Examples
    --------
    >>> error_of_split(np.array([1.5, 1.0]), np.array([75.0, 25.0])) == MEASURED_ERROR * 0.5 * 100
    True
    >>> error_of_split(np.array([1.3, 1.3, 9.0]), np.array([75.0, 25.0, 0.0]))
    0.0
    """
    used = costs > 0
    spread = np.ptp(ratios[used]) if used.any() else 0.0
    # Rounding is no difference: tables hold ten digits.
    return float(MEASURED_ERROR * spread * costs.sum()) if spread > 1e-8 else 0.0


def split_errors(drawn: ItemDraws, ratios: np.ndarray) -> dict[str, float]:
    """Return by arm how far its mean cost at other prices may lie from that of a refit.

    Parameters
    ----------
    drawn : ItemDraws
        Draws of the mean cost of each item.
    ratios : ndarray, shape (item,)
        New price over old price of each item.

    Returns
    -------
    dict of str to float
        In currency: `error_of_split`, added up over source groups.
    """
    groups, mean = drawn.items["source_group"].to_numpy(), drawn.cost.mean(axis=0)
    return {
        arm: sum(error_of_split(ratios[groups == group], mean[place, groups == group])
                 for group in dict.fromkeys(groups))
        for place, arm in enumerate(drawn.arms)
    }  # fmt: skip


def compare_prices(
    arrays: ArmDraws,
    drawn: ItemDraws | None,
    study: dict[str, Any],
    section: dict,
    outcome: str,
    price_index: pd.DataFrame | None = None,
    other_indices: Mapping[str, pd.DataFrame] | None = None,
):
    """Return the comparison of arms at each named set of prices.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    drawn : ItemDraws or None
        Draws of the mean cost of each item.
    study, section, outcome
        As for `compared`; ``price_scenarios`` of the section is read.
    price_index : DataFrame, optional
        Columns year and index; needed for another price year.
    other_indices : mapping of str to DataFrame, optional
        Scenario → the index that it puts in place of the study's.

    Returns
    -------
    DataFrame
        One row a scenario, arm but the comparator and threshold; none without price scenarios.

    Raises
    ------
    Problems
        A year that the index does not have; another price for an item that cost nothing.

    Notes
    -----
    cost = cost + Σ over items of (new price / price − 1) × mean cost of the item, draw by draw.
    Another index brings a price of year y to the study's price year Y by other[Y] / other[y]; the
    price of the year Y stays as it is. ``exact`` where the items of a source group all change
    alike, as with another price year: a refit would scale with the prices. Else ``approximate``,
    with `error_of_split` of both arms.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds, "price_scenarios": {
    ...     "dear": {"title": "Dear beds", "unit_costs": {"bed": 330.0}}}})
    >>> items = pd.DataFrame({"item": ["bed"], "source_group": ["records"], "unit_cost": [300.0]})
    >>> drawn = ItemDraws(items, ["a", "b"], np.ones((2, 1)), arrays.cost[:, :, None])
    >>> table = compare_prices(arrays, drawn, study, section, "qaly")
    >>> table[["scenario", "arm", "cost", "method"]].drop_duplicates().values.tolist()
    [['dear', 'b', 22.0, 'exact']]
    """
    plans = section["price_scenarios"]
    if drawn is None or not plans:
        return _typed(pd.DataFrame(columns=COLUMNS))
    parts = []
    for name, plan in plans.items():
        at, index = f"decision.price_scenarios.{name}", (other_indices or {}).get(name, price_index)
        ratios = price_ratios(drawn.items, plan, at, index)
        errors = split_errors(drawn, ratios)
        cost = arrays.cost + drawn.cost @ (ratios - 1)
        rows = compared(tidy_arrays(arrays, cost, arrays.effect), study, section, outcome)
        rows["scenario"] = name
        rows["method"] = APPROXIMATE if any(errors.values()) else EXACT
        rows["error"] = rows["arm"].map(errors).fillna(0) + errors.get(study["comparator"], 0)
        parts.append(rows)
    return _typed(pd.concat(parts, ignore_index=True)[COLUMNS])


def price_ratios(
    items: pd.DataFrame, plan: dict[str, Any], at: str, price_index: pd.DataFrame | None
):
    """Return the new price over the old price of each item.

    Parameters
    ----------
    items : DataFrame
        Columns item, unit_cost, unit_cost_lower, unit_cost_upper at the study's price year, and
        price_year, inflation to it and inflated_to, its name.
    plan : dict
        Settings of the scenario: unit_costs, range_end, price_year or price_index.
    at : str
        Setting that asks for it, for messages.
    price_index : DataFrame or None
        Columns year and index.

    Returns
    -------
    ndarray, shape (item,)
        1 where the price stays.

    Raises
    ------
    Problems
        As for `compare_prices`.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["bed", "visit"], "unit_cost": [300.0, 40.0]})
    >>> plan = {"unit_costs": {"bed": 330.0}, "price_year": None, "range_end": None}
    >>> price_ratios(items, plan, "decision.price_scenarios.dear", None).tolist()
    [1.1, 1.0]
    """
    own = items["unit_cost"].to_numpy(float)
    if plan.get("price_index"):
        return _other_index(items, at, price_index)
    if plan["price_year"]:
        return _other_year(items, plan["price_year"], at, price_index)
    if plan["range_end"]:
        other = items["unit_cost_lower" if plan["range_end"] == "low" else "unit_cost_upper"]
    else:
        other = items["item"].map(plan["unit_costs"])
    other = other.to_numpy(float)
    changed = np.isfinite(other) & (other != own)
    if (changed & (own == 0)).any():
        which = ", ".join(items.loc[changed & (own == 0), "item"])
        remedy = "make it a scenario under scenarios, which values the records anew"
        raise Problems([Finding("study.yaml", None, at, f"another price of {which}, which cost "
                                "nothing", "items with a unit cost above 0", remedy)])  # fmt: skip
    return np.divide(other, own, out=np.ones(own.size), where=changed)


def _other_year(items, year, at, price_index: pd.DataFrame | None):
    """Return the price of a year over that of the study's price year, by item."""
    level = {} if price_index is None else price_index.set_index("year")["index"].to_dict()
    if missing := [one for one in dict.fromkeys([year, *items["price_year"]]) if one not in level]:
        allowed = f"years of the price index: {', '.join(level)}"
        found = f"no price index of {', '.join(missing)}"
        raise Problems([Finding("study.yaml", None, at, found, allowed, "use one of them")])
    own = items["price_year"].map(level).astype(float) * items["inflation"].astype(float)
    return (float(level[year]) / own).to_numpy()


def _other_index(items: pd.DataFrame, at: str, price_index: pd.DataFrame) -> np.ndarray:
    """Return the price by another index over that by the study's, by item."""
    level = price_index.set_index("year")["index"].to_dict()
    moved = (items["price_year"] != items["inflated_to"]).to_numpy()
    years = [*items.loc[moved, "price_year"], *items.loc[moved, "inflated_to"]]
    if missing := [one for one in dict.fromkeys(years) if one not in level]:
        allowed = f"years of that index: {', '.join(level)}"
        found = f"no level of {', '.join(missing)} in the other price index"
        remedy = "add them to its file"
        raise Problems([Finding("study.yaml", None, f"{at}.price_index", found, allowed, remedy)])
    ratios = np.ones(len(items))
    old, new = (items.loc[moved, year].map(level).astype(float) for year in _YEARS)
    ratios[moved] = new / old / items.loc[moved, "inflation"].astype(float)
    return ratios


def _typed(table):
    """Return the table with words as objects and numbers as floats, also where it has no rows."""
    words = {"scenario", "arm", "comparator", "position", "preferred", "method"}
    kinds = {name: object if name in words else float for name in COLUMNS}
    table = table.astype(kinds | {"exploratory": "boolean"})
    for name in words:
        table[name] = table[name].where(table[name].notna(), None)
    return table
