"""Orders with recall: made at discharge, extended, recalled, revoked; leave for the others."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.simulation.care.courses import Draws, Span, stay_length, yearly_rate
from trialbalance.simulation.people.allocation import choose_exactly
from trialbalance.simulation.people.participants import People, Streams
from trialbalance.simulation.records import Moment


@dataclass
class Plan:
    """What the design fixes for one person: orders and recalls that happen in any case.

    Parameters
    ----------
    ordered : bool
        Whether the person ever comes under an order.
    revoked : list of bool
        One entry a recall: whether it ends in revocation.
    """

    ordered: bool
    revoked: list[bool]


@dataclass
class Course:
    """What happened to one person, and where the person stands while it is drawn."""

    person: int
    index: pd.Timestamp
    last: int
    plan: Plan
    events: list[Moment] = field(default_factory=list)
    stays: list[Span] = field(default_factory=list)
    orders: list[Span] = field(default_factory=list)
    leaves: list[Span] = field(default_factory=list)
    order_from: int | None = None
    order_until: int = 0
    terms: int = 0

    def add(self, event: str, day: int, minute: int | None = None, finding: Any = None) -> None:
        """Write an event down, unless follow-up is over."""
        if day < self.last:
            self.events.append(Moment(self.person, event, int(day), minute, finding))

    def months_after(self, day: int, months: int) -> int:
        """Return the day so many calendar months after a day."""
        start = self.index + pd.Timedelta(days=day)
        return int((start + pd.DateOffset(months=months) - self.index).days)


def plan_orders(people: People, discharged: np.ndarray, spec: dict, streams: Streams) -> list[Plan]:
    """Choose who comes under an order, who is recalled how often and which recalls are revoked.

    Parameters
    ----------
    people : People
        The participants.
    discharged : numpy.ndarray
        Day on which the index stay ends.
    spec : dict
        ``ordered`` (people by arm), ``recalled`` (recalls → people) and ``revoked`` (recalls).
    streams : callable
        Named random streams.

    Returns
    -------
    list of Plan
        One a person.

    Notes
    -----
    The counts are met by choosing whom, before anything is drawn; nothing is altered afterwards.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    rng, n = streams("plan"), len(people.arm)
    alive = people.included & np.isnan(people.death_day)
    score = spec["severity"] * people.severity + rng.gumbel(size=n)
    ordered = choose_exactly(spec["ordered"], people.arm, alive, score)
    recalls, together = np.zeros(n, dtype=int), np.full(n, "all")
    at_once = ordered & (people.arm == spec["arm"]) & (discharged < spec["latest_discharge"])
    for times, count in sorted(spec["recalled"].items(), reverse=True):
        free = at_once & (recalls == 0)
        chosen = choose_exactly({"all": count}, together, free, score)
        recalls[chosen] = int(times)
    flags = np.zeros(recalls.sum(), dtype=bool)
    flags[: spec["revoked"]] = True
    revoked = rng.permutation(flags).tolist()
    return [Plan(bool(ordered[k]), [revoked.pop() for _ in range(recalls[k])]) for k in range(n)]


