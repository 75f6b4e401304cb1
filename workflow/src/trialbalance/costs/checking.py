"""Prices checked before anything is valued: every mistake at once, in sentences."""

from collections.abc import Iterable, Mapping

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.spelling import nearest
from trialbalance.costs.periods import check_periods
from trialbalance.costs.price_indices import check_index

# Item → (file, first row, number of rows): where an item was used.
Places = Mapping[str, tuple[str, int | None, int]]


def find_items_used(
    resource_use: pd.DataFrame | None,
    episodes: pd.DataFrame | None,
    files: Mapping[str, str] | None = None,
) -> dict[str, tuple[str, int, int]]:
    """Find where each priced item is first used.

    Parameters
    ----------
    resource_use, episodes : pandas.DataFrame or None
        Clean tables; of the episodes only occupancy is priced.
    files : mapping, optional
        Table → file name as the user knows it.

    Returns
    -------
    dict
        Item → (file, row as a spreadsheet numbers it, number of rows).

    Examples
    --------
    >>> find_items_used(pd.DataFrame({"item": ["visit", "visit"]}), None)
    {'visit': ('resource_use', 2, 2)}
    """
    files = files or {}
    found: dict[str, tuple[str, int, int]] = {}
    for table, frame in (("resource_use", resource_use), ("episodes", episodes)):
        if frame is None:
            continue
        rows = pd.DataFrame({"item": frame["item"].to_numpy(), "row": range(2, len(frame) + 2)})
        if table == "episodes":
            rows = rows[(frame["type"] == "occupancy").to_numpy()]
        for item, group in rows.groupby("item", sort=False)["row"]:
            found.setdefault(str(item), (files.get(table, table), int(group.min()), len(group)))
    return found


def find_use_at_stake(
    resource_use: pd.DataFrame | None, episodes: pd.DataFrame | None
) -> dict[str, tuple[float, int]]:
    """Return how much of each priced item was used, and by how many participants.

    Parameters
    ----------
    resource_use, episodes : pandas.DataFrame or None
        Clean tables; a stay counts its nights, one without an end none.

    Returns
    -------
    dict
        Item → (quantity, participants).

    Examples
    --------
    >>> use = pd.DataFrame({"participant_id": ["p1", "p2", "p2"], "item": "visit",
    ...                     "quantity": [2.0, 3.0, None]})
    >>> find_use_at_stake(use, None)
    {'visit': (5.0, 2)}
    """
    parts = []
    if resource_use is not None:
        parts.append(resource_use[["item", "participant_id", "quantity"]])
    if episodes is not None:
        stays = episodes[episodes["type"] == "occupancy"]
        nights = (pd.to_datetime(stays["end_date"]) - pd.to_datetime(stays["start_date"])).dt.days
        parts.append(stays[["item", "participant_id"]].assign(quantity=nights))
    if not parts:
        return {}
    used = pd.concat([part.astype({"quantity": "float64"}) for part in parts])
    groups = used.groupby("item", sort=False)
    return {
        str(item): (float(rows["quantity"].sum()), int(rows["participant_id"].nunique()))
        for item, rows in groups
    }


def check_prices(
    unit_costs: pd.DataFrame | None,
    price_index: pd.DataFrame | None,
    items_used: Places | Iterable[str],
    section: dict,
    file: str,
    study: dict | None = None,
    at_stake: Mapping[str, tuple[float, int]] | None = None,
) -> list[Finding]:
    """Check that every item used has one sound price at a year the index knows.

    Parameters
    ----------
    unit_costs : pandas.DataFrame or None
        Unit costs as handed over: item, unit, unit_cost, currency, price_year, status.
    price_index : pandas.DataFrame or None
        Columns year and index.
    items_used : mapping or iterable
        Items used; as a mapping with their places, see `find_items_used`.
    section : dict
        Cost settings.
    file : str
        Name of the file of unit costs, for the sentences.
    study : dict, optional
        Study settings; when given, currency and periods are checked too.
    at_stake : mapping, optional
        Item → (quantity, participants) used, see `find_use_at_stake`; told of unpriced items.

    Returns
    -------
    list of Finding
        Errors and notes, in the order of the files.

    Examples
    --------
    >>> section = {"price_year": "2012/13", "items": {"visit": {"source": "records"}}}
    >>> for finding in check_prices(None, None, ["visit"], section, "unit_costs.csv"):
    ...     print(finding.sentence())
    unit_costs.csv: found no price for item visit; allowed: one row for each item used; add a row.
    """
    places = items_used if isinstance(items_used, Mapping) else dict.fromkeys(items_used)
    prices = unit_costs
    if prices is None:
        prices = pd.DataFrame(columns=["item", "unit_cost", "price_year"])
    prices = prices.reset_index(drop=True)
    findings = [
        *_unknown_items(places, section),
        *_unpriced_items(prices, places, section, file),
        *_left_unpriced(prices, places, section, file, at_stake or {}),
        *_unsourced(prices, file),
        *_duplicate_prices(prices, file),
        *_unsound_amounts(prices, file),
        *_unsound_ranges(prices, file),
        *_prices_far_off(prices, file),
        *_unknown_years(prices, price_index, section, file),
        *check_index(price_index, _index_name(section)),
    ]
    if study is not None:
        currency = study["currency"]
        findings += _other_currencies(prices, currency, file)
        findings += _index_of_pounds(section, currency)
        findings += check_periods(study, section)
    return findings


