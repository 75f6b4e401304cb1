"""A table of one more stage needs one line, and shows only where a study has it."""

import pandas as pd
import pytest
from report_study import full_study, page_without_figures
from trialbalance.report.document import SECTIONS
from trialbalance.report.making import build_document
from trialbalance.report.sections.appendix.plain_tables import MOST, plain_tables


def frame(rows=2):
    """Return rows that any line can print: a column that every line asks for, and more."""
    return pd.DataFrame(
        {
            "analysis": "qaly_health",
            "arm": ["order", "leave"] * (rows // 2),
            "value": [1234.5, float("nan")] * (rows // 2),
            "note": ["<script>x</script>", "a | b"] * (rows // 2),
            "nothing": None,
            "method": None,
        }
    )


def with_what_decides(frame):
    """Return the rows with the columns by which a line decides whether and what it tells."""
    return frame.assign(
        estimate="difference", odds_ratio=2.0, lower=1.5, upper=2.5, not_reached=3, note="told"
    )


def test_only_rows_at_the_primary_threshold_and_the_columns_named_are_printed():
    tables, settings, context = full_study()
    tables["sensitivity"] = pd.DataFrame(
        {
            "analysis": "qaly_health",
            "arm": "order",
            "comparator": "leave",
            "threshold": [20000.0, 30000.0],
            "parameter": ["price_bed", "price_nurse"],
            "swing": [1500.0, 2500.0],
            "error": 0.25,
        }
    )
    page = page_without_figures((tables, settings, context))
    assert page.table("One assumption at a time")["rows"] == [
        ["Arm", "Parameter", "Swing"],
        ["Community order", "Price bed", "£1,500"],
    ]


def test_every_line_names_a_section_and_a_table_once():
    assert {entry.printed.section for entry in plain_tables()} <= {name for name, _ in SECTIONS}
    assert len({entry.table for entry in plain_tables()}) == len(plain_tables())
    assert len({entry.printed.heading for entry in plain_tables()}) == len(plain_tables())


@pytest.mark.parametrize("entry", plain_tables(), ids=lambda entry: entry.table)
def test_it_shows_where_the_table_exists_and_not_where_it_is_blank(entry):
    tables, settings, context = full_study()
    assert entry.printed.heading not in build_document(tables, settings, context)
    tables[entry.table] = with_what_decides(frame()).iloc[:0]
    assert entry.printed.heading not in build_document(tables, settings, context)
    tables[entry.table] = with_what_decides(frame())
    assert f"### {entry.printed.heading} {{#" in build_document(tables, settings, context)


def test_it_is_printed_in_house_style_with_its_file_and_no_markup_of_its_own():
    tables, settings, context = full_study()
    context["files"] = {"qaly_health.prior_sensitivity": "base/60_decision/qaly_health/t.csv"}
    tables["analyses"]["qaly_health"]["prior_sensitivity"] = frame()
    page = page_without_figures((tables, settings, context))
    table = page.table("Other priors: QALYs, health")
    assert table["rows"] == [
        ["Arm", "Value", "Note"],
        ["Community order", "1,234.50", "<script>x</script>"],
        ["Extended leave", "–", "a | b"],
    ]
    assert "Source: base/60_decision/qaly_health/t.csv." in page.words
    slots = [given.get("data-source") for _, given in page.tags]
    assert "base/60_decision/qaly_health/t.csv" in slots


def test_a_long_table_is_named_and_not_printed():
    tables, settings, context = full_study()
    context["files"] = {"crosscheck": "audit/crosscheck.csv"}
    tables["crosscheck"] = frame(2 * MOST)
    assert f"{2 * MOST} rows: see audit/crosscheck" in build_document(tables, settings, context)


def test_a_locked_plan_fills_its_item():
    tables, settings, context = full_study()
    tables["deviations"] = frame()
    page = page_without_figures((tables, settings, context))
    row = next(row for row in page.table("CHEERS 2022")["rows"] if row[0] == "4")
    assert row[2] == "Plan lock"


def test_bounds_stand_in_brackets_and_a_traced_estimate_keeps_its_mark():
    tables, settings, context = full_study()
    row = {"case": "prior", "arm": "order", "comparator": "leave", "threshold": 20000.0}
    row |= {"cost": 5.0, "cost_lower": -3.0, "cost_upper": 9.0, "net_benefit": 7.0}
    frame = pd.DataFrame([row | {"lower": 1.0, "upper": 8.0, "probability_positive": 0.8}])
    tables["analyses"]["qaly_health"]["selection_scenarios"] = frame
    page = page_without_figures((tables, settings, context))
    rows = page.table("If being missing depends on the outcome itself")["rows"]
    assert rows[1] == ["Prior", "Community order", "£5 (−£3 to £9)", "£7 (£1–£8)", "80%"]
    frame["figure"] = "base/x/1"
    names = ("base/x/1.net_benefit", "base/x/1.lower", "base/x/1.upper")
    marked = {**context, "trace": {"figures": dict.fromkeys(names), "steps": []}}
    text = build_document(tables, settings, marked)
    cell = next(line for line in text.splitlines() if "base/x/1.lower" in line).split("|")[4]
    assert cell.strip() == (
        '[£7]{.number figure="base/x/1.net_benefit"} \\([£1]{.number figure="base/x/1.lower"}–'
        '[£8]{.number figure="base/x/1.upper"}\\)'
    )


def test_lines_that_suppose_a_bias_stay_in_the_file():
    tables, settings, context = full_study()
    told = with_what_decides(frame()).assign(name=["stays", "nights"], bias=[float("nan"), 0.2])
    tables["associations"] = told
    rows = page_without_figures((tables, settings, context)).table("What goes with what")["rows"]
    assert [row[0] for row in rows] == ["Name", "Stays"]
