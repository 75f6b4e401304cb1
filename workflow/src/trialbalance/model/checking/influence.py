"""How far each participant moves the answer: what leaving one out does to the arms' means."""

import numpy as np

from trialbalance.model.cells.means.averages import history, totals
from trialbalance.model.cells.means.completing import Completed
from trialbalance.model.cells.table import Cells

OUTCOMES = ("effect", "cost")


def completed_sums(cells: Cells, filled: Completed) -> np.ndarray:
    """Return effect, cost and history of each participant, summed over draws.

    Parameters
    ----------
    cells, filled : Cells, Completed
        The trial with every cell filled.

    Returns
    -------
    numpy.ndarray, shape (1, participants, 2 + predictors)

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_cells
    >>> one = Completed(*[np.ones((3, 4, 2))] * 5, np.zeros((3, 2, 2)))
    >>> completed_sums(example_cells(4), one)[0, 0].tolist()
    [3.0, 0.0, 3.0]
    """
    effect, cost = totals(cells, filled)
    parts = [effect[..., None], cost.sum(axis=2, keepdims=True), history(cells, filled)]
    return np.concatenate(parts, axis=2).sum(axis=0, keepdims=True)


def left_out_moves(
    arm: np.ndarray, completed: np.ndarray, likelihood: np.ndarray, means: np.ndarray
) -> np.ndarray:
    """Return by how much the arms' means move when one participant is left out.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    completed : numpy.ndarray, shape (participants, 2 + predictors)
        Mean completed effect and cost, and what the arms are adjusted for.
    likelihood : numpy.ndarray, shape (draws, participants)
        Log-likelihood of each participant.
    means : numpy.ndarray, shape (draws, arms, 2)
        Means of the arms: effect and cost.

    Returns
    -------
    numpy.ndarray, shape (participants, arms, 2)

    Notes
    -----
    To first order ``-r_i / (n_a - 1) - cov(log L_i, mean)``: who is left out takes their residual
    r_i from the mean of their own arm, and what they say about the parameters from what is filled
    in for others. The covariance over draws is the infinitesimal jackknife; unlike an importance
    weight it has no heavy tail.

    References
    ----------
    Giordano 2023, doi:10.48550/arXiv.2305.06466. Cook 1986, doi:10.1111/j.2517-6161.1986.tb01398.x.

    Examples
    --------
    >>> arm, ones = np.array([0, 0, 0, 1, 1]), np.ones((4, 5))
    >>> completed = np.c_[[0.0, 0.0, 3.0, 1.0, 1.0], np.zeros(5)]
    >>> left_out_moves(arm, completed, ones, np.zeros((4, 2, 2)))[2, 0, 0].item()
    -1.0
    """
    arms = means.shape[1]
    member = np.eye(arms)[arm]
    count = member.sum(axis=0)
    centred = completed - (member.T @ completed / np.maximum(count, 1)[:, None])[arm]
    away, before = centred[:, :2], centred[:, 2:]
    if before.shape[1]:
        away = away - before @ np.linalg.lstsq(before, away, rcond=None)[0]
    found = -np.einsum("nk,na->nak", away, member) / np.maximum(count - 1, 1)[:, None]
    rest = likelihood - likelihood.mean(axis=0)
    return found - np.einsum("sn,sak->nak", rest, means) / max(len(rest) - 1, 1)
