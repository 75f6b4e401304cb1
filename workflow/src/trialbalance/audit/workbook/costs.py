"""Prices, ledger and costs of participants as live formulas that refer to one another."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.workbook.sheets import Book, Formula, Sheet, Shown
from trialbalance.provenance.streams import stream

LEDGER_COLUMNS = [
    *("record_id", "participant_id", "arm", "item", "category", "period", "date", "quantity"),
    *("unit_cost", "inflation", "discount", "cost", "source_group", "in_totals"),
]
COUNTED = "counted in {}"
FIRST_ROW = 4
PENNY = 0.005


class Costs(NamedTuple):
    """What other sheets refer to: the total of each participant and perspective."""

    totals: dict[tuple[str, str], str]
    left_out: int


def participants_shown(ledger: pd.DataFrame, limit: int, seed: int) -> set[str]:
    """Return the participants whose ledger lines the workbook holds.

    Parameters
    ----------
    ledger : pandas.DataFrame
        The ledger.
    limit : int
        Most lines that the workbook holds.
    seed : int
        Root seed of the study.

    Returns
    -------
    set of str
        Everyone with a line, or a random sample of them, drawn from the stream ``workbook``, whose
        lines together do not pass the limit.

    Examples
    --------
    >>> lines = pd.DataFrame({"participant_id": ["a", "a", "b"]})
    >>> sorted(participants_shown(lines, 3, 1)), len(participants_shown(lines, 2, 1))
    (['a', 'b'], 1)
    """
    lines = ledger["participant_id"].value_counts().sort_index()
    if len(ledger) <= limit:
        return set(lines.index)
    drawn = lines.iloc[stream(seed, "workbook").permutation(len(lines))]
    return set(drawn.index[drawn.cumsum() <= limit])


def write_costs(book: Book, tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Costs:
    """Write the sheets from prices to the costs of participants.

    Parameters
    ----------
    book : Book
        The workbook.
    tables : dict of pandas.DataFrame
        prices, perspectives, ledger, participant_costs, cost_observed and participants.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    Costs
        Addresses of the totals, and how many participants have none of their lines here.
    """
    perspectives = list(dict.fromkeys(tables["perspectives"]["perspective"]))
    ledger = tables["ledger"]
    shown = participants_shown(
        ledger, settings["audit"]["workbook"]["ledger_lines"], settings["study"]["seed"]
    )
    before = [name for name, (_, end) in settings["study"]["periods"].items() if end <= 0]
    prices = _write_prices(book, tables, perspectives)
    lines = ledger[ledger["participant_id"].isin(shown)]
    spans, sheet = _write_ledger(book, lines, prices, perspectives, before)
    _check_ledger(book, sheet, lines, perspectives, tables, before)
    groups = _groups(tables["participant_costs"])
    return Costs(
        _write_participants(book, tables, sheet, spans, groups, shown, before),
        ledger["participant_id"].nunique() - len(shown),
    )


def _groups(costs: pd.DataFrame) -> dict[str, list[str]]:
    """Return the source groups that a perspective has any cost of."""
    return {
        perspective: sorted(lines["source_group"].unique())
        for perspective, lines in costs.groupby("perspective", observed=True)
    }


def _write_prices(book: Book, tables: dict, perspectives: list[str]) -> dict[str, dict[str, Any]]:
    """Write one row an item; return the addresses and values that ledger lines refer to."""
    counted = [COUNTED.format(name) for name in perspectives]
    sheet = book.sheet(
        "Prices",
        "Yellow cells may be changed: every sheet follows. 1 = the perspective counts the item.",
        [
            *("item", "category", "payer", "source_group", "unit", "unit_cost", "price_year"),
            *("inflation", "unit_cost_inflated", "status", "source", *counted),
        ],
    )
    matrix = tables["perspectives"].set_index(["perspective", "item"])["counted"].astype(bool)
    found = {}
    for price in tables["prices"].itertuples():
        row = sheet.next
        unit_cost, inflation = sheet.at("unit_cost", row), sheet.at("inflation", row)
        flags = {name: float(matrix[(name, price.item)]) for name in perspectives}
        sheet.row(
            [
                *(price.item, price.category, price.payer, price.source_group, price.unit),
                *(Shown(price.unit_cost, "input"), price.price_year),
                Shown(price.inflation, "input"),
                Formula(f"={unit_cost}*{inflation}", price.unit_cost_inflated),
                *(price.status, price.source),
                *(Shown(flag, "input") for flag in flags.values()),
            ]
        )
        cells: dict[str, Any] = {"unit_cost": unit_cost, "inflation": inflation}
        for name, column in zip(perspectives, counted, strict=True):
            cells[name] = (sheet.at(column, row), flags[name])
        found[price.item] = cells
    return found


def _write_ledger(
    book: Book, ledger: pd.DataFrame, prices: dict, perspectives: list[str], before: list[str]
) -> tuple[dict[str, tuple[int, int]], Sheet]:
    """Write one row a line, those of a participant together; return where each one's stand."""
    sheet = book.sheet(
        "Ledger",
        "cost = quantity x unit cost x inflation x discount; unit cost and inflation are those of "
        "sheet Prices. in_totals is 0 before randomisation.",
        [*LEDGER_COLUMNS, *(COUNTED.format(name) for name in perspectives)],
    )
    spans: dict[str, tuple[int, int]] = {}
    for line in ledger.sort_values("participant_id", kind="stable").itertuples():
        row = sheet.row(_ledger_cells(sheet, line, prices[line.item], perspectives, before))
        first, _ = spans.get(line.participant_id, (row, row))
        spans[line.participant_id] = (first, row)
    return spans, sheet


