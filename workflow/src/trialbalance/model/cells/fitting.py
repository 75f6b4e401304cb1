"""Fit the cells of an analysis: sample, complete, average, and gather it in one object."""

import importlib.metadata
import json
from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from trialbalance.model.cells.density import log_prior
from trialbalance.model.cells.layout import Layout
from trialbalance.model.cells.means.anchoring import (
    Apart,
    Weights,
    crosses,
    draw_weights,
    told_apart,
)
from trialbalance.model.cells.means.averages import (
    arm_averages,
    subgroup_averages,
    unseen_averages,
)
from trialbalance.model.cells.means.completing import REFERENCES, Completed, Reference, complete
from trialbalance.model.cells.means.gathering import (
    add_checks,
    add_means,
    add_unseen,
    named,
    statistics_of,
)
from trialbalance.model.cells.pointwise import log_likelihood, pieces
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.sampling import sample_cells
from trialbalance.model.cells.table import COST, DEATH, EFFECT, MEASURE, Cells
from trialbalance.model.checking.influence import completed_sums
from trialbalance.model.checking.left_out import add_leave_one_out
from trialbalance.model.store import clean
from trialbalance.provenance.streams import stream

_LIBRARIES = ("arviz", "numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")
_AT_ONCE = 2_000_000
_REPLICATES = 500
# So many draws tell what a participant adds; integrating out what went unseen is dear.
_POINTWISE = 1000
_ENOUGH = 10


def fit_cells(
    cells: Cells,
    section: dict[str, Any],
    seed: int,
    comparator: str | None = None,
    progress: Callable[[float, str], None] | None = None,
    cores: int = 1,
) -> az.InferenceData:
    """Fit cells, whatever they were made from.

    Parameters
    ----------
    cells : Cells
        The trial.
    section, seed, progress, cores
        As for `fit`.
    comparator : str, optional
        Arm that rules of a reference refer to.

    Returns
    -------
    arviz.InferenceData
        ``posterior`` (parameters on the unit of their cell; means in the units of the data),
        ``predictions`` (what went unseen), ``log_likelihood``, ``posterior_predictive``,
        ``observed_data``, ``fitted`` (residuals by cell and arm), ``leave_one_out`` and
        ``sample_stats``.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_cells
    >>> settings = {"draws": 50, "tune": 100, "chains": 2, "target_accept": 0.8,
    ...             "standardisation": "population", "gates": {"pareto_k": 0.7},
    ...             "priors": PRIORS}
    >>> found = fit_cells(example_cells(), settings, 1, "A")
    >>> dict(found.posterior["mean_effect"].sizes)
    {'chain': 2, 'draw': 50, 'arm': 2}
    """
    say = progress or (lambda percent, text: None)
    say(5, "preparing the density")
    layout = lay_out(cells)
    cells.notes.extend(_moved(layout))
    idata, points, density = sample_cells(layout, section, seed, cores, progress)
    unconstrained = idata.unconstrained_posterior["point"].to_numpy().reshape(-1, density.size)
    say(90, "completing and averaging over the analysis population")
    found = _averaged(layout, points, section, seed, comparator)
    chosen = _spaced(idata)
    found["log_likelihood"] = _pointwise(layout, points, chosen)
    idata.posterior = named(layout, points, idata)
    add_means(idata, cells, found)
    add_unseen(idata, cells, found)
    say(94, "checking predictions")
    add_checks(idata, layout, found, chosen, statistics_of(layout, replicate(layout, points, seed)))
    who = np.flatnonzero(cells.seen[:, cells.outcomes].any(axis=1))
    add_leave_one_out(
        idata, section["gates"]["pareto_k"],
        pieces(layout, density, unconstrained[chosen], section["priors"], who),
    )  # fmt: skip
    _add_prior(idata, log_prior(layout, points, section["priors"]))
    del idata.unconstrained_posterior
    cells.notes.extend(_limits(layout))
    idata.attrs.update(_attributes(cells, section, seed))
    say(100, "done")
    return clean(idata)


