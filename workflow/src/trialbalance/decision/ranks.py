"""How often each arm comes first, second and so on."""

import numpy as np


def rank_probabilities(cost, effect, threshold):
    """Return the probability of every rank of every arm at one threshold.

    Parameters
    ----------
    cost, effect : ndarray, shape (draw, arm)
        Cost in currency and effect in units of the outcome.
    threshold : float
        Currency per unit of effect.

    Returns
    -------
    ndarray, shape (arm, rank)
        Rows and columns each add up to 1; the first column is the probability of being best.
        Arms that tie share the ranks they cover equally.

    Examples
    --------
    >>> rank_probabilities(np.array([[1.0, 2.0], [3.0, 3.0]]), np.zeros((2, 2)), 0.0).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    value = np.ascontiguousarray((threshold * effect - cost).T)
    arms, draws = value.shape
    ranks = np.zeros((arms, arms + 1))
    for arm in range(arms):
        better, level = (value > value[arm]).sum(axis=0), (value == value[arm]).sum(axis=0)
        # A tie over several ranks adds its share from the first of them to the last.
        ranks[arm] += np.bincount(better, weights=1 / level, minlength=arms + 1)
        ranks[arm] -= np.bincount(better + level, weights=1 / level, minlength=arms + 1)
    return ranks.cumsum(axis=1)[:, :-1] / draws
