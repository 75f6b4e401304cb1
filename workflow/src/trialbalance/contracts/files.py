"""Files as such: opened, recognised and cut into cells of text, with what is odd about them."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts.checks.keys import show
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.spelling import meant

HEAD = 65_536
# Control characters but tab and line ends, and marks that turn the direction of text.
ODD = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
MOST_RAGGED = 1_000
_AS_CSV = "save it as CSV (comma-separated, UTF-8)"
CONTAINERS = (
    (b"PK\x03\x04", "a spreadsheet or zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet table whose name does not end in .parquet"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


def _stop(file: str, found: str, allowed: str, remedy: str, row: int | None = None):
    return Problems([Finding(file, row, None, found, allowed, remedy)])


def find_file(path: Path, file: str) -> None:
    """Refuse a path that is not a readable file.

    Parameters
    ----------
    path : pathlib.Path
        Path of the file.
    file : str
        Name of the file for the finding.

    Raises
    ------
    Problems
        If it is missing (the nearest name is told), a folder, or empty.

    Examples
    --------
    >>> find_file(Path(__file__), "files.py")
    """
    if path.is_dir():
        raise _stop(file, "a folder", "a file", f"name a file inside {path}")
    if not path.exists():
        if not path.parent.is_dir():
            remedy = f"there is no folder {path.parent}"
        else:
            names = [other.name for other in path.parent.iterdir() if other.is_file()]
            remedy = f"correct the name or add the file{meant(path.name, names)}"
        raise _stop(file, f"no such file ({path})", "an existing file", remedy)
    if path.stat().st_size == 0:
        raise _stop(file, "an empty file", "a header row and rows", "export the table again")


def _look_at_head(head: bytes, whole: bool, file: str) -> None:
    """Answer rubbish from its first bytes, so that size does not matter."""
    for magic, what in CONTAINERS:
        if head.startswith(magic):
            raise _stop(file, what, "a CSV file", _AS_CSV)
    if b"\0" in head:
        row = head[: head.index(b"\0")].count(b"\n") + 1
        raise _stop(file, "bytes of a binary file (NUL)", "text in UTF-8", _AS_CSV, row)
    if not whole and b"\n" not in head and b"\r" not in head:
        found = f"no line end in the first {HEAD // 1024} kB"
        raise _stop(file, found, "a header row and rows", _AS_CSV)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _stop(file, "nothing but blanks", "a header row and rows", "export the table again")
    _decode(head if whole else head[: max(head.rfind(b"\n"), 1)], file)


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}, which is not UTF-8"
        remedy = f"{_AS_CSV}; it may have been saved in a Windows or Latin-1 encoding"
        raise _stop(file, found, "text in UTF-8", remedy, row) from None


def _header(text: str, file: str) -> tuple[list[str], list[Finding]]:
    line = next(csv.reader(io.StringIO(text, newline="")), [])
    names, findings = [name.strip() for name in line], []
    if len(line) == 1:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in line[0]:
                remedy = f"{_AS_CSV} with commas between the columns"
                raise _stop(file, f"columns separated by {word}", "commas", remedy, 1)
    for place, name in enumerate(names, start=1):
        if not name:
            found, remedy = f"column {place} without a name", "name the column or remove it"
            findings.append(Finding(file, 1, None, found, "a name for each column", remedy))
        elif name in names[: place - 1]:
            found = f"column {show(name)} a second time"
            remedy = "remove or rename one"
            findings.append(Finding(file, 1, name, found, "each column once", remedy))
    padded = [name for name in line if name != name.strip()]
    if padded:
        found, remedy = f"column name {show(padded[0])} with blanks", "the blanks were left out"
        findings.append(
            Finding(file, 1, None, found, None, remedy, len(padded) - 1, severity="note")
        )
    return names, findings


def _ragged(rows: list[tuple], width: int, file: str) -> list[Finding]:
    findings = []
    for word, chosen in (
        ("fewer", [row for row in rows if row[1] < width]),
        ("more", [row for row in rows if row[1] > width]),
    ):
        if not chosen:
            continue
        number, cells, text = chosen[0]
        remedy = "add the missing cells" if word == "fewer" else "quote cells that hold a comma"
        if '"' in text and re.search(r"[\r\n]", text.strip()):
            remedy = "remove the quotation mark that swallows the rows below, or close it"
        elif '"' in text:
            remedy += ", or remove the quotation mark that swallows a comma"
        findings.append(
            Finding(
                file,
                number,
                None,
                f"{cells} cell{'s' if cells > 1 else ''} ({show(text)}), {word} than the header",
                f"{width} cells in each row",
                remedy,
                len(chosen) - 1,
            )
        )
    return findings


def _cut(data: bytes, names: list[str], file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Cut the bytes into cells; the index of the frame numbers rows as a spreadsheet does."""
    import pyarrow as pa
    import pyarrow.csv as reader

    ragged: list[tuple] = []

    def keep(row: Any):
        if row.text.strip(" ,\t"):
            ragged.append((row.number, row.actual_columns, row.text))
        else:
            empty.append(row.number)
        return "skip" if len(ragged) < MOST_RAGGED else "error"

    empty: list[int] = []
    columns = [f"c{place}" for place in range(len(names))]
    try:
        table = reader.read_csv(
            io.BytesIO(data),
            read_options=reader.ReadOptions(use_threads=False, column_names=columns, skip_rows=1),
            parse_options=reader.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=reader.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if ragged:
            raise Problems(_ragged(ragged, len(names), file)) from None
        found = f"rows that cannot be told apart ({str(error).splitlines()[0][:80]})"
        raise _stop(file, found, "rows of cells separated by commas", _AS_CSV) from None
    skipped = {number for number, *_ in ragged} | set(empty)
    rows = range(2, 2 + len(table) + len(skipped))
    index = [row for row in rows if row not in skipped] if skipped else rows
    frame = table.to_pandas().astype("str").set_axis(names, axis=1)
    return frame.set_axis(index, axis=0), _ragged(ragged, len(names), file)


def _quotation_marks(
    frame: pd.DataFrame, ragged: list[Finding], never_closed: bool, file: str
) -> None:
    """Refuse a quotation mark that is never closed, and a pair that makes rows into one cell.

    Between the marks of a pair that swallows k line ends stand at least k times as many commas as
    a row has, because what is outside the marks still makes one row; a note of several lines has
    fewer.
    """
    first = None
    for place, name in enumerate(frame.columns):
        cells = frame.iloc[:, place]
        ends = cells.str.count("\n") + cells.str.count("\r(?!\n)")
        if not ends.any():
            continue
        commas = cells.str.count(",")
        swallows = (ends > 0) & (commas >= ends * (len(frame.columns) - 1))
        for rows in (frame.index[swallows], frame.index[ends > 0] if never_closed else ()):
            if len(rows) and (first is None or rows[0] < first[0]):
                first = (int(rows[0]), name, int(ends.loc[rows[0]]))
                break
    if never_closed:
        row = first[0] if first else ragged[-1].row if ragged else None
        if row is None:
            # A mark within a cell opens nothing; the cell that holds one without its pair is told.
            odd = frame.map(lambda cell: cell.count('"') % 2 == 1).any(axis=1)
            row = int(frame.index[odd][0]) if odd.any() else None
        found = "a quotation mark that is never closed"
        raise _stop(file, found, "quotation marks in pairs", "close or remove it", row)
    if first is not None:
        row, name, count = first
        rows = f"row {row + 1}" if count == 1 else f"rows {row + 1} to {row + count}"
        found = f"a quotation mark that swallows {rows}"
        finding = Finding(
            file, row, name, found, "one row a line", "remove it, or close it in its own cell"
        )
        raise Problems([finding])


def read_head(path: Path, file: str) -> tuple[list[str], list[Finding]]:
    """Read the column names of a CSV file from its first 64 kB.

    Parameters
    ----------
    path : pathlib.Path
        Path of the file.
    file : str
        Name of the file for the findings.

    Returns
    -------
    names : list of str
        Column names.
    findings : list of Finding
        What is odd about the file or its header.

    Raises
    ------
    Problems
        If the file is missing, empty, not text, or not separated by commas.

    Examples
    --------
    >>> read_head(Path("absent.csv"), "absent.csv")
    Traceback (most recent call last):
        ...
    trialbalance.contracts.problems.Problems: absent.csv: found no such file (absent.csv); \
allowed: an existing file; correct the name or add the file.
    """
    find_file(path, file)
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        remedy = "make the file readable"
        raise _stop(file, error.strerror or "an error", "a readable file", remedy) from None
    _look_at_head(head, len(head) < HEAD, file)
    names, findings = _header(head.decode("utf-8-sig", errors="ignore"), file)
    if head.startswith(b"\xef\xbb\xbf"):
        found, remedy = "a byte-order mark at the start", "it was left out"
        findings.append(Finding(file, 1, None, found, None, remedy, severity="note"))
    return names, findings


def read_text(path: Path | str, file: str | None = None) -> tuple[pd.DataFrame, list[Finding]]:
    r"""Read a CSV file as text, whatever its contract.

    Parameters
    ----------
    path : path-like
        Path of the file.
    file : str, optional
        Name of the file for the findings; the last part of the path by default.

    Returns
    -------
    frame : pandas.DataFrame of str
        Cells; the index numbers the rows as a spreadsheet does (header = 1); rows without
        any value are left out.
    findings : list of Finding
        Ragged rows, doubled or nameless columns (errors); a byte-order mark, padding (notes).

    Raises
    ------
    Problems
        If the file as such cannot be read as a table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.csv"
    >>> _ = path.write_text("a,b\n1,2\n")
    >>> read_text(path)[0].to_dict("index")
    {2: {'a': '1', 'b': '2'}}
    """
    path = Path(path)
    file = file or path.name
    names, findings = read_head(path, file)
    data = path.read_bytes()
    _decode(data, file)
    if b"\0" in data:
        row = data[: data.index(b"\0")].count(b"\n") + 1
        raise _stop(file, "bytes of a binary file (NUL)", "text in UTF-8", _AS_CSV, row)
    if odd := ODD.search(data):
        row = data[: odd.start()].count(b"\n") + 1
        found = "a mark that does not show (a control character, or one that turns text round)"
        raise _stop(file, found, "letters, digits and signs that show", "remove it", row)
    data = data.rstrip(b"\r\n \t") + b"\n"
    frame, ragged = _cut(data, names, file)
    findings += ragged
    _quotation_marks(frame, ragged, data.count(b'"') % 2 == 1, file)
    filled = (frame != "").any(axis=1) if len(names) else pd.Series(dtype=bool)
    return (frame if filled.all() else frame[filled]), findings
