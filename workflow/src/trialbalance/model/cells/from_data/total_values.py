"""Effect and cost of an analysis of totals as they can be modelled, or why they cannot."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.model.covariates import AT_CEILING


class Effect(NamedTuple):
    """The effect of a trial.

    Attributes
    ----------
    value : numpy.ndarray, shape (participants,)
        In the unit of the data, NaN where unseen.
    lower, upper : float or None
        Possible range.
    spike : bool
        Whether people sit at the ceiling.
    barred : numpy.ndarray of bool
        Who cannot be there.
    """

    value: np.ndarray
    lower: float | None
    upper: float | None
    spike: bool
    barred: np.ndarray


class Costs(NamedTuple):
    """The costs of a trial.

    Attributes
    ----------
    modelled : list of tuple
        By source group: name, values, family, maximum (or None) and whether some may be zero.
    fixed : dict of str to float
        Cost that everybody has alike, by source group.
    """

    modelled: list[tuple[str, np.ndarray, str, float | None, str]]
    fixed: dict[str, float]


def flag(dataset: pd.DataFrame, column: str) -> np.ndarray:
    """Read a boolean column as 0, 1 and NaN; an absent column is all 0.

    Examples
    --------
    >>> flag(pd.DataFrame({"died": [True, None]}), "died").tolist()
    [1.0, nan]
    """
    if column not in dataset:
        return np.zeros(len(dataset))
    values = dataset[column].map({True: 1.0, False: 0.0})
    return values.to_numpy(dtype=float, na_value=np.nan)


def effect_of(
    dataset: pd.DataFrame,
    died: np.ndarray,
    study: dict[str, Any],
    section: dict[str, Any],
    findings: list[Finding],
) -> Effect:
    """Return the effect, or tell why its family cannot describe it.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Columns ``effect`` and, where there is a ceiling, ``at_ceiling``.
    died : numpy.ndarray, shape (participants,)
        1, 0, or NaN where unknown.
    study, section : dict
        Section ``study``; settings ``model.effect``.
    findings : list of Finding
        Where problems are added.

    Returns
    -------
    Effect

    Examples
    --------
    >>> found = []
    >>> table = pd.DataFrame({"effect": [np.nan, np.nan]})
    >>> settings = {"family": "normal", "spike": "auto"}
    >>> _ = effect_of(table, np.zeros(2), {}, settings, found)
    >>> found[0].found
    'no effect for anybody'
    """
    value = dataset["effect"].to_numpy(dtype=float, na_value=np.nan)
    nobody = np.zeros(len(value), bool)
    nothing = Effect(value, None, None, False, nobody)
    ceiling = np.nan_to_num(flag(dataset, "at_ceiling")) == 1
    seen, family = ~np.isnan(value), section["family"]
    if not seen.any():
        findings.append(Finding("dataset", None, "effect", "no effect for anybody", None,
                                "analyse an outcome that was measured"))  # fmt: skip
        return nothing
    varied = seen & ~ceiling if family != "normal" else seen
    _refuse_constant(value[varied], family, findings)
    if family == "normal":
        return nothing
    if family == "bernoulli":
        _refuse(seen & ~np.isin(value, [0, 1]), value, "0 or 1", findings)
        return nothing
    lower, upper = _bounds(study, section, findings)
    if upper is None:
        return nothing
    _refuse_outside(value, lower, upper, findings)
    spike = {"auto": bool((ceiling & seen).any()), "yes": True, "no": False}[section["spike"]]
    barred = nobody
    if spike and section["ceiling_needs_baseline"] and AT_CEILING in dataset:
        barred = flag(dataset, AT_CEILING) == 0
        _refuse_ceiling(ceiling & seen & barred, findings)
    value = np.where(ceiling & seen & spike, upper, value)
    return Effect(value, None if lower == -np.inf else lower, upper, spike, barred)


def _bounds(study, section, findings):
    """Return the possible range of a family that has one; nothing where it is not told."""
    lower, top, before = section["lower"], section["ceiling"], len(findings)
    if section["family"] == "decrement_gamma":
        lower = -np.inf
    if top is None and study["horizon_years"] <= 1:
        top = study["horizon_years"]
    for name, value, hint in (
        ("lower", lower, "value-set minimum times horizon, such as -0.594 for a year of EQ-5D-3L"),
        ("ceiling", top, "the discounted horizon"),
    ):
        if value is None:
            findings.append(Finding("study.yaml", None, f"model.effect.{name}", "nothing",
                                    "a number", f"the family needs it: {hint}"))  # fmt: skip
    if len(findings) == before and lower >= top:
        findings.append(Finding("study.yaml", None, "model.effect.lower", f"{lower:g}",
                                f"below the ceiling, {top:g}", "correct one of them"))  # fmt: skip
    return (None, None) if len(findings) > before else (lower, top)


def _refuse_outside(value, lower, upper, findings):
    open_ended = lower == -np.inf
    slack = 1e-9 * (abs(upper) if open_ended else upper - lower)
    out = ~np.isnan(value) & ((value < lower - slack) | (value > upper + slack))
    _refuse(out, value, f"up to {upper:g}" if open_ended else f"{lower:g} to {upper:g}", findings)


def _refuse(bad, value, allowed, findings):
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        findings.append(
            Finding("dataset", first + 2, "effect", f"{value[first]:g}", allowed,
                    "correct it or choose another model.effect.family",
                    further=int(bad.sum()) - 1)
        )  # fmt: skip


def _refuse_constant(value, family, findings):
    """Refuse an effect that is the same for everybody: its spread has no posterior."""
    if family != "bernoulli" and len(value) > 1 and value.min() == value.max():
        findings.append(
            Finding("dataset", None, "effect", f"{value[0]:g} for everybody",
                    "an effect that varies", "check how it was scored; if it is right, compare "
                    "costs alone (table observed_case)")
        )  # fmt: skip


def _refuse_ceiling(bad, findings):
    """Refuse a ceiling effect with baseline below the ceiling."""
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        findings.append(
            Finding("dataset", first + 2, "at_ceiling", "true with baseline below the ceiling",
                    "false", "set model.effect.ceiling_needs_baseline to false if this is right",
                    further=int(bad.sum()) - 1)
        )  # fmt: skip


def costs_of(
    dataset: pd.DataFrame,
    groups: list[str],
    section: dict[str, Any],
    notes: list[str],
    findings: list[Finding],
) -> Costs:
    """Return the costs, or tell why their family cannot describe them.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Columns ``cost_<group>``, or ``cost``.
    groups : list of str
        Source groups, the most complete first; empty for the total alone.
    section : dict
        Settings ``model.cost``.
    notes, findings : list
        Where remarks and problems are added.

    Returns
    -------
    Costs
        A group with a maximum first, so that later ones may follow it.

    Examples
    --------
    >>> table = pd.DataFrame({"cost_a": [1.0, 1.0], "cost_b": [1.0, 2.0]})
    >>> settings = {"family": "gamma", "hurdle": "auto", "maximum": {}}
    >>> found = costs_of(table, ["a", "b"], settings, [], [])
    >>> found.fixed, [one[0] for one in found.modelled]
    ({'a': 1.0}, ['b'])
    """
    columns = {group: f"cost_{group}" for group in groups} or {"total": "cost"}
    maximum = _maximum(columns, section, findings)
    fixed: dict[str, float] = {}
    bounded, modelled = [], []
    for group, column in columns.items():
        if column not in dataset:
            findings.append(Finding("dataset", None, column, "no such column", None,
                                    "give each source group its column"))  # fmt: skip
            continue
        value = dataset[column].to_numpy(dtype=float, na_value=np.nan)
        seen = value[~np.isnan(value)]
        _refuse_cost(column, value, section, maximum.get(group), findings)
        if not len(seen):
            findings.append(Finding("dataset", None, column, "no cost for anybody", None,
                                    "leave the source group out of the analysis"))  # fmt: skip
        elif len(seen) > 1 and seen.min() == seen.max():
            fixed[group] = float(seen[0])
            notes.append(f"cost of {group} is {seen[0]:g} for everybody and is not modelled")
        elif group in maximum:
            bounded.append((group, value, "bounded", float(maximum[group]), "auto"))
        else:
            atoms = section["hurdle"]
            if section["family"] == "normal":
                atoms = "zero" if atoms == "yes" else "no"
            modelled.append((group, value, section["family"], None, atoms))
    return Costs(bounded + modelled, fixed)


def _maximum(columns, section, findings):
    """Return the largest possible cost of the one source group that has a maximum."""
    found = section["maximum"]
    strange = [name for name in found if name not in columns]
    if strange or len(found) > 1:
        findings.append(Finding("study.yaml", None, "model.cost.maximum", ", ".join(found),
                                f"one of {', '.join(columns)}", "name one source group of the "
                                "analysis"))  # fmt: skip
    elif found and section["family"] == "normal":
        findings.append(Finding("study.yaml", None, "model.cost.family", "normal",
                                "gamma, lognormal", "model.cost.maximum needs a cost that is not "
                                "below zero"))  # fmt: skip
    return found


def _refuse_cost(column, value, section, maximum, findings):
    """Refuse costs below zero (but for a normal), above the maximum, or zeros without a hurdle."""
    normal = section["family"] == "normal"
    top = np.inf if maximum is None else maximum * (1 + 1e-9)
    bad = (value < (-np.inf if normal else 0)) | (value > top)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        remedy = "correct it, or set model.cost.family to normal"
        if value[row] > 0:
            remedy = "correct it, or raise model.cost.maximum"
        allowed = "0 or more" if maximum is None else f"0 to {maximum:g}"
        findings.append(Finding("dataset", row + 2, column, f"{value[row]:g}", allowed,
                                remedy, further=int(bad.sum()) - 1))  # fmt: skip
    if not normal and section["hurdle"] == "no" and (value == 0).any():
        findings.append(Finding("study.yaml", None, "model.cost.hurdle", "no",
                                "auto, yes", f"{column} has zeros"))  # fmt: skip
