"""Settings: one model, every mistake at once, in sentences; scenarios and sharing."""

import shutil
from pathlib import Path

import pytest
import yaml
from study_copy import backwards
from trialbalance import house
from trialbalance.contracts import Problems
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import owner, settled, stage_settings


def sentences(study) -> list[str]:
    with pytest.raises(Problems) as caught:
        load_study(study.file)
    return [finding.sentence() for finding in caught.value.findings]


GROUPS = {name: {"share": 0.5, "baseline_health": 60} for name in ("north", "south")}


def test_template_is_valid_and_quiet(study):
    loaded = load_study(study.file)
    assert loaded.name == "my_trial"
    assert loaded.notes == []
    assert loaded.analyses() == ["qaly_health_care"]


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (
            {"costs": {"discount_rat": 0.03}},
            [
                "setting costs.discount_rat",
                "a setting that does not exist",
                "did you mean discount_rate?",
            ],
        ),
        ({"costs": {"discount_rate": 3.5}}, ["setting costs.discount_rate", "3.5", "0.035"]),
        (
            {"outcomes": {"discount_rate": 3.5}},
            [
                "setting outcomes.discount_rate",
                "found 3.5",
                "allowed: 0 to 0.2",
                "write 0.035 for 3.5 %",
            ],
        ),
        (
            {"study": {"comparator": "placebo"}},
            ["comparator", "placebo", "new_service, usual_care"],
        ),
        ({"study": {"horizon_years": 0}}, ["study.horizon_years", "found 0"]),
        ({"study": {"visits": {"month_6": 1.0}}}, ["visits", "two visits at the same time"]),
        (
            {"study": {"periods": {"months_1_6": [0.5, 0.0]}}},
            ["periods.months_1_6", "not after the start"],
        ),
        ({"study": {"currency": "pounds"}}, ["study.currency", "'pounds'"]),
        ({"study": {"arms": None}}, ["study.arms", "required"]),
        ({"costs": {"price_year": "twelve"}}, ["costs.price_year", "'twelve'"]),
        (
            {"costs": {"perspectives": {"societal": {"payers": ["nhs", "state"]}}}},
            ["state", "payers"],
        ),
        ({"costs": {"items": {"nurse_visit": {"payer": "council"}}}}, ["council", "payers"]),
        ({"outcomes": {"effects": {"qaly": {"measure": "wellbeing"}}}}, ["wellbeing", "utility"]),
        (
            {"analyses": {"qaly_health_care": {"outcome": "qalys"}}},
            ["analyses.qaly_health_care.outcome", "found qalys", "did you mean qaly?"],
        ),
        (
            {"analyses": {"qaly_health_care": {"perspective": "health"}}},
            ["analyses.qaly_health_care.perspective", "did you mean health_care?"],
        ),
        (
            {"analyses": {"qaly_health_care": {"population": "everyone"}}},
            ["population", "everyone"],
        ),
        (
            {"analyses": {"qaly_health_care": {"model": {"drawz": 10}}}},
            ["analyses.qaly_health_care.model.drawz", "did you mean draws?"],
        ),
        ({"model": {"cost": {"family": "gama"}}}, ["model.cost.family", "'gama'", "'gamma'"]),
        ({"model": {"draws": 10}}, ["model.draws", "found 10"]),
        ({"data": {"door": "window"}}, ["data.door", "'window'", "'records'"]),
        (
            {"scenarios": {"other": {"title": "Other", "costs": {"rate": 0.1}}}},
            ["scenarios.other.costs.rate", "a setting that does not exist"],
        ),
        (
            {"scenarios": {"other": {"title": "Other", "analyses": ["cost"]}}},
            ["found cost", "analysis"],
        ),
        ({"decision": {"thresholds": {"qaly": {"range": [5, 1]}}}}, ["range goes from 5 to 1"]),
        (
            {"decision": {"parameter_groups": {"carers": ["price_informal_care_hour"]}}},
            [
                "decision.parameter_groups.carers",
                "found price_informal_care_hour",
                "prices of items that perspective health_care counts",
                "does not enter net benefit",
            ],
        ),
        (
            {"decision": {"parameter_groups": {"beds": ["price_hospital_nite"]}}},
            ["did you mean price_hospital_night?"],
        ),
        (
            {"decision": {"distribution": {"groups": GROUPS}}},
            ["decision.distribution", "without draws by group", "group_draws_given"],
        ),
        (
            {"synthesis": {"one_way": {"rate": {"low": "base", "high": "dear"}}}},
            ["synthesis.one_way.rate.high", "found dear", "allowed: base"],
        ),
        (
            {"synthesis": {"two_way": [["hospital_night", "nurse_vist"]]}},
            ["synthesis.two_way", "found nurse_vist", "did you mean nurse_visit?"],
        ),
        (
            {"synthesis": {"one_way": {"rate": {"low": "base", "high": "base"}}}},
            ["low and high are both base"],
        ),
        ({"study": {"title": ""}}, ["study.title"]),
        ({"costs": None}, ["costs", "no such section", "data.door is records"]),
    ],
)
def test_each_mistake_is_a_sentence(study, change, parts):
    told = sentences(study.change(**change))
    assert any(all(part in sentence for part in parts) for sentence in told), told
    assert all(sentence.startswith(str(study.file)) for sentence in told)


