"""Terms that stages share: the length of a year, an empty arm, the names a study declares."""

from collections.abc import Iterable, Mapping
from math import ceil, floor
from typing import Any

DAYS_A_YEAR = 365.25
NOBODY = "no participants recruited"


def vocabularies(
    study: Mapping[str, Any], items: Iterable[str] | None = None, instruments: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Return the names that a study declares and its tables may therefore hold.

    Parameters
    ----------
    study : mapping
        Section ``study``.
    items : iterable of str, optional
        Things that are costed; any name is allowed where they are not known.
    instruments : iterable of str
        Questionnaires; any name is allowed where there are none.

    Returns
    -------
    dict
        arms, visits, periods; items and instruments where they are known.

    Examples
    --------
    >>> vocabularies({"arms": {"a": {}}, "visits": {"m0": 0}, "periods": {}}, ["bed"])
    {'arms': ['a'], 'visits': ['m0'], 'periods': [], 'items': ['bed']}
    """
    words = {name: list(study[name]) for name in ("arms", "visits", "periods")}
    if items is not None:
        words["items"] = list(items)
    if named := list(instruments):
        words["instruments"] = named
    return words


def first_day(years: float) -> int:
    """Return the first whole day, counted from the index date, at or after a time.

    Parameters
    ----------
    years : float
        Time since the index date, in years of 365.25 days.

    Returns
    -------
    int
        Day; the index date is day 0.

    Examples
    --------
    >>> first_day(0.5), first_day(1.0), first_day(-0.5)
    (183, 366, -182)
    """
    # Rounding keeps a bound such as 30/365.25 years from landing a hair above day 30.
    return ceil(round(years * DAYS_A_YEAR, 6))


def last_day(years: float) -> int:
    """Return the last whole day, counted from the index date, at or before a time.

    Parameters
    ----------
    years : float
        Time since the index date, in years of 365.25 days.

    Returns
    -------
    int
        Day on which follow-up of that length ends.

    Examples
    --------
    >>> last_day(0.5), last_day(1.0)
    (182, 365)
    """
    return floor(round(years * DAYS_A_YEAR, 6))
