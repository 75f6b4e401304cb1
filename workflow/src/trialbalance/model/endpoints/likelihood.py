"""One graph for all endpoints of a study: rows of all of them under one linear predictor.

What is compiled so depends on the kinds of endpoint and not on how many endpoints, arms, people,
covariates or intervals there are: those are data.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from trialbalance.model.endpoints.terms import Term

REGRESSIONS = ("binary", "time_to_event", "count")
KINDS = (*REGRESSIONS, "proportion")


def declare(terms: list[Term], priors: dict[str, Any]):
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
        Free variables ``level`` by endpoint and arm, ``slope`` and so on, cut by
        :func:`by_endpoint`; the endpoints share none, so that each posterior is what a model of its
        own would give.
    dict of str to numpy.ndarray
        The data of the model, in the order they are compiled for.

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
    >>> model, data = declare([], {})
    >>> model.free_RVs, data
    ([], {})
    """
    own, data = by_kind(terms), {}
    regressions = [term for kind in REGRESSIONS for term in own.get(kind, [])]
    if regressions:
        data |= _regression_data(regressions, priors)
    if "count" in own:
        data |= _count_data(own["count"], priors)
    if "proportion" in own:
        data |= _proportion_data(own["proportion"], priors)
    with pm.Model() as model:
        given = {name: pm.Data(name, value) for name, value in data.items()}
        eta = _predictor(given) if regressions else None
        parts = [_LIKELIHOODS[kind](given, eta) for kind in own]
        if parts:
            pm.Potential("log_likelihood", sum(parts))
    return model, data


def by_kind(terms: list[Term]):
    """Return the terms of each kind that there is, in a fixed order of kinds.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> list(by_kind([Some(kind="time_to_event"), Some(kind="binary"), Some(kind="binary")]))
    ['binary', 'time_to_event']
    """
    found = {kind: [term for term in terms if term.kind == kind] for kind in KINDS}
    return {kind: own for kind, own in found.items() if own}


def by_endpoint(terms: list[Term], posterior: xr.Dataset):
    """Cut the draws of each kind's variables into those of each endpoint.

    Parameters
    ----------
    terms : list of Term
        As declared.
    posterior : xarray.Dataset
        Draws of the free variables.

    Returns
    -------
    xarray.Dataset
        Variables ``<endpoint>:<parameter>``: ``common``, ``level`` by arm, and where the endpoint
        has any ``slope``, ``interval``, ``cv``, ``share``.

    Examples
    --------
    >>> len(by_endpoint([], xr.Dataset()).data_vars)
    0
    """
    own, found = by_kind(terms), {}
    regressions = [term for kind in REGRESSIONS for term in own.get(kind, [])]
    for variable, values in posterior.data_vars.items():
        name = str(variable)
        whose = own[_ONLY_OF[name]] if name in _ONLY_OF else regressions
        # One value an endpoint has no axis of its own.
        single = name in (*_ONLY_OF, "common")
        lengths = [1 if single else _LENGTHS[name](term) for term in whose]
        pieces = np.split(values.to_numpy(), np.cumsum(lengths)[:-1], axis=2)
        for term, piece in zip(whose, pieces, strict=True):
            parameter = "common" if name == "proportion" else name
            label = f"{term.name}:{parameter}"
            if piece.shape[2]:
                dims = () if single else (f"{label}_dim_0",)
                found[label] = (("chain", "draw", *dims), piece[..., 0] if single else piece)
    return xr.Dataset(found, coords={n: posterior[n] for n in ("chain", "draw") if found})


def _later(term):
    """Return the number of intervals after the first."""
    return 0 if term.cuts is None else max(len(term.cuts) - 2, 0)


# Variables of one kind of endpoint alone, and how many values of the others an endpoint has.
_ONLY_OF = {"cv": "count", "proportion": "proportion", "share": "proportion"}
_LENGTHS = {
    "level": lambda term: len(term.arms),
    "slope": lambda term: term.design.shape[1],
    "interval": _later,
}


def _starts(lengths):
    return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)


def _regression_data(terms, priors):
    """Return the rows of endpoints that have a linear predictor, one after the other."""
    arms, later = [len(term.arms) for term in terms], [_later(term) for term in terms]
    widths = [term.design.shape[1] for term in terms]
    most = max(widths)
    # A slope or interval that an endpoint lacks points at a zero, which stands first.
    column = np.zeros((len(terms), most), int)
    for number, (start, width) in enumerate(zip(_starts(widths), widths, strict=True)):
        column[number, :width] = 1 + start + np.arange(width)
    steps = [
        np.zeros(len(term.arm), int) if not more else np.where(term.step > 0, start + term.step, 0)
        for term, start, more in zip(terms, _starts(later), later, strict=True)
    ]
    places = [start + term.arm for term, start in zip(terms, _starts(arms), strict=True)]
    rates = [0.0 if term.kind == "binary" else np.log(term.pooled_rate) for term in terms]
    found = {
        "location": np.array(rates),
        "endpoint_of_level": np.repeat(np.arange(len(terms)), arms),
        "level_of_row": np.concatenate(places),
        "endpoint": np.repeat(np.arange(len(terms)), [len(term.arm) for term in terms]),
        "design": np.concatenate(
            [np.pad(t.design, ((0, 0), (0, most - t.design.shape[1]))) for t in terms]
        ),
        "column": column, "slopes": np.array(sum(widths)),
        "step": np.concatenate(steps), "intervals": np.array(sum(later)),
        "last_of": np.cumsum([sum(len(t.arm) for t in terms if t.kind == k) for k in REGRESSIONS]),
        "events": np.concatenate([term.events for term in terms]).astype(float),
        "size": np.concatenate([term.size for term in terms]).astype(float),
        "level_scale": np.array(priors["level_scale"]),
        "arm_scale": np.array(priors["arm_scale"]), "slope_scale": np.array(priors["slope"]),
        "interval_scale": np.array(priors["interval_scale"]),
    }  # fmt: skip
    return found


