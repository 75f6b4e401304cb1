"""Values that are possible and rarely meant: notes, so that nobody learns of them later."""

import re
import unicodedata

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.schemas import schema
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.record_set import Records, finding

# Numbers that data entry uses for missing where no number below zero may stand.
CODES = (77, 88, 99, 777, 888, 999, 7777, 8888, 9999, 77777, 88888, 99999, 999999)
# And such as stand for missing where no number above 1 may stand, as among utilities.
SMALL_CODES = (7, 8, 9)
# Below zero they are codes wherever everything else is about zero or more.
NEGATIVE_CODES = (-7, -8, -9, -77, -88, -99, -777, -888, -999, -9999)
# How many times another planned time is than the dated one before units must differ.
UNITS = 6.0


def near_spellings(records: Records) -> list[Finding]:
    """Note categories that differ by case, blanks, signs or Unicode form alone."""
    findings = []
    for table in ("participants", "totals"):
        if not records.has(table):
            continue
        frame, known = records.tables[table], {f["name"] for f in schema(table)["fields"]}
        for name in frame:
            free = name not in known or name in ("site", "exclusion")
            if not free or not pd.api.types.is_string_dtype(frame[name].dropna()):
                continue
            for words in _alike(frame[name]):
                shown = ", ".join(f"'{word}'" for word in words)
                row = int(frame.index[frame[name] == words[-1]][0])
                found = f"{shown}, which differ by case, blanks, signs or Unicode form alone"
                remedy = "they count as different; write one of them throughout if they are one"
                findings.append(
                    Finding(records.files[table], row, name, found, None, remedy, severity="note")
                )
    return findings


def _alike(column: pd.Series) -> list[list[str]]:
    """Return the spellings of one word that stand in a column, the most frequent first."""
    counts = column.dropna().astype("str").value_counts()
    folded: dict[str, list[str]] = {}
    for word in counts.index:
        form = unicodedata.normalize("NFKD", word).casefold()
        folded.setdefault(re.sub(r"[^\w]|_", "", form), []).append(word)
    return [words for words in folded.values() if len(words) > 1]


def codes_among_numbers(records: Records) -> list[Finding]:
    """Note 99, 999 and their like among numbers that are otherwise far below."""
    findings = []
    places = [("resource_use", "quantity", "item"), ("costs_given", "cost", "item")]
    places += [("measures_given", "value", "measure")]
    places += [(table, None, None) for table in ("participants", "totals")]
    for table, column, by in places:
        if not records.has(table):
            continue
        frame = records.tables[table]
        names = [column] if column else _numbers(frame)
        for name in names:
            groups = frame.groupby(by, sort=False) if by else [("", frame)]
            for what, rows in groups:
                findings += _codes(records, table, name, rows, str(what))
    return findings


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [
        name
        for name in frame
        if pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
    ]


def _codes(records: Records, table: str, name: str, rows: pd.DataFrame, what: str) -> list[Finding]:
    """Note one column, of one item, that holds a code among smaller numbers."""
    values = rows[name].astype("Float64")
    every = (*CODES, *SMALL_CODES, *NEGATIVE_CODES)
    others = values[~values.isin(every).fillna(False)].dropna()
    # A count of 9 among ones is a count; a utility of 9 is none.
    small = name != "quantity" and len(others) > 0 and float(others.max()) <= 1
    above = values.isin((*CODES, *SMALL_CODES) if small else CODES)
    below = values.isin(NEGATIVE_CODES)
    rest = values[~(above | below).fillna(False)].dropna()
    if len(rest) < 5:
        return []
    low, high = float(rest.min()), float(rest.max())
    above &= values > (high / 0.65 if high > 1 else 6.5)
    coded = (above | (below & (low >= -1))).fillna(False)
    of = f" of {what}" if what else ""
    return finding(
        records,
        table,
        coded,
        name,
        lambda row: (
            f"{values.loc[row]:g}{of}, where the others "
            + (f"reach {high:g}" if values.loc[row] > 0 else f"begin at {low:g}")
        ),
        None,
        "leave the cell blank if it stands for missing",
        "note",
    )


def visits_in_other_units(records: Records) -> list[Finding]:
    """Refuse planned times that the dates of the visits contradict by a factor, such as months."""
    frame = records.dated("visits", "visit", "date")
    years = (frame["date"] - frame["randomisation_date"]).dt.days / DAYS_A_YEAR
    middle = years.groupby(frame["visit"]).median()
    counted = years.groupby(frame["visit"]).count()
    findings = []
    for visit, planned in records.study["visits"].items():
        seen = middle.get(visit, 0.0)
        if planned <= 0 or counted.get(visit, 0) < 3 or not seen > 0:
            continue
        if max(planned / seen, seen / planned) >= UNITS:
            found = f"{planned:g} years, where its dates lie {seen:.2f} years after randomisation"
            remedy = "write years, such as 0.5 for six months, or correct the dates"
            at = f"study.visits.{visit}"
            allowed = "the planned time in years"
            findings.append(Finding("study.yaml", None, at, found, allowed, remedy))
    return findings


def few_draws(records: Records) -> list[Finding]:
    """Tell draws that are too few for a probability or an interval; a draw again is no further one.

    Examples
    --------
    >>> draws = pd.DataFrame({"draw": [1, 2], "arm": "a"})
    >>> few_draws(Records({"draws_given": draws}, {"draws_given": "d.csv"}, {}))[0].found
    '2 draws'
    """
    frame = records.tables["draws_given"]
    draws = frame["draw"].nunique()
    different = min(draws, _different(frame))
    if different >= 100:
        return []
    found = f"{draws} draw{'s' if draws > 1 else ''}"
    if different < draws:
        found += ", all alike" if different == 1 else f", {different} of them different"
    remedy = "hand over 1,000 or more: probabilities and intervals of so few mean nothing"
    severity = "error" if different < 2 else "note"
    allowed = "100 or more" if different < 2 else None
    file = records.files["draws_given"]
    return [Finding(file, None, "draw", found, allowed, remedy, severity=severity)]


def _different(frame: pd.DataFrame) -> int:
    """Return how many draws differ from every other in the cost or effect of some arm."""
    values = [name for name in ("cost", "effect") if name in frame]
    if not values:
        return frame["draw"].nunique()
    by_draw = frame.pivot_table(index="draw", columns="arm", values=values, observed=True)
    return len(by_draw.drop_duplicates())
