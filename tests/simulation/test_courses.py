"""Simulators of orders, cohorts and groups: exact counts, sound records, one seed one result."""

import functools

import numpy as np
import pandas as pd
import pytest
from trialbalance import house
from trialbalance.contracts import Problems, write
from trialbalance.data import check_records
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import stage_settings
from trialbalance.settings.yamlfile import read_yaml
from trialbalance.simulation import SIMULATORS, simulate

STUDIES = ["octet_followup", "ultima", "heroin_withdrawal", "ontario_cto"]
RAW = ("participants", "visits", "responses", "resource_use", "episodes", "legal_events")


@functools.cache
def settings(name):
    study = load_study(house.studies() / name / "study.yaml")
    return stage_settings(study, "base", "data")


@functools.cache
def drawn(name, seed):
    chosen = settings(name)
    parameters, _ = read_yaml(house.studies() / name / "simulator.yaml")
    return simulate(chosen["data"]["simulator"]["kind"], parameters, chosen["study"], seed)


@pytest.mark.parametrize("name", STUDIES)
def test_the_same_seed_gives_the_same_records_and_another_others(name):
    again = drawn.__wrapped__(name, 1)
    for table in RAW:
        pd.testing.assert_frame_equal(drawn(name, 1)[table], again[table])
    ages = [drawn(name, seed)["participants"]["age"].tolist() for seed in (1, 2)]
    assert ages[0] != ages[1]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", STUDIES)
def test_records_pass_every_check_that_real_ones_must_pass(name, seed, tmp_path):
    tables, chosen = drawn(name, seed), settings(name)
    paths = {}
    for table in RAW:
        paths[table] = tmp_path / f"{table}.csv"
        write(tables[table], paths[table], table, True, {})
    _, findings = check_records(paths, chosen["study"], chosen["data"])
    assert [one.sentence() for one in findings if one.severity == "error"] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_third_are_lost_and_nobody_is_on_probation(seed):
    tables = drawn("heroin_withdrawal", seed)
    assert tables["participants"]["arm"].value_counts().to_dict() == {
        "prison": 24,
        "inpatient": 24,
        "outpatient": 24,
    }
    came = tables["visits"].query("status == 'attended'")["visit"].value_counts()
    assert came.to_dict() == {"entry": 72, "month_6": 48}
    asked = tables["responses"].query("instrument == 'abstinence'")["visit"].unique()
    assert asked.tolist() == ["month_6"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_leverage_is_reported_by_exact_numbers_and_always_has_a_form(seed):
    people = drawn("ultima", seed)["participants"]
    forms = [column for column in people if column.startswith("leverage_")]
    assert people.groupby("arm")["any_leverage"].sum().to_dict() == {
        "substance_misuse": 66,
        "psychosis_a": 34,
        "psychosis_b": 31,
        "non_psychosis": 16,
    }
    assert people["leverage_housing"].sum() == 100
    assert (people[forms].any(axis=1) == people["any_leverage"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_orders_recalls_and_revocations_are_exact(seed):
    tables = drawn("octet_followup", seed)
    times = tables["legal_events"].groupby("event")["participant_id"].value_counts()
    assert times["order_made"].count() == 198
    assert times["recalled"].count() == 79
    assert (times["recalled"] > 1).sum() == 38
    assert times["recalled"].sum() == 129
    assert times["order_revoked"].sum() == 88


def days_of(tables, column, table):
    people = tables["participants"].set_index("participant_id")["randomisation_date"]
    frame = tables[table]
    return (frame[column] - frame["participant_id"].map(people)).dt.days


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nineteen_lose_touch_and_everyone_else_is_seen_at_the_end(seed):
    tables = drawn("octet_followup", seed)
    contacts = tables["resource_use"].query("item == 'clinical_contact'")
    last = (
        days_of({**tables, "use": contacts}, "date", "use")
        .groupby(contacts["participant_id"])
        .max()
    )
    beds = tables["episodes"].query("type == 'occupancy'")
    end = days_of({**tables, "beds": beds}, "end_date", "beds").fillna(1095)
    last = pd.concat([last, end.groupby(beds["participant_id"]).max()], axis=1).max(axis=1)
    alive = tables["participants"].query("death_date.isna() and follow_up")["participant_id"]
    assert (1095 - last[alive] >= 90).sum() == 19


@pytest.mark.parametrize("name", ["octet_followup", "ontario_cto"])
def test_nobody_is_in_hospital_or_under_an_event_after_follow_up(name):
    tables, chosen = drawn(name, 1), settings(name)
    horizon = int(chosen["study"]["horizon_years"] * 365.25)
    assert days_of(tables, "date", "legal_events").max() < horizon
    assert days_of(tables, "start_date", "episodes").max() < horizon


def test_severity_goes_with_orders_but_not_with_nothing_else():
    tables = drawn("ontario_cto", 1)
    stays = tables["episodes"].query("type == 'occupancy'")
    before = days_of({**tables, "stays": stays}, "start_date", "stays") < 0
    number = stays[before.to_numpy()]["participant_id"].value_counts()
    people = tables["participants"].set_index("participant_id")
    mean = number.reindex(people.index).fillna(0).groupby(people["arm"]).mean()
    assert mean["order_made"] > mean["no_order"]


@pytest.mark.parametrize("kind", [kind for kind in SIMULATORS if kind != "inpatient_trial"])
def test_a_parameter_without_a_source_is_refused(kind):
    with pytest.raises(Problems, match="rate"):
        simulate(kind, {"rate": {"value": 1}}, {}, 1)


def test_a_design_that_cannot_be_met_is_refused():
    chosen = settings("heroin_withdrawal")
    parameters, _ = read_yaml(house.studies() / "heroin_withdrawal" / "simulator.yaml")
    parameters["attended"]["value"]["month_6"]["prison"] = 25
    with pytest.raises(Problems, match="25 to choose in arm prison among 24"):
        simulate("groups", parameters, chosen["study"], 1)


def test_order_of_severity_between_the_settings_shows_in_the_answers():
    tables = drawn("heroin_withdrawal", 1)
    answers = tables["responses"].query("instrument == 'self_efficacy' and visit == 'entry'")
    arm = answers["participant_id"].map(tables["participants"].set_index("participant_id")["arm"])
    level = answers["level"].astype(float)
    means = level.groupby(arm.to_numpy()).mean()
    assert np.isfinite(means).all()
    assert means["inpatient"] > means["prison"]
