"""What is drawn of many options, draws and thresholds: chosen by rule, and said in the caption."""

import numpy as np
import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.text.numbers import number

# More options than colours would not be told apart; more marks than these hide one another.
MOST_OPTIONS = 6
MOST_MARKS = 4000
MOST_STEPS = 240


def drawn_options(facts: Facts, analysis: str) -> list[str]:
    """Return the options that figures of an analysis show: all up to six, else six of them.

    Parameters
    ----------
    facts, analysis
        Where the options and their net benefit stand.

    Returns
    -------
    list of str
        Arms in the order of the settings: of many, the comparator and the five with the highest
        mean net benefit at the threshold of ``choosing_threshold``.
    """
    if len(facts.arms) <= MOST_OPTIONS:
        return facts.arms
    frame, at = facts.table("net_benefit", analysis), choosing_threshold(facts, analysis)
    best = facts.others
    if frame is not None and at is not None:
        rows = near(frame, at).dropna(subset=["net_benefit"])
        rows = rows.sort_values("net_benefit", ascending=False, kind="stable")
        best = [arm for arm in rows["arm"] if arm in facts.others]
    kept = {facts.comparator, *best[: MOST_OPTIONS - 1]}
    return [arm for arm in facts.arms if arm in kept]


def choosing_threshold(facts: Facts, analysis: str) -> float | None:
    """Return the threshold by which options are chosen: the primary one, else a middle one."""
    shown = facts.shown(analysis)
    primary = facts.thresholds(analysis).primary
    return shown[len(shown) // 2] if primary is None and shown else primary


def options_words(facts: Facts, analysis: str) -> str:
    """Return which options a figure shows, for its caption; nothing where it shows all."""
    shown = drawn_options(facts, analysis)
    if len(shown) == len(facts.arms):
        return ""
    at = choosing_threshold(facts, analysis)
    which = (
        "the first of them"
        if at is None
        else f"those with the highest mean net benefit at {facts.threshold(at)}"
    )
    return (
        f" Drawn are {number(len(shown))} of {number(len(facts.arms))} options: "
        f"{facts.arm(facts.comparator)} and {which}; the tables have all."
    )


def drawn_of(facts: Facts, analysis: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that speak of the options that figures show."""
    return frame[frame["arm"].isin(drawn_options(facts, analysis))]


def steps(values: pd.Series, kept: tuple[float, ...] = ()) -> set[float]:
    """Return the thresholds at which curves are drawn: evenly spaced, those marked among them.

    Examples
    --------
    >>> drawn = steps(pd.Series(range(5001)), (3333.0,))
    >>> len(drawn), 3333.0 in drawn, {0.0, 5000.0} <= drawn
    (241, True, True)
    """
    grid = np.unique(values.to_numpy(float))
    places = np.linspace(0, len(grid) - 1, min(MOST_STEPS, len(grid))).round().astype(int)
    return {float(grid[place]) for place in places} | (set(kept) & set(grid.tolist()))


def steps_words(frame: pd.DataFrame | None) -> str:
    """Return at how many thresholds a curve is drawn, where that is not at every one."""
    count = 0 if frame is None else frame["threshold"].nunique()
    if count <= MOST_STEPS:
        return ""
    return (
        f" Curves pass through those marked and at most {number(MOST_STEPS)} of {number(count)} "
        "thresholds, evenly spaced."
    )


def points(asked: int, options: int) -> int:
    """Return how many draws of each option a plane shows.

    Examples
    --------
    >>> points(600, 1), points(600, 15)
    (600, 266)
    """
    return max(1, min(asked, MOST_MARKS // max(options, 1)))


def points_words(shown: int, draws: int) -> str:
    """Return how many of the draws a plane shows, for its caption.

    Examples
    --------
    >>> points_words(600, 100000)
    ' Points are 600 of 100,000 draws, evenly spaced; means and ellipses are of all.'
    """
    if shown >= draws:
        return ""
    return (
        f" Points are {number(shown)} of {number(draws)} draws, evenly spaced; means and ellipses "
        "are of all."
    )
