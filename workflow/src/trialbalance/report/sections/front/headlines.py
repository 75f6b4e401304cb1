"""What a study puts first: its own sentences, every number in them taken from a cell of a table."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.text.markup import Markdown, box, bullets, escape, joined, prose
from trialbalance.report.text.numbers import BLANK, general, missing, number, percent


def cell_words(facts: Facts, cell: Mapping[str, Any]) -> str:
    """Return one number of a headline as it is printed; a dash where the tables lack it.

    Parameters
    ----------
    facts : Facts
        The study.
    cell : mapping
        ``table``, ``where`` (column -> value, blank for a blank cell), ``column`` (silent: rows
        are counted) and ``form``.

    Returns
    -------
    str
        The number, with its figure where the trace knows it.
    """
    frame = facts.table(str(cell["table"]))
    if frame is None:
        return BLANK
    for column, value in (cell.get("where") or {}).items():
        if column not in frame:
            return BLANK
        own = frame[column].astype("object")
        words = own.where(own.notna(), "").map(_plain)
        frame = frame[words == _plain(value)]
    if not cell.get("column"):
        return number(len(frame))
    if len(frame) != 1 or cell["column"] not in frame:
        return BLANK
    row = frame.iloc[0]
    return traced(facts, _formed(facts, row[cell["column"]], cell), row, str(cell["column"]))


def _plain(value: object) -> str:
    """Return a value as a study file would write it."""
    return str(value).lower() if str(value) in ("True", "False") else str(value)


def _formed(facts: Facts, value: float, cell: Mapping[str, Any]) -> str:
    """Return a value in the form asked for."""
    if missing(value):
        return BLANK
    forms = {
        "percent": lambda: percent(value),
        "count": lambda: number(value),
        "money": lambda: facts.cash(value),
        "ratio": lambda: number(value, 2),
        "number": lambda: general(value),
    }
    return forms[str(cell.get("form") or "number")]()


def sentence(facts: Facts, headline: Mapping[str, Any]) -> str:
    r"""Return one headline, blank where a number of it is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"id": ["a"], "reproduced": [0.352]})
    >>> cells = {"x": {"table": "reproduction", "where": {"id": "a"}, "column": "reproduced",
    ...     "form": "percent"}}
    >>> sentence(Facts({"reproduction": frame}, {}), {"sentence": "{x} did.", "cells": cells})
    '35% did\\.'
    """
    cells = {name: cell_words(facts, one) for name, one in (headline.get("cells") or {}).items()}
    if BLANK in cells.values():
        return ""
    parts, text = [], str(headline["sentence"])
    for piece in _pieces(text):
        parts.append(escape(cells[piece[1:-1]]) if piece[1:-1] in cells else escape(piece))
    source = headline.get("source")
    cited = prose("*({source})*", source=source) if source else ""
    return joined([Markdown("".join(_spaced(text, parts))), cited])


def _pieces(text: str) -> list[str]:
    """Return a sentence cut at its braces, the braces with their words kept."""
    found, rest = [], text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        found += [before, f"{{{name}}}"]
    return [*found, rest]


def _spaced(text: str, parts: list[str]) -> list[str]:
    """Return the parts with the spaces at their ends, which escaping takes away."""
    out = []
    for piece, part in zip(_pieces(text), parts, strict=True):
        edge = "" if piece.startswith("{") else piece
        lead = " " if edge[:1].isspace() else ""
        tail = " " if edge[-1:].isspace() and edge.strip() else ""
        out.append(f"{lead}{part}{tail}")
    return out


def headlines(facts: Facts) -> list[str]:
    """Return the headlines of a study whose numbers are all there."""
    given = facts.part("report").get("headlines") or []
    return [words for one in given if (words := sentence(facts, one))]


def headline_box(facts: Facts) -> str:
    """Return the finding of a described study: the first headline large, the others below it."""
    first, *more = headlines(facts) or [""]
    if not first:
        return ""
    return "\n\n".join(part for part in (box("lead", first), bullets(more)) if part)
