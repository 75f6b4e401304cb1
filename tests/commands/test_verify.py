"""Integrity that anyone can check: a list that sha256sum reads, and what changed since the run."""

import shutil
import subprocess

import pytest
from trialbalance.audit.standards.checksums import SUMS, changed_files, checksum_lines
from trialbalance.commands.verify import verify_results
from trialbalance.contracts import Problems


@pytest.fixture
def results(tmp_path):
    """Return a folder of results with its list of checksums."""
    files = ["base/20_costs/ledger.csv", "audit/manifest.csv", "audit/provenance.json"]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"content of {name}\n")
    lines = checksum_lines([tmp_path / name for name in files], tmp_path)
    (tmp_path / SUMS).write_text(lines)
    return tmp_path


def test_what_the_run_wrote_is_found_as_it_was(results):
    assert verify_results(results)[0].endswith("3 files as the run wrote them")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_list_is_one_that_sha256sum_reads(results):
    command = ["sha256sum", "-c", SUMS]
    answer = subprocess.run(command, cwd=results, capture_output=True, text=True, check=False)
    assert answer.returncode == 0
    (results / "audit/manifest.csv").write_text("other\n")
    answer = subprocess.run(command, cwd=results, capture_output=True, text=True, check=False)
    assert "audit/manifest.csv: FAILED" in answer.stdout


def test_each_changed_and_missing_file_is_named(results):
    (results / "base/20_costs/ledger.csv").write_text("cost\n1000\n")
    (results / "audit/provenance.json").unlink()
    with pytest.raises(Problems) as problems:
        verify_results(results)
    text = str(problems.value)
    assert "base/20_costs/ledger.csv: changed after the run" in text
    assert "audit/provenance.json: missing" in text
    assert "manifest.csv" not in text


def test_a_renamed_file_is_named_with_where_it_stands_now(results):
    (results / "base/20_costs/ledger.csv").rename(results / "base/20_costs/costs.csv")
    with pytest.raises(Problems, match=r"ledger\.csv: missing; .* stands as base/20_costs/costs"):
        verify_results(results)


def test_a_file_that_the_run_did_not_list_is_told(results):
    for name in ("base/20_costs/ledger_2.csv", "base/logs/a.log", "release/arms.csv"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text("cost\n1\n")
    assert verify_results(results)[-1].endswith("not looked at: base/20_costs/ledger_2.csv")


def test_a_folder_without_a_list_is_told_in_a_sentence(tmp_path):
    with pytest.raises(Problems, match="no list of checksums"):
        verify_results(tmp_path)


@pytest.mark.parametrize(
    "line", ["not a line\n", f"{'0' * 64}  ../secret\n", f"{'0' * 64}  /etc\n"]
)
def test_a_list_that_leads_elsewhere_is_refused(results, line):
    (results / SUMS).write_text(line)
    with pytest.raises(Problems, match="line"):
        changed_files(results)


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
def test_a_signature_that_is_not_of_the_list_is_told(results):
    (results / f"{SUMS}.asc").write_text("no signature\n")
    with pytest.raises(Problems, match="not of this list"):
        verify_results(results)
