"""Exports as text: delimiter, encoding and decimal sign are found and told."""

import codecs
import csv
import io
import re
from pathlib import Path

import pandas as pd

from trialbalance.data.exports.export import Export, name_columns, stop

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMA_NUMBER = re.compile(r"-?\d+,\d+")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_POINT_NUMBER = re.compile(r"-?\d+\.\d+")


def read_csv_export(
    path: Path,
    name: str,
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    header_row: int | None = None,
) -> Export:
    r"""Read an export written as text.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Name of the export.
    delimiter, encoding, decimal : str, optional
        How it is written; found and told where silent.
    header_row : int, optional
        Row with the names of the columns; the first by default.

    Returns
    -------
    Export
        Cells as text; rows without any value are left out.

    Raises
    ------
    Problems
        The text cannot be cut into rows and columns with certainty.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_bytes("id;name;dose\n1;Zo\xeb;0,5\n".encode("cp1252"))
    >>> export = read_csv_export(path, "main")
    >>> export.decimal, export.notes
    (',', ['encoding cp1252', 'columns separated by semicolons', 'decimal comma'])
    """
    text, encoding = _decoded(path, encoding)
    lines = text.splitlines(keepends=True)
    head = header_row or 1
    if len(lines) < head or not lines[head - 1].strip():
        stop(path, "no header", "a row with the names of the columns", "export it again", head)
    if delimiter is None:
        delimiter = _delimiter(lines[head - 1], path, head)
    mark = "\t" if delimiter == "tab" else delimiter
    rows = list(csv.reader(io.StringIO("".join(lines[head - 1 :]), newline=""), delimiter=mark))
    names = name_columns(rows[0], path, head)
    _refuse_odd_rows(rows, len(names), mark, path, head)
    if text.count('"') % 2:
        odd = next(n for n, line in enumerate(lines, start=1) if line.count('"') % 2)
        found = "a quotation mark that is never closed"
        stop(path, found, "marks in pairs", "close or remove it", odd)
    body = [(head + n, [cell.strip() for cell in row]) for n, row in enumerate(rows) if n]
    body = [(number, cells) for number, cells in body if any(cells)]
    cells = pd.DataFrame([c for _, c in body], columns=names, dtype="str")
    cells.index = pd.Index([number for number, _ in body])
    decimal = decimal or _decimal(cells, mark, path)
    notes = [f"encoding {encoding}", f"columns separated by {DELIMITERS[mark]}"]
    notes.append("decimal comma" if decimal == "," else "decimal point")
    return Export(name, path.name, cells, notes=notes, decimal=decimal)


def _decoded(path: Path, encoding: str | None) -> tuple[str, str]:
    """Return the text of a file and its encoding: as told, by its mark, UTF-8, or Windows."""
    data = path.read_bytes()
    if encoding is None:
        encoding = next((word for mark, word in _MARKS if data.startswith(mark)), None)
    if encoding is None and b"\0" in data:
        stop(path, "bytes of a binary file", "text", "export it as CSV")
    for word in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            return data.decode(word).replace("\r\n", "\n").replace("\r", "\n"), word
        except LookupError:
            stop(path, f"encoding {word!r}", "an encoding such as utf-8 or cp1252", "correct it")
        except UnicodeDecodeError:
            continue
    stop(path, "bytes that are no text in UTF-8 or cp1252", "text", "name its encoding")
    raise AssertionError


def _delimiter(header: str, path: Path, row: int) -> str:
    """Return what separates the columns of a header."""
    counts = {mark: header.count(mark) for mark in DELIMITERS}
    best = max(counts, key=counts.__getitem__)
    rivals = [mark for mark in counts if counts[mark] == counts[best]]
    if not counts[best]:
        found = "one column only"
        stop(path, found, "columns separated by comma, semicolon, tab or bar", "name it", row)
    if len(rivals) > 1:
        found = f"{DELIMITERS[rivals[0]]} and {DELIMITERS[rivals[1]]} in equal number"
        stop(path, found, "one delimiter", "say which, as delimiter of the export", row)
    return best


def _refuse_odd_rows(rows: list[list[str]], width: int, mark: str, path: Path, head: int) -> None:
    """Stop at a row of another width, and at a quotation mark that makes rows into one cell."""
    for number, row in enumerate(rows):
        for cell in row:
            ends = cell.count("\n")
            if ends and cell.count(mark) >= ends * (width - 1):
                found = f"a quotation mark that swallows {ends} row{'s' if ends > 1 else ''}"
                stop(path, found, "one row a line", "remove it, or close it", head + number)
        if len(row) != width and any(cell.strip() for cell in row):
            found = f"{len(row)} cells, where the header has {width}"
            stop(
                path, found, f"{width} cells", "quote cells that hold the delimiter", head + number
            )
        if len(row) != width:
            row[:] = [""] * width


def _decimal(cells: pd.DataFrame, mark: str, path: Path) -> str:
    """Return the decimal sign: a comma where numbers are written with one and none with a point."""
    if mark == ",":
        return "."
    values = {value for name in cells for value in cells[name].unique()}
    commas = sorted(value for value in values if _COMMA_NUMBER.fullmatch(value))
    points = any(_POINT_NUMBER.fullmatch(value) for value in values)
    if commas and not points and all(_THOUSANDS.fullmatch(value) for value in commas):
        found = f"{commas[0]!r}, which may be thousands or a decimal"
        allowed = "numbers that can be read in one way"
        stop(path, found, allowed, "say decimal of the export, ',' or '.', or correct it")
    return "," if commas and not points else "."
