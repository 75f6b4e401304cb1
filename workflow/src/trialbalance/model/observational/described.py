"""Where arms cannot be compared: described means, what loss and bias could do to them."""

from typing import Any

import numpy as np
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint


def describe(value: np.ndarray, kind: str, limits: list[float] | None):
    """Return the mean of one arm's outcome, its interval, and its bounds over those lost.

    Parameters
    ----------
    value : numpy.ndarray
        Outcome of everybody in the arm; NaN where it was not observed.
    kind : {"mean", "binary"}
        Number, or yes or no.
    limits : list of float or None
        Lowest and highest possible value; 0 and 1 for a binary outcome.

    Returns
    -------
    dict
        value, lower, upper (95 %, of those observed), lowest, highest (mean of the whole arm if
        everybody lost had the lowest or highest value), n, missing.

    Notes
    -----
    Wilson's interval for shares, Student's for means.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953; Manski 1990 for the bounds.

    Examples
    --------
    >>> found = describe(np.array([1.0, 0.0, np.nan]), "binary", None)
    >>> round(found["lowest"], 2), round(found["highest"], 2)
    (0.33, 0.67)
    """
    seen = value[~np.isnan(value)]
    lost = len(value) - len(seen)
    found = dict.fromkeys(("value", "lower", "upper", "lowest", "highest"), np.nan)
    found |= {"n": len(seen), "missing": lost}
    limits = [0.0, 1.0] if kind == "binary" else limits
    if len(value) and limits:
        for name, limit in zip(("lowest", "highest"), limits, strict=True):
            found[name] = float((seen.sum() + lost * limit) / len(value))
    if not len(seen):
        return found
    found["value"] = float(seen.mean())
    if kind == "binary":
        low, high = proportion_confint(seen.sum(), len(seen), method="wilson")
        found |= {"lower": float(low), "upper": float(high)}
    elif len(seen) > 1:
        half = t.ppf(0.975, len(seen) - 1) * seen.std(ddof=1) / np.sqrt(len(seen))
        found |= {"lower": found["value"] - half, "upper": found["value"] + half}
    return found


def bias_to_meet(one: dict[str, Any], other: dict[str, Any]):
    """Return the smallest bias, in the outcome's unit, that makes two described intervals meet.

    Parameters
    ----------
    one, other : dict
        Two arms, from `describe`.

    Returns
    -------
    float
        0 where they meet already; NaN where an arm has no interval. It says how little bias would
        do, not how large a difference is.

    Notes
    -----
    The E-value asks the same on the ratio scale; here it is asked in the unit of the outcome.

    References
    ----------
    VanderWeele 2017, doi:10.7326/M16-2607.

    Examples
    --------
    >>> round(bias_to_meet({"lower": 0.1, "upper": 0.3}, {"lower": 0.4, "upper": 0.6}), 3)
    0.1
    """
    gap = max(one["lower"] - other["upper"], other["lower"] - one["upper"])
    return float(gap) if np.isnan(gap) else float(max(gap, 0.0))


def map_lost(one: np.ndarray, other: np.ndarray, tried: list[float]):
    """Yield the means of two whole arms for every pair of means supposed of those lost.

    Parameters
    ----------
    one, other : numpy.ndarray
        Outcome of everybody in the arm and in the comparator; NaN where it was not observed.
    tried : list of float
        Means supposed of those lost.

    Yields
    ------
    tuple
        Supposed in the arm, in the comparator, mean of the arm, of the comparator, which is higher.

    Notes
    -----
    ``(sum of those seen + lost * supposed) / all``. Nothing about those lost is estimated.

    References
    ----------
    Manski 1990 for the corners of such a map.

    Examples
    --------
    >>> list(map_lost(np.array([1.0, np.nan]), np.array([1.0, 0.0, 0.0]), [0.0]))
    [(0.0, 0.0, 0.5, 0.3333333333333333, 'arm')]
    """
    for mine in tried:
        for theirs in tried:
            means = [
                float(np.where(np.isnan(values), supposed, values).mean())
                if len(values)
                else np.nan
                for values, supposed in ((one, mine), (other, theirs))
            ]
            higher = "arm" if means[0] > means[1] else "comparator"
            higher = "equal" if means[0] == means[1] else higher
            yield mine, theirs, *means, "not known" if np.isnan(means).any() else higher
