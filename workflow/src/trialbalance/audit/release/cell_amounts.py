"""What a model tells of its cells: means by visit, period and source of cost; shares at a bound."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from trialbalance.disclosure.amounts import Amount
from trialbalance.disclosure.edition import Edition, Table
from trialbalance.disclosure.estimates import group_of_file
from trialbalance.disclosure.telling_words import few_in_an_arm

COST = "cost"
# Costs of all analyses by source and period; what an arm costs in all is published in any case.
KEY = "cost by source and period"
SHOWN = ("mean", "sd", "lower", "upper")
NOBODY = pd.Series(dtype=float)
MEANS = re.compile(r"^(mean_cost_group|period_mean|visit_mean)\[([^,\]]+), (.+)\]$")
SPIKE = re.compile(r"\[(.+?) at (-?[\d.][\d.e+-]*)(?:, | on |\])")
FEW = "tells of a share of fewer than {threshold} participants"
TELLS = "tells of a cost or a visit whose mean is held back"


def visit_amounts(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the means of a table of visits and periods, with the values behind them."""
    cells = [
        (place, row.arm, row.kind == COST, f"{row.name} {row.moment}")
        for place, row in enumerate(table.before.itertuples(index=False))
    ]
    yield from _amounts(file, table.contract["name"], tuple(table.words["amounts"]), cells, people)


def parameter_amounts(file: str, table: Table, people: dict, settings: dict) -> Iterator[Amount]:
    """Yield the parameters that are means by visit, period or source, with the values behind."""
    cells = []
    for place, name in enumerate(table.before["parameter"].astype(str)):
        if found := MEANS.match(name):
            cells.append((place, found[2], found[1] != "visit_mean", found[3]))
    yield from _amounts(file, table.contract["name"], SHOWN, cells, people)


def _amounts(
    file: str, table: str, columns: tuple[str, ...],
    cells: list[tuple[int, str, bool, str]], people: dict,
) -> Iterator[Amount]:  # fmt: skip
    """Yield the amount of each cell: its place, arm, whether it is a cost, and its name."""
    where = group_of_file(file, table)
    values, parts = _values(people, where)
    for arm in dict.fromkeys(arm for _, arm, _, _ in cells):
        mine = [cell for cell in cells if cell[1] == arm]
        costs = [cell for cell in mine if cell[2] and (arm, cell[3]) in values]
        names = sorted({part for cell in costs for part in parts[cell[3]]})
        if names:
            whole = pd.concat([values[arm, name] for name in names]).groupby(level=0).sum()
            all_of_it = tuple((name, 1.0) for name in names)
            yield Amount(file, costs[0][0], (), KEY, whole, fixed=True, parts=all_of_it)
        for place, _, is_cost, name in mine:
            each = values.get((arm, name), NOBODY)
            if is_cost:
                own = tuple((part, 1.0) for part in parts.get(name, (name,)))
                yield Amount(file, place, columns, KEY, each, parts=own)
            else:
                yield Amount(file, place, columns, f"visit {name}", each, "score")


def _values(
    people: dict, where: str
) -> tuple[dict[tuple[str, str], pd.Series], dict[str, tuple[str, ...]]]:
    """Return value by participant of each cell of an arm, and the cells that a name adds up."""
    prefix = where.removeprefix("base/")
    seen, dataset = people.get(f"{prefix}.follow_up"), people.get(f"{prefix}.dataset")
    values: dict[tuple[str, str], pd.Series] = {}
    parts: dict[str, tuple[str, ...]] = {}
    if seen is not None and len(seen):
        # Somebody dead counts as 0 in a mean, and in no share.
        gone = (seen["status"] == "dead") & (seen["value"] == 0)
        known = seen[seen["value"].notna() & ~gone].set_index("participant_id")
        for (arm, kind, name, moment), rows in known.groupby(
            ["arm", "kind", "name", "moment"], observed=True
        ):
            values[arm, f"{name} {moment}"] = rows["value"]
            if kind == COST:
                parts[f"{name} {moment}"] = (f"{name} {moment}",)
                parts[name] = tuple(dict.fromkeys((*parts.get(name, ()), f"{name} {moment}")))
            else:
                values.setdefault((arm, moment), rows["value"])
        for (arm, name), rows in known[known["kind"] == COST].groupby(["arm", "name"]):
            values[arm, name] = rows["value"].groupby(level=0).sum()
    elif dataset is not None:
        for arm, rows in dataset.set_index("participant_id").groupby("arm", observed=True):
            for column in _sources(dataset):
                name = column.removeprefix("cost_")
                values[arm, name], parts[name] = rows[column].dropna().astype(float), (name,)
    return values, parts


def _sources(dataset: pd.DataFrame) -> list[str]:
    """Return the columns of a dataset that are costs by source."""
    return [c for c in dataset if c.startswith("cost_") and not c.endswith("_observed")]


