"""Notes of the costing: what a reader should know and no single record shows."""

from typing import Any

import pandas as pd


def cost_notes(
    con: Any, prices: pd.DataFrame, totals: pd.DataFrame, study: dict, section: dict
) -> pd.DataFrame:
    """Collect what the costing could not decide by itself.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection that has valued the records.
    prices : pandas.DataFrame
        Items with in_perspectives.
    totals : pandas.DataFrame
        Ledger lines and quantity by item.
    study, section : dict
        Study and cost settings.

    Returns
    -------
    pandas.DataFrame
        subject, note, records, quantity.

    Examples
    --------
    >>> period_notes({"periods": {"late": [0.25, 1.0]}, "horizon_years": 1.0})
    [('study.periods', 'no period from 0 to 0.25 years: only dated use is counted there', 0, 0.25)]
    """
    notes = [
        *_items_nobody_counts(prices, totals),
        *_counts_not_excluded(con),
        *_recall_windows(study, section),
        *_answers_without_visit(con),
        *_not_answered(con),
        *period_notes(study),
    ]
    frame = pd.DataFrame(notes, columns=["subject", "note", "records", "quantity"])
    return frame.astype({"records": "int64", "quantity": "float64"})


def _items_nobody_counts(prices: pd.DataFrame, totals: pd.DataFrame) -> list[tuple]:
    quantity = totals.set_index("item")["quantity"]
    return [
        (row.item, "in no perspective: in the ledger, in no total", row.lines, quantity[row.item])
        for row in prices.itertuples()
        if pd.isna(row.in_perspectives) and row.lines
    ]


def _counts_not_excluded(con: Any) -> list[tuple]:
    """List counts by period: they have no days, so a bed-day price cannot exclude them."""
    rows = con.execute("""
        SELECT r.item, min(c.bed), count(*), coalesce(sum(r.quantity::DECIMAL(38, 9))::DOUBLE, 0)
        FROM records r JOIN covers c ON c.item = r.item
        WHERE r.period IS NOT NULL GROUP BY r.item ORDER BY r.item
    """).fetchall()
    return [
        (item, f"included in the price of {bed}, but counted by period: not excluded", n, quantity)
        for item, bed, n, quantity in rows
    ]


def _recall_windows(study: dict, section: dict) -> list[tuple]:
    notes = []
    for item, entry in section["items"].items():
        recall = entry["recall_years"]
        for period, (start, end) in study["periods"].items():
            gap = 0.0 if recall is None else round(end - start - recall, 9)
            if gap == 0:
                continue
            scaled = "scaled to it" if entry["scale_to_period"] else "not scaled"
            what = "less than" if gap > 0 else "more than"
            note = f"asks about {what} the period {period} by {abs(gap):g} years: {scaled}"
            notes.append((item, note, 0, abs(gap)))
    return notes


def _answers_without_visit(con: Any) -> list[tuple]:
    """List interview quantities of a period whose visit was not attended."""
    rows = con.execute("""
        SELECT q.period, q.visit, count(*), sum(r.quantity::DECIMAL(38, 9))::DOUBLE
        FROM records r
        JOIN items i ON i.item = r.item
        JOIN periods q ON q.period = r.period
        LEFT JOIN visits v ON v.participant_id = r.participant_id AND v.visit = q.visit
        WHERE i.source_group = 'interview' AND r.quantity IS NOT NULL
            AND coalesce(v.status, 'missed') <> 'attended'
        GROUP BY q.period, q.visit, q.period_order ORDER BY q.period_order
    """).fetchall()
    return [
        (period, f"interview answers, but visit {visit} was not attended: in the ledger", n, total)
        for period, visit, n, total in rows
    ]


def _not_answered(con: Any) -> list[tuple]:
    """Count, by item, questions that were put and not answered; zeros are in item_answers."""
    rows = con.execute("""
        SELECT item, count(*) FROM item_states WHERE state = 'not answered'
        GROUP BY item ORDER BY item
    """).fetchall()
    note = "participants and periods asked and not answered: their source group is unobserved"
    return [(item, note, missing, float(missing)) for item, missing in rows]


def period_notes(study: dict) -> list[tuple[str, str, int, float]]:
    """Say where follow-up has no period, or two.

    Parameters
    ----------
    study : dict
        Study settings; `periods` and `horizon_years` are read.

    Returns
    -------
    list of tuple
        subject, note, 0, length in years.

    Examples
    --------
    >>> period_notes({"periods": {"a": [0.0, 0.6], "b": [0.5, 1.0]}, "horizon_years": 1.0})
    [('study.periods', 'two periods from 0.5 to 0.6 years: use may be counted twice', 0, 0.1)]
    """
    spans = sorted((max(0.0, a), b) for a, b in study["periods"].values() if b > 0)
    horizon = study["horizon_years"]
    notes, reached = [], 0.0
    for start, end in [*spans, (horizon, horizon)]:
        length = round(start - reached, 9)
        if length > 0 and reached < horizon:
            text = "no period from {:g} to {:g} years: only dated use is counted there"
            notes.append(("study.periods", text.format(reached, start), 0, length))
        elif length < 0 and end > start:
            overlap = round(min(reached, end) - start, 9)
            text = "two periods from {:g} to {:g} years: use may be counted twice"
            notes.append(("study.periods", text.format(start, min(reached, end)), 0, overlap))
        reached = max(reached, end)
    return notes
