"""A target trial of starting within a grace period, emulated by clone, censor and weight."""

from typing import Any

import numpy as np

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.model.observational.regression import chances


def emulate(
    start: np.ndarray,
    event: np.ndarray,
    death: np.ndarray,
    design: np.ndarray,
    settings: dict[str, Any],
    horizon: float,
    truncation: float,
):
    """Return the risk of an event under starting, and under not starting, in a grace period.

    Parameters
    ----------
    start : numpy.ndarray, shape (participants,)
        Years from first eligibility to starting; NaN where nobody saw it start.
    event : numpy.ndarray, shape (participants,)
        Years to the first event; NaN where there was none.
    death : numpy.ndarray, shape (participants,)
        Years to death; infinite where none. The dead stay free of the event.
    design : numpy.ndarray, shape (participants, columns)
        Covariates known at eligibility.
    settings : dict
        ``grace_days`` and ``step_days``.
    horizon : float
        Years followed.
    truncation : float
        Quantile of weights above which they are cut.

    Returns
    -------
    dict
        risk, shape (2,): not starting, starting; effective, shape (2,): effective sizes at the end
        of the grace period; largest, shape (2,): largest weights; started: how many started in it.

    Notes
    -----
    Everybody is cloned at time zero into both strategies. A clone is censored when its person
    first departs from the strategy: not starting, when the person starts within the grace period;
    starting, at the end of the grace period when the person has not started. Those who go on stand
    for those censored, by weights: ``1 / prod_j (1 - h_j(x))`` with h the hazard of starting, from
    a pooled logistic regression; and ``1 / P(started by the end | x, alive and free of the event)``
    from then on. Risk is one minus the product over steps of one minus the weighted hazard. What
    follows the grace period follows the person, in both strategies.

    References
    ----------
    Hernán 2016, doi:10.1093/aje/kwv254; Maringe 2020, doi:10.1093/ije/dyaa057.

    Examples
    --------
    >>> nobody = np.full(4, np.nan)
    >>> found = emulate(np.array([0.0, 0.0, np.nan, np.nan]), np.array([0.5, np.nan, 0.5, 0.5]),
    ...     np.full(4, np.inf), np.empty((4, 0)), {"grace_days": 30, "step_days": 30}, 1.0, 1.0)
    >>> found["risk"].round(2)
    array([1. , 0.5])
    """
    step = settings["step_days"] / DAYS_A_YEAR
    steps = int(np.ceil(horizon / step - 1e-9))
    grace = min(int(np.ceil(settings["grace_days"] / settings["step_days"] - 1e-9)), steps)
    happened = _step(np.where(event < horizon, event, np.nan), step, steps)
    begun = _step(np.where(start > event, np.nan, start), step, steps)
    dead = _step(np.where(np.isinf(death), np.nan, death), step, steps)
    without = _never_started(begun, happened, dead, design, grace, steps, truncation)
    within = _started(begun, happened, dead, design, grace, steps, truncation)
    found = {"risk": np.zeros(2), "effective": np.zeros(2), "largest": np.zeros(2)}
    for number, weight in enumerate((without, within)):
        found["risk"][number] = _risk(weight, happened)
        last = weight[:, grace - 1 if grace == steps else grace]
        found["effective"][number] = last.sum() ** 2 / max((last**2).sum(), 1e-300)
        found["largest"][number] = last.max()
    return found | {"started": int((begun < grace).sum())}


def _step(years, step, steps):
    """Return the step in which something happens; `steps` where it does not."""
    number = np.floor(np.nan_to_num(years, nan=np.inf) / step + 1e-9)
    return np.minimum(number, steps).astype(int)


def _never_started(begun, happened, dead, design, grace, steps, truncation):
    """Return the weight of each clone that does not start, by step; 0 once censored."""
    ending = np.minimum(happened, dead)
    number = np.arange(grace)
    at_risk = (begun[:, None] >= number) & (ending[:, None] >= number)
    person, when = np.nonzero(at_risk)
    # Time as a straight line and a bend: a level for every step would separate in small samples.
    time = np.stack([when, when**2], axis=1) / max(grace, 1)
    moving = time if grace > 2 else time[:, : grace - 1]
    yes = (begun[person] == when).astype(float)
    hazard = np.zeros((len(begun), grace))
    predictors = np.hstack([moving, design[person]])
    hazard[person, when] = chances(yes, predictors, predictors)
    weight = np.cumprod(1 / (1 - hazard), axis=1)
    weight = np.hstack([weight, np.repeat(weight[:, -1:], steps - grace, axis=1)])
    censored = begun[:, None] <= np.minimum(np.arange(steps), grace - 1)
    return _cut(np.where(censored, 0.0, weight), truncation)


def _started(begun, happened, dead, design, grace, steps, truncation):
    """Return the weight of each clone that starts, by step; 0 once censored."""
    weight = np.ones((len(begun), steps))
    asked = (happened >= grace) & (dead >= grace)
    yes = begun < grace
    if asked.any() and grace < steps:
        own = chances(yes[asked].astype(float), design[asked], design[asked])
        weight[np.flatnonzero(asked), grace:] = np.where(yes[asked], 1 / own, 0.0)[:, None]
    return _cut(weight, truncation)


def _cut(weight, truncation):
    """Cut the weights of each step at a quantile of those still followed."""
    for number in range(weight.shape[1]):
        own = weight[:, number]
        if (own > 0).any():
            weight[:, number] = np.minimum(own, np.quantile(own[own > 0], truncation))
    return weight


def _risk(weight, happened):
    """Return the weighted risk at the end of the last step."""
    free = 1.0
    for number in range(weight.shape[1]):
        followed = happened >= number
        total = weight[followed, number].sum()
        if total > 0:
            free *= 1 - weight[followed & (happened == number), number].sum() / total
    return 1 - free
