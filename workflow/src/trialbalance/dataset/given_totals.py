"""Totals that a study hands over as such: the same tables by a shorter way."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.covariates import make_covariates, make_groupings
from trialbalance.dataset.described.distribution import cost_distribution
from trialbalance.dataset.described.flow import flow_table
from trialbalance.dataset.described.missingness import (
    count_patterns,
    count_visit_patterns,
    describe_missingness,
)
from trialbalance.dataset.described.missingness_regression import predict_missingness
from trialbalance.dataset.follow_up import COLUMNS
from trialbalance.dataset.rows import GROUP, comparator_first, fixed_columns, in_population
from trialbalance.dataset.soundness import must_be_sound


def take_totals(
    totals: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    analysis: dict[str, Any],
    regressed: bool = True,
) -> dict[str, pd.DataFrame]:
    """Return the same tables from totals that a study hands over as such.

    Parameters
    ----------
    totals : pandas.DataFrame
        participant_id, arm, cost, effect (blank = missing), and covariates; site, died and a
        boolean column with the population's name are taken where they are there.
    study, section : dict
        Settled settings of ``study`` and of ``dataset``.
    analysis : dict
        population.
    regressed : bool
        Whether to regress who is missing on what is known; a check needs no such description.

    Returns
    -------
    dict of pandas.DataFrame
        dataset, missingness, missing_patterns, cost_distribution, visit_patterns,
        missingness_predictors and dataset_flow.

    Raises
    ------
    Problems
        On missing columns, repeated participants, unknown arms and covariates that are not there.

    Notes
    -----
    No profile is known here: a ceiling is marked only where ``totals_ceiling`` gives the value that
    none but participants at the ceiling can have.

    References
    ----------
    Gabrio 2019, doi:10.1002/sim.8045, on structural ones.

    Examples
    --------
    >>> handed = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "cost": [120.0],
    ...     "effect": [1.0], "age": [40]})
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("dataset", {"covariates": ["age"], "totals_ceiling": {"effect": 1.0}})
    >>> tables = take_totals(handed, {"arms": {"a": {}}, "comparator": "a"},
    ...     section | {"groupings": []}, {"population": "everyone"})
    >>> tables["dataset"]["at_ceiling"].to_list()
    [True]
    """
    arms = list(study["arms"])
    _check_totals(totals, arms)
    inside = np.ones(len(totals), dtype=bool)
    if analysis["population"] in totals:
        inside = in_population(totals, analysis["population"], "totals.csv")
    people = totals[inside].reset_index(drop=True)
    effect, special = _effect_and_baseline(people, section["totals_ceiling"])
    wanted = section["covariates"]
    covariates = make_covariates(people, wanted, special, "totals.csv")
    cost = people["cost"].astype(float)
    given = cost.rename(f"{GROUP}given")
    fixed = fixed_columns(people, cost, effect)
    groupings = make_groupings(people, section["groupings"], "totals.csv")
    dataset = pd.concat([fixed, given, groupings, covariates], axis=1)
    must_be_sound(dataset, "totals.csv")
    made = {
        "dataset": dataset,
        "follow_up": pd.DataFrame(columns=list(COLUMNS)),
        "missingness": describe_missingness(dataset, None, None, list(covariates), arms),
        "missing_patterns": count_patterns(dataset, arms),
        "cost_distribution": cost_distribution(dataset, arms),
        "visit_patterns": count_visit_patterns(dataset, None, [], arms),
        "dataset_flow": _totals_flow(totals, inside, arms),
    }
    if regressed:
        told = list(covariates), comparator_first(study), {}
        made["missingness_predictors"] = predict_missingness(dataset, *told)
    return made


def _effect_and_baseline(
    people: pd.DataFrame, ceilings: dict[str, float | None]
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the effect with its ceiling and death, and what was known at baseline by name."""
    effect = pd.DataFrame(
        {
            "value": people["effect"].astype(float),
            "at_ceiling": _equals(people["effect"], ceilings["effect"]),
            "died": people["died"].astype("boolean") if "died" in people else False,
        }
    )
    special = {
        name: people[name].astype(float)
        for name in ("baseline_effect", "baseline_cost", "baseline_at_ceiling")
        if name in people
    }
    if "baseline_effect" in people and ceilings["baseline_effect"] is not None:
        at_best = _equals(people["baseline_effect"], ceilings["baseline_effect"])
        special.setdefault("baseline_at_ceiling", at_best.astype("Float64").astype(float))
    return effect, special


def _totals_flow(totals: pd.DataFrame, inside: np.ndarray, arms: list[str]) -> pd.DataFrame:
    """Return participants and pounds handed over, set aside and analysed, by arm."""
    rows = []
    for arm in arms:
        mine = (totals["arm"] == arm).to_numpy()
        for step, chosen in (
            ("received", mine),
            ("outside the population", mine & ~inside),
            ("analysed", mine & inside),
        ):
            rows.append((step, arm, chosen.sum(), totals.loc[chosen, "cost"].sum()))
    return flow_table(rows)


def _equals(values: pd.Series, ceiling: float | None) -> pd.Series:
    """Return true, false, or blank where the value or the ceiling is not known."""
    if ceiling is None:
        return pd.Series(pd.NA, index=values.index, dtype="boolean")
    numbers = values.astype(float)
    same = pd.Series(np.isclose(numbers, ceiling, rtol=0, atol=1e-9), index=values.index)
    return same.astype("boolean").mask(numbers.isna())


def _check_totals(totals: pd.DataFrame, arms: list[str]) -> None:
    """Refuse totals without their columns, with a participant twice or an unknown arm."""
    needed = ("participant_id", "arm", "cost", "effect")
    findings = [
        Finding("totals.csv", 1, name, "no such column", ", ".join(needed), "add the column")
        for name in needed
        if name not in totals
    ]
    if findings:
        raise Problems(findings)
    again = np.flatnonzero(totals.duplicated("participant_id"))
    if len(again):
        findings.append(
            Finding(
                "totals.csv",
                int(again[0]) + 2,
                "participant_id",
                f"{totals['participant_id'].iloc[again[0]]} for the second time",
                "each participant once",
                "remove one",
                further=len(again) - 1,
            )
        )
    strange = np.flatnonzero(~totals["arm"].isin(arms))
    if len(strange):
        findings.append(
            Finding(
                "totals.csv",
                int(strange[0]) + 2,
                "arm",
                str(totals["arm"].iloc[strange[0]]),
                ", ".join(arms),
                "correct it",
                further=len(strange) - 1,
            )
        )
    if findings:
        raise Problems(findings)
