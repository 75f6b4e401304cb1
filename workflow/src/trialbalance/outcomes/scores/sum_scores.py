"""Sum scores: items added up and scaled, one score or several scales a questionnaire."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems


def score_sums(
    answers: np.ndarray,
    levels: int,
    reversed_items: np.ndarray,
    scale: tuple[float, float] = (0.0, 1.0),
    missing_up_to: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scaled sum of equally weighted items and whether it is the best possible.

    Parameters
    ----------
    answers : numpy.ndarray, shape (n, items)
        Answers from 1 to `levels`; NaN where blank.
    levels : int
        Highest level of an item.
    reversed_items : numpy.ndarray of bool, shape (items,)
        Items on which a high level is bad.
    scale : tuple of float
        Value at the lowest and at the highest sum.
    missing_up_to : int
        Largest number of blank items that are replaced by the mean of the answered ones.

    Returns
    -------
    values : numpy.ndarray, shape (n,)
        NaN where too many items are blank.
    at_ceiling : numpy.ndarray of bool, shape (n,)
        Whether every answered item of a scored questionnaire is at its best.

    Notes
    -----
    With n items turned so that high is good, ``value = low + (high - low) * (S - n) / (n (L - 1))``
    where S is the sum. Replacing blanks by the mean of the answered items gives the same value as
    using the mean item in place of S / n.

    References
    ----------
    Vergunst 2017, doi:10.1186/s12955-017-0825-3 (equal weights, 0 to 100).

    Examples
    --------
    >>> score_sums(np.array([[5.0, 1.0], [3.0, np.nan]]), 5, np.array([False, True]), (0, 100))
    (array([100.,  nan]), array([ True, False]))
    """
    turned = np.where(reversed_items, levels + 1 - answers, answers)
    answered = ~np.isnan(turned)
    count = answered.sum(axis=1)
    enough = (count > 0) & (answers.shape[1] - count <= missing_up_to)
    mean = np.where(answered, turned, 0.0).sum(axis=1) / np.maximum(count, 1)
    low, high = scale
    values = np.where(enough, low + (high - low) * (mean - 1) / (levels - 1), np.nan)
    best = (turned == levels) | ~answered
    return values, enough & best.all(axis=1)


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
    >>> scale = {"kind": "sum_score", "questionnaire": "long"}
    >>> scales = {"a": scale | {"items": ["i2"]}, "b": scale | {"items": ["i1"]}}
    >>> spread_scales(answers, scales)[["instrument", "level"]].values.tolist()
    [['a', 4], ['b', 3]]
    """
    sums = {name: one for name, one in instruments.items() if one["kind"] == "sum_score"}
    scales = {name: one for name, one in sums.items() if one["questionnaire"]}
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
