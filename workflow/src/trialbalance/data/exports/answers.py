"""The answers that a column holds: recoded, dated, in the unit asked for, blanks with a reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.checks.keys import show
from trialbalance.contracts.checks.parsing import as_days, is_day_number
from trialbalance.contracts.spelling import did_you_mean, quoted_list
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.tally import Tally

BLANK = "blank"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][\d:.]+Z?)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,.]\d{3})+([,.]\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass
class Import:
    """An import under way: what it reads, what it counts, and what it finds wrong.

    Parameters
    ----------
    mapping : dict
        The mapping, every default filled in.
    exports : dict of Export
        By name.
    study : dict
        Section ``study``.
    covariates : dict
        Section ``data.covariates``.
    """

    mapping: dict[str, Any]
    exports: dict[str, Export]
    study: dict[str, Any]
    covariates: dict[str, Any] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    wrong: list[Finding] = field(default_factory=list)

    def has_column(self, export: Export, column: str) -> bool:
        """Return whether an export has a column, its use counted; else say that it has none."""
        if column in export.cells:
            self.tally.columns[export.name].add(column)
            return True
        known = list(export.cells)
        remedy = did_you_mean(column, known, "correct the mapping", 0.7)
        allowed = quoted_list(known, 8)
        self._say(Finding(export.file, None, column, "no such column", allowed, remedy))
        return False

    def cells_at_fault(
        self,
        export: Export,
        column: str,
        cells: pd.Series,
        allowed: str,
        remedy: str,
        beside: Callable[[str], str] = lambda cell: "",
    ) -> None:
        """Say of the first of some cells that it cannot be, and how many others cannot either.

        ``beside`` says what else is told of a cell.
        """
        if len(cells):
            row, more = int(cells.index[0]), len(cells) - 1
            first = cells.iloc[0]
            found = (show(first) if first else "a blank") + beside(first)
            self._say(Finding(export.file, row, column, found, allowed, remedy, more))

    def no_such_value(self, export: Export, column: str, wanted: list[str]) -> None:
        """Say that no row has what a setting chooses rows by, and what the column holds."""
        held = list(dict.fromkeys(value for value in export.cells[column] if value))
        found = f"no row with {quoted_list(wanted, 3)}"
        remedy = did_you_mean(wanted[0], held, "correct rows or at of the mapping", 0.7)
        self._say(Finding(export.file, None, column, found, quoted_list(held, 8), remedy))

    def _say(self, finding: Finding) -> None:
        if finding not in self.wrong:
            self.wrong.append(finding)


def read_answers(
    job: Import, export: Export, rows: pd.Index, source: dict, mark: str = "", kind: str = "word"
) -> pd.DataFrame:
    """Return what a source says in some rows.

    Parameters
    ----------
    job : Import
        The import; mistakes go to it.
    export : Export
        The export that holds the column.
    rows : pandas.Index
        Rows asked for.
    source : dict
        A source of the mapping.
    mark : str
        What stands for {} in the name of the column.
    kind : {"word", "number", "date"}
        What the answers are.

    Returns
    -------
    pandas.DataFrame
        ``text`` and ``reason``; where text is blank the reason is blank, not_answered or not_asked.

    Examples
    --------
    >>> export = Export("main", "a.csv", pd.DataFrame({"gp_6": ["2", "-9", ""]}, index=[2, 3, 4]))
    >>> job = Import({"exports": {"main": {"missing": {"-9": "not_asked"}}}}, {"main": export}, {})
    >>> source = {"column": "gp_{}", "value": None, "missing": {}, "recode": {}, "times": 2.0}
    >>> read_answers(job, export, export.cells.index, source, "6", "number").to_dict("list")
    {'text': ['4', '', ''], 'reason': ['', 'not_asked', 'blank']}
    """
    if source["column"] is None:
        return pd.DataFrame({"text": source["value"], "reason": ""}, index=rows, dtype="str")
    column = source["column"].replace("{}", mark)
    if not job.has_column(export, column):
        return pd.DataFrame({"text": "", "reason": BLANK}, index=rows, dtype="str")
    cells = export.cells.loc[rows, column]
    codes = _codes(job, export, column, cells, source)
    reason = cells.map(lambda cell: codes.get(cell, "")).astype("str").where(cells != "", BLANK)
    kept = cells[reason == ""]
    text = pd.Series("", index=rows, dtype="object")
    text[kept.index] = _read(job, export, column, kept, source, kind)
    return pd.DataFrame({"text": text.astype("str"), "reason": reason.astype("str")})


def _codes(job: Import, export: Export, column: str, cells: pd.Series, source: dict) -> dict:
    """Return code -> reason, and say which codes the file marks as missing without one."""
    told = job.mapping["exports"][export.name]["missing"] | source["missing"]
    marked = export.missing.get(column, {})
    open_codes = [code for code in marked if code not in told and code not in source["recode"]]
    for code in open_codes:
        label = f" ({marked[code]})" if marked[code] else ""
        rows = cells[cells == code]
        remedy = f"say missing: {{'{code}': not_answered}} or not_asked in the mapping"
        allowed = f"a reason for the code{label} that the file marks as missing"
        job.cells_at_fault(export, column, rows, allowed, remedy)
    return told | dict.fromkeys(open_codes, "not_answered")


def _read(
    job: Import, export: Export, column: str, cells: pd.Series, source: dict, kind: str
) -> pd.Series:
    """Return cells that hold an answer as it will stand in a table."""
    if source["recode"]:
        cells = _recoded(job, export, column, cells, source["recode"])
    if kind == "number":
        return _numbers(job, export, column, cells, source["times"])
    if kind == "date":
        return _days(job, export, column, cells, source["dates"])
    return cells


def _recoded(job: Import, export: Export, column: str, cells: pd.Series, recode: dict) -> pd.Series:
    """Return cells by their code, or by the label that the export gives their code."""
    labels = export.codes.get(column, {})
    words = {cell: recode.get(cell, recode.get(labels.get(cell))) for cell in cells.unique()}
    lost = cells[cells.map(lambda cell: words[cell] is None).astype(bool)]
    remedy = "add it to recode, or to missing with its reason"
    job.cells_at_fault(export, column, lost, quoted_list(recode, 8), remedy)
    return cells.map(lambda cell: words[cell] or "").astype("str")


def _numbers(job: Import, export: Export, column: str, cells: pd.Series, times: float) -> pd.Series:
    """Return cells as numbers in the unit asked for."""
    other = "." if export.decimal == "," else ","
    plain = cells.str.replace(",", ".", regex=False) if export.decimal == "," else cells
    # Where the comma is the decimal sign, a point separates thousands and is none itself.
    right = plain.map(lambda cell: bool(_NUMBER.fullmatch(cell))).astype(bool)
    right &= ~cells.str.contains(other, regex=False).astype(bool)
    wrong = cells[~right]
    remedy = "correct it, or name it under missing with its reason"
    if wrong.map(lambda cell: bool(_THOUSANDS.fullmatch(cell))).any():
        remedy = f"take the separator out of thousands; if {other!r} is the decimal sign, say so "
        remedy += f"under exports.{export.name}"
    elif export.decimal == "." and wrong.str.fullmatch(r"-?\d+,\d+").any():
        remedy = f"say decimal: ',' under exports.{export.name}, or correct it"
    job.cells_at_fault(export, column, wrong, "a number", remedy)
    # Fifteen digits, so that a product of several is rounded once, at its end.
    return plain.where(right, "").map(
        lambda cell: f"{float(cell) * times + 0.0:.15g}" if cell else ""
    )


def _days(job: Import, export: Export, column: str, cells: pd.Series, formats: list) -> pd.Series:
    """Return cells as days, 2021-03-31, by the formats told."""
    days = pd.Series("", index=cells.index, dtype="object")
    double = pd.Series(False, index=cells.index)
    for word in formats or [None]:
        found = _day_cells(cells, word)
        double |= (days != "") & (found != "") & (days != found)
        days = days.where(days != "", found)
    allowed = f"dates written {' or '.join(formats)}" if formats else "dates written 2021-03-31"
    remedy = "say dates with its format in the mapping, or correct it"
    numbers = (days == "") & cells.map(is_day_number).astype(bool)
    told = "format it as a date in the program that wrote it"
    job.cells_at_fault(export, column, cells[numbers], allowed, told, as_days)
    job.cells_at_fault(export, column, cells[(days == "") & ~numbers], allowed, remedy)
    words = f"one day, not two by {' and '.join(formats)}"
    job.cells_at_fault(export, column, cells[double], words, "keep one format")
    return days


def _day_cells(cells: pd.Series, word: str | None) -> pd.Series:
    """Return cells that follow a format as days, others blank."""
    if word is None:
        cells = cells.map(lambda cell: ((m := _DAY.fullmatch(cell)) and m[1]) or "")
    if word is not None and "%z" in word:
        # The day where it was written: a zone moves no date.
        return cells.map(lambda cell: _written_day(cell, word)).astype("object")
    found = pd.to_datetime(cells, format=word or "%Y-%m-%d", errors="coerce")
    return found.dt.strftime("%Y-%m-%d").astype("object").fillna("")


def _written_day(cell: str, word: str) -> str:
    """Return the day of a moment with its zone; blank where it is written otherwise."""
    try:
        return f"{datetime.strptime(cell, word):%Y-%m-%d}"
    except ValueError:
        return ""
