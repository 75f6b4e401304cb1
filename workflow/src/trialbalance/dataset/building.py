"""The stage as a whole: one row a participant, and a count of everything left out."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.dataset.covariates import make_covariates, make_groupings
from trialbalance.dataset.described.distribution import cost_distribution
from trialbalance.dataset.described.flow import follow_pounds
from trialbalance.dataset.described.missingness import (
    count_patterns,
    count_visit_patterns,
    describe_missingness,
)
from trialbalance.dataset.described.missingness_regression import predict_missingness
from trialbalance.dataset.follow_up import follow_visits, followed_years
from trialbalance.dataset.rows import GROUP, comparator_first, fixed_columns, in_population
from trialbalance.dataset.soundness import must_be_sound
from trialbalance.dataset.totals import CostTotals, add_up_costs


def build_dataset(
    participants: pd.DataFrame,
    participant_costs: pd.DataFrame,
    cost_observed: pd.DataFrame,
    measures: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    analysis: dict[str, Any],
    regressed: bool = True,
) -> dict[str, pd.DataFrame]:
    """Return what one analysis is fitted to, and what is missing from it.

    Parameters
    ----------
    participants, participant_costs, cost_observed, measures, outcomes : pandas.DataFrame
        Clean tables of the stages before.
    study, section : dict
        Settled settings of ``study`` and of ``dataset``.
    analysis : dict
        outcome, perspective and population.
    regressed : bool
        Whether to regress who is missing on what is known; a check needs no such description.

    Returns
    -------
    dict of pandas.DataFrame
        dataset, follow_up, missingness, missing_patterns, cost_distribution, visit_patterns,
        missingness_predictors and dataset_flow.

    Raises
    ------
    Problems
        On a population, perspective, outcome or covariate that is not there.

    Notes
    -----
    cost is the sum over source groups after the index date and blank when any group was unobserved;
    cost before the index date is a covariate and never part of it.

    References
    ----------
    Gabrio 2019, doi:10.1002/sim.8045, on cost and effect modelled together.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "everyone": [True]})
    >>> lines = pd.DataFrame({"participant_id": ["p1"], "period": ["after"], "perspective": ["nhs"],
    ...     "source_group": ["records"], "cost": [120.0]})
    >>> flags = lines.assign(observed=True)
    >>> scores = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"], "measure": ["utility"],
    ...     "value": [0.5], "at_ceiling": [False], "dead": [False]})
    >>> effects = pd.DataFrame({"participant_id": ["p1"], "outcome": ["qaly"],
    ...     "measure": ["utility"], "value": [0.6], "observed": [True],
    ...     "at_ceiling": [False], "died": [False]})
    >>> tables = build_dataset(people, lines, flags, scores, effects,
    ...     {"periods": {"after": [0, 1]}, "visits": {"m0": 0}, "arms": {"a": {}},
    ...      "comparator": "a", "horizon_years": 1.0},
    ...     {"covariates": ["baseline_effect"], "groupings": []},
    ...     {"outcome": "qaly", "perspective": "nhs", "population": "everyone"})
    >>> tables["dataset"][["cost", "effect", "baseline_effect"]].to_numpy().tolist()
    [[120.0, 0.6, 0.5]]
    """
    inside = in_population(participants, analysis["population"])
    people = participants[inside].reset_index(drop=True)
    ids = pd.Index(people["participant_id"])
    perspective = analysis["perspective"]
    totals = add_up_costs(ids, participant_costs, cost_observed, _within(study), perspective)
    effect = _effect(outcomes, analysis["outcome"], ids)
    special = _baseline(measures, effect, totals, ids, study)
    covariates = make_covariates(people, section["covariates"], special)
    fixed = fixed_columns(people, totals.total, _vital_status(effect, people, study))
    groupings = make_groupings(people, section["groupings"])
    dataset = pd.concat([fixed, _groups(totals), groupings, covariates], axis=1)
    must_be_sound(dataset, "the dataset")
    arms = list(study["arms"])
    flags = totals.by_period
    lines = participant_costs[participant_costs["perspective"] == perspective]
    measure = next(iter(effect["measure"].dropna()), None)
    followed = follow_visits(people, measures, measure, lines, flags, study)
    flow = follow_pounds(participants, inside, participant_costs, totals, analysis, arms)
    names = list(covariates)
    made = {
        "dataset": dataset,
        "follow_up": followed,
        "missingness": describe_missingness(dataset, measures, flags, names, arms, followed),
        "missing_patterns": count_patterns(dataset, arms),
        "cost_distribution": cost_distribution(dataset, arms),
        "visit_patterns": count_visit_patterns(dataset, measures, list(study["visits"]), arms),
        "dataset_flow": flow,
    }
    if regressed:
        told = names, comparator_first(study), _earlier(measures, effect, ids, study)
        made["missingness_predictors"] = predict_missingness(dataset, *told)
    return made


def _within(study: dict[str, Any]) -> dict[str, list[float]]:
    """Return the periods that begin before the horizon; a scenario's may end before the last."""
    horizon = study["horizon_years"]
    return {name: span for name, span in study["periods"].items() if span[0] < horizon}


