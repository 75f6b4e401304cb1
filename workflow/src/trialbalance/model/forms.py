"""The two forms of the model: totals a participant, or visits and periods."""

import pandas as pd

VISIT_MEANS = (
    *("arm", "kind", "name", "moment", "start_years", "end_years"),
    *("observed", "mean", "lower", "upper"),
)


def fit(
    dataset, groups, study, section, seed, progress=None, cores=1, follow_up=None, weights=None
):
    """Fit the form of the model that the settings choose to one analysis.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population (table ``dataset``).
    groups : list of str
        Source groups of cost, the most complete first; empty uses the column ``cost``.
    study, section : dict
        Section ``study``; resolved section ``model``, whose ``form`` chooses.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    cores : int
        Threads for the chains; the draws do not depend on it.
    follow_up, weights : pandas.DataFrame, optional
        Table follow_up and the outcome's rows of table outcome_weights, for the longitudinal form.

    Returns
    -------
    arviz.InferenceData
        The same groups and names of means in both forms.

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.

    Examples
    --------
    >>> fit.__name__
    'fit'
    """
    # Imported here because one form does not need the other's modules.
    if section.get("form") == "longitudinal":
        from trialbalance.model.longitudinal import fitting

        return fitting.fit(dataset, follow_up, weights, study, section, seed, progress, cores)
    from trialbalance.model import fitting

    return fitting.fit(dataset, groups, study, section, seed, progress, cores)


def visit_means(idata, follow_up=None):
    """Return the means by visit and period of a longitudinal fit; no rows for the totals form.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> len(visit_means(SimpleNamespace(attrs={})))
    0
    """
    if idata.attrs.get("form") != "longitudinal":
        return pd.DataFrame(columns=list(VISIT_MEANS))
    from trialbalance.model.longitudinal.fitting import visit_means

    return visit_means(idata, follow_up)
