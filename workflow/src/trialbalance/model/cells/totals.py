"""From the totals of an analysis to cells: one effect, one cost a source group, deaths."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.cells.table import COST, DEATH, EFFECT, Cell, Cells
from trialbalance.model.cells.who import clusters, design, subgroups


def cells_of_totals(
    dataset: pd.DataFrame, groups: list[str], study: dict[str, Any], section: dict[str, Any]
) -> Cells:
    """Return the cells of an analysis by totals.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm, cost, effect, covariates, and died where it is known.
    groups : list of str
        Source groups of cost, the most complete first; empty uses the column ``cost``.
    study, section : dict
        Section ``study`` (arms); resolved section ``model``.

    Returns
    -------
    Cells
        Death, where anybody died; the effect of the dead and of the living, each by arm; and cost.

    Notes
    -----
    Cost follows the effect where it is ``cost_given_effect``, else the effect follows the first
    cost, in either sign, through a bounded score.

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": ["a", "b"], "arm": ["A", "B"],
    ...                       "cost": [1.0, 2.0], "effect": [0.5, 0.6]})
    >>> settings = {"effect": {"family": "normal", "lower": None, "ceiling": None, "spike": "auto",
    ...     "covariates": None}, "cost": {"family": "normal", "hurdle": "auto", "maximum": {},
    ...     "covariates": None}, "dependence": "effect_given_cost"}
    >>> cells_of_totals(table, [], {"arms": {"A": {}, "B": {}}}, settings).names
    ['cost', 'effect']
    """
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    died = dataset["died"].to_numpy(float, na_value=np.nan) if "died" in dataset else np.zeros(
        len(dataset))  # fmt: skip
    effects = _effects(dataset, died, section)
    columns = {group: dataset[f"cost_{group}"] for group in groups} or {"total": dataset["cost"]}
    costs = [_cost(name, column.to_numpy(float, na_value=np.nan), section, bool(groups))
             for name, column in columns.items()]  # fmt: skip
    order = [*effects, *costs] if section["dependence"] == "cost_given_effect" else None
    order = order or [*[c for c in effects if c[0].kind == DEATH], *costs,
                      *[c for c in effects if c[0].kind == EFFECT]]  # fmt: skip
    cells = [_with_parents(order, j, section["dependence"]) for j in range(len(order))]
    notes = [f"arm {arm} has no participants and is not fitted" for arm in study["arms"]
             if arm not in arms]  # fmt: skip
    matrix, labels = design(dataset, section, notes)
    cluster, names = clusters(dataset, section)
    weight = np.array([float(cell.kind == EFFECT) for cell in cells])
    living = np.array([cell.name == EFFECT for cell in cells], float)
    size = len(dataset)
    return Cells(
        tuple(cells), np.column_stack([one[1] for one in order]),
        np.column_stack([one[2] for one in order]),
        dataset["arm"].map({a: k for k, a in enumerate(arms)}).to_numpy(int), tuple(arms),
        tuple(dataset["participant_id"].astype(str)), matrix, labels, np.tile(weight, (size, 1)),
        living, np.zeros(size), np.zeros((size, len(columns))), tuple(columns), cluster, names,
        {}, subgroups(dataset, section), notes,
    )  # fmt: skip


def _effects(dataset, died, section):
    """Return deaths, the effect of the dead and that of the living."""
    effect, own = dataset["effect"].to_numpy(float, na_value=np.nan), section["effect"]
    family = own["family"]
    alive = Cell(EFFECT, EFFECT, EFFECT, "", 1.0, 1.0, family, (), True,
                 own["lower"] if family == "beta" else None, own["ceiling"],
                 own["spike"])  # fmt: skip
    if not (died == 1).any():
        return [(alive, effect, np.ones(len(effect), bool))]
    known = died == 1
    return [
        (Cell("death", DEATH, DEATH, "", 1.0, 0.0, "bernoulli"), died, np.ones(len(effect), bool)),
        (Cell("effect of the dead", EFFECT, "dead", "", 1.0, 0.0, "normal"),
         np.where(known, effect, np.nan), known),
        (alive, np.where(known, np.nan, effect), ~known),
    ]  # fmt: skip


def _cost(name, value, section, grouped):
    cost = section["cost"]
    top = cost["maximum"].get(name)
    family = "bounded" if top is not None else cost["family"]
    if family != "normal" and (value < 0).any():
        raise Problems([Finding("dataset", None, f"cost_{name}" if grouped else "cost",
                                f"{np.nanmin(value):g}", "0 or more",
                                "correct it, or set model.cost.family to normal")])  # fmt: skip
    atoms = "no" if family == "normal" else cost["hurdle"]
    cell = Cell("cost" if not grouped else f"cost {name}", COST, name, "", 1.0, 0.0, family,
                (), True, None if top is None else 0.0, top, atoms)  # fmt: skip
    return cell, value, np.ones(len(value), bool)


def _with_parents(order, j, dependence):
    cell = order[j][0]
    if cell.kind == DEATH:
        return cell
    parents = []
    for earlier, *_ in order[:j]:
        both = {earlier.kind, cell.kind}
        if dependence == "none" and both == {COST, EFFECT}:
            continue
        # The living and the dead are other people, and neither says what the other's effect is.
        if both == {EFFECT} or (both == {DEATH, EFFECT}):
            continue
        parents.append(earlier.name)
    return Cell(**{**cell.__dict__, "parents": tuple(parents)})
