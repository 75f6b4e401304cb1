"""The manifest: every file of a study with its meaning, rows, checksum and sensitivity."""

import csv
from pathlib import Path

import pandas as pd
from pyarrow import parquet

from trialbalance import contracts
from trialbalance.contracts.catalogue import table_of
from trialbalance.provenance.digest import file_digest


def manifest(files: list[str], study: str, synthetic: bool) -> pd.DataFrame:
    """Return one row a file: what it is, how long, its checksum and who may see it.

    Parameters
    ----------
    files : list of str
        Files of the study, in pipeline order; of a folder, every file in it is listed.
    study : str
        Name of the study; paths are given below its folder.
    synthetic : bool
        Whether the records are simulated; then nothing in them is confidential.

    Returns
    -------
    pandas.DataFrame
        Columns file, table, meaning, rows, sha256, sensitivity.
    """
    rows = []
    for name in _each_file(files):
        path = Path(name)
        # A picture may have the name of a table.
        tabular = path.suffix in (".csv", ".parquet")
        table = table_of(path) if tabular else path.stem
        schema = contracts.schema(table) if tabular and table in contracts.tables() else {}
        label = schema.get("sensitivity", LABELS.get(path.name, "aggregate"))
        sensitivity = "simulated" if synthetic else label
        rows.append(
            {
                "file": name.split(f"{study}/", 1)[-1],
                "table": table,
                "meaning": schema.get("title", _meaning(path)),
                "rows": rows_of(path),
                "sha256": file_digest(path),
                "sensitivity": sensitivity,
            }
        )
    return pd.DataFrame(rows)


def _each_file(files: list[str]) -> list[str]:
    """Return the files, a folder given way to what is in it."""
    found: list[str] = []
    for name in files:
        if Path(name).is_dir():
            # Snakemake keeps a hidden mark of its own in a folder that a rule makes.
            found += sorted(str(path) for path in Path(name).glob("[!.]*"))
        else:
            found.append(name)
    return found


def _meaning(path: Path) -> str:
    """Return what a file without a contract is."""
    if path.parent.name == "figures" and path.suffix in (".svg", ".png"):
        return "A picture of the report"
    return MEANINGS.get(path.name, "")


MEANINGS = {
    "posterior.nc": "Posterior of the model (ArviZ InferenceData)",
    "report.html": "The report",
    "report.pdf": "The report on paper",
    "report.docx": "The report for editing",
    "trace.json": "The way back of every figure that the report prints",
    "settings.yaml": "Every setting of the scenario, defaults included",
    "provenance.json": "Digests of inputs and methods, versions of packages, seed",
    "second_opinion.R": "Script in R that computes the study a second time",
    "figures.csv": "What that script computes, participant by participant and arm by arm",
    "draws.dta": "Draws of the decision with labels, for Stata",
    "draws_labelled.csv": "Draws of the decision, whose labels stand in the dictionary",
    "totals.dta": "Totals of the participants with labels, for Stata",
    "totals_labelled.csv": "Totals of the participants, whose labels stand in the dictionary",
    "dictionary.csv": "Labels, units and types of every column of draws and totals",
    "read_tables.R": "Script in R that reads draws and totals with their labels",
    "audit.xlsx": "Workbook of live formulas, from prices to differences",
}
# Files without a contract that hold identifiers, or rows of participants.
LABELS = dict.fromkeys(
    (
        *("posterior.nc", "audit.xlsx", "trace.json", "figures.csv"),
        *("totals.dta", "totals_labelled.csv"),
    ),
    "participant",
)


def rows_of(path: Path) -> int | None:
    """Return the number of rows of a table below its header; None for a file that is no table.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file, or another.

    Returns
    -------
    int or None
        Rows, blank lines not counted.
    """
    if path.suffix == ".csv":
        with path.open("r", encoding="utf-8-sig", newline="") as handle:
            return sum(1 for row in csv.reader(handle) if row) - 1
    if path.suffix == ".parquet":
        return parquet.read_metadata(path).num_rows
    return None
