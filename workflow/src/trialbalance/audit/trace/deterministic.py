"""Figures that no draw enters: made again from the table before, to the penny."""

from collections.abc import Callable

import pandas as pd

from trialbalance import contracts
from trialbalance.audit.trace.costs import as_rows, cost_steps, counted_lines, export_steps, made_of
from trialbalance.audit.trace.effects import counted_pieces, effect_steps
from trialbalance.audit.trace.locate import Figure
from trialbalance.audit.trace.people import kinds_of, people_steps
from trialbalance.audit.trace.steps import Row, Step
from trialbalance.audit.trace.tables import Books
from trialbalance.audit.workbook.observed_case import observed_case

Found = tuple[float | None, list[Step]]


def way_back(books: Books, figure: Figure) -> Found:
    """Return a figure made again where a short way is known, and the steps behind it.

    Parameters
    ----------
    books : Books
        Scenario and analysis of the figure.
    figure : Figure
        The cell.

    Returns
    -------
    tuple
        The figure made again, or None; the steps.
    """
    return WAYS.get(figure.table, _told)(books, figure)


def _ledger(books: Books, figure: Figure) -> Found:
    line = books.table("costs", "ledger").loc[[figure.row]]
    value = float(made_of(line).iloc[0]) if figure.column == "cost" else None
    return value, cost_steps(books, line)


def _participant_costs(books: Books, figure: Figure) -> Found:
    row = figure.cells
    lines = books.table("costs", "ledger")
    matrix = books.table("costs", "perspectives")
    counted = matrix[(matrix["perspective"] == row["perspective"]) & matrix["counted"].astype(bool)]
    keep = lines["item"].isin(counted["item"])
    for column in ("participant_id", "source_group", "category", "period"):
        wanted = row[column]
        keep &= lines[column].isna() if pd.isna(wanted) else lines[column] == wanted
    value = float(made_of(lines[keep]).sum()) if figure.column == "cost" else None
    return value, cost_steps(books, lines[keep])


def _dataset(books: Books, figure: Figure) -> Found:
    who, chosen = figure.cells["participant_id"], books.settings("dataset")["analysis"]
    if books.file("costs", "ledger") is None:
        return None, _raw_row(books, "totals", who)
    if figure.column.startswith("cost"):
        lines = counted_lines(books, [who], chosen["perspective"])
        group = figure.column.removeprefix("cost_")
        if group not in ("cost", "observed"):
            lines = lines[lines["source_group"] == group]
        value = float(made_of(lines).sum()) if group != "observed" else None
        return value, cost_steps(books, lines)
    if figure.column == "effect":
        pieces = counted_pieces(books, [who], chosen["outcome"])
        return float(pieces["area"].sum()), effect_steps(books, pieces, chosen["outcome"])
    return None, _raw_row(books, "participants", who)


def _raw_row(books: Books, table: str, who: str) -> list[Step]:
    """Return the raw rows of one participant in a file."""
    found = books.raw(table)
    if found is None:
        return []
    path, frame = found
    mine, name = frame[frame["participant_id"] == who], books.named(path)
    rows = tuple(as_rows(name, mine))
    step = Step("data", f"{table} as recorded", name, True, rows, len(mine))
    return [step, *export_steps(books, table, mine)]


def _outcomes(books: Books, figure: Figure) -> Found:
    row = figure.cells
    pieces = counted_pieces(books, [row["participant_id"]], row["outcome"])
    value = float(pieces["area"].sum()) if figure.column == "value" and len(pieces) else None
    return value, effect_steps(books, pieces, row["outcome"])


def _working(books: Books, figure: Figure) -> Found:
    row = figure.cells
    pieces = books.table("outcomes", "outcome_working").loc[[figure.row]]
    value = None
    yearly = books.settings("outcomes")["outcomes"]["discounting"] == "yearly"
    if figure.column == "area" and row["basis"] != "event" and yearly:
        mean = (row["start_value"] + row["end_value"]) / 2
        value = float(mean * (row["end_years"] - row["start_years"]) * row["discount"])
    return value, effect_steps(books, pieces, row["outcome"])


