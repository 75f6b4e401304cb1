"""One graph for all endpoints of a study: compiling is the cost, and one graph compiles once."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt


def declare(terms, priors):
    """Declare the posterior of every endpoint of a study in one model.

    Parameters
    ----------
    terms : list of Term
        Endpoints as their likelihoods see them.
    priors : dict
        Settings ``model.endpoint_priors``.

    Returns
    -------
    pymc.Model
        Free variables ``<name>:level`` by arm, ``<name>:slope`` and so on; the endpoints share
        none, so that each posterior is what a model of its own would give.

    Notes
    -----
    With eta the sum of the arm's level, covariates, the interval's log hazard and the group:

    - binary, proportion: events ~ Binomial(size, expit(eta));
    - count: events ~ NegativeBinomial(mean = size exp(eta), var = mean + cv^2 mean^2);
    - time to event: events ~ Poisson(size exp(eta)), which has the likelihood of a hazard that is
      constant within intervals.

    Arms stand around a common level, so that swapping their labels flips signs and no more.

    References
    ----------
    Holford 1980, doi:10.2307/2529982, for the piecewise exponential likelihood.

    Examples
    --------
    >>> declare.__name__
    'declare'
    """
    with pm.Model() as model:
        total = sum(_log_likelihood(term, *_predictor(term, priors), priors) for term in terms)
        pm.Potential("log_likelihood", total)
    return model


def _predictor(term, priors):
    """Return the linear predictor of each cell."""
    location = 0.0 if term.kind in ("binary", "proportion") else np.log(term.pooled_rate)
    common = pm.Normal(f"{term.name}:common", location, priors["level_scale"])
    level = pm.Normal(
        f"{term.name}:level", common, priors["arm_scale"], shape=len(term.arms)
    )  # fmt: skip
    eta = level[term.arm]
    if term.design.shape[1]:
        # Products and sums, not BLAS, so that draws do not depend on the number of threads.
        slope = pm.Normal(f"{term.name}:slope", 0, priors["slope"], shape=term.design.shape[1])
        eta = eta + (term.design * slope).sum(axis=1)
    if term.cuts is not None and len(term.cuts) > 2:
        later = pm.Normal(
            f"{term.name}:interval", 0, priors["interval_scale"], shape=len(term.cuts) - 2
        )
        eta = eta + pt.concatenate([np.zeros(1), later])[term.step]
    if term.groups:
        sd = pm.HalfNormal(f"{term.name}:group_sd", priors["group_sd"])
        # The standardised deviation and not the deviation, which would make a funnel.
        group = pm.Normal(f"{term.name}:group", 0, 1, shape=len(term.groups))
        eta = eta + (sd * group)[term.group]
    return (eta,)


def _log_likelihood(term, eta, priors):
    """Return the log likelihood of a term, up to a constant."""
    if term.kind in ("binary", "proportion"):
        return (term.events * eta - term.size * pt.softplus(eta)).sum()
    if term.kind == "time_to_event":
        return (term.events * eta - term.size * pt.exp(eta)).sum()
    return _negative_binomial(term, eta + np.log(term.size), priors)


def _negative_binomial(term, log_mean, priors):
    """Return the log likelihood of counts, exact also where they spread like a Poisson's.

    ``log Gamma(y + 1/cv^2) - log Gamma(1/cv^2)`` loses all digits for a small cv. Its finite sum
    over 0 ... y - 1 does not, and needs only how many people have more than j events.
    """
    variance = pm.HalfNormal(f"{term.name}:cv", priors["count_cv"]) ** 2 + 1e-12
    steps = np.arange(int(term.events.max(initial=0)))
    more = (term.events[:, None] > steps).sum(axis=0)
    rest = (term.events + 1 / variance) * pt.log1p(variance * pt.exp(log_mean))
    total = (term.events * log_mean - rest).sum()
    return total + (more * pt.log1p(variance * steps)).sum() if len(steps) else total
