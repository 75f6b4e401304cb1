"""The bridge to page one: from the means of those seen to the model, each step a live reference."""

from typing import Any

import pandas as pd

from trialbalance.audit.workbook.sheets import Book, Formula, Shown
from trialbalance.synthesis.bridge import ADJUSTED, MODELLED, SEEN, bridge

HEADER = [
    *("analysis", "difference in", "arm", "step", "people", "estimate", "lower", "upper"),
    *("moved from the step before", "where it comes from"),
]
Cells = dict[tuple[str, str, str], str]
WHERE = {
    SEEN: "live: difference of the means of those seen, sheet Increments",
    ADJUSTED: "live: least squares on arm and covariates, sheet Increments",
    MODELLED: "page one of the report; sheet Posterior incremental, pasted",
}


def write_bridge(
    book: Book,
    analyses: dict[str, dict[str, pd.DataFrame]],
    observed: pd.DataFrame,
    live: Cells,
    pasted: Cells,
) -> None:
    """Write the steps of every difference, cost and effect of each analysis.

    Parameters
    ----------
    book : Book
        The workbook.
    analyses : dict
        Analysis -> its tables ``incremental`` and, where it has one, ``missing_scenarios``.
    observed : pandas.DataFrame
        Table ``observed_case``.
    live, pasted : dict
        (analysis, arm, column of ``observed_case`` or ``incremental``) -> address of the figure.
    """
    sheet = book.sheet(
        "Bridge",
        "From what was seen to page one of the report, step by step; a changed price moves what "
        "is seen and adjusted, not what is pasted.",
        HEADER,
    )
    sheet.widen([20, 14, 16, 12, 10, 14, 14, 14, 18, 60])
    for name, tables in analyses.items():
        own = observed[observed["analysis"] == name]
        increments = tables["incremental"]
        for part in ("cost", "effect"):
            for arm in increments["arm"]:
                steps = bridge(part, arm, own, increments, tables.get("missing_scenarios"))
                before: tuple[str, float] | None = None
                for step in steps.to_dict("records"):
                    cells = {SEEN: live, ADJUSTED: live, MODELLED: pasted}.get(step["step"], {})
                    address = cells.get((name, arm, step["column"]))
                    before = _write_step(sheet, [name, part, arm], step, address, before)


def _write_step(
    sheet: Any, head: list[str], step: dict[str, Any], address: str | None, before: Any
) -> tuple[str, float]:
    """Write one step; return the address of its estimate, and the estimate."""
    here = sheet.at("estimate", sheet.next)
    ends = [step["lower"], step["upper"]]
    where = WHERE.get(step["step"]) or f"pasted: case {step['scenario']} of missing_scenarios"
    value = step["estimate"]
    sheet.row(
        [
            *(*head, step["step"], step["participants"]),
            Formula(f"={address}", value) if address else Shown(value, "pasted"),
            *(Shown(end, "pasted") if pd.notna(end) else None for end in ends),
            Formula(f"={here}-{before[0]}", value - before[1]) if before else None,
            where,
        ]
    )
    return here, value
