"""A finished run of the template study in a copy of the house, for tests to change."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from study_copy import StudyCopy
from trialbalance import house

FAST = {
    "cells": "totals",
    "draws": 100,
    "tune": 100,
    "chains": 2,
    "effect": {"family": "normal"},
    "cost": {"family": "normal"},
}


class Run:
    """A copy of the house with a study in it, and the commands of its user."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.study = folder / "config" / "studies" / "my_trial"

    def command(self, *words: str, cores: int = 2) -> subprocess.CompletedProcess:
        """Run Snakemake here, with the copied library first on the path."""
        environment = os.environ | {
            "PYTHONPATH": str(self.folder / "workflow" / "src"),
            "PYTHONWARNINGS": "default",
        }
        return subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", str(cores), *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def plan(self, *words: str) -> dict[str, int]:
        """Return the rules that would run, with their counts."""
        answer = self.command("-n", *words)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        told = (answer.stdout + answer.stderr).partition("Job stats:")[2]
        lines = re.findall(r"^(\w+) +(\d+)$", told.partition("\n\n")[0], re.MULTILINE)
        return {rule: int(count) for rule, count in lines if rule not in ("total", "all", "job")}

    def change(self, **sections) -> None:
        """Lay settings over the study file."""
        StudyCopy(self.study).change(**sections)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file, which must hold it."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def tables(self) -> dict[str, bytes]:
        """Return the bytes of every table of the study, by path."""
        root = self.folder / "results" / "my_trial"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.suffix in (".csv", ".yaml", ".html")
        }


def new_house(folder: Path) -> Run:
    """Return a copy of the house that holds nothing but the template study."""
    for name in ("Snakefile", "workflow"):
        source = house.root() / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    run = Run(folder)
    shutil.copytree(house.resources() / "template", run.study)
    (folder / "config" / "config.yaml").write_text(
        "studies: [config/studies/my_trial/study.yaml]\n"
    )
    run.change(model=FAST)
    return run


@pytest.fixture(scope="session")
def house_with():
    """Return the function that makes a copy of the house in a folder."""

    def make(folder: Path) -> Run:
        folder.mkdir()
        return new_house(folder)

    return make


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory, house_with):
    """Return the template study, run to its report: made by one worker for all, only to be read."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # The folder above is that of all workers of this run of the tests.
        place = place.parent
    place = place / "finished"
    place.mkdir(exist_ok=True)
    run, told = Run(place / "house"), place / "told.txt"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            # What a worker left that failed or was stopped is no finished run.
            shutil.rmtree(run.folder, ignore_errors=True)
            run = house_with(run.folder)
            run.change(model={"clusters": "site", "subgroups": ["sex"]})
            answer = run.command()
            assert answer.returncode == 0, answer.stdout + answer.stderr
            told.write_text(answer.stdout + answer.stderr, encoding="utf-8")
    return run, told.read_text(encoding="utf-8")


@pytest.fixture
def finished(finished_once, tmp_path):
    """Return a copy of the finished run that a test may change."""
    shutil.copytree(finished_once[0].folder, tmp_path / "house", copy_function=shutil.copy2)
    return Run(tmp_path / "house")
