"""Hostile strings in every free-text field of a study: told, refused or shown, and never acting."""

import html
import io
import os
import re
import shutil
import zipfile
from typing import Any, get_args

import pytest
import yaml
from report_page import Page
from report_study import full_study
from study_copy import StudyCopy
from test_untrusted_text import ATTACKS, attacked
from trialbalance import house
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems
from trialbalance.report.making import make_report
from trialbalance.settings.section import section_in
from trialbalance.settings.study_file import StudyFile

HOSTILE = [
    *ATTACKS,
    *("=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", '=WEBSERVICE("http://x")'),
    *("'; DROP TABLE ledger; --", "1' OR '1'='1", "$(reboot)", "`id`", "a; rm -rf /", "&& id"),
    *("../../etc/passwd", "file:///etc/passwd", "\\\\host\\share", "%n%s%x", "{0.__class__}"),
    *("{study}", "{wildcards.study}", "<results>", "{{ config }}", "${jndi:ldap://x}", "#{7*7}"),
    *("#import \"/etc/passwd\"", "#panic(\"x\")", "#read(\"main.typ\")", "\\input{/etc/passwd}"),
    *("\u202eabc", "a\x00b", "a\u200bb", "\ud800", "😀" * 20, "漢字" * 50, "ا" * 80, "☐☑"),
    *("x" * 100_000, "\n\n# head\n\n", "a\r\nb", "<![CDATA[x]]>", "<?xml version='1.0'?>"),
    *("<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", "&y;", "]]>"),
]  # fmt: skip
# Signs that no font of the typesetter has, and of which a label is cut in the middle.
BEYOND = "\u6f22\u2610" + 20 * "\U0001f600"
# HOSTILE=60 pytest tests/report/test_hostile_strings.py tries them all.
SOME = int(os.environ.get("HOSTILE", "3"))
TRIED = HOSTILE[:: max(1, len(HOSTILE) // SOME)]


def put_everywhere(value: Any, model: Any, text: str) -> Any:
    """Return settings with the text in each field that takes free text."""
    if isinstance(value, dict):
        fields = getattr(model, "model_fields", {})
        return {
            key: put_everywhere(item, _below(fields[key]) if key in fields else model, text)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [put_everywhere(item, model, text) for item in value]
    free = isinstance(value, str) and model is str
    return text if free else value


def _below(field: Any) -> Any:
    """Return the section of a field, or str where it takes any text."""
    plain = field.annotation is str and not any(getattr(m, "pattern", None) for m in field.metadata)
    return str if plain else section_in(field.annotation) or get_args(field.annotation)


def everywhere(folder, text: str) -> StudyCopy:
    """Return a study with the text in its settings, prices and the notes of its records."""
    study = StudyCopy(folder)
    content = yaml.safe_load(study.file.read_text(encoding="utf-8"))
    content["report"] = content.get("report", {}) | {
        "title": "t", "summary": "t", "comparison": "t", "limitations": ["t"], "authors": ["t"],
        "texts": {"background": "t", "funding": "t"},
        "sections": [{"title": "t", "text": "t"}],
        "considerations": [{"kind": "law", "statement": "t", "source": "t"}],
        "headlines": [{"sentence": "t", "source": "t"}],
    }  # fmt: skip
    content = put_everywhere(content, StudyFile, text)
    written = yaml.safe_dump(content, sort_keys=False, allow_unicode=False)
    study.file.write_text(written, encoding="utf-8")
    return study


def test_there_are_sixty_and_they_reach_the_fields(tmp_path):
    assert len(HOSTILE) >= 60
    shutil.copytree(house.resources() / "template", tmp_path / "my_trial")
    content = yaml.safe_load(everywhere(tmp_path / "my_trial", "MARK").file.read_text())
    assert content["study"]["title"] == content["report"]["texts"]["funding"] == "MARK"
    assert content["report"]["considerations"][0]["statement"] == "MARK"
    assert str(content).count("MARK") > 15


@pytest.mark.parametrize("text", TRIED, ids=ascii)
def test_a_study_full_of_it_is_checked_or_refused_in_sentences(tmp_path, text):
    folder = tmp_path / "my_trial"
    shutil.copytree(house.resources() / "template", folder)
    study = everywhere(folder, text)
    try:
        lines = check_study(str(study.file))
    except Problems as problems:
        assert all(one.found and one.file for one in problems.findings)
        assert "\x00" not in str(problems) and "\u202e" not in str(problems)
        return
    assert "no mistake found" in lines[0]


@pytest.mark.parametrize("text", TRIED, ids=ascii)
def test_records_and_prices_full_of_it_are_checked_or_refused_in_sentences(study, text):
    cell = '"' + text.replace('"', '""') + '"'
    for file in ("unit_costs.csv", "data/participants.csv"):
        path = study.folder / file
        rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        words = [
            column for column, name in enumerate(rows[0])
            if name in ("note", "source", "site", "exclusion")
        ]  # fmt: skip
        rows[1] = [cell if place in words else one for place, one in enumerate(rows[1])]
        path.write_bytes("\n".join(map(",".join, rows)).encode("utf-8", "surrogatepass"))
    try:
        check_study(str(study.file))
    except Problems as problems:
        assert all(one.found and one.file for one in problems.findings)


@pytest.fixture(scope="module")
def known():
    """Return the elements of a page in which nothing is hostile."""
    return {tag for tag, _ in Page(make_report(*full_study())["html"]).tags}


FIELDS = {r'TOC \o "1-2" \h \z \u', r"SEQ Table \* ARABIC", r"SEQ Figure \* ARABIC"}


# No table can hold half of a sign, and settings that do are refused.
SHOWN = [text for text in TRIED if text != "\ud800"] if SOME > 3 else [TRIED[1], "a\x00b", BEYOND]


@pytest.mark.parametrize("text", SHOWN, ids=ascii)
def test_no_form_of_a_report_full_of_it_acts_or_fails(text, known):
    tables, settings, context = attacked(text)
    tables["analyses"] = {}
    settings["report"] |= {
        "texts": {"background": text, "funding": text},
        "sections": [{"title": text, "text": text, "after": "costs"}],
    }
    made = make_report(tables, settings, context, forms=("html", "pdf", "docx"))
    page = Page(made["html"])
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert {tag for tag, _ in page.tags} <= known | {"em", "svg", "code", "pre", "hr", "del", "ol"}
    assert not [key for _, given in page.tags for key in given if key.startswith("on")]
    assert not [link for link in page.links if link.startswith(("javascript", "data", "file"))]
    document = zipfile.ZipFile(io.BytesIO(made["docx"]))
    # Word runs no field but the contents and the numbers of tables and figures.
    told = document.read("word/document.xml").decode()
    fields = re.findall(r'<w:instrText[^>]*>([^<]*)<|w:instr="([^"]*)"', told)
    assert {html.unescape(one or other).strip() for one, other in fields} <= FIELDS
    assert made["pdf"].startswith(b"%PDF")
