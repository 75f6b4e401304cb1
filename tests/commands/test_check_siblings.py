"""What one door or table is told of is told at every other: scales, units of time, codes, files."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from study_copy import StudyCopy
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems

DOORS = Path(__file__).parents[1] / "doors"
OTHER = "other.csv"


def study(folder: Path, door: str) -> StudyCopy:
    """Return a copy of one of the small studies, a door each."""
    shutil.copytree(DOORS / door, folder / "my_trial")
    return StudyCopy(folder / "my_trial")


def put(copy: StudyCopy, name: str, change, to: str = "") -> None:
    """Change a table of a study, in place or as another file."""
    table = pd.read_csv(copy.folder / name, dtype=str, keep_default_na=False)
    change(table)
    table.to_csv(copy.folder / (to or name), index=False)


def notes(copy: StudyCopy) -> str:
    return "\n".join(line for line in check_study(str(copy.file)) if line.startswith("note: "))


def refused(copy: StudyCopy) -> str:
    with pytest.raises(Problems) as raised:
        check_study(str(copy.file))
    return str(raised.value)


def times(column: str, factor: float):
    """Return a change that multiplies a column."""

    def change(table: pd.DataFrame) -> None:
        table[column] = [str(float(cell) * factor) if cell else "" for cell in table[column]]

    return change


def cell(row: int, column: str, value: str):
    def change(table: pd.DataFrame) -> None:
        table.loc[row, column] = value

    return change


def blank_in_new_service(column: str):
    def change(table: pd.DataFrame) -> None:
        table.loc[table["arm"] == "new_service", column] = ""

    return change


@pytest.mark.parametrize("door", ["totals", "draws", "draws_wide"])
def test_a_horizon_in_months_is_told_where_nothing_but_effects_can_tell_it(tmp_path, door):
    copy = study(tmp_path, door)
    assert "horizon_years" not in notes(copy)
    copy.change(study={"horizon_years": 12.0})
    told = notes(copy)
    assert "setting study.horizon_years: found 12 years, in which nobody has more than " in told
    assert "write years, such as 1 for twelve months, if months were meant" in told


@pytest.mark.parametrize(
    ("door", "file", "whose"),
    [
        ("draws", "draws_given.csv", "QALYs of draw 1 of new_service in 1 years"),
        ("draws_wide", "groups.csv", "QALYs of draw 1 of new_service, group north in 1 years"),
        ("totals", "totals.csv", "QALYs of P001 in 1 years"),
    ],
)
def test_effects_out_of_a_hundred_are_told_at_every_door(tmp_path, door, file, whose):
    copy = study(tmp_path, door)
    assert "QALYs of" not in notes(copy)
    put(copy, file, times("effect", 100))
    assert whose in notes(copy)


def test_effects_out_of_a_hundred_of_a_scenario_say_which_scenario(tmp_path):
    copy = study(tmp_path, "draws")
    put(copy, "draws_given.csv", times("effect", 100), OTHER)
    copy.change(scenarios={"s": {"title": "S", "data": {"files": {"draws_given": OTHER}}}})
    assert "in 1 years, in scenario s; give utilities on the scale" in notes(copy)


@pytest.mark.parametrize("code", ["999", "99", "9", "-9"])
def test_codes_for_missing_among_given_measures_are_told(tmp_path, code):
    copy = study(tmp_path, "scored")
    copy.change(outcomes={"measures_given": {"utility": {"range": None, "ceiling": None}}})
    assert "stands for missing" not in notes(copy)
    put(copy, "measures_given.csv", cell(3, "value", code))
    assert f"measures_given.csv, row 5, column value: found {code} of utility, where" in notes(copy)


@pytest.mark.parametrize(
    ("column", "code"), [("age", "-9"), ("age", "999"), ("effect", "-99"), ("cost", "99999")]
)
def test_codes_for_missing_among_totals_are_told(tmp_path, column, code):
    copy = study(tmp_path, "totals")
    assert "stands for missing" not in notes(copy)
    put(copy, "totals.csv", cell(0, column, code))
    assert f"totals.csv, row 2, column {column}: found {code}, where the others" in notes(copy)


@pytest.mark.parametrize(
    ("door", "file", "column", "covariates"),
    [
        ("totals", "totals.csv", "age", ["baseline_effect", "age"]),
        ("totals", "totals.csv", "sex", ["baseline_effect", "sex"]),
        ("scored", "participants.csv", "sex", ["baseline_effect", "sex"]),
        ("scored", "participants.csv", "age", ["age"]),
    ],
)
def test_a_covariate_that_is_blank_for_a_whole_arm_is_refused(
    tmp_path, door, file, column, covariates
):
    copy = study(tmp_path, door).change(dataset={"covariates": covariates})
    put(copy, file, blank_in_new_service(column))
    told = refused(copy)
    assert f"found no value of {column}" in told
    assert "for anybody in arm new_service" in told


def test_a_blank_column_that_no_analysis_uses_is_nothing_to_tell(tmp_path):
    copy = study(tmp_path, "totals")
    put(copy, "totals.csv", blank_in_new_service("age"))
    assert "age" not in notes(copy)


@pytest.mark.parametrize(
    ("door", "table", "column"),
    [
        ("totals", "totals", "cost"),
        ("draws", "draws_given", "effect"),
        ("scored", "costs_given", "cost"),
        ("scored", "measures_given", "value"),
    ],
)
def test_the_records_that_a_scenario_reads_instead_are_checked(tmp_path, door, table, column):
    copy = study(tmp_path, door)
    put(copy, f"{table}.csv", cell(2, column, "abc"), OTHER)
    copy.change(scenarios={"s": {"title": "S", "data": {"files": {table: OTHER}}}})
    place = f"{OTHER}, row 4, column {column}: found 'abc', which is not a number, in scenario s"
    assert place in refused(copy)


def test_what_only_the_fit_of_a_scenarios_own_records_would_refuse_is_told(tmp_path):
    copy = study(tmp_path, "totals")
    put(copy, "totals.csv", cell(0, "cost", "-5"), OTHER)
    own = {"data": {"files": {"totals": OTHER}}, "model": {"cost": {"family": "gamma"}}}
    copy.change(scenarios={"s": {"title": "S", **own}})
    assert "found a cost from given of -5 (P001), with family gamma, in scenario s" in refused(copy)


def test_a_shorter_horizon_of_a_scenario_is_no_mistake(tmp_path):
    copy = study(tmp_path, "scored")
    copy.change(scenarios={"s": {"title": "S", "study": {"horizon_years": 0.5}}})
    assert "in scenario s" not in notes(copy)
