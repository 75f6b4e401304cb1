"""What a model is fitted to: totals of a participant, or cells by visit and period."""

import numpy as np
import pandas as pd

VISIT_MEANS = (
    *("arm", "kind", "name", "moment", "start_years", "end_years"),
    *("observed", "mean", "lower", "upper"),
)


def fit(
    dataset, groups, study, section, seed, progress=None, cores=1, follow_up=None, weights=None
):
    """Fit the model to one analysis, by totals or by visit as the settings choose.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population (table ``dataset``).
    groups : list of str
        Source groups of cost, the most complete first; empty uses the column ``cost``.
    study, section : dict
        Section ``study``; resolved section ``model``, whose ``cells`` chooses.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    cores : int
        Threads for the chains; the draws do not depend on it.
    follow_up, weights : pandas.DataFrame, optional
        Table follow_up and the outcome's rows of table outcome_weights, for cells by visit.

    Returns
    -------
    arviz.InferenceData
        The same groups and names of means either way.

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.
    """
    # Imported here because one road does not need the other's modules.
    if section.get("cells") == "by_visit":
        from trialbalance.model.cells import fitting as by_visit

        return by_visit.fit(dataset, follow_up, weights, study, section, seed, progress, cores)
    from trialbalance.model import fitting

    return fitting.fit(dataset, groups, study, section, seed, progress, cores)


def visit_means(idata, follow_up=None):
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
