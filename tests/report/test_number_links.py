"""A number on the page carries the figure behind it; the page holds the way back of those alone."""

import json
import re

from report_page import Page
from report_study import full_study, made_report, page_without_figures
from report_trace import trace_of
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import numbered, origins, traced, traced_span, ways_back

MARKED = re.compile(r'data-figure="([^"]+)">([^<]*)<')


def embedded(html):
    data = html.partition('id="report-data">')[2].partition("</script>")[0]
    return json.loads(data)["trace"]


def test_page_carries_the_way_back_of_every_marked_number_and_of_no_other():
    html = made_report()["html"]
    names = {name for name, _ in MARKED.findall(html)}
    trace = embedded(html)
    assert len(names) > 30 and set(trace["figures"]) == names
    assert [step["stage"] for step in trace["steps"]] == ["decision", "model"]
    assert "{." not in Page(html).words and "\\" not in Page(html).words


def test_printed_number_is_the_figure_rounded():
    trace, checked = embedded(made_report()["html"]), 0
    for name, words in MARKED.findall(made_report()["html"]):
        value = float(trace["figures"][name]["value"])
        digits = re.sub(r"[^\d.]", "", words)
        if words.startswith(("over", "under")) or not digits:
            continue
        share = 100 if words.endswith("%") else 1
        half = 0.5 * 10 ** -len(digits.partition(".")[2]) + 1e-9
        # A figure of draws may end in noughts that its Monte Carlo error covers.
        zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
        half = max(half, min(0.5 * 10**zeros, 0.05 * abs(value))) if zeros else half
        assert abs(abs(value) * share - float(digits)) <= half, (name, words, value)
        checked += 1
    assert checked > 30


def test_without_traces_nothing_is_marked():
    tables, settings, context = full_study()
    assert "data-figure" not in page_without_figures((tables, settings, context)).words
    assert numbered(tables, None) == tables
    row = {"figure": "base/qaly_health/arms/order"}
    assert traced(Facts({}, {}, {}), "£5", row, "cost") == "£5"


def test_analysis_that_was_not_traced_stays_unmarked():
    html = made_report()["html"]
    assert "base/qaly_health/" in html and 'data-figure="base/qaly_societal' not in html


def test_range_is_marked_at_both_ends_or_not_at_all():
    tables, settings, _ = full_study()
    trace = trace_of(tables)
    facts = Facts(numbered(tables, trace), settings, {"trace": trace})
    row = facts.table("arms", "qaly_health").iloc[0]
    both = traced_span(facts, ["−£5", "£9"], row, ["cost_lower", "cost_upper"])
    assert both.count(".number") == 2 and "} to [" in both
    assert traced_span(facts, ["£5", "£9"], row, ["cost", "unknown"]) == "£5–£9"
    assert traced_span(facts, ["–", "£9"], row, ["cost_lower", "cost_upper"]) == "–"


def test_a_mark_that_no_trace_knows_is_left_alone():
    page = '<span data-figure="made/up.cost">1</span>'
    assert ways_back(trace_of(full_study()[0]), page) == {}
    assert ways_back(None, page) == {}


def test_inputs_of_a_report_give_files_and_traces(tmp_path):
    place = tmp_path / "results/small/audit/trace.json"
    place.parent.mkdir(parents=True)
    place.write_text('{"figures": {}}', encoding="utf-8")
    found = origins({"trace": str(place)}, "small")
    assert found == {"files": {"trace": "audit/trace.json"}, "trace": {"figures": {}}}
    assert origins({}, "small")["trace"] is None
