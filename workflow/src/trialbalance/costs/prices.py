"""Prices at the study's price year, and which perspective counts which item."""

import numpy as np
import pandas as pd

from trialbalance.costs.price_indices import vintage


def inflation_factor(price_year: str, to_year: str, price_index: pd.DataFrame | None) -> float:
    """Return what turns a price of one year into a price of another.

    Parameters
    ----------
    price_year : str
        Year of the price, e.g. ``2010/11``.
    to_year : str
        Year wanted.
    price_index : pandas.DataFrame or None
        Columns year and index (> 0); may be None when the years are the same.

    Returns
    -------
    float
        Ratio of the two index levels; 1 for the same year.

    Notes
    -----
    factor = index[to_year] / index[price_year].

    References
    ----------
    Turner HC et al. (2019), doi 10.1016/j.jval.2019.03.021.

    Examples
    --------
    >>> index = pd.DataFrame({"year": ["2010/11", "2012/13"], "index": [276.7, 287.3]})
    >>> round(inflation_factor("2010/11", "2012/13", index), 6)
    1.038309
    """
    if price_year == to_year:
        return 1.0
    levels = dict(zip(price_index["year"], price_index["index"], strict=True))
    return float(levels[to_year]) / float(levels[price_year])


def superseded_items(section: dict) -> dict[str, str]:
    """Return the items that another item of the same use replaces.

    Parameters
    ----------
    section : dict
        Cost settings; `items` and `records_win` are read.

    Returns
    -------
    dict
        Replaced item → the item that is costed.

    Examples
    --------
    >>> items = {"nights": {"source": "records", "same_use_as": None},
    ...          "nights_told": {"source": "interview", "same_use_as": "nights"}}
    >>> superseded_items({"items": items, "records_win": True})
    {'nights_told': 'nights'}
    """
    replaced = {}
    for item, entry in section["items"].items():
        other = entry["same_use_as"]
        if not other:
            continue
        is_record = entry["source"] == "records"
        keeps_itself = is_record == section["records_win"]
        replaced.update({other: item} if keeps_itself else {item: other})
    return replaced


def price_table(
    unit_costs: pd.DataFrame | None, price_index: pd.DataFrame | None, section: dict
) -> pd.DataFrame:
    """Price every item of the settings at the study's price year.

    Parameters
    ----------
    unit_costs : pandas.DataFrame or None
        Unit costs, one row an item (currency per unit, >= 0); checked by `check_prices`.
    price_index : pandas.DataFrame or None
        Columns year and index.
    section : dict
        Cost settings.

    Returns
    -------
    pandas.DataFrame
        One row an item that has a price, in the order of the settings: item, category, payer,
        source_group, unit, unit_cost, unit_cost_lower and unit_cost_upper (blank without a range),
        price_year, inflation, inflated_to, price_index and index_vintage (blank where the price is
        of that year), status, source, edition, page, licence, recall_years (blank unless scaled),
        replaced_by (blank unless another item of the same use is costed).

    Notes
    -----
    An item whose source is `given` needs no price: its quantity is money, its price is 1.

    Examples
    --------
    >>> prices = pd.DataFrame({"item": ["visit"], "unit": ["visit"], "unit_cost": [40.0],
    ...                        "price_year": ["2012/13"], "status": ["assumed"]})
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("costs", {"price_year": "2012/13", "payers": {"nhs": "NHS"},
    ...     "items": {"visit": {"category": "gp", "payer": "nhs"}},
    ...     "perspectives": {"nhs": {"label": "NHS", "payers": ["nhs"]}}})
    >>> price_table(prices, None, section)[["item", "unit_cost", "inflation"]].values.tolist()
    [['visit', 40.0, 1.0]]
    """
    known = {} if unit_costs is None else unit_costs.set_index("item").to_dict("index")
    replaced = superseded_items(section)
    rows = []
    for item, entry in section["items"].items():
        source_group = entry["source"]
        price = known.get(item)
        if price is None and source_group == "given":
            price = _as_given(section["price_year"])
        if price is None:
            continue
        price = _at_other_prices(item, price, section)
        scaled = entry["recall_years"] if entry["scale_to_period"] else None
        rows.append(
            {
                "item": item,
                "category": entry["category"],
                "payer": entry["payer"],
                "source_group": source_group,
                "unit": price["unit"],
                "unit_cost": float(price["unit_cost"]),
                "unit_cost_lower": float(price.get("unit_cost_lower", np.nan)),
                "unit_cost_upper": float(price.get("unit_cost_upper", np.nan)),
                "price_year": price["price_year"],
                "inflation": inflation_factor(
                    price["price_year"], section["price_year"], price_index
                ),
                **_index_used(price["price_year"], section, price_index),
                "status": price.get("status"),
                **{word: price.get(word) for word in _REGISTER},
                "recall_years": scaled,
                "replaced_by": replaced.get(item),
            }
        )
    return pd.DataFrame(rows, columns=_PRICE_COLUMNS)


