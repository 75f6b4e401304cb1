"""Who is missing: what at baseline, and what at earlier visits, goes with an outcome unseen."""

from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    "outcome", "given", "term", "per", "participants", "missing", "odds_ratio", "lower", "upper",
]  # fmt: skip
_NORMAL_95 = 1.959963984540054


def predict_missingness(
    dataset: pd.DataFrame, covariates: list[str], arms: list[str], earlier: dict[str, pd.Series]
) -> pd.DataFrame:
    """Return odds ratios of cost and of effect being unobserved.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm, cost_observed, effect_observed and the covariates.
    covariates : list of str
        Columns of the dataset that hold covariates.
    arms : list of str
        Arms, the comparator first.
    earlier : dict of str to pandas.Series
        Visit -> the outcome's measure there, in the order of the dataset; blank where unseen.

    Returns
    -------
    pandas.DataFrame
        outcome, given (baseline, or a visit whose measure stands beside the baseline covariates,
        among those seen there), term, per, participants, missing, odds_ratio, lower and upper
        (95 %); no rows for an outcome that everybody, or nobody, has.

    Notes
    -----
    Logistic regression with a log-F(1, 1) penalty on every coefficient but the constant, made by
    adding to the data half an event in one trial for each; estimates stay finite where a
    covariate separates the missing from the seen. Missing covariates are at their mean.

    References
    ----------
    Greenland 2015, doi:10.1002/sim.6537; Faria 2014, doi:10.1007/s40273-014-0193-3.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"], "cost_observed": True,
    ...     "effect_observed": [True, False, True, False]})
    >>> predict_missingness(people, [], ["a", "b"], {})["odds_ratio"].round(3).to_list()
    [1.0]
    """
    terms = _terms(dataset, covariates, arms)
    parts = []
    for outcome in ("cost", "effect"):
        missing = ~dataset[f"{outcome}_observed"].astype(bool).to_numpy()
        parts.append(_regress(outcome, "baseline", missing, terms))
        for visit, values in earlier.items():
            seen = values.notna().to_numpy()
            there = {name: (per, column[seen]) for name, (per, column) in terms.items()}
            there[f"measure at {visit}"] = _scaled(values[seen].to_numpy(float))
            parts.append(_regress(outcome, visit, missing[seen], there))
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _terms(dataset: pd.DataFrame, covariates, arms: list[str]):
    """Return each term of a regression: what its odds ratio is per, and its column."""
    present = [arm for arm in arms if (dataset["arm"] == arm).any()]
    found = {
        f"arm {arm}": (f"against {present[0]}", (dataset["arm"] == arm).to_numpy(float))
        for arm in present[1:]
    }
    for name in covariates:
        found[name] = _scaled(dataset[name].to_numpy(dtype=float, na_value=np.nan))
    return found


def _scaled(values: pd.Series):
    """Return an indicator as it is, any other covariate in standard deviations."""
    seen = values[~np.isnan(values)]
    if set(seen) <= {0.0, 1.0}:
        return "yes against no", np.nan_to_num(values, nan=seen.mean() if len(seen) else 0.0)
    spread = seen.std(ddof=1) if len(seen) > 1 else 0.0
    return "standard deviation", np.nan_to_num((values - seen.mean()) / (spread or 1.0))


def _regress(outcome: str, given: pd.DataFrame | None, missing: Any, terms):
    if not terms or missing.all() or not missing.any():
        return pd.DataFrame(columns=COLUMNS)
    design = np.column_stack([np.ones(len(missing)), *(column for _, column in terms.values())])
    # One trial with half an event on each coefficient, away from the constant.
    extra = np.eye(design.shape[1])[1:]
    answer = np.concatenate([missing.astype(float), np.full(len(extra), 0.5)])
    # Imported here because it takes longer to load than most rules that reach this module to run.
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    fitted = GLM(answer, np.vstack([design, extra]), family=Binomial()).fit()
    slope, error = fitted.params[1:], fitted.bse[1:]
    return pd.DataFrame(
        {
            "outcome": outcome,
            "given": given,
            "term": list(terms),
            "per": [per for per, _ in terms.values()],
            "participants": len(missing),
            "missing": int(missing.sum()),
            "odds_ratio": np.exp(slope),
            "lower": np.exp(slope - _NORMAL_95 * error),
            "upper": np.exp(slope + _NORMAL_95 * error),
        }
    )
