"""The way back of any figure: table, draws, model, participants, ledger, raw rows, prices, code."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from trialbalance.audit.trace import deterministic
from trialbalance.audit.trace.locate import Figure, by_cell, by_identifier
from trialbalance.audit.trace.people import kinds_of, model_steps, people_steps
from trialbalance.audit.trace.posterior import Drawn, again, widen
from trialbalance.audit.trace.steps import Step, Trace
from trialbalance.audit.trace.tables import Books
from trialbalance.contracts.catalogue import written_by
from trialbalance.graph.methods import SCRIPTS, stage_digest

# What an arm is worth here depends on every other.
OF_ALL_ARMS = ("acceptability", "expected_loss", "ranks", "information", "preferred", "frontier")
__all__ = ["Books", "Trace", "trace", "trace_cell", "trace_figure"]


def trace(books: Books, wanted: str) -> Trace:
    """Return the way back of the figure with an identifier.

    Parameters
    ----------
    books : Books
        The study.
    wanted : str
        Identifier of the row, a point, and the name of a column.

    Returns
    -------
    Trace
        Steps from the table back to the records.
    """
    return trace_figure(books, by_identifier(books, wanted))


def trace_cell(books: Books, path: Path, cell: str) -> Trace:
    """Return the way back of the figure in a cell of a file, such as E2."""
    return trace_figure(books, by_cell(books, path, cell))


def trace_figure(books: Books, figure: Figure) -> Trace:
    """Return the way back of a figure that was found."""
    there = books.of(figure.scenario, figure.analysis)
    if figure.table in (*written_by("compare_arms"), "scenarios"):
        value, steps = _from_draws(there, figure)
    else:
        value, steps = deterministic.way_back(there, figure)
    field = figure.field()
    return Trace(
        figure.name,
        field.get("description", ""),
        field.get("unit", ""),
        figure.text,
        books.named(figure.path),
        figure.row,
        figure.column,
        value if _is_number(figure.text) else None,
        [*steps, _code_step(books, steps)],
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _from_draws(books: Books, figure: Figure) -> tuple[float | None, list[Step]]:
    """Return a figure made again from its draws, and the way back behind them."""
    path = books.file("decision", "draws")
    draws = books.open(path, "draws")
    settings = books.settings("decision")["decision"]
    row, value = figure.cells, None
    if figure.table == "arms" and figure.column == "n":
        dataset = books.table("dataset", "dataset")
        value = None if dataset is None else float((dataset["arm"] == row["arm"]).sum())
    elif _is_number(figure.text):
        wide = books.once(("wide",), lambda: widen(draws))
        drawn = Drawn(wide, row, settings["interval"])
        value = again(figure.table, figure.column, drawn)
    arms = _arms(figure, books.facts["arms"])
    words = f"{draws['draw'].max():,} draws of mean cost and mean effect of {', '.join(arms)}"
    steps = [Step("decision", words, books.named(path))]
    return value, [*steps, *_behind_draws(books, figure.column, arms)]


def _arms(figure: Figure, every: Iterable[str]) -> list[str]:
    """Return the arms on which a figure of a decision rests."""
    named = [figure.cells.get("arm"), figure.cells.get("comparator")]
    known = [arm for arm in named if arm is not None and pd.notna(arm)]
    return list(every) if figure.table in OF_ALL_ARMS or not known else known


def _behind_draws(books: Books, column: str, arms: list[str]) -> list[Step]:
    """Return the steps from a posterior back to the records."""
    dataset = books.table("dataset", "dataset")
    if dataset is None:
        found = books.raw("draws_given")
        where = books.named(found[0]) if found else ""
        return [Step("data", "draws handed over: the model is another program's", where)]
    return [*model_steps(books), *people_steps(books, arms, kinds_of(column))]


def _code_step(books: Books, steps: list[Step]) -> Step:
    """Return the digests of the code of every stage on the way."""
    stages = [stage for stage in SCRIPTS if stage in {step.stage for step in steps}]
    digests = [
        f"{stage} {books.once(('code', stage), partial(stage_digest, stage))}" for stage in stages
    ]
    return Step("code", f"digests of script and library: {', '.join(digests)}")
