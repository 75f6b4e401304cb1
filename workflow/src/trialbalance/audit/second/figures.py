"""Figures as both programs write them: a quantity, what it is of, one of how many, its value."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

COLUMNS = ["quantity", "of", "within", "value"]


def figures(
    quantity: str, value: Sequence[Any], *of: Sequence[Any], within: Sequence[Any] = ()
) -> pd.DataFrame:
    """Return figures of one quantity.

    Parameters
    ----------
    quantity : str
        What it is.
    value : sequence of number
        One number a figure.
    *of : sequence of str
        What each belongs to, such as item and arm; joined by `` / ``.
    within : sequence, optional
        Participant or threshold, where a figure is one of many that are judged together.

    Returns
    -------
    pandas.DataFrame
        Columns quantity, of, within and value.

    Examples
    --------
    >>> figures("cost", [1.0], ["bed"], ["a"]).values.tolist()
    [['cost', 'bed / a', '', 1.0]]
    """
    value = pd.to_numeric(pd.Series(list(value), dtype=object)).astype(float).tolist()
    names = [" / ".join(map(str, parts)) for parts in zip(*of, strict=True)]
    places = [f"{one:.15g}" if isinstance(one, float) else str(one) for one in within]
    return pd.DataFrame(
        {
            "quantity": [quantity] * len(value),
            "of": names,
            "within": places or [""] * len(value),
            "value": value,
        },
        columns=COLUMNS,
    )


def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return figures one below the other.

    Examples
    --------
    >>> joined([figures("a", [1.0], ["x"]), figures("b", [], [])])["quantity"].tolist()
    ['a']
    """
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)
