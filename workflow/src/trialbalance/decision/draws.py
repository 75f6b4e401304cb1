"""Draws in and out: from tidy or wide tables to arrays with named arms, and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean

_COLUMNS = ("draw", "arm", "cost", "effect")


@dataclass(frozen=True)
class ArmDraws:
    """Draws of cost and effect, one column an arm.

    Parameters
    ----------
    arms : list of str
        Arms that have draws, in the order of the study.
    empty : list of str
        Arms of the study that have none.
    draw : ndarray, shape (draw,)
        Numbers of the draws, ascending.
    cost, effect : ndarray, shape (draw, arm)
        Mean cost (currency) and mean effect (units of the outcome) of each draw.
    """

    arms: list
    empty: list
    draw: np.ndarray
    cost: np.ndarray
    effect: np.ndarray

    def differences(self, comparator: str):
        """Return each arm but the comparator with its draws of difference in cost and in effect.

        Parameters
        ----------
        comparator : str
            Arm that the others are set against.

        Returns
        -------
        dict of str to tuple of ndarray
            Arm to difference in cost (currency) and in effect; empty without the comparator.
        """
        if comparator not in self.arms:
            return {}
        usual = self.arms.index(comparator)
        cost, effect = (x - x[:, [usual]] for x in (self.cost, self.effect))
        return {
            arm: (cost[:, place], effect[:, place])
            for place, arm in enumerate(self.arms)
            if arm != comparator
        }


def arm_draws(
    draws: pd.DataFrame,
    study: dict[str, Any],
    file: str = "draws.csv",
    participants: dict[str, Any] | None = None,
):
    """Turn tidy draws into arrays, whatever the order of their rows.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome), one row each.
    study : dict
        Resolved study settings; the keys ``arms`` and ``comparator`` are read.
    file : str
        Name of the file for messages.
    participants : dict of str to int, optional
        Participants analysed in each arm: an arm that has some must have draws.

    Returns
    -------
    ArmDraws
        Arms by name, in the order of the study.

    Raises
    ------
    Problems
        Missing columns, unknown arms, values that are not finite, repeated or unmatched draws.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1], "arm": ["b", "a"], "cost": [2, 1], "effect": [0, 0]})
    >>> arm_draws(tidy, {"arms": {"a": {}, "b": {}}, "comparator": "a"}).cost.tolist()
    [[1.0, 2.0]]
    """
    _refuse(_column_findings(draws, file))
    _refuse(_value_findings(draws, study, file))
    codes, present = pd.factorize(draws["arm"])
    place = {name: code for code, name in enumerate(present)}
    number = draws["draw"].to_numpy()
    parts, arms = [], [arm for arm in study["arms"] if arm in place]
    for arm in arms:
        rows = np.flatnonzero(codes == place[arm])
        parts.append(rows[np.argsort(number[rows], kind="stable")])
    empty = [arm for arm in study["arms"] if arm not in place]
    _refuse(_matching_findings(arms, parts, number, file))
    _refuse(_absent_findings(empty, participants or {}, file))
    values = draws["cost"].to_numpy(float), draws["effect"].to_numpy(float)
    cost, effect = (np.column_stack([value[part] for part in parts]) for value in values)
    return ArmDraws(arms, empty, number[parts[0]], cost, effect)


def _refuse(findings: list[Finding]):
    if findings:
        raise Problems(findings)


def _column_findings(draws: Any, file: Any):
    """Find missing columns, and a table without rows."""
    found = ", ".join(map(str, draws.columns))
    remedy = "give one row for each draw and arm"
    if missing := [name for name in _COLUMNS if name not in draws.columns]:
        text = f"the columns {found}"
        return [Finding(file, None, name, text, f"a column {name}", remedy) for name in missing]
    return [] if len(draws) else [Finding(file, None, None, "no rows", "1 draw or more", remedy)]


def _value_findings(draws: Any, study, file: str):
    """Find arms the study does not know and values that are blank, infinite or not numbers."""
    findings = []
    allowed = ", ".join(study["arms"])
    for name in pd.unique(draws["arm"].astype(object)):
        if name not in study["arms"]:
            rows = np.flatnonzero((draws["arm"] == name).to_numpy(bool, na_value=False))
            row = int(rows[0]) + 2 if rows.size else None
            remedy = did_you_mean(str(name), study["arms"], "use an arm of study.yaml")
            further = max(rows.size - 1, 0)
            findings.append(Finding(file, row, "arm", str(name), allowed, remedy, further))
    for column in ("draw", "cost", "effect"):
        number = pd.to_numeric(draws[column], errors="coerce").to_numpy(float, na_value=np.nan)
        wrong = np.flatnonzero(~np.isfinite(number))
        if wrong.size:
            row = int(wrong[0])
            found = draws[column].iloc[row]
            found = "a blank" if pd.isna(found) else str(found)
            remedy = "leave out the whole draw in every arm, or correct it"
            finding = (file, row + 2, column, found, "a finite number", remedy, wrong.size - 1)
            findings.append(Finding(*finding))
    return findings


def _matching_findings(arms: list[str], parts, number: Any, file: str):
    """Find draws given twice and arms whose draws are not those of the first arm."""
    findings = []
    for arm, part in zip(arms, parts, strict=True):
        own = number[part]
        if (twice := np.flatnonzero(own[1:] == own[:-1])).size:
            found = f"draw {own[twice[0]]} of arm {arm} twice"
            remedy = "number the draws of an arm once each"
            row = int(part[twice[0] + 1]) + 2
            findings.append(Finding(file, row, "draw", found, "once", remedy, twice.size - 1))
        elif not np.array_equal(own, number[parts[0]]):
            found = f"{own.size} draws of arm {arm}, {parts[0].size} of arm {arms[0]}"
            if own.size == parts[0].size:
                found = f"other numbers for the draws of arm {arm} than of arm {arms[0]}"
            remedy = "a draw is one joint sample: give cost and effect of every arm in it"
            allowed = "the same draws in every arm"
            findings.append(Finding(file, None, "draw", found, allowed, remedy))
    return findings


def _absent_findings(empty, participants: pd.DataFrame, file: str):
    """Find arms that have participants and no draws."""
    remedy = "give draws of every arm that recruited"
    return [
        Finding(
            file,
            None,
            "arm",
            f"no draws of arm {arm}",
            f"draws, since {participants[arm]} participants were analysed",
            remedy,
        )
        for arm in empty
        if participants.get(arm)
    ]


def wide_draws(draws: pd.DataFrame, study: dict[str, Any]):
    """Return costs and effects as two wide tables, as BCEA and voi take them.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost, effect.
    study : dict
        Resolved study settings.

    Returns
    -------
    dict of str to DataFrame
        ``costs`` and ``effects``: one row a draw, one column an arm in the order of the study.

    Notes
    -----
    In R: ``bcea(as.matrix(read.csv("wide_effects.csv")), as.matrix(read.csv("wide_costs.csv")))``,
    and ``voi::evpi(list(c = read.csv("wide_costs.csv"), e = read.csv("wide_effects.csv"),
    k = 20000))``.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1], "arm": ["b", "a"], "cost": [2, 1], "effect": [0, 0]})
    >>> wide_draws(tidy, {"arms": {"a": {}, "b": {}}})["costs"].to_dict("list")
    {'a': [1.0], 'b': [2.0]}
    """
    arrays = arm_draws(draws, study)
    return {
        "costs": pd.DataFrame(arrays.cost, columns=arrays.arms),
        "effects": pd.DataFrame(arrays.effect, columns=arrays.arms),
    }