def _index_name(section: dict) -> str:
    """Return the file of the price index, as the user knows it."""
    name = section.get("price_index")
    if not name:
        return "price_index.csv"
    return name if name.endswith(".csv") else f"{name}.csv"


def _unknown_items(places: Mapping, section: dict) -> list[Finding]:
    known = list(section["items"])
    findings = []
    for item in (item for item in places if item not in section["items"]):
        file, row, rows = places[item] or ("resource_use", None, 1)
        near = nearest(item, known)
        findings.append(
            Finding(
                file,
                row,
                "item",
                found=item,
                allowed=f"an item under costs.items ({', '.join(known)})",
                remedy=f"write {near}" if near else "add it to costs.items or correct it",
                further=rows - 1,
            )
        )
    return findings


def _unpriced_items(
    prices: pd.DataFrame, places: Mapping, section: dict, file: str
) -> list[Finding]:
    priced = set(prices["item"])
    needed = [
        (item, entry)
        for item, entry in section["items"].items()
        if item not in priced and entry["source"] != "given"
    ]
    findings = []
    for item, _ in needed:
        if item in places:
            near = nearest(item, sorted(priced - set(section["items"])))
            place = places[item]
            used = f" (used in {place[0]}, row {place[1]})" if place else ""
            findings.append(
                Finding(
                    file,
                    found=f"no price for item {item}{used}",
                    allowed="one row for each item used",
                    remedy=f"is {near} meant?" if near else "add a row",
                )
            )
        else:
            findings.append(
                Finding(file, found=f"no price for item {item}, not used so far", severity="note")
            )
    return findings


def _left_unpriced(
    prices: pd.DataFrame, places: Mapping, section: dict, file: str, at_stake: Mapping
) -> list[Finding]:
    """Note how much of each item without a price was used: the quantity at stake."""
    priced = set(prices["item"])
    return [
        Finding(
            file,
            found=f"{at_stake[item][0]:,.10g} of {item}, used by {at_stake[item][1]:,} "
            f"participant{'s' if at_stake[item][1] != 1 else ''}, without a price",
            severity="note",
        )
        for item, entry in section["items"].items()
        if item in places and item in at_stake and item not in priced and entry["source"] != "given"
    ]


def _unsourced(prices: pd.DataFrame, file: str) -> list[Finding]:
    """Note a price called published of which nobody says where."""
    if not {"status", "source"} <= set(prices.columns):
        return []
    blank = prices["source"].isna() | (prices["source"].astype(str).str.strip() == "")
    rows = [row for row in prices.index if prices["status"][row] == "published" and blank[row]]
    remedy = "name the publication, or call the price assumed"
    return [
        Finding(file, row + 2, "source", "nothing for a published price", None, remedy,
                severity="note")
        for row in rows
    ]  # fmt: skip


def _duplicate_prices(prices: pd.DataFrame, file: str) -> list[Finding]:
    findings = []
    for item, group in prices.groupby("item", sort=False):
        if len(group) > 1:
            rows = [int(row) + 2 for row in group.index]
            findings.append(
                Finding(
                    file,
                    rows[1],
                    "item",
                    found=f"{item} a second time (first in row {rows[0]})",
                    allowed="one price an item",
                    remedy="delete one of the rows",
                    further=len(rows) - 2,
                )
            )
    return findings


