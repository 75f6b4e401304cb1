"""Covariates as numbers: continuous ones standardised, categories as centred indicators."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.rows import covariate_columns

BASELINE = "baseline_effect"
AT_CEILING = "baseline_at_ceiling"
_MAX_LEVELS = 20


@dataclass(frozen=True)
class Covariate:
    """One covariate of the analysis population.

    Parameters
    ----------
    name : str
        Column of the dataset.
    levels : tuple
        Categories in order, empty for a continuous covariate.
    values : numpy.ndarray
        Shape (participants,): the standardised value, or the number of the category; NaN where
        missing.
    centre, scale : float
        Mean and SD taken out of a continuous covariate, in its own unit.
    """

    name: str
    levels: tuple
    values: np.ndarray
    centre: float = 0.0
    scale: float = 1.0

    @property
    def missing(self):
        """Which participants lack the covariate."""
        return np.isnan(self.values)

    @property
    def columns(self):
        """Names of the columns the covariate has in a design matrix."""
        if not self.levels:
            return [self.name]
        return [f"{self.name}={level}" for level in self.levels[1:]]

    def design(self, values: np.ndarray):
        """Turn values (shape (n,)) into design columns (n, columns); missing ones become 0."""
        if not self.levels:
            return np.nan_to_num(values)[:, None]
        seen = self.values[~self.missing]
        numbers = np.arange(1, len(self.levels))
        shares = np.array([(seen == number).mean() for number in numbers])
        columns = (values[:, None] == numbers).astype(float) - shares
        return np.where(np.isnan(values)[:, None], 0.0, columns)


def told(covariates: dict[str, Covariate]):
    """Return the covariates in words, with how many values of each were taken at the mean.

    Parameters
    ----------
    covariates : dict of str to Covariate
        Encoded covariates.

    Returns
    -------
    str or None
        None where there are none.

    References
    ----------
    White 2005, doi:10.1002/sim.1981, for baseline covariates taken at their mean.

    Examples
    --------
    >>> told({"age": Covariate("age", (), np.array([1.0, np.nan]))})
    'age (1 unknown, taken at the mean)'
    """
    parts = []
    for name, one in covariates.items():
        unknown = int(one.missing.sum())
        parts.append(f"{name} ({unknown} unknown, taken at the mean)" if unknown else name)
    return ", ".join(parts) or None


def named_columns(dataset: pd.DataFrame, wanted: list[str] | None):
    """List the covariate columns a setting asks for.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    wanted : list of str or None
        Names from the settings; None takes every covariate column
        but ``baseline_at_ceiling``, which only the share at the ceiling uses.

    Returns
    -------
    list of str
        Column names, in the order of the dataset or of the setting.

    Examples
    --------
    >>> named_columns(pd.DataFrame(columns=["participant_id", "cost", "age"]), None)
    ['age']
    """
    if wanted is not None:
        return list(dict.fromkeys(wanted))
    return [name for name in covariate_columns(dataset) if name != AT_CEILING]


def encode(dataset: pd.DataFrame, names: list[str]):
    """Encode covariates, collecting every problem.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    names : list of str
        Columns to encode.

    Returns
    -------
    dict of str to Covariate
        Encoded covariates; one that never varies is left out, since it says nothing.

    Raises
    ------
    Problems
        For a column that does not exist, has no value at all or too many categories.

    Examples
    --------
    >>> encode(pd.DataFrame({"age": [30.0, 40.0, 50.0]}), ["age"])["age"].values
    array([-1.,  0.,  1.])
    """
    found, findings = {}, []
    for name in dict.fromkeys(names):
        if name not in dataset.columns:
            findings.append(
                Finding("study.yaml", None, "model.effect.covariates, model.cost.covariates", name,
                        ", ".join(named_columns(dataset, None)), "correct the name")
            )  # fmt: skip
            continue
        covariate = _encode_one(name, dataset[name], findings)
        if covariate is not None:
            found[name] = covariate
    if findings:
        raise Problems(findings)
    return found


def _encode_one(name, column, findings):
    seen = column.dropna()
    if seen.empty:
        findings.append(
            Finding("dataset", None, name, "no value for anybody", None,
                    "leave the covariate out of the model")
        )  # fmt: skip
        return None
    if seen.nunique() < 2 and not column.isna().any():
        return None
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if numeric and not set(seen.unique()) <= {0, 1}:
        values = column.to_numpy(dtype=float, na_value=np.nan)
        centre, scale = float(np.nanmean(values)), float(np.nanstd(values, ddof=1))
        scale = scale if np.isfinite(scale) and scale > 0 else 1.0
        return Covariate(name, (), (values - centre) / scale, centre, scale)
    levels = (False, True) if set(seen.unique()) <= {0, 1} else tuple(sorted(seen.unique()))
    if len(levels) > _MAX_LEVELS:
        findings.append(
            Finding("dataset", None, name, f"{len(levels)} categories", f"up to {_MAX_LEVELS}",
                    "group the categories or leave the covariate out")
        )  # fmt: skip
        return None
    if levels == (False, True):
        return Covariate(name, levels, column.to_numpy(dtype=float, na_value=np.nan))
    numbers = {level: float(number) for number, level in enumerate(levels)}
    return Covariate(name, levels, column.map(numbers).to_numpy(dtype=float, na_value=np.nan))
