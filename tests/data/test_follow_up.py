"""The end of follow-up by the calendar: filled in, and refused where it cannot be."""

import pandas as pd
import pytest
from trialbalance.data.follow_up import fill_follow_up_end, follow_up_ends, visits_after_end
from trialbalance.data.record_set import Records


def records(**changes):
    people = pd.DataFrame(
        {
            "participant_id": ["p1", "p2"],
            "randomisation_date": pd.to_datetime(["2020-01-01", "2020-02-01"]),
            "death_date": pd.to_datetime([None, "2020-06-01"]),
            "follow_up_end": pd.to_datetime([None, "2020-07-01"]),
        },
        index=[2, 3],
    ).assign(**changes)
    visits = pd.DataFrame(
        {"participant_id": ["p2"], "visit": ["m6"], "date": pd.to_datetime(["2020-07-15"])},
        index=[2],
    )
    files = {"participants": "participants.csv", "visits": "visits.csv"}
    return Records({"participants": people, "visits": visits}, files, {})


def test_own_dates_go_before_that_of_the_study():
    people = records().tables["participants"]
    filled = fill_follow_up_end(people, {"follow_up_end": "2020-12-31"})["follow_up_end"]
    assert filled.dt.strftime("%Y-%m-%d").to_list() == ["2020-12-31", "2020-07-01"]
    assert fill_follow_up_end(people, {"follow_up_end": None}) is people


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        (
            "2020-01-15",
            "participants.csv, row 3, column follow_up_end: found 2020-01-15, before randomisation "
            "on 2020-02-01; allowed: a date on or after randomisation_date; correct one of the "
            "dates, or data.follow_up_end.",
        ),
        (
            "2020-05-01",
            "participants.csv, row 3, column follow_up_end: found 2020-05-01, before the death on "
            "2020-06-01; allowed: a date on or after death_date; leave out deaths that became "
            "known after the end of follow-up, or move the end.",
        ),
    ],
)
def test_impossible_ends_are_refused(date, sentence):
    found = follow_up_ends(records(follow_up_end=pd.to_datetime([None, date])))
    assert found[0].sentence() == sentence
    assert not follow_up_ends(records())


def test_a_visit_after_the_end_is_refused():
    (found,) = visits_after_end(records())
    assert found.sentence() == (
        "visits.csv, row 2, column date: found '2020-07-15', after the end of follow-up on "
        "2020-07-01; allowed: a date up to the end of follow-up; correct the date, or "
        "data.follow_up_end."
    )
