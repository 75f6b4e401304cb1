"""The dataset: who and what is in it, what is missing, and that nothing is lost."""

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.contracts import Problems
from trialbalance.contracts.catalogue import written_by
from trialbalance.dataset import build_dataset, covariate_columns, group_columns


def row(tables, name):
    return build_dataset(**tables)["dataset"].set_index("participant_id").loc[name]


def test_population_and_order(tables):
    dataset = build_dataset(**tables)["dataset"]
    assert dataset["participant_id"].to_list() == ["p1", "p2", "p3", "p4", "p5"]
    tables["analysis"]["population"] = "randomised"
    assert len(build_dataset(**tables)["dataset"]) == 6


def test_cost_is_the_sum_after_the_index_date(tables):
    """10 + 5 + 2 by records and 1 by interview; 100 before the index date is no part of it."""
    found = row(tables, "p1")
    assert (found["cost_records"], found["cost_interview"], found["cost"]) == (17, 1, 18)


def test_an_observed_group_is_kept_when_another_is_missing(tables):
    found = row(tables, "p2")
    assert np.isnan(found["cost"])
    assert np.isnan(found["cost_interview"])
    assert found["cost_records"] == 18
    assert not found["cost_observed"]


def test_only_groups_of_the_perspective_count(tables):
    costs = tables["participant_costs"]
    tables["participant_costs"] = costs[
        (costs["perspective"] != "nhs") | (costs["source_group"] == "records")
    ]
    dataset = build_dataset(**tables)["dataset"]
    assert group_columns(dataset) == ["cost_records"]
    assert dataset["cost_observed"].all()
    tables["analysis"]["perspective"] = "society"
    assert group_columns(build_dataset(**tables)["dataset"]) == ["cost_interview"]


def test_effect_flags_and_death(tables):
    dataset = build_dataset(**tables)["dataset"].set_index("participant_id")
    assert dataset["effect_observed"].to_list() == [True, True, False, True, False]
    assert dataset["died"].to_list() == [False, False, False, True, False]
    assert dataset.loc["p3", "at_ceiling"] is pd.NA


def test_special_covariates(tables):
    tables["section"]["covariates"] = ["baseline_effect", "baseline_at_ceiling", "baseline_cost"]
    dataset = build_dataset(**tables)["dataset"].set_index("participant_id")
    assert covariate_columns(dataset.reset_index()) == tables["section"]["covariates"]
    assert dataset.loc["p1", ["baseline_effect", "baseline_at_ceiling"]].to_list() == [1, 1]
    assert np.isnan(dataset.loc["p5", "baseline_effect"])
    assert dataset.loc["p1", "baseline_cost"] == 100
    assert np.isnan(dataset.loc["p3", "baseline_cost"])


def test_covariates_become_numbers(tables):
    tables["section"]["covariates"] = {
        "sex": {"reference": "male"},
        "schizophrenia": {},
        "decades": {"column": "age", "divide_by": 10},
    }
    dataset = build_dataset(**tables)["dataset"]
    assert covariate_columns(dataset) == ["sex_female", "schizophrenia", "decades"]
    assert dataset["decades"].to_list() == [3, 4, 5, 6, 7]
    assert dataset["schizophrenia"].to_list() == [1, 0, 0, 0, 1]
    np.testing.assert_array_equal(dataset["sex_female"], [1, 0, 0, np.nan, 1])


def test_pounds_and_participants_are_conserved(tables):
    result = build_dataset(**tables)
    flow, dataset = result["dataset_flow"], result["dataset"]
    for arm, steps in flow.groupby("arm"):
        steps = steps.set_index("step")
        rest = steps.drop("received")
        assert steps.loc["received", "cost"] == pytest.approx(rest["cost"].sum(), abs=1e-9)
        assert steps.loc["received", "participants"] == rest["participants"].sum()
        mine = dataset[dataset["arm"] == arm]
        assert steps.loc["analysed", "participants"] == len(mine)
        analysed = mine[group_columns(dataset)].sum().sum()
        assert steps.loc["analysed", "cost"] == pytest.approx(analysed, abs=1e-9)
    costs = tables["participant_costs"]
    paid = costs.loc[costs["perspective"] == "nhs", "cost"].sum()
    assert flow.loc[flow["step"] == "received", "cost"].sum() == pytest.approx(paid, abs=1e-9)


def test_missingness_counts_the_living_only(tables):
    keys = ["kind", "name", "moment", "arm"]
    table = build_dataset(**tables)["missingness"].set_index(keys).sort_index()
    last = table.loc[("measure", "utility", "month_12")]
    assert last.loc["leave", ["expected", "observed"]].to_list() == [1, 1]
    assert last.loc["order", ["expected", "observed"]].to_list() == [3, 2]
    assert table.loc[("cost_group", "interview", "months_7_12", "leave"), "percent_observed"] == 50
    assert table.loc[("both", "cost and effect", "total", "order"), "observed"] == 1


