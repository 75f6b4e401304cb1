"""Figures and tables of the records: flow, measures over time, cost by category, answers."""

import pandas as pd
import pytest
from report_study import full_study, page_without_figures
from trialbalance.report.facts.cost_sums import category_costs
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.gallery import of_people
from trialbalance.report.figures.people.composition import parts_of_cost
from trialbalance.report.figures.people.courses import course, courses_of
from trialbalance.report.figures.people.flow import boxes, flow_steps
from trialbalance.report.making import build_document


@pytest.fixture
def study():
    tables, settings, context = full_study()
    return tables, settings, context


def facts_of(study):
    return Facts(*study)


def test_flow_ends_with_those_in_the_economic_analysis(study):
    steps = flow_steps(facts_of(study)).query("arm == 'order'")
    assert list(steps["step"])[-2:] == [
        "Of these, in the economic analysis",
        "Of these, cost and effect seen in full",
    ]
    assert list(steps["people"])[-2:] == [166, 120]


def test_boxes_of_one_arm_stand_below_one_another_and_arms_do_not_touch(study):
    frame = boxes(facts_of(study))
    for _, part in frame.groupby("arm"):
        assert (part["top"].diff().dropna() > 0).all()
    spans = frame.groupby("arm")[["left", "right"]].first().sort_values("left")
    assert spans["right"].iloc[0] < spans["left"].iloc[1]


def test_a_population_beside_the_primary_one_is_no_step_on_the_way(study):
    study[0]["flow"] = pd.DataFrame(
        [
            {"step": step, "arm": "order", "participants": 9, "reason": None}
            for step in (
                *("population randomised", "population reported"),
                *("population intention_to_treat", "attended month_6 in reported"),
                "attended month_6 in intention_to_treat",
            )
        ]
    )
    study[1]["data"]["populations"] = {"randomised": {}, "reported": {}, "intention_to_treat": {}}
    # A flow subtracts within one population: those of another stand in flow.csv.
    told = flow_steps(facts_of(study))["step"].drop_duplicates().to_list()
    assert told[0] == "Intention to treat" and told[1] == "Of these, seen at month 6"
    assert not any("reported" in step or "randomised" in step for step in told)
    assert set(boxes(facts_of(study))["step"]) == set(told)


def test_course_is_the_mean_of_those_seen_in_the_population(study):
    data = course(facts_of(study), "eq5d").set_index(["arm", "visit"])
    people = study[0]["participants"].query("arm == 'order' and intention_to_treat")
    own = study[0]["measures"].query("measure == 'eq5d' and visit == 'month_6'")
    values = own[own["participant_id"].isin(people["participant_id"])]["value"].dropna()
    row = data.loc[("order", "month_6")]
    assert row["mean"] == pytest.approx(values.mean()) and row["people"] == len(values)
    reach = 1.959964 * values.std() / len(values) ** 0.5
    assert row["upper"] - row["mean"] == pytest.approx(reach)


def test_a_measure_seen_once_has_no_course(study):
    frame = study[0]["measures"]
    frame.loc[(frame["measure"] == "eq5d") & (frame["visit"] != "baseline"), "value"] = None
    assert courses_of(facts_of(study)) == ["oxcap_mh"]


def test_parts_of_cost_add_up_to_the_table(study):
    facts = facts_of(study)
    table = category_costs(facts, "societal").dropna(subset=["category"])
    parts = parts_of_cost(facts, "societal")
    for arm in facts.arms:
        whole = table.loc[table["arm"] == arm, "mean"].sum()
        assert parts.loc[parts["arm"] == arm, "mean"].sum() == pytest.approx(whole)


def test_many_categories_are_told_as_six_and_the_rest(study):
    costs = study[0]["participant_costs"]
    study[0]["participant_costs"] = costs.assign(
        category=[f"kind_{n % 9}" for n in range(len(costs))]
    )
    parts = parts_of_cost(facts_of(study), "societal")
    assert parts["part"].nunique() == 7 and "All other" in set(parts["part"])


def test_alternatives_are_made_from_the_numbers(study):
    told = {figure.name: figure.alternative for figure in of_people(facts_of(study))}
    assert set(told) == {
        "flow",
        "seen",
        "course_eq5d",
        "course_oxcap_mh",
        "composition_health_social",
        "composition_societal",
    }
    row = course(facts_of(study), "eq5d").iloc[0]
    assert f"{row['name']} {row['mean']:.3f} ({row['people']} seen)" in told["course_eq5d"]
    assert "Community order 166" in told["flow"]


def test_answers_are_counted_above_the_best_level(study):
    tables, settings, _ = study
    settings["outcomes"]["instruments"]["eq5d3l"]["kind"] = "value_set"
    ids = tables["participants"].query("intention_to_treat and arm == 'order'")["participant_id"]
    tables["responses"] = pd.DataFrame(
        {
            "participant_id": list(ids[:4]),
            "visit": "baseline",
            "instrument": "eq5d3l",
            "item": "mobility",
            "level": [1.0, 2.0, 3.0, None],
        }
    )
    page = page_without_figures(study)
    row = page.table("EQ-5D-3L: people with any problem")["rows"][1]
    assert row == ["Mobility", "Baseline", "2/3 (67%)", "–"]
    del tables["responses"]
    assert "Answers by dimension" not in build_document(*study)


def test_characteristics_are_means_or_shares_of_those_recorded(study):
    tables, settings, _ = study
    settings["data"]["covariates"] = {
        "age": {"type": "number", "label": "Age"},
        "sex": {"type": "category", "levels": ["female", "male"], "label": "Sex"},
        "severe": {"type": "boolean", "label": "Severely ill"},
    }
    people = tables["participants"]
    people["age"] = [30.0, 50.0] * (len(people) // 2)
    people["sex"] = ["female", "male"] * (len(people) // 2)
    people["severe"] = pd.array([True, None] * (len(people) // 2), dtype="boolean")
    rows = {row[0]: row[1] for row in page_without_figures(study).table("Characteristics")["rows"]}
    own = people.query("arm == 'order' and intention_to_treat")
    assert rows["Age"] == f"{own['age'].mean():.1f} ({own['age'].std():.1f})"
    n = int((own["sex"] == "male").sum())
    assert rows["Sex: male"] == f"{n} ({100 * n / len(own):.0f}%)"
    assert rows["Severely ill"].endswith("(100%)")
    assert rows["Severely ill: not recorded"] == str(int(own["severe"].isna().sum()))
