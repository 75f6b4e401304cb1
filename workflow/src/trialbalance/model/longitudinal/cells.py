"""Cells, the columns of a panel: measures at visits, or costs by source group and period."""

from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Cells:
    """Values of participants in cells, in multiples of each cell's unit.

    Parameters
    ----------
    names : list of str
        Name of each cell.
    family : {"normal", "gamma", "lognormal"}
        Distribution of a value that is not zero, given the participant's effect.
    unit : numpy.ndarray, shape (cells,)
        Unit of each cell in the data's own.
    known : numpy.ndarray, shape (cells,)
        Value of a cell that is the same for everybody and not modelled; NaN for the others.
    value : numpy.ndarray, shape (participants, cells)
        Values, 1 where not positive or not observed.
    positive, zero : numpy.ndarray of 0 and 1, shape (participants, cells)
        Observed and not zero; observed and zero behind a hurdle.
    hurdle : numpy.ndarray of int
        Cells with a hurdle.
    block : numpy.ndarray of int, shape (cells,)
        Cells of one block share slopes, spread and effect of the participant.
    blocks : list of str
        Names of the blocks.
    common : int
        How many of the first cells have one mean for all arms (a baseline before randomisation).
    centre : float
        Prior mean of the level.
    design : numpy.ndarray, shape (participants, columns)
        Covariates.
    columns : list of str
        Their names.
    """

    names: list
    family: str
    unit: np.ndarray
    known: np.ndarray
    value: np.ndarray
    positive: np.ndarray
    zero: np.ndarray
    hurdle: np.ndarray
    block: np.ndarray
    blocks: list
    common: int
    centre: float
    design: np.ndarray
    columns: list

    @property
    def size(self):
        """Number of cells."""
        return len(self.names)

    @property
    def on_grid(self):
        """Whether the effect of the participant has to be integrated over a grid."""
        return self.family != "normal" or bool(len(self.hurdle))


def level(xp, cells, arms, p):
    """Return the level of each participant and cell: the mean, or its log, at effect zero.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    cells : Cells
        The cells.
    arms : numpy.ndarray, shape (participants, arms)
        1 in the column of the participant's arm.
    p : dict
        Parameters of these cells: level (arms, cells) and slope (columns, blocks).

    Returns
    -------
    array, shape (participants, cells)

    Examples
    --------
    >>> level.__name__
    'level'
    """
    found = xp.dot(arms, p["level"])
    if cells.columns:
        found = found + xp.dot(
            xp.dot(cells.design, p["slope"]), np.eye(len(cells.blocks))[:, cells.block]
        )
    return found


def smooth(xp, cells, arms, p):
    """Return the log-likelihood of normal values, a quadratic of the participant's effect t.

    Parameters
    ----------
    xp, cells, arms, p
        As for `level`; p also has spread (arms, cells) and loading (cells).

    Returns
    -------
    a, b, c : arrays, shape (participants,)
        Log-likelihood ``a + b t - c t^2 / 2``; zeros for other families.

    Notes
    -----
    ``y ~ N(level + loading t, spread)``.

    Examples
    --------
    >>> smooth.__name__
    'smooth'
    """
    if cells.family != "normal":
        return 0.0, 0.0, 0.0
    by_arm = p["spread"] ** -2.0
    rate, log_rate = xp.dot(arms, by_arm), xp.dot(arms, xp.log(by_arm))
    rest = cells.value - level(xp, cells, arms, p)
    weight = cells.positive * rate
    a = -0.5 * (cells.positive * (np.log(2 * np.pi) - log_rate) + weight * rest**2).sum(axis=1)
    return a, xp.dot(weight * rest, p["loading"]), xp.dot(weight, p["loading"] ** 2)


def log_factor(xp, p, nodes):
    """Return the log of the factor by which an effect moves the mean, shape (cells, nodes).

    Notes
    -----
    ``1 + tanh(loading) (2 Phi(t) - 1)``: bounded, with mean 1, so that the level is the mean over
    participants and no unseen tail of effects can carry it.

    Examples
    --------
    >>> np.exp(log_factor(np, {"loading": np.array([20.0])}, np.array([-9.0, 0.0, 9.0]))).round(3)
    array([[0., 1., 2.]])
    """
    place = 2 * special.ndtr(nodes) - 1
    return xp.log1p(0.999999 * xp.tanh(p["loading"])[:, None] * place[None, :])


