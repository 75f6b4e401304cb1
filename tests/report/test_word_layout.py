"""The Word file: columns as wide as their words, wide tables on their side, numbered captions."""

import io
import re
import zipfile

import numpy as np
import pytest
from report_study import full_study
from trialbalance.report.forms import docx
from trialbalance.report.forms.docx_layout import (
    CHARACTER,
    INSET,
    MOST_UPRIGHT,
    SIDEWAYS,
    UPRIGHT,
    widths,
)
from trialbalance.report.making import make_report


@pytest.fixture(scope="module")
def document():
    made = make_report(*full_study(), forms=("docx",))
    return zipfile.ZipFile(io.BytesIO(made["docx"])).read("word/document.xml").decode()


def test_captions_are_numbered_in_order_by_fields(document):
    for kind in ("Table", "Figure"):
        found = re.findall(rf"SEQ {kind} [^>]*><w:r><w:t>(\d+)<", document)
        assert [int(one) for one in found] == list(range(1, len(found) + 1))
        assert len(found) > 10


def test_the_columns_of_a_table_add_up_to_the_page_it_stands_on(document):
    for table in re.findall(r"<w:tblGrid>.*?</w:tblGrid>", document):
        each = [int(one) for one in re.findall(r'w:w="(\d+)"', table)]
        whole = SIDEWAYS if len(each) > MOST_UPRIGHT else UPRIGHT
        assert sum(each) == pytest.approx(whole, abs=len(each))


def test_a_table_on_its_side_is_closed_by_its_own_section(document):
    wide = [
        grid
        for grid in re.findall(r"<w:tblGrid>.*?</w:tblGrid>", document)
        if grid.count("gridCol") > MOST_UPRIGHT
    ]
    assert document.count("landscape") == len(wide) >= 1
    assert document.count("<w:sectPr>") == 2 * len(wide) + 1


@pytest.mark.parametrize("seed", range(10))
def test_no_word_is_broken_where_all_of_them_fit(seed):
    rng = np.random.default_rng(seed)
    rows = [["x" * rng.integers(1, 14) + " " + "y" * rng.integers(1, 9) for _ in range(5)]
            for _ in range(6)]  # fmt: skip
    for place, width in enumerate(widths(rows, UPRIGHT)):
        longest = max(len(word) for row in rows for word in row[place].split())
        assert width >= INSET + CHARACTER * longest - 1


def test_contents_stand_after_page_one(document):
    heads = [found.start() for found in re.finditer(r'w:val="Heading2" />', document)]
    assert heads[0] < document.index("TOC \\o") < heads[1]


def test_a_style_edited_in_the_reference_document_is_the_style_of_the_report(tmp_path, monkeypatch):
    given = docx.template("reference.docx")
    edited = tmp_path / "reference.docx"
    with zipfile.ZipFile(given) as before, zipfile.ZipFile(edited, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "word/styles.xml":
                assert b'<w:sz w:val="28" />' in content
                content = content.replace(b'<w:sz w:val="28" />', b'<w:sz w:val="61" />')
            after.writestr(name, content)
    real = docx.template
    monkeypatch.setattr(
        docx, "template", lambda name: edited if name == "reference.docx" else real(name)
    )
    made = docx.to_docx("# A report\n\n## Part\n\nWords.\n", {}, "A report")
    styles = zipfile.ZipFile(io.BytesIO(made)).read("word/styles.xml").decode()
    heading = re.search(r'w:styleId="Heading2".*?</w:style>', styles, re.S)[0]
    assert 'w:val="61"' in heading


def test_every_style_of_a_report_can_be_edited_in_the_reference_document(document):
    with zipfile.ZipFile(docx.template("reference.docx")) as given:
        known = set(re.findall(r'w:styleId="([^"]+)"', given.read("word/styles.xml").decode()))
    used = set(re.findall(r'<w:pStyle w:val="([^"]+)"', document))
    assert {"Lead", "Card", "Note", "TableText", "TableCaption"} <= used
    # The lines of the contents are Word's own styles, made when it fills them.
    assert {one for one in used if not one.startswith("TOC")} <= known
