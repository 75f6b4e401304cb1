"""Contrasts of cost and effect adjusted for baseline, by seemingly unrelated regressions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.system import SUR

from trialbalance.model.covariates import encode, named_columns

OUTCOMES = ("cost", "effect")


@dataclass(frozen=True)
class Equations:
    """Outcomes and designs of the two equations, one row a participant.

    ``parts`` are the outcomes as they go missing: each source group of cost, then the effect;
    ``designs`` hold a constant, the arms but the comparator and the covariates. ``cluster`` numbers
    what is drawn together: sites where the model has clusters, else each participant.
    """

    arms: list
    arm: np.ndarray
    cluster: np.ndarray
    names: list
    parts: np.ndarray
    designs: dict
    covariates: np.ndarray

    @property
    def clustered(self):
        """Whether participants are drawn together."""
        return len(np.unique(self.cluster)) < len(self.cluster)

    @property
    def complete(self):
        """Who has cost and effect observed."""
        return ~np.isnan(self.parts).any(axis=1)


def equations(dataset, groups, study, section):
    """Return outcomes and designs of an analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    groups : list of str
        Source groups of cost; empty means the column ``cost`` alone.
    study, section : dict
        Study section (arms, comparator) and resolved model section (covariates).

    Returns
    -------
    Equations
        Missing covariates are at their mean, which leaves the contrast of randomised arms alone.

    References
    ----------
    White 2005, doi:10.1002/sim.1981, on means in place of missing baseline covariates.

    Examples
    --------
    >>> equations.__name__
    'equations'
    """
    present = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    arms = [study["comparator"], *(arm for arm in present if arm != study["comparator"])]
    columns = [f"cost_{group}" for group in groups] or ["cost"]
    names = [f"{group} cost" for group in groups] or ["cost"]
    wanted = {name: named_columns(dataset, section[name]["covariates"]) for name in OUTCOMES}
    # Encoded once for both, so that a covariate of the two equations is the same column.
    encoded = encode(dataset, [name for own in wanted.values() for name in own])
    parts = {name: one.design(one.values) for name, one in encoded.items()}
    indicators = [(dataset["arm"] == arm).to_numpy(float) for arm in arms[1:]]
    start = np.column_stack([np.ones(len(dataset)), *indicators])
    outcomes = dataset[[*columns, "effect"]].to_numpy(dtype=float, na_value=np.nan)
    return Equations(
        arms=arms,
        arm=dataset["arm"].map({arm: place for place, arm in enumerate(arms)}).to_numpy(int),
        cluster=_clusters(dataset, section["clusters"]),
        names=[*names, "effect"],
        parts=outcomes,
        designs={
            outcome: np.column_stack([start, *(parts[name] for name in own if name in parts)])
            for outcome, own in wanted.items()
        },
        covariates=np.column_stack([np.zeros((len(dataset), 0)), *parts.values()]),
    )


def _clusters(dataset, column):
    if column is None or dataset[column].nunique() < 2:
        return np.arange(len(dataset))
    return pd.factorize(dataset[column], use_na_sentinel=False)[0]


def contrasts(parts, designs, arms, cluster=None):
    """Estimate the contrasts of cost and effect with the comparator.

    Parameters
    ----------
    parts : numpy.ndarray
        Complete outcomes: source groups of cost, then the effect, shape (participants, parts).
    designs : dict of str to numpy.ndarray
        Design of each equation; constant and arms first.
    arms : int
        Number of arms.
    cluster : numpy.ndarray, optional
        Number of each participant's cluster; the covariance then allows for them.

    Returns
    -------
    estimate : numpy.ndarray
        Contrast of cost and of effect by arm, shape (2, arms - 1).
    covariance : numpy.ndarray
        Their covariance, shape (2, arms - 1, 2, arms - 1).

    References
    ----------
    Zellner 1962, doi:10.1080/01621459.1962.10480664; Willan 2004, doi:10.1002/hec.843.

    Examples
    --------
    >>> design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> both = np.array([[1.0, 0.0], [3.0, 1.0], [5.0, 0.5], [6.0, 2.0]])
    >>> contrasts(both, {"cost": design, "effect": design}, 2)[0].ravel().round(6).tolist()
    [3.5, 0.75]
    """
    values = {"cost": parts[:, :-1].sum(axis=1), "effect": parts[:, -1]}
    units = {name: values[name].std() or 1.0 for name in OUTCOMES}
    system = {
        name: {
            "dependent": pd.Series(values[name] / units[name], name=name),
            "exog": pd.DataFrame(_of_full_rank(designs[name])).rename(columns=str),
        }
        for name in OUTCOMES
    }
    errors = {"cov_type": "unadjusted"}
    if cluster is not None:
        errors = {"cov_type": "clustered", "clusters": cluster, "group_debias": True}
    found = SUR(system).fit(debiased=True, **errors)
    wanted = [f"{name}_{number}" for name in OUTCOMES for number in range(1, arms)]
    unit = np.repeat([units[name] for name in OUTCOMES], arms - 1)
    estimate = found.params[wanted].to_numpy() * unit
    covariance = found.cov.loc[wanted, wanted].to_numpy() * np.outer(unit, unit)
    shape = (len(OUTCOMES), arms - 1)
    return estimate.reshape(shape), covariance.reshape(shape * 2)


def quick_contrasts(parts, designs, arms):
    """Estimate the same contrasts without their covariance, fast enough for every resample.

    Parameters
    ----------
    parts, designs, arms
        As for :func:`contrasts`; clusters do not change the estimate.

    Returns
    -------
    numpy.ndarray
        Shape (2, arms - 1), equal to the estimate of :func:`contrasts`.

    Notes
    -----
    With S the covariance of the least-squares residuals of the two equations and W its inverse,
    the coefficients solve Σⱼ Wᵢⱼ Xᵢᵀ(yⱼ − Xⱼ bⱼ) = 0 for i = cost, effect.

    References
    ----------
    Zellner 1962, doi:10.1080/01621459.1962.10480664.

    Examples
    --------
    >>> design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> both = np.array([[1.0, 0.0], [3.0, 1.0], [5.0, 0.5], [6.0, 2.0]])
    >>> quick_contrasts(both, {"cost": design, "effect": design}, 2).ravel().round(6).tolist()
    [3.5, 0.75]
    """
    values = np.stack([parts[:, :-1].sum(axis=1), parts[:, -1]])
    units = values.std(axis=1)
    values = values / units[:, None]
    columns = [_of_full_rank(designs[name]) for name in OUTCOMES]
    rest = [
        y - x @ np.linalg.lstsq(x, y, rcond=None)[0] for y, x in zip(values, columns, strict=True)
    ]
    weight = np.linalg.pinv(np.cov(rest, bias=True))
    left = [[weight[i, j] * x.T @ z for j, z in enumerate(columns)] for i, x in enumerate(columns)]
    right = np.concatenate([x.T @ (weight[i] @ values) for i, x in enumerate(columns)])
    slopes = np.linalg.lstsq(np.block(left), right, rcond=None)[0]
    starts = (1, columns[0].shape[1] + 1)
    found = [slopes[start : start + arms - 1] for start in starts]
    return np.stack(found) * units[:, None]


def _of_full_rank(design):
    """Leave out columns that the ones before them already say; a resample can make some."""
    triangle = np.abs(np.diag(np.linalg.qr(design, mode="r")))
    size = np.linalg.norm(design, axis=0)
    return design[:, triangle > 1e-8 * np.maximum(size, 1e-300)]
