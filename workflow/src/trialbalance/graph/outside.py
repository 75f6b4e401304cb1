"""Which files of a rule come from outside: those of a study, and tables that ship here.

They count by their content and never by their time, so the rules treat them apart from files that
another rule makes.
"""

from collections.abc import Callable
from typing import Any


def from_outside(found: Any) -> list[str]:
    """Return those of the paths of a rule that no rule makes: files of a study, and shipped tables.

    Parameters
    ----------
    found : str, dict or list
        What a function of this room returns for a rule.

    Returns
    -------
    list of str
        Paths that do not start with ``<results>``.

    Examples
    --------
    >>> from_outside({"ledger": "<results>/a/ledger.csv", "recorded": ["data/visits.csv"]})
    ['data/visits.csv']
    """
    if isinstance(found, str):
        return [] if found.startswith("<results>") else [found]
    parts = found.values() if isinstance(found, dict) else found
    return [path for part in parts for path in from_outside(part)]


def marked(found: Any, mark: Callable[[str], str]) -> Any:
    """Return the paths of a rule, each file from outside marked.

    Parameters
    ----------
    found : str, dict or list
        What a function of this room returns for a rule.
    mark : callable
        Called with each path of `from_outside`; what it returns takes the path's place.

    Returns
    -------
    str, dict or list
        As found.

    Examples
    --------
    >>> marked({"ledger": "<results>/ledger.csv", "prices": "prices.csv"}, str.upper)
    {'ledger': '<results>/ledger.csv', 'prices': 'PRICES.CSV'}
    """
    if isinstance(found, str):
        return mark(found) if from_outside(found) else found
    if isinstance(found, dict):
        return {name: marked(part, mark) for name, part in found.items()}
    return [marked(part, mark) for part in found]
