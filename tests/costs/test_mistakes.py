"""Every mistake in prices, periods and records is a sentence, and all come at once."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.costs import check_prices, find_items_used
from trialbalance.costs.checking import find_use_at_stake
from trialbalance.costs.notes import period_notes


def _sentences(trial, use=None, stays=None, **changes):
    with pytest.raises(Problems) as caught:
        trial.value(use, stays, **changes)
    return [finding.sentence() for finding in caught.value.findings if finding.severity == "error"]


def test_an_item_without_a_price_is_named_with_the_place_of_its_use(trial):
    use = trial.use(("p1", "nurse", 1.0, None, "2012-02-01"), ("p1", "gp", 1.0, "months_1_6", None))
    assert _sentences(trial, use, prices=trial.prices({"nurse": 40.0})) == [
        "unit_costs.csv: found no price for item gp (used in resource_use.csv, row 3); "
        "allowed: one row for each item used; add a row."
    ]


def test_a_price_under_a_misspelt_name_is_suggested(trial):
    use = trial.use(("p1", "nurse", 1.0, None, "2012-02-01"))
    (sentence,) = _sentences(trial, use, prices=trial.prices({"nurze": 40.0}))
    assert "found no price for item nurse" in sentence
    assert "is nurze meant?" in sentence


def test_an_item_that_settings_do_not_have_is_named_with_the_nearest(trial):
    use = trial.use(
        ("p1", "nurs", 1.0, None, "2012-02-01"), ("p1", "nurs", 1.0, None, "2012-02-02")
    )
    assert _sentences(trial, use) == [
        "resource_use.csv, row 2, column item: found nurs; allowed: an item under costs.items "
        "(bed_day, nurse, gp, care_hour, benefit); write nurse; and 1 further row."
    ]


def test_duplicate_negative_and_blank_prices_come_all_at_once(trial):
    prices = pd.concat([trial.prices(), trial.prices().iloc[[0, 1]]], ignore_index=True)
    prices.loc[1, "unit_cost"] = -4.0
    prices.loc[2, "unit_cost"] = np.nan
    assert _sentences(trial, prices=prices) == [
        "unit_costs.csv, row 7, column item: found bed_day a second time (first in row 2); "
        "allowed: one price an item; delete one of the rows.",
        "unit_costs.csv, row 8, column item: found nurse a second time (first in row 3); "
        "allowed: one price an item; delete one of the rows.",
        "unit_costs.csv, row 3, column unit_cost: found -4.0; allowed: a number of 0 or more; "
        "correct it.",
        "unit_costs.csv, row 4, column unit_cost: found nothing; allowed: a number of 0 or more; "
        "write the price.",
    ]


def test_a_price_year_outside_the_index_gets_its_first_and_last_year(trial):
    prices = trial.prices()
    prices.loc[3, "price_year"] = "2031/32"
    assert _sentences(trial, prices=prices, index=trial.index) == [
        "unit_costs.csv, row 5, column price_year: found 2031/32; allowed: 2010/11 to 2012/13, "
        "the years of the price index; take a price of such a year or another index."
    ]


def test_a_study_price_year_outside_the_index_is_refused(trial):
    (sentence,) = _sentences(trial, index=trial.index, section=trial.section(price_year="2024/25"))
    assert "costs.price_year: found 2024/25; allowed: 2010/11 to 2012/13" in sentence


def test_without_an_index_every_price_is_of_the_price_year(trial):
    prices = trial.prices()
    prices.loc[0, "price_year"] = "2010/11"
    prices.loc[1, "price_year"] = None
    first, second = _sentences(trial, prices=prices)
    assert "row 2, column price_year: found 2010/11; allowed: 2012/13, because no" in first
    assert "row 3, column price_year: found nothing" in second


def test_another_currency_is_refused(trial):
    (sentence, *_) = _sentences(trial, prices=trial.prices().assign(currency="EUR"))
    assert sentence.startswith("unit_costs.csv, row 2, column currency: found EUR; allowed: GBP")


def test_unused_items_without_a_price_are_only_noted(trial):
    findings = check_prices(
        trial.prices({"nurse": 40.0}), None, ["nurse"], trial.section(), "unit_costs.csv"
    )
    assert {finding.severity for finding in findings} == {"note"}
    assert len(findings) == 4


def test_items_used_are_found_with_their_first_row(trial):
    use = trial.use(("p1", "nurse", 1.0, None, None), ("p1", "gp", 1.0, None, None))
    stays = trial.stays(("p1", "2012-01-01", "2012-01-02"), ("p1", "2012-02-01", None))
    stays.loc[0, "type"] = "legal_status"
    assert find_items_used(use, stays, trial.files) == {
        "nurse": ("resource_use.csv", 2, 1),
        "gp": ("resource_use.csv", 3, 1),
        "bed_day": ("episodes.csv", 3, 1),
    }


def test_records_of_nobody_and_of_no_time_come_with_their_rows(trial):
    use = trial.use(
        ("p1", "gp", 1.0, "months_1_6", None),
        ("p9", "gp", 1.0, "months_1_6", None),
        ("p1", "gp", 1.0, "month_7", None),
        ("p1", "gp", 1.0, "month_8", None),
        ("p1", "gp", 1.0, None, None),
        ("p1", "gp", 1.0, "months_1_6", "2012-01-05"),
    )
    assert _sentences(trial, use) == [
        "resource_use.csv, row 3, column participant_id: found p9; allowed: one of participants; "
        "correct it.",
        "resource_use.csv, row 4, column period: found month_7; allowed: before, months_1_6, "
        "months_7_12; correct it; and 1 further row.",
        "resource_use.csv, row 6, column period: found neither a period nor a date, or both; "
        "allowed: either a period or a date; correct it; and 1 further row.",
    ]


def test_overlapping_stays_are_refused_and_touching_ones_are_not(trial):
    stays = trial.stays(
        ("p1", "2012-02-01", "2012-03-01"),
        ("p1", "2012-03-01", "2012-04-01"),
        ("p1", "2012-03-30", "2012-04-05"),
    )
    assert _sentences(trial, stays=stays) == [
        "episodes.csv, row 4, column start_date: found 2012-03-30; allowed: no day of the stay s2 "
        "of the same participant; correct the dates: a bed is paid once."
    ]
    assert trial.value(stays=stays.iloc[:2])["ledger"]["quantity"].sum() == 60


def test_a_stay_within_a_longer_earlier_one_is_found(trial):
    stays = trial.stays(
        ("p1", "2012-02-01", "2012-06-01"),
        ("p1", "2012-02-10", "2012-02-12"),
        ("p1", "2012-05-01", "2012-05-03"),
    )
    sentences = _sentences(trial, stays=stays)
    assert ["row 3" in sentences[0], "row 4" in sentences[1]] == [True, True]


def test_stays_of_nobody_backwards_or_under_a_used_record_are_refused(trial):
    stays = trial.stays(("p9", "2012-02-01", "2012-03-01"), ("p1", "2012-03-01", "2012-02-01"))
    stays.loc[1, "record_id"] = "r1"
    sentences = _sentences(trial, trial.use(("p1", "gp", 1.0, "months_1_6", None)), stays)
    assert sentences[0].startswith("episodes.csv, row 2, column participant_id: found p9")
    assert "episodes.csv, row 3, column end_date: found 2012-02-01; allowed: the start date" in (
        " ".join(sentences)
    )
    assert any("column record_id: found r1" in sentence for sentence in sentences)


def test_legal_status_is_never_priced_and_may_overlap_a_stay(trial):
    stays = trial.stays(("p1", "2012-02-01", "2012-03-01"), ("p1", "2012-02-01", "2012-03-01"))
    stays.loc[1, ["type", "item"]] = ["legal_status", "detained"]
    assert trial.value(stays=stays)["ledger"]["quantity"].tolist() == [29.0]


def test_periods_across_the_index_date_or_without_a_visit_are_refused(trial):
    study = trial.study(periods={"odd": [-0.25, 0.5], "late": [0.5, 0.75], "back": [1.0, 0.8]})
    sentences = _sentences(trial, study=study)
    assert len(sentences) == 4
    assert "study.periods.odd: found -0.25 to 0.5; allowed: before the index date" in sentences[0]
    assert "study.periods.back: found 1.0 to 0.8; allowed: an end after its start" in sentences[1]
    assert "costs.interviews.late: found no visit at the end of the period" in sentences[2]
    named = trial.study(periods={"late": [0.5, 0.75]})
    section = trial.section(interviews={"late": "month_12"})
    assert trial.value(study=named, section=section)["ledger"].empty


def test_interviews_with_unknown_period_or_visit_are_refused(trial):
    sentences = _sentences(trial, section=trial.section(interviews={"months_1_7": "month_7"}))
    assert "found period months_1_7; allowed: before, months_1_6, months_7_12" in sentences[0]
    assert "found visit month_7; allowed: baseline, month_6, month_12" in sentences[1]


def test_gaps_and_overlaps_of_periods_are_noted(trial):
    notes = period_notes({"periods": {"a": [0.0, 0.5], "b": [0.25, 0.75]}, "horizon_years": 1.0})
    assert [(note[1].split(":")[0], note[3]) for note in notes] == [
        ("two periods from 0.25 to 0.5 years", 0.25),
        ("no period from 0.75 to 1 years", 0.25),
    ]


def test_answers_without_a_visit_are_costed_and_noted(trial):
    tables = trial.value(
        trial.use(("p1", "gp", 2.0, "months_1_6", None)),
        visits=trial.visits(missed={("p1", "month_6")}),
    )
    note = tables["cost_notes"].query("subject == 'months_1_6'")
    assert note[["records", "quantity"]].to_numpy().tolist() == [[1, 2.0]]
    assert len(tables["ledger"]) == 1


def test_a_range_of_a_price_has_two_ends_around_it(trial):
    prices = trial.prices().assign(unit_cost_lower=np.nan, unit_cost_upper=np.nan)
    own = prices["unit_cost"].astype(float)
    prices.loc[0, ["unit_cost_lower", "unit_cost_upper"]] = own[0] - 1, own[0] + 1
    assert trial.value(prices=prices)["prices"]["unit_cost_upper"][0] == own[0] + 1
    prices.loc[1, "unit_cost_lower"] = own[1] + 1
    prices.loc[2, ["unit_cost_lower", "unit_cost_upper"]] = 0.0, own[2] - 1
    remedy = "or neither end; write both ends of the range, around the price."
    assert _sentences(trial, prices=prices) == [
        f"unit_costs.csv, row 3, column unit_cost_lower: found {own[1] + 1:g}; allowed: a number "
        f"from 0 up to the unit cost, {own[1]:g}, {remedy}",
        f"unit_costs.csv, row 4, column unit_cost_upper: found {own[2] - 1:g}; allowed: a number "
        f"of at least the unit cost, {own[2]:g}, {remedy}",
    ]


def test_an_item_without_a_price_comes_with_the_quantity_at_stake(trial):
    use = trial.use(("p1", "gp", 2.0, "months_1_6", None), ("p1", "gp", 1.5, "months_7_12", None))
    stays = trial.stays(("p1", "2012-01-01", "2012-01-11"))
    with pytest.raises(Problems) as caught:
        trial.value(use, stays, prices=trial.prices({"nurse": 40.0}))
    run = [one.found for one in caught.value.findings if "without a price" in one.found]
    assert run == [
        "10 of bed_day, used by 1 participant, without a price",
        "3.5 of gp, used by 1 participant, without a price",
    ]
    assert find_use_at_stake(use, stays) == {"gp": (3.5, 1), "bed_day": (10.0, 1)}


def test_a_published_price_without_a_source_is_noted(trial):
    prices = trial.prices({"nurse": 40.0}).assign(status="published", source=None)
    notes = check_prices(prices, None, [], trial.section(), "unit_costs.csv")
    assert [one.row for one in notes if one.found == "nothing for a published price"] == [2]


def test_what_the_register_says_of_a_price_stands_beside_it(trial):
    prices = trial.prices().assign(edition="2025", page="p. 12", licence="OGL 3.0")
    table = trial.value(trial.use(("p1", "nurse", 1.0, None, "2012-02-01")), prices=prices)[
        "prices"
    ]
    row = table.set_index("item").loc["nurse"]
    assert row[["edition", "page", "licence"]].to_list() == ["2025", "p. 12", "OGL 3.0"]