def test_patterns_add_up(tables):
    patterns = build_dataset(**tables)["missing_patterns"]
    assert len(patterns) == 8
    assert patterns.groupby("arm")["participants"].sum().to_dict() == {"leave": 2, "order": 3}
    seen = patterns.query("arm == 'leave' and effect_observed and not cost_observed")
    assert seen["participants"].to_list() == [1]


def test_order_of_rows_does_not_matter(tables):
    first = build_dataset(**tables)
    for name in ("participant_costs", "cost_observed", "measures", "outcomes"):
        tables[name] = tables[name].sample(frac=1, random_state=3).reset_index(drop=True)
    second = build_dataset(**tables)
    for name in ("dataset", "missing_patterns", "dataset_flow"):
        pd.testing.assert_frame_equal(first[name], second[name])


def test_swapping_the_names_of_the_arms_swaps_them_in_every_table(tables):
    first = build_dataset(**tables)
    swap = {"order": "leave", "leave": "order"}
    for name in ("participants", "measures", "outcomes"):
        tables[name] = tables[name].assign(arm=tables[name]["arm"].map(swap))
    swapped = build_dataset(**tables)
    one, other = (each.pop("missingness_predictors") for each in (first, swapped))
    expected = one["odds_ratio"].where(~one["term"].str.startswith("arm "), 1 / one["odds_ratio"])
    assert other["odds_ratio"].to_numpy() == pytest.approx(expected.to_numpy())
    for name, second in swapped.items():
        keys = [column for column in first[name] if column not in ("cost", "effect")][:4]
        back = second.assign(arm=second["arm"].map(swap)).sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(first[name].sort_values(keys, ignore_index=True), back)


@pytest.mark.parametrize("table", written_by("build_dataset"))
def test_tables_keep_their_contracts(tables, tmp_path, table):
    tables["section"]["covariates"] = ["baseline_effect", "baseline_at_ceiling", "sex"]
    frame = build_dataset(**tables)[table]
    words = {"arms": ["order", "leave"], "visits": ["baseline", "month_12"]}
    contracts.write(frame, tmp_path / f"{table}.csv", table, True, words)
    again = contracts.read(tmp_path / f"{table}.csv", table, words)
    assert len(again) == len(frame)
    if table == "dataset":
        assert covariate_columns(again) == covariate_columns(frame)


def change(name, **values):
    return lambda tables: tables[name].update(values)


def column(name, title, value):
    def run(tables):
        tables[name] = tables[name].assign(**{title: value})

    return run


MISTAKES = {
    "population": (
        change("analysis", population="per_protocol"),
        "participants.csv: found no column per_protocol",
    ),
    "nobody": (
        column("participants", "intention_to_treat", False),
        "intention_to_treat: found nobody",
    ),
    "perspective": (
        change("analysis", perspective="payer"),
        "found no costs for payer; allowed: nhs, society",
    ),
    "outcome": (
        change("analysis", outcome="qualy"),
        "outcomes.csv, column outcome: found no qualy; allowed: qaly, readmission",
    ),
    "period": (
        change("study", periods={"around": [-0.5, 0.5]}),
        "setting study.periods.around: found -0.5 to 0.5; allowed: a period that ends by 0",
    ),
    "covariate": (
        change("section", covariates=["agee"]),
        "setting dataset.covariates.agee: found agee; allowed: baseline_effect",
    ),
    "baseline of an event": (
        change("analysis", outcome="readmission"),
        "dataset.covariates.baseline_effect: found baseline_effect, but an outcome that rests on "
        "no measure",
    ),
    "dates": (change("section", covariates=["randomisation_date"]), "which holds dates"),
    "empty": (
        lambda tables: (
            column("participants", "weight", np.nan)(tables),
            change("section", covariates=["weight"])(tables),
        ),
        "found no value of weight for anyone",
    ),
    "one category": (
        lambda tables: (
            column("participants", "country", "uk")(tables),
            change("section", covariates=["country"])(tables),
        ),
        "found only uk for everyone",
    ),
    "reference": (
        change("section", covariates={"sex": {"reference": "man"}}),
        "dataset.covariates.sex.reference: found man; allowed: female, male",
    ),
    "name taken": (
        change("section", covariates={"site": {"column": "age"}}),
        "dataset.covariates.site: found site; allowed: a name that is no column of the dataset",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_told_in_a_sentence(tables, spoil, sentence):
    spoil(tables)
    with pytest.raises(Problems) as caught:
        build_dataset(**tables)
    assert sentence in str(caught.value)
