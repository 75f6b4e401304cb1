"""Identifiers of figures: one a row, written with the table, taken away when it is read."""

import pandas as pd
from trialbalance import contracts

CONTRACT = {
    "name": "sums",
    "figures": ["arm", "threshold"],
    "fields": [{"name": "arm", "type": "string"}, {"name": "threshold", "type": "number"}],
}
ROWS = pd.DataFrame(
    {"arm": ["new", "usual", None, "a b/c"], "threshold": [20000.0, 0.5, None, 1.0]}
)


def test_each_row_gets_its_place_table_and_keys():
    assert contracts.row_identifiers(ROWS, CONTRACT, "base/qaly").tolist() == [
        "base/qaly/sums/new/20000",
        "base/qaly/sums/usual/0.5",
        "base/qaly/sums",
        "base/qaly/sums/a_b_c/1",
    ]


def test_rows_of_equal_keys_are_told_apart():
    twice = pd.concat([ROWS, ROWS], ignore_index=True)
    found = contracts.row_identifiers(twice, CONTRACT)
    assert found.is_unique
    assert found.iloc[4] == "sums/new/20000+2"


def test_a_table_without_rows_has_no_identifier(tmp_path):
    empty = pd.DataFrame({"arm": pd.Series(dtype=object), "threshold": pd.Series(dtype=float)})
    contracts.write(empty, tmp_path / "empty.csv", CONTRACT, synthetic=True)
    assert (tmp_path / "empty.csv").read_text() == "arm,threshold,figure,synthetic\n"


def test_written_before_synthetic_and_taken_away_when_read(tmp_path):
    path = tmp_path / "sums.csv"
    contracts.write(ROWS, path, CONTRACT, synthetic=True, place="base")
    assert path.read_text().splitlines()[1] == "new,20000,base/sums/new/20000,true"
    assert list(contracts.read(path, CONTRACT)) == ["arm", "threshold"]


def test_a_table_whose_rows_are_no_figures_keeps_a_column_of_that_name(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("arm,threshold,figure\nnew,1,tall\n")
    plain = {"name": "own", "fieldsMatch": "subset", "fields": CONTRACT["fields"]}
    assert contracts.read(path, plain)["figure"].tolist() == ["tall"]
