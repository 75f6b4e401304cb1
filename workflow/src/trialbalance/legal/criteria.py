"""Eligibility: each criterion met, not met or not evidenced, with the record that shows it."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from trialbalance.legal.dates import hours_apart, instants, shift
from trialbalance.legal.people import Event, Person, Stay
from trialbalance.legal.timeline import Spell

MET, NOT_MET, NOT_EVIDENCED = "met", "not_met", "not_evidenced"
NOT_DECIDABLE = "not_decidable"


class Answer(NamedTuple):
    """An answer with the records that show it."""

    answer: str
    records: tuple[str, ...] = ()
    note: str = ""


class Case(NamedTuple):
    """One person on one day under one law."""

    person: Person
    spells: list[Spell]
    rules: dict
    day: date
    recorded_from: date | None = None


def judge(case: Case) -> dict[str, Answer]:
    """Answer every criterion for one person on one day.

    Parameters
    ----------
    case : Case
        Person, spells of status, rule set, the day asked about, and the day from which history
        was recorded.

    Returns
    -------
    dict
        Criterion -> Answer, and last ``eligible``: all criteria together.

    Examples
    --------
    The vignettes of the tests are examples, one for each rule.
    """
    answers = {
        name: _any([_ask(condition, case) for condition in rule["any_of"].values()])
        for name, rule in case.rules["criteria"].items()
    }
    return answers | {"eligible": _all(answers)}


def _any(answers: list[Answer]) -> Answer:
    """Return the best answer: one condition that is met is enough."""
    for wanted in (MET, NOT_DECIDABLE, NOT_EVIDENCED, NOT_MET):
        chosen = [one for one in answers if one.answer == wanted]
        if chosen:
            records = tuple(dict.fromkeys(record for one in chosen for record in one.records))
            notes = "; ".join(dict.fromkeys(one.note for one in chosen if one.note))
            return Answer(wanted, records, notes)
    raise ValueError("a criterion without conditions")


def _all(answers: dict[str, Answer]) -> Answer:
    """Return the worst answer: one criterion that is not met decides."""
    for wanted in (NOT_MET, NOT_EVIDENCED, NOT_DECIDABLE):
        short = [name for name, one in answers.items() if one.answer == wanted]
        if short:
            return Answer(wanted, (), ", ".join(short))
    return Answer(MET)


def _ask(condition: dict, case: Case) -> Answer:
    for kind, ask in KINDS.items():
        if condition[kind]:
            return ask(condition, case)
    raise ValueError("a condition that asks nothing")


def _window(condition: dict, case: Case) -> date:
    return shift(case.day, condition["within"], -1) if condition["within"] else date.min


def _short(condition: dict, case: Case, records: tuple, note: str) -> Answer:
    """Answer where too little was found: not evidenced if records do not go back far enough."""
    known = case.recorded_from
    if known is not None and known > _window(condition, case):
        return Answer(NOT_EVIDENCED, records, f"{note}; recorded only from {known}")
    return Answer(NOT_MET, records, note)


def _inside(condition: dict, case: Case) -> list[tuple[Stay, int]]:
    """Return the stays of which nights lie in the time looked at, with these nights."""
    first, found = _window(condition, case), []
    for stay in case.person.stays:
        end = case.day if stay.end is None else min(stay.end, case.day)
        nights = (end - max(stay.start, first)).days
        if nights > 0 or (stay.start == case.day and stay.end is None):
            found.append((stay, nights))
    return found


def _stays(condition: dict, case: Case) -> Answer:
    inside = _inside(condition, case)
    # A stay that begins on the day another ended is a move between wards, not another occasion.
    ends = {stay.end for stay, _ in inside}
    count = sum(stay.start not in ends for stay, _ in inside)
    records = tuple(stay.record_id for stay, _ in inside)
    note = f"{count} separate stays"
    enough = count >= condition["stays"]
    return Answer(MET, records, note) if enough else _short(condition, case, records, note)


def _nights(condition: dict, case: Case) -> Answer:
    inside = _inside(condition, case)
    count = sum(nights for _, nights in inside)
    records = tuple(stay.record_id for stay, _ in inside)
    note = f"{count} nights"
    enough = count >= condition["nights"]
    return Answer(MET, records, note) if enough else _short(condition, case, records, note)


def _earlier(condition: dict, case: Case) -> Answer:
    first = _window(condition, case)
    spells = [
        spell
        for spell in case.spells
        if spell.begun_by.event in condition["earlier"]
        and spell.start < case.day
        and (spell.end is None or spell.end > first)
    ]
    records = tuple(spell.begun_by.record_id for spell in spells)
    if records:
        return Answer(MET, records, "an earlier order")
    return _short(condition, case, (), "no earlier order")


def _under(condition: dict, case: Case) -> Answer:
    for spell in case.spells:
        if spell.status == condition["under"] and spell.covers(case.day):
            return Answer(MET, (spell.begun_by.record_id,))
    return Answer(NOT_MET, (), f"not under {condition['under']}")


def _in_hospital(_: dict, case: Case) -> Answer:
    for stay in case.person.stays:
        if stay.start <= case.day and (stay.end is None or case.day <= stay.end):
            return Answer(MET, (stay.record_id,), "in hospital on that day")
    return Answer(NOT_MET, (), "not in hospital on that day")


def _shown(condition: dict, case: Case) -> Answer:
    """Answer by the last record of an event that earlier orders have not used up."""
    spent = [
        event.day
        for event in case.person.events
        if event.event in condition["since"] and event.day < case.day
    ]
    records = [
        event
        for event in case.person.events
        if event.event == condition["shown_by"]
        and event.day <= case.day
        and (not spent or event.day > spent[-1])
    ]
    if not records:
        return Answer(NOT_EVIDENCED, (), f"no record of {condition['shown_by']}")
    if condition["within"]:
        return _in_time(records, condition, case)
    last = [event for event in records if event.day == records[-1].day]
    if len({event.finding for event in last}) > 1 and any(event.time is None for event in last):
        shown = tuple(event.record_id for event in last)
        return Answer(NOT_DECIDABLE, shown, "records of one day contradict each other")
    return Answer(MET if records[-1].finding else NOT_MET, (records[-1].record_id,))


def _in_time(records: list[Event], condition: dict, case: Case) -> Answer:
    """Answer whether the last record lies within a time before another event, or before the day."""
    anchor = [
        event
        for event in case.person.events
        if event.event == condition["before"] and event.day <= case.day
    ]
    if condition["before"] and not anchor:
        return Answer(NOT_EVIDENCED, (), f"no record of {condition['before']}")
    end = anchor[-1] if anchor else Event("", "", case.day, None, True)
    records = [event for event in records if _not_after(event, end)]
    if not records:
        return Answer(NOT_MET, (end.record_id,), f"not before {end.event}")
    last, span = records[-1], condition["within"]
    shown = tuple(record for record in (last.record_id, end.record_id) if record)
    if not last.finding:
        return Answer(NOT_MET, shown)
    if not span.get("hours"):
        return Answer(MET if last.day >= shift(end.day, span, -1) else NOT_MET, shown)
    zone = case.rules["time_zone"]
    first, second = (instants(event.day, event.time, zone) for event in (last, end))
    answer = hours_apart(first, second, span["hours"])
    if last.day == end.day and None in (last.time, end.time):
        answer = NOT_DECIDABLE
    return Answer({"breached": NOT_MET}.get(answer, answer), shown)


def _not_after(event: Event, end: Event) -> bool:
    if event.day != end.day or None in (event.time, end.time):
        return event.day <= end.day
    return instants(event.day, event.time, "UTC")[0] <= instants(end.day, end.time, "UTC")[0]


KINDS: dict[str, Callable[[dict, Case], Answer]] = {
    "stays": _stays,
    "nights": _nights,
    "earlier": _earlier,
    "under": _under,
    "in_hospital": _in_hospital,
    "shown_by": _shown,
}
