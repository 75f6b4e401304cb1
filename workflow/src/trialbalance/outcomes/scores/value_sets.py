"""Value sets: from a table of terms, or of whole profiles, to the value of every profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.scores.profile_values import Group, by_profile, tabulate_by_profile
from trialbalance.outcomes.scores.value_set_checks import check_value_set


@dataclass(frozen=True)
class ProfileValues:
    """The value of every profile of an instrument, ready for look-up.

    Parameters
    ----------
    dimensions : tuple of str
        Names of the dimensions in order.
    levels : tuple of int
        Highest level of each dimension; the lowest is 1.
    table : numpy.ndarray, shape (product of levels,) or (groups, product of levels)
        Value of each profile, the last dimension running fastest; by group of people where the
        value set differs by age and sex.
    ceiling : int
        Position of the profile whose every answer adds the most.
    groups : tuple of Group
        Groups of people; empty where everyone has the same values.
    """

    dimensions: tuple[str, ...]
    levels: tuple[int, ...]
    table: np.ndarray
    ceiling: int
    groups: tuple[Group, ...] = ()


def tabulate_profiles(
    value_set: pd.DataFrame,
    name: str = "value_set",
    items: tuple[str, ...] = (),
    levels: dict[str, int] | None = None,
) -> ProfileValues:
    """Return the value of every profile of a value set.

    Parameters
    ----------
    value_set : pandas.DataFrame
        Columns term (start, any, all, level), dimension, level and value; or rows of term profile,
        see `tabulate_by_profile`.
    name : str
        Name of the value set, for messages.
    items : tuple of str
        Items in the order of a profile's digits, which a value set by profile does not name.
    levels : dict, optional
        Highest level of each dimension, where they differ.

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
    ``value = start + sum_d level[d, l_d] + sum_k any[k] * (some l_d >= k) + sum_k all[k] * (every
    l_d >= k)``, over the dimensions that a term names (``pain:3 mood:2`` gives each its own k; an
    ``any`` that names none is over all), rounded to 10 decimals so that sums of three-decimal
    numbers compare equal.

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
    if by_profile(value_set):
        return _by_profile(value_set, name, items)
    check_value_set(value_set, f"{name}.csv", levels)
    answers = value_set[value_set["term"] == "level"]
    dimensions = tuple(dict.fromkeys(answers["dimension"]))
    parts = [
        answers[answers["dimension"] == one].sort_values("level")["value"].to_numpy(float)
        for one in dimensions
    ]
    tops = tuple(len(part) for part in parts)
    states = np.indices(tops).reshape(len(tops), -1)
    values = np.full(states.shape[1], value_set.loc[value_set["term"] == "start", "value"].sum())
    for position, part in enumerate(parts):
        values = values + part[states[position]]
    for row in value_set[value_set["term"].isin(("any", "all"))].itertuples():
        reached = [states[place] + 1 >= level for place, level in conditions(row, dimensions)]
        met = np.any(reached, axis=0) if row.term == "any" else np.all(reached, axis=0)
        values = values + row.value * met
    best = np.array([part.argmax() for part in parts])
    ceiling = int(np.ravel_multi_index(tuple(best), tops))
    return ProfileValues(dimensions, tops, np.round(values, 10), ceiling)


def conditions(row: Any, dimensions: Sequence[str]) -> list[tuple[int, int]]:
    """Return the dimensions of a term on several of them, by position, each with its level.

    Parameters
    ----------
    row : named tuple
        Term with dimension and level.
    dimensions : sequence of str
        Dimensions of the value set in order.

    Returns
    -------
    list of tuple of int
        Position and level; all dimensions where the term names none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> conditions(SimpleNamespace(dimension="pain:3 mood", level=2), ("mood", "pain"))
    [(1, 3), (0, 2)]
    """
    words = list(dimensions) if pd.isna(row.dimension) else str(row.dimension).split()
    split = [word.partition(":") for word in words]
    return [(list(dimensions).index(name), int(own or row.level)) for name, _, own in split]


def _by_profile(value_set: pd.DataFrame, name: str, items: tuple[str, ...]) -> ProfileValues:
    """Return a value set that gives whole profiles; its dimensions are the items in order."""
    table = tabulate_by_profile(value_set, name)
    if len(items) != len(table.levels):
        found = f"{len(items)} items, and profiles of {len(table.levels)} digits in {name}.csv"
        remedy = "name under items of the instrument the item of each digit, in order"
        allowed = "an item for each digit"
        raise Problems([Finding("study.yaml", None, "items", found, allowed, remedy)])
    whole = len(table.groups) == 1 and table.groups[0].words() == "everyone"
    values = np.round(table.worth[0] if whole else table.worth, 10)
    return ProfileValues(items, table.levels, values, table.ceiling, () if whole else table.groups)


def look_up_profiles(
    levels: np.ndarray, profiles: ProfileValues, group: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the value of each answered profile and whether it is the ceiling.

    Parameters
    ----------
    levels : numpy.ndarray, shape (n, dimensions)
        Answers from 1 to the highest level; NaN where blank.
    profiles : ProfileValues
        Values of all profiles.
    group : numpy.ndarray of int, shape (n,), optional
        Group of each person, where the values differ by group.

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
    known = profiles.table[index] if group is None else profiles.table[group, index]
    values = np.where(complete, known, np.nan)
    return values, complete & (index == profiles.ceiling)
