"""Several released analyses added up and taken off one another: whether few people are left."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.disclosure.dominance import dominated
from trialbalance.disclosure.groups import Group, too_close

FEW_LEFT = "added to and taken off {others} it leaves fewer than {threshold} participants of an arm"
FEW_MAKE_IT = "added to and taken off {others} its cost is made up by few participants ({rule})"
# Analyses beside the one at issue that somebody adds up or takes off.
MOST_BESIDE = 3


def left_over(one: Group, others: Sequence[Group], section: dict[str, Any]) -> str:
    """Return why an analysis cannot be released beside several others; blank where it can.

    Parameters
    ----------
    one : Group
        The analysis to be released.
    others : sequence of Group
        Those that are; beside each of them alone it may be, as `too_close` says.
    section : dict
        Section ``disclosure``: threshold, dominant, dominant_share, p_ratio.

    Returns
    -------
    str
        The rule that is broken, in words.

    Notes
    -----
    Whoever knows means and numbers of participants knows ``n1 m1 + sum of s n m`` for any signs
    ``s`` of others: what those sum to who do not cancel. Two or three others are looked at, arm by
    arm, those alike once.

    References
    ----------
    Hundepool 2012, Statistical Disclosure Control, doi:10.1002/9781118348239.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": "new", "cost": 1.0, "effect": 0.5}, index=range(40))
    >>> groups = [Group(name, "qaly", people.drop(index=out)) for name, out in {
    ...     "all": [], "some": range(12), "more": range(12, 24), "least": range(25)}.items()]
    >>> rules = {"threshold": 10, "dominant": 2, "dominant_share": 0.9, "p_ratio": 0.1}
    >>> left_over(groups[3], groups[:3], rules)
    'added to and taken off all, some, more it leaves fewer than 10 participants of an arm'
    """
    arms = sorted(one.people["arm"].dropna().astype(str).unique())
    found = (_of_arm(arm, one, others, section) for arm in arms)
    return next(filter(None, found), "")


def _of_arm(arm: str, one: Group, others: Sequence[Group], section: dict[str, Any]) -> str:
    """Return the rule that is broken in one arm."""
    members, costs, names = _distinct(arm, one, others)
    small = 1e-6 * max(1.0, float(np.abs(costs).max(initial=0.0)))
    for chosen, signs in _signed(len(names)):
        places = list(chosen)
        who = members[0] + signs @ members[places]
        sums = costs[0] + signs @ costs[places]
        words = ", ".join(names[place] for place in places)
        # Effects are had by those who do not cancel, costs by those whose costs do not.
        counts = (int((np.abs(who) > 0).sum()), int((np.abs(sums) > small).sum()))
        if any(0 < count < section["threshold"] for count in counts):
            return FEW_LEFT.format(others=words, threshold=section["threshold"])
        if counts[1] and (rule := dominated(pd.Series(sums), section)):
            return FEW_MAKE_IT.format(others=words, rule=rule)
    return ""


def _signed(count: int) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Yield which others are taken, and with which signs."""
    for size in range(2, MOST_BESIDE + 1):
        for chosen in combinations(range(1, count), size):
            for signs in product((1.0, -1.0), repeat=size):
                yield chosen, np.array(signs)


def _distinct(
    arm: str, one: Group, others: Sequence[Group]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return who is in each analysis and at which cost, participant by participant, each once."""
    groups = [one, *others]
    mine = [group.people[group.people["arm"].astype(str) == arm] for group in groups]
    everyone = sorted(set().union(*(people.index for people in mine)), key=str)
    members = np.array([pd.Index(everyone).isin(people.index) for people in mine], float)
    costs = [people["cost"].astype(float).reindex(everyone).fillna(0.0) for people in mine]
    both = np.hstack([members, np.array(costs)])
    alike = [any(np.array_equal(both[place], both[other]) for other in range(place))
             for place in range(len(groups))]  # fmt: skip
    kept = [place for place, again in enumerate(alike) if not again]
    names = [groups[place].name for place in kept]
    return members[kept], np.array(costs)[kept], names


def withheld_groups(
    groups: Sequence[Group], earlier: Sequence[Group], section: dict[str, Any]
) -> dict[str, str]:
    """Return the analyses that are not released beside those that matter more, with the rule.

    Parameters
    ----------
    groups : sequence of Group
        Analyses of this release, in the order of the study.
    earlier : sequence of Group
        Analyses of earlier releases: what left cannot be taken back.
    section : dict
        Section ``disclosure``; those under ``prefer`` come first.

    Returns
    -------
    dict
        ``scenario/analysis`` -> rule.
    """
    wanted = {name: place for place, name in enumerate(section["prefer"])}
    last = len(wanted)
    order = sorted(
        groups,
        key=lambda group: min(
            wanted.get(group.name, last), wanted.get(group.name.partition("/")[2], last)
        ),
    )
    kept, held = list(earlier), {}
    for group in order:
        alone = (too_close(group, other, section) for other in kept)
        rule = next(filter(None, alone), "") or left_over(group, kept, section)
        if rule:
            held[group.name] = rule
        else:
            kept.append(group)
    return held
