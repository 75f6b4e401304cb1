"""Costs worked out by hand."""

import math

import pytest

TWO_YEARS = {
    "horizon_years": 2.0,
    "periods": {"year_1": [0.0, 1.0], "year_2": [1.0, 2.0]},
    "visits": {"baseline": 0.0, "month_12": 1.0, "month_24": 2.0},
}


def _ledger(tables):
    return tables["ledger"].set_index("record_id")


@pytest.mark.parametrize(
    ("date", "factor"),
    [
        ("2012-01-01", 1.0),
        ("2012-12-31", 1.0),
        ("2013-01-01", 1 / 1.035),
        ("2013-01-15", 1 / 1.035),
    ],
)
def test_a_dated_use_is_discounted_by_completed_years(trial, date, factor):
    # 2012 has 366 days: 31 December is day 365 < 365.25, 15 January is day 380.
    study = trial.study(**TWO_YEARS)
    tables = trial.value(trial.use(("p1", "nurse", 2.0, None, date)), study=study)
    assert tables["ledger"]["cost"].tolist() == pytest.approx([80 * factor], rel=1e-15)


def test_two_years_of_counts_discount_the_second(trial):
    study = trial.study(**TWO_YEARS)
    use = trial.use(("p1", "gp", 3.0, "year_1", None), ("p1", "gp", 5.0, "year_2", None))
    tables = trial.value(use, study=study)
    costs = tables["participant_costs"].query("perspective == 'health'")["cost"]
    assert costs.tolist() == pytest.approx([3 * 45, 5 * 45 / 1.035], abs=1e-8)


def test_continuous_discounting_of_a_moment_and_of_a_span(trial):
    study = trial.study(**TWO_YEARS)
    section = trial.section(discounting="continuous")
    use = trial.use(("p1", "nurse", 1.0, None, "2013-01-15"), ("p1", "gp", 1.0, "year_2", None))
    found = trial.value(use, study=study, section=section)["ledger"]["discount"]
    moment = 1.035 ** (-380 / 365.25)
    span = (1.035**-1 - 1.035**-2) / math.log(1.035)
    assert found.tolist() == pytest.approx([moment, span], rel=1e-14)


def test_continuous_discounting_of_a_stay(trial):
    stays = trial.stays(("p1", "2012-01-11", "2012-01-21"))
    section = trial.section(discounting="continuous")
    found = trial.value(stays=stays, section=section)["ledger"]["discount"].item()
    a, b = 10 / 365.25, 20 / 365.25
    assert found == pytest.approx((1.035**-a - 1.035**-b) / (math.log(1.035) * (b - a)), rel=1e-12)


def test_a_period_across_an_anniversary_is_divided_by_time(trial):
    study = trial.study(horizon_years=2.0, periods={"late": [0.5, 1.5]}, visits={"v": 1.5})
    ledger = _ledger(trial.value(trial.use(("p1", "gp", 8.0, "late", None)), study=study))
    assert ledger.loc[["r1/1", "r1/2"], "quantity"].tolist() == [4.0, 4.0]
    assert ledger["part"].tolist() == [1, 2]
    assert ledger["cost"].sum() == pytest.approx(4 * 45 * (1 + 1 / 1.035), rel=1e-14)


def test_a_period_beyond_the_horizon_is_cut_and_the_cut_counted(trial):
    study = trial.study(periods={"late": [0.5, 1.5]}, visits={"v": 1.5})
    tables = trial.value(trial.use(("p1", "gp", 8.0, "late", None)), study=study)
    assert tables["ledger"][["record_id", "quantity", "part"]].values.tolist() == [["r1", 4.0, 0]]
    assert tables["set_aside"][["reason", "quantity", "whole"]].values.tolist() == [
        ["after the horizon", 4.0, False]
    ]


def test_prices_are_inflated_not_totals(trial):
    prices = trial.prices(year="2010/11")
    tables = trial.value(
        trial.use(("p1", "gp", 2.0, "months_1_6", None)), prices=prices, index=trial.index
    )
    row = tables["prices"].set_index("item").loc["gp"]
    assert row["unit_cost_inflated"] == pytest.approx(45 * 287.3 / 276.7, rel=1e-15)
    assert row["lines"] == 1
    assert row["in_perspectives"] == "health;societal"
    assert tables["ledger"]["cost"].item() == 2.0 * 45.0 * (287.3 / 276.7) * 1.0


