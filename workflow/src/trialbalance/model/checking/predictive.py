"""Posterior predictive statistics by arm: what the model would expect to see."""

from typing import Any

import numpy as np
import pandas as pd

STATISTICS = (
    "effect_mean", "effect_sd", "effect_at_ceiling", "effect_q90", "effect_q95", "effect_q99",
    "cost_mean", "cost_sd", "cost_zero", "cost_q90", "cost_q95", "cost_q99", "correlation",
)  # fmt: skip

COLUMNS = ["arm", "statistic", "observed", "predicted", "lower", "upper"]


def describe(
    arm: np.ndarray,
    arms: int,
    seen_effect: np.ndarray,
    seen_cost: np.ndarray,
    effect: np.ndarray,
    cost: np.ndarray,
    top: float | None,
) -> np.ndarray:
    """Describe cost and effect by arm on the participants in whom they were observed.

    Parameters
    ----------
    arm : numpy.ndarray of int, shape (participants,)
        Number of the arm.
    arms : int
        How many arms.
    seen_effect, seen_cost : numpy.ndarray, shape (participants,)
        Observed effect and total cost, NaN where unseen.
    effect, cost : numpy.ndarray, shape (participants,)
        Observed or replicated effect and total cost.
    top : float or None
        Effect of the ceiling; None where nobody is there.

    Returns
    -------
    numpy.ndarray
        Shape (arms, statistics); NaN where fewer than two participants were observed.

    Examples
    --------
    >>> arm, value = np.array([0, 0]), np.array([1.0, 3.0])
    >>> describe(arm, 1, value, value, value, value, None)[0, [0, 6]].tolist()
    [2.0, 2.0]
    """
    seen_effect, seen_cost = ~np.isnan(seen_effect), ~np.isnan(seen_cost)
    found = np.full((arms, len(STATISTICS)), np.nan)
    for index in range(arms):
        own = arm == index
        e, c = effect[own & seen_effect], cost[own & seen_cost]
        if len(e) > 1:
            found[index, :2] = e.mean(), e.std()
            if top is not None:
                found[index, 2] = (e >= top - 1e-9).mean()
            found[index, 3:6] = np.quantile(e, (0.9, 0.95, 0.99))
        if len(c) > 1:
            found[index, 6:9] = c.mean(), c.std(), (c == 0).mean()
            found[index, 9:12] = np.quantile(c, (0.9, 0.95, 0.99))
        both = own & seen_effect & seen_cost
        if both.sum() > 3 and effect[both].std() > 0 and cost[both].std() > 0:
            found[index, 12] = np.corrcoef(effect[both], cost[both])[0, 1]
    return found


def predictive(idata: Any) -> pd.DataFrame:
    """Return what was seen beside what trials drawn from the fitted model would show.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with ``statistic_value`` in its groups ``observed_data`` and
        ``posterior_predictive``.

    Returns
    -------
    pandas.DataFrame
        One row an arm and statistic: observed, predicted (median), lower and upper (2.5 % and
        97.5 % quantiles); a statistic that cannot be worked out has no row.

    References
    ----------
    Gelman, Meng and Stern 1996, Statistica Sinica 6:733-760.

    Examples
    --------
    >>> import arviz as az
    >>> import xarray as xr
    >>> at = {"arm": ["a"], "statistic": ["cost_mean"]}
    >>> seen = xr.Dataset({"statistic_value": (("arm", "statistic"), [[2.0]])}, at)
    >>> drawn = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> drawn = xr.Dataset(
    ...     {"statistic_value": (("chain", "draw", "arm", "statistic"), drawn)}, at)
    >>> fit = az.InferenceData(observed_data=seen, posterior_predictive=drawn)
    >>> predictive(fit)[["observed", "predicted"]].values.tolist()
    [[2.0, 2.0]]
    """
    observed = idata.observed_data["statistic_value"]
    replicated = idata.posterior_predictive["statistic_value"]
    rows = []
    for arm in observed["arm"].to_numpy():
        for statistic in observed["statistic"].to_numpy():
            at = {"arm": arm, "statistic": statistic}
            draws, seen = replicated.sel(at).to_numpy().ravel(), float(observed.sel(at))
            draws = draws[np.isfinite(draws)]
            if np.isnan(seen) or not len(draws):
                continue
            lower, middle, upper = np.quantile(draws, (0.025, 0.5, 0.975))
            rows.append([str(arm), str(statistic), seen, middle, lower, upper])
    return pd.DataFrame(rows, columns=COLUMNS)
