"""Folders of a study's results that its settings no longer ask for."""

from types import SimpleNamespace

from trialbalance.provenance.leftovers import leftovers

STUDIES = {"mine": SimpleNamespace(scenarios={"base": {"analyses": {"qaly": {}}}})}


def test_only_the_studies_of_the_run_are_looked_at(tmp_path):
    for folder in ("other/base", "mine/base/50_model/qaly", "mine/report", "logs"):
        (tmp_path / folder).mkdir(parents=True)
    assert leftovers(STUDIES, tmp_path) == []


def test_a_scenario_and_an_analysis_no_longer_asked_for_are_named(tmp_path):
    for folder in ("mine/dear", "mine/base/50_model/cwly", "mine/base/60_decision/cwly"):
        (tmp_path / folder).mkdir(parents=True)
    found = leftovers(STUDIES, tmp_path)
    assert [line.split(":")[0] for line in found] == [
        str(tmp_path / folder)
        for folder in ("mine/dear", "mine/base/50_model/cwly", "mine/base/60_decision/cwly")
    ]
    assert all("left over from earlier settings" in line for line in found)
