"""From records to what a model of an endpoint needs: counts, design and time at risk by cell."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import encode
from trialbalance.model.persontime import exposure_at, find_exposure, split_time, until_first


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
    columns, exposures, adjusted_for : list of str
        Columns of the design; those that are exposures; covariates.
    step : numpy.ndarray of int, shape (cells,)
        Interval of time of each cell (time to event).
    cuts : numpy.ndarray
        Limits of the intervals, years.
    group : numpy.ndarray of int, shape (cells,)
        Group of each cell (proportion).
    groups : list of str
        Names of the groups.
    population, weight : numpy.ndarray, shapes (profiles, columns), (profiles,)
        Distinct covariate profiles of the analysis population and the share of each.
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
    adjusted_for: list
    population: np.ndarray
    weight: np.ndarray
    totals: pd.DataFrame
    exposures: list = field(default_factory=list)
    step: np.ndarray = None
    cuts: np.ndarray = None
    group: np.ndarray = None
    groups: list = field(default_factory=list)

    @property
    def pooled_rate(self):
        """Events by person-year over all arms; half an event where none happened."""
        return max(self.events.sum(), 0.5) / self.size.sum()


def make_terms(records, study, models):
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
        "adjusted_for": list(covariates), "population": profiles, "weight": counts / counts.sum(),
    }  # fmt: skip
    build = {"count": _count, "time_to_event": _time_to_event}.get(one["kind"], _yes_or_no)
    return build(common, one, people, design, records, study)


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


def _own(table, one, people):
    """Return the rows of an endpoint's table that belong to the population."""
    mine = table["endpoint"] == one["endpoint"]
    return table[mine & table["participant_id"].isin(people["participant_id"])]


def _yes_or_no(common, one, people, design, records, study):
    """Return a binary endpoint or proportion by cells of equal predictors."""
    happened = _happened(common["name"], one, people, records)
    known = ~np.isnan(happened)
    predictors = [people["_arm"].to_numpy(float)[:, None], design]
    groups = []
    if one["kind"] == "proportion":
        codes, groups = pd.factorize(people[one["groups"]].astype("string"), sort=True)
        known &= codes >= 0
        predictors = [np.zeros((len(people), 1)), design, codes[:, None].astype(float)]
    cells, inverse = _cells(np.hstack(predictors)[known])
    term = {
        "events": np.bincount(inverse, weights=happened[known], minlength=len(cells)),
        "size": np.bincount(inverse, minlength=len(cells)).astype(float),
        "arm": cells[:, 0].astype(int), "design": cells[:, 1:1 + design.shape[1]],
        "totals": _totals(common["arms"], people["_arm"][known], happened[known], np.nan),
    }  # fmt: skip
    if one["kind"] == "proportion":
        term |= {"group": cells[:, -1].astype(int), "groups": [str(group) for group in groups]}
    return Term(**common, **term)


def _happened(name, one, people, records):
    """Return 1, 0 or NaN a participant, from the events or from a column."""
    at_risk = records["endpoint_risk"]["endpoint"]
    if (at_risk == one["endpoint"]).any():
        events = _own(records["endpoint_events"], one, people)
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


def _count(common, one, people, design, records, study):
    """Return a count with its time at risk, one row a participant at risk at any time."""
    years = _years_at_risk(common["name"], one, people, records)
    events = _own(records["endpoint_events"], one, people).groupby("participant_id")["amount"]
    total = events.size() if one.get("counted", "events") == "events" else events.sum()
    total = people["participant_id"].map(total).fillna(0).round().to_numpy(float)
    used = years > 0
    return Term(
        **common, arm=people["_arm"].to_numpy()[used], design=design[used], events=total[used],
        size=years[used],
        totals=_totals(common["arms"], people["_arm"][used], total[used], years[used]),
    )  # fmt: skip


