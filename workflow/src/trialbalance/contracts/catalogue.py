"""The catalogue of tables: who writes each, where it stands, and where the report prints it.

All of it is said in the contract, ``workflow/schemas/tables/<stage>/<table>.yaml``, and nowhere
else: one more table is its contract and the function that makes it.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from trialbalance import house
from trialbalance.contracts.schemas import contract_files, load

FOLDERS = {
    "data": "10_data",
    "legal": "15_legal",
    "costs": "20_costs",
    "outcomes": "30_outcomes",
    "dataset": "40_dataset",
    "model": "50_model",
    "decision": "60_decision",
    "synthesis": "70_synthesis",
    "report": "report",
    "audit": "audit",
}
TO_DECISION = ("data", "legal", "costs", "outcomes", "dataset", "model", "decision")
DOORS = ("records", "scored", "totals", "draws")


class Printed(NamedTuple):
    """How the report prints a table as it is: closing a section, under a heading, with words.

    ``columns`` are those shown, all where none is named; ``pictures`` is how the names of figures
    drawn of it begin; ``blank`` names a column: only rows that leave it blank are printed.
    """

    section: str
    order: int
    heading: str
    words: str = ""
    columns: tuple[str, ...] = ()
    pictures: str = ""
    blank: str = ""


class Table(NamedTuple):
    """A table that a rule writes, as its contract says.

    Parameters
    ----------
    name, stage : str
        Name of the table and word of its stage, which is the contract's folder.
    order : int
        Where it stands among the tables of its stage.
    by : str
        Rule that writes it.
    per : {"study", "scenario", "analysis"}
        How often it is written.
    doors : tuple of str
        Doors at which a study has it.
    file : str
        File below the folder of the study or scenario; without an ending it is a table.
    large : bool
        Whether it grows with the records, and so follows the format of the run.
    when : str
        What a study must ask for to have it; empty where each has it.
    part : str
        Part of the stage model that writes it; empty for the stage as a whole.
    target : str
        ``full`` where only target full makes it.
    reported : bool
        Whether the report reads it.
    printed : Printed or None
        How the report prints it as it is.
    """

    name: str
    stage: str
    order: int
    by: str
    per: str
    doors: tuple[str, ...]
    file: str
    large: bool = False
    when: str = ""
    part: str = ""
    target: str = ""
    reported: bool = False
    printed: Printed | None = None

    @property
    def settings(self) -> str:
        """Return the word under which settings decide on it: of a part, or of the stage."""
        return self.part or self.stage

    def path(self, analysis: str | None = None, fmt: str = "csv") -> str:
        """Return its file below the folder of the study or scenario.

        Examples
        --------
        >>> catalogue()["ledger"].path(fmt="parquet")
        '20_costs/ledger.parquet'
        >>> catalogue()["dataset"].path("qaly", "parquet")
        '40_dataset/qaly.csv'
        """
        file = self.file.replace("{analysis}", str(analysis))
        return file if "." in file else f"{file}.{fmt if self.large else 'csv'}"


@cache
def _catalogue(schemas: Path) -> dict[str, Table]:
    contracts = {name: (path.parent.name, load(path)) for name, path in contract_files().items()}
    posterior = load(schemas / "posterior.schema.yaml")
    contracts["posterior"] = (posterior["written"]["stage"], posterior)
    found = [
        _table(name, stage, contract)
        for name, (stage, contract) in contracts.items()
        if "written" in contract
    ]
    stages = list(FOLDERS)
    found.sort(key=lambda table: (stages.index(table.stage), table.order, table.name))
    return {table.name: table for table in found}


def _table(name: str, stage: str, contract: dict[str, Any]) -> Table:
    """Return what a contract says of its table."""
    words = {key: value for key, value in contract["written"].items() if key != "stage"}
    inside = f"{{analysis}}/{name}" if words["per"] == "analysis" else name
    words.setdefault("file", f"{FOLDERS[stage]}/{inside}")
    words["doors"] = tuple(words.get("doors", DOORS))
    reported = contract.get("reported", False)
    printed = None
    if isinstance(reported, dict):
        printed = Printed(**reported | {"columns": tuple(reported.get("columns", ()))})
    return Table(name, stage, contract["order"], **words, reported=bool(reported), printed=printed)


def catalogue() -> dict[str, Table]:
    """Return every table that a rule writes, by name, in the order of the pipeline.

    Returns
    -------
    dict of Table
        The posterior, which is no table, stands among them.

    Examples
    --------
    >>> catalogue()["arms"].by
    'compare_arms'
    """
    return _catalogue(house.schemas())


def written_by(rule: str, door: str | None = None) -> list[str]:
    """Return the tables that a rule writes, at a door where one is named.

    Examples
    --------
    >>> written_by("settle_settings"), written_by("check_model")
    ([], ['model_checks', 'predictive'])
    """
    return [
        table.name
        for table in catalogue().values()
        if table.by == rule and door in (None, *table.doors)
    ]


def stage_tables(door: str, stage: str) -> list[str]:
    """Return the tables that a stage may write for a study that entered by a door.

    Parameters
    ----------
    door : {"records", "scored", "totals", "draws"}
        Door of the study.
    stage : str
        Word of the stage.

    Returns
    -------
    list of str
        Names of the tables, without those of target full; none where the door passes the stage by.

    Examples
    --------
    >>> stage_tables("totals", "costs")
    []
    """
    return [
        table.name
        for table in catalogue().values()
        if table.stage == stage and door in table.doors and not table.target
    ]


@cache
def _handed_over(schemas: Path) -> dict[str, dict[str, bool]]:
    contracts = sorted(
        ((load(path), name) for name, path in contract_files().items()),
        key=lambda one: (one[0].get("order", 0), one[1]),
    )
    return {
        door: {
            name: contract["handed_over"][door] == "required"
            for contract, name in contracts
            if door in contract.get("handed_over", {})
        }
        for door in DOORS
    }


def handed_over(door: str) -> dict[str, bool]:
    """Return the tables that a study may hand over at a door, and whether it must.

    Examples
    --------
    >>> handed_over("totals")
    {'totals': True}
    """
    return _handed_over(house.schemas())[door]


def table_of(path: Path) -> str:
    """Return the name of the contract behind a file of the results.

    Examples
    --------
    >>> table_of(Path("base/40_dataset/qaly.csv")), table_of(Path("50_model/qaly/checks.csv"))
    ('dataset', 'model_checks')
    """
    place = path.parts
    for table in _by_length(house.schemas()):
        pattern = table.file.split("/")
        if len(place) >= len(pattern) and all(
            _fits(part, wanted)
            for part, wanted in zip((*place[-len(pattern) : -1], path.stem), pattern, strict=True)
        ):
            return table.name
    return path.stem


@cache
def _by_length(schemas: Path) -> list[Table]:
    """Return the tables, the longest names of files first: one of an analysis may end in any."""
    return sorted(
        (table for table in catalogue().values() if "." not in table.file),
        key=lambda table: len(table.file.replace("{analysis}", "")),
        reverse=True,
    )


def _fits(part: str, pattern: str) -> bool:
    """Return whether a part of a path is one of a pattern, in which an analysis has any name."""
    before, named, after = pattern.partition("{analysis}")
    if not named:
        return part == pattern
    return part.startswith(before) and part.endswith(after) and len(part) > len(before + after)
