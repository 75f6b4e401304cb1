"""Who is behind the means and sums of a release: their values, participant by participant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.audit.release.cell_amounts import parameter_amounts, visit_amounts
from trialbalance.audit.release.people import with_groupings
from trialbalance.dataset.described.group_means import described_values
from trialbalance.decision.prices.price_scenarios import price_ratios
from trialbalance.disclosure.amounts import Amount
from trialbalance.disclosure.edition import Edition, Table
from trialbalance.disclosure.estimates import group_of_file

DESCRIBED = ("mean", "sd", "lower_quartile", "median", "upper_quartile")
SUMS = ("cost", "number of events", "days of events", "days under a status")
BASE = "base"
NOBODY = pd.Series(dtype=float)


def recorded_amounts(
    edition: Edition, people: dict[str, pd.DataFrame], settings: dict[str, Any]
) -> list[Amount]:
    """Return every number of a release that is made of participants' values, with these values.

    Parameters
    ----------
    edition : Edition
        Tables on their way out.
    people : dict of pandas.DataFrame
        Tables with a row a participant, by name; datasets as ``<analysis>.dataset``.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    list of Amount
        In the order in which they matter: results, contrasts made from the same values,
        description, books, items, other prices, subgroups.
    """
    found: list[Amount] = []
    for name, road in ROADS.items():
        for file, table in edition.tables.items():
            if table.contract["name"] == name:
                found += road(file, table, people, settings)
    return found


def _observed(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield observed-case means of cost and effect; what is adjusted follows from them."""
    for place, row in enumerate(table.before.itertuples()):
        where = f"{BASE}/{row.analysis}"
        yield from _totals(file, place, ("cost",), "cost", row.arm, where, people, settings)
        yield from _totals(file, place, ("effect",), "effect", row.arm, where, people, settings)


def _totals(
    file: str, place: int, columns: tuple[str, ...], kind: str, arm: str, where: str,
    people: dict, settings: dict,
) -> Iterator[Amount]:  # fmt: skip
    """Yield the total cost or effect of an arm of an analysis (``scenario/analysis``)."""
    dataset = dataset_of(people, where)
    if dataset is None:
        return
    mine = dataset[dataset["arm"] == arm].set_index("participant_id")[kind].dropna()
    chosen = settings["analyses"].get(where.partition("/")[2], {})
    if kind == "effect":
        key = f"outcome {chosen.get('outcome')}"
        yield Amount(file, place, columns, key, mine, "score")
    else:
        parts = ((f"cost {chosen.get('perspective')}", 1.0),)
        yield Amount(file, place, columns, "cost", mine, parts=parts)


