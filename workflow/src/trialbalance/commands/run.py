"""Run studies: the same as Snakemake, with a first line at once and a few lines on the way."""

import json
import subprocess
import sys
from pathlib import Path

from trialbalance import house


def first_line(named: list[str], cores: str) -> str:
    """Return the first line that a run shows.

    Parameters
    ----------
    named, cores
        As `run_studies` takes them.

    Returns
    -------
    str
        What is run, and where the rest of Snakemake's account stands.

    Examples
    --------
    >>> first_line(["my_trial"], "2")
    "trialbalance: my_trial, on cores: 2; Snakemake's own account: .snakemake/log"
    """
    words = ", ".join(named) or "every study of config/config.yaml"
    return f"trialbalance: {words}, on cores: {cores}; Snakemake's own account: .snakemake/log"


def run_studies(named: list[str], cores: str, more: list[str]) -> int:
    """Run studies from their records to their reports.

    Parameters
    ----------
    named : list of str
        Names of studies under config/studies, or paths; every study of config.yaml where empty.
    cores : str
        A number of cores, or all.
    more : list of str
        Further options of Snakemake.

    Returns
    -------
    int
        What Snakemake ended with; 0 when every report is there.

    Raises
    ------
    Problems
        A study is not found.
    """
    command = run_command(named, cores, more)
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 130


def run_command(named: list[str], cores: str, more: list[str]) -> list[str]:
    """Return the command of Snakemake that runs studies.

    Parameters
    ----------
    named, cores, more
        As `run_studies` takes them.

    Returns
    -------
    list of str
        Program and arguments. A study that is named is run alone, so that two may run at once.

    Raises
    ------
    Problems
        A study is not found.

    Examples
    --------
    >>> run_command([], "2", ["--keep-going"])[-3:]
    ['--cores', '2', '--keep-going']
    """
    # Imported here so that the first line need not wait for what reads settings.
    from trialbalance.settings.load import find_study

    files = [find_study(name) for name in named]
    targets = [path.resolve().parent.name for path in files]
    snakefile = [] if Path("Snakefile").exists() else ["--snakefile", str(house.snakefile())]
    alone = ["--config", f"studies={json.dumps([str(path) for path in files])}"] if files else []
    # Digests decide what is made again, as in workflow/profiles/local.yaml.
    triggers = ["--rerun-triggers", "params", "input", "software-env"]
    start = [sys.executable, "-m", "snakemake", *targets, *snakefile, *alone, *triggers]
    # What a killed run left half made is made again, and what another run is making meets its lock.
    return [*start, "--rerun-incomplete", "--logger", "trialbalance", "--cores", cores, *more]
