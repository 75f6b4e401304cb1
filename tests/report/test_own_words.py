"""A study's own texts, sections and logo enter every form, and nothing in them acts."""

import io
import re
import zipfile
from itertools import pairwise

import pytest
from report_forms import words_of_docx, words_of_html, words_of_pdf
from report_page import Page
from report_study import full_study, page_without_figures
from test_untrusted_text import ATTACKS
from trialbalance.commands.check import check_study
from trialbalance.commands.checking import own_words
from trialbalance.commands.checking.own_words import can_be_typeset, own_word_findings
from trialbalance.contracts import Problems
from trialbalance.report.facts.study_texts import own_files, own_markdown
from trialbalance.report.making import make_report, to_docx, to_pdf
from trialbalance.report.text.pandoc import convert

LINKED = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
    b'<image href="https://example.org/a.png" width="4" height="4"/></svg>'
)
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20">'
    b'<script>alert(1)</script><rect width="40" height="20"/></svg>'
)


def own_study():
    tables, settings, context = full_study()
    tables["analyses"] = {"qaly_health": tables["analyses"]["qaly_health"]}
    settings["report"] |= {
        "texts": {"funding": "texts/funding.md", "background": "It *matters*.\n\n- one\n- two"},
        "sections": [
            {
                "title": "Service users say",
                "text": "# Head\n\nWords of 37 people.",
                "after": "costs",
            }
        ],
        "logo": {"file": "mark.svg", "alternative": 'The "mark" of the trial'},
    }
    context["own_files"] = {"texts/funding.md": "Paid by **Fund 4711**.", "mark.svg": LOGO}
    return tables, settings, context


@pytest.fixture(scope="module")
def made():
    return make_report(*own_study(), forms=("html", "pdf", "docx"))


def test_texts_and_sections_stand_in_every_form(made):
    for words in (
        words_of_html(made["html"]),
        words_of_pdf(made["pdf"]),
        words_of_docx(made["docx"]),
    ):
        words = " ".join(words.split())
        assert "Paid by Fund 4711." in words
        assert "It matters." in words
        assert "Service users say" in words and "Words of 37 people." in words


def test_a_section_stands_after_the_one_it_names(made):
    titles = [words for level, words in Page(made["html"]).headings if level == 2]
    assert titles[titles.index("Costs") + 1] == "Service users say"
    levels = [level for level, _ in Page(made["html"]).headings]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_logo_stands_at_the_head_with_its_words_and_runs_nothing(made):
    page = Page(made["html"])
    marks = [given for tag, given in page.tags if tag == "img"]
    assert len(marks) == 1 and marks[0]["alt"].startswith("The ")
    assert marks[0]["src"].startswith("data:image/svg+xml;base64,")
    assert [tag for tag, _ in page.tags].count("script") == 2
    document = zipfile.ZipFile(io.BytesIO(made["docx"]))
    assert b"mark\xe2\x80\x9d of the trial" in document.read("word/document.xml")


@pytest.mark.parametrize("attack", [*ATTACKS, "::: {.banner .failed}\n\nfalse\n\n:::", "[x]{.big}"])
def test_attack_in_a_text_block_acts_as_nothing(attack):
    tables, settings, context = own_study()
    settings["report"]["texts"] = {name: attack for name in ("background", "funding", "discussion")}
    settings["report"]["sections"][0]["text"] = attack
    settings["report"]["logo"] = None
    page = page_without_figures((tables, settings, context))
    assert page.open_tags == []
    assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not [key for _, given in page.tags for key in given if key.startswith("on")]
    assert not [link for link in page.links if link.startswith(("javascript", "data", "file"))]
    banners = [given for _, given in page.tags if "banner" in given.get("class", "")]
    assert len(banners) == 1
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_links_of_a_text_are_kept_and_its_pictures_are_words():
    text = "[the protocol](https://doi.org/10.1/x) ![a plan](https://example.org/x.png)"
    assert own_markdown(text, 4) == "[the protocol](https://doi.org/10.1/x) a plan"


