"""Invented people who happen to equal a real one: found, so that they are drawn again."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

IDS = ("participant_id", "record_id")


def too_like(
    drawn: dict[str, pd.DataFrame], real: dict[str, pd.DataFrame], threshold: int
) -> set[str]:
    """Return the invented people with a row, or all rows of a table, as only few real people have.

    Parameters
    ----------
    drawn, real : dict of pandas.DataFrame of str
        Tables by name.
    threshold : int
        What fewer real people than these share tells of them; what more share tells of nobody.

    Returns
    -------
    set of str
        Identifiers of invented people.

    Examples
    --------
    >>> stay = {"item": "night", "start_date": "2021-03-01"}
    >>> real = {"episodes": pd.DataFrame([{"participant_id": "P1", **stay}])}
    >>> drawn = {"episodes": pd.DataFrame([{"participant_id": "twin1", **stay}])}
    >>> too_like(drawn, real, 10)
    {'twin1'}
    """
    found: set[str] = set()
    for table, rows in drawn.items():
        telling = _telling(real[table])
        for mine, theirs in zip(_kinds(rows, telling), _kinds(real[table], telling), strict=True):
            held = Counter(key for _, key in theirs)
            found |= {person for person, key in mine if 0 < held[key] < threshold}
    return found


def _telling(frame: pd.DataFrame) -> list[str]:
    """Return the columns of which a cell can tell a person: dates, and numbers all their own."""
    found = []
    for name in (name for name in frame if name not in IDS):
        cells = frame[name][frame[name] != ""]
        own = cells[cells.str.fullmatch(r"-?\d*\.\d+")]
        if str(name).endswith("date") or (len(own) and own.nunique() * 2 > len(cells)):
            found.append(str(name))
    return found


def _kinds(frame: pd.DataFrame, telling: list[str]) -> Iterator[set[tuple]]:
    """Return (person, row) where a row tells a person, and (person, all rows of that person)."""
    names = [name for name in frame if name not in IDS]
    rows = list(zip(*(frame[name] for name in names), strict=True)) if names else []
    pairs = list(zip(frame["participant_id"], rows, strict=False))
    tells = frame[telling].ne("").any(axis=1)
    yield {pair for pair, one in zip(pairs, tells, strict=True) if one}
    whole: dict[str, list] = {}
    for person, row in pairs:
        whole.setdefault(person, []).append(row)
    yield {(person, tuple(sorted(some))) for person, some in whole.items()}
