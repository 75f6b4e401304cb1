"""Tables on their way out: as they were, as they leave, each cell held back; the edition's mark."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

COLUMNS = ["file", "row", "column", "rule", "released", "reason"]
NUMBERS = ("number", "integer")
# In the list of cells held back: every row or column of an analysis that is not released.
ALL = "all"


class Table(NamedTuple):
    """One table on its way out.

    Parameters
    ----------
    contract : dict
        Its contract; what it says under ``disclosure`` decides.
    before : pandas.DataFrame
        The table as it was.
    after : pandas.DataFrame
        The table as it leaves; cells held back are blank.
    rows : list of str
        Name of each row: its key.
    """

    contract: dict[str, Any]
    before: pd.DataFrame
    after: pd.DataFrame
    rows: list[str]

    @property
    def words(self) -> dict[str, Any]:
        """Return what the contract says of disclosure."""
        return self.contract.get("disclosure", {})

    def numbers(self) -> list[str]:
        """Return the columns that hold numbers, those beyond the contract included."""
        kinds = {field["name"]: field.get("type", "string") for field in self.contract["fields"]}
        return [
            name
            for name in self.before
            if kinds.get(name) in NUMBERS
            or (name not in kinds and pd.api.types.is_numeric_dtype(self.before[name]))
        ]

    def keys(self) -> set[str]:
        """Return the columns that name a row."""
        key = self.contract.get("primaryKey", [])
        named = {key} if isinstance(key, str) else set(key)
        return named | set(self.contract.get("figures", [])) | {"threshold"}


class Edition:
    """The tables of a release and the list of what they do not show.

    Parameters
    ----------
    tables : dict
        File below the study's results -> (contract, table).
    section : dict
        Section ``disclosure`` of the settings.

    Examples
    --------
    >>> contract = {"fields": [{"name": "n", "type": "integer"}], "primaryKey": ["arm"]}
    >>> edition = Edition({"a.csv": (contract, pd.DataFrame({"arm": ["x"], "n": [3]}))},
    ...                   {"exceptions": {}})
    >>> edition.hold("a.csv", [0], ["n"], "threshold")
    >>> edition.suppressed()["row"].tolist(), edition.tables["a.csv"].after["n"].isna().tolist()
    (['x'], [True])
    """

    def __init__(self, tables: dict[str, tuple[dict, pd.DataFrame]], section: dict[str, Any]):
        self.section = section
        self.tables = {file: _outgoing(*found) for file, found in tables.items()}
        self.held: dict[tuple[str, int, str], str] = {}
        self._excepted: dict[tuple[str, int, str], str] = {}
        self.withheld: dict[str, str] = {}

    def hold(self, file: str, rows: Iterable[int], columns: Iterable[str], rule: str) -> None:
        """Hold back cells of a table: blank where there was a value, unless excepted."""
        table = self.tables[file]
        columns = [name for name in columns if name in table.before]
        for place in map(int, rows):
            for column in columns:
                cell = (file, place, column)
                if cell in self.held or pd.isna(table.before[column].iloc[place]):
                    continue
                if table.before[column].iloc[place] == "":
                    continue
                if self.name(*cell) in self.section["exceptions"]:
                    self._excepted.setdefault(cell, rule)
                    continue
                self.held[cell] = rule
                table.after.iloc[place, table.after.columns.get_loc(column)] = None

    def mask(self, file: str, place: int, columns: Iterable[str]) -> None:
        """Take words out of a row, and out of its name in the list of cells held back."""
        table, row = self.tables[file], f"row {place + 2}"
        for column in columns:
            if column in table.before and str(table.before[column].iloc[place] or ""):
                table.after.iloc[place, table.after.columns.get_loc(column)] = f"withheld ({row})"
        table.rows[place] = row

    def name(self, file: str, place: int, column: str) -> str:
        """Return how a cell is named in the list and in the exceptions."""
        return f"{file}#{self.tables[file].rows[place]}.{column}"

    def is_held(self, file: str, place: int, column: str) -> bool:
        """Return whether a cell is held back."""
        return (file, place, column) in self.held

    def suppressed(self) -> pd.DataFrame:
        """Return each cell held back, or released by exception, with its rule and reason."""
        reasons = self.section["exceptions"]
        rows = [
            (file, self.tables[file].rows[place], column, rule, False, "")
            for (file, place, column), rule in self.held.items()
        ]
        rows += [
            (cell[0], self.tables[cell[0]].rows[cell[1]], cell[2], rule, True,
             reasons[self.name(*cell)])
            for cell, rule in self._excepted.items()
        ]  # fmt: skip
        rows += [(name, ALL, ALL, rule, False, "") for name, rule in self.withheld.items()]
        return pd.DataFrame(sorted(rows), columns=COLUMNS)

    def unused_exceptions(self) -> list[str]:
        """Return the exceptions that name no cell held back."""
        used = {self.name(*cell) for cell in self._excepted}
        return sorted(set(self.section["exceptions"]) - used)


def _outgoing(contract: dict[str, Any], frame: pd.DataFrame) -> Table:
    """Return a table with its rows named and its columns ready to hold blanks."""
    before = frame.reset_index(drop=True)
    key = contract.get("primaryKey", [])
    key = [name for name in ([key] if isinstance(key, str) else key) if name in before]
    if not key:
        key = [name for name in contract.get("figures", []) if name in before]
    rows = (
        before[key].astype("string").fillna("").agg("/".join, axis=1).tolist()
        if key and len(before)
        else []
    )
    if len(set(rows)) != len(before):
        rows = [f"row {number + 2}" for number in range(len(before))]
    after = before.copy()
    for name in after:
        if pd.api.types.is_integer_dtype(after[name].dtype):
            after[name] = after[name].astype("Int64")
        elif pd.api.types.is_float_dtype(after[name].dtype):
            after[name] = after[name].astype("Float64").astype(float)
        else:
            after[name] = after[name].astype(object)
    return Table(contract, before, after, rows)


def edition_mark(synthetic: bool, edition: Mapping[str, Any] | None) -> str:
    """Return the words at the foot of every page; blank where nobody stands behind the records.

    Parameters
    ----------
    synthetic : bool
        Whether the records are simulated.
    edition : mapping or None
        What a release tells of itself; None in the restricted edition.

    Examples
    --------
    >>> edition_mark(False, None)
    'RESTRICTED - not to be handed on; hand out the folder release'
    >>> edition_mark(True, None)
    ''
    """
    if synthetic:
        return ""
    if edition:
        return "Release edition"
    return "RESTRICTED - not to be handed on; hand out the folder release"
