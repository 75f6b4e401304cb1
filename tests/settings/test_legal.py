"""Settings of the law and of studies without analyses: every mistake in a sentence."""

import pytest
from trialbalance.contracts import Problems
from trialbalance.graph.paths import Place, law_files, wanted
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import owner

LAW = {"rule_set": "england_wales_mha_17a_2007"}


def sentence(study) -> str:
    with pytest.raises(Problems) as caught:
        load_study(study.file)
    assert len(caught.value.findings) == 1
    return caught.value.findings[0].sentence()


@pytest.mark.parametrize(
    ("legal", "parts"),
    [
        (
            {"rule_set": "ontario_mha_33_2"},
            ["legal.rule_set", "found ontario_mha_33_2", "did you mean ontario_mha_33_1?"],
        ),
        (
            {**LAW, "ask_at": ["order_mad"]},
            ["legal.ask_at", "found order_mad", "did you mean order_made?"],
        ),
        (
            {**LAW, "resource_use": {"tribunal_herd": {"nurse": 1.0}}},
            ["legal.resource_use", "found tribunal_herd", "did you mean tribunal_heard?"],
        ),
        (
            {**LAW, "resource_use": {"tribunal_heard": {"panel": 1.0}}},
            ["legal.resource_use.tribunal_heard", "found panel"],
        ),
        (
            {**LAW, "ask_at": ["order_made", "order_made"]},
            ["legal.ask_at", "found an event twice"],
        ),
        ({"ask_at": ["order_made"]}, ["legal.rule_set", "required"]),
    ],
)
def test_mistakes_of_the_law_are_sentences(study, legal, parts):
    said = sentence_of(study, legal)
    assert [part for part in parts if part not in said] == []


def sentence_of(study, legal):
    items = load_study(study.file).base["costs"]["items"]
    if legal.get("resource_use", {}).get("tribunal_herd"):
        legal = {**legal, "resource_use": {"tribunal_herd": {next(iter(items)): 1.0}}}
    study.change(legal=legal)
    return sentence(study)


def test_a_rule_set_of_the_study_comes_before_one_that_ships(study):
    study.change(legal=LAW)
    assert law_files(Place(load_study(study.file)))["rule_set"].startswith("workflow/resources")
    own = study.folder / "england_wales_mha_17a_2007.yaml"
    own.write_text("title: mine\n", encoding="utf-8")
    said = sorted_sentences(study)
    assert any("england_wales_mha_17a_2007.yaml" in one and "required" in one for one in said)


def sorted_sentences(study):
    with pytest.raises(Problems) as caught:
        load_study(study.file)
    return [one.sentence() for one in caught.value.findings]


def test_a_study_without_a_law_has_no_legal_stage(study):
    place = Place(load_study(study.file))
    assert "legal_use" not in wanted(place, "legal_use")
    study.change(legal=LAW)
    assert (
        "15_legal/legal_use.csv" in wanted(Place(load_study(study.file)), "legal_use")["legal_use"]
    )


def test_a_scenario_under_another_law_makes_its_own_costs(study):
    study.change(
        legal=LAW,
        scenarios={
            "amended": {
                "title": "As amended",
                "legal": {"rule_set": "england_wales_mha_17a_2025"},
            }
        },
    )
    loaded = load_study(study.file)
    assert owner(loaded, "amended", "data") == "base"
    assert owner(loaded, "amended", "outcomes") == "base"
    for stage in ("legal", "costs"):
        assert owner(loaded, "amended", stage) == "amended"


def test_a_study_without_analyses_is_described(study):
    assert wanted(Place(load_study(study.file)), "consequences") == {}
    study.change(analyses=None)
    found = wanted(Place(load_study(study.file)), "consequences")
    assert found["consequences"].endswith("base/40_dataset/consequences.csv")


def test_names_of_a_description_must_be_declared(study):
    study.change(analyses=None, dataset={"describe": {"population": "everyone"}})
    assert "dataset.describe.population: found everyone" in sentence(study)
    study.change(dataset={"describe": {"population": "intention_to_treat", "by": ["shoe"]}})
    assert "dataset.describe.by: found shoe" in sentence(study)


@pytest.mark.parametrize("place", ["cost_per", "cost_per_additional"])
def test_what_a_cost_is_divided_by_must_be_declared(study, place):
    study.change(analyses=None, dataset={"describe": {place: ["qualy"]}})
    assert f"dataset.describe.{place}: found qualy" in sentence(study)
    study.change(dataset={"describe": {place: ["qaly", "utility"]}})
    load_study(study.file)
