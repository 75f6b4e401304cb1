"""The restricted edition says so, in every form and on every page of paper."""

import io
import re
import zipfile

import pytest
from trialbalance.disclosure.edition import edition_mark
from trialbalance.report.facts.study_texts import own_markdown
from trialbalance.report.forms.pdf import to_typst
from trialbalance.report.making import FORMS, make_report, to_html

REAL = {"study": {"title": "A trial", "synthetic": False}, "disclosure": {"threshold": 10}}
MARK = edition_mark(False, None)


@pytest.fixture(scope="module")
def made():
    return make_report({}, REAL, {}, ("html", "docx", "pdf"))


def test_the_page_begins_and_ends_with_it(made):
    page = made["html"]
    assert "Restricted edition." in page
    assert "Counts below 10" in page
    assert page.index("Restricted edition.") < page.index(MARK)


def test_the_word_file_has_it_at_its_head_and_at_the_foot_of_every_page(made):
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as pack:
        assert MARK in pack.read("word/edition.xml").decode()
        document = pack.read("word/document.xml").decode()
        assert 'r:id="rIdEdition"' in document
        assert "Restricted edition." in document
        assert "edition.xml" in pack.read("word/_rels/document.xml.rels").decode()
        assert "edition.xml" in pack.read("[Content_Types].xml").decode()


def test_the_paper_has_it_at_the_foot_of_every_page(made):
    assert made["pdf"].startswith(b"%PDF")
    assert f'#let report-mark = "{MARK}"' in to_typst(made["markdown"], "A trial", MARK)


@pytest.mark.parametrize(
    ("settings", "context"),
    [({"study": {"title": "A trial", "synthetic": True}}, {}),
     (REAL, {"edition": {"exempt": False, "held": 0, "threshold": 10, "rounding": 5,
                         "figures": 4}})],
)  # fmt: skip
def test_neither_simulated_data_nor_a_release_is_called_restricted(settings, context):
    assert "Restricted" not in make_report({}, settings, context)["html"]


def test_a_rule_and_a_quotation_of_the_study_stand_in_all_forms_and_attributes_in_none():
    text = own_markdown(
        'Before\n\n---\n\n> quoted\n\n# head {onmouseover="alert(8)"}\n\n`code`{style=x}', 2
    )
    made = {form: FORMS[form](f"# A {{#top}}\n\n{text}", {}, "A") for form in FORMS}
    assert made["pdf"].startswith(b"%PDF")
    page = to_html(f"# A {{#top}}\n\n{text}", {}, "A")
    assert "<hr" in page
    assert "<blockquote>" in page
    assert not re.search(r"<[^>]* (onmouseover|style)=", page[page.index("<main") :])
    assert "<code>code</code>{style=x}" in page
