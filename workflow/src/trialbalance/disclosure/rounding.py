"""Rounding: counts to a base, other numbers to significant figures, unlabelled ones not at all."""

import math

import pandas as pd

from trialbalance.disclosure.edition import Edition, Table


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
    In a table labelled ``aggregate`` a number or text that its contract does not name under
    ``disclosure`` is held back: what nobody thought about does not leave. In one labelled
    ``release`` it leaves, numbers to ``figures`` significant figures.
    """
    figures, recorded = edition.section["figures"], edition.section["recorded_figures"]
    for file, table in edition.tables.items():
        spoken, left = _spoken(table), set(table.words.get("exact", [])) | _keys(table)
        for column in table.numbers():
            if column in left or column in spoken["counts"]:
                continue
            known = table.contract["sensitivity"] == "release" or column in spoken["other"]
            if not known or column in table.words.get("withheld", []):
                edition.hold(file, range(len(table.after)), [column], "is in no release")
                continue
            _round(table, column, recorded if column in spoken["recorded"] else figures)
        if table.contract["sensitivity"] != "release":
            texts = [name for name in table.before if name not in table.numbers()]
            kept = spoken["texts"] | _keys(table) | left
            edition.hold(
                file, range(len(table.after)), [t for t in texts if t not in kept], "free words"
            )
        texts = [t for t in table.words.get("withheld", []) if t not in table.numbers()]
        edition.hold(file, range(len(table.after)), texts, "is in no release")


def _round(table: Table, column: str, figures: int) -> None:
    """Round the numbers of a column in place."""
    values = pd.to_numeric(table.after[column])
    table.after[column] = [
        value if pd.isna(value) else significant(value, figures) for value in values
    ]


def _keys(table: Table) -> set[str]:
    """Return the columns that name a row."""
    key = table.contract.get("primaryKey", [])
    named = {key} if isinstance(key, str) else set(key)
    return named | set(table.contract.get("figures", [])) | {"threshold"}


def _spoken(table: Table) -> dict[str, set[str]]:
    """Return the columns that a contract speaks of, by what it says."""
    words = table.words
    other = {*words.get("rest_on", {}), *words.get("follows", {}), *words.get("amounts", [])}
    other |= {*words.get("percents", {}), *words.get("may_be_share", {}), "difference"}
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
        "texts": {*words.get("words", []), *words.get("reasons", [])} | listed,
    }
