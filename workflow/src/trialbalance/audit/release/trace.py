"""The trace of a release: it ends at aggregates, and its figures are those released."""

from typing import Any

import pandas as pd

from trialbalance.disclosure.edition import Edition

# Stages whose steps tell of methods and models; those before tell how many were counted.
TOLD = ("synthesis", "decision", "model", "code")
END = {
    "stage": "dataset",
    "what": "the way back ends here: what was recorded stays in the restricted edition",
    "file": "",
    "people": False,
    "total": 0,
}


def released_trace(page: dict[str, Any], edition: Edition) -> dict[str, Any]:
    """Return the trace of the figures that a release shows, up to the models behind them.

    Parameters
    ----------
    page : dict
        The restricted trace, as ``page_traces`` makes it.
    edition : Edition
        Tables as they leave.

    Returns
    -------
    dict
        As ``page``; a figure held back is missing, the others have their released value, and none
        is made again from what did not leave.
    """
    figures, used = {}, {}
    for name, figure in page["figures"].items():
        value = _released(figure, edition)
        if value is None:
            continue
        steps = [n for n in figure["steps"] if _told(page["steps"][n])]
        numbers = [used.setdefault(number, len(used)) for number in steps]
        figures[name] = figure | {"value": value, "again": None, "equal": None, "steps": numbers}
    end = len(used)
    for figure in figures.values():
        figure["steps"].append(end)
    kept = [page["steps"][number] for number in used]
    return {"study": page["study"], "steps": [*kept, END], "figures": figures}


def _told(step: dict[str, Any]) -> bool:
    return step["stage"] in TOLD and not step["people"]


def _released(figure: dict[str, Any], edition: Edition) -> str | None:
    """Return the value of a figure in the release; None where it is not there."""
    table = edition.tables.get(figure["file"])
    if table is None or figure["column"] not in table.after:
        return None
    value = table.after[figure["column"]].iloc[figure["row"] - 2]
    return None if pd.isna(value) else f"{value:.10g}"
