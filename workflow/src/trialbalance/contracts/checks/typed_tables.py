"""Typed tables held against their contracts, and numbers cut to the digits a file shows."""

from dataclasses import replace

import numpy as np
import pandas as pd

from trialbalance.contracts.checks.checking import constrain, explain, handed_over, settle
from trialbalance.contracts.checks.keys import check_key
from trialbalance.contracts.checks.parsing import Fault, parse, without_spoiled
from trialbalance.contracts.problems import Finding
from trialbalance.contracts.schemas import in_words

# What people read; a contract says `digits: 17` of draws, from which later stages take small
# differences of large numbers: those keep every bit.
DIGITS, EXACT = 10, 17


def round_digits(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Round numbers to significant digits, to the double that the decimal text reads back as.

    Parameters
    ----------
    values : ndarray of float
        Any finite or missing numbers.
    digits : int
        Significant digits, 1 to 15; with 17 every number is kept as it is.

    Returns
    -------
    ndarray of float
        Rounded numbers.

    Notes
    -----
    With N the whole number of ``digits`` digits, N / 10^k is the double nearest to the decimal
    as long as 10^k is exact (k at most 22), so that text and table agree to the last bit.

    Examples
    --------
    >>> round_digits(np.array([1 / 3, 12345.678901234])).tolist()
    [0.3333333333, 12345.6789]
    """
    values = np.asarray(values, float)
    if digits >= EXACT:
        return values + 0.0
    rounded = values.copy()
    usable = np.isfinite(values) & (values != 0)
    used = values[usable]
    power = digits - 1 - np.floor(np.log10(np.abs(used))).astype(int)
    scaled = 10.0 ** np.minimum(np.abs(power), 22)
    whole = np.rint(np.where(power >= 0, used * scaled, used / scaled))
    used = np.where(power >= 0, whole / scaled, whole * scaled)
    # Powers beyond 22 are not exact; such numbers are rare enough to go through their text.
    for place in np.flatnonzero(np.abs(power) > 22):
        used[place] = float(f"{values[usable][place]:.{digits}g}")
    rounded[usable] = used
    # A negative zero would be written as "-0".
    return rounded + 0.0


def _as_text(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    missing = column.isna().to_numpy(bool)
    plain = column.astype(object)
    wrong = np.array([not isinstance(value, str) for value in plain], bool) & ~missing
    text = plain.where(~missing, "").astype("str")
    # Blanks at the ends would be lost on reading, so they are left out on writing.
    return text.str.strip(), wrong


def _as_number(column: pd.Series, whole: bool, digits: int) -> tuple[pd.Series, np.ndarray]:
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not column.isna().all():
        return pd.Series(np.nan, index=column.index), column.notna().to_numpy(bool)
    if whole and pd.api.types.is_integer_dtype(dtype):
        return column.astype("Int64"), np.zeros(len(column), bool)
    numbers = pd.to_numeric(column, errors="coerce").astype("Float64").to_numpy(float, np.nan)
    wrong = np.isnan(numbers) & column.notna().to_numpy(bool) | np.isinf(numbers)
    if not whole:
        return pd.Series(round_digits(numbers, digits), index=column.index), wrong
    wrong |= ~np.isnan(numbers) & (numbers != np.floor(numbers))
    kept = pd.Series(np.where(wrong, np.nan, numbers), index=column.index)
    return kept.astype("Int64"), wrong


def _as_date(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    dates = pd.to_datetime(column, errors="coerce")
    wrong = (dates.isna() & column.notna()) | (dates.notna() & (dates != dates.dt.normalize()))
    return dates.astype("datetime64[ns]"), wrong.to_numpy(bool)


def _as_boolean(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    plain = column.astype(object)
    wrong = column.notna() & ~plain.isin([True, False])
    kept = plain.where(~wrong & column.notna(), None)
    return kept.astype("boolean"), wrong.to_numpy(bool)


MADE = "the stage that makes the table must make this column so"
# What to do about a column of a table that somebody handed over.
HANDED = {
    "string": "write the column as text, with any zeros that a value begins with",
    "date": "write dates alone, without a time of day",
    "boolean": "write true or false",
    "number": "write numbers",
    "integer": "write whole numbers",
    "year": "write years as whole numbers",
}


def plain(column: pd.Series) -> pd.Series:
    """Bring what other programs write into the plain types: categories, dates with a zone.

    Parameters
    ----------
    column : pandas.Series
        A column of a Parquet file.

    Returns
    -------
    pandas.Series
        Categories as their values; moments with a zone as the clock there showed them.

    Examples
    --------
    >>> plain(pd.Series(pd.to_datetime(["2020-01-31"]).tz_localize("Europe/London"))).dt.tz is None
    True
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if column.dtype == object:
        aware = column.map(lambda value: getattr(value, "tzinfo", None) is not None)
        if aware.any():
            column = column.where(~aware, column[aware].map(lambda v: v.replace(tzinfo=None)))
    return column


def _as_written(column: pd.Series, kind: str) -> pd.Series | None:
    """Return the cells of a Parquet column as a CSV file would hold them, where text stands in it.

    Text is read by the parser of CSV alone: a reader that guesses takes 09/04/2022 for September.
    A number in a column of dates is a count of days from an origin that nobody wrote down.
    """
    days = kind == "date" and pd.api.types.is_numeric_dtype(column.dtype) and column.notna().any()
    text = column.dtype == object or isinstance(column.dtype, pd.StringDtype)
    if not (days or (text and column.map(lambda value: isinstance(value, str)).any())):
        return None

    def cell(value: object) -> str:
        if isinstance(value, float):
            return f"{value:.15g}"
        return str(value).strip().removesuffix(" 00:00:00")

    return column.astype(object).map(cell).where(column.notna(), "").astype("str")


def coerce(
    column: pd.Series, kind: str, remedy: str | None = None, digits: int = DIGITS
) -> tuple[pd.Series, list[Fault]]:
    """Bring a column of a frame to the type of its contract.

    Parameters
    ----------
    column : pandas.Series
        Values of any type.
    kind : {"string", "number", "integer", "year", "date", "boolean"}
        Type of the contract.
    remedy : str, optional
        What to do about a value of another type; what a developer would by default.
    digits : int
        Significant digits of numbers.

    Returns
    -------
    typed : pandas.Series
        Same index; numbers rounded to so many digits.
    faults : list of Fault
        Values that cannot be of the type.

    Examples
    --------
    >>> coerce(pd.Series([1.0, 2.0]), "integer")[0].dtype
    Int64Dtype()
    """
    written = None if remedy is None or kind == "string" else _as_written(column, kind)
    if written is not None:
        return parse(written, kind)
    if kind == "string":
        text, wrong = _as_text(column)
        typed, faults = parse(text, "string")
    else:
        makers = {"date": _as_date, "boolean": _as_boolean}
        maker = makers.get(kind)
        whole = kind != "number"
        typed, wrong = maker(column) if maker else _as_number(column, whole, digits)
        faults = []
    if wrong.any():
        timed = kind == "date" and remedy is not None
        found = "{value}, with a time of day" if timed else "{value}"
        faults.append(Fault(wrong, remedy or MADE, found))
        typed = typed.mask(wrong)
    return typed, faults


def kind_of(column: pd.Series) -> str:
    """Name the contract type of a column that no contract names.

    Examples
    --------
    >>> kind_of(pd.Series([True, False]))
    'boolean'
    """
    if column.isna().all():
        return "number"
    if pd.api.types.is_bool_dtype(column.dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "date"
    present = column.dropna()
    return "boolean" if present.map(lambda value: isinstance(value, bool)).all() else "string"


def check_typed(
    frame: pd.DataFrame,
    contract: dict,
    file: str,
    vocabularies: dict | None = None,
    lenient: bool = False,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Bring a frame to the types of its contract and check its values.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table; the index numbers the rows as a spreadsheet does.
    contract : dict
        Contract of the table.
    file : str
        Name of the file for the findings.
    vocabularies : dict of str to list of str, optional
        Values known to the study.
    lenient : bool
        Whether the table was handed over: columns that may be blank throughout are added, words
        for missing are told, and the remedies speak to who wrote the file.

    Returns
    -------
    typed : pandas.DataFrame
        Columns in the order of the contract, further ones after.
    findings : list of Finding
        Every problem of the values; column names are judged elsewhere.

    Examples
    --------
    >>> contract = {"fields": [{"name": "n", "type": "integer"}]}
    >>> check_typed(pd.DataFrame({"n": [1.5]}, index=[2]), contract, "n.csv")[1][0].found
    '1.5'
    """
    fields = {field["name"]: field for field in contract["fields"]}
    digits = contract.get("digits", DIGITS)
    absent: dict[str, None] = {}
    zones = {name: getattr(frame[name].dtype, "tz", None) for name in frame}
    if lenient:
        absent = {name: None for name in fields if name not in frame.columns}
        frame = frame.apply(plain).assign(**absent)
    order = [name for name in fields if name in frame.columns]
    order += [name for name in frame.columns if name not in fields]
    typed, findings = {}, []
    for name in order:
        field = fields.get(name) or {"name": name, "type": kind_of(frame[name])}
        field = settle(field, contract)
        remedy = HANDED[field["type"]] if lenient else None
        typed[name], faults = coerce(frame[name], field["type"], remedy, digits)
        if zones.get(name) is not None:
            # Midnight of one zone is the evening before in another.
            faults = [replace(one, found=f"{one.found} ({zones[name]})") for one in faults]
        missing = typed[name].isna().to_numpy(bool, copy=True)
        for fault in faults:
            missing &= ~fault.rows
        # A column that is not there is told once, by its name.
        missing &= name not in absent
        if lenient and field["type"] == "string":
            odd = handed_over(typed[name].fillna("").astype("str"), field, vocabularies)
            typed[name] = without_spoiled(typed[name], odd)
            faults = faults + odd
        faults = faults + constrain(typed[name], field, vocabularies, missing)
        words = in_words(field, vocabularies)
        findings += [explain(file, name, frame[name], fault, words) for fault in faults]
    table = pd.DataFrame(typed, index=frame.index)
    return table, findings + check_key(table, contract, file)