def _contrasts(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield means and differences that other methods make of the same values."""
    where, shown = group_of_file(file, table.contract["name"]), tuple(table.words["amounts"])
    for place, row in enumerate(table.before.itertuples()):
        kinds = {"net_benefit": ("cost", "effect")}.get(row.quantity, (row.quantity,))
        for arm in (row.arm, row.comparator):
            for kind in kinds if isinstance(arm, str) and arm else ():
                yield from _totals(file, place, shown, kind, arm, where, people, settings)


def dataset_of(people: dict[str, pd.DataFrame], where: str) -> pd.DataFrame | None:
    """Return the dataset of an analysis of a scenario; None where it is not known."""
    return people.get(f"{where.removeprefix(BASE + '/')}.dataset")


def _described(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the lines of a description by arm."""
    rows = table.before
    places = {
        tuple("" if pd.isna(cell) else cell for cell in key): place
        for place, key in enumerate(
            rows[["arm", "by", "kind", "quantity", "at"]].itertuples(index=False, name=None)
        )
    }
    made = described_values(people, settings["study"], settings["dataset"])
    for (arm, by, kind, name, at), values in made:
        place = places.get((arm or "", by, kind, name, at))
        values = values.dropna()
        if place is None or values.empty:
            continue
        share = values.isin((0.0, 1.0)).all()
        sort = "share" if share else "sum" if kind in SUMS else "score"
        key = "cost" if kind == "cost" else f"{kind} {name} {at}"
        yield Amount(file, place, DESCRIBED, key, values, sort)


def _books(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the sums of money in the balance of the base case."""
    for place, row in enumerate(table.before.itertuples()):
        values = _book_values(row, people, settings) if row.scenario == BASE else None
        if values is None:
            continue
        columns = ("out", "in") if row.set_aside == 0 else ("out",)
        yield Amount(file, place, columns, "cost", values)
        if columns == ("out", "in"):
            continue
        whole = _spent(people, row.perspective, values.index, settings)
        rest = whole.sub(values, fill_value=0.0)
        yield Amount(file, place, ("set_aside",), "cost", rest)
        yield Amount(file, place, ("in", "set_aside"), "cost", whole)


def _book_values(row: Any, people: dict, settings: dict) -> pd.Series | None:
    """Return what came out of one line of the balance, by participant; None where not known."""
    if row.quantity == "money, line by line":
        ledger = people["ledger"]
        return ledger[ledger["arm"] == row.arm].groupby("participant_id")["cost"].sum()
    if row.quantity == "money by perspective":
        costs = people["participant_costs"]
        mine = costs[(costs["perspective"] == row.perspective) & (costs["arm"] == row.arm)]
        return mine.groupby("participant_id")["cost"].sum()
    if row.quantity == "money" and row.stage == "dataset":
        dataset = people[f"{row.analysis}.dataset"]
        dataset = dataset[dataset["arm"] == row.arm].set_index("participant_id")
        groups = [
            name for name in dataset if name.startswith("cost_") and not name.endswith("observed")
        ]
        return dataset[groups].sum(axis=1)
    return None


def _spent(people: dict, perspective: str, who: pd.Index, settings: dict) -> pd.Series:
    """Return the costs of participants in a perspective after the baseline."""
    before = [name for name, (_, end) in settings["study"]["periods"].items() if end <= 0]
    costs = people["participant_costs"]
    mine = costs[(costs["perspective"] == perspective) & costs["participant_id"].isin(who)]
    return mine[~mine["period"].isin(before)].groupby("participant_id")["cost"].sum()


def _items(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the items of an analysis; what an arm costs in all is published in any case."""
    shown = tuple(table.words["amounts"])
    for arm, places in _places_of_items(table.before).items():
        values = _item_values(file, arm, list(places), people)
        if not values:
            continue
        whole = sum(values.values())
        key, parts = _key_of_items(file, arm), tuple((item, 1.0) for item in values)
        yield Amount(file, next(iter(places.values())), (), key, whole, fixed=True, parts=parts)
        for item, place in places.items():
            yield Amount(file, place, shown, key, values[item], parts=((item, 1.0),))


def _places_of_items(rows: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return arm -> item -> row of a table of quantities."""
    found: dict[str, dict[str, int]] = {}
    for place, row in enumerate(rows.itertuples()):
        found.setdefault(row.arm, {})[row.item] = place
    return found


def _key_of_items(file: str, arm: str) -> str:
    return f"items {group_of_file(file, Path(file).stem)} {arm}"


def _item_values(file: str, arm: str, items: list[str], people: dict) -> dict[str, pd.Series]:
    """Return what each item cost each member of an arm of the analysis of a file."""
    where = group_of_file(file, Path(file).stem)
    dataset, costs = dataset_of(people, where), people.get("item_costs")
    if dataset is None or costs is None or not where.startswith(f"{BASE}/"):
        return {}
    mine = dataset.loc[dataset["arm"] == arm, "participant_id"]
    costs = costs[costs["participant_id"].isin(mine)]
    each = costs.groupby(["item", "participant_id"], observed=True)["cost"].sum()
    known = set(each.index.get_level_values(0))
    values = {item: each.loc[item] if item in known else NOBODY for item in items}
    return {item: one.reindex(mine).fillna(0.0) for item, one in values.items()}


def _factors(items: pd.DataFrame, plan: dict, scenario: str) -> list[float]:
    """Return how much a price scenario moves each item, up to a common factor."""
    if plan.get("price_index"):
        # Another index moves what it brought to the study's year, and nothing else.
        return (items["price_year"] != items["inflated_to"]).astype(float).to_list()
    # Another year moves every price alike, so that no item stands out.
    if plan["price_year"]:
        return [1.0] * len(items)
    return list(price_ratios(items, plan, f"decision.price_scenarios.{scenario}", None) - 1)


def _other_prices(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield what other prices change: they differ from base by the items whose price moves."""
    prices, plans = people.get("prices"), settings["decision"]["price_scenarios"]
    if prices is None:
        return
    items = prices[prices["lines"] > 0].copy()
    for column in ("unit_cost", "unit_cost_lower", "unit_cost_upper"):
        items[column] = items[column].astype(float) * items["inflation"].astype(float)
    shown = tuple(table.words["amounts"])
    for place, row in enumerate(table.before.itertuples()):
        if (plan := plans.get(row.scenario)) is None:
            continue
        factors = _factors(items, plan, row.scenario)
        parts = tuple((i, f) for i, f in zip(items["item"], factors, strict=True) if f)
        for arm in (row.arm, row.comparator):
            values = _item_values(file, arm, [item for item, _ in parts], people)
            if not values:
                continue
            each = sum(values[item] * factor for item, factor in parts)
            key = _key_of_items(file, arm)
            yield Amount(file, place, shown, key, each, fixed=bool(plan["price_year"]), parts=parts)


def _subgroups(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the results in subgroups, with those who are in them in the smallest arm."""
    dataset = dataset_of(people, group_of_file(file, table.contract["name"]))
    if dataset is None:
        return
    shown = tuple(table.words["amounts"])
    sizes = _members(with_groupings(dataset))
    for place, row in enumerate(table.before.itertuples()):
        if row.subgroup in sizes:
            ones = pd.Series(1.0, index=range(sizes[row.subgroup]))
            yield Amount(file, place, shown, f"{file} {row.subgroup}", ones, "score")


def _members(dataset: pd.DataFrame) -> dict[str, int]:
    """Return the size of each subgroup in the arm where it is smallest, by column and value."""
    found = {}
    for column in dataset.columns.difference(["participant_id", "arm", "cost", "effect"]):
        counts = pd.crosstab(dataset[column], dataset["arm"])
        for level, row in counts.iterrows():
            written = {str(level), f"{level:g}" if isinstance(level, float) else str(level)}
            found |= {f"{column}: {word}": int(row.min()) for word in written}
    return found


# Tables with numbers made of participants' values, in the order in which these matter.
ROADS = {
    "observed_case": _observed,
    "censored_means": _contrasts,
    "crosscheck": _contrasts,
    "consequences": _described,
    "parameters": parameter_amounts,
    "visit_means": visit_amounts,
    "trial_balance": _books,
    "quantities": _items,
    "price_scenarios": _other_prices,
    "subgroups": _subgroups,
}
