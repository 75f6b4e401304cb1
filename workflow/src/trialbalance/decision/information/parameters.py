"""Parameters whose information is valued, matched to the draws, and spread of participants."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.decision.draws import ArmDraws

_SPREAD = ("cost_sd", "effect_sd", "correlation")


def parameter_groups(
    arrays: ArmDraws,
    section: dict[str, Any],
    parameters: pd.DataFrame | None = None,
    file: str = "parameters_given.csv",
):
    """Return the groups of parameters to value, in the order of the draws.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    section : dict
        Resolved settings of the decision stage; ``parameter_groups`` is read. Without it every
        column of the parameters is a group of its own.
    parameters : DataFrame, optional
        One column a parameter, rows matched by a column ``draw`` or by their order.
    file : str
        Name of the parameters' file for messages.

    Returns
    -------
    dict of str to tuple
        Group to its values, shape (draw, parameter), and whether a user declared it. The mean
        cost and the mean effect of each arm, and of all arms, come first.

    Raises
    ------
    Problems
        Rows that do not match the draws, unknown columns, values that are not finite.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a"], [], np.arange(2), np.ones((2, 1)), np.ones((2, 1)))
    >>> drawn = pd.DataFrame({"price_bed": [1.0, 2.0]})
    >>> list(parameter_groups(arrays, {"parameter_groups": {}}, drawn))
    ['cost_a', 'effect_a', 'costs', 'effects', 'price_bed']
    """
    groups = {}
    for word, values in (("cost", arrays.cost), ("effect", arrays.effect)):
        for place, arm in enumerate(arrays.arms):
            groups[f"{word}_{arm}"] = values[:, [place]], False
    groups |= {"costs": (arrays.cost, False), "effects": (arrays.effect, False)}
    declared = section["parameter_groups"]
    if parameters is None or parameters.empty:
        if declared:
            remedy = "hand over their draws, or remove decision.parameter_groups"
            found = "no draws of parameters"
            raise Problems([Finding(file, None, None, found, ", ".join(declared), remedy)])
        return groups
    parameters = _matched(arrays, parameters, file)
    declared = declared or {name: [name] for name in parameters.columns}
    _refuse_wrong_groups(declared, groups, parameters, file)
    for name, columns in declared.items():
        groups[name] = parameters[columns].to_numpy(float), True
    return groups


def priced_groups(declared: dict[str, Any], parameters: pd.DataFrame, ready: dict[str, Any]):
    """Return the groups of prices and quantities to value.

    Parameters
    ----------
    declared : dict of str to list
        Groups of the settings: name to columns such as price_<item>.
    parameters : DataFrame
        Draws of prices and quantities.
    ready : dict of str to list
        Groups that are valued without being named.

    Returns
    -------
    dict of str to tuple
        Group to its values, shape (draw, parameter), and whether a user declared it.

    Raises
    ------
    Problems
        Groups of prices that have no range in the unit costs, and names that are taken.

    Examples
    --------
    >>> drawn = pd.DataFrame({"price_bed": [1.0, 2.0]})
    >>> list(priced_groups({}, drawn, {"prices": ["price_bed"]}))
    ['prices']
    """
    _refuse_wrong_groups(declared, ready, parameters, "unit_costs.csv")
    return {
        name: (parameters[columns].to_numpy(float), name in declared)
        for name, columns in (ready | declared).items()
    }


def _matched(arrays: Any, parameters: Any, file: str):
    """Return the parameters in the order of the draws, or refuse rows that do not match."""
    found, remedy = None, "hand over the parameters of the same draws"
    if "draw" not in parameters:
        if len(parameters) != len(arrays.draw):
            found = f"{len(parameters)} rows"
    else:
        parameters = parameters.sort_values("draw", kind="stable").set_index("draw")
        if len(parameters) != len(arrays.draw):
            found = f"{len(parameters)} draws"
        elif not np.array_equal(parameters.index.to_numpy(), arrays.draw):
            found = "other draw numbers"
    if found:
        allowed = f"the {len(arrays.draw)} draws of cost and effect"
        raise Problems([Finding(file, None, "draw", found, allowed, remedy)])
    return parameters


def _refuse_wrong_groups(declared, ready, parameters: Any, file: str):
    """Refuse columns that do not exist or are not finite, and names that are taken."""
    findings, known = [], list(parameters.columns)
    for name, columns in declared.items():
        if name in ready:
            remedy = "give the group another name"
            findings.append(Finding(file, None, name, "a group", "a name not yet taken", remedy))
        for column in columns:
            if column not in known:
                remedy = did_you_mean(column, known, f"correct group {name}")
                allowed = ", ".join(known) or "a price with a range: give both of its ends"
                findings.append(Finding(file, None, column, "no such column", allowed, remedy))
                continue
            number = pd.to_numeric(parameters[column], errors="coerce").to_numpy(float)
            if not np.isfinite(number).all():
                found = f"{np.count_nonzero(~np.isfinite(number))} values that are not finite"
                remedy = "correct them"
                findings.append(Finding(file, None, column, found, "finite numbers", remedy))
    if findings:
        raise Problems(findings)


def refuse_idle(names: list[str], draws: int, file: str = "parameters_given.csv"):
    """Refuse groups that do not enter net benefit.

    Parameters
    ----------
    names : list of str
        Groups without association with cost or effect of any arm.
    draws : int
        Number of draws in which it was sought.
    file : str
        Name of the parameters' file for messages.

    Raises
    ------
    Problems
        If there is any such group.

    Examples
    --------
    >>> refuse_idle([], 1000)
    """
    allowed = "quantities that enter net benefit: arm means, prices, the MNAR delta"
    findings = [
        Finding(
            file, None, name,
            f"no association with cost or effect of any arm in {draws} draws",
            allowed, "remove the group, or hand over the draws that the costs were made with",
        )
        for name in names
    ]  # fmt: skip
    if findings:
        raise Problems(findings)


def individual_findings(
    arrays: ArmDraws,
    plan: dict[str, Any],
    individuals: pd.DataFrame | None,
    file: str = "individuals.csv",
):
    """Return the arms of a new trial and the spread of their participants, or refuse.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    plan : dict
        Settings of the new trial; ``arms`` is read, both arms of the study if it is empty.
    individuals : DataFrame or None
        Columns arm, cost_sd, effect_sd, correlation.
    file : str
        Name of the file for messages.

    Returns
    -------
    pair : list of int
        Columns of the two arms in the arrays.
    spreads : list of dict
        Keys cost_sd, effect_sd, correlation for each of them.

    Raises
    ------
    Problems
        Arms that have no draws or are not two; spread missing or out of range.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> spread = pd.DataFrame({"arm": ["a", "b"], "cost_sd": 10.0, "effect_sd": 0.2,
    ...                        "correlation": 0.0})
    >>> individual_findings(arrays, {"arms": ["b", "a"]}, spread)[0]
    [1, 0]
    """
    names = list(plan["arms"] or arrays.arms)
    if len(names) != 2 or not set(names) <= set(arrays.arms):
        allowed, remedy = f"two of {', '.join(arrays.arms)}", "name the two arms of the new trial"
        found = ", ".join(names)
        raise Problems(
            [Finding("study.yaml", None, "decision.sampling.arms", found, allowed, remedy)]
        )
    remedy = (
        "a new trial needs the standard deviations of single participants' cost and effect and "
        "their correlation, by arm; draws of means do not have them"
    )
    if individuals is None or not {"arm", *_SPREAD} <= set(individuals.columns):
        allowed = f"columns arm, {', '.join(_SPREAD)}"
        raise Problems([Finding(file, None, None, "no such table", allowed, remedy)])
    spreads, findings = [], []
    for name in names:
        row = individuals[individuals["arm"] == name]
        if len(row) != 1:
            findings.append(Finding(file, None, "arm", f"{len(row)} rows of {name}", "one", remedy))
            continue
        spread = {key: float(row[key].iloc[0]) for key in _SPREAD}
        if not (spread["cost_sd"] >= 0 and spread["effect_sd"] >= 0
                and abs(spread["correlation"]) <= 1):  # fmt: skip
            found = ", ".join(f"{key} {value:g}" for key, value in spread.items())
            allowed = "standard deviations from 0, correlation from -1 to 1"
            findings.append(Finding(file, None, name, found, allowed, remedy))
        spreads.append(spread)
    if findings:
        raise Problems(findings)
    return [arrays.arms.index(name) for name in names], spreads


def individual_spread(totals: pd.DataFrame):
    """Return the spread of single participants' cost and effect by arm.

    Parameters
    ----------
    totals : DataFrame
        Columns arm, cost, effect, one row a participant; those with either missing are left out.

    Returns
    -------
    DataFrame
        Columns arm, n, cost_sd, effect_sd, correlation (0 where either does not vary).

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["a"] * 3, "cost": [1.0, 2, 3], "effect": [3.0, 2, 1]})
    >>> individual_spread(rows).to_dict("records")
    [{'arm': 'a', 'n': 3, 'cost_sd': 1.0, 'effect_sd': 1.0, 'correlation': -1.0}]
    """
    rows = []
    for arm, group in totals.dropna(subset=["cost", "effect"]).groupby("arm", sort=False):
        cost, effect = group["cost"].to_numpy(float), group["effect"].to_numpy(float)
        row = {"arm": arm, "n": len(group), "cost_sd": np.nan, "effect_sd": np.nan}
        if len(group) > 1:
            row["cost_sd"], row["effect_sd"] = cost.std(ddof=1), effect.std(ddof=1)
        varies = row["cost_sd"] > 0 and row["effect_sd"] > 0
        row["correlation"] = float(np.corrcoef(cost, effect)[0, 1].round(12)) if varies else 0.0
        rows.append(row)
    return pd.DataFrame(rows, columns=["arm", "n", *_SPREAD])