def _unsound_amounts(prices: pd.DataFrame, file: str) -> list[Finding]:
    findings = []
    amounts = pd.to_numeric(prices["unit_cost"], errors="coerce").astype("float64")
    for row, (amount, written) in enumerate(zip(amounts, prices["unit_cost"], strict=True)):
        if not 0 <= amount < float("inf"):
            blank = pd.isna(written)
            findings.append(
                Finding(
                    file,
                    row + 2,
                    "unit_cost",
                    found="nothing" if blank else str(written),
                    allowed="a number of 0 or more",
                    remedy="write the price" if blank else "correct it",
                )
            )
    return findings


def _unsound_ranges(prices: pd.DataFrame, file: str) -> list[Finding]:
    """Find ranges of a price that have one end only or do not hold the price."""
    ends = ["unit_cost_lower", "unit_cost_upper"]
    if not set(ends) & set(prices.columns):
        return []
    range_ = prices.reindex(columns=ends).apply(pd.to_numeric, errors="coerce").astype("float64")
    amounts = pd.to_numeric(prices["unit_cost"], errors="coerce").astype("float64")
    findings = []
    for row, (lower, upper) in enumerate(range_.itertuples(index=False)):
        if (pd.isna(lower) and pd.isna(upper)) or 0 <= lower <= amounts[row] <= upper < float(
            "inf"
        ):
            continue
        column = ends[0] if not 0 <= lower <= amounts[row] else ends[1]
        found = "nothing" if pd.isna(range_[column][row]) else f"{range_[column][row]:g}"
        side = "from 0 up to" if column == ends[0] else "of at least"
        allowed = f"a number {side} the unit cost, {amounts[row]:g}, or neither end"
        remedy = "write both ends of the range, around the price"
        findings.append(Finding(file, row + 2, column, found, allowed, remedy))
    return findings


def _unknown_years(
    prices: pd.DataFrame, price_index: pd.DataFrame | None, section: dict, file: str
) -> list[Finding]:
    to_year = section["price_year"]
    other = [
        (row + 2, year)
        for row, year in enumerate(prices["price_year"])
        if pd.isna(year) or str(year) != to_year
    ]
    if price_index is None:
        allowed = f"{to_year}, because no price_index is set"
        remedy = "set costs.price_index or give the price of that year"
        years = []
    else:
        years = sorted(str(year) for year in price_index["year"])
        allowed = f"{years[0]} to {years[-1]}, the years of the price index"
        remedy = "take a price of such a year or another index"
    findings = []
    if price_index is not None and other and to_year not in years:
        findings.append(Finding("study.yaml", None, "costs.price_year", to_year, allowed, remedy))
    for row, year in other:
        if pd.isna(year) or str(year) not in years:
            found = "nothing" if pd.isna(year) else str(year)
            findings.append(Finding(file, row, "price_year", found, allowed, remedy))
    return findings


def _index_of_pounds(section: dict, currency: str | None) -> list[Finding]:
    """Note a British price index, as all that ship here are, for prices of another currency."""
    index = section["price_index"]
    if not index or index.endswith(".csv") or currency in (None, "GBP"):
        return []
    found = f"{index}, an index of prices in GBP, with currency {currency}"
    remedy = "name a csv file with the index of that country, or say in the plan why this one fits"
    return [Finding("study.yaml", None, "costs.price_index", found, None, remedy, severity="note")]


def _prices_far_off(prices: pd.DataFrame, file: str) -> list[Finding]:
    """Note a price ten times or more above or below the others of its unit."""
    findings = []
    amounts = pd.to_numeric(prices["unit_cost"], errors="coerce").astype("float64")
    for unit, rows in prices.groupby("unit") if "unit" in prices else ():
        for row in rows.index if len(rows) >= 4 else ():
            middle = float(amounts[rows.index.drop(row)].median())
            if min(amounts[row], middle) > 0 and not 0.1 < amounts[row] / middle < 10:
                item = prices["item"][row]
                found = f"{amounts[row]:g} for {item}, where others a {unit} cost about {middle:g}"
                remedy = "correct it if it is in pence, in thousands or of another unit"
                findings.append(
                    Finding(file, row + 2, "unit_cost", found, None, remedy, severity="note")
                )
    return findings


def _other_currencies(prices: pd.DataFrame, currency: str | None, file: str) -> list[Finding]:
    if currency is None or "currency" not in prices:
        return []
    return [
        Finding(
            file,
            row + 2,
            "currency",
            "nothing" if pd.isna(found) else str(found),
            currency,
            "convert the price, or correct study.currency",
        )
        for row, found in enumerate(prices["currency"])
        if pd.isna(found) or str(found) != currency
    ]
