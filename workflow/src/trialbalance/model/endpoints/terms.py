"""From records to what a model of an endpoint needs: counts, design and time at risk by cell."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import encode, told
from trialbalance.model.endpoints.at_risk import (
    distinct,
    observed_totals,
    own_rows,
    time_cells,
    years_at_risk,
)


@dataclass(frozen=True)
class Term:
    """One endpoint as its likelihood sees it, one row a cell of equal predictors.

    Parameters
    ----------
    name, kind : str
        Name of the model and its kind.
    arms : list of str
        Arms in order.
    arm : numpy.ndarray of int, shape (cells,)
        Arm of each cell.
    design : numpy.ndarray, shape (cells, columns)
        Centred covariates, then exposures.
    events, size : numpy.ndarray, shape (cells,)
        Events (or their amount), and the participants or person-years they come from.
    columns, exposures : list of str
        Columns of the design; those of them that are exposures.
    adjusted_for : str or None
        Covariates in words.
    step : numpy.ndarray of int, shape (cells,)
        Interval of time of each cell (time to event).
    cuts : numpy.ndarray
        Limits of the intervals, years.
    group : numpy.ndarray of int, shape (cells,)
        Group of each cell (proportion).
    groups : list of str
        Names of the groups.
    benchmark : float or None
        Proportion from elsewhere that groups are set beside.
    population, weight : numpy.ndarray, shapes (profiles, columns), (profiles,)
        Distinct covariate profiles of the analysis population and the share of each.
    people : int
        Participants of the analysis population.
    totals : pandas.DataFrame
        By arm: n, events, person_years as observed.
    """

    name: str
    kind: str
    arms: list
    arm: np.ndarray
    design: np.ndarray
    events: np.ndarray
    size: np.ndarray
    columns: list
    adjusted_for: str
    population: np.ndarray
    weight: np.ndarray
    people: int
    totals: pd.DataFrame
    exposures: list = field(default_factory=list)
    step: np.ndarray = None
    cuts: np.ndarray = None
    group: np.ndarray = None
    groups: list = field(default_factory=list)
    benchmark: float = None

    @property
    def pooled_rate(self):
        """Events by person-year over all arms; half an event where none happened."""
        return max(self.events.sum(), 0.5) / self.size.sum()


def make_terms(records: dict[str, pd.DataFrame], study: dict[str, Any], models: dict[str, Any]):
    """Return the terms of every endpoint model, or every mistake found.

    Parameters
    ----------
    records : dict of pandas.DataFrame
        participants; endpoint_events and endpoint_risk; episodes or None.
    study : dict
        Study section: ``arms`` in order, ``horizon_years``.
    models : dict
        Settings ``model.endpoints``, by name.

    Returns
    -------
    list of Term
        In the order of the settings.

    Raises
    ------
    Problems
        For names that no table or column has, and for an endpoint that nobody can have.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": list("pqrs"), "arm": ["a", "a", "b", "b"],
    ...     "everyone": True, "well": [True, False, True, pd.NA]})
    >>> one = {"endpoint": "well", "kind": "binary", "population": "everyone", "covariates": []}
    >>> none = pd.DataFrame(columns=["participant_id", "endpoint"])
    >>> records = {"participants": people, "endpoint_events": none, "endpoint_risk": none}
    >>> make_terms(records, {"arms": {"a": {}, "b": {}}}, {"well": one})[0].size
    array([2., 1.])
    """
    findings, terms = [], []
    for name, one in models.items():
        try:
            terms.append(_term(name, one, records, study))
        except Problems as problems:
            findings += problems.findings
    if findings:
        raise Problems(findings)
    return terms


def _term(name, one, records, study):
    """Return the term of one endpoint model."""
    people = _population(name, one, records["participants"], study)
    covariates = encode(people, one["covariates"])
    columns = [column for item in covariates.values() for column in item.columns]
    design = np.hstack([np.empty((len(people), 0))] + [
        item.design(item.values) for item in covariates.values()
    ])  # fmt: skip
    profiles, counts = np.unique(design, axis=0, return_counts=True)
    common = {
        "name": name, "kind": one["kind"], "arms": list(study["arms"]), "columns": columns,
        "adjusted_for": told(covariates), "population": profiles, "weight": counts / counts.sum(),
        "people": len(people),
    }  # fmt: skip
    if one["kind"] == "time_to_event":
        term = time_cells(name, one, people, design, records, study)
        common["columns"] = columns + term["exposures"]
        return Term(**common, **term)
    build = _count if one["kind"] == "count" else _yes_or_no
    return build(common, one, people, design, records)


def _population(name, one, participants, study):
    """Return the participants of the analysis population, or say what is wrong with the names."""
    place = f"model.endpoints.{name}"
    wanted = {"population": one["population"], "groups": one.get("groups")}
    wanted |= {f"covariates.{column}": column for column in one["covariates"]}
    known = ", ".join(participants.columns)
    findings = [
        Finding("study.yaml", None, f"{place}.{key}", column, f"a column of participants: {known}",
                "correct the name")
        for key, column in wanted.items()
        if column and column not in participants.columns
    ]  # fmt: skip
    if findings:
        raise Problems(findings)
    inside = participants[one["population"]].astype("boolean").fillna(False).to_numpy(bool)
    people = participants[inside].reset_index(drop=True)
    codes = pd.Index(study["arms"]).get_indexer(people["arm"])
    if not len(people):
        nobody = Finding("participants.csv", None, one["population"], "nobody",
                         "at least one participant", f"change {place}.population")  # fmt: skip
        raise Problems([nobody])
    return people.assign(_arm=codes)


def _yes_or_no(common, one, people, design, records):
    """Return a binary endpoint or proportion by cells of equal predictors."""
    happened = _happened(common["name"], one, people, records)
    known = ~np.isnan(happened)
    predictors = [people["_arm"].to_numpy(float)[:, None], design]
    groups = []
    if one["kind"] == "proportion":
        codes, groups = pd.factorize(people[one["groups"]].astype("string"), sort=True)
        known &= codes >= 0
        predictors = [np.zeros((len(people), 1)), design, codes[:, None].astype(float)]
    cells, inverse = distinct(np.hstack(predictors)[known])
    term = {
        "events": np.bincount(inverse, weights=happened[known], minlength=len(cells)),
        "size": np.bincount(inverse, minlength=len(cells)).astype(float),
        "arm": cells[:, 0].astype(int), "design": cells[:, 1:1 + design.shape[1]],
        "totals": observed_totals(common["arms"], people["_arm"][known], happened[known], np.nan),
    }  # fmt: skip
    if one["kind"] == "proportion":
        term |= {"group": cells[:, -1].astype(int), "groups": [str(group) for group in groups],
                 "benchmark": (one.get("benchmark") or {}).get("value")}  # fmt: skip
    return Term(**common, **term)


def _happened(name, one, people, records):
    """Return 1, 0 or NaN a participant, from the events or from a column."""
    at_risk = records["endpoint_risk"]["endpoint"]
    if (at_risk == one["endpoint"]).any():
        events = own_rows(records["endpoint_events"], one, people)
        return people["participant_id"].isin(events["participant_id"]).to_numpy(float)
    place, remedy = f"model.endpoints.{name}.endpoint", "correct the name"
    if one["endpoint"] not in people.columns:
        raise Problems([Finding("study.yaml", None, place, one["endpoint"],
                                "an endpoint of section outcomes or a column of participants",
                                remedy)])  # fmt: skip
    column = people[one["endpoint"]]
    if not set(column.dropna().unique()) <= {0, 1}:
        raise Problems([Finding("participants.csv", None, one["endpoint"],
                                "values beside true and false", "true, false or blank",
                                f"name another column in {place}")])  # fmt: skip
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _count(common, one, people, design, records):
    """Return a count with its time at risk, one row a participant at risk at any time."""
    years = years_at_risk(common["name"], one, people, records)
    events = own_rows(records["endpoint_events"], one, people).groupby("participant_id")["amount"]
    total = events.size() if one.get("counted", "events") == "events" else events.sum()
    total = people["participant_id"].map(total).fillna(0).round().to_numpy(float)
    used = years > 0
    return Term(
        **common, arm=people["_arm"].to_numpy()[used], design=design[used], events=total[used],
        size=years[used],
        totals=observed_totals(common["arms"], people["_arm"][used], total[used], years[used]),
    )  # fmt: skip
