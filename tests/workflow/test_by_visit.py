"""A study modelled visit by visit whose follow-up ends by the calendar, from records to report."""

import pandas as pd
import pytest

END = "2023-06-30"


@pytest.fixture(scope="module")
def run(tmp_path_factory, house_with):
    """Return a finished run in which the last visits of late recruits lie after the end."""
    made = house_with(tmp_path_factory.mktemp("calendar") / "house")
    made.change(data={"follow_up_end": END}, model={"cells": "by_visit"})
    data = made.study / "data"
    visits = pd.read_csv(data / "visits.csv", dtype=str)
    late = visits["date"] > END
    assert late.sum() > 10
    gone = pd.MultiIndex.from_frame(visits.loc[late, ["participant_id", "visit"]])
    visits.loc[late, ["date", "status"]] = [None, "missed"]
    answers = pd.read_csv(data / "responses.csv", dtype=str)
    kept = ~pd.MultiIndex.from_frame(answers[["participant_id", "visit"]]).isin(gone)
    answers[kept].to_csv(data / "responses.csv", index=False)
    # A death after the end would not be known.
    people = pd.read_csv(data / "participants.csv", dtype=str)
    people.loc[people["death_date"] > END, "death_date"] = None
    people.to_csv(data / "participants.csv", index=False)
    unknown = people.loc[people["death_date"].isna(), "participant_id"]
    visits.loc[(visits["status"] == "dead") & visits["participant_id"].isin(unknown), "status"] = (
        "missed"
    )
    visits.to_csv(data / "visits.csv", index=False)
    answer = made.command()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return made


def table(run, name):
    return pd.read_csv(run.folder / "results/my_trial/base" / name)


def test_the_report_is_there_and_the_books_balance(run):
    root = run.folder / "results" / "my_trial"
    assert (root / "report" / "report.html").stat().st_size > 10_000
    balance = pd.read_csv(root / "audit" / "trial_balance.csv")
    assert (balance["difference"].abs() < 0.005).all()


def test_calendar_and_dropout_are_counted_apart(run):
    rows = table(run, "40_dataset/qaly_health_care_follow_up.csv")
    last = rows[(rows["kind"] == "measure") & (rows["moment"] == "month_12")]
    counts = last["status"].value_counts()
    assert counts["not_reached"] > 10
    assert counts["missed"] > 0
    missing = table(run, "40_dataset/qaly_health_care_missingness.csv")
    told = missing[(missing["kind"] == "measure") & (missing["moment"] == "month_12")]
    assert told["not_reached"].sum() == counts["not_reached"]
    assert told["expected"].sum() == counts["observed"] + counts["missed"]


def test_records_stop_at_the_end_of_follow_up(run):
    flags = table(run, "20_costs/cost_observed.csv")
    records = flags[flags["source_group"] == "records"]
    assert records[records["period"] == "months_1_6"]["observed"].all()
    assert not records[records["period"] == "months_7_12"]["observed"].all()


def test_visits_periods_and_weights_have_their_tables(run):
    means = table(run, "50_model/qaly_health_care/visit_means.csv")
    assert set(means["kind"]) == {"measure", "cost"}
    baseline = means[means["moment"] == "baseline"]["mean"]
    assert baseline.max() == baseline.min()
    censored = table(run, "50_model/qaly_health_care/censored_means.csv")
    assert set(censored["method"]) == {"weighted", "complete_case"}
    assert (censored["not_reached"] > 0).any()
    arms = table(run, "60_decision/qaly_health_care/arms.csv")
    assert len(arms) == 2
