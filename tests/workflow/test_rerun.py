"""What makes a stage run again: settings, inputs and methods it depends on, and no more."""

import os

import pytest
import yaml
from study_copy import backwards

# The second opinion reads what the workbook averages.
AFTER_CODE = {
    *("write_workbook", "trace_figures", "certify_study", "write_report"),
    *("index_outputs", "describe_results", "write_index"),
}
# Deviations from the plan are those of settings, whatever the code.
ALWAYS = {"list_deviations", *AFTER_CODE}
LATER = {"compare_scenarios", *ALWAYS}
AFTER_MODEL = {"fit_model", "check_model", "compare_arms", "close_books", *LATER}
AFTER_DRAWS = {"compare_arms", "compare_scenarios", *AFTER_CODE}
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
    # As far as the last rule that is asked about; what follows would be planned anyhow.
    last = "results/my_trial/base/50_model/qaly_health_care/posterior.nc"
    assert finished.command(last).returncode == 0
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
        "workflow/src/trialbalance/outcomes/scores/sum_scores.py",
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
    assert planned == {"settle_settings", "compare_arms", "export_tables", "close_books", *LATER}


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


OLD = 1_000_000_000  # September 2001, in seconds


@pytest.mark.parametrize(
    ("file", "old", "new", "remade", "left"),
    [
        ("unit_costs.csv", "visit,60,", "visit,61,", AFTER_COSTS, {"score_outcomes"}),
        ("data/resource_use.csv", "\n", "\n", {"read_records"}, set()),
        ("data/participants.csv", "female", "male", {"read_records", "fit_model"}, set()),
        ("analysis_plan.md", "\n", "\n\n", {"list_deviations"}, {"read_records", "fit_model"}),
    ],
)
def test_a_corrected_file_that_is_older_remakes_what_follows(
    finished, file, old, new, remade, left
):
    path = f"config/studies/my_trial/{file}"
    if old == new:
        # One row less: the same columns, other content.
        lines = (finished.folder / path).read_text(encoding="utf-8").splitlines(keepends=True)
        (finished.folder / path).write_text("".join(lines[:-1]), encoding="utf-8")
    else:
        finished.edit(path, old, new)
    os.utime(finished.folder / path, (OLD, OLD))
    planned = set(finished.plan())
    assert remade <= planned
    assert not planned & left


def test_a_value_set_of_the_study_counts_by_content(finished):
    shipped = finished.folder / "workflow/resources/value_sets/eq5d3l_uk_mvh_a1.csv"
    shipped.write_text(shipped.read_text(encoding="utf-8").replace("0.069", "0.068", 1))
    os.utime(shipped, (OLD, OLD))
    planned = set(finished.plan())
    assert {"score_outcomes", "build_dataset", "fit_model", "write_report"} <= planned
    assert not planned & {"read_records", "value_resources"}


def test_an_older_price_index_remakes_costs(finished):
    index = finished.folder / "config/studies/my_trial/price_index.csv"
    index.write_text(index.read_text(encoding="utf-8").rstrip("\n") + "\n\n")
    os.utime(index, (OLD, OLD))
    planned = set(finished.plan())
    assert planned >= AFTER_COSTS
    assert not planned & {"read_records", "score_outcomes"}


def test_touched_files_of_the_same_content_remake_nothing(finished):
    shipped = finished.folder / "workflow" / "resources"
    for path in [*finished.study.rglob("*"), *shipped.rglob("*.csv")]:
        path.touch()
    assert finished.plan() == {}


@pytest.mark.parametrize(
    ("table", "remade", "left"),
    [
        ("ledger", AFTER_COSTS, {"read_records", "score_outcomes", "settle_settings"}),
        (
            "draws",
            {"compare_arms", "compare_scenarios", *AFTER_CODE},
            {"fit_model", "build_dataset", "check_balance"},
        ),
        ("value_set", {"score_outcomes", "fit_model"}, {"read_records", "value_resources"}),
    ],
)
def test_an_edited_contract_remakes_the_rules_of_its_table(finished, table, remade, left):
    file = next((finished.folder / "workflow/schemas/tables").glob(f"*/{table}.yaml"))
    path = str(file.relative_to(finished.folder))
    file.write_text("# a comment\n" + file.read_text(encoding="utf-8"))
    assert finished.plan() == {}
    finished.edit(path, "title: ", "title: Said otherwise, ")
    planned = set(finished.plan())
    assert remade <= planned
    assert not planned & left


@pytest.mark.parametrize("file", ["report.css", "report.js", "print.lua", "style.yaml"])
def test_an_edited_template_remakes_the_report_only(finished, file):
    path = finished.folder / "workflow" / "report" / file
    path.write_text(path.read_text(encoding="utf-8") + "\n")
    assert set(finished.plan()) == {
        *("write_report", "index_outputs", "describe_results", "write_index")
    }


@pytest.mark.parametrize(
    "module",
    ["compiling/density", "cells/layout", "cells/means/averages", "families/gamma", "results"],
)
def test_an_edited_module_of_the_model_remakes_the_fit_and_what_follows(finished, module):
    path = finished.folder / "workflow/src/trialbalance/model" / f"{module}.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nADDED = 1\n")
    planned = set(finished.plan())
    assert planned >= {*AFTER_MODEL, "record_provenance"} - {"list_deviations"}
    assert not planned & {"read_records", "value_resources", "score_outcomes", "build_dataset"}


def test_full_adds_its_tables_and_a_report_of_its_own(finished):
    planned = finished.plan("full")
    assert set(planned) >= {"climb_ladder", "cross_check", "scale_priors", "write_full_report"}
    assert not set(planned) & {"fit_model", "compare_arms", "write_report"}
    # Tables of target full that are there change nothing of what stands.
    folder = finished.folder / "results/my_trial/base/50_model/qaly_health_care"
    for table in ("ladder", "crosscheck", "prior_sensitivity"):
        (folder / f"{table}.csv").write_text("planted\n")
    assert finished.plan() == {}


def test_results_elsewhere_are_as_complete(finished):
    (finished.folder / "results").rename(finished.folder / "elsewhere")
    (finished.folder / "results" / "my_trial" / "old_scenario").mkdir(parents=True)
    words = ("--config", "pathvars={results: elsewhere}", "-n")
    answer = finished.command(*words, "release")
    told = answer.stdout + answer.stderr
    assert answer.returncode == 0, told
    assert "left over" not in told
    assert " results/" not in told
