"""What all defensible analyses say together: counts of analyses, and what turns them."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import Markdown, clean, joined, prose
from trialbalance.report.text.numbers import listed, number


def choice_label(facts: Facts, choice: str) -> str:
    """Return the printed name of a choice."""
    return clean(facts.part("multiverse")["choices"][choice]["label"])


def option_label(facts: Facts, choice: str, option: str) -> str:
    """Return the printed name of an option."""
    return clean(facts.part("multiverse")["choices"][choice]["options"][option]["label"])


def shares_of_all(facts: Facts) -> pd.DataFrame:
    """Return the shares of all analyses together, one row an arm; no rows without a multiverse."""
    frame = facts.table("multiverse_options")
    return pd.DataFrame() if frame is None else frame[frame["choice"].isna()]


def most_moving(facts: Facts, column: str) -> str | None:
    """Return the choice with the largest share in a column of the decomposition; None where 0."""
    frame = facts.table("multiverse_choices")
    if frame is None:
        return None
    rows = frame.dropna(subset=["choice", column])
    rows = rows[rows[column] > 0]
    return None if rows.empty else str(rows.loc[rows[column].idxmax(), "choice"])


def share_words(facts: Facts) -> Markdown:
    """Return in how many analyses the option preferred most often is, and what turns it."""
    rows = shares_of_all(facts)
    if rows.empty:
        return Markdown("")
    best = rows.loc[rows["preferred_cells"].idxmax()]
    every, arm = int(best["cells"]), facts.arm(str(best["arm"]))
    count = int(best["preferred_cells"])
    if count == every:
        moved = most_moving(facts, "variance_share")
        end = "" if moved is None else f"What moves net benefit most is {_quoted(facts, moved)}."
        start = "In all {n} defensible analyses {arm} is preferred; no choice turns it."
        return joined([prose(start, n=number(every), arm=arm), end])
    turning = most_moving(facts, "turning_share")
    return prose(
        "In {count} of {n} defensible analyses {arm} is preferred{end}.",
        count=number(count),
        n=number(every),
        arm=arm,
        end="" if turning is None else f"; what turns it most is {_quoted(facts, turning)}",
    )


def _quoted(facts: Facts, choice: str) -> str:
    """Return the choice as words inside a sentence."""
    return f"the choice of “{choice_label(facts, choice)}”"


def weight_words(facts: Facts) -> Markdown:
    """Return the share by prior weight, where weights are given; nothing elsewhere."""
    rows = shares_of_all(facts)
    if rows.empty or rows["weighted_share"].isna().all():
        return Markdown("")
    told = [
        f"{number(100 * row['weighted_share'], 1)} % for {facts.arm(str(row['arm']))}"
        for _, row in rows.iterrows()
    ]
    return prose("By the prior weight of the analyses: {told}.", told=listed(told))


def added_words(facts: Facts) -> Markdown:
    """Return how many analyses were added after the plan was locked; nothing where none was."""
    frame = facts.table("multiverse")
    cells = None if frame is None else frame.drop_duplicates("cell")["after_lock"].dropna()
    if cells is None or cells.empty or not cells.any():
        return Markdown("")
    return prose("{n} of them were added after the plan was locked.", n=number(int(cells.sum())))
