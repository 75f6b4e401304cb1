"""What is kept of a Python file is what reading it again would find."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from trialbalance import house
from trialbalance.provenance import modules

SOURCE = 'from trialbalance.costs import rate\n\nTABLE = "ledger"\nPLACE = house.snakefile()\n'


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return a home of its own for what is kept."""
    monkeypatch.setattr(house, "cache_home", lambda: tmp_path / "home")
    modules._kept.cache_clear()
    modules._new.clear()
    yield tmp_path / "home"
    modules._kept.cache_clear()
    modules._new.clear()


def again(file: Path) -> modules.Module:
    """Return what a later process finds of a file."""
    modules.keep()
    modules._kept.cache_clear()
    return modules.module(file)


def test_a_later_process_finds_the_same_without_reading(home, tmp_path, monkeypatch):
    file = tmp_path / "one.py"
    file.write_text(SOURCE)
    first = modules.module(file)
    monkeypatch.setattr(modules, "examine", lambda source: pytest.fail("read again"))
    assert again(file) == first
    assert first.imported == ("trialbalance.costs", "trialbalance.costs.rate")
    assert first.words == {"ledger", "house.snakefile"}


def test_the_content_decides_and_neither_time_nor_place(home, tmp_path):
    file, copy = tmp_path / "one.py", tmp_path / "copy.py"
    file.write_text(SOURCE)
    first = modules.module(file)
    shutil.copy2(file, copy)
    assert again(copy) == first
    state = file.stat()
    file.write_text(SOURCE.replace("ledger", "ladder"))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    edited = again(file)
    assert edited.fingerprint != first.fingerprint
    assert edited.words == {"ladder", "house.snakefile"}


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "{}", '{"a": 1}', '{"a": [1, 2]}', "null"])
def test_a_spoilt_file_costs_time_only(home, tmp_path, spoilt):
    file = tmp_path / "one.py"
    file.write_text(SOURCE)
    first = modules.module(file)
    modules.keep()
    (home / "trialbalance" / "modules.json").write_text(spoilt)
    assert again(file) == first


def test_a_home_that_cannot_be_written_costs_time_only(home, tmp_path):
    home.write_text("in the way of a folder")
    file = tmp_path / "one.py"
    file.write_text(SOURCE)
    assert again(file) == modules.examine(SOURCE)


def test_what_two_processes_found_is_both_kept_and_the_oldest_go(home, tmp_path, monkeypatch):
    monkeypatch.setattr(modules, "MOST", 2)
    for number in range(3):
        file = tmp_path / f"{number}.py"
        file.write_text(f"x = {number}\n")
        modules.module(file)
        again(file)
    kept = json.loads((home / "trialbalance" / "modules.json").read_text())
    expected = [modules.examine(f"x = {number}").fingerprint for number in (1, 2)]
    assert [one[0] for one in kept.values()] == expected
    assert [path.name for path in (home / "trialbalance").iterdir()] == ["modules.json"]


def test_digests_are_the_same_with_and_without_what_is_kept(tmp_path):
    told = (
        "from trialbalance import house\n"
        "from trialbalance.provenance.digest import code_digest\n"
        "print(*map(code_digest, sorted(house.scripts().glob('*.py'))))\n"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(house.library()[0].parent)}
    answers = [
        subprocess.run(
            [sys.executable, "-c", told],
            capture_output=True, text=True, check=True, env=environment,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert answers[0] == answers[1]
    assert (tmp_path / "trialbalance" / "modules.json").stat().st_size > 100_000
