"""Exports of statistical programs: labels and codes of missing values are kept."""

from pathlib import Path
from typing import Any

import pandas as pd
from pandas.io.stata import StataMissingValue

from trialbalance.data.exports.export import Export, as_text, stop, text_of

READERS = {
    ".dta": "read_dta",
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
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

    try:
        frame, letters, meta = _read(path)
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
    for column, found in letters.items():
        cells[column] = cells[column].mask(found.to_numpy() != "", found.to_numpy())
        known = codes.get(column, {})
        missing[column] = {code: known.get(code, "") for code in sorted(set(found) - {""})}
    notes = [f"{len(labels)} labels of columns, {len(codes)} of values"]
    return Export(name, path.name, cells, labels, codes, missing, notes)


def _read(path: Path) -> tuple[pd.DataFrame, dict[str, pd.Series], Any]:
    """Return the cells of a data set, its extended missing values by column, and its labels.

    With ``user_missing`` pyreadstat 1.3.7 fills numbers that stand beside a letter with what lies
    in memory, so numbers come from a reading without it: of Stata by pandas, of SAS its own.
    """
    import pyreadstat

    ending = path.suffix.lower()
    if ending == ".dta":
        _, meta = pyreadstat.read_dta(str(path), metadataonly=True)
        marked = pd.read_stata(
            path, convert_categoricals=False, convert_missing=True, convert_dates=False
        )
        return pd.read_stata(path, convert_categoricals=False), _letters(marked, meta), meta
    read = getattr(pyreadstat, READERS[ending])
    if ending == ".sas7bdat":
        frame, meta = read(str(path))
        marked, _ = read(str(path), user_missing=True)
        return frame, _letters(marked, meta), meta
    # User missing values of SPSS are numbers, which stay as they are.
    told = {"user_missing": True} if ending in (".sav", ".zsav") else {}
    frame, meta = read(str(path), **told)
    return frame, {}, meta


def _letters(marked: pd.DataFrame, meta: Any) -> dict[str, pd.Series]:
    """Return the numeric columns with extended missing values: .a to .z, blank elsewhere."""
    found = {}
    for column, kind in meta.readstat_variable_types.items():
        if kind != "string" and marked[column].dtype == object:
            letters = marked[column].map(_letter).astype("str")
            if (letters != "").any():
                found[str(column)] = letters
    return found


def _letter(cell: Any) -> str:
    """Return an extended missing value as .a to .z, blank for anything else."""
    if isinstance(cell, StataMissingValue):
        return cell.string if len(cell.string) > 1 else ""
    return f".{cell}" if isinstance(cell, str) and len(cell) == 1 and cell.isalpha() else ""


def _code(code: Any) -> str:
    """Return a code as text; a letter of an extended missing value with its point."""
    return (
        f".{code}" if isinstance(code, str) and len(code) == 1 and code.isalpha() else text_of(code)
    )


def _missing(cells: pd.DataFrame, meta: Any, codes: dict) -> dict[str, dict[str, str]]:
    """Return the codes that SPSS marks as missing, of those that stand in a column."""
    found: dict[str, dict[str, str]] = {}
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