def _at_other_prices(item: str, price: dict, section: dict) -> dict:
    """Return the price of an item as `other_prices` has it; as it is where they are silent."""
    plan = section["other_prices"]
    if plan is None:
        return price
    if item in plan["unit_costs"]:
        return price | {"unit_cost": plan["unit_costs"][item], "price_year": section["price_year"]}
    ends = {"low": "unit_cost_lower", "high": "unit_cost_upper", None: "unit_cost"}
    end = price.get(ends[plan["range_end"]], np.nan)
    return price if pd.isna(end) else price | {"unit_cost": end}


# What a register of unit costs says of where a price comes from.
_REGISTER = ("source", "edition", "page", "licence")
_PRICE_COLUMNS = [
    *("item", "category", "payer", "source_group", "unit", "unit_cost", "unit_cost_lower"),
    *("unit_cost_upper", "price_year", "inflation", "inflated_to", "price_index"),
    *("index_vintage", "status", *_REGISTER, "recall_years", "replaced_by"),
]


def _index_used(price_year: str, section: dict, price_index: pd.DataFrame | None) -> dict:
    """Return the year that a price was brought to, by which index of which vintage."""
    to_year = section["price_year"]
    moved = price_year != to_year
    return {
        "inflated_to": to_year,
        "price_index": section["price_index"] if moved else None,
        "index_vintage": vintage(price_index, price_year, to_year) if moved else None,
    }


def _as_given(price_year: str) -> dict:
    """Return the price of an amount that came as money: one for one."""
    return {
        "unit": "as given",
        "unit_cost": 1.0,
        "price_year": price_year,
        "status": "given",
        "source": "amounts as given",
    }


def perspective_table(section: dict) -> pd.DataFrame:
    """Write out the matrix of items and perspectives.

    Parameters
    ----------
    section : dict
        Cost settings; `items` and `perspectives` are read.

    Returns
    -------
    pandas.DataFrame
        One row a perspective and item: perspective, label, item, category, payer, counted, why.

    Examples
    --------
    >>> benefit = {"category": "benefits", "payer": "state", "transfer": True}
    >>> society = {"label": "Society", "payers": ["state"], "transfers": False}
    >>> section = {"items": {"benefit": benefit}, "perspectives": {"society": society}}
    >>> perspective_table(section)[["counted", "why"]].values.tolist()
    [[False, 'transfer payment']]
    """
    rows = []
    for name, perspective in section["perspectives"].items():
        for item, entry in section["items"].items():
            pays = entry["payer"] in perspective["payers"]
            transfer = entry["transfer"] and not perspective["transfers"]
            why = "payer not in the perspective"
            if pays:
                why = "transfer payment" if transfer else "payer in the perspective"
            rows.append(
                {
                    "perspective": name,
                    "label": perspective["label"],
                    "item": item,
                    "category": entry["category"],
                    "payer": entry["payer"],
                    "counted": pays and not transfer,
                    "why": why,
                }
            )
    return pd.DataFrame(rows)
