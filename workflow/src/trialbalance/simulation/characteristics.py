"""Characteristics of participants, and the latent severity they contribute to."""

import numpy as np
import pandas as pd
from scipy.stats import norm


def _levels(levels: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    values = np.repeat(np.array(list(levels), dtype=object), list(levels.values()))
    drawn = rng.permutation(values)
    return drawn == "true" if set(levels) == {"true", "false"} else drawn


def _numeric(spec: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    low, high = spec["limits"]
    uniform = rng.random(n)
    # Inverse of the truncated distribution, so that limits never pile people up at the edge.
    if spec["distribution"] == "lognormal":
        low, high = np.log(max(low, 1e-9)), np.log(high)
        mean = np.log(spec["median"])
        sd = spec["log_sd"]
    else:
        mean, sd = spec["mean"], spec["sd"]
    edge = norm.cdf([(low - mean) / sd, (high - mean) / sd])
    values = mean + sd * norm.ppf(edge[0] + uniform * (edge[1] - edge[0]))
    values = np.exp(values) if spec["distribution"] == "lognormal" else values
    return np.round(values, spec["decimals"])


def draw_characteristics(section: dict, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw covariates: exact counts of categories in random order, numbers, and cut numbers.

    Parameters
    ----------
    section : dict
        ``categories`` (name to counts by level), ``numbers`` (name to truncated normal or
        lognormal) and ``cuts`` (name to column, bound and the labels below and above it).
    n : int
        Number of participants.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One column a covariate.

    Examples
    --------
    >>> section = {"categories": {"sex": {"f": 1, "m": 2}}, "numbers": {}, "cuts": {}}
    >>> sorted(draw_characteristics(section, 3, np.random.default_rng(1))["sex"])
    ['f', 'm', 'm']
    """
    columns = {name: _levels(spec, n, rng) for name, spec in section["categories"].items()}
    columns |= {name: _numeric(spec, n, rng) for name, spec in section["numbers"].items()}
    for name, spec in section["cuts"].items():
        above = columns[spec["column"]] > spec["bound"]
        columns[name] = np.where(above, spec["above"], spec["below"]).astype(object)
    return pd.DataFrame(columns)


def draw_severity(
    characteristics: pd.DataFrame, effects: dict, rng: np.random.Generator
) -> np.ndarray:
    """Draw a latent severity to which characteristics contribute.

    Parameters
    ----------
    characteristics : pandas.DataFrame
        One column a covariate.
    effects : dict
        Covariate to ``{level, share, effect}``: shift for those at the level, centred on its share.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Mean 0 and variance 1 in expectation.

    Examples
    --------
    >>> frame = pd.DataFrame({"sex": ["f", "m"]})
    >>> draw_severity(frame, {}, np.random.default_rng(1)).shape
    (2,)
    """
    shift, explained = np.zeros(len(characteristics)), 0.0
    for name, spec in effects.items():
        level = spec["level"]
        at = characteristics[name] == (level == "true" if level in ("true", "false") else level)
        shift += spec["effect"] * (at.to_numpy(dtype=float) - spec["share"])
        explained += spec["effect"] ** 2 * spec["share"] * (1 - spec["share"])
    return shift + np.sqrt(1 - explained) * rng.standard_normal(len(shift))
