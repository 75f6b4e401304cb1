"""Dates and times in law: moments known to the minute or to the day, terms of months, limits."""

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def instants(day: date, time: str | None, zone: str) -> tuple[datetime, datetime]:
    """Return the earliest and the latest instant at which something dated may have happened.

    Parameters
    ----------
    day : datetime.date
        Date as written down.
    time : str or None
        Time with its zone, such as 14:30+01:00; None when only the date is known.
    zone : str
        Zone in which a date without a time is read.

    Returns
    -------
    tuple of datetime.datetime
        The same instant twice when the time is known; else the midnights around the day.

    Examples
    --------
    >>> first, last = instants(date(2012, 3, 25), None, "Europe/London")
    >>> (last - first).total_seconds() / 3600
    23.0
    """
    if time is not None:
        instant = datetime.fromisoformat(f"{day.isoformat()}T{time}")
        return instant, instant
    zone_info = ZoneInfo(zone)
    bounds = (datetime(d.year, d.month, d.day, tzinfo=zone_info) for d in (day, day + DAY))
    utc = ZoneInfo("UTC")
    first, last = (bound.astimezone(utc) for bound in bounds)
    return first, last


def hours_apart(
    first: tuple[datetime, datetime], second: tuple[datetime, datetime], hours: int
) -> str:
    """Say whether a second moment came within a number of hours of the first.

    Parameters
    ----------
    first, second : tuple of datetime.datetime
        Moments of `instants`; the second did not come before the first.
    hours : int
        Limit in hours, which itself is still in time.

    Returns
    -------
    {"met", "breached", "not_decidable"}
        Not decidable when the dates allow both.

    Notes
    -----
    A day without a time is open at its end, so two dates that lie 72 hours and more apart at the
    nearest (four calendar days) are over the limit, and those 72 at the farthest (two) are not.

    Examples
    --------
    >>> one, three, four = (instants(date(2012, 1, d), None, "UTC") for d in (1, 4, 5))
    >>> hours_apart(one, three, 72), hours_apart(one, four, 72)
    ('not_decidable', 'breached')
    """
    limit = timedelta(hours=hours)
    least, most = second[0] - first[1], second[1] - first[0]
    known = first[0] == first[1] and second[0] == second[1]
    if most <= limit:
        return "met"
    if least > limit or (least == limit and not known):
        return "breached"
    return "not_decidable"


def add_months(day: date, months: int) -> tuple[date, bool]:
    """Return the corresponding day so many months later, and whether that month has it.

    Parameters
    ----------
    day : datetime.date
        Start.
    months : int
        Calendar months; negative goes back.

    Returns
    -------
    datetime.date
        The day of the same number, or the last of the month.
    bool
        False where the last of the month had to stand in.

    Examples
    --------
    >>> add_months(date(2012, 8, 31), 6)
    (datetime.date(2013, 2, 28), False)
    """
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), day.day <= last


def term_end(start: date, months: int, counted: str) -> date:
    """Return the first day after a term of months.

    Parameters
    ----------
    start : datetime.date
        Day on which it begins.
    months : int
        Length.
    counted : {"including_first_day", "from_next_day"}
        A term that begins with 15 January ends with 14 July; one that runs after 15 January ends
        with 15 July. Where a month lacks the day, its last day is the last of the term.

    Returns
    -------
    datetime.date
        First day that is free.

    Examples
    --------
    >>> term_end(date(2012, 1, 15), 6, "including_first_day")
    datetime.date(2012, 7, 15)
    >>> term_end(date(2011, 8, 31), 6, "including_first_day")
    datetime.date(2012, 3, 1)
    """
    day, there = add_months(start, months)
    return day if there and counted == "including_first_day" else day + DAY


def shift(day: date, span: dict, sign: int = 1) -> date:
    """Return a date moved by a span of days, months or years.

    Parameters
    ----------
    day : datetime.date
        Start.
    span : dict
        One of days, months, years.
    sign : {1, -1}
        Forwards or back.

    Returns
    -------
    datetime.date
        The date.

    Examples
    --------
    >>> shift(date(2012, 2, 29), {"years": 3}, -1)
    datetime.date(2009, 2, 28)
    """
    if span.get("days"):
        return day + sign * timedelta(days=span["days"])
    months = (span.get("months") or 0) + 12 * (span.get("years") or 0)
    return add_months(day, sign * months)[0]
