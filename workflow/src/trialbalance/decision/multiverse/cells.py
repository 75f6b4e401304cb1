"""The cells of one fit: net benefit of each defensible analysis, and how it was got."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.curves import preferred_arms, probability_positive
from trialbalance.decision.comparing.quantiles import net_benefit_quantiles
from trialbalance.decision.missing.compare_cases import compared, tidy_arrays
from trialbalance.decision.missing.unobserved import move
from trialbalance.decision.multiverse.moved import Drawn, Priced, case_of, moved, priced
from trialbalance.decision.prices.price_scenarios import price_ratios
from trialbalance.decision.thresholds import outcome_thresholds
from trialbalance.settings.universes import Fit, Options, cells, column, options_of

EXACT, APPROXIMATE, REFITTED = "exact", "approximate", "refitted"
NUMBERS = [
    "threshold", "cost", "effect", "net_benefit", "lower", "upper", "probability_positive", "error",
    "weight", "recomputed",
]  # fmt: skip
WORDS = ["arm", "comparator", "preferred", "way", "fit"]


def cells_of(section: dict[str, Any], fit: Fit) -> list[tuple[int, Options]]:
    """Return the cells that share a fit.

    Parameters
    ----------
    section : dict
        Settings ``multiverse``.
    fit : Fit
        The fit.

    Returns
    -------
    list of tuple
        Number and options of each, ascending.
    """
    every, wanted = options_of(section), {tuple(one) for one in fit.refits}
    refitting = {name for name, one in every.items() if one["refit"] is not None}
    return [
        (number, cell)
        for number, cell in cells(section)
        if tuple(option for option in cell if option in refitting) in wanted
    ]


def drawn_numbers(section: dict[str, Any], rng: np.random.Generator) -> list[int]:
    """Return the cells whose algebra is done again, drawn at random from all.

    Parameters
    ----------
    section : dict
        Settings ``multiverse``; ``recomputed`` says how many.
    rng : numpy.random.Generator
        Stream, the same for every fit.

    Returns
    -------
    list of int
        Numbers of cells, each once, ascending.

    Examples
    --------
    >>> choices = {"a": {"options": {"a1": 0, "a2": 0, "a3": 0}}}
    >>> section = {"choices": choices, "excluded": [], "recomputed": 5}
    >>> drawn_numbers(section, np.random.default_rng(1))
    [1, 2, 3]
    """
    every = [number for number, _ in cells(section)]
    some = rng.choice(every, size=min(section["recomputed"], len(every)), replace=False)
    return sorted(map(int, some))


def cell_table(
    drawn: Drawn,
    mine: Sequence[tuple[int, Options]],
    settings: dict[str, Any],
    fit: Fit,
    again: Iterable[int] = (),
) -> pd.DataFrame:
    """Return the comparison of arms in every cell of a fit.

    Parameters
    ----------
    drawn : Drawn
        Draws of the fit.
    mine : sequence of tuple
        Number and options of each of its cells.
    settings : dict
        As from `multiverse_settings`.
    fit : Fit
        The fit; cells of that of the plan need no other.
    again : iterable of int
        Numbers of cells to recompute by the road of the decision stage.

    Returns
    -------
    DataFrame
        One row a cell and arm but the comparator: cell, the option of each choice, `WORDS` and
        `NUMBERS`. ``error`` bounds how far the difference in cost lies from that of a refit;
        ``recomputed`` is net benefit once more, blank but for the cells named.

    Raises
    ------
    Problems
        Prices or deltas that the draws do not allow.
    """
    section, every = settings["multiverse"], options_of(settings["multiverse"])
    primary = outcome_thresholds(settings["decision"], settings["analysis"]["outcome"]).primary
    parts, prices, shown_again = [], {}, set(again)
    for (name, missing), group in _alike(mine, every).items():
        plan = every[name]["prices"] if name else None
        if name not in prices:
            at = f"multiverse.choices.{_choice(section, name)}.options.{name}.prices"
            prices[name] = priced(drawn, plan, at)
        case = case_of([every[one]["missing"] for one in missing], drawn.arrays.arms)
        marks = [threshold_of(cell, every, primary) for _, cell in group]
        interval = settings["decision"]["interval"]
        own = _compared(drawn, prices[name], case, np.array(marks), interval)
        for place, (number, cell) in enumerate(group):
            shown = number in shown_again
            second = recomputed(drawn, plan, case, marks[place], settings) if shown else {}
            for row in own:
                values = {word: row[word][place] for word in row if word != "arm"}
                arm = row["arm"]
                parts.append((number, *cell, arm, values, second.get(arm, np.nan)))
    return _table(parts, list(map(column, section["choices"])), drawn, fit, every, mine)


def _alike(mine: Sequence[tuple[int, Options]], every: dict[str, Any]):
    """Return cells by the options that move their draws: prices, and what is missing."""
    found: dict[tuple[str, Options], list[tuple[int, Options]]] = {}
    for number, cell in mine:
        name = next((one for one in cell if every[one]["prices"] is not None), "")
        missing = tuple(one for one in cell if every[one]["missing"] is not None)
        found.setdefault((name, missing), []).append((number, cell))
    return found


def _choice(section: dict[str, Any], option: str) -> str:
    """Return the choice to which an option belongs; blank for none."""
    found = (name for name, one in section["choices"].items() if option in one["options"])
    return next(found, "")


def threshold_of(cell: Options, every: dict[str, Any], primary: float | None) -> float:
    """Return the threshold of a cell: that of an option, else the primary one.

    Examples
    --------
    >>> threshold_of(("a", "b"), {"a": {"threshold": None}, "b": {"threshold": 20.0}}, 15.0)
    20.0
    """
    named = [every[one]["threshold"] for one in cell if every[one]["threshold"] is not None]
    return float(named[0] if named else primary)


def _compared(drawn: Drawn, prices: Priced, case: dict, at: np.ndarray, interval: float):
    """Return each arm's comparison at the thresholds of some cells that move alike."""
    cost, effect = moved(drawn, prices, case)
    arms, other = drawn.arrays.arms, drawn.arrays.arms.index(drawn.comparator)
    best = preferred_arms(cost.mean(axis=0), effect.mean(axis=0), at)
    preferred = np.array([", ".join(np.array(arms)[one]) for one in best], dtype=object)
    grid, back = np.unique(at, return_inverse=True)
    rows = []
    for place, arm in enumerate(arms):
        if place == other:
            continue
        more, gain = cost[:, place] - cost[:, other], effect[:, place] - effect[:, other]
        lower, upper = net_benefit_quantiles(more, gain, grid, interval)
        rows.append({
            "arm": arm,
            "threshold": at,
            "cost": np.full(at.size, more.mean()),
            "effect": np.full(at.size, gain.mean()),
            "net_benefit": at * gain.mean() - more.mean(),
            "lower": lower[back],
            "upper": upper[back],
            "probability_positive": probability_positive(more, gain, grid)[back],
            "preferred": preferred,
            "error": np.full(at.size, prices.error[arm] + prices.error[drawn.comparator]),
        })  # fmt: skip
    return rows


