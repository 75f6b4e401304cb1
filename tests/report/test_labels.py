"""A number stands under the name of its own kind; a name that would stand for two is refused."""

from pathlib import Path

import pytest
from report_described import described_study
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.labels import DECLARED
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.names.labels import label_findings

KINDS = ("item", "category", "payer", "perspective")


def study(**labels):
    _, settings, _ = described_study()
    settings["costs"] = {
        "items": {"legal": {"category": "legal"}},
        "payers": {"legal": "Courts"},
        "perspectives": {"legal": {"label": "Police and board alone"}},
    }
    settings["outcomes"] = {"instruments": {}, "effects": {}}
    settings["report"] = {"labels": labels}
    return settings


def test_one_key_of_four_kinds_is_printed_under_four_names():
    facts = Facts({}, study(**{"item.legal": "Hearing", "category.legal": "Legal process"}))
    assert [facts.label("legal", kind) for kind in KINDS] == [
        "Hearing", "Legal process", "Courts", "Police and board alone"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["item", "category"])
def test_what_has_no_name_of_its_own_takes_that_of_no_other_kind(kind):
    assert Facts({}, study()).label("legal", kind) == "Legal"


def test_a_place_that_names_no_kind_takes_no_side():
    assert Facts({}, study()).label("legal") == "Legal"


def test_a_key_of_two_kinds_of_which_one_is_named_is_refused():
    (first,) = label_findings(Checked(study(), Path("study.yaml"), {}))
    said = first.sentence()
    assert "one key for an item (legal) and a category (legal) and a payer (Courts)" in said
    assert "write report.labels.item.legal" in said
    named = study(**{"item.legal": "Hearing", "category.legal": "Legal process"})
    assert label_findings(Checked(named, Path("study.yaml"), {})) == []


@pytest.mark.parametrize(
    ("group", "value", "kind"),
    [
        ("payers", {"a": "Police", "b": "police "}, "payer"),
        ("perspectives", {"a": {"label": "Wide"}, "b": {"label": "Wide"}}, "perspective"),
        ("items", {"a": {"category": "x"}, "b": {"category": "x"}}, "item"),
    ],
)
def test_two_things_of_a_kind_under_the_same_words_are_refused(group, value, kind):
    settings = study()
    settings["costs"] = {group: value}
    settings["report"]["labels"] = {"a": "Bed", "b": "bed"} if kind == "item" else {}
    (only,) = label_findings(Checked(settings, Path("study.yaml"), {}))
    assert "for a and b" in only.sentence() and f"one name for one {kind}" in only.sentence()


def test_a_share_of_people_with_nights_is_not_called_nights():
    _, settings, _ = described_study()
    settings["outcomes"]["endpoints"] = {
        "nights": {"kind": "nights", "label": "Nights in hospital"}
    }
    facts = Facts({}, settings)
    assert facts.event("nights") == "Any nights in hospital"
    assert facts.label("nights", "endpoint") == "Nights in hospital"


def test_every_kind_has_a_place_in_the_study_file():
    assert set(KINDS) <= set(DECLARED)
