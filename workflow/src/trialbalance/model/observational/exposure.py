"""How the rate of an endpoint goes with an exposure that changes over time."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.model.observational.regression import rate_ratio
from trialbalance.model.persontime import exposure_at, split_time, until_first

_QUARTER = 0.25


def associate(
    risk: pd.DataFrame,
    events: pd.DataFrame,
    spells: pd.DataFrame,
    people: pd.DataFrame,
    design: np.ndarray,
    settings: dict[str, Any],
    horizon: float,
):
    """Return the rate ratio for an exposure, followed in short steps of time at risk.

    Parameters
    ----------
    risk, events : pandas.DataFrame
        Time at risk and events of the endpoint.
    spells : pandas.DataFrame
        Spells of exposure: participant_id, start_years, end_years.
    people : pandas.DataFrame
        Participants analysed, in the order of `design`.
    design : numpy.ndarray, shape (participants, columns)
        Covariates known at the index date.
    settings : dict
        ``form``, ``lag_days``, ``per_days``, ``step_days``, ``counted``, ``recurrent``.
    horizon : float
        Years followed.

    Returns
    -------
    dict
        log_ratio, error, n, events, person_years, exposed_years; log_ratio is NaN where nobody is
        exposed, or nothing happens.

    Notes
    -----
    Pooled Poisson regression of steps of time at risk on exposure as it stood a lag before the
    step, time since the index date by quarter of a year, and covariates. Exposure before the
    step and never the total over follow-up: a total grows with the time somebody stays out of
    trouble, so that it looks protective where it does nothing. Where events after the first count,
    the number of earlier ones is a covariate, because an event can end the exposure.

    References
    ----------
    Suissa 2008, doi:10.1093/aje/kwm324, for time that can hold no event;
    D'Agostino 1990, doi:10.1002/sim.4780091214, for pooling over short steps.

    Examples
    --------
    Four of the 20 exposed fall by mid-year, and one of the others: 4 in 18 years against 1 in 19.5.

    >>> people = pd.DataFrame({"participant_id": [f"p{n}" for n in range(40)]})
    >>> risk = people.assign(start_years=0.0, end_years=1.0)
    >>> events = people.iloc[[0, 1, 2, 3, 20]].assign(time_years=0.5, amount=1.0)
    >>> settings = {"form": "current", "lag_days": 0, "per_days": 365.25, "step_days": 91.3125,
    ...     "counted": "events", "recurrent": False}
    >>> found = associate(risk, events, risk[:20], people, np.zeros((40, 0)), settings, 1.0)
    >>> found["exposed_years"], round(float(np.exp(found["log_ratio"])), 2)
    (18.0, 4.0)
    """
    risk = risk[risk["participant_id"].isin(people["participant_id"])]
    events = events[events["participant_id"].isin(people["participant_id"])]
    if not settings["recurrent"]:
        risk, events = until_first(risk, events)
    grid = np.append(np.arange(0, horizon, settings["step_days"] / DAYS_A_YEAR), horizon)
    rows = split_time(risk, events, grid)
    exposure = exposure_at(rows, spells, settings)
    happened = rows["events" if settings["counted"] == "events" else "amount"].to_numpy(float)
    found = {
        "log_ratio": np.nan, "error": np.nan, "n": rows["participant_id"].nunique(),
        "events": float(rows["events"].sum()), "person_years": float(rows["years"].sum()),
        "exposed_years": float(rows["years"][exposure > 0].sum()),
    }  # fmt: skip
    if np.ptp(exposure) == 0 or not happened.any():
        return found
    person = pd.Index(people["participant_id"]).get_indexer(rows["participant_id"])
    predictors = [exposure[:, None], _quarters(rows), design[person]]
    if settings["recurrent"]:
        predictors.append(np.log1p(_earlier(rows, events))[:, None])
    ratio, error = rate_ratio(happened, rows["years"].to_numpy(), np.hstack(predictors), person)
    return found | {"log_ratio": ratio, "error": error}


def _quarters(rows):
    """Return indicators of the quarter of a year, but for the first and those without a row."""
    quarter = np.floor(rows["start_years"].to_numpy() / _QUARTER).astype(int)
    return (quarter[:, None] == np.unique(quarter)[1:]).astype(float)


def _earlier(rows, events):
    """Return how many events a person had before each row."""
    pairs = rows[["participant_id", "start_years"]].reset_index()
    pairs = pairs.merge(events[["participant_id", "time_years"]], on="participant_id")
    before = pairs["time_years"] <= pairs["start_years"] + 1e-9
    return before.groupby(pairs["index"]).sum().reindex(rows.index, fill_value=0).to_numpy(float)
