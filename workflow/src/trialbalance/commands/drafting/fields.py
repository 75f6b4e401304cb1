"""What the columns of an export are: names over several visits, kinds of values, dates."""

import re
import unicodedata
from typing import NamedTuple

import pandas as pd

from trialbalance.commands.drafting.cells import NUMBER, held_by, places_of
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.formats.redcap import EVENT

# Units of time, and words that only number visits, as columns and events of exports write them.
_SPANS = {
    "month": r"months?|mths?|mo|m",
    "week": r"weeks?|wks?|w",
    "day": r"days?|d",
    "year": r"years?|yrs?|y",
}
_VISITS = {"visit": r"visits?|v", "time": r"tp|t", "follow_up": r"fu", "wave": r"wave"}
_SPAN = "|".join(_SPANS.values())
# A letter and a number are a mark together (w26); apart (care_d_6) the letter is of the name.
_MARKED = re.compile(
    r"(?P<stem>.*?[a-zA-Z0-9])_(?P<mark>"
    rf"(?:{'|'.join([_SPAN, *_VISITS.values()])}|months?_|weeks?_)\d{{1,3}}"
    rf"|\d{{1,3}}(?:{_SPAN}|_(?:months?|weeks?))|bl|base|baseline)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?P<stem>.*?[a-zA-Z])_?(?P<mark>\d{1,3})")
_SENTINELS = ("-9", "-99", "-999", "-8", "-88", "-7")


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
        Formats of dates that each of its cells follows.
    mixed : tuple of str
        Formats of dates that its cells follow only together.
    odd : str
        Where cells stand that are not of its kind.
    below : str
        Where numbers below 0 stand.
    fractions : str
        Where numbers stand that are not whole.
    span : tuple of float
        Lowest and highest number; none where no cell is one.
    """

    name: str
    marks: tuple[str, ...]
    columns: tuple[str, ...]
    label: str
    kind: str
    values: tuple[str, ...]
    codes: dict[str, str]
    formats: tuple[str, ...]
    mixed: tuple[str, ...] = ()
    odd: str = ""
    below: str = ""
    fractions: str = ""
    span: tuple[float, ...] = ()

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
        match = _MARKED.fullmatch(column) or _NUMBERED.fullmatch(column)
        name = column.removesuffix(match["mark"]) + "{}" if match else column
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
    cells = pd.concat({column: export.cells[column] for column in columns})
    cells = cells[(cells != "") & ~cells.isin(missing)]
    held = held_by(cells)
    values = tuple(sorted(cells.unique()[:500]))
    words = [value for value in cells.unique() if NUMBER.fullmatch(value)]
    numbers = {value: float(value.replace(",", ".")) for value in words}
    below = {value for value, number in numbers.items() if number < 0}
    fractions = {value for value, number in numbers.items() if number % 1}
    return Field(
        name,
        tuple(mark for mark, _ in pairs if mark),
        columns,
        export.labels.get(columns[0], ""),
        held.kind,
        values[:30],
        _codes(export, columns, missing),
        held.formats,
        held.mixed,
        places_of(cells, held.odd),
        places_of(cells, below),
        places_of(cells, fractions),
        (min(numbers.values()), max(numbers.values())) if numbers else (),
    )


def _codes(export: Export, columns: tuple[str, ...], missing: dict[str, str]) -> dict[str, str]:
    """Return code -> label of some columns; labels that differ are both told."""
    found: dict[str, str] = {}
    for column in columns:
        for code, label in export.codes.get(column, {}).items():
            if code in missing or code.startswith("."):
                continue
            before = found.setdefault(code, label)
            if label not in before:
                found[code] = f"{before} / {label}"
    return found


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
        if count and code not in found:
            found[code] = f"in {count} cell{'s' if count > 1 else ''}"
    for word in ("n/a", "N/A", "NA", "."):
        count = int((export.cells == word).sum().sum())
        if count and word not in found:
            found[word] = f"in {count} cell{'s' if count > 1 else ''}"
    return found


def word_of(label: str, head: str = "group") -> str:
    """Return a label as a name: small letters without accents, digits and _.

    Examples
    --------
    >>> word_of("New service (A)"), word_of("1", "arm")
    ('new_service_a', 'arm_1')
    """
    plain = unicodedata.normalize("NFKD", label.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].rstrip("_")
    return word if word[:1].isalpha() else f"{head}_{word}"[:40].rstrip("_")


def visit_of(mark: str) -> str:
    """Return the visit that a mark or an event of REDCap stands for; a bare number is months.

    Examples
    --------
    >>> visit_of("0"), visit_of("6"), visit_of("month_12_arm_1"), visit_of("baseline_arm_2")
    ('baseline', 'month_6', 'month_12', 'baseline')
    >>> visit_of("w26"), visit_of("6m"), visit_of("v1"), visit_of("Month 6 (Arm 1: Trial)")
    ('week_26', 'month_6', 'visit_1', 'month_6')
    """
    plain = re.sub(r"_arm_\d+[a-z]?$|\s*\(arm \d+.*\)$", "", mark.lower())
    if plain in ("0", "bl", "base", "baseline") or plain.startswith("base"):
        return "baseline"
    if plain.isdigit():
        return f"month_{int(plain)}"
    for unit, words in (_SPANS | _VISITS).items():
        match = re.fullmatch(rf"(?:{words})[_ -]?(\d+)|(\d+)[_ -]?(?:{words})", plain)
        if match:
            number = int(match[1] or match[2])
            start = number == 0 and (unit in _SPANS or unit == "time")
            return "baseline" if start else f"{unit}_{number}"
    return word_of(plain, "visit")


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
    >>> time_of("baseline"), time_of("month_6"), time_of("week_26"), time_of("visit_1")
    (0.0, 0.5, 0.4983, None)
    >>> time_of("ward_3")
    """
    if visit == "baseline":
        return 0.0
    days = {"month": DAYS_A_YEAR / 12, "week": 7.0, "year": DAYS_A_YEAR, "day": 1.0}
    found = set()
    for unit, words in _SPANS.items():
        pattern = rf"(?:^|_)(?:(?:{words})_?(\d+)|(\d+)_?(?:{words}))(?=_|$)"
        for match in re.finditer(pattern, visit):
            found.add(round(int(match[1] or match[2]) * days[unit] / DAYS_A_YEAR, 4))
    return found.pop() if len(found) == 1 else None
