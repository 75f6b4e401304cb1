"""The model of the cells, declared once in PyMC: one block of rows a family."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from trialbalance.model.cells.layout import EVENT, Block, Layout
from trialbalance.model.families import FAMILIES

PRIORS = {"level": 1.5, "event": 1.5, "slope": 1.0, "spread": 1.0, "cluster": 0.5}
NOWHERE = -1e6


class Symbols:
    """PyTensor arithmetic, as families write their densities."""

    log, log1p, exp = pt.log, pt.log1p, pt.exp
    sigmoid, gammaln, softplus = pt.sigmoid, pt.gammaln, pt.softplus


def declare(layout: Layout, priors: dict[str, float] = PRIORS) -> pm.Model:
    """Declare the joint model of a trial's cells.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    priors : dict of str to float
        Scales: ``level`` of a cell in an arm, ``event`` of a log-odds, ``slope`` of a standardised
        predictor and ``cluster``, the SD of clusters, all in units in which the residual SD of a
        cell is about 1; ``spread`` multiplies the scales of spreads that families have.

    Returns
    -------
    pymc.Model
        Levels by cell and arm, whitened slopes by cell, spreads by cell and arm, latent values.

    Notes
    -----
    ``eta = level[cell, arm] + slope[cell] . (predictors - their means) + cluster``, and a value has
    its family's density given eta. Discrete states of an unseen value are summed:
    ``log sum over states of exp(sum of the rows of that state)``. The graph depends on which
    families there are, not on visits, arms or people.

    References
    ----------
    Gabrio 2022, doi:10.1002/hec.4510; Stan manual, QR reparameterisation.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> [one.name for one in declare(example_layout()).free_RVs]
    ['normal.level', 'normal.white', 'normal.spread']
    """
    with pm.Model() as model:
        # As data, so that other scales meet the same compiled code.
        priors = {name: pm.Data(f"prior.{name}", float(priors[name])) for name in PRIORS}
        free, score = _latent(layout)
        shared = _shared_cluster(layout)
        rows = [
            _block(layout, block, priors, free, score, shared) for block in layout.blocks.values()
        ]
        rows.append(pt.zeros(1))
        every = pt.concatenate(rows)
        total = pt.sum(every[:-1] * pm.Data("alone", layout.alone))
        if len(layout.summed):
            each = pt.sum(every[pm.Data("gather", layout.gather)], axis=1)
            each = pt.concatenate([each, np.array([NOWHERE])])
            people = each[pm.Data("people", layout.people)]
            total = total + pt.sum(pt.logsumexp(people, axis=1))
        pm.Potential("rows", total)
    return model


def _latent(layout: Layout) -> tuple[dict[str, Any], Any]:
    """Declare latent values on the unconstrained scale; return them and their scores."""
    free, plain = {}, []
    for density, span in layout.latents.items():
        free[density] = pm.Flat(f"{density}.latent", shape=_count(density, "latents", span))
        family = next(f for f in layout.families if f.density == density)
        plain.append(family.latent_score(Symbols, free[density]))
    if not plain:
        return free, None
    # A family that reads a fall as a rise (decrement) shares a density with one that does not.
    sign = pm.Data("latent_sign", _signs(layout))
    centre = pm.Data("latent_centre", layout.latent_centre)
    return free, (sign * pt.concatenate(plain) - centre) / pm.Data("latent_scale",
                                                                   layout.latent_scale)  # fmt: skip


def _signs(layout: Layout) -> np.ndarray:
    """Return -1 for latent values whose score runs against that of their density's first family."""
    sign = np.ones(len(layout.latent_centre))
    for density in layout.latents:
        members = [f for f in layout.families if f.density == density]
        first = _falls(members[0])
        for j, family in enumerate(layout.families):
            if family.density == density:
                own = layout.latent_place[layout.latent[:, j], j]
                sign[own] = 1.0 if _falls(family) == first else -1.0
    return sign


def _falls(family: Any) -> bool:
    low, high = family.plain_score(family.constrained(np.array([-1.0, 1.0])))
    return bool(high < low)


def _count(density: str, what: str, span: slice) -> Any:
    return pm.Data(f"{density}.{what}", np.array(span.stop - span.start))


