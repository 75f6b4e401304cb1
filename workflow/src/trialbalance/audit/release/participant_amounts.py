"""Who is behind the means and sums of a release: their values, participant by participant."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from trialbalance.dataset.group_means import described_values
from trialbalance.disclosure.amounts import Amount
from trialbalance.disclosure.edition import Edition

DESCRIBED = ("mean", "sd", "lower_quartile", "median", "upper_quartile")
SUMS = ("cost", "number of events", "days of events", "days under a status")
BASE = "base"


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
        In the order in which they matter: results, description, books, items. Of other scenarios
        than base none is known.
    """
    found: list[Amount] = []
    for file, table in edition.tables.items():
        if table.contract["name"] == "observed_case":
            found += _observed(file, table.before, people, settings)
    for file, table in edition.tables.items():
        if table.contract["name"] == "consequences":
            found += _described(file, table.before, people, settings)
    for file, table in edition.tables.items():
        if table.contract["name"] == "trial_balance":
            found += _books(file, table.before, people, settings)
    for file, table in edition.tables.items():
        if table.contract["name"] == "quantities" and file.startswith(f"{BASE}/"):
            found += _items(file, table.before, people)
        if table.contract["name"] == "subgroups" and file.startswith(f"{BASE}/"):
            found += _subgroups(file, table, people)
    return found


def _observed(file: str, rows: pd.DataFrame, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield observed-case means of cost and effect."""
    for place, row in enumerate(rows.itertuples()):
        dataset = people.get(f"{row.analysis}.dataset")
        if dataset is None:
            continue
        mine = dataset[dataset["arm"] == row.arm].set_index("participant_id")
        outcome = settings["analyses"][row.analysis]["outcome"]
        yield Amount(file, place, ("cost",), "cost", mine["cost"].dropna())
        yield Amount(file, place, ("effect",), f"outcome {outcome}", mine["effect"].dropna(),
                     "score")  # fmt: skip


def _described(file: str, rows: pd.DataFrame, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the lines of a description by arm."""
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


def _books(file: str, rows: pd.DataFrame, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the sums of money in the balance of the base case."""
    for place, row in enumerate(rows.itertuples()):
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
    if row.quantity == "pounds, line by line":
        ledger = people["ledger"]
        return ledger[ledger["arm"] == row.arm].groupby("participant_id")["cost"].sum()
    if row.quantity == "pounds by perspective":
        costs = people["participant_costs"]
        mine = costs[(costs["perspective"] == row.perspective) & (costs["arm"] == row.arm)]
        return mine.groupby("participant_id")["cost"].sum()
    if row.quantity == "pounds" and row.stage == "dataset":
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


def _items(file: str, rows: pd.DataFrame, people: dict) -> Iterator[Amount]:
    """Yield the items of an analysis; what an arm costs in all is published in any case."""
    dataset = people.get(f"{file.split('/')[2]}.dataset")
    if dataset is None or "item_costs" not in people:
        return
    arms = dataset.set_index("participant_id")["arm"]
    costs = people["item_costs"]
    costs = costs[costs["participant_id"].isin(arms.index)]
    each = costs.groupby(["item", "participant_id"], observed=True)["cost"].sum()
    shown = ("cost", "share", "quantity", "quantity_lower", "quantity_upper")
    shown += ("cost_lower", "cost_upper")
    for arm in arms.unique():
        mine = [(place, row.item) for place, row in enumerate(rows.itertuples()) if row.arm == arm]
        key = f"{file} {arm}"
        values = {
            item: each.get(item, pd.Series(dtype=float)).pipe(
                lambda one, arm=arm: one[one.index.map(arms) == arm]
            )
            for _, item in mine
        }
        whole = pd.concat(values.values()).groupby(level=0).sum() if values else pd.Series()
        if not mine:
            continue
        yield Amount(file, mine[0][0], (), key, whole, fixed=True)
        for place, item in mine:
            yield Amount(file, place, shown, key, values[item])


def _subgroups(file: str, table: Any, people: dict) -> Iterator[Amount]:
    """Yield the results in subgroups, with those who are in them in the smallest arm."""
    dataset = people.get(f"{file.split('/')[2]}.dataset")
    if dataset is None:
        return
    shown = tuple(table.words["amounts"])
    sizes = _members(dataset)
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
