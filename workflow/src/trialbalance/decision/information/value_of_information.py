"""The table of what more information is worth."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.curves import Curves, decision_curves
from trialbalance.decision.draws import ArmDraws, arm_draws
from trialbalance.decision.information.closed_form import (
    normal_information_value,
    population_factor,
)
from trialbalance.decision.information.parameters import (
    individual_findings,
    parameter_groups,
    priced_groups,
    refuse_idle,
)
from trialbalance.decision.information.partial_information import (
    partial_information_value,
    perfect_value,
)
from trialbalance.decision.information.sample_information import (
    net_benefit_variance,
    normal_sample_value,
    sample_value,
    trial_net_value,
)
from trialbalance.decision.prices.quantities import ItemDraws
from trialbalance.decision.prices.uncertain_prices import price_parameters
from trialbalance.decision.thresholds import Thresholds, outcome_thresholds

COLUMNS = [
    "threshold", "quantity", "per_person", "standard_error", "population", "bias", "normal_form",
    "exploratory", "note",
]  # fmt: skip
CLAMPED = "cut to the value of perfect information, which the estimate passed"
NOISY = "the bias of the regression is larger than the standard error; use more draws"
PRICES_DRAWN = "unit costs with a range are drawn too; compare with evpi:prices_drawn"
LARGEST = "the best of the sizes tried"
AT_END = f"{LARGEST}, and the {{end}} of them: try a {{way}} one"
NOT_WORTH = "no size tried is worth its cost"


def value_information(
    draws: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    outcome: str,
    parameters: pd.DataFrame | None = None,
    individuals: pd.DataFrame | None = None,
    rng: np.random.Generator | None = None,
    items: ItemDraws | None = None,
    ready: dict[str, Any] | None = None,
):
    """Return what perfect, partial and sample information would be worth.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome).
    study : dict
        Resolved study settings; ``arms`` and ``comparator`` are read.
    section : dict
        Resolved settings of the decision stage.
    outcome : str
        Name of the outcome; thresholds belong to it.
    parameters : DataFrame, optional
        Draws of parameters that enter net benefit (prices, the MNAR delta): one column each,
        rows matched by a column ``draw``, or in the order of the draws.
    individuals : DataFrame, optional
        Columns arm, cost_sd, effect_sd, correlation: spread of single participants, needed for a
        new trial (see `individual_spread`).
    rng : numpy.random.Generator, optional
        Stream for the results of new trials and for prices; a fixed one when not given.
    items : ItemDraws, optional
        Draws of the mean cost of each item; those whose price has a range are valued.
    ready : dict of str to ndarray, optional
        Further groups by name, shape (draw, parameter), in ascending order of the draws.

    Returns
    -------
    DataFrame
        Columns threshold, quantity, per_person, standard_error, population, bias, normal_form,
        exploratory, note. Quantities: evpi and evppi:<group> at all thresholds; evsi:<n> and,
        with a population, enbs:<n> at the marked ones, n participants recruited per arm. Groups
        always valued: cost_<arm>, effect_<arm>, costs, effects; where prices have ranges also
        evpi:prices_drawn and the groups price_<item>, prices, quantity_<item>, rest.

    Raises
    ------
    Problems
        Parameters that do not match the draws or do not enter net benefit; a new trial without
        the spread of single participants.

    References
    ----------
    Fenwick E, et al. Value of information analysis for research decisions: an introduction:
    report 1 of the ISPOR task force. Value Health 2020;23:139-50. doi:10.1016/j.jval.2020.01.001

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> tidy = pd.DataFrame({"draw": np.repeat(np.arange(500), 2), "arm": ["a", "b"] * 500,
    ...                      "cost": rng.normal(0, 1, 1000), "effect": 0.0})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a"}
    >>> from trialbalance.settings.resolve import complete
    >>> table = value_information(tidy, study, complete("decision", {}), "qaly")
    >>> sorted(table["quantity"].unique())
    ['evpi', 'evppi:cost_a', 'evppi:cost_b', 'evppi:costs', 'evppi:effect_a', 'evppi:effect_b', \
'evppi:effects']
    """
    arrays = arm_draws(draws, study)
    thresholds = outcome_thresholds(section, outcome)
    rng = np.random.default_rng(0) if rng is None else rng
    curves = decision_curves(arrays.cost, arrays.effect, thresholds.grid)
    parts = [perfect_information(arrays, thresholds, curves, section)]
    own = section if items is None else section | {"parameter_groups": {}}
    groups = parameter_groups(arrays, own, parameters)
    groups |= {name: (values, False) for name, values in (ready or {}).items()}
    people = population_factor(section["population"])
    parts += _partial_information(arrays, groups, thresholds, people)
    if section["sampling"]:
        parts += _new_trial(arrays, thresholds, section, individuals, rng)
    if items is not None:
        parts += _at_uncertain_prices(arrays, items, thresholds, section, rng)
    return pd.concat(parts, ignore_index=True)


IDLE = "worth 0: the draws show nothing that it has to do with the choice between arms"


def _partial_information(
    arrays: Any,
    groups: Any,
    thresholds: Thresholds,
    people: float | None,
    note: str | None = None,
):
    """Return the rows of each group of parameters.

    A declared group that has nothing to do with the draws is worth 0 and noted so; where no
    declared group has, the parameters are those of other draws and are refused.
    """
    parts, idle = [], []
    grid = thresholds.grid
    perfect = perfect_value(arrays.cost, arrays.effect, grid)
    asked = [name for name, (_, declared) in groups.items() if declared]
    for name, (values, declared) in groups.items():
        known = partial_information_value(arrays.cost, arrays.effect, values, grid, perfect)
        if declared and not known.enters:
            idle.append(name)
        part = _estimate(f"evppi:{name}", grid, known, thresholds, people)
        if name in idle:
            worth = part["population"].where(part["population"].isna(), 0.0)
            part = part.assign(per_person=0.0, standard_error=0.0, population=worth, note=IDLE)
        parts.append(part if note is None else part.assign(note=part["note"].fillna(note)))
    if len(idle) == len(asked):
        refuse_idle(idle, len(arrays.draw))
    return parts


def _at_uncertain_prices(
    arrays: ArmDraws, items, thresholds: Thresholds, section: dict, rng: np.random.Generator
):
    """Return the rows of prices and quantities, valued where prices are drawn too."""
    priced, parameters, ready = price_parameters(arrays, items, rng)
    declared = section["parameter_groups"]
    if priced is None:
        groups = priced_groups(declared, parameters, {})
        return _partial_information(arrays, groups, thresholds, None)
    curves = decision_curves(priced.cost, priced.effect, thresholds.grid)
    perfect = perfect_information(priced, thresholds, curves, section)
    words = PRICES_DRAWN.split(";")[0]
    perfect = perfect.assign(quantity="evpi:prices_drawn", note=words)
    groups = priced_groups(declared, parameters, ready)
    people = population_factor(section["population"])
    return [perfect, *_partial_information(priced, groups, thresholds, people, PRICES_DRAWN)]


def perfect_information(
    arrays: ArmDraws, thresholds: Thresholds, curves: Curves, section: dict[str, Any]
):
    """Return the value of perfect information at every threshold.

    Parameters
    ----------
    arrays : ArmDraws
        The draws; with two arms the closed normal form is given beside their EVPI.
    thresholds : Thresholds
        Thresholds of the outcome.
    curves : Curves
        Curves at these thresholds.
    section : dict
        Resolved settings of the decision stage; ``population`` is read.

    Returns
    -------
    DataFrame
        Rows of the information table; the population value is blank without a declared
        incidence or an accepted threshold.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> from trialbalance.decision.thresholds import Thresholds
    >>> asked = Thresholds(np.array([0.0, 25, 50]), np.array([25.0]), 25, False)
    >>> curves = decision_curves(arrays.cost, arrays.effect, asked.grid)
    >>> nobody = {"population": {"incidence": None}}
    >>> perfect_information(arrays, asked, curves, nobody)["per_person"].tolist()
    [0.0, 2.5, 0.0]
    """
    people = population_factor(section["population"])
    normal = np.nan
    if len(arrays.arms) == 2 and len(arrays.draw) > 1:
        mean, variance = _two_arm_moments(arrays, [0, 1], thresholds.grid)
        normal = normal_information_value(mean, np.sqrt(variance))
    columns = {"per_person": curves.evpi, "standard_error": curves.evpi_error}
    return _rows("evpi", thresholds.grid, thresholds, people, normal_form=normal, **columns)


def _two_arm_moments(arrays: ArmDraws, pair, grid):
    """Return mean and variance of the incremental net benefit of two arms at thresholds."""
    cost = arrays.cost[:, pair[1]] - arrays.cost[:, pair[0]]
    effect = arrays.effect[:, pair[1]] - arrays.effect[:, pair[0]]
    (cost_variance, joint), (_, effect_variance) = np.cov(cost, effect)
    variance = grid**2 * effect_variance - 2 * grid * joint + cost_variance
    return grid * effect.mean() - cost.mean(), np.maximum(variance, 0)


def _estimate(quantity: str, grid, known, thresholds: Any, people, normal=np.nan):
    """Return the rows of one quantity that a regression estimated."""
    notes = np.where(known.clamped, CLAMPED, None)
    notes = np.where((np.abs(known.bias) > known.error) & ~known.clamped, NOISY, notes)
    columns = {"per_person": known.value, "standard_error": known.error, "bias": known.bias}
    return _rows(
        quantity, grid, thresholds, people, normal_form=normal, note=pd.Series(notes, dtype=object),
        **columns,
    )  # fmt: skip


def _rows(quantity: str, grid, thresholds: Thresholds, people, **columns):
    """Return rows of the table; an exploratory outcome gets no population value."""
    rows = {"threshold": grid, "quantity": quantity, "per_person": np.nan, "standard_error": np.nan}
    rows |= {"population": np.nan, "bias": np.nan, "normal_form": np.nan, "note": None}
    rows |= {"exploratory": thresholds.exploratory} | columns
    if people is not None and not thresholds.exploratory:
        rows["population"] = rows["per_person"] * people
    return pd.DataFrame(rows)[COLUMNS].astype({"note": object})


def _new_trial(
    arrays: ArmDraws,
    thresholds: Thresholds,
    section: dict,
    individuals: pd.DataFrame | None,
    rng: np.random.Generator,
):
    """Return the rows of a new two-arm trial at each size."""
    plan, population = section["sampling"], section["population"]
    pair, spreads = individual_findings(arrays, plan, individuals)
    noise = rng.standard_normal((len(arrays.draw), 4))
    grid, people = thresholds.shown(), population_factor(population)
    mean, prior = _two_arm_moments(arrays, pair, grid)
    single = sum(net_benefit_variance(spread, grid) for spread in spreads)
    benefit = grid[:, None] * arrays.effect.mean(axis=0) - arrays.cost.mean(axis=0)
    forgone = (benefit.max(axis=1, keepdims=True) - benefit)[:, pair].sum(axis=1)
    parts, worth = [], {}
    for size in sorted(plan["sizes"]):
        complete = size * (1 - plan["dropout"])
        known = sample_value(arrays.cost, arrays.effect, pair, spreads, complete, grid, noise)
        two = len(arrays.arms) == 2
        normal = normal_sample_value(mean, prior, single / complete) if two else np.nan
        parts.append(_estimate(f"evsi:{size}", grid, known, thresholds, people, normal))
        if people is not None and not thresholds.exploratory:
            worth[size] = trial_net_value(known.value, forgone, size, plan, population)
    return parts + _net_worth(worth, grid, thresholds)


def _net_worth(worth, grid, thresholds: Any):
    """Return the rows of expected net benefit of sampling, the best size marked."""
    if not worth:
        return []
    best, parts = np.max(list(worth.values()), axis=0), []
    for size, value in worth.items():
        words = LARGEST
        if len(worth) > 1 and size == max(worth):
            words = AT_END.format(end="largest", way="larger")
        if len(worth) > 1 and size == min(worth):
            words = AT_END.format(end="smallest", way="smaller")
        note = np.where(value == best, np.where(best > 0, words, NOT_WORTH), None)
        columns = {"note": pd.Series(note, dtype=object)}
        part = _rows(f"enbs:{size}", grid, thresholds, None, **columns)
        parts.append(part.assign(population=value))
    return parts