@pytest.mark.parametrize(
    ("plan", "unit_cost", "factor"),
    [
        ({"unit_costs": {"gp": 50.0}, "range_end": None}, 50.0, 1.0),
        ({"unit_costs": {"nurse": 50.0}, "range_end": None}, 45.0, 287.3 / 276.7),
        ({"unit_costs": {}, "range_end": "high"}, 60.0, 287.3 / 276.7),
        ({"unit_costs": {}, "range_end": "low"}, 45.0, 287.3 / 276.7),
    ],
)
def test_other_prices_value_every_record_anew(trial, plan, unit_cost, factor):
    # A price given is of the study's price year; the end of a range is of the year of its price.
    prices = trial.prices(year="2010/11")
    for column, end in {"unit_cost_lower": 45.0, "unit_cost_upper": 60.0}.items():
        prices[column] = prices["item"].map({"gp": end}).astype(float)
    use = trial.use(("p1", "gp", 2.0, "months_1_6", None))
    section = trial.section(other_prices=plan)
    tables = trial.value(use, prices=prices, index=trial.index, section=section)
    assert tables["ledger"]["cost"].item() == pytest.approx(2 * unit_cost * factor, rel=1e-14)


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        ("2012-02-28", "2012-03-01", 2),
        ("2012-02-29", "2012-03-01", 1),
        ("2012-01-01", "2012-12-31", 365),
    ],
)
def test_nights_in_a_leap_year(trial, start, end, nights):
    tables = trial.value(stays=trial.stays(("p1", start, end)))
    assert tables["ledger"]["quantity"].sum() == nights
    assert tables["ledger"]["cost"].sum() == nights * 300.0


def test_nights_in_a_common_year(trial):
    people = trial.people([("p1", "leave", "2013-01-01", None)])
    tables = trial.value(stays=trial.stays(("p1", "2013-02-28", "2013-03-01")), people=people)
    assert tables["ledger"]["quantity"].tolist() == [1.0]


def test_a_stay_across_periods_has_a_line_for_each(trial):
    tables = trial.value(stays=trial.stays(("p1", "2012-06-21", "2012-07-21")))
    # Half a year is 182.625 days: the first night of the second half is that of day 183, 2 July.
    found = tables["ledger"][["record_id", "period", "quantity", "part"]].values.tolist()
    assert found == [["s1/1", "months_1_6", 11.0, 1], ["s1/2", "months_7_12", 19.0, 2]]
    assert tables["ledger"]["date"].dt.strftime("%Y-%m-%d").tolist() == ["2012-06-21", "2012-07-02"]


def test_a_stay_across_an_anniversary_is_divided_where_discounting_changes(trial):
    study = trial.study(**{**TWO_YEARS, "periods": {"both": [0.0, 2.0]}, "visits": {"v": 2.0}})
    stays = trial.stays(("p1", "2012-12-27", "2013-01-06"))
    ledger = trial.value(stays=stays, study=study)["ledger"]
    assert ledger["quantity"].tolist() == [5.0, 5.0]
    assert ledger["discount"].tolist() == pytest.approx([1, 1 / 1.035], rel=1e-15)
    free = trial.value(stays=stays, study=study, section=trial.section(discount_rate=0.0))
    assert free["ledger"]["record_id"].tolist() == ["s1"]


def test_a_stay_past_the_horizon_is_cut_and_never_longer_than_it(trial):
    tables = trial.value(stays=trial.stays(("p1", "2012-01-01", "2013-03-01")))
    assert tables["ledger"]["quantity"].sum() == 365
    assert tables["set_aside"][["reason", "quantity", "whole"]].values.tolist() == [
        ["after the horizon", 60.0, False]
    ]


def test_an_open_stay_lasts_to_the_horizon_or_to_death_and_nothing_is_cut(trial):
    stays = trial.stays(("p1", "2012-12-01", None), ("p2", "2012-05-10", None))
    tables = trial.value(stays=stays)
    assert tables["ledger"]["quantity"].tolist() == [30.0, 10.0]
    assert tables["set_aside"].empty


