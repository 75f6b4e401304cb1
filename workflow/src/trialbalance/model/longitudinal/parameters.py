"""Parameters of the longitudinal model: two vectors to sample, and what they stand for.

Everything is drawn as standard normal or half-normal numbers and moved to its place and scale, so
that the declared model has two variables, whatever the number of arms, visits and periods.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Part:
    """One parameter as a slice of a vector.

    Parameters
    ----------
    name : str
        Name of the parameter.
    vector : {"any", "above"}
        Standard normal numbers, or half-normal ones.
    shape : tuple of int
        Shape of the parameter; size 0 where the model has none.
    scale : float
        Number by which it is multiplied.
    centre : float
        Number added.
    common_scale : float or None
        Prior SD of what the arms (first axis) have in common; None where they have nothing.
    dims : tuple of str
        Names of the axes.
    """

    name: str
    vector: str
    shape: tuple
    scale: float = 1.0
    centre: float = 0.0
    common_scale: float | None = None
    dims: tuple = ()

    @property
    def size(self):
        """Number of values."""
        return int(np.prod(self.shape))


def plan(panel, section):
    """List the parameters of a panel with their priors.

    Parameters
    ----------
    panel : Panel
        The data.
    section : dict
        Resolved model section: priors and longitudinal.

    Returns
    -------
    list of Part
        In the order in which they lie in their vectors.

    Notes
    -----
    A mean of an arm is ``centre + common + own`` with ``common ~ N(0, common_scale)`` and ``own ~
    N(0, scale)`` in every arm, the same for all of them; ``common`` is summed out. A baseline visit
    has one mean for all arms.

    References
    ----------
    Liang 2000, Sankhya B 62:134-148, on a baseline mean common to the arms.

    Examples
    --------
    >>> plan.__name__
    'plan'
    """
    priors, own = section["priors"], section["longitudinal"]["priors"]
    parts = _cell_parts("visit", panel.visits, len(panel.arms), priors, own)
    parts += _cell_parts("period", panel.periods, len(panel.arms), priors, own)
    if panel.joined:
        parts.append(Part("correlation_score", "any", (1,), own["correlation"]))
    if panel.mortal:
        rate = np.log((panel.deaths.sum() + 0.5) / panel.exposure.sum())
        intervals = len(panel.bounds)
        parts += [
            Part("log_hazard", "any", (len(panel.arms),), own["hazard_arm"], rate,
                 own["hazard"], ("arm",)),
            Part("hazard_interval", "any", (intervals,), own["hazard_arm"], dims=("interval",)),
            Part("hazard_loading", "any", (1,), own["hazard_loading"]),
        ]  # fmt: skip
    return parts


def _cell_parts(what, cells, arms, priors, own):
    """List the parameters of visits or of periods."""
    normal = cells.family == "normal"
    if what == "visit":
        levels = (
            ("effect_scale", "effect_arm_scale") if normal else ("logit_scale", "logit_arm_scale")
        )
        spread = "effect_sd" if normal else "decrement_cv"
    else:
        levels, spread = ("cost_scale", "cost_arm_scale"), "cost_cv"
    common, arm_scale = (priors[name] for name in levels)
    shared, blocks, hurdles = cells.common, len(cells.blocks), len(cells.hurdle)
    shared_hurdles = int((cells.hurdle < shared).sum())
    loading = priors[spread] if normal else own["participant"]
    in_first = int((cells.block[cells.hurdle] == 0).any()) if hurdles else 0
    follows = (hurdles and blocks) if what == "visit" else in_first
    parts = [
        Part(f"{what}_shared", "any", (1, shared), common, cells.centre),
        Part(f"{what}_level", "any", (arms, cells.size - shared), arm_scale, cells.centre, common),
        Part(f"{what}_slope", "any", (len(cells.columns), blocks), priors["slope"],
             dims=(f"{what}_covariate", f"{what}_block")),
        Part(f"{what}_shared_spread", "above", (1, shared), priors[spread]),
        Part(f"{what}_spread", "above", (arms, blocks - shared), priors[spread]),
        # The sign of an effect is free: it is fixed by the visits, or by the first block of costs.
        Part(f"{what}_first_loading", "above", (blocks if what == "visit" else 1,), loading),
        Part(f"{what}_loading", "any", (0 if what == "visit" else blocks - 1,), loading),
        Part(f"{what}_shared_zero", "any", (1, shared_hurdles), priors["logit_scale"]),
        Part(f"{what}_zero", "any", (arms, hurdles - shared_hurdles), priors["logit_arm_scale"],
             0.0, priors["logit_scale"]),
        # Only the first block of costs moves its zeros, so that the effect is that block's; the
        # dear are less often without cost, which with a loading above zero fixes its sign.
        Part(f"{what}_zero_loading", "above", (follows,), own["zero_loading"]),
    ]  # fmt: skip
    return [part for part in parts if part.size]


def sizes(parts):
    """Return the length of each vector.

    Examples
    --------
    >>> sizes([Part("a", "any", (2, 3)), Part("b", "above", (1,))])
    {'any': 6, 'above': 1}
    """
    return {
        vector: sum(part.size for part in parts if part.vector == vector)
        for vector in ("any", "above")
    }


def named(xp, parts, vectors):
    """Cut vectors into parameters, each at its place and scale.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    parts : list of Part
        Parameters in order.
    vectors : dict
        Vector -> values, shape (size,).

    Returns
    -------
    dict
        Parameter -> array of its shape.

    Examples
    --------
    >>> found = named(np, [Part("a", "any", (2,), 3.0, 1.0)], {"any": np.array([0.0, 1.0])})
    >>> found["a"]
    array([1., 4.])
    """
    found, at = {}, {"any": 0, "above": 0}
    for part in parts:
        start = at[part.vector]
        at[part.vector] += part.size
        value = vectors[part.vector][start : start + part.size].reshape(part.shape) * part.scale
        if part.common_scale is not None:
            arms = part.shape[0]
            joint = part.scale**2 * np.eye(arms) + part.common_scale**2
            value = xp.dot(np.linalg.cholesky(joint) / part.scale, value)
        found[part.name] = value + part.centre
    return found


def assemble(xp, cells, what, arms, found):
    """Gather the parameters of visits or periods as the likelihood takes them.

    Parameters
    ----------
    xp : namespace
        PyTensor or NumPy arithmetic.
    cells : Cells
        Visits or periods.
    what : {"visit", "period"}
        Which.
    arms : int
        Number of arms.
    found : dict
        Named parameters.

    Returns
    -------
    dict
        level, spread, loading, and where they are slope, zero_level, zero_loading.

    Examples
    --------
    >>> assemble.__name__
    'assemble'
    """
    each = np.ones((arms, 1))

    def both(shared, own):
        pieces = [each * found[shared]] if f"{shared}" in found else []
        pieces += [found[own]] if own in found else []
        return xp.concatenate(pieces, axis=1) if len(pieces) > 1 else pieces[0]

    spread = both(f"{what}_shared_spread", f"{what}_spread")
    loads = [found[name] for name in (f"{what}_first_loading", f"{what}_loading") if name in found]
    loading = xp.concatenate(loads) if len(loads) > 1 else loads[0]
    spreading = np.eye(len(cells.blocks))[:, cells.block]
    p = {
        "level": both(f"{what}_shared", f"{what}_level"),
        "spread": xp.dot(spread, spreading),
        "loading": xp.dot(loading, spreading),
        "slope": found.get(f"{what}_slope"),
    }
    if len(cells.hurdle):
        p["zero_level"] = both(f"{what}_shared_zero", f"{what}_zero")
        block = cells.block[cells.hurdle]
        p["zero_loading"] = np.zeros(len(block))
        if what == "visit":
            p["zero_loading"] = -found["visit_zero_loading"][block]
        elif "period_zero_loading" in found:
            p["zero_loading"] = -found["period_zero_loading"][0] * (block == 0)
    return p
