"""The way back of a cost: participants, ledger lines, raw records and prices."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from trialbalance.audit.trace.steps import KEPT, Row, Step
from trialbalance.audit.trace.tables import Books


def counted_lines(books: Books, people: Iterable[str], perspective: str | None) -> pd.DataFrame:
    """Return the ledger lines that make the costs of some participants.

    Parameters
    ----------
    books : Books
        The study.
    people : iterable of str
        Participants.
    perspective : str or None
        Perspective whose items count; None for every item.

    Returns
    -------
    pandas.DataFrame
        Lines of the ledger after randomisation, indexed by their row in the file.
    """
    ledger = books.table("costs", "ledger")
    before = [name for name, (_, end) in books.facts["periods"].items() if end <= 0]
    keep = ledger["participant_id"].isin(set(people)) & ~ledger["period"].isin(before)
    if perspective is not None:
        matrix = books.table("costs", "perspectives")
        counted = matrix[(matrix["perspective"] == perspective) & matrix["counted"].astype(bool)]
        keep &= ledger["item"].isin(counted["item"])
    return ledger[keep]


def made_of(lines: pd.DataFrame) -> pd.Series:
    """Return the cost of each line made again: quantity x unit cost x inflation x discount."""
    return lines["quantity"] * lines["unit_cost"] * lines["inflation"] * lines["discount"]


def cost_steps(books: Books, lines: pd.DataFrame) -> list[Step]:
    """Return the steps from ledger lines back to raw rows and prices.

    Parameters
    ----------
    books : Books
        The study.
    lines : pandas.DataFrame
        Lines of the ledger, indexed by their row.

    Returns
    -------
    list of Step
        Ledger, raw rows of each file, prices with their sources, price file.
    """
    currency = books.facts["currency"]
    name = books.named(books.file("costs", "ledger"))
    words = (
        f"{len(lines):,} ledger lines, quantity x unit cost x inflation x discount, add up to "
        f"{currency} {made_of(lines).sum():,.2f}"
    )
    rows = [
        Row(name, int(row), _line_in_words(line))
        for row, line in zip(lines.index[:KEPT], lines.head(KEPT).itertuples(), strict=True)
    ]
    steps = [Step("costs", words, name, True, tuple(rows), len(lines))]
    return [*steps, *_raw_steps(books, lines), *_price_steps(books, lines)]


def _line_in_words(line) -> str:
    factors = f"{line.quantity:.10g} x {line.unit_cost:.10g} x {line.inflation:.10g}"
    cost = f"{factors} x {line.discount:.10g} = {line.cost:,.2f}"
    return f"{line.record_id}, {line.participant_id}, {line.item}: {cost}"


def _raw_steps(books: Books, lines: pd.DataFrame) -> list[Step]:
    """Return the raw rows behind ledger lines, one step a file."""
    records = set(lines["record_id"].str.replace(r"/\d+$", "", regex=True))
    steps = []
    for table in ("resource_use", "episodes", "costs_given"):
        found = books.raw(table)
        if found is None:
            continue
        path, frame = found
        if "record_id" in frame:
            rows = frame[frame["record_id"].isin(records)]
        else:
            keys = ["participant_id", "period", "item"]
            wanted = pd.MultiIndex.from_frame(lines[keys].astype(str).drop_duplicates())
            rows = frame[pd.MultiIndex.from_frame(frame[keys]).isin(wanted)]
        if len(rows):
            name = books.named(path)
            words = f"{len(rows):,} rows of {path.name} as recorded"
            steps.append(Step("data", words, name, True, tuple(as_rows(name, rows)), len(rows)))
            steps += export_steps(books, table, rows)
    return steps


def export_steps(books: Books, table: str, rows: pd.DataFrame) -> list[Step]:
    """Return the cells of the exports that rows of an imported table were made of.

    Parameters
    ----------
    books : Books
        The study.
    table : str
        Name of the table.
    rows : pandas.DataFrame
        Rows of it, indexed by their number in its file.

    Returns
    -------
    list of Step
        One for each export; none where the study handed its tables over itself.
    """
    origins = books.table("data", "import_origins")
    if origins is None:
        return []
    mine = origins[(origins["table"] == table) & origins["row"].isin(rows.index)]
    # Who a row is of stands in each; what was made of it comes first.
    mine = mine.sort_values("column", key=lambda one: one == "participant_id", kind="stable")
    steps = []
    for file, cells in mine.groupby("file", sort=False, observed=True):
        named = cells.head(KEPT).itertuples()
        found = tuple(
            Row(str(file), int(one.export_row), f"{one.export_column}: {_cell(one.cell)}")
            for one in named
        )
        words = f"{len(cells):,} cells of the export, as mapping.yaml says"
        steps.append(Step("data", words, str(file), True, found, len(cells)))
    return steps


def _cell(text: Any) -> str:
    return "blank" if pd.isna(text) or text == "" else str(text)


def as_rows(name: str, frame: pd.DataFrame) -> list[Row]:
    """Return the first rows of a table of text as rows of a trace."""
    return [
        Row(name, int(number), ", ".join(str(cell) for cell in cells if cell not in ("", None)))
        for number, cells in zip(frame.index[:KEPT], frame.head(KEPT).to_numpy(), strict=True)
    ]


def _price_steps(books: Books, lines: pd.DataFrame) -> list[Step]:
    """Return the prices of the items on the lines, each with its source."""
    prices = books.table("costs", "prices")
    used = prices[prices["item"].isin(lines["item"])]
    name = books.named(books.file("costs", "prices"))
    rows = tuple(
        Row(
            name,
            int(number),
            f"{price.item}: {price.unit_cost:.10g} a {price.unit} of {price.price_year}, inflation "
            f"{price.inflation:.10g}, {price.status}"
            + (f"; source: {price.source}" if pd.notna(price.source) else "; no source given"),
        )
        for number, price in zip(used.index, used.itertuples(), strict=True)
    )
    return [Step("costs", f"{len(used)} prices", name, False, rows, len(rows))]
