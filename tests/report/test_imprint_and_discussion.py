"""Below the title stands which run this is; the discussion has its facts and names its gaps."""

import copy

from report_study import full_study
from trialbalance.report.facts.facts import Facts
from trialbalance.report.making import build_document
from trialbalance.report.sections.front.imprint import plan_words, run_digest
from trialbalance.report.sections.front.lead import lead


def test_the_digest_changes_with_a_result_and_with_a_setting_and_with_no_mark():
    tables, settings, _ = full_study()
    first = run_digest(Facts(tables, settings))
    other = copy.deepcopy(tables)
    other["analyses"]["qaly_health"]["incremental"]["synthetic"] = True
    assert run_digest(Facts(other, settings)) == first
    other["analyses"]["qaly_health"]["incremental"].loc[0, "cost"] += 0.01
    assert run_digest(Facts(other, settings)) != first
    changed = copy.deepcopy(settings)
    changed["outcomes"]["discount_rate"] = 0.015
    assert run_digest(Facts(tables, changed)) != first


def test_version_digest_and_state_of_the_plan_stand_below_the_title():
    tables, settings, context = full_study()
    head = build_document(tables, settings, context).split("## In brief")[0]
    version = context["versions"]["trialbalance"]
    assert f"made with trialbalance {version} · run {run_digest(Facts(tables, settings))}" in head
    assert plan_words(Facts(tables, settings, context)) in head


def test_the_discussion_tells_the_findings_and_what_the_authors_have_still_to_write():
    tables, settings, context = full_study()
    settings["report"]["texts"] = {}
    part = build_document(tables, settings, context).split("{#discussion}")[1].split("\n## ")[0]
    assert part.count("\n- **") == len(settings["analyses"])
    assert str(lead(Facts(tables, settings, context), "qaly_health"))[:40] in part
    assert "**To be written by the authors:** what the findings mean" in part
    settings["report"]["texts"] = {"discussion": "They mean little."}
    part = build_document(tables, settings, context).split("{#discussion}")[1].split("\n## ")[0]
    assert "They mean little." in part and "To be written" not in part
