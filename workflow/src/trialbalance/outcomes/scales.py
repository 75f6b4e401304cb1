"""Questionnaires with several scales: each answer goes to the scale that has its item."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, Problems


def spread_scales(responses: pd.DataFrame, instruments: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return the answers under the names of the scales that they belong to.

    Parameters
    ----------
    responses : pandas.DataFrame
        Columns instrument and item, among others.
    instruments : dict
        Settings of each instrument; one with ``questionnaire`` is a scale of it.

    Returns
    -------
    pandas.DataFrame
        The answers to other instruments, then those of each scale.

    Raises
    ------
    Problems
        When an item of a questionnaire is in none of its scales.

    Examples
    --------
    >>> answers = pd.DataFrame({"instrument": "long", "item": ["i1", "i2"], "level": [3, 4]})
    >>> scales = {"a": {"questionnaire": "long", "items": ["i2"]},
    ...           "b": {"questionnaire": "long", "items": ["i1"]}}
    >>> spread_scales(answers, scales)[["instrument", "level"]].values.tolist()
    [['a', 4], ['b', 3]]
    """
    scales = {name: one for name, one in instruments.items() if one.get("questionnaire")}
    if not scales:
        return responses
    whole = {one["questionnaire"] for one in scales.values()}
    mine = responses["instrument"].isin(whole)
    known = pd.Series(False, index=responses.index)
    parts = [responses[~mine | responses["instrument"].isin(list(instruments))]]
    for name, one in scales.items():
        its = (responses["instrument"] == one["questionnaire"]) & responses["item"].isin(
            one["items"]
        )
        known |= its
        parts.append(responses[its].assign(instrument=name))
    lost = responses.index[mine & ~known]
    if len(lost):
        first = responses.loc[lost[0]]
        raise Problems(
            [
                Finding(
                    "responses.csv",
                    int(responses.index.get_loc(lost[0])) + 2,
                    "item",
                    f"{first['item']} of {first['instrument']}, which is in none of its scales",
                    f"items of {', '.join(scales)}",
                    "add it to a scale under outcomes.instruments",
                    len(lost) - 1,
                )
            ]
        )
    return pd.concat(parts, ignore_index=True)
