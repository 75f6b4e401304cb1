"""The workbook of a release: tables as released, differences and net benefit as live formulas."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.audit.workbook.sheets import Book, Formula, Sheet, Shown
from trialbalance.disclosure.edition import Edition

PASTED = ("prices", "observed_case", "consequences", "trial_balance")
NOTE = "RELEASE EDITION: no sheet has a row for each participant; the numbers are those released."
EXEMPT = "RELEASE EDITION of a wholly simulated study: nothing is held back, nothing is rounded."


def write_released_workbook(path: Path, edition: Edition, settings: dict[str, Any]) -> None:
    """Write the workbook of a release, whole or not at all.

    Parameters
    ----------
    path : Path
        The file, ending in ``.xlsx``.
    edition : Edition
        Tables as they leave.
    settings : dict
        Settled settings of the base case.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.{os.getpid()}.xlsx")
    try:
        book = Book(part)
        first = book.sheet("About", settings["study"]["title"], ["held back", "why"])
        exempt = settings["study"]["synthetic"] and edition.section["exempt_simulated"]
        first.row([EXEMPT if exempt else NOTE])
        rules = edition.suppressed()["rule"].value_counts().sort_index()
        for rule, count in rules.items():
            first.row([int(count), rule])
        for analysis, chosen in settings["analyses"].items():
            _write_analysis(book, edition, analysis, chosen, settings["study"]["comparator"])
        for file, table in edition.tables.items():
            if table.contract["name"] in PASTED:
                _paste(book, file, table.after)
        book.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _paste(book: Book, file: str, frame: pd.DataFrame) -> None:
    """Write a table as it leaves."""
    sheet = book.sheet(Path(file).stem, f"As in {file}; blank: held back.", list(frame))
    for row in frame.itertuples(index=False, name=None):
        sheet.row([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return str(value) if isinstance(value, bool) else value


def _write_analysis(
    book: Book, edition: Edition, name: str, chosen: dict[str, Any], comparator: str
) -> None:
    """Write the arms of an analysis, and what follows from them as formulas."""
    table = edition.tables.get(f"base/60_decision/{name}/arms.csv")
    if table is None:
        return
    columns = ["arm", "n", "cost", "effect", "extra cost", "extra effect", "at", "net benefit"]
    sheet = book.sheet(name, f"Outcome {chosen['outcome']}; yellow may be changed.", columns)
    arms = [str(arm) for arm in table.after["arm"]]
    for row in table.after.itertuples():
        _write_arm(sheet, row, 4 + arms.index(comparator))


def _write_arm(sheet: Sheet, row: Any, other: int) -> None:
    """Write one arm, and its difference from the comparator, whose row is given."""
    cells = [row.arm, *(_cell(value) for value in (row.n, row.cost, row.effect))]
    here = sheet.next
    if other != here and pd.notna(row.cost) and pd.notna(row.effect):
        for kind in ("cost", "effect"):
            cells.append(Formula(f"={sheet.at(kind, here)}-{sheet.at(kind, other)}", ""))
        gain, spent = sheet.at("extra effect", here), sheet.at("extra cost", here)
        cells.append(Shown(20_000, "input"))
        cells.append(Formula(f"={sheet.at('at', here)}*{gain}-{spent}", ""))
    sheet.row(cells)
