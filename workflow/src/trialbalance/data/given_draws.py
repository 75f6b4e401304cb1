"""Draws handed over as two wide tables, and parameter draws beside them, brought into shape."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import nearest
from trialbalance.data.record_set import Records

WIDE = ("costs_drawn", "effects_drawn")


def tidy_draws(
    costs: pd.DataFrame,
    effects: pd.DataFrame,
    files: tuple[str, ...] = ("costs.csv", "effects.csv"),
):
    """Turn two wide tables, one column an arm, into tidy draws.

    Parameters
    ----------
    costs, effects : DataFrame
        One row a draw and one column an arm, named; a column ``draw`` may number the rows.
    files : tuple of str
        Names of the two files for messages.

    Returns
    -------
    DataFrame
        Columns draw, arm, cost, effect.

    Raises
    ------
    Problems
        The two tables have other arms, other numbers of rows or other draws.

    Examples
    --------
    >>> tidy_draws(pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [0.5]})).values.tolist()
    [[1, 'a', 1.0, 0.5]]
    """
    cost, effect = (_numbered(table).set_index("draw") for table in (costs, effects))
    findings = []
    if set(cost.columns) != set(effect.columns):
        found, allowed = (", ".join(map(str, sorted(t.columns))) for t in (effect, cost))
        remedy = f"name the arms as in {files[0]}"
        findings.append(Finding(files[1], None, None, f"arms {found}", allowed, remedy))
    if len(cost) != len(effect):
        found, allowed = f"{len(effect)} draws", f"{len(cost)}, as in {files[0]}"
        remedy = "give cost and effect of the same draws"
        findings.append(Finding(files[1], None, None, found, allowed, remedy))
    elif not np.array_equal(np.sort(cost.index), np.sort(effect.index)):
        found, allowed = "other draw numbers", f"those of {files[0]}"
        remedy = "give cost and effect of the same draws"
        findings.append(Finding(files[1], None, "draw", found, allowed, remedy))
    if findings:
        raise Problems(findings)
    effect = effect.loc[cost.index]
    parts = [
        pd.DataFrame(
            {
                "draw": cost.index,
                "arm": arm,
                "cost": cost[arm].to_numpy(),
                "effect": effect[arm].to_numpy(),
            }
        )
        for arm in cost.columns
    ]
    return pd.concat(parts, ignore_index=True)


def _numbered(table):
    """Return a table with its rows numbered from 1 where it does not number them itself."""
    if "draw" in table.columns and table["draw"].notna().any():
        return table
    return table.assign(draw=np.arange(1, len(table) + 1))


def arm_columns(table: pd.DataFrame, arms: list[str], file: str):
    """Find columns of a wide table that are no arms, arms without one, and cells without a number.

    Parameters
    ----------
    table : DataFrame
        One row a draw, one column an arm; its index numbers the rows as a spreadsheet does.
    arms : list of str
        Arms of the study.
    file : str
        Name of the file for messages.

    Returns
    -------
    list of Finding
        One a column.

    Examples
    --------
    >>> arm_columns(pd.DataFrame({"usual": [1.0]}), ["usual", "new"], "costs.csv")[0].found
    'no column of arm new'
    """
    findings, meant, columns = [], [], [name for name in table.columns if name != "draw"]
    allowed = f"draw and the arms {', '.join(arms)}"
    for name in columns:
        if name not in arms:
            close = nearest(name, [arm for arm in arms if arm not in columns])
            meant.append(close)
            remedy = f"rename it to {close}" if close else "leave the column out"
            findings.append(Finding(file, 1, name, f"a column {name}", allowed, remedy))
            continue
        number = pd.to_numeric(table[name], errors="coerce").to_numpy(float, na_value=np.nan)
        if (wrong := np.flatnonzero(~np.isfinite(number))).size:
            found = table[name].iloc[wrong[0]]
            found = "a blank" if pd.isna(found) or found == "" else f"'{found}'"
            row, further = int(table.index[wrong[0]]), wrong.size - 1
            remedy = "correct it, or leave out the whole draw in both files"
            findings.append(Finding(file, row, name, found, "a number", remedy, further))
    remedy = "give cost and effect of every arm"
    for arm in [arm for arm in arms if arm not in [*columns, *meant]]:
        findings.append(Finding(file, 1, arm, f"no column of arm {arm}", allowed, remedy))
    return findings


def take_draws(tables: dict[str, Any], files: dict[str, Any], study: dict[str, Any]):
    """Make tidy draws of two wide tables, where a study hands those over.

    Parameters
    ----------
    tables, files : dict
        Tables as read and the names of their files; completed by ``draws_given``.
    study : dict
        Section ``study``; the key ``arms`` is read.

    Returns
    -------
    list of tuple
        Check, file and findings; none where there are no wide tables.
    """
    if not set(WIDE) <= set(tables):
        return []
    arms, done = list(study["arms"]), []
    columns = {column for name in WIDE for column in tables[name]} - {"draw"}
    if columns and columns <= set(arms):
        # An arm with a column in neither file is one that nobody entered.
        arms = [arm for arm in arms if arm in columns]
    for name in WIDE:
        findings = arm_columns(tables[name], arms, files[name])
        done.append(("a column for each arm", files[name], findings))
    if any(findings for *_, findings in done):
        return done
    findings = []
    try:
        costs, effects = (tables[name] for name in WIDE)
        tidy = tidy_draws(costs, effects, tuple(files[name] for name in WIDE))
        tables["draws_given"] = tidy.astype({"draw": "Int64"})
        files["draws_given"] = files["costs_drawn"]
    except Problems as problems:
        findings = problems.findings
    return [*done, ("cost and effect of the same draws", files["effects_drawn"], findings)]


def same_draws(records: Records):
    """Refuse parameter draws that are not those of cost and effect.

    Parameters
    ----------
    records : Records
        The study; ``parameters_given`` and ``draws_given`` are read.

    Returns
    -------
    list of Finding
        One at most.

    Examples
    --------
    >>> from trialbalance.data.record_set import Records
    >>> tables = {"draws_given": pd.DataFrame({"draw": [1, 1]}),
    ...           "parameters_given": pd.DataFrame({"price": [2.0, 3.0]})}
    >>> same_draws(Records(tables, {"parameters_given": "p.csv"}, {}))[0].found
    '2 rows'
    """
    given = records.tables["parameters_given"]
    draws = np.unique(records.tables["draws_given"]["draw"].dropna().to_numpy())
    own = given["draw"] if "draw" in given else pd.Series(pd.NA, index=given.index)
    found = None
    if len(given) != draws.size:
        found = f"{len(given)} rows"
    elif own.notna().any() and not np.array_equal(np.sort(own.dropna().to_numpy()), draws):
        found = "other draw numbers"
    if found is None:
        return []
    allowed = f"one row for each of the {draws.size} draws of cost and effect"
    remedy = "hand over the parameters of the same draws"
    return [Finding(records.files["parameters_given"], None, "draw", found, allowed, remedy)]


def groups_whole(records: Records):
    """Refuse draws by group that are not those of cost and effect, whole in every group.

    Parameters
    ----------
    records : Records
        The study; ``group_draws_given`` and ``draws_given`` are read.

    Returns
    -------
    list of Finding
        One a group.

    Examples
    --------
    >>> from trialbalance.data.record_set import Records
    >>> draws = pd.DataFrame({"draw": [1, 2], "arm": ["a", "a"]})
    >>> tables = {"draws_given": draws, "group_draws_given": draws[:1].assign(group="poor")}
    >>> groups_whole(Records(tables, {"group_draws_given": "g.csv"}, {}))[0].found
    '1 of 2 rows in group poor'
    """
    whole = records.tables["draws_given"][["draw", "arm"]].drop_duplicates()
    file, findings = records.files["group_draws_given"], []
    for group, rows in records.tables["group_draws_given"].groupby("group", sort=False):
        shared = rows[["draw", "arm"]].merge(whole, on=["draw", "arm"])
        if len(shared) != len(whole) or len(rows) != len(whole):
            found = f"{len(shared)} of {len(whole)} rows in group {group}"
            allowed = "one row for each draw and arm of the draws of cost and effect"
            remedy = "hand over the draws of every group"
            findings.append(Finding(file, None, "group", found, allowed, remedy))
    return findings


def number_parameters(parameters: pd.DataFrame, draws: pd.DataFrame):
    """Give parameter draws that came without numbers those of the draws, in their order.

    Parameters
    ----------
    parameters : DataFrame
        One row a draw.
    draws : DataFrame
        Tidy draws of cost and effect; the column ``draw`` is read.

    Returns
    -------
    DataFrame
        The parameters with ``draw`` first.

    Examples
    --------
    >>> draws = pd.DataFrame({"draw": [7, 7, 8, 8]})
    >>> number_parameters(pd.DataFrame({"price": [2.0, 3.0]}), draws)["draw"].tolist()
    [7, 8]
    """
    if "draw" in parameters and parameters["draw"].notna().any():
        return parameters
    rest = parameters.drop(columns="draw", errors="ignore")
    rest.insert(0, "draw", np.unique(draws["draw"].to_numpy()))
    return rest
