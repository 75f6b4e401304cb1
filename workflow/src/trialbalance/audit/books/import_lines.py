"""Lines of the balance from raw exports to the tables that were made of them."""

from typing import Any

import pandas as pd


def import_lines(
    counts: pd.DataFrame | None, rows_recorded: dict[str, int]
) -> list[dict[str, Any]]:
    """Return what was read of each export, what was used, and what was set aside.

    Parameters
    ----------
    counts : pandas.DataFrame or None
        Table import_counts; None where a study hands over no export.
    rows_recorded : dict
        Table that the import made -> rows in its file, counted anew.

    Returns
    -------
    list of dict
        Arguments of a line of the balance.

    Examples
    --------
    >>> counts = pd.DataFrame({"export": "main", "table": "visits", "quantity": "answers",
    ...                        "use": ["read", "used", "set aside"],
    ...                        "reason": ["", "", "no entry"], "count": [9, 7, 2]})
    >>> lines = import_lines(counts, {"visits": 7})
    >>> [(one["quantity"], one["went_in"], one["came_out"]) for one in lines]
    [('answers of export main for visits', 9, 7), ('answers imported as rows of visits', 7, 7)]
    """
    if counts is None:
        return []
    lines, table = [], counts["table"].astype("object").fillna("")
    for (export, quantity, meant), group in counts.groupby(
        ["export", "quantity", table], sort=False, observed=True
    ):
        aside = group[group["use"] == "set aside"]
        words = f" for {meant}" if quantity == "answers" else ""
        lines.append(
            {
                "stage": "data",
                "quantity": f"{quantity} of export {export}{words}",
                "went_in": _sum(group, "read"),
                "came_out": _sum(group, "used"),
                "set_aside": _sum(group, "set aside"),
                "reason": "; ".join(
                    f"{why} {count}"
                    for why, count in zip(aside["reason"], aside["count"], strict=True)
                ),
            }
        )
    for name, rows in rows_recorded.items():
        mine = counts[(table == name) & (counts["quantity"] == "answers")]
        if len(mine):
            what = f"answers imported as rows of {name}"
            lines.append(
                {"stage": "data", "quantity": what, "went_in": _sum(mine, "used"), "came_out": rows}
            )
    return lines


def _sum(group: pd.DataFrame, use: str) -> int:
    """Return how many of a quantity had one use."""
    return int(group.loc[group["use"] == use, "count"].sum())
