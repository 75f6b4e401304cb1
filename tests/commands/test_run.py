"""The screen of a run: a first line of ours, stages and percent, and why it stops."""

import logging
import os
import subprocess
import sys
import time

import pytest
from snakemake.exceptions import LockException
from snakemake_interface_logger_plugins.common import LogEvent
from trialbalance.commands import run
from trialbalance.commands.running.screen import QUESTIONS, Screen
from trialbalance.contracts.catalogue import FOLDERS


def record(level=logging.INFO, message="", **fields):
    made = logging.LogRecord("", level, "", 0, message, None, None)
    made.__dict__ |= fields
    return made


def begins(folder):
    return record(event=LogEvent.JOB_INFO, output=[f"results/my_trial/base/{folder}/x.csv"])


def test_every_stage_has_its_question():
    assert set(QUESTIONS) == set(FOLDERS)


def test_a_stage_is_told_once_when_its_first_job_begins():
    screen = Screen()
    assert [len(screen.lines(begins(FOLDERS[stage]))) for stage in ("data", "costs", "data")] == [
        1,
        1,
        0,
    ]


def test_a_hundred_steps_make_ten_lines():
    screen = Screen()
    told = [
        line
        for done in range(1, 101)
        for line in screen.lines(record(event=LogEvent.PROGRESS, done=done, total=100))
    ]
    assert len(told) == 10
    assert told[-1] == "100 % 100 of 100 steps done"


@pytest.mark.parametrize("event", [LogEvent.WORKFLOW_STARTED, LogEvent.RUN_INFO, None])
def test_what_snakemake_says_of_itself_is_not_shown(event):
    assert Screen().lines(record(message="Building DAG of jobs...", event=event)) == []


def test_a_run_with_nothing_to_do_says_so():
    told = Screen().lines(record(message="Nothing to be done (all requested files are present)."))
    assert told == ["nothing to be done: every result is there and up to date"]


def test_a_second_run_of_the_same_results_is_told_in_one_sentence():
    told = Screen().lines(record(logging.ERROR, str(LockException())))
    assert len(told) == 1
    assert told[0].startswith("another run is making the same results here: wait until it ends")


def test_another_run_that_ends_while_this_one_looks_for_it_is_told_in_one_sentence():
    gone = "[Errno 2] No such file or directory: '/home/me/.snakemake/locks/0.input.lock'"
    traceback = f'Traceback (most recent call last):\n  File "x.py"\nFileNotFoundError: {gone}'
    told = Screen().lines(record(logging.ERROR, traceback))
    assert told == ["another run ended in the moment in which this one began: start it again."]


def test_a_job_that_failed_names_its_log():
    failed = record(event=LogEvent.JOB_ERROR, rule_name="fit_model", log=["a/fit_model.log"])
    assert Screen().lines(failed) == ["stopped at fit_model; its log is a/fit_model.log"]


def test_studies_that_are_named_run_alone(study):
    command = run.run_command([str(study.folder)], "2", ["--keep-going"])
    assert command[3] == "my_trial"
    assert f'studies=["{study.file}"]' in command
    assert command[-1] == "--keep-going"


def test_a_run_begins_with_a_line_of_ours_and_shows_no_banner(study):
    began = time.monotonic()
    command = [sys.executable, "-m", "trialbalance", "run", str(study.folder), "--until"]
    with subprocess.Popen(
        [*command, "read_records", "--cores", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=study.folder.parent,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as running:
        first = running.stdout.readline()
        waited = time.monotonic() - began
        rest = running.stdout.read()
    assert first.startswith("trialbalance: ")
    # Three seconds on a machine of one's own; the tests share theirs.
    assert waited < 20
    assert running.returncode == 0, rest
    assert "data: what was recorded, and is it sound?" in rest
    assert "my_trial/base read participants 80" in rest
    for chatter in ("SNAKEMAKE", "Building DAG", "Job stats", "jobid"):
        assert chatter not in rest
