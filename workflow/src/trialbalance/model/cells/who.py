"""Covariates and clusters of the participants, as cells and averages read them."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import AT_CEILING, BASELINE, encode, named_columns, told

_COLLINEAR = 1e-6


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
    wanted = [
        name
        for part in ("effect", "cost")
        for name in named_columns(dataset, section[part]["covariates"])
    ]
    names = [n for n in dict.fromkeys(wanted) if n not in (BASELINE, AT_CEILING)]
    covariates = encode(dataset, names)
    if not covariates:
        return np.zeros((len(dataset), 0)), ()
    if any(one.missing.any() for one in covariates.values()):
        notes.append(f"covariates: {told(covariates)}")
    matrix = np.concatenate([one.design(one.values) for one in covariates.values()], axis=1)
    labels = tuple(column for one in covariates.values() for column in one.columns)
    _refuse_collinear(matrix, labels)
    return matrix - matrix.mean(axis=0), labels


def _refuse_collinear(matrix, labels):
    """Name a column that the columns before it determine."""
    scaled = (matrix - matrix.mean(axis=0)) / np.maximum(matrix.std(axis=0), 1e-12)
    for k in range(1, scaled.shape[1]):
        before = scaled[:, :k]
        fit = before @ np.linalg.lstsq(before, scaled[:, k], rcond=None)[0]
        if np.mean((scaled[:, k] - fit) ** 2) < _COLLINEAR:
            raise Problems([Finding("study.yaml", None, "model.effect.covariates, "
                                    "model.cost.covariates", f"{labels[k]}, which "
                                    f"{', '.join(labels[:k])} determine",
                                    "covariates that say different things",
                                    "leave one of them out")])  # fmt: skip


def clusters(
    dataset: pd.DataFrame, section: dict[str, Any]
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the cluster of each participant and the names of clusters.

    Examples
    --------
    >>> clusters(pd.DataFrame({"site": ["x", "y", "x"]}), {"clusters": "site"})
    (array([0, 1, 0]), ('x', 'y'))
    """
    name = section.get("clusters")
    if not name:
        return None, ()
    if name not in dataset or dataset[name].isna().any():
        what = "no such column" if name not in dataset else "people without one"
        raise Problems([Finding("dataset", None, name, what, "a cluster for everybody",
                                "correct model.clusters")])  # fmt: skip
    codes, names = pd.factorize(dataset[name].astype(str), sort=True)
    return codes, tuple(names)


def subgroups(dataset: pd.DataFrame, section: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return who belongs to each subgroup, by column and value.

    Examples
    --------
    >>> subgroups(pd.DataFrame({"sex": ["f", "m"]}), {"subgroups": ["sex"]})["sex: f"].tolist()
    [True, False]
    """
    found = {}
    for name in section.get("subgroups", []):
        if name not in dataset:
            raise Problems([Finding("study.yaml", None, "model.subgroups", name,
                                    ", ".join(dataset.columns), "correct the name")])  # fmt: skip
        for level in sorted(dataset[name].dropna().unique()):
            found[f"{name}: {level}"] = (dataset[name] == level).to_numpy(bool, na_value=False)
    return found
