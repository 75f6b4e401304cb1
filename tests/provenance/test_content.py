"""Files from outside count by their content, whatever their times say."""

import os
from pathlib import Path

import pytest
from trialbalance.provenance import content

FIRST, SECOND = "cost\n10\n", "cost\n20\n"


@pytest.fixture(params=["read at every run", "kept"])
def file(request, tmp_path, monkeypatch):
    """Return a file that is small, and one that counts as large and is settled."""
    monkeypatch.chdir(tmp_path)
    if request.param == "kept":
        monkeypatch.setattr(content, "LARGE", 0)
        monkeypatch.setattr(content, "FRESH", -1.0)
    path = tmp_path / "prices.csv"
    path.write_text(FIRST)
    return path


def digest(path: Path) -> str:
    return content.content_digests([path])[str(path)]


def test_an_older_file_of_the_same_size_in_its_place_is_another(file):
    before = digest(file)
    times = file.stat()
    file.write_text(SECOND)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert digest(file) != before
    again = file.with_name("corrected.csv")
    again.write_text(FIRST)
    os.utime(again, (1_000_000_000, 1_000_000_000))
    again.replace(file)
    assert digest(file) == before


def test_a_touched_file_is_the_same(file):
    before = digest(file)
    os.utime(file, (2_000_000_000, 2_000_000_000))
    assert digest(file) == before


def test_a_large_file_is_read_once_while_its_state_stands(file, monkeypatch):
    monkeypatch.setattr(content, "LARGE", 0)
    monkeypatch.setattr(content, "FRESH", -1.0)
    before = digest(file)
    read = []
    monkeypatch.setattr(content, "file_digest", lambda path: read.append(path) or "read again")
    assert digest(file) == before
    assert read == []
    file.touch()
    assert digest(file) == "read again"


def test_a_file_that_may_still_be_changing_is_not_kept(file, monkeypatch):
    monkeypatch.setattr(content, "LARGE", 0)
    monkeypatch.setattr(content, "FRESH", 60.0)
    digest(file)
    assert not content.KEPT.exists()


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"a": 1'])
def test_a_spoilt_file_of_digests_is_no_trouble(file, kept, monkeypatch):
    before = digest(file)
    content.KEPT.parent.mkdir(parents=True, exist_ok=True)
    content.KEPT.write_text(kept)
    assert digest(file) == before


def test_a_file_that_is_not_there_is_said_by_the_rule_that_reads_it(tmp_path):
    assert digest(tmp_path / "none.csv") == "not readable"
