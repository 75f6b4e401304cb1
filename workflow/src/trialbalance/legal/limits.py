"""Time limits and duties: each kept, breached, not decidable from the records, or open."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from trialbalance.legal.dates import hours_apart, instants, shift
from trialbalance.legal.people import Event, Person
from trialbalance.legal.timeline import Spell, Stray

MET, BREACHED, NOT_DECIDABLE, OPEN = "met", "breached", "not_decidable", "open"


class Check(NamedTuple):
    """One limit held against one event: its answer and the records that show it."""

    limit: str
    section: str
    day: date
    answer: str
    records: tuple[str, ...]
    note: str


class Course(NamedTuple):
    """One person's course under one law."""

    person: Person
    spells: list[Spell]
    strays: list[Stray]
    rules: dict

    def followed(self) -> list[Event]:
        """Return the events within follow-up and before it."""
        return [event for event in self.person.events if event.day < self.person.last]

    def of(self, status: str) -> list[Spell]:
        """Return the spells of one status."""
        return [spell for spell in self.spells if spell.status == status]


def check_limits(course: Course) -> list[Check]:
    """Hold every limit, power and order of events of a law against one person's course.

    Parameters
    ----------
    course : Course
        Person, spells, strays and rule set.

    Returns
    -------
    list of Check
        One for each time that a limit applied.

    Examples
    --------
    The vignettes of the tests are examples, one for each rule.
    """
    checks = []
    for name, rule in course.rules["limits"].items():
        for day, answer, records, note in KINDS[rule["kind"]](rule, course):
            checks.append(Check(name, rule["section"], day, answer, records, note))
    return checks + _powers(course) + _order_of_events(course)


def _follows(rule: dict, course: Course) -> list[tuple]:
    """Hold each event against what must follow it."""
    found = []
    events = course.followed()
    for place, event in enumerate(events):
        if event.event not in rule["after"] or not _counts(rule, course, event):
            continue
        answers = [
            later
            for later in events[:place] + events[place + 1 :]
            if later.event in rule["needs"] and _may_follow(event, later, events)
        ]
        found.append(_in_time(rule, course, event, answers[0] if answers else None))
    return found


def _may_follow(event: Event, later: Event, events: list[Event]) -> bool:
    """Return whether an event came after another, or on its day at a time unknown."""
    if later.day == event.day and None in (later.time, event.time):
        return True
    return events.index(later) > events.index(event)


def _counts(rule: dict, course: Course, event: Event) -> bool:
    """Return whether an event starts the time: every one, or every second renewal and so on."""
    if rule["every"] == 1:
        return True
    number = _renewal(course, rule["of"], event)
    return number is not None and number % rule["every"] == 0


def _renewal(course: Course, status: str, event: Event) -> int | None:
    """Return which renewal of a status an event is, from 1."""
    for spell in course.of(status):
        if spell.begun_by == event and spell.number:
            return spell.number
        for place, (renewal, _) in enumerate(spell.renewals):
            if renewal == event:
                return spell.number + place + 1
    return None


def _in_time(rule: dict, course: Course, event: Event, later: Event | None) -> tuple:
    """Answer whether what had to follow an event followed in time."""
    span = rule["within"]
    if span and span.get("hours"):
        return _in_hours(span["hours"], course, event, later)
    if span:
        deadline = shift(event.day, span)
    else:
        spell = next((one for one in course.of(rule["of"]) if one.covers(event.day)), None)
        deadline = course.person.last if spell is None or spell.end is None else spell.end
    if later is not None:
        kept = later.day <= deadline
        shown = (event.record_id, later.record_id)
        return event.day, MET if kept else BREACHED, shown, f"{later.event} on {later.day}"
    over = deadline < course.person.last and not _died_by(course, deadline)
    return event.day, BREACHED if over else OPEN, (event.record_id,), f"due by {deadline}"


