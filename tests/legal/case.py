"""A vignette as the engine takes it: facts in words become a person, a question an answer."""

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from trialbalance import house
from trialbalance.legal.criteria import Case, judge
from trialbalance.legal.limits import Course, check_limits
from trialbalance.legal.people import Event, Person, Stay
from trialbalance.legal.timeline import days_between, follow
from trialbalance.settings.rule_set import load_rule_set

DAY = r"\d{4}-\d{2}-\d{2}"
STAY = re.compile(rf"({DAY}) to ({DAY}|now) in hospital")
EVENT = re.compile(rf"({DAY})(?: (\d\d:\d\d(?:Z|[+-]\d\d:\d\d)))? (\w+)(?: (yes|no))?")


def vignettes():
    """Return every vignette of the file that a lawyer reads."""
    return yaml.safe_load(Path(__file__).with_name("vignettes.yaml").read_text(encoding="utf-8"))


@cache
def rules(name):
    return load_rule_set(house.resources() / "legal" / f"{name}.yaml")


def person(records, index=date(1990, 1, 1), last=None, died=False):
    """Return the person whom records tell of; without an end, followed for three more years."""
    events, stays, days = [], [], [index]
    for number, record in enumerate(records, start=1):
        if stay := STAY.fullmatch(record):
            start = date.fromisoformat(stay[1])
            end = None if stay[2] == "now" else date.fromisoformat(stay[2])
            stays.append(Stay(f"r{number}", start, end))
            days.append(start)
            continue
        day, time, event, finding = EVENT.fullmatch(record).groups()
        days.append(date.fromisoformat(day))
        events.append(Event(f"r{number}", event, days[-1], time, finding != "no"))
    events.sort(key=lambda event: (event.day, event.time or ""))
    last = last or max(days) + timedelta(days=1096)
    return Person("p1", "a", index, last, died, events, stays)


def answer(vignette, law=None):
    """Return the engine's answer to a vignette, in the words of its file."""
    law = law or rules(vignette["law"])
    asked = vignette["asked"]
    until = asked.get("until") or vignette.get("followed_until")
    who = person(
        vignette["records"], asked.get("from", date(1990, 1, 1)), until, "died" in vignette
    )
    spells, strays = follow(who, law)
    if "criterion" in asked:
        case = Case(who, spells, law, asked["day"], vignette.get("recorded_from"))
        return judge(case)[asked["criterion"]].answer
    if "limit" in asked:
        checks = check_limits(Course(who, spells, strays, law))
        found = [one.answer for one in checks if one.limit == asked["limit"]]
        return ", ".join(found) or "none"
    if "ends" in asked:
        spell = [one for one in spells if one.status == asked["ends"]][-1]
        return "open" if spell.end is None else f"{spell.end} {spell.ended_by}"
    mine = [spell for spell in spells if spell.status == asked["days"]]
    return sum(days_between(spell, who.index, who.last) for spell in mine)
