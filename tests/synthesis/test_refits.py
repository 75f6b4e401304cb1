"""Cells beside their refits: what counts as agreement, and the table's contract."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import read, write
from trialbalance.synthesis.refits import proof_table, worst_refit

SECTION = {"choices": {"a": {"options": {"a1": {}, "a2": {}}}}}


def cells(error=0.0, arms=("new",)):
    return pd.DataFrame([
        {"cell": number, "choice_a": f"a{number}", "arm": arm, "comparator": "usual",
         "fit": "base/qaly", "way": "exact", "threshold": 20000.0, "cost": 100.0, "effect": 0.01,
         "net_benefit": 100.0, "error": error, "weight": np.nan}
        for number in (1, 2) for arm in arms
    ])  # fmt: skip


def again(value, fit_error=10.0, number=1, arm="new"):
    return pd.DataFrame([{
        "cell": number, "arm": arm, "refit": "refit_of_base/qaly", "refitted_cost": 100.0,
        "refitted_effect": 0.01, "refitted": value, "fit_error": fit_error,
    }])  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "error", "agrees"),
    [(0.0, 0.0, True), (42.0, 0.0, True), (-42.0, 0.0, True), (43.0, 0.0, False),
     (-43.0, 0.0, False), (92.0, 50.0, True), (93.0, 50.0, False)],
)  # fmt: skip
def test_agreement_is_the_stated_error_and_three_monte_carlo_errors(gap, error, agrees):
    # Both sides have a Monte Carlo error of 10: 3 × √2 × 10 = 42.4.
    (row,) = proof_table(cells(error), [again(100.0 + gap)], SECTION).to_dict("records")
    assert row["difference"] == pytest.approx(gap)
    assert row["standard_error"] == pytest.approx(10 * np.sqrt(2))
    assert row["agrees"] is agrees


def test_cells_of_several_fits_and_arms_each_meet_their_own():
    parts = [again(101.0, arm="new"), again(105.0, arm="third"), again(70.0, number=2, arm="new"),
             again(99.0, number=2, arm="third")]  # fmt: skip
    table = proof_table(cells(arms=("new", "third")), parts[::-1], SECTION)
    assert table[["cell", "arm", "difference"]].to_numpy().tolist() == [
        [1, "new", 1.0], [1, "third", 5.0], [2, "new", -30.0], [2, "third", -1.0],
    ]  # fmt: skip
    assert table["choice_a"].tolist() == ["a1", "a1", "a2", "a2"]
    assert worst_refit(table)["difference"] == -30.0


def test_the_table_keeps_its_contract(tmp_path):
    table = proof_table(cells(), [again(101.0), again(99.0, number=2)], SECTION)
    path, words = tmp_path / "multiverse_proof.csv", {"arms": ["new", "usual"]}
    write(table, path, "multiverse_proof", True, words)
    assert read(path, "multiverse_proof", words)["agrees"].tolist() == [True, True]
