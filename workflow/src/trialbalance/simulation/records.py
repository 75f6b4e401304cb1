"""What was drawn, as the records of a study: people and use with their dates, empty tables."""

import numpy as np
import pandas as pd

from trialbalance.simulation.participants import People


def dated_people(people: People, members: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the table of participants with dates and one column a population.

    Parameters
    ----------
    people : People
        The participants.
    members : dict of numpy.ndarray of bool
        Population -> who is in it.

    Returns
    -------
    pandas.DataFrame
        Table participants.

    Examples
    --------
    A whole trial is simulated by ``simulate_inpatient_trial``.
    """
    frame = people.frame.copy()
    shift = np.where(
        np.isnan(people.death_day),
        np.timedelta64("NaT"),
        people.death_day.astype("timedelta64[D]"),
    )
    index = frame["randomisation_date"].to_numpy().astype("datetime64[D]")
    frame["randomisation_date"] = index.astype("datetime64[ns]")
    frame.insert(4, "death_date", (index + shift).astype("datetime64[ns]"))
    frame.insert(5, "follow_up_end", pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]"))
    for at, (name, member) in enumerate(members.items()):
        frame.insert(6 + at, name, member)
    return frame


def use_records(people: People, use: pd.DataFrame) -> pd.DataFrame:
    """Return use as numbered records, dated or by period.

    Parameters
    ----------
    people : People
        The participants.
    use : pandas.DataFrame
        Columns person, item, quantity, period, day.

    Returns
    -------
    pandas.DataFrame
        Table resource_use.

    Examples
    --------
    A whole trial is simulated by ``simulate_inpatient_trial``.
    """
    use = use.sort_values(["person", "item", "day", "period"], kind="stable")
    person, day = use["person"].to_numpy(), use["day"].to_numpy()
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")[person]
    shift = np.where(np.isnan(day), np.timedelta64("NaT"), day.astype("timedelta64[D]"))
    return pd.DataFrame(
        {
            "record_id": [f"U{k + 1:06d}" for k in range(len(use))],
            "participant_id": people.frame["participant_id"].to_numpy()[person],
            "item": use["item"].to_numpy(),
            "quantity": use["quantity"].to_numpy(),
            "period": use["period"].where(use["period"].notna(), None).to_numpy(),
            "date": (index + shift).astype("datetime64[ns]"),
        }
    )


def first_visits(people: People, visit: str) -> pd.DataFrame:
    """Return one visit of everyone, on the index date.

    Parameters
    ----------
    people : People
        The participants.
    visit : str
        Name of the visit.

    Returns
    -------
    pandas.DataFrame
        Table visits.

    Examples
    --------
    A whole study is simulated by ``simulate_order_cohort``.
    """
    dates = people.frame["randomisation_date"].to_numpy().astype("datetime64[ns]")
    who = people.frame["participant_id"].to_numpy()
    rows = {"participant_id": who, "visit": visit, "date": dates, "status": "attended"}
    return pd.DataFrame(rows)


def nothing(*columns: str) -> pd.DataFrame:
    """Return a table without rows, for what a study does not record.

    Examples
    --------
    >>> list(nothing("visit", "status"))
    ['visit', 'status']
    """
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
