"""Observed, dead, not reached, missed: what became of each visit and period."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.dataset import build_dataset


@pytest.fixture
def ended(tables):
    """Return tables whose p3 and p5 were followed to the end of July 2010 only; p4 died in June."""
    tables["participants"] = tables["participants"].assign(
        death_date=pd.to_datetime([None, None, None, "2010-06-01", None, None]),
        follow_up_end=pd.to_datetime([None, None, "2010-07-31", None, "2010-07-31", None]),
    )
    last = tables["cost_observed"]["period"] == "months_7_12"
    late = tables["cost_observed"]["participant_id"].isin(["p3", "p5"])
    tables["cost_observed"].loc[last & late, "observed"] = False
    own = (tables["measures"]["participant_id"] == "p5") & (
        tables["measures"]["visit"] == "month_12"
    )
    tables["measures"].loc[own, "value"] = np.nan
    return tables


def status(tables, **where):
    rows = build_dataset(**tables)["follow_up"]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.set_index(["participant_id", "moment"])["status"]


def test_what_became_of_visits(ended):
    found = status(ended, kind="measure")
    assert found["p1"].to_list() == ["observed", "observed"]
    assert found["p3"].to_list() == ["observed", "not_reached"]
    assert found["p4"].to_list() == ["observed", "dead"]
    assert found["p5"].to_list() == ["missed", "not_reached"]


def test_what_became_of_periods(ended):
    found = status(ended, kind="cost", name="interview")
    assert found["p2", "months_7_12"] == "missed"
    assert found["p3", "months_7_12"] == "not_reached"
    assert found["p4"].to_list() == ["observed", "dead"]
    assert "before" not in found.index.get_level_values("moment")


def test_time_that_no_period_covers_keeps_its_cost(ended):
    rows = build_dataset(**ended)["follow_up"]
    outside = rows[(rows["moment"] == "outside_periods") & (rows["name"] == "records")]
    assert outside.set_index("participant_id")["value"].loc[["p1", "p2"]].to_list() == [2, 2]
    assert outside.set_index("participant_id")["status"].loc["p3"] == "not_reached"


def test_costs_by_period_add_up_to_the_dataset(ended):
    tables = build_dataset(**ended)
    sums = tables["follow_up"].query("kind == 'cost'").groupby("participant_id")["value"]
    whole = sums.sum(min_count=1).where(sums.count() == sums.size())
    cost = tables["dataset"].set_index("participant_id")["cost"]
    pd.testing.assert_series_equal(whole, cost, check_names=False)


def test_calendar_is_told_from_dropout_in_the_counts(ended):
    keys = ["kind", "name", "moment", "arm"]
    table = build_dataset(**ended)["missingness"].set_index(keys).sort_index()
    row = table.loc[("measure", "utility", "month_12", "order")]
    assert row[["expected", "observed", "not_reached"]].to_list() == [1, 1, 2]
    row = table.loc[("cost_group", "interview", "months_7_12", "leave")]
    assert row[["expected", "observed", "not_reached"]].to_list() == [2, 1, 0]
    total = table.loc[("effect", "effect", "total", "order")]
    assert total[["expected", "observed", "not_reached"]].to_list() == [3, 1, 2]


def test_vital_status_after_the_end_of_follow_up_is_unknown(ended):
    died = build_dataset(**ended)["dataset"].set_index("participant_id")["died"]
    assert died["p3"] is pd.NA and died["p5"] is pd.NA
    assert died["p4"] and not died["p1"]