def test_all_mistakes_at_once(study):
    study.change(
        costs={"discount_rate": 3.5}, model={"drawz": 1}, outcomes={"discount_rate": "high"}
    )
    told = " ".join(sentences(study))
    assert (
        "costs.discount_rate" in told and "model.drawz" in told and "outcomes.discount_rate" in told
    )


def test_line_of_the_mistake_is_named(study):
    study.replace("study.yaml", "discount_rate: 0.035  ", "discount_rate: 7      ")
    number = next(
        i
        for i, text in enumerate(study.file.read_text().splitlines(), 1)
        if "discount_rate: 7" in text
    )
    assert f"line {number}, setting costs" in " ".join(sentences(study))


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("study:  ", "study\t:", ["line"]),
        ("  seed: 1 ", "  seed: 1\n  seed: 2 ", ["study.seed", "the key twice", "each key once"]),
        ("[baseline_effect", "[baseline_effect, [", ["line"]),
    ],
)
def test_broken_yaml_is_a_sentence(study, old, new, parts):
    told = sentences(study.replace("study.yaml", old, new))
    assert len(told) == 1
    assert all(part in told[0] for part in parts)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "no settings"),
        (b"- a\n- b\n", "no settings"),
        (b"\xff\xfe\x00s", "not UTF-8"),
        (b"\x00\x01", "line"),
    ],
)
def test_rubbish_is_a_sentence(study, content, part):
    study.file.write_bytes(content)
    assert part in " ".join(sentences(study))


def test_missing_file_is_a_sentence(study):
    study.file.unlink()
    assert "no such file" in sentences(study)[0]


def test_folder_name_must_not_be_a_stage(study):
    study.folder = study.folder.rename(study.folder.with_name("model"))
    study.file = study.folder / "study.yaml"
    assert "a study folder called model" in sentences(study)[0]


def test_stage_reads_study_its_own_section_and_no_titles(study):
    loaded = load_study(study.file)
    found = stage_settings(loaded, "base", "costs")
    assert set(found) == {"study", "costs"}
    assert "title" not in found["study"]
    found = stage_settings(loaded, "base", "model", "qaly_health_care")
    assert found["analysis"]["outcome"] == "qaly"


def test_order_of_settings_does_not_matter(study):
    before = load_study(study.file)
    content = backwards(yaml.safe_load(study.file.read_text()))
    study.file.write_text(yaml.safe_dump(content, sort_keys=False))
    after = load_study(study.file)
    for stage in ("data", "costs", "outcomes", "dataset", "model", "decision"):
        first = stage_settings(before, "base", stage, "qaly_health_care")
        assert repr(first) == repr(stage_settings(after, "base", stage, "qaly_health_care"))
    assert repr(settled(before, "base")) == repr(settled(after, "base"))


