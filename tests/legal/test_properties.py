"""What holds for any course: spells of one status never overlap, days are counted once."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from legal import case
from trialbalance.legal.dates import add_months, hours_apart, instants, term_end
from trialbalance.legal.limits import Course, check_limits
from trialbalance.legal.people import Event, Person
from trialbalance.legal.timeline import days_between, follow

LAWS = ("ontario_mha_33_1", "england_wales_mha_17a_2007")
START = date(2011, 1, 1)
TIMES = st.sampled_from([None, "00:00Z", "09:30Z", "23:59Z"])


@st.composite
def people(draw, law):
    names = sorted(case.rules(law)["events"])
    chosen = draw(
        st.lists(st.tuples(st.integers(0, 900), st.sampled_from(names), TIMES), max_size=25)
    )
    events = [
        Event(f"r{k}", event, START + timedelta(days=day), time, True)
        for k, (day, event, time) in enumerate(chosen)
    ]
    events.sort(key=lambda event: (event.day, event.time or ""))
    last = START + timedelta(days=draw(st.integers(1, 1000)))
    return Person("p1", "a", START, last, draw(st.booleans()), events, [])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LAWS).flatmap(lambda law: st.tuples(st.just(law), people(law))))
def test_spells_of_a_status_never_overlap_and_never_outlast_follow_up(drawn):
    law, person = drawn
    rules = case.rules(law)
    spells, _ = follow(person, rules)
    for status in rules["statuses"]:
        mine = [spell for spell in spells if spell.status == status]
        for before, after in pairwise(mine):
            assert before.end is not None
            assert before.end <= after.start
        days = sum(days_between(spell, person.index, person.last) for spell in mine)
        assert 0 <= days <= (person.last - person.index).days
    for spell in spells:
        assert spell.end is None or spell.start <= spell.end <= person.last
        assert spell.term_end is None or (spell.end or person.last) <= spell.term_end


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LAWS).flatmap(lambda law: st.tuples(st.just(law), people(law))))
def test_every_limit_is_answered_in_one_of_four_words(drawn):
    law, person = drawn
    spells, strays = follow(person, case.rules(law))
    known = {event.record_id for event in person.events}
    for check in check_limits(Course(person, spells, strays, case.rules(law))):
        assert check.answer in ("met", "breached", "not_decidable", "open")
        assert set(check.records) <= known


DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))


@given(DAYS, st.integers(1, 24))
def test_a_term_counted_from_the_next_day_is_never_shorter(day, months):
    first, second = (term_end(day, months, how) for how in ("including_first_day", "from_next_day"))
    assert first <= second <= first + timedelta(days=1)
    assert (first.year - day.year) * 12 + first.month - day.month in (months, months + 1)


@given(DAYS, st.integers(1, 24))
def test_later_starts_never_end_sooner(day, months):
    following = day + timedelta(days=1)
    for how in ("including_first_day", "from_next_day"):
        assert term_end(day, months, how) <= term_end(following, months, how)
    assert add_months(day, 12)[0].month == day.month


@given(DAYS, st.integers(0, 6), TIMES, TIMES)
def test_what_is_decided_on_dates_holds_at_any_hour(day, apart, first, second):
    later = day + timedelta(days=apart)
    zone = "Europe/London"
    by_date = hours_apart(instants(day, None, zone), instants(later, None, zone), 72)
    if first is None or second is None or by_date == "not_decidable":
        return
    # Times in the zone of the dates, which is an hour ahead of UTC in summer.
    exact = hours_apart(instants(day, first, zone), instants(later, second, zone), 72)
    if instants(day, None, zone)[0].hour == instants(later, None, zone)[0].hour == 0:
        assert exact == by_date
