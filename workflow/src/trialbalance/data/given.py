"""Scored data handed over by a study, brought into the shape of records."""

import pandas as pd

from trialbalance.data.records import YEAR


def visits_of(measures: pd.DataFrame, people: pd.DataFrame, study: dict) -> pd.DataFrame:
    """Work out which visits took place from the measures that were handed over.

    Parameters
    ----------
    measures : pandas.DataFrame
        participant_id, visit, measure, value.
    people : pandas.DataFrame
        participant_id, randomisation_date, death_date.
    study : dict
        Section ``study``: visits in years.

    Returns
    -------
    pandas.DataFrame
        participant_id, visit, date (blank), status: attended where any value is there, dead at
        visits planned after death, else missed.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "death_date": [pd.NaT],
    ...                        "randomisation_date": [pd.Timestamp("2020-01-01")]})
    >>> given = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"], "value": [0.7]})
    >>> visits_of(given, people, {"visits": {"m0": 0.0, "m6": 0.5}})["status"].tolist()
    ['attended', 'missed']
    """
    times = study["visits"]
    grid = people[["participant_id", "randomisation_date", "death_date"]].merge(
        pd.DataFrame({"visit": list(times), "years": list(times.values())}), how="cross"
    )
    seen = measures[measures["value"].notna()]
    seen = pd.MultiIndex.from_frame(seen[["participant_id", "visit"]])
    attended = pd.MultiIndex.from_frame(grid[["participant_id", "visit"]]).isin(seen)
    planned = grid["randomisation_date"] + pd.to_timedelta((grid["years"] * YEAR).round(), unit="D")
    grid["status"] = "missed"
    grid.loc[grid["death_date"] < planned, "status"] = "dead"
    grid.loc[attended, "status"] = "attended"
    grid["date"] = pd.Series(pd.NaT, index=grid.index, dtype="datetime64[ns]")
    return grid[["participant_id", "visit", "date", "status"]]


def use_of(costs: pd.DataFrame) -> pd.DataFrame:
    """Turn costs handed over into resource use: so many units of money.

    Parameters
    ----------
    costs : pandas.DataFrame
        participant_id, period, item, cost; a blank cost was not observed.

    Returns
    -------
    pandas.DataFrame
        record_id, participant_id, item, quantity, period, date (blank); one row for each cost
        that was observed.

    Examples
    --------
    >>> given = pd.DataFrame({"participant_id": ["p1", "p2"], "period": ["q1", "q1"],
    ...                       "item": ["all", "all"], "cost": [12.5, None]})
    >>> use_of(given)[["record_id", "quantity"]].values.tolist()
    [['p1/q1/all', 12.5]]
    """
    seen = costs[costs["cost"].notna()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "record_id": seen["participant_id"] + "/" + seen["period"] + "/" + seen["item"],
            "participant_id": seen["participant_id"],
            "item": seen["item"],
            "quantity": seen["cost"].astype(float),
            "period": seen["period"],
            "date": pd.Series(pd.NaT, index=seen.index, dtype="datetime64[ns]"),
        }
    )