def recomputed(
    drawn: Drawn,
    plan: dict[str, Any] | None,
    case: dict[str, Any],
    at: float,
    settings: dict[str, Any],
) -> dict[str, float]:
    """Return net benefit of a cell by the road of the decision stage: moved tables, compared.

    Parameters
    ----------
    drawn : Drawn
        Draws of the fit.
    plan : dict or None
        Prices of the cell.
    case : dict
        From `case_of`.
    at : float
        Threshold, in currency per unit of the outcome.
    settings : dict
        As from `multiverse_settings`.

    Returns
    -------
    dict of str to float
        Arm to net benefit, in currency.

    Notes
    -----
    Every item is valued anew and added up; the people unobserved are put at these prices and then
    moved by `move`, as scenarios of missing data are; the draws then go through `compared`.
    """
    arrays, lost = drawn.arrays, drawn.unobserved
    change, ratio = _valued(drawn, plan)
    cost, effect = arrays.cost, arrays.effect
    if lost is not None:
        other = arrays.arms.index(drawn.comparator)
        dearer = replace(
            lost,
            cost_mean=lost.cost_mean * ratio,
            cost_reference=lost.cost_reference * ratio[:, [other]],
            cost_per_effect=lost.cost_per_effect * ratio,
        )
        cost, effect = move(arrays, dearer, **case, cost_follows_effect=drawn.cost_follows_effect)
    outcome, decision = settings["analysis"]["outcome"], settings["decision"]
    marks = decision["thresholds"][outcome] | {"marked": [at], "primary": at}
    section = decision | {"thresholds": {outcome: marks}}
    rows = compared(tidy_arrays(arrays, cost + change, effect), settings["study"], section, outcome)
    return dict(zip(rows["arm"], rows["net_benefit"], strict=True))


def _valued(drawn: Drawn, plan: dict[str, Any] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the change in cost, and the ratio of each source group, item by item."""
    shape = drawn.arrays.cost.shape
    new, old = (np.zeros((*shape, len(drawn.groups))) for _ in range(2))
    change = np.zeros(shape)
    items = drawn.items if plan is not None else None
    ratios = [] if items is None else price_ratios(items.items, plan, "", drawn.price_index)
    for place, ratio in enumerate(ratios):
        before = items.cost[:, :, place]
        change += before * ratio - before
        group = items.items["source_group"].iloc[place]
        if group in drawn.groups:
            new[..., drawn.groups.index(group)] += before * ratio
            old[..., drawn.groups.index(group)] += before
    return change, np.divide(new, old, out=np.ones(new.shape), where=old > 0)


def _table(rows, choices, drawn: Drawn, fit: Fit, every, mine):
    """Return the rows as a table in the order of the cells, with fit, way and weight."""
    weights = {number: _weight(cell, every) for number, cell in mine}
    kept = [*choices, "arm"]
    table = pd.DataFrame(
        [(one[0], *one[1 : len(kept) + 1]) for one in rows], columns=["cell", *kept]
    )
    values = pd.DataFrame([one[-2] for one in rows])
    table = pd.concat([table, values], axis=1)
    table["recomputed"] = [one[-1] for one in rows]
    table["comparator"] = drawn.comparator
    table["fit"] = f"{fit.scenario}/{fit.analysis}"
    table["weight"] = table["cell"].map(weights).astype(float)
    own = EXACT if any(not one for one in fit.refits) else REFITTED
    table["way"] = np.where(table["error"] > 0, APPROXIMATE, own)
    order = table.sort_values(["cell"], kind="stable").reset_index(drop=True)
    return order[["cell", *choices, *WORDS, *NUMBERS]]


def _weight(cell: Options, every: dict[str, Any]) -> float:
    """Return the product of the weights of a cell's options; NaN where none is weighted."""
    given = [every[one]["weight"] for one in cell if every[one]["weight"] is not None]
    return float(np.prod(given)) if given else np.nan
