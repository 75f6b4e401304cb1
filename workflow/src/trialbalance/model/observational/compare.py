"""Everything a study compares without randomisation: overlap first, then associations."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import encode, told
from trialbalance.model.observational.arms import standardised_differences, weigh
from trialbalance.model.observational.described import map_lost
from trialbalance.model.observational.exposure import associate
from trialbalance.model.observational.lines import (
    ASSOCIATED,
    ASSOCIATIONS,
    ILLUSTRATIVE,
    NOBODY,
    TIME_DEPENDENT,
    line,
)
from trialbalance.model.observational.outcomes import arm_lines, outcome_values
from trialbalance.model.observational.trials import trial_lines
from trialbalance.model.persontime import find_exposure

OVERLAP = ["arm", "comparator", "decile", "lower", "upper", "group", "participants"]
LOST = [
    *("name", "arm", "comparator", "lost_in_arm", "lost_in_comparator", "arm_mean"),
    *("comparator_mean", "higher", "note"),
]
BALANCE = ["covariate", "arm", "comparator", "before", "after", "verdict"]


def compare_observed(
    records: dict[str, pd.DataFrame], study: dict[str, Any], section: dict[str, Any], seed: int
):
    """Compare people whom nobody randomised.

    Parameters
    ----------
    records : dict of pandas.DataFrame
        participants, outcomes, endpoint_events, endpoint_risk; measures, episodes, criteria,
        participant_costs and cost_observed where the settings need them.
    study : dict
        Study section: ``arms`` in order, ``comparator``, ``horizon_years``, ``periods``.
    section : dict
        Settings of the part: ``comparison`` and ``observational``.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    dict of pandas.DataFrame
        associations, overlap, covariate_balance, lost_map.

    Raises
    ------
    Problems
        For every name that no table or column has.

    Examples
    --------
    >>> from trialbalance.settings.sections.modelling.observational import ObservationalSettings
    >>> ids = list("pqrs")
    >>> people = pd.DataFrame({"participant_id": ids, "arm": list("aabb"), "everyone": True})
    >>> gains = pd.DataFrame({"participant_id": ids, "outcome": "qaly"})
    >>> gains["value"] = [0.5, 0.7, 0.8, None]
    >>> records = {"participants": people, "outcomes": gains}
    >>> chosen = ObservationalSettings(population="everyone", covariates=[],
    ...     outcomes={"gain": {"outcome": "qaly"}}).model_dump()
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "horizon_years": 1.0, "periods": {}}
    >>> section = {"comparison": "described", "observational": chosen}
    >>> table = compare_observed(records, study, section, 1)["associations"]
    >>> table.loc[table["method"] == "described", ["arm", "value", "n"]].round(1).to_dict("list")
    {'arm': ['a', 'b'], 'value': [0.6, 0.8], 'n': [2, 1]}
    """
    chosen = section["observational"] | {"comparison": section["comparison"]}
    study, records = _grouped(study, records, chosen["by"])
    people, design, columns, used = _people(records["participants"], chosen, study)
    rng = np.random.default_rng(seed)
    data = {"people": people, "design": design, "adjusted_for": used}
    overlap, balance, lost, lines = [], [], [], []
    if chosen["outcomes"]:
        values = outcome_values(records, people, study, chosen["outcomes"])
        weighting = weigh(data["people"]["_arm"].to_numpy(), len(study["arms"]), design,
                          chosen["truncation"])  # fmt: skip
        if chosen["comparison"] != "described":
            overlap = _overlap(people, study, weighting)
            balance = _balance(data, study, columns, weighting, chosen["overlap"])
        for name, one in chosen["outcomes"].items():
            lines += arm_lines(name, one, values[name], data, study, chosen, weighting, rng)
            lost += _lost(name, one, values[name], people, study)
    _must_know(records, chosen)
    for name, one in chosen["exposures"].items():
        lines.append(_exposure(name, one, records, data, study))
    for name, one in chosen["emulations"].items():
        lines += trial_lines(name, one, records, data, study, chosen, rng)
    return {
        "associations": pd.DataFrame(lines, columns=ASSOCIATIONS),
        "overlap": pd.DataFrame(overlap, columns=OVERLAP),
        "covariate_balance": pd.DataFrame(balance, columns=BALANCE),
        "lost_map": pd.DataFrame(lost, columns=LOST),
    }


def _grouped(study, records, column):
    """Return study and records with the groups of a column in place of the arms."""
    if column is None:
        return study, records
    people = records["participants"]
    words = people[column].astype("string").str.lower()
    names = (f"{column}: " + words).fillna("")
    groups = sorted(set(names) - {""})
    study = study | {"arms": {name: {} for name in groups}, "comparator": groups[0]}
    # What the groups are adjusted for may be the arm.
    people = people.assign(_group=names)[names.to_numpy() != ""]
    return study, records | {"participants": people}


def _lost(name, one, value, people, study):
    """Return the map of what being lost could mean, each arm beside the comparator."""
    rows, arm = [], people["_arm"].to_numpy()
    for other, number, base in _pairs(study) if one["lost"] else ():
        pair = value[arm == number], value[arm == base]
        note = ILLUSTRATIVE if one["illustrative"] else ""
        note = note if all(map(len, pair)) else NOBODY
        rows += [(name, other, study["comparator"], *cell, note)
                 for cell in map_lost(*pair, one["lost"])]  # fmt: skip
    return rows


def _people(participants, chosen, study):
    """Return the analysis population with its arms as numbers, and the covariates' design."""
    wanted = {"population": chosen["population"]}
    wanted |= {f"covariates.{column}": column for column in chosen["covariates"]}
    findings = [
        Finding("study.yaml", None, f"model.observational.{key}", column,
                f"a column of participants: {', '.join(participants.columns)}", "correct the name")
        for key, column in wanted.items() if column not in participants.columns
    ]  # fmt: skip
    if findings:
        raise Problems(findings)
    inside = participants[chosen["population"]].astype("boolean").fillna(False).to_numpy(bool)
    people = participants[inside].reset_index(drop=True)
    groups = people["_group" if chosen["by"] else "arm"]
    people["_arm"] = pd.Index(list(study["arms"])).get_indexer(groups)
    covariates = encode(people, chosen["covariates"])
    design = np.hstack([np.empty((len(people), 0))] + [
        one.design(one.values) for one in covariates.values()
    ])  # fmt: skip
    columns = [column for one in covariates.values() for column in one.columns]
    return people, design, columns, told(covariates)


