"""Where the tables of a study stand: read once, each row under its number in the file."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.catalogue import catalogue, stage_tables, table_of
from trialbalance.graph import paths
from trialbalance.settings.resolve import Study, stage_settings

# Tables of a study as a whole whose figures have a way back.
OF_STUDY = ("scenarios", "trial_balance", "observed_case", "reproduction")


class Books:
    """The tables of one scenario and analysis of a study.

    Parameters
    ----------
    study : Study
        The study as its file says now.
    results : Path
        The results folder.
    scenario : str
        Scenario read from; its tables may stand in the folder of base.
    analysis : str, optional
        Analysis read from.
    cache : dict, optional
        What was read and made already, shared between books of one study.
    """

    def __init__(
        self,
        study: Study,
        results: Path,
        scenario: str = "base",
        analysis: str | None = None,
        cache: dict[Any, Any] | None = None,
    ):
        self.study = study
        self.results = Path(results)
        self.scenario = scenario
        self.analysis = analysis
        self.place = paths.Place(study, scenario, analysis)
        self._cache = {} if cache is None else cache

    def of(self, scenario: str, analysis: str | None) -> "Books":
        """Return the books of another scenario or analysis of the study."""
        return Books(self.study, self.results, scenario, analysis, self._cache)

    @property
    def door(self) -> str:
        """Return the door by which the study entered."""
        return paths.door_of(self.place)

    def settings(self, stage: str) -> dict[str, Any]:
        """Return what a stage may read, the analysis laid over."""
        make = partial(stage_settings, self.study, self.scenario, stage, self.analysis)
        return self.once(("settings", stage), make)

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts of the study, as this scenario has them."""
        return self.study.scenarios[self.scenario]["study"]

    def file(self, stage: str, table: str) -> Path | None:
        """Return the file of a table, as CSV or Parquet; None where there is none."""
        if table not in stage_tables(self.door, stage):
            return None
        for fmt in ("csv", "parquet"):
            path = self.below(paths.made(self.place._replace(format=fmt), table))
            if path.is_file():
                return path
        return None

    def below(self, path: str) -> Path:
        """Return a path of the workflow as one of this results folder."""
        return Path(str(path).replace("<results>", str(self.results)))

    def named(self, path: Path) -> str:
        """Return a file as it is told: below the study's results, or below its own folder."""
        for root in (self.results / self.study.name, self.study.folder):
            if path.is_relative_to(root):
                return str(path.relative_to(root))
        return path.name

    def table(self, stage: str, table: str) -> pd.DataFrame | None:
        """Return a table whose index numbers its rows as a spreadsheet does."""
        path = self.file(stage, table)
        return None if path is None else self.open(path, table)

    def open(self, path: Path, table: str) -> pd.DataFrame:
        """Return a file under a contract, read once."""
        if path not in self._cache:
            frame, findings = contracts.examine(path, table)
            errors = [one for one in findings if one.severity == "error"]
            if errors:
                raise Problems(errors)
            self._cache[path] = frame
        return self._cache[path]

    def raw(self, table: str) -> tuple[Path, pd.DataFrame] | None:
        """Return a file as it was recorded, cells as text; None where the study has none."""
        found = paths.data_inputs(self.place).get(table)
        path = None if found is None else self.below(found)
        if path is None or not path.is_file():
            return None
        if path not in self._cache:
            self._cache[path] = contracts.read_text(path)[0].apply(lambda cell: cell.str.strip())
        return path, self._cache[path]

    def once(self, key: tuple, make: Callable[[], Any]) -> Any:
        """Return what was made for a key before, or make it: many figures share a way back."""
        place = (self.scenario, self.analysis, *key)
        if place not in self._cache:
            self._cache[place] = make()
        return self._cache[place]

    def figures(self) -> dict[str, tuple[Path, str, str | None]]:
        """Return every file with figures: path below the study -> path, scenario, analysis."""
        found: dict[str, tuple[Path, str, str | None]] = {}
        for name in OF_STUDY:
            path = self.below(paths.made(self.place, name))
            if path.is_file():
                found[name] = (path, "base", None)
        for scenario in self.study.scenarios:
            for analysis in (None, *self.study.analyses(scenario)):
                there = self.of(scenario, analysis)
                per = "scenario" if analysis is None else "analysis"
                for table in catalogue().values():
                    path = there.file(table.stage, table.name) if table.per == per else None
                    if path is not None and _has_figures(table.name):
                        owner = path.relative_to(self.results / self.study.name).parts[0]
                        found[self.named(path)] = (path, owner, analysis)
        return found


def table_at(path: Path) -> str:
    """Return the contract behind a file; a sentence where there is none."""
    table = table_of(path)
    if table not in contracts.tables():
        raise Problems(
            [Finding(str(path), found="no table of a study", allowed="a CSV file of the results")]
        )
    return table


@cache
def _has_figures(name: str) -> bool:
    """Return whether a table has numbers that a page prints; the posterior is no table."""
    return name in contracts.tables() and "figures" in contracts.schema(name)
