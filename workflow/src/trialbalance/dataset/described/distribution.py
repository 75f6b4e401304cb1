"""How cost is spread: participants by band of cost and arm."""

import math

import numpy as np
import pandas as pd

COLUMNS = ["arm", "lower", "upper", "participants"]
# About how many bands the costs of all arms are spread over.
BANDS = 20


def band_width(spread: float, bands: int = BANDS) -> float:
    """Return a round width of bands that cover a range: 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    spread : float
        Length of the range, in currency; 0 or more.
    bands : int
        The most bands wanted.

    Returns
    -------
    float
        Smallest round width with no more bands than that; 1 where nothing is spread.

    Examples
    --------
    >>> band_width(187_000.0), band_width(19.0), band_width(0.0)
    (10000.0, 1.0, 1.0)
    """
    if not spread > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(spread / bands))
    return next(power * step for step in (1, 2, 5, 10) if power * step * bands >= spread)


def cost_distribution(dataset: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """Return how many participants of each arm have a cost in each band.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Columns arm and cost (currency a participant; blank where not seen).
    arms : list of str
        Arms of the study in their order.

    Returns
    -------
    pandas.DataFrame
        Columns arm, lower, upper and participants; the same bands in every arm. No rows where no
        cost was seen.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"], "cost": [0.0, 30.0, 41.0, None]})
    >>> table = cost_distribution(people, ["a", "b"])
    >>> int(table["participants"].sum()), table.groupby("arm")["participants"].sum().to_list()
    (3, [2, 1])
    """
    cost = pd.to_numeric(dataset["cost"], errors="coerce").astype(float)
    if not cost.notna().any():
        return pd.DataFrame(columns=COLUMNS)
    width = band_width(float(cost.max() - cost.min()))
    first = math.floor(cost.min() / width)
    edges = width * np.arange(first, math.floor(cost.max() / width) + 2)
    rows = []
    for arm in arms:
        own = cost[(dataset["arm"] == arm) & cost.notna()]
        # A cost on an edge belongs to the band above it; the last edge lies above every cost.
        counts = np.bincount(np.searchsorted(edges, own, "right") - 1, minlength=len(edges) - 1)
        for place, count in enumerate(counts):
            rows.append([arm, edges[place], edges[place + 1], int(count)])
    return pd.DataFrame(rows, columns=COLUMNS)
