"""Which rows of an export a block of the mapping takes, mark by mark."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from trialbalance.data.exports.answers import Import
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.origins import Sources, cell_names, origins_of

# Participant and visit of each visit that was attended; None where nothing tells.
Came = set[tuple[str, str]] | None


class Taken(NamedTuple):
    """Rows of an export that a block takes for one mark.

    Parameters
    ----------
    export : Export
        The export.
    name : str
        Visit, period or place that the mark stands for; blank where the block has none.
    mark : str
        What stands for {} in names of columns.
    rows : pandas.Index
        Rows whose identifier is known.
    people : pandas.Series of str
        Identifier of each of these rows.
    came : set of (str, str), optional
        Who came to which visit; None where nothing tells.
    """

    export: Export
    name: str
    mark: str
    rows: pd.Index
    people: pd.Series
    came: Came = None


def chosen_rows(job: Import, block: dict, mark: str = "") -> pd.Index:
    """Return the rows of an export that a block asks for, whoever they are of.

    Parameters
    ----------
    job : Import
        The import.
    block : dict
        A block of the mapping.
    mark : str
        What stands for {}.

    Returns
    -------
    pandas.Index
        Rows.

    Examples
    --------
    >>> export = Export("main", "a.csv", pd.DataFrame({"event": ["m6", "m12"]}, index=[2, 3]))
    >>> job = Import({}, {"main": export}, {})
    >>> chosen_rows(job, {"export": "main", "rows": {"event": ["{}"]}}, "m12").to_list()
    [3]
    """
    export = job.exports[block["export"]]
    chosen = pd.Series(True, index=export.cells.index)
    for column, values in block["rows"].items():
        name = column.replace("{}", mark)
        if job.has_column(export, name):
            wanted = [value.replace("{}", mark) for value in values]
            there = export.cells[name].isin(wanted)
            if not there.any():
                job.no_such_value(export, name, wanted)
            chosen &= there
    return export.cells.index[chosen]


def expanded(job: Import, block: dict, known: set[str], came: Came = None) -> Iterator[Taken]:
    """Yield the rows of a block for each of its marks.

    Parameters
    ----------
    job : Import
        The import; rows taken are counted, and rows of people who are not known.
    block : dict
        A block of the mapping.
    known : set of str
        Identifiers of the participants.
    came : set of (str, str), optional
        Who came to which visit.

    Yields
    ------
    Taken
        One for each mark; one alone, without a mark, where the block has none.
    """
    export = job.exports[block["export"]]
    people = identifiers(job, export)
    if people is None:
        return
    pairs = [(name, mark) for name, marks in block.get("at", {}).items() for mark in marks]
    for name, mark in pairs or [("", "")]:
        rows = chosen_rows(job, block, mark)
        job.tally.taken[export.name] |= set(rows)
        mine = people.loc[rows]
        mine = mine[mine.isin(known)]
        yield Taken(export, name, mark, mine.index, mine, came)


def gathered(
    job: Import,
    table: str,
    people: pd.DataFrame,
    columns: list[str],
    make: Callable[[Import, dict, Taken], pd.DataFrame],
    came: Came = None,
) -> pd.DataFrame:
    """Return a table: what is made of every block at every mark, one below the other.

    Parameters
    ----------
    job : Import
        The import.
    table : str
        Name of the table, as in the mapping.
    people : pandas.DataFrame
        Table participants.
    columns : list of str
        Columns of the table.
    make : callable
        Block and its rows at one mark -> rows of the table, with the marks of their origins.
    came : set of (str, str), optional
        Who came to which visit.

    Returns
    -------
    pandas.DataFrame of str
        The table; without a row where nothing is made.
    """
    known = set(people["participant_id"])
    parts = [
        make(job, block, taken)
        for block in job.mapping[table]
        for taken in expanded(job, block, known, came)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def attended(visits: pd.DataFrame | None) -> Came:
    """Return who came to which visit; None where nothing tells."""
    if visits is None:
        return None
    there = visits[visits["status"] == "attended"]
    return set(zip(there["participant_id"], there["visit"], strict=True))


def with_origins(
    job: Import, taken: Taken, table: pd.DataFrame, columns: list[str], **sources: Sources
) -> pd.DataFrame:
    """Return the columns of a table whose index is rows of an export, and where each is from.

    Parameters
    ----------
    job : Import
        The import.
    taken : Taken
        The rows of the block.
    table : pandas.DataFrame
        Rows made of them.
    columns : list of str
        Columns to keep.
    **sources : dict, list of dict or None
        Column of the table -> its source, or several.

    Returns
    -------
    pandas.DataFrame of str
        Columns and marks.
    """
    identifier = {"column": job.mapping["exports"][taken.export.name]["id"]}
    told = {"participant_id": identifier, **sources}
    marks = origins_of(taken.export, table.index, taken.mark, told)
    return pd.concat([table[columns], marks], axis=1)


def identifiers(job: Import, export: Export) -> pd.Series | None:
    """Return the identifier of each row of an export; None where the column is not there."""
    column = job.mapping["exports"][export.name]["id"]
    return export.cells[column] if job.has_column(export, column) else None


def record_ids(
    job: Import, taken: Taken, source: dict | None, column: str, rows: pd.Index
) -> pd.Series:
    """Return the identifier of each record: its column, or the cell of the export it is from.

    Parameters
    ----------
    job : Import
        The import.
    taken : Taken
        The rows of the block.
    source : dict or None
        Column that names the record.
    column : str
        Column that holds the record.
    rows : pandas.Index
        Rows that hold one.

    Returns
    -------
    pandas.Series of str
        Such as ``main.12.gp_6``: export, row and column.
    """
    if source is not None:
        name = source["column"].replace("{}", taken.mark)
        there = job.has_column(taken.export, name)
        return taken.export.cells.loc[rows, name] if there else pd.Series("", index=rows)
    words = cell_names(taken.export.name, rows, column.replace("{}", taken.mark))
    return pd.Series(words, index=rows, dtype="str")
