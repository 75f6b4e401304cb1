"""What the columns of an export are: names over several visits, kinds of values, dates."""

import re
from typing import NamedTuple

import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.redcap import EVENT

# The formats of dates that are tried, the certain one first.
FORMATS = ("", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d%b%Y", "%d-%b-%Y", "%Y/%m/%d")
_TRAILING = re.compile(
    r"(?P<stem>.*?[a-zA-Z])(?P<sep>_?(?:m|mo|month|v|t|w|wk|fu)?_?)(?P<mark>\d{1,3})"
)
_BASELINE = re.compile(r"(?P<stem>.*?[a-zA-Z])(?P<sep>_)(?P<mark>bl|base|baseline)", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_SENTINELS = ("-9", "-99", "-999", "-8", "-88", "-7", "99", "999", "9999")


class Field(NamedTuple):
    """A question of the trial: a column, or a column for each visit or place.

    Parameters
    ----------
    name : str
        Name of the column, {} where the mark of a visit or place stands.
    marks : tuple of str
        Marks in the order of the columns; events of REDCap; none for a column that stands alone.
    columns : tuple of str
        The columns.
    label : str
        Label of the first column.
    kind : {"number", "date", "word", "blank"}
        What its cells hold, apart from codes of missing.
    values : tuple of str
        Distinct cells, at most thirty, apart from codes of missing.
    codes : dict
        Code -> label.
    formats : tuple of str
        Formats of dates that all its cells follow.
    """

    name: str
    marks: tuple[str, ...]
    columns: tuple[str, ...]
    label: str
    kind: str
    values: tuple[str, ...]
    codes: dict[str, str]
    formats: tuple[str, ...]

    @property
    def visits(self) -> int:
        """Number of visits at which it is asked; arms of REDCap's events do not count."""
        return len({visit_of(mark) for mark in self.marks})

    @property
    def words(self) -> str:
        """Name and label in small letters, by which a field is recognised."""
        return f"{self.name} {self.label}".lower()


def fields_of(export: Export) -> list[Field]:
    """Return the questions of an export in the order of its columns.

    Parameters
    ----------
    export : Export
        The export.

    Returns
    -------
    list of Field
        Columns that differ by a number at their end are one field.

    Examples
    --------
    >>> cells = pd.DataFrame({"gp_6": ["1"], "gp_12": ["2"], "sex": ["f"]})
    >>> [(one.name, one.marks, one.kind) for one in fields_of(Export("main", "a.csv", cells))]
    [('gp_{}', ('6', '12'), 'number'), ('sex', (), 'word')]
    """
    missing = missing_codes(export)
    if EVENT in export.cells:
        groups = {name: [(event, name) for event in _events(export, name)] for name in export.cells}
    else:
        groups = _by_stem(list(export.cells))
    return [
        _field(export, name, pairs, missing)
        for name, pairs in groups.items()
        if not name.startswith("redcap_")
    ]


def _events(export: Export, name: str) -> list[str]:
    """Return the events of REDCap in which a column is filled in."""
    return list(dict.fromkeys(export.cells.loc[export.cells[name] != "", EVENT]))


def _by_stem(columns: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return fields by name: mark and column, where a stem has more than one."""
    found: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        match = _TRAILING.fullmatch(column) or _BASELINE.fullmatch(column)
        name = f"{match['stem']}{match['sep']}{{}}" if match else column
        found.setdefault(name, []).append((match["mark"] if match else "", column))
    result = {}
    for name, pairs in found.items():
        if len(pairs) > 1:
            result[name] = pairs
        else:
            result[pairs[0][1]] = [("", pairs[0][1])]
    return result


def _field(export: Export, name: str, pairs: list, missing: dict[str, str]) -> Field:
    """Return one field with what its cells hold."""
    columns = tuple(dict.fromkeys(column for _, column in pairs)) or (name,)
    cells = pd.concat([export.cells[column] for column in columns])
    cells = cells[(cells != "") & ~cells.isin(missing)]
    values = tuple(sorted(cells.unique()[:500]))
    formats = tuple(word for word in FORMATS if len(values) and _follow(values, word))
    numbers = all(_NUMBER.fullmatch(value) for value in values)
    kind = "blank" if not values else "date" if formats else "number" if numbers else "word"
    marks = tuple(mark for mark, _ in pairs if mark)
    first = columns[0]
    codes = {
        code: label
        for code, label in export.codes.get(first, {}).items()
        if code not in missing and not code.startswith(".")
    }
    label = export.labels.get(first, "")
    return Field(name, marks, columns, label, kind, values[:30], codes, formats)


def _follow(values: tuple[str, ...], word: str) -> bool:
    """Return whether all values are days in one format."""
    text = pd.Series([value[:10] if not word else value for value in values], dtype="str")
    if not text.str.contains(r"\d.*\D.*\d|[a-zA-Z]{3}", regex=True).all():
        return False
    return bool(pd.to_datetime(text, format=word or "%Y-%m-%d", errors="coerce").notna().all())


def missing_codes(export: Export) -> dict[str, str]:
    """Return the codes that mean missing, or may: code -> what is known of it.

    Parameters
    ----------
    export : Export
        The export.

    Returns
    -------
    dict of str
        Codes that the file marks, with their label; numbers such as -9, with how often they stand.

    Examples
    --------
    >>> cells = pd.DataFrame({"gp": ["1", "-9"]})
    >>> missing_codes(Export("main", "a.csv", cells))
    {'-9': 'in 1 cell'}
    """
    found: dict[str, str] = {}
    for codes in export.missing.values():
        for code, label in codes.items():
            found[code] = label or found.get(code, "")
    for code in _SENTINELS:
        count = int((export.cells == code).sum().sum())
        if count and code.startswith("-") and code not in found:
            found[code] = f"in {count} cell{'s' if count > 1 else ''}"
    for word in ("n/a", "N/A", "NA", "."):
        count = int((export.cells == word).sum().sum())
        if count and word not in found:
            found[word] = f"in {count} cell{'s' if count > 1 else ''}"
    return found


def word_of(label: str, head: str = "group") -> str:
    """Return a label as a name: small letters, digits and _.

    Examples
    --------
    >>> word_of("New service (A)"), word_of("1", "arm")
    ('new_service_a', 'arm_1')
    """
    word = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40]
    return word if word[:1].isalpha() else f"{head}_{word}"


def visit_of(mark: str) -> str:
    """Return the visit that a mark or an event of REDCap stands for.

    Examples
    --------
    >>> visit_of("0"), visit_of("6"), visit_of("month_12_arm_1"), visit_of("baseline_arm_2")
    ('baseline', 'month_6', 'month_12', 'baseline')
    """
    plain = re.sub(r"_arm_\d+[a-z]?$", "", mark.lower())
    if plain in ("0", "bl", "base", "baseline") or plain.startswith("base"):
        return "baseline"
    return f"month_{int(plain)}" if plain.isdigit() else word_of(plain, "visit")


def time_of(visit: str) -> float | None:
    """Return the planned time of a visit, as far as its name tells it.

    Parameters
    ----------
    visit : str
        Name of the visit.

    Returns
    -------
    float or None
        Years from randomisation.

    Examples
    --------
    >>> time_of("baseline"), time_of("month_6"), time_of("week_26"), time_of("visit_b")
    (0.0, 0.5, 0.4983, None)
    """
    if visit == "baseline":
        return 0.0
    number = re.search(r"(month|week|year|day|m|w|y|d)_?(\d+)", visit)
    days = {"m": DAYS_A_YEAR / 12, "w": 7.0, "y": DAYS_A_YEAR, "d": 1.0}
    return round(int(number[2]) * days[number[1][0]] / DAYS_A_YEAR, 4) if number else None
