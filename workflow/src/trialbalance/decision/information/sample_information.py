"""What a new trial of two arms would be worth, and at which size it pays best."""

from typing import Any

import numpy as np

from trialbalance.decision.information.closed_form import (
    discounted_people,
    normal_information_value,
)
from trialbalance.decision.information.partial_information import partial_information_value


def normal_sample_value(
    mean: float | np.ndarray, prior_variance: float | np.ndarray, data_variance: float | np.ndarray
):
    """Return the value of sample information in closed form, two arms, all normal.

    Parameters
    ----------
    mean : float or ndarray
        Expected incremental net benefit, in currency per person.
    prior_variance : float or ndarray
        Variance of the incremental net benefit before the new data.
    data_variance : float or ndarray
        Sampling variance of the incremental net benefit that the new trial would estimate.

    Returns
    -------
    float or ndarray
        Value per person, in currency.

    Notes
    -----
    The mean after the trial has variance v0^2 / (v0 + v), put into the unit normal loss.

    References
    ----------
    Willan AR, Pinto EM. The value of information and optimal clinical trial design. Stat Med
    2005;24:1791-806. doi:10.1002/sim.2069

    Examples
    --------
    Net benefit p1 - p2 with p1 ~ N(1, 1), ten observations of p1 and nothing learnt on p2:

    >>> round(float(normal_sample_value(1.0, 1.0, 0.1)), 6)
    0.072325
    """
    prior_variance = np.asarray(prior_variance, float)
    total = prior_variance + data_variance
    learnt = np.divide(
        prior_variance**2, total, out=np.zeros(np.broadcast(total).shape), where=total > 0
    )
    return normal_information_value(mean, np.sqrt(learnt))


def net_benefit_variance(spread: dict[str, Any], threshold: float | np.ndarray):
    """Return the variance of one participant's net benefit.

    Parameters
    ----------
    spread : dict
        Keys cost_sd (currency), effect_sd (units of the outcome), correlation (-1 to 1).
    threshold : float or ndarray
        Currency per unit of effect.

    Returns
    -------
    float or ndarray
        In currency squared: k^2 * var(effect) - 2 * k * cov + var(cost).

    Examples
    --------
    >>> net_benefit_variance({"cost_sd": 3.0, "effect_sd": 2.0, "correlation": 0.5}, 1.0)
    7.0
    """
    covariance = spread["correlation"] * spread["cost_sd"] * spread["effect_sd"]
    return (
        (threshold * spread["effect_sd"]) ** 2 - 2 * threshold * covariance + spread["cost_sd"] ** 2
    )


def trial_results(
    cost: np.ndarray,
    effect: np.ndarray,
    spreads: list[dict[str, Any]],
    noise: np.ndarray,
    size: float,
):
    """Return the means that a new trial would observe, one trial a draw.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm of the trial)
        True means of each draw.
    spreads : list of dict
        For each arm of the trial: cost_sd, effect_sd, correlation of single participants.
    noise : ndarray, shape (draw, 2 * arm of the trial)
        Standard normal numbers; the same ones at every size make the curve over sizes smooth.
    size : float
        Participants with an outcome per arm.

    Returns
    -------
    ndarray, shape (draw, 2 * arm of the trial)
        Observed mean cost and mean effect by arm.

    Notes
    -----
    Sample means are taken as normal, which they nearly are at the sizes of trials.

    Examples
    --------
    >>> spread = [{"cost_sd": 10.0, "effect_sd": 0.0, "correlation": 0.0}]
    >>> trial_results(np.ones((1, 1)), np.ones((1, 1)), spread, np.ones((1, 2)), 100).tolist()
    [[2.0, 1.0]]
    """
    columns = []
    for arm, spread in enumerate(spreads):
        first, second = noise[:, 2 * arm], noise[:, 2 * arm + 1]
        tilt = spread["correlation"]
        second = tilt * first + np.sqrt(1 - tilt**2) * second
        columns.append(cost[:, arm] + first * spread["cost_sd"] / np.sqrt(size))
        columns.append(effect[:, arm] + second * spread["effect_sd"] / np.sqrt(size))
    return np.column_stack(columns)


