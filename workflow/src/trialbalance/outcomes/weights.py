"""The area under a curve as a weighted sum of its visits, for models of the visits themselves."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.outcomes.curves import integrate_segments, trace_curves
from trialbalance.outcomes.follow_up_grid import Followed
from trialbalance.outcomes.scores.scoring import Scored

WEIGHTS = ["outcome", "measure", "visit", "time_years", "weight"]


def visit_weights(
    followed: Followed, scored: Scored, outcome: str, study: dict[str, Any], section: dict[str, Any]
) -> pd.DataFrame:
    """Return how much each visit's value counts in an outcome.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    scored : Scored
        The measure under whose curve the area is taken.
    outcome : str
        Name of the outcome.
    study, section : dict
        ``horizon_years``; discount_rate and discounting.

    Returns
    -------
    pandas.DataFrame
        outcome, measure, visit, time_years (when one has to be alive), weight (years).

    Notes
    -----
    Visits count at their planned times, and those at which nobody was ever scored not at all. With
    survival S that falls in a line between these times and the value held until death, the mean
    area is ``sum over rows of weight * S(time_years) * E[value at visit | alive]``, because the
    curve of someone who dies loses exactly the part that the right end of the interval would add.
    Without deaths it is the discounted trapezoid rule.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> followed = follow_participants(people, None, {"m0": 0.0, "m3": 0.25, "m12": 1.0})
    >>> value = np.array([[0.5, 0.6, 0.7]])
    >>> scored = Scored("eq5d", "utility", value, value == 1, value > 0, value > 0)
    >>> rates = {"discount_rate": 0.0, "discounting": "yearly"}
    >>> visit_weights(followed, scored, "qaly", {"horizon_years": 1.0}, rates)["weight"].to_list()
    [0.125, 0.5, 0.375]
    """
    horizon = study["horizon_years"]
    scored_here = ~np.isnan(np.where(followed.dead, np.nan, scored.value)).all(axis=0)
    planned = followed.planned
    asked = scored.expected()
    last = planned[asked & (planned >= horizon)].min(initial=planned.max())
    needed = scored_here & asked & (planned <= last)
    times = planned[needed]
    names = np.array(followed.visits, dtype=object)[needed]
    if not len(times):
        return pd.DataFrame(columns=WEIGHTS)
    # The curve through the visits is a straight line between these moments.
    moments = np.unique(np.append(np.minimum(times, horizon), horizon))
    hats = np.eye(len(moments))
    pieces = trace_curves(
        np.tile(moments, (len(moments), 1)), hats, np.full(len(moments), np.inf), horizon
    )
    _, area = integrate_segments(pieces, section["discount_rate"], section["discounting"])
    at_moment = area.sum(axis=1)
    # Value at each moment as a mixture of the visits around it.
    mixture = np.array([np.interp(moments, times, one) for one in np.eye(len(times))]).T
    place, visit = np.nonzero(mixture * at_moment[:, None])
    return pd.DataFrame(
        {
            "outcome": outcome,
            "measure": scored.measure,
            "visit": names[visit],
            "time_years": moments[place],
            "weight": at_moment[place] * mixture[place, visit],
        }
    )[WEIGHTS]