def _shared_cluster(layout: Layout) -> Any:
    """Declare what the outcomes of a cluster have in common."""
    if layout.cells.cluster is None:
        return None
    count = pm.Data("clusters", np.array(len(layout.cells.cluster_names)))
    return pm.Normal("cluster.shared", 0.0, 1.0, shape=count)


def _block(
    layout: Layout,
    block: Block,
    priors: dict[str, float],
    free: dict[str, Any],
    score: Any,
    shared: Any,
) -> Any:
    """Declare the regressions of one density; return the log density of its rows."""
    name, family, data = block.density, FAMILIES[block.density], _data(block)
    scale = priors["event"] if name == EVENT else priors["level"]
    level = pm.Normal(f"{name}.level", data["level_centre"], scale)
    eta = level[data["level"]]
    if block.matrix.shape[1]:
        eta = eta + _slopes(name, data, priors["slope"], score)
    if shared is not None:
        eta = eta + _cluster(name, len(block.outcomes), data, shared, priors["cluster"])
    spread = _spread(name, family, data, priors["spread"])
    if name not in free:
        statistics = [pm.Data(f"{name}.y{k}", one)
                      for k, one in enumerate(family.statistics(block.value))]  # fmt: skip
        return family.log_density(Symbols, statistics, eta, spread, data["spread_of"])
    own = free[name][data["own"] - pm.Data(f"{name}.first",
                                           np.array(layout.latents[name].start))]  # fmt: skip
    seen = [pm.Data(f"{name}.y{k}", one)
            for k, one in enumerate(family.statistics(block.value))]  # fmt: skip
    hidden = family.latent_statistics(Symbols, own)
    statistics = [pt.concatenate(pair) for pair in zip(seen, hidden, strict=True)]
    rows = family.log_density(Symbols, statistics, eta, spread, data["spread_of"])
    jacobian = pt.concatenate([pt.zeros_like(seen[0]), family.jacobian(Symbols, own)])
    return rows + jacobian


def _data(block: Block) -> dict[str, Any]:
    names = ("predictor", "part", "level", "spread_of", "own", "at", "slope", "source", "matrix",
             "slope_scale", "level_centre", "spread_centre", "cluster")  # fmt: skip
    return {name: pm.Data(f"{block.density}.{name}_data", getattr(block, name)) for name in names}


def _slopes(name: str, data: dict[str, Any], scale: float, score: Any) -> Any:
    """Declare whitened slopes with the prior of the slopes; return what they add to a row."""
    white = pm.Flat(f"{name}.white", shape=data["matrix"].shape[1])
    slope = pt.dot(data["matrix"], white)
    pm.Potential(f"{name}.slope_prior", -0.5 * pt.sum((slope / (scale * data["slope_scale"])) ** 2))
    width = data["predictor"].shape[1]
    own = slope.reshape((-1, width))[data["part"]]
    eta = pt.sum(data["predictor"] * own, axis=1)
    if score is None:
        return eta
    return pt.inc_subtensor(eta[data["at"]], slope[data["slope"]] * score[data["source"]])


def _cluster(name: str, outcomes: int, data: dict[str, Any], shared: Any, scale: Any) -> Any:
    """Declare deviations of clusters by outcome, correlated by what the outcomes share."""
    count = pm.Data(f"{name}.cluster_outcomes", np.array(outcomes))
    size = pm.HalfNormal(f"{name}.cluster_sd", scale, shape=count)
    loading = pt.tanh(pm.Normal(f"{name}.cluster_loading", 0.0, 1.0, shape=count))
    alone = pm.Normal(f"{name}.cluster", 0.0, 1.0, shape=(count, shared.shape[0]))
    own = pt.sqrt(1 - loading**2)[:, None] * alone
    deviation = size[:, None] * (loading[:, None] * shared[None] + own)
    return pt.concatenate([deviation.ravel(), np.zeros(1)])[data["cluster"]]


def _spread(name: str, family: Any, data: dict[str, Any], factor: Any) -> Any:
    if family.spread_prior is None:
        return None
    kind, scale = family.spread_prior[0], family.spread_prior[1] * factor
    if kind == "half_normal":
        return pm.HalfNormal(f"{name}.spread", scale, shape=data["spread_centre"].shape[0])
    return pm.LogNormal(f"{name}.spread", data["spread_centre"], scale)
