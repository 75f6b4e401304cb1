"""Scored data handed over by a study, brought into the shape of records."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.record_set import Records, finding


def blank_costs(records: Records) -> list[Finding]:
    """Note costs handed over blank."""
    blank = int(records.tables["costs_given"]["cost"].isna().sum())
    if not blank:
        return []
    found = f"{blank} of {len(records.tables['costs_given'])} costs blank"
    remedy = "they count as not observed"
    file = records.files["costs_given"]
    return [Finding(file, None, "cost", found, None, remedy, severity="note")]


def blank_quantities(records: Records) -> list[Finding]:
    """Note quantities handed over blank: asked and not answered, which is not zero."""
    frame = records.tables["resource_use"]
    if "resource_use.quantity" in records.spoiled:
        return []
    return finding(
        records,
        "resource_use",
        frame["quantity"].isna(),
        "quantity",
        lambda row: f"a blank for {frame.loc[row, 'item']}, asked and not answered",
        None,
        "what the participant used of its source in that period counts as unobserved, not as zero",
        "note",
    )


def values_at_missed_visits(records: Records) -> list[Finding]:
    """Note measures handed over for a visit that was not attended."""
    frame, keys = records.tables["measures_given"], ["participant_id", "visit"]
    visits = records.tables["visits"].drop_duplicates(keys).set_index(keys)
    status = frame[keys].join(visits[["status"]], on=keys)["status"]
    rows = frame["value"].notna() & status.notna() & (status != "attended")
    return finding(
        records,
        "measures_given",
        rows,
        "value",
        lambda row: f"a value at a visit with status '{status.loc[row]}'",
        "a blank unless the visit was attended",
        "correct the status or remove the value",
    )


def draws_whole(records: Records) -> list[Finding]:
    """Refuse draws that lack an arm, since increments are taken within a draw.

    An arm that no draw has is one that nobody entered; a note says so.
    """
    frame, arms = records.tables["draws_given"], list(records.study["arms"])
    known = frame[frame["draw"].notna() & frame["arm"].isin(arms)]
    arms, nobody = (
        [arm for arm in arms if known["arm"].eq(arm).any() == there] for there in (True, False)
    )
    have = known.groupby("draw")["arm"].agg(set)
    there = frame["draw"].map(have.map(len)).fillna(len(arms))

    def found(row: Any):
        draw = frame.loc[row, "draw"]
        lacking = [arm for arm in arms if arm not in have.loc[draw]]
        return f"draw {draw} without arm {', '.join(lacking)}"

    file, remedy = records.files["draws_given"], "hand over its draws if somebody did"
    words = f"no draws of {', '.join(nobody)}; taken as entered by nobody"
    notes = [Finding(file, None, "arm", words, None, remedy, severity="note")] if nobody else []
    return notes + finding(
        records,
        "draws_given",
        there < len(arms),
        "arm",
        found,
        "one row for each arm in each draw",
        "add the row or remove the draw",
    )


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
    planned = grid["randomisation_date"] + pd.to_timedelta(
        (grid["years"] * DAYS_A_YEAR).round(), unit="D"
    )
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
        record_id, participant_id, item, quantity, period, date (blank); one row for each row that
        was handed over, its quantity blank where the cost was not observed.

    Examples
    --------
    >>> given = pd.DataFrame({"participant_id": ["p1", "p2"], "period": ["q1", "q1"],
    ...                       "item": ["all", "all"], "cost": [12.5, None]})
    >>> use_of(given)[["record_id", "quantity"]].values.tolist()
    [['p1/q1/all', 12.5], ['p2/q1/all', nan]]
    """
    seen = costs.reset_index(drop=True)
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