def _prices(books: Books, figure: Figure) -> Found:
    row, name = figure.cells, books.named(figure.path)
    value = None
    if figure.column == "unit_cost_inflated":
        value = float(row["unit_cost"] * row["inflation"])
    if figure.column == "lines":
        value = float((books.table("costs", "ledger")["item"] == row["item"]).sum())
    source = row["source"] if pd.notna(row["source"]) else "no source given"
    words = f"{row['item']}: {row['unit_cost']:.10g} a {row['unit']}, {row['status']}"
    return value, [Step("costs", words, name, False, (Row(name, figure.row, str(source)),), 1)]


def _endpoints(books: Books, figure: Figure) -> Found:
    row = figure.cells
    people = books.table("data", "participants")
    inside = people[people[row["population"]].astype(bool) & (people["arm"] == row["arm"])]
    outcomes = books.table("outcomes", "outcomes")
    mine = outcomes[
        (outcomes["outcome"] == row["endpoint"])
        & outcomes["participant_id"].isin(inside["participant_id"])
    ]
    events, count = float(mine["value"].sum()), float(len(inside))
    value = {"events": events, "participants": count, "risk": events / count}.get(figure.column)
    words = f"{events:.0f} of {count:.0f} participants of {row['arm']} in {row['population']}"
    return value, [Step("outcomes", words, books.named(books.file("outcomes", "outcomes")))]


def _observed_case(books: Books, figure: Figure) -> Found:
    """Make a mean or difference of those observed again, from ledger lines and areas."""
    table = books.once(("observed",), lambda: _observed_again(books))
    row = table[table["arm"] == figure.cells["arm"]].iloc[0]
    value = row.get(figure.column)
    comparator = figure.cells["comparator"]
    arms = [figure.cells["arm"], *([comparator] if pd.notna(comparator) else [])]
    steps = people_steps(books, arms, kinds_of(figure.column))
    return None if isinstance(value, str) or pd.isna(value) else float(value), steps


def _observed_again(books: Books) -> pd.DataFrame:
    """Return the observed case of an analysis from ledger lines and areas."""
    study, chosen = books.facts, books.settings("dataset")["analysis"]
    dataset = books.table("dataset", "dataset").copy()
    people = dataset["participant_id"]
    if books.file("costs", "ledger"):
        lines = counted_lines(books, people, chosen["perspective"])
        sums = made_of(lines).groupby(lines["participant_id"]).sum()
        dataset["cost"] = people.map(sums).fillna(0.0).where(dataset["cost"].notna())
        pieces = counted_pieces(books, people, chosen["outcome"])
        areas = pieces.groupby("participant_id")["area"].sum()
        dataset["effect"] = people.map(areas).where(dataset["effect"].notna())
    return observed_case({books.analysis: dataset}, list(study["arms"]), study["comparator"])


def _told(books: Books, figure: Figure) -> Found:
    """Return what the contract says of a table for which no short way is known."""
    contract = contracts.schema(figure.table)
    words = " ".join(str(contract.get("description") or contract["title"]).split())
    return None, [Step(_stage_of(figure), words, books.named(figure.path))]


def _stage_of(figure: Figure) -> str:
    """Return the stage in whose folder a table stands."""
    words = [part.partition("_") for part in figure.path.parts[:-1]]
    found = [rest for number, _, rest in words if number.isdigit() and rest]
    return found[-1] if found else "audit"


WAYS: dict[str, Callable[[Books, Figure], Found]] = {
    "ledger": _ledger,
    "participant_costs": _participant_costs,
    "dataset": _dataset,
    "outcomes": _outcomes,
    "outcome_working": _working,
    "prices": _prices,
    "endpoints": _endpoints,
    "observed_case": _observed_case,
}
