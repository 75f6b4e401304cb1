"""The course of each status: begun, renewed, lapsed, ended; in days that are counted once."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from trialbalance.legal.dates import DAY, shift, term_end
from trialbalance.legal.people import Event, Person


@dataclass
class Spell:
    """One unbroken time under a status.

    Parameters
    ----------
    status : str
        Which status.
    start : datetime.date
        First day.
    begun_by : Event
        What began it.
    term_end : datetime.date or None
        First day after its present term; None without a term.
    end : datetime.date or None
        First day no longer under it; None while it lasts at the end of follow-up.
    ended_by : str
        Event that ended it, ``lapsed``, ``death`` or ``open``.
    renewals : list of tuple
        Each renewal with the end of the term that it prolonged.
    number : int
        Renewals before this spell, where a late renewal began it.
    """

    status: str
    start: date
    begun_by: Event
    term_end: date | None
    end: date | None = None
    ended_by: str = "open"
    renewals: list[tuple[Event, date | None]] = field(default_factory=list)
    number: int = 0

    def covers(self, day: date) -> bool:
        """Return whether a day lies in the spell, the day on which an event ended it included."""
        if day < self.start:
            return False
        return self.end is None or day < self.end or (day == self.end and self.ended_by != "lapsed")


class Stray(NamedTuple):
    """An event that found no status to work on, or one already running."""

    event: Event
    status: str
    why: str


def follow(person: Person, rules: dict) -> tuple[list[Spell], list[Stray]]:
    """Follow every status of one person.

    Parameters
    ----------
    person : Person
        What is recorded.
    rules : dict
        Rule set.

    Returns
    -------
    spells : list of Spell
        In the order of their starts; spells of one status never overlap.
    strays : list of Stray
        Orders made while one ran, and renewals of what had ended.

    Examples
    --------
    The vignettes of the tests are examples, one for each rule.
    """
    spells, strays = [], []
    for status, rule in rules["statuses"].items():
        some, odd = _course(person, status, rule)
        spells += some
        strays += odd
    return sorted(spells, key=lambda spell: (spell.start, spell.status)), strays


def _course(person: Person, status: str, rule: dict) -> tuple[list[Spell], list[Stray]]:
    """Follow one status."""
    spells: list[Spell] = []
    strays: list[Stray] = []
    for event in person.events:
        if event.day >= person.last:
            break
        current = spells[-1] if spells else None
        if current is not None:
            _lapse(current, event.day)
        running = current is not None and current.end is None
        if event.event in rule["begins"]:
            if running:
                current.end, current.ended_by = event.day, event.event
                strays.append(Stray(event, status, "began while it ran"))
            spells.append(_begin(status, rule, event, 0))
        elif event.event in rule["renewed_by"]:
            if running:
                _renew(current, rule, event)
            elif _late(current, rule, event):
                spells.append(_begin(status, rule, event, current.number + len(current.renewals)))
                spells[-1].number += 1
            else:
                strays.append(Stray(event, status, "renewed when it did not run"))
        elif event.event in rule["ends"] and running:
            current.end, current.ended_by = event.day, event.event
    if spells:
        _lapse(spells[-1], person.last)
        if spells[-1].end is None and person.died:
            spells[-1].end, spells[-1].ended_by = person.last, "death"
    return spells, strays


def _begin(status: str, rule: dict, event: Event, number: int) -> Spell:
    spell = Spell(status, event.day, event, None, number=number)
    spell.term_end = _term_end(spell, rule)
    return spell


def _term_end(spell: Spell, rule: dict) -> date | None:
    """Return the end of all terms so far, counted from the start so that months never drift."""
    if not rule["terms"]:
        return None
    done = len(spell.renewals) + 1
    terms = [rule["terms"][min(k, len(rule["terms"]) - 1)] for k in range(done)]
    months = sum((term.get("months") or 0) + 12 * (term.get("years") or 0) for term in terms)
    return term_end(spell.start, months, rule["counted"])


def _renew(spell: Spell, rule: dict, event: Event) -> None:
    spell.renewals.append((event, spell.term_end))
    spell.term_end = _term_end(spell, rule)


def _lapse(spell: Spell, day: date) -> None:
    """End a spell whose term has passed by a day."""
    if spell.end is None and spell.term_end is not None and spell.term_end <= day:
        spell.end, spell.ended_by = spell.term_end, "lapsed"


def _late(spell: Spell | None, rule: dict, event: Event) -> bool:
    """Return whether a lapsed status may still be renewed."""
    if spell is None or spell.ended_by != "lapsed" or not rule["late_renewal"]:
        return False
    # The span runs from the last day under the status, the day before the spell's end.
    return event.day <= shift(spell.end - DAY, rule["late_renewal"])


def days_between(spell: Spell, first: date, last: date) -> int:
    """Return how many days of a spell lie between two dates, the second not counted.

    Examples
    --------
    >>> made = Event("r1", "order_made", date(2012, 2, 1), None, True)
    >>> spell = Spell("order", date(2012, 2, 1), made, None)
    >>> days_between(spell, date(2012, 1, 1), date(2012, 3, 1))
    29
    """
    end = last if spell.end is None else min(spell.end, last)
    return max((end - max(spell.start, first)).days, 0)
