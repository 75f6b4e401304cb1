"""Dominance and p-ratio: whether few participants make up a sum."""

from typing import Any

import numpy as np
import pandas as pd


def dominated(values: pd.Series, section: dict[str, Any]) -> str:
    """Return the rule that a sum breaks because few participants make it up; blank for none.

    Examples
    --------
    >>> rules = {"dominant": 2, "dominant_share": 0.9, "p_ratio": 0.1}
    >>> dominated(pd.Series([1000.0, 10.0, 5.0, 5.0]), rules)
    'dominance: the 2 largest make 90 % of it'
    >>> dominated(pd.Series([10.0, 9.0, 8.0, 9.0]), rules)
    ''
    """
    sizes = np.sort(values.abs().to_numpy(float))[::-1]
    top = section["dominant"]
    if sizes[:top].sum() >= section["dominant_share"] * sizes.sum():
        return f"dominance: the {top} largest make {section['dominant_share']:.0%} of it".replace(
            "%", " %"
        )
    if sizes[2:].sum() < section["p_ratio"] * sizes[0]:
        return "p-ratio: all but the two largest add up to too little beside the largest"
    return ""
