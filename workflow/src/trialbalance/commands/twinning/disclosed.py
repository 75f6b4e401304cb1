"""What may be told of a column of records: shares of words and means of groups, never a cell."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.disclosure.dominance import dominated
from trialbalance.disclosure.rounding import round_count, significant

GROUPS = 20
# Numbers are given no more decimal places than this, however many were recorded.
PLACES = 6
OTHER = "other"
INVENTED = "invented"


def told_words(words: pd.Series, rules: dict[str, Any], declared: Iterable[str] = ()) -> dict:
    """Return the share of each word that enough people have; the rest is pooled.

    Parameters
    ----------
    words : pandas.Series of str
        A word for each person, none blank.
    rules : dict
        Section ``disclosure``: threshold and rounding.
    declared : iterable of str
        Words that the settings allow; where there are any, the pool goes to those told.

    Returns
    -------
    dict
        ``{"kind": "words", "shares": {word: share}}``; shares are of rounded counts, sum 1.

    Examples
    --------
    >>> rules = {"threshold": 10, "rounding": 5}
    >>> told_words(pd.Series(["north"] * 31 + ["rare"] * 2), rules)["shares"]
    {'north': 1.0}
    >>> told_words(pd.Series(["a"] * 20 + list("bcdefghijk")), rules)["shares"]
    {'a': 0.667, 'other': 0.333}
    """
    least, declared = rules["threshold"], list(declared)
    counts = words.value_counts()
    kept = counts[counts >= least]
    shares = {str(word): round_count(count, rules["rounding"]) for word, count in kept.items()}
    rest = int(counts.sum() - kept.sum())
    if rest >= least and not declared:
        shares[OTHER] = shares.get(OTHER, 0) + round_count(rest, rules["rounding"])
    if not shares:
        shares = dict.fromkeys(declared or [INVENTED], 1)
    return {"kind": "words", "shares": _as_shares(shares)}


def _as_shares(counts: Mapping[str, float]) -> dict[str, float]:
    """Return counts as shares of their sum, the largest first."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return {word: round(count / total, 3) for word, count in ordered}


def told_numbers(values: pd.Series, rules: dict[str, Any]) -> dict | None:
    """Return the means of groups of neighbouring values, each of enough people.

    Parameters
    ----------
    values : pandas.Series of float
        A number for each person, none missing.
    rules : dict
        Section ``disclosure``: threshold, recorded_figures, dominance and p-ratio.

    Returns
    -------
    dict or None
        ``points``, the means in rising order; ``places``, decimal places; None below the threshold.

    Notes
    -----
    Sorted values are cut into at most 20 groups of at least ``threshold`` people. A group whose
    mean a few people make up is not told.

    Examples
    --------
    >>> rules = {"threshold": 10, "recorded_figures": 3, "dominant": 2, "dominant_share": 0.9,
    ...          "p_ratio": 0.1}
    >>> told_numbers(pd.Series(range(20), dtype=float), rules)
    {'kind': 'numbers', 'points': [4.5, 14.5], 'places': 0}
    >>> told_numbers(pd.Series([1.0] * 19 + [1e6]), rules)["points"]
    [1.0]
    """
    ordered = np.sort(values.to_numpy(dtype=float))
    count = min(GROUPS, len(ordered) // rules["threshold"])
    if count < 1:
        return None
    groups = [part for part in np.array_split(ordered, count) if not _few_make_it(part, rules)]
    if not groups:
        return None
    points = [significant(float(part.mean()), rules["recorded_figures"]) for part in groups]
    return {"kind": "numbers", "points": points, "places": _places(np.concatenate(groups))}


def _few_make_it(group: np.ndarray, rules: dict[str, Any]) -> bool:
    """Return whether a few people make up a sum; zeros make up none."""
    return bool(np.any(group)) and bool(dominated(pd.Series(group), rules))


def _places(values: np.ndarray) -> int:
    """Return how many decimal places the values have, six at most."""
    for places in range(PLACES):
        if np.allclose(values, np.round(values, places), rtol=0, atol=1e-9):
            return places
    return PLACES


def told_share(part: int, whole: int, rules: dict[str, Any]) -> float:
    """Return a share that rests on enough people on either side, else 0 or 1.

    Parameters
    ----------
    part, whole : int
        People of whom it is true, and all.
    rules : dict
        Section ``disclosure``: threshold and rounding.

    Returns
    -------
    float
        Share of rounded counts, 0 to 1.

    Examples
    --------
    >>> rules = {"threshold": 10, "rounding": 5}
    >>> told_share(3, 100, rules), told_share(41, 100, rules), told_share(97, 100, rules)
    (0.0, 0.4, 1.0)
    """
    least, base = rules["threshold"], rules["rounding"]
    if part < least:
        return 0.0
    if whole - part < least:
        return 1.0
    return round(round_count(part, base) / round_count(whole, base), 3)


def told_patterns(rows: pd.DataFrame, rules: dict[str, Any]) -> dict:
    """Return the share of each pattern over some columns that enough people have.

    Parameters
    ----------
    rows : pandas.DataFrame of str
        A row for each person; a pattern is the row.
    rules : dict
        Section ``disclosure``: threshold and rounding.

    Returns
    -------
    dict
        ``columns``; ``patterns``, each a list of words with its share; what they leave of 1 is
        drawn column by column from ``alone``.

    Examples
    --------
    >>> rows = pd.DataFrame({"m6": ["attended"] * 30 + ["missed"] * 12 + ["dead"]})
    >>> told_patterns(rows, {"threshold": 10, "rounding": 5})["patterns"]
    [{'pattern': ['attended'], 'share': 0.75}, {'pattern': ['missed'], 'share': 0.25}]
    """
    counts = rows.value_counts(sort=True, dropna=False)
    kept = counts[counts >= rules["threshold"]]
    rest = int(counts.sum() - kept.sum())
    sizes = {_tuple(row): round_count(count, rules["rounding"]) for row, count in kept.items()}
    # A pool of too few is not told at all, not even by what the others leave over.
    total = sum(sizes.values()) + (
        round_count(rest, rules["rounding"]) if rest >= rules["threshold"] else 0
    )
    return {
        "columns": [str(name) for name in rows],
        "patterns": [
            {"pattern": [str(word) for word in row], "share": round(size / total, 3)}
            for row, size in sizes.items()
        ],
        "alone": {str(name): _column(rows[name], rules) for name in rows},
    }


def _tuple(row: Any) -> tuple:
    return row if isinstance(row, tuple) else (row,)


def _column(words: pd.Series, rules: dict[str, Any]) -> dict[str, float]:
    """Return the shares of the words of one column, the rare ones left out."""
    counts = words.value_counts()
    kept = counts[counts >= rules["threshold"]]
    named = {str(word): round_count(count, rules["rounding"]) for word, count in kept.items()}
    return _as_shares(named) if named else {}
