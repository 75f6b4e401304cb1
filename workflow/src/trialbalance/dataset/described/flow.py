"""Participants and pounds that came in, were set aside, and are analysed."""

import numpy as np
import pandas as pd

from trialbalance.dataset.totals import CostTotals


def follow_pounds(
    participants: pd.DataFrame,
    inside: np.ndarray,
    costs: pd.DataFrame,
    totals: CostTotals,
    analysis: dict,
    arms: list[str],
) -> pd.DataFrame:
    """Return participants and pounds that came in, were set aside and are analysed, by arm.

    Parameters
    ----------
    participants : pandas.DataFrame
        Everyone: participant_id, arm.
    inside : numpy.ndarray of bool
        Who belongs to the population.
    costs : pandas.DataFrame
        Costs of participants, all perspectives.
    totals : CostTotals
        Costs of the population added up.
    analysis : dict
        perspective.
    arms : list of str
        Arms in the order of the table.

    Returns
    -------
    pandas.DataFrame
        step, arm, participants, cost; within an arm, what was received equals the sum of the rest.

    Notes
    -----
    Pounds of a source group that was not observed throughout are set aside, since its total for
    the participant is not known.

    Examples
    --------
    >>> from trialbalance.dataset.totals import add_up_costs
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"]})
    >>> lines = pd.DataFrame({"participant_id": ["p1"], "period": ["after"], "perspective": ["nhs"],
    ...     "source_group": ["records"], "cost": [120.0]})
    >>> totals = add_up_costs(pd.Index(["p1"]), lines, lines.assign(observed=True),
    ...     {"after": [0, 1]}, "nhs")
    >>> flow = follow_pounds(people, np.array([True]), lines, totals, {"perspective": "nhs"}, ["a"])
    >>> flow["cost"].to_list()
    [120.0, 0.0, 0.0, 0.0, 120.0]
    """
    lines = costs[costs["perspective"] == analysis["perspective"]]
    whose = participants.set_index("participant_id")["arm"]
    chosen = set(participants.loc[inside, "participant_id"])
    arm_of_line = lines["participant_id"].map(whose)
    outside = ~lines["participant_id"].isin(chosen)
    arm_of_row = pd.Series(whose.reindex(totals.recorded.index).to_numpy())
    groups = totals.recorded.where(totals.observed, 0.0).sum(axis=1).to_numpy()
    recorded = totals.recorded.sum(axis=1).to_numpy()
    before = totals.baseline_recorded.to_numpy()
    rows = []
    for arm in arms:
        of_arm = (participants["arm"] == arm).to_numpy()
        mine, row = (arm_of_line == arm).to_numpy(), (arm_of_row == arm).to_numpy()
        rows += [
            ("received", arm, of_arm.sum(), lines.loc[mine, "cost"].sum()),
            (
                "outside the population",
                arm,
                (of_arm & ~inside).sum(),
                lines.loc[mine & outside.to_numpy(), "cost"].sum(),
            ),
            ("before the index date", arm, 0, before[row].sum()),
            ("source group not observed throughout", arm, 0, (recorded - groups)[row].sum()),
            ("analysed", arm, (of_arm & inside).sum(), groups[row].sum()),
        ]
    return flow_table(rows)


def flow_table(rows: list[tuple]) -> pd.DataFrame:
    """Return rows of the flow as a table.

    Parameters
    ----------
    rows : list of tuple
        step, arm, participants, cost.

    Returns
    -------
    pandas.DataFrame
        The rows, typed.

    Examples
    --------
    >>> flow_table([("received", "a", 1, 2)])["cost"].to_list()
    [2.0]
    """
    table = pd.DataFrame(rows, columns=["step", "arm", "participants", "cost"])
    return table.astype({"participants": int, "cost": float})
