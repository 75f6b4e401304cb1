"""What a release is made from: the tables that may leave, and those that say who is behind them."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.release import may_leave
from trialbalance.contracts.catalogue import table_of
from trialbalance.contracts.input_names import parts, under


class Restricted(NamedTuple):
    """The restricted edition as read.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        File below the study's results -> table that may leave.
    people : dict of pandas.DataFrame
        Name -> table with a row a participant.
    printed : dict
        Name under which the report knows a table -> its file.
    """

    tables: dict[str, pd.DataFrame]
    people: dict[str, pd.DataFrame]
    printed: dict[str, str]


def read_restricted(job: Any) -> Restricted:
    """Return the tables of a study by what a release does with them.

    Parameters
    ----------
    job : Job
        The script's job; its inputs as ``graph.audit_paths.release_inputs`` names them.
    """
    kinds = {file: table_of(Path(file)) for file in under(job.inputs, "table")}
    tables = {f: job.read(f"table/{f}", table) for f, table in kinds.items() if may_leave(table)}
    people = {n: job.read(f"people/{n}", parts(n)[-1]) for n in under(job.inputs, "people")}
    folder = f"/{job.wildcards['study']}/"
    printed = {n: str(p).rpartition(folder)[2] for n, p in under(job.inputs, "report").items()}
    return Restricted(tables, people, printed)