def _count_data(terms, priors):
    """Return what counts need beside their predictor."""
    found = {f"count_{n}": value for n, value in _rising_rows([t.events for t in terms]).items()}
    return found | {
        "counts": np.array(len(terms)), "cv_scale": np.array(priors["count_cv"]),
        "count_of_row": np.repeat(np.arange(len(terms)), [len(term.arm) for term in terms]),
    }  # fmt: skip


def _proportion_data(terms, priors):
    """Return what the proportions of groups are worked out from."""
    yes, size = [term.events for term in terms], [term.size for term in terms]
    no = [n - y for n, y in zip(size, yes, strict=True)]
    found = _rising_rows([*yes, *no, *size])
    found["more"] = np.where(found["row"] < 2 * len(terms), 1.0, -1.0) * found["more"]
    share = priors["group_share"]
    found = {f"proportion_{name}": value for name, value in found.items()}
    return found | {
        "proportions": np.array(len(terms)),
        "proportion_scale": np.array(priors["level_scale"]),
        "share_scale": np.array((1 - share) / share),
    }  # fmt: skip


def _rising_rows(counts):
    """Return the terms of ``sum_y sum_{j < y} log(first + j step)``: j, how many y > j, whose."""
    numbers = [np.arange(int(own.max(initial=0))) for own in counts]
    more = [
        (own[:, None] > number).sum(axis=0) for own, number in zip(counts, numbers, strict=True)
    ]
    return {
        "number": np.concatenate(numbers).astype(float),
        "more": np.concatenate(more).astype(float),
        "row": np.repeat(np.arange(len(counts)), [len(number) for number in numbers]),
    }


def _predictor(given):
    """Return the linear predictor of each row."""
    common = pm.Normal(
        "common", given["location"], given["level_scale"], shape=given["location"].shape
    )
    of_level = given["endpoint_of_level"]
    level = pm.Normal("level", common[of_level], given["arm_scale"], shape=of_level.shape)
    slope = pm.Normal("slope", 0, given["slope_scale"], shape=given["slopes"])
    later = pm.Normal("interval", 0, given["interval_scale"], shape=given["intervals"])
    own = pt.concatenate([np.zeros(1), slope])[given["column"]]
    # Products and sums, not BLAS, so that draws do not depend on the number of threads.
    covariates = (given["design"] * own[given["endpoint"]]).sum(axis=1)
    step = pt.concatenate([np.zeros(1), later])[given["step"]]
    return level[given["level_of_row"]] + covariates + step


def _rows(kind, given, eta):
    """Return events, size and predictor of the rows of a kind."""
    place, last = REGRESSIONS.index(kind), given["last_of"]
    rows = slice(last[place - 1] if place else 0, last[place])
    return given["events"][rows], given["size"][rows], eta[rows]


def _binary(given, eta):
    events, size, eta = _rows("binary", given, eta)
    return (events * eta - size * pt.softplus(eta)).sum()


def _time_to_event(given, eta):
    events, size, eta = _rows("time_to_event", given, eta)
    return (events * eta - size * pt.exp(eta)).sum()


def _negative_binomial(given, eta):
    """Return the log likelihood of counts, exact also where they spread like a Poisson's.

    ``log Gamma(y + 1/cv^2) - log Gamma(1/cv^2)`` loses all digits for a small cv. Its finite sum
    over 0 ... y - 1 does not, and needs only how many people have more than j events.
    """
    events, size, eta = _rows("count", given, eta)
    log_mean = eta + pt.log(size)
    cv = pm.HalfNormal("cv", given["cv_scale"], shape=given["counts"])
    variance = cv**2 + 1e-12
    own = variance[given["count_of_row"]]
    rest = (events + 1 / own) * pt.log1p(own * pt.exp(log_mean))
    steps = variance[given["count_row"]] * given["count_number"]
    return (events * log_mean - rest).sum() + (given["count_more"] * pt.log1p(steps)).sum()


def _proportions(given, _):
    """Return the log likelihood of groups around a common proportion, their own integrated out.

    With latent proportions a sampler meets a funnel; this has none, and no latent value.
    """
    each = given["proportions"]
    mean = pm.math.sigmoid(pm.Normal("proportion", 0, given["proportion_scale"], shape=each))
    rho = pm.Beta("share", 1, given["share_scale"], shape=each)
    row = given["proportion_row"]
    first = pt.concatenate([mean * (1 - rho), (1 - mean) * (1 - rho), 1 - rho])[row]
    step = pt.concatenate([rho, rho, rho])[row] * given["proportion_number"]
    return (given["proportion_more"] * pt.log(first + step)).sum()


_LIKELIHOODS = {
    "binary": _binary,
    "time_to_event": _time_to_event,
    "count": _negative_binomial,
    "proportion": _proportions,
}
