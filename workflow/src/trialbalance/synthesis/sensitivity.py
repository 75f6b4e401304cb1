"""One assumption, or two, at the ends of their ranges: what becomes of the comparison."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.decision.prices.price_scenarios import APPROXIMATE, EXACT, MEASURED_ERROR

_ENDS = ("low", "high")
COLUMNS = [
    "analysis", "arm", "comparator", "threshold", "parameter", "unit", "base_value", "low_value",
    "high_value", "low_scenario", "high_scenario", "cost", "cost_low", "cost_high", "effect",
    "effect_low", "effect_high", "net_benefit", "net_benefit_low", "net_benefit_high", "swing",
    "changes_sign", "method", "error",
]  # fmt: skip
TWO_WAY = [
    "analysis", "arm", "comparator", "threshold", "parameter_x", "value_x", "parameter_y",
    "value_y", "cost", "effect", "net_benefit", "method", "error",
]  # fmt: skip
WORDS = ("analysis", "arm", "comparator", "parameter", "parameter_x", "parameter_y", "unit",
         "low_scenario", "high_scenario", "method")  # fmt: skip
REFITTED = "refitted"


def change_in_cost(quantities: pd.DataFrame, item: str, price: float):
    """Return what another unit cost of an item does to each arm's mean cost.

    Parameters
    ----------
    quantities : DataFrame
        Mean use and cost of each item, one row an item and arm.
    item : str
        The item.
    price : float
        Its unit cost instead, in currency per unit.

    Returns
    -------
    change : dict of str to float
        Arm to the change in its mean cost, in currency.
    error : dict of str to float
        Arm to how far that may lie from a refit, in currency: 0 where the item is all of its
        source group, so that a refit would scale the posterior with the price.

    Notes
    -----
    change = mean cost of the item × (price / unit cost − 1). Where the item shares its source
    group with others, a refit would weigh participants a little differently: error =
    MEASURED_ERROR × |price / unit cost − 1| × mean cost of the source group.

    Examples
    --------
    >>> rows = pd.DataFrame({"item": ["bed"], "arm": ["a"], "unit_cost": [300.0],
    ...                      "cost": [6000.0], "share": [0.75], "alone": [False]})
    >>> change, error = change_in_cost(rows, "bed", 330.0)
    >>> change, round(error["a"] / MEASURED_ERROR, 6)
    ({'a': 600.0}, 800.0)
    """
    own = quantities[quantities["item"] == item]
    ratio = price / own["unit_cost"] - 1
    change = (own["cost"] * ratio).round(9)
    group = 0.0 if own["alone"].all() else (own["cost"] / own["share"]).fillna(0)
    error = MEASURED_ERROR * ratio.abs() * group
    return tuple(dict(zip(own["arm"], values, strict=True)) for values in (change, error))


def priced_items(quantities: Any):
    """Return the items whose unit cost has a range of some width, with its ends.

    Examples
    --------
    >>> rows = pd.DataFrame({"item": ["bed"], "unit": ["night"], "unit_cost": [300.0],
    ...                      "unit_cost_lower": [250.0], "unit_cost_upper": [350.0]})
    >>> priced_items(rows)["item"].to_list()
    ['bed']
    """
    wide = quantities["unit_cost_upper"] > quantities["unit_cost_lower"]
    columns = ["item", "unit", "unit_cost", "unit_cost_lower", "unit_cost_upper"]
    items = quantities.loc[wide & (quantities["unit_cost"] > 0), columns]
    return items.drop_duplicates("item", ignore_index=True)


def _moved(pair, changes: Any):
    """Return the difference in cost of a pair of arms after changes, how it was got, its error."""
    cost, error = pair["cost"], 0.0
    for change, wrong in changes:
        one, other = pair["arm"], pair["comparator"]
        cost += change.get(one, 0.0) - change.get(other, 0.0)
        error += wrong.get(one, 0.0) + wrong.get(other, 0.0)
    return cost, APPROXIMATE if error else EXACT, error


def _price_rows(analysis: str, incremental, quantities, thresholds: np.ndarray):
    """Return the rows of each unit cost that has a range."""
    rows = []
    for item in priced_items(quantities).to_dict("records"):
        ends = [
            change_in_cost(quantities, item["item"], item[f"unit_cost_{end}"])
            for end in ("lower", "upper")
        ]
        values = {"base_value": item["unit_cost"], "low_value": item["unit_cost_lower"]}
        values |= {"high_value": item["unit_cost_upper"], "unit": item["unit"]}
        for pair in incremental.to_dict("records"):
            row = {"parameter": item["item"], **values}
            moved = [_moved(pair, [end]) for end in ends]
            for name, (cost, method, _) in zip(_ENDS, moved, strict=True):
                row |= {f"cost_{name}": cost, f"effect_{name}": pair["effect"], "method": method}
            row["error"] = max(error for *_, error in moved)
            rows += _at_thresholds(analysis, pair, row, thresholds)
    return rows


def _scenario_rows(analysis: str, incremental, one_way, thresholds: np.ndarray):
    """Return the rows of each assumption whose ends are scenarios."""
    rows = []
    for name, ends in one_way.items():
        tables = [incremental.get((ends[end], analysis)) for end in _ENDS]
        if any(table is None for table in tables):
            continue
        for pair in incremental["base", analysis].to_dict("records"):
            row = {"parameter": name, "method": REFITTED}
            for end, table in zip(_ENDS, tables, strict=True):
                own = table[table["arm"] == pair["arm"]].iloc[0]
                row |= {f"cost_{end}": own["cost"], f"effect_{end}": own["effect"]}
                row |= {f"{end}_scenario": ends[end], f"{end}_value": ends.get(f"{end}_value")}
            rows += _at_thresholds(analysis, pair, row, thresholds)
    return rows


def _at_thresholds(analysis: str, pair, row, thresholds: np.ndarray):
    """Return one row a threshold, with net benefit; one without it where there is no threshold."""
    rows = []
    row = {name: pair[name] for name in ("arm", "comparator", "cost", "effect")} | row
    for threshold in thresholds or [np.nan]:
        own = {"analysis": analysis, "threshold": threshold, **row}
        for end in ("", "_low", "_high"):
            own[f"net_benefit{end}"] = threshold * row[f"effect{end}"] - row[f"cost{end}"]
        values = [own[f"net_benefit{end}"] for end in ("", "_low", "_high")]
        own["swing"] = abs(values[2] - values[1])
        if np.isnan(threshold):
            own["swing"] = abs(row["cost_high"] - row["cost_low"])
        known = not np.isnan(values).any()
        own["changes_sign"] = min(values) < 0 < max(values) if known else None
        rows.append(own)
    return rows


def one_way(
    incremental: Any,
    quantities: dict[str, Any],
    settings: dict[str, Any],
    marked: dict[str, Any],
):
    """Return the comparison with each assumption at its two ends, the widest swing first.

    Parameters
    ----------
    incremental : dict
        (scenario, analysis) → incremental table.
    quantities : dict
        Analysis → mean use and cost of each item in the base case.
    settings : dict
        ``one_way`` of the section synthesis: name → low and high, names of scenarios.
    marked : dict
        Analysis → thresholds to show; none gives a row without net benefit.

    Returns
    -------
    DataFrame
        One row an analysis, pair of arms, threshold and assumption. An arm without draws keeps
        its rows, blank. ``error`` is what a refit was seen to differ by at most, in currency.

    Notes
    -----
    Unit costs over their ranges are recomputed without a refit (see `change_in_cost`); other
    assumptions are scenarios, which were refitted.

    References
    ----------
    Briggs A, Claxton K, Sculpher M. Decision Modelling for Health Economic Evaluation. Oxford;
    2006, chapter 4.

    Examples
    --------
    >>> pair = pd.DataFrame({"arm": ["b"], "comparator": ["a"], "cost": [100.0], "effect": [0.1]})
    >>> used = pd.DataFrame({"item": "bed", "arm": ["a", "b"], "unit": "night", "unit_cost": 300.0,
    ...     "unit_cost_lower": 150.0, "unit_cost_upper": 600.0, "cost": [600.0, 900.0],
    ...     "share": 1.0, "alone": True})
    >>> table = one_way({("base", "main"): pair}, {"main": used}, {}, {"main": [1000.0]})
    >>> table[["parameter", "cost_low", "cost_high", "swing"]].values.tolist()
    [['bed', -50.0, 400.0, 450.0]]
    """
    rows = []
    for scenario, analysis in incremental:
        if scenario == "base":
            own = incremental[scenario, analysis]
            rows += _price_rows(analysis, own, quantities[analysis], marked[analysis])
            rows += _scenario_rows(analysis, incremental, settings, marked[analysis])
    table = _typed(pd.DataFrame(rows, columns=COLUMNS))
    order = {name: place for place, name in enumerate(dict.fromkeys(table["analysis"]))}
    table["place"] = table["analysis"].map(order)
    table = table.sort_values(
        ["place", "arm", "threshold", "swing"], ascending=[True, True, True, False], kind="stable"
    )
    return table.drop(columns="place").reset_index(drop=True)


def two_way(
    incremental: Any,
    quantities: dict[str, Any],
    pairs: list[Any],
    marked: dict[str, Any],
):
    """Return the comparison with two unit costs varied together.

    Parameters
    ----------
    incremental, quantities, marked : dict
        As for `one_way`.
    pairs : list of list of str
        Two items each; an analysis that counts only one of them has no rows.

    Returns
    -------
    DataFrame
        Five values each way: the ends, the unit cost and half-way between.

    Raises
    ------
    Problems
        Items whose unit cost has no range.

    Examples
    --------
    >>> pair = pd.DataFrame({"arm": ["b"], "comparator": ["a"], "cost": [100.0], "effect": [0.1]})
    >>> used = pd.DataFrame({"item": ["bed", "bed", "gp", "gp"], "arm": ["a", "b"] * 2,
    ...     "unit": "unit", "unit_cost": 100.0, "unit_cost_lower": 50.0, "unit_cost_upper": 200.0,
    ...     "cost": [200.0, 300.0, 100.0, 100.0], "share": 1.0, "alone": True})
    >>> table = two_way({("base", "main"): pair}, {"main": used}, [["bed", "gp"]], {"main": [0.0]})
    >>> sorted(table["cost"].unique().tolist())
    [50.0, 75.0, 100.0, 150.0, 200.0]
    """
    items = {name: priced_items(table).set_index("item") for name, table in quantities.items()}
    _refuse_without_range(items, pairs)
    rows = []
    for analysis, (x, y) in product(items, pairs):
        if not {x, y} <= set(items[analysis].index):
            continue
        own = quantities[analysis]
        grid = [_five(items[analysis].loc[item]) for item in (x, y)]
        for pair, one, other in product(incremental["base", analysis].to_dict("records"), *grid):
            changes = [change_in_cost(own, x, one), change_in_cost(own, y, other)]
            cost, method, error = _moved(pair, changes)
            row = {"analysis": analysis, "arm": pair["arm"], "comparator": pair["comparator"]}
            row |= {"parameter_x": x, "value_x": one, "parameter_y": y, "value_y": other}
            row |= {"cost": cost, "effect": pair["effect"], "method": method, "error": error}
            for threshold in marked[analysis] or [np.nan]:
                benefit = threshold * pair["effect"] - cost
                rows.append(row | {"threshold": threshold, "net_benefit": benefit})
    return _typed(pd.DataFrame(rows, columns=TWO_WAY))


def _five(item: Any):
    """Return five unit costs from one end of a range to the other, the price in the middle."""
    price, low, high = item["unit_cost"], item["unit_cost_lower"], item["unit_cost_upper"]
    return [low, (low + price) / 2, price, (price + high) / 2, high]


def _refuse_without_range(items, pairs):
    """Refuse items that no analysis counts at an uncertain price."""
    known = list(dict.fromkeys(item for table in items.values() for item in table.index))
    remedy = "give unit_cost_lower and unit_cost_upper of the item, or name another"
    findings = [
        Finding("study.yaml", None, "synthesis.two_way", item, ", ".join(known) or "none", remedy)
        for item in dict.fromkeys(item for pair in pairs for item in pair)
        if item not in known
    ]
    if findings:
        raise Problems(findings)


def _typed(table):
    """Return a table with words as objects, numbers as floats and blanks as missing."""
    kinds = {name: object if name in WORDS else float for name in table.columns}
    if "changes_sign" in kinds:
        kinds["changes_sign"] = "boolean"
    table = table.astype(kinds)
    for name in set(WORDS) & set(table.columns):
        table[name] = table[name].where(table[name].notna(), None)
    return table
