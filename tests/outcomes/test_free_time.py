"""Years alive and free of an endpoint: closed forms, bounds, and whose time is not known."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.outcomes.follow_up_grid import follow_participants
from trialbalance.outcomes.free_time import add_up_time
from trialbalance.settings.sections.outcomes import OutcomesSettings

YEAR = 365.25


def years(stays, death=None, rate=0.035, horizon=3.0, known=True, discounting="yearly"):
    """Return the free time of one person with stays (start in years, nights), and its pieces."""
    people = pd.DataFrame(
        {
            "participant_id": ["p1"],
            "arm": ["order"],
            "randomisation_date": pd.to_datetime(["2010-01-01"]),
            "death_date": pd.to_datetime([death]),
        }
    )
    events = pd.DataFrame(stays, columns=["time_years", "amount"]).assign(participant_id="p1")
    section = {"discount_rate": rate, "discounting": discounting}
    followed = follow_participants(people, None, {"discharge": 0.0})
    table, pieces = add_up_time(followed, events, "x", np.array([known]), horizon, section)
    assert np.isclose(pieces["area"].sum(), table["value"].fillna(0).iloc[0])
    return table.iloc[0], pieces


def test_nobody_taken_away_has_the_discounted_horizon():
    one, pieces = years([])
    assert one["value"] == pytest.approx(1 + 1 / 1.035 + 1 / 1.035**2)
    assert pieces["segment"].tolist() == [1, 2, 3]


def test_a_stay_across_an_anniversary_is_taken_out_of_both_years():
    one, pieces = years([(0.75, YEAR / 2)], rate=0.25, horizon=2.0)
    assert one["value"] == pytest.approx(0.75 + 0.75 / 1.25)
    assert pieces[["start_years", "end_years"]].to_numpy().tolist() == [[0, 0.75], [1.25, 2]]


def test_time_after_death_is_not_free_time():
    one, _ = years([(0.25, YEAR * 0.25)], death="2010-12-31", rate=0.0)
    assert one["value"] == pytest.approx(364 / YEAR - 0.25)
    assert one["died"]


def test_gaps_that_last_to_the_end_and_the_whole_time_leave_nothing_more():
    assert years([(2.0, YEAR)], rate=0.0)[0]["value"] == pytest.approx(2.0)
    one, pieces = years([(0.0, 3 * YEAR)])
    assert one["value"] == 0
    assert one["observed"]
    assert pieces.empty


def test_time_that_is_not_known_is_blank_and_not_nought():
    one, pieces = years([(0.5, 30.0)], known=False)
    assert np.isnan(one["value"])
    assert not one["observed"]
    assert pieces.empty


def test_continuous_discounting_is_the_integral():
    one, _ = years([], rate=0.035, discounting="continuous")
    force = np.log(1.035)
    assert one["value"] == pytest.approx((1 - np.exp(-3 * force)) / force)


def test_the_endpoint_must_be_declared():
    with pytest.raises(ValueError, match=r"effects\.x\.endpoint: found nights; allowed: none"):
        OutcomesSettings.model_validate({"effects": {"x": {"kind": "free_time",
                                                           "endpoint": "nights"}}})  # fmt: skip
