"""Every setting is there: sections replaced in part, outcomes without a threshold, currencies."""

from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import complete, stage_settings


def decision(study):
    return stage_settings(study, "base", "decision", "qaly_health_care")["decision"]


def test_a_section_that_an_analysis_replaces_in_part_is_complete(study):
    replaced = {"thresholds": {"qaly": {"step": 500}}, "missing_not_at_random": {}}
    study.change(analyses={"qaly_health_care": {"decision": replaced}})
    section = decision(load_study(study.file))
    assert section == complete("decision", section)
    assert section["thresholds"]["qaly"]["step"] == 500
    assert section["thresholds"]["qaly"]["range"] == [0.0, 100000.0]
    assert section["missing_not_at_random"]["cost_follows_effect"] is False
    assert "jump_to_reference" in section["missing_not_at_random"]["scenarios"]


def test_an_outcome_without_a_threshold_is_explored(study):
    loaded = load_study(study.file)
    loaded.base["analyses"]["qaly_health_care"]["outcome"] = "other"
    found = decision(loaded)["thresholds"]["other"]
    assert (found["exploratory"], found["marked"]) == (True, [])


def test_thresholds_of_another_currency_get_none_in_pounds():
    own = {"thresholds": {"qaly": {"marked": [30000.0], "primary": 30000.0}}}
    assert complete("decision", own)["thresholds"]["qaly"]["marked"] == [30000.0]
