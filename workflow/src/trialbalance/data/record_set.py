"""What the checks of records share: the tables, their files, and how a finding is made."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.terms import DAYS_A_YEAR


@dataclass(frozen=True)
class Records:
    """Tables of a study as they were read, with what is needed to judge them.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Typed tables whose index numbers the rows as a spreadsheet does.
    files : dict of str to str
        Name of the file of each table.
    study : dict
        Section ``study``.
    questionnaires : dict
        Questionnaire → ``items`` (list of str) and ``levels`` (int).
    items : list of str or None
        Items that have a price, or None when prices are judged elsewhere.
    lost : set of str
        Tables of which rows or keys could not be read: what they lack proves nothing.
    spoiled : set of str
        Columns, as table.column, of which cells could not be read.
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]
    study: dict
    questionnaires: dict = field(default_factory=dict)
    items: list[str] | None = None
    lost: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)

    def has(self, *names: str) -> bool:
        """Return whether all these tables were read."""
        return all(name in self.tables for name in names)

    def dated(self, name: str, *columns: str) -> pd.DataFrame:
        """Return a table with index date, death and last day of each participant beside it."""
        # A cell that is no identifier is nobody's, and two of them are not one person.
        people = self.tables["participants"].dropna(subset="participant_id")
        people = people.drop_duplicates("participant_id")
        people = people.set_index("participant_id")[["randomisation_date", "death_date"]]
        frame = self.tables[name][["participant_id", *columns]]
        frame = frame.join(people, on="participant_id")
        horizon = pd.Timedelta(days=round(self.study["horizon_years"] * DAYS_A_YEAR))
        return frame.assign(last_date=frame["randomisation_date"] + horizon)


def day(value: Any) -> str:
    """Write a date as the files do.

    Examples
    --------
    >>> day(pd.Timestamp("2020-01-31"))
    '2020-01-31'
    """
    return f"{pd.Timestamp(value):%Y-%m-%d}"


def finding(
    records: Records,
    table: str,
    rows: pd.Series,
    column: str | None,
    found: Any,
    allowed: str | None,
    remedy: str | None,
    severity: str = "error",
) -> list[Finding]:
    """Make one finding of all rows that have a problem.

    Parameters
    ----------
    records : Records
        The study.
    table : str
        Table that has the problem.
    rows : pandas.Series of bool
        Rows at fault, indexed like the table.
    column : str or None
        Column at fault.
    found : callable
        Takes the number of the first row and says what stands there.
    allowed, remedy : str or None
        What may stand there and what to do.
    severity : {"error", "note"}
        Whether it stops the run.

    Returns
    -------
    list of Finding
        Empty when no row is at fault.

    Examples
    --------
    >>> records = Records({}, {"visits": "visits.csv"}, {})
    >>> rows = pd.Series([False, True], index=[2, 3])
    >>> finding(records, "visits", rows, "date", lambda row: "x", "y", "z")[0].row
    3
    """
    bad = rows.index[rows.to_numpy(bool, na_value=False)]
    if not len(bad):
        return []
    first = int(bad[0])
    file = records.files[table]
    return [Finding(file, first, column, found(first), allowed, remedy, len(bad) - 1, severity)]
