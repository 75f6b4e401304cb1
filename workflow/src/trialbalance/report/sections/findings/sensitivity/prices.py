"""Unit costs and who counts them: sources, assumed prices, the perspective matrix."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.text.markup import Markdown, prose, section, table
from trialbalance.report.text.numbering import by_number
from trialbalance.report.text.numbers import (
    BLANK,
    counted,
    general,
    listed,
    missing,
    number,
    percent,
)


def price_table(facts: Facts) -> str:
    """Return unit costs with their source, year and inflation; assumed ones stand out."""
    prices = facts.table("prices")
    if prices is None:
        return ""
    rows = []
    for _, row in prices.iterrows():
        assumed = row.get("status") == "assumed"
        rows.append(
            [
                facts.label(row["item"], "item"),
                BLANK if missing(row.get("unit")) else str(row["unit"]),
                traced(facts, facts.price(row["unit_cost"]), row, "unit_cost"),
                general(row.get("price_year")),
                traced(facts, number(row.get("inflation"), 3), row, "inflation"),
                traced(
                    facts, facts.price(row.get("unit_cost_inflated")), row, "unit_cost_inflated"
                ),
                "ASSUMED" if assumed else general(row.get("status")),
                source_words(row),
            ]
        )
    note = ""
    if count := assumed_prices(facts):
        note = (
            f"{counted(count, 'price')} of {number(len(prices))} could not be sourced: marked "
            "ASSUMED and counted among the limits of this report."
        )
    header = ["Item", "Unit", "Unit cost", "Price year", "Inflation", "As used", "Status", "Source"]
    return section(
        3,
        "Unit costs",
        "unit-costs",
        table(
            header,
            rows,
            "Unit costs, their price year and source",
            "unit-costs",
            (0, 1, 6, 7),
            note,
            source=facts.source("prices"),
        ),
    )


def source_words(row: pd.Series) -> str:
    """Return where a price comes from: source, edition, page and licence, as far as known.

    Examples
    --------
    >>> source_words(pd.Series({"source": "Own list", "edition": "2025", "page": None}))
    'Own list, edition 2025'
    """
    heads = {"edition": "edition ", "page": "page ", "licence": "licence: "}
    more = [f"{head}{row[word]}" for word, head in heads.items() if not missing(row.get(word))]
    return ", ".join([general(row.get("source")), *more])


def assumed_prices(facts: Facts) -> int:
    """Return how many unit costs are assumed."""
    prices = facts.table("prices")
    if prices is None or "status" not in prices:
        return 0
    return int((prices["status"] == "assumed").sum())


def assumed_words(facts: Facts) -> str:
    """Return the line on unit costs that are assumed, blank where none is."""
    count = assumed_prices(facts)
    if not count:
        return ""
    return prose(
        "**Prices:** {count} of {all} unit costs are assumed, not sourced: {which}{place}.",
        count=number(count),
        all=number(len(facts.table("prices"))),
        which=share_assumed(facts),
        place=Markdown(by_number("table-unit-costs")),
    )


def perspective_table(facts: Facts) -> str:
    """Return which item is counted in which perspective, and who pays."""
    frame = facts.table("perspectives")
    if frame is None:
        return ""
    names = list(dict.fromkeys(frame["perspective"]))
    rows = []
    for (category, item, payer), lines in frame.groupby(
        ["category", "item", "payer"], sort=True, dropna=False
    ):
        counted_in = dict(zip(lines["perspective"], lines["counted"], strict=True))
        rows.append(
            [
                facts.label(item, "item"),
                facts.label(category, "category"),
                facts.label(payer, "payer"),
                *["counted" if counted_in.get(name) else "not counted" for name in names],
            ]
        )
    return table(
        ["Item", "Category", "Who pays", *map(facts.perspective, names)],
        rows,
        "What each perspective counts",
        "perspectives",
        tuple(range(3 + len(names))),
        source=facts.source("perspectives"),
    )


def share_assumed(facts: Facts) -> str:
    """Return the items at assumed prices, dearest first, and their share of the ledger's pounds."""
    ledger, prices = facts.table("ledger"), facts.table("prices")
    if not assumed_prices(facts):
        return ""
    items = list(prices.loc[prices["status"] == "assumed", "item"])
    share = ""
    if ledger is not None and ledger["cost"].sum() > 0:
        sums = ledger.groupby("item")["cost"].sum()
        items.sort(key=lambda item: -sums.get(item, 0.0))
        part = sum(sums.get(item, 0.0) for item in items) / ledger["cost"].sum()
        share = f"; together {percent(part)} of all cost"
    names = [facts.label(item, "item") for item in items[:3]]
    if more := len(items) - 3 if len(items) > 4 else 0:
        names.append(f"{number(more)} more")
    else:
        names = [facts.label(item, "item") for item in items]
    return listed(names) + share
