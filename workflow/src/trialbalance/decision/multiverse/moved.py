"""Draws of one fit at other prices and with the unobserved moved: sums, worked out once each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.decision.draws import ArmDraws, arm_draws
from trialbalance.decision.missing.deltas import by_arm
from trialbalance.decision.missing.unobserved import (
    EFFECT,
    Unobserved,
    refuse,
    unobserved_arrays,
)
from trialbalance.decision.prices.price_scenarios import price_ratios, split_errors
from trialbalance.decision.prices.quantities import ItemDraws, item_draws


@dataclass(frozen=True)
class Drawn:
    """What the cells of one fit are made of.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    comparator : str
        Arm that the others are set against.
    items : ItemDraws or None
        Draws of the mean cost of each item; None where cost was not modelled by source group.
    unobserved : Unobserved or None
        People alive but unobserved; None where the draws do not say who they are.
    groups : list of str
        Source groups of the unobserved, in their order.
    price_index : DataFrame or None
        Columns year and index, for another price year.
    cost_follows_effect : bool
        Whether a delta on the effect moves the cost of those who lack both.
    """

    arrays: ArmDraws
    comparator: str
    items: ItemDraws | None = None
    unobserved: Unobserved | None = None
    groups: Sequence[str] = ()
    price_index: pd.DataFrame | None = None
    cost_follows_effect: bool = False


@dataclass(frozen=True)
class Priced:
    """What one set of prices does.

    Parameters
    ----------
    change : ndarray, shape (draw, arm)
        Added to the mean cost, in currency.
    ratio : ndarray, shape (draw, arm, source group)
        Cost of a source group at these prices over that at the study's own.
    error : dict of str to float
        Arm to how far its cost may lie from that of a refit, in currency; 0 where exact.
    """

    change: np.ndarray
    ratio: np.ndarray
    error: dict[str, float]


def drawn_of(
    draws: pd.DataFrame,
    settings: dict[str, Any],
    rng: np.random.Generator,
    unobserved_means: pd.DataFrame | None = None,
    dataset: pd.DataFrame | None = None,
    item_costs: pd.DataFrame | None = None,
    prices: pd.DataFrame | None = None,
    perspectives: pd.DataFrame | None = None,
    price_index: pd.DataFrame | None = None,
) -> Drawn:
    """Return what the cells of a fit are made of, from the tables of its study.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome), cost_<source group>.
    settings : dict
        As from `multiverse_settings`.
    rng : numpy.random.Generator
        Stream of the shares of items, the one that the decision stage uses.
    unobserved_means, dataset, item_costs, prices, perspectives, price_index : DataFrame, optional
        Where the study has them.

    Returns
    -------
    Drawn
        Without items at a door that has no prices, without unobserved people at that of draws.
    """
    study, items, lost = settings["study"], None, None
    arrays, groups = arm_draws(draws, study), []
    if item_costs is not None:
        whose = perspectives, study, settings["analysis"]["perspective"]
        items = item_draws(arrays, draws, dataset, item_costs, prices, *whose, rng)
    if unobserved_means is not None:
        lost, groups = unobserved_arrays(unobserved_means, arrays), groups_of(unobserved_means)
    plan = settings["decision"]["missing_not_at_random"]
    follows = bool(plan and plan["cost_follows_effect"])
    return Drawn(arrays, study["comparator"], items, lost, groups, price_index, follows)


def groups_of(table: pd.DataFrame) -> list[str]:
    """Return the source groups of a table of unobserved means, in the order of its arrays.

    Examples
    --------
    >>> groups_of(pd.DataFrame({"component": ["effect", "cost_records", "cost_interview"]}))
    ['interview', 'records']
    """
    names = sorted(name for name in table["component"].unique() if name != EFFECT)
    return [name.removeprefix("cost_") for name in names]


def priced(drawn: Drawn, plan: dict[str, Any] | None, name: str = "plan") -> Priced:
    """Return what a set of prices does to each draw.

    Parameters
    ----------
    drawn : Drawn
        Draws of the fit.
    plan : dict or None
        ``unit_costs``, ``range_end`` or ``price_year``; None keeps the study's prices.
    name : str
        Setting that asks for it, for messages.

    Returns
    -------
    Priced
        Ratios are 1 without a plan.

    Raises
    ------
    Problems
        As for `price_ratios`; prices where no item was costed.

    Notes
    -----
    change = Σ over items of (new price / price − 1) × mean cost of the item; ratio of a source
    group = Σ over its items of (new price / price) × cost / Σ cost.
    """
    arrays = drawn.arrays
    shape = (*arrays.cost.shape, len(drawn.groups))
    if plan is not None and drawn.items is None:
        found = "other prices, and cost that was not modelled by source group"
        allowed, remedy = "prices where records or interviews are costed", "leave prices out"
        raise Problems([Finding("study.yaml", None, name, found, allowed, remedy)])
    if plan is None:
        return Priced(np.zeros(arrays.cost.shape), np.ones(shape), dict.fromkeys(arrays.arms, 0.0))
    ratios = price_ratios(drawn.items.items, plan, name, drawn.price_index)
    ratio, whose = np.ones(shape), drawn.items.items["source_group"].to_numpy()
    for place, group in enumerate(drawn.groups):
        own = drawn.items.cost[:, :, whose == group]
        total = own.sum(axis=-1)
        new = own @ ratios[whose == group]
        ratio[..., place] = np.divide(new, total, out=np.ones(total.shape), where=total > 0)
    change = drawn.items.cost @ (ratios - 1)
    return Priced(change, ratio, split_errors(drawn.items, ratios))


def case_of(options: Sequence[Mapping[str, Any]], arms: list[str]) -> dict[str, Any]:
    """Return the deltas of several options together.

    Parameters
    ----------
    options : sequence of mapping
        Settings ``missing`` of each.
    arms : list of str
        Arms in the order of the draws.

    Returns
    -------
    dict
        ``effect`` and ``cost_percent`` by arm, added up; ``jump``; ``at_ceiling`` or None.

    Examples
    --------
    >>> one = {"effect": -0.1, "cost_percent": 0.0, "jump_to_reference": [], "at_ceiling": None}
    >>> other = one | {"effect": {"b": -0.1}, "jump_to_reference": ["cost"]}
    >>> found = case_of([one, other], ["a", "b"])
    >>> found["effect"].tolist(), found["jump"]
    ([-0.1, -0.2], ('cost',))
    """
    jump = tuple(dict.fromkeys(word for one in options for word in one["jump_to_reference"]))
    ceiling = [one["at_ceiling"] for one in options if one["at_ceiling"] is not None]
    return {
        **{
            word: sum((by_arm(one[word], arms) for one in options), np.zeros(len(arms)))
            for word in ("effect", "cost_percent")
        },
        "jump": jump,
        "at_ceiling": by_arm(ceiling[0], arms, silent=np.nan) if ceiling else None,
    }


def moved(drawn: Drawn, prices: Priced, case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the draws of cost and effect of a cell.

    Parameters
    ----------
    drawn : Drawn
        Draws of the fit.
    prices : Priced
        From `priced`.
    case : dict
        From `case_of`.

    Returns
    -------
    cost, effect : ndarray, shape (draw, arm)
        In currency and in units of the outcome.

    Notes
    -----
    With r the ratio of a source group at other prices, s the share of an arm unobserved, m its
    mean and m′ the comparator's, p the percent and j 1 where cost jumps:
    cost + change + Σ s × {[(1 − j) m r + j m′ r′] × (1 + p / 100) − m r}; the effect as `move`
    has it. Prices and deltas are linear in the draws, so nothing is refitted. An unobserved
    person's cost is split among items as an observed one's.

    References
    ----------
    Leurent B, et al. PharmacoEconomics 2018;36:889-901. doi:10.1007/s40273-018-0650-5
    """
    arrays, lost = drawn.arrays, drawn.unobserved
    cost, effect = arrays.cost + prices.change, arrays.effect
    if lost is None:
        return cost, effect
    refuse(lost, case["jump"], case["at_ceiling"], "multiverse.choices")
    other = drawn.arrays.arms.index(drawn.comparator)
    own = lost.cost_mean * prices.ratio
    start = lost.cost_reference * prices.ratio[:, [other]] if "cost" in case["jump"] else own
    percent = 1 + case["cost_percent"][:, None] / 100
    change = lost.cost_share * (start * percent - own)
    if drawn.cost_follows_effect:
        slope = lost.share_with_effect * lost.cost_per_effect * prices.ratio
        change = change + slope * case["effect"][:, None]
    step = np.broadcast_to(case["effect"], effect.shape)
    if "effect" in case["jump"]:
        step = step + lost.reference_mean - lost.mean
    if case["at_ceiling"] is not None:
        filled = lost.below_ceiling + case["at_ceiling"] * lost.ceiling_gain - lost.mean
        step = step + np.where(np.isnan(case["at_ceiling"]), 0.0, filled)
    return cost + change.sum(axis=-1), effect + lost.share * step
