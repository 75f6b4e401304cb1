"""Numbers that know where they come from: the figure behind each, and its way back on the page."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.report.facts.facts import Facts, sources
from trialbalance.report.text.markup import Markdown, escape
from trialbalance.report.text.numbers import BLANK, span

MARK = re.compile(r'data-figure="([^"]+)"')
KEPT = ("meaning", "unit", "value", "file", "row", "column", "again", "equal", "steps")


def origins(inputs: Mapping[str, str], study: str) -> dict[str, Any]:
    """Return where the inputs of a report come from: ``files`` by name, and ``trace`` if any."""
    path = inputs.get("trace")
    trace = json.loads(Path(str(path)).read_text("utf-8")) if path else None
    return {"files": sources(inputs, study), "trace": trace}


def numbered(tables: Mapping[str, Any], trace: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the tables with the identifiers of their rows, as they were written with.

    Parameters
    ----------
    tables : mapping
        Tables of a study, and ``analyses``.
    trace : mapping or None
        Traces of the study: ``figures``, identifier -> way back; without it nothing is marked.

    Returns
    -------
    dict
        The same tables; those whose rows the trace knows have a column ``figure``.
    """
    if not trace:
        return dict(tables)
    rows = {name.rpartition(".")[0] for name in trace["figures"]}
    analyses = {
        analysis: {
            name: _with_rows(frame, name, (f"base/{analysis}",), rows)
            for name, frame in own.items()
        }
        for analysis, own in (tables.get("analyses") or {}).items()
    }
    shared = {
        name: _with_rows(frame, name, ("base", ""), rows)
        for name, frame in tables.items()
        if name != "analyses"
    }
    return {**shared, "analyses": analyses}


def _with_rows(frame: Any, name: str, places: tuple[str, ...], rows: set[str]) -> Any:
    """Return a table with the identifiers of its rows, if any of them was traced."""
    contract = contracts.schema(name) if name in contracts.tables() else {}
    if not isinstance(frame, pd.DataFrame) or not set(contract.get("figures") or ()) <= set(frame):
        return frame
    for place in places if contract.get("figures") else ():
        names = contracts.row_identifiers(frame, contract, place)
        if rows.intersection(names):
            return frame.assign(figure=names)
    return frame


def traced(facts: Facts, text: str, row: Mapping[str, Any], column: str) -> str:
    """Return a number as it is printed, marked with its figure where the trace knows it.

    Parameters
    ----------
    facts : Facts
        The study; its context holds ``trace``.
    text : str
        The number in words.
    row : mapping
        Row of a table, with ``figure`` where its rows are known.
    column : str
        Column of the number.

    Returns
    -------
    str
        Markdown with the identifier; the text alone where nothing is known.
    """
    name = f"{row.get('figure')}.{column}"
    if text == BLANK or name not in (facts.context.get("trace") or {}).get("figures", ()):
        return text
    return Markdown(f'[{escape(text)}]{{.number figure="{name}"}}')


def traced_span(facts: Facts, texts: list[str], row: Mapping[str, Any], columns: list[str]) -> str:
    """Return a range of two numbers, each marked with its figure."""
    whole = span(*texts)
    ends = [traced(facts, text, row, name) for text, name in zip(texts, columns, strict=True)]
    if whole == BLANK or not all(isinstance(end, Markdown) for end in ends):
        return whole
    between = whole[len(texts[0]) : len(whole) - len(texts[1])]
    return Markdown(f"{ends[0]}{between}{ends[1]}")


def ways_back(trace: Mapping[str, Any] | None, page: str) -> dict[str, Any]:
    """Return the traces of the figures that a page shows, each step once.

    Parameters
    ----------
    trace : mapping or None
        Traces of the study.
    page : str
        The page.

    Returns
    -------
    dict
        ``steps`` and ``figures`` as the trace has them; empty where the page marks nothing.
    """
    shown = sorted(
        {name for name in MARK.findall(page) if name in (trace or {}).get("figures", ())}
    )
    if not shown:
        return {}
    figures = {name: trace["figures"][name] for name in shown}
    used = sorted({number for entry in figures.values() for number in entry["steps"]})
    place = {number: new for new, number in enumerate(used)}
    told = {
        name: {key: entry[key] for key in KEPT[:-1]}
        | {"steps": [place[number] for number in entry["steps"]]}
        for name, entry in figures.items()
    }
    return {"steps": [trace["steps"][number] for number in used], "figures": told}
