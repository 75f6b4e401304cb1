"""Visits and questionnaires: who comes, what they answer, which items they leave blank."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.simulation.care.stays import Stays
from trialbalance.simulation.people.participants import People, Streams

STATUS = np.array(["attended", "missed", "dead", "withdrawn"], dtype=object)


def draw_visits(
    people: People, section: dict, visits: dict[str, float], streams: Streams
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw which visits took place, and when.

    Parameters
    ----------
    people : People
        The participants.
    section : dict
        ``attended`` (share of those alive, by visit), ``persistence`` (correlation between the
        visits of a participant) and ``late_sd`` (spread of the date in days, by visit).
    visits : dict
        Visit to its nominal time in years.
    streams : callable
        Named random streams.

    Returns
    -------
    tuple of pandas.DataFrame and numpy.ndarray
        The visits table, and the day of each visit (participants x visits; NaN if not attended).

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    n, names = len(people.arm), list(visits)
    rng, rho = streams("visits"), section["persistence"]
    days, status = np.full((n, len(names)), np.nan), np.zeros((n, len(names)), dtype=int)
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")
    for k, name in enumerate(names):
        noise, late = rng.standard_normal(n), rng.standard_normal(n)
        absent = np.sqrt(rho) * people.reluctance + np.sqrt(1 - rho) * noise
        status[:, k] = absent > norm.ppf(section["attended"][name])
        nominal = np.rint(visits[name] * DAYS_A_YEAR)
        days[:, k] = nominal + np.clip(np.rint(section["late_sd"][name] * late), -60, 60)
        status[people.death_day <= nominal, k] = 2
        status[~people.included & (nominal > 0), k] = 3
        # Whoever died soon after the nominal date was seen before.
        days[:, k] = np.fmin(days[:, k], people.death_day - 1)
    days[status != 0] = np.nan
    flat = days.ravel()
    shift = np.where(np.isnan(flat), np.timedelta64("NaT"), flat.astype("timedelta64[D]"))
    frame = pd.DataFrame(
        {
            "participant_id": np.repeat(people.frame["participant_id"].to_numpy(), len(names)),
            "visit": np.tile(np.array(names, dtype=object), n),
            "date": (np.repeat(index, len(names)) + shift).astype("datetime64[ns]"),
            "status": STATUS[status.ravel()],
        }
    )
    return frame, days


def _latent(spec: dict, people: People, common: dict, rng: np.random.Generator) -> np.ndarray:
    """Latent wellbeing an instrument sees, unit variance before trend and hospital effect."""
    loads = (spec["severity"], spec["common_person"], spec["common_visit"])
    rest = 1 - sum(load**2 for load in loads)
    own_person = np.sqrt(rest * spec["own_person_share"])
    n, visits = common["visit"].shape
    level = -loads[0] * people.severity + loads[1] * common["person"]
    level = level + own_person * rng.standard_normal(n)
    level = level[:, None] + loads[2] * common["visit"]
    level += np.sqrt(rest * (1 - spec["own_person_share"])) * rng.standard_normal((n, visits))
    return level + np.array(spec["trend"]) - spec["in_hospital"] * common["in_hospital"]


def _levels(spec: dict, latent: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Graded responses, participants x visits x items; level 1 is the lowest number printed."""
    n, visits = latent.shape
    items = list(spec["items"].values())
    load = spec["item_loading"]
    person = rng.standard_normal((n, 1, len(items)))
    occasion = rng.standard_normal((n, visits, len(items)))
    keep = spec["item_persistence"]
    noise = np.sqrt(keep) * person + np.sqrt(1 - keep) * occasion
    seen = load * latent[..., None] + np.sqrt(1 - load**2) * noise
    if spec["best_level"] == 1:
        seen = -seen
    cuts = norm.ppf(np.cumsum([item["shares"] for item in items], axis=1)[:, :-1])
    levels = np.ones(seen.shape, dtype=np.int64)
    for k in range(cuts.shape[1]):
        levels += seen > cuts[:, k]
    return levels


def _blank(
    spec: dict, people: People, occasion: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    answered = np.array([item["answered"] for item in spec["items"].values()])
    habit = np.sqrt(spec["blank_habit"]) * people.reluctance[:, None]
    habit = habit + np.sqrt(1 - spec["blank_habit"]) * occasion
    rho = spec["blank_together"]
    noise = rng.standard_normal((*occasion.shape, len(answered)))
    return np.sqrt(rho) * habit[..., None] + np.sqrt(1 - rho) * noise > norm.ppf(answered)


def draw_responses(
    people: People,
    stays: Stays,
    days: np.ndarray,
    visits: list[str],
    instruments: dict,
    streams: Streams,
) -> pd.DataFrame:
    """Draw the answers to every questionnaire at the visits that took place.

    Parameters
    ----------
    people : People
        The participants.
    stays : Stays
        Their time in bed: answers given in hospital are worse.
    days : numpy.ndarray
        Day of each visit (participants x visits); NaN if not attended.
    visits : list of str
        Names of the visits.
    instruments : dict
        Instrument to its specification: loadings, ``best_level``, and by item the shares of the
        levels and the share answered.
    streams : callable
        Named random streams.

    Returns
    -------
    pandas.DataFrame
        Columns participant_id, visit, instrument, item, level (missing if left blank).

    Notes
    -----
    Graded response with normal ogives: a level is the number of thresholds passed by
    loading x wellbeing + noise, thresholds being normal quantiles of the cumulative shares.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    n = len(people.arm)
    rng = streams("wellbeing")
    inside = (days[..., None] >= stays.start[:, None, :]) & (days[..., None] < stays.end[:, None])
    common = {
        "person": rng.standard_normal(n),
        "visit": rng.standard_normal((n, len(visits))),
        # Everyone is in hospital at the index date, so the baseline shares already say so.
        "in_hospital": inside.any(axis=2) & (days > 0),
        "occasion": rng.standard_normal((n, len(visits))),
    }
    person, visit = np.nonzero(np.isfinite(days))
    parts = []
    for name, spec in instruments.items():
        draws = streams("responses", name)
        levels = _levels(spec, _latent(spec, people, common, draws), draws)
        blank = _blank(spec, people, common["occasion"], draws)
        parts.append(_long(name, list(spec["items"]), levels[person, visit], blank[person, visit]))
    sizes = [len(spec["items"]) for spec in instruments.values()]
    who = people.frame["participant_id"].to_numpy()[person]
    when = np.array(visits, dtype=object)[visit]
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(0, "visit", np.concatenate([np.repeat(when, size) for size in sizes]))
    frame.insert(0, "participant_id", np.concatenate([np.repeat(who, size) for size in sizes]))
    return frame


def _long(name: str, items: list[str], levels: np.ndarray, blank: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "instrument": np.full(levels.size, name, dtype=object),
            "item": np.tile(np.array(items, dtype=object), len(levels)),
            "level": pd.arrays.IntegerArray(levels.ravel(), blank.ravel()),
        }
    )
