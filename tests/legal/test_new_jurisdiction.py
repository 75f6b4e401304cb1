"""A new jurisdiction is one file and no code: an invented one, read and applied."""

import pytest
from legal import case
from trialbalance.settings.rule_set import load_rule_set

RURITANIA = """
title: "Care Outside Walls Act of Ruritania, chapter 5"
jurisdiction: Ruritania
version: first
in_force: {start: "1999-01-01", commencement: confirmed}
time_zone: UTC
sources: [invented for this test]
events:
  warrant_sealed: {text: The magistrate seals a warrant}
  warrant_confirmed: {text: The magistrate confirms it}
  warrant_torn: {text: The magistrate tears it up}
  elder_agrees: {text: The village elder on the warrant}
  bell_rung: {text: The person is called to the town hall, needs: warrant}
  heard: {text: The person is heard}
statuses:
  warrant:
    label: Warrant of care
    section: "5"
    begins: [warrant_sealed]
    renewed_by: [warrant_confirmed]
    ends: [warrant_torn]
    terms: [{months: 3}, {years: 1}]
criteria:
  ill_lately:
    section: "2"
    text: Three stays within two years.
    any_of:
      stays: {stays: 3, within: {years: 2}}
  elder:
    section: "3"
    text: The elder agreed within ten days.
    any_of:
      agreed: {shown_by: elder_agrees, within: {days: 10}}
limits:
  heard_at_once:
    kind: follows
    section: "7"
    text: Who is called is heard within 24 hours.
    after: [bell_rung]
    needs: [heard]
    within: {hours: 24}
"""
CASES = [
    (["2012-01-31 warrant_sealed"], {"ends": "warrant"}, "2012-05-01 lapsed"),
    (
        ["2012-01-31 warrant_sealed", "2012-04-01 warrant_confirmed"],
        {"ends": "warrant"},
        "2013-05-01 lapsed",
    ),
    (["2012-01-01 elder_agrees"], {"criterion": "elder", "day": "2012-01-11"}, "met"),
    (["2012-01-01 elder_agrees"], {"criterion": "elder", "day": "2012-01-12"}, "not_met"),
    (
        ["2012-01-01 to 2012-01-02 in hospital", "2012-02-01 to 2012-02-02 in hospital"],
        {"criterion": "ill_lately", "day": "2012-03-01"},
        "not_met",
    ),
    (
        ["2012-01-31 warrant_sealed", "2012-02-01 08:00Z bell_rung", "2012-02-02 08:01Z heard"],
        {"limit": "heard_at_once"},
        "breached",
    ),
    (["2012-02-01 bell_rung"], {"limit": "bell_rung_only_under_warrant"}, "breached"),
]


@pytest.fixture(scope="module")
def ruritania(tmp_path_factory):
    path = tmp_path_factory.mktemp("law") / "ruritania.yaml"
    path.write_text(RURITANIA, encoding="utf-8")
    return load_rule_set(path)


@pytest.mark.parametrize(("records", "asked", "answer"), CASES)
def test_an_invented_law_needs_no_code(ruritania, records, asked, answer):
    if "day" in asked:
        asked = asked | {"day": case.date.fromisoformat(asked["day"])}
    assert case.answer({"records": records, "asked": asked}, ruritania) == answer
