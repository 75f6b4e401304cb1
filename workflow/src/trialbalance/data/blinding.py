"""Records made blind: neutral arms, and items that give an arm away spread over everyone."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.settings.blinding import WITHHELD, pooled_names, without_names

COLUMNS = ["subject", "treatment", "why"]
# So many users of an item, all of one arm, are no chance.
ONE_SIDED = 5
# An arm in which so small a share of the share of another uses an item stands apart from it.
NEAR_ZERO = 0.1


def blind_records(
    tables: dict[str, pd.DataFrame], key: dict[str, str], items: list[str], words: list[str]
) -> dict[str, pd.DataFrame]:
    """Return records as recorded, but for what says who is in which arm.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        Raw tables and ``unit_costs``, cells as text.
    key : dict
        Arm -> neutral name.
    items : list of str
        Items that give an arm away.
    words : list of str
        Names and labels that no text may hold.

    Returns
    -------
    dict of pandas.DataFrame
        The same tables. The use of an item that gives an arm away is spread evenly over all
        participants, so that its total stays; orders and other events in law are
        left out.

    Raises
    ------
    Problems
        Another item is used in one arm only, or an item to be pooled cannot be.
    """
    arms = tables["participants"].set_index("participant_id")["arm"]
    _refuse(tables, arms, items)
    names, found = key | pooled_names(items), {}
    for name, table in tables.items():
        table = table.copy()
        if name == "resource_use":
            table = _pool(table, tables["participants"], items)
        if name == "legal_events":
            table = table.iloc[:0]
        if name == "episodes":
            table = table[table["type"] == "occupancy"]
        if name == "unit_costs":
            mine = table["item"].isin(items)
            for column in {"source", "note", "unit"} & set(table.columns):
                table.loc[mine, column] = WITHHELD
        hide = [*words, *items]
        found[name] = table.apply(
            lambda column, hide=hide: column.map(
                lambda cell: names.get(cell) or without_names(str(cell), hide) if cell else cell
            )
        )
    return found


def _pool(use: pd.DataFrame, people: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """Return resource use in which every participant has the mean of the items pooled.

    What is recorded by date stands at the median time from randomisation, not after death.
    """
    mine = use[use["item"].isin(items)]
    quantity = pd.to_numeric(mine["quantity"])
    means = (quantity.groupby([mine["item"], mine["period"]]).sum() / len(people)).round(6)
    parts = [use[~use["item"].isin(items)]]
    for number, ((item, period), mean) in enumerate(means.items(), start=1):
        rows = pd.DataFrame({"participant_id": people["participant_id"], "item": item})
        rows["record_id"] = f"pooled_{number}_" + rows["participant_id"]
        dated = mine[(mine["item"] == item) & (mine["period"] == "")] if not period else []
        date = _typical_dates(dated, people) if len(dated) else ""
        parts.append(rows.assign(period=period, quantity=f"{mean:g}", date=date))
    return pd.concat(parts).reindex(columns=use.columns).fillna("")


def _typical_dates(dated: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Return a date for each participant: the median time after randomisation, or death."""
    known = people.set_index("participant_id")
    start = pd.to_datetime(known["randomisation_date"], errors="coerce")
    there = pd.to_datetime(dated["date"], errors="coerce")
    lag = (there - dated["participant_id"].map(start)).median()
    dates = start + lag.floor("D")
    if "death_date" in known:
        death = pd.to_datetime(known["death_date"], errors="coerce")
        dates = dates.where(death.isna() | (dates <= death), death)
    return dates.dt.strftime("%Y-%m-%d").fillna("").set_axis(people.index)


def _refuse(tables: dict[str, pd.DataFrame], arms: pd.Series, items: list[str]) -> None:
    """Stop where what is recorded would give an arm away, or cannot be pooled."""
    findings, setting = [], "study.reveals"
    for name in ("resource_use", "episodes"):
        table = tables.get(name)
        if table is None or table.empty:
            continue
        users = table.drop_duplicates(["participant_id", "item"])
        counts = pd.crosstab(users["item"], users["participant_id"].map(arms))
        counts = counts.reindex(columns=arms.unique(), fill_value=0)
        shares = counts / arms.value_counts().reindex(counts.columns)
        for item, row in counts.iterrows():
            share = shares.loc[item]
            apart = share.min() <= NEAR_ZERO * share.max()
            if item and item not in items and row.sum() >= ONE_SIDED and apart:
                few = "nobody" if not share.min() else "hardly anybody"
                found = f"{item}, which {few} of one of the arms uses"
                remedy = "name it under study.reveals, and it is pooled over the arms"
                findings.append(Finding("study.yaml", None, setting, found, remedy=remedy))
        stays = sorted(set(table["item"]) & set(items)) if name == "episodes" else []
        if stays:
            found, remedy = f"{', '.join(stays)}, an item of stays", "hand it over as resource use"
            findings.append(Finding("study.yaml", None, setting, found, "a count", remedy))
    if findings:
        raise Problems(findings)


def blinding_table(arms: int, items: list[str], named: list[str]) -> pd.DataFrame:
    """Return what is blind, how, and what cannot be.

    Parameters
    ----------
    arms : int
        Number of arms.
    items : list of str
        Neutral names of the items that are pooled.
    named : list of str
        Settings that single an arm out.

    Returns
    -------
    pandas.DataFrame
        Columns subject, treatment, why.

    Examples
    --------
    >>> table = blinding_table(2, ["item_1"], [])
    >>> table.loc[table["subject"] == "item_1", "treatment"].item()
    'pooled'
    """
    rows: list[tuple[str, str, Any]] = [
        (f"names of {arms} arms", "relabelled", "in every table, text and file after the records"),
        ("order of the arms and comparator", "relabelled",
         "the first neutral label is the comparator, whichever arm it is"),
        ("words of the report, published figures, deviations", "left out", "they name the arms"),
    ]  # fmt: skip
    rows += [(item, "pooled", "spread evenly over everyone; its total stays") for item in items]
    rows += [
        ("orders and other events in law", "left out", "they follow the arm"),
        ("numbers of participants in each arm", "cannot be blinded",
         "each mean rests on them; they tell where arms were planned unequal"),
        ("results that differ as expected", "cannot be blinded",
         "who expects a difference may guess which arm is which"),
    ]  # fmt: skip
    rows += [(name, "cannot be blinded", "the setting singles an arm out") for name in named]
    return pd.DataFrame(rows, columns=COLUMNS)
