"""Names in tables: known or unknown, once or twice."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding


def repeated(table: pd.DataFrame, key: list[str], file: str) -> list[Finding]:
    """Return a finding for the first repeated key of a table, with the count of further ones.

    Parameters
    ----------
    table : pandas.DataFrame
        Table to look at.
    key : list of str
        Columns that together may occur once.
    file : str
        Name of the file, for the message.

    Returns
    -------
    list of Finding
        Empty when no key repeats.

    Notes
    -----
    A row is repeated when an earlier row has the same values in all of `key`.

    Examples
    --------
    >>> repeated(pd.DataFrame({"a": [1, 1]}), ["a"], "t.csv")[0].sentence()
    't.csv, row 3, column a: found 1 for the second time; allowed: each a once; remove one.'
    """
    again = np.flatnonzero(table.duplicated(key).to_numpy())
    if not len(again):
        return []
    shown = " ".join(str(table[column].iloc[again[0]]) for column in key)
    return [
        Finding(
            file,
            int(again[0]) + 2,
            key[-1],
            f"{shown} for the second time",
            f"each {' and '.join(key)} once",
            "remove one",
            further=len(again) - 1,
        )
    ]


def place_in(
    names: pd.Series, known: pd.Index, file: str, column: str, where: str
) -> tuple[np.ndarray, list[Finding]]:
    """Return the position of each name among the known ones, and a finding on the unknown.

    Parameters
    ----------
    names : pandas.Series of str
        Names to place.
    known : pandas.Index
        Allowed names.
    file, column : str
        Where the names stand, for the message.
    where : str
        Where the allowed names are declared, in words.

    Returns
    -------
    positions : numpy.ndarray of int
        Position, or -1 for an unknown name.
    findings : list of Finding
        One finding a distinct unknown name.

    Notes
    -----
    Positions count from 0.

    Examples
    --------
    >>> place_in(pd.Series(["b"]), pd.Index(["a", "b"]), "t.csv", "x", "the list")
    (array([1]), [])
    """
    codes, uniques = pd.factorize(names, use_na_sentinel=False)
    places = known.get_indexer(pd.Index(uniques))
    findings = []
    for code in np.flatnonzero(places < 0):
        hits = np.flatnonzero(codes == code)
        shown = ", ".join(map(str, known)) if 0 < len(known) <= 20 else f"a name in {where}"
        findings.append(
            Finding(
                file,
                int(hits[0]) + 2,
                column,
                str(uniques[code]),
                shown,
                f"correct it or declare it in {where}",
                further=len(hits) - 1,
            )
        )
    return places[codes], findings


def place_rows(
    table: pd.DataFrame, participants: Sequence[str], visits: Sequence[str], file: str
) -> tuple[np.ndarray, np.ndarray, list[Finding]]:
    """Return the position of each row's participant and visit, and findings on the unknown.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns participant_id and visit.
    participants, visits : sequence of str
        Those that are known.
    file : str
        Name of the file, for the message.

    Returns
    -------
    person, visit : ndarray of int, shape (row,)
        -1 where unknown.
    findings : list of Finding
        One a column that holds an unknown name.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant_id": ["p2", "p1"], "visit": ["m0", "m0"]})
    >>> person, visit, findings = place_rows(rows, ["p1", "p2"], ["m0"], "t.csv")
    >>> person.tolist(), visit.tolist(), findings
    ([1, 0], [0, 0], [])
    """
    person, first = place_in(
        table["participant_id"], pd.Index(participants), file, "participant_id", "participants.csv"
    )
    visit, second = place_in(table["visit"], pd.Index(visits), file, "visit", "study.visits")
    return person, visit, first + second
