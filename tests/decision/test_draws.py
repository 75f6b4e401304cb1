"""Draws from elsewhere: what is wrong with them is said in sentences, all at once."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.decision import arm_draws, tidy_draws, wide_draws
from trialbalance.decision.comparing.curves import decision_curves

STUDY = {"arms": {"usual": {}, "crisis": {}}, "comparator": "usual"}


@pytest.fixture
def draws():
    return pd.DataFrame(
        {
            "draw": [1, 1, 2, 2, 3, 3],
            "arm": ["usual", "crisis"] * 3,
            "cost": [10.0, 20, 11, 21, 12, 22],
            "effect": [0.5, 0.6, 0.51, 0.61, 0.52, 0.62],
        }
    )


def sentences(call, *arguments, **named):
    with pytest.raises(Problems) as caught:
        call(*arguments, **named)
    return [finding.sentence() for finding in caught.value.findings]


def test_rows_in_any_order_give_the_same_arrays(draws):
    one, other = arm_draws(draws, STUDY), arm_draws(draws.iloc[::-1], STUDY)
    assert one.arms == ["usual", "crisis"]
    np.testing.assert_array_equal(one.cost, other.cost)
    np.testing.assert_array_equal(one.cost, [[10, 20], [11, 21], [12, 22]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda t: t.drop(columns="cost"),
            "draws.csv, column cost: found the columns draw, arm, "
            "effect; allowed: a column cost; give one row for each draw and arm.",
        ),
        (
            lambda t: t[:0],
            "draws.csv: found no rows; allowed: 1 draw or more; "
            "give one row for each draw and arm.",
        ),
        (
            lambda t: t.replace("crisis", "crysis"),
            "draws.csv, row 3, column arm: found crysis; "
            "allowed: usual, crisis; did you mean crisis?; and 2 further rows.",
        ),
        (
            lambda t: t.assign(cost=[10, np.nan, 11, 21, np.inf, 22]),
            "draws.csv, row 3, column "
            "cost: found a blank; allowed: a finite number; leave out the whole draw in every arm, "
            "or correct it; and 1 further row.",
        ),
        (
            lambda t: t.assign(effect=["0,5"] * 6),
            "draws.csv, row 2, column effect: found 0,5; "
            "allowed: a finite number; leave out the whole draw in every arm, or correct it; "
            "and 5 further rows.",
        ),
        (
            lambda t: t.assign(draw=[1, 1, 1, 2, 3, 3]),
            "draws.csv, row 4, column draw: found draw "
            "1 of arm usual twice; allowed: once; number the draws of an arm once each.",
        ),
        (
            lambda t: t[:5],
            "draws.csv, column draw: found 2 draws of arm crisis, 3 of arm usual; "
            "allowed: the same draws in every arm; a draw is one joint sample: give cost and "
            "effect of every arm in it.",
        ),
        (
            lambda t: t.assign(draw=[1, 1, 2, 2, 3, 4]),
            "draws.csv, column draw: found other numbers "
            "for the draws of arm crisis than of arm usual; allowed: the same draws in every arm; "
            "a draw is one joint sample: give cost and effect of every arm in it.",
        ),
    ],
)
def test_wrong_draws_are_refused_in_a_sentence(draws, change, said):
    assert said in sentences(arm_draws, change(draws), STUDY)


def test_all_mistakes_come_at_once(draws):
    draws = draws.assign(arm=["usual", "x"] * 3, cost=np.nan, effect=np.nan)
    assert len(sentences(arm_draws, draws, STUDY)) == 3


def test_an_arm_with_participants_needs_draws(draws):
    usual = draws[draws["arm"] == "usual"]
    assert arm_draws(usual, STUDY, participants={"usual": 5, "crisis": 0}).empty == ["crisis"]
    said = sentences(arm_draws, usual, STUDY, participants={"usual": 5, "crisis": 4})
    assert said == [
        "draws.csv, column arm: found no draws of arm crisis; allowed: draws, since 4 "
        "participants were analysed; give draws of every arm that recruited."
    ]


def test_wide_tables_come_in_and_go_out_unchanged(draws, tmp_path):
    wide = wide_draws(draws, STUDY)
    for name, table in wide.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    costs, effects = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("costs", "effects"))
    again = tidy_draws(costs, effects[["crisis", "usual"]])
    assert arm_draws(again, STUDY).effect.tolist() == arm_draws(draws, STUDY).effect.tolist()


def test_wide_tables_that_do_not_match_are_refused(draws):
    wide = wide_draws(draws, STUDY)
    costs, effects = wide["costs"], wide["effects"]
    assert sentences(tidy_draws, costs, effects[:2]) == [
        "effects.csv: found 2 draws; allowed: 3, as in costs.csv; give cost and effect of the "
        "same draws."
    ]
    assert sentences(tidy_draws, costs, effects.rename(columns={"crisis": "x"})) == [
        "effects.csv: found arms usual, x; allowed: crisis, usual; name the arms as in costs.csv."
    ]
    numbered = costs.assign(draw=[1, 2, 3]), effects.assign(draw=[1, 2, 4])
    assert sentences(tidy_draws, *numbered) == [
        "effects.csv, column draw: found other draw numbers; allowed: those of costs.csv; give "
        "cost and effect of the same draws."
    ]


_IN_R = """
e <- as.matrix(read.csv("wide_effects.csv"))
c <- as.matrix(read.csv("wide_costs.csv"))
stopifnot(is.numeric(e), is.numeric(c), identical(colnames(e), colnames(c)))
b <- 20000 * e - c
cat(mean(apply(b, 1, max)) - max(colMeans(b)), "\n")
known <- c("BCEA", "voi")[sapply(c("BCEA", "voi"), requireNamespace, quietly = TRUE)]
if ("voi" %in% known)
  cat(voi::evpi(list(c = as.data.frame(c), e = as.data.frame(e), k = 20000)), "\n")
if ("BCEA" %in% known) cat(BCEA::bcea(e, c, Kmax = 40000)$evi[251], "\n")
"""


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R")
def test_r_reads_the_exports_without_editing(trial, tmp_path):
    draws, study = trial
    for name, table in wide_draws(draws, study).items():
        table.to_csv(tmp_path / f"wide_{name}.csv", index=False)
    answer = subprocess.run(
        ["Rscript", "-e", _IN_R], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    arrays = arm_draws(draws, study)
    ours = decision_curves(arrays.cost, arrays.effect, np.array([20000.0])).evpi[0]
    found = [float(line) for line in answer.stdout.split()]
    assert found == pytest.approx([ours] * len(found), rel=1e-5) and found
