"""A study's own texts, sections and logo enter every form, and nothing in them acts."""

import io
import zipfile
from itertools import pairwise

import pytest
from report_forms import words_of_docx, words_of_html, words_of_pdf
from report_page import Page
from report_study import full_study, page_without_figures
from test_untrusted_text import ATTACKS
from trialbalance.report import make_report
from trialbalance.report.facts.study_texts import own_files, own_markdown

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
