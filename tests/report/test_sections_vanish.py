"""A study without a table has no section for it; one at a later door says what was passed by."""

import pytest
from report_study import full_study, page_without_figures, study_settings
from trialbalance.report.making import build_document, make_report

BELONGS = {
    "participant_costs": "Cost by category",
    "prices": "Unit costs",
    "set_aside": "Records not costed",
    "measures": "Measures over time",
    "endpoints": "Clinical endpoints",
    "flow": "Participant flow",
    "exclusions": "Exclusions, by reason",
    "questionnaires": "Questionnaires due",
    "perspectives": "What each perspective counts",
    "trial_balance": "Trial balance",
    "reproduction": "Published figures",
    "scenarios": "Scenarios",
}


@pytest.mark.parametrize("name", BELONGS)
@pytest.mark.parametrize("how", ["absent", "without rows"])
def test_section_goes_with_its_table(name, how):
    tables, settings, context = full_study()
    assert BELONGS[name] in build_document(tables, settings, context)
    if how == "absent":
        del tables[name]
    else:
        tables[name] = tables[name].iloc[:0]
    assert BELONGS[name] not in build_document(tables, settings, context)


@pytest.mark.parametrize(
    "name",
    [
        "arms",
        "draws",
        "net_benefit",
        "acceptability",
        "information",
        "model_checks",
        "missing_patterns",
        "missingness",
    ],
)
def test_report_is_made_without_any_one_table_of_an_analysis(name):
    tables, settings, context = full_study()
    for analysis in tables["analyses"].values():
        del analysis[name]
    page = page_without_figures((tables, settings, context))
    assert page.headings[1][1] == "In brief"
    assert "nan" not in page.words.lower().split()


@pytest.mark.parametrize(
    ("name", "gone", "left"),
    [("draws", "plane", "acceptability"), ("acceptability", "acceptability", "plane")],
)
def test_figure_goes_with_its_table(name, gone, left):
    tables, settings, context = full_study()
    only = tables["analyses"]["qaly_health"]
    del only[name]
    tables["analyses"] = {"qaly_health": only}
    made = make_report(tables, settings, context)
    paths = " ".join(made["figures"])
    assert gone not in paths and left in paths
    assert made["html"].count("<svg") == len(made["figures"])


def test_study_of_draws_alone_has_results_and_says_what_was_passed_by():
    tables, settings, context = full_study()
    settings["data"]["door"] = "draws"
    settings["costs"] = settings["outcomes"] = None
    tables = {
        "analyses": {
            name: {
                key: part[key]
                for key in (
                    "draws",
                    "arms",
                    "incremental",
                    "net_benefit",
                    "acceptability",
                    "information",
                )
            }
            for name, part in tables["analyses"].items()
        }
    }
    for part in tables["analyses"].values():
        part["arms"]["n"] = None
    page = page_without_figures((tables, settings, context))
    titles = [words for level, words in page.headings if level == 2]
    assert titles == [
        "In brief",
        "Cost-effectiveness",
        "What the answer does not cover",
        "Discussion",
        "Results in full",
        "Methods",
        "Reporting checklists",
    ]
    assert "handed over from another model" in page.words
    assert "The models in words" not in page.words and "missing at random" not in page.words
    assert "None" not in page.words


def test_study_of_totals_says_that_costs_came_valued():
    tables, settings, context = full_study()
    settings["data"]["door"] = "totals"
    text = build_document(tables, settings, context)
    assert "Costs were handed over already valued" in text


def test_study_without_results_still_has_a_page():
    page = page_without_figures(({}, study_settings(), {}))
    assert page.headings[0][0] == 1
    assert "In brief" not in [words for _, words in page.headings]
