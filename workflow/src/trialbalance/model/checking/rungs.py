"""The rungs of the ladder: which families an analysis is also fitted under."""

from typing import Any

OWN, NORMAL = "own", "normal_normal"
# From the plainest to those that keep every structural value; an effect that is an event stays one.
RUNGS = {
    NORMAL: ("normal", "normal"),
    "normal_gamma": ("normal", "gamma"),
    "beta_gamma": ("beta", "gamma"),
    "beta_lognormal": ("beta", "lognormal"),
}


def rungs(section: dict[str, Any]):
    """Return the model section of each rung, the study's own first.

    Parameters
    ----------
    section : dict
        Resolved model section.

    Returns
    -------
    dict of str to dict
        Sections by rung; a rung that equals the study's own model is left out.

    Examples
    --------
    >>> own = {"effect": {"family": "beta"}, "cost": {"family": "gamma", "hurdle": "auto",
    ...     "maximum": {}}}
    >>> list(rungs(own))
    ['own', 'normal_normal', 'normal_gamma', 'beta_lognormal']
    """
    found = {OWN: section}
    for name, (effect, cost) in RUNGS.items():
        effect = "bernoulli" if section["effect"]["family"] == "bernoulli" else effect
        changed = {
            **section,
            "effect": {**section["effect"], "family": effect},
            "cost": {**section["cost"], "family": cost, "hurdle": "auto", "maximum": {}},
        }
        if changed not in found.values():
            found[name] = changed
    return found
