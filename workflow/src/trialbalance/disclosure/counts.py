"""Counts of people: small ones are held back, the others rounded, totals made of the rounded."""

import re

import pandas as pd

from trialbalance.disclosure.edition import Edition, Table
from trialbalance.disclosure.rounding import round_count, significant

PART = re.compile(r"^(.*\S)\s+(\d+)$")
# Reasons for being outside a population that the program gives, not a participant's row.
OWN = re.compile(r"^(died|not marked in \w+)(\s+\d+)?$")
# Of a number that may be a share of few people.
SHARE_FIGURES = 2


def hold_counts(edition: Edition) -> None:
    """Hold back small counts and what rests on them; round the others and make totals anew.

    Parameters
    ----------
    edition : Edition
        Tables whose contracts say under ``disclosure`` which columns are ``counts``, ``percents``
        of two of them, numbers that ``rest_on`` one, ``reasons`` with counts in their text, and
        ``totals`` of others.

    Notes
    -----
    Every count leaves rounded to the same base by the same rule, so that no exact count stands
    anywhere and two tables that count the same people say the same; a total in the same row is
    the sum of its rounded parts, a part held back counting as 0. What two counts differ by is
    thereby known no better than within the base on either side.
    """
    for file, table in edition.tables.items():
        for column in table.words.get("counts", []):
            _count(edition, file, table, column, ~_pounds(table))
        for column in table.words.get("whole", []):
            _whole(edition, file, table, column)
        for column, base in table.words.get("rest_on", {}).items():
            few = pd.to_numeric(table.before[base]) < edition.section["threshold"]
            rule = f"rests on fewer than {edition.section['threshold']} participants"
            edition.hold(file, _places(few), [column], rule)
            hold_together(edition, file, column)
        for column, base in table.words.get("may_be_share", {}).items():
            _maybe_share(edition, file, table, column, base)
        for column, parts in table.words.get("percents", {}).items():
            _percent(edition, file, table, column, *parts)
        for total, parts in table.words.get("totals", {}).items():
            _total(table, total, parts, ~_pounds(table))
        for column in table.words.get("reasons", []):
            _reasons(edition, file, table, column)


def hold_together(edition: Edition, file: str, column: str) -> None:
    """Hold a column back in every row of a group where it is held back in one."""
    table = edition.tables[file]
    group = table.words.get("together")
    if not group:
        return
    labels = table.before[group].astype("string").fillna("").agg("/".join, axis=1)
    bad = {labels[place] for place in range(len(labels)) if edition.is_held(file, place, column)}
    rule = "another row of its group is held back, and would follow from it"
    edition.hold(file, _places(labels.isin(bad)), [column], rule)


def _pounds(table: Table) -> pd.Series:
    """Return which rows of a balance are sums of money."""
    if "quantity" in table.before and "set_aside" in table.before:
        return table.before["quantity"].str.startswith("money")
    return pd.Series(False, index=table.before.index)


def _places(chosen: pd.Series) -> list[int]:
    return [place for place, yes in enumerate(chosen.fillna(False)) if yes]


def _count(edition: Edition, file: str, table: Table, column: str, where: pd.Series) -> None:
    threshold, base = edition.section["threshold"], edition.section["rounding"]
    values = pd.to_numeric(table.before[column])
    small = where & (values > 0) & (values < threshold)
    edition.hold(file, _places(small), [column], f"fewer than {threshold} participants")
    for place in _places(where & values.notna()):
        if not edition.is_held(file, place, column):
            rounded = round_count(values.iloc[place], base)
            table.after.iloc[place, table.after.columns.get_loc(column)] = rounded


def _whole(edition: Edition, file: str, table: Table, column: str) -> None:
    """Treat a whole number as a count, and another as what may be a share."""
    values = pd.to_numeric(table.before[column])
    whole = values.notna() & (values == values.round())
    _count(edition, file, table, column, whole)
    for place in _places(values.notna() & ~whole):
        rounded = significant(values.iloc[place], SHARE_FIGURES)
        table.after.iloc[place, table.after.columns.get_loc(column)] = rounded


def _percent(edition: Edition, file: str, table: Table, column: str, part: str, whole: str) -> None:
    """Make a share of the rounded counts; hold it back where a count is."""
    factor = 100.0 if column.startswith("percent") else 1.0
    for place in range(len(table.after)):
        if edition.is_held(file, place, part) or edition.is_held(file, place, whole):
            edition.hold(file, [place], [column], "a share of a count that is held back")
        elif pd.notna(table.before[column].iloc[place]):
            above, below = (float(table.after[name].iloc[place]) for name in (part, whole))
            share = min(above / below, 1.0) if below else 0.0
            table.after.iloc[place, table.after.columns.get_loc(column)] = factor * share


def _maybe_share(edition: Edition, file: str, table: Table, column: str, base: str) -> None:
    """Hold back what would be a share of few, or of all but few, if it is one."""
    values, count = (pd.to_numeric(table.before[name]) for name in (column, base))
    share, threshold = values.where((values > 0) & (values < 1)), edition.section["threshold"]
    few = (share * count < threshold) | ((1 - share) * count < threshold)
    rule = f"may be a share of fewer than {threshold} participants, or of all but so few"
    edition.hold(file, _places(few), [column], rule)
    hold_together(edition, file, column)


def _total(table: Table, total: str, parts: list[str], where: pd.Series) -> None:
    """Make a total of its rounded parts, so that no part can be had by subtraction."""
    for place in _places(where):
        found = sum(float(table.after[part].fillna(0.0).iloc[place]) for part in parts)
        table.after.iloc[place, table.after.columns.get_loc(total)] = found


def _reasons(edition: Edition, file: str, table: Table, column: str) -> None:
    """Round the counts inside a text such as ``died 3; moved 12``.

    Why participants are outside a population was typed into their rows: below the threshold it is
    one of ``other reasons``, and so is what stands without a count.
    """
    threshold = edition.section["threshold"]
    first = table.before.columns[0] if "quantity" not in table.before else "quantity"
    typed = table.before[first].astype("string").str.startswith(("participants ", "population "))
    for place, text in enumerate(table.before[column].astype("string").fillna("")):
        parts = [one.strip() for one in str(text).split(";") if one.strip()]
        found = [_reason(part, edition.section, bool(typed.iloc[place])) for part in parts]
        if any(small for _, small in found):
            edition.hold(file, [place], [column], f"a count of fewer than {threshold} in words")
        if (
            not edition.is_held(file, place, column)
            and edition.name(file, place, column) in (edition.section["exceptions"])
        ):
            continue
        words = "; ".join(dict.fromkeys(word for word, _ in found))
        table.after.iloc[place, table.after.columns.get_loc(column)] = words


def _reason(part: str, section: dict, typed: bool) -> tuple[str, bool]:
    """Return one reason as it may leave, and whether its count was small."""
    found, other = PART.match(part), f"other reasons fewer than {section['threshold']}"
    own = not typed or bool(OWN.match(part))
    if not found:
        return (re.sub(r"\d+", "…", part) if own else other), not own
    if 0 < int(found[2]) < section["threshold"]:
        return (f"{found[1]} fewer than {section['threshold']}" if own else other), True
    return f"{found[1]} {round_count(int(found[2]), section['rounding'])}", False
