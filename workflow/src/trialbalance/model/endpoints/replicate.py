"""Replicated data of an endpoint, for predictive checks of what its model could miss."""

import numpy as np

from trialbalance.model.endpoints.terms import Term

_REPLICATES = 500


def replicate(term: Term, draws: dict[str, np.ndarray], seed: int):
    """Return what to check of an endpoint: observed statistics and their replicates.

    Parameters
    ----------
    term : Term
        Endpoint as its likelihood sees it.
    draws : dict of numpy.ndarray
        Draws by parameter, first axis the draws.
    seed : int
        Seed of the replicates.

    Returns
    -------
    list of tuple
        (statistic, where, observed, replicates): for a count the share of zeros and the SD by arm,
        for time to event the events in each interval; nothing for binary endpoints and
        proportions, whose totals the model reproduces by construction.

    Examples
    --------
    >>> import pandas as pd
    >>> from trialbalance.model.endpoints.terms import make_terms
    >>> people = pd.DataFrame({"participant_id": list("pqrs"), "arm": list("aabb")})
    >>> people["everyone"] = True
    >>> risk = people.assign(endpoint="fall", start_years=0.0, end_years=1.0)
    >>> events = risk.iloc[[1]].assign(time_years=0.5, amount=1.0)
    >>> records = {"participants": people, "endpoint_events": events, "endpoint_risk": risk}
    >>> one = {"endpoint": "fall", "kind": "count", "population": "everyone", "covariates": [],
    ...     "counted": "events", "exposure": None}
    >>> study = {"arms": {"a": {}, "b": {}}, "horizon_years": 1.0}
    >>> term = make_terms(records, study, {"m": one})[0]
    >>> draws = {"level": np.full((3, 2), -1.0), "slope": np.zeros((3, 0)), "cv": np.full(3, 0.5)}
    >>> [(what, where, float(seen)) for what, where, seen, _ in replicate(term, draws, 1)]
    [('zeros', 'a', 0.5), ('sd', 'a', 0.5), ('zeros', 'b', 1.0), ('sd', 'b', 0.0)]
    """
    if term.kind not in ("count", "time_to_event"):
        return []
    rng = np.random.default_rng(seed)
    chosen = np.linspace(0, len(draws["level"]) - 1, _REPLICATES).astype(int)
    mean = term.size * np.exp(_predictor(term, {k: v[chosen] for k, v in draws.items()}))
    if term.kind == "count":
        return _counts(term, rng, mean, draws["cv"][chosen])
    drawn = rng.poisson(np.minimum(mean, 1e9))
    found = []
    for number in range(len(term.cuts) - 1):
        mine = term.step == number
        seen = float(term.events[mine].sum())
        found.append(("events", f"interval {number + 1}", seen, drawn[:, mine].sum(axis=1)))
    return found


def _counts(term, rng, mean, cv):
    """Return the share of zeros and the spread of counts by arm."""
    shape = np.maximum(cv, 1e-6)[:, None] ** -2
    drawn = rng.poisson(np.minimum(rng.gamma(shape, mean / shape), 1e9))
    found = []
    for number, arm in enumerate(term.arms):
        mine = term.arm == number
        if mine.sum() > 1:
            own, new = term.events[mine], drawn[:, mine]
            found.append(("zeros", arm, (own == 0).mean(), (new == 0).mean(axis=1)))
            found.append(("sd", arm, own.std(), new.std(axis=1)))
    return found


def _predictor(term, draws):
    """Return the linear predictor of every cell for every draw."""
    eta = draws["level"][:, term.arm]
    if term.design.shape[1]:
        eta = eta + draws["slope"] @ term.design.T
    if "interval" in draws:
        zero = np.zeros((len(eta), 1))
        eta = eta + np.hstack([zero, draws["interval"]])[:, term.step]
    return eta
