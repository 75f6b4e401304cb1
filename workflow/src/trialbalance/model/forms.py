"""What a model is fitted to: totals of a participant, or cells by visit and period."""

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from trialbalance.model.cells.fitting import fit_cells
from trialbalance.model.cells.from_data.by_settings import cells_of

VISIT_MEANS = (
    *("arm", "kind", "name", "moment", "start_years", "end_years"),
    *("observed", "mean", "lower", "upper"),
)


def fit(
    dataset: pd.DataFrame,
    groups: list[str],
    study: dict[str, Any],
    section: dict[str, Any],
    seed: int,
    progress: Callable[[float, str], None] | None = None,
    cores: int = 1,
    follow_up: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
) -> az.InferenceData:
    """Fit the model to one analysis.

    Parameters
    ----------
    dataset, groups, study, section, follow_up, weights
        As for `cells_of`.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    cores : int
        Threads for the chains; the draws do not depend on it.

    Returns
    -------
    arviz.InferenceData
        As from :func:`trialbalance.model.cells.fitting.fit_cells`.

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.

    Examples
    --------
    >>> from trialbalance.settings.sections.model import ModelSettings
    >>> fit(pd.DataFrame({"arm": [], "effect": [], "cost": []}), [], {"arms": []},
    ...     ModelSettings(effect={"family": "normal"}).model_dump(), 1)
    Traceback (most recent call last):
    ...
    trialbalance.contracts.problems.Problems: dataset, column cost: found no cost for anybody; \
leave the source group out of the analysis.
    dataset, column effect: found no effect for anybody; analyse an outcome that was measured.
    """
    if progress:
        progress(0, "preparing the data")
    cells = cells_of(dataset, groups, study, section, follow_up, weights)
    idata = fit_cells(cells, section, seed, study["comparator"], progress, cores)
    idata.attrs["cells"] = "by_visit" if section["cells"] == "by_visit" else "totals"
    return idata


def visit_means(idata: az.InferenceData, follow_up: pd.DataFrame | None = None):
    """Return the mean of each arm at each visit and in each period; no rows from totals.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.
    follow_up : pandas.DataFrame, optional
        Table follow_up that it was fitted to.

    Returns
    -------
    pandas.DataFrame
        arm, kind, name, moment, start_years, end_years, observed (participants), mean, lower and
        upper (2.5 and 97.5 %).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> len(visit_means(SimpleNamespace(attrs={})))
    0
    """
    if idata.attrs.get("cells") != "by_visit":
        return pd.DataFrame(columns=list(VISIT_MEANS))
    keys = ["kind", "name", "moment", "start_years", "end_years"]
    seen = follow_up.assign(observed=follow_up["status"] == "observed")
    counts = seen.groupby([*keys, "arm"], sort=False)["observed"].sum()
    rows = []
    for row in follow_up[keys].drop_duplicates().itertuples(index=False):
        measure = row.kind == "measure"
        name = "visit_mean" if measure else "period_mean"
        axis, label = ("visit", row.moment) if measure else ("period", f"{row.name} {row.moment}")
        if name not in idata.posterior or label not in idata.posterior[axis].to_numpy():
            continue
        means = idata.posterior[name].sel({axis: label})
        for arm in means["arm"].to_numpy():
            draws = means.sel(arm=arm).to_numpy().ravel()
            lower, upper = np.quantile(draws, (0.025, 0.975))
            rows.append((arm, *row, counts.get((*row, arm), 0), draws.mean(), lower, upper))
    return pd.DataFrame(rows, columns=list(VISIT_MEANS))
