"""The public tables of the decision, from draws of cost and effect by arm."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import NOBODY
from trialbalance.decision.comparing.curves import (
    decision_curves,
    probability_positive,
    rank_probabilities,
)
from trialbalance.decision.comparing.increments import (
    frontier,
    icer,
    mean_interval,
    position,
    quadrant_probabilities,
)
from trialbalance.decision.comparing.quantiles import net_benefit_quantiles
from trialbalance.decision.comparing.switching import preferred_ranges, switching
from trialbalance.decision.draws import ArmDraws, arm_draws
from trialbalance.decision.information.value_of_information import perfect_information
from trialbalance.decision.thresholds import Thresholds, outcome_thresholds

NO_COMPARATOR = "the comparator has no participants recruited"


def compare_arms(
    draws: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    outcome: str,
    participants_by_arm: dict[str, Any] | None = None,
):
    """Return every table that follows from draws of mean cost and mean effect by arm.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome), one row each; any order.
    study : dict
        Resolved study settings; ``arms`` and ``comparator`` are read.
    section : dict
        Resolved settings of the decision stage.
    outcome : str
        Name of the outcome; thresholds belong to it.
    participants_by_arm : dict of str to int, optional
        Participants analysed in each arm; blank in the table where unknown.

    Returns
    -------
    dict of str to DataFrame
        arms, incremental, frontier, net_benefit, acceptability, expected_loss, ranks, switching,
        preferred and information (perfect information only; see `value_information` for more).
        An arm without draws keeps its rows, blank, with the words "no participants recruited".

    Raises
    ------
    Problems
        The draws cannot be read as joint draws of the study's arms.

    Notes
    -----
    Intervals are equal-tailed quantiles of the draws. Ratios have a value only, and only where
    the two mean differences have one sign.

    References
    ----------
    Briggs A, Claxton K, Sculpher M. Decision Modelling for Health Economic Evaluation. Oxford;
    2006. Fenwick E, et al. Health Econ 2001;10:779-87. doi:10.1002/hec.635

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b", "a", "b"],
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds})
    >>> compare_arms(tidy, study, section, "qaly")["incremental"].loc[0, ["cost", "icer"]].to_list()
    [20.0, 20.0]
    """
    arrays = arm_draws(draws, study, participants=participants_by_arm)
    thresholds = outcome_thresholds(section, outcome)
    interval = section["interval"]
    curves = decision_curves(arrays.cost, arrays.effect, thresholds.grid)
    pairs = _pairs(arrays, study)
    tables = {
        "arms": _arms(arrays, study, interval, participants_by_arm or {}),
        "incremental": _incremental(pairs, study, interval),
        "frontier": _frontier(arrays),
        "net_benefit": _net_benefit(pairs, study, thresholds, interval),
        "acceptability": _acceptability(arrays, study, thresholds, curves),
        "expected_loss": _expected_loss(arrays, study, thresholds, curves),
        "ranks": _ranks(arrays, study, thresholds),
        "switching": _switching(arrays, pairs, study, thresholds),
        "preferred": _preferred(arrays, thresholds),
    }
    tables["information"] = perfect_information(arrays, thresholds, curves, section)
    return tables


def _pairs(arrays: ArmDraws, study):
    """Return each arm but the comparator with its draws of difference, or why it has none."""
    found, pairs = arrays.differences(study["comparator"]), []
    for arm in study["arms"]:
        if arm in found:
            cost, effect = found[arm]
            pairs.append((arm, cost, effect, position(cost.mean(), effect.mean())))
        elif arm != study["comparator"]:
            pairs.append((arm, None, None, NOBODY if arm in arrays.empty else NO_COMPARATOR))
    return pairs


def _table(rows, columns):
    """Return rows as a table with these columns first, words as objects and blanks as missing."""
    table = pd.DataFrame(rows, columns=columns)
    for name in ("position", "compared_with", "note"):
        if name in table:
            table[name] = table[name].astype(object).where(table[name].notna(), None)
    return table


def _spread(name: str, values: pd.Series, interval: float):
    """Return a mean and its interval under the column names of the public tables."""
    mean, lower, upper = mean_interval(values, interval)
    return {name: mean, f"{name}_lower": lower, f"{name}_upper": upper}


_MEANS = ["cost", "cost_lower", "cost_upper", "effect", "effect_lower", "effect_upper"]


def _arms(arrays: ArmDraws, study, interval: float, participants: pd.DataFrame):
    """Return the means of every arm."""
    rows = []
    for arm in study["arms"]:
        row = {"arm": arm, "n": participants.get(arm)}
        if arm in arrays.empty:
            row |= {"n": participants.get(arm, 0), "position": NOBODY}
        else:
            place = arrays.arms.index(arm)
            row |= _spread("cost", arrays.cost[:, place], interval)
            row |= _spread("effect", arrays.effect[:, place], interval)
        rows.append(row)
    table = _table(rows, ["arm", "n", *_MEANS, "position"])
    return table.astype({"n": "Int64"} | dict.fromkeys(_MEANS, float))


def _incremental(pairs, study, interval: float):
    """Return each arm against the comparator."""
    rows = []
    for arm, cost, effect, words in pairs:
        row = {"arm": arm, "comparator": study["comparator"], "position": words}
        if cost is not None:
            row |= _spread("cost", cost, interval) | _spread("effect", effect, interval)
            row["icer"] = icer(row["cost"], row["effect"])
            chances = quadrant_probabilities(cost, effect)
            row |= {f"probability_{name}": chance for name, chance in chances.items()}
        rows.append(row)
    quadrants = [f"probability_{name}" for name in ("ne", "nw", "se", "sw")]
    table = _table(rows, ["arm", "comparator", *_MEANS, "icer", "position", *quadrants])
    return table.astype(dict.fromkeys([*_MEANS, "icer", *quadrants], float))


def _frontier(arrays: ArmDraws):
    """Return the fully incremental analysis of all arms, cheapest first, empty arms last."""
    rows = frontier(arrays.arms, arrays.cost.mean(axis=0), arrays.effect.mean(axis=0))
    rows += [{"arm": arm, "status": NOBODY} for arm in arrays.empty]
    numbers = ["incremental_cost", "incremental_effect", "icer"]
    columns = ["arm", "cost", "effect", "status", "compared_with", *numbers]
    return _table(rows, columns).astype(dict.fromkeys(["cost", "effect", *numbers], float))


def _net_benefit(pairs, study, thresholds: Thresholds, interval: float):
    """Return the net benefit of each arm against the comparator at every threshold."""
    grid = thresholds.grid
    numbers = ["net_benefit", "lower", "upper", "probability_positive"]
    health = ["net_health_benefit", "health_lower", "health_upper"]
    parts = []
    for arm, cost, effect, words in pairs:
        part = {"threshold": grid, "arm": arm, "comparator": study["comparator"]}
        part |= dict.fromkeys([*numbers, *health], np.nan)
        part["position"] = words if cost is None else None
        if cost is not None:
            mean = grid * effect.mean() - cost.mean() + 0.0
            lower, upper = net_benefit_quantiles(cost, effect, grid, interval)
            # Against an arm that costs and gains nothing, best means better than nothing.
            part["probability_positive"] = probability_positive(cost, effect, grid)
            part |= {"net_benefit": mean, "lower": lower + 0.0, "upper": upper + 0.0}
            # At a threshold of nothing, health has no price and net health benefit no value.
            price = np.where(grid > 0, grid, np.nan)
            part |= dict(zip(health, (mean / price, lower / price, upper / price), strict=True))
        parts.append(pd.DataFrame(part | {"exploratory": thresholds.exploratory}))
    columns = ["threshold", "arm", "comparator", *numbers, *health, "exploratory", "position"]
    return _joined(parts, columns)


def _joined(parts, columns):
    """Join the parts of a table in the order of the study's arms, thresholds together."""
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return table.sort_values("threshold", kind="stable", ignore_index=True)[columns]


