"""The way back of an effect: pieces of curves, scores at visits, and the answers behind them."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from trialbalance.audit.trace.costs import as_rows, export_steps
from trialbalance.audit.trace.steps import KEPT, Row, Step
from trialbalance.audit.trace.tables import Books


def counted_pieces(books: Books, people: Iterable[str], outcome: str) -> pd.DataFrame:
    """Return the pieces that make an outcome of some participants, indexed by their row."""
    working = books.table("outcomes", "outcome_working")
    return working[working["participant_id"].isin(set(people)) & (working["outcome"] == outcome)]


def effect_steps(books: Books, pieces: pd.DataFrame, outcome: str) -> list[Step]:
    """Return the steps from pieces of curves back to answers.

    Parameters
    ----------
    books : Books
        The study.
    pieces : pandas.DataFrame
        Rows of outcome_working.
    outcome : str
        Name of the outcome.

    Returns
    -------
    list of Step
        Pieces, scores, answers or measures as recorded, value set.
    """
    name = books.named(books.file("outcomes", "outcome_working"))
    rows = tuple(
        Row(name, int(row), _piece_in_words(piece))
        for row, piece in zip(pieces.index[:KEPT], pieces.head(KEPT).itertuples(), strict=True)
    )
    people = pieces["participant_id"].nunique()
    words = f"{len(pieces):,} pieces of the curves of {people:,} participants, areas added up"
    steps = [Step("outcomes", words, name, True, rows, len(pieces))]
    effect = books.settings("outcomes")["outcomes"]["effects"].get(outcome, {})
    if effect.get("measure"):
        steps += _measure_steps(books, set(pieces["participant_id"]), effect["measure"])
    return steps


def _piece_in_words(piece: Any) -> str:
    if piece.basis == "event":
        return f"{piece.participant_id}, {piece.outcome}: {piece.area:.10g}"
    span = f"{piece.start_years:.10g} to {piece.end_years:.10g} years"
    ends = f"{piece.start_value:.10g} to {piece.end_value:.10g}"
    return (
        f"{piece.participant_id}, {span}: mean of {ends} x length x {piece.discount:.10g} = "
        f"{piece.area:.10g} ({piece.basis})"
    )


def _measure_steps(books: Books, people: set[str], measure: str) -> list[Step]:
    """Return scores at visits, and the raw rows and value set behind them."""
    table = books.table("outcomes", "measures")
    scores = table[table["participant_id"].isin(people) & (table["measure"] == measure)]
    name = books.named(books.file("outcomes", "measures"))
    rows = tuple(
        Row(name, int(row), f"{one.participant_id}, {one.visit}: {_number(one.value)}")
        for row, one in zip(scores.index[:KEPT], scores.head(KEPT).itertuples(), strict=True)
    )
    steps = [
        Step(
            "outcomes",
            f"{len(scores):,} scores of {measure} at visits",
            name,
            True,
            rows,
            len(scores),
        )
    ]
    tools = books.settings("outcomes")["outcomes"]["instruments"]
    tool = next((word for word, one in tools.items() if one.get("measure") == measure), None)
    table, key, value = (
        ("responses", "instrument", tool)
        if tool
        else (
            "measures_given",
            "measure",
            measure,
        )
    )
    found = books.raw(table)
    if found is not None:
        path, frame = found
        mine = frame[frame["participant_id"].isin(people) & (frame[key] == value)]
        words = f"{len(mine):,} rows of {path.name} as recorded"
        below = books.named(path)
        steps.append(Step("data", words, below, True, tuple(as_rows(below, mine)), len(mine)))
        steps += export_steps(books, table, mine)
    if tool and tools[tool]["kind"] == "value_set":
        steps.append(Step("outcomes", f"value set {tools[tool]['value_set']}"))
    return steps


def _number(value: float) -> str:
    return "blank" if pd.isna(value) else f"{value:.10g}"
