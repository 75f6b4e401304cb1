"""Leave-one-out comparison of fits, only where they describe the same data on the same measure."""

import numpy as np


def measure(trial):
    """Say on which measure a model gives its density; fits compare only where it is the same.

    Parameters
    ----------
    trial : Trial
        The prepared data.

    Returns
    -------
    str
        Which outcomes are continuous and which have points with a probability of their own.

    Examples
    --------
    >>> measure.__name__
    'measure'
    """
    if trial.effect_family == "bernoulli":
        effect = "effect as an event"
    else:
        effect = "effect with a share at the ceiling" if trial.spike else "continuous effect"
    if any("were moved just" in note for note in trial.notes):
        effect += "; some values moved inside their bounds"
    zeros = ", ".join(trial.groups[group] for group in trial.hurdle)
    return f"{effect}; " + (f"cost with a share at zero ({zeros})" if zeros else "continuous cost")


def log_jacobian(trial):
    """Return what turns a participant's log density into one in the units of the data.

    Parameters
    ----------
    trial : Trial
        The prepared data: outcomes are multiples of their units.

    Returns
    -------
    numpy.ndarray
        Shape (participants,): minus the log unit of every continuous value that was observed.

    Examples
    --------
    >>> log_jacobian.__name__
    'log_jacobian'
    """
    effect = ~np.isnan(trial.effect) & ~(trial.spike & trial.at_ceiling)
    if trial.effect_family == "bernoulli":
        effect = np.zeros(trial.size, bool)
    cost = ~np.isnan(trial.cost)
    cost[:, trial.hurdle] &= trial.cost[:, trial.hurdle] != 0
    return -(effect * np.log(trial.effect_unit) + cost @ np.log(trial.cost_unit))


def leave_one_out(idata, trial, limit):
    """Return the expected log density of each participant left out, in the units of the data.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with the log-likelihood of participants.
    trial : Trial
        The data it was fitted to.
    limit : float
        Largest Pareto k at which the answer is believed.

    Returns
    -------
    people : tuple of str
        Participants in the likelihood.
    elpd : numpy.ndarray
        Shape (participants,).
    high : int
        Participants above the limit.

    References
    ----------
    Vehtari 2017, doi:10.1007/s11222-016-9696-4.

    Examples
    --------
    >>> leave_one_out.__name__
    'leave_one_out'
    """
    found = idata.leave_one_out
    people = [str(name) for name in found["participant_id"].to_numpy()]
    place = {name: number for number, name in enumerate(trial.participants)}
    jacobian = log_jacobian(trial)[[place[name] for name in people]]
    high = int((found.pareto_k > limit).sum())
    return tuple(people), found.elpd.to_numpy() + jacobian, high


def differences(fits):
    """Compare fits with the best of those on the same measure.

    Parameters
    ----------
    fits : dict of str to dict
        By name: ``measure``, ``people``, ``elpd`` and ``high`` of each fit.

    Returns
    -------
    dict of str to tuple
        By name: difference in elpd from the best, its standard error, and why there is none.

    Notes
    -----
    A fit with a participant above the limit of Pareto k is compared with none.

    Examples
    --------
    >>> one = {"measure": "m", "people": ("p", "q"), "elpd": np.array([1.0, 2.0]), "high": 0}
    >>> differences({"a": one, "b": {**one, "elpd": np.array([0.0, 1.0])}})["b"][:2]
    (-2.0, 0.0)
    """
    found = {}
    for name, fit in fits.items():
        peers = {
            key: other["elpd"]
            for key, other in fits.items()
            if (other["measure"], other["people"]) == (fit["measure"], fit["people"])
            and not other["high"]
        }
        if fit["high"]:
            why = f"not compared: participants above the gate of Pareto k ({fit['high']})"
            found[name] = (np.nan, np.nan, why)
        elif len(peers) < 2:
            found[name] = (np.nan, np.nan, "not compared: no other fit on the same measure")
        else:
            best = max(peers.values(), key=np.sum)
            gap = fit["elpd"] - best
            error = np.sqrt(len(gap)) * gap.std()
            found[name] = (float(gap.sum()), float(error), "")
    return found
