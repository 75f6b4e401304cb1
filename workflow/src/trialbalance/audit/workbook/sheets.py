"""Sheets written row by row: text as text, formulas with the value expected of them."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

# A fixed date keeps the bytes of the file the same from run to run.
CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
LONGEST_TEXT = 2_000
LONGEST_NAME = 31
STYLES = {
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True, "font_color": "#555555"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "input": {"bg_color": "#FFF2CC"},
    "pasted": {"bg_color": "#E7E6E6"},
    "strong": {"bold": True, "font_size": 12},
    "good": {"bg_color": "#C6EFCE", "font_color": "#006100"},
    "bad": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
}


class Formula(NamedTuple):
    """A live cell: its formula, and the value that is shown until it is calculated."""

    text: str
    value: Any = 0


class Shown(NamedTuple):
    """A cell with a style of its own."""

    value: Any
    style: str


class Check(NamedTuple):
    """A figure of the workbook that must equal one of the pipeline."""

    quantity: str
    arm: str
    analysis: str
    formula: str
    pipeline: float
    tolerance: float


class Sheet:
    """One sheet: title, note, header and rows, written from the top.

    Parameters
    ----------
    book : Book
        The workbook.
    name : str
        Name of the sheet.
    note : str
        What stands on it, in one sentence.
    columns : sequence of str
        Header of the table.
    """

    def __init__(self, book: "Book", name: str, note: str, columns: Sequence[str]):
        self.book = book
        self.name = book.free_name(name)
        self.note = note
        self.columns = list(columns)
        self._sheet = book.file.add_worksheet(self.name)
        self._sheet.set_column(0, max(len(self.columns), 1) - 1, 16)
        self._sheet.freeze_panes(3, 1)
        if book.mark:
            self._sheet.set_header(f"&C{book.mark}")
            self._sheet.set_footer(f"&C{book.mark}")
        self.next = 1
        self.row([Shown(name, "title")])
        self.row([Shown(f"{book.mark}. {note}" if book.mark else note, "note")])
        self.row([Shown(column, "head") for column in self.columns])

    def row(self, cells: Iterable[Any]) -> int:
        """Write one row and return its number, counted from 1 as a spreadsheet does."""
        number = self.next
        for column, cell in enumerate(cells):
            kind = ""
            if isinstance(cell, Shown):
                cell, kind = cell.value, cell.style
            self._cell(number - 1, column, cell, self.book.style(kind, digits(cell)))
        self.next += 1
        return number

    def _cell(self, row: int, column: int, cell: Any, style: Any) -> None:
        if isinstance(cell, Formula):
            value = "" if _blank(cell.value) else cell.value
            self._sheet.write_formula(row, column, cell.text, style, value)
        elif _blank(cell):
            if style is not None:
                self._sheet.write_blank(row, column, None, style)
        elif isinstance(cell, pd.Timestamp):
            self._sheet.write_string(row, column, f"{cell:%Y-%m-%d}", style)
        elif isinstance(cell, str):
            self._sheet.write_string(row, column, plain(cell), style)
        else:
            self._sheet.write_number(row, column, float(cell), style)

    def filtered(self) -> None:
        """Let a reader filter the table by each column."""
        if self.next > 4 and self.columns:
            self._sheet.autofilter(2, 0, self.next - 2, len(self.columns) - 1)

    def at(self, column: str, row: int, last: int | None = None) -> str:
        """Return the address of a cell, or of a column from one row to another."""
        letter = xl_col_to_name(self.columns.index(column))
        end = "" if last is None else f":${letter}${last}"
        return f"'{self.name}'!${letter}${row}{end}"

    def block(self, first: str, last: str, top: int, bottom: int) -> str:
        """Return the address of a block of columns and rows."""
        left = xl_col_to_name(self.columns.index(first))
        right = xl_col_to_name(self.columns.index(last))
        return f"'{self.name}'!${left}${top}:${right}${bottom}"

    def widen(self, widths: Sequence[int]) -> None:
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def colour(self, column: str, top: int, bottom: int, good: str) -> None:
        """Show cells green that hold a word, and red those that do not."""
        place = self.columns.index(column)
        for criterion, style in (("==", "good"), ("!=", "bad")):
            rule = {"type": "cell", "criteria": criterion, "value": f'"{good}"'}
            rule["format"] = self.book.styles[style]
            self._sheet.conditional_format(top - 1, place, bottom - 1, place, rule)


class Book:
    """A workbook whose cells stand in files on the disk until it is closed.

    Parameters
    ----------
    path : Path
        Where it is written.
    mark : str
        Words at the foot of every printed sheet.
    """

    def __init__(self, path: Path, mark: str = ""):
        self.mark = mark
        self.file = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self.file.set_properties({"title": "Workbook for the audit", "created": CREATED})
        self.file.set_calc_mode("auto")
        self.styles = {name: self.file.add_format(style) for name, style in STYLES.items()}
        self.checks: list[Check] = []
        self.names: list[str] = []
        self.sheets: list[Sheet] = []
        self._made: dict[tuple[str, str], Any] = {}

    def style(self, kind: str, numbers: str) -> Any:
        """Return the format of a cell: what kind of cell it is, and how its number is shown."""
        if (kind, numbers) == ("", ""):
            return None
        if (kind, numbers) not in self._made:
            own: dict[str, Any] = dict(STYLES.get(kind, {}))
            if numbers:
                own["num_format"] = numbers
            self._made[kind, numbers] = self.file.add_format(own)
        return self._made[kind, numbers]

    def sheet(self, name: str, note: str, columns: Sequence[str]) -> Sheet:
        """Add a sheet."""
        self.sheets.append(Sheet(self, name, note, columns))
        return self.sheets[-1]

    def check(
        self,
        quantity: str,
        formula: str,
        pipeline: float,
        tolerance: float,
        arm: str = "",
        analysis: str = "",
    ) -> None:
        """Note a figure that must equal one of the pipeline."""
        self.checks.append(Check(quantity, arm, analysis, formula, float(pipeline), tolerance))

    def free_name(self, wanted: str) -> str:
        """Return a name of a sheet that is short enough and not taken."""
        name, number = wanted[:LONGEST_NAME], 1
        while name.lower() in self.names:
            number += 1
            end = f" {number}"
            name = wanted[: LONGEST_NAME - len(end)] + end
        self.names.append(name.lower())
        return name

    def close(self) -> None:
        """Write the file, each table with its filters."""
        for sheet in self.sheets:
            sheet.filtered()
        self.file.close()


def digits(cell: Any) -> str:
    """Return how a number is shown: counts whole, amounts to the penny, small ones to 4 digits.

    Examples
    --------
    >>> digits(34402.961), digits(0.7551), digits(166), digits("a")
    ('#,##0.00', '0.0000', '', '')
    """
    value = cell.value if isinstance(cell, Formula) else cell
    if isinstance(value, (str, bool, int)) or _blank(value) or isinstance(value, pd.Timestamp):
        return ""
    amount = abs(float(value))
    if amount == round(amount):
        return ""
    return "#,##0.00" if amount >= 10 else "0.0000"


def plain(text: str) -> str:
    r"""Return text that a spreadsheet can hold: no control characters, and not too long.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text; a control character becomes the replacement character.

    Examples
    --------
    >>> plain("a\x00b") == "a\ufffdb"
    True
    """
    clean = "".join(mark if mark >= " " or mark in "\n\t" else "\ufffd" for mark in text)
    return clean if len(clean) <= LONGEST_TEXT else clean[:LONGEST_TEXT] + " … (cut short)"


def _blank(value: Any) -> bool:
    return value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value))