def _ledger_cells(
    sheet: Sheet, line: Any, price: dict, perspectives: list[str], before: list[str]
) -> Iterator[Any]:
    """Return the cells of one ledger line."""
    row = sheet.next
    here = [sheet.at(name, row) for name in ("quantity", "unit_cost", "inflation", "discount")]
    counts = float(line.period not in before)
    yield from (line.record_id, line.participant_id, line.arm, line.item, line.category)
    yield from (line.period, line.date, line.quantity)
    yield Formula(f"={price['unit_cost']}", line.unit_cost)
    yield Formula(f"={price['inflation']}", line.inflation)
    yield line.discount
    yield Formula("=" + "*".join(here), line.cost)
    yield from (line.source_group, counts)
    cost, in_totals = sheet.at("cost", row), sheet.at("in_totals", row)
    for name in perspectives:
        address, flag = price[name]
        yield Formula(f"={cost}*{in_totals}*{address}", line.cost * counts * flag)


def _check_ledger(
    book: Book,
    sheet: Sheet,
    lines: pd.DataFrame,
    perspectives: list[str],
    tables: dict,
    before: list[str],
) -> None:
    """Ask that sums of the ledger equal those of the pipeline's tables, by arm and category."""
    last = max(sheet.next - 1, FIRST_ROW)
    column = {name: sheet.at(name, FIRST_ROW, last) for name in sheet.columns}
    for arm, group in lines.groupby("arm", observed=True):
        sums = f'=SUMIFS({column["cost"]},{column["arm"]},"{arm}")'
        book.check("cost of the ledger", sums, group["cost"].sum(), PENNY, arm)
    costs = tables["participant_costs"]
    costs = costs[
        costs["participant_id"].isin(lines["participant_id"]) & ~costs["period"].isin(before)
    ]
    # A category is any text, so it is compared with a cell that holds it and never said in a
    # formula.
    ordered = lines.sort_values("participant_id", kind="stable")["category"].reset_index(drop=True)
    holds = {name: FIRST_ROW + place for place, name in ordered.drop_duplicates().items()}
    for name in perspectives:
        mine = costs[costs["perspective"] == name]
        for category, group in mine.groupby("category", observed=True):
            same = f"({column['category']}={sheet.at('category', holds[category])})"
            sums = f"=SUMPRODUCT({same}*{column[COUNTED.format(name)]})"
            book.check(f"cost of {category}, {name}", sums, group["cost"].sum(), PENNY)


def _write_participants(
    book: Book,
    tables: dict,
    ledger: Sheet,
    spans: dict[str, tuple[int, int]],
    groups: dict[str, list[str]],
    shown: set[str],
    before: list[str],
) -> dict[tuple[str, str], str]:
    """Write one row a participant: each source group, whether it was observed, and the total."""
    parts = [
        column
        for name, mine in groups.items()
        for column in (*_columns(name, mine), f"{name}: total")
    ]
    sheet = book.sheet(
        "Participant costs",
        "Costs after randomisation from the ledger; blank total = a source group was not wholly "
        "observed (1 = observed). Grey = pasted: this participant's lines are not in the workbook.",
        ["participant_id", "arm", *parts],
    )
    recorded, observed = _recorded(tables, before), _observed(tables["cost_observed"], before)
    totals = {}
    for person in tables["participants"].itertuples():
        row, who = sheet.next, person.participant_id
        cells: list[Any] = [who, person.arm]
        for name, mine in groups.items():
            sums = [recorded.get((who, name, group), 0.0) for group in mine]
            seen = [bool(observed.get((who, group), False)) for group in mine]
            live = who in shown or not any(sums)
            cells += _sum_cells(ledger, spans.get(who), name, mine, sums, live)
            cells += [float(one) for one in seen]
            here = [sheet.at(column, row) for column in _columns(name, mine)]
            amounts, flags = ",".join(here[: len(mine)]), ",".join(here[len(mine) :])
            total = f'=IF(MIN({flags})=1,SUM({amounts}),"")'
            cells.append(Formula(total, sum(sums) if all(seen) else None))
            totals[who, name] = sheet.at(f"{name}: total", row)
        sheet.row(cells)
    return totals


def _columns(perspective: str, groups: list[str]) -> list[str]:
    """Return the columns of a perspective: the sums, then whether they were observed."""
    sums = [f"{perspective}: {group}" for group in groups]
    return [*sums, *(f"{name} observed" for name in sums)]


def _sum_cells(
    ledger: Sheet,
    span: tuple[int, int] | None,
    perspective: str,
    groups: list[str],
    sums: list[float],
    live: bool,
) -> list[Any]:
    """Return the sums of a participant's lines by source group, live or pasted."""
    if not live:
        return [Shown(value, "pasted") for value in sums]
    if span is None:
        return [0.0 for _ in groups]
    amount, source = ledger.at(COUNTED.format(perspective), *span), ledger.at("source_group", *span)
    return [
        Formula(f'=SUMIFS({amount},{source},"{group}")', value)
        for group, value in zip(groups, sums, strict=True)
    ]


def _recorded(tables: dict, before: list[str]) -> dict[tuple[str, str, str], float]:
    """Return the pipeline's sums by participant, perspective and source group."""
    costs = tables["participant_costs"]
    costs = costs[~costs["period"].isin(before)]
    keys = ["participant_id", "perspective", "source_group"]
    return costs.groupby(keys, observed=True)["cost"].sum().to_dict()


def _observed(flags: pd.DataFrame, before: list[str]) -> dict[tuple[str, str], bool]:
    """Return whether a source group was observed in every period after randomisation."""
    after = flags[~flags["period"].isin(before)]
    seen = after["observed"].astype("boolean").fillna(False).astype(bool)
    keys = [after["participant_id"], after["source_group"]]
    return seen.groupby(keys, observed=True).all().to_dict()
