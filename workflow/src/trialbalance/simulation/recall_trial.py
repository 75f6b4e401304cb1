"""A long follow-up of a trial of orders with recall, drawn record by record."""

import functools

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.provenance.streams import stream
from trialbalance.simulation.contacts import choose_ends, draw_contacts
from trialbalance.simulation.courses import Span, as_stays, stay_length
from trialbalance.simulation.events import dated_events
from trialbalance.simulation.parameters import parameter_table, resolve_parameters
from trialbalance.simulation.participants import People, Streams, enrol
from trialbalance.simulation.recall_orders import Course, draw_recall_orders
from trialbalance.simulation.records import dated_people, first_visits, nothing, use_records
from trialbalance.simulation.stays import dated_episodes, occupancy_days
from trialbalance.simulation.use import draw_periodic


def simulate_recall_trial(parameters: dict, study: dict, seed: int) -> dict[str, pd.DataFrame]:
    """Simulate years of follow-up in records after a trial of orders with recall.

    Parameters
    ----------
    parameters : dict
        Nested mapping whose leaves are ``{value, status, source}``.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    seed : int
        Root seed; streams are named, so one part can change without moving another.

    Returns
    -------
    dict of pandas.DataFrame
        The raw tables of a study, with events in law, and ``simulator_parameters``.

    Raises
    ------
    Problems
        If a parameter lacks its status or source, or the design cannot be met.

    Notes
    -----
    Counts fixed by the design (who comes under an order, recalls, revocations, who loses touch)
    are met by choosing whom before anything is drawn. The order has no effect on admission other
    than through ``under_order``.

    Examples
    --------
    >>> from trialbalance.contracts import Problems
    >>> try:
    ...     simulate_recall_trial({"rate": {"value": 1}}, {}, 1)
    ... except Problems as problems:
    ...     print(len(problems.findings))
    2
    """
    values = resolve_parameters(parameters)
    streams = functools.partial(stream, seed, "simulation")
    horizon = last_day(study["horizon_years"])
    people = enrol(values["participants"], horizon, streams)
    index_stays = _index_stays(people, values["index_stay"], streams)
    courses = draw_recall_orders(people, index_stays, values, streams)
    ends = _lose_touch(people, courses, values["contacts"], streams)
    beds = [course.stays for course in courses]
    stays = as_stays(beds)
    compelled = [course.orders + course.leaves for course in courses]
    names, contacts = values["names"], values["contacts"]
    use = pd.concat(
        [
            draw_contacts(people, beds, compelled, ends, names["contact"], contacts, streams),
            draw_periodic(people, stays, values["periodic"], study["periods"], streams),
        ],
        ignore_index=True,
    )
    bed = dated_episodes(people, occupancy_days(stays, names["bed"]), horizon, "B")
    status = dated_episodes(people, _status(courses, names), horizon, "L")
    return {
        "participants": dated_people(people, _members(people, values["participants"], streams)),
        "visits": first_visits(people, next(iter(study["visits"]))),
        "responses": nothing("participant_id", "visit", "instrument", "item", "level"),
        "resource_use": use_records(people, use),
        "episodes": pd.concat([bed, status], ignore_index=True),
        "legal_events": dated_events(people, [e for c in courses for e in c.events]),
        "simulator_parameters": parameter_table(parameters),
    }


def _index_stays(people: People, spec: dict, streams: Streams) -> list[Span]:
    """Draw the stay that is open at the index date."""
    rng = streams("index_stay")
    found = []
    for severity, last in zip(people.severity, people.last_day, strict=True):
        before = stay_length(spec["before"], 0.0, rng.standard_normal())
        after = stay_length(spec["after"], severity, rng.standard_normal())
        found.append((-before, int(min(after, spec["longest"], last))))
    return found


def _lose_touch(people: People, courses: list[Course], spec: dict, streams: Streams) -> np.ndarray:
    """Return the day of the last contact of those who lose touch."""
    free = [
        max((end for _, end in course.stays + course.orders + course.leaves), default=0)
        for course in courses
    ]
    return choose_ends(people, np.array(free, dtype=float), spec, streams)


def _status(courses: list[Course], names: dict) -> pd.DataFrame:
    """Return spells of order and leave in days from the index date."""
    rows = [
        (course.person, "legal_status", item, float(start), float(end))
        for course in courses
        for item, spans in ((names["order"], course.orders), (names["leave"], course.leaves))
        for start, end in spans
        if end > start
    ]
    return pd.DataFrame(rows, columns=["person", "type", "item", "start", "end"])


def _members(people: People, spec: dict, streams: Streams) -> dict[str, np.ndarray]:
    """Return who is in which population: some lack the records of contacts."""
    n = len(people.arm)
    lacking = streams("contact_records").random(n) * people.included
    without = np.argsort(-lacking)[: spec["without_contact_records"]]
    contact = people.included.copy()
    contact[without] = False
    return {
        "randomised": np.ones(n, dtype=bool),
        "follow_up": people.included,
        "contact_records": contact,
    }
