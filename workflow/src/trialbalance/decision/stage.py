"""The whole stage: every table of the decision from draws and from what they rest on."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.comparing.distribution import distribution
from trialbalance.decision.comparing.subgroups import compare_subgroups
from trialbalance.decision.draws import arm_draws
from trialbalance.decision.information.parameters import individual_spread
from trialbalance.decision.information.value_of_information import value_information
from trialbalance.decision.prices.price_scenarios import compare_prices
from trialbalance.decision.prices.quantities import item_draws, quantity_table
from trialbalance.decision.tables import compare_arms
from trialbalance.decision.thresholds import outcome_thresholds


def decide(
    draws: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    analysis: dict[str, Any],
    rng: np.random.Generator,
    dataset: pd.DataFrame | None = None,
    item_costs: pd.DataFrame | None = None,
    prices: pd.DataFrame | None = None,
    perspectives: pd.DataFrame | None = None,
    price_index: pd.DataFrame | None = None,
    parameters_given: pd.DataFrame | None = None,
    group_draws_given: pd.DataFrame | None = None,
    subgroup_means: pd.DataFrame | None = None,
    other_indices: Mapping[str, pd.DataFrame] | None = None,
):
    """Return every table of the stage.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome); cost_<source group>
        where a model gave them.
    study, section, analysis : dict
        Resolved settings of the study, of the stage and of the analysis.
    rng : numpy.random.Generator
        Random stream of the information.
    dataset : DataFrame, optional
        One row a participant, where the study hands over more than draws.
    item_costs, prices, perspectives : DataFrame, optional
        What participants used, at which prices, and who counts it; from stage costs.
    price_index : DataFrame, optional
        Level of prices by year, where a price scenario asks for another one.
    parameters_given : DataFrame, optional
        Draws of parameters handed over with the draws.
    group_draws_given : DataFrame, optional
        Draws by group of the population, for the distributional view.
    subgroup_means : DataFrame, optional
        Draws by subgroup, where the model has subgroups.
    other_indices : mapping of str to DataFrame, optional
        Price scenario → the price index that it puts in place of the study's.

    Returns
    -------
    dict of str to DataFrame
        Those of `compare_arms`, quantities, price_scenarios, distribution, subgroups, and
        information in full.

    Raises
    ------
    Problems
        Draws or parameters that cannot be used.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds})
    >>> analysis = {"name": "main", "outcome": "qaly", "perspective": "nhs", "population": "all"}
    >>> tables = decide(tidy, study, section, analysis, np.random.default_rng(1))
    >>> tables["incremental"][["arm", "cost", "effect", "icer"]].values.tolist()
    [['b', 20.0, 1.0, 20.0]]
    """
    counts = None if dataset is None else dataset["arm"].value_counts().to_dict()
    spread = None if dataset is None else individual_spread(dataset)
    tables = compare_arms(draws, study, section, analysis["outcome"], counts)
    items, own = None, arm_draws(draws, study)
    if item_costs is not None:
        whose = perspectives, study, analysis["perspective"]
        items = item_draws(own, draws, dataset, item_costs, prices, *whose, rng)
    tables["quantities"] = quantity_table(items, section["interval"])
    tables["price_scenarios"] = compare_prices(
        own, items, study, section, analysis["outcome"], price_index, other_indices
    )
    tables["information"] = value_information(
        draws, study, section, analysis["outcome"], parameters_given, spread, rng, items
    )
    thresholds = outcome_thresholds(section, analysis["outcome"])
    tables["subgroups"] = compare_subgroups(subgroup_means, study, section, thresholds)
    tables["distribution"] = distribution(group_draws_given, study, section, thresholds)
    return tables
