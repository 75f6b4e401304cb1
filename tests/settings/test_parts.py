"""Parts of the stage model: once a study, re-made by their own settings and by no others."""

import pytest
from trialbalance.contracts import Problems
from trialbalance.graph.audit_paths import study_outputs
from trialbalance.graph.index_paths import index_inputs
from trialbalance.graph.paths import Place, asked_for, gap_records
from trialbalance.graph.report_paths import full_report_inputs, report_inputs
from trialbalance.graph.target_files import full_targets
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import owner, stage_settings

ENDPOINT = {"stays": {"kind": "admission", "items": ["acute_bed_day"]}}
MODELS = {"stayed": {"endpoint": "stays", "kind": "binary"}}
EXPOSURE = {"exposures": {"x": {"items": ["order"], "endpoint": "stays"}}}
SCENARIOS = {
    "half": {"title": "Half the rate", "costs": {"discount_rate": 0.01}},
    "fewer": {"title": "Fewer draws", "model": {"draws": 500}},
}


@pytest.fixture
def changed(study):
    def change(**model):
        study.change(outcomes={"endpoints": ENDPOINT}, model=model, scenarios=SCENARIOS)
        return load_study(study.file)

    return change


def fit_settings(study):
    analysis = study.analyses()[0]
    return stage_settings(study, "base", "model", analysis)


def test_nothing_is_asked_for_by_default(changed):
    place = Place(changed())
    assert not asked_for(place, "endpoints")
    assert not asked_for(place, "observational")
    assert not [path for path in study_outputs(place) if "endpoint_effects" in path]


def test_tables_of_a_part_are_made_once_a_study(changed):
    study = changed(endpoints=MODELS, observational=EXPOSURE)
    made = [path.rpartition("/")[2] for path in study_outputs(Place(study))
            if "/base/50_model/" in path and path.count("/") == 4]  # fmt: skip
    assert set(made) == {
        "endpoint_effects.csv", "endpoint_checks.csv", "associations.csv", "overlap.csv",
        "covariate_balance.csv", "lost_map.csv",
    }  # fmt: skip


def test_an_endpoint_re_makes_no_fit_and_a_family_no_endpoint(changed):
    before = changed()
    after = changed(endpoints=MODELS, observational=EXPOSURE, comparison="observational")
    assert fit_settings(after) == fit_settings(before)
    other = changed(cost={"family": "normal"})
    for part in ("endpoints", "observational"):
        assert stage_settings(after, "base", part) == stage_settings(other, "base", part)
    assert fit_settings(other) != fit_settings(after)


def test_scenarios_share_the_tables_of_parts_that_they_do_not_touch(changed):
    study = changed(endpoints=MODELS, observational=EXPOSURE)
    assert owner(study, "half", "endpoints") == "base"
    assert owner(study, "half", "observational") == "half"
    assert owner(study, "fewer", "endpoints") == "fewer"
    assert owner(study, "fewer", "observational") == "base"


def test_gaps_in_contact_read_resource_use(study):
    gap = {"lost": {"kind": "gap", "items": ["psychiatrist"], "days": 60}}
    assert "resource_use" not in gap_records(Place(load_study(study.file)))
    study.change(outcomes={"endpoints": gap})
    assert "resource_use" in gap_records(Place(load_study(study.file)))


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ({}, "found outcome and perspective, or neither; allowed: one of the two"),
        ({"outcome": "x", "perspective": "y"}, "found outcome and perspective, or neither"),
        ({"outcome": "x", "range": [1, 0]}, "the lower number first"),
    ],
)
def test_an_outcome_has_one_source(study, outcome, sentence):
    study.change(model={"observational": {"outcomes": {"x": outcome}}})
    with pytest.raises(Problems, match=sentence):
        load_study(study.file)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"endpoints": {"x": MODELS["stayed"] | {"endpoint": "stay"}}},
         r"model\.endpoints\.x\.endpoint: found stay; .*did you mean stays"),
        ({"endpoints": {"x": MODELS["stayed"] | {"covariates": ["agee"]}}},
         r"model\.endpoints\.x\.covariates: found agee"),
        ({"endpoints": {"x": MODELS["stayed"] | {"population": "all"}}},
         r"model\.endpoints\.x\.population: found all"),
        ({"endpoints": {"x": {"endpoint": "stays", "kind": "proportion", "groups": "ward"}}},
         r"model\.endpoints\.x\.groups: found ward"),
        ({"observational": {"exposures": {"x": {"items": ["order"], "endpoint": "y"}}}},
         r"exposures\.x\.endpoint: found y; allowed: stays"),
        ({"observational": {"outcomes": {"x": {"outcome": "qualy"}}}}, "found qualy"),
        ({"observational": {"outcomes": {"x": {"perspective": "moon"}}}}, "found moon"),
        ({"observational": {"by": "shoe", **EXPOSURE}}, r"observational\.by: found shoe"),
        ({"observational": {"outcomes": {"x": {"outcome": "utilty", "visit": "month_6"}}}},
         r"outcomes\.x\.outcome: found utilty; .*did you mean utility"),
        ({"observational": {"outcomes": {"x": {"outcome": "utility", "visit": "year_9"}}}},
         r"outcomes\.x\.visit: found year_9"),
        ({"observational": {"covariates": ["arm"], **EXPOSURE}}, "found arm"),
    ],
)  # fmt: skip
def test_names_are_checked_before_anything_runs(changed, model, sentence):
    with pytest.raises(Problems, match=sentence):
        changed(**model)


def test_an_arm_explains_only_where_the_groups_are_not_the_arms(changed):
    chosen = {"by": "sex", "covariates": ["arm"], **EXPOSURE}
    assert changed(observational=chosen).base["model"]["observational"]["by"] == "sex"


def test_time_known_among_a_population_that_nobody_declared(study):
    free = {"kind": "free_time", "endpoint": "stays", "among": "seen"}
    study.change(outcomes={"endpoints": ENDPOINT, "effects": {"free": free}})
    with pytest.raises(Problems, match=r"outcomes\.effects\.free\.among: found seen"):
        load_study(study.file)


def test_the_page_of_all_studies_reads_what_each_has(changed):
    found = index_inputs({"one": changed(endpoints=MODELS)})
    assert found["one.report"] == "<results>/one/report/report.html"
    assert {"one.settings", "one.participants", "one.endpoint_checks"} <= set(found)
    analysis = changed().analyses()[0]
    assert f"one.{analysis}.incremental" in found
    assert not {"one.reproduction", "one.associations", "one.consequences"} & set(found)


def test_an_analysis_holds_no_setting_of_the_whole_study(study):
    study.change(outcomes={"endpoints": ENDPOINT})
    name = load_study(study.file).analyses()[0]
    study.change(analyses={name: {"model": {"endpoints": MODELS}}})
    with pytest.raises(Problems, match=r"write it in section model, as model\.endpoints"):
        load_study(study.file)


def test_tables_of_target_full_are_printed_by_its_own_report_and_by_no_other(
    changed, tmp_path, monkeypatch
):
    study = changed()
    monkeypatch.chdir(tmp_path)
    place, name = Place(study), f"{study.analyses()[0]}.ladder"
    before = report_inputs(place)
    assert name not in before
    path = full_targets(study)[0].replace("<results>", "results")
    there = tmp_path / path.replace(path.rpartition("/")[2], "ladder.csv")
    there.parent.mkdir(parents=True)
    there.touch()
    assert report_inputs(place) == before
    full = full_report_inputs(place)
    assert full[name] in full_targets(study)
    assert set(full.items()) >= set(before.items())
