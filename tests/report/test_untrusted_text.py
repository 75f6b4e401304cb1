"""Text of a study shows as it was written and never acts as markup."""

import json

import pandas as pd
import pytest
from report_page import Page
from report_study import full_study, page_without_figures
from trialbalance.report.making import make_report
from trialbalance.report.text.markup import LABEL_LENGTH, clean

ATTACKS = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    '=HYPERLINK("http://evil.example","x")',
    "[press](http://evil.example)",
    "![x](http://evil.example/y.png)",
    "<http://evil.example>",
    "a | b | c",
    "| x |\n|---|\n| y |",
    "$(touch x) `rm` ${HOME} $x^2$",
    "*bold* **b** _i_ ~~s~~ ^up^ ~down~",
    "# heading",
    "- item",
    "1. item",
    ": definition",
    "::: {.banner}",
    "[^1] [@doe] @doe",
    "&lt;b&gt; &amp; <!-- c --> --> ]]>",
    "\\<b\\>",
    'x" onload="alert(1)',
    "```{=html}\n<b>x</b>\n```",
    "REPORT-TITLE $body$ /*REPORT-STYLE*/",
    "</title><svg onload=alert(1)>",
]


def attacked(attack):
    """Put an attack wherever a study may write words."""
    tables, settings, context = full_study()
    settings["study"]["title"] = attack
    settings["study"]["arms"]["order"]["label"] = attack
    settings["analyses"]["qaly_health"]["title"] = attack
    settings["report"] |= {
        "summary": attack,
        "comparison": attack,
        "limitations": [attack],
        "authors": [attack],
        "labels": {"cpn_contact": attack, "hospital": attack, "month_6": attack},
    }
    settings["costs"]["payers"]["nhs"] = attack
    settings["costs"]["perspectives"]["societal"]["label"] = attack
    tables["prices"].loc[0, ["source", "unit"]] = attack
    tables["exclusions"].loc[0, "reason"] = attack
    tables["set_aside"].loc[0, "reason"] = attack
    tables["flow"].loc[2, "reason"] = attack
    tables["analyses"]["qaly_health"]["model_checks"].loc[1, ["verdict", "advice"]] = [
        "fail",
        attack,
    ]
    tables["reproduction"].loc[0, "quantity"] = attack
    context["versions"] = {attack: attack}
    context["passed_by"] = [attack]
    return tables, settings, context


@pytest.fixture(scope="module")
def plain():
    return page_without_figures(full_study())


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_shows_as_text(attack, plain):
    page = page_without_figures(attacked(attack))
    assert page.open_tags == []
    names = {tag for tag, _ in page.tags}
    assert names <= {tag for tag, _ in plain.tags} | {"em", "svg"}
    assert "script" not in names
    assert not [link for link in page.links if not link.startswith("#")]
    assert not [key for _, given in page.tags for key in given if key.startswith("on")]
    assert not [given for _, given in page.tags if "evil" in str(given.get("src", ""))]
    assert page.headings[0][1] == clean(attack).replace("\n", " ")
    assert page.words.count(clean(attack)) > 8


@pytest.mark.parametrize("attack", ["a | b | c", "| x |\n|---|\n| y |", "x\\|y"])
def test_pipes_keep_their_cell(attack):
    page = page_without_figures(attacked(attack))
    for table in page.tables:
        assert len({len(row) for row in table["rows"]}) == 1, table["caption"]


def test_unseen_and_turning_characters_are_dropped_and_length_is_bounded():
    tables, settings, context = full_study()
    settings["study"]["arms"]["order"]["label"] = "a\u202eb\x00c\ud800" + "x" * 10_000
    tables["analyses"] = {"qaly_health": tables["analyses"]["qaly_health"]}
    html = make_report(tables, settings, context)["html"]
    assert "\u202e" not in html and "\x00" not in html
    assert "x" * LABEL_LENGTH not in html
    assert len(html) < 2_000_000


def test_markup_in_a_label_stays_text_inside_a_drawing():
    tables, settings, context = attacked("<script>alert(1)</script>")
    tables["analyses"] = {"qaly_health": tables["analyses"]["qaly_health"]}
    cases = tables["scenarios"].rename(columns={"scenario": "case"})
    tables["forest"] = cases.assign(kind=cases["case"].where(cases["case"] == "base", "scenario"))
    made = make_report(tables, settings, context)
    assert len(made["figures"]) == 13
    assert all("<script" not in figure["svg"] for figure in made["figures"].values())
    assert [tag for tag, _ in Page(made["html"]).tags].count("script") == 2
    data = made["html"].rpartition('id="report-data">')[2].partition("</script>")[0]
    assert json.loads(data)["arms"][0]["label"] == "<script>alert(1)</script>"


def test_a_missing_note_is_a_dash_not_a_word():
    tables, settings, context = full_study()
    tables["prices"]["source"] = pd.NA
    tables["prices"]["price_year"] = None
    page = page_without_figures((tables, settings, context))
    assert page.table("Unit costs")["rows"][1][-1] == "–"
