"""Time at risk of an endpoint, and those who have it, by cells of equal predictors."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.model.persontime import exposure_at, find_exposure, split_time, until_first


def own_rows(table: pd.DataFrame, one: dict[str, Any], people: pd.Index):
    """Return the rows of an endpoint's table that belong to the population.

    Examples
    --------
    >>> table = pd.DataFrame({"endpoint": ["x", "y"], "participant_id": ["p", "p"]})
    >>> len(own_rows(table, {"endpoint": "x"}, table))
    1
    """
    mine = table["endpoint"] == one["endpoint"]
    return table[mine & table["participant_id"].isin(people["participant_id"])]


def years_at_risk(
    name: str, one: dict[str, Any], people: pd.Index, records: dict[str, pd.DataFrame]
):
    """Return each participant's years at risk, or say that nobody has any.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p", "q", "r"]})
    >>> risk = pd.DataFrame({"participant_id": ["p", "p", "q"], "endpoint": "fall",
    ...     "start_years": [0.0, 0.75, 0.0], "end_years": [0.5, 1.0, 1.0]})
    >>> years_at_risk("falls", {"endpoint": "fall"}, people, {"endpoint_risk": risk}).tolist()
    [0.75, 1.0, 0.0]
    """
    risk = own_rows(records["endpoint_risk"], one, people)
    if risk.empty:
        known = ", ".join(records["endpoint_risk"]["endpoint"].unique())
        raise Problems([Finding("study.yaml", None, f"model.endpoints.{name}.endpoint",
                                one["endpoint"],
                                f"an endpoint of section outcomes with time at risk: {known}",
                                "correct the name or declare the endpoint")])  # fmt: skip
    years = (risk["end_years"] - risk["start_years"]).groupby(risk["participant_id"]).sum()
    return people["participant_id"].map(years).fillna(0).to_numpy(float)


def time_cells(
    name: str,
    one: dict[str, Any],
    people: pd.DataFrame,
    design: np.ndarray,
    records: dict[str, pd.DataFrame],
    study: dict[str, Any],
):
    """Return person-time up to the first event, by cells of arm, interval and predictors.

    Parameters
    ----------
    name : str
        Name of the model, for messages.
    one : dict
        Its settings: ``endpoint``, ``intervals``, ``exposure``.
    people : pandas.DataFrame
        Analysis population, with ``_arm``.
    design : numpy.ndarray, shape (participants, columns)
        Centred covariates.
    records : dict of pandas.DataFrame
        endpoint_events, endpoint_risk; episodes where an exposure is followed.
    study : dict
        Study section: ``arms``, ``horizon_years``.

    Returns
    -------
    dict
        Arguments of `Term`.

    Raises
    ------
    Problems
        Where nobody is at risk, or an exposure cannot be followed.

    References
    ----------
    Holford 1980, doi:10.2307/2529982.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": list("pqrs"), "_arm": [0, 0, 1, 1]})
    >>> risk = people.assign(endpoint="fall", start_years=0.0, end_years=1.0)
    >>> events = risk.iloc[[1]].assign(time_years=0.5, amount=1.0)
    >>> found = time_cells("falls", {"endpoint": "fall", "intervals": 1}, people, np.zeros((4, 0)),
    ...     {"endpoint_risk": risk, "endpoint_events": events},
    ...     {"arms": {"a": {}, "b": {}}, "horizon_years": 1.0})
    >>> found["events"].tolist(), found["size"].tolist()
    ([1.0, 0.0], [1.5, 2.0])
    """
    arms = list(study["arms"])
    years_at_risk(name, one, people, records)
    risk, first = until_first(
        own_rows(records["endpoint_risk"], one, people),
        own_rows(records["endpoint_events"], one, people),
    )
    cuts = _cuts(first["time_years"], one["intervals"], study["horizon_years"])
    exposure, grid = one.get("exposure"), cuts
    if exposure:
        steps = np.arange(0, study["horizon_years"], exposure["step_days"] / DAYS_A_YEAR)
        grid = np.unique(np.concatenate([cuts, steps]).round(9))
    rows = split_time(risk, first, grid)
    step = np.searchsorted(cuts, rows["start_years"] + 1e-9, side="right") - 1
    person = pd.Index(people["participant_id"]).get_indexer(rows["participant_id"])
    arm, covariates = people["_arm"].to_numpy(float)[person], design[person]
    names, columns = [], [arm[:, None], step[:, None].astype(float), covariates]
    if exposure:
        names = [" or ".join(exposure["items"])]
        spells = find_exposure(people, _episodes(name, records), exposure["items"])
        columns.append(_varying(name, exposure_at(rows, spells, exposure))[:, None])
    cells, inverse = distinct(np.hstack(columns))
    totals = observed_totals(arms, arm.astype(int), rows["events"], rows["years"])
    n = people["_arm"][people["participant_id"].isin(risk["participant_id"])]
    totals["n"] = np.bincount(n, minlength=len(arms))
    return {
        "exposures": names, "cuts": cuts, "totals": totals, "arm": cells[:, 0].astype(int),
        "step": cells[:, 1].astype(int), "design": cells[:, 2:],
        "events": np.bincount(inverse, weights=rows["events"], minlength=len(cells)),
        "size": np.bincount(inverse, weights=rows["years"], minlength=len(cells)),
    }  # fmt: skip


def _varying(name, exposed):
    """Return an exposure, or say that it tells nobody from anybody."""
    if np.ptp(exposed) > 0:
        return exposed
    same = Finding("episodes.csv", None, None, "the same exposure at all times at risk",
                   "legal-status episodes during some of the time at risk",
                   f"correct model.endpoints.{name}.exposure or take it out")  # fmt: skip
    raise Problems([same])


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


def distinct(predictors: np.ndarray):
    """Return the distinct rows of predictors, and which one each row is.

    Examples
    --------
    >>> distinct(np.array([[1.0], [1.0]]))[1]
    array([0, 0])
    """
    cells, inverse = np.unique(predictors, axis=0, return_inverse=True)
    return cells, inverse.ravel()


def observed_totals(arms: list[str], arm: np.ndarray, events: ArrayLike, years: ArrayLike):
    """Return participants, events and person-years by arm, as observed.

    Examples
    --------
    >>> int(observed_totals(["a", "b"], [0, 0], [1, 0], 1.0).loc["a", "events"])
    1
    """
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
