"""Tables written: checked, sorted, in one fixed format, and never half."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

from trialbalance.contracts.checks.columns import check_columns
from trialbalance.contracts.checks.typed_tables import DIGITS, EXACT, check_typed
from trialbalance.contracts.problems import Problems
from trialbalance.contracts.schemas import keys, marks, schema

_OTHER = re.compile(r"[^A-Za-z0-9.+-]+")


def format_number(value: float, digits: int = DIGITS) -> str:
    """Write a number with ten significant digits and no needless exponent.

    Parameters
    ----------
    value : float
        A finite number.
    digits : int
        Significant digits; with 17 as many as it takes to read back the same number.

    Returns
    -------
    str
        Decimal text; an exponent only below 1e-9 or from 1e15 up.

    Examples
    --------
    >>> format_number(35595.0), format_number(1e-5), format_number(12345678901.0)
    ('35595', '0.00001', '12345678900')
    """
    text = f"{value:.{digits}g}" if digits < EXACT else repr(float(value)).removesuffix(".0")
    if "e" not in text or not 1e-9 <= abs(value) < 1e15:
        return text
    if digits >= EXACT:
        return np.format_float_positional(value, trim="-")
    mantissa, exponent = text.split("e")
    decimals = max(len(mantissa.partition(".")[2]) - int(exponent), 0)
    return f"{float(text):.{decimals}f}"


def _text_of(column: pd.Series, digits: int) -> np.ndarray:
    """Write the cells of a column as text, each distinct value once."""
    codes, values = pd.factorize(column)
    if pd.api.types.is_bool_dtype(column.dtype):
        words = ["true" if value else "false" for value in values]
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        words = [f"{value:%Y-%m-%d}" for value in pd.DatetimeIndex(values)]
    elif pd.api.types.is_float_dtype(column.dtype):
        words = [format_number(value, digits) for value in values]
    elif pd.api.types.is_integer_dtype(column.dtype):
        words = [str(int(value)) for value in values]
    else:
        words = [_quote(value) for value in values]
    return np.array([*words, ""], dtype=object)[codes]


def _quote(value: str) -> str:
    if any(mark in value for mark in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _csv_bytes(frame: pd.DataFrame, digits: int = DIGITS) -> bytes:
    header = ",".join(_quote(str(name)) for name in frame.columns)
    columns = [_text_of(frame[name], digits) for name in frame.columns]
    lines = map(",".join, zip(*columns, strict=True))
    return ("\n".join([header, *lines]) + "\n").encode("utf-8")


def _sorted(frame: pd.DataFrame, contract: dict, vocabularies: dict | None) -> pd.DataFrame:
    """Sort by the primary key; visits, periods and arms in the order of the study."""
    key = [name for name in keys(contract) if name in frame.columns]
    if not key or contract.get("keepOrder"):
        return frame
    words = {field["name"]: field.get("vocabulary") for field in contract["fields"]}
    order = {
        name: {word: number for number, word in enumerate(vocabularies[words[name]])}
        for name in key
        if words.get(name) in (vocabularies or {})
    }

    def rank(column: pd.Series) -> pd.Series:
        known = order.get(column.name)
        return column if known is None else column.map(known).astype(float)

    try:
        return frame.sort_values(key, kind="stable", key=rank)
    except TypeError:
        # A key of mixed types is reported by the check that follows; its order is immaterial.
        return frame


def write_text(frame: pd.DataFrame | None, path: Path, table: str) -> None:
    """Write cells of text as they are, whole or not at all; only the header where there are none.

    Parameters
    ----------
    frame : pandas.DataFrame or None
        Cells of text.
    path : Path
        CSV file; its folder is made.
    table : str
        Name of the contract, which gives the header of a table that is not there.
    """
    if frame is None:
        frame = pd.DataFrame(columns=[field["name"] for field in schema(table)["fields"]])
    _put(path, _csv_bytes(frame.astype(object)))


def write(
    df: pd.DataFrame,
    path: Path | str,
    table: str | dict,
    synthetic: bool,
    vocabularies: dict | None = None,
    place: str = "",
) -> None:
    r"""Check a table and write it, whole or not at all.

    Parameters
    ----------
    df : pandas.DataFrame
        Table; columns in any order. It is not changed.
    path : path-like
        CSV file, or a Parquet file when the name ends in ``.parquet``; folders are made.
    table : str or dict
        Name of the contract, or the contract itself.
    synthetic : bool
        Whether the rows stem from simulated data; becomes the last column unless the contract
        says ``marked: false``.
    vocabularies : dict of str to list of str, optional
        Values known to the study.
    place : str
        Where the table belongs, such as ``base/qaly``; begins the identifiers of its figures.

    Raises
    ------
    Problems
        If columns are missing or unexpected, or values break the contract.

    Notes
    -----
    Columns stand in the order of the contract, further ones after; rows are sorted by the
    primary key unless the contract says ``keepOrder``; numbers have ten significant digits,
    or as many as the contract says under ``digits``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.csv"
    >>> contract = {"fields": [{"name": "cost", "type": "number"}]}
    >>> write(pd.DataFrame({"cost": [1 / 3]}), path, contract, synthetic=True)
    >>> path.read_text()
    'cost,synthetic\n0.3333333333,true\n'
    """
    path = Path(path)
    contract = schema(table) if isinstance(table, str) else table
    frame = df.drop(columns=marks(contract), errors="ignore")
    findings = check_columns(list(frame.columns), contract, path.name, lenient=False)
    frame = _sorted(frame, contract, vocabularies)
    frame = frame.set_axis(range(2, len(frame) + 2), axis=0)
    typed, more = check_typed(frame, contract, path.name, vocabularies)
    findings += more
    if findings:
        raise Problems(findings)
    if "figures" in contract:
        typed["figure"] = row_identifiers(typed, contract, place)
    if contract.get("marked", True):
        typed["synthetic"] = pd.Series(bool(synthetic), index=typed.index, dtype="boolean")
    digits = contract.get("digits", DIGITS)
    _put(path, typed if path.suffix == ".parquet" else _csv_bytes(typed, digits))


def _put(path: Path, content: pd.DataFrame | bytes) -> None:
    """Write a file beside its place and move it there, so that it is never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if isinstance(content, bytes):
            part.write_bytes(content)
        else:
            content.to_parquet(part, index=False, compression="zstd")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def row_identifiers(frame: pd.DataFrame, contract: dict, place: str = "") -> pd.Series:
    """Return the identifier of each row of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table whose contract says under ``figures`` which columns name a row.
    contract : dict
        Contract of the table.
    place : str
        Where the table belongs, such as ``base/qaly``.

    Returns
    -------
    pandas.Series of str
        ``place/table/key/…``; with a point and the name of a column it names one figure.

    Examples
    --------
    >>> contract = {"name": "arms", "figures": ["arm"]}
    >>> row_identifiers(pd.DataFrame({"arm": ["new", "usual"]}), contract, "base/qaly").tolist()
    ['base/qaly/arms/new', 'base/qaly/arms/usual']
    """
    before = "/".join(filter(None, (place, contract["name"])))
    columns = [frame[name].tolist() for name in contract["figures"]]
    words = zip(*columns, strict=True) if columns else [()] * len(frame)
    names = ["/".join([before, *filter(None, map(_word, row))]) for row in words]
    rows = pd.Series(names, index=frame.index, dtype=object)
    again = rows.groupby(rows).cumcount()
    return rows.where(again == 0, [f"{row}+{n + 1}" for row, n in zip(rows, again, strict=True)])


def _word(value: object) -> str:
    """Return a key as one word: numbers as they are written, other marks as underlines."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return _OTHER.sub("_", str(value)).strip("_")
