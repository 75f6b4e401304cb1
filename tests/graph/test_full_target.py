"""Target full: the tables it adds, at each door."""

from pathlib import Path

import pytest
import yaml
from trialbalance.graph.target_files import full_targets
from trialbalance.settings.load import load_studies
from trialbalance.settings.resolve import contrast_settings

DOORS = Path(__file__).parent.parent / "doors"


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


def test_draws_handed_over_have_no_model_to_check():
    assert full_targets(study_at("draws")) == []


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
