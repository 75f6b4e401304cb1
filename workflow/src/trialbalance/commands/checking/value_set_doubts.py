"""What a value set rarely means: a worse answer that is worth more, a value above full health."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.outcomes.scores.profile_values import by_profile, tabulate_by_profile
from trialbalance.outcomes.scores.value_sets import tabulate_profiles


def doubts(
    value_set: pd.DataFrame, name: str, levels: dict[str, int] | None = None
) -> list[Finding]:
    """Note what a value set rarely means: a worse level that gains, a best other than full health.

    Parameters
    ----------
    value_set : pandas.DataFrame
        A complete value set, see `tabulate_profiles`.
    name : str
        Name of the value set.
    levels : dict, optional
        Highest level of each dimension, where they differ.

    Returns
    -------
    list of Finding
        Notes only, because published sets break either rule.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("start", None, None, 1), ("level", "pain", 1, 0), ("level", "pain", 2, 0.3),
    ...      ("level", "mood", 1, 0), ("level", "mood", 2, -0.4)],
    ...     columns=["term", "dimension", "level", "value"])
    >>> [one.found for one in doubts(table, "own")]
    ['a higher value at level 2 of pain than at level 1', 'a best value of 1.3']
    """
    if by_profile(value_set):
        return _doubts_by_profile(value_set, name)
    answers = value_set[value_set["term"] == "level"]
    findings, file = [], f"{name}.csv"
    # Levels run from worst to best in some instruments (ICECAP-A), from best to worst in others.
    steps = {
        dimension: rows.sort_values("level")["value"].astype(float).diff().dropna()
        for dimension, rows in answers.groupby("dimension", sort=False)
    }
    falls = sum(step.sum() for step in steps.values()) <= 0
    for dimension, step in steps.items():
        against = step[(step > 1e-12) if falls else (step < -1e-12)]
        if len(against):
            level = int(answers.loc[against.index[0], "level"])
            word = "higher" if falls else "lower"
            found = f"a {word} value at level {level} of {dimension} than at level {level - 1}"
            remedy = "correct it unless the published set has it so"
            findings.append(Finding(file, None, "value", found, None, remedy, severity="note"))
    best = float(tabulate_profiles(value_set, name, (), levels).table.max())
    # Below 1 where the row of the start is lacking.
    return findings + ([] if abs(best - 1) <= 1e-9 else [_best_value(best, file)])


def _best_value(best: float, file: str) -> Finding:
    """Note a best value other than that of full health."""
    remedy = "full health is 1; correct it unless the published set has it so"
    found = f"a best value of {best:g}"
    return Finding(file, None, "value", found, None, remedy, severity="note")


def _doubts_by_profile(value_set: pd.DataFrame, name: str) -> list[Finding]:
    """Note a worse answer that is worth more in a value set by profile."""
    table, file = tabulate_by_profile(value_set, name), f"{name}.csv"
    grid = table.worth.reshape(len(table.groups), *table.levels)
    steps = [np.diff(grid, axis=axis) for axis in range(1, grid.ndim)]
    falls = sum(step.sum() for step in steps) <= 0
    against = sum(int((step > 1e-9).sum() if falls else (step < -1e-9).sum()) for step in steps)
    best = float(table.worth.max())
    findings = [_best_value(best, file)] if best > 1 + 1e-9 else []
    if against:
        found = f"{against:,} steps to a worse answer that is worth more"
        remedy = "correct them unless the published set has them so"
        findings.insert(0, Finding(file, None, "value", found, None, remedy, severity="note"))
    return findings
