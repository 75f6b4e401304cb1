"""The rows of a dataset: who is in it, and the columns that everyone has."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems


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
