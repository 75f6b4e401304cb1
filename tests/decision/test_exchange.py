"""Draws and totals for other programs: what Stata and R read back."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from trialbalance.audit.standards.manifest import manifest
from trialbalance.decision.exchange import LABEL, STATA_NAME, column_dictionary, write_exchange

DRAWS = pd.DataFrame(
    {
        "draw": [1, 1, 2, 2],
        "arm": ["new", "usual"] * 2,
        "cost": [1234.56789, 2.0, 3.0, 4.0],
        "effect": [0.1, 0.2, 0.3, 0.4],
        "cost_interview": [1.0, 2.0, 3.0, 4.0],
        "synthetic": True,
    }
)
TOTALS = pd.DataFrame(
    {
        "participant_id": ["p1", "p2", "p3"],
        "arm": ["new", "usual", "usual"],
        "site": [None, None, None],
        "cost": [10.5, np.nan, 0.0],
        "effect": [0.7, 0.8, np.nan],
        "cost_observed": pd.array([True, False, True], dtype="boolean"),
        "effect_observed": pd.array([True, True, False], dtype="boolean"),
        "died": pd.array([False, None, True], dtype="boolean"),
        "at_ceiling": pd.array([None, None, None], dtype="boolean"),
        "illness_duration_longer_than_two_years": [1.0, 0.0, np.nan],
        "illness_duration_longer_than_two_weeks": [1.0, 0.0, np.nan],
        "synthetic": True,
    }
)


@pytest.fixture
def folder(tmp_path):
    """A folder with both tables exported."""
    write_exchange(tmp_path / "exchange", DRAWS, TOTALS, "trial, analysis qaly", True)
    return tmp_path / "exchange"


def test_stata_reads_draws_with_the_labels_of_their_contract(folder):
    frame, meta = pyreadstat.read_dta(folder / "draws.dta")
    assert frame["cost"].tolist() == DRAWS["cost"].tolist()
    assert frame["arm"].tolist() == DRAWS["arm"].tolist()
    labels = meta.column_names_to_labels
    assert labels["cost"] == "Mean cost"
    assert labels["cost_interview"] == "Cost of source group interview"
    assert meta.file_label == "SIMULATED: trial, analysis qaly"
    assert frame.columns[-1] == "synthetic" and set(frame["synthetic"]) == {"true"}


def test_no_file_holds_the_time_of_its_run(folder):
    assert all(b"01 Jan 2000 00:00" in path.read_bytes() for path in folder.glob("*.dta"))


def test_stata_reads_totals_with_what_is_missing_and_truth_values_labelled(folder):
    frame, meta = pyreadstat.read_dta(folder / "totals.dta")
    assert frame["participant_id"].tolist() == ["p1", "p2", "p3"]
    np.testing.assert_array_equal(frame["cost"], [10.5, np.nan, 0.0])
    np.testing.assert_array_equal(frame["died"], [0, np.nan, 1])
    assert frame["at_ceiling"].isna().all()
    assert meta.variable_value_labels["died"] == {0: "no", 1: "yes"}
    assert set(frame["site"]) == {""}


def test_names_too_long_for_stata_are_cut_and_told_apart(folder):
    told = pd.read_csv(folder / "dictionary.csv")
    own = told[told["table"] == "totals"].set_index("column")["stata_name"]
    long = own[own.index.str.startswith("illness")]
    assert long.tolist() == ["illness_duration_longer_than_two", "illness_duration_longer_than_t_2"]
    assert long.str.len().max() == STATA_NAME
    assert long.nunique() == 2
    _, meta = pyreadstat.read_dta(folder / "totals.dta")
    assert meta.column_names == own.tolist()


def test_the_dictionary_says_what_every_column_holds(folder):
    told = pd.read_csv(folder / "dictionary.csv").set_index(["table", "column"])
    assert told.loc[("totals", "died"), "type"] == "flag"
    assert told.loc[("draws", "cost"), "unit"] == "currency per participant"
    for name in ("draws", "totals"):
        header = pd.read_csv(folder / f"{name}_labelled.csv", nrows=0)
        assert header.columns.tolist() == told.loc[name].index.tolist()
    assert told["label"].notna().all()


def test_draws_without_people_leave_alone(tmp_path):
    files = write_exchange(tmp_path, DRAWS, None, "trial", False)
    assert files == ["dictionary.csv", "draws.dta", "draws_labelled.csv", "read_tables.R"]
    _, meta = pyreadstat.read_dta(tmp_path / "draws.dta")
    assert meta.file_label == "trial"


def test_labels_longer_than_stata_takes_are_whole_in_the_dictionary(folder):
    told = pd.read_csv(folder / "dictionary.csv")
    _, meta = pyreadstat.read_dta(folder / "totals.dta")
    own = told[told["table"] == "totals"]
    assert (own["label"].str.len() > LABEL).any()
    assert meta.column_labels == [text[:LABEL] for text in own["label"]]


def test_names_of_any_script_are_names_that_stata_takes():
    frame = pd.DataFrame({"draw": [1], "coût-a": [1.0], "1st": [2.0]})
    told = column_dictionary({"draws": frame}, {"draws": "draws"})
    assert told["stata_name"].tolist() == ["draw", "co_t_a", "v_1st"]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_base_r_reads_both_tables_with_their_labels(folder, tmp_path):
    run = [shutil.which("Rscript"), "--vanilla"]
    subprocess.run([*run, folder / "read_tables.R", folder, tmp_path], check=True)
    asked = (
        f't <- readRDS("{tmp_path}/totals.rds"); d <- readRDS("{tmp_path}/draws.rds");'
        'cat(sep = "\\n", sum(is.na(t$cost)), t$died, attr(d$cost, "label"), attr(d$cost, "unit"),'
        "sprintf('%.5f', d$cost[1]), class(t$participant_id), nrow(d), class(t$site))"
    )
    told = subprocess.run([*run, "-e", asked], check=True, capture_output=True, text=True).stdout
    assert told.splitlines() == [
        "1", "0", "NA", "1", "Mean cost", "currency per participant", "1234.56789", "character",
        "4", "character",
    ]  # fmt: skip


def test_rows_of_people_are_labelled_so_in_the_manifest(folder):
    table = manifest([str(folder)], "exchange", False).set_index("file")
    labels = table["sensitivity"]
    assert labels["totals.dta"] == labels["totals_labelled.csv"] == "participant"
    assert labels["draws.dta"] == labels["dictionary.csv"] == "aggregate"
    assert (table["meaning"] != "").all()
