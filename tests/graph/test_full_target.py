"""Target full: the tables it adds, at each door."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import full_report_inputs
from trialbalance.graph.target_files import full_reports, full_targets
from trialbalance.settings.load import load_studies
from trialbalance.settings.resolve import contrast_settings, cross_check_settings

DOORS = Path(__file__).parent.parent / "doors"
# What rule cross_check reads where a study has it.
CROSS_CHECKED = (
    *("arm_means", "dataset"),
    *("ladder_draws", "measures", "outcome_weights", "follow_up"),
)


def study_at(door):
    return load_studies({"studies": [f"{door}/study.yaml"]}, DOORS)[door]


@pytest.mark.parametrize("door", ["scored", "totals"])
def test_every_analysis_gets_its_checks(door):
    study = study_at(door)
    found = full_targets(study)
    for analysis in study.analyses():
        folder = f"<results>/{door}/base/50_model/{analysis}"
        for table in ("ladder", "crosscheck", "prior_sensitivity"):
            assert f"{folder}/{table}.csv" in found
    assert len(found) == 3 * len(study.analyses())


def test_an_analysis_of_visits_gets_the_checks_of_one_of_totals():
    study = study_at("scored")
    name = study.analyses()[0]
    scenario = study.scenarios["base"]
    changed = {**scenario, "model": {**scenario["model"], "cells": "by_visit"}}
    by_visit = replace(study, scenarios={**study.scenarios, "base": changed})
    folder = f"<results>/scored/base/50_model/{name}"
    found = full_targets(by_visit)
    for table in ("ladder", "crosscheck", "prior_sensitivity"):
        assert f"{folder}/{table}.csv" in found
    assert set(found) <= set(full_report_inputs(Place(by_visit)).values())
    needed = paths.wanted(paths.Place(by_visit, analysis=name), *CROSS_CHECKED)
    drawn = {"arm_means", "ladder_draws"}
    assert set(needed) == drawn | {"dataset", "follow_up", "measures", "outcome_weights"}


def test_totals_handed_over_are_cross_checked_as_totals():
    study = study_at("totals")
    needed = paths.wanted(paths.Place(study, analysis=study.analyses()[0]), *CROSS_CHECKED)
    assert set(needed) == {"arm_means", "dataset", "follow_up", "ladder_draws"}
    assert cross_check_settings(study, "base", study.analyses()[0])["areas"] == {}


def test_the_cross_check_reads_how_visits_make_an_outcome():
    study = study_at("scored")
    areas = cross_check_settings(study, "base", study.analyses()[0])["areas"]
    assert set(areas) == {"discount_rate", "discounting", "death"}


def test_draws_handed_over_have_no_model_to_check():
    assert full_targets(study_at("draws")) == []
    assert full_reports(study_at("draws")) == []


@pytest.mark.parametrize("door", ["scored", "totals"])
def test_one_call_ends_with_a_report_that_rests_on_every_table_of_the_target(door):
    study = study_at(door)
    assert full_reports(study) == [f"<results>/{door}/report/full.html"]
    assert set(full_targets(study)) <= set(full_report_inputs(Place(study)).values())


def test_contrasts_read_thresholds_and_interval_of_their_analysis():
    study = study_at("totals")
    name = study.analyses()[0]
    found = contrast_settings(study, "base", name)
    decision = yaml.safe_load((DOORS / "totals" / "study.yaml").read_text()).get("decision", {})
    assert found["contrast"]["interval"] == decision.get("interval", 0.95)
    assert found["contrast"]["marked"] == sorted(found["contrast"]["marked"])
    assert {20000.0, 35000.0} <= set(found["contrast"]["marked"])
    assert "priors" in found["model"]
    assert "decision" not in found
