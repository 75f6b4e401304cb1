"""Unanswered is not zero: asked, not asked, zero by rule and answered are four things."""

import pandas as pd
import pytest
from trialbalance.costs import value_resources


@pytest.fixture
def valued(trial):
    def run(rows, missed=(), **section):
        columns = ["record_id", "participant_id", "item", "quantity", "period", "date"]
        use = pd.DataFrame(rows, columns=columns)
        return value_resources(
            use, None, trial.people(), trial.visits(missed), trial.prices(), None,
            trial.study(), trial.section(**section),
        )  # fmt: skip

    return run


def observed(tables, person, group, period):
    flags = tables["cost_observed"].set_index(["participant_id", "source_group", "period"])
    return bool(flags.loc[(person, group, period), "observed"])


ANSWERED = ("u1", "p1", "gp", 3.0, "months_1_6", None)
OPEN = ("u2", "p4", "gp", None, "months_1_6", None)


def test_a_blank_quantity_leaves_its_source_and_period_unobserved(valued):
    tables = valued([ANSWERED, OPEN])
    assert observed(tables, "p1", "interview", "months_1_6")
    assert not observed(tables, "p4", "interview", "months_1_6")
    assert observed(tables, "p4", "interview", "months_7_12")
    assert observed(tables, "p4", "records", "months_1_6")
    aside = tables["set_aside"].set_index("record_id").loc["u2"]
    assert (aside["reason"], bool(aside["whole"])) == ("asked, not answered", True)


def test_a_dated_blank_of_the_records_opens_the_period_of_its_date(valued):
    tables = valued([("u1", "p1", "nurse", None, None, pd.Timestamp("2012-09-01"))])
    assert observed(tables, "p1", "records", "months_1_6")
    assert not observed(tables, "p1", "records", "months_7_12")


def test_no_row_is_zero_by_default_and_open_where_the_rule_does_not_say_so(valued):
    assert observed(valued([ANSWERED]), "p4", "interview", "months_1_6")
    strict = valued([ANSWERED], zero_rule=["records"])
    assert not observed(strict, "p4", "interview", "months_1_6")
    named = valued([ANSWERED], zero_rule=["records", "gp"])
    assert observed(named, "p4", "interview", "months_1_6")


def test_the_four_states_of_an_item_add_up_to_the_living(valued):
    table = valued([ANSWERED, OPEN], missed=[("p3", "month_6")])["item_answers"]
    row = table[(table["item"] == "gp") & (table["period"] == "months_1_6")].iloc[0]
    states = ["answered", "zero_by_rule", "not_answered", "not_asked"]
    assert row[states].tolist() == [1, 1, 1, 1]
    assert (table[states].sum(axis=1) == table["participants"]).all()
