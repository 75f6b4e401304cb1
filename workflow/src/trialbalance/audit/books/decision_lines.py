"""Close the books of a study: the balances of all scenarios, and the decisions against them."""

from typing import Any

import pandas as pd

from trialbalance.audit.books.balance import line


def decision_lines(
    analysis: str,
    arms: pd.DataFrame,
    incremental: pd.DataFrame,
    draws: pd.DataFrame,
    dataset: pd.DataFrame | None,
) -> list[dict[str, Any]]:
    """Return the lines that tie a decision to its draws and to its dataset.

    Parameters
    ----------
    analysis : str
        Name of the analysis.
    arms, incremental, draws : pandas.DataFrame
        Tables of stage decision.
    dataset : pandas.DataFrame or None
        Dataset of the analysis; None when draws were handed over.

    Returns
    -------
    list of dict
        Participants of the dataset against those of the table; means of the draws against the
        means printed; differences of arms against the increments printed.
    """
    lines = []
    means = draws.groupby("arm", observed=True)[["cost", "effect"]].mean()
    printed = arms.set_index("arm")
    for arm in means.index:
        where = {"arm": arm, "analysis": analysis}
        if dataset is not None:
            count = (dataset["arm"] == arm).sum()
            lines.append(line("decision", "participants", count, printed.loc[arm, "n"], **where))
        lines.append(
            line(
                "decision",
                "money a participant",
                means.loc[arm, "cost"],
                printed.loc[arm, "cost"],
                **where,
            )
        )
    for row in incremental.dropna(subset=["cost"]).itertuples():
        apart = means.loc[row.arm, "cost"] - means.loc[row.comparator, "cost"]
        lines.append(
            line(
                "decision",
                f"money against {row.comparator}",
                apart,
                row.cost,
                arm=row.arm,
                analysis=analysis,
            )
        )
    return lines
