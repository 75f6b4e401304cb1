"""Outcomes that are time: years alive and free of an endpoint, such as years out of hospital."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.outcomes.areas import WORKING
from trialbalance.outcomes.curves import Segments, integrate_segments
from trialbalance.outcomes.follow_up_grid import Followed
from trialbalance.outcomes.spells import outside


def add_free_times(
    followed: Followed,
    participants: pd.DataFrame,
    events: pd.DataFrame,
    horizon: float,
    section: dict[str, Any],
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return every outcome of a study that is time free of an endpoint, with its working.

    Parameters
    ----------
    followed : Followed
        Participants and their deaths.
    participants : pandas.DataFrame
        Clean participants, with one boolean column a population.
    events : pandas.DataFrame
        Events of every endpoint.
    horizon : float
        Years over which time is counted.
    section : dict
        Settings ``effects``, ``discount_rate`` and ``discounting``.

    Returns
    -------
    list of tuple of pandas.DataFrame
        As `add_up_time`, in the order of the settings.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> stays = pd.DataFrame({"participant_id": ["p1"], "endpoint": ["bed"], "time_years": [0.25],
    ...     "amount": [365.25 / 4]})
    >>> effect = {"kind": "free_time", "endpoint": "bed", "among": None}
    >>> section = {"effects": {"free": effect}, "discount_rate": 0.0, "discounting": "yearly"}
    >>> followed = follow_participants(people, None, {"m0": 0.0})
    >>> table, _ = add_free_times(followed, people, stays, 1.0, section)[0]
    >>> float(table["value"].iloc[0])
    0.75
    """
    found = []
    for name, effect in section["effects"].items():
        if effect["kind"] != "free_time":
            continue
        known = np.ones(len(participants), bool)
        if effect["among"]:
            inside = participants[effect["among"]].astype("boolean")
            known = inside.to_numpy(bool, na_value=False)
        mine = events[events["endpoint"] == effect["endpoint"]]
        found.append(add_up_time(followed, mine, name, known, horizon, section))
    return found


def add_up_time(
    followed: Followed,
    events: pd.DataFrame,
    outcome: str,
    known: np.ndarray,
    horizon: float,
    section: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each participant's discounted years alive and free of an endpoint's events.

    Parameters
    ----------
    followed : Followed
        Participants and their deaths.
    events : pandas.DataFrame
        Events of the endpoint: participant_id, time_years, amount (nights or days).
    outcome : str
        Name of the outcome.
    known : numpy.ndarray of bool, shape (n,)
        Whose time is known; that of the others is blank.
    horizon : float
        Years over which time is counted.
    section : dict
        Settings discount_rate and discounting.

    Returns
    -------
    outcomes : pandas.DataFrame
        participant_id, arm, outcome, measure, value, observed, at_ceiling, died, held_years.
    working : pandas.DataFrame
        One row a span of free time within one year since the index date.

    Notes
    -----
    ``sum_j (end_j - start_j) (1 + r)^-floor(start_j)`` over spans cut at each anniversary: between
    0 and the discounted horizon. Time after death is not free time.

    References
    ----------
    Burns 2015, doi:10.1016/S2215-0366(15)00231-X, for time in contact with services.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> stays = pd.DataFrame({"participant_id": ["p1"], "time_years": [0.5], "amount": [365.25]})
    >>> table, _ = add_up_time(follow_participants(people, None, {"m0": 0.0}), stays, "free",
    ...     np.array([True]), 2.0, {"discount_rate": 0.25, "discounting": "yearly"})
    >>> float(table["value"].iloc[0].round(6))
    0.9
    """
    spans, years = [], [float(year) for year in range(1, int(np.ceil(horizon)))]
    busy = events.assign(end=events["time_years"] + events["amount"] / DAYS_A_YEAR)
    busy = {who: list(zip(own["time_years"], own["end"], strict=True))
            for who, own in busy.groupby("participant_id", observed=True)}  # fmt: skip
    for person, (who, death) in enumerate(zip(followed.ids, followed.death, strict=True)):
        taken = [*busy.get(who, []), *((year, year) for year in years)]
        if known[person]:
            spans += [(person, *span) for span in outside(taken, min(death, horizon))]
    whose = np.array([span[0] for span in spans], dtype=int)
    start, end = (np.array([span[place] for span in spans], dtype=float) for place in (1, 2))
    one = np.ones(len(start))
    pieces = Segments(start, end, one, one, np.full(len(start), "free_time"))
    discount, area = integrate_segments(pieces, section["discount_rate"], section["discounting"])
    value = np.bincount(whose, weights=area, minlength=len(followed.ids))
    table = pd.DataFrame(
        {
            "participant_id": followed.ids, "arm": followed.arms, "outcome": outcome,
            "measure": None, "value": np.where(known, value, np.nan), "observed": known,
            "at_ceiling": pd.array([pd.NA] * len(known), dtype="boolean"),
            "died": followed.death <= horizon, "held_years": 0.0,
        }
    )  # fmt: skip
    working = pd.DataFrame(
        {
            "participant_id": followed.ids[whose], "outcome": outcome,
            "segment": pd.Series(whose).groupby(whose).cumcount().to_numpy() + 1,
            "start_years": start, "end_years": end, "start_value": one, "end_value": one,
            "basis": pieces.basis, "discount": discount, "area": area,
        }
    )  # fmt: skip
    return table, working[list(WORKING)]