def on_grid(xp, cells, arms, p, nodes):
    """Return the part of the log-likelihood that needs a grid of the participant's effect.

    Parameters
    ----------
    xp, cells, arms, p
        As for `smooth`; p also has zero_level (arms, hurdles) and zero_loading (hurdles).
    nodes : numpy.ndarray, shape (nodes,)
        Values of the effect t.

    Returns
    -------
    array, shape (participants, nodes)

    Notes
    -----
    Gamma and lognormal: ``E[y | t] = exp(level) factor(t)``, see `log_factor`. A zero has the
    log-odds ``zero_level + zero_loading t``. Everything is a product of a part of the
    participant and a part of the node, so the grid costs a few products of matrices.

    References
    ----------
    Gabrio 2019, doi:10.1002/sim.8045, on hurdles.

    Examples
    --------
    >>> on_grid.__name__
    'on_grid'
    """
    total = 0.0
    if cells.family == "gamma":
        total = _gamma(xp, cells, arms, p, log_factor(xp, p, nodes))
    elif cells.family == "lognormal":
        total = _lognormal(xp, cells, arms, p, log_factor(xp, p, nodes))
    if len(cells.hurdle):
        logit = p["zero_level"][:, :, None] + (p["zero_loading"][:, None] * nodes[None, :])[None]
        logit = logit.reshape((arms.shape[1] * len(cells.hurdle), len(nodes)))
        zero, some = (
            (arms[:, :, None] * mask[:, None, cells.hurdle]).reshape(len(arms), -1)
            for mask in (cells.zero, cells.positive)
        )
        total = total - xp.dot(zero, xp.softplus(-logit)) - xp.dot(some, xp.softplus(logit))
    return total


def _gamma(xp, cells, arms, p, factor):
    """Gamma values: the shape is spread^-2."""
    by_arm = p["spread"] ** -2.0
    # Functions of the shape alone are taken once an arm, not once a participant.
    constant = xp.dot(arms, by_arm * xp.log(by_arm) - xp.gammaln(by_arm))
    log_mean, logs = level(xp, cells, arms, p), np.log(cells.value)
    some = cells.positive * xp.dot(arms, by_arm)
    alone = (cells.positive * (constant - logs) + some * (logs - log_mean)).sum(axis=1)
    ratio = some * cells.value * xp.exp(-log_mean)
    return alone[:, None] - xp.dot(some, factor) - xp.dot(ratio, xp.exp(-factor))


def _lognormal(xp, cells, arms, p, factor):
    """Lognormal values: the SD of the log is spread."""
    by_arm = p["spread"] ** -2.0
    rate, log_rate = xp.dot(arms, by_arm), xp.dot(arms, xp.log(by_arm))
    logs = np.log(cells.value)
    rest = logs - level(xp, cells, arms, p) + 0.5 / rate
    weight = cells.positive * rate
    constant = np.log(2 * np.pi) + 2 * logs - log_rate
    alone = -0.5 * (cells.positive * constant + weight * rest**2).sum(axis=1)
    return alone[:, None] + xp.dot(weight * rest, factor) - 0.5 * xp.dot(weight, factor**2)


def mean_given(cells, p, nodes):
    """Return the mean of each arm and cell given the participant's effect, over the population.

    Parameters
    ----------
    cells : Cells
        The cells.
    p : dict of numpy.ndarray
        One draw of their parameters.
    nodes : numpy.ndarray
        Values of the effect.

    Returns
    -------
    numpy.ndarray, shape (arms, cells, nodes)
        In the unit of the data; covariates are averaged over everybody, whatever their arm.

    Examples
    --------
    >>> mean_given.__name__
    'mean_given'
    """
    moved = cells.design @ p["slope"] if cells.columns else np.zeros((1, len(cells.blocks)))
    if cells.family == "normal":
        t = p["loading"][:, None] * nodes
        mean = p["level"][:, :, None] + moved.mean(axis=0)[cells.block][:, None] + t
    else:
        average = np.exp(moved).mean(axis=0)[cells.block][:, None]
        mean = np.exp(p["level"][:, :, None] + log_factor(np, p, nodes)) * average
    if len(cells.hurdle):
        logit = p["zero_level"][:, :, None] + p["zero_loading"][:, None] * nodes
        mean[:, cells.hurdle] = mean[:, cells.hurdle] / (1 + np.exp(logit))
    mean = mean * cells.unit[:, None]
    return np.where(np.isnan(cells.known)[:, None], mean, cells.known[:, None])
