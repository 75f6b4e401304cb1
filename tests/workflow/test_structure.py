"""Clusters and subgroups of a study, from its records to its report."""

import re

import pandas as pd


def table(run, name):
    return pd.read_csv(run.folder / "results/my_trial/base" / name)


def test_sites_and_subgroups_reach_the_dataset_as_words(finished_once):
    dataset = table(finished_once[0], "40_dataset/qaly_health_care.csv")
    people = table(finished_once[0], "10_data/participants.csv").set_index("participant_id")
    for name in ("site", "sex"):
        assert (
            dataset[f"group_{name}"].to_numpy() == people.loc[dataset["participant_id"], name]
        ).all()


def test_sites_deviate_in_cost_and_effect_together(finished_once):
    parameters = table(finished_once[0], "50_model/qaly_health_care/parameters.csv")
    names = parameters["parameter"].str.replace(r" \(.*", "", regex=True)
    told = {
        "cluster_sd[cost",
        "cluster_sd[effect",
        "cluster_loading[cost",
        "cluster_loading[effect",
    }
    assert told <= set(names)


def test_subgroups_have_means_and_a_decision_in_the_report(finished_once):
    run = finished_once[0]
    means = table(run, "50_model/qaly_health_care/subgroup_means.csv")
    subgroups = {f"sex: {level}" for level in ("female", "male")}
    assert set(means["subgroup"]) == subgroups
    decided = table(run, "60_decision/qaly_health_care/subgroups.csv")
    assert set(decided["subgroup"]) == subgroups
    page = (run.folder / "results/my_trial/report/report.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert "Subgroups" in text
    assert all(name in text for name in subgroups)


def test_an_unknown_column_is_one_sentence(tmp_path, house_with, finished_once):
    run = house_with(tmp_path / "house")
    run.change(model={"subgroups": ["gender"]})
    answer = run.command("results/my_trial/base/40_dataset/qaly_health_care.csv")
    assert (
        "study.yaml, setting model.clusters and model.subgroups: found gender; allowed: site, "
    ) in answer.stdout + answer.stderr
