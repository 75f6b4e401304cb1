"""Which cells of the exports every cell of an imported table was made of."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from trialbalance.data.exports.export import Export

# A column of this beginning stands beside the column whose cells it tells the origin of.
MARK = "@"
COLUMNS = ["table", "row", "column", "export", "file", "export_row", "export_column", "cell"]
Sources = dict[str, Any] | list[dict[str, Any]] | None


def cell_names(export: str, rows: Iterable[int], column: str) -> list[str]:
    """Return the name of a cell in each row: export, row and column.

    Parameters
    ----------
    export : str
        Name of the export.
    rows : iterable of int
        Rows as a spreadsheet numbers them.
    column : str
        Column of the export.

    Returns
    -------
    list of str
        One name a row.

    Examples
    --------
    >>> cell_names("main", [12], "gp_6")
    ['main.12.gp_6']
    """
    return [f"{export}.{row}.{column}" for row in rows]


def origins_of(
    export: Export, rows: pd.Index, mark: str, sources: dict[str, Sources]
) -> pd.DataFrame:
    """Return where each column of a table is from, row by row.

    Parameters
    ----------
    export : Export
        The export.
    rows : pandas.Index
        Its rows.
    mark : str
        What stands for {} in names of columns.
    sources : dict
        Column of the table -> its source in the mapping, or several, or None.

    Returns
    -------
    pandas.DataFrame of str
        A column ``@name`` for each column that comes from a cell; several cells on lines of
        their own.

    Examples
    --------
    >>> export = Export("main", "a.csv", pd.DataFrame({"gp_6": ["2"]}, index=[12]))
    >>> origins_of(export, export.cells.index, "6", {"quantity": {"column": "gp_{}"}}).to_dict()
    {'@quantity': {12: 'main.12.gp_6'}}
    """
    found = {}
    for name, told in sources.items():
        every = [one for one in (told if isinstance(told, list) else [told]) if one]
        columns = [one["column"].replace("{}", mark) for one in every if one["column"]]
        there = [column for column in columns if column in export.cells]
        if there:
            cells = zip(*(cell_names(export.name, rows, one) for one in there), strict=True)
            found[MARK + name] = ["\n".join(names) for names in cells]
    return pd.DataFrame(found, index=rows, dtype="str")


def marks_of(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table that say where others are from."""
    return [name for name in table if name.startswith(MARK)]


def take_origins(
    exports: dict[str, Export], tables: dict[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables as they are handed on, and where each of their cells is from.

    Parameters
    ----------
    exports : dict of Export
        Exports by name.
    tables : dict of pandas.DataFrame
        Tables with their marks.

    Returns
    -------
    tables : dict of pandas.DataFrame
        The same without marks.
    origins : pandas.DataFrame
        Table import_origins: one row for each pair of a cell made and a cell of an export.

    Examples
    --------
    >>> export = Export("main", "a.csv", pd.DataFrame({"gp_6": ["2"]}, index=[12]))
    >>> made = pd.DataFrame({"quantity": ["2"], "@quantity": ["main.12.gp_6"]})
    >>> tables, origins = take_origins({"main": export}, {"resource_use": made})
    >>> list(tables["resource_use"]), origins.iloc[0][["column", "file", "cell"]].to_list()
    (['quantity'], ['quantity', 'a.csv', '2'])
    """
    plain, parts = {}, []
    for name, table in tables.items():
        marks = marks_of(table)
        plain[name] = table.drop(columns=marks)
        # The header is row 1.
        lines = table[marks].set_axis(range(2, len(table) + 2), axis=0)
        for mark in marks:
            cells = lines[mark].fillna("").str.split("\n").explode()
            cells = cells[cells != ""]
            parts.append(_long(name, mark.removeprefix(MARK), cells))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS[:4])
    return plain, _with_cells(exports, found)


def _long(table: str, column: str, cells: pd.Series) -> pd.DataFrame:
    """Return one row for each cell of an export behind the cells of one column."""
    parts = [name.split(".", 2) for name in cells]
    return pd.DataFrame(
        {
            "table": table,
            "row": cells.index.astype(int),
            "column": column,
            "export": [export for export, *_ in parts],
            "export_row": [int(row) for _, row, _ in parts],
            "export_column": [name for *_, name in parts],
        }
    )


def _with_cells(exports: dict[str, Export], found: pd.DataFrame) -> pd.DataFrame:
    """Return origins with the file of each export, and what stands in the cell."""
    found = found.assign(file="", cell="")
    for (export, column), rows in found.groupby(["export", "export_column"]).groups.items():
        cells = exports[str(export)].cells[str(column)]
        found.loc[rows, "cell"] = cells.loc[found.loc[rows, "export_row"]].to_numpy()
        found.loc[rows, "file"] = exports[str(export)].file
    order = ["table", "row", "column"]
    return found.sort_values(order, kind="stable", ignore_index=True).reindex(columns=COLUMNS)
