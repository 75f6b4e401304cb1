"""Time at risk cut into steps, with the events in each and the exposure at its start."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trialbalance.contracts.terms import DAYS_A_YEAR


def split_time(risk: pd.DataFrame, events: pd.DataFrame, cuts: ArrayLike):
    """Return one row a participant, span at risk and step of time.

    Parameters
    ----------
    risk : pandas.DataFrame
        Columns participant_id, start_years, end_years: spans at risk that do not overlap.
    events : pandas.DataFrame
        Columns participant_id, time_years, amount; an event ends the span in which it falls.
    cuts : array-like
        Where steps end and begin, years, rising; time outside the first and last is left out.

    Returns
    -------
    pandas.DataFrame
        participant_id, step (from 0), start_years, years, events, amount.

    Notes
    -----
    Step k holds (cuts[k], cuts[k + 1]]. An event at the start of a span, before any time at risk,
    counts in the span that ends there if there is one, otherwise not at all.

    References
    ----------
    Breslow 1974, doi:10.2307/2529620, for hazards constant within steps.

    Examples
    --------
    >>> risk = pd.DataFrame({"participant_id": ["p"], "start_years": [0.0], "end_years": [0.8]})
    >>> events = pd.DataFrame({"participant_id": ["p"], "time_years": [0.8], "amount": [3.0]})
    >>> split_time(risk, events, [0, 0.5, 1])[["step", "years", "events"]].round(2).to_numpy()
    array([[0. , 0.5, 0. ],
           [1. , 0.3, 1. ]])
    """
    cuts = np.asarray(cuts, dtype=float)
    start = np.maximum(risk["start_years"].to_numpy(float)[:, None], cuts[:-1])
    end = np.minimum(risk["end_years"].to_numpy(float)[:, None], cuts[1:])
    span, step = np.nonzero(end - start > 1e-9)
    rows = pd.DataFrame(
        {
            "participant_id": risk["participant_id"].to_numpy()[span],
            "step": step,
            "start_years": start[span, step],
            "years": (end - start)[span, step],
        }
    )
    return rows.join(_events_by_row(rows, end[span, step], events))


def _events_by_row(rows, ends, events):
    """Return the number and the amount of the events that end each row."""
    pairs = rows[["participant_id", "start_years"]].assign(end=ends).reset_index()
    pairs = pairs.merge(events[["participant_id", "time_years", "amount"]], on="participant_id")
    time = pairs["time_years"]
    pairs = pairs[(pairs["start_years"] < time - 1e-9) & (time <= pairs["end"] + 1e-9)]
    found = pairs.groupby("index")["amount"].agg(events="size", amount="sum")
    return found.reindex(rows.index, fill_value=0).astype(float)


def until_first(risk: pd.DataFrame, events: pd.DataFrame):
    """Return the time at risk up to each participant's first event, and that event.

    Parameters
    ----------
    risk, events : pandas.DataFrame
        As for `split_time`.

    Returns
    -------
    tuple of pandas.DataFrame
        Spans at risk and events; a participant has one event at most.

    Examples
    --------
    >>> risk = pd.DataFrame({"participant_id": "p", "start_years": [0, 0.6],
    ...     "end_years": [0.5, 1.0]})
    >>> events = pd.DataFrame({"participant_id": ["p"], "time_years": [0.5], "amount": [1.0]})
    >>> until_first(risk, events)[0]["end_years"].tolist()
    [0.5]
    """
    first = events.sort_values("time_years").drop_duplicates("participant_id")
    limit = risk["participant_id"].map(first.set_index("participant_id")["time_years"])
    limit = limit.fillna(np.inf)
    kept = risk[risk["start_years"] < limit].assign(
        end_years=np.minimum(risk["end_years"], limit)[risk["start_years"] < limit]
    )
    return kept, first


def find_exposure(participants: pd.DataFrame, episodes: pd.DataFrame, items: list[str]):
    """Return the spells of a legal status, in years from randomisation.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id and randomisation_date.
    episodes : pandas.DataFrame
        Columns participant_id, type, item, start_date, end_date (blank = open).
    items : list of str
        Legal statuses that are the exposure.

    Returns
    -------
    pandas.DataFrame
        participant_id, start_years (0 at the earliest), end_years (infinite where open).

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"])})
    >>> spells = pd.DataFrame({"participant_id": ["p"], "type": "legal_status", "item": "order",
    ...     "start_date": pd.to_datetime(["2011-12-01"]), "end_date": pd.to_datetime([None])})
    >>> find_exposure(people, spells, ["order"])[["start_years", "end_years"]].to_numpy()
    array([[ 0., inf]])
    """
    chosen = episodes[(episodes["type"] == "legal_status") & episodes["item"].isin(items)]
    index_date = chosen["participant_id"].map(
        participants.set_index("participant_id")["randomisation_date"]
    )
    start, end = (
        ((chosen[date] - index_date) / pd.Timedelta(days=1)).to_numpy(float) / DAYS_A_YEAR
        for date in ("start_date", "end_date")
    )
    found = pd.DataFrame(
        {
            "participant_id": chosen["participant_id"].to_numpy(),
            "start_years": np.maximum(start, 0.0),
            "end_years": np.where(np.isnan(end), np.inf, end),
        }
    )
    inside = ~np.isnan(start) & (found["end_years"] > found["start_years"])
    return found[inside].reset_index(drop=True)


def exposure_at(rows: pd.DataFrame, spells: pd.DataFrame, settings: dict[str, Any]):
    """Return the exposure of each row of person-time as it stood a lag before the row began.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns participant_id, start_years.
    spells : pandas.DataFrame
        Spells of exposure: participant_id, start_years, end_years.
    settings : dict
        ``form`` (cumulative or current), ``lag_days``, ``per_days``.

    Returns
    -------
    numpy.ndarray
        Multiples of ``per_days`` exposed so far, or 1 where exposed.

    Notes
    -----
    ``E_i(t) = sum_j max(0, min(end_j, t - lag) - start_j) * 365.25 / per_days``.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant_id": ["p"], "start_years": [0.5]})
    >>> spells = pd.DataFrame({"participant_id": ["p"], "start_years": [0.0], "end_years": [9.0]})
    >>> settings = {"form": "cumulative", "lag_days": 0.0, "per_days": 365.25}
    >>> exposure_at(rows, spells, settings)
    array([0.5])
    """
    when = rows["start_years"].to_numpy(float) - settings["lag_days"] / DAYS_A_YEAR
    pairs = pd.DataFrame(
        {"participant_id": rows["participant_id"].to_numpy(), "when": when}
    ).reset_index()
    pairs = pairs.merge(spells, on="participant_id")
    if settings["form"] == "current":
        value = (pairs["start_years"] <= pairs["when"]) & (pairs["when"] < pairs["end_years"])
        found = value.astype(float).groupby(pairs["index"]).max()
    else:
        years = np.minimum(pairs["end_years"], pairs["when"]) - pairs["start_years"]
        found = years.clip(lower=0).groupby(pairs["index"]).sum()
        found = found * DAYS_A_YEAR / settings["per_days"]
    return found.reindex(range(len(rows)), fill_value=0.0).to_numpy(float)
