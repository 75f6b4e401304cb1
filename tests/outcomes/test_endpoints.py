"""Readmissions: which stay counts, and relative risks."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.outcomes.endpoints import relative_risk, tabulate_endpoints
from trialbalance.outcomes.events import find_events


def admitted(*stays, items=("acute_bed_day",), days_out=0, kind="occupancy"):
    people = pd.DataFrame(
        {"participant_id": ["p1"], "randomisation_date": pd.to_datetime(["2010-01-01"])}
    )
    table = pd.DataFrame(
        [("p1", kind, "acute_bed_day", start, end) for start, end in stays],
        columns=["participant_id", "type", "item", "start_date", "end_date"],
    )
    for column in ("start_date", "end_date"):
        table[column] = pd.to_datetime(table[column])
    one = {"kind": "admission", "items": list(items), "days_out": days_out}
    return find_events(people, table, None, {"x": one}, 1.0)[0]["time_years"].min()


def days(year_fraction):
    return round(year_fraction * 365.25)


@pytest.mark.parametrize(
    ("stays", "day"),
    [
        ([("2009-12-01", "2010-01-20"), ("2010-03-01", "2010-03-09")], 59),
        ([("2010-03-01", "2010-03-09")], 59),
        ([("2009-12-01", "2010-01-01"), ("2010-03-01", None)], 59),
        ([("2009-11-01", "2009-12-01"), ("2010-03-01", "2010-03-09")], 59),
        ([("2009-12-01", "2010-01-20"), ("2010-01-20", "2010-02-20"), ("2010-03-01", None)], 59),
        ([("2010-05-01", "2010-05-09"), ("2010-03-01", "2010-03-09")], 59),
    ],
    ids=["index stay ended", "in no stay", "left on the day", "old stay", "moved ward", "unsorted"],
)
def test_first_new_stay(stays, day):
    assert days(admitted(*stays)) == day


@pytest.mark.parametrize(
    "stays",
    [
        [("2009-12-01", None)],
        [("2009-12-01", "2010-01-20")],
        [("2009-12-01", "2010-01-20"), ("2010-01-20", None)],
        [("2011-02-01", "2011-03-01")],
        [("2010-01-01", "2010-02-01")],
    ],
    ids=["never left", "left for good", "moved ward", "after the horizon", "admitted that day"],
)
def test_no_new_stay(stays):
    assert np.isnan(admitted(*stays))


def test_other_items_and_legal_status_do_not_count():
    assert np.isnan(admitted(("2010-03-01", None), items=["picu_bed_day"]))
    assert np.isnan(admitted(("2010-03-01", None), kind="legal_status"))


def test_days_out_belong_to_the_index_stay():
    stays = [("2009-12-01", "2010-01-20"), ("2010-01-25", "2010-01-30"), ("2010-03-01", None)]
    assert days(admitted(*stays)) == 24
    assert days(admitted(*stays, days_out=7)) == 59
    assert days(admitted(("2010-01-03", None), days_out=7)) == 2


def test_unknown_participant_is_told():
    people = pd.DataFrame(
        {"participant_id": ["p1"], "randomisation_date": pd.to_datetime(["2010-01-01"])}
    )
    stays = pd.DataFrame(
        {
            "participant_id": ["p9"],
            "type": "occupancy",
            "item": "bed",
            "start_date": pd.to_datetime(["2010-03-01"]),
            "end_date": pd.to_datetime(["2010-03-02"]),
        }
    )
    with pytest.raises(Problems, match=r"episodes\.csv, row 2, column participant_id: found p9"):
        find_events(
            people, stays, None, {"x": {"kind": "admission", "items": ["bed"], "days_out": 0}}, 1.0
        )


def test_relative_risk_by_the_log_method():
    ratio, lower, upper = relative_risk(59, 166, 60, 167)
    error = np.sqrt(1 / 59 - 1 / 166 + 1 / 60 - 1 / 167)
    assert ratio == pytest.approx((59 / 166) / (60 / 167))
    assert np.log(upper / ratio) == pytest.approx(1.959964 * error, abs=1e-6)
    assert lower * upper == pytest.approx(ratio**2)


def test_zero_counts_leave_blanks():
    assert np.isnan(relative_risk(3, 10, 0, 10)).all()
    assert relative_risk(0, 10, 3, 10)[0] == 0
    assert np.isnan(relative_risk(0, 10, 3, 10)[1:]).all()


def test_swapping_the_comparator_inverts_the_ratio():
    people = pd.DataFrame({"arm": ["a"] * 10 + ["b"] * 10, "all": True})
    yes = np.arange(20) % 3 == 0
    first = tabulate_endpoints(people, {"x": yes}, ["a", "b"], "b", ["all"])
    second = tabulate_endpoints(people, {"x": yes}, ["a", "b"], "a", ["all"])
    assert first["relative_risk"].iloc[0] == pytest.approx(1 / second["relative_risk"].iloc[1])
    assert first["events"].sum() == yes.sum()
    assert np.isnan(first["relative_risk"].iloc[1])


def test_unknown_population_is_told():
    people = pd.DataFrame({"arm": ["a"], "all": True})
    with pytest.raises(Problems, match=r"outcomes\.populations: found per_protocol"):
        tabulate_endpoints(people, {"x": np.array([True])}, ["a"], "a", ["per_protocol"])


def events_of(kind, stays=(), contacts=(), death=None, **details):
    """Return (time in days, amount) of each event and (start, end) in days of each span at risk."""
    people = pd.DataFrame(
        {
            "participant_id": ["p1"],
            "randomisation_date": pd.to_datetime(["2010-01-01"]),
            "death_date": pd.to_datetime([death]),
        }
    )
    stays = pd.DataFrame(
        [("p1", "occupancy", "bed", pd.Timestamp(a), pd.Timestamp(b) if b else pd.NaT)
         for a, b in stays],
        columns=["participant_id", "type", "item", "start_date", "end_date"],
    )  # fmt: skip
    use = pd.DataFrame({"participant_id": "p1", "item": "visit", "date": pd.to_datetime(contacts)})
    one = {"kind": kind, "items": ["visit" if kind == "gap" else "bed"], "days_out": 0, **details}
    events, risk = find_events(people, stays, use, {"x": one}, 1.0)
    return (
        [(round(t * 365.25), round(a, 2)) for t, a in events[["time_years", "amount"]].to_numpy()],
        [tuple(row) for row in (risk[["start_years", "end_years"]] * 365.25).round(2).to_numpy()],
    )


def test_a_new_stay_takes_its_nights_out_of_the_time_at_risk():
    stays = [("2009-12-01", "2010-01-11"), ("2010-03-02", "2010-03-12")]
    events, risk = events_of("admission", stays)
    assert events == [(60, 10.0)]
    assert risk == [(10, 60), (70, 365.25)]


def test_a_ward_move_within_a_new_stay_is_one_admission():
    stays = [("2010-03-02", "2010-03-12"), ("2010-03-12", "2010-03-22")]
    assert events_of("admission", stays)[0] == [(60, 20.0)]


def test_follow_up_ends_at_death():
    events, risk = events_of("admission", [("2010-03-02", "2010-03-12")], death="2010-03-07")
    assert events == [(60, 5.0)]
    assert risk == [(0, 60)]


def test_nights_count_the_index_stay_from_randomisation():
    stays = [("2009-12-01", "2010-01-11"), ("2010-03-02", None)]
    events, risk = events_of("nights", stays)
    assert events == [(0, 10.0), (60, 305.25)]
    assert risk == [(0, 365.25)]


@pytest.mark.parametrize(
    ("returned", "days", "expected"),
    [
        ("any", 60, [(60, 80.0), (140, 225.25)]),
        ("any", 81, [(140, 225.25)]),
        ("never", 60, [(140, 225.25)]),
        ("never", 226, []),
        ("any", 80, [(60, 80.0), (140, 225.25)]),
    ],
)
def test_gaps_in_contact(returned, days, expected):
    contacts = ["2010-01-31", "2010-03-02", "2010-05-21"]
    events, risk = events_of("gap", (), contacts, days=days, returned=returned, beds=["bed"])
    assert events == expected
    at_risk = sum(end - start for start, end in risk)
    assert at_risk == pytest.approx(365.25 - sum(amount for _, amount in expected))


def test_a_night_in_a_bed_is_contact():
    contacts = ["2010-03-02"]
    stay = [("2010-03-20", "2010-12-31")]
    assert events_of("gap", stay, contacts, days=61, returned="any", beds=["bed"])[0] == []


def test_a_gap_needs_dated_contacts():
    people = pd.DataFrame(
        {"participant_id": ["p1"], "randomisation_date": pd.to_datetime(["2010-01-01"])}
    )
    one = {"kind": "gap", "items": ["visit"], "beds": [], "days": 60, "returned": "any"}
    with pytest.raises(Problems, match=r"no dated record; allowed: dated contacts, since "
                       r"outcomes\.endpoints names lost"):  # fmt: skip
        find_events(people, None, None, {"lost": one}, 1.0)
