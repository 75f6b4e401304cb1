"""The contrast by another road: bootstrap of the trial imputed by visit; complete cases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trialbalance.model.adjusted import (
    OUTCOMES,
    Equations,
    contrasts,
    equations,
    quick_contrasts,
    with_baseline,
)
from trialbalance.model.components import Components, add_up
from trialbalance.model.imputing import impute, too_few
from trialbalance.model.quantities import by_draw, quantities
from trialbalance.model.survival import live_on

COLUMNS = [
    "road", "quantity", "threshold", "arm", "comparator", "participants", "estimate",
    "standard_error", "lower", "upper", "sentence",
]  # fmt: skip
_EVERY = 200
# Resamples worked on at once, and values of all of them together.
_BATCH, _LARGEST = 100, 1_000_000
_FEWEST_CLUSTERS = 5


def cross_check(
    dataset: pd.DataFrame,
    components: Components,
    study: dict[str, Any],
    section: dict[str, Any],
    contrast: dict[str, Any],
    seed: int,
    progress: Callable[..., Any] | None = None,
):
    """Estimate the adjusted contrasts without a prior and without a posterior.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    components : Components
        What cost and effect are made of: visits and periods, or totals.
    study, section : dict
        Study section and resolved model section; ``cross_check`` holds resamples and donors.
    contrast : dict
        ``interval`` and ``marked`` thresholds.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.

    Returns
    -------
    pandas.DataFrame
        road (imputed_bootstrap, complete_cases), quantity, threshold, arm, comparator,
        participants, estimate, standard_error, lower, upper, sentence; blank figures where a
        sentence says why a road is closed.

    Notes
    -----
    Each resample, drawn within the arms, is imputed once, visit by visit and period by period, and
    added up to cost and effect, which are analysed by seemingly unrelated regressions; the estimate
    is the mean over resamples and the interval their percentiles. Nothing is imputed after death.
    Where follow-up ended by the calendar, death is drawn from those still at risk. Where the model
    has clusters, whole clusters are drawn, and complete cases have clustered errors.

    References
    ----------
    Brand 2019, doi:10.1002/sim.7956.

    Examples
    --------
    >>> from trialbalance.model.components import by_total
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"arm": ["a", "b"] * 30, "cost": rng.normal(size=60),
    ...     "effect": rng.normal(size=60)})
    >>> section = {"effect": {"covariates": []}, "cost": {"covariates": []}, "clusters": None,
    ...     "cross_check": {"resamples": 200, "donors": 5}}
    >>> table = cross_check(frame, by_total(frame, []), {"arms": {"a": {}, "b": {}},
    ...     "comparator": "a"}, section, {"interval": 0.95, "marked": []}, 1)
    >>> by_road = table.pivot(index="quantity", columns="road", values="estimate")
    >>> bool((by_road["imputed_bootstrap"] - by_road["complete_cases"]).abs().max() < 0.05)
    True
    """
    model = equations(dataset, components, study, section)
    lines = quantities(model.arms, contrast["marked"])
    return pd.concat(
        [
            _bootstrap(model, lines, section["cross_check"], contrast, seed, progress),
            _complete_cases(model, lines, contrast["interval"]),
        ],
        ignore_index=True,
    ).reindex(columns=COLUMNS)


def _bootstrap(model, lines, settings, contrast, seed, progress):
    """Return the road of imputation nested in the bootstrap."""
    table = lines.assign(road="imputed_bootstrap", participants=len(model.arm), sentence="")
    own = model.components
    closed = too_few(
        own.cells, model.arm, model.arms, model.names, settings["donors"], own.possible
    )
    closed += _cannot(model, np.ones(len(model.arm), bool))
    fewest = min(len(units) for units in _strata(model))
    if model.clustered and fewest < _FEWEST_CLUSTERS:
        closed.append(f"{fewest} clusters are too few to resample; it takes {_FEWEST_CLUSTERS}")
    if closed:
        return table.assign(sentence="; ".join(closed))
    draws = resample(model, settings, seed, progress)
    values = by_draw(draws, lines)
    tail = (1 - contrast["interval"]) / 2
    lower, upper = np.quantile(values, (tail, 1 - tail), axis=0)
    return table.assign(
        estimate=values.mean(axis=0),
        standard_error=values.std(axis=0, ddof=1),
        lower=lower,
        upper=upper,
        sentence=_used(own),
    )


def _used(components):
    """Say how many people's visits and periods count though their totals are not whole."""
    if not components.by_visit or not (count := int(components.partly.sum())):
        return ""
    whole = "participant has no whole cost and effect and counts"
    if count > 1:
        whole = "participants have no whole cost and effect and count"
    return f"{count} {whole} with the visits and periods that were seen"


