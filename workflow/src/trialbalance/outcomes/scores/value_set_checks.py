"""Faults of a value set's table of terms, told at once."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

TERMS = ("start", "any", "level", "all", "profile")


def check_value_set(
    value_set: pd.DataFrame, file: str, stated: dict[str, int] | None = None
) -> None:
    """Raise every fault of a value set's table at once.

    Parameters
    ----------
    value_set : pandas.DataFrame
        Terms to add: term, dimension, level, value.
    file : str
        Name of its file.
    stated : dict, optional
        Highest level of each dimension, where the study says that they differ.

    Raises
    ------
    Problems
        When a term is unknown, a level lacks or is there twice, or a value is blank.

    Examples
    --------
    >>> table = pd.DataFrame([("level", "pain", 2, 0.0)],
    ...     columns=["term", "dimension", "level", "value"])
    >>> try:
    ...     check_value_set(table, "own.csv")
    ... except Problems as problems:
    ...     print(problems.findings[0].found)
    levels 2 of pain
    """
    findings = []
    for row, term in enumerate(value_set["term"], start=2):
        if term not in TERMS:
            findings.append(Finding(file, row, "term", str(term), ", ".join(TERMS), "correct it"))
    for place in np.flatnonzero(value_set["value"].isna()):
        findings.append(Finding(file, int(place) + 2, "value", "a blank", "a number", "fill it in"))
    answers = value_set[value_set["term"] == "level"]
    if answers.empty:
        findings.append(
            Finding(file, None, "term", "no rows of term level", "a row for each level", "add them")
        )
    for dimension, rows in answers.groupby("dimension", sort=False):
        levels = sorted(rows["level"].astype(float))
        if levels != list(range(1, len(levels) + 1)):
            shown = ", ".join(f"{level:g}" for level in levels)
            findings.append(
                Finding(
                    file,
                    None,
                    "level",
                    f"levels {shown} of {dimension}",
                    "each level from 1 upwards once",
                    "add or remove levels",
                )
            )
    findings += _levels_lacking(answers, file, stated or {})
    findings += _combined(value_set, set(answers["dimension"]), file)
    if findings:
        raise Problems(findings)


def _levels_lacking(answers: pd.DataFrame, file: str, stated: dict[str, int]) -> list[Finding]:
    """Find dimensions that stop at a lower level than others: an answer there has no value."""
    highest = answers.groupby("dimension", sort=False)["level"].max().astype(float)
    if highest.empty:
        return []
    if stated:
        return _other_than_stated(highest, file, stated)
    top = highest.max()
    return [
        Finding(
            file,
            None,
            "level",
            f"no level {int(level) + 1} of {dimension}"
            if level + 1 == top
            else f"no levels {int(level) + 1} to {int(top)} of {dimension}",
            f"levels 1 to {int(top)} of every dimension, as of {highest.idxmax()}",
            "add the rows",
        )
        for dimension, level in highest.items()
        if level < top
    ]


def _other_than_stated(highest: pd.Series, file: str, stated: dict[str, int]) -> list[Finding]:
    """Find dimensions that have other levels than the study states."""
    names = list(dict.fromkeys([*stated, *highest.index]))
    return [
        Finding(
            file,
            None,
            "level",
            f"{highest.get(name, 0):g} levels of {name}",
            f"{stated.get(name, 'no')} levels, as outcomes.instruments states",
            "correct the table or the setting",
        )
        for name in names
        if highest.get(name, 0) != stated.get(name, 0)
    ]


def _combined(value_set: pd.DataFrame, known: set[str], file: str) -> list[Finding]:
    """Find terms on several dimensions that name none, an unknown one, or no level."""
    findings = []
    for row, term in enumerate(value_set.itertuples(), start=2):
        if term.term not in ("any", "all"):
            continue
        words = [] if pd.isna(term.dimension) else str(term.dimension).split()
        if term.term == "all" and len(words) < 2:
            found, allowed = f"{len(words)} dimensions", "two or more, a blank between them"
            findings.append(Finding(file, row, "dimension", found, allowed, "name them"))
        for word in words:
            name, _, own = word.partition(":")
            if name not in known:
                allowed = ", ".join(sorted(known))
                findings.append(Finding(file, row, "dimension", name, allowed, "correct it"))
            elif not own.isdigit() and (own or pd.isna(term.level)):
                found, allowed = f"{word} without a level", f"a level, or {name}:2"
                findings.append(Finding(file, row, "level", found, allowed, "write the level"))
        if not words and pd.isna(term.level):
            findings.append(
                Finding(file, row, "level", "a blank", "a whole number", "write the level")
            )
    return findings
