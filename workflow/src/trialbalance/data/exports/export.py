"""A raw export in memory: its cells as text, with labels, codes and what was noticed."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, Problems


@dataclass
class Export:
    """A raw export as it was read.

    Parameters
    ----------
    name : str
        Name of the export in the mapping.
    file : str
        Name of its file.
    cells : pandas.DataFrame of str
        Cells without blanks around them; the index numbers rows as a spreadsheet does, a data set
        without a header from 1.
    labels : dict of str
        Column -> its label.
    codes : dict of dict
        Column -> code -> label.
    missing : dict of dict
        Column -> code that the file marks as missing -> its label, blank when it has none.
    notes : list of str
        What was noticed while reading: delimiter, encoding, merged cells, remarks.
    decimal : str
        Decimal sign of its numbers.
    """

    name: str
    file: str
    cells: pd.DataFrame
    labels: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    decimal: str = "."


def text_of(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, days as 2021-03-31.

    Parameters
    ----------
    value : object
        Cell as a reader gives it.

    Returns
    -------
    str
        Text; blank for a missing value.

    Examples
    --------
    >>> text_of(3.0), text_of(0.1), text_of(None), text_of(" a "), text_of(True)
    ('3', '0.1', '', 'a', 'true')
    >>> text_of(datetime.datetime(2021, 3, 31))
    '2021-03-31'
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def as_text(frame: pd.DataFrame, first_row: int) -> pd.DataFrame:
    """Return every cell of a frame as text, with rows numbered from a first one.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells as a reader gives them.
    first_row : int
        Number of the first row of data.

    Returns
    -------
    pandas.DataFrame of str
        Same columns, their names as text.

    Examples
    --------
    >>> as_text(pd.DataFrame({"n": [1.0, None]}), 2)["n"].to_dict()
    {2: '1', 3: ''}
    """
    columns = {
        str(name): [text_of(_plain(value)) for value in frame.iloc[:, place]]
        for place, name in enumerate(frame.columns)
    }
    rows = range(first_row, first_row + len(frame))
    return pd.DataFrame(columns, index=rows, dtype="str")


def _plain(value: Any) -> Any:
    """Return a scalar of NumPy or pandas as one of Python."""
    return value.item() if hasattr(value, "item") and not isinstance(value, str) else value


def stop(file: str | Path, found: str, allowed: str | None, remedy: str, row: int | None = None):
    """Raise the one sentence for a file that cannot be read.

    Parameters
    ----------
    file : path-like
        The file.
    found, allowed, remedy : str
        Parts of the sentence.
    row : int, optional
        Row at fault.

    Raises
    ------
    Problems
        Always.

    Examples
    --------
    >>> stop("a.dta", "no data set", "Stata", "save it again")
    Traceback (most recent call last):
        ...
    trialbalance.contracts.problems.Problems: a.dta: found no data set; allowed: Stata; save it \
again.
    """
    raise Problems([Finding(Path(file).name, row, None, found, allowed, remedy)])


def name_columns(names: list[str], file: Path, row: int) -> list[str]:
    """Return the names of columns, or stop where one is missing or stands twice.

    Parameters
    ----------
    names : list of str
        Cells of the header.
    file : Path
        The file.
    row : int
        Row of the header.

    Returns
    -------
    list of str
        The names without blanks around them.

    Examples
    --------
    >>> name_columns([" id", "age "], Path("a.csv"), 1)
    ['id', 'age']
    """
    found = [name.strip() for name in names]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        stop(file, f"column {twice[0]!r} twice", "each column once", "rename one", row)
    if "" in found:
        words = f"column {found.index('') + 1} without a name"
        stop(file, words, "a name for each column", "name the column or remove it", row)
    return found