def test_scenario_replaces_what_it_names_and_shares_the_rest(study):
    study.change(
        scenarios={
            "dearer": {"title": "Dearer", "costs": {"discount_rate": 0.05}},
            "wider": {"title": "Wider", "decision": {"interval": 0.9}},
        }
    )
    loaded = load_study(study.file)
    assert loaded.scenarios["dearer"]["costs"]["discount_rate"] == 0.05
    assert loaded.scenarios["dearer"]["costs"]["items"] == loaded.base["costs"]["items"]
    where = {
        (scenario, stage): owner(loaded, scenario, stage, "qaly_health_care")
        for scenario in ("dearer", "wider")
        for stage in ("data", "costs", "outcomes", "dataset", "model", "decision")
    }
    own = {key for key, value in where.items() if value != "base"}
    assert own == {
        ("dearer", "costs"),
        ("dearer", "dataset"),
        ("dearer", "model"),
        ("dearer", "decision"),
        ("wider", "decision"),
    }


def test_idle_scenario_is_noted(study):
    study.change(scenarios={"same": {"title": "Same", "costs": {"discount_rate": 0.035}}})
    notes = load_study(study.file).notes
    assert [note.severity for note in notes] == ["note"]
    assert "the same settings as base" in notes[0].sentence()


BY_VISIT = {"cells": "by_visit", "effect": {"family": "normal"}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"model": {"cells": "by_visit", "effect": {"family": "bernoulli"}}},
            "found bernoulli; allowed with cells by_visit: normal, beta, decrement_gamma",
        ),
        (
            {"model": BY_VISIT, "outcomes": {"visit_times": "actual"}},
            "outcomes.visit_times: found actual, with model.cells by_visit; allowed: nominal",
        ),
        (
            {"model": BY_VISIT, "outcomes": {"death": "linear"}},
            "outcomes.death: found linear, with model.cells by_visit; allowed: hold_then_zero",
        ),
        (
            {
                "model": BY_VISIT,
                "outcomes": {
                    "effects": {"stay": {"kind": "event", "endpoint": "admitted"}},
                    "endpoints": {"admitted": {"kind": "admission", "items": ["hospital_night"]}},
                },
                "analyses": {"qaly_health_care": {"outcome": "stay"}},
            },
            "found stay, with model.cells by_visit; allowed: an outcome of kind area_under",
        ),
    ],
)
def test_what_has_no_visits_is_not_modelled_by_visit(study, change, told):
    study.change(**change)
    (sentence,) = sentences(study)
    assert told in sentence


def test_visits_are_modelled_unless_the_study_says_or_has_none(study):
    assert load_study(study.file).base["model"]["cells"] == "by_visit"
    study.change(model={"cells": "totals"})
    assert load_study(study.file).base["model"]["cells"] == "totals"


def test_an_outcome_without_visits_is_modelled_as_a_total_beside_those_with(study):
    study.change(
        outcomes={
            "effects": {"stay": {"kind": "event", "endpoint": "admitted"}},
            "endpoints": {"admitted": {"kind": "admission", "items": ["hospital_night"]}},
        },
        analyses={"stays": {"title": "Stays", "outcome": "stay", "perspective": "health_care"}},
        decision={"thresholds": {"stay": {"exploratory": True, "range": [0, 1000], "step": 10}}},
    )
    settled = load_study(study.file).base
    assert settled["model"]["cells"] == "by_visit"
    assert settled["analyses"]["stays"]["model"]["cells"] == "totals"
    assert "cells" not in settled["analyses"]["qaly_health_care"]["model"]


def test_totals_have_no_visits(study):
    study.change(
        data={
            "door": "totals",
            "files": {
                "totals": "totals.csv",
                **dict.fromkeys(
                    ("participants", "visits", "responses", "resource_use", "episodes")
                ),
            },
            "questionnaires": None,
        },
        model=BY_VISIT,
    )
    assert any("found by_visit, at door totals" in one for one in sentences(study))


def test_the_end_of_follow_up_is_a_date(study):
    study.change(data={"follow_up_end": "2023-02-30"})
    assert "follow_up_end" in sentences(study)[0]


