"""The stage as a whole: from answers and events to measures, outcomes and endpoints."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.areas import WORKING, add_up_area, visit_times
from trialbalance.outcomes.endpoints import tabulate_endpoints
from trialbalance.outcomes.events import find_events
from trialbalance.outcomes.follow_up_grid import Followed, follow_participants
from trialbalance.outcomes.free_time import add_free_times
from trialbalance.outcomes.given_measures import score_given
from trialbalance.outcomes.scores.scoring import Scored, score_instruments
from trialbalance.outcomes.weights import WEIGHTS, visit_weights


def score_outcomes(
    participants: pd.DataFrame,
    visits: pd.DataFrame | None,
    responses: pd.DataFrame | None,
    episodes: pd.DataFrame | None,
    value_sets: dict[str, pd.DataFrame],
    study: dict[str, Any],
    section: dict[str, Any],
    measures_given: pd.DataFrame | None = None,
    resource_use: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the stage: what people gained.

    Parameters
    ----------
    participants : pandas.DataFrame
        Clean participants, with one boolean column a population.
    visits, responses, episodes : pandas.DataFrame or None
        Clean tables of the data stage; None where the study has none.
    value_sets : dict of pandas.DataFrame
        Name -> table of a value set.
    study, section : dict
        Settled settings of ``study`` and of ``outcomes``.
    measures_given : pandas.DataFrame, optional
        Measures handed over already scored: participant_id, visit, measure, value.
    resource_use : pandas.DataFrame, optional
        Clean resource use; endpoints that are gaps in contact need it.

    Returns
    -------
    dict of pandas.DataFrame
        measures, outcomes, outcome_working, outcome_weights, questionnaires, endpoints,
        endpoint_events, endpoint_risk.

    Raises
    ------
    Problems
        With every mistake found in one part of the input.

    Notes
    -----
    Utility is held to the date of death and is 0 from then on; a person not known to have died and
    without a needed visit has a missing outcome.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "everyone": [True],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> given = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m3", "m6", "m12"],
    ...     "measure": "utility", "value": [0.5, 0.6, 0.7, 0.8]})
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("outcomes", {"measures_given": {"utility": {}},
    ...     "populations": ["everyone"],
    ...     "effects": {"qaly": {"kind": "area_under_curve", "measure": "utility"}}})
    >>> tables = score_outcomes(people, None, None, None, {},
    ...     {"visits": {"m0": 0, "m3": 0.25, "m6": 0.5, "m12": 1}, "horizon_years": 1.0,
    ...      "arms": {"a": {}}, "comparator": "a"}, section, given)
    >>> float(tables["outcomes"]["value"].iloc[0].round(6))
    0.675
    """
    if visits is None or visits.empty:
        visits = _visits_from(responses, measures_given)
    followed = follow_participants(participants, visits, study["visits"])
    scored = score_instruments(
        followed, responses, section["instruments"], value_sets, participants
    )
    scored += score_given(followed, measures_given, section["measures_given"])
    named = section["endpoints"]
    events, risk = find_events(participants, episodes, resource_use, named, study["horizon_years"])
    times = _first_times(participants, events, list(named))
    free = add_free_times(followed, participants, events, study["horizon_years"], section)
    outcomes, working = _outcomes(followed, scored, times, free, study, section)
    happened = {name: ~np.isnan(time) for name, time in times.items()}
    populations = section["populations"] if happened else []
    arms = list(study["arms"])
    endpoints = tabulate_endpoints(participants, happened, arms, study["comparator"], populations)
    return {
        "measures": _measures(followed, scored, section),
        "outcomes": outcomes,
        "outcome_working": working,
        "outcome_weights": _weights(followed, scored, study, section),
        "questionnaires": _questionnaires(followed, scored, arms),
        "endpoints": endpoints,
        "endpoint_events": events,
        "endpoint_risk": risk,
    }


