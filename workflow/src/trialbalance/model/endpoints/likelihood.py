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
    With eta the sum of the arm's level, covariates and the interval's log hazard:

    - binary: events ~ Binomial(size, expit(eta));
    - count: events ~ NegativeBinomial(mean = size exp(eta), var = mean + cv^2 mean^2);
    - time to event: events ~ Poisson(size exp(eta)), which has the likelihood of a hazard that is
      constant within intervals;
    - proportion: events of a group ~ BetaBinomial(size, mu, rho), the groups' own proportions
      integrated out; rho is their share of the variance.

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
        total = sum(
            _proportions(term, priors)
            if term.kind == "proportion"
            else _log_likelihood(term, _predictor(term, priors), priors)
            for term in terms
        )
        pm.Potential("log_likelihood", total)
    return model


def _predictor(term, priors):
    """Return the linear predictor of each cell."""
    location = 0.0 if term.kind == "binary" else np.log(term.pooled_rate)
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
    return eta


def _log_likelihood(term, eta, priors):
    """Return the log likelihood of a term, up to a constant."""
    if term.kind == "binary":
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
    rest = (term.events + 1 / variance) * pt.log1p(variance * pt.exp(log_mean))
    return (term.events * log_mean - rest).sum() + _rising(term.events, 1.0, variance)


def _proportions(term, priors):
    """Return the log likelihood of groups around a common proportion, their own integrated out.

    With latent proportions a sampler meets a funnel; this has none, and no latent value.
    """
    mean = pm.math.sigmoid(pm.Normal(f"{term.name}:common", 0, priors["level_scale"]))
    share = priors["group_share"]
    rho = pm.Beta(f"{term.name}:share", 1, (1 - share) / share)
    yes, no = term.events, term.size - term.events
    total = _rising(yes, mean * (1 - rho), rho) + _rising(no, (1 - mean) * (1 - rho), rho)
    return total - _rising(term.size, 1 - rho, rho)


def _rising(counts, first, step):
    """Return the sum over counts y of ``sum_{j < y} log(first + j step)``."""
    number = np.arange(int(counts.max(initial=0)))
    if not len(number):
        return 0.0
    more = (counts[:, None] > number).sum(axis=0)
    return (more * pt.log(first + step * number)).sum()