def resample(
    model: Equations,
    settings: dict[str, Any],
    seed: int,
    progress: Callable[..., Any] | None = None,
):
    """Return the contrasts of each resample of the trial, imputed once.

    Parameters
    ----------
    model : Equations
        Components, outcomes and designs.
    settings : dict
        ``resamples`` and ``donors``.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.

    Returns
    -------
    numpy.ndarray
        Shape (resamples, 2, arms - 1): cost, then effect.

    Examples
    --------
    >>> from trialbalance.model.components import by_total
    >>> frame = pd.DataFrame({"arm": ["a", "b"] * 4, "cost": [1.0, 2.0, 3.0, 4.0] * 2,
    ...     "effect": [0.5, 0.75, 0.25, 1.0, 0.5, 0.5, 0.75, 0.25]})
    >>> section = {"effect": {"covariates": []}, "cost": {"covariates": []}, "clusters": None}
    >>> model = equations(frame, by_total(frame, []), {"arms": {"a": {}, "b": {}},
    ...     "comparator": "a"}, section)
    >>> resample(model, {"resamples": 200, "donors": 3}, 1).shape
    (200, 2, 1)
    """
    rng = np.random.default_rng(seed)
    strata = _strata(model)
    size = min(_BATCH, max(1, _LARGEST // model.components.cells.size))
    draws, done, total = [], 0, settings["resamples"]
    while done < total:
        chosen, real = _draw(strata, min(size, total - done), rng)
        enough = _seen_everywhere(model, chosen, real)
        chosen, real = chosen[enough], real[enough]
        cells, weights = _imputed(model, chosen, real, settings["donors"], rng)
        outcomes = add_up(cells, weights, model.components.is_cost)
        varies = _vary(outcomes, real)
        designs = {name: design[chosen[varies]] for name, design in model.designs.items()}
        designs = with_baseline(model, cells[varies], designs)
        draws.append(quick_contrasts(outcomes[varies], designs, len(model.arms), real[varies]))
        before, done = done, done + int(varies.sum())
        if progress and done // _EVERY > before // _EVERY:
            progress(100 * done / total, f"{done} of {total} resamples")
    return np.concatenate(draws)


def _imputed(model, chosen, real, donors, rng):
    """Return the components of resamples without gaps, and their weights in the effect."""
    own = model.components
    values, possible, weights = own.cells[chosen], own.possible[chosen], own.weights[chosen]
    survival = own.survival[chosen]
    if own.course is not None and own.course.unknown.any():
        values, possible, weights, survival = live_on(
            own, chosen, real, model.arm[chosen], donors, rng
        )
    known = np.concatenate([model.covariates[chosen], survival], axis=-1)
    filled = impute(values, model.arm[chosen], known, donors, rng, possible=possible, real=real)
    return filled, weights


def _vary(outcomes, real):
    """Whether cost and effect vary within each resample."""
    inside = real[..., None]
    highest = np.where(inside, outcomes, -np.inf).max(axis=1)
    return (highest > np.where(inside, outcomes, np.inf).min(axis=1)).all(axis=1)


def _draw(strata, size, rng):
    """Return the participants of each resample, and which places hold one.

    Resamples of clusters differ in size; the shorter ones end in places that hold nobody.
    """
    if all(len(unit) == 1 for units in strata for unit in units):
        parts = [
            np.concatenate(units)[rng.integers(len(units), size=(size, len(units)))]
            for units in strata
        ]
        chosen = np.concatenate(parts, axis=1)
        return chosen, np.ones(chosen.shape, bool)
    rows = []
    for _ in range(size):
        drawn = [(units, rng.integers(len(units), size=len(units))) for units in strata]
        rows.append(np.concatenate([units[one] for units, own in drawn for one in own]))
    longest = max(map(len, rows))
    chosen = np.stack([np.pad(row, (0, longest - len(row))) for row in rows])
    return chosen, np.arange(longest) < np.array([[len(row)] for row in rows])


def _strata(model):
    """Return clusters (else participants) as rows, by arm unless a cluster has several arms."""
    order = np.argsort(model.cluster, kind="stable")
    edges = np.flatnonzero(np.diff(model.cluster[order])) + 1
    units = np.split(order, edges)
    if any(np.ptp(model.arm[unit]) for unit in units):
        return [units]
    return [
        [unit for unit in units if model.arm[unit[0]] == place] for place in range(len(model.arms))
    ]


def _seen_everywhere(model, chosen, real):
    """Whether every arm of a resample has somebody, and a donor for each incomplete component."""
    own = model.components
    seen = ~np.isnan(own.cells) & own.possible
    enough = np.ones(len(chosen), bool)
    for place in range(len(model.arms)):
        here = model.arm == place
        gaps = (np.isnan(own.cells) & own.possible & here[:, None]).any(axis=0)
        inside = here[chosen] & real
        enough &= inside.any(axis=1)
        enough &= (seen[:, gaps][chosen] & inside[..., None]).any(axis=1).all(axis=1)
    return enough


def _complete_cases(model, lines, interval):
    """Return the road that leaves out whoever lacks cost or effect."""
    own = model.complete
    table = lines.assign(road="complete_cases", participants=int(own.sum()), sentence="")
    closed = _cannot(model, own)
    if closed:
        return table.assign(sentence="; ".join(closed))
    designs = {name: design[own] for name, design in model.designs.items()}
    cluster = model.cluster[own] if model.clustered else None
    estimate, covariance = contrasts(model.outcomes[own], designs, len(model.arms), cluster)
    values = by_draw(estimate[None], lines)[0]
    error = np.sqrt([_variance(covariance, row) for row in lines.itertuples()])
    width = stats.norm.ppf(0.5 + interval / 2) * error
    return table.assign(
        estimate=values, standard_error=error, lower=values - width, upper=values + width
    )


def _variance(covariance, row):
    """Return the variance of a contrast; of net benefit with its threshold."""
    own = covariance[:, row.place, :, row.place]
    weight = {"cost": (1, 0), "effect": (0, 1)}.get(row.quantity, (-1, row.threshold))
    return np.array(weight) @ own @ np.array(weight)


def _cannot(model, own):
    """Say why the regressions cannot be fitted to these participants."""
    found = [
        f"arm {arm} has nobody with cost and effect observed"
        for place, arm in enumerate(model.arms)
        if not (model.arm[own] == place).any()
    ]
    width = max(design.shape[1] for design in model.designs.values())
    if not found and own.sum() < width + 2:
        found.append(f"{own.sum()} participants are too few for {width} coefficients")
    is_cost = model.components.is_cost
    for name, columns in zip(OUTCOMES, (is_cost, ~is_cost), strict=True):
        parts = model.components.cells[own][:, columns].T
        if not found and not any(len(np.unique(part[~np.isnan(part)])) > 1 for part in parts):
            found.append(f"{name} does not vary")
    return found
