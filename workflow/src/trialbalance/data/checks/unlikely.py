"""Records that are possible and hardly true: copies, dates years away, amounts far from usual."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.record_set import Records, day, finding

# Names of the checks, under which page one of the report tells what they found.
COPIES = "no record is a copy of another"
FAR_DATES = "dates lie near their plan"
FAR_AMOUNTS = "amounts are near the usual"
# Above this share of rows, undated rows of a quantity of 1 that are alike are single contacts.
SINGLE_CONTACTS = 0.05
# Years between a date and its plan, and beyond follow-up; times the usual, of so many rows.
YEARS_OFF, YEARS_BEYOND, TIMES, ENOUGH = 1.0, 2.0, 200.0, 5
DATED = {"resource_use": ("date",), "episodes": ("start_date", "end_date")}


def copied_records(records: Records) -> list[Finding]:
    """Note rows that equal another of their table in all but the identifier, once a table.

    Undated use of a quantity of 1 may stand once a contact: such rows are told of only where few
    are alike. People are copies when all that they answered and used is alike.

    Examples
    --------
    >>> use = pd.DataFrame({"record_id": ["u1", "u2"], "participant_id": "p1", "item": "bed",
    ...     "quantity": 7.5}, index=[2, 3])
    >>> copied_records(Records({"resource_use": use}, {"resource_use": "use.csv"}, {}))[0].found
    'u2, the same as u1 (row 2) but for record_id'
    """
    findings = []
    for table, name, frame in _told_apart(records):
        others = [column for column in frame if column != name]
        copies = frame.duplicated(others) & _telling(frame, others)
        if not copies.any():
            continue
        twins = frame.reset_index(names="row").groupby(others, dropna=False, observed=True)
        first = dict(zip(frame.index, twins["row"].transform("min"), strict=True))
        findings += finding(
            records, table, copies, name, _twin_words(frame[name], first), None,
            "remove it if it was entered twice; it counts as it stands", "note",
        )  # fmt: skip
    return findings


def _twin_words(names: pd.Series, first: dict[Any, Any]) -> Any:
    """Return the function that says of which row another is a copy."""

    def found(row: Any) -> str:
        twin = first[row]
        return f"{names.loc[row]}, the same as {names.loc[twin]} (row {twin}) but for {names.name}"

    return found


def _told_apart(records: Records) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield the tables of which two rows may be copies: name, identifier, what makes them alike."""
    for table in ("resource_use", "episodes"):
        if records.has(table) and "record_id" in records.tables[table]:
            yield table, "record_id", records.tables[table]
    if records.has("totals"):
        yield "totals", "participant_id", records.tables["totals"].dropna(subset=["cost", "effect"])
    if records.has("participants"):
        people = records.tables["participants"]
        given = [name for name in ("responses", "resource_use") if records.has(name)]
        marks = {name: people["participant_id"].map(_mark(records.tables[name])) for name in given}
        known = people.assign(**marks)
        yield "participants", "participant_id", known.dropna(subset=given) if given else people[:0]


def _mark(frame: pd.DataFrame) -> pd.Series:
    """Return a number for all that a table holds of each participant."""
    cells = frame.drop(columns=["participant_id", "record_id"], errors="ignore").astype("str")
    rows = pd.util.hash_pandas_object(cells, index=False)
    return rows.groupby(frame["participant_id"].to_numpy()).sum()


def _telling(frame: pd.DataFrame, others: list[str]) -> pd.Series:
    """Return whether a row that is like another is more than a second contact of the same kind."""
    if "quantity" not in frame:
        return pd.Series(True, index=frame.index)
    dated = frame["date"].notna() if "date" in frame else pd.Series(False, index=frame.index)
    single = ~dated & (frame["quantity"] == 1).fillna(False)
    alike = frame.duplicated(others) & single
    usual = alike.sum() > SINGLE_CONTACTS * len(frame)
    return (frame["quantity"] != 0).fillna(True) & ~(single & usual)