def _pairs(study):
    """Return each arm but the comparator, with its number and the comparator's."""
    arms = list(study["arms"])
    base = arms.index(study["comparator"])
    return [(arm, number, base) for number, arm in enumerate(arms) if number != base]


def _overlap(people, study, weighting):
    """Return how many people of each arm stand in each tenth of the chance of an arm."""
    rows, arms = [], list(study["arms"])
    for arm, number, _ in _pairs(study):
        chance = weighting.propensity[:, number]
        limits = np.quantile(chance, np.linspace(0, 1, 11))
        tenth = np.clip(np.searchsorted(limits[1:-1], chance, side="right"), 0, 9)
        for decile in range(10):
            for group, name in enumerate(arms):
                count = int(((tenth == decile) & (people["_arm"] == group)).sum())
                rows.append([arm, study["comparator"], decile + 1, limits[decile],
                             limits[decile + 1], name, count])  # fmt: skip
    return rows


def _balance(data, study, columns, weighting, settings):
    """Return standardised differences of each covariate before and after weighting."""
    rows, arm = [], data["people"]["_arm"].to_numpy()
    for name, number, base in _pairs(study):
        if not ((arm == number).any() and (arm == base).any()):
            continue
        before, after = (
            standardised_differences(data["design"], arm, number, base, weight)
            for weight in (np.ones(len(arm)), weighting.weight)
        )
        for column, first, second in zip(columns, before, after, strict=True):
            verdict = "balanced" if abs(second) <= settings["largest_difference"] else "unbalanced"
            rows.append([column, name, study["comparator"], first, second, verdict])
    return rows


def _must_know(records, chosen):
    """Refuse endpoints that section outcomes does not declare, and exposures without episodes."""
    known = (
        list(records["endpoint_risk"]["endpoint"].unique()) if "endpoint_risk" in records else []
    )
    findings = [
        Finding("study.yaml", None, f"model.observational.{kind}.{name}.endpoint", one["endpoint"],
                ", ".join(known) or "an endpoint of section outcomes", "correct the name")
        for kind in ("exposures", "emulations") for name, one in chosen[kind].items()
        if one["endpoint"] not in known
    ]  # fmt: skip
    if findings:
        raise Problems(findings)


def _of(table, endpoint):
    return table[table["endpoint"] == endpoint]


def _exposure(name, one, records, data, study):
    """Return the line of a time-varying exposure."""
    found = associate(
        _of(records["endpoint_risk"], one["endpoint"]),
        _of(records["endpoint_events"], one["endpoint"]),
        find_exposure(data["people"], records["episodes"], one["items"]),
        data["people"], data["design"], one, study["horizon_years"],
    )  # fmt: skip
    half = 1.959964 * found["error"]
    per = f"each {one['per_days']:g} days of" if one["form"] == "cumulative" else "being under"
    note = (
        f"Rate for {per} {' or '.join(one['items'])}, as it stood {one['lag_days']:g} days before; "
        f"{found['events']:g} events in {found['person_years']:.1f} years at risk, "
        f"{found['exposed_years']:.1f} of them exposed. {one['recall']} {TIME_DEPENDENT}"
    )
    if np.isnan(found["log_ratio"]):
        note = f"No estimate: nobody is exposed before an event, or nothing happened. {note}"
    return line(
        name, "time_varying_exposure", "rate_ratio", ASSOCIATED, value=np.exp(found["log_ratio"]),
        lower=np.exp(found["log_ratio"] - half), upper=np.exp(found["log_ratio"] + half),
        n=found["n"], adjusted_for=_with_time(data, one), note=note,
    )  # fmt: skip


def _with_time(data, one):
    """Return what an exposure is adjusted for, time included."""
    more = ["time since the index date"] + (["earlier events"] if one["recurrent"] else [])
    return ", ".join([data["adjusted_for"], *more] if data["adjusted_for"] else more)
