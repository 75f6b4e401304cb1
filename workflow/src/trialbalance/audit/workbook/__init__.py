"""The workbook that a reviewer opens first: the books as formulas that refer to one another."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.audit.workbook.analyses import Analysis, Cells, write_analyses, write_posterior
from trialbalance.audit.workbook.bridge import write_bridge
from trialbalance.audit.workbook.costs import Costs, write_costs
from trialbalance.audit.workbook.effects import Effects, write_effects
from trialbalance.audit.workbook.sheets import Book, Check, Formula, Sheet, Shown
from trialbalance.disclosure.edition import edition_mark

AGREES = "agrees"
WAITING = "not calculated yet"
NOTES = (
    "Every yellow cell may be changed; the sheets after it follow. Grey cells are pasted.",
    "Green: the workbook gives the figure of the pipeline. After a change the figures that it "
    "moves turn red: that is the change at work, not a fault.",
    "Until a program has calculated it, a cell shows the value that the pipeline expects and a "
    "verdict says that it is not calculated yet: Ctrl+Alt+F9 in Excel, Ctrl+Shift+F9 in "
    "LibreOffice.",
)
READING = (
    "A figure of page one: sheet Bridge, from the model back to what was seen; sheet Increments, "
    "each mean and adjusted difference; sheets Data, each participant.",
    "A cost: sheets Prices, Ledger, Participant costs, in this order; each cell names the cells "
    "that it is made of.",
)
COLUMNS = [
    *("figure", "arm", "analysis", "workbook", "pipeline", "difference", "allowed", "verdict"),
]


def write_workbook(
    path: Path,
    tables: dict[str, pd.DataFrame],
    analyses: dict[str, dict[str, pd.DataFrame]],
    observed: pd.DataFrame,
    settings: dict[str, Any],
) -> None:
    """Write the workbook, whole or not at all.

    Parameters
    ----------
    path : Path
        The file, ending in ``.xlsx``.
    tables : dict of pandas.DataFrame
        Tables of the stages data, costs and outcomes, by name; those that the study's door passes
        by are missing, and the sheets with them.
    analyses : dict
        Analysis -> its tables dataset, arms, incremental and, where asked for, missing_scenarios.
    observed : pandas.DataFrame
        Observed-case means and differences as the pipeline has them.
    settings : dict
        Settled settings of the base case.

    Notes
    -----
    Text is written as text, never as a formula, and no formula holds a text of the study but names
    of arms and visits, whose letters the settings restrict.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}.xlsx")
    try:
        _write(
            Book(part, edition_mark(settings["study"]["synthetic"], None)),
            tables,
            analyses,
            observed,
            settings,
        )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(book: Book, tables: dict, analyses: dict, observed: pd.DataFrame, settings: dict):
    cover = book.sheet("Read me", settings["study"]["title"], ["sheet", "what stands on it"])
    first = book.sheet("Checks", "Each figure made again here, beside the pipeline's.", COLUMNS)
    costs = write_costs(book, tables, settings) if "ledger" in tables else Costs({}, 0)
    effects = write_effects(book, tables, settings) if "outcomes" in tables else None
    named = [
        Analysis(name, chosen["outcome"], chosen["perspective"], analyses[name])
        for name, chosen in settings["analyses"].items()
    ]
    if all("dataset" in analysis.tables for analysis in named):
        cells = Cells(
            costs.totals,
            effects.outcomes if effects else {},
            _baseline_cells(effects, settings["study"]["visits"]) if effects else {},
        )
        live = write_analyses(book, named, observed, settings, cells)
        write_bridge(book, analyses, observed, live, write_posterior(book, named))
    else:
        write_posterior(book, named)
    notes = _notes(costs, effects, settings)
    _write_checks(first, book.checks, notes)
    _write_cover(cover, notes)
    book.close()


def _baseline_cells(effects: Effects, visits: dict[str, float]) -> dict[tuple[str, str], str]:
    """Return where the measures of the first visit stand, by participant and measure."""
    baseline = min(visits, key=visits.__getitem__) if visits else None
    return {
        (who, measure): cell
        for (who, measure, visit), cell in effects.scores.cells.items()
        if visit == baseline
    }


def _notes(costs: Costs, effects: Effects | None, settings: dict) -> list[str]:
    """Return what a reader has to know before trusting a cell."""
    notes = list(NOTES)
    if settings["study"]["synthetic"]:
        notes.append("The records are simulated: no person's data are in here.")
    else:
        notes.append(
            "RESTRICTED: this workbook holds a row for each participant; what may be handed out is "
            "release/audit/audit.xlsx."
        )
    if costs.left_out:
        notes.append(
            f"The ledger is longer than a workbook holds: the lines of {costs.left_out:,} "
            "participants, chosen at random, are left out and their costs pasted. A changed price "
            "moves the others only."
        )
    if effects and effects.pasted:
        notes.append(f"{effects.pasted:,} pieces of curves are pasted: see sheet Areas.")
    return notes


def _write_cover(cover: Sheet, notes: list[str]) -> None:
    """Write the first sheet: what each sheet holds, in reading order, and how to read it."""
    for sheet in cover.book.sheets[1:]:
        cover.row([Shown(sheet.name, "strong"), sheet.note])
    cover.widen([30, 120])
    cover.row([])
    cover.row([Shown("How to read it", "strong")])
    for line in (*READING, *notes):
        cover.row([None, line])


def _write_checks(sheet: Sheet, checks: list[Check], notes: list[str]) -> None:
    """Write the first sheet: each figure of the workbook beside the pipeline's."""
    top = sheet.next
    for check in checks:
        row = sheet.next
        here, there = sheet.at("workbook", row), sheet.at("pipeline", row)
        apart = sheet.at("difference", row)
        close = f"AND(ISNUMBER({here}),ABS({apart})<={sheet.at('allowed', row)})"
        sheet.row(
            [
                *(check.quantity, check.arm, check.analysis),
                Formula(check.formula, check.pipeline),
                check.pipeline,
                Formula(f"=IFERROR({here}-{there},1E+99)", WAITING),
                check.tolerance,
                Formula(f'=IF({close},"{AGREES}","differs")', WAITING),
            ]
        )
    sheet.widen([44, 16, 18, 18, 18, 14, 10, 18])
    if checks:
        sheet.colour("verdict", top, sheet.next - 1, AGREES)
        verdicts = sheet.at("verdict", top, sheet.next - 1)
        whole = f'=IF(COUNTIF({verdicts},"{AGREES}")={len(checks)},"{AGREES}","differs")'
        row = sheet.row(["all figures", *[None] * 6, Formula(whole, WAITING)])
        sheet.colour("verdict", row, row, AGREES)
    sheet.row([])
    for note in notes:
        sheet.row([note])
