"""Computations on events in law by which a published figure is found again."""

import numpy as np
import pandas as pd


def counts(events: pd.DataFrame, people: pd.DataFrame, event: str) -> pd.Series:
    """Return how often an event happened to each participant.

    Parameters
    ----------
    events : pandas.DataFrame
        Table legal_timeline.
    people : pandas.DataFrame
        Participants asked about.
    event : str
        Event counted.

    Returns
    -------
    pandas.Series of int
        By participant, 0 where it never happened.

    Examples
    --------
    >>> events = pd.DataFrame({"participant_id": ["p1"], "event": ["recalled"]})
    >>> counts(events, pd.DataFrame({"participant_id": ["p1", "p2"]}), "recalled").tolist()
    [1, 0]
    """
    mine = events.loc[events["event"] == event, "participant_id"].value_counts()
    return mine.reindex(people["participant_id"]).fillna(0).astype(int)


def days(table: pd.DataFrame, people: pd.DataFrame, statuses: list[str]) -> pd.Series:
    """Return each participant's days under any of some statuses.

    Parameters
    ----------
    table : pandas.DataFrame
        Table legal_days.
    people : pandas.DataFrame
        Participants asked about.
    statuses : list of str
        Statuses added up.

    Returns
    -------
    pandas.Series of float
        By participant.

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": ["p1"], "status": ["order"], "days": [30]})
    >>> days(table, pd.DataFrame({"participant_id": ["p1"]}), ["order"]).tolist()
    [30.0]
    """
    mine = table[table["status"].isin(statuses)].groupby("participant_id")["days"].sum()
    return mine.reindex(people["participant_id"]).fillna(0.0).astype(float)


def rank_correlation(first: pd.Series, second: pd.Series) -> float:
    """Return Spearman's rank correlation.

    Parameters
    ----------
    first, second : pandas.Series
        Values by participant.

    Returns
    -------
    float
        From -1 to 1.

    Examples
    --------
    >>> rank_correlation(pd.Series([1, 2, 3]), pd.Series([9, 5, 1]))
    -1.0
    """
    return float(np.round(first.rank().corr(second.rank()), 12))
