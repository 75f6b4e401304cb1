"""The page of all studies: verdicts, flags and links, one accessible file on its own."""

import re
from itertools import pairwise

import pandas as pd
import pytest
import yaml
from report_page import Page
from report_study import full_study
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.front.brief import page_one
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.studies_page import flags, gather, make_index, verdicts

ARMS = {"prison": {"label": "Prison"}, "probation": {"label": "Probation <b>"}}


def decided(failed=False):
    tables, settings, _ = full_study(failed=failed)
    return Facts(tables, settings)


def described(**tables):
    """Return a study without a decision; one of its arms is empty."""
    people = pd.DataFrame({"participant_id": ["p1"], "arm": ["prison"]})
    study = {"title": "Nobody *randomised*", "synthetic": False, "arms": ARMS}
    return Facts({"participants": people, **tables}, {"study": study})


@pytest.fixture(scope="module")
def page():
    return make_index({"my_trial": decided(), "my_groups": described()})


def test_every_study_has_a_line_and_links_to_its_report(page):
    made = Page(page)
    rows = made.table("Studies, verdicts and flags")["rows"]
    assert len(rows) == 3
    assert rows[2][0].strip() == "Nobody *randomised*"
    for study in ("my_trial", "my_groups"):
        for form in ("html", "pdf", "docx"):
            assert f"{study}/report/report.{form}" in made.links
        assert f"{study}/audit/trial_balance.csv" in made.links


def test_the_page_is_accessible_and_needs_nothing_from_outside(page):
    made = Page(page)
    assert made.open_tags == []
    assert len(made.ids) == len(set(made.ids))
    assert ("html", {"lang": "en-GB"}) in made.tags
    levels = [level for level, _ in made.headings]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(set(table["scopes"]) == {"col", "row"} for table in made.tables)
    assert all(link[1:] in made.ids for link in made.links if link.startswith("#"))
    assert not re.search(r'(?:href|src)="(?:https?:|//)', page)
    assert {"script", "img", "link", "iframe"}.isdisjoint(tag for tag, _ in made.tags)
    assert page == make_index({"my_trial": decided(), "my_groups": described()})


def test_verdicts_are_those_of_the_report():
    facts = decided()
    said = verdicts(facts)
    assert len(said) == len(facts.analyses)
    for (_, sentence), analysis in zip(said, facts.analyses, strict=True):
        assert lead(facts, analysis) in sentence
    assert lead(facts, next(iter(facts.analyses))) in page_one(facts)


def test_a_study_that_decides_nothing_says_what_it_does():
    short, long = verdicts(described())[0]
    assert short == "nothing decided"
    effects = pd.DataFrame(
        {"endpoint": ["a", "a"], "wording": ["described", "compared as randomised"]}
    )
    lines = pd.DataFrame({"name": ["x", "y"], "wording": ["associated with"] * 2})
    short, long = verdicts(described(endpoint_effects=effects, associations=lines))[0]
    assert short == "nothing decided: 1 endpoint modelled, compared as randomised; " + (
        "2 associations given, not randomised"
    )
    assert "described by arm" in long
    lines = lines.assign(wording="described, not compared")
    assert "no contrast between arms is given" in verdicts(described(associations=lines))[0][0]


def test_flags_tell_what_must_be_known_first():
    assert flags(described()) == [
        "real records",
        "no published figures",
        "no participants recruited: Probation <b>",
        "small numbers are held back in its release",
    ]
    told = flags(
        described(
            trial_balance=pd.DataFrame({"difference": [0.0, -1.0]}),
            reproduction=pd.DataFrame({"verdict": ["within", "outside"]}),
            deviations=pd.DataFrame({"changed": [True, True, False]}),
            time_limits=pd.DataFrame({"breached": [0, 1]}),
            consequences=pd.DataFrame({"status": ["", "illustrative, assumed"]}),
            endpoint_checks=pd.DataFrame({"verdict": ["fail", "pass"]}),
        )
    )
    assert told[1:5] == [
        "1 model check failed",
        "the books do not balance",
        "1 of 2 published figures within tolerance",
        "2 deviations from the locked plan",
    ]
    assert "1 legal time limit breached" in told
    assert "some figures illustrative, assumed" in told


def test_a_blind_study_says_so():
    blind = Facts({}, {"study": {"synthetic": True, "blind": True, "arms": ARMS}})
    assert "blind: arms under neutral labels" in flags(blind)


def test_a_failed_check_and_simulated_records_are_flagged():
    assert flags(decided())[0] == "simulated records"
    assert not any("failed" in flag for flag in flags(decided()))
    assert any("failed" in flag for flag in flags(decided(failed=True)))
    assert not any("held back" in flag for flag in flags(decided()))


def test_tables_are_read_by_study_and_analysis(tmp_path):
    settings = {"study": {"title": "T", "arms": ARMS, "visits": {}, "periods": {}}}
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    contents = {
        "checks": "check,value,gate,verdict,advice,figure,synthetic\n"
        "r_hat,1.2,<= 1.01,fail,,f,false\n",
        "deviations": "kind,scenario,subject,locked,present,changed,reason,locked_on,synthetic\n",
    }
    for name, text in contents.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    facts = gather(
        {
            "t.settings": str(tmp_path / "settings.yaml"),
            "t.report": "nowhere/report.html",
            "t.deviations": str(tmp_path / "deviations.csv"),
            "t.qaly.model_checks": str(tmp_path / "checks.csv"),
        }
    )["t"]
    assert facts.table("model_checks", "qaly")["verdict"].tolist() == ["fail"]
    assert facts.table("deviations") is None
