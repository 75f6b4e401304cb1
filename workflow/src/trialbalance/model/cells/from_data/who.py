"""Covariates and clusters of the participants, as cells and averages read them."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.rows import GROUPING
from trialbalance.model.covariates import AT_CEILING, BASELINE, encode, named_columns, told

_COLLINEAR = 1e-6
_MOST_LEVELS = 20


def design(
    dataset: pd.DataFrame, section: dict[str, Any], notes: list[str]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return covariates as columns of mean 0; the baseline of the measure is a cell, not here.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    section : dict
        Resolved section ``model``: covariates of effect and cost.
    notes : list of str
        Where missing covariates are told.

    Returns
    -------
    numpy.ndarray, shape (participants, columns)
    tuple of str
        Their names.

    Raises
    ------
    Problems
        Where one column says what others say.

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": ["a", "b"], "arm": "A", "age": [30.0, 50.0]})
    >>> settings = {"effect": {"covariates": None}, "cost": {"covariates": None}}
    >>> design(table, settings, [])[1]
    ('age',)
    """
    names = [n for n in wanted(dataset, section) if n not in (BASELINE, AT_CEILING)]
    covariates = encode(dataset, names)
    if not covariates:
        return np.zeros((len(dataset), 0)), ()
    if any(one.missing.any() for one in covariates.values()):
        notes.append(f"covariates: {told(covariates)}")
    matrix = np.concatenate([one.design(one.values) for one in covariates.values()], axis=1)
    labels = tuple(column for one in covariates.values() for column in one.columns)
    _refuse_collinear(matrix, labels)
    return matrix - matrix.mean(axis=0), labels


def wanted(dataset: pd.DataFrame, section: dict[str, Any]) -> list[str]:
    """Return the covariates that the settings name for effect or cost, in order.

    Examples
    --------
    >>> settings = {"effect": {"covariates": ["sex"]}, "cost": {"covariates": ["age"]}}
    >>> wanted(pd.DataFrame(), settings)
    ['sex', 'age']
    """
    names = [
        name
        for part in ("effect", "cost")
        for name in named_columns(dataset, section[part]["covariates"])
    ]
    return list(dict.fromkeys(names))


def told_by_others(matrix: np.ndarray) -> list[int]:
    """Return the columns that the columns before them determine.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 3.0])
    >>> told_by_others(np.c_[x, 2 * x + 1])
    [1]
    """
    scaled = (matrix - matrix.mean(axis=0)) / np.maximum(matrix.std(axis=0), 1e-12)
    found = []
    for k in range(1, scaled.shape[1]):
        before = scaled[:, [j for j in range(k) if j not in found]]
        fit = before @ np.linalg.lstsq(before, scaled[:, k], rcond=None)[0]
        if np.mean((scaled[:, k] - fit) ** 2) < _COLLINEAR:
            found.append(k)
    return found


def _refuse_collinear(matrix, labels):
    """Name a column that the columns before it determine."""
    for k in told_by_others(matrix):
        raise Problems([Finding("study.yaml", None, "model.effect.covariates, "
                                "model.cost.covariates", f"{labels[k]}, which "
                                f"{', '.join(labels[:k])} determine",
                                "covariates that say different things",
                                "leave one of them out")])  # fmt: skip


def clusters(
    dataset: pd.DataFrame, section: dict[str, Any], notes: list[str]
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the cluster of each participant and the names of clusters.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    section : dict
        Resolved section ``model``: ``clusters``.
    notes : list of str
        Where it is told that everybody has the same.

    Raises
    ------
    Problems
        For a column that is not there, or people without a value.

    Examples
    --------
    >>> clusters(pd.DataFrame({"site": ["x", "y", "x"]}), {"clusters": "site"}, [])
    (array([0, 1, 0]), ('x', 'y'))
    """
    name = section.get("clusters")
    if not name:
        return None, ()
    codes, names = _codes(dataset, name, "model.clusters")
    if len(names) < 2:
        notes.append(f"{name} is {names[0]} for everybody: it has no deviations")
        return None, ()
    return codes, names


def subgroups(
    dataset: pd.DataFrame, section: dict[str, Any], notes: list[str]
) -> dict[str, np.ndarray]:
    """Return who belongs to each subgroup that has somebody in every arm, by column and value.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    section : dict
        Resolved section ``model``: ``subgroups``.
    notes : list of str
        Where subgroups are told that an arm has nobody of, so that no arms can be compared in them.

    Raises
    ------
    Problems
        For a column that is not there, people without a value, or too many values.

    Examples
    --------
    >>> people, notes = pd.DataFrame({"arm": ["a", "b", "b"], "sex": ["f", "f", "m"]}), []
    >>> subgroups(people, {"subgroups": ["sex"]}, notes)["sex: f"].tolist(), notes
    ([True, True, False], ['nobody of a is in subgroup sex: m, which is not compared'])
    """
    found, arms = {}, dataset["arm"].to_numpy(object)
    for name in section.get("subgroups", []):
        codes, levels = _codes(dataset, name, "model.subgroups")
        if len(levels) > _MOST_LEVELS:
            raise Problems([Finding("study.yaml", None, "model.subgroups",
                                    f"{name} with {len(levels)} values", f"up to {_MOST_LEVELS}",
                                    "give a column of categories")])  # fmt: skip
        for number, level in enumerate(levels):
            empty = sorted({*arms} - {*arms[codes == number]})
            if empty:
                notes.append(f"nobody of {', '.join(empty)} is in subgroup {name}: {level}, "
                             "which is not compared")  # fmt: skip
            else:
                found[f"{name}: {level}"] = codes == number
    return found


def _codes(dataset, name, where):
    """Return the number of each participant's level, and the levels in order."""
    column = f"{GROUPING}{name}" if f"{GROUPING}{name}" in dataset else name
    if column not in dataset:
        raise Problems([Finding("study.yaml", None, where, name, ", ".join(dataset.columns),
                                "name a column of the dataset")])  # fmt: skip
    blank = dataset[column].isna()
    if blank.any():
        row = int(np.flatnonzero(blank)[0]) + 2
        raise Problems([Finding("dataset", row, name, "nothing", "a value for everybody",
                                f"give it, or leave {name} out of {where}",
                                further=int(blank.sum()) - 1)])  # fmt: skip
    codes, levels = pd.factorize(dataset[column], sort=True)
    return codes.astype(np.int64), tuple(_label(level) for level in levels)


def _label(level):
    return str(level).lower() if isinstance(level, (bool, np.bool_)) else str(level)
