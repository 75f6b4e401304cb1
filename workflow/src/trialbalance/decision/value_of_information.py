"""The table of what more information is worth."""

import numpy as np
import pandas as pd

from trialbalance.decision.information import population_factor


def perfect_information(thresholds, curves, section):
    """Return the value of perfect information at every threshold.

    Parameters
    ----------
    thresholds : Thresholds
        Thresholds of the outcome.
    curves : Curves
        Curves at these thresholds.
    section : dict
        Resolved settings of the decision stage; ``population`` is read.

    Returns
    -------
    DataFrame
        Columns threshold, quantity, per_person, standard_error, population, exploratory, note;
        the population value is blank without a declared incidence or an accepted threshold.
    """
    return information_rows(
        "evpi",
        thresholds.grid,
        curves.evpi,
        curves.evpi_error,
        thresholds,
        population_factor(section.get("population", {})),
    )


def information_rows(quantity, grid, value, error, thresholds, people, note=None):
    """Return rows of the information table for one quantity.

    Parameters
    ----------
    quantity : str
        evpi, evppi:<group>, evsi:<n> or enbs:<n>.
    grid, value, error : ndarray, shape (threshold,)
        Thresholds, value per person in currency and its standard error.
    thresholds : Thresholds
        Thresholds of the outcome; an exploratory outcome gets no population value.
    people : float or None
        Discounted people a decision concerns.
    note : str or array of str, optional
        How the value was estimated, or what to know about it.

    Returns
    -------
    DataFrame
        Columns threshold, quantity, per_person, standard_error, population, exploratory, note.
    """
    known = people is not None and not thresholds.exploratory
    return pd.DataFrame(
        {
            "threshold": grid,
            "quantity": quantity,
            "per_person": value,
            "standard_error": error,
            "population": value * people if known else np.nan,
            "exploratory": thresholds.exploratory,
            "note": pd.Series(
                [note] * len(grid) if note is None or isinstance(note, str) else note, dtype=object
            ),
        }
    )