def _averaged(layout, points, section, seed, comparator):
    """Complete and average some draws at a time."""
    cells = layout.cells
    draws = len(next(iter(points.values())))
    size = max(1, _AT_ONCE // (cells.size * len(cells.cells)))
    predictors = cells.design.shape[1] + sum(not cell.by_arm for cell in cells.cells)
    weights = draw_weights(cells.arm, draws, stream(seed, "weights"), predictors, cells.cluster)
    arm = cells.arms.index(comparator) if comparator in cells.arms else None
    columns = told_apart(cells.design, cells.arm)
    if len(columns):
        names = ", ".join(cells.columns[k] for k in columns)
        cells.notes.append(f"{names} tells the arms apart: what they differ by rests on the prior "
                           "of its slope")  # fmt: skip
    noise = stream(seed, "apart").standard_normal((draws, len(columns)))
    slopes = section["priors"]["slope"] * noise
    parts = []
    for number, start in enumerate(range(0, draws, size)):
        piece = slice(start, min(start + size, draws))
        own = {name: values[piece] for name, values in points.items()}
        some = Weights(weights.own[piece], weights.everybody[piece])
        apart = Apart(columns, slopes[piece])
        parts.append(_piece(layout, own, some, section, seed, number, arm, apart))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _spaced(idata):
    """Return the numbers of evenly spaced draws, the same of every chain."""
    chains, draws = idata.posterior.sizes["chain"], idata.posterior.sizes["draw"]
    within = np.unique(np.linspace(0, draws - 1, min(draws, _POINTWISE // chains)).astype(int))
    return (draws * np.arange(chains)[:, None] + within).ravel()


def _pointwise(layout, points, chosen):
    """Return the log-likelihood of every participant at some draws, a few at a time."""
    size = max(1, _AT_ONCE // (layout.cells.size * len(layout.cells.cells)))
    parts = []
    for start in range(0, len(chosen), size):
        piece = chosen[start : start + size]
        own = {name: values[piece] for name, values in points.items()}
        parts.append(log_likelihood(layout, own))
    return np.concatenate(parts)


def _piece(layout, points, weights, section, seed, number, arm, apart):
    cells = layout.cells
    filled = complete(layout, points, weights.own, stream(seed, "completing", str(number)))
    population = section["standardisation"] == "population"
    found = arm_averages(cells, filled, weights, population, apart)
    found |= subgroup_averages(cells, filled, weights)
    referred = {}
    if arm is not None and cells.tail.any():
        for rule in REFERENCES:
            # The same stream for each rule: only what the rule says differs.
            reference = Reference(rule, arm, filled, (MEASURE, COST, EFFECT))
            referred[rule] = complete(
                layout, points, weights.own, stream(seed, "completing", str(number)), reference
            )
    found |= unseen_averages(layout, filled, weights, referred)
    found["residual"] = filled.residual
    found["completed"] = completed_sums(cells, filled)
    return found


def replicate(
    layout: Layout, points: dict[str, np.ndarray], seed: int, most: int = _REPLICATES
) -> Completed:
    """Replicate the trial from the baseline on, as it was seen.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables.
    seed : int
        One integer.
    most : int
        Most draws used, evenly spaced.

    Returns
    -------
    Completed
        Cells before randomisation and deaths as they were seen, the rest drawn.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> points = {"normal.level": np.zeros((2, 3)), "normal.white": np.zeros((2, 1)),
    ...           "normal.spread": np.ones((2, 3))}
    >>> replicate(example_layout(), points, 1).value.shape
    (2, 40, 2)
    """
    cells = layout.cells
    draws = len(next(iter(points.values())))
    chosen = np.linspace(0, draws - 1, min(most, draws)).astype(int)
    keep = np.zeros(cells.value.shape, bool)
    kept = [j for j, cell in enumerate(cells.cells) if not cell.by_arm or cell.kind == DEATH]
    keep[:, kept] = True
    own = {name: values[chosen] for name, values in points.items()}
    # No weight on anybody: a replicate takes the mean that the model gives, not the data's.
    weight = np.zeros((len(chosen), cells.size))
    return complete(layout, own, weight, stream(seed, "replicates"), keep=keep)


def _limits(layout):
    """Say of what the fit left out, and where clusters are few."""
    notes = []
    if layout.ignored:
        notes.append(f"{layout.ignored} unseen values of people with many are left out of "
                     "what their later values depend on")  # fmt: skip
    few = _clusters_an_arm(layout.cells)
    if few < _ENOUGH:
        notes.append(f"{few} clusters in an arm: with fewer than {_ENOUGH} an interval is rough")
    return notes


def _clusters_an_arm(cells):
    """Return the fewest clusters of an arm that were randomised as a whole."""
    if cells.cluster is None or crosses(cells.cluster, cells.arm):
        return np.inf
    return min(len(np.unique(cells.cluster[cells.arm == arm])) for arm in range(len(cells.arms)))


def _moved(layout):
    """Tell which values a family had to move inside its range."""
    found = []
    for j, family in enumerate(layout.families):
        count = family.moved(layout.cells.value[layout.cells.seen[:, j], j])
        if count:
            name = layout.cells.names[j]
            found.append(f"{count} values of {name} on a bound were moved just inside it")
    return found


def _add_prior(idata, values):
    """Add the log density of the priors by draw."""
    shape = (idata.posterior.sizes["chain"], idata.posterior.sizes["draw"])
    idata.add_groups(log_prior=xr.Dataset(
        {"all": (("chain", "draw"), values.reshape(shape))},
        coords={"chain": idata.posterior["chain"], "draw": idata.posterior["draw"]},
    ))  # fmt: skip


def _attributes(cells, section, seed):
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    families = {kind: dict.fromkeys(c.family for c in cells.cells if c.kind == kind)
                for kind in (MEASURE, EFFECT, COST)}  # fmt: skip
    words = [f"{' and '.join(names)} {what}" for (kind, names), what in
             zip(families.items(), ("visits", "effect", "cost"), strict=True) if names]  # fmt: skip
    return {
        "family": ", ".join(words),
        "settings": json.dumps(section, sort_keys=True),
        "seed": int(seed),
        "versions": json.dumps(versions, sort_keys=True),
        "notes": json.dumps(cells.notes),
        "participants": cells.size,
    }
