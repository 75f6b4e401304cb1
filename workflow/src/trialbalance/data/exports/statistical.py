"""Exports of statistical programs: labels and codes of missing values are kept."""

from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.data.exports.export import Export, as_text, stop, text_of

READERS = {
    ".dta": ("read_dta", True),
    ".sav": ("read_sav", True),
    ".zsav": ("read_sav", True),
    ".por": ("read_por", False),
    ".sas7bdat": ("read_sas7bdat", True),
    ".xpt": ("read_xport", False),
}


def read_statistical(path: Path, name: str) -> Export:
    """Read a data set of Stata, SPSS, SAS or SAS transport.

    Parameters
    ----------
    path : Path
        The file; its ending says of which program it is.
    name : str
        Name of the export.

    Returns
    -------
    Export
        Extended missing values of Stata and SAS are cells ``.a`` to ``.z``; values that SPSS marks
        as missing stay as they are and are listed.

    Raises
    ------
    Problems
        The file is no data set of that program.

    Examples
    --------
    >>> import pyreadstat, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.dta"
    >>> frame = pd.DataFrame({"gp": [1, "a"]}, dtype=object)
    >>> labels = {"gp": {"a": "refused"}}
    >>> pyreadstat.write_dta(frame, path, missing_user_values={"gp": ["a"]},
    ...                      variable_value_labels=labels)
    >>> export = read_statistical(path, "main")
    >>> export.cells["gp"].to_list(), export.missing["gp"]
    (['1', '.a'], {'.a': 'refused'})
    """
    import pyreadstat

    word, user_missing = READERS[path.suffix.lower()]
    given = {"user_missing": True} if user_missing else {}
    try:
        frame, meta = getattr(pyreadstat, word)(str(path), **given)
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
        what = f"no data set of that kind ({str(error).splitlines()[0][:80]})"
        stop(path, what, f"a {path.suffix} file", "export it again")
    cells = as_text(frame, 1)
    labels = {
        column: label
        for column, label in zip(meta.column_names, meta.column_labels, strict=True)
        if label
    }
    codes = {
        column: {_code(code): str(label) for code, label in words.items()}
        for column, words in meta.variable_value_labels.items()
    }
    missing = _missing(cells, meta, codes)
    for column, found in missing.items():
        letters = [code for code in found if code.startswith(".")]
        cells[column] = cells[column].replace({code[1:]: code for code in letters})
    notes = [f"{len(labels)} labels of columns, {len(codes)} of values"]
    return Export(name, path.name, cells, labels, codes, missing, notes)


def _code(code: Any) -> str:
    """Return a code as text; a letter of an extended missing value with its point."""
    return (
        f".{code}" if isinstance(code, str) and len(code) == 1 and code.isalpha() else text_of(code)
    )


def _missing(cells: pd.DataFrame, meta: Any, codes: dict) -> dict[str, dict[str, str]]:
    """Return the codes that the file marks as missing, of those that stand in a column."""
    found: dict[str, dict[str, str]] = {}
    for column, letters in meta.missing_user_values.items():
        found[column] = {f".{one}": codes.get(column, {}).get(f".{one}", "") for one in letters}
    for column, spans in meta.missing_ranges.items():
        for cell in cells[column].unique():
            if cell and any(_within(cell, span["lo"], span["hi"]) for span in spans):
                found.setdefault(column, {})[cell] = codes.get(column, {}).get(cell, "")
    return found


def _within(cell: str, low: Any, high: Any) -> bool:
    """Return whether a cell lies in a span of values that are missing."""
    if isinstance(low, str):
        return cell == low.strip()
    try:
        return low <= float(cell) <= high
    except ValueError:
        return False


def read_parquet_export(path: Path, name: str) -> Export:
    """Read an export written as Parquet.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Name of the export.

    Returns
    -------
    Export
        Cells as text, rows numbered from 1.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.parquet"
    >>> pd.DataFrame({"id": ["P1"], "n": [2]}).to_parquet(path)
    >>> read_parquet_export(path, "main").cells["n"].to_list()
    ['2']
    """
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        what = f"no Parquet table ({str(error).splitlines()[0][:80]})"
        stop(path, what, "a Parquet table", "write the table again")
    return Export(name, path.name, as_text(frame.reset_index(drop=True), 1))
