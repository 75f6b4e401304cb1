"""Checklists: answered only where the report holds content of this study, else a counted gap."""

import re

import pandas as pd
import pytest
from report_study import full_study, page_without_figures
from trialbalance.report.making import build_document
from trialbalance.report.sections.appendix.cheers import CHEERS, INFORMATION
from trialbalance.settings.sections.report import ReportTexts

TEXTS = list(ReportTexts.model_fields)


def whole_study():
    tables, settings, context = full_study()
    settings["report"]["texts"] = {name: f"Words on {name}." for name in TEXTS}
    settings["decision"]["population"] = {"incidence": 5000, "years": 5}
    settings["data"]["covariates"] = {"age": {"type": "number", "label": "Age"}}
    settings["outcomes"]["instruments"]["eq5d3l"] |= {
        "kind": "value_set",
        "value_set": "eq5d3l_uk_x",
    }
    tables["participants"]["age"] = range(len(tables["participants"]))
    frame = tables["analyses"]["qaly_health"]["information"]
    frame["population"] = 1e6
    kinds = [frame, frame.assign(quantity="evppi:prices"), frame.assign(quantity="evsi:200")]

    tables["analyses"]["qaly_health"]["information"] = pd.concat(kinds, ignore_index=True)
    return tables, settings, context


def gaps(study):
    document = build_document(*study)
    rows = re.findall(r"^\| (V?\d+) \| .* \| (.*) \|$", document.split("{#checklists}")[1], re.M)
    open_items = {number for number, place in rows if place.startswith("**GAP.**")}
    words = f"{len(open_items)} of {len(rows)} checklist items"
    brief = document.split("## In brief")[1].split("\n## ")[0]
    assert (words in brief) if open_items else ("all 34 checklist items are answered" in brief)
    return open_items


def test_there_are_28_items_and_a_complete_study_has_no_gap():
    assert [item.number for item in CHEERS] == [str(n) for n in range(1, 29)]
    assert gaps(whole_study()) == set()


def test_every_gap_says_what_to_write():
    assert all(item.prompt.endswith(".") for item in (*CHEERS, *INFORMATION))


WITHOUT = {
    "background": {"3"},
    "objectives": {"2"},
    "plan": {"4"},
    "place": {"6"},
    "outcome_choice": {"11"},
    "heterogeneity": {"18"},
    "distribution": {"19"},
    "engagement": {"21"},
    "engagement_effect": {"25"},
    "discussion": {"26"},
    "funding": {"27"},
    "conflicts": {"28"},
}


@pytest.mark.parametrize("name", WITHOUT)
@pytest.mark.parametrize("blank", ["", "   \n", "<!-- to be written -->"])
def test_a_blank_text_is_a_gap(name, blank):
    study = whole_study()
    study[1]["report"]["texts"][name] = blank
    assert gaps(study) == WITHOUT[name]


def without_table(name):
    def blank(tables, settings):
        del tables[name]

    return blank


def without_setting(part, key):
    def blank(tables, settings):
        settings[part][key] = None

    return blank


def without_analysis_table(name):
    def blank(tables, settings):
        for analysis in tables["analyses"].values():
            analysis.pop(name)

    return blank


def base_alone(tables, settings):
    tables["scenarios"] = tables["scenarios"].query("scenario == 'base'")


def no_rates(tables, settings):
    settings["costs"]["discount_rate"] = settings["outcomes"]["discount_rate"] = None


@pytest.mark.parametrize(
    ("blank", "opened"),
    [
        (without_setting("report", "comparison"), {"7"}),
        (without_table("perspectives"), {"8"}),
        (without_setting("study", "horizon_years"), {"9"}),
        (no_rates, {"10"}),
        (without_table("questionnaires"), {"12"}),
        (without_setting("outcomes", "instruments"), {"12", "13"}),
        (without_table("prices"), {"14"}),
        (without_setting("costs", "price_year"), {"15"}),
        (base_alone, {"24"}),
        (without_setting("data", "covariates"), {"5"}),
        (without_analysis_table("acceptability"), {"20"}),
        (without_analysis_table("draws"), {"20"}),
        (without_setting("model", "priors"), set()),
    ],
)
def test_a_blank_input_opens_its_item(blank, opened):
    study = whole_study()
    blank(study[0], study[1])
    assert gaps(study) == opened


def test_without_information_its_items_do_not_apply():
    tables, settings, context = whole_study()
    without_analysis_table("information")(tables, settings)
    page = page_without_figures((tables, settings, context))
    assert not [table for table in page.tables if table["caption"].startswith("Reporting of value")]
    assert "all 28 checklist items are answered" in page.words


def test_places_are_links_to_what_they_name():
    page = page_without_figures(whole_study())
    row = next(row for row in page.table("CHEERS 2022")["rows"] if row[0] == "14")
    assert row[2] == "Unit costs, their price year and source"
    assert {"#table-unit-costs", "#text-funding", "#prices-time"} <= set(page.links)
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))


def test_reference_case_says_met_and_not_met():
    tables, settings, context = whole_study()
    settings["outcomes"]["effects"]["qaly"]["measure"] = "eq5d"
    settings["outcomes"]["instruments"]["eq5d3l"]["measure"] = "eq5d"
    settings["costs"]["perspectives"]["health_social"]["payers"] = ["nhs"]

    def verdicts():
        page = page_without_figures((tables, settings, context))
        return [row[1] for row in page.table("Reference case")["rows"][1:]]

    assert verdicts() == ["to be judged", "met", "met", "met", "to be judged", "met", "met"]
    settings["outcomes"]["discount_rate"] = 0.015
    settings["outcomes"]["instruments"]["eq5d3l"]["value_set"] = "eq5d3l_nl"
    settings["costs"]["perspectives"]["health_social"]["payers"] = []
    assert verdicts()[:4] == ["not met", "met", "not met", "not met"]
    settings["study"]["currency"] = "CAD"
    page = page_without_figures((tables, settings, context))
    assert not [table for table in page.tables if table["caption"].startswith("Reference case")]
