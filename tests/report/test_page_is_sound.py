"""The page parses, says what it must at its head, and holds nothing it has not."""

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from report_page import Page
from report_study import full_study, made_report, page_without_figures
from report_trace import trace_of
from trialbalance.report.making import build_document, make_report, to_html
from trialbalance.report.text.pandoc import template

NOTHING = re.compile(r"\b(nan|NaN|None|NaT|<NA>|inf|null|undefined)\b")
LAST_LEVEL = {"two": ("order", "leave"), "three": ("order", "leave", "third")}


@pytest.fixture(scope="module", params=["two", "three", "empty", "failed", "no comparator"])
def made(request):
    arms = LAST_LEVEL.get(request.param, ("order", "leave", "third"))
    empty = {"empty": ("third",), "no comparator": ("leave",)}.get(request.param, ())
    return made_report(arms, empty, request.param == "failed")


def test_page_parses_and_ids_are_unique(made):
    page = Page(made["html"])
    assert page.open_tags == []
    assert len(page.ids) == len(set(page.ids))
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))


def test_one_h1_and_no_level_is_skipped(made):
    levels = [level for level, _ in Page(made["html"]).headings]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_language_tables_and_figures_are_accessible(made):
    page = Page(made["html"])
    assert ("html", {"lang": "en-GB"}) in page.tags
    for table in page.tables:
        assert table["caption"]
        assert set(table["scopes"]) == {"col", "row"}
    assert all(svg["role"] == "img" for svg in page.svgs)
    assert all(re.search(r"\d", svg["aria-label"]) for svg in page.svgs)


def test_page_needs_nothing_from_outside(made):
    assert len(made["html"]) < 2_000_000
    page = Page(made["html"])
    assert {"link", "img", "iframe", "object"}.isdisjoint(t for t, _ in page.tags)
    scripts = [given for tag, given in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "report-data"}, {}]
    program = template("report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in made["html"]
    assert "@import" not in made["html"]
    outside = set(re.findall(r'(?:href|src)="(?!#)[^"]*"|url\((?!#)[^)]*\)', made["html"]))
    assert outside == set()


def test_never_a_word_for_nothing(made):
    assert not NOTHING.search(Page(made["html"]).words)
    assert not NOTHING.search(made["markdown"])


def test_no_significance_language(made):
    assert "significan" not in made["markdown"].lower()
    assert "p-value" not in made["markdown"].lower()


def test_same_input_gives_the_same_bytes():
    tables, settings, context = full_study()
    context["trace"] = trace_of(tables)
    first, second = made_report(), make_report(tables, settings, context)
    assert first["html"].encode() == second["html"].encode()
    assert first["markdown"] == second["markdown"]


def test_synthetic_is_said_at_the_head_and_under_every_figure():
    made = made_report()
    head = made["markdown"].split("## In brief")[0]
    assert "Simulated data" in head
    assert all("Simulated data" in figure["caption"] for figure in made["figures"].values())
    tables, settings, context = full_study()
    settings["study"]["synthetic"] = False
    real = build_document(tables, settings, context)
    assert "imulated data" not in real and "computer" not in real


def test_failed_checks_stand_above_every_number():
    tables, settings, context = full_study(failed=True)
    document = build_document(tables, settings, context)
    head = document.split("## In brief")[0]
    assert "1 model check failed" in head
    assert "QALYs, societal: Effective sample size. Run more draws." in head
    passed = build_document(*full_study())
    assert "failed" not in passed.split("## In brief")[0]
    assert "none failed" in passed


def test_checks_named_by_the_script_are_told_once():
    tables, settings, context = full_study(failed=True)
    context["failed_checks"] = [{"analysis": "qaly_societal", "check": "ess"}]
    head = build_document(tables, settings, context).split("## In brief")[0]
    assert head.count("Effective sample size") == 1


def test_arm_without_participants_says_so():
    page = Page(made_report(("order", "leave", "third"), ("third",))["html"])
    assert "Assertive outreach could not be compared: no participants recruited" in page.words
    rows = page.table("Mean cost and effect")["rows"]
    assert rows[3][0] == "Assertive outreach" and rows[3][-1] == "no participants"


def test_comparator_without_participants_leaves_no_comparison_and_no_plane():
    made = made_report(("order", "leave", "third"), ("leave",))
    assert "Community order could not be compared" in made["markdown"]
    assert not [path for path in made["figures"] if "plane" in path]


def test_three_arms_have_all_their_columns():
    page = page_without_figures(full_study(arms=("order", "leave", "third")))
    header = page.table("Incremental net benefit")["rows"][0]
    assert [word for word in header if word.startswith("Chance best")] == [
        "Chance best: Community order",
        "Chance best: Extended leave",
        "Chance best: Assertive outreach",
    ]


def test_exploratory_outcome_has_no_verdict():
    tables, settings, context = full_study()
    tables["analyses"] = {"cwly_health": tables["analyses"]["cwly_health"]}
    made = make_report(tables, settings, context)
    first = made["markdown"].split("## In brief")[1].split("\n## ")[0]
    assert "no verdict" in first and "best value on average" not in first
    assert "chance of being the best value" not in first
    assert "per QALY" not in first
    assert "figures/chances_cwly_health.svg" not in made["figures"]
    assert "worth, per person" not in made["markdown"]
    assert "exploratory" in made["markdown"]


def test_html_of_any_title_is_one_document():
    page = Page(to_html("# A {#top}\n", {}, "A & <b>"))
    assert page.headings == [[1, "A"]]
