"""What must hold whatever the trial: nothing lost, nothing counted twice, no order that moves."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trialbalance.costs import write_resources

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERSON = st.sampled_from(["p1", "p2", "p3", "p4"])
ITEM = st.sampled_from(["nurse", "gp", "care_hour", "benefit"])
QUANTITY = st.floats(0, 500, allow_nan=False).map(lambda value: round(value, 3))
DAY = st.dates(date(2010, 6, 1), date(2014, 6, 1))
WHEN = st.one_of(
    st.tuples(st.sampled_from(["before", "months_1_6", "months_7_12"]), st.none()),
    st.tuples(st.none(), DAY),
)
USE = st.lists(st.tuples(PERSON, ITEM, QUANTITY, WHEN), max_size=30)
GAPS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 300)), max_size=4)


def _tables(trial, use, gaps, **changes):
    frame = trial.use(*((person, item, q, *when) for person, item, q, when in use))
    return trial.value(frame, _stays(trial, gaps), **changes), frame


def _stays(trial, gaps):
    rows = []
    for person in ("p1", "p2"):
        day = date(2011, 3, 1)
        for gap, nights in gaps:
            start = day + timedelta(gap)
            day = start + timedelta(nights)
            rows.append((person, start, day))
    return trial.stays(*rows)


@QUICK
@given(USE, GAPS, st.sampled_from(["yearly", "continuous"]), st.sampled_from([0.7, 1.0, 2.0]))
def test_records_in_equal_ledger_and_set_aside(trial, use, gaps, discounting, horizon):
    study = trial.study(horizon_years=horizon)
    tables, frame = _tables(
        trial, use, gaps, study=study, section=trial.section(discounting=discounting)
    )
    stays = _stays(trial, gaps)
    ledger, aside = tables["ledger"], tables["set_aside"]
    assert len(frame) + len(stays) == (ledger["part"] <= 1).sum() + aside["whole"].sum()
    assert ledger["record_id"].is_unique
    nights = (stays["end_date"] - stays["start_date"]).dt.days.sum()
    recorded = frame["quantity"].sum() + nights
    counted = (ledger["quantity"] / ledger["scale"]).sum() + aside["quantity"].sum()
    assert counted == pytest.approx(recorded, abs=1e-6)


@QUICK
@given(USE, GAPS)
def test_participants_add_up_to_the_ledger_in_every_perspective(trial, use, gaps):
    tables, _ = _tables(trial, use, gaps)
    matrix = tables["perspectives"].query("counted")
    total = tables["participant_costs"].groupby("perspective")["cost"].sum()
    for perspective, items in matrix.groupby("perspective")["item"]:
        lines = tables["ledger"][tables["ledger"]["item"].isin(items)]
        assert total.get(perspective, 0.0) == pytest.approx(lines["cost"].sum(), abs=0.005)
    parts = total.get("health", 0.0) + total.get("family", 0.0)
    assert total.get("societal", 0.0) == pytest.approx(parts, abs=0.005)


@QUICK
@given(USE, GAPS)
def test_cost_is_the_product_of_its_columns_exactly(trial, use, gaps):
    ledger = _tables(trial, use, gaps)[0]["ledger"]
    product = ledger["quantity"] * ledger["unit_cost"] * ledger["inflation"] * ledger["discount"]
    assert (ledger["cost"] == product).all()


@QUICK
@given(USE, GAPS, st.sampled_from([0.0, 0.5, 2.0]))
def test_prices_scale_costs(trial, use, gaps, factor):
    plain = _tables(trial, use, gaps)[0]["ledger"]["cost"]
    prices = trial.prices()
    prices["unit_cost"] *= factor
    scaled = _tables(trial, use, gaps, prices=prices)[0]["ledger"]["cost"]
    assert np.array_equal(scaled, plain * factor)


@QUICK
@given(USE, GAPS)
def test_the_order_of_arms_and_of_people_changes_no_amount(trial, use, gaps):
    tables, _ = _tables(trial, use, gaps)
    turned, _ = _tables(trial, use, gaps, people=trial.people().iloc[::-1])
    pd.testing.assert_frame_equal(tables["ledger"], turned["ledger"])
    key = ["participant_id", "period", "perspective", "source_group", "category"]
    both = [frame["participant_costs"].sort_values(key) for frame in (tables, turned)]
    assert both[0]["cost"].tolist() == both[1]["cost"].tolist()


def _large(trial, people=20_000, records=60_000):
    draw = np.random.default_rng(3)
    rows = [(f"q{n}", "cto", "2012-01-01", None) for n in draw.permutation(people)]
    frame = trial.people(rows)
    use = pd.DataFrame(
        {
            "record_id": [f"r{n}" for n in draw.permutation(records)],
            "participant_id": [f"q{n}" for n in draw.integers(0, people, records)],
            "item": draw.choice(["nurse", "gp", "care_hour"], records),
            "quantity": draw.gamma(2, 3, records),
            "period": draw.choice(["before", "months_1_6", "months_7_12"], records),
            "date": pd.NaT,
        }
    )
    return frame, use


def test_one_thread_and_two_give_the_same_tables_in_the_order_of_the_records(trial):
    people, use = _large(trial)
    one, two = (trial.value(use, people=people, threads=n) for n in (1, 2))
    for name, frame in one.items():
        pd.testing.assert_frame_equal(frame, two[name], check_exact=True)
    assert one["ledger"]["record_id"].tolist() == use["record_id"].tolist()
    order = {person: place for place, person in enumerate(people["participant_id"])}
    places = one["participant_costs"]["participant_id"].map(order)
    assert places.is_monotonic_increasing


def test_parts_of_a_record_follow_each_other_on_any_number_of_threads(trial):
    people, use = _large(trial, people=500, records=5_000)
    use["period"] = "all"
    study = trial.study(horizon_years=3.0, periods={"all": [0.5, 3.0]}, visits={"v": 3.0})
    expected = [f"{record}/{part}" for record in use["record_id"] for part in (1, 2, 3)]
    for threads in (1, 2):
        tables = trial.value(use, people=people, study=study, threads=threads)
        assert tables["ledger"]["record_id"].tolist() == expected


def test_few_records_of_many_people_keep_the_order_of_the_records(trial):
    people, use = _large(trial, people=5_000, records=40)
    assert trial.value(use, people=people)["ledger"]["record_id"].tolist() == list(use["record_id"])


def test_parquet_files_give_the_same_tables_as_data_frames(trial, tmp_path):
    people, use = _large(trial, people=300, records=2_000)
    stays = trial.stays(("q1", "2011-12-01", "2012-07-30"), ("q2", "2012-05-01", None))
    visits = trial.visits(people=[("q1",), ("q2",)])
    expected = trial.value(use, stays, people=people, visits=visits)
    given_paths = {}
    for name, frame in (("use", use), ("stays", stays), ("people", people), ("visits", visits)):
        given_paths[name] = tmp_path / f"{name}.parquet"
        frame.to_parquet(given_paths[name])
    paths = {
        name: tmp_path / f"{name}_out.parquet"
        for name in ("ledger", "participant_costs", "item_costs", "cost_observed", "set_aside")
    }
    made = write_resources(
        *given_paths.values(),
        trial.prices(),
        None,
        trial.study(),
        trial.section(),
        paths,
        synthetic=True,
    )
    for name, path in paths.items():
        found = pd.read_parquet(path)
        assert found.pop("synthetic").all()
        if "date" in found:
            found["date"] = pd.to_datetime(found["date"]).astype("datetime64[ns]")
        assert made["rows"][name] == len(found) == len(expected[name])
        pd.testing.assert_frame_equal(found, expected[name], check_dtype=False, check_exact=True)
    for name in ("prices", "perspectives", "cost_notes"):
        pd.testing.assert_frame_equal(made[name], expected[name])
