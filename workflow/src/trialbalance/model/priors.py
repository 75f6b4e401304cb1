"""The declared priors in NumPy: their density at draws of the posterior, and draws from them."""

import numpy as np
from scipy import special, stats

_SCALED = ("common", "coefficient", "spread", "share")


def log_prior(layout, parameters):
    """Return the log density of the declared priors at draws of the parameters.

    Parameters
    ----------
    layout : Layout
        Which parameter stands where, and its prior.
    parameters : dict of str to numpy.ndarray
        Draws by name, draws first.

    Returns
    -------
    numpy.ndarray
        Shape (draws,).

    Notes
    -----
    Sampled values of what is missing are left out: they are unseen data, not parameters.

    Examples
    --------
    >>> from trialbalance.model.layout import Layout
    >>> one = Layout(2)
    >>> one.add("coefficient", "slope", (1,), 0.0, 1.0)
    >>> log_prior(one, {"slope": np.zeros((1, 1))}).round(3)
    array([-0.919])
    """
    vectors = {
        vector: _gather(layout, parameters, vector) for vector in _SCALED if layout.size(vector)
    }
    total = sum(_density(layout, vectors, vector).sum(axis=1) for vector in vectors)
    # A flat Dirichlet has the same density everywhere.
    return total + sum(special.gammaln(size) for size in layout.dirichlet.values())


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
        Draws by name, draws first; values with a flat prior are 0.

    Examples
    --------
    >>> from trialbalance.model.layout import Layout
    >>> one = Layout(2)
    >>> one.add("spread", "sd", (2,), scale=1.0)
    >>> draw_prior(one, 3, np.random.default_rng(1))["sd"].shape
    (3, 2)
    """
    vectors = {}
    for vector in dict.fromkeys(part[0] for part in layout.parts):
        shape = (draws, layout.size(vector))
        argument = layout.argument(vector)
        if vector == "spread":
            vectors[vector] = np.abs(rng.standard_normal(shape)) * argument["scale"]
        elif vector == "share":
            vectors[vector] = rng.beta(argument["location"], argument["scale"], shape)
        elif vector == "flat":
            vectors[vector] = np.zeros(shape)
        else:
            noise = rng.standard_normal(shape)
            vectors[vector] = argument["location"] + argument["scale"] * noise
    if layout.size("common"):
        vectors["coefficient"] += _parents(layout, vectors["common"])
    for name, size in layout.dirichlet.items():
        vectors[name] = rng.dirichlet(np.ones(size), draws)
    named = layout.named({name: values[None] for name, values in vectors.items()})
    return {name: values[0] for name, values in named.items()}


def _gather(layout, parameters, vector):
    """Put named draws back into the vector they were cut from, shape (draws, length)."""
    pieces = []
    for own, name, *_ in layout.parts:
        if own != vector:
            continue
        if name.startswith("binary:"):
            values = parameters[name.replace("binary:", "category_share:")][..., 1]
        else:
            values = parameters[name]
        pieces.append(values.reshape(len(values), -1))
    return np.concatenate(pieces, axis=1)


def _parents(layout, common):
    """Return the common level of each coefficient, 0 where it has none, shape (draws, length)."""
    parent = layout.argument("coefficient")["parent"]
    return (parent >= 0) * common[:, np.maximum(parent, 0)]


def _density(layout, vectors, vector):
    argument = layout.argument(vector)
    if vector == "spread":
        return stats.halfnorm.logpdf(vectors[vector], scale=argument["scale"])
    if vector == "share":
        return stats.beta.logpdf(vectors[vector], argument["location"], argument["scale"])
    centre = argument["location"]
    if vector == "coefficient" and "common" in vectors:
        centre = centre + _parents(layout, vectors["common"])
    return stats.norm.logpdf(vectors[vector], centre, argument["scale"])