def _visits_from(responses: pd.DataFrame | None, given: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return a visit for every one that left an answer, for studies without a table of visits."""
    parts = []
    for table, column in ((responses, "level"), (given, "value")):
        if table is not None and len(table):
            parts.append(table.loc[table[column].notna(), ["participant_id", "visit"]])
    if not parts:
        return None
    visits = pd.concat(parts).drop_duplicates(ignore_index=True)
    return visits.assign(date=pd.NaT, status="attended")


def _first_times(
    participants: pd.DataFrame, events: pd.DataFrame, names: list[str]
) -> dict[str, np.ndarray]:
    """Return the time of each endpoint's first event, NaN where it did not happen."""
    first = events.groupby(["endpoint", "participant_id"])["time_years"].min()
    return {
        name: participants["participant_id"].map(first.get(name, {})).to_numpy(float)
        for name in names
    }


def _outcomes(
    followed: Followed, scored: list[Scored], events: dict, free: list, study: dict, section: dict
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every outcome of every participant, and what each is made of."""
    horizon, effects = study["horizon_years"], section["effects"]
    by_measure = {one.measure: one for one in scored if one.measure}
    tables = []
    for name, effect in effects.items():
        if effect["kind"] == "area_under_curve":
            scores = _measure_of(name, effect, by_measure)
            tables.append(add_up_area(followed, scores, name, horizon, section))
            _check_range(name, effect, tables[-1][0])
        elif effect["kind"] == "event":
            avoided = effect["count"] == "avoided"
            tables.append(_event(followed, name, events[effect["endpoint"]], horizon, avoided))
    tables += [
        _event(followed, name, time, horizon)
        for name, time in events.items()
        if name not in effects
    ]
    tables += free
    if not tables:
        return _event(followed, "", np.full(len(followed.ids), np.nan), horizon)[0].iloc[:0], (
            pd.DataFrame(columns=list(WORKING))
        )
    outcomes, working = zip(*tables, strict=True)
    kept = [table for table in working if len(table)] or [working[0]]
    return pd.concat(outcomes, ignore_index=True), pd.concat(kept, ignore_index=True)


def _weights(followed: Followed, scored: list[Scored], study: dict, section: dict) -> pd.DataFrame:
    """Return the weight of each visit in each outcome that is an area."""
    by_measure = {one.measure: one for one in scored if one.measure}
    tables = [
        visit_weights(followed, by_measure[effect["measure"]], name, study, section)
        for name, effect in section["effects"].items()
        if effect["kind"] == "area_under_curve"
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=WEIGHTS)


def _measure_of(name: str, effect: dict, by_measure: dict[str, Scored]) -> Scored:
    """Return the measure behind an outcome, or say that nothing was scored on it."""
    if effect["measure"] not in by_measure:
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    f"outcomes.effects.{name}.measure",
                    effect["measure"],
                    ", ".join(by_measure) or "a measure with answers or values; none was found",
                    "correct the name or hand over the answers",
                )
            ]
        )
    return by_measure[effect["measure"]]


def _event(
    followed: Followed, name: str, time: np.ndarray, horizon: float, avoided: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return an outcome of 0 or 1; the working holds the moment of each 1."""
    yes = np.isnan(time) if avoided else ~np.isnan(time)
    table = pd.DataFrame(
        {
            "participant_id": followed.ids,
            "arm": followed.arms,
            "outcome": name,
            "measure": None,
            "value": yes.astype(float),
            "observed": True,
            "at_ceiling": pd.array([pd.NA] * len(yes), dtype="boolean"),
            "died": followed.death <= horizon,
            "held_years": 0.0,
        }
    )
    moment = np.where(np.isnan(time), horizon, time)[yes]
    working = pd.DataFrame(
        {
            "participant_id": followed.ids[yes],
            "outcome": name,
            "segment": 1,
            "start_years": moment,
            "end_years": moment,
            "start_value": 0.0,
            "end_value": 1.0,
            "basis": "event",
            "discount": 1.0,
            "area": 1.0,
        }
    )
    return table, working


def _check_range(name: str, effect: dict, table: pd.DataFrame) -> None:
    """Refuse an outcome outside the range its settings allow."""
    if not effect["range"]:
        return
    low, high = effect["range"]
    outside = table[(table["value"] < low) | (table["value"] > high)]
    if len(outside):
        first = outside.iloc[0]
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    f"outcomes.effects.{name}.range",
                    f"{first['value']:.4f} for {first['participant_id']}",
                    f"{low:g} to {high:g}",
                    "correct the range or the answers",
                    further=len(outside) - 1,
                )
            ]
        )


def _measures(followed: Followed, scored: list[Scored], section: dict) -> pd.DataFrame:
    """Return every measure at every visit: 0 after death, blank where not scorable."""
    n, visits = followed.attended.shape
    times = visit_times(followed, section["visit_times"])
    times = np.where(followed.dead, followed.planned, times)
    # Rows are participants by visits; a visit at which a measure was not planned has none.
    frames = [
        pd.DataFrame(
            {
                "participant_id": np.repeat(followed.ids.to_numpy(), visits),
                "arm": np.repeat(followed.arms, visits),
                "visit": np.tile(np.array(followed.visits, dtype=object), n),
                "time_years": times.ravel(),
                "measure": one.measure,
                "value": np.where(followed.dead, 0.0, one.value).ravel(),
                "at_ceiling": _blank_unknown(np.where(followed.dead, 0.0, one.at_ceiling).ravel()),
                "dead": followed.dead.ravel(),
            }
        )[np.tile(one.expected(), n)]
        for one in scored
        if one.measure
    ]
    columns = [
        "participant_id",
        "arm",
        "visit",
        "time_years",
        "measure",
        "value",
        "at_ceiling",
        "dead",
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _blank_unknown(flags: np.ndarray) -> pd.Series:
    """Return 1, 0 and NaN as true, false and blank."""
    return pd.Series(flags, dtype="Float64").mask(np.isnan(flags)).astype("boolean")


def _questionnaires(followed: Followed, scored: list[Scored], arms: list[str]) -> pd.DataFrame:
    """Return how many questionnaires were expected of the living, returned, complete, scored."""
    rows = []
    for one in scored:
        for position in np.flatnonzero(one.expected()):
            visit = followed.visits[position]
            for arm in arms:
                mine = (followed.arms == arm) & ~followed.dead[:, position]
                rows.append(
                    {
                        "visit": visit,
                        "arm": arm,
                        "instrument": one.instrument,
                        "expected": int(mine.sum()),
                        "returned": int(one.returned[mine, position].sum()),
                        "complete": int(one.complete[mine, position].sum()),
                        "scored": int((~np.isnan(one.value[mine, position])).sum()),
                    }
                )
    columns = ["visit", "arm", "instrument", "expected", "returned", "complete", "scored"]
    return pd.DataFrame(rows, columns=columns)
