"""Price indices checked: published changes, years left out, changes that prices rarely make."""

from itertools import pairwise
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding

# A published change has two decimals and levels may have one, so that 0.1 points are rounding.
ROUNDING = 0.1
# Changes in per cent that no index of British prices has made in a year since 1990.
USUAL = (-2.0, 12.0)


def check_index(price_index: pd.DataFrame | None, file: str) -> list[Finding]:
    """Check the levels of a price index against its published changes and against each other.

    Parameters
    ----------
    price_index : pandas.DataFrame or None
        Columns year and index (> 0); change (per cent into the year) where it is published.
    file : str
        Name of its file, for the sentences.

    Returns
    -------
    list of Finding
        Errors where a level does not give the stated change or years are of two kinds; notes on
        years left out and on unusual changes.

    Notes
    -----
    change = 100 × (index[year] / index[year before] − 1), to within 0.1 points.

    References
    ----------
    Turner HC et al. (2019), doi 10.1016/j.jval.2019.03.021.

    Examples
    --------
    >>> index = pd.DataFrame({"year": ["2020/21", "2021/22"], "index": [100.0, 102.6],
    ...                       "change": [None, 6.2]})
    >>> [one.found for one in check_index(index, "own.csv")]
    ['6.2 into 2021/22, where the levels give 2.60']
    """
    if price_index is None or price_index.empty:
        return []
    table = price_index.reset_index(drop=True)
    years = table["year"].astype(str)
    kinds = years.str.contains("/")
    if kinds.any() and not kinds.all():
        other = int(kinds[kinds != kinds[0]].index[0])
        allowed = f"years written as {years[0]} is, all of one kind"
        remedy = "keep calendar and financial years in files of their own"
        return [Finding(file, other + 2, "year", years[other], allowed, remedy)]
    start = years.str[:4].astype(int)
    return [
        finding
        for earlier, later in _neighbours(start)
        for finding in _step(table, start, earlier, later, file)
    ]


def _neighbours(start: pd.Series) -> list[tuple[int, int]]:
    """Return the rows of each year and of the next one that there is."""
    order = list(start.sort_values().index)
    return list(pairwise(order))


def _step(
    table: pd.DataFrame, start: pd.Series, earlier: int, later: int, file: str
) -> list[Finding]:
    """Return what is wrong or unusual between two years that follow each other."""
    year, before = table["year"][later], table["year"][earlier]
    gap = int(start[later] - start[earlier])
    if gap > 1:
        found = f"{year} after {before}: {gap - 1} of the years between left out"
        remedy = "add them, or see that no price and no scenario needs them"
        return [Finding(file, later + 2, "year", found, None, remedy, severity="note")]
    seen = 100 * (float(table["index"][later]) / float(table["index"][earlier]) - 1)
    stated = table["change"][later] if "change" in table else None
    if pd.notna(stated) and abs(seen - float(stated)) > ROUNDING:
        found = f"{float(stated):g} into {year}, where the levels give {seen:.2f}"
        allowed = f"the change from {before} to {year} in per cent, within {ROUNDING:g} points"
        remedy = "correct the level or the change"
        return [Finding(file, later + 2, "change", found, allowed, remedy)]
    if not USUAL[0] <= seen <= USUAL[1]:
        found = f"a change of {seen:.1f} % from {before} to {year}"
        remedy = "correct it unless prices moved so"
        return [Finding(file, later + 2, "index", found, None, remedy, severity="note")]
    return []


def vintage(price_index: pd.DataFrame | None, *years: str) -> str | None:
    """Return the editions or release dates of the levels that years stand on.

    Parameters
    ----------
    price_index : pandas.DataFrame or None
        Columns year and, where it is known, vintage.
    *years : str
        Years of interest.

    Returns
    -------
    str or None
        Each vintage once, in the order of the years; None where none is stated.

    Examples
    --------
    >>> index = pd.DataFrame({"year": ["2012", "2019"], "vintage": ["2019 manual", "2025 manual"]})
    >>> vintage(index, "2012", "2019")
    '2019 manual; 2025 manual'
    """
    if price_index is None or "vintage" not in price_index:
        return None
    known: dict[str, Any] = dict(zip(price_index["year"], price_index["vintage"], strict=True))
    found = [str(known[year]) for year in years if pd.notna(known.get(year))]
    return "; ".join(dict.fromkeys(found)) or None
