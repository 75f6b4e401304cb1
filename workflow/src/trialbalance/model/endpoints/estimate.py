"""All endpoints of a study: terms, one fit, effects, checks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.model.checking.checks import COLUMNS, predictive_check, sampler_checks
from trialbalance.model.compiling.compile import compile_density
from trialbalance.model.compiling.sample import sample
from trialbalance.model.endpoints.effects import RATIOS, effects
from trialbalance.model.endpoints.likelihood import by_endpoint, by_kind, declare
from trialbalance.model.endpoints.replicate import replicate
from trialbalance.model.endpoints.terms import make_terms

EFFECTS = [
    *("endpoint", "kind", "estimate", "arm", "comparator", "group", "median", "mean", "lower"),
    *("upper", "n", "events", "person_years", "adjusted_for", "wording"),
]
_ADVICE = {
    "zeros": "more or fewer people have no event than the model gives: look at who cannot have "
    "one, or must",
    "sd": "a few people have very many events: look at them",
    "events": "the hazard changes within an interval: raise model.endpoints.<name>.intervals",
}


def estimate_endpoints(
    records: dict[str, pd.DataFrame],
    study: dict[str, Any],
    section: dict[str, Any],
    seed: int,
    progress: Callable[..., Any] | None = None,
):
    """Model every clinical endpoint of a study and compare the arms on it.

    Parameters
    ----------
    records : dict of pandas.DataFrame
        participants, endpoint_events, endpoint_risk; episodes where an exposure is followed.
    study : dict
        Study section: ``arms`` in order, ``comparator``, ``horizon_years``.
    section : dict
        Settings of the part: ``endpoints``, ``endpoint_priors``, ``comparison``, sampler and gates.
    seed : int
        One integer.
    progress : callable, optional
        Called as ``progress(percent, text)``.

    Returns
    -------
    dict of pandas.DataFrame
        endpoint_effects and endpoint_checks.

    Raises
    ------
    Problems
        For names that no table or column has, and for an endpoint that nobody can have.

    Notes
    -----
    Intervals hold 95 % of the posterior, equal-tailed.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p"], "arm": ["a"], "everyone": True})
    >>> none = pd.DataFrame({"participant_id": [], "endpoint": []})
    >>> records = {"participants": people, "endpoint_events": none, "endpoint_risk": none}
    >>> one = {"endpoint": "cured", "kind": "binary", "population": "everyone", "covariates": []}
    >>> study = {"arms": {"a": {}}, "comparator": "a", "horizon_years": 1.0}
    >>> estimate_endpoints(records, study, {"endpoints": {"cure": one}}, 1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    trialbalance.contracts.problems.Problems: ...found cured; allowed: an endpoint of section...
    """
    terms = make_terms(records, study, section["endpoints"])
    say = progress or (lambda percent, text: None)
    say(5, "compiling the model")
    model, data = declare(terms, section["endpoint_priors"])
    density = compile_density(model, f"endpoints: {', '.join(by_kind(terms))}", data)
    sampler = {name: section[name] for name in ("draws", "tune", "chains", "target_accept")}
    idata = sample(density, **sampler, seed=seed, progress=progress)
    idata.posterior = by_endpoint(terms, idata.posterior)
    flat = {
        name: values.to_numpy().reshape(-1, *values.shape[2:])
        for name, values in idata.posterior.data_vars.items()
    }
    rows, checks = [], sampler_checks(idata, section["gates"])
    for term in terms:
        draws = {
            name.removeprefix(f"{term.name}:"): values
            for name, values in flat.items()
            if name.startswith(f"{term.name}:")
        }
        everybody = term.kind == "binary" or term.totals["n"].sum() == term.people
        for effect in effects(term, draws, study["comparator"], seed):
            words = wording(effect, section["comparison"], everybody)
            if words is not None:
                rows.append(_row(term, *effect) | {"wording": words})
        for statistic, where, seen, replicated in replicate(term, draws, seed):
            name = f"predictive p: {statistic} ({term.name}, {where})"
            checks.append(
                predictive_check(name, seen, replicated, section["gates"], _ADVICE[statistic])
            )
    return {
        "endpoint_effects": pd.DataFrame(rows, columns=EFFECTS),
        "endpoint_checks": pd.DataFrame(checks, columns=COLUMNS),
    }


def wording(effect: tuple[Any, ...], comparison: str, everybody: bool = True):
    """Return in which words an effect may be told; None where it may not be.

    Parameters
    ----------
    effect : tuple
        From `effects`.
    comparison : {"randomised", "observational", "described"}
        How the arms may be compared; an exposure over time is never randomised.
    everybody : bool
        Whether all of the analysis population count; those who ever came to be at risk are a
        selection after randomisation.

    Returns
    -------
    str or None
        Words for the table.

    Examples
    --------
    >>> wording(("risk_difference", "a", "b", "", None), "observational")
    'associated with'
    """
    estimate, _, comparator, *_ = effect
    if not comparator:
        return "associated with" if estimate in RATIOS else "described"
    if comparison == "randomised":
        return "compared as randomised" if everybody else "compared among those ever at risk"
    return "associated with" if comparison == "observational" else None


def _row(term, estimate, arm, comparator, group, draws):
    """Return one row of the table of effects, with the counts of those it speaks of."""
    named = [name for name in (arm, comparator) if name]
    counts = term.totals.loc[named or term.arms].sum(min_count=1)
    if term.kind == "proportion" and group:
        mine = term.group == term.groups.index(group)
        counts = pd.Series({"n": term.size[mine].sum(), "events": term.events[mine].sum()})
    if not counts["n"] or (term.totals.loc[named, "n"] == 0).any():
        # What stands for people who are not there is the prior, and that is no finding.
        draws = np.full(1, np.nan)
    lower, median, upper = np.quantile(draws, (0.025, 0.5, 0.975))
    return {
        "endpoint": term.name, "kind": term.kind, "estimate": estimate, "arm": arm or None,
        "comparator": comparator or None, "group": group or None, "median": median,
        "mean": np.nan if estimate in RATIOS else draws.mean(), "lower": lower, "upper": upper,
        "n": int(counts["n"]), "events": counts["events"],
        "person_years": counts.get("person_years", np.nan),
        "adjusted_for": term.adjusted_for,
    }  # fmt: skip
