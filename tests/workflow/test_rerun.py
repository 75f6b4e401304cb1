"""What makes a stage run again: settings, inputs and methods it depends on, and no more."""

import yaml
from study_copy import backwards

ALWAYS = {
    *("write_workbook", "trace_figures", "list_deviations", "write_report"),
    *("index_outputs", "describe_results", "write_index"),
}
LATER = {"compare_scenarios", *ALWAYS}
AFTER_MODEL = {"fit_model", "check_model", "compare_arms", "close_books", *LATER}
AFTER_COSTS = {"value_resources", "build_dataset", "check_balance"}


def test_a_second_run_has_nothing_to_do(finished):
    answer = finished.command()
    assert "Nothing to be done" in answer.stdout + answer.stderr


def test_exchanged_discount_rates(finished):
    finished.change(costs={"discount_rate": 0.015})
    first = finished.plan()
    assert set(first) >= AFTER_COSTS
    assert "score_outcomes" not in first
    assert "read_records" not in first
    finished.change(costs={"discount_rate": 0.035}, outcomes={"discount_rate": 0.015})
    second = finished.plan()
    assert "score_outcomes" in second
    assert "value_resources" not in second


def test_swapping_two_rates_remakes_both_and_not_data(finished):
    finished.change(costs={"discount_rate": 0.015}, outcomes={"discount_rate": 0.035})
    assert finished.command().returncode == 0
    finished.change(costs={"discount_rate": 0.035}, outcomes={"discount_rate": 0.015})
    planned = set(finished.plan())
    assert {"value_resources", "score_outcomes", "build_dataset", "fit_model"} <= planned
    assert "read_records" not in planned


def test_comment_docstring_and_order_remake_nothing(finished):
    file = finished.study / "study.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text("# another comment\n" + yaml.safe_dump(backwards(content), sort_keys=False))
    path = "workflow/src/trialbalance/outcomes/curves.py"
    finished.edit(path, '"""', '"""Said otherwise. ')
    source = finished.folder / path
    source.write_text(source.read_text() + "\n# a comment\n")
    assert finished.plan() == {}


def test_an_edited_function_remakes_its_stage_and_what_follows(finished):
    finished.edit(
        "workflow/src/trialbalance/outcomes/sum_scores.py",
        "import numpy as np",
        "import numpy as np\n\nADDED = 1",
    )
    planned = set(finished.plan())
    assert {
        "score_outcomes",
        "build_dataset",
        "fit_model",
        "compare_arms",
        "write_report",
    } <= planned
    assert not planned & {"read_records", "value_resources"}


def test_an_edit_of_the_decision_leaves_the_model(finished):
    path = finished.folder / "workflow/src/trialbalance/decision/__init__.py"
    path.write_text(path.read_text() + "\nADDED = 1\n")
    planned = set(finished.plan())
    assert "compare_arms" in planned
    assert not planned & {"fit_model", "check_model", "build_dataset"}


def test_a_title_remakes_report_and_audit_only(finished):
    finished.change(study={"title": "Another title"})
    planned = set(finished.plan())
    assert planned == {"settle_settings", *ALWAYS}


def test_a_threshold_remakes_the_decision_only(finished):
    finished.change(decision={"thresholds": {"qaly": {"primary": 30000}}})
    planned = set(finished.plan())
    assert planned == {"settle_settings", "compare_arms", "close_books", *LATER}


def test_a_scenario_makes_only_its_own_branch(finished):
    finished.change(scenarios={"dearer": {"title": "Dearer", "costs": {"price_year": "2020/21"}}})
    planned = finished.plan()
    assert planned["value_resources"] == planned["fit_model"] == planned["compare_arms"] == 1
    assert not set(planned) & {"read_records", "score_outcomes"}
    finished.change(
        scenarios={"dearer": None, "wider": {"title": "Wider", "decision": {"interval": 0.9}}}
    )
    planned = finished.plan()
    assert planned["compare_arms"] == 1
    assert not set(planned) & {"value_resources", "build_dataset", "fit_model"}


def test_a_changed_price_remakes_costs_and_not_outcomes(finished):
    finished.edit("config/studies/my_trial/unit_costs.csv", "visit,60,", "visit,61,")
    planned = set(finished.plan())
    assert planned >= {*AFTER_COSTS, "record_provenance"}
    assert not planned & {"read_records", "score_outcomes"}
