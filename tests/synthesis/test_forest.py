"""Every case in one table: base first, decisions that turn, blanks, contract."""

import numpy as np
import pandas as pd
from trialbalance.contracts import read, write
from trialbalance.synthesis.forest import forest

ARMS = ["new", "other", "usual"]


def rows(column, cases, benefit, threshold=20000.0, **more):
    """One row a case and arm, with these net benefits."""
    table = pd.DataFrame({column: np.repeat(cases, 2), "arm": ["new", "other"] * len(cases)})
    table = table.assign(comparator="usual", threshold=threshold, net_benefit=benefit)
    for name in ("cost", "effect", "lower", "upper", "probability_positive"):
        table[name] = 0.5
    return table.assign(**more)


def made():
    first = rows("scenario", ["base", "dear"], [100.0, 50.0, -10.0, -5.0], analysis="main")
    explored = rows("scenario", ["base"], np.nan, np.nan, analysis="explored")
    cases = {
        ("main", "missing_scenarios"): rows(
            "scenario", ["missing_at_random", "worse"], [100.0, 50.0, 20.0, 60.0]
        ),
        ("main", "price_scenarios"): rows(
            "scenario", ["cheap"], [300.0, np.nan], method="approximate", error=9.0
        ),
        ("main", "subgroups"): rows("subgroup", ["old"], [0.0, -1.0]),
        ("explored", "price_scenarios"): pd.concat(
            [rows("scenario", ["cheap"], 1.0, t, method="exact", error=0.0) for t in (0.0, 500.0)]
        ),
    }
    return forest(pd.concat([first, explored]), cases)


def test_each_case_says_which_arm_is_preferred_and_whether_that_is_new():
    table = made()
    main = table[table["analysis"] == "main"].drop_duplicates("case").set_index("case")
    assert main.index.tolist() == ["base", "dear", "worse", "cheap", "old"]
    assert main["kind"].tolist() == ["base", "scenario", "missing_data", "prices", "subgroup"]
    # At a net benefit of nothing the comparator stays.
    assert main["preferred"].tolist() == ["new", "usual", "other", "new", "usual"]
    assert main["other_decision"].tolist() == [False, True, True, False, True]
    assert main["method"].tolist() == ["fitted", "fitted", "exact", "approximate", "fitted"]


def test_an_outcome_without_threshold_keeps_one_row_a_case_without_net_benefit():
    table = made()
    own = table[table["analysis"] == "explored"]
    assert own["case"].tolist() == ["base", "base", "cheap", "cheap"]
    assert own[["threshold", "net_benefit", "preferred", "other_decision"]].isna().all(axis=None)
    assert (own["cost"] == 0.5).all()


def test_tables_keep_their_contract_with_and_without_cases(tmp_path):
    bare = forest(rows("scenario", ["base"], np.nan, analysis="main"), {})
    empty = forest(pd.DataFrame(columns=["scenario", "analysis", "threshold"]), {})
    assert bare["preferred"].isna().all() and empty.empty
    for name, table in (("all", made()), ("bare", bare), ("empty", empty)):
        write(table, tmp_path / f"{name}.csv", "forest", True, {"arms": ARMS})
        assert len(read(tmp_path / f"{name}.csv", "forest", {"arms": ARMS})) == len(table)
