"""Cells drawn from what is told of one column."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from trialbalance.commands.twinning.drawing import Crowd


def draw_patterns(told: dict[str, Any], crowd: "Crowd", name: str) -> dict[str, np.ndarray]:
    """Return a word for each person and column, whole patterns where these are told.

    Parameters
    ----------
    told : dict
        As from `told_patterns`.
    crowd : Crowd
        The invented people.
    name : str
        Name of the random stream.

    Returns
    -------
    dict of numpy.ndarray of str
        Column -> a word for each person.
    """
    ends = np.cumsum([one["share"] for one in told["patterns"]] or [0.0])
    chosen = np.searchsorted(ends, crowd.chances(name), side="right")
    found = {}
    for place, column in enumerate(told["columns"]):
        alone = told["alone"][column] or {"blank": 1.0}
        words = _pick(alone, crowd.chances(name, column))
        for number, one in enumerate(told["patterns"]):
            words = np.where(chosen == number, one["pattern"][place], words)
        found[column] = words
    return found


def _pick(shares: dict[str, float], chances: np.ndarray) -> np.ndarray:
    """Return a word for each chance, by shares."""
    ends = np.cumsum(list(shares.values()))
    place = np.minimum(np.searchsorted(ends, chances * ends[-1], side="right"), len(shares) - 1)
    return np.array(list(shares), dtype=object)[place]


def draw_values(
    told: dict[str, Any], rows: pd.DataFrame, crowd: "Crowd", *names: str
) -> np.ndarray:
    """Return a filled cell for each row, as text.

    Parameters
    ----------
    told : dict
        As from `told_column`.
    rows : pandas.DataFrame
        The people or rows, with the dates that days are counted from.
    crowd : Crowd
        Invented people, one for each row.
    *names : str
        Names of the random stream.

    Returns
    -------
    numpy.ndarray of str
        Cells; all blank where nothing may be told.
    """
    if told["kind"] == "words":
        shares = told["shares"]
        if told.get("ordered"):
            shares = dict(sorted(shares.items(), key=lambda one: float(one[0])))
            return _pick(shares, crowd.places(*names))
        return _pick(shares, crowd.chances(*names))
    if told["kind"] == "numbers":
        return as_text(draw_numbers(told, crowd.places(*names)), told["places"])
    if told["kind"] == "dates":
        first, last = pd.Timestamp(told["first"]), pd.Timestamp(told["last"])
        days = np.floor(crowd.chances(*names) * ((last - first).days + 1))
        return _dates(pd.Series(first, index=rows.index) + pd.to_timedelta(days, unit="D"))
    if told["kind"] == "days" and told["since"] in rows:
        since = pd.to_datetime(rows[told["since"]], format="%Y-%m-%d", errors="coerce")
        days = np.round(draw_numbers(told["numbers"], crowd.chances(*names)))
        return _dates(since + pd.to_timedelta(np.maximum(days, 0), unit="D"))
    return np.full(len(rows), "", dtype=object)


def draw_numbers(told: dict[str, Any], places: np.ndarray) -> np.ndarray:
    """Return numbers between the means of groups, rounded as the original was.

    Parameters
    ----------
    told : dict
        Kind ``numbers``: points, decimal places, bounds.
    places : numpy.ndarray
        Where each stands between the lowest (0) and the highest (1).

    Returns
    -------
    numpy.ndarray
        Numbers.

    Examples
    --------
    >>> told = {"points": [0.0, 10.0, 40.0], "places": 0}
    >>> draw_numbers(told, np.array([0.0, 0.25, 0.75, 1.0])).tolist()
    [0.0, 5.0, 25.0, 40.0]
    """
    points = told["points"]
    if len(points) == 1:
        points = [0.8 * points[0], 1.2 * points[0]]
    found = np.round(np.interp(places, np.linspace(0, 1, len(points)), points), told["places"])
    return np.clip(found, told.get("minimum", -np.inf), told.get("maximum", np.inf))


def as_text(numbers: np.ndarray, places: int) -> np.ndarray:
    """Return numbers as text without trailing zeros.

    Examples
    --------
    >>> as_text(np.array([2.0, 0.5]), 2).tolist()
    ['2', '0.5']
    """
    shown = (f"{number:.{places}f}" for number in numbers)
    plain = (text.rstrip("0").rstrip(".") if "." in text else text for text in shown)
    return np.array(["0" if text == "-0" else text for text in plain], dtype=object)


def _dates(days: pd.Series) -> np.ndarray:
    return days.dt.strftime("%Y-%m-%d").fillna("").to_numpy(dtype=object)
