"""Orders by consent: screening, plan and consent, renewals, reviews, orders for examination."""

from dataclasses import dataclass, field

import numpy as np

from trialbalance.simulation.care.courses import Draws, Span, stay_length, yearly_rate
from trialbalance.simulation.people.participants import People, Streams
from trialbalance.simulation.records import Moment


@dataclass
class Course:
    """What happened to one person: events, stays in hospital and spells under an order."""

    events: list[Moment] = field(default_factory=list)
    stays: list[Span] = field(default_factory=list)
    orders: list[Span] = field(default_factory=list)


def draw_consent_orders(
    people: People, earlier: list[list[Span]], spec: dict, streams: Streams
) -> list[Course]:
    """Draw each person's course from the day of screening.

    Parameters
    ----------
    people : People
        The participants; those in the arm ``spec["arm"]`` come under an order.
    earlier : list of list of tuple
        Stays before the index date.
    spec : dict
        ``screening``, ``order``, ``admission`` and ``stay`` of the resolved parameters.
    streams : callable
        Named random streams.

    Returns
    -------
    list of Course
        One a person.

    Examples
    --------
    A whole study is drawn by `trialbalance.simulation.simulate`.
    """
    found = []
    for person, severity in enumerate(people.severity):
        draws = Draws(streams("orders", f"{person}"))
        course = Course(stays=list(earlier[person]))
        last, begins = int(people.last_day[person]), None
        inside = draws.happens(spec["screening"]["in_hospital"])
        if inside:
            start = -draws.within(5, spec["screening"]["longest_before"])
            # Who was discharged after that day was not in hospital twice at once.
            if course.stays and course.stays[-1][1] >= start:
                start = course.stays[-1][1] + 1
            end = min(draws.within(1, spec["screening"]["longest_after"]), last)
            course.stays += [(start, end)] if start <= 0 else []
        ordered = people.arm[person] == spec["arm"]
        _screen(course, person, ordered, spec["screening"], draws)
        if ordered:
            begins = draws.within(1, spec["screening"]["longest_to_order"])
            begins = min(begins, last - 1)
            _make(course, person, begins, spec["screening"], draws)
        _live(course, person, severity, begins, last, spec, draws)
        found.append(course)
    return found


def _screen(course: Course, person: int, ordered: bool, spec: dict, draws: Draws) -> None:
    """Write down what the physician believes on the day of screening."""
    course.events.append(Moment(person, "screened", 0))
    for event, share in spec["believes"].items():
        finding = ordered or draws.happens(share)
        course.events.append(Moment(person, event, 0, 9 * 60, finding))


def _make(course: Course, person: int, day: int, spec: dict, draws: Draws) -> None:
    """Write down what goes before an order, and the order."""
    timed = draws.happens(spec["times_recorded"])
    minute = draws.within(10 * 60, 16 * 60)
    ahead = 4 if draws.happens(spec["examined_too_early"]) else draws.within(0, 2)
    examined = draws.within(9 * 60, minute - 30) if ahead == 0 else draws.within(9 * 60, 17 * 60)
    add = course.events.append
    add(Moment(person, "examined", day - ahead, examined if timed else None))
    for event in spec["before_order"]:
        if draws.happens(spec["papers_complete"]):
            add(Moment(person, event, day, minute - 20))
    add(Moment(person, "plan_made", day, minute if timed else None))
    add(Moment(person, "consent_given", day, minute + 10, True))
    add(Moment(person, "order_made", day, minute + 20))


def _live(
    course: Course,
    person: int,
    severity: float,
    begins: int | None,
    last: int,
    spec: dict,
    draws: Draws,
) -> None:
    """Draw admissions and, for who has one, the course of the order."""
    admission, stay = spec["admission"], spec["stay"]
    frailty = float(draws.rng.gamma(admission["shape"], 1 / admission["shape"]))
    rate = yearly_rate(admission, severity, frailty)
    order_end = -1
    if begins is not None:
        order_end = _order(course, person, begins, last, spec["order"], draws)
    day = float(course.stays[-1][1] if course.stays and course.stays[-1][1] > 0 else 0)
    while True:
        under = begins is not None and begins <= day < order_end
        day += 1 + draws.wait(rate * (admission["under_order"] if under else 1.0))
        if day >= last - 1:
            return
        length = stay_length(stay, severity, draws.rng.standard_normal())
        end = min(int(day) + length, last)
        course.stays.append((int(day), end))
        day = float(end)


def _order(course: Course, person: int, begins: int, last: int, spec: dict, draws: Draws) -> int:
    """Draw renewals, reviews, withdrawals and orders for examination; return the end."""
    add = course.events.append
    term, renewals, end = spec["term"], 0, begins + spec["term"]
    stop = begins + draws.wait(spec["ended_yearly"])
    consent = begins + draws.wait(spec["consent_withdrawn_yearly"])
    checks = begins + np.cumsum([draws.wait(spec["examination_yearly"]) for _ in range(6)])
    while draws.happens(spec["renewed"]) and end < last and end < min(stop, consent):
        day = end - draws.within(1, 20)
        renewals += 1
        add(Moment(person, "order_renewed", day, 11 * 60))
        if renewals % 2 == 0 and draws.happens(spec["board_told"]):
            add(Moment(person, "board_notified", day, 12 * 60))
            late = not draws.happens(spec["board_in_time"])
            add(Moment(person, "board_heard", day + (9 if late else draws.within(3, 7)), 10 * 60))
        end += term
    if consent < min(stop, end, last - 6):
        end = _withdrawn(course, person, int(consent), spec, draws)
    elif stop < min(end, last):
        end = int(stop)
        add(Moment(person, "order_ended", end, 12 * 60))
    for check in checks:
        if begins < check < min(end, last) - 40:
            _examination(course, person, int(check), spec, draws)
    end = min(end, last)
    course.orders.append((begins, end))
    return end


def _withdrawn(course: Course, person: int, day: int, spec: dict, draws: Draws) -> int:
    """Draw the review that follows when consent is withdrawn; the order then ends."""
    add = course.events.append
    add(Moment(person, "consent_withdrawn", day, 10 * 60))
    reviewed = day + (5 if draws.happens(spec["reviewed_late"]) else draws.within(0, 2))
    timed = draws.happens(spec["review_times_recorded"])
    add(Moment(person, "condition_reviewed", reviewed, 15 * 60 if timed else None))
    add(Moment(person, "order_ended", reviewed, 16 * 60))
    return reviewed


def _examination(course: Course, person: int, day: int, spec: dict, draws: Draws) -> None:
    """Draw an order for examination, the journey with the police and what was found."""
    add = course.events.append
    add(Moment(person, "examination_ordered", day, 14 * 60))
    brought = day + draws.within(0, 33)
    if draws.happens(spec["brought_in"]):
        add(Moment(person, "brought_in", brought, 9 * 60))
    add(Moment(person, "examined_under_order", brought + draws.within(0, 2), 11 * 60))
