"""Exports as Excel workbooks: the header row is found, remarks and merged cells are kept."""

import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts.spelling import quoted_list
from trialbalance.data.exports.export import Export, name_columns, stop, text_of

# A header stands among so many rows at the top, below titles and remarks.
TOP = 30


def read_workbook(
    path: Path, name: str, sheet: str | None = None, header_row: int | None = None
) -> Export:
    """Read a sheet of a workbook.

    Parameters
    ----------
    path : Path
        The file, .xlsx or .xlsm.
    name : str
        Name of the export.
    sheet : str, optional
        Sheet; the first by default.
    header_row : int, optional
        Row with the names of the columns; found where silent.

    Returns
    -------
    Export
        Cells as text: values, not formulas; the index is the row of the sheet.

    Raises
    ------
    Problems
        The file is no workbook, has no such sheet, or no row that is clearly its header.

    Examples
    --------
    >>> import openpyxl, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> book = openpyxl.Workbook()
    >>> for row in [["Trial data", None], [], ["id", "age"], ["P1", 40]]:
    ...     book.active.append(row)
    >>> book.save(path)
    >>> export = read_workbook(path, "main")
    >>> export.cells.loc[4].to_dict(), export.notes[0]
    ({'id': 'P1', 'age': '40'}, 'header found in row 3')
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (zipfile.BadZipFile, OSError, KeyError, ValueError):
        stop(path, "no Excel workbook", "a file saved as .xlsx", "save it again as .xlsx")
    if sheet is not None and sheet not in book.sheetnames:
        stop(path, f"no sheet {sheet!r}", ", ".join(book.sheetnames), "correct the name")
    page = book[sheet] if sheet else book.worksheets[0]
    _refuse_formulas(page, path)
    rows = [[text_of(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    others = [title for title in book.sheetnames if title != page.title]
    notes = [f"sheet {page.title!r}, not {quoted_list(others)}"] if others else []
    head = header_row or _header_row(rows, path)
    if head > len(rows):
        stop(path, f"header_row {head}, below the last row", f"1 to {len(rows)}", "correct it")
    if header_row is None:
        notes.insert(0, f"header found in row {head}")
    width = max((n + 1 for n, cell in enumerate(rows[head - 1]) if cell), default=0)
    columns = name_columns(rows[head - 1][:width], path, head)
    body, beside = {}, []
    for number, row in enumerate(rows[head:], start=head + 1):
        if any(row[:width]):
            body[number] = row[:width]
        beside += [f"row {number}: {cell}" for cell in row[width:] if cell]
    cells = pd.DataFrame(list(body.values()), columns=columns, dtype="str")
    cells.index = pd.Index(list(body))
    notes += [
        f"row {n}: {cell}" for n, row in enumerate(rows[: head - 1], 1) for cell in row if cell
    ]
    return Export(name, path.name, cells, notes=notes + beside + _remarks(page, head))


def _refuse_formulas(page: Any, path: Path) -> None:
    """Stop at formulas without a stored value: the reader would take them for blanks."""
    import openpyxl

    written = openpyxl.load_workbook(path)[page.title]
    empty = [
        cell
        for row in written.iter_rows()
        for cell in row
        if cell.data_type == "f" and page[cell.coordinate].value is None
    ]
    if empty:
        found = f"{len(empty)} formula{'s' * (len(empty) > 1)} without a value, first in cell "
        found += empty[0].coordinate
        remedy = "open it in a spreadsheet program and save it, so that values are stored"
        stop(path, found, "values", remedy, empty[0].row)


def _header_row(rows: list[list[str]], path: Path) -> int:
    """Return the first row that is as wide as the table below it, and holds words only."""
    filled = [sum(bool(cell) for cell in row) for row in rows]
    widest = max(filled, default=0)
    for number, row in enumerate(rows[:TOP], start=1):
        words = [cell for cell in row if cell]
        named = all(not cell.replace(".", "", 1).lstrip("-").isdigit() for cell in words)
        if not (len(words) >= 2 and named):
            continue
        if len(words) == widest:
            return number
        if len(words) == widest - 1:
            # As good as a header: a row of words below it must not be taken in its place.
            found = f"a row that names {len(words)} of {widest} columns"
            remedy = "name each column, or say header_row in the mapping"
            stop(path, found, "a header for every column", remedy, number)
    found = "no row that names every column and nothing else"
    stop(path, found, "a header among the first rows", "say header_row in the mapping")
    raise AssertionError


def _remarks(page: Any, head: int) -> list[str]:
    """Return the remarks on cells, and the cells that were merged."""
    found = [
        f"remark on {cell.coordinate}: {cell.comment.text.strip()}"
        for row in page.iter_rows()
        for cell in row
        if cell.comment is not None
    ]
    merged = [area for area in page.merged_cells.ranges if area.max_row > head]
    return found + [f"merged cells {area.coord}: the value stands in the first" for area in merged]
