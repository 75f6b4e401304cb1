"""Draws, totals and their dictionary for other programs: Stata files, and CSV for R with labels."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts.schemas import schema

# What Stata takes of the name and of the label of a variable, in characters.
STATA_NAME, LABEL = 32, 80
# Columns that say nothing of a person or a draw; whether records were simulated stands last.
MARKS = ("synthetic", "figure")
MARK = "Whether the records were simulated"
COLUMNS = ["table", "column", "stata_name", "type", "unit", "label"]
READ_TABLES = """\
# Reads the tables beside this file with their labels, and keeps them as .rds. Base R alone:
#   Rscript read_tables.R FOLDER_OF_THIS_FILE FOLDER_FOR_THE_RDS_FILES
given <- c(commandArgs(TRUE), ".", ".")
from <- given[1]
to <- if (length(commandArgs(TRUE)) > 1) given[2] else from
kinds <- c(text = "character", number = "numeric", flag = "integer")
dictionary <- read.csv(file.path(from, "dictionary.csv"), colClasses = "character")
for (table in unique(dictionary$table)) {
  own <- dictionary[dictionary$table == table, ]
  frame <- read.csv(file.path(from, paste0(table, "_labelled.csv")), na.strings = "",
                    colClasses = unname(kinds[own$type]), check.names = FALSE)
  stopifnot(identical(names(frame), own$column))
  for (place in seq_along(own$column)) {
    attr(frame[[place]], "label") <- own$label[place]
    attr(frame[[place]], "unit") <- own$unit[place]
  }
  saveRDS(frame, file.path(to, paste0(table, ".rds")))
}
"""


def column_dictionary(tables: dict[str, pd.DataFrame], contracts: dict[str, str]) -> pd.DataFrame:
    """Return what every column of the tables holds.

    Parameters
    ----------
    tables : dict
        Name of the exported table → the table.
    contracts : dict
        Name of the exported table → name of its contract.

    Returns
    -------
    DataFrame
        Columns table, column, stata_name (32 characters at most, each once a table), type (text,
        number, or flag for 1 and 0), unit and label.

    Examples
    --------
    >>> frame = pd.DataFrame({"draw": [1], "arm": ["a"], "cost_interview": [2.0]})
    >>> told = column_dictionary({"draws": frame}, {"draws": "draws"})
    >>> told[["column", "type", "label"]].values[1:].tolist()
    [['arm', 'text', 'Arm'], ['cost_interview', 'number', 'Cost of source group interview']]
    """
    rows = []
    for name, frame in tables.items():
        fields = {field["name"]: field for field in schema(contracts[name])["fields"]}
        taken: set[str] = set()
        for column in frame.columns:
            field = fields.get(column, {})
            words = str(field.get("description") or _beyond(column)).rstrip(".")
            rows.append((
                name, column, _stata_name(column, taken), _kind(frame[column]),
                field.get("unit"), words,
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _beyond(column: str) -> str:
    """Return what a column is that its contract does not list."""
    if column == "synthetic":
        return MARK
    if column.startswith("cost_"):
        return f"Cost of source group {column.removeprefix('cost_')}"
    if column.startswith("group_"):
        return f"Group of the participant: {column.removeprefix('group_')}"
    return f"Covariate {column}"


def _stata_name(column: str, taken: set[str]) -> str:
    """Return a name that Stata takes, and keep it as taken."""
    plain = "".join(one if one.isalnum() and one.isascii() else "_" for one in column)
    plain = plain if plain[:1].isalpha() else f"v_{plain}"
    name, number = plain[:STATA_NAME], 1
    while name in taken:
        number += 1
        name = f"{plain[: STATA_NAME - len(str(number)) - 1]}_{number}"
    taken.add(name)
    return name


def _kind(column: pd.Series) -> str:
    """Return whether a column holds text, numbers or flags."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return "flag"
    return "number" if pd.api.types.is_numeric_dtype(column.dtype) else "text"


def write_exchange(
    folder: Path, draws: pd.DataFrame, totals: pd.DataFrame | None, title: str, synthetic: bool
) -> list[str]:
    """Write draws and totals for Stata and R, with one dictionary for both.

    Parameters
    ----------
    folder : Path
        Where the files go; it is made.
    draws : DataFrame
        Table draws.
    totals : DataFrame or None
        Table dataset, one row a participant; None for a study of draws.
    title : str
        Label of the data sets.
    synthetic : bool
        Whether records were simulated; then the label of each data set says so.

    Returns
    -------
    list of str
        Names of the files.

    Notes
    -----
    Missing values are Stata's ``.`` and R's ``NA``; truth values are 1 and 0, labelled in Stata.
    """
    tables = {"draws": draws} | ({} if totals is None else {"totals": totals})
    mark = "true" if synthetic else "false"
    tables = {
        name: one.drop(columns=list(MARKS), errors="ignore").assign(synthetic=mark)
        for name, one in tables.items()
    }
    told = column_dictionary(tables, {"draws": "draws", "totals": "dataset"})
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        own = told[told["table"] == name]
        plain = _plain(frame, own)
        plain.to_csv(folder / f"{name}_labelled.csv", index=False)
        label = f"{'SIMULATED: ' if synthetic else ''}{title}"
        _write_stata(folder / f"{name}.dta", plain, own, label)
    told.assign(synthetic=mark).to_csv(folder / "dictionary.csv", index=False)
    (folder / "read_tables.R").write_text(READ_TABLES, encoding="utf-8")
    return sorted(path.name for path in folder.glob("[!.]*"))


def _plain(frame: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text and numbers alone: flags as 1 and 0, blanks as missing."""
    found = {}
    for column, kind in zip(told["column"], told["type"], strict=True):
        values: Any = frame[column]
        if kind == "text":
            found[column] = values.astype(object).where(values.notna(), None)
        elif kind == "flag" or (pd.api.types.is_integer_dtype(values.dtype)):
            found[column] = values.astype("Int64")
        else:
            found[column] = values.astype(float)
    return pd.DataFrame(found)


def _write_stata(path: Path, frame: pd.DataFrame, told: pd.DataFrame, label: str) -> None:
    """Write a data set of Stata with the labels of its variables and flags."""
    names = dict(zip(told["column"], told["stata_name"], strict=True))
    flags = told.loc[told["type"] == "flag", "stata_name"]
    renamed = frame.rename(columns=names)
    # A column blank throughout does not say what it holds; the dictionary does.
    for name, kind in zip(told["stata_name"], told["type"], strict=True):
        own = renamed[name]
        renamed[name] = own.fillna("").astype(str) if kind == "text" else own.astype(float)
    labels = dict(zip(told["stata_name"], (str(one)[:LABEL] for one in told["label"]), strict=True))
    renamed.to_stata(
        path,
        write_index=False,
        # Of no run, so that the same tables give the same bytes.
        time_stamp=datetime(2000, 1, 1),
        data_label=label[:LABEL],
        variable_labels=labels,
        value_labels={name: {0: "no", 1: "yes"} for name in flags},
        version=118,
    )
