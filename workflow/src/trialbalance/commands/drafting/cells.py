"""What the cells of a column hold, numbers, dates or words, and which of them do not fit."""

import re
from typing import NamedTuple

import pandas as pd

# The formats of dates that are tried, the certain one first.
FORMATS = (
    "", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d%b%Y", "%d-%b-%Y", "%d %b %Y",
    "%d %B %Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%d-%b-%y",
)  # fmt: skip
NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_DAY = r"\d.*\D.*\d|[a-zA-Z]{3}"
_MOST = 2000


class Held(NamedTuple):
    """What the cells of a column hold.

    Parameters
    ----------
    kind : {"number", "date", "word", "blank"}
        What most of them are.
    formats : tuple of str
        Formats of dates that each of the fitting cells follows.
    mixed : tuple of str
        Formats of dates that the cells follow only together.
    odd : set of str
        Cells of another kind; of words, those that are no number where some are.
    """

    kind: str
    formats: tuple[str, ...]
    mixed: tuple[str, ...]
    odd: set[str]


def held_by(cells: pd.Series) -> Held:
    """Return what cells hold; a few odd ones do not make a column of numbers or dates another.

    Parameters
    ----------
    cells : pandas.Series of str
        Cells that are filled in, apart from codes of missing.

    Returns
    -------
    Held
        Kind, formats and cells that do not fit.

    Examples
    --------
    >>> held_by(pd.Series(["1", "2", "0", "not asked"]))
    Held(kind='number', formats=(), mixed=(), odd={'not asked'})
    >>> held_by(pd.Series(["2021-03-31", "31/03/2021"])).mixed
    ('', '%d/%m/%Y')
    """
    counts = cells.value_counts(sort=False).head(_MOST)
    values = pd.Series(counts.index, dtype="str")
    every = set(values)
    if not every:
        return Held("blank", (), (), set())
    numbers = {value for value in every if NUMBER.fullmatch(value)}
    if numbers == every:
        return Held("number", (), (), set())
    days = {word: set(values[_follow(values, word)]) for word in FORMATS}
    whole = tuple(word for word in FORMATS if days[word] == every)
    if whole:
        return Held("date", whole, (), set())
    mixed = _together(days)
    dated = {value for word in mixed for value in days[word]}
    if _nearly_all(dated, counts):
        alike = tuple(word for word in FORMATS if days[word] == dated)
        return Held("date", alike, () if alike else mixed, every - dated)
    if _nearly_all(numbers, counts):
        return Held("number", (), (), every - numbers)
    figures = any(re.search(r"\d", value) for value in every)
    return Held("word", (), (), every - numbers if figures else set())


def _nearly_all(fitting: set[str], counts: pd.Series) -> bool:
    """Return whether cells fit: half of them at least, and all but three words or a tenth."""
    share = counts[counts.index.isin(fitting)].sum() / counts.sum()
    return share >= 0.5 and (len(counts) - len(fitting) <= 3 or share >= 0.9)


def _follow(values: pd.Series, word: str) -> pd.Series:
    """Return which values are days in one format."""
    text = values.str[:10] if not word else values
    likely = text.str.contains(_DAY, regex=True)
    found = pd.Series(False, index=values.index)
    if likely.any():
        days = pd.to_datetime(text[likely], format=word or "%Y-%m-%d", errors="coerce")
        found[days.index] = days.notna()
    return found


def _together(days: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the fewest formats that cover what can be covered, day and month in one order."""
    chosen: list[str] = []
    covered: set[str] = set()
    while True:
        orders = {word.replace("%m", "%d") for word in chosen}
        left = [word for word in days if word.replace("%m", "%d") not in orders]
        best = max(left, key=lambda word: len(days[word] - covered), default="")
        if best not in left or not days[best] - covered:
            return tuple(chosen)
        chosen.append(best)
        covered |= days[best]


def places_of(cells: pd.Series, odd: set[str]) -> str:
    """Return where odd cells stand, the first two by name.

    Parameters
    ----------
    cells : pandas.Series of str
        Cells by column and row.
    odd : set of str
        Cells to be named.

    Returns
    -------
    str
        Blank where there is none.

    Examples
    --------
    >>> cells = pd.concat({"gp_6": pd.Series(["1", "-3"], index=[2, 3])})
    >>> places_of(cells, {"-3"}), places_of(cells, set())
    ("row 3 '-3' of gp_6", '')
    """
    found = cells[cells.isin(odd)]
    words = [f"row {row} {cell[:40]!r} of {column}" for (column, row), cell in found[:2].items()]
    more = [f"{len(found) - 2} more"] if len(found) > 2 else []
    return ", ".join(words) + (f" and {more[0]}" if more else "")
