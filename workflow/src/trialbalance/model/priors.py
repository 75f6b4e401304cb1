"""The priors in NumPy: their density at draws of the posterior, and draws from them."""

import numpy as np
from scipy import special, stats

from trialbalance.model.density import CORRELATION, HALF_NORMAL, NORMAL_AROUND, SHARE, WEIGHT


def scaled(layout):
    """Return which elements of the vector are parameters with a prior of their own.

    Parameters
    ----------
    layout : Layout
        Which parameter stands where, and its prior.

    Returns
    -------
    numpy.ndarray
        Shape (elements,). Not so: sampled values of what is missing, deviations of sites and
        subgroups (their SDs are), and shares of categories, whose prior is flat.

    Examples
    --------
    >>> from trialbalance.model.layout import Layout
    >>> one = Layout()
    >>> one.add(NORMAL_AROUND, "slope", (2,))
    >>> one.add(NORMAL_AROUND, "latent:age", (1,))
    >>> scaled(one)
    array([ True,  True, False])
    """
    found = np.zeros(layout.size, bool)
    for name, part in layout.parts.items():
        unit = any(dim.endswith("_unit") for dim in part.dims)
        found[part.places] = not (name.startswith("latent") or unit)
    return found & np.isin(layout.kind, (NORMAL_AROUND, HALF_NORMAL, SHARE, CORRELATION))


def log_prior(layout, parameters):
    """Return the log density of the priors at draws of the parameters.

    Parameters
    ----------
    layout : Layout
        Which parameter stands where, and its prior.
    parameters : dict of str to numpy.ndarray
        Draws by name, draws first.

    Returns
    -------
    numpy.ndarray
        Shape (draws,); of the parameters that :func:`scaled` names, on their own scale.

    Examples
    --------
    >>> from trialbalance.model.layout import Layout
    >>> one = Layout()
    >>> one.add(NORMAL_AROUND, "slope", (1,), 0.0, 1.0)
    >>> log_prior(one, {"slope": np.zeros((1, 1))}).round(3)
    array([-0.919])
    """
    own = scaled(layout)
    values = _gather(layout, parameters, own)
    kind, parent = np.array(layout.kind), np.array(layout.parent)
    location, scale = np.array(layout.location), np.array(layout.scale)
    centre = location + (parent >= 0) * values[:, np.maximum(parent, 0)]
    total = 0.0
    for law, density in (
        (NORMAL_AROUND, lambda x, at: stats.norm.logpdf(x, centre[:, at], scale[at])),
        (HALF_NORMAL, lambda x, at: stats.halfnorm.logpdf(x, scale=scale[at])),
        (SHARE, lambda x, at: stats.beta.logpdf(x, location[at], scale[at])),
        (CORRELATION, lambda x, at: stats.beta.logpdf(x, scale[at], scale[at], loc=-1, scale=2)),
    ):
        at = own & (kind == law)
        total = total + density(values[:, at], at).sum(axis=1)
    return total


def draw_prior(layout, draws, rng):
    """Draw every parameter from its prior.

    Parameters
    ----------
    layout : Layout
        Which parameter stands where, and its prior.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to numpy.ndarray
        Draws by name, draws first; values with a flat prior are 0 before they are transformed.

    Examples
    --------
    >>> from trialbalance.model.layout import Layout
    >>> one = Layout()
    >>> one.add(HALF_NORMAL, "sd", (2,), scale=1.0)
    >>> draw_prior(one, 3, np.random.default_rng(1))["sd"].shape
    (3, 2)
    """
    points = np.zeros((draws, layout.size))
    for i, (kind, location, scale, parent) in enumerate(
        zip(layout.kind, layout.location, layout.scale, layout.parent, strict=True)
    ):
        if kind == NORMAL_AROUND:
            # A parent stands before its children.
            above = points[:, parent] if parent >= 0 else 0.0
            points[:, i] = location + above + scale * rng.standard_normal(draws)
        elif kind == HALF_NORMAL:
            points[:, i] = np.log(scale * np.abs(rng.standard_normal(draws)))
        elif kind == SHARE:
            points[:, i] = special.logit(rng.beta(location, scale, draws))
        elif kind == CORRELATION:
            points[:, i] = special.logit(rng.beta(scale, scale, draws))
        elif kind == WEIGHT:
            points[:, i] = np.log(rng.standard_exponential(draws))
    return layout.named(points)


def _gather(layout, parameters, own):
    """Put named draws back where they were cut from, shape (draws, elements); 0 elsewhere."""
    draws = len(next(iter(parameters.values())))
    values = np.zeros((draws, layout.size))
    for name, part in layout.parts.items():
        if own[part.places].all():
            values[:, part.places] = parameters[name]
    return values
