"""Means by arm of everything a study recorded: for studies that compare nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR, NOBODY
from trialbalance.dataset.described.unit_ratios import costs_per_unit

COLUMNS = [
    *("arm", "by", "kind", "quantity", "at", "participants", "observed"),
    *("mean", "sd", "lower_quartile", "median", "upper_quartile"),
    *("if_lost_no", "if_lost_yes", "status", "note"),
]
FIXED = ("participant_id", "arm", "site", "randomisation_date", "death_date", "exclusion")
DAYS_A_MONTH = DAYS_A_YEAR / 12


def describe_groups(
    tables: dict[str, pd.DataFrame], study: dict[str, Any], section: dict[str, Any]
) -> pd.DataFrame:
    """Describe characteristics, measures, outcomes, costs and days under a status, by arm.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        participants, and those of measures, outcomes, endpoint_events, endpoint_risk, ledger,
        participant_costs, cost_observed, prices, perspectives, legal_days and legal_use that the
        study has.
    study, section : dict
        Resolved sections ``study`` and ``dataset``.

    Returns
    -------
    pandas.DataFrame
        One row an arm (and part of it), kind of quantity, quantity and visit. An arm that nobody
        entered keeps its rows, with 0 participants and a note.

    Notes
    -----
    Every mean is over those observed; nothing is compared and nothing is imputed. For what is yes
    or no the two extremes are given too: everyone not observed a no (lost = relapsed), or a yes.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "all": ["true"]})
    >>> from trialbalance.settings.resolve import complete
    >>> table = describe_groups({"participants": people.assign(age=30)},
    ...     {"arms": {"a": {}, "b": {}}, "comparator": "b", "visits": {}, "periods": {}},
    ...     complete("dataset", {"describe": {"population": "all"}}))
    >>> ages = table[table["quantity"] == "age"].dropna(subset="arm")
    >>> ages[["arm", "mean", "note"]].values.tolist()
    [['a', 30.0, ''], ['b', nan, 'no participants recruited']]
    """
    chosen = section["describe"]
    rows = []
    for (arm, by, kind, name, at), values in described_values(tables, study, section):
        status = "illustrative, assumed" if name in chosen["illustrative"] else ""
        known = values.to_numpy()
        rows.append((arm, by, kind, name, at, *_summary(known), status, _note(len(known), by)))
    people = _population(tables, chosen["population"])
    others = [arm for arm in study["arms"] if arm != study["comparator"]]
    arms = [None, *others, *[arm for arm in study["arms"] if arm not in others]]
    everything = list(_quantities(tables, people, study, chosen["population"]))
    for arm, kind, name, at, *counts, ratio, status, note in costs_per_unit(
        people, arms, everything, chosen
    ):
        rows.append((arm, "", kind, name, at, *counts, ratio, *(np.nan,) * 6, status, note))
    rows += _cost_of_law(tables, people, list(study["arms"]), chosen["law_cost_per"])
    return pd.DataFrame(rows, columns=COLUMNS)


def described_values(
    tables: dict[str, pd.DataFrame], study: dict[str, Any], section: dict[str, Any]
) -> Iterator[tuple[tuple, pd.Series]]:
    """Yield what each line of the description is made of.

    Parameters
    ----------
    tables, study, section
        As for `describe_groups`.

    Yields
    ------
    tuple
        (arm, part, kind, quantity, visit), and the values of its members by participant.
    """
    chosen = section["describe"]
    people = _population(tables, chosen["population"])
    for kind, name, at, found in _quantities(tables, people, study, chosen["population"]):
        values = found.reindex(people["participant_id"]).astype(float)
        for arm, by, members in _parts(people, [None, *study["arms"]], chosen["by"]):
            yield (arm, by, kind, name, at), values[members]


def _population(tables: dict[str, pd.DataFrame], population: str) -> pd.DataFrame:
    """Return the participants described."""
    people = tables["participants"]
    return people[_text(people[population]) == "true"].reset_index(drop=True)


def _text(values: pd.Series) -> pd.Series:
    """Return values as lower-case text, so that True and "true" are one."""
    return values.astype("string").str.lower().fillna("")


def _parts(people: pd.DataFrame, arms: list[str | None], by: list[str]) -> Iterator[tuple]:
    """Yield everyone (arm None) and each arm, whole and in parts."""
    members = {arm: ((people["arm"] == arm) | (arm is None)).to_numpy() for arm in arms}
    for arm in arms:
        yield arm, "", members[arm]
    for column in by:
        levels = _text(people[column])
        for level in sorted(levels[levels != ""].unique()):
            inside = (levels == level).to_numpy()
            for arm in arms:
                yield arm, f"{column}: {level}", inside & members[arm]


def _note(members: int, by: str) -> str:
    if members:
        return ""
    return "nobody in this part" if by else NOBODY


def _cost_of_law(
    tables: dict, people: pd.DataFrame, arms: list[str], status: str | None
) -> list[tuple]:
    """Return, by arm, the cost of all events in law for each month under a status."""
    if "legal_use" not in tables or status is None:
        return []
    ledger, days, rows = tables["ledger"], tables["legal_days"], []
    taken = ledger[ledger["record_id"].isin(tables["legal_use"]["record_id"])]
    days = days[days["status"] == status]
    for arm in arms:
        who = people.loc[people["arm"] == arm, "participant_id"]
        spent = taken.loc[taken["participant_id"].isin(who), "cost"].sum()
        mine = days.loc[days["participant_id"].isin(who), "days"]
        months = mine.sum() / DAYS_A_MONTH
        ratio = spent / months if months else np.nan
        note = "total cost over total months" if months else "nobody under this status"
        head = (arm, "", "cost of events in law a month under a status", status, "")
        rows.append((*head, len(who), int((mine > 0).sum()), ratio, *(np.nan,) * 6, "", note))
    return rows


def _summary(values: np.ndarray) -> tuple:
    """Return participants, observed, mean, SD, quartiles and the shares at the two extremes."""
    known = values[~np.isnan(values)]
    if not len(known):
        return len(values), 0, *(np.nan,) * 7
    spread = known.std(ddof=1) if len(known) > 1 else np.nan
    lost, corners = len(values) - len(known), (np.nan, np.nan)
    if lost and np.isin(known, (0.0, 1.0)).all():
        corners = (known.sum() / len(values), (known.sum() + lost) / len(values))
    quartiles = np.quantile(known, [0.25, 0.5, 0.75])
    return len(values), len(known), known.mean(), spread, *quartiles, *corners


def _quantities(
    tables: dict, people: pd.DataFrame, study: dict, population: str
) -> Iterator[tuple]:
    """Yield kind, name, visit and values by participant of everything there is."""
    yield from _characteristics(people, population)
    for table, name in (("measures", "measure"), ("outcomes", "outcome")):
        if table not in tables or tables[table].empty:
            continue
        at = "visit" if "visit" in tables[table] else None
        keys = [name] + ([at] if at else [])
        for key, group in tables[table].groupby(keys, observed=True, sort=False):
            values = group.set_index("participant_id")["value"]
            yield name, key[0], key[1] if at else "", values
    yield from _endpoints(tables)
    yield from _costs(tables, people, study)
    if "legal_days" in tables:
        for status, group in tables["legal_days"].groupby("status", observed=True, sort=False):
            yield "days under a status", status, "", group.set_index("participant_id")["days"]


def _endpoints(tables: dict) -> Iterator[tuple]:
    """Yield how many events of each endpoint there were, and their nights or days."""
    everyone = tables["participants"]["participant_id"]
    if "endpoint_risk" in tables and len(tables["endpoint_risk"]):
        risk = tables["endpoint_risk"]
        risk = risk.assign(days=(risk["end_years"] - risk["start_years"]) * DAYS_A_MONTH * 12)
        for endpoint, group in risk.groupby("endpoint", observed=True):
            values = group.groupby("participant_id", observed=True)["days"].sum()
            yield "days at risk of events", endpoint, "", values.reindex(everyone).fillna(0.0)
    if "endpoint_events" not in tables or tables["endpoint_events"].empty:
        return
    for endpoint, group in tables["endpoint_events"].groupby("endpoint", observed=True):
        mine = group.groupby("participant_id", observed=True)["amount"]
        for kind, values in (("number of events", mine.size()), ("days of events", mine.sum())):
            yield kind, endpoint, "", values.reindex(everyone).fillna(0.0)


def _characteristics(people: pd.DataFrame, population: str) -> Iterator[tuple]:
    """Yield columns of the participants that are numbers or yes or no."""
    identifier = people["participant_id"]
    for column in people.columns:
        if column in (*FIXED, population):
            continue
        text = _text(people[column])
        if text.isin(["true", "false", ""]).all():
            values = text.map({"true": 1.0, "false": 0.0}).astype(float)
        else:
            values = pd.to_numeric(people[column].astype("string"), errors="coerce").astype(float)
            if values.isna().all():
                continue
        yield "characteristic", column, "", pd.Series(values.to_numpy(), index=identifier)


def _costs(tables: dict, people: pd.DataFrame, study: dict) -> Iterator[tuple]:
    """Yield each participant's cost in each perspective; blank where a part was not observed."""
    if "participant_costs" not in tables:
        return
    before = [name for name, (_, end) in study["periods"].items() if end <= 0]
    costs = tables["participant_costs"]
    costs = costs[~costs["period"].isin(before)]
    unseen = tables["cost_observed"]
    unseen = unseen[~unseen["observed"].astype(bool) & ~unseen["period"].isin(before)]
    groups = tables["prices"].set_index("item")["source_group"]
    counted = tables["perspectives"]
    counted = counted[counted["counted"].astype(bool)]
    for perspective, group in counted.groupby("perspective", observed=True, sort=False):
        mine = costs[costs["perspective"] == perspective]
        total = mine.groupby("participant_id", observed=True)["cost"].sum()
        total = total.reindex(people["participant_id"]).fillna(0.0)
        used = unseen["source_group"].isin(groups.reindex(group["item"]).unique())
        total[total.index.isin(unseen.loc[used, "participant_id"])] = np.nan
        yield "cost", perspective, "", total