def dates_years_away(records: Records) -> list[Finding]:
    """Note visits a year or more from their plan, and use years outside of follow-up, by column.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "death_date": pd.NaT,
    ...     "randomisation_date": pd.to_datetime(["2002-01-01"])})
    >>> visits = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"],
    ...     "date": pd.to_datetime(["2012-01-01"])}, index=[2])
    >>> study = {"visits": {"m0": 0.0}, "horizon_years": 1.0}
    >>> records = Records({"participants": people, "visits": visits}, {"visits": "v.csv"}, study)
    >>> dates_years_away(records)[0].found
    "'2012-01-01' for m0, 10.0 years from its plan after randomisation on 2002-01-01"
    """
    findings = []
    remedy = "correct one of the dates if it is not so"
    if records.has("visits"):
        frame = records.dated("visits", "visit", "date")
        planned = frame["visit"].map(records.study["visits"]).astype(float)
        off = _years(frame, "date") - planned

        def found(row: Any) -> str:
            return (
                f"'{day(frame.loc[row, 'date'])}' for {frame.loc[row, 'visit']}, "
                f"{abs(off.loc[row]):.1f} years from its plan after randomisation on "
                f"{day(frame.loc[row, 'randomisation_date'])}"
            )

        far = off.abs() >= YEARS_OFF
        findings += finding(records, "visits", far, "date", found, None, remedy, "note")
    for table, columns in DATED.items():
        for column in columns if records.has(table) else ():
            findings += _outside(records, table, column, remedy)
    return findings


def _outside(records: Records, table: str, column: str, remedy: str) -> list[Finding]:
    """Note the dates of one column that lie years outside of follow-up."""
    frame = records.dated(table, column)
    years = _years(frame, column)

    def found(row: Any) -> str:
        when = "before" if years.loc[row] < 0 else "after"
        return (
            f"'{day(frame.loc[row, column])}', {abs(years.loc[row]):.1f} years {when} randomisation"
        )

    last = records.study["horizon_years"] + YEARS_BEYOND
    far = (years <= -YEARS_BEYOND) | (years >= last)
    return finding(records, table, far, column, found, None, remedy, "note")


def _years(frame: pd.DataFrame, column: str) -> pd.Series:
    return (frame[column] - frame["randomisation_date"]).dt.days / DAYS_A_YEAR


def amounts_far_from_usual(records: Records) -> list[Finding]:
    """Note quantities and costs of hundreds of times the median of their kind, by table and kind.

    A kind of fewer than 5 amounts above 0 has no usual.

    Examples
    --------
    >>> use = pd.DataFrame({"item": "hour", "quantity": [20.0, 21, 19, 20, 22, 21000]})
    >>> records = Records({"resource_use": use}, {"resource_use": "use.csv"}, {})
    >>> amounts_far_from_usual(records)[0].found
    '21000 of hour, 1024 times the usual 20.5'
    """
    places = [("resource_use", "quantity", "item"), ("costs_given", "cost", "item")]
    places += [("totals", "cost", None)]
    findings = []
    for table, column, by in places:
        if not records.has(table) or column not in records.tables[table]:
            continue
        frame = records.tables[table]
        kinds = frame.groupby(by, sort=False, observed=True) if by else [("", frame)]
        for kind, rows in kinds:
            findings += _far(records, table, column, rows, str(kind))
    return findings


def _far(records: Records, table: str, column: str, rows: pd.DataFrame, kind: str) -> list[Finding]:
    """Note the amounts of one kind that are far above their median."""
    amounts = rows[column].astype("Float64")
    some = amounts[(amounts > 0).fillna(False)]
    if len(some) < ENOUGH:
        return []
    usual = float(some.median())
    far = (amounts >= TIMES * usual).fillna(False)
    of = f" of {kind}" if kind else ""
    return finding(
        records, table, far, column,
        lambda row: f"{amounts.loc[row]:g}{of}, {amounts.loc[row] / usual:.0f} times the usual "
        f"{usual:g}",
        None, "correct it if it is not so, such as a wrong unit", "note",
    )  # fmt: skip
