"""A cohort screened for an order by consent, drawn record by record."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.simulation.care.courses import as_stays, earlier_stays
from trialbalance.simulation.care.stays import occupancy_days
from trialbalance.simulation.care.use import draw_injections, draw_periodic
from trialbalance.simulation.law.consent_orders import Course, draw_consent_orders
from trialbalance.simulation.people.participants import Streams, assemble
from trialbalance.simulation.records import Drawn


def draw_order_cohort(values: dict, study: dict, streams: Streams) -> Drawn:
    """Draw a cohort screened for a community order that needs consent.

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
    The index date is the day of screening. One latent severity drives stays before and after it,
    use and death; the more severe are likelier to come under an order, so that the groups differ
    before any order is made.
    """
    horizon = last_day(study["horizon_years"])
    people = assemble(values["participants"], horizon, streams)
    earlier = earlier_stays(people, values["earlier"], values["stay"], streams)
    courses = draw_consent_orders(people, earlier, values, streams)
    stays = as_stays([course.stays for course in courses])
    use = pd.concat(
        [
            draw_periodic(people, stays, values["periodic"], study["periods"], streams),
            draw_injections(people, stays, values["injections"], horizon, streams),
        ],
        ignore_index=True,
    )
    beds = occupancy_days(stays, values["bed_item"])
    episodes = {"B": beds, "L": _orders(courses, values["order_item"])}
    moments = [
        event
        for person, course in enumerate(courses)
        for event in course.events
        if event.day < people.last_day[person]
    ]
    for name, column in _known_at_screening(courses).items():
        people.frame[name] = column
    people.frame["clinically_eligible"] = _believed(courses, values["screening"]["one_of"])
    populations = {"screened": np.ones(len(people.arm), dtype=bool)}
    return Drawn(people, populations, use, episodes=episodes, moments=moments, zone=values["zone"])


def _orders(courses: list[Course], item: str) -> pd.DataFrame:
    """Return spells under an order in days from the index date."""
    rows = [
        (person, "legal_status", item, float(start), float(end))
        for person, course in enumerate(courses)
        for start, end in course.orders
        if end > start
    ]
    return pd.DataFrame(rows, columns=["person", "type", "item", "start", "end"])


def _known_at_screening(courses: list[Course]) -> dict[str, np.ndarray]:
    """Return what the records say on the day of screening of stays up to it."""
    before = [[stay for stay in course.stays if stay[0] <= 0] for course in courses]
    nights = [sum(min(end, 0) - start for start, end in stays) for stays in before]
    return {
        "stays_before": np.array([len(stays) for stays in before]),
        "nights_before": np.array(nights),
        "in_hospital": np.array([any(end > 0 for _, end in stays) for stays in before]),
    }


def _believed(courses: list[Course], one_of: list[str]) -> np.ndarray:
    """Return who was believed at screening to meet every limb, of some limbs one being enough."""
    found = []
    for course in courses:
        limbs = {e.event: e.finding for e in course.events if e.finding is not None and e.day == 0}
        rest = all(yes for limb, yes in limbs.items() if limb not in one_of)
        found.append(rest and any(limbs[limb] for limb in one_of))
    return np.array(found)
