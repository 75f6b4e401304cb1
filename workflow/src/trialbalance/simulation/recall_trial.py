"""A long follow-up of a trial of orders with recall, drawn record by record."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.simulation.care.contacts import choose_ends, draw_contacts
from trialbalance.simulation.care.courses import Span, as_stays, stay_length
from trialbalance.simulation.care.stays import occupancy_days
from trialbalance.simulation.care.use import draw_periodic
from trialbalance.simulation.law.recall_orders import Course, draw_recall_orders
from trialbalance.simulation.people.participants import People, Streams, enrol
from trialbalance.simulation.records import Drawn


def draw_recall_trial(values: dict, study: dict, streams: Streams) -> Drawn:
    """Draw years of follow-up in records after a trial of orders with recall.

    Parameters
    ----------
    values : dict
        Values of the simulator's parameters, as from `resolve_parameters`.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    streams : callable
        Named random streams, so that one part can change without moving another.

    Returns
    -------
    Drawn
        People and all that happened to them.

    Raises
    ------
    Problems
        If the design cannot be met.

    Notes
    -----
    Counts fixed by the design (who comes under an order, recalls, revocations, who loses touch)
    are met by choosing whom before anything is drawn. The order has no effect on admission other
    than through ``under_order``.
    """
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
    return Drawn(
        people,
        _members(people, values["participants"], streams),
        use,
        episodes={"B": occupancy_days(stays, names["bed"]), "L": _status(courses, names)},
        moments=[event for course in courses for event in course.events],
    )


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
