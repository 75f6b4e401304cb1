"""Which index moved prices, of which vintage, and what another index would do."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.numbers import listed, number, percent


def index_sentences(facts: Facts) -> list[str]:
    """Return index, vintage, how much of the cost it moved, and what the other would do.

    Parameters
    ----------
    facts : Facts
        The study; tables prices, ledger and price_scenarios are read.

    Returns
    -------
    list of str
        Sentences; none where no price was moved to another year.
    """
    prices = facts.table("prices")
    if prices is None or "price_index" not in prices:
        return []
    moved = prices[prices["price_index"].notna()]
    if moved.empty:
        return [f"Every unit cost is of {prices['price_year'].iloc[0]}: no price index acted."]
    return [_which(moved), _how_much(facts, moved), *other_index_sentences(facts)]


def _which(moved: pd.DataFrame) -> str:
    """Return the name of the index and the vintages of the levels used."""
    name = str(moved["price_index"].iloc[0]).removesuffix(".csv")
    stated = moved["index_vintage"].dropna().str.split("; ").explode().unique()
    told = f"vintage {listed(sorted(stated))}" if len(stated) else "its vintage is not stated"
    return f"Price index: {name}; {told}."


def _how_much(facts: Facts, moved: pd.DataFrame) -> str:
    """Return how many prices the index moved, by what factors, and their share of the cost."""
    low, high = moved["inflation"].astype(float).agg(["min", "max"])
    factor = number(low, 3) if low == high else f"{number(low, 3)} to {number(high, 3)}"
    ledger, share = facts.table("ledger"), ""
    if ledger is not None and ledger["cost"].sum() > 0:
        cost = ledger.loc[ledger["item"].isin(moved["item"]), "cost"].sum()
        share = f", together {percent(cost / ledger['cost'].sum())} of all cost"
    many = "one unit cost" if len(moved) == 1 else f"{number(len(moved))} unit costs"
    return f"It moved {many} by a factor of {factor}{share}."


def other_index_sentences(facts: Facts) -> list[str]:
    """Return what each other index would do to the difference in cost, analysis by analysis."""
    plans = facts.part("decision").get("price_scenarios") or {}
    others = {name: plan for name, plan in plans.items() if plan.get("price_index")}
    said = [
        sentence
        for analysis in facts.analyses
        for name, plan in others.items()
        if (sentence := _other(facts, analysis, name, plan))
    ]
    return said or ["What another index would do to the result was not worked out."]


def _other(facts: Facts, analysis: str, name: str, plan: dict) -> str:
    """Return what one other index does to the differences in cost of an analysis."""
    table, base = facts.table("price_scenarios", analysis), facts.table("incremental", analysis)
    if table is None or base is None:
        return ""
    rows = table[table["scenario"] == name].drop_duplicates("arm").dropna(subset="cost")
    before = base.dropna(subset="cost").drop_duplicates("arm").set_index("arm")["cost"]
    told = [
        f"{facts.arm(row.arm)} from {facts.cash(before[row.arm])} to {facts.cash(row.cost)}"
        for row in rows.itertuples()
        if row.arm in before
    ]
    index = str(plan["price_index"]).removesuffix(".csv")
    many = "differences" if len(told) > 1 else "difference"
    return (
        f"{facts.title(analysis)}: by {index} instead, the {many} in cost would go: "
        f"{'; '.join(told)}."
        if told
        else ""
    )
