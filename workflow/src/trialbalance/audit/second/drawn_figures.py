"""What the first program made of the draws, under the names of the second."""

from collections.abc import Mapping

import pandas as pd

from trialbalance.audit.second.figures import figures

ENDS = {"mean": "", "lower end,": "_lower", "upper end,": "_upper"}
ON = "on the frontier"


def drawn_figures(name: str, tables: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the figures of an analysis that follow from its draws.

    Parameters
    ----------
    name : str
        The analysis.
    tables : mapping of str to pandas.DataFrame
        arms, incremental, frontier, net_benefit, acceptability, expected_loss and information.

    Returns
    -------
    list of pandas.DataFrame
        As from `figures`; arms without draws have none.

    Examples
    --------
    >>> drawn_figures("qaly", {})
    []
    """
    if "arms" not in tables:
        return []
    arms = _known(tables["arms"], "cost")
    pairs = _known(tables["incremental"], "cost")
    parts = []
    for kind in ("cost", "effect"):
        for word, end in ENDS.items():
            parts.append(_of(f"{word} {kind} of the draws", name, arms, f"{kind}{end}"))
            parts.append(_of(f"{word} difference in {kind}", name, pairs, f"{kind}{end}"))
    parts.append(_of("cost per unit of effect", name, pairs, "icer"))
    for quadrant in ("ne", "nw", "se", "sw"):
        column = f"probability_{quadrant}"
        places = [name] * len(pairs), pairs["arm"], [quadrant] * len(pairs)
        parts.append(figures("probability of a quadrant", pairs[column], *places))
    return [*parts, *_frontier(name, tables["frontier"]), *_curves(name, tables)]


def _frontier(name: str, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return who is on the frontier, and each step along it."""
    known = _known(table, "cost")
    steps = known[known["compared_with"].notna()]
    on = known.assign(on=(known["status"] == ON).astype(float))
    return [
        _of(ON, name, on, "on"),
        _of("step in cost on the frontier", name, steps, "incremental_cost"),
        _of("step in effect on the frontier", name, steps, "incremental_effect"),
    ]


def _curves(name: str, tables: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return what is one of many along the thresholds."""
    wanted = {
        "net_benefit": {
            "mean net benefit": "net_benefit",
            "lower end, net benefit": "lower",
            "upper end, net benefit": "upper",
            "probability of positive net benefit": "probability_positive",
        },
        "acceptability": {"acceptability": "probability", "preferred": "frontier"},
        "expected_loss": {"expected loss": "expected_loss"},
    }
    parts = []
    for table, columns in wanted.items():
        for quantity, column in columns.items():
            rows = _known(tables[table], column)
            at = rows["threshold"].astype(float).tolist()
            places = [name] * len(rows), rows["arm"]
            parts.append(figures(quantity, rows[column].astype(float), *places, within=at))
    information = tables["information"]
    perfect = information[information["quantity"] == "evpi"]
    at = perfect["threshold"].astype(float).tolist()
    parts.append(
        figures("value of perfect information", perfect["per_person"], [name] * len(at), within=at)
    )
    return parts


def _of(quantity: str, name: str, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return figures(quantity, rows[column], [name] * len(rows), rows["arm"])


def _known(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows of arms that somebody entered."""
    return table[table[column].notna()]
