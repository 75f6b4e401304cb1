"""Keys of tables: rows that repeat one, and rows that point to none."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.schemas import keys
from trialbalance.contracts.spelling import meant


def show(value: Any) -> str:
    """Quote a value for a sentence, shortened when it is long.

    Examples
    --------
    >>> show("GP visit")
    "'GP visit'"
    >>> show(2.0)
    '2'
    """
    if isinstance(value, pd.Timestamp | np.datetime64):
        moment = pd.Timestamp(value)
        timed = moment == moment and moment != moment.normalize()
        return f"'{moment:%Y-%m-%d %H:%M}'" if timed else f"'{moment:%Y-%m-%d}'"
    if isinstance(value, float | np.floating):
        return f"{value:.10g}"
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    clean = value.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return f"'{clean[:40]}…'" if len(clean) > 40 else f"'{clean}'"


def check_key(typed: pd.DataFrame, contract: dict, file: str) -> list[Finding]:
    """Find rows that repeat the primary key of an earlier row.

    Parameters
    ----------
    typed : pandas.DataFrame
        Table whose index numbers the rows as a spreadsheet does.
    contract : dict
        Contract of the table.
    file : str
        Name of the file for the finding.

    Returns
    -------
    list of Finding
        Empty, or one finding that names both rows.

    Examples
    --------
    >>> table = pd.DataFrame({"item": ["gp", "gp"]}, index=[2, 3])
    >>> check_key(table, {"primaryKey": ["item"]}, "prices.csv")[0].found
    "'gp' a second time (first in row 2)"
    """
    key = keys(contract)
    if not key or not set(key) <= set(typed.columns):
        return []
    full = typed[key].dropna()
    again = full.duplicated(keep="first")
    if not again.any():
        return []
    row = again.index[again][0]
    same = (full == full.loc[row]).all(axis=1)
    found = " and ".join(show(value) for value in full.loc[row])
    return [
        Finding(
            file,
            int(row),
            " + ".join(key),
            f"{found} a second time (first in row {int(same.index[same][0])})",
            f"each {' and '.join(key)} once",
            "remove one of the rows or correct it",
            int(again.sum()) - 1,
        )
    ]


def check_references(
    typed: pd.DataFrame, contract: dict, file: str, others: dict[str, pd.DataFrame]
) -> list[Finding]:
    """Find rows that point to a row of another table that does not exist.

    Parameters
    ----------
    typed : pandas.DataFrame
        Table whose index numbers the rows as a spreadsheet does.
    contract : dict
        Contract with ``foreignKeys``.
    file : str
        Name of the file for the findings.
    others : dict of str to pandas.DataFrame
        Tables pointed to, by name; a table not given is not checked.

    Returns
    -------
    list of Finding
        One for each foreign key that is broken.

    Examples
    --------
    >>> link = {"fields": ["a"], "reference": {"resource": "t", "fields": ["a"]}}
    >>> one, two = pd.DataFrame({"a": ["x"]}, index=[2]), pd.DataFrame({"a": ["y"]})
    >>> check_references(one, {"foreignKeys": [link]}, "o.csv", {"t": two})[0].found
    "'x', not in table t"
    """
    findings = []
    for link in contract.get("foreignKeys", []):
        table = link["reference"]["resource"]
        here, there = (
            [names] if isinstance(names, str) else list(names)
            for names in (link["fields"], link["reference"]["fields"])
        )
        if table not in others or not set(here) <= set(typed.columns):
            continue
        rows = typed[here].dropna()
        known = others[table][there].drop_duplicates()
        if len(here) == 1:
            lost = ~rows[here[0]].isin(known[there[0]])
        else:
            lost = ~pd.MultiIndex.from_frame(rows).isin(pd.MultiIndex.from_frame(known))
        lost = rows[lost]
        if lost.empty:
            continue
        first = lost.iloc[0]
        value = " and ".join(show(part) for part in first)
        others_shown = [show(v) for v in lost[here[0]].drop_duplicates().iloc[1:5]]
        also = f" (also {', '.join(others_shown)})" if len(here) == 1 and others_shown else ""
        close = meant(first.iloc[0], known[there[0]].astype("str")) if len(here) == 1 else ""
        findings.append(
            Finding(
                file,
                int(lost.index[0]),
                " + ".join(here),
                f"{value}, not in table {table}{also}",
                f"a {' and '.join(there)} of table {table}",
                f"correct it or add it to {table}{close}",
                len(lost) - 1,
            )
        )
    return findings
