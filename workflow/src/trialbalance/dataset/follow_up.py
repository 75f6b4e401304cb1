"""What became of every visit and period: observed, dead, not reached or missed."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR

COLUMNS = (
    *("participant_id", "arm", "kind", "name", "moment", "start_years", "end_years"),
    *("value", "status", "followed_years", "died"),
)
OUTSIDE = "outside_periods"
_DAY = 1 / DAYS_A_YEAR


def follow_visits(
    people: pd.DataFrame,
    measures: pd.DataFrame,
    measure: str | None,
    costs: pd.DataFrame,
    flags: pd.DataFrame,
    study: dict[str, Any],
) -> pd.DataFrame:
    """Return the measure at each visit and the cost of each period, and what became of them.

    Parameters
    ----------
    people : pandas.DataFrame
        participant_id, arm, randomisation_date, death_date and follow_up_end of the population.
    measures : pandas.DataFrame
        participant_id, visit, measure, value, dead.
    measure : str or None
        Measure behind the outcome; None where it rests on none.
    costs : pandas.DataFrame
        Cost lines of the perspective: participant_id, period, source_group, cost.
    flags : pandas.DataFrame
        participant_id, source_group, period, observed; of the groups of the perspective.
    study : dict
        visits, periods and horizon_years.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, one row a participant and moment.

    Notes
    -----
    A moment after the end of follow-up by the calendar is not reached, for someone not known to
    have died before; otherwise what was not observed is missed. Periods before the index date are
    left out: they are baseline. Dates are read to the day.

    References
    ----------
    Willan 2006, doi:10.1002/sim.2423, on censoring that is administrative.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None]), "follow_up_end": pd.to_datetime(["2012-08-01"])})
    >>> scores = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m12"],
    ...     "measure": "utility", "value": [0.5, np.nan], "dead": False})
    >>> none = pd.DataFrame(columns=["participant_id", "period", "source_group", "cost"])
    >>> follow_visits(people, scores, "utility", none, none.assign(observed=True),
    ...     {"visits": {"m0": 0.0, "m12": 1.0}, "periods": {}, "horizon_years": 1.0}
    ...     )["status"].to_list()
    ['observed', 'not_reached']
    """
    ids = pd.Index(people["participant_id"])
    followed, death = followed_years(people, study["horizon_years"])
    parts = [
        *_visits(ids, measures, measure, followed, death, study),
        *_periods(ids, costs, flags, followed, death, study),
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    ended = pd.DataFrame(
        {
            "participant_id": ids,
            "arm": people["arm"].to_numpy(),
            "followed_years": np.minimum(followed, np.maximum(death, 0.0)),
            "died": death <= followed,
        }
    )
    table = pd.concat(parts, ignore_index=True).merge(ended, on="participant_id", how="left")
    place = pd.Series(ids.get_indexer(table["participant_id"]), index=table.index)
    return table.loc[place.sort_values(kind="stable").index, list(COLUMNS)].reset_index(drop=True)


def followed_years(people: pd.DataFrame, horizon: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how long the calendar let each participant be followed, and the time of death.

    Parameters
    ----------
    people : pandas.DataFrame
        randomisation_date, death_date and follow_up_end; the last two may be absent.
    horizon : float
        Years after which nothing counts.

    Returns
    -------
    followed, death : numpy.ndarray
        Years from the index date; followed is at most the horizon, death infinite where unknown.

    Examples
    --------
    >>> people = pd.DataFrame({"randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "follow_up_end": pd.to_datetime(["2012-07-01"])})
    >>> followed_years(people, 1.0)[0].round(3)
    array([0.498])
    """

    def dates(column: str) -> pd.Series:
        known = people[column] if column in people else pd.Series(pd.NaT, index=people.index)
        return pd.to_datetime(known)

    def years(column: str) -> np.ndarray:
        days = (dates(column) - dates("randomisation_date")) / pd.Timedelta(days=1)
        return days.to_numpy(float) / DAYS_A_YEAR

    end, death = years("follow_up_end"), years("death_date")
    followed = np.where(np.isnan(end), horizon, np.minimum(end, horizon))
    death = np.where(death <= horizon, death, np.inf)
    return np.where(np.isfinite(death), horizon, followed), death


def _status(seen: np.ndarray, dead: np.ndarray, reached: np.ndarray) -> np.ndarray:
    return np.select([dead, seen, ~reached], ["dead", "observed", "not_reached"], "missed")


def _visits(
    ids, measures: pd.DataFrame, measure: Any, followed: Any, death: Any, study
) -> list[pd.DataFrame]:
    """Return the rows of each visit."""
    mine = measures[measures["measure"] == measure] if measure else measures.iloc[:0]
    parts = []
    for visit, time in sorted(study["visits"].items(), key=lambda pair: pair[1]):
        rows = mine[mine["visit"] == visit].set_index("participant_id").reindex(ids)
        if not len(mine):
            break
        if not (mine["visit"] == visit).any():
            continue  # The measure was not planned at this visit.
        dead = rows["dead"].astype("boolean").fillna(False).to_numpy(bool)
        value = rows["value"].to_numpy(float, na_value=np.nan)
        reached = (followed + _DAY >= min(time, study["horizon_years"])) | (death <= followed)
        parts.append(
            pd.DataFrame(
                {
                    "participant_id": ids,
                    "kind": "measure",
                    "name": measure,
                    "moment": visit,
                    "start_years": float(time),
                    "end_years": float(time),
                    "value": np.where(dead, 0.0, value),
                    "status": _status(~np.isnan(value), dead, reached),
                }
            )
        )
    return parts


def _periods(
    ids, costs: pd.DataFrame, flags: pd.DataFrame, followed: Any, death: Any, study
) -> list[pd.DataFrame]:
    """Return the rows of each source group and period after the index date."""
    horizon = study["horizon_years"]
    periods = {
        name: (start, min(end, horizon))
        for name, (start, end) in study["periods"].items()
        if end > 0 and start < horizon
    }
    parts = []
    for group in sorted(costs["source_group"].unique()):
        own, known = costs[costs["source_group"] == group], flags[flags["source_group"] == group]
        seen = _seen(known, ids, list(periods))
        spans = dict(periods)
        if own["period"].isna().any():
            spans[OUTSIDE], seen[OUTSIDE] = (0.0, horizon), seen[list(periods)].all(axis=1)
        for period, (start, end) in spans.items():
            lines = own[own["period"].isna() if period == OUTSIDE else own["period"] == period]
            paid = lines.groupby("participant_id")["cost"].sum().reindex(ids).fillna(0.0)
            dead = death <= start
            observed = seen[period].to_numpy(bool)
            reached = (followed + _DAY >= end) | (death <= followed)
            status = _status(observed, dead, reached)
            value = np.where(status == "observed", paid.to_numpy(float), np.nan)
            parts.append(
                pd.DataFrame(
                    {
                        "participant_id": ids,
                        "kind": "cost",
                        "name": group,
                        "moment": period,
                        "start_years": float(start),
                        "end_years": float(end),
                        "value": np.where(status == "dead", paid.to_numpy(float), value),
                        "status": status,
                    }
                )
            )
    return parts


def _seen(flags: pd.DataFrame, ids: pd.Index, periods: list[str]) -> pd.DataFrame:
    """Return whether each period was observed, a column a period; absent flags say no."""
    yes = flags[flags["observed"].astype("boolean").fillna(False)]
    return pd.DataFrame(
        {
            period: ids.isin(yes.loc[yes["period"] == period, "participant_id"])
            for period in periods
        },
        index=ids,
    )
