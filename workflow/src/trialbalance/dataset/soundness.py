"""Datasets that no model can tell anything from: an arm without data, a column that is the arm."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.rows import GROUP, GROUPING, covariate_columns, group_columns

# Families of cost that live above zero.
POSITIVE = ("gamma", "lognormal")


def unseen_arms(dataset: pd.DataFrame, file: str) -> list[Finding]:
    """Find arms in which nobody's cost, or nobody's effect, was observed.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis.
    file : str
        File or table of the totals, for the sentence.

    Returns
    -------
    list of Finding
        One an arm and total: its mean would be the prior alone.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["a", "b"], "cost_observed": [True, False],
    ...     "effect_observed": [True, True]})
    >>> [one.found for one in unseen_arms(rows, "totals.csv")]
    ['no cost of anybody in arm b']
    """
    findings = []
    for word, article in (("cost", "a"), ("effect", "an")):
        seen = dataset[f"{word}_observed"].astype(bool)
        if not seen.any():
            continue
        for arm, some in seen.groupby(dataset["arm"], observed=True):
            if not some.any():
                found = f"no {word} of anybody in arm {arm}"
                allowed = (
                    f"{article} {word} of somebody in each arm: "
                    "a mean may not rest on the prior alone"
                )
                remedy = "hand it over, or take the arm out of the study"
                findings.append(Finding(file, None, word, found, allowed, remedy))
    return findings


def unknown_in_arms(dataset: pd.DataFrame) -> list[Finding]:
    """Find covariates that are blank for everybody of an arm and known in another.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm and covariates.

    Returns
    -------
    list of Finding
        One a covariate: its values in that arm could only be guessed from the other arms.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["a", "b"], "age": [40.0, None]})
    >>> unknown_in_arms(rows)[0].found
    'no value of age for anybody in arm b'
    """
    findings = []
    for name in covariate_columns(dataset):
        known = dataset[name].notna().groupby(dataset["arm"], observed=True).any()
        if not known.any() or known.all():
            continue
        blank = ", ".join(str(arm) for arm in known.index[~known])
        found = f"no value of {name} for anybody in arm {blank}"
        allowed = "a covariate that is known of somebody in each arm"
        remedy = "fill it in, or take it out: it could only be guessed from the other arms"
        place = f"dataset.covariates.{name}"
        findings.append(Finding("study.yaml", None, place, found, allowed, remedy))
    return findings


def told_apart(dataset: pd.DataFrame) -> list[Finding]:
    """Find covariates and clusters that say who is in which arm.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm, covariates, groupings.

    Returns
    -------
    list of Finding
        One a column: nothing could tell its effect from that of the arm. A cluster lies within one
        arm in any cluster trial; it is refused where each arm has a single one.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["a", "a", "b", "b"], "ward": [0.0, 0.0, 1.0, 1.0]})
    >>> told_apart(rows)[0].found
    'ward, which has one value in each arm and another in the next'
    """
    if dataset["arm"].nunique() < 2:
        return []
    names = covariate_columns(dataset) + [one for one in dataset if one.startswith(GROUPING)]
    findings = []
    for name in names:
        known = dataset[["arm", name]].dropna()
        by_arm = known.groupby("arm", observed=True)[name]
        # Of one person in an arm any column has one value.
        few = by_arm.size().reindex(dataset["arm"].unique(), fill_value=0).min() < 2
        if few or known[name].nunique() < 2:
            continue
        alone = (by_arm.min() == by_arm.max()).all() and by_arm.first().nunique() == by_arm.ngroups
        if alone:
            shown = name.removeprefix(GROUPING)
            where = "model.clusters or subgroups" if shown != name else "dataset.covariates"
            found = f"{shown}, which has one value in each arm and another in the next"
            allowed = "a column that varies within the arms"
            remedy = "take it out: nothing can tell its effect from that of the arm"
            findings.append(Finding("study.yaml", None, where, found, allowed, remedy))
    return findings or _told_together(dataset)


def _told_together(dataset: pd.DataFrame) -> list[Finding]:
    """Find covariates of which a weighted sum is the arm, such as wards that lie within arms."""
    every = covariate_columns(dataset)
    names = [name for name in every if pd.api.types.is_numeric_dtype(dataset[name].dtype)]
    known = dataset[["arm", *names]].dropna()
    arms = pd.get_dummies(known["arm"].astype("str"), dtype=float).to_numpy()
    columns = known[names].astype(float).to_numpy() if names else np.empty((len(known), 0))
    columns = columns - columns.mean(axis=0) if len(known) else columns
    spread = columns.std(axis=0) if len(known) else np.zeros(len(names))
    columns = columns[:, spread > 0] / spread[spread > 0]
    # A few people are always told apart by as many columns.
    if arms.shape[1] < 2 or len(known) < columns.shape[1] + arms.shape[1] + 2:
        return []
    arms = arms - arms.mean(axis=0)
    weights = np.linalg.lstsq(columns, arms, rcond=None)[0]
    exact = np.abs(arms - columns @ weights).max(axis=0) <= 1e-9
    if not exact.any():
        return []
    used = np.abs(weights[:, exact]).max(axis=1) > 1e-9
    shown = ", ".join(np.array(names)[spread > 0][used])
    found, allowed = (
        f"{shown}, which together say who is in an arm",
        "columns that vary within arms",
    )
    remedy = "take one out: nothing can tell their effect from that of the arm"
    return [Finding("study.yaml", None, "dataset.covariates", found, allowed, remedy)]


def outside_family(dataset: pd.DataFrame, model: dict[str, Any]) -> list[Finding]:
    """Find costs below zero where the family of cost lives above it.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    model : dict
        Settings of the model; ``cost.family`` is read.

    Returns
    -------
    list of Finding
        One a source group.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant_id": ["p1"], "cost": [-2.0]})
    >>> outside_family(rows, {"cost": {"family": "gamma"}})[0].found
    'a cost of -2 (p1), with family gamma'
    """
    family, findings = model["cost"]["family"], []
    if family not in POSITIVE:
        return []
    for name in group_columns(dataset) or ["cost"]:
        below = dataset[dataset[name] < 0]
        if len(below):
            first = below.iloc[0]
            source = f" from {name.removeprefix(GROUP)}" if name != "cost" else ""
            found = f"a cost{source} of {first[name]:g} ({first['participant_id']}), with family "
            remedy = "correct the cost, or set model.cost.family to normal"
            allowed = "costs of 0 or more"
            place, found = "model.cost.family", f"{found}{family}"
            further = len(below) - 1
            findings.append(Finding("study.yaml", None, place, found, allowed, remedy, further))
    return findings


def must_be_sound(dataset: pd.DataFrame, file: str) -> None:
    """Refuse a dataset from which an arm's mean or a contrast would come of the prior alone.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    file : str
        File or table of the totals.

    Raises
    ------
    Problems
        With every finding of `unseen_arms`, `unknown_in_arms` and `told_apart`.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1", "p2"], "arm": ["a", "b"],
    ...     "cost": [1.0, float("nan")], "effect": [0.5, 0.6], "cost_observed": [True, False],
    ...     "effect_observed": True})
    >>> try:
    ...     must_be_sound(people, "totals.csv")
    ... except Problems as problems:
    ...     print(problems.findings[0].found)
    no cost of anybody in arm b
    """
    findings = unseen_arms(dataset, file) or unknown_in_arms(dataset)
    findings += told_apart(dataset)
    if findings:
        raise Problems(findings)
