"""Totals handed over as such."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from trialbalance.contracts import Problems
from trialbalance.dataset import covariate_columns, take_totals

STUDY = {"arms": {"usual": {}, "site": {}}, "comparator": "usual"}
SECTION = filled("dataset", {"covariates": ["baseline_effect", "age"]})
ANALYSIS = {"outcome": "qaly", "perspective": "nhs", "population": "everyone"}


def totals(**columns):
    return pd.DataFrame(
        {
            "participant_id": ["a", "b", "c"],
            "arm": ["usual", "site", "site"],
            "cost": [0.0, 150.0, np.nan],
            "effect": [1.0, np.nan, 0.8],
            "baseline_effect": [1.0, 0.9, np.nan],
            "age": [20, 21, 22],
        }
        | columns
    )


def test_the_same_table_by_a_shorter_way():
    tables = take_totals(totals(), STUDY, SECTION, ANALYSIS)
    dataset = tables["dataset"]
    assert dataset["cost_observed"].to_list() == [True, True, False]
    assert dataset["effect_observed"].to_list() == [True, False, True]
    assert covariate_columns(dataset) == ["baseline_effect", "age"]
    assert dataset["at_ceiling"].isna().all()
    assert tables["dataset_flow"].query("step == 'analysed'")["participants"].sum() == 3
    assert tables["missing_patterns"]["participants"].sum() == 3


def test_ceilings_only_where_told():
    section = SECTION | {
        "covariates": ["baseline_effect", "baseline_at_ceiling"],
        "totals_ceiling": {"effect": 1.0, "baseline_effect": 1.0},
    }
    dataset = take_totals(totals(), STUDY, section, ANALYSIS)["dataset"]
    assert dataset["at_ceiling"].fillna(False).to_list() == [True, False, False]
    assert dataset["at_ceiling"].isna().to_list() == [False, True, False]
    np.testing.assert_array_equal(dataset["baseline_at_ceiling"], [1, 0, np.nan])


def test_a_population_is_taken_where_it_is_there():
    table = totals(everyone=[True, True, False], effect=[1.0, 0.9, 0.8])
    result = take_totals(table, STUDY, SECTION, ANALYSIS)
    assert result["dataset"]["participant_id"].to_list() == ["a", "b"]
    flow = result["dataset_flow"].groupby("step")["participants"].sum()
    assert flow["received"] == flow["analysed"] + flow["outside the population"] == 3


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (totals().drop(columns="effect"), "totals.csv, row 1, column effect: found no such column"),
        (totals(participant_id=["a", "b", "b"]), "row 4, column participant_id: found b for the"),
        (
            totals(arm=["usual", "site", "Site"]),
            "row 4, column arm: found Site; allowed: usual, site",
        ),
        (totals().drop(columns="age"), "setting dataset.covariates.age: found age"),
    ],
)
def test_mistakes_are_told_in_a_sentence(table, sentence):
    with pytest.raises(Problems) as caught:
        take_totals(table, STUDY, SECTION, ANALYSIS)
    assert sentence in str(caught.value)