def _in_hours(hours: int, course: Course, event: Event, later: Event | None) -> tuple:
    zone = course.rules["time_zone"]
    first = instants(event.day, event.time, zone)
    if later is not None:
        answer = hours_apart(first, instants(later.day, later.time, zone), hours)
        shown = (event.record_id, later.record_id)
        return event.day, answer, shown, f"{later.event} on {later.day} {later.time or ''}".strip()
    end = instants(course.person.last, None, zone)[0]
    over = hours_apart(first, (end, end), hours) == BREACHED and not course.person.died
    return event.day, BREACHED if over else OPEN, (event.record_id,), f"due in {hours} hours"


def _died_by(course: Course, day: date) -> bool:
    return course.person.died and course.person.last <= day


def _precedes(rule: dict, course: Course) -> list[tuple]:
    """Hold each event against what must go before it, perhaps in the last part of a term."""
    found = []
    for event in course.followed():
        if event.event not in rule["before"]:
            continue
        earliest = date.min
        if rule["in_last"]:
            ends = [
                end
                for spell in course.of(rule["of"])
                for renewal, end in spell.renewals
                if renewal == event and end is not None
            ]
            if not ends:
                continue
            earliest = shift(ends[0], rule["in_last"], -1)
        found.append(_before(rule, course, event, event, earliest))
    return found


def _before(
    rule: dict, course: Course, about: Event, event: Event, earliest: date = date.min
) -> tuple:
    """Answer whether what an event needs was recorded before it and not too early."""
    events = course.followed()
    until = events[: events.index(event)] + [
        one for one in events[events.index(event) + 1 :] if one.day == event.day and not one.time
    ]
    spent = [one.day for one in until if one.event in rule["since"] and one.day <= event.day]
    shown = [
        one
        for one in until
        if one.event in rule["needs"] and one.finding and (not spent or one.day >= max(spent))
    ]
    if not shown:
        note = f"no record of {' or '.join(rule['needs'])}"
        return about.day, BREACHED, (about.record_id,), note
    last = max(shown, key=lambda one: one.day)
    kept = last.day >= earliest
    note = f"{last.event} on {last.day}" + ("" if kept else f", before {earliest}")
    return about.day, MET if kept else BREACHED, (last.record_id, about.record_id), note


def _lasts(rule: dict, course: Course) -> list[tuple]:
    """Hold each long status against what it needs before it was granted or extended."""
    found = []
    for spell in course.of(rule["of"]):
        free = shift(spell.start, rule["longer_than"])
        if (spell.end or course.person.last) <= free:
            continue
        granted = [
            event
            for event in course.followed()
            if event.event in rule["granted_by"] and spell.start <= event.day <= free
        ]
        found.append(_before(rule, course, spell.begun_by, granted[-1]))
    return found


def _powers(course: Course) -> list[Check]:
    """Return each use of a power, in a status that gives it or outside."""
    found = []
    for event in course.followed():
        rule = course.rules["events"][event.event]
        if not rule["needs"]:
            continue
        held = any(spell.covers(event.day) for spell in course.of(rule["needs"]))
        answer, note = (MET, "") if held else (BREACHED, f"not under {rule['needs']} on that day")
        name = f"{event.event}_only_under_{rule['needs']}"
        found.append(Check(name, rule["section"], event.day, answer, (event.record_id,), note))
    return found


def _order_of_events(course: Course) -> list[Check]:
    """Return each renewal, in time or not, and each status begun while it already ran."""
    found = []
    for stray in course.strays:
        section = course.rules["statuses"][stray.status]["section"]
        limit = "renewed_in_time" if stray.why.startswith("renewed") else "one_at_a_time"
        shown = (stray.event.record_id,)
        name = f"{stray.status}_{limit}"
        found.append(Check(name, section, stray.event.day, BREACHED, shown, stray.why))
    for spell in course.spells:
        section = course.rules["statuses"][spell.status]["section"]
        renewals = [event for event, _ in spell.renewals] + [spell.begun_by] * bool(spell.number)
        found += [
            Check(f"{spell.status}_renewed_in_time", section, one.day, MET, (one.record_id,), "")
            for one in renewals
        ]
    return found


KINDS: dict[str, Callable[[dict, Course], list[tuple]]] = {
    "follows": _follows,
    "precedes": _precedes,
    "lasts": _lasts,
}