def _years_at_risk(name, one, people, records):
    """Return each participant's years at risk, or say that nobody has any."""
    risk = _own(records["endpoint_risk"], one, people)
    if risk.empty:
        known = ", ".join(records["endpoint_risk"]["endpoint"].unique())
        raise Problems([Finding("study.yaml", None, f"model.endpoints.{name}.endpoint",
                                one["endpoint"],
                                f"an endpoint of section outcomes with time at risk: {known}",
                                "correct the name or declare the endpoint")])  # fmt: skip
    years = (risk["end_years"] - risk["start_years"]).groupby(risk["participant_id"]).sum()
    return people["participant_id"].map(years).fillna(0).to_numpy(float)


def _time_to_event(common, one, people, design, records, study):
    """Return person-time up to the first event by cells of arm, interval and predictors."""
    _years_at_risk(common["name"], one, people, records)
    risk, first = until_first(
        _own(records["endpoint_risk"], one, people), _own(records["endpoint_events"], one, people)
    )
    cuts = _cuts(first["time_years"], one["intervals"], study["horizon_years"])
    exposure, grid = one.get("exposure"), cuts
    if exposure:
        steps = np.arange(0, study["horizon_years"], exposure["step_days"] / 365.25)
        grid = np.unique(np.concatenate([cuts, steps]).round(9))
    rows = split_time(risk, first, grid)
    step = np.searchsorted(cuts, rows["start_years"] + 1e-9, side="right") - 1
    person = pd.Index(people["participant_id"]).get_indexer(rows["participant_id"])
    arm, covariates = people["_arm"].to_numpy(float)[person], design[person]
    names, columns = [], [arm[:, None], step[:, None].astype(float), covariates]
    if exposure:
        names = [" or ".join(exposure["items"])]
        spells = find_exposure(people, _episodes(common["name"], records), exposure["items"])
        columns.append(exposure_at(rows, spells, exposure)[:, None])
    cells, inverse = _cells(np.hstack(columns))
    totals = _totals(common["arms"], arm.astype(int), rows["events"], rows["years"])
    n = people["_arm"][people["participant_id"].isin(risk["participant_id"])]
    totals["n"] = np.bincount(n, minlength=len(common["arms"]))
    common["columns"] = common["columns"] + names
    return Term(
        **common, exposures=names, cuts=cuts, totals=totals,
        arm=cells[:, 0].astype(int), step=cells[:, 1].astype(int), design=cells[:, 2:],
        events=np.bincount(inverse, weights=rows["events"], minlength=len(cells)),
        size=np.bincount(inverse, weights=rows["years"], minlength=len(cells)),
    )  # fmt: skip


def _episodes(name, records):
    """Return the episodes, or say that an exposure needs them."""
    if records.get("episodes") is None:
        none = Finding("episodes.csv", None, None, "no episodes",
                       "legal-status episodes, since an exposure is followed over time",
                       f"hand them over or take model.endpoints.{name}.exposure out")  # fmt: skip
        raise Problems([none])
    return records["episodes"]


def _cuts(times, intervals, horizon):
    """Return limits of intervals that hold about as many events each."""
    inner = np.quantile(times, np.arange(1, intervals) / intervals) if len(times) else []
    return np.unique(np.concatenate([[0.0], np.asarray(inner, dtype=float), [horizon]]))


def _cells(predictors):
    """Return the distinct rows of predictors, and which one each row is."""
    cells, inverse = np.unique(predictors, axis=0, return_inverse=True)
    return cells, inverse.ravel()


def _totals(arms, arm, events, years):
    """Return participants, events and person-years by arm, as observed."""
    arm, count = np.asarray(arm, dtype=int), len(arms)
    years = np.broadcast_to(years, arm.shape)
    return pd.DataFrame(
        {
            "n": np.bincount(arm, minlength=count),
            "events": np.bincount(arm, weights=events, minlength=count),
            "person_years": np.bincount(arm, weights=years, minlength=count),
        },
        index=arms,
    )
