"""Courses in and out of hospital: stays before the index date and any number after it."""

import numpy as np

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.simulation.care.stays import Stays
from trialbalance.simulation.people.participants import People, Streams

Span = tuple[int, int]


def stay_length(spec: dict, severity: float, normal: float) -> int:
    """Draw the length of a stay in nights.

    Parameters
    ----------
    spec : dict
        ``median``, ``log_sd`` and ``severity`` (slope of the log on severity).
    severity, normal : float
        Severity of the person and a standard normal draw.

    Returns
    -------
    int
        Nights, at least 1.

    Examples
    --------
    >>> stay_length({"median": 30, "log_sd": 1.0, "severity": 0.0}, 0.0, 0.0)
    30
    """
    log = np.log(spec["median"]) + spec["severity"] * severity + spec["log_sd"] * normal
    return int(max(1, np.rint(np.exp(log))))


def yearly_rate(spec: dict, severity: float, frailty: float) -> float:
    """Return a person's yearly rate of admission while in the community.

    Parameters
    ----------
    spec : dict
        ``yearly`` and ``severity`` (slope of the log on severity).
    severity, frailty : float
        Severity of the person and a factor of mean 1.

    Returns
    -------
    float
        Admissions a year.

    Examples
    --------
    >>> yearly_rate({"yearly": 0.5, "severity": 0.0}, 1.0, 1.0)
    0.5
    """
    slope = spec["severity"]
    return spec["yearly"] * frailty * float(np.exp(slope * severity - slope**2 / 2))


def earlier_stays(people: People, spec: dict, length: dict, streams: Streams) -> list[list[Span]]:
    """Draw stays that ended before the index date.

    Parameters
    ----------
    people : People
        The participants.
    spec : dict
        ``years`` looked back, ``yearly`` rate and its ``severity`` slope.
    length : dict
        As for `stay_length`.
    streams : callable
        Named random streams.

    Returns
    -------
    list of list of tuple
        First night and day of discharge of each stay, in days from the index date, by person.

    Examples
    --------
    A whole study is drawn by `trialbalance.simulation.simulate`.
    """
    rng, found = streams("earlier_stays"), []
    for severity in people.severity:
        day, mine = -int(spec["years"] * DAYS_A_YEAR), []
        rate = yearly_rate(spec, severity, 1.0)
        while True:
            day += 1 + int(rng.exponential(DAYS_A_YEAR / rate))
            end = day + stay_length(length, severity, rng.standard_normal())
            if end >= 0:
                break
            mine.append((day, end))
            day = end
        found.append(mine)
    return found


def as_stays(courses: list[list[Span]]) -> Stays:
    """Return courses of any length as arrays, NaN where a person has fewer stays.

    Parameters
    ----------
    courses : list of list of tuple
        First night and day of discharge of each stay, by person.

    Returns
    -------
    Stays
        One column a stay.

    Examples
    --------
    >>> as_stays([[(0, 3)], []]).end.tolist()
    [[3.0], [nan]]
    """
    most = max((len(course) for course in courses), default=0)
    bounds = np.full((2, len(courses), max(most, 1)), np.nan)
    for person, course in enumerate(courses):
        for place, (start, end) in enumerate(course):
            bounds[:, person, place] = start, end
    return Stays(bounds[0], bounds[1])


class Draws:
    """Small questions to one stream of random numbers.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def happens(self, share: float) -> bool:
        """Return whether something of a given share happens."""
        return bool(self.rng.random() < share)

    def within(self, first: int, last: int) -> int:
        """Return a whole number between two, both included."""
        return int(self.rng.integers(first, max(first, last) + 1))

    def wait(self, yearly: float) -> float:
        """Return days until something of a yearly rate happens; infinite for a rate of 0."""
        return float(self.rng.exponential(DAYS_A_YEAR / yearly)) if yearly > 0 else np.inf
