"""Leave-one-out comparison of fits, only where they describe the same data on the same measure."""

from typing import Any

import arviz as az
import numpy as np

from trialbalance.model.cells.layout import Layout
from trialbalance.model.cells.means.averages import has_ceiling
from trialbalance.model.cells.table import COST


def measure(layout: Layout) -> str:
    """Say on which measure a model gives its density; fits compare only where it is the same.

    Parameters
    ----------
    layout : Layout
        Rows of the density.

    Returns
    -------
    str
        Which outcomes are continuous and which have points with a probability of their own.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> measure(example_layout())
    'continuous effect; continuous cost'
    """
    cells, families = layout.cells, layout.families
    effects = [j for j in cells.outcomes if cells.cells[j].kind != COST]
    costs = [j for j in cells.outcomes if cells.cells[j].kind == COST]
    effect = "continuous effect"
    if any(not families[j].inside for j in effects):
        effect = "effect as an event"
    elif any(families[j].atoms for j in effects):
        top = any(has_ceiling(families[j]) for j in effects)
        effect = f"effect with a share at the {'ceiling' if top else 'floor'}"
    if any(families[j].moved(cells.value[cells.seen[:, j], j]) for j in cells.outcomes):
        effect += "; some values moved inside their bounds"
    shares = []
    for said, zero in (("zero", True), ("the whole", False)):
        own = [cells.names[j] for j in costs
               if any((abs(families[j].raw(np.array(at))) < 1e-9) == zero
                      for at in families[j].atoms)]  # fmt: skip
        shares += [f"a share at {said} ({', '.join(own)})"] if own else []
    return f"{effect}; " + (f"cost with {' and '.join(shares)}" if shares else "continuous cost")


def log_jacobian(layout: Layout) -> np.ndarray:
    """Return what turns a participant's log density into one in the units of the data.

    Parameters
    ----------
    layout : Layout
        Rows of the density: values are multiples of the unit of their family.

    Returns
    -------
    numpy.ndarray
        Shape (participants,): minus the log unit of every continuous value that was observed.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> log_jacobian(example_layout()).shape
    (40,)
    """
    found = np.zeros(layout.cells.size)
    for j, family in enumerate(layout.families):
        seen = np.flatnonzero(layout.cells.seen[:, j])
        if family.inside:
            inside = ~family.at_atom(family.unit(layout.cells.value[seen, j]))
            found[seen[inside]] -= np.log(family.scale)
    return found


def leave_one_out(
    idata: az.InferenceData, layout: Layout, limit: float
) -> tuple[tuple[str, ...], np.ndarray, int]:
    """Return the expected log density of each participant left out, in the units of the data.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with the log-likelihood of participants.
    layout : Layout
        Rows of its density.
    limit : float
        Largest Pareto k at which the answer is believed.

    Returns
    -------
    people : tuple of str
        Participants in the likelihood.
    elpd : numpy.ndarray
        Shape (participants,).
    high : int
        Participants above the limit.

    References
    ----------
    Vehtari 2017, doi:10.1007/s11222-016-9696-4.

    Examples
    --------
    >>> import xarray as xr
    >>> from trialbalance.model.cells.example import example_layout
    >>> person = "participant_id"
    >>> table = xr.Dataset({"elpd": (person, [0.0]), "pareto_k": (person, [0.9])}, {person: ["p0"]})
    >>> leave_one_out(az.InferenceData(leave_one_out=table), example_layout(), 0.7)[2]
    1
    """
    found = idata["leave_one_out"]
    people = [str(name) for name in found["participant_id"].to_numpy()]
    place = {name: number for number, name in enumerate(layout.cells.participants)}
    jacobian = log_jacobian(layout)[[place[name] for name in people]]
    high = int((found.pareto_k > limit).sum())
    return tuple(people), found.elpd.to_numpy() + jacobian, high


def differences(fits: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float, str]]:
    """Compare fits with the best of those on the same measure.

    Parameters
    ----------
    fits : dict of str to dict
        By name: ``measure``, ``people``, ``elpd`` and ``high`` of each fit.

    Returns
    -------
    dict of str to tuple
        By name: difference in elpd from the best, its standard error, and why there is none.

    Notes
    -----
    A fit with a participant above the limit of Pareto k is compared with none.

    Examples
    --------
    >>> one = {"measure": "m", "people": ("p", "q"), "elpd": np.array([1.0, 2.0]), "high": 0}
    >>> differences({"a": one, "b": {**one, "elpd": np.array([0.0, 1.0])}})["b"][:2]
    (-2.0, 0.0)
    """
    found = {}
    for name, fit in fits.items():
        peers = {
            key: other["elpd"]
            for key, other in fits.items()
            if (other["measure"], other["people"]) == (fit["measure"], fit["people"])
            and not other["high"]
        }
        if fit["high"]:
            why = f"not compared: participants above the gate of Pareto k ({fit['high']})"
            found[name] = (np.nan, np.nan, why)
        elif len(peers) < 2:
            found[name] = (np.nan, np.nan, "not compared: no other fit on the same measure")
        else:
            best = max(peers.values(), key=np.sum)
            gap = fit["elpd"] - best
            error = np.sqrt(len(gap)) * gap.std()
            found[name] = (float(gap.sum()), float(error), "")
    return found
