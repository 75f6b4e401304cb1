"""Who stands behind an analysis, and which analyses give a person away side by side."""

from typing import Any, NamedTuple

import pandas as pd

from trialbalance.disclosure.dominance import dominated

DIFFER = "its participants differ from those of {other} by fewer than {threshold} in an arm"
VALUES = "{kind} differs from that of {other} in fewer than {threshold} participants of an arm"
FEW_MAKE_IT = "what its cost differs by from {other} is made up by few participants ({rule})"
SMALL = "an arm of the analysis has fewer than {threshold} participants"


class Group(NamedTuple):
    """Those whom an analysis of a scenario counts.

    Parameters
    ----------
    name : str
        ``scenario/analysis``; of an earlier release ``release N: scenario/analysis``.
    outcome : str
        What its effect counts; effects of different outcomes are not compared.
    people : pandas.DataFrame
        arm, cost and effect by participant; blank where not observed.
    """

    name: str
    outcome: str
    people: pd.DataFrame


def too_close(one: Group, other: Group, section: dict[str, Any]) -> str:
    """Return why two analyses cannot both be released; blank where they can.

    Parameters
    ----------
    one, other : Group
        The analysis to be released, and one that is.
    section : dict
        Section ``disclosure``: threshold, dominant, dominant_share, p_ratio.

    Returns
    -------
    str
        The rule that is broken, in words.

    Notes
    -----
    Arm by arm. Whoever knows two means and both numbers of participants knows ``n1 m1 - n2 m2``:
    the sum of those in one of the two alone, and that of a posterior mean but for its error. It
    must therefore rest on none, or on as many as the threshold, and no few of them may make it up.

    References
    ----------
    Hundepool 2012, Statistical Disclosure Control, doi:10.1002/9781118348239.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": "new", "cost": 1.0, "effect": 0.5}, index=range(12))
    >>> rules = {"threshold": 10, "dominant": 2, "dominant_share": 0.9, "p_ratio": 0.1}
    >>> too_close(Group("all", "qaly", people), Group("some", "qaly", people.iloc[1:]), rules)
    'its participants differ from those of some by fewer than 10 in an arm'
    """
    threshold = section["threshold"]
    both = one.people.add_suffix("_one").join(other.people.add_suffix("_other"), how="outer")
    first, second = (both[f"arm_{end}"].astype(object) for end in ("one", "other"))
    for arm in sorted({*first.dropna(), *second.dropna()}):
        mine = both[(first == arm) | (second == arm)]
        moved = int(((first == arm) != (second == arm)).sum())
        if 0 < moved < threshold:
            return DIFFER.format(other=other.name, threshold=threshold)
        kinds = ("cost", "effect") if one.outcome == other.outcome else ("cost",)
        rules = (_values_apart(mine, kind, other.name, section) for kind in kinds if not moved)
        rule = next(filter(None, rules), "") or _few_make_it(mine, arm, other.name, section)
        if rule:
            return rule
    return ""


def _values_apart(mine: pd.DataFrame, kind: str, other: str, section: dict[str, Any]) -> str:
    """Return the rule that the difference of two sums over the same people breaks."""
    values = [mine[f"{kind}_{end}"].astype(float) for end in ("one", "other")]
    gap = values[0] - values[1]
    known = values[0].notna() != values[1].notna()
    size = max(1.0, float(values[0].abs().max()) if values[0].notna().any() else 1.0)
    apart = int(((gap.abs() > 1e-9 * size) | known).sum())
    if 0 < apart < section["threshold"]:
        return VALUES.format(kind=kind, other=other, threshold=section["threshold"])
    return ""


def _few_make_it(mine: pd.DataFrame, arm: str, other: str, section: dict[str, Any]) -> str:
    """Return the rule that the difference of two sums of cost breaks, whoever they count."""
    sums = [
        mine[f"cost_{end}"].astype(float).where(mine[f"arm_{end}"] == arm).fillna(0.0)
        for end in ("one", "other")
    ]
    gap = sums[0] - sums[1]
    rule = dominated(gap, section) if (gap.abs() > 1e-6).any() else ""
    return FEW_MAKE_IT.format(other=other, rule=rule) if rule else ""


def small_group(group: Group, section: dict[str, Any]) -> str:
    """Return why no number of an analysis may leave whatever else does; blank where it may.

    Parameters
    ----------
    group : Group
        The analysis.
    section : dict
        Section ``disclosure``.

    Returns
    -------
    str
        An arm is below the threshold, or few participants make up its cost.
    """
    for arm, people in group.people.groupby("arm", observed=True):
        if len(people) < section["threshold"]:
            return SMALL.format(threshold=section["threshold"])
        cost = people["cost"].astype(float).dropna()
        some = int((cost != 0).sum())
        if 0 < some < section["threshold"]:
            return f"cost in {arm}: fewer than {section['threshold']} participants with any"
        rule = dominated(cost, section) if some else ""
        if rule:
            return f"cost in {arm}: {rule}"
    return ""
