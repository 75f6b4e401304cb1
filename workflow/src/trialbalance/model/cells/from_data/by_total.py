"""From the dataset of an analysis to cells: one of effect, and one of cost a source group."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.cells.from_data.covariates import before
from trialbalance.model.cells.from_data.total_values import Effect, costs_of, effect_of, flag
from trialbalance.model.cells.from_data.who import clusters, subgroups
from trialbalance.model.cells.table import COST, DEATH, EFFECT, Cell, Cells

_DEATH, _EFFECT, EFFECT_OF_DEAD = "death", "effect", "effect of the dead"


class Column(NamedTuple):
    """A cell with what was seen of it, and where it is possible."""

    cell: Cell
    value: np.ndarray
    possible: np.ndarray


def cells_by_total(
    dataset: pd.DataFrame, groups: list[str], study: dict[str, Any], section: dict[str, Any]
) -> Cells:
    """Return the cells of an analysis of totals.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    groups : list of str
        Source groups of cost, the most complete first; empty means the column ``cost`` alone.
    study, section : dict
        Section ``study`` (arms, horizon_years); resolved section ``model``.

    Returns
    -------
    Cells
        Covariates that somebody lacks, death, effect of the living and (where some of the dead
        lack it) of the dead, costs; in the order that ``dependence`` asks for.

    Raises
    ------
    Problems
        Where the data cannot be what the settings describe: every such place at once.

    Notes
    -----
    The effect of somebody who died and whose effect is known stands as it is, so a longer life
    counts. A source group that costs everybody the same is known and not modelled.

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": list("abcd"), "arm": list("ABAB"),
    ...                       "cost": [1.0, 2.0, 3.0, 5.0], "effect": [0.5, 0.7, 0.6, 0.9]})
    >>> settings = {"effect": {"family": "normal", "covariates": None, "spike": "auto",
    ...     "lower": None, "ceiling": None, "ceiling_needs_baseline": True}, "common_to_arms": [],
    ...     "cost": {"family": "normal", "covariates": None, "hurdle": "auto", "maximum": {}},
    ...     "dependence": "cost_given_effect", "clusters": None, "subgroups": []}
    >>> cells_by_total(table, [], {"arms": ["A", "B"], "horizon_years": 1.0}, settings).names
    ['effect', 'total']
    """
    dataset = dataset.reset_index(drop=True)
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    notes = [f"arm {arm} has no participants and is not fitted" for arm in study["arms"]
             if arm not in arms]  # fmt: skip
    findings: list[Finding] = []
    event = section["effect"]["family"] == "bernoulli"
    died = np.zeros(len(dataset)) if event else flag(dataset, "died")
    costs = costs_of(dataset, groups, section["cost"], notes, findings)
    effect = effect_of(dataset, died, study, section["effect"], findings)
    if findings:
        raise Problems(findings)
    known = before(dataset, section, effect.spike, notes)
    cluster, cluster_names = clusters(dataset, section, notes)
    horizon = float(study["horizon_years"])
    gaps = [Column(cell, value, np.ones(len(dataset), bool))
            for cell, value in zip(known.cells, known.values, strict=True)]  # fmt: skip
    outcomes, fixed = _effects(effect, died, section, horizon, notes)
    paid = [Column(Cell(group, COST, group, "", horizon, 0.0, family, upper=top, atoms=atoms,
                        lower=None if top is None else 0.0), value, np.ones(len(dataset), bool))
            for group, value, family, top, atoms in costs.modelled]  # fmt: skip
    columns = _joined(gaps, _deaths(died, horizon), outcomes, paid, section)
    return _gathered(dataset, arms, columns, known, fixed, costs.fixed, effect,
                     cluster, cluster_names, section, notes)  # fmt: skip


def _deaths(died: np.ndarray, horizon: float) -> list[Column]:
    """Return the cell of death, unless nobody died."""
    if not (died == 1).any():
        return []
    cell = Cell(_DEATH, DEATH, DEATH, f"0 to {horizon:g}", horizon, 0.0, "bernoulli")
    return [Column(cell, died, np.ones(len(died), bool))]


def _effects(
    effect: Effect, died: np.ndarray, section: dict[str, Any], horizon: float, notes: list[str]
) -> tuple[list[Column], np.ndarray]:
    """Return the cells of the effect, and what is known of the effect of the dead."""
    gone = died == 1
    family = section["effect"]["family"]
    alive = np.where(gone, np.nan, effect.value)
    living = Column(
        Cell(_EFFECT, EFFECT, _EFFECT, "", horizon, horizon, family, lower=effect.lower,
             upper=effect.upper, atoms=section["effect"]["spike"]), alive, ~gone,
    )  # fmt: skip
    if family == "bernoulli" or not gone.any():
        return [living], np.zeros(len(died))
    unsure = (gone & np.isnan(effect.value)) | np.isnan(died)
    seen = effect.value[gone & ~np.isnan(effect.value)]
    if not unsure.any() or not len(seen) or seen.min() == seen.max():
        # Where all who died have one effect, so have those who are not known to have died.
        last = seen[0] if len(seen) else 0.0
        if not len(seen):
            notes.append("the effect of nobody who died is known; it is taken as 0")
        return [living], np.where(gone, np.nan_to_num(effect.value, nan=last), 0.0)
    dead = Cell(EFFECT_OF_DEAD, EFFECT, EFFECT_OF_DEAD, "", horizon, 0.0, "normal", of_dead=True)
    possible = gone | np.isnan(died)
    return [living, Column(dead, np.where(gone, effect.value, np.nan), possible)], np.zeros(
        len(died)
    )


def _joined(
    gaps: list[Column],
    deaths: list[Column],
    effects: list[Column],
    costs: list[Column],
    section: dict[str, Any],
) -> list[Column]:
    """Return the cells in order with their parents, as ``dependence`` asks for."""
    first = tuple(one.cell.name for one in gaps)
    dead = tuple(one.cell.name for one in deaths)
    spread = "spread" in section["common_to_arms"]
    by_arm = "dependence" not in section["common_to_arms"]
    given_effect = section["dependence"] == "cost_given_effect"
    given_cost = section["dependence"] == "effect_given_cost" and bool(costs)

    def follows(column: Column, parents: tuple[str, ...], other: tuple[str, ...]) -> Column:
        cell = replace(column.cell, parents=(*parents, *other), common_spread=spread,
                       arm_parents=other if by_arm else ())  # fmt: skip
        return column._replace(cell=cell)

    made = [follows(one, first, ()) for one in deaths]
    living = costs[0].cell.name if given_cost else None
    effects = [
        follows(one, first, (living,) if living and not one.cell.of_dead else ()) for one in effects
    ]
    paid: list[Column] = []
    for one in costs:
        earlier = tuple(other.cell.name for other in paid)
        paid.append(follows(one, first + dead + earlier, (_EFFECT,) if given_effect else ()))
    return gaps + made + (paid + effects if given_cost else effects + paid)


def _gathered(dataset, arms, columns, known, fixed, fixed_costs, effect, cluster, cluster_names,
              section, notes) -> Cells:  # fmt: skip
    """Put it together, with the weights that make the effect of the cells of effect."""
    cells = tuple(column.cell for column in columns)
    size = len(dataset)
    weight = np.array([float(cell.kind == EFFECT) for cell in cells])
    whole = np.array([float(cell.name == _EFFECT) for cell in cells])
    groups = tuple(dict.fromkeys([*(c.source for c in cells if c.kind == COST), *fixed_costs]))
    paid = [np.full(size, fixed_costs.get(group, 0.0)) for group in groups]
    weights = np.tile(weight, (size, 1))
    if _DEATH in [cell.name for cell in cells] and EFFECT_OF_DEAD not in [c.name for c in cells]:
        # Somebody who may have died has the one effect of the dead in as far as they did.
        place = [cell.name for cell in cells].index(_DEATH)
        died = columns[place].value
        weights[np.isnan(died), place] = fixed[died == 1].mean()
    barred = np.zeros((size, len(cells)), bool)
    barred[:, [cell.name for cell in cells].index(_EFFECT)] = effect.barred
    return Cells(
        cells, np.column_stack([column.value for column in columns]),
        np.column_stack([column.possible for column in columns]),
        dataset["arm"].map({name: k for k, name in enumerate(arms)}).to_numpy(int), tuple(arms),
        tuple(dataset["participant_id"].astype(str)), known.design, known.columns, weights, whole,
        fixed, np.column_stack(paid), groups, cluster, cluster_names, {},
        subgroups(dataset, section, notes), notes, barred if barred.any() else None,
    )  # fmt: skip