def _by_arm(arrays: ArmDraws, study, thresholds: Thresholds, columns):
    """Return a table of curves, one row a threshold and arm, with blank rows for empty arms."""
    grid, parts = thresholds.grid, []
    for arm in study["arms"]:
        part = {"threshold": grid, "arm": arm}
        for name, curve in columns.items():
            present = arm in arrays.arms
            values = curve[:, arrays.arms.index(arm)] if present else [None] * grid.size
            dtype = "boolean" if curve.dtype == bool else float
            part[name] = (
                pd.array(values, dtype=dtype)
                if dtype == "boolean"
                else (np.asarray(values, dtype=float))
            )
        part["exploratory"] = thresholds.exploratory
        part["position"] = NOBODY if arm in arrays.empty else None
        parts.append(pd.DataFrame(part))
    return _joined(parts, ["threshold", "arm", *columns, "exploratory", "position"])


def _acceptability(arrays: ArmDraws, study, thresholds: Thresholds, curves):
    """Return the probability that each arm is best, and which has the most expected benefit."""
    columns = {"probability": curves.probability, "frontier": curves.preferred}
    return _by_arm(arrays, study, thresholds, columns)


def _expected_loss(arrays: ArmDraws, study, thresholds: Thresholds, curves):
    """Return what choosing each arm is expected to forgo."""
    columns = {"expected_loss": curves.loss, "standard_error": curves.loss_error}
    return _by_arm(arrays, study, thresholds, columns)


def _ranks(arrays: ArmDraws, study, thresholds: Thresholds):
    """Return the probability that each arm comes first, second and so on."""
    rows = []
    for threshold in thresholds.shown():
        chances = rank_probabilities(arrays.cost, arrays.effect, threshold)
        for arm in study["arms"]:
            row = {"threshold": threshold, "arm": arm, "exploratory": thresholds.exploratory}
            chance = np.full(len(arrays.arms), np.nan)
            if arm in arrays.empty:
                row["position"] = NOBODY
            else:
                chance = chances[arrays.arms.index(arm)]
            rows += [row | {"rank": rank + 1, "probability": p} for rank, p in enumerate(chance)]
    table = _table(rows, ["threshold", "arm", "rank", "probability", "exploratory", "position"])
    return table.astype({"rank": "Int64", "probability": float})


def _switching(arrays: Any, pairs, study, thresholds: Thresholds):
    """Return how the cost of each arm would have to change for no net benefit."""
    pairs_of_means = zip(arrays.cost.mean(axis=0), arrays.effect.mean(axis=0), strict=True)
    means = dict(zip(arrays.arms, pairs_of_means, strict=True))
    currency = study["currency"]
    return switching(pairs, study["comparator"], means, thresholds, currency)


def _preferred(arrays: Any, thresholds: Thresholds):
    """Return between which thresholds each arm is preferred."""
    rows = frontier(arrays.arms, arrays.cost.mean(axis=0), arrays.effect.mean(axis=0))
    return preferred_ranges(rows, arrays.empty, thresholds.exploratory)
