"""The contrast by another road: bootstrap of a singly imputed trial, and complete cases."""

import numpy as np
import pandas as pd
from scipy import stats

from trialbalance.model.adjusted import OUTCOMES, contrasts, equations, quick_contrasts
from trialbalance.model.imputing import impute, too_few
from trialbalance.model.quantities import by_draw, quantities

COLUMNS = [
    "road", "quantity", "threshold", "arm", "comparator", "participants", "estimate",
    "standard_error", "lower", "upper", "sentence",
]  # fmt: skip
_EVERY = 200
_FEWEST_CLUSTERS = 5


def cross_check(dataset, groups, study, section, contrast, seed, progress=None):
    """Estimate the adjusted contrasts without a prior and without a posterior.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    groups : list of str
        Source groups of cost; empty means the column ``cost`` alone.
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
    Each resample, drawn within the arms, is imputed once and analysed by seemingly unrelated
    regressions; the estimate is the mean over resamples and the interval their percentiles. Where
    the model has clusters, whole clusters are drawn, and complete cases have clustered errors.

    References
    ----------
    Brand 2019, doi:10.1002/sim.7956.

    Examples
    --------
    >>> cross_check.__name__
    'cross_check'
    """
    model = equations(dataset, groups, study, section)
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
    closed = too_few(model.parts, model.arm, model.arms, model.names, settings["donors"])
    closed += _cannot(model, np.ones(len(model.arm), bool))
    fewest = min(len(own) for own in _strata(model))
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
    )


def resample(model, settings, seed, progress=None):
    """Return the contrasts of each resample of the trial, imputed once.

    Parameters
    ----------
    model : Equations
        Outcomes and designs.
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
    >>> resample.__name__
    'resample'
    """
    rng = np.random.default_rng(seed)
    strata = _strata(model)
    draws, total = [], settings["resamples"]
    while len(draws) < total:
        chosen = np.concatenate(
            [own[number] for own in strata for number in rng.integers(len(own), size=len(own))]
        )
        if not _seen_everywhere(model, chosen):
            continue
        parts = impute(
            model.parts[chosen], model.arm[chosen], model.covariates[chosen],
            settings["donors"], rng,
        )  # fmt: skip
        designs = {name: design[chosen] for name, design in model.designs.items()}
        draws.append(quick_contrasts(parts, designs, len(model.arms)))
        if progress and len(draws) % _EVERY == 0:
            progress(100 * len(draws) / total, f"{len(draws)} of {total} resamples")
    return np.stack(draws)


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


def _seen_everywhere(model, chosen):
    """Whether every arm of a resample has each outcome seen, and what was seen varies."""
    parts, arm = model.parts[chosen], model.arm[chosen]
    arms = range(len(model.arms))
    if any(np.isnan(parts[arm == place]).all(axis=0).any() for place in arms):
        return False
    whole = np.nansum(parts[:, :-1], axis=1), parts[:, -1]
    return all(np.nanmax(values) > np.nanmin(values) for values in whole)


def _complete_cases(model, lines, interval):
    """Return the road that leaves out whoever lacks cost or effect."""
    own = model.complete
    table = lines.assign(road="complete_cases", participants=int(own.sum()), sentence="")
    closed = _cannot(model, own)
    if closed:
        return table.assign(sentence="; ".join(closed))
    designs = {name: design[own] for name, design in model.designs.items()}
    cluster = model.cluster[own] if model.clustered else None
    estimate, covariance = contrasts(model.parts[own], designs, len(model.arms), cluster)
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
    values = {"cost": model.parts[own, :-1].sum(axis=1), "effect": model.parts[own, -1]}
    for name in OUTCOMES:
        seen = values[name][~np.isnan(values[name])]
        if not found and (len(seen) == 0 or np.ptp(seen) == 0):
            found.append(f"{name} does not vary")
    return found
