"""The value of perfect information in closed form, and for a population."""

from typing import Any

import numpy as np
from scipy.special import ndtr


def normal_information_value(mean: float | np.ndarray, deviation: float | np.ndarray):
    """Return the value of information about a normal incremental net benefit, two arms.

    Parameters
    ----------
    mean : float or ndarray
        Expected incremental net benefit, in currency per person.
    deviation : float or ndarray
        Standard deviation, zero or more: of the whole uncertainty for perfect information, of
        the preposterior mean for partial or sample information.

    Returns
    -------
    float or ndarray
        Value per person, in currency.

    Notes
    -----
    s * phi(m / s) - |m| * Phi(-|m| / s), the unit normal loss.

    References
    ----------
    Raiffa H, Schlaifer R. Applied Statistical Decision Theory. Harvard; 1961.
    Wilson ECF. A practical guide to value of information analysis. PharmacoEconomics
    2015;33:105-21. doi:10.1007/s40273-014-0219-x

    Examples
    --------
    >>> round(float(normal_information_value(1.0, 5**0.5)), 6)
    0.479811
    """
    mean, deviation = np.abs(mean), np.asarray(deviation, float)
    safe = np.where(deviation > 0, deviation, 1.0)
    value = safe * _density(mean / safe) - mean * ndtr(-mean / safe)
    return np.where(deviation > 0, value, 0.0)[()]


def _density(value: np.ndarray) -> np.ndarray:
    """Return the density of a standard normal."""
    return np.exp(-(value**2) / 2.0) / np.sqrt(2 * np.pi)


def discounted_people(
    incidence: float, years: float, discount_rate: float, uptake: float = 1.0, after: float = 0.0
):
    """Return how many people a decision concerns, later ones discounted.

    Parameters
    ----------
    incidence : float
        People a year for whom the decision is taken.
    years : float
        Years for which the decision stands; a part of a year counts in part.
    discount_rate : float
        Yearly rate, a proportion.
    uptake : float
        Share of them whom the decision reaches, 0 to 1.
    after : float
        Years that pass before information can change the decision.

    Returns
    -------
    float
        Discounted people.

    Notes
    -----
    sum over years t = 0, 1, ... of incidence * uptake * (1 + r)^-t, the first year undiscounted.

    References
    ----------
    Rothery C, et al. Value of information analytical methods: report 2 of the ISPOR task force.
    Value Health 2020;23:277-86. doi:10.1016/j.jval.2020.01.004

    Examples
    --------
    >>> round(discounted_people(1000, 2, 0.035), 2)
    1966.18
    """
    whole = np.arange(int(np.ceil(years)))
    share = np.clip(years - whole, 0, 1) - np.clip(after - whole, 0, 1)
    weights = np.maximum(share, 0) * (1 + discount_rate) ** -whole.astype(float)
    return float(incidence * uptake * weights.sum())


def population_factor(population: dict[str, Any]):
    """Return the discounted people of a population declared in the settings, or None.

    Parameters
    ----------
    population : dict
        Keys incidence (None if not declared), years, discount_rate, uptake.

    Returns
    -------
    float or None
        What a value per person is multiplied with.

    Examples
    --------
    >>> population_factor({"incidence": None, "years": 10, "discount_rate": 0.035, "uptake": 1})
    """
    if population["incidence"] is None:
        return None
    return discounted_people(**population)
