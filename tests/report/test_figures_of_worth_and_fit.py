"""Worth of knowing more, spread of cost and fit of the model: drawn from tables, in words too."""

import re

import numpy as np
import pandas as pd
import pytest
from report_study import MARKED, full_study
from trialbalance.dataset.described.distribution import cost_distribution
from trialbalance.model.checking.predictive import STATISTICS
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.choice.information import worth_of_all, worth_of_groups
from trialbalance.report.forms.pictures import write_pictures
from trialbalance.report.making import make_report

GROUPS = {"costs": 300.0, "effects": 150.0, "prices": 0.0}


def study():
    tables, settings, context = full_study()
    rng = np.random.default_rng(1)
    arms = ["order", "leave"]
    for own in tables["analyses"].values():
        people = pd.DataFrame({"arm": np.repeat(arms, 60), "cost": rng.gamma(1, 3e4, 120)})
        own["cost_distribution"] = cost_distribution(people, arms)
        rows = [
            [arm, name, 0.7, 0.71, 0.6, 0.69 if name == "cost_q99" else 0.8]
            for arm in arms
            for name in STATISTICS
        ]
        columns = ["arm", "statistic", "observed", "predicted", "lower", "upper"]
        own["predictive"] = pd.DataFrame(rows, columns=columns)
        more = [
            {"threshold": at, "quantity": f"evppi:{name}", "per_person": worth,
             "standard_error": worth / 8, "population": np.nan}
            for at in MARKED for name, worth in GROUPS.items()
        ]  # fmt: skip
        own["information"] = pd.concat([own["information"], pd.DataFrame(more)], ignore_index=True)
    return tables, settings, context


@pytest.fixture(scope="module")
def made():
    return make_report(*study(), ("html",))


def test_each_picture_is_drawn_once_a_cost_and_once_an_analysis(made):
    names = {path.removeprefix("figures/").removesuffix(".svg") for path in made["figures"]}
    assert {"spread_qaly_health", "spread_qaly_societal"} <= names
    assert "spread_cwly_health" not in names
    assert {"expected_qaly_health", "expected_cwly_health", "evpi_qaly_health"} <= names
    assert "evpi_cwly_health" not in names, "no threshold is accepted for it"
    for name in sorted(names):
        assert name.replace("_", "-") in made["html"]


def test_the_worth_of_all_is_the_least_expected_loss_at_each_threshold():
    facts = Facts(*study())
    loss = facts.table("expected_loss", "qaly_health")
    for row in worth_of_all(facts, "qaly_health").itertuples():
        own = loss[loss["threshold"] == row.threshold]["expected_loss"]
        assert row.expected_loss == own.min()


def test_groups_stand_by_worth_with_their_standard_errors_and_none_that_is_nought():
    groups = worth_of_groups(Facts(*study()), "qaly_health")
    assert groups["per_person"].tolist() == [300.0, 150.0]
    assert groups["upper"].tolist() == [300 + 1.96 * 37.5, 150 + 1.96 * 18.75]


def test_words_count_the_statistics_outside_what_the_model_expects(made):
    figure = made["figures"]["figures/expected_qaly_health.svg"]
    assert "18 of 20 statistics" in figure["caption"]
    assert "2 lie outside" in figure["alternative"]
    assert "99th percentile of cost, Community order" in figure["alternative"]


def test_the_histogram_counts_everybody_whose_cost_was_seen(made):
    figure = made["figures"]["figures/spread_qaly_health.svg"]
    assert "120 people" in figure["caption"]
    counts = re.findall(r"(\d+) people, the fullest", figure["alternative"])
    assert counts == ["60", "60"]


def test_every_figure_is_a_file_of_its_own_with_the_same_bytes_each_time(made, tmp_path):
    two = dict(list(made["figures"].items())[:2])
    first = {path.name: path.read_bytes() for path in write_pictures(tmp_path / "a", two)}
    again = {path.name: path.read_bytes() for path in write_pictures(tmp_path / "b", two)}
    assert first == again and len(first) == 4
    for name, content in first.items():
        assert content.startswith(b"\x89PNG" if name.endswith("png") else b"<svg")
        assert b" width=" in content or name.endswith("png")
