"""Move the means of people alive but unobserved: no refit, only shares and means by draw."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.decision.draws import ArmDraws

FILE = "unobserved_means.csv"
EFFECT = "effect"
WHOLE = "all"
_COLUMNS = (
    "share", "mean", "reference_mean", "below_ceiling", "ceiling_gain", "share_with_effect",
    "cost_per_effect",
)  # fmt: skip


@dataclass(frozen=True)
class Unobserved:
    """People alive but unobserved, by draw and arm.

    Parameters
    ----------
    share, mean, reference_mean : ndarray, shape (draw, arm)
        Of the effect: their share of the arm, their mean under the model, and their mean under
        the model of the comparator. A share is 0 where everybody alive was observed.
    cost_share, cost_mean, cost_reference, share_with_effect, cost_per_effect : ndarray
        Of cost, shape (draw, arm, source group): the same; the share whose effect is unobserved
        too; and the slope of cost on the effect, currency per unit of the effect.
    lowest, highest : float
        Possible range of the effect, NaN where it has no end.
    below_ceiling, ceiling_gain : ndarray, shape (draw, arm)
        Mean effect if none were at the ceiling, and its gain if all were; NaN without a ceiling.
    """

    share: np.ndarray
    mean: np.ndarray
    reference_mean: np.ndarray
    cost_share: np.ndarray
    cost_mean: np.ndarray
    cost_reference: np.ndarray
    share_with_effect: np.ndarray
    cost_per_effect: np.ndarray
    lowest: float = np.nan
    highest: float = np.nan
    below_ceiling: np.ndarray | float = np.nan
    ceiling_gain: np.ndarray | float = np.nan


def unobserved_arrays(table: pd.DataFrame, arrays: ArmDraws, file: str = FILE):
    """Turn the table of unobserved people into arrays in the order of the draws.

    Parameters
    ----------
    table : DataFrame
        Columns draw, arm, component, moment, share, mean, reference_mean, below_ceiling,
        ceiling_gain,
        share_with_effect, cost_per_effect, lowest, highest; no rows where everybody alive was
        observed.
    arrays : ArmDraws
        Draws of cost and effect.
    file : str
        Name of the file for messages.

    Returns
    -------
    Unobserved
        Arms in the order of the draws.

    Raises
    ------
    Problems
        Other draws or arms than those of cost and effect.

    Examples
    --------
    >>> import pandas as pd
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a"], [], np.arange(2), np.ones((2, 1)), np.ones((2, 1)))
    >>> names = ["draw", "arm", "component", "moment", *_COLUMNS, "lowest", "highest"]
    >>> empty = pd.DataFrame(columns=names)
    >>> unobserved_arrays(empty, arrays).share.tolist()
    [[0.0], [0.0]]
    """
    # By visit, each moment has rows of its own beside the whole of follow-up.
    table = table[table["moment"] == WHOLE]
    names = sorted(table["component"].unique())
    shape = (len(arrays.draw), len(arrays.arms), len(names))
    places = {arm: place for place, arm in enumerate(arrays.arms)}
    sizes = (len(table), sorted(table["draw"].unique()), set(table["arm"]))
    expected = (int(np.prod(shape)), sorted(arrays.draw), set(arrays.arms))
    if len(table) and sizes != expected:
        allowed = f"{shape[0]} draws of {', '.join(arrays.arms)} for each component"
        remedy = "make it again with the draws of cost and effect"
        raise Problems([Finding(file, None, None, f"{len(table)} other rows", allowed, remedy)])
    order = np.lexsort((table["component"], table["arm"].map(places), table["draw"]))
    values = {
        name: table[name].to_numpy(float, na_value=np.nan)[order].reshape(shape)
        for name in _COLUMNS
    }
    costs = [place for place, name in enumerate(names) if name != EFFECT]
    own = {name: _effect(value, names) for name, value in values.items()}
    ends = {
        end: float(table[end].astype(float).max()) if EFFECT in names else np.nan
        for end in ("lowest", "highest")
    }
    return Unobserved(
        own["share"], own["mean"], own["reference_mean"],
        values["share"][..., costs], values["mean"][..., costs],
        values["reference_mean"][..., costs], values["share_with_effect"][..., costs],
        values["cost_per_effect"][..., costs], **ends,
        below_ceiling=own["below_ceiling"], ceiling_gain=own["ceiling_gain"],
    )  # fmt: skip


def _effect(values: pd.Series, names):
    """Return the values of the effect, zeros where it has none."""
    if EFFECT in names:
        return values[..., names.index(EFFECT)]
    return np.zeros(values.shape[:2])


def move(
    arrays: ArmDraws,
    unobserved: Unobserved,
    effect: Any = 0.0,
    cost_percent: float | np.ndarray = 0.0,
    jump: Any = (),
    at_ceiling: np.ndarray | None = None,
    cost_follows_effect: bool = False,
):
    """Return the draws of cost and effect when the unobserved differ from what was fitted.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect, missing at random.
    unobserved : Unobserved
        Shares and means of people alive but unobserved.
    effect : float or ndarray, shape (arm,) or (draw, arm)
        Added to the mean effect of the unobserved, in units of the effect.
    cost_percent : float or ndarray, shape (arm,) or (draw, arm)
        By how much the unobserved part of cost is higher, percent.
    jump : collection of {"effect", "cost"}
        What first takes the mean of the comparator.
    at_ceiling : ndarray, shape (arm,), optional
        Share of the unobserved who are at the ceiling; NaN keeps what the model says.
    cost_follows_effect : bool
        Whether the delta on the effect moves the cost of those who lack both.

    Returns
    -------
    cost, effect : ndarray, shape (draw, arm)
        Without deltas and jumps, the draws as they came.

    Raises
    ------
    Problems
        A jump to a comparator that has no participants; a share at a ceiling there is not.

    Notes
    -----
    effect + share * (jump + delta); cost + sum over source groups of
    share_k * (jump_k + mean_k * percent / 100) + both_k * slope_k * delta. Nothing is truncated.

    References
    ----------
    Leurent B, et al. PharmacoEconomics 2018;36:889-901. doi:10.1007/s40273-018-0650-5
    Leurent B, et al. Health Econ 2020;29:171-84. doi:10.1002/hec.3963

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a"], [], np.arange(1), np.array([[10.0]]), np.array([[0.8]]))
    >>> one, none = np.array([[0.5]]), np.zeros((1, 1, 0))
    >>> people = Unobserved(one, one, one, none, none, none, none, none)
    >>> move(arrays, people, effect=-0.2)[1].round(3).tolist()
    [[0.7]]
    """
    refuse(unobserved, jump, at_ceiling)
    delta = np.broadcast_to(np.asarray(effect, float), arrays.effect.shape)
    percent = np.broadcast_to(np.asarray(cost_percent, float), arrays.cost.shape)
    step = delta
    if "effect" in jump:
        step = step + unobserved.reference_mean - unobserved.mean
    if at_ceiling is not None:
        share = np.broadcast_to(at_ceiling, delta.shape)
        moved = unobserved.below_ceiling + share * unobserved.ceiling_gain - unobserved.mean
        step = step + np.where(np.isnan(share), 0.0, moved)
    mean = unobserved.cost_reference if "cost" in jump else unobserved.cost_mean
    change = mean - unobserved.cost_mean + mean * percent[..., None] / 100
    change = unobserved.cost_share * change
    if cost_follows_effect:
        slope = unobserved.share_with_effect * unobserved.cost_per_effect
        change = change + slope * delta[..., None]
    return arrays.cost + change.sum(axis=-1), arrays.effect + unobserved.share * step


def refuse(
    unobserved: Unobserved,
    jump: Any,
    at_ceiling: np.ndarray | None,
    place: str = "decision.missing_not_at_random.scenarios",
):
    """Refuse a jump to an arm nobody entered, and a share at a ceiling that there is not.

    Parameters
    ----------
    unobserved, jump, at_ceiling
        As for `move`.
    place : str
        Setting that asks for it, for the message.

    Raises
    ------
    Problems
        Either was asked for.
    """
    references = np.append(unobserved.cost_reference, unobserved.reference_mean)
    found = None
    if jump and np.isnan(references).any():
        found = ("jump_to_reference", "a comparator that has participants",
                 "leave jump_to_reference out")  # fmt: skip
    elif at_ceiling is not None and np.isnan(unobserved.below_ceiling).any():
        found = ("at_ceiling", "an effect with a ceiling (model.effect.spike)",
                 "leave at_ceiling out")  # fmt: skip
    if found:
        raise Problems([Finding("study.yaml", None, place, *found)])


def out_of_range(unobserved: Unobserved, effect: Any = 0.0, cost_percent: Any = 0.0):
    """Return by arm whether deltas move the unobserved to means that cannot be.

    Parameters
    ----------
    unobserved : Unobserved
        Means of people alive but unobserved, and the possible range of the effect.
    effect, cost_percent : float or ndarray, shape (arm,) or (draw, arm)
        The deltas.

    Returns
    -------
    ndarray of bool, shape (arm,)
        True where the mean effect leaves its range or cost falls below zero; for deltas by draw,
        where either does in more than 2.5 % of the draws.

    Examples
    --------
    >>> one, none = np.array([[0.5]]), np.zeros((1, 1, 0))
    >>> people = Unobserved(one, one, one, none, none, none, none, none, highest=1.0)
    >>> out_of_range(people, effect=0.6).tolist()
    [True]
    """
    mean, some = unobserved.mean.mean(axis=0), unobserved.share.mean(axis=0) > 0
    moved = np.broadcast_to(mean + np.asarray(effect, float), (*np.shape(effect)[:-1], len(mean)))
    wrong = some & ((moved < unobserved.lowest) | (moved > unobserved.highest))
    priced = (unobserved.cost_share.mean(axis=0) > 0).any(axis=-1)
    below = priced & (np.asarray(cost_percent, float) < -100)
    return np.atleast_2d(wrong).mean(axis=0) + np.atleast_2d(below).mean(axis=0) > 0.025
