"""Rule sets as files: the shipped ones are sound, and a mistake is a sentence."""

import pytest
import yaml
from trialbalance import house
from trialbalance.contracts import Problems
from trialbalance.settings.rule_set import load_rule_set

LAW = house.resources() / "legal"
SHIPPED = sorted(LAW.glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rule_sets_are_sound_and_say_their_sources(path):
    rules = load_rule_set(path)
    assert rules["sources"]
    assert all(one["section"] for one in rules["criteria"].values())


def test_the_amendment_states_its_own_criteria_and_keeps_the_rest():
    before, after = (load_rule_set(LAW / f"england_wales_mha_17a_{y}.yaml") for y in (2007, 2025))
    assert after["limits"] == before["limits"]
    assert after["statuses"] == before["statuses"]
    assert "treatment_necessary" in before["criteria"]
    assert "treatment_necessary" not in after["criteria"]
    assert after["in_force"]["commencement"] == "unconfirmed"


def changed(tmp_path, change):
    rules = yaml.safe_load((LAW / "ontario_mha_33_1.yaml").read_text(encoding="utf-8"))
    change(rules)
    path = tmp_path / "law.yaml"
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_rule_set(path)
    return str(caught.value)


def test_an_event_that_nobody_declared_is_refused(tmp_path):
    def change(rules):
        rules["limits"]["review_after_withdrawal"]["after"] = ["consent_witdrawn"]

    assert "found no consent_witdrawn; allowed: declared events" in changed(tmp_path, change)


def test_a_status_that_nobody_declared_is_refused(tmp_path):
    def change(rules):
        rules["events"]["consent_withdrawn"]["needs"] = "ordre"

    assert "found no ordre; allowed: declared statuses" in changed(tmp_path, change)


def test_a_condition_that_asks_two_things_is_refused(tmp_path):
    def change(rules):
        rules["criteria"]["history"]["any_of"]["two_stays"]["nights"] = 30

    said = changed(tmp_path, change)
    assert "criteria.history.any_of.two_stays" in said
    assert "found not exactly one condition" in said


def test_a_span_of_two_units_is_refused(tmp_path):
    def change(rules):
        rules["limits"]["review_after_withdrawal"]["within"] = {"hours": 72, "days": 3}

    assert "found 2 units; allowed: one of hours, days, months, years" in changed(tmp_path, change)


def test_a_misspelt_word_is_refused_with_the_nearest_known(tmp_path):
    def change(rules):
        rules["statuses"]["order"]["renewed"] = rules["statuses"]["order"].pop("renewed_by")

    assert "did you mean renewed_by?" in changed(tmp_path, change)


def test_an_amendment_of_nothing_is_refused(tmp_path):
    path = tmp_path / "law.yaml"
    path.write_text("based_on: nowhere\n", encoding="utf-8")
    with pytest.raises(Problems, match="nowhere"):
        load_rule_set(path)
