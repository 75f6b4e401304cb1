"""What a release is made from: the tables that may leave, and those that say who is behind them."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.release import may_leave
from trialbalance.contracts.catalogue import table_of


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
    tables, people, printed = {}, {}, {}
    for name, path in job.inputs.items():
        kind, _, word = name.partition("/")
        if kind == "table":
            if may_leave(table := table_of(Path(word))):
                tables[word] = job.read(name, table)
        elif kind == "people":
            people[word] = job.read(name, "dataset" if word.endswith(".dataset") else word)
        elif kind == "report":
            printed[word] = str(path).rpartition(f"/{job.wildcards['study']}/")[2]
    return Restricted(tables, people, printed)
