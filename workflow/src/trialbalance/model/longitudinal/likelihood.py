"""The log-likelihood of each participant, both effects integrated out."""

from types import SimpleNamespace

import numpy as np
from scipy import special

from trialbalance.model.longitudinal import cells as cell
from trialbalance.model.longitudinal.parameters import assemble

NUMPY = SimpleNamespace(
    dot=np.dot, exp=np.exp, log=np.log, log1p=np.log1p, tanh=np.tanh, concatenate=np.concatenate,
    gammaln=special.gammaln, softplus=lambda x: np.logaddexp(0.0, x),
)  # fmt: skip


def spread_out(xp, panel, found):
    """Return the named parameters as the parts of the likelihood take them.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    panel : Panel
        The data.
    found : dict
        Named parameters.

    Returns
    -------
    dict
        ``visits`` and ``periods`` (dicts), ``correlation``, and where people died ``hazard`` (arms,
        intervals) and ``hazard_loading``.

    Examples
    --------
    >>> spread_out.__name__
    'spread_out'
    """
    arms = len(panel.arms)
    p = {
        "visits": assemble(xp, panel.visits, "visit", arms, found),
        "periods": assemble(xp, panel.periods, "period", arms, found),
        "correlation": xp.tanh(found["correlation_score"][0]) if panel.joined else 0.0,
    }
    if panel.mortal:
        rate = found["log_hazard"][:, None] + found["hazard_interval"][None, :]
        p["hazard"] = xp.exp(rate)
        p["hazard_loading"] = found["hazard_loading"][0]
    return p


def log_likelihood(xp, panel, p):
    """Return the log-likelihood of each participant.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    panel : Panel
        The data.
    p : dict
        Parameters, as :func:`spread_out` gives them.

    Returns
    -------
    array, shape (participants,)

    Notes
    -----
    The effects v (visits) and t (periods, death) are standard normal with a correlation r. Given
    both, all observed values are independent; v | t ~ N(r t, 1 - r^2) is integrated out in closed
    form where the visits are normal, else over the grid; then t likewise. Hazard of death:
    ``rate(arm, interval) exp(loading t - loading^2 / 2)``.

    References
    ----------
    Gabrio 2022, doi:10.1002/hec.4510, on visits modelled jointly under missing at random.

    Examples
    --------
    >>> log_likelihood.__name__
    'log_likelihood'
    """
    member = panel.member
    tau = 1 - p["correlation"] ** 2
    a, b, c = cell.smooth(xp, panel.periods, member, p["periods"])
    grid = 0.0
    if panel.visits.on_grid:
        grid = _visits_on_grid(xp, panel, p, tau)
    else:
        va, vb, vc = cell.smooth(xp, panel.visits, member, p["visits"])
        shrink = 1 / (1 + vc * tau)
        a = a + va + 0.5 * (vb**2 * tau * shrink + xp.log(shrink))
        b = b + vb * p["correlation"] * shrink
        c = c + vc * p["correlation"] ** 2 * shrink
    if panel.periods.on_grid:
        grid = grid + cell.on_grid(xp, panel.periods, member, p["periods"], panel.nodes)
    if panel.mortal:
        grid = grid + _survival(xp, panel, p)
    if isinstance(grid, float):
        return a + 0.5 * (b**2 / (1 + c) - xp.log1p(c))
    if not isinstance(c, float):
        grid = grid + b[:, None] * panel.nodes - 0.5 * c[:, None] * panel.nodes**2
    return a + _log_mean(xp, grid + np.log(panel.node_weights))


def _log_mean(xp, grid):
    """Return the log of the sum of exponents over the last axis."""
    top = grid.max(axis=1)
    return top + xp.log(xp.exp(grid - top[:, None]).sum(axis=1))


def _visits_on_grid(xp, panel, p, tau):
    """Return the log-likelihood of the visits at each node of the other effect."""
    inner = cell.on_grid(xp, panel.visits, panel.member, p["visits"], panel.nodes)
    top = inner.max(axis=1)[:, None]
    return top + xp.log(xp.dot(xp.exp(inner - top), transition(xp, panel, p, tau)) + 1e-300)


def transition(xp, panel, p, tau):
    """Return the chance of each node of v (rows) given each node of t (columns)."""
    nodes = panel.nodes
    apart = nodes[:, None] - p["correlation"] * nodes[None, :]
    return xp.exp(-0.5 * apart**2 / tau) * (nodes[1] - nodes[0]) / (2 * np.pi * tau) ** 0.5


def _survival(xp, panel, p):
    """Return the log-likelihood of time lived and deaths at each node."""
    member = panel.member
    loading = p["hazard_loading"]
    risk = loading * panel.nodes - 0.5 * loading**2
    rate = xp.dot(member, p["hazard"])
    lived = (panel.exposure * rate).sum(axis=1)
    deaths = panel.deaths.sum(axis=1)
    alone = (panel.deaths * xp.log(rate)).sum(axis=1)
    return alone[:, None] + deaths[:, None] * risk - lived[:, None] * xp.exp(risk)
