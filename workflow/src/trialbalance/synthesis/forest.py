"""Net benefit in every case of scenarios, prices, missing data and subgroups: a forest plot."""

from typing import Any

import pandas as pd

BASE, SCENARIO, PRICES = "base", "scenario", "prices"
MISSING, SUBGROUP = "missing_data", "subgroup"
FITTED, EXACT = "fitted", "exact"
COLUMNS = [
    "analysis", "kind", "case", "arm", "comparator", "threshold", "cost", "effect", "net_benefit",
    "lower", "upper", "probability_positive", "preferred", "other_decision", "method", "error",
]  # fmt: skip
_WORDS = ("analysis", "kind", "case", "arm", "comparator", "preferred", "method")
# What each table of the base case calls its cases, and how their figures were got.
_CASES = {
    "price_scenarios": (PRICES, "scenario", None),
    "missing_scenarios": (MISSING, "scenario", EXACT),
    "subgroups": (SUBGROUP, "subgroup", FITTED),
}
# Cases of a table that are the base case itself.
_AS_BASE = ("missing_at_random",)


def forest(scenarios: pd.DataFrame, cases: Any):
    """Return the net benefit of each arm in every case beside the base case.

    Parameters
    ----------
    scenarios : DataFrame
        From `compare_scenarios`.
    cases : dict
        (analysis, table) → price_scenarios, missing_scenarios or subgroups of the base case.

    Returns
    -------
    DataFrame
        One row an analysis, case, arm but the comparator and threshold shown, base first. An
        outcome without a threshold, and an arm without draws, keep a row, blank. ``preferred`` is
        the arm of highest expected net benefit among those compared and the comparator;
        ``other_decision`` whether it is another one than in the base case.

    Notes
    -----
    Scenarios were fitted anew; deltas on missing data are exact by algebra; prices are exact or
    approximate as their table says, with the error that refits showed.

    References
    ----------
    Husereau D, et al. CHEERS 2022. Value Health 2022;25:3-9. doi:10.1016/j.jval.2021.11.1351

    Examples
    --------
    >>> forest(pd.DataFrame(columns=["scenario", "analysis"]), {}).empty
    True
    """
    kinds = scenarios["scenario"].map(lambda name: BASE if name == "base" else SCENARIO)
    parts = [scenarios.assign(kind=kinds, case=scenarios["scenario"], method=FITTED)]
    for (analysis, table), rows in cases.items():
        kind, column, method = _CASES[table]
        rows = rows[~rows[column].isin(_AS_BASE)]
        rows = rows.assign(analysis=analysis, kind=kind, case=rows[column])
        parts.append(rows if method is None else rows.assign(method=method))
    parts = [part.reindex(columns=COLUMNS) for part in parts if len(part)]
    if not parts:
        return _typed(pd.DataFrame(columns=COLUMNS))
    table = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    table = _typed(table)
    table = _without_threshold(table, scenarios)
    order = {name: place for place, name in enumerate(dict.fromkeys(scenarios["analysis"]))}
    table = table.iloc[table["analysis"].map(order).argsort(kind="stable")]
    return _decided(table.reset_index(drop=True))


def _without_threshold(table, scenarios):
    """Keep one row of each case, without net benefit, where the outcome has no threshold."""
    explored = set(scenarios["analysis"]) - set(scenarios.dropna(subset=["threshold"])["analysis"])
    blank = table["analysis"].isin(explored)
    columns = ["threshold", "net_benefit", "lower", "upper", "probability_positive"]
    table.loc[blank, columns] = float("nan")
    again = table.duplicated(["analysis", "kind", "case", "arm"])
    return table[~(blank & again)].reset_index(drop=True)


def _decided(table):
    """Fill in the preferred arm of each case, and whether it is another one than in base."""
    keys = ["analysis", "kind", "case", "threshold"]
    known = table.dropna(subset=["net_benefit"])
    best = known.loc[known.groupby(keys)["net_benefit"].idxmax(), [*keys, "arm", "net_benefit"]]
    best["best"] = best["arm"].where(
        best["net_benefit"] > 0, table["comparator"].reindex(best.index)
    )
    chosen = table.merge(best[[*keys, "best"]], on=keys, how="left")["best"]
    base = table.assign(best=chosen)[table["kind"] == BASE].dropna(subset=["best"])
    base = base.drop_duplicates(["analysis", "threshold"])
    base = base[["analysis", "threshold", "best"]].rename(columns={"best": "in_base"})
    before = table.merge(base, on=["analysis", "threshold"], how="left")["in_base"]
    known = chosen.notna() & before.notna()
    other = pd.Series(pd.NA, index=table.index, dtype="boolean").mask(known, chosen != before)
    return _typed(table.assign(preferred=chosen, other_decision=other))


def _typed(table):
    """Return the table with words as objects, numbers as floats and blanks as missing."""
    kinds = {name: object if name in _WORDS else float for name in COLUMNS}
    table = table.astype(kinds | {"other_decision": "boolean"})
    for name in _WORDS:
        table[name] = table[name].where(table[name].notna(), None)
    return table
