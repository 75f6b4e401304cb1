"""Contrasts of cost and effect adjusted for baseline, by seemingly unrelated regressions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.model.components import Components
from trialbalance.model.covariates import BASELINE, Covariate, encode, named_columns

OUTCOMES = ("cost", "effect")


@dataclass(frozen=True)
class Equations:
    """Outcomes and designs of the two equations, one row a participant.

    ``designs`` hold a constant, the arms but the comparator and the covariates of each equation;
    ``covariates`` are those of both that no component says already. ``cluster`` numbers what is
    drawn together: sites where the model has clusters, else each participant. ``baseline`` is the
    measure at the first visit as a covariate, where it is a component too.
    """

    arms: list
    arm: np.ndarray
    cluster: np.ndarray
    components: Components
    designs: dict
    covariates: np.ndarray
    baseline: Covariate | None = None

    @property
    def clustered(self):
        """Whether participants are drawn together."""
        return len(np.unique(self.cluster)) < len(self.cluster)

    @property
    def names(self):
        """Names of the components."""
        return self.components.names

    @property
    def outcomes(self):
        """Cost and effect, shape (participants, 2); NaN where not whole."""
        return self.components.outcomes

    @property
    def complete(self):
        """Who has cost and effect observed."""
        return self.components.complete


def equations(
    dataset: pd.DataFrame,
    components: Components,
    study: Mapping[str, Any],
    section: Mapping[str, Any],
):
    """Return outcomes and designs of an analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    components : Components
        What cost and effect are made of.
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
    >>> from trialbalance.model.components import by_total
    >>> frame = pd.DataFrame({"arm": ["a", "b"], "cost": [1.0, 3.0], "effect": [0.5, 0.75]})
    >>> both = {"effect": {"covariates": []}, "cost": {"covariates": []}, "clusters": None}
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    >>> equations(frame, by_total(frame, []), study, both).designs["cost"].tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    present = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    arms = [study["comparator"], *(arm for arm in present if arm != study["comparator"])]
    wanted = {name: named_columns(dataset, section[name]["covariates"]) for name in OUTCOMES}
    # Encoded once for both, so that a covariate of the two equations is the same column.
    encoded = encode(dataset, [name for own in wanted.values() for name in own])
    parts = {name: one.design(one.values) for name, one in encoded.items()}
    indicators = [(dataset["arm"] == arm).to_numpy(float) for arm in arms[1:]]
    start = np.column_stack([np.ones(len(dataset)), *indicators])
    # The measure at baseline is a component where there are visits, and need not predict twice.
    known = [own for name, own in parts.items() if not (components.visits and name == BASELINE)]
    return Equations(
        arms=arms,
        arm=dataset["arm"].map({arm: place for place, arm in enumerate(arms)}).to_numpy(int),
        cluster=_clusters(dataset, section["clusters"]),
        components=components,
        designs={
            outcome: np.column_stack([start, *(parts[name] for name in own if name in parts)])
            for outcome, own in wanted.items()
        },
        covariates=np.column_stack([np.zeros((len(dataset), 0)), *known]),
        baseline=_baseline(components, encoded),
    )


def with_baseline(model: Equations, cells: np.ndarray, designs: dict[str, np.ndarray]):
    """Return designs in which an unknown baseline is the one imputed, not the mean.

    Parameters
    ----------
    model : Equations
        Outcomes and designs of the analysis.
    cells : numpy.ndarray, shape (..., participants, components)
        Components without gaps.
    designs : dict of str to numpy.ndarray
        Designs of the same participants; each is changed in place.

    Returns
    -------
    dict of str to numpy.ndarray
        What a chance difference at baseline does to the outcome is then adjusted for in everybody.

    Examples
    --------
    >>> from trialbalance.model.components import by_total
    >>> frame = pd.DataFrame({"arm": ["a", "b"], "cost": [1.0, 3.0], "effect": [0.5, 0.75]})
    >>> both = {"effect": {"covariates": []}, "cost": {"covariates": []}, "clusters": None}
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    >>> model = equations(frame, by_total(frame, []), study, both)
    >>> with_baseline(model, model.components.cells, model.designs) is model.designs
    True
    """
    if model.baseline is None:
        return designs
    first = cells[..., int(model.components.is_cost.sum())]
    known = model.baseline.design(model.baseline.values)[:, 0]
    for name, design in model.designs.items():
        own = [k for k in range(design.shape[1]) if np.array_equal(design[:, k], known)]
        for column in own:
            designs[name][..., column] = (first - model.baseline.centre) / model.baseline.scale
    return designs


def _baseline(components, encoded):
    """Return the covariate that is the first visit of the components; None where there is none."""
    own = encoded.get(BASELINE)
    return own if components.visits and own is not None and not own.levels else None


def _clusters(dataset, column):
    if column is None or dataset[column].nunique() < 2:
        return np.arange(len(dataset))
    return pd.factorize(dataset[column], use_na_sentinel=False)[0]


