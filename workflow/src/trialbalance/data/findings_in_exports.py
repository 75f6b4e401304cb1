"""Findings about imported tables told of the export: its file, row and column."""

from dataclasses import replace

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.checks.keys import show


class InExports:
    """What is found in imported tables, said of the exports that the tables were made of.

    Parameters
    ----------
    origins : pandas.DataFrame
        Table import_origins.

    Examples
    --------
    >>> origins = pd.DataFrame({"table": ["participants"], "row": [2], "column": ["arm"],
    ...     "export": ["main"], "file": ["a.csv"], "export_row": [7], "export_column": ["alloc"],
    ...     "cell": ["1"]})
    >>> found = Finding("participants.csv", 2, "arm", "'new'", "new_service", "correct it")
    >>> InExports(origins).finding(found).sentence()
    "a.csv, row 7, column alloc: found 'new' (arm, made of '1'); allowed: new_service; correct it."
    """

    def __init__(self, origins: pd.DataFrame):
        self._origins = origins
        self._cells = origins.groupby(["table", "row", "column"], observed=True).indices
        self._rows = origins.groupby(["table", "row"], observed=True).indices
        self._tables = set(origins["table"])

    def file(self, name: str) -> str:
        """Return how a file is named: a table that was imported says so."""
        table = name.removesuffix(".csv")
        return f"{table}, as imported" if table in self._tables else name

    def finding(self, one: Finding) -> Finding:
        """Return a finding said of the export; as it is where no cell of one is behind it."""
        table = one.file.removesuffix(".csv")
        if table not in self._tables:
            return one
        cells = self._cells.get((table, one.row, one.column))
        if cells is not None:
            return self._of_cells(one, self._origins.iloc[cells])
        if (table, one.row) in self._rows:
            place = self._origins.iloc[self._rows[(table, one.row)][0]]
            found = f"{one.found} in {one.column} of {table}" if one.column else one.found
            row = int(place["export_row"])
            return replace(one, file=str(place["file"]), row=row, column=None, found=found)
        return replace(one, file=self.file(one.file), row=None)

    def _of_cells(self, one: Finding, cells: pd.DataFrame) -> Finding:
        """Return a finding about a cell, said of the cells that it was made of."""
        first = cells.iloc[0]
        cells = cells[cells["export"] == first["export"]]
        names, texts = list(cells["export_column"]), list(cells["cell"].fillna(""))
        found = one.found
        if found is not None and not any(text and text in found for text in texts):
            # What was found is no longer what stands in the export: say both.
            made = " and ".join(show(text) if text else "a blank" for text in texts)
            found += f" ({one.column}, made of {made})"
        column = " and ".join(names)
        return replace(one, file=str(first["file"]), row=int(first["export_row"]),
                       column=column, found=found)  # fmt: skip
