"""All defensible analyses together: shares of analyses, and which choice moves the answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.settings.sections.multiverse import CHANGES
from trialbalance.settings.universes import column
from trialbalance.synthesis.multiverse_lock import added_options, late_cells

OPTIONS = [
    "choice", "option", "plan", "after_lock", "arm", "cells", "preferred_cells", "share",
    "weighted_share", "net_benefit", "defensible",
]  # fmt: skip
CHOICES = ["arm", "choice", "options", "variance_share", "turning_share"]


def gather(
    parts: Sequence[pd.DataFrame],
    section: Mapping[str, Any],
    lock: Mapping[str, Any] | None,
    checks: Mapping[str, pd.DataFrame],
    blind: bool = False,
) -> pd.DataFrame:
    """Return the cells of every fit in one table, and which were added after the plan was locked.

    Parameters
    ----------
    parts : sequence of DataFrame
        Table multiverse_cells of each fit.
    section : mapping
        Settings ``multiverse``.
    lock : mapping or None
        Content of the locked plan.
    checks : mapping
        Fit, as ``scenario/analysis``, → its table model_checks; none for draws handed over.
    blind : bool
        As for `added_options`.

    Returns
    -------
    DataFrame
        In the order of the cells; ``failed_checks`` counts those of the fit, ``after_lock`` is
        blank where nothing was locked.

    Examples
    --------
    >>> one = pd.DataFrame({"cell": [2], "choice_a": ["a2"], "fit": "base/one"})
    >>> other = pd.DataFrame({"cell": [1], "choice_a": ["a1"], "fit": "base/other"})
    >>> checks = {"base/one": pd.DataFrame({"verdict": ["fail", "pass"]})}
    >>> table = gather([one, other], {"choices": {"a": {"options": {}}}}, None, checks)
    >>> table["cell"].tolist(), table["failed_checks"].tolist()
    ([1, 2], [<NA>, 1])
    """
    table = pd.concat(parts, ignore_index=True).sort_values("cell", kind="stable")
    table = table.drop(columns="synthetic", errors="ignore").reset_index(drop=True)
    failed = {fit: int((one["verdict"] == "fail").sum()) for fit, one in checks.items()}
    return table.assign(
        failed_checks=table["fit"].map(failed).astype("Int64"),
        after_lock=late_cells(table, section, lock, blind),
    )


def is_preferred(cells: pd.DataFrame, arm: str) -> np.ndarray:
    """Return whether an arm is preferred in each cell; one that ties is.

    Examples
    --------
    >>> is_preferred(pd.DataFrame({"preferred": ["a", "a, b", "b"]}), "a").tolist()
    [True, True, False]
    """
    words = {one: arm in str(one).split(", ") for one in cells["preferred"].unique()}
    return cells["preferred"].map(words).to_numpy(bool)


def option_shares(
    table: pd.DataFrame,
    section: Mapping[str, Any],
    study: Mapping[str, Any],
    lock: Mapping[str, Any] | None,
) -> pd.DataFrame:
    """Return in how many of the analyses that take an option each arm is preferred.

    Parameters
    ----------
    table : DataFrame
        From `gather`.
    section : mapping
        Settings ``multiverse``.
    study : mapping
        Resolved study settings; ``arms``, ``comparator`` and ``blind`` are read.
    lock : mapping or None
        Content of the locked plan.

    Returns
    -------
    DataFrame
        Columns `OPTIONS`; all cells together first, then the options in the order of the study
        file.

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": [1, 2], "choice_a": ["a1", "a2"], "arm": "new",
    ...     "weight": [1.0, 3.0], "preferred": ["new", "usual"], "net_benefit": [5.0, -1.0]})
    >>> plain = {"refit": None, "prices": None, "missing": None, "threshold": None,
    ...     "defensible": "x"}
    >>> section = {"choices": {"a": {"options": {"a1": plain, "a2": plain | {"threshold": 1.0}}}}}
    >>> study = {"arms": {"usual": {}, "new": {}}, "comparator": "usual"}
    >>> shares = option_shares(cells, section, study, None)
    >>> shares.loc[shares["arm"] == "new", ["preferred_cells", "weighted_share"]].values[0].tolist()
    [1.0, 0.25]
    """
    added, rows = added_options(section, lock, bool(study.get("blind"))), []
    rows += _of_option(table, study, None, None, {})
    for choice, one in section["choices"].items():
        for name, option in one["options"].items():
            told = {
                "plan": all(option[word] is None for word in CHANGES),
                "after_lock": None if added is None else name in added,
                "defensible": option["defensible"],
            }
            rows += _of_option(table[table[column(choice)] == name], study, choice, name, told)
    found = pd.DataFrame(rows, columns=OPTIONS).astype({"plan": "boolean", "after_lock": "boolean"})
    return found.astype(dict.fromkeys(("choice", "option", "defensible"), object))


def _of_option(rows, study, choice, option, told):
    """Return one row an arm on the cells of one option."""
    cells, found = rows.drop_duplicates("cell"), []
    weight = cells["weight"].to_numpy(float)
    weighted = len(cells) and not np.isnan(weight).any()
    for arm in study["arms"]:
        best = is_preferred(cells, arm) if len(cells) else np.zeros(0, bool)
        own = rows.loc[rows["arm"] == arm, "net_benefit"]
        found.append({
            "choice": choice,
            "option": option,
            "arm": arm,
            "cells": len(cells),
            "preferred_cells": int(best.sum()),
            "share": best.mean() if len(cells) else np.nan,
            "weighted_share": weight[best].sum() / weight.sum() if weighted else np.nan,
            "net_benefit": own.mean() if len(own) else np.nan,
            **told,
        })  # fmt: skip
    return found


def variance_shares(
    table: pd.DataFrame, section: Mapping[str, Any], study: Mapping[str, Any]
) -> pd.DataFrame:
    """Return how much of the variance over all analyses each choice moves by itself.

    Parameters
    ----------
    table : DataFrame
        From `gather`.
    section : mapping
        Settings ``multiverse``.
    study : mapping
        Resolved study settings; ``arms`` and ``comparator`` are read.

    Returns
    -------
    DataFrame
        Columns `CHOICES`; the last row of an arm, without a choice, is the rest: choices that act
        together.

    Notes
    -----
    With y net benefit, or 1 where the arm is preferred and 0 elsewhere, the share of choice c is
    Var(E[y | c]) / Var(y), every cell counting alike. Where no cell is excluded, and y is a sum of
    parts of which each hangs on one choice, the shares add up to 1.

    References
    ----------
    Sobol IM. Math Comput Simul 2001;55:271-80. doi:10.1016/S0378-4754(00)00270-6
    Steegen S, et al. Perspect Psychol Sci 2016;11:702-12. doi:10.1177/1745691616658637

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": range(4), "choice_a": ["a1", "a1", "a2", "a2"],
    ...     "choice_b": ["b1", "b2"] * 2, "arm": "new", "preferred": "new",
    ...     "net_benefit": [0.0, 1.0, 3.0, 4.0]})
    >>> section = {"choices": {"a": {"options": {"a1": 0, "a2": 0}},
    ...                        "b": {"options": {"b1": 0, "b2": 0}}}}
    >>> study = {"arms": {"usual": {}, "new": {}}, "comparator": "usual"}
    >>> variance_shares(cells, section, study)["variance_share"].round(6).tolist()
    [0.9, 0.1, 0.0]
    """
    rows = []
    for arm in study["arms"]:
        own = table[table["arm"] == arm]
        if arm == study["comparator"] or own.empty:
            continue
        moved = own["net_benefit"].to_numpy(float), is_preferred(own, arm).astype(float)
        shares = {
            name: [_share(own[column(name)], y) for y in moved] for name in section["choices"]
        }
        for choice, (benefit, turns) in shares.items():
            count = len(section["choices"][choice]["options"])
            rows.append((arm, choice, count, benefit, turns))
        rest = 1 - np.sum(list(shares.values()), axis=0)
        # Rounding is no variance.
        rows.append((arm, None, None, *np.where(np.abs(rest) < 1e-9, 0.0, rest)))
    found = pd.DataFrame(rows, columns=CHOICES)
    return found.astype({"choice": object, "options": "Int64"})


def _share(option: pd.Series, y: np.ndarray) -> float:
    """Return the variance of the means by option over the whole variance, NaN where it is 0."""
    whole = y.var()
    if whole <= 1e-18 * max(1.0, np.abs(y).max() ** 2):
        return np.nan
    means = pd.Series(y).groupby(option.to_numpy()).transform("mean")
    return float(means.to_numpy().var() / whole)


def proof_words(table: pd.DataFrame) -> str:
    """Return how the cells were got, and how far algebra done again lies from the table.

    Parameters
    ----------
    table : DataFrame
        From `gather`.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> proof_words(pd.DataFrame({"cell": [1, 2], "way": "exact", "fit": "base/qaly",
    ...     "net_benefit": [5.0, 7.0], "recomputed": [5.25, None]}))
    '2 cells (2 exact) on 1 fit; algebra of 1 done again, the worst 0.25 off'
    """
    cells = table.drop_duplicates("cell")
    ways = ", ".join(f"{count:,} {way}" for way, count in cells["way"].value_counts().items())
    gap = (table["net_benefit"] - table["recomputed"].astype(float)).abs().dropna()
    count, fits = table.loc[gap.index, "cell"].nunique(), table["fit"].nunique()
    start = f"{len(cells):,} cells ({ways}) on {fits} fit{'s' * (fits > 1)}"
    return f"{start}; algebra of {count} done again, the worst {gap.max() if count else 0:.3g} off"
