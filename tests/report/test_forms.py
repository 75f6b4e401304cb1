"""The page, the PDF and the Word file say the same, from one source."""

import io
import re
import zipfile

import pypdf
import pytest
from report_forms import numbers, words_of_docx, words_of_html, words_of_pdf
from report_page import Page
from report_study import full_study
from test_untrusted_text import ATTACKS, attacked
from trialbalance.report.making import make_report
from trialbalance.report.text.markup import clean

FORMS = ("html", "pdf", "docx")


@pytest.fixture(scope="module", params=[("order", "leave"), ("order", "leave", "third")])
def made(request):
    return make_report(*full_study(arms=request.param), forms=FORMS)


@pytest.fixture(scope="module")
def document(made):
    return zipfile.ZipFile(io.BytesIO(made["docx"]))


def test_every_number_is_the_same_in_all_three(made):
    page = numbers(words_of_html(made["html"]))
    assert sum(page.values()) > 400
    assert numbers(words_of_docx(made["docx"])) == page
    # Paper also prints the axes of the figures and repeats the heads of broken tables.
    assert page - numbers(words_of_pdf(made["pdf"])) == {}


def test_pdf_has_title_language_bookmarks_tags_and_its_fonts(made):
    reader = pypdf.PdfReader(io.BytesIO(made["pdf"]))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == full_study()[1]["study"]["title"]
    assert root["/Lang"] == "en-GB" and root["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    titles = [words for level, words in Page(made["html"]).headings if level <= 2]
    marks = re.findall(r"'/Title': '([^']*)'", str(reader.outline))
    assert set(titles) <= set(marks)
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts and all({"/FontFile3", "/FontFile2"} & set(font) for font in fonts)


def test_pdf_prints_nothing_outside_the_page(made):
    for page in pypdf.PdfReader(io.BytesIO(made["pdf"])).pages:
        wide, places = float(page.mediabox.width), []
        page.extract_text(
            visitor_text=lambda text, _, place, *rest, to=places: to.append((text, place[4]))
        )
        assert all(0 <= x < wide - 20 for text, x in places if text.strip())


def test_word_file_has_every_table_with_head_caption_and_style(made, document):
    body = document.read("word/document.xml").decode()
    tables = Page(made["html"]).tables
    assert body.count("<w:tbl>") == body.count("w:tblHeader") == len(tables)
    assert body.count('w:val="TableCaption"') == len(tables)
    styles = document.read("word/styles.xml").decode()
    used = set(re.findall(r'<w:(?:p|r|tbl)Style w:val="([^"]+)"', body))
    assert used <= set(re.findall(r'w:styleId="([^"]+)"', styles))
    assert re.search(r'<w:lang [^>]*w:val="en-GB"', styles)


def test_no_row_of_a_table_is_split_between_pages(document):
    text = document.read("word/document.xml").decode()
    assert text.count("<w:cantSplit />") == len(re.findall(r"<w:tr[ >]", text)) > 100


def test_word_file_has_png_pictures_with_their_alternatives(made, document):
    body = document.read("word/document.xml").decode()
    pictures = [name for name in document.namelist() if name.startswith("word/media/")]
    assert len(pictures) == len(made["figures"])
    assert all(document.read(name).startswith(b"\x89PNG") for name in pictures)
    for figure in made["figures"].values():
        assert f'descr="{figure["alternative"]}"' in body


def test_same_input_gives_the_same_bytes_in_every_form(made):
    again = make_report(*full_study(arms=("order", "leave", "third")), forms=FORMS)
    other = make_report(*full_study(arms=("order", "leave", "third")), forms=FORMS)
    assert all(again[form] == other[form] for form in FORMS)


@pytest.mark.parametrize(
    "attack",
    [
        "  ".join(ATTACKS)[:150],
        '#panic("x") #image("/etc/passwd") <top> @top',
        "// not said /* nor this */ $ x $ _a_ *b* `c` ~ \\ --- ...",
        'a"); #raw("b',
    ],
)
def test_attack_shows_as_text_on_paper_and_in_word(attack):
    tables, settings, context = attacked(attack)
    tables["analyses"] = {"qaly_health": tables["analyses"]["qaly_health"]}
    made = make_report(tables, settings, context, ("pdf", "docx"))
    pictures = len(made["figures"])
    assert words_of_docx(made["docx"]).count(clean(attack)) > 8
    names = zipfile.ZipFile(io.BytesIO(made["docx"])).namelist()
    assert len([name for name in names if "media/" in name]) == pictures
    reader = pypdf.PdfReader(io.BytesIO(made["pdf"]))
    assert reader.metadata.title == clean(attack)
    squeezed = re.sub(r"\s", "", words_of_pdf(made["pdf"]))
    assert re.sub(r"\s", "", clean(attack)) in squeezed
