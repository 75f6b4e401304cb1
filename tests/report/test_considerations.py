"""Considerations stand beside the result, with their sources and apart from the numbers."""

import pytest
from report_study import full_study, page_without_figures
from trialbalance import house
from trialbalance.report.document import SECTIONS
from trialbalance.report.making import build_document
from trialbalance.report.sections.front.considerations import HEADINGS, list_considerations
from trialbalance.settings.load import load_study
from trialbalance.settings.sections.report import Consideration

GIVEN = [
    {"kind": "law", "statement": "Held for\nup to 72 hours.", "source": "Act, s. 17F."},
    {"kind": "autonomy", "statement": "Nobody *asks* <b>.", "source": "Act, s. 17A"},
    {"kind": "law", "statement": "Reviewed by a tribunal.", "source": "Act, s. 68"},
]


def page(given):
    tables, settings, context = full_study()
    return page_without_figures(
        (tables | {"considerations": list_considerations(given)}, settings, context)
    )


def test_kinds_come_in_the_order_of_the_report_and_the_settings_know_them_all():
    table = list_considerations(GIVEN)
    assert table["kind"].tolist() == ["autonomy", "law", "law"]
    assert table["number"].tolist() == [1, 2, 3]
    assert table["statement"].tolist()[1] == "Held for up to 72 hours."
    assert set(HEADINGS) == set(Consideration.model_json_schema()["properties"]["kind"]["enum"])


def test_each_statement_is_printed_with_its_source_after_the_results():
    made = page(GIVEN)
    titles = [words for _, words in made.headings]
    assert "Beyond cost-effectiveness" in titles
    assert titles.index("What the law asks") > titles.index(HEADINGS["autonomy"])
    assert "Held for up to 72 hours. Source: Act, s. 17F. " in made.words
    assert "Nobody *asks* <b>. Source: Act, s. 17A." in made.words
    names = [name for name, _ in SECTIONS]
    assert names.index("results") < names.index("considerations") < names.index("costs")


def test_nothing_is_printed_where_a_study_has_none():
    tables, settings, context = full_study()
    assert "Beyond cost-effectiveness" not in build_document(tables, settings, context)
    empty = list_considerations([])
    assert list(empty.columns) == ["number", "kind", "statement", "source"]
    assert "Beyond cost-effectiveness" not in build_document(
        tables | {"considerations": empty}, settings, context
    )


@pytest.mark.parametrize("change", [{"kind": "moral"}, {"source": ""}, {"statement": ""}])
def test_a_statement_without_kind_or_source_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        Consideration.model_validate(GIVEN[0] | change)


@pytest.mark.parametrize(
    "path", sorted(house.studies().glob("*/study.yaml")), ids=lambda path: path.parent.name
)
def test_every_study_here_carries_some(path):
    table = list_considerations(load_study(path).base["report"]["considerations"])
    assert len(table) >= 4
    assert table["kind"].nunique() >= 3