def draw_recall_orders(
    people: People, index_stays: list[Span], spec: dict, streams: Streams
) -> list[Course]:
    """Draw each person's course through hospital, order and leave.

    Parameters
    ----------
    people : People
        The participants, in hospital at the index date.
    index_stays : list of tuple
        The stay of each that is open at the index date.
    spec : dict
        ``plan``, ``order``, ``leave``, ``admission`` and ``stay`` of the resolved parameters.
    streams : callable
        Named random streams.

    Returns
    -------
    list of Course
        One a person; without anything for who was excluded.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    discharged = np.array([end for _, end in index_stays])
    plans = plan_orders(people, discharged, spec["plan"], streams)
    dates = people.frame["randomisation_date"].to_numpy()
    found = []
    for person, plan in enumerate(plans):
        course = Course(person, pd.Timestamp(dates[person]), int(people.last_day[person]), plan)
        found.append(course)
        if not people.included[person]:
            continue
        draws = Draws(streams("course", f"{person}"))
        start, end = index_stays[person]
        course.add("detained", start)
        course.stays.append((start, end))
        at_once = people.arm[person] == spec["plan"]["arm"]
        if plan.ordered and at_once:
            _make(course, end, spec["order"], draws)
        else:
            end = _leave(course, end, spec["leave"], at_once, draws)
        _live(course, end, float(people.severity[person]), not at_once, spec, draws)
    return found


def _leave(course: Course, day: int, spec: dict, none: bool, draws: Draws) -> int:
    """Draw leave of absence and return the day on which the person is free."""
    if none or day >= course.last:
        course.add("discharged", day)
        return day
    days = stay_length(spec, 0.0, draws.rng.standard_normal())
    end = min(day + days, course.last)
    if days > 7 and draws.happens(spec["order_considered"]):
        course.add("order_considered", day)
    course.add("leave_granted", day)
    course.add("discharged", end)
    course.leaves.append((day, end))
    return end


def _make(course: Course, day: int, spec: dict, draws: Draws) -> None:
    """Make an order on a day, with what must be found and agreed before."""
    if day >= course.last:
        return
    for event in spec["before_order"]:
        if draws.happens(spec["papers_complete"]):
            course.add(event, day, None, True)
    course.add("order_made", day)
    course.order_from, course.terms = day, 0
    course.order_until = course.months_after(day, 6)


def _live(
    course: Course, day: int, severity: float, forced: bool, spec: dict, draws: Draws
) -> None:
    """Draw recalls, admissions and ends of orders until follow-up ends."""
    admission = spec["admission"]
    frailty = float(draws.rng.gamma(admission["shape"], 1 / admission["shape"]))
    rate = yearly_rate(admission, severity, frailty)
    # Who was not put under an order at first comes under one after a later admission.
    later = draws.within(*spec["plan"]["later_admission"]) if course.plan.ordered and forced else 0
    while day < course.last:
        under = course.order_from is not None
        admitted = day + 1 + draws.wait(rate * (admission["under_order"] if under else 1.0))
        target = max(later, day + 2) if later and not under else np.inf
        admitted = min(admitted, target)
        recall, stop = np.inf, np.inf
        if under:
            stop = min(course.order_until, day + 1 + draws.wait(spec["order"]["ended_yearly"]))
            if course.plan.revoked:
                recall = day + draws.within(*spec["plan"]["days_to_recall"])
                stop = course.order_until
        first = min(admitted, recall, stop)
        if first >= course.last - 1:
            break
        if first == recall:
            day = _recall(course, int(recall), severity, spec, draws)
        elif first == stop:
            day = _end_or_extend(course, int(stop), spec["order"], draws)
        else:
            with_order = admitted == target
            # An order that is still to come needs time to run, so the stays before it are short.
            most = spec["stay"]["longest_before_order" if later else "longest"]
            length = min(stay_length(spec["stay"], severity, draws.rng.standard_normal()), most)
            stay = (int(admitted), min(int(admitted) + length, course.last))
            day = _admission(course, stay, with_order, spec, draws)
            later = 0 if with_order else later
    if course.order_from is not None:
        course.orders.append((course.order_from, min(course.order_until, course.last)))


def _end_order(course: Course, day: int) -> None:
    course.orders.append((course.order_from, day))
    course.order_from = None


def _end_or_extend(course: Course, day: int, spec: dict, draws: Draws) -> int:
    """Extend an order at the end of its term, let it lapse, or discharge the person earlier."""
    if day < course.order_until:
        course.add("discharged", day)
        _end_order(course, day)
        return day
    if not course.plan.revoked and not draws.happens(spec["extended"][min(course.terms, 1)]):
        _end_order(course, day)
        return day
    early = draws.happens(spec["examined_too_early"])
    examined = day - (draws.within(65, 80) if early else draws.within(15, 55))
    course.add("examined_for_extension", examined)
    course.add("professional_stated", day - 12)
    course.add("order_extended", day - 10)
    course.order_until = course.months_after(day, 6 if course.terms == 0 else 12)
    course.terms += 1
    return day


def _recall(course: Course, day: int, severity: float, spec: dict, draws: Draws) -> int:
    """Recall a person to hospital: released within days, or the order revoked and a stay."""
    order = spec["order"]
    revoked = course.plan.revoked.pop(0)
    timed, minute = draws.happens(order["times_recorded"]), draws.within(8 * 60, 20 * 60)
    course.add("recalled", day, minute if timed else None)
    days = 4 if draws.happens(order["held_too_long"]) else draws.within(0, 2)
    if not revoked and draws.happens(order["released_same_day"]):
        days = 0
    done = day + days
    at = draws.within(minute, 22 * 60) if days == 0 else draws.within(8 * 60, minute)
    if not revoked:
        course.add("released", done, at if timed else None)
        if days:
            course.stays.append((day, min(done, course.last)))
        return done
    if draws.happens(order["papers_complete"]):
        course.add("professional_agreed_to_revocation", done)
    course.add("order_revoked", done, at if timed else None)
    _end_order(course, done)
    length = max(days + 1, stay_length(spec["stay"], severity, draws.rng.standard_normal()))
    end = min(day + min(length, spec["stay"]["longest_before_order"]), course.last)
    course.stays.append((day, end))
    if course.plan.revoked or draws.happens(order["made_again"]):
        _make(course, end, order, draws)
    else:
        course.add("discharged", end)
    return end


def _admission(course: Course, stay: Span, with_order: bool, spec: dict, draws: Draws) -> int:
    """Admit a person, detained or not; who is to come under an order leaves under it."""
    day, end = stay
    course.stays.append(stay)
    under = course.order_from is not None
    while under and course.order_until <= end:
        # The term may end while the person is an informal patient.
        lasts = _end_or_extend(course, course.order_until, spec["order"], draws)
        under = bool(lasts) and course.order_from is not None
    if not under and (with_order or draws.happens(spec["admission"]["detained"])):
        course.add("detained", max(day, course.orders[-1][1] if course.orders else day))
        if with_order:
            _make(course, end, spec["order"], draws)
        else:
            course.add("discharged", end)
    return end
