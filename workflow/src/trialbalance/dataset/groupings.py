"""Groupings of participants: sites, clusters and subgroups, as words."""

import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.columns import GROUPING


def make_groupings(
    people: pd.DataFrame, names: list[str], file: str = "participants.csv"
) -> pd.DataFrame:
    """Return the columns that sites, clusters and subgroups are read from.

    Parameters
    ----------
    people : pandas.DataFrame, shape (n, …)
        Columns a grouping may be taken from.
    names : list of str
        Columns that the settings of the model name.
    file : str
        File of `people`, for messages.

    Returns
    -------
    pandas.DataFrame, shape (n, names)
        Columns ``group_<name>``, words as they were recorded; blank where unknown.

    Raises
    ------
    Problems
        On a column that is not there.

    Examples
    --------
    >>> make_groupings(pd.DataFrame({"sex": ["female", "male"]}), ["sex"])
      group_sex
    0    female
    1      male
    """
    findings = [
        Finding(
            "study.yaml",
            None,
            "model.clusters and model.subgroups",
            name,
            ", ".join(name for name in people if name not in ("participant_id", "arm")),
            f"name a column of {file}",
        )
        for name in names
        if name not in people
    ]
    if findings:
        raise Problems(findings)
    kept = people[names].astype("string").astype(object)
    return kept.add_prefix(GROUPING).set_axis(people.index)
