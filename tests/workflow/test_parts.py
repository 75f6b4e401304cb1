"""Endpoints and associations of a study, from its records to their tables."""

import pandas as pd
import pytest

SECTIONS = {
    "outcomes": {"endpoints": {
        "admission": {"kind": "admission", "items": ["hospital_night"]},
        "nights": {"kind": "nights", "items": ["hospital_night"]},
    }},
    "model": {
        "endpoints": {
            "admitted": {"endpoint": "admission", "kind": "binary", "covariates": ["sex"]},
            "by_sex": {"endpoint": "admission", "kind": "proportion", "groups": "sex"},
        },
        "comparison": "observational",
        "observational": {
            "covariates": ["sex", "age"],
            "resamples": 100,
            "outcomes": {
                "qaly": {"outcome": "qaly"},
                "cost": {"perspective": "health_care"},
                "admission": {"outcome": "admission", "kind": "binary"},
            },
        },
    },
}  # fmt: skip
FOLDER = "results/my_trial/base/50_model"


@pytest.fixture(scope="module")
def made(tmp_path_factory, house_with):
    run = house_with(tmp_path_factory.mktemp("parts") / "house")
    run.change(**SECTIONS)
    wanted = [f"{FOLDER}/{name}.csv" for name in ("endpoint_effects", "associations")]
    answer = run.command(*wanted)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run


def test_the_default_targets_make_both(made):
    plan = made.plan("--forceall")
    assert plan["estimate_endpoints"] == plan["compare_observed"] == 1


def test_risks_stand_beside_the_crude_ones(made):
    effects = pd.read_csv(made.folder / FOLDER / "endpoint_effects.csv")
    crude = pd.read_csv(made.folder / "results/my_trial/base/30_outcomes/endpoints.csv")
    crude = crude[crude["endpoint"] == "admission"].set_index("arm")
    risk = effects[effects["estimate"] == "risk"].set_index("arm")
    assert (risk["events"] == crude["events"]).all()
    assert (risk["lower"] < crude["risk"]).all()
    assert (risk["upper"] > crude["risk"]).all()
    assert set(effects.loc[effects["comparator"].notna(), "wording"]) == {"associated with"}
    checks = pd.read_csv(made.folder / FOLDER / "endpoint_checks.csv")
    assert set(checks["verdict"]) <= {"pass", "fail"}


def test_every_outcome_is_described_and_compared(made):
    lines = pd.read_csv(made.folder / FOLDER / "associations.csv")
    assert set(lines["name"]) == {"qaly", "cost", "admission"}
    assert (lines.groupby("name")["method"].nunique() >= 4).all()
    people = pd.read_csv(made.folder / FOLDER / "overlap.csv")["participants"].sum()
    described = lines[(lines["name"] == "admission") & (lines["method"] == "described")]
    assert described["n"].sum() == people
    assert lines["synthetic"].all()
