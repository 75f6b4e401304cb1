"""Averages of completed cells: arms, visits, periods, subgroups, and people who went unseen."""

import numpy as np

from trialbalance.model.cells.layout import Layout
from trialbalance.model.cells.means.anchoring import Apart, Weights, adjusted_means
from trialbalance.model.cells.means.completing import Completed
from trialbalance.model.cells.table import COST, EFFECT, MEASURE, Cells
from trialbalance.model.families import Family

_FEW = 5


def totals(cells: Cells, filled: Completed, name: str = "mean") -> tuple[np.ndarray, np.ndarray]:
    """Return effect and cost by source group of every participant, by draw.

    Parameters
    ----------
    cells : Cells
        The trial.
    filled : Completed
        Its cells.
    name : {"mean", "value"}
        Means given the history, or values drawn.

    Returns
    -------
    numpy.ndarray, shape (draws, participants)
    numpy.ndarray, shape (draws, participants, groups)

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_cells
    >>> cells = example_cells(4)
    >>> one = Completed(*[np.ones((1, 4, 2))] * 5, np.zeros((1, 2, 2)))
    >>> totals(cells, one)[0].tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    value = getattr(filled, name)
    effect = np.einsum("snj,nj->sn", value, cells.effect_weight) + cells.fixed_effect
    costs = [value[..., cells.of(COST, group)].sum(axis=2) + cells.fixed_cost[:, k]
             for k, group in enumerate(cells.groups)]  # fmt: skip
    return effect, np.stack(costs, axis=2) if costs else np.zeros((*effect.shape, 0))


def history(cells: Cells, filled: Completed) -> np.ndarray:
    """Return what the arms are adjusted for: covariates and scores of cells before randomisation.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_cells
    >>> one = Completed(*[np.ones((1, 4, 2))] * 5, np.zeros((1, 2, 2)))
    >>> history(example_cells(4), one).shape
    (1, 4, 1)
    """
    before = [j for j, cell in enumerate(cells.cells) if not cell.by_arm]
    draws = len(filled.score)
    columns = np.broadcast_to(cells.design, (draws, *cells.design.shape))
    return np.concatenate([columns, filled.score[..., before]], axis=2)


def arm_averages(
    cells: Cells,
    filled: Completed,
    weights: Weights,
    standardised: bool = True,
    apart: Apart | None = None,
) -> dict[str, np.ndarray]:
    """Return the means of the arms, draws first.

    Parameters
    ----------
    cells, filled : Cells, Completed
        The trial with every cell filled.
    weights : Weights
        Weights of participants.
    standardised : bool
        Whether an arm is made like the whole analysis population in covariates and baseline.
    apart : Apart, optional
        Covariates that tell the arms apart.

    Returns
    -------
    dict of str to numpy.ndarray
        mean_effect, mean_cost (draws, arms), mean_cost_group (draws, arms, groups), cell_mean
        (draws, arms, cells; of the living for a measure), alive (draws, arms, cells) and shown
        (draws, arms, shown periods).

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_cells
    >>> from trialbalance.model.cells.means.anchoring import draw_weights
    >>> cells = example_cells(4)
    >>> one = Completed(*[np.ones((1, 4, 2))] * 5, np.zeros((1, 2, 2)))
    >>> weights = draw_weights(cells.arm, 1, np.random.default_rng(1))
    >>> arm_averages(cells, one, weights)["mean_effect"].round(9).tolist()
    [[1.0, 1.0]]
    """
    effect, cost = totals(cells, filled)
    draws, size = effect.shape
    shown = [np.broadcast_to(one, (draws, size)) for one in cells.shown.values()]
    blocks = [effect[..., None], cost, filled.mean, filled.alive.astype(float),
              *(one[..., None] for one in shown)]  # fmt: skip
    before = history(cells, filled) if standardised else np.zeros((1, size, 0))
    apart = apart if standardised else None
    means = adjusted_means(np.concatenate(blocks, axis=2), before, cells.arm, weights, apart)
    ends = np.cumsum([one.shape[2] for one in blocks[:4]])
    effect, cost, cell, alive, shown = np.split(means, ends, axis=2)
    if standardised:
        # What was before randomisation is the same for every arm, to the last digit.
        early = [j for j, one in enumerate(cells.cells) if not one.by_arm]
        whole = np.einsum("sn,snj->sj", weights.everybody, filled.mean[..., early])
        cell[..., early] = whole[:, None]
    measure = np.array([one.kind in (MEASURE, EFFECT) for one in cells.cells])
    return {
        "mean_effect": effect[..., 0], "mean_cost": cost.sum(axis=2), "mean_cost_group": cost,
        "cell_mean": np.where(measure, cell / np.maximum(alive, 1e-9), cell),
        "alive": alive, "shown": shown,
    }  # fmt: skip


def subgroup_averages(cells: Cells, filled: Completed, weights: Weights) -> dict[str, np.ndarray]:
    """Return mean cost and effect of each arm within each subgroup, adjusted within it.

    Parameters
    ----------
    cells, filled, weights
        As for `arm_averages`.

    Returns
    -------
    dict of str to numpy.ndarray
        subgroup_cost and subgroup_effect, shape (draws, arms, subgroups); NaN where an arm has
        fewer than five people.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_cells
    >>> one = Completed(*[np.ones((1, 4, 2))] * 5, np.zeros((1, 2, 2)))
    >>> subgroup_averages(example_cells(4), one, None)["subgroup_cost"].shape
    (1, 2, 0)
    """
    effect, cost = totals(cells, filled)
    draws = len(effect)
    shape = (draws, len(cells.arms), len(cells.subgroups))
    found = {name: np.full(shape, np.nan) for name in ("subgroup_cost", "subgroup_effect")}
    before = history(cells, filled)
    for number, members in enumerate(cells.subgroups.values()):
        arm = cells.arm[members]
        counts = np.bincount(arm, minlength=len(cells.arms))
        own = weights.own[:, members]
        share = own @ np.eye(len(cells.arms))[arm]
        own = own / share[:, arm]
        everybody = own * (counts / counts.sum())[arm]
        value = np.stack([cost.sum(axis=2)[:, members], effect[:, members]], axis=2)
        varies = before[:, members].std(axis=1).min(axis=0) > 1e-9
        means = adjusted_means(value, before[:, members][..., varies], arm,
                               Weights(own, everybody))  # fmt: skip
        enough = counts[: means.shape[1]] >= _FEW
        for k, name in enumerate(found):
            found[name][:, : means.shape[1], number] = np.where(enough, means[..., k], np.nan)
    return found


def unseen_averages(
    layout: Layout, filled: Completed, weights: Weights, referred: dict[str, Completed]
) -> dict[str, np.ndarray]:
    """Return the share of follow-up that went unseen and its means, by draw, arm and component.

    Parameters
    ----------
    layout : Layout
        The trial.
    filled : Completed
        Its cells, filled at random.
    weights : Weights
        Weights of participants.
    referred : dict of str to Completed
        The same filled by rules of a reference arm.

    Returns
    -------
    dict of str to numpy.ndarray
        share, mean, below_ceiling, ceiling_gain, share_with_effect, cost_per_effect and
        ``<rule>_mean``: shape (draws, arms, 1 + groups + cells), the effect first, then cost by
        source group, then each cell by itself.

    Notes
    -----
    Of the effect, ``share`` is of person-time and ``mean`` of a whole follow-up, so that
    share * delta is what a delta on the unseen moves the arm by, and what was seen never moves.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> from trialbalance.model.cells.means.anchoring import draw_weights
    >>> layout = example_layout()
    >>> one = Completed(*[np.ones((1, 40, 2))] * 5, np.zeros((1, 2, 2)))
    >>> weights = draw_weights(layout.cells.arm, 1, np.random.default_rng(1))
    >>> unseen_averages(layout, one, weights, {})["mean"].round(9)[0, 0].tolist()
    [1.0, 1.0, 1.0]
    """
    cells = layout.cells
    member = np.eye(len(cells.arms))[cells.arm]
    unseen = filled.alive * (cells.possible & ~cells.seen)
    pieces = _pieces(cells)

    def average(value: np.ndarray) -> np.ndarray:
        return np.einsum("sn,snk,na->sak", weights.own, value, member, optimize=True)

    chance = np.clip(average(unseen), 0.0, 1.0)
    share = np.clip(chance @ pieces, 0.0, 1.0)
    size = _sizes(cells)

    def means(value: np.ndarray) -> np.ndarray:
        part = average(unseen * value) @ (pieces * size)
        whole = average(filled.alive * value) @ (pieces * size)
        return np.where(share > 1e-9, part / np.where(share > 1e-9, share, 1.0), whole)

    found = {"share": share, "mean": means(filled.mean)}
    for rule, one in referred.items():
        found[f"{rule}_mean"] = means(one.mean)
    found |= _ceilings(layout, means, filled)
    return found | _with_effect(cells, filled, unseen, weights, share)


def _pieces(cells):
    """Return the part of each component that a cell is, shape (cells, components)."""
    weight = cells.whole_weight
    effect = weight / weight.sum() if weight.sum() else weight
    groups = []
    for group in cells.groups:
        own = np.zeros(len(cells.cells))
        places = cells.of(COST, group)
        own[places] = 1.0 / max(len(places), 1)
        groups.append(own)
    return np.column_stack([effect, *groups, np.eye(len(cells.cells))])


def _sizes(cells):
    """Return how large a component is when each of its cells is 1, shape (components,)."""
    weight = cells.whole_weight
    groups = [max(len(cells.of(COST, group)), 1) for group in cells.groups]
    return np.array([weight.sum(), *groups, *np.ones(len(cells.cells))], float)


def _ceilings(layout, means, filled):
    """Return means were nobody at the ceiling, and what it gains were all; NaN without one."""
    cells, count = layout.cells, 1 + len(layout.cells.groups)
    own = [j for j, cell in enumerate(cells.cells)
           if cell.kind in (MEASURE, EFFECT) and cells.whole_weight[j] > 0]  # fmt: skip
    topped = own and all(has_ceiling(layout.families[j]) for j in own)
    below = means(filled.inside)
    keep = np.zeros(below.shape[2], bool)
    if topped:
        keep[0] = True
        keep[[count + j for j in own]] = True
    best = np.array([layout.families[j].upper or 0.0 for j in range(len(cells.cells))])
    best = np.where(cells.barred, -np.inf, best) if cells.barred is not None else best
    top = means(np.maximum(best, filled.inside))
    return {
        "below_ceiling": np.where(keep, below, np.nan),
        "ceiling_gain": np.where(keep, top - below, np.nan),
    }


def has_ceiling(family: Family) -> bool:
    """Return whether people may sit at the best value of a family.

    Examples
    --------
    >>> from trialbalance.model.families import FAMILIES
    >>> has_ceiling(FAMILIES["beta"](np.array([0.2, 0.5, 1.0]), 0.0, 1.0))
    True
    """
    best = family.unit(np.array([family.upper]))[0] if family.upper is not None else None
    return family.inside and best is not None and best in family.atoms


def _with_effect(cells, filled, unseen, weights, share):
    """Return whose effect is unseen too, and the slope of cost on effect within arms."""
    effect, cost = totals(cells, filled)
    weight = cells.whole_weight
    lost = unseen @ (weight / max(weight.sum(), 1e-12))
    member = np.eye(len(cells.arms))[cells.arm]
    both, slope = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    for k, group in enumerate(cells.groups):
        gone = unseen[..., cells.of(COST, group)].max(axis=2, initial=0.0)
        both[..., 1 + k] = np.clip((weights.own * lost * gone) @ member, 0.0, 1.0)
        for arm in range(len(cells.arms)):
            own = cells.arm == arm
            x = effect[:, own] - effect[:, own].mean(axis=1, keepdims=True)
            y = cost[:, own, k] - cost[:, own, k].mean(axis=1, keepdims=True)
            slope[:, arm, 1 + k] = (x * y).sum(axis=1) / np.maximum((x * x).sum(axis=1), 1e-12)
    return {"share_with_effect": both, "cost_per_effect": slope}