def _effect(outcomes: pd.DataFrame, outcome: str, ids: pd.Index) -> pd.DataFrame:
    """Return the outcome of each participant, in their order."""
    mine = outcomes[outcomes["outcome"] == outcome]
    if mine.empty:
        raise Problems(
            [
                Finding(
                    "outcomes.csv",
                    None,
                    "outcome",
                    f"no {outcome}",
                    ", ".join(sorted(outcomes["outcome"].dropna().unique())) or "none is scored",
                    "correct the outcome of the analysis",
                )
            ]
        )
    return mine.set_index("participant_id").reindex(ids).reset_index()


def _vital_status(effect: pd.DataFrame, people: pd.DataFrame, study: dict) -> pd.DataFrame:
    """Blank the vital status of those whose follow-up ended by the calendar before the horizon."""
    followed, death = followed_years(people, study["horizon_years"])
    unknown = (followed + 1 / DAYS_A_YEAR < study["horizon_years"]) & ~np.isfinite(death)
    return effect.assign(died=effect["died"].astype("boolean").mask(unknown))


def _earlier(
    measures: pd.DataFrame, effect: pd.DataFrame, ids: pd.Index, study: dict
) -> dict[str, pd.Series]:
    """Return the outcome's measure at each visit between the first and the last, of the living."""
    named = effect["measure"].dropna().unique()
    if not len(named) or not study["visits"]:
        return {}
    mine = measures[(measures["measure"] == named[0]) & ~measures["dead"].astype(bool)]
    between = sorted(study["visits"], key=study["visits"].__getitem__)[1:-1]
    found = {
        visit: mine[mine["visit"] == visit].set_index("participant_id")["value"].reindex(ids)
        for visit in between
    }
    return {visit: values.astype(float) for visit, values in found.items() if values.notna().any()}


def _baseline(
    measures: pd.DataFrame, effect: pd.DataFrame, totals: CostTotals, ids: pd.Index, study: dict
) -> dict[str, pd.Series]:
    """Return the baseline values that may serve as covariates."""
    special = {}
    named = effect["measure"].dropna().unique()
    if len(named) and study["visits"]:
        first = min(study["visits"], key=study["visits"].__getitem__)
        mine = measures[(measures["measure"] == named[0]) & (measures["visit"] == first)]
        mine = mine.set_index("participant_id").reindex(ids).reset_index(drop=True)
        special["baseline_effect"] = mine["value"].astype(float)
        if mine["at_ceiling"].notna().any():
            special["baseline_at_ceiling"] = mine["at_ceiling"].astype("boolean").astype("Float64")
    if any(end <= 0 for _, end in study["periods"].values()):
        special["baseline_cost"] = totals.baseline.reset_index(drop=True)
    return special


def _groups(totals: CostTotals) -> pd.DataFrame:
    """Return one column a source group, blank where it was not observed throughout."""
    return totals.groups.add_prefix(GROUP).reset_index(drop=True)
