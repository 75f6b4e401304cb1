"""The screen of a run: a line for each stage that begins, one a tenth done, and what stopped it."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from trialbalance.contracts.catalogue import FOLDERS

QUESTIONS = {
    "data": "what was recorded, and is it sound?",
    "legal": "who was under which order, and was it lawful?",
    "costs": "what did it cost, and whom?",
    "outcomes": "what did people gain?",
    "dataset": "what is analysed, and what is missing?",
    "model": "what do we believe about mean cost and effect?",
    "decision": "which option, how sure, and is more research worth it?",
    "synthesis": "does the answer survive other assumptions?",
    "report": "what do we tell people?",
    "audit": "can it be trusted?",
}
LOCKED = "Directory cannot be locked"
# What Snakemake adds to a failure that our own sentences have told already.
CHATTER = re.compile(
    r"(Exiting because a job|Shutting down|Error in rule|At least one job|RuleException|"
    r"WorkflowError:|CalledProcessError|Command 'set -euo|\s*$)"
)


class Screen:
    """What has been shown, so that each stage and each tenth is shown once."""

    def __init__(self) -> None:
        self.stages: set[str] = set()
        self.tenth = 0
        self.percent = 0.0

    def lines(self, record: logging.LogRecord) -> list[str]:
        """Return the lines that a record of Snakemake's log shows; most show none.

        Parameters
        ----------
        record : logging.LogRecord
            A record, with the event and fields that Snakemake gives it.

        Returns
        -------
        list of str
            Whole lines.

        Examples
        --------
        >>> record = logging.LogRecord("", logging.INFO, "", 0, "", None, None)
        >>> record.__dict__ |= {"event": LogEvent.JOB_INFO,
        ...                     "output": ["results/my_trial/base/20_costs/ledger.csv"]}
        >>> screen = Screen()
        >>> screen.lines(record), screen.lines(record)
        (['  0 % costs: what did it cost, and whom?'], [])
        """
        told: dict[str, Any] = record.__dict__
        event = told.get("event")
        if event == LogEvent.JOB_INFO:
            return self._begun(told.get("output") or [])
        if event == LogEvent.PROGRESS:
            return self._done(told["done"], told["total"])
        if event == LogEvent.JOB_ERROR:
            logs = ", ".join(map(str, told.get("log") or []))
            return [
                f"stopped at {told.get('rule_name')}" + (f"; its log is {logs}" if logs else "")
            ]
        if record.getMessage().startswith("Nothing to be done"):
            return ["nothing to be done: every result is there and up to date"]
        if record.levelno >= logging.ERROR:
            return _stopped(record.getMessage())
        return []

    def _begun(self, outputs: Iterable[object]) -> list[str]:
        """Return the line of a stage whose first job begins."""
        stage = next((word for path in outputs if (word := stage_of(str(path)))), None)
        if stage is None or stage in self.stages:
            return []
        self.stages.add(stage)
        return [f"{self.percent:3.0f} % {stage}: {QUESTIONS[stage]}"]

    def _done(self, done: int, total: int) -> list[str]:
        """Return a line for each tenth of the steps that is done."""
        self.percent = 100 * done / total
        tenth = 10 * done // total
        if tenth == self.tenth:
            return []
        self.tenth = tenth
        return [f"{self.percent:3.0f} % {done} of {total} steps done"]


def stage_of(path: str) -> str | None:
    """Return the stage that writes a file of the results.

    Parameters
    ----------
    path : str
        File below the results.

    Returns
    -------
    str or None
        Word of the stage; None for a file of none.

    Examples
    --------
    >>> stage_of("results/my_trial/base/40_dataset/qaly.csv"), stage_of("results/index.html")
    ('dataset', None)
    """
    parts = path.split("/")
    return next((stage for stage, folder in FOLDERS.items() if folder in parts), None)


def _stopped(message: str) -> list[str]:
    """Return what stopped the run, without what has been told already."""
    if "FileNotFoundError" in message and "/.snakemake/locks/" in message:
        # Snakemake lists the locks of other runs, and reads them when they may be gone.
        return ["another run ended in the moment in which this one began: start it again."]
    if LOCKED in message:
        return [
            "another run is making the same results here: wait until it ends, run another study "
            "meanwhile, or, if a run was killed, continue with snakemake --unlock."
        ]
    return [line for line in message.splitlines() if not CHATTER.match(line)]


class LogHandler(LogHandlerBase):
    """Snakemake's logger of this name."""

    def __post_init__(self) -> None:
        self.screen = Screen()

    def emit(self, record: logging.LogRecord) -> None:
        """Show the lines of a record."""
        for line in self.screen.lines(record):
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    @property
    def writes_to_stream(self) -> bool:
        """Whether it writes to the screen."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Whether it writes to a file; Snakemake keeps its own log."""
        return False

    @property
    def has_filter(self) -> bool:
        """Whether it chooses what to show by itself."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Whether it words what it shows by itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """Whether it needs the graph of the rules."""
        return False
