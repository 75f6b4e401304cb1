"""Who is behind the analyses of a release, and what few participants have."""

from typing import Any

import pandas as pd

from trialbalance.audit.release.cell_amounts import few_deaths
from trialbalance.dataset.rows import GROUPING
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.groups import Group
from trialbalance.disclosure.telling_words import (
    Small,
    death_words,
    few_in_an_arm,
    plain,
    small_levels,
    small_parts,
)

BASE = "base"
DATASET, FOLLOW_UP = ".dataset", ".follow_up"


def analysed_groups(people: dict[str, pd.DataFrame], settings: dict[str, Any]) -> list[Group]:
    """Return those whom each analysis of each scenario counts.

    Parameters
    ----------
    people : dict of pandas.DataFrame
        Tables with a row a participant; datasets as ``<analysis>.dataset`` for the base case and
        ``<scenario>/<analysis>.dataset`` for others.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    list of Group
        The base case first, in the order of the study.
    """
    groups = []
    for name, table in people.items():
        if not name.endswith(DATASET):
            continue
        where = name.removesuffix(DATASET)
        where = where if "/" in where else f"{BASE}/{where}"
        analysis = where.partition("/")[2]
        known = settings["analyses"]
        outcome = known[analysis]["outcome"] if analysis in known else ""
        mine = table.set_index("participant_id")[["arm", "cost", "effect"]]
        groups.append(Group(where, outcome, mine))
    return sorted(groups, key=lambda group: not group.name.startswith(f"{BASE}/"))


def with_groupings(dataset: pd.DataFrame) -> pd.DataFrame:
    """Return a dataset whose columns of subgroups have the names that the study gives them.

    Examples
    --------
    >>> list(with_groupings(pd.DataFrame(columns=["arm", "group_sex"])))
    ['arm', 'sex']
    """
    names = {c: c.removeprefix(GROUPING) for c in dataset if c.startswith(GROUPING)}
    return dataset.rename(columns={c: name for c, name in names.items() if name not in dataset})


def arms_of(people: dict[str, pd.DataFrame]) -> pd.Series | None:
    """Return the arm of each participant; None where no table of people says it."""
    tables = [table for table in (people.get("participants"), *people.values())
              if table is not None and {"participant_id", "arm"} <= set(table)]  # fmt: skip
    if not tables:
        return None
    return tables[0].drop_duplicates("participant_id").set_index("participant_id")["arm"]


def small_things(people: dict[str, pd.DataFrame], settings: dict[str, Any]) -> list[Small]:
    """Return what fewer participants of an arm than the threshold have.

    Parameters
    ----------
    people, settings
        As for `analysed_groups`.

    Returns
    -------
    list of Small
        Levels of characteristics and sites, deaths, endpoints, parts of the models.
    """
    threshold = settings["disclosure"]["threshold"]
    declared = settings["data"]["covariates"]
    found: list[Small] = []
    for name, table in people.items():
        if name == "participants" or name.endswith(DATASET):
            found += small_levels(with_groupings(table), threshold, declared)
        if name.endswith(DATASET):
            found += small_parts(table, threshold)
        if name.endswith(FOLLOW_UP) and few_deaths(table, threshold):
            found += death_words()
    everyone = people.get("participants")
    if everyone is None:
        return found
    arm = everyone.set_index("participant_id")["arm"]
    if "death_date" in everyone:
        died = everyone[["arm"]].assign(died=everyone["death_date"].notna())
        found += small_parts(died, threshold)
    events = people.get("endpoint_events")
    for endpoint, rows in [] if events is None else events.groupby("endpoint", observed=True):
        had = pd.Series(arm.index.isin(rows["participant_id"]), index=arm.index)
        if few_in_an_arm(had, arm, threshold):
            found.append(Small((plain(endpoint),), f"endpoint {endpoint}"))
    return found


def held_things(edition: Edition) -> list[Small]:
    """Return what is held back under its own name and must be so under any other.

    Parameters
    ----------
    edition : Edition
        Tables on their way out, counts and amounts seen to.

    Returns
    -------
    list of Small
        Items, subgroups and sets of prices.
    """
    kinds = {
        ("quantities", "cost"): "item",
        ("subgroups", "cost"): "subgroup",
        ("price_scenarios", "cost"): "scenario",
    }
    found = []
    for file, row, column in edition.held:
        table = edition.tables[file]
        if (name := kinds.get((table.contract["name"], column))) is not None:
            word = str(table.before[name].iloc[row])
            found.append(Small((plain(word),), f"{name} {word}"))
    return list(dict.fromkeys(found))


def hold_zeros(edition: Edition) -> None:
    """Hold back a 0 that stands beside a blank of the same item or endpoint of other people.

    Notes
    -----
    Where an item of an arm is held back in one analysis and 0 in another, whoever is counted in
    the first alone had it.
    """
    names = {"quantities": ("arm", "item"), "endpoints": ("arm", "endpoint")}
    columns = {"quantities": "cost", "endpoints": "events"}
    blank, zero = set(), []
    for file, table in edition.tables.items():
        kind = table.contract["name"]
        if kind not in names:
            continue
        for place, row in enumerate(table.before[[*names[kind], columns[kind]]].itertuples()):
            key = (kind, row[1], row[2])
            if edition.is_held(file, place, columns[kind]):
                blank.add(key)
            elif row[3] == 0:
                zero.append((key, file, place))
    for key, file, place in zero:
        if key in blank:
            table = edition.tables[file]
            shown = [*table.words.get("amounts", []), *table.words.get("percents", {})]
            shown += ["events"] if key[0] == "endpoints" else []
            edition.hold(file, [place], shown, "0 beside what is held back of others")
