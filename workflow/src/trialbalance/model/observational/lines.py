"""Lines of the table of associations, and the words that stand beside them."""

import numpy as np

ASSOCIATIONS = [
    *("name", "method", "estimate", "arm", "comparator", "value", "lower", "upper", "bias", "n"),
    *("missing", "effective_n", "largest_weight", "adjusted_for", "wording", "note"),
]
ASSOCIATED = "associated with"
DESCRIBED = "described, not compared"
UNMEASURED = "Common causes that were not measured may remain."
TIME_DEPENDENT = "Causes that change over time and drive both exposure and outcome may remain."
NOBODY = "No participants recruited."
ILLUSTRATIVE = "Illustrative, assumed."
SCREENS = "No contrast: the arms do not overlap"


def line(
    name: str,
    method: str,
    estimate: str,
    wording: str,
    arm: str | None = None,
    comparator: str | None = None,
    **values,
):
    """Return one line of the table; what is not given stays blank.

    Parameters
    ----------
    name : str
        Outcome, exposure or emulation.
    method, estimate, wording : str
        How it was estimated, what, and in which words it may be told.
    arm, comparator : str, optional
        Arm, and the arm it is set against.
    **values
        Further columns of `ASSOCIATIONS`.

    Returns
    -------
    dict
        One value a column.

    Examples
    --------
    >>> line("x", "crude", "mean", ASSOCIATED, n=3)["n"]
    3
    """
    blank = dict.fromkeys(ASSOCIATIONS) | dict.fromkeys(("value", "lower", "upper", "bias"), np.nan)
    found = {"name": name, "method": method, "estimate": estimate, "wording": wording}
    return blank | found | {"arm": arm, "comparator": comparator} | values


def spread(draws: np.ndarray):
    """Return lower and upper end of a percentile interval, blank where nothing is known.

    Examples
    --------
    >>> spread(np.array([np.nan]))
    {'lower': nan, 'upper': nan}
    """
    known = draws[np.isfinite(draws)]
    lower, upper = np.quantile(known, (0.025, 0.975)) if len(known) else (np.nan, np.nan)
    return {"lower": float(lower), "upper": float(upper)}
