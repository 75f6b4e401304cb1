"""The rows of a dataset: who is in it, and the columns that everyone has."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

FIXED = (
    "participant_id",
    "arm",
    "site",
    "cost",
    "effect",
    "cost_observed",
    "effect_observed",
    "died",
    "at_ceiling",
)
MARKS = ("synthetic",)
GROUP = "cost_"
GROUPING = "group_"


def group_columns(dataset: pd.DataFrame) -> list[str]:
    """Return the columns that hold the cost of one source group each.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.

    Returns
    -------
    list of str
        Columns that begin with ``cost_``, but for cost_observed.

    Examples
    --------
    >>> group_columns(pd.DataFrame(columns=["cost", "cost_observed", "cost_records", "age"]))
    ['cost_records']
    """
    return [name for name in dataset if name.startswith(GROUP) and name not in FIXED]


def source_groups(dataset: pd.DataFrame) -> list[str]:
    """Return the source groups of cost, the most complete first.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.

    Returns
    -------
    list of str
        Names such as records and interview; empty when cost stands as one total.

    Examples
    --------
    >>> source_groups(pd.DataFrame({"cost_interview": [1.0, None], "cost_records": [1.0, 2.0]}))
    ['records', 'interview']
    """
    columns = sorted(group_columns(dataset), key=lambda name: (-dataset[name].count(), name))
    return [name.removeprefix(GROUP) for name in columns]


def covariate_columns(dataset: pd.DataFrame) -> list[str]:
    """Return the columns that hold covariates.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.

    Returns
    -------
    list of str
        Every column that is neither fixed, nor the cost of a source group, nor a grouping.

    Examples
    --------
    >>> covariate_columns(pd.DataFrame(columns=["cost", "cost_observed", "cost_records", "age"]))
    ['age']
    """
    known = {*FIXED, *MARKS, *group_columns(dataset)}
    return [name for name in dataset if name not in known and not name.startswith(GROUPING)]


def comparator_first(study: dict) -> list[str]:
    """Return the arms with the comparator in front.

    Parameters
    ----------
    study : dict
        Study section: arms in order and, where one is named, the comparator.

    Returns
    -------
    list of str
        Each arm once.

    Examples
    --------
    >>> comparator_first({"arms": {"a": {}, "b": {}}, "comparator": "b"})
    ['b', 'a']
    """
    first = study["comparator"]
    return [first, *(arm for arm in study["arms"] if arm != first)]


def in_population(table: pd.DataFrame, name: str, file: str = "participants.csv") -> np.ndarray:
    """Return who belongs to the population of the analysis.

    Parameters
    ----------
    table : pandas.DataFrame
        Table with one boolean column a population.
    name : str
        The population.
    file : str
        File of the table, for messages.

    Returns
    -------
    numpy.ndarray of bool
        Blank counts as outside.

    Raises
    ------
    Problems
        When there is no such column or nobody belongs to it.

    Examples
    --------
    >>> in_population(pd.DataFrame({"everyone": [True, False]}), "everyone")
    array([ True, False])
    """
    if name not in table:
        raise Problems(
            [
                Finding(
                    file,
                    None,
                    None,
                    f"no column {name}",
                    "a column of true and false for the analysis's population",
                    "declare the population or correct the analysis",
                )
            ]
        )
    inside = table[name].astype("boolean").to_numpy(bool, na_value=False)
    if not inside.any():
        raise Problems(
            [
                Finding(
                    file,
                    None,
                    name,
                    "nobody",
                    "at least one participant in the population",
                    "correct the column or the analysis",
                )
            ]
        )
    return inside


def fixed_columns(people: pd.DataFrame, cost: pd.Series, effect: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that every dataset has.

    Parameters
    ----------
    people : pandas.DataFrame
        participant_id, arm and, where known, site.
    cost : pandas.Series
        Total cost, NaN where not observed.
    effect : pandas.DataFrame
        Columns value, died and at_ceiling, in the same order.

    Returns
    -------
    pandas.DataFrame
        participant_id, arm, site, cost, effect, cost_observed, effect_observed, died, at_ceiling.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"]})
    >>> effect = pd.DataFrame({"value": [np.nan], "died": [False], "at_ceiling": [pd.NA]})
    >>> fixed_columns(people, pd.Series([1.0]), effect)["effect_observed"].to_list()
    [False]
    """
    return pd.DataFrame(
        {
            "participant_id": people["participant_id"],
            "arm": people["arm"],
            "site": people.get("site"),
            "cost": cost.to_numpy(float),
            "effect": effect["value"].to_numpy(float),
            "cost_observed": cost.notna().to_numpy(),
            "effect_observed": effect["value"].notna().to_numpy(),
            "died": effect["died"].astype("boolean"),
            "at_ceiling": effect["at_ceiling"].astype("boolean"),
        }
    )
