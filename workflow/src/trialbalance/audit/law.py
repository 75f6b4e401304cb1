"""Lines of the balance for stage legal: every event on the timeline, every day in one spell."""

from typing import Any

import pandas as pd


def legal_lines(tables: dict[str, pd.DataFrame]) -> list[tuple[str, float, float, str]]:
    """Return what went into stage legal and what came out, none where a study has no law.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        Tables by name.

    Returns
    -------
    list of tuple
        Quantity, in, out and arm.

    Examples
    --------
    >>> legal_lines({})
    []
    """
    if "legal_timeline" not in tables:
        return []
    events, timeline = tables["legal_events"], tables["legal_timeline"]
    lines: list[tuple[Any, ...]] = [
        ("events in law", len(events), timeline["record_id"].isin(events["record_id"]).sum(), "")
    ]
    days = tables["legal_days"].groupby(["arm", "status"], observed=True)["days"].sum()
    spells = tables["legal_episodes"].groupby(["arm", "status"], observed=True)["days"].sum()
    for (arm, status), total in days.items():
        lines.append((f"days under {status}", spells.get((arm, status), 0), total, arm))
    return lines