def sample_value(
    cost: np.ndarray,
    effect: np.ndarray,
    trial_arms: list[int],
    spreads: list[dict[str, Any]],
    size: float,
    thresholds: np.ndarray,
    noise: np.ndarray,
):
    """Return the value of a new trial by regression on the results it would show.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome, all arms of the decision.
    trial_arms : list of int
        Columns of the arms that the trial compares.
    spreads : list of dict
        Spread of single participants in each of these arms, as for `trial_results`.
    size : float
        Participants with an outcome per arm, after dropout.
    thresholds : ndarray, shape (threshold,)
        Currency per unit of effect, ascending.
    noise : ndarray, shape (draw, 2 * arm of the trial)
        Standard normal numbers.

    Returns
    -------
    PartialInformation
        Value per person at each threshold, with standard error, bias and clamping.

    References
    ----------
    Strong M, Oakley JE, Brennan A, Breeze P. Estimating the expected value of sample information
    using the probabilistic sensitivity analysis sample. Med Decis Making 2015;35:570-83.
    doi:10.1177/0272989X15575286

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> cost = np.column_stack([np.zeros(4000), rng.normal(-1, 1, 4000)])
    >>> spread = [{"cost_sd": 0.0, "effect_sd": 0.0, "correlation": 0.0}] * 2
    >>> noise = rng.normal(size=(4000, 4))
    >>> exact = sample_value(cost, 0 * cost, [0, 1], spread, 10, np.zeros(1), noise)
    >>> bool(abs(exact.value[0] - 0.083315) < 3 * exact.error[0])
    True
    """
    results = trial_results(cost[:, trial_arms], effect[:, trial_arms], spreads, noise, size)
    return partial_information_value(cost, effect, results, thresholds)


def trial_net_value(
    per_person: np.ndarray,
    forgone: np.ndarray,
    size: int,
    plan: dict[str, Any],
    population: dict[str, Any],
):
    """Return the expected net benefit of sampling: what a trial is worth less what it costs.

    Parameters
    ----------
    per_person : ndarray, shape (threshold,)
        Value of the sample information per person, in currency.
    forgone : ndarray, shape (threshold,)
        Expected net benefit forgone for one participant in each arm together, against the arm
        that is best on present evidence.
    size : int
        Participants recruited per arm.
    plan : dict
        Keys fixed_cost, cost_per_participant, recruited_per_year, years_after_recruitment.
    population : dict
        Keys incidence, years, discount_rate, uptake.

    Returns
    -------
    ndarray, shape (threshold,)
        In currency. People treated before the result is in gain nothing from it.

    Notes
    -----
    ENBS(n) = EVSI(n) * people after the result - fixed cost - 2 n * cost per participant
    - n * net benefit forgone by a pair of participants.

    References
    ----------
    Willan AR, Pinto EM. Stat Med 2005;24:1791-806. doi:10.1002/sim.2069

    Examples
    --------
    >>> plan = {"fixed_cost": 500.0, "cost_per_participant": 1.0, "recruited_per_year": 200,
    ...         "years_after_recruitment": 1.0}
    >>> people = {"incidence": 1000, "years": 4, "discount_rate": 0.0, "uptake": 1.0}
    >>> trial_net_value(np.array([2.0]), np.array([3.0]), 100, plan, people).tolist()
    [3000.0]
    """
    delay = plan["years_after_recruitment"]
    if plan["recruited_per_year"]:
        delay += 2 * size / plan["recruited_per_year"]
    people = discounted_people(**population, after=delay)
    spent = plan["fixed_cost"] + 2 * size * plan["cost_per_participant"]
    return per_person * people - spent - size * forgone