KINDS = {
    "perspective": ({"analysis": {"perspective": "societal"}}, "dataset"),
    "population": ({"analysis": {"population": "reported"}}, "dataset"),
    "horizon": ({"study": {"horizon_years": 0.5}}, "costs"),
    "value_set": (
        {"outcomes": {"instruments": {"eq5d3l": {"value_set": "eq5d3l_other"}}}},
        "outcomes",
    ),
    "unit_cost_source": ({"costs": {"unit_costs": "other_unit_costs.csv"}}, "costs"),
    "price_range": ({"costs": {"unit_costs": "wide_ranges.csv"}}, "costs"),
    "price_year": ({"costs": {"price_year": "2023/24"}}, "costs"),
    "discounting": (
        {"costs": {"discount_rate": 0.0}, "outcomes": {"discount_rate": 0.0}},
        "costs",
    ),
    "family": ({"model": {"cost": {"family": "lognormal"}}}, "model"),
    "missing_data": (
        {"outcomes": {"instruments": {"oxcap_mh": {"missing_items": {"up_to": 0}}}}},
        "outcomes",
    ),
    "threshold": ({"decision": {"thresholds": {"qaly": {"primary": 30000}}}}, "decision"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_scenario_makes_its_own_tables_from_the_first_stage_it_touches(tmp_path, kind):
    folder = tmp_path / "octet"
    shutil.copytree(house.root() / "config" / "studies" / "octet", folder)
    change, first = KINDS[kind]
    content = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    content["scenarios"] = {kind: {"title": kind, **change}}
    content.pop("synthesis")
    (folder / "study.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    study = load_study(folder / "study.yaml")
    stages = ("data", "costs", "outcomes", "dataset", "model", "decision")
    made = {
        word: owner(study, kind, word, None if word in stages[:3] else "qaly_health")
        for word in stages
    }
    assert made[first] == made["decision"] == kind
    assert all(made[word] == "base" for word in stages[: stages.index(first)] if word != "costs")
    assert made["data"] == "base"


def test_a_scenario_names_only_perspectives_populations_and_horizons_that_can_be(study):
    told = sentences(
        study.change(
            scenarios={
                "one": {"title": "One", "analysis": {"perspective": "societl"}},
                "two": {"title": "Two", "study": {"seed": 5}},
            }
        )
    )
    assert any("found societl" in one and "did you mean societal?" in one for one in told)
    assert any("scenarios.two.study.seed" in one for one in told)


def test_groups_of_parameters_without_their_draws_are_refused_before_anything_runs(tmp_path):
    folder = tmp_path / "other"
    shutil.copytree(Path(__file__).parents[1] / "doors" / "draws_wide", folder)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(
        text.replace(" parameters_given: parameters.csv,", ""), encoding="utf-8"
    )
    with pytest.raises(Problems) as caught:
        load_study(folder / "study.yaml")
    (finding,) = caught.value.findings
    assert "setting decision.parameter_groups.prices: found price_bed_day" in finding.sentence()
    assert "hand over their draws as data.files.parameters_given" in finding.sentence()


def test_price_scenarios_name_items_an_index_and_a_door_with_prices(study):
    plan = {"dear": {"title": "Dear", "unit_costs": {"hospital_nigt": 500.0}}}
    told = sentences(study.change(decision={"price_scenarios": plan}))
    assert "decision.price_scenarios.dear: found hospital_nigt" in told[0]
    assert "did you mean hospital_night?" in told[0]
    plan = {"dear": None, "later": {"title": "Later", "price_year": "2023/24"}}
    change = {"costs": {"price_index": None}, "decision": {"price_scenarios": plan}}
    told = sentences(study.change(**change))
    assert any("found a price year, and no price index" in one for one in told)


def test_scenarios_that_differ_in_what_is_analysed_are_not_called_the_same(study):
    two = {
        "shorter": {"title": "Shorter", "study": {"horizon_years": 0.5}},
        "wider": {"title": "Wider", "analysis": {"perspective": "societal"}, "target": "full"},
        "again": {"title": "Again", "study": {"horizon_years": 0.5}},
    }
    study.change(scenarios=two)
    loaded = load_study(study.file)
    assert [note.row for note in loaded.notes] and len(loaded.notes) == 1
    assert "the same settings as shorter" in loaded.notes[0].sentence()
    assert loaded.run_by() == ["base", "shorter", "again"]
    assert loaded.run_by("full") == ["base", "shorter", "wider", "again"]
