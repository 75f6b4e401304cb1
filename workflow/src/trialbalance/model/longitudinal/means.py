"""Means of the arms: visits, periods, survival, and the totals that follow from them."""

import numpy as np

from trialbalance.model.longitudinal.cells import mean_given
from trialbalance.model.longitudinal.likelihood import NUMPY, transition


def arm_means(panel, p):
    """Return the means of each arm under one draw of the parameters.

    Parameters
    ----------
    panel : Panel
        The data.
    p : dict of numpy.ndarray
        Parameters, as :func:`trialbalance.model.longitudinal.likelihood.spread_out` gives them.

    Returns
    -------
    dict of numpy.ndarray
        mean_effect and mean_cost (arms,), mean_cost_group (arms, groups), visit_mean (arms, visits;
        of those alive), period_mean (arms, cells; 0 for the dead counted in) and alive (arms,
        moments).

    Notes
    -----
    Effect: ``sum over moments and visits of weight * E[alive * value]``; cost: ``sum over periods
    of E[alive at the start * cost]``. Both expectations go over the effects of participants, which
    move survival, value and cost together, and over the covariates of the whole population.

    References
    ----------
    Gabrio 2022, doi:10.1002/hec.4510, on the area as a contrast of visit means.

    Examples
    --------
    >>> arm_means.__name__
    'arm_means'
    """
    value = mean_given(panel.visits, p["visits"], panel.nodes)
    if panel.visits.on_grid:
        chance = transition(NUMPY, panel, p, 1 - p["correlation"] ** 2)
        value = value @ (chance / chance.sum(axis=0))
    else:
        middle = len(panel.nodes) // 2
        flat = value[:, :, middle : middle + 1]
        value = flat + p["correlation"] * (value - flat)
    if panel.ceiling is not None:
        value = panel.ceiling - value
    cost = mean_given(panel.periods, p["periods"], panel.nodes)
    alive = survival(panel, p, panel.moments)
    started = survival(panel, p, panel.starts)
    cost = (cost * started) @ panel.node_weights
    lived = np.einsum("amq,avq,q->amv", alive, value, panel.node_weights)
    at_visit = np.array([panel.weights[:, v].argmax() for v in range(panel.visits.size)])
    share = alive @ panel.node_weights
    groups = np.eye(len(panel.groups))[panel.periods.block]
    return {
        "mean_effect": (lived * panel.weights).sum(axis=(1, 2)),
        "mean_cost": cost.sum(axis=1),
        "mean_cost_group": cost @ groups,
        "visit_mean": lived[:, at_visit, np.arange(panel.visits.size)] / share[:, at_visit],
        "period_mean": cost,
        "alive": share,
    }


def survival(panel, p, times):
    """Return the share alive at each time by arm and node, shape (arms, times, nodes).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> panel = SimpleNamespace(mortal=False, arms=["A"], nodes=np.zeros(25))
    >>> survival(panel, {}, np.array([0.0, 1.0])).shape
    (1, 2, 25)
    """
    if not panel.mortal:
        return np.ones((len(panel.arms), len(times), len(panel.nodes)))
    start = np.append(0.0, panel.bounds[:-1])
    lived = np.clip(times[:, None] - start, 0.0, panel.bounds - start)
    risk = np.exp(p["hazard_loading"] * panel.nodes - 0.5 * p["hazard_loading"] ** 2)
    return np.exp(-(p["hazard"] @ lived.T)[:, :, None] * risk)