def contrasts(
    outcomes: np.ndarray,
    designs: dict[str, np.ndarray],
    arms: int,
    cluster: np.ndarray | None = None,
):
    """Estimate the contrasts of cost and effect with the comparator.

    Parameters
    ----------
    outcomes : numpy.ndarray
        Cost and effect, shape (participants, 2).
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
    values = dict(zip(OUTCOMES, outcomes.T, strict=True))
    units = {name: values[name].std() or 1.0 for name in OUTCOMES}
    system = {
        name: {
            "dependent": pd.Series(values[name] / units[name], name=name),
            "exog": pd.DataFrame(_of_full_rank(designs[name])).rename(columns=str),
        }
        for name in OUTCOMES
    }
    errors: dict[str, Any] = {"cov_type": "unadjusted"}
    if cluster is not None:
        errors = {"cov_type": "clustered", "clusters": cluster, "group_debias": True}
    # Imported here because it takes longer to load than most rules that reach this module to run.
    from linearmodels.system import SUR

    found = SUR(system).fit(debiased=True, **errors)
    wanted = [f"{name}_{number}" for name in OUTCOMES for number in range(1, arms)]
    unit = np.repeat([units[name] for name in OUTCOMES], arms - 1)
    estimate = found.params[wanted].to_numpy() * unit
    covariance = found.cov.loc[wanted, wanted].to_numpy() * np.outer(unit, unit)
    shape = (len(OUTCOMES), arms - 1)
    return estimate.reshape(shape), covariance.reshape(shape * 2)


def quick_contrasts(
    outcomes: np.ndarray, designs: dict[str, np.ndarray], arms: int, real: np.ndarray | None = None
):
    """Estimate the same contrasts without their covariance, for every resample at once.

    Parameters
    ----------
    outcomes : numpy.ndarray
        Cost and effect, shape (..., participants, 2); axes in front are resamples.
    designs : dict of str to numpy.ndarray
        Design of each equation, shape (..., participants, columns).
    arms : int
        Number of arms.
    real : numpy.ndarray of bool, optional
        Which places of a resample hold a participant, shape (..., participants); all by default.

    Returns
    -------
    numpy.ndarray
        Shape (..., 2, arms - 1), equal to the estimate of :func:`contrasts`; clusters do not change
        the estimate.

    Notes
    -----
    With S the covariance of the least-squares residuals of the two equations,
    ``S_ij = e_i' e_j / sqrt((n - k_i) (n - k_j))`` with k_i the coefficients of equation i, and W
    its inverse, the coefficients solve ``sum_j W_ij X_i' (y_j - X_j b_j) = 0``.

    References
    ----------
    Zellner 1962, doi:10.1080/01621459.1962.10480664; Zellner 1963,
    doi:10.1080/01621459.1963.10480681, on degrees of freedom.

    Examples
    --------
    >>> design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> both = np.array([[1.0, 0.0], [3.0, 1.0], [5.0, 0.5], [6.0, 2.0]])
    >>> quick_contrasts(both, {"cost": design, "effect": design}, 2).ravel().round(6).tolist()
    [3.5, 0.75]
    """
    weight = np.ones(outcomes.shape[:-1]) if real is None else real.astype(float)
    size = weight.sum(axis=-1)
    values = np.moveaxis(outcomes, -1, 0) * weight
    means = values.sum(axis=-1) / size
    units = np.sqrt(((values - means[..., None]) ** 2 * weight).sum(axis=-1) / size)
    units = np.where(units > 0, units, 1.0)
    values = values / units[..., None]
    columns, left_out, rest = [], [], []
    for name, y in zip(OUTCOMES, values, strict=True):
        none = ~_kept(designs[name] * weight[..., None])
        x = np.where(none[..., None, :], 0.0, designs[name] * weight[..., None])
        columns.append(x)
        left_out.append(none)
        residual = y - (x @ np.linalg.solve(_gram(x, x, none), _gram(x, y[..., None])))[..., 0]
        rest.append(residual / np.sqrt(size - (~none).sum(axis=-1))[..., None])
    spread = np.stack(rest, axis=-2)
    inverse = np.linalg.pinv(spread @ np.swapaxes(spread, -1, -2), hermitian=True)
    part = [[inverse[..., i, j, None, None] for j in range(2)] for i in range(2)]
    left = np.concatenate(
        [np.concatenate([part[i][j] * _gram(columns[i], columns[j]) for j in range(2)], axis=-1)
         for i in range(2)], axis=-2,
    )  # fmt: skip
    right = [
        sum(part[i][j] * _gram(columns[i], values[j][..., None]) for j in range(2))
        for i in range(2)
    ]
    none = np.concatenate(left_out, axis=-1)
    # A small resample can leave residuals that say the same twice: the shortest answer then counts.
    turned = np.linalg.pinv(left + _diagonal(none), hermitian=True)
    slopes = (turned @ np.concatenate(right, axis=-2))[..., 0]
    starts = (1, columns[0].shape[-1] + 1)
    found = np.stack([slopes[..., start : start + arms - 1] for start in starts], axis=-2)
    return found * np.moveaxis(units, 0, -1)[..., None]


def _gram(x, y, none=None):
    product = np.swapaxes(x, -1, -2) @ y
    return product if none is None else product + _diagonal(none)


def _diagonal(none):
    """Return ones on the diagonal where a column was left out, so that its coefficient is zero."""
    return none[..., None] * np.eye(none.shape[-1])


def _kept(design):
    """Return which columns the ones before them do not already say; a resample can make some."""
    triangle = np.abs(np.diagonal(np.linalg.qr(design, mode="r"), axis1=-2, axis2=-1))
    size = np.linalg.norm(design, axis=-2)
    return triangle > 1e-8 * np.maximum(size, 1e-300)


def _of_full_rank(design):
    """Leave out columns that the ones before them already say."""
    return design[:, _kept(design)]
