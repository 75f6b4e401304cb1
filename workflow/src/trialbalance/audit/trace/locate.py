"""A figure found: by its identifier, or by its file and cell."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.audit.trace.tables import Books, table_at
from trialbalance.contracts import Finding, Problems

CELL = re.compile(r"^\$?([A-Za-z]{1,3})\$?([1-9][0-9]*)$")
SEVERAL = 20


@dataclass(frozen=True)
class Figure:
    """One cell of a table.

    Parameters
    ----------
    name : str
        Its identifier; file and cell for a table whose rows have none.
    path : Path
        The file.
    table : str
        Its contract.
    row : int
        Row as a spreadsheet counts, the header being 1.
    column : str
        Name of the column.
    text : str
        What is written there.
    cells : pandas.Series
        The row, typed.
    scenario, analysis
        Where the table was made.
    """

    name: str
    path: Path
    table: str
    row: int
    column: str
    text: str
    cells: pd.Series
    scenario: str
    analysis: str | None

    def field(self) -> dict[str, Any]:
        """Return what the contract says of the column."""
        return _fields(self.table).get(self.column, {})


@cache
def _fields(table: str) -> dict[str, dict[str, Any]]:
    """Return the columns of a contract by name; one object for all who ask, not to be changed."""
    return {field["name"]: field for field in contracts.schema(table)["fields"]}


def by_identifier(books: Books, wanted: str) -> Figure:
    """Return the figure of an identifier.

    Parameters
    ----------
    books : Books
        The study.
    wanted : str
        Identifier of the row, a point, and the name of a column.

    Returns
    -------
    Figure
        The figure.

    Raises
    ------
    Problems
        No such row or column, with the nearest.
    """
    row_name, _, column = wanted.rpartition(".")
    words = wanted.split("/")
    near: list[str] = []
    for path, scenario, analysis in books.figures().values():
        if table_at(path) not in words:
            continue
        frame, _ = contracts.read_text(path)
        if "figure" not in frame:
            continue
        near += frame["figure"].tolist()
        hits = frame.index[frame["figure"] == row_name]
        if len(hits):
            return _figure(books, wanted, path, int(hits[0]), column, frame, scenario, analysis)
        if wanted in set(frame["figure"]):
            raise _no_column(wanted, frame)
    close = contracts.nearest(row_name, near)
    raise Problems(
        [
            Finding(
                wanted,
                found="no figure of that identifier",
                allowed="identifiers in the column figure of the tables, a point and a column",
                remedy=f"did you mean {close}.{column}?" if close else "look it up in the table",
            )
        ]
    )


def open_figures(
    books: Books,
    path: Path,
    scenario: str,
    analysis: str | None,
    wanted: Callable[[pd.Series], bool] = lambda row: True,
) -> Iterator[Figure]:
    """Yield every number of the wanted rows of a table whose rows are figures."""
    table = table_at(path)
    frame, _ = contracts.read_text(path)
    numbers = [
        name
        for name, field in _fields(table).items()
        if field["type"] in ("number", "integer") and name not in ("threshold", "rank")
    ]
    typed = books.open(path, table)
    for row in frame.index:
        if not wanted(typed.loc[row]):
            continue
        for column in numbers:
            if frame.loc[row, column] != "":
                name = f"{frame.loc[row, 'figure']}.{column}"
                yield _figure(books, name, path, int(row), column, frame, scenario, analysis)


def by_cell(books: Books, path: Path, cell: str) -> Figure:
    """Return the figure in a cell of a file.

    Parameters
    ----------
    books : Books
        The study whose results hold the file.
    path : Path
        A CSV file of the results.
    cell : str
        Such as E2: column by letter, row as a spreadsheet counts.

    Returns
    -------
    Figure
        The figure.
    """
    hit = CELL.match(cell)
    frame, _ = contracts.read_text(path)
    letters, row = (hit.group(1).upper(), int(hit.group(2))) if hit else ("", 0)
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    if not hit or row not in frame.index or not 0 < place <= frame.shape[1]:
        allowed = f"a cell such as B2, rows 2 to {frame.index.max()}, {frame.shape[1]} columns"
        raise Problems([Finding(path.name, found=f"no cell {cell}", allowed=allowed)])
    column = frame.columns[place - 1]
    below = path.resolve().relative_to((books.results / books.study.name).resolve()).parts
    scenario = below[0] if below[0] in books.study.scenarios else "base"
    analyses = books.study.analyses(scenario)
    analysis = next((word for word in analyses if word in below or f"{word}.csv" in below), None)
    name = f"{books.named(path)} {cell.upper()}"
    if "figure" in frame:
        name = f"{frame.loc[row, 'figure']}.{column}"
    return _figure(books, name, path, row, column, frame, scenario, analysis)


def _figure(
    books: Books,
    name: str,
    path: Path,
    row: int,
    column: str,
    frame: pd.DataFrame,
    scenario: str,
    analysis: str | None,
) -> Figure:
    if column not in frame:
        raise _no_column(name, frame)
    table = table_at(path)
    typed = books.open(path, table).loc[row]
    if table == "scenarios":
        scenario, analysis = typed["scenario"], typed["analysis"]
    elif table in ("observed_case", "trial_balance"):
        analysis = typed["analysis"] if pd.notna(typed["analysis"]) else None
    text = frame.loc[row, column]
    return Figure(name, path, table, row, column, text, typed, scenario, analysis)


def _no_column(wanted: str, frame: pd.DataFrame) -> Problems:
    known = [name for name in frame if name not in ("figure", "synthetic")]
    allowed = f"a row's identifier, a point and one of {', '.join(known[:SEVERAL])}"
    return Problems([Finding(wanted, found="no column of that name", allowed=allowed)])
