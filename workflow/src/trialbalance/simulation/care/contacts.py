"""Contacts with services: dated, with gaps, and for some people with an end."""

import numpy as np
import pandas as pd

from trialbalance.simulation.care.courses import Draws, Span
from trialbalance.simulation.care.use import dated_use
from trialbalance.simulation.people.allocation import choose_exactly
from trialbalance.simulation.people.participants import People, Streams


def choose_ends(people: People, free_from: np.ndarray, spec: dict, streams: Streams) -> np.ndarray:
    """Choose who loses touch with services for good, and the day of the last contact.

    Parameters
    ----------
    people : People
        The participants.
    free_from : numpy.ndarray
        Day from which each is neither in hospital nor under compulsion any more.
    spec : dict
        ``disengaged`` (people by arm) and ``least_days`` without contact before follow-up ends.
    streams : callable
        Named random streams.

    Returns
    -------
    numpy.ndarray
        Day of the last contact; NaN for who stays in touch.

    Notes
    -----
    Nobody disengages while in hospital or under compulsion, so that longer compulsion goes with
    later disengagement.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    rng, n = streams("disengagement"), len(people.arm)
    latest = people.last_day - spec["least_days"]
    can = people.included & np.isnan(people.death_day) & (free_from + 1 < latest)
    score = spec["severity"] * people.severity + rng.gumbel(size=n)
    chosen = choose_exactly(spec["disengaged"], people.arm, can, score)
    when = free_from + 1 + np.floor(rng.random(n) * (latest - free_from - 1))
    return np.where(chosen, when, np.nan)


def draw_contacts(
    people: People,
    stays: list[list[Span]],
    compelled: list[list[Span]],
    ends: np.ndarray,
    item: str,
    spec: dict,
    streams: Streams,
) -> pd.DataFrame:
    """Draw dated contacts in the community, with gaps of two months and more.

    Parameters
    ----------
    people : People
        The participants.
    stays, compelled : list of list of tuple
        Nights in hospital and spells under compulsion in the community, by person.
    ends : numpy.ndarray
        Day of the last contact; NaN for who stays in touch.
    item : str
        Name of the contact.
    spec : dict
        ``interval`` (mean days between contacts), ``shape`` of its spread, ``gap_yearly`` and
        ``gap_yearly_compelled`` (gaps a year), ``gap_least`` and ``gap_more`` (shortest gap and
        mean of what is added, days).
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
    who, days = [], []
    for person in np.flatnonzero(people.included):
        draws = Draws(streams("contacts", f"{person}"))
        last = int(people.last_day[person])
        stop = last if np.isnan(ends[person]) else int(ends[person]) + 1
        mine = _contacts(stays[person], compelled[person], stop, spec, draws)
        if np.isnan(ends[person]):
            # Who stays in touch is seen in the last weeks of follow-up.
            mine.append(last - draws.within(1, spec["seen_before_end"]))
        else:
            mine.append(stop - 1)
        free = [day for day in sorted(set(mine)) if day >= 0 and not _inside(day, stays[person])]
        who += [person] * len(free)
        days += free
    ones = np.ones(len(who))
    return dated_use(np.array(who, dtype=int), item, ones, np.array(days, dtype=float))


def _contacts(
    stays: list[Span], compelled: list[Span], stop: int, spec: dict, draws: Draws
) -> list[int]:
    day, found = float(draws.within(0, 14)), []
    while day < stop:
        if (stay := _inside(int(day), stays)) is not None:
            day = stay[1] + draws.within(1, 10)
            continue
        found.append(int(day))
        rate = "gap_yearly_compelled" if _inside(int(day), compelled) else "gap_yearly"
        step = float(draws.rng.gamma(spec["shape"], spec["interval"] / spec["shape"]))
        gap = draws.wait(spec[rate]) < step
        # A gap ends with a return well before follow-up does.
        length = spec["gap_least"] + float(draws.rng.exponential(spec["gap_more"]))
        day += length if gap and day + length < stop - 30 else min(step, spec["gap_least"] - 10)
    return found


def _inside(day: int, spans: list[Span]) -> Span | None:
    return next((span for span in spans if span[0] <= day < span[1]), None)
