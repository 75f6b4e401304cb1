"""Covariates of an analysis: numbers, one column each, blank where unknown."""

import re
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.rows import FIXED, GROUP, GROUPING
from trialbalance.settings.sections.dataset import covariates_by_name


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


SPECIAL = ("baseline_effect", "baseline_at_ceiling", "baseline_cost")


def make_covariates(
    people: pd.DataFrame,
    covariates: list[str] | dict[str, dict[str, Any]],
    special: dict[str, pd.Series],
    file: str = "participants.csv",
) -> pd.DataFrame:
    """Return the covariates as columns of numbers.

    Parameters
    ----------
    people : pandas.DataFrame, shape (n, …)
        Columns a covariate may be taken from.
    covariates : list of str or dict
        Names, or name -> column, divide_by and reference.
    special : dict of pandas.Series
        Values by name that are no column: baseline_effect, baseline_at_ceiling, baseline_cost.
    file : str
        File of `people`, for messages.

    Returns
    -------
    pandas.DataFrame, shape (n, covariates)
        True and false become 1 and 0; a text column of k categories becomes k - 1 indicators
        called ``name_category``, its reference category having none.

    Raises
    ------
    Problems
        On a covariate that is not there, holds dates, has no value for anyone, or is text with a
        single category or an unknown reference.

    Notes
    -----
    A blank stays blank, in every indicator of its column; the model deals with it.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944, on baseline utility as a covariate.

    Examples
    --------
    >>> people = pd.DataFrame({"sex": ["female", "male"], "age": [30, 50]})
    >>> make_covariates(people, {"sex": {}, "decades": {"column": "age", "divide_by": 10}}, {})
       sex_male  decades
    0       0.0      3.0
    1       1.0      5.0
    """
    findings: list[Finding] = []
    parts: list[pd.DataFrame] = []
    for name, settings in covariates_by_name(covariates).items():
        column = settings["column"] or name
        place = f"dataset.covariates.{name}"
        values = special.get(column)
        if values is None and column in people and column not in SPECIAL:
            values = people[column]
        if wrong := _unusable(values, column, place, people, special):
            findings.append(wrong)
            continue
        part, more = _encode(name, values, settings, place)
        findings += more
        parts.append(part.set_axis(people.index))
    names = [one for part in parts for one in part]
    taken = [one for one in names if one in FIXED or one.startswith((GROUP, GROUPING))]
    allowed, remedy = "a name that is no column of the dataset", "give the covariate another name"
    findings += [_finding(f"dataset.covariates.{one}", one, allowed, remedy) for one in taken]
    if findings:
        raise Problems(findings)
    return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=people.index)


def _finding(place: str, found: str, allowed: str, remedy: str) -> Finding:
    """Return a finding about a covariate as the study file names it."""
    return Finding("study.yaml", None, place, found, allowed, remedy)


def _unusable(
    values: pd.Series | None,
    column: str,
    place: str,
    people: pd.DataFrame,
    special: dict[str, pd.Series],
) -> Finding | None:
    """Return why a source can be no covariate, None where it can."""
    if values is None:
        return _not_there(place, column, people, special)
    if values.isna().all():
        found, allowed = f"no value of {column} for anyone", "a covariate with values"
        return _finding(place, found, allowed, "fill it in or take it out")
    if pd.api.types.is_datetime64_any_dtype(values):
        found, allowed = f"{column}, which holds dates", "numbers, true and false, or categories"
        return _finding(place, found, allowed, "hand over a number of years")
    return None


def _not_there(
    place: str, column: str, people: pd.DataFrame, special: dict[str, pd.Series]
) -> Finding:
    """Return a finding on a covariate that has no source."""
    if column in SPECIAL:
        why = {
            "baseline_cost": "no period before the index date",
            "baseline_effect": "an outcome that rests on no measure",
            "baseline_at_ceiling": "an outcome whose ceiling is not known",
        }[column]
        return Finding(
            "study.yaml",
            None,
            place,
            f"{column}, but {why}",
            "covariates that the study has",
            f"take {column} out of this analysis",
        )
    keys = (
        "participant_id",
        "arm",
        "randomisation_date",
        "death_date",
        "follow_up_end",
        "exclusion",
    )
    known = [*special, *(name for name in people if name not in keys)]
    return Finding(
        "study.yaml",
        None,
        place,
        column,
        ", ".join(dict.fromkeys(known)),
        "correct the name or add the column to participants.csv",
    )


def _encode(
    name: str, values: pd.Series, settings: dict[str, Any], place: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return one covariate as numbers: itself, or an indicator a category."""
    divide_by = settings["divide_by"]
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("Float64").to_numpy(float, na_value=np.nan) / divide_by
        return pd.DataFrame({name: numbers}), []
    text = values.astype(object)
    categories = sorted(str(one) for one in text.dropna().unique())
    reference = settings["reference"] or categories[0]
    if reference not in categories:
        allowed, remedy = ", ".join(categories), "name one of the categories"
        return pd.DataFrame(), [_finding(f"{place}.reference", reference, allowed, remedy)]
    if len(categories) == 1:
        found = f"only {categories[0]} for everyone"
        allowed = "a covariate with two categories or more"
        return pd.DataFrame(), [_finding(place, found, allowed, "take it out of this analysis")]
    known = text.notna().to_numpy()
    return pd.DataFrame(
        {
            f"{name}_{_word(one)}": np.where(
                known, (text.astype(str) == one).to_numpy(float), np.nan
            )
            for one in categories
            if one != reference
        }
    ), []


def _word(category: str) -> str:
    """Return a category as the end of a column name."""
    return re.sub(r"\W+", "_", category.lower()).strip("_") or "blank"
