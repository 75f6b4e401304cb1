"""The roads side by side: what is let pass, what gets a sentence, and in which order."""

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.model.checking.agreement import COLUMNS, compare_roads
from trialbalance.model.checking.crosscheck import COLUMNS as ROAD
from trialbalance.model.quantities import quantities

CONTRAST = {"interval": 0.95, "marked": [10000.0, 20000.0]}
COST, EFFECT = 500.0, 0.04


def frequentist(cost=COST, effect=EFFECT, sentence=""):
    lines = quantities(["A", "B"], CONTRAST["marked"])
    estimate = [cost, effect, *(one * effect - cost for one in CONTRAST["marked"])]
    error = [100.0, 0.01, 150.0, 200.0]
    parts = [
        lines.assign(road=road, participants=size, estimate=estimate, standard_error=error,
                     lower=0.0, upper=1.0, sentence="")
        for road, size in (("imputed_bootstrap", 100), ("complete_cases", 80))
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)[ROAD]
    if sentence:
        closed = table["road"] == "imputed_bootstrap"
        table.loc[closed, ["estimate", "standard_error", "lower", "upper"]] = np.nan
        table.loc[closed, "sentence"] = sentence
    return table


def means(cost=COST, effect=EFFECT):
    noise = np.linspace(-1, 1, 101)
    parts = [
        pd.DataFrame({"draw": np.arange(101), "arm": arm, "cost": 3000 + extra * (cost + noise),
                      "effect": 0.6 + extra * (effect + 1e-6 * noise)})
        for arm, extra in (("A", 0), ("B", 1))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def compared(cost=COST, effect=EFFECT, normal_cost=COST, complete=False, **roads):
    ladder = means(normal_cost).assign(rung="normal_normal")
    table = compare_roads(frequentist(**roads), means(cost, effect), ladder, CONTRAST, complete)
    return table.set_index(["quantity", "road"])


def test_equal_roads_agree_and_stand_in_order():
    table = compared()
    assert list(table.loc["cost"].index) == [
        "bayesian", "bayesian_normal", "imputed_bootstrap", "complete_cases",
    ]  # fmt: skip
    assert set(table["verdict"]) == {"agrees", "not compared"}
    assert table.loc[("cost", "bayesian"), "estimate"] == pytest.approx(COST)
    assert (table["sentence"] == "").all()


@pytest.mark.parametrize(
    ("far", "complete", "verdict"),
    [(40, False, "agrees"), (60, False, "differs"), (8, True, "agrees"), (12, True, "differs")],
)
def test_limits_are_a_tenth_on_complete_data_and_half_otherwise(far, complete, verdict):
    row = compared(normal_cost=COST + far, complete=complete).loc[("cost", "bayesian_normal")]
    assert row["difference_in_se"] == pytest.approx(far / 100)
    assert row["verdict"] == verdict


def test_the_own_model_is_let_pass_half_an_error_on_complete_data_too():
    row = compared(cost=COST + 40, complete=True).loc[("cost", "bayesian")]
    assert row["verdict"] == "agrees"
    row = compared(cost=COST + 60, complete=True).loc[("cost", "bayesian")]
    assert row["sentence"] == (
        "cost by the model of this analysis lies 0.60 standard errors above that by the bootstrap "
        "of the imputed trial; 0.5 is let pass"
    )


def test_another_decision_is_told_at_any_distance():
    told = compare_roads(
        frequentist(cost=401.0), means(395.0), means(401.0).assign(rung="own"), CONTRAST, False
    ).set_index(["quantity", "threshold", "road"])
    row = told.loc[("net_benefit", 10000.0, "bayesian")]
    assert row["sentence"] == (
        "at 10,000 the model of this analysis prefers B, the bootstrap of the imputed trial A"
    )
    assert row["verdict"] == "differs"
    assert told.loc[("net_benefit", 20000.0, "bayesian"), "verdict"] == "agrees"


def test_a_closed_road_compares_with_nothing():
    table = compared(sentence="effect was observed for 7 in arm B")
    assert set(table["verdict"]) == {"not compared"}
    assert table.loc[("cost", "imputed_bootstrap"), "sentence"].startswith("effect was observed")


def test_three_arms_and_no_threshold(tmp_path):
    lines = quantities(["A", "B", "C"], [])
    road = pd.concat(
        [
            lines.assign(road=name, participants=9, estimate=1.0, standard_error=1.0,
                         lower=0.0, upper=2.0, sentence="")
            for name in ("imputed_bootstrap", "complete_cases")
        ]
    )[ROAD]  # fmt: skip
    extra = means().query("arm == 'B'").assign(arm="C")
    three = pd.concat([means(), extra])
    ladder = three.assign(rung="normal_normal")
    table = compare_roads(road, three, ladder, {"interval": 0.95, "marked": []}, False)
    assert len(table) == 2 * 2 * 4
    assert list(table.columns) == COLUMNS
    words = {"arms": ["A", "B", "C"]}
    contracts.write(table, tmp_path / "crosscheck.csv", "crosscheck", True, words)
    assert len(contracts.read(tmp_path / "crosscheck.csv", "crosscheck", words)) == len(table)
