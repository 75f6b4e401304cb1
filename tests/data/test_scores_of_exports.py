"""Utilities and amounts that an export holds already worked out reach the books unchanged."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance import house
from trialbalance.commands.check import check_study
from trialbalance.commands.checking.foresight import foresee
from trialbalance.commands.checking.imports import imported
from trialbalance.contracts import Problems
from trialbalance.data import read_records
from trialbalance.graph import paths
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import stage_settings

SCORED = Path(__file__).parent.parent / "doors" / "scored"
VISITS = {"baseline": "0", "month_6": "6", "month_12": "12"}
PERIODS = {"months_1_6": "6", "months_7_12": "12"}
ITEMS = {"health_care": "hc", "informal_care": "ic"}


def wide() -> pd.DataFrame:
    """Return the study of door scored as one wide table."""
    read = {name: pd.read_csv(SCORED / f"{name}.csv", dtype="str", keep_default_na=False)
            for name in ("participants", "measures_given", "costs_given")}  # fmt: skip
    table = read["participants"].set_index("participant_id")
    scores, costs = read["measures_given"], read["costs_given"]
    for visit, mark in VISITS.items():
        one = scores[scores["visit"] == visit].set_index("participant_id")["value"]
        table[f"ut_{mark}"] = one.reindex(table.index).fillna("")
    for period, mark in PERIODS.items():
        for item, word in ITEMS.items():
            mine = costs[(costs["period"] == period) & (costs["item"] == item)]
            one = mine.set_index("participant_id")["cost"]
            table[f"{word}_{mark}"] = one.reindex(table.index).fillna("")
    return table.reset_index()


def tall(table: pd.DataFrame) -> pd.DataFrame:
    """Return the utilities of a wide table with a row for each score."""
    found = table.melt("participant_id", [f"ut_{mark}" for mark in VISITS.values()], "when")
    return found.assign(what="EQ")


MEASURES = {
    "wide": {"at": VISITS, "measures": {"utility": "ut_{}"}},
    "tall": {
        "export": "tall",
        "at": VISITS,
        "rows": {"when": "ut_{}"},
        "measure": {"column": "what", "recode": {"EQ": "utility"}},
        "value": "value",
    },
}


def exported(folder: Path, shape: str) -> Path:
    """Write the study of door scored as an export with its mapping; return its study.yaml."""
    folder.mkdir()
    table = wide()
    table.to_csv(folder / "wide.csv", index=False)
    tall(table).to_csv(folder / "tall.csv", index=False)
    people = ("arm", "site", "randomisation_date", "death_date", "exclusion", "sex", "age")
    uses = [
        {"item": item, "at": PERIODS, "quantity": f"{word}_{{}}"} for item, word in ITEMS.items()
    ]
    exports = {"main": {"file": "wide.csv", "id": "participant_id"}}
    if shape == "tall":
        exports["tall"] = {"file": "tall.csv", "id": "participant_id"}
    mapping = {
        "exports": exports,
        "participants": {"columns": {name: name for name in people}},
        "measures_given": [MEASURES[shape]],
        "resource_use": uses,
    }
    (folder / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    study = yaml.safe_load((SCORED / "study.yaml").read_text())
    study["data"]["door"] = "export"
    del study["data"]["files"]
    (folder / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    template = house.resources() / "template" / "unit_costs.csv"
    (folder / "unit_costs.csv").write_text(template.read_text().splitlines()[0] + "\n")
    return folder / "study.yaml"


def datasets(file: Path, folder: Path) -> pd.DataFrame:
    """Return cost and effect of each participant, before any fit."""
    from trialbalance.commands.checking.foresight import _dataset, _scores, _values

    study = load_study(file)
    place = paths.Place(study)
    folder.mkdir()
    files = imported(study, folder).files if paths.exported(place) else paths.data_inputs(place)
    settings = stage_settings(study, "base", "data")
    tables = read_records(files, settings["study"], settings["data"])
    tables |= _values(study, tables)
    tables |= _scores(study, tables)
    assert not foresee(study, tables)[0]
    found = _dataset(study, tables, "qaly_health_care")["dataset"]
    return found[["participant_id", "arm", "cost", "effect"]].sort_values("participant_id")


@pytest.mark.parametrize("shape", MEASURES)
def test_scores_and_amounts_of_an_export_give_the_dataset_of_door_scored(tmp_path, shape):
    ours = datasets(exported(tmp_path / "own", shape), tmp_path / "made")
    theirs = datasets(SCORED / "study.yaml", tmp_path / "given")
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), theirs.reset_index(drop=True))
    assert ours["cost"].notna().sum() > 10


def test_scores_stand_beside_questionnaires_at_door_records(tmp_path, template_with):
    file = template_with(tmp_path)
    assert check_study(str(file))[0].endswith("no mistake found")


@pytest.fixture
def template_with():
    """Return the function that adds a table of scores to a copy of the template."""

    def make(folder: Path, handed: bool = True) -> Path:
        copy = shutil.copytree(house.resources() / "template", folder / "own")
        visits = pd.read_csv(copy / "data" / "visits.csv").query("status == 'attended'")
        scores = visits[["participant_id", "visit"]].assign(measure="wellbeing", value=0.5)
        scores.to_csv(copy / "scores.csv", index=False)
        study = yaml.safe_load((copy / "study.yaml").read_text())
        if handed:
            study["data"]["files"]["measures_given"] = "scores.csv"
        study["outcomes"]["measures_given"] = {"wellbeing": {"range": [0, 1]}}
        (copy / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
        return copy / "study.yaml"

    return make


def test_scores_that_are_declared_and_not_handed_over_are_told(tmp_path, template_with):
    with pytest.raises(Problems, match=r"found wellbeing; allowed: measures of a table measures_g"):
        check_study(str(template_with(tmp_path, handed=False)))


def test_scores_that_no_block_of_the_mapping_makes_are_told(tmp_path):
    file = exported(tmp_path / "own", "wide")
    mapping = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text())
    del mapping["measures_given"]
    (tmp_path / "own" / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    with pytest.raises(Problems, match="setting measures_given: found no block; allowed: a block"):
        check_study(str(file))


def test_a_score_out_of_range_is_told_by_the_cell_of_the_export(tmp_path):
    file = exported(tmp_path / "own", "wide")
    text = (tmp_path / "own" / "wide.csv").read_text().replace(",0.76,", ",76,", 1)
    (tmp_path / "own" / "wide.csv").write_text(text)
    with pytest.raises(Problems, match=r"wide\.csv, row 2, column ut_0: found 76 for utility"):
        check_study(str(file))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"measures": {}}, "measures beside measure and value, or neither"),
        ({"measure": "what"}, "measures beside measure and value, or neither"),
    ],
)
def test_a_block_of_scores_has_one_of_two_shapes(tmp_path, block, words):
    file = exported(tmp_path / "own", "wide")
    mapping = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text())
    mapping["measures_given"][0] |= block
    (tmp_path / "own" / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    with pytest.raises(Problems, match=words):
        check_study(str(file))
