"""From draws of coefficients to effects: risks, rates and survival averaged over the population."""

import numpy as np
from scipy.special import expit

from trialbalance.model.endpoints.terms import Term

RATIOS = ("relative_risk", "rate_ratio", "hazard_ratio")


def effects(term: Term, draws: dict[str, np.ndarray], comparator: str, seed: int):
    """Return the draws of every effect of an endpoint.

    Parameters
    ----------
    term : Term
        Endpoint as its likelihood sees it.
    draws : dict of numpy.ndarray
        Draws by parameter, without the name of the endpoint, first axis the draws.
    comparator : str
        Arm against which the others are set.
    seed : int
        Seed of the groups' proportions, which are drawn given the others.

    Returns
    -------
    list of tuple
        (estimate, arm, comparator or "", group or "", draws of shape (draws,)).

    Notes
    -----
    Risk: mean over the population of ``expit(level_a + x_i'beta)``; rate: mean of
    ``exp(level_a + x_i'beta)``, events a person-year; survival at the horizon: mean of
    ``exp(-H_a(horizon | x_i))``; restricted mean time: mean of its integral over the horizon.
    Ratios are exponentials of differences of logarithms of positive numbers: unlike a ratio of
    increments their denominators cannot cross zero, so median and interval of the logarithm's
    posterior, exponentiated, mean what they say. No mean or standard error of one is formed.

    References
    ----------
    Zhang 2009, doi:10.1177/0962280208105991, for standardised risks after a logistic model.
    Royston 2013, doi:10.1186/1471-2288-13-152, for the restricted mean time.

    Examples
    --------
    >>> import pandas as pd
    >>> from trialbalance.model.endpoints.terms import make_terms
    >>> people = pd.DataFrame({"participant_id": list("pqrs"), "arm": ["a", "a", "b", "b"],
    ...     "everyone": True, "well": [True, False, True, pd.NA]})
    >>> one = {"endpoint": "well", "kind": "binary", "population": "everyone", "covariates": []}
    >>> none = pd.DataFrame(columns=["participant_id", "endpoint"])
    >>> records = {"participants": people, "endpoint_events": none, "endpoint_risk": none}
    >>> term = make_terms(records, {"arms": {"a": {}, "b": {}}}, {"well": one})[0]
    >>> draws = {"level": np.array([[0.0, np.log(3.0)]]), "slope": np.zeros((1, 0))}
    >>> found = effects(term, draws, "a", 1)
    >>> {name: round(float(each[0]), 2) for name, arm, *_, each in found if arm == "b"}
    {'risk': 0.75, 'risk_difference': 0.25, 'relative_risk': 1.5}
    """
    if term.kind == "proportion":
        return _groups(term, draws, np.random.default_rng(seed))
    build = {"binary": _binary, "count": _count, "time_to_event": _time}
    return build[term.kind](term, draws, comparator)


def _binary(term, draws, comparator):
    """Return risks, their differences and ratios."""
    risk = {arm: expit(_profiles(term, draws, arm)) @ term.weight for arm in term.arms}
    return _compared(risk, comparator, "risk", "risk_difference", "relative_risk")


def _count(term, draws, comparator):
    """Return rates a person-year, their differences and ratios."""
    rate = {arm: np.exp(_profiles(term, draws, arm)) @ term.weight for arm in term.arms}
    return _compared(rate, comparator, "rate", "rate_difference", "rate_ratio")


def _time(term, draws, comparator):
    """Return survival and restricted mean time at the horizon, and hazard ratios."""
    survival, mean_time = {}, {}
    for arm in term.arms:
        survival[arm], mean_time[arm] = _survival(term, draws, arm)
    found = _compared(survival, comparator, "event_free", "event_free_difference")
    found += _compared(mean_time, comparator, "event_free_time", "event_free_time_difference")
    base = draws["level"][:, term.arms.index(comparator)]
    for number, arm in enumerate(term.arms):
        if arm != comparator:
            ratio = np.exp(draws["level"][:, number] - base)
            found.append(("hazard_ratio", arm, comparator, "", ratio))
    for name in term.exposures:
        ratio = np.exp(draws["slope"][:, term.columns.index(name)])
        found.append(("hazard_ratio", "", "", name, ratio))
    return found


def _groups(term, draws, rng):
    """Return the proportion of every group and of everybody, drawn given the common parameters.

    With k = (1 - rho) / rho a group's proportion is Beta(mu k + yes, (1 - mu) k + no).
    """
    mean, rho = expit(draws["common"])[:, None], np.maximum(draws["share"], 1e-9)[:, None]
    strength = (1 - rho) / rho
    chance = rng.beta(mean * strength + term.events,
                      (1 - mean) * strength + term.size - term.events)  # fmt: skip
    found = [("proportion", "", "", group, chance[:, number])
             for number, group in enumerate(term.groups)]  # fmt: skip
    found.append(("proportion", "", "", "", chance @ (term.size / term.size.sum())))
    if term.benchmark is not None:
        found += [
            ("difference_from_benchmark", *names, draws - term.benchmark)
            for _, *names, draws in found
        ]
    return found


def _profiles(term, draws, arm):
    """Return the linear predictor of every covariate profile in an arm, unexposed."""
    eta = draws["level"][:, [term.arms.index(arm)]] + np.zeros(len(term.weight))
    width = term.population.shape[1]
    return eta + draws["slope"][:, :width] @ term.population.T if width else eta


def _survival(term, draws, arm):
    """Return event-free share at the horizon and event-free years up to it."""
    hazard = np.exp(_profiles(term, draws, arm))
    widths = np.diff(term.cuts)
    later = draws.get("interval", np.empty((len(hazard), 0)))
    factor = np.exp(np.hstack([np.zeros((len(hazard), 1)), later]))
    alive, time = np.ones_like(hazard), np.zeros_like(hazard)
    for number, width in enumerate(widths):
        rate = hazard * factor[:, [number]]
        left = alive * np.exp(-rate * width)
        time += np.where(rate > 1e-12, (alive - left) / np.maximum(rate, 1e-12), alive * width)
        alive = left
    return alive @ term.weight, time @ term.weight


def _compared(values, comparator, level, difference, ratio=None):
    """Return levels by arm, then differences and ratios against the comparator."""
    found = [(level, arm, "", "", value) for arm, value in values.items()]
    for arm, value in values.items():
        if arm == comparator:
            continue
        found.append((difference, arm, comparator, "", value - values[comparator]))
        if ratio:
            found.append((ratio, arm, comparator, "", value / values[comparator]))
    return found
