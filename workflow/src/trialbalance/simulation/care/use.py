"""Resource use outside the bed: contacts, courses, amounts and injections, by period or date."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR, first_day
from trialbalance.simulation.care.stays import Stays
from trialbalance.simulation.people.participants import People, Streams

COLUMNS = ["person", "item", "quantity", "period", "day"]


def period_days(people: People, bounds: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """First and last day (exclusive) of a period for each participant, cut at end of follow-up.

    Parameters
    ----------
    people : People
        The participants.
    bounds : list of float
        Start and end of the period in years from the index date.

    Returns
    -------
    tuple of numpy.ndarray
        Days from the index date; an empty period has equal bounds.
    """
    last = np.where(people.included, people.last_day, 0)
    first, end = (np.full(len(last), first_day(bound)) for bound in bounds)
    return np.minimum(first, last), np.minimum(end, last)


def community_years(people: People, stays: Stays, bounds: list[float]) -> np.ndarray:
    """Years a participant spent alive and out of hospital within a period.

    Parameters
    ----------
    people : People
        The participants.
    stays : Stays
        Their time in bed.
    bounds : list of float
        Start and end of the period in years from the index date.

    Returns
    -------
    numpy.ndarray
        Years, from 0 to the length of the period.
    """
    first, last = period_days(people, bounds)
    nights = stays.nights_between(first, last)
    return np.clip(last - first - nights, 0, None) / DAYS_A_YEAR


def _tilt(slope: float, severity: np.ndarray) -> np.ndarray:
    # The variance correction keeps the mean at its stated value: E exp(bz - b^2/2) = 1.
    return np.exp(slope * severity - slope**2 / 2)


def _person_rates(people: People, spec: dict, rng: np.random.Generator) -> np.ndarray:
    """Yearly use of each participant while in the community."""
    n = len(people.arm)
    pick, spread = rng.random(n), rng.gamma(spec["shape"], 1 / spec["shape"], n)
    user = pick < people.per_arm(spec.get("user_share", 1.0))
    return user * people.per_arm(spec["yearly"]) * spread * _tilt(spec["severity"], people.severity)


def draw_periodic(
    people: People, stays: Stays, items: dict, periods: dict, streams: Streams
) -> pd.DataFrame:
    """Draw what was used in each period: contacts, or amounts such as hours, weeks and months.

    Parameters
    ----------
    people : People
        The participants.
    stays : Stays
        Their time in bed, during which nothing is used in the community.
    items : dict
        Item to ``{kind: count|amount, yearly, shape, severity, user_share, before}``: mean yearly
        use of a user while in the community (by arm where it differs), gamma shape of the spread
        between people, slope on severity, share of users and, for a period before the index
        date, use relative to follow-up (0 = not asked). ``most`` bounds an amount a year.
    periods : dict
        Period to its bounds in years.
    streams : callable
        Named random streams.

    Returns
    -------
    pandas.DataFrame
        Columns person, item, quantity, period, day (blank); only non-zero use has a row.

    Notes
    -----
    Counts are Poisson given a gamma rate shared by a participant's periods: negative binomial.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    exposure = {name: community_years(people, stays, bounds) for name, bounds in periods.items()}
    parts = []
    for item, spec in items.items():
        rng = streams("use", item)
        rate = _person_rates(people, spec, rng)
        if "most" in spec:
            rate = np.minimum(rate, spec["most"])
        for name, bounds in periods.items():
            # Before the index date people were in hospital for an unknown part of the period.
            years = (
                exposure[name]
                if bounds[0] >= 0
                else spec["before"] * people.included * (bounds[1] - bounds[0])
            )
            mean = rate * years
            drawn = rng.poisson(mean) if spec["kind"] == "count" else np.round(mean, 1)
            parts.append((item, name, drawn))
    return _stack(parts)


def _stack(parts: list[tuple[str, str, np.ndarray]]) -> pd.DataFrame:
    used = [np.flatnonzero(drawn > 0) for _, _, drawn in parts]
    sizes = [len(rows) for rows in used]
    columns = {
        "person": np.concatenate(used),
        "item": np.repeat(np.array([part[0] for part in parts], dtype=object), sizes),
        "quantity": np.concatenate(
            [part[2][rows].astype(float) for part, rows in zip(parts, used, strict=True)]
        ),
        "period": np.repeat(np.array([part[1] for part in parts], dtype=object), sizes),
    }
    frame = pd.DataFrame(columns)
    frame["day"] = np.nan
    return frame[COLUMNS]


def draw_injections(
    people: People, stays: Stays, items: dict, horizon_days: int, streams: Streams
) -> pd.DataFrame:
    """Draw dated treatments on a fixed schedule, given only while in the community.

    Parameters
    ----------
    people : People
        The participants.
    stays : Stays
        Their time in bed.
    items : dict
        Item to ``{user_share, intervals, interval_shares, attended}``: share of participants
        treated, possible intervals in days, their shares, and the share of doses given.
    horizon_days : int
        Length of follow-up in days.
    streams : callable
        Named random streams.

    Returns
    -------
    pandas.DataFrame
        Columns person, item, quantity (1), period (blank), day.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    parts = []
    n = len(people.arm)
    for item, spec in items.items():
        rng = streams("injections", item)
        user = people.included & (rng.random(n) < people.per_arm(spec["user_share"]))
        interval = rng.choice(spec["intervals"], size=n, p=spec["interval_shares"])
        first = np.floor(rng.random(n) * interval)
        doses = int(np.ceil(horizon_days / min(spec["intervals"])))
        day = first[:, None] + interval[:, None] * np.arange(doses)
        given = (day < people.last_day[:, None]) & user[:, None]
        given &= rng.random((n, doses)) < spec["attended"]
        inside = (day[..., None] >= stays.start[:, None, :]) & (
            day[..., None] <= stays.end[:, None, :]
        )
        person, dose = np.nonzero(given & ~inside.any(axis=2))
        parts.append(dated_use(person, item, np.ones(len(person)), day[person, dose]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def dated_use(person: np.ndarray, item: str, quantity: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    """List dated use of one item.

    Parameters
    ----------
    person : numpy.ndarray
        Row numbers of the participants.
    item : str
        Thing used.
    quantity : numpy.ndarray
        How much.
    day : numpy.ndarray
        Day from the index date.

    Returns
    -------
    pandas.DataFrame
        Columns person, item, quantity, period (blank), day.

    Examples
    --------
    >>> len(dated_use(np.array([0]), "visit", np.ones(1), np.array([3.0])))
    1
    """
    columns = (person, item, quantity, None, day)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
