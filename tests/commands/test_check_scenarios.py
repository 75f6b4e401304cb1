"""What a scenario or a fit would refuse is found by the check, in the words of the rule itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from study_copy import StudyCopy
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems

DOORS = Path(__file__).parents[1] / "doors"


@pytest.fixture
def totals(tmp_path):
    folder = tmp_path / "my_trial"
    shutil.copytree(DOORS / "totals", folder)
    return StudyCopy(folder)


def refused(copy: StudyCopy) -> str:
    with pytest.raises(Problems) as raised:
        check_study(str(copy.folder / "study.yaml"))
    return str(raised.value)


def change(copy: StudyCopy, **columns) -> None:
    """Replace the first value of some columns, or all of a list."""
    path = copy.folder / "totals.csv"
    people = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, value in columns.items():
        if isinstance(value, str):
            people.loc[0, name] = value
        else:
            people[name] = value(people)
    people.to_csv(path, index=False)


def test_a_cost_below_zero_is_told_for_the_scenario_whose_family_has_none(totals):
    totals.change(scenarios={"skew": {"title": "Gamma", "model": {"cost": {"family": "gamma"}}}})
    change(totals, cost="-250")
    assert refused(totals) == (
        "study.yaml, setting model.cost.family: found a cost from given of -250 (P001), with "
        "family gamma, in scenario skew; allowed: costs of 0 or more; correct the cost, or set "
        "model.cost.family to normal."
    )


def test_a_covariate_that_only_a_scenario_uses_and_that_is_the_arm_is_refused(totals):
    totals.change(
        data={"covariates": {"dose": {"type": "number"}}},
        scenarios={"dosed": {"title": "Dose", "dataset": {"covariates": ["dose"]}}},
    )
    change(totals, dose=lambda people: (people["arm"] == "new_service").astype(int))
    assert "found dose, which has one value in each arm and another in the next, in scenario " in (
        refused(totals)
    )


@pytest.mark.parametrize(
    ("family", "value", "sentence"),
    [
        ({"family": "bernoulli"}, "0.5", "column effect: found 0.5; allowed: 0 or 1"),
        ({"family": "decrement_gamma"}, "1.7", "column effect: found 1.7; allowed: up to 1"),
        ({"family": "beta", "lower": -0.594}, "-0.7", "found -0.7; allowed: -0.594 to 1"),
    ],
)
def test_an_effect_that_its_family_cannot_hold_is_found_without_a_fit(
    totals, family, value, sentence
):
    totals.change(model={"effect": family})
    change(totals, effect=value)
    assert sentence in refused(totals)


def test_an_effect_of_nobody_is_found_without_a_fit(totals):
    change(totals, effect=lambda people: "")
    assert "found no effect for anybody; analyse an outcome that was measured" in refused(totals)


def test_a_horizon_in_months_is_refused_in_a_scenario_too(tmp_path):
    shutil.copytree(DOORS / "scored", tmp_path / "my_trial")
    copy = StudyCopy(tmp_path / "my_trial")
    copy.change(scenarios={"long": {"title": "Long", "study": {"horizon_years": 12}}})
    sentence = refused(copy)
    assert "setting scenarios.long.study.horizon_years: found 12 years, 11 of them" in sentence


def test_a_check_loads_no_sampler(totals):
    code = (
        "import sys; from trialbalance.commands.check import check_study; "
        f"check_study({str(totals.folder)!r}); print('pymc' in sys.modules, 'arviz' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_wards_that_lie_within_arms_together_say_the_arm(totals):
    totals.change(
        data={"covariates": {"ward": {"type": "category"}}},
        dataset={"covariates": ["baseline_effect", "ward"]},
    )

    def ward(people):
        return people["arm"].str[0] + (people.index % 2).astype(str)

    change(totals, ward=ward)
    sentence = refused(totals)
    assert "which together say who is in an arm; allowed: columns that vary within arms" in sentence


def test_wards_that_both_arms_use_are_analysed(totals):
    totals.change(
        data={"covariates": {"ward": {"type": "category"}}},
        dataset={"covariates": ["baseline_effect", "ward"]},
    )
    change(totals, ward=lambda people: "w" + (people.index // 2 % 4).astype(str))
    assert check_study(str(totals.folder / "study.yaml"))[0] == "my_trial: no mistake found"


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        (
            {"study": {"arms": {"new_service": {"label": "Caf\u00e9"},
                                "usual_care": {"label": "Cafe\u0301"}}}},
            "setting study.arms.usual_care.label: found the label of arm new_service again",
        ),
        (
            {"analyses": {"two": {"title": "qalys,  health care", "outcome": "qaly",
                                  "perspective": "health_care"}}},
            "setting analyses.two.title: found the title of analysis qaly_health_care again",
        ),
        (
            {"scenarios": {"a": {"title": "X", "model": {"draws": 200}},
                           "b": {"title": "x", "model": {"draws": 300}}}},
            "setting scenarios.b.title: found the title of scenario a again, x",
        ),
    ],
)  # fmt: skip
def test_things_of_one_title_are_refused(totals, sections, sentence):
    totals.change(**sections)
    assert sentence in refused(totals)
