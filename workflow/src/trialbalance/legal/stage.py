"""The stage as a whole: from recorded events to criteria, spells, days, limits and their use."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from trialbalance.contracts import schema
from trialbalance.contracts.catalogue import written_by
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.legal.criteria import Case, judge
from trialbalance.legal.limits import Check, Course, check_limits
from trialbalance.legal.people import Person, check_events, gather
from trialbalance.legal.timeline import Spell, days_between, follow


def apply_law(
    participants: pd.DataFrame,
    episodes: pd.DataFrame | None,
    legal_events: pd.DataFrame,
    rules: dict[str, Any],
    study: dict[str, Any],
    section: dict[str, Any],
) -> dict[str, pd.DataFrame]:
    """Say who was under which status when, whether it was lawful, and what it took.

    Parameters
    ----------
    participants, episodes, legal_events : pandas.DataFrame
        Clean tables of stage ``data``.
    rules : dict
        Rule set.
    study, section : dict
        Resolved sections ``study`` and ``legal``.

    Returns
    -------
    dict of pandas.DataFrame
        criteria, legal_timeline, legal_episodes, legal_days, time_limits, breaches, legal_use.

    Raises
    ------
    Problems
        When an event is recorded that the rule set does not know.

    Examples
    --------
    The vignettes of the tests are examples, one for each rule.
    """
    check_events(legal_events, rules["events"])
    items = section["inpatient_items"]
    people = gather(participants, episodes, legal_events, items, study["horizon_years"])
    rows: dict[str, list] = {name: [] for name in written_by("apply_law")}
    checks: list[Check] = []
    for person in people:
        spells, strays = follow(person, rules)
        mine = check_limits(Course(person, spells, strays, rules))
        checks += mine
        rows["criteria"] += _criteria_rows(person, spells, rules, section)
        rows["legal_timeline"] += _timeline_rows(person, spells)
        rows["legal_episodes"] += _episode_rows(person, spells)
        rows["legal_days"] += _day_rows(person, spells, rules)
        rows["breaches"] += _breach_rows(person, mine)
        rows["legal_use"] += _use_rows(person, section["resource_use"])
    rows["time_limits"] = _limit_rows(checks, rules)
    return {name: _table(name, rows[name]) for name in rows}


def _table(name: str, rows: list) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[field["name"] for field in schema(name)["fields"]])
    for column in frame.columns.intersection(["asked_on", "date", "start_date", "end_date"]):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
    return frame


def _criteria_rows(person: Person, spells: list[Spell], rules: dict, section: dict) -> list:
    """Return the answers on each day on which a study asks."""
    back = section["history_years"]
    known = None if back is None else person.index - timedelta(days=round(back * DAYS_A_YEAR))
    found = []
    for event in person.events:
        if event.event not in section["ask_at"] or event.day >= person.last:
            continue
        answers = judge(Case(person, spells, rules, event.day, known))
        for criterion, answer in answers.items():
            where = rules["criteria"].get(criterion, {"section": ""})["section"]
            head = (person.participant_id, person.arm, event.day, event.event)
            records = "; ".join(answer.records)
            found.append((*head, criterion, where, answer.answer, records, answer.note))
    return found


def _timeline_rows(person: Person, spells: list[Spell]) -> list:
    """Return every event and every lapse, with the statuses the person was under afterwards."""
    moments = [(e.day, e.time, e.event, e.record_id) for e in person.events]
    moments += [
        (spell.end, None, f"{spell.status} lapsed", None)
        for spell in spells
        if spell.ended_by == "lapsed"
    ]
    return [
        (person.participant_id, person.arm, *moment, _under(spells, moment[0]))
        for moment in sorted(moments, key=lambda one: (one[0], one[1] or ""))
    ]


def _under(spells: list[Spell], day: date) -> str:
    """Return the statuses that a day ends under."""
    held = [s.status for s in spells if s.start <= day and (s.end is None or day < s.end)]
    return "; ".join(dict.fromkeys(held))


def _episode_rows(person: Person, spells: list[Spell]) -> list:
    return [
        (
            *(person.participant_id, person.arm, spell.status, spell.start, spell.end),
            *(spell.begun_by.event, spell.ended_by, spell.number + len(spell.renewals)),
            days_between(spell, person.index, person.last),
        )
        for spell in spells
    ]


def _day_rows(person: Person, spells: list[Spell], rules: dict) -> list:
    """Return days and spells inside follow-up, also for a status never held."""
    found = []
    for status in rules["statuses"]:
        lengths = [
            days_between(spell, person.index, person.last)
            for spell in spells
            if spell.status == status
        ]
        held = sum(length > 0 for length in lengths)
        found.append((person.participant_id, person.arm, status, sum(lengths), held))
    return found


def _breach_rows(person: Person, checks: list[Check]) -> list:
    """Return what was not kept, or cannot be decided, from the start of follow-up on."""
    return [
        (
            *(person.participant_id, person.arm, one.day, one.limit, one.section, one.answer),
            *("; ".join(one.records), one.note),
        )
        for one in checks
        if one.answer in ("breached", "not_decidable")
    ]


def _limit_rows(checks: list[Check], rules: dict) -> list:
    """Return how often each limit applied and with which answer, those never applied too."""
    sections = {one.limit: one.section for one in checks}
    sections = {name: rule["section"] for name, rule in rules["limits"].items()} | sections
    found = []
    for limit, where in sections.items():
        answers = [one.answer for one in checks if one.limit == limit]
        certainty = rules["limits"].get(limit, {}).get("certainty", "read")
        counts = [answers.count(one) for one in ("met", "breached", "not_decidable", "open")]
        found.append((limit, where, certainty, len(answers), *counts))
    return found


def _use_rows(person: Person, use: dict[str, dict[str, float]]) -> list:
    """Return what the events took, as records for stage costs."""
    return [
        (f"{e.record_id}:{item}", person.participant_id, item, float(quantity), None, e.day)
        for e in person.events
        for item, quantity in sorted(use.get(e.event, {}).items())
    ]
