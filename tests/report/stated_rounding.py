"""The stated rule of rounding by Monte Carlo error, written again by another road."""

import numpy as np
from scipy.stats import norm

Z = norm.ppf(0.975)
BEYOND = np.sqrt(0.025 * 0.975) / norm.pdf(Z)
DRAWS = 500  # of each analysis of the study made here; its checks tell more than that


def at_error(value, error):
    """A number at the place of the leading digit of its error."""
    if not error > 0:
        return value
    place = 10.0 ** int(f"{error:e}".split("e")[1])
    return round(value / place) * place


def mean_and_ends(mean, low, high, draws=DRAWS):
    """A mean of draws and the ends of its interval, each at the place of its own error."""
    error = (high - low) / (2 * Z) / np.sqrt(draws)
    return [at_error(mean, error), *(at_error(end, BEYOND * error) for end in (low, high))]


def rounded(row, column, draws=DRAWS):
    """A cell of a table of draws: a chance, a mean, or an end of an interval."""
    if column.startswith("probability"):
        share = row[column]
        return at_error(share, np.sqrt(share * (1 - share) / draws))
    end = next((end for end in ("lower", "upper") if column.endswith(end)), "")
    stem = column.removesuffix(end).rstrip("_")
    low, high = (row.get(f"{stem}_{name}", row.get(name)) for name in ("lower", "upper"))
    mean = row[column] if not end else 0.0
    return mean_and_ends(mean, low, high, draws)[("", "lower", "upper").index(end)]
