"""Settings of data missing not at random: mistakes in sentences, what ships, who reads it."""

from pathlib import Path

import pytest
from trialbalance.contracts import Problems
from trialbalance.contracts.catalogue import written_by
from trialbalance.graph import paths
from trialbalance.settings.load import load_study
from trialbalance.settings.sections.modelling.missing_not_at_random import MissingSettings


def plan(**missing):
    return {"decision": {"missing_not_at_random": missing}}


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (
            plan(scenarios={"worse": {"effect": {"usual": -0.1}}}),
            ["scenarios.worse.effect.usual", "found usual", "did you mean usual_care?"],
        ),
        (plan(prior={"effect_sd": {"zzz": 0.1}}), ["prior.effect_sd.zzz", "use a declared arm"]),
        (plan(scenarios={"worse": {"effects": -0.1}}), ["effects", "did you mean effect?"]),
        (
            plan(scenarios={"worse": {"effect": "much"}}),
            ["scenarios.worse.effect", "found 'much'", "a map of arms"],
        ),
        (
            plan(scenarios={"cheap": {"cost_percent": -150}}),
            ["scenarios.cheap.cost_percent", "found -150", "percent from -100"],
        ),
        (plan(scenarios={"jump": {"jump_to_reference": ["utility"]}}), ["'effect' or 'cost'"]),
        (plan(scenarios={"all": {"at_ceiling": 2}}), ["all.at_ceiling", "found 2", "0 to 1"]),
        (
            plan(scenarios={"all": {"at_ceiling": 1, "jump_to_reference": ["effect"]}}),
            ["all.at_ceiling", "beside jump_to_reference", "one of them"],
        ),
        (plan(map={"effect_range": [0.2, -0.2]}), ["map.effect_range", "the lower end first"]),
        (plan(map={"effect_step": 0.0001}), ["map.effect_range", "4000 steps", "up to 100"]),
        (plan(prior={"effect_sd": -1}), ["prior.effect_sd", "found -1", "0 or more"]),
        (plan(prior={"correlation": 2}), ["prior.correlation", "0 to 1"]),
    ],
)
def test_each_mistake_is_a_sentence(study, change, parts):
    with pytest.raises(Problems) as caught:
        load_study(study.change(**change).file)
    told = [finding.sentence() for finding in caught.value.findings]
    assert any(all(part in sentence for part in parts) for sentence in told), told
    assert len(told) == 1, told


def test_draws_from_elsewhere_do_not_say_who_was_unobserved(study):
    given = Path(__file__).parents[1] / "doors" / "draws" / "study.yaml"
    study.file.write_text(given.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_study(study.change(**plan()).file)
    told = [finding.sentence() for finding in caught.value.findings]
    assert len(told) == 1
    assert "decision.missing_not_at_random" in told[0]
    assert "draws of means do not say who was unobserved" in told[0]


def test_an_empty_map_asks_for_what_ships_here():
    names = list(MissingSettings().scenarios)
    assert names[0] == "effect_lower_0_02" and names[-1] == "jump_to_reference"
    assert list(MissingSettings(scenarios={"own": {}}).scenarios) == ["own"]


def test_tables_are_made_only_where_they_are_asked_for(study):
    place = paths.Place(load_study(study.file), "base", "qaly_health_care")
    assert not paths.wanted(place, *written_by("move_unobserved"))
    asked = place._replace(study=load_study(study.change(**plan()).file))
    names = written_by("move_unobserved")
    assert list(paths.wanted(asked, *names)) == names
    study.change(analyses={"qaly_health_care": {"decision": {"missing_not_at_random": 0}}})
    text = study.file.read_text().replace("missing_not_at_random: 0", "missing_not_at_random: null")
    study.file.write_text(text)
    silent = place._replace(study=load_study(study.file))
    assert not paths.wanted(silent, *written_by("move_unobserved"))
