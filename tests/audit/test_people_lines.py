"""Questionnaires, person-years and exclusions in and out: counted twice, from two sources."""

import pandas as pd
import pytest
from trialbalance.audit.books.balance import line
from trialbalance.audit.books.people_lines import (
    observed_lines,
    person_year_lines,
    questionnaire_lines,
)


def balanced(lines: list[dict]) -> list[float]:
    return [line(**words)["difference"] for words in lines]


@pytest.fixture
def tables(laid) -> dict[str, pd.DataFrame]:
    return {
        "participants": laid.table("data", "participants"),
        "responses": laid.table("data", "responses"),
        "questionnaires": laid.table("outcomes", "questionnaires"),
    }


def test_questionnaires_returned_are_scored_or_set_aside(tables):
    lines = questionnaire_lines(tables)
    assert {words["arm"] for words in lines} == set(tables["participants"]["arm"])
    assert balanced(lines) == [0.0] * len(lines)
    assert sum(words["went_in"] for words in lines) > 100


def test_a_questionnaire_lost_on_the_way_is_seen(tables):
    first = tables["responses"].iloc[0]
    same = tables["responses"][["participant_id", "visit"]] == first[["participant_id", "visit"]]
    tables["responses"] = tables["responses"][~same.all(axis=1)]
    assert sorted(balanced(questionnaire_lines(tables))) == [-1.0, 0.0]


@pytest.fixture
def followed(laid) -> pd.DataFrame:
    return laid.table("dataset", "follow_up", "qaly_health_care")


def test_person_years_are_followed_or_lost_to_death(laid, tables, followed):
    lines = person_year_lines(tables["participants"], followed, 1.0, "main")
    assert balanced(lines) == [0.0] * len(lines)
    died = tables["participants"]["death_date"].notna()
    assert died.any() == any("after death" in words["reason"] for words in lines)


def test_a_year_too_many_is_seen(tables, followed):
    changed = followed.assign(followed_years=followed["followed_years"] + 0.01)
    assert all(apart < 0 for apart in balanced(
        person_year_lines(tables["participants"], changed, 1.0, "main")))  # fmt: skip


def test_end_of_follow_up_and_death_are_told_apart():
    people = pd.DataFrame(
        {
            "participant_id": ["p1", "p2", "p3"],
            "randomisation_date": pd.to_datetime(["2020-01-01"] * 3),
            "death_date": pd.to_datetime([None, "2020-07-02", None]),
            "follow_up_end": pd.to_datetime([None, None, "2020-04-01"]),
        }
    )
    follow_up = pd.DataFrame({"participant_id": ["p1", "p2", "p3"], "arm": "a",
                              "followed_years": [1.0, 183 / 365.25, 91 / 365.25]})  # fmt: skip
    (words,) = person_year_lines(people, follow_up, 1.0, "main")
    assert line(**words)["difference"] == 0.0
    assert words["reason"] == "after death 0.50; after the end of follow-up 0.75"


def test_who_lacks_what_in_an_analysis():
    dataset = pd.DataFrame(
        {"arm": "a", "cost": [1.0, None, None, 2.0], "effect": [1, None, 1, None]}
    )
    (words,) = observed_lines(dataset, "main", "health")
    assert words["reason"] == "neither observed 1; cost not observed 1; effect not observed 1"
    assert line(**words)["difference"] == 0.0
