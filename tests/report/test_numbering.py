"""Tables and figures are referred to by number, and each says that its data are simulated."""

import io
import re
import zipfile

import pytest
from report_study import full_study
from test_stress_reports import STUDIES
from trialbalance.report.making import build_document, make_report
from trialbalance.report.text.numbering import OF_METHOD

REFERENCE = re.compile(r"\(\[(Table|Figure) (\d+)\]\(#((?:table|figure)-[\w-]+)\)\)")


@pytest.fixture(scope="module")
def made():
    return make_report(*full_study(), forms=("html", "docx"))


def in_order(markdown, kind):
    mark = {"Table": r"^::: \{\.table-frame #(table-[\w-]+)", "Figure": r"\{#(figure-[\w-]+)[ }]"}
    return re.findall(mark[kind], markdown, re.M)


def test_references_name_the_table_or_figure_at_that_place(made):
    found = REFERENCE.findall(made["markdown"])
    assert {"Table", "Figure"} == {kind for kind, *_ in found} and len(found) > 6
    for kind, number, ident in found:
        assert in_order(made["markdown"], kind)[int(number) - 1] == ident


def test_page_and_word_count_them_as_the_text_does(made):
    document = zipfile.ZipFile(io.BytesIO(made["docx"])).read("word/document.xml").decode()
    frames = re.findall(r'<div id="(table-[^"]+)"[^>]*table-frame', made["html"])
    frames += re.findall(r'<div id="(table-[^"]+)" class="table-frame', made["html"])
    tables = in_order(made["markdown"], "Table")
    assert list(dict.fromkeys(frames)) == tables
    assert document.count("SEQ Table") == len(tables)
    assert document.count("SEQ Figure") == len(in_order(made["markdown"], "Figure"))


@pytest.mark.parametrize("study", STUDIES, ids=lambda one: one.__name__)
def test_what_is_not_there_is_not_referred_to(study):
    text = build_document(*study())
    assert "by-number" not in text and "()" not in text
    there = {*in_order(text, "Table"), *in_order(text, "Figure")}
    assert {ident for *_, ident in REFERENCE.findall(text)} <= there


def test_each_table_that_rests_on_the_records_says_that_they_are_simulated(made):
    frames = re.findall(
        r"^::: \{\.table-frame #table-([\w-]+).*?^: ([^\n]*)$", made["markdown"], re.M | re.S
    )
    silent = [ident for ident, caption in frames if not caption.endswith(". Simulated data.")]
    assert len(frames) - len(silent) > 20
    assert all(OF_METHOD.fullmatch(ident) for ident in silent), silent


def test_no_table_of_real_records_calls_itself_simulated():
    tables, settings, context = full_study()
    settings["study"]["synthetic"] = False
    assert "Simulated data" not in build_document(tables, settings, context)


def test_every_page_of_the_word_file_has_it_at_its_head(made):
    pack = zipfile.ZipFile(io.BytesIO(made["docx"]))
    assert "Simulated data · Orders in the community" in pack.read("word/running.xml").decode()
    document = pack.read("word/document.xml").decode()
    sections = document.count("<w:sectPr")
    assert sections and document.count('r:id="rIdRunning"') == sections
    for part in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        assert "running.xml" in pack.read(part).decode()
