"""Legal status: detention, leave and orders in the community, as spells in whole days."""

import numpy as np
import pandas as pd

from trialbalance.simulation.care.stays import Stays
from trialbalance.simulation.people.participants import People, Streams

COLUMNS = ["person", "item", "start", "end", "recalled"]


def order_length(spec: dict, uniform: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Draw how long an order would last if nothing interrupted it.

    Parameters
    ----------
    spec : dict
        Either ``{median, log_sd}`` (lognormal) or ``{term, early_share, extended_share}``: ended
        early at a uniform moment, lapsed at its term, or extended by a second term.
    uniform : numpy.ndarray
        Uniform draws that choose the ending.
    shape : numpy.ndarray
        Standard normal draws that place it.

    Returns
    -------
    numpy.ndarray
        Days, at least 1.

    Examples
    --------
    >>> spec = {"term": 183, "early_share": 0.3, "extended_share": 0.4}
    >>> order_length(spec, np.array([0.5, 0.9]), np.zeros(2)).tolist()
    [183.0, 366.0]
    """
    if "median" in spec:
        return np.maximum(1.0, np.rint(spec["median"] * np.exp(spec["log_sd"] * shape)))
    term, early = float(spec["term"]), spec["early_share"]
    fraction = uniform / max(early, 1e-12)
    length = np.where(uniform < early, np.maximum(1.0, np.rint(term * fraction)), term)
    return np.where(uniform >= 1 - spec["extended_share"], 2 * term, length)


def _spells(
    person: np.ndarray, item: str, start: np.ndarray, end: np.ndarray, recalled: np.ndarray
) -> pd.DataFrame:
    keep = np.isfinite(start) & np.isfinite(end) & (end > start)
    columns = [person[keep], np.full(keep.sum(), item, dtype=object), start[keep], end[keep]]
    return pd.DataFrame(dict(zip(COLUMNS, [*columns, recalled[keep]], strict=True)))


def _community(
    people: People, spec: dict, name: str, begins: np.ndarray, back: np.ndarray, draws: dict
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, end and whether a recall into hospital ended it, for one kind of order."""
    begins = np.where(begins + 1 < people.last_day, begins, np.nan)
    length = order_length(spec, draws["uniform"], draws["normal"])
    end = np.fmin(begins + length, people.last_day)
    recalled = (back < end) & (back >= begins) & (draws["recall"] < spec["recalled_if_readmitted"])
    return begins, np.where(recalled, back, end), recalled


def _draws(rng: np.random.Generator, n: int) -> dict:
    names = ("uniform", "recall", "received", "detained")
    return {name: rng.random(n) for name in names} | {"normal": rng.standard_normal(n)}


def draw_orders(people: People, stays: Stays, section: dict, streams: Streams) -> pd.DataFrame:
    """Draw every participant's legal status after randomisation.

    Parameters
    ----------
    people : People
        The participants.
    stays : Stays
        Their time in bed.
    section : dict
        The ``orders`` part: ``policy`` (order by arm), ``received_share``, ``kinds`` (how long
        each order lasts, how often readmission is by recall, whether detention runs beneath it),
        ``detained_item``, ``detained_if_readmitted`` and ``later`` (kind and share by arm
        of those detained on readmission who leave under an order).

    Returns
    -------
    pandas.DataFrame
        Columns person, item, start, end (days from the index date), recalled (an end by recall).

    Notes
    -----
    Leave leaves the detention running beneath it, an order does not; a recall restores detention
    until discharge. Spells of one item never overlap.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    everyone = np.arange(len(people.arm))
    no = np.zeros(len(everyone), dtype=bool)
    discharged, back, out = stays.end[:, 0], stays.start[:, 1], stays.end[:, 1]
    first, detained_until, on_order = _first_orders(people, stays, section, streams)
    draws = _draws(streams("orders", "later"), len(everyone))
    held_again = (draws["detained"] < section["detained_if_readmitted"]) & ~on_order["active"]
    held_again |= on_order["revoked"]
    held_again &= back >= np.fmax(detained_until, discharged)
    later = section["later"]
    chosen = (held_again | on_order["leave_recalled"]) & (
        draws["received"] < people.per_arm(later["share"])
    )
    kind = section["kinds"][later["kind"]]
    begins = np.where(chosen, out, np.nan)
    start, end, recalled = _community(people, kind, later["kind"], begins, stays.start[:, 2], draws)
    item = section["detained_item"]
    parts = [
        *first,
        _spells(everyone, item, stays.start[:, 0], detained_until, no),
        _spells(everyone, item, np.where(held_again, back, np.nan), out, no),
        _spells(everyone, later["kind"], start, end, recalled),
        _spells(everyone, item, np.where(recalled, stays.start[:, 2], np.nan), stays.end[:, 2], no),
    ]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _first_orders(
    people: People, stays: Stays, section: dict, streams: Streams
) -> tuple[list[pd.DataFrame], np.ndarray, dict]:
    everyone = np.arange(len(people.arm))
    discharged, back, out = stays.end[:, 0], stays.start[:, 1], stays.end[:, 1]
    draws = _draws(streams("orders", "first"), len(everyone))
    received = draws["received"] < people.per_arm(section["received_share"])
    policy = np.array([section["policy"].get(arm, "") for arm in people.arm], dtype=object)
    parts, until = [], discharged.copy()
    state = {key: np.zeros(len(everyone), bool) for key in ("active", "revoked", "leave_recalled")}
    for name, spec in section["kinds"].items():
        begins = np.where(received & (policy == name), discharged, np.nan)
        start, end, recalled = _community(people, spec, name, begins, back, draws)
        parts.append(_spells(everyone, name, start, end, recalled))
        if spec["detention_beneath"]:
            until = np.where(np.isfinite(start), np.where(recalled, out, end), until)
            state["leave_recalled"] |= recalled
        else:
            state["revoked"] |= recalled
        state["active"] |= (back >= start) & (back < end)
    return parts, until, state
