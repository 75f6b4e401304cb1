"""Names of a rule's inputs: what a table or file is, and where it is from.

``ledger`` is a table of the rule's own scenario, ``base.qaly.draws`` one of a named scenario and
analysis: places first, the table last. ``recorded.visits`` or ``people/measures`` say first what
the rule does with a file. A dot and a stroke mean the same.
"""

from collections.abc import Mapping
from typing import Any


def parts(name: str) -> list[str]:
    """Return the words of a name.

    Examples
    --------
    >>> parts("base.qaly.draws"), parts("people/measures")
    (['base', 'qaly', 'draws'], ['people', 'measures'])
    """
    return name.replace("/", ".").split(".")


def under(named: Mapping[str, Any], head: str) -> dict[str, Any]:
    """Return what stands under a first word, by the rest of its name.

    Parameters
    ----------
    named : mapping
        Name of an input → its file or table.
    head : str
        First word, such as ``recorded``, ``settings`` or the name of an analysis.

    Returns
    -------
    dict
        Rest of the name → file or table, in the order given.

    Examples
    --------
    >>> under({"recorded.visits": "v.csv", "recorder": "r.csv", "table/a.csv": 1}, "recorded")
    {'visits': 'v.csv'}
    """
    start = len(head) + 1
    return {name[start:]: one for name, one in named.items() if name[:start] in _marked(head)}


def by_place(named: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Return one table of several places, by place.

    Parameters
    ----------
    named : mapping
        Name of an input → its file or table.
    table : str
        Last word, the name of a table.

    Returns
    -------
    dict
        Place, such as ``base.qaly`` → file or table, in the order given.

    Examples
    --------
    >>> by_place({"base.qaly.arms": 1, "base.balance": 2, "dear.qaly.arms": 3}, "arms")
    {'base.qaly': 1, 'dear.qaly': 3}
    """
    end = f".{table}"
    return {name.removesuffix(end): one for name, one in named.items() if name.endswith(end)}


def _marked(head: str) -> tuple[str, str]:
    return f"{head}.", f"{head}/"