def test_files_are_read_by_the_name_that_the_settings_give(tmp_path):
    (tmp_path / "a.md").write_text("words", encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    found = own_files(
        {
            "own/x/a.md": str(tmp_path / "a.md"),
            "own/b.png": str(tmp_path / "b.png"),
            "flow": "flow.csv",
        }
    )
    assert found == {"x/a.md": "words", "b.png": b"\x89PNG"}


ELEMENTS = {
    "a rule": "Before\n\n---\n\n***\n\nafter",
    "tasks": "- [ ] a\n- [x] b",
    "quotes without end": ">" * 60 + " deep",
    "lists without end": "\n".join("  " * level + "- deep" for level in range(40)),
    "an empty heading": "#\n\n## ![](x.png)\n\ndeep",
    "a hidden mark": "a\x01b",
    "signs without a font": "漢字 😀 ☐ deep",
    "attributes": '# deep {onclick="a" style="b"}\n\n`c`{.d}\n\n```{.e style="f"}\ng\n```',
    "code and quotes": "> a\n>\n> ---\n\n1. `b`\n   ```\n   c\n   ```",
}


@pytest.mark.parametrize("text", ELEMENTS.values(), ids=ELEMENTS)
def test_each_element_of_markdown_is_defined_in_every_form_and_keeps_its_words(text):
    assert can_be_typeset(text)
    markdown = own_markdown(text, 4)
    assert ("deep" in text) == ("deep" in markdown)
    page = convert(markdown, "html")
    assert not re.search(r"<[^>]* (style|on\w+|class=\"[de])", page)


def test_a_sign_without_a_font_stands_by_its_number_in_the_pdf_alone():
    markdown = "# Title {#top}\n\nŁódź Ωμ 漢😀"
    assert "Łódź Ωμ (U+6F22)(U+1F600)" in words_of_pdf(to_pdf(markdown, {}, "漢"))
    assert "漢😀" in words_of_docx(to_docx(markdown, {}, "漢"))


@pytest.mark.parametrize(
    ("files", "report", "words"),
    [
        ({"a.md": b"one\ntwo \xff"}, {"texts": {"plan": "a.md"}},
         "a.md, row 2: found bytes that are not UTF-8; allowed: text in UTF-8; save it as UTF-8."),
        ({"a.md": b"one\ntwo \xe2\x80\xae"}, {"texts": {"plan": "a.md"}},
         "a.md, row 2: found the hidden mark U+202E"),
        ({"m.svg": b"<svg"}, {"logo": {"file": "m.svg", "alternative": "mark"}},
         "setting report.logo.file: found a picture that cannot be shown; allowed: an SVG or PNG"),
        ({"m.svg": LINKED}, {"logo": {"file": "m.svg", "alternative": "mark"}},
         "an SVG or PNG picture that shows nothing from another file; export it again"),
        ({"m.png": b"\x89PNG"}, {"logo": {"file": "m.png", "alternative": "mark"}},
         "a picture that cannot be shown"),
        ({}, {"texts": {"plan": "gone.md"}},
         "no such file, which report.texts.plan of study my_trial names"),
    ],
)  # fmt: skip
def test_what_no_report_can_take_is_told_by_check_with_its_line(study, files, report, words):
    for name, content in files.items():
        (study.folder / name).write_bytes(content)
    with pytest.raises(Problems) as problems:
        check_study(str(study.change(report=report).file))
    assert words in str(problems.value)


def test_a_text_that_cannot_be_typeset_is_told_with_its_line(monkeypatch, tmp_path):
    monkeypatch.setattr(own_words, "can_be_typeset", lambda *texts: "bad" not in "".join(texts))
    (tmp_path / "a.md").write_text("one\n\nbad\n")
    report = {"texts": {"plan": "a.md", "funding": "x\nbad"}, "sections": [], "logo": None}
    told = own_word_findings(report, tmp_path, {"report.texts.funding": 9})
    assert [(one.row, one.found) for one in told] == [
        (3, "Markdown that cannot be typeset"),
        (9, "Markdown that cannot be typeset in its line 2"),
    ]
