"""Cells of text made into typed values, each kind of mistake told apart."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Fault:
    """One kind of problem in one column: the rows that have it, and what to say."""

    rows: np.ndarray
    remedy: str
    found: str = "{value}"
    allowed: str | None = None
    severity: str = "error"
    spoils: bool = True


def without_spoiled(values: pd.Series, faults: list[Fault]) -> pd.Series:
    """Return values with a blank wherever a fault spoils them.

    Examples
    --------
    >>> fault = Fault(np.array([False, True]), "correct it")
    >>> without_spoiled(pd.Series([1.0, 2.0]), [fault]).tolist()
    [1.0, nan]
    """
    for fault in faults:
        if fault.spoils:
            values = values.mask(fault.rows)
    return values


NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
# Words that also name a real category, such as no former treatment.
ALSO_A_CATEGORY = {
    *("none", "missing", "unknown", "not applicable", "not available"),
    *("not known", "not recorded", "not stated"),
}
NULL_WORDS = ALSO_A_CATEGORY | {
    *("na", "n/a", "n.a.", "n.a", "#n/a", "<na>", "nan", "nat", "null", "nk", "blank"),
    *("empty", ".", "..", "-", "--", "?"),
}
# Words of a column of reasons that say there is none: everybody who has one would be left out.
NO_REASON = {"no", "n", "false", "0", "0.0", "not excluded", "included"}
BLANK = "leave the cell blank where the value is missing"
# Numbers that data entry uses for missing, not asked or refused.
MISSING_CODES = r"-(?:6{1,4}|7{1,4}|8{1,4}|9{1,4})(?:\.0*)?"
LINE_END = (
    lambda v: "\n" in v or "\r" in v,
    "{value}, with a line end inside",
    "remove the line end, or the quotation mark that swallows it",
)
NUMBER_KINDS = (
    LINE_END,
    (lambda v: v.lower() in NULL_WORDS, "{value}, a word for missing", BLANK),
    (
        lambda v: re.search(r"[£$€¥]|\b(GBP|EUR|USD|CAD)\b", v),
        "{value}, with a currency sign",
        "write the bare number; the currency stands in the study file",
    ),
    (
        lambda v: v.endswith("%"),
        "{value}, with a percent sign",
        "write the bare number, such as 0.035 for 3.5%",
    ),
    (
        lambda v: re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", v),
        "{value}, with a comma (thousands separator or decimal comma?)",
        "write thousands without a separator and decimals with a point, such as 1234.5",
    ),
    (
        lambda v: re.fullmatch(r"-?\d{1,3}([ '’\u00a0]\d{3})+([.,]\d+)?", v),
        "{value}, with a thousands separator",
        "write the number without separators, such as 1234.5",
    ),
    (
        lambda v: re.fullmatch(r"-?[\d.]*\d,\d*", v),
        "{value}, with a decimal comma",
        "write decimals with a point, such as 12.5, and export the file with an English locale",
    ),
    (
        lambda v: re.fullmatch(r"[+-]?(inf|infinity)", v, re.IGNORECASE),
        "{value}, which is not finite",
        BLANK,
    ),
    (lambda v: True, "{value}, which is not a number", "write a number or leave the cell blank"),
)


def is_day_number(value: str) -> bool:
    """Return whether a cell may be a day counted from an origin, as programs store dates."""
    return re.fullmatch(r"[1-5]\d{4}(\.\d+)?", value) is not None


DATE_KINDS = (
    LINE_END,
    (lambda v: v.lower() in NULL_WORDS, "{value}, a word for missing", BLANK),
    (
        lambda v: re.fullmatch(r"\d{4}-\d{2}-\d{2}", v),
        "{value}, which is no day of the calendar",
        "correct the date",
    ),
    (
        lambda v: re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].*", v),
        "{value}, with a time of day",
        "write the date alone",
    ),
    (
        lambda v: re.fullmatch(r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}", v),
        "{value}{beside}",
        "write every date as year-month-day, such as 2020-01-31",
    ),
    (
        is_day_number,
        "{value}{days}",
        "format the column as year-month-day in the program that wrote it, before saving it as CSV",
    ),
    (
        lambda v: True,
        "{value}, which is not a date",
        "write every date as year-month-day, such as 2020-01-31",
    ),
)
BOOLEAN_KINDS = (
    LINE_END,
    (lambda v: v.lower() in NULL_WORDS, "{value}, a word for missing", BLANK),
    (lambda v: True, "{value}", "write true or false"),
)
WHOLE_KINDS = (
    (
        lambda v: re.fullmatch(r"-?\d+\.\d+", v),
        "{value}, which has decimals",
        "write a whole number without a decimal point",
    ),
    *NUMBER_KINDS,
)


def _faults(text: pd.Series, bad: np.ndarray, kinds: Any, beside: str = "") -> list[Fault]:
    """Sort the bad cells of a column into kinds; the first kind that fits takes the cell."""
    if not bad.any():
        return []
    codes, values = pd.factorize(text.to_numpy(object)[bad])
    kind_of = np.array(
        [next(k for k, kind in enumerate(kinds) if kind[0](value)) for value in values]
    )
    places = np.flatnonzero(bad)
    faults = []
    for k in np.unique(kind_of):
        rows = np.zeros(len(text), bool)
        rows[places[kind_of[codes] == k]] = True
        found = kinds[k][1].replace("{beside}", beside)
        if "{days}" in found:
            found = found.replace("{days}", as_days(values[kind_of == k][0]))
        faults.append(Fault(rows, kinds[k][2], found))
    return faults


def as_days(number: str) -> str:
    """Say which day a number is to a spreadsheet, and which to Stata, SAS and R.

    Examples
    --------
    >>> as_days("22744")
    ', a day number (2022-04-09 to Stata and SAS, 1962-04-08 to a spreadsheet, 2032-04-09 to R)'
    """
    days = np.timedelta64(int(float(number)), "D")
    origins = (("1960-01-01", "Stata and SAS"), ("1899-12-30", "a spreadsheet"),
               ("1970-01-01", "R"))  # fmt: skip
    told = ", ".join(f"{np.datetime64(day, 'D') + days} to {who}" for day, who in origins)
    return f", a day number ({told})"


def _matches(text: pd.Series, pattern: str) -> np.ndarray:
    return text.str.fullmatch(pattern).to_numpy(bool, copy=True)


def _number(text: Any, blank: np.ndarray):
    good = _matches(text, NUMBER)
    values = np.full(len(text), np.nan)
    values[good] = text.to_numpy(object)[good].astype(float)
    good &= np.isfinite(values)
    values[~good] = np.nan
    return pd.Series(values, index=text.index), _faults(text, ~(good | blank), NUMBER_KINDS)


def _integer(text: Any, blank: np.ndarray):
    good = _matches(text, r"-?\d{1,18}")
    values = np.zeros(len(text), "int64")
    values[good] = text.to_numpy(object)[good].astype("int64")
    typed = pd.Series(pd.arrays.IntegerArray(values, ~good), index=text.index)
    return typed, _faults(text, ~(good | blank), WHOLE_KINDS)


def _date(text: Any, blank: np.ndarray):
    # Years are bounded so that nanoseconds can hold them; nothing older is a trial's date.
    shaped = _matches(text, r"(?:1[789]|20|21)\d{2}-\d{2}-\d{2}")
    codes, values = pd.factorize(text.to_numpy(object)[shaped])
    days = pd.to_datetime(pd.Series(values, dtype="str"), format="%Y-%m-%d", errors="coerce")
    typed = np.full(len(text), np.datetime64("NaT"), "datetime64[ns]")
    typed[shaped] = days.to_numpy("datetime64[ns]")[codes]
    good = ~np.isnat(typed)
    beside = ""
    if good.any():
        beside = f" beside '{text.to_numpy(object)[good][0]}' (two date formats in one column)"
    return (
        pd.Series(typed, index=text.index),
        _faults(text, ~(good | blank), DATE_KINDS, beside),
    )


def _boolean(text: Any, blank: np.ndarray):
    true = text.isin(["true", "True", "TRUE"]).to_numpy(bool)
    false = text.isin(["false", "False", "FALSE"]).to_numpy(bool)
    typed = pd.Series(pd.arrays.BooleanArray(true, ~(true | false)), index=text.index)
    return typed, _faults(text, ~(true | false | blank), BOOLEAN_KINDS)


def _string(text: Any, blank: Any):
    code = _matches(text, MISSING_CODES)
    formula = text.str.match(r"[=+\-@]").to_numpy(bool) & ~code & (text != "-").to_numpy(bool)
    faults = []
    if code.any():
        found = "{value}, a number that stands for missing"
        faults.append(Fault(code, BLANK, found, "text that begins with no =, +, - or @"))
    if formula.any():
        remedy = "remove the sign at the start, which a spreadsheet would run as a formula"
        found = "{value}, which begins like a formula"
        faults.append(Fault(formula, remedy, found, "text that begins with no =, +, - or @"))
    return text.where(~(blank | code), np.nan), faults


def judge_words(text: pd.Series, category: bool, reason: bool = False) -> list[Fault]:
    """Find what a cell of an identifier, a name or a category cannot hold.

    Parameters
    ----------
    text : pandas.Series of str
        Cells without blanks before or after, as they were handed over.
    category : bool
        Whether any word may be a category: "none" and "unknown" are then noted, not refused.
    reason : bool
        Whether a filled cell is a reason, so that "no" and "0" may not stand there.

    Returns
    -------
    list of Fault
        Line ends, a quotation mark without its pair, words that stand for missing.

    Examples
    --------
    >>> [fault.found for fault in judge_words(pd.Series(["north", "NA"]), True)]
    ['{value}, a word for missing']
    """
    lower = text.str.lower()
    soft = lower.isin(ALSO_A_CATEGORY).to_numpy(bool)
    hard = lower.isin(NULL_WORDS).to_numpy(bool) & ~(soft & category)
    ends = text.str.contains(r"[\r\n]").to_numpy(bool)
    marks = (text.str.count('"') % 2 == 1).to_numpy(bool) & ~ends
    kinds = [
        Fault(ends, LINE_END[2], LINE_END[1]),
        Fault(marks, "remove the mark", "{value}, with a stray quotation mark"),
        Fault(hard, BLANK, "{value}, a word for missing"),
    ]
    if reason:
        found, remedy = "{value}, which says that there is no reason", "leave the cell blank then"
        kinds.append(
            Fault(
                lower.isin(NO_REASON).to_numpy(bool), remedy, found, "a reason in words, or blank"
            )
        )
    if category:
        remedy = "it counts as a category of its own; leave the cell blank where it means missing"
        found = "{value}, which may be a word for missing"
        kinds.append(Fault(soft, remedy, found, severity="note", spoils=False))
    return [fault for fault in kinds if fault.rows.any()]


PARSERS = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "year": _integer,
    "date": _date,
    "boolean": _boolean,
}


def parse(text: pd.Series, kind: str) -> tuple[pd.Series, list[Fault]]:
    """Make a column of text into typed values.

    Parameters
    ----------
    text : pandas.Series of str
        Cells without blanks before or after; an empty string is a missing value.
    kind : {"string", "number", "integer", "year", "date", "boolean"}
        Type of the column.

    Returns
    -------
    typed : pandas.Series
        Same index; missing where the cell is blank or wrong.
    faults : list of Fault
        One for each kind of mistake.

    Examples
    --------
    >>> typed, faults = parse(pd.Series(["1.5", "2,5"], dtype="str"), "number")
    >>> faults[0].found
    '{value}, with a decimal comma'
    """
    return PARSERS[kind](text, (text == "").to_numpy(bool))


def infer(text: pd.Series) -> pd.Series:
    """Type a column that no contract names: booleans, numbers, dates, else text.

    Parameters
    ----------
    text : pandas.Series of str
        Cells; an empty string is a missing value.

    Returns
    -------
    pandas.Series
        Typed values; a column without any value is numeric.

    Examples
    --------
    >>> infer(pd.Series(["1", ""], dtype="str")).tolist()
    [1.0, nan]
    """
    for kind in ("number", "boolean", "date"):
        typed, faults = parse(text, kind)
        if not faults:
            return typed
    return text.where(text != "", np.nan)
