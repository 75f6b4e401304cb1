"""Means and sums of what was recorded: who is behind each, and what they give away together."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.disclosure.counts import hold_together
from trialbalance.disclosure.dominance import dominated
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.rounding import round_count, significant

FEW = "differs from {other} by fewer than {threshold} participants"
FOLLOWS = "a number held back would follow from it ({other})"
FOUND = "a solver bounds what is held back from it ({other})"
# Beginnings of the rules by which a number is out for the sake of another.
FOR_ANOTHER = tuple(rule.partition(" (")[0] for rule in (FOLLOWS, FOUND))


class Amount(NamedTuple):
    """A number made of participants' values, and where it stands.

    Parameters
    ----------
    file : str
        File of the release.
    row : int
        Row of the table, from 0.
    columns : tuple of str
        Columns that rest on the same values.
    key : str
        What is added up; only amounts of one key are compared with one another.
    each : pandas.Series
        Value by participant, of those counted.
    kind : {"sum", "score", "share"}
        Something added up from 0, such as cost; a score; or yes and no.
    fixed : bool
        Whether the number is published in any case.
    parts : tuple of (str, float)
        What it is a weighted sum of, such as items each at 1; none: something by itself.
    """

    file: str
    row: int
    columns: tuple[str, ...]
    key: str
    each: pd.Series
    kind: str = "sum"
    fixed: bool = False
    parts: tuple[tuple[str, float], ...] = ()


def hold_amounts(edition: Edition, amounts: Iterable[Amount]) -> None:
    """Hold back means and sums that say too much of one person, alone or together.

    Parameters
    ----------
    edition : Edition
        Tables on their way out.
    amounts : iterable of Amount
        Numbers in the order in which they matter: of two that give a person away together the
        later is held back. A cell of a column under ``amounts`` that stands in none is held back.

    Notes
    -----
    Alone: fewer participants than the threshold, or fewer with anything but 0; the largest
    ``dominant`` of them hold ``dominant_share`` of the sum; or all but the two largest add up to
    less than ``p_ratio`` of the largest. Together: amounts are vectors over participants. One that
    differs from an earlier one in fewer participants than the threshold is held back; and while
    one held back is a linear combination of those published, to within ``p_ratio`` of its length,
    the last of these that the combination needs is held back too.
    """
    amounts = list(amounts)
    for amount in amounts:
        _alone(edition, amount)
    for key in dict.fromkeys(amount.key for amount in amounts):
        _together(edition, [amount for amount in amounts if amount.key == key])
    known: set[tuple[str, int, str]] = set()
    for amount in amounts:
        known |= {(amount.file, amount.row, column) for column in amount.columns}
    for file, table in edition.tables.items():
        pounds = _pound_rows(table)
        for column in table.words.get("amounts", []):
            loose = [
                place
                for place in range(len(table.before))
                if (file, place, column) not in known
                and (pounds is None or (place in pounds and _is_recorded(table, place, column)))
            ]
            edition.hold(file, loose, [column], "who is behind it is not known here")
            hold_together(edition, file, column)
        for column, of in table.words.get("follows", {}).items():
            held = [place for place in range(len(table.before)) if edition.is_held(file, place, of)]
            edition.hold(file, held, [column], f"follows from {of}, which is held back")
            groups = table.words.get("together", [])
            if groups:
                same = table.before[groups].astype("string").fillna("").agg("/".join, axis=1)
                bad = set(same.iloc[held])
                places = [place for place, group in enumerate(same) if group in bad]
                edition.hold(file, places, [column], f"{of} would follow from it")
        if pounds is not None:
            _close(edition, file, pounds)


def _alone(edition: Edition, amount: Amount) -> None:
    """Apply threshold, dominance and p-ratio to one amount."""
    section, values = edition.section, amount.each.dropna()
    threshold, count = section["threshold"], len(values)
    some = int((values != 0).sum())
    rule = ""
    if 0 < count < threshold:
        rule = f"fewer than {threshold} participants"
    elif amount.kind == "share" and (0 < some < threshold or 0 < count - some < threshold):
        rule = f"a share of fewer than {threshold} participants, or of all but so few"
    elif amount.kind == "sum" and 0 < some < threshold:
        rule = f"fewer than {threshold} participants with any"
    elif amount.kind == "sum" and some:
        rule = dominated(values, section)
    edition.hold(amount.file, [amount.row], amount.columns if rule else (), rule)
    if not rule:
        _spread(edition, amount, count, some)


def _spread(edition: Edition, amount: Amount, count: int, some: int) -> None:
    """Hold back quartiles with few people on a side; make a share of rounded counts."""
    threshold, base = edition.section["threshold"], edition.section["rounding"]
    quartiles: list[str] = [c for c in ("lower_quartile", "upper_quartile") if c in amount.columns]
    ends = quartiles if count < 4 * threshold else []
    ends += ["median"] if count < 2 * threshold and "median" in amount.columns else []
    edition.hold(
        amount.file, [amount.row], ends, f"extreme: fewer than {threshold} participants on a side"
    )
    if amount.kind != "share" or "mean" not in amount.columns:
        return
    others = [column for column in amount.columns if column != "mean"]
    edition.hold(amount.file, [amount.row], others, "says no more than the share")
    table = edition.tables[amount.file]
    if count and not edition.is_held(amount.file, amount.row, "mean"):
        share = min(round_count(some, base) / max(round_count(count, base), 1), 1.0)
        table.after.iloc[amount.row, table.after.columns.get_loc("mean")] = share


def _together(edition: Edition, amounts: list[Amount]) -> None:
    """Hold back what gives a person or a held-back amount away beside the others."""
    people = sorted(set().union(*(amount.each.index for amount in amounts)))
    matrix = np.array([amount.each.reindex(people).fillna(0.0) for amount in amounts], float)
    threshold, kept, held = edition.section["threshold"], [], []
    for number, amount in enumerate(amounts):
        if not amount.fixed and _is_out(edition, amount):
            held.append(number)
            continue
        close = [
            other
            for other in kept
            if amount.kind != "share"
            and 0 < np.count_nonzero(np.abs(matrix[number] - matrix[other]) > 1e-9) < threshold
        ]
        if close and not amount.fixed:
            other = _where(edition, amounts[close[0]])
            _hold(edition, amount, FEW.format(other=other, threshold=threshold))
            held.append(number)
        else:
            kept.append(number)
    for number in held:
        while (needed := _needed(matrix, number, kept, amounts, edition)) is not None:
            _hold(edition, amounts[needed],
                  FOLLOWS.format(other=_where(edition, amounts[number])))  # fmt: skip
            # It is out for the sake of another: who works it out learns nothing that it hides.
            kept.remove(needed)


def _needed(
    matrix: np.ndarray, number: int, kept: list[int], amounts: list[Amount], edition: Edition
) -> int | None:
    """Return the last published amount that gives one held back; None where none does."""
    size = np.linalg.norm(matrix[number])
    if not kept or size == 0:
        return None
    weights = np.linalg.lstsq(matrix[kept].T, matrix[number], rcond=None)[0]
    left = np.linalg.norm(matrix[number] - matrix[kept].T @ weights)
    if left > edition.section["p_ratio"] * size:
        return None
    sizes = np.abs(weights) * np.linalg.norm(matrix[kept], axis=1)
    used = [
        place
        for place, weight in zip(kept, sizes, strict=True)
        if weight > 1e-6 * size and not amounts[place].fixed
    ]
    return used[-1] if used else None


def _is_out(edition: Edition, amount: Amount) -> bool:
    return any(edition.is_held(amount.file, amount.row, column) for column in amount.columns)


def _hold(edition: Edition, amount: Amount, rule: str) -> None:
    edition.hold(amount.file, [amount.row], amount.columns, rule)


def _where(edition: Edition, amount: Amount) -> str:
    if not amount.columns:
        # What an arm costs in all stands in another table.
        return f"all {amount.key}"
    return edition.name(amount.file, amount.row, amount.columns[0])


def _pound_rows(table: Any) -> set[int] | None:
    """Return the rows of a balance that are sums of money; None where there are no such."""
    if "set_aside" not in table.before:
        return None
    chosen = table.before["quantity"].str.startswith("money")
    return {place for place, yes in enumerate(chosen) if yes}


def _is_recorded(table: Any, place: int, column: str) -> bool:
    """Return whether a sum of a balance is of what was recorded: no model's, and not 0."""
    row = table.before.iloc[place]
    return row["stage"] != "decision" and row[column] != 0


def _close(edition: Edition, file: str, rows: set[int]) -> None:
    """Round the sums of a balance, and make what went in of what came out and was set aside."""
    table, figures = edition.tables[file], edition.section["recorded_figures"]
    places = {name: table.after.columns.get_loc(name) for name in ("in", "out", "set_aside")}
    for row in sorted(rows):
        if edition.is_held(file, row, "out"):
            edition.hold(file, [row], ["in"], "what came out is held back")
            continue
        for name in ("out", "set_aside"):
            value = table.after.iloc[row, places[name]]
            if pd.notna(value):
                table.after.iloc[row, places[name]] = significant(value, figures)
        table.after.iloc[row, table.after.columns.get_loc("difference")] = 0.0
        if edition.is_held(file, row, "in"):
            continue
        out, aside = (table.after.iloc[row, places[name]] for name in ("out", "set_aside"))
        table.after.iloc[row, places["in"]] = out + (0.0 if pd.isna(aside) else aside)