def hold_cells(edition: Edition) -> None:
    """Hold back every parameter of a cell whose mean is held back in its analysis.

    Parameters
    ----------
    edition : Edition
        Tables on their way out, amounts seen to.
    """
    held: dict[str, set[str]] = {}
    for file, row, column in edition.held:
        table = edition.tables[file]
        name, own = table.contract["name"], table.before.iloc[row]
        if name == "visit_means" and column == "mean":
            held.setdefault(group_of_file(file, name), set()).add(f"{own['name']} {own['moment']}")
        elif name == "parameters" and (found := MEANS.match(str(own["parameter"]))):
            held.setdefault(group_of_file(file, name), set()).add(found[3])
    for file, table in edition.tables.items():
        cells = held.get(group_of_file(file, table.contract["name"]), set())
        if table.contract["name"] == "parameters" and cells:
            named = [
                place
                for place, text in enumerate(table.before["parameter"].astype(str))
                # What is a mean itself was judged by who is behind it.
                if not MEANS.match(text) and cells & set(_cells_of(text))
            ]
            edition.hold(file, named, table.numbers(), TELLS)


def _cells_of(parameter: str) -> list[str]:
    """Return the cells that a parameter names: its own, and the one that it is a slope on.

    Examples
    --------
    >>> _cells_of("slope[utility m12 at 1 on records m6, new_service]")
    ['utility m12', 'records m6']
    >>> _cells_of("level[records m6, new_service]")
    ['records m6']
    """
    inside = parameter.partition("[")[2].removesuffix("]")
    return [part.partition(", ")[0].partition(" at ")[0] for part in inside.split(" on ")]


def few_deaths(follow_up: pd.DataFrame, threshold: int) -> bool:
    """Return whether some, but fewer than the threshold, of an arm died in one span of follow-up.

    Parameters
    ----------
    follow_up : pandas.DataFrame
        Table follow_up of an analysis.
    threshold : int
        Fewest participants.

    Examples
    --------
    >>> seen = pd.DataFrame({"participant_id": range(40), "arm": "new", "end_years": 1.0,
    ...     "died": [number < 3 for number in range(40)], "followed_years": 0.4})
    >>> few_deaths(seen, 10), few_deaths(seen.assign(died=False), 10)
    (True, False)
    """
    ends = np.unique(follow_up["end_years"].to_numpy(float))
    people = follow_up.drop_duplicates("participant_id")
    dead = people[people["died"].astype(bool)]
    spans = np.searchsorted(ends, dead["followed_years"].to_numpy(float))
    counts = pd.crosstab(dead["arm"], spans)
    return bool(((counts > 0) & (counts < threshold)).any(axis=None))


def hold_spikes(edition: Edition, people: dict[str, pd.DataFrame]) -> None:
    """Hold back parameters of a share at a bound, such as no cost, that few of an arm make up.

    Parameters
    ----------
    edition : Edition
        Tables on their way out.
    people : dict of pandas.DataFrame
        Tables with a row a participant.

    Notes
    -----
    The posterior of a share under a prior that is printed gives the count behind it. A row is named
    ``level[<cell> at <bound>, <arm>]``; of a cell that is not known here it is held back.
    """
    threshold = edition.section["threshold"]
    for file, table in edition.tables.items():
        if table.contract["name"] != "parameters":
            continue
        for place, name in enumerate(table.before["parameter"].astype(str)):
            found = SPIKE.search(name)
            # Deaths are counted by `few_deaths`, whatever a parameter calls them.
            if (
                found
                and not found[1].startswith("death ")
                and _is_small(people, file, found[1], float(found[2]), threshold)
            ):
                edition.hold(file, [place], table.numbers(), FEW.format(threshold=threshold))


def _is_small(people: dict, file: str, cell: str, bound: float, threshold: int) -> bool:
    """Return whether some, but fewer than the threshold, of an arm are at a bound, or are not."""
    where = group_of_file(file, "parameters")
    dataset = people.get(f"{where.removeprefix('base/')}.dataset")
    if dataset is None:
        return True
    arm = dataset.set_index("participant_id")["arm"]
    values = pd.concat([v for (_, name), v in _values(people, where)[0].items() if name == cell]
                       or [NOBODY])  # fmt: skip
    column = {"effect": "effect"}.get(cell, f"cost_{cell}")
    if values.empty and column in dataset:
        values = dataset.set_index("participant_id")[column].dropna().astype(float)
    if values.empty:
        return True
    there = pd.Series(np.isclose(values, bound, rtol=1e-5, atol=1e-9), index=values.index)
    if cell == "effect" and "at_ceiling" in dataset and bound > 0:
        top = dataset.set_index("participant_id")["at_ceiling"].fillna(False).astype(bool)
        there |= top.reindex(there.index).fillna(False).astype(bool)
    return few_in_an_arm(there, arm.reindex(there.index), threshold)
