"""Rounding: counts to a base, other numbers to significant figures, unlabelled ones not at all."""

import math
import re

import pandas as pd

from trialbalance.disclosure.edition import Edition, Table

# What a contract may call a text that leaves.
TEXTS = ("words", "names", "lists", "reasons", "sentences")


def round_count(value: float, base: int) -> int:
    """Return a count rounded to a base, halves up.

    Examples
    --------
    >>> round_count(167, 5), round_count(163, 5), round_count(0, 5)
    (165, 165, 0)
    """
    return base * math.floor(value / base + 0.5)


def significant(value: float, figures: int) -> float:
    """Return a number with so many significant figures.

    Examples
    --------
    >>> significant(34402.96, 3), significant(-0.0251061, 3)
    (34400.0, -0.0251)
    """
    return float(f"{float(value):.{figures}g}")


def round_numbers(edition: Edition) -> None:
    """Round every number that is no count; hold back what no contract speaks of.

    Parameters
    ----------
    edition : Edition
        Tables, counts and amounts already seen to.

    Notes
    -----
    A number of which the contract does not say under ``disclosure`` what it is and on whom it rests
    is held back: what nobody thought about does not leave. The same holds for texts. Out of
    ``sentences``, which the program makes of numbers, these are taken, as they are not rounded.
    """
    figures, recorded = edition.section["figures"], edition.section["recorded_figures"]
    for file, table in edition.tables.items():
        spoken, left = _spoken(table), set(table.words.get("exact", [])) | table.keys()
        for column in table.numbers():
            if column in left or column in spoken["counts"]:
                continue
            if column not in spoken["other"] or column in table.words.get("withheld", []):
                edition.hold(file, range(len(table.after)), [column], "is in no release")
                continue
            _round(table, column, recorded if column in spoken["recorded"] else figures)
        kept = spoken["texts"] | table.keys() | left
        for column in set(table.words.get("sentences", [])) & set(table.after):
            table.after[column] = table.after[column].map(_without_numbers)
        texts = [name for name in table.before if name not in {*table.numbers(), *kept}]
        edition.hold(file, range(len(table.after)), texts, "free words")
        texts = [t for t in table.words.get("withheld", []) if t not in table.numbers()]
        edition.hold(file, range(len(table.after)), texts, "is in no release")


def _without_numbers(text: object) -> object:
    """Return a sentence with every number in it taken out.

    Examples
    --------
    >>> _without_numbers("would need to cost GBP 3,322.03 less per person")
    'would need to cost GBP … less per person'
    """
    return re.sub(r"[-−]?\d[\d.,]*\d|[-−]?\d", "…", text) if isinstance(text, str) else text


def _round(table: Table, column: str, figures: int) -> None:
    """Round the numbers of a column in place."""
    values = pd.to_numeric(table.after[column])
    table.after[column] = [
        value if pd.isna(value) else significant(value, figures) for value in values
    ]


def _spoken(table: Table) -> dict[str, set[str]]:
    """Return the columns that a contract speaks of, by what it says."""
    words = table.words
    other = {*words.get("rest_on", {}), *words.get("follows", {}), *words.get("amounts", [])}
    other |= {*words.get("percents", {}), *words.get("may_be_share", {})}
    other |= {name for columns in words.get("estimates", {}).values() for name in columns}
    other |= {"difference"} if "set_aside" in table.before else set()
    listed = {
        field["name"]
        for field in table.contract["fields"]
        if "vocabulary" in field
        or "enum" in field.get("constraints", {})
        or field.get("type") in ("boolean", "year")
    }
    return {
        "counts": {*words.get("counts", []), *words.get("whole", []), *words.get("percents", {})},
        "recorded": {*words.get("amounts", []), *words.get("follows", {})},
        "other": other,
        "texts": {name for kind in TEXTS for name in words.get(kind, [])} | listed,
    }
