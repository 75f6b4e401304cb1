"""Value sets: from an additive table of terms to the value of every profile."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

TERMS = ("start", "any", "level")


@dataclass(frozen=True)
class ProfileValues:
    """The value of every profile of an instrument, ready for look-up.

    Parameters
    ----------
    dimensions : tuple of str
        Names of the dimensions in order.
    levels : tuple of int
        Highest level of each dimension; the lowest is 1.
    table : numpy.ndarray, shape (product of levels,)
        Value of each profile, the last dimension running fastest.
    ceiling : int
        Position of the profile whose every answer adds the most.
    """

    dimensions: tuple[str, ...]
    levels: tuple[int, ...]
    table: np.ndarray
    ceiling: int


def tabulate_profiles(value_set: pd.DataFrame, name: str = "value_set") -> ProfileValues:
    """Return the value of every profile of a value set.

    Parameters
    ----------
    value_set : pandas.DataFrame
        Columns term (start, any, level), dimension, level and value.
    name : str
        Name of the value set, for messages.

    Returns
    -------
    ProfileValues
        One value a profile.

    Raises
    ------
    Problems
        When a term is unknown, a level is missing or given twice, or a value is blank.

    Notes
    -----
    ``value = start + sum_d level[d, l_d] + sum_k any[k] * (max_d l_d >= k)``, rounded to 10
    decimals so that sums of three-decimal numbers compare equal.

    References
    ----------
    Dolan 1997, doi:10.1097/00005650-199711000-00002.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("start", None, None, 1), ("any", None, 2, -0.1),
    ...      ("level", "pain", 1, 0), ("level", "pain", 2, -0.3)],
    ...     columns=["term", "dimension", "level", "value"])
    >>> tabulate_profiles(table).table
    array([1. , 0.6])
    """
    _check_value_set(value_set, f"{name}.csv")
    answers = value_set[value_set["term"] == "level"]
    dimensions = tuple(dict.fromkeys(answers["dimension"]))
    parts = [
        answers[answers["dimension"] == one].sort_values("level")["value"].to_numpy(float)
        for one in dimensions
    ]
    levels = tuple(len(part) for part in parts)
    states = np.indices(levels).reshape(len(levels), -1)
    values = np.full(states.shape[1], value_set.loc[value_set["term"] == "start", "value"].sum())
    for position, part in enumerate(parts):
        values = values + part[states[position]]
    worst = states.max(axis=0) + 1
    for row in value_set[value_set["term"] == "any"].itertuples():
        values = values + row.value * (worst >= row.level)
    best = np.array([part.argmax() for part in parts])
    ceiling = int(np.ravel_multi_index(tuple(best), levels))
    return ProfileValues(dimensions, levels, np.round(values, 10), ceiling)


def look_up_profiles(levels: np.ndarray, profiles: ProfileValues) -> tuple[np.ndarray, np.ndarray]:
    """Return the value of each answered profile and whether it is the ceiling.

    Parameters
    ----------
    levels : numpy.ndarray, shape (n, dimensions)
        Answers from 1 to the highest level; NaN where blank.
    profiles : ProfileValues
        Values of all profiles.

    Returns
    -------
    values : numpy.ndarray, shape (n,)
        NaN where any answer is blank.
    at_ceiling : numpy.ndarray of bool, shape (n,)
        Whether the profile is the best one; false where it is incomplete.

    Notes
    -----
    The position of a profile is ``sum_d (l_d - 1) * stride_d``; one look-up a person.

    References
    ----------
    Rowen 2026, doi:10.1016/j.jval.2026.03.008.

    Examples
    --------
    >>> profiles = ProfileValues(("pain",), (2,), np.array([1.0, 0.6]), 0)
    >>> look_up_profiles(np.array([[2.0], [1.0], [np.nan]]), profiles)
    (array([0.6, 1. , nan]), array([False,  True, False]))
    """
    strides = np.cumprod((1, *profiles.levels[:0:-1]))[::-1].astype(float)
    position = levels @ strides - strides.sum()
    complete = ~np.isnan(position)
    index = np.where(complete, position, 0).astype(np.intp)
    values = np.where(complete, profiles.table[index], np.nan)
    return values, complete & (index == profiles.ceiling)


def _check_value_set(value_set: pd.DataFrame, file: str) -> None:
    """Raise every fault of a value set's table at once."""
    findings = []
    for row, term in enumerate(value_set["term"], start=2):
        if term not in TERMS:
            findings.append(Finding(file, row, "term", str(term), ", ".join(TERMS), "correct it"))
    for place in np.flatnonzero(value_set["value"].isna()):
        findings.append(Finding(file, int(place) + 2, "value", "a blank", "a number", "fill it in"))
    answers = value_set[value_set["term"] == "level"]
    if answers.empty:
        findings.append(
            Finding(file, None, "term", "no rows of term level", "a row for each level", "add them")
        )
    for dimension, rows in answers.groupby("dimension", sort=False):
        levels = sorted(rows["level"].astype(float))
        if levels != list(range(1, len(levels) + 1)):
            shown = ", ".join(f"{level:g}" for level in levels)
            findings.append(
                Finding(
                    file,
                    None,
                    "level",
                    f"levels {shown} of {dimension}",
                    "each level from 1 upwards once",
                    "add or remove levels",
                )
            )
    findings += _levels_lacking(answers, file)
    if findings:
        raise Problems(findings)


def _levels_lacking(answers: pd.DataFrame, file: str) -> list[Finding]:
    """Find dimensions that stop at a lower level than others: an answer there has no value."""
    highest = answers.groupby("dimension", sort=False)["level"].max().astype(float)
    if highest.empty:
        return []
    top = highest.max()
    return [
        Finding(
            file,
            None,
            "level",
            f"no level {int(level) + 1} of {dimension}"
            if level + 1 == top
            else f"no levels {int(level) + 1} to {int(top)} of {dimension}",
            f"levels 1 to {int(top)} of every dimension, as of {highest.idxmax()}",
            "add the rows",
        )
        for dimension, level in highest.items()
        if level < top
    ]


def doubts(value_set: pd.DataFrame, name: str) -> list[Finding]:
    """Note what a value set rarely means: a worse level that gains, a best other than full health.

    Parameters
    ----------
    value_set : pandas.DataFrame
        A complete value set, see `tabulate_profiles`.
    name : str
        Name of the value set.

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
    best = float(tabulate_profiles(value_set, name).table.max())
    if abs(best - 1) > 1e-9:
        remedy = "full health is 1; correct it unless the published set has it so"
        findings.append(
            Finding(file, None, "value", f"a best value of {best:g}", None, remedy, severity="note")
        )
    return findings
