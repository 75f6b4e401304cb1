"""Which columns of a dataset are what."""

import pandas as pd

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
    arms = list(study["arms"])
    first = study.get("comparator", arms[0])
    return [first, *(arm for arm in arms if arm != first)]
