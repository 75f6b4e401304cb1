"""The traces that a page carries: every figure it prints, and each step once."""

from functools import partial
from typing import Any

import pandas as pd

from trialbalance.audit.trace import trace_figure
from trialbalance.audit.trace.locate import Figure, open_figures
from trialbalance.audit.trace.tables import Books, table_at

PRINTED = (
    *("arms", "incremental", "net_benefit", "acceptability", "observed_case", "scenarios"),
    *("information", "expected_loss", "endpoints", "prices"),
)


def page_traces(books: Books, people: bool = True) -> dict[str, Any]:
    """Return the way back of every figure that a report prints.

    Parameters
    ----------
    books : Books
        The study.
    people : bool
        Whether steps that speak of single participants are in; the release edition has none.

    Returns
    -------
    dict
        ``steps``: list of stage, what, file, people, total; ``figures``: identifier -> value,
        meaning, unit, file, row, column, again, equal and the numbers of its steps. No step holds
        the rows of participants, only how many there are.

    Notes
    -----
    Curves are traced at the marked thresholds only; any other point can be asked for by its
    identifier.
    """
    steps: dict[str, int] = {}
    kept: list[dict[str, Any]] = []
    figures = {}
    for figure in _printed(books):
        told = trace_figure(books, figure).told(people)
        numbers = []
        for step in told.pop("steps"):
            key = repr(step)
            if key not in steps:
                steps[key] = len(kept)
                kept.append(step)
            numbers.append(steps[key])
        figures[told.pop("figure")] = told | {"steps": numbers}
    return {"study": books.study.name, "steps": kept, "figures": figures}


def _printed(books: Books) -> list[Figure]:
    """Return every number of the tables that a report prints."""
    found = []
    for path, scenario, analysis in books.figures().values():
        table = table_at(path)
        if table not in PRINTED or (scenario != "base" and table != "scenarios"):
            continue
        marked = None if analysis is None else _marked(books.of(scenario, analysis))
        wanted = partial(_is_printed, marked)
        found += open_figures(books, path, scenario, analysis, wanted)
    return found


def _is_printed(marked: set[float] | None, row: pd.Series) -> bool:
    """Return whether a row stands at no threshold, or at a marked one."""
    at = row.get("threshold")
    return marked is None or at is None or pd.isna(at) or float(at) in marked


def _marked(books: Books) -> set[float]:
    """Return the marked thresholds of an analysis."""
    settings = books.settings("decision")
    chosen = settings["decision"]["thresholds"][settings["analysis"]["outcome"]]
    return {float(one) for one in chosen["marked"]}
