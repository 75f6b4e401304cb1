"""What of a multiverse was locked with the plan, and what was added later."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trialbalance.settings.sections.multiverse import CHANGES
from trialbalance.settings.universes import column, options_of

# Settings that hold a value for each arm or item.
BY_NAME = ("effect", "cost_percent", "at_ceiling", "unit_costs")


def added_options(
    section: Mapping[str, Any], lock: Mapping[str, Any] | None, blind: bool = False
) -> frozenset[str] | None:
    """Return the options that the locked plan does not have, or has otherwise.

    Parameters
    ----------
    section : mapping
        Settings ``multiverse``.
    lock : mapping or None
        Content of the locked plan.
    blind : bool
        Whether arms and the items that reveal them have neutral names in the section, while the
        plan was locked under their own: values by arm or item then count whatever their names.

    Returns
    -------
    frozenset of str or None
        None where nothing was locked. Labels and reasons may change; the plan's own option of a
        choice that is new changes nothing and is no addition.

    Examples
    --------
    >>> option = {"refit": None, "prices": None, "missing": None, "threshold": 1.0}
    >>> section = {"choices": {"a": {"options": {"a1": option, "a2": option}}}}
    >>> had = {"choices": {"a": {"options": {"a1": option}}}}
    >>> sorted(added_options(section, {"settings": {"base": {"multiverse": had}}}))
    ['a2']
    """
    if lock is None:
        return None
    every, locked = options_of(section), lock["settings"]["base"].get("multiverse")
    if locked is None:
        return frozenset(every)
    before = options_of(locked)

    def differs(name: str, option: Mapping[str, Any]) -> bool:
        if name not in before:
            return any(option[word] is not None for word in CHANGES)
        pairs = ((option[word], before[name].get(word)) for word in CHANGES)
        return any(_unnamed(one, blind) != _unnamed(other, blind) for one, other in pairs)

    return frozenset(name for name, option in every.items() if differs(name, option))


def _unnamed(value: Any, blind: bool) -> Any:
    """Return a setting; in a blind study with values by arm or item as a list in order of size."""
    if not blind or not isinstance(value, Mapping):
        return value
    return {
        key: sorted(one.values())
        if key in BY_NAME and isinstance(one, Mapping)
        else _unnamed(one, blind)
        for key, one in value.items()
    }


def late_cells(
    table: pd.DataFrame,
    section: Mapping[str, Any],
    lock: Mapping[str, Any] | None,
    blind: bool = False,
) -> pd.Series:
    """Return whether each cell was added later: by an option, or by an exclusion that is gone.

    Parameters
    ----------
    table : DataFrame
        Cells, with the option taken of each choice.
    section, lock, blind
        As for `added_options`.

    Returns
    -------
    Series of boolean
        Blank where nothing was locked.

    Examples
    --------
    >>> option = {"refit": None, "prices": None, "missing": None, "threshold": 1.0}
    >>> choices = {"a": {"options": {"a1": option}}, "b": {"options": {"b1": option}}}
    >>> had = {"choices": choices, "excluded": [{"options": ["a1", "b1"]}]}
    >>> lock = {"settings": {"base": {"multiverse": had}}}
    >>> cells = pd.DataFrame({"choice_a": ["a1"], "choice_b": ["b1"]})
    >>> late_cells(cells, {"choices": choices, "excluded": []}, lock).tolist()
    [True]
    """
    added = added_options(section, lock, blind)
    if added is None:
        return pd.Series(pd.NA, index=table.index, dtype="boolean")
    taken = table[list(map(column, section["choices"]))]
    late = taken.isin(added).any(axis=1)
    locked = lock["settings"]["base"].get("multiverse")
    for one in [] if locked is None else locked["excluded"]:
        late |= taken.isin(one["options"]).sum(axis=1) == len(one["options"])
    return late.astype("boolean")
