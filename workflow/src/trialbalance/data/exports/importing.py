"""Exports and their mapping made into the tables that door ``records`` reads."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Problems
from trialbalance.data.exports.answers import Import
from trialbalance.data.exports.expanding import attended, gathered
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.origins import take_origins
from trialbalance.data.exports.people import match_identifiers, take_participants, take_visits
from trialbalance.data.exports.records import RECORDS
from trialbalance.data.exports.use import take_use
from trialbalance.settings.mapping.file import tables_of


def import_records(
    mapping: dict[str, Any],
    exports: dict[str, Export],
    study: dict[str, Any],
    covariates: dict[str, Any],
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """Return the tables that a mapping makes of exports, and what became of every row and column.

    Parameters
    ----------
    mapping : dict
        As ``settings.mapping.file.load_mapping`` returns it.
    exports : dict of Export
        Exports by name.
    study : dict
        Section ``study``; visits and periods are read.
    covariates : dict
        Section ``data.covariates``.

    Returns
    -------
    tables : dict of pandas.DataFrame
        Cells as text; only the tables that the mapping makes.
    counts : pandas.DataFrame
        Table import_counts: rows, columns and answers read, used and set aside.
    origins : pandas.DataFrame
        Table import_origins: the cells of the exports behind each cell that was made.

    Raises
    ------
    Problems
        Every cell and column that the mapping cannot read.

    Examples
    --------
    >>> from trialbalance.settings.mapping.blocks import Mapping
    >>> told = {"exports": {"main": {"file": "a.csv", "id": "id"}}, "participants": {"columns": {
    ...     "arm": {"column": "alloc", "recode": {"1": "new"}}, "randomisation_date": "day"}}}
    >>> cells = {"id": ["P1"], "alloc": ["1"], "day": ["2021-03-31"]}
    >>> export = Export("main", "a.csv", pd.DataFrame(cells, index=[2]))
    >>> mapping = Mapping.model_validate(told).model_dump(mode="json")
    >>> tables, counts, origins = import_records(mapping, {"main": export}, {}, {})
    >>> tables["participants"].to_dict("records")
    [{'participant_id': 'P1', 'arm': 'new', 'randomisation_date': '2021-03-31'}]
    >>> origins[["column", "export_row", "export_column", "cell"]].values.tolist()[0]
    ['arm', 2, 'alloc', '1']
    """
    job = Import(mapping, exports, study, covariates)
    people = take_participants(job)
    match_identifiers(job, set(people["participant_id"]))
    tables = {"participants": people}
    visits = take_visits(job, people) if mapping["visits"] else None
    if visits is not None:
        tables["visits"] = visits
    came = attended(visits)
    for name in [name for name in tables_of(mapping) if name not in tables]:
        if name == "resource_use":
            table = take_use(job, people, came)
        else:
            table = gathered(job, name, people, *RECORDS[name], came)
        tables[name] = _named_once(table) if "record_id" in table else table
    if job.wrong:
        raise Problems(job.wrong)
    tables, origins = take_origins(exports, tables)
    return tables, job.tally.table(exports), origins


def _named_once(table: pd.DataFrame) -> pd.DataFrame:
    """Return records whose names, where two are from one cell, are told apart."""
    again = table.groupby("record_id").cumcount()
    names = table["record_id"].where(again == 0, table["record_id"] + "." + (again + 1).astype(str))
    # A name that the export itself gives twice is a mistake, which the contract says.
    made = table["record_id"].str.count(r"\.") >= 2
    return table.assign(record_id=names.where(made, table["record_id"]))
