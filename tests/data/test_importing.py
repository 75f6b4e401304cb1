"""One trial exported by many programs, wide and dirty, gives the tables of the truth to the row."""

from pathlib import Path

import pandas as pd
import pytest
from exported_trial import EXPORTS, truth, write_study
from trialbalance.audit.books.import_lines import import_lines
from trialbalance.commands.check import check_study
from trialbalance.data.exports.formats.reading import read_export, read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.graph import paths
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import stage_settings

TABLES = ("participants", "visits", "responses", "resource_use", "episodes")


def imported(file: Path):
    """Return the tables, counts and origins of a study that hands over exports."""
    study = load_study(file)
    files = {name: Path(path) for name, path in paths.export_inputs(paths.Place(study)).items()}
    settings = stage_settings(study, "base", "data")
    exports = read_exports(study.mapping, files)
    covariates = settings["data"]["covariates"]
    return import_records(study.mapping, exports, settings["study"], covariates)


@pytest.fixture(scope="module", params=EXPORTS)
def made(request, tmp_path_factory):
    file = write_study(tmp_path_factory.mktemp("own") / f"own_{request.param}", request.param)
    return file, *imported(file)[:2]


def rows(table: pd.DataFrame) -> list[tuple]:
    """Return the rows of a table in a fixed order, without the names of records."""
    table = table.drop(columns=["record_id"], errors="ignore")
    return sorted(map(tuple, table[sorted(table)].to_numpy()))


@pytest.mark.parametrize("name", TABLES)
def test_the_export_of_every_program_gives_the_tables_of_the_truth_to_the_last_row(made, name):
    _, tables, _ = made
    assert rows(tables[name]) == rows(truth()[name])


def test_every_row_column_and_answer_of_an_export_is_used_or_set_aside_with_a_reason(made):
    _, tables, counts = made
    keys = ["export", "table", "quantity"]
    sums = counts.pivot_table(index=keys, columns="use", values="count", aggfunc="sum").fillna(0)
    aside = sums.get("set aside", 0)
    assert (sums["read"] == sums["used"] + aside).all()
    assert (counts.loc[counts["use"] == "set aside", "reason"] != "").all()
    written = {name: len(table) for name, table in tables.items()}
    for line in import_lines(counts, written):
        assert line["went_in"] == line["came_out"] + line.get("set_aside", 0), line


def test_what_is_imported_passes_every_check_of_the_records(made):
    file, *_ = made
    said = check_study(str(file))
    assert said[0].endswith("no mistake found")


def test_a_record_says_which_cell_of_the_export_it_is_from(made):
    file, tables, _ = made
    record = tables["episodes"]["record_id"].iloc[0]
    export, row, column = record.split(".")
    study = load_study(file)
    files = {name: Path(path) for name, path in paths.export_inputs(paths.Place(study)).items()}
    cells = read_exports(study.mapping, files)[export].cells
    assert cells.loc[int(row), column] != ""


def test_numbers_beside_a_letter_of_stata_are_read_the_same_every_time(tmp_path):
    write_study(tmp_path / "own", "stata")
    read = [read_export(tmp_path / "own" / "wide.dta").cells for _ in range(5)]
    assert all(one.equals(read[0]) for one in read)
    minutes = read[0]["care_min_12"]
    assert (minutes == ".a").any()
    numbers = minutes[~minutes.isin(["", ".a"])].astype(int)
    assert (numbers % 20 == 0).all()
    assert numbers.max() < 3000
