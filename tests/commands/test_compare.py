"""Two runs side by side: every change is named, every move is measured, none explained away."""

import json

import pandas as pd
import pytest
from laid_study import Laid
from trialbalance import contracts
from trialbalance.commands.compare import NO_CAUSE, compare, read_figures, told
from trialbalance.contracts import Problems
from trialbalance.graph import audit_paths
from trialbalance.provenance.record import record

CODES = {"costs": "c0", "model": "m0", "decision": "d0"}


def finished(laid: Laid, codes: dict | None = None):
    """Write what a run rests on beside its results; return the folder."""
    inputs = {name: laid.path(path) for name, path in audit_paths.source_inputs(laid.place).items()}
    content = record("my_trial", 1, inputs, codes or CODES)
    folder = laid.results / "my_trial"
    laid.path("<results>/my_trial/audit/provenance.json").write_text(json.dumps(content))
    return folder


@pytest.fixture(scope="module")
def old(laid):
    return finished(laid)


def run(tmp_path, **sections) -> Laid:
    return Laid(tmp_path / "new").run(**sections)


def test_equal_runs_differ_in_nothing(old, tmp_path):
    changes, moved = compare(old, finished(run(tmp_path)))
    assert changes == []
    assert moved.empty
    assert told(changes, moved) == [
        "no input, setting, method or version differs",
        "0 figures moved",
    ]


def test_a_changed_rate_is_named_and_moves_what_it_enters(old, tmp_path):
    laid = run(tmp_path, costs={"price_year": "2020/21"})
    changes, moved = compare(old, finished(laid))
    assert [change.line() for change in changes] == [
        "setting: costs.price_year: 2021/22 -> 2020/21"
    ]
    assert (moved["causes"] == "setting costs.price_year").all()
    assert "outcomes" not in set(moved["stage"])
    name = "base/qaly_health_care/arms/new_service.cost"
    row = moved.set_index("figure").loc[name]
    before = pd.read_csv(old / "base/60_decision/qaly_health_care/arms.csv").set_index("arm")
    width = before.loc["new_service", "cost_upper"] - before.loc["new_service", "cost_lower"]
    assert row["size"] == pytest.approx(abs(row["new"] - row["old"]) / width)
    assert moved["size"].dropna().is_monotonic_decreasing


def test_a_changed_price_file_is_an_input(old, tmp_path):
    laid = Laid(tmp_path / "new")
    laid.copy.replace("unit_costs.csv", "visit,60,", "visit,61,")
    changes, moved = compare(old, finished(laid.run()))
    assert [(change.kind, change.what) for change in changes] == [("input", "unit_costs")]
    assert set(moved["causes"]) == {"input unit_costs"}


def test_a_changed_method_explains_its_stage_and_those_after(old, tmp_path):
    laid = run(tmp_path, costs={"discount_rate": 0.03})
    changes, _ = compare(old, finished(laid, CODES | {"model": "m1"}))
    method = next(change for change in changes if change.kind == "method")
    assert method.stages == ("model", "decision", "synthesis")


def test_a_move_without_a_cause_is_said_to_be_one(old, tmp_path):
    laid = run(tmp_path)
    folder = finished(laid)
    path = folder / "base/60_decision/qaly_health_care/incremental.csv"
    frame = pd.read_csv(path)
    frame["cost"] += 10
    frame.to_csv(path, index=False)
    changes, moved = compare(old, folder)
    assert moved["figure"].tolist() == ["base/qaly_health_care/incremental/new_service.cost"]
    assert moved["change"].iloc[0] == pytest.approx(10)
    assert moved["causes"].tolist() == [NO_CAUSE]
    assert "1 of them are unexplained" in "\n".join(told(changes, moved))


def test_a_setting_of_a_later_stage_explains_no_earlier_figure(old, tmp_path):
    laid = run(tmp_path, decision={"interval": 0.9})
    folder = finished(laid)
    path = folder / "base/20_costs/prices.csv"
    frame = pd.read_csv(path)
    frame["unit_cost"] += 1
    frame.to_csv(path, index=False)
    _, moved = compare(old, folder)
    by_stage = moved.groupby("stage")["causes"].unique().map(list).to_dict()
    assert by_stage == {"costs": [NO_CAUSE], "decision": ["setting decision.interval"]}


def test_figures_of_one_run_only_are_told(old, tmp_path):
    laid = run(tmp_path, decision={"thresholds": {"qaly": {"primary": 20000, "marked": [12345]}}})
    _, moved = compare(old, finished(laid))
    alone = moved[moved["change"].isna()]
    assert alone["figure"].str.contains("12345").any()


def test_what_is_written_keeps_its_contract(old, tmp_path):
    _, moved = compare(
        old, finished(run(tmp_path, costs={"discount_rate": 0.03}, study={"seed": 2}))
    )
    contracts.write(moved, tmp_path / "moved.csv", "comparison", synthetic=False)
    assert len(contracts.read(tmp_path / "moved.csv", "comparison")) == len(moved)


def test_a_folder_without_a_run_is_answered_in_a_sentence(old, tmp_path):
    with pytest.raises(Problems, match=r"audit/provenance\.json"):
        compare(old, tmp_path)


def test_every_figure_has_an_identifier_of_its_own(old):
    figures = read_figures(old)
    assert len(figures) > 500
    assert figures["figure"].is_unique
