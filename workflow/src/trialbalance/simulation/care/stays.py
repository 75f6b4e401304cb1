"""Time in bed: the stay ongoing at randomisation and the readmissions, in whole days."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.simulation.people.allocation import choose_exactly
from trialbalance.simulation.people.participants import People, Streams


@dataclass
class Stays:
    """Bed occupancy by day from the index date; a stay not reached is NaN.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (participants, stays)
        First night and day of discharge; the first column is the index stay, which starts before
        day 0. The end never passes the end of a participant's follow-up.
    """

    start: np.ndarray
    end: np.ndarray

    def nights_between(self, first: np.ndarray | float, last: np.ndarray | float) -> np.ndarray:
        """Nights in bed from day ``first`` up to and excluding day ``last``."""
        first, last = (np.asarray(bound, dtype=float).reshape(-1, 1) for bound in (first, last))
        overlap = np.minimum(self.end, last) - np.maximum(self.start, first)
        return np.nansum(np.clip(overlap, 0, None), axis=1)


def _lognormal_days(median: np.ndarray | float, log_sd: float, normal: np.ndarray) -> np.ndarray:
    return np.maximum(1.0, np.rint(median * np.exp(log_sd * normal)))


def _index_stay(people: People, section: dict, streams: Streams) -> np.ndarray:
    rng, n = streams("index_stay"), len(people.arm)
    tilt, severity = section["severity_on_length"], people.severity
    short_noise, long_noise, pick = rng.standard_normal(n), rng.standard_normal(n), rng.random(n)
    median = people.per_arm(section["short_median"]) * np.exp(tilt * severity)
    short = _lognormal_days(median, section["short_log_sd"], short_noise)
    long = _lognormal_days(section["long_median"], section["long_log_sd"], long_noise)
    odds = people.per_arm(section["long_share"])
    odds = odds / (1 - odds) * np.exp(section["severity_on_long"] * severity)
    return np.minimum(np.where(pick < odds / (1 + odds), long, short), people.last_day)


def _readmissions(
    people: People, section: dict, discharged: np.ndarray, streams: Streams
) -> tuple[np.ndarray, np.ndarray]:
    rng, n, last = streams("readmissions"), len(people.arm), people.last_day
    score = section["severity"] * people.severity + rng.gumbel(size=n)
    when, lengths = rng.beta(*section["timing"], size=(n, 2)), rng.standard_normal((n, 2))
    again = rng.random(n) < section["second_share"]
    eligible = people.included & (discharged + section["least_days_left"] <= last)
    chosen = choose_exactly(section["readmitted"], people.arm, eligible, score)
    median = people.per_arm(section["median"]) * np.exp(
        section["severity_on_length"] * people.severity
    )
    starts, ends, free_from = np.full((2, n), np.nan), np.full((2, n), np.nan), discharged
    for k, happens in enumerate((chosen, chosen & again)):
        # A readmission needs a night at home before it and a night in bed within follow-up.
        happens = happens & (free_from + 2 <= last)
        window = np.maximum(last - free_from - 2, 0)
        starts[k] = np.where(happens, free_from + 1 + np.floor(window * when[:, k]), np.nan)
        length = _lognormal_days(median, section["log_sd"], lengths[:, k])
        ends[k] = np.fmin(starts[k] + length, np.where(happens, last, np.nan))
        free_from = np.where(happens, ends[k], last)
    return starts, ends


def draw_stays(people: People, section: dict, streams: Streams) -> Stays:
    """Draw the index stay and the readmissions of every participant.

    Parameters
    ----------
    people : People
        The participants.
    section : dict
        The ``stays`` part of the resolved parameters: ``index`` and ``readmission``.
    streams : callable
        Named random streams.

    Returns
    -------
    Stays
        At most three stays a participant; together never longer than follow-up.

    Notes
    -----
    The index stay after randomisation is a mixture of short stays (planned discharge) and long
    ones; the number readmitted in each arm is exact, the more severe being likelier.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    n = len(people.arm)
    discharged = _index_stay(people, section["index"], streams)
    before = _lognormal_days(
        section["index"]["before_median"],
        section["index"]["before_log_sd"],
        streams("before").standard_normal(n),
    )
    starts, ends = _readmissions(people, section["readmission"], discharged, streams)
    start, end = np.vstack([-before, starts]).T, np.vstack([discharged, ends]).T
    start[~people.included], end[~people.included] = np.nan, np.nan
    return Stays(start, end)


def dated_episodes(
    people: People, days: pd.DataFrame, horizon_days: int, prefix: str
) -> pd.DataFrame:
    """Turn episodes counted in days into dated records.

    Parameters
    ----------
    people : People
        The participants.
    days : pandas.DataFrame
        Columns person (row number), type, item, start, end (days from the index date).
    horizon_days : int
        An episode still running at the horizon keeps its end open.
    prefix : str
        First letter of the record identifiers.

    Returns
    -------
    pandas.DataFrame
        Columns record_id, participant_id, type, item, start_date, end_date.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    days = days.sort_values(["person", "start", "item"], kind="stable").reset_index(drop=True)
    person = days["person"].to_numpy()
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")[person]
    start = index + days["start"].to_numpy().astype("timedelta64[D]")
    end = index + days["end"].to_numpy().astype("timedelta64[D]")
    end[days["end"].to_numpy() >= horizon_days] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "record_id": [f"{prefix}{k + 1:05d}" for k in range(len(days))],
            "participant_id": people.frame["participant_id"].to_numpy()[person],
            "type": days["type"].to_numpy(),
            "item": days["item"].to_numpy(),
            "start_date": start.astype("datetime64[ns]"),
            "end_date": end.astype("datetime64[ns]"),
        }
    )


def occupancy_days(stays: Stays, item: str) -> pd.DataFrame:
    """List bed occupancy in days from the index date.

    Parameters
    ----------
    stays : Stays
        Drawn stays.
    item : str
        Item by which a night in bed is priced.

    Returns
    -------
    pandas.DataFrame
        Columns person, type, item, start, end.

    Examples
    --------
    >>> stays = Stays(np.array([[-5.0, np.nan]]), np.array([[3.0, np.nan]]))
    >>> len(occupancy_days(stays, "bed_day"))
    1
    """
    person, stay = np.nonzero(np.isfinite(stays.start))
    return pd.DataFrame(
        {
            "person": person,
            "type": "occupancy",
            "item": item,
            "start": stays.start[person, stay],
            "end": stays.end[person, stay],
        }
    )