def test_an_open_stay_that_starts_after_the_horizon_is_set_aside(trial):
    tables = trial.value(stays=trial.stays(("p1", "2013-02-01", None)))
    assert tables["ledger"].empty
    assert tables["set_aside"][["reason", "quantity", "whole"]].values.tolist() == [
        ["after the horizon", 0.0, True]
    ]


def test_death_in_mid_stay_ends_the_cost(trial):
    tables = trial.value(stays=trial.stays(("p2", "2012-05-10", "2012-06-10")))
    assert tables["ledger"]["quantity"].tolist() == [10.0]
    assert tables["set_aside"][["reason", "quantity", "whole"]].values.tolist() == [
        ["after death", 21.0, False]
    ]


def test_nights_before_the_index_date_belong_to_a_declared_baseline_period(trial):
    stays = trial.stays(("p1", "2011-06-01", "2012-01-11"))
    tables = trial.value(stays=stays)
    assert tables["ledger"][["period", "quantity"]].values.tolist() == [
        ["before", 182.0],
        ["months_1_6", 10.0],
    ]
    assert tables["set_aside"][["reason", "quantity"]].values.tolist() == [
        ["before the index date", 32.0]
    ]
    study = trial.study(periods={"months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]})
    tables = trial.value(stays=stays, study=study)
    assert tables["ledger"]["quantity"].tolist() == [10.0]
    assert tables["set_aside"]["quantity"].tolist() == [214.0]


def test_baseline_costs_are_not_discounted_and_keep_their_period(trial):
    use = trial.use(("p1", "gp", 1.0, "before", None), ("p1", "nurse", 1.0, None, "2011-12-01"))
    tables = trial.value(use)
    assert tables["ledger"]["discount"].tolist() == [1.0, 1.0]
    assert set(tables["participant_costs"]["period"]) == {"before"}


def test_a_stay_of_one_day_has_no_night(trial):
    tables = trial.value(stays=trial.stays(("p1", "2012-02-01", "2012-02-01")))
    assert tables["ledger"].empty
    assert tables["set_aside"][["reason", "quantity", "whole"]].values.tolist() == [
        ["a stay without a night", 0.0, True]
    ]


def test_use_after_death_or_outside_the_horizon_is_set_aside(trial):
    use = trial.use(
        ("p2", "nurse", 1.0, None, "2012-05-20"),
        ("p2", "nurse", 2.0, None, "2012-05-21"),
        ("p2", "gp", 3.0, "months_7_12", None),
        ("p1", "nurse", 4.0, None, "2013-01-01"),
        ("p1", "nurse", 5.0, None, "2010-01-01"),
    )
    tables = trial.value(use)
    assert tables["ledger"]["record_id"].tolist() == ["r1"]
    assert tables["set_aside"][["record_id", "reason", "quantity"]].values.tolist() == [
        ["r2", "after death", 2.0],
        ["r3", "after death", 3.0],
        ["r4", "after the horizon", 4.0],
        ["r5", "before the index date", 5.0],
    ]
    assert tables["set_aside"]["whole"].all()


def test_use_before_death_in_a_long_period_falls_before_death(trial):
    study = trial.study(horizon_years=2.0, periods={"all": [0.0, 2.0]}, visits={"v": 2.0})
    people = trial.people([("p1", "cto", "2012-01-01", "2012-10-01")])
    use = trial.use(("p1", "gp", 6.0, "all", None))
    ledger = trial.value(use, study=study, people=people)["ledger"]
    assert ledger[["record_id", "quantity", "discount"]].values.tolist() == [["r1/1", 6.0, 1.0]]


def test_a_bed_day_price_that_includes_contacts_excludes_them_on_those_days(trial):
    section = trial.section()
    section["items"]["bed_day"]["includes"] = ["nurse", "gp"]
    use = trial.use(
        ("p1", "nurse", 1.0, None, "2012-02-01"),
        ("p1", "nurse", 1.0, None, "2012-02-04"),
        ("p1", "nurse", 1.0, None, "2012-02-05"),
        ("p3", "nurse", 1.0, None, "2012-02-02"),
        ("p1", "gp", 7.0, "months_1_6", None),
    )
    stays = trial.stays(("p1", "2012-02-01", "2012-02-05"))
    tables = trial.value(use, stays, section=section)
    assert tables["set_aside"][["record_id", "reason"]].values.tolist() == [
        ["r1", "included in the price of bed_day"],
        ["r2", "included in the price of bed_day"],
    ]
    notes = tables["cost_notes"].set_index("subject")
    assert "counted by period: not excluded" in notes.loc["gp", "note"]
    assert notes.loc["gp", ["records", "quantity"]].tolist() == [1, 7.0]


@pytest.mark.parametrize(("win", "kept"), [(True, "nurse"), (False, "nurse_told")])
def test_records_win_over_interview_unless_told_otherwise(trial, win, kept):
    section = trial.section(records_win=win)
    section["items"]["nurse_told"] = {
        **{"category": "community", "payer": "nhs", "source": "interview"},
        "same_use_as": "nurse",
    }
    use = trial.use(
        ("p1", "nurse", 1.0, None, "2012-02-01"), ("p1", "nurse_told", 2.0, "months_1_6", None)
    )
    prices = trial.prices({"nurse": 40.0, "nurse_told": 40.0})
    tables = trial.value(use, section=section, prices=prices)
    assert tables["ledger"]["item"].tolist() == [kept]
    assert tables["set_aside"]["reason"].tolist() == [f"the same use is counted as {kept}"]


@pytest.mark.parametrize(("scaled", "quantity"), [(False, 3.0), (True, 6.0)])
def test_recall_is_scaled_to_the_period_only_when_a_setting_says_so(trial, scaled, quantity):
    section = trial.section()
    section["items"]["gp"].update(recall_years=0.25, scale_to_period=scaled)
    tables = trial.value(trial.use(("p1", "gp", 3.0, "months_1_6", None)), section=section)
    assert tables["ledger"]["quantity"].tolist() == [quantity]
    assert tables["cost_notes"].query("subject == 'gp'")["quantity"].tolist() == [0.25] * 3


def test_transfers_count_only_where_a_perspective_asks(trial):
    use = trial.use(("p1", "benefit", 2.0, "months_1_6", None))
    tables = trial.value(use)
    assert tables["participant_costs"].empty
    assert "in no perspective" in tables["cost_notes"]["note"].iloc[0]
    assert tables["perspectives"].query("item == 'benefit' and perspective == 'societal'")[
        "why"
    ].tolist() == ["transfer payment"]
    section = trial.section()
    section["perspectives"]["societal"]["transfers"] = True
    tables = trial.value(use, section=section)
    assert tables["participant_costs"][["perspective", "cost"]].values.tolist() == [
        ["societal", 200.0]
    ]


def test_an_interview_is_unobserved_when_missed_alive_and_observed_after_death(trial):
    visits = trial.visits(missed={("p1", "month_12"), ("p2", "month_12"), ("p2", "baseline")})
    found = trial.value(visits=visits)["cost_observed"].set_index(
        ["participant_id", "source_group", "period"]
    )["observed"]
    found = found.sort_index()
    assert found["p1", "interview"].tolist() == [True, True, False]
    assert found["p2", "interview"].tolist() == [False, True, True]
    assert found.xs("records", level="source_group").all()
    assert len(found) == 4 * 2 * 3


def test_given_amounts_are_their_own_price_and_observed_where_complete(trial):
    section = trial.section(
        items={
            name: {"category": "all", "payer": "nhs", "source": "given"} for name in ("in", "out")
        }
    )
    use = trial.use(
        ("p1", "in", 120.5, "months_1_6", None),
        ("p1", "out", 0.0, "months_1_6", None),
        ("p3", "in", 10.0, "months_1_6", None),
    )
    tables = trial.value(use, section=section, prices=trial.prices({"in": 1.0}).iloc[:0])
    assert tables["participant_costs"].query("perspective == 'health'")["cost"].tolist() == [
        120.5,
        10.0,
    ]
    assert set(tables["prices"]["status"]) == {"given"}
    found = tables["cost_observed"].set_index(["participant_id", "period"])["observed"]
    assert found["p1", "months_1_6"]
    assert not found["p3", "months_1_6"]
