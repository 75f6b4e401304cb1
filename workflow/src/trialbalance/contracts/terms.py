"""Terms that stages share: the length of a year, and how an arm without participants is told."""

from math import ceil, floor

DAYS_A_YEAR = 365.25
NOBODY = "no participants recruited"


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
