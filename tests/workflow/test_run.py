"""A whole run: what it says, what it leaves, and how it fails."""

import re

import pandas as pd
import pytest


def test_it_shows_progress_and_ends_with_the_report(finished_once):
    run, told = finished_once
    for words in (
        "my_trial/base read participants 80",
        "ledger lines",
        "sampling",
        "the books balance",
        "the books are closed",
        "report: results/my_trial/report/report.html",
    ):
        assert words in told
    assert "Traceback" not in told
    assert (run.folder / "results/my_trial/report/report.html").stat().st_size > 20_000
    index = (run.folder / "results/index.html").read_text(encoding="utf-8")
    assert 'href="my_trial/report/report.html"' in index
    assert "simulated records" in index


def test_every_table_says_that_it_is_simulated(finished_once):
    run, _ = finished_once
    for path in (run.folder / "results" / "my_trial").rglob("*.csv"):
        if path.name.startswith("wide_"):
            continue
        if "recorded" not in path.parts and not path.name.endswith(".tsv"):
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            assert table.columns[-1] == "synthetic", path
            assert set(table["synthetic"]) <= {"true"}, path


def test_the_manifest_lists_every_file(finished_once):
    run, _ = finished_once
    root = run.folder / "results" / "my_trial"
    listed = set(pd.read_csv(root / "audit" / "manifest.csv")["file"])
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    # Snakemake's own mark in a folder that a rule makes.
    marks = {name for name in there if name.endswith("/.snakemake_timestamp")}
    own = (
        {name for name in there if "/logs/" in name}
        | marks
        | {
            # These are made from the manifest.
            "audit/manifest.csv",
            "audit/SHA256SUMS",
            "audit/Snakefile",
            "datapackage.json",
            "ro-crate-metadata.json",
        }
    )
    assert there - own <= listed
    assert listed <= there


def test_full_adds_its_tables_and_remakes_nothing(finished):
    before = finished.tables()
    made = {"climb_ladder", "cross_check", "scale_priors", "write_full_report"}
    assert set(finished.plan("full")) == made | {"full"}
    answer = finished.command("full")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    after = finished.tables()
    added = {path.rpartition("/")[2] for path in set(after) - set(before)}
    tables = {"ladder.csv", "ladder_draws.csv", "crosscheck.csv", "prior_sensitivity.csv"}
    assert added == tables | {"full.html"}
    assert {path: after[path] for path in before} == before
    assert "left over" not in answer.stdout


def test_the_trial_balance_is_zero_everywhere(finished_once):
    run, _ = finished_once
    table = pd.read_csv(run.folder / "results/my_trial/audit/trial_balance.csv")
    assert (table["difference"].abs() < 0.005).all()
    assert {"data", "costs", "outcomes", "dataset", "decision"} <= set(table["stage"])
    gone = table[table["set_aside"] > 0]
    assert gone["reason"].fillna("").str.len().gt(0).all()


def test_a_tampered_ledger_stops_the_run_with_a_sentence(finished):
    path = finished.folder / "results/my_trial/base/20_costs/ledger.csv"
    ledger = pd.read_csv(path, dtype=str, keep_default_na=False)
    ledger.loc[3, "cost"] = str(float(ledger.loc[3, "cost"]) + 10)
    ledger.to_csv(path, index=False)
    answer = finished.command()
    told = answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert "10.00 is unaccounted for" in told
    assert "Traceback" not in told


def test_one_core_and_two_give_the_same_tables(finished_once, finished):
    again = finished
    import shutil

    shutil.rmtree(again.folder / "results")
    answer = again.command(cores=1)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert again.tables() == finished_once[0].tables()


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        ("audit/audit.xlsx", "write_workbook"),
        ("base/60_decision/qaly_health_care/incremental.csv", "compare_arms"),
        ("datapackage.json", "describe_results"),
    ],
)
def test_a_lost_file_is_made_again(finished, file, rule):
    (finished.folder / "results" / "my_trial" / file).unlink()
    assert rule in finished.plan()


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"costs": {"discount_rate": 3.5}}, ["costs.discount_rate", "0.035"]),
        ({"costs": {"unit_costs": "none.csv"}}, ["none.csv", "no such file"]),
        ({"modell": {}}, ["modell", "did you mean model?"]),
    ],
)
def test_a_wrong_setting_stops_before_the_graph_is_built(finished, change, parts):
    finished.change(**change)
    answer = finished.command("-n")
    told = answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert all(part in told for part in parts), told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        ("data/participants.csv", "P003,", "P002,", ["participants.csv", "P002"]),
        (
            "data/resource_use.csv",
            "nurse_visit,",
            "nurse_wisit,",
            ["resource_use.csv", "nurse_wisit"],
        ),
        (
            "unit_costs.csv",
            "nurse_visit,visit,60",
            "nurse_visit,visit,-60",
            ["unit_costs.csv", "-60"],
        ),
        ("unit_costs.csv", "2020/21", "2031/32", ["2031/32"]),
    ],
)
def test_a_wrong_file_stops_with_a_sentence(finished, file, old, new, parts):
    finished.edit(f"config/studies/my_trial/{file}", old, new)
    answer = finished.command()
    told = answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert all(part in told for part in parts), told
    assert "Traceback" not in told


def test_release_writes_what_may_leave_and_refuses_leftovers(finished):
    (finished.folder / "results" / "my_trial" / "old_scenario").mkdir()
    answer = finished.command("-n", "release")
    assert answer.returncode != 0
    assert "old_scenario: left over from earlier settings" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr
    (finished.folder / "results" / "my_trial" / "old_scenario").rmdir()
    # What another study left is not this run's.
    (finished.folder / "results" / "other_study" / "base").mkdir(parents=True)
    answer = finished.command("release")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    folder = finished.folder / "results" / "my_trial" / "release"
    assert {path.name for path in folder.iterdir()} >= {"suppressed.csv", "manifest.csv", "report"}
    assert "exempt from suppression" in (folder / "report" / "report.html").read_text()
    people = (finished.study / "data" / "participants.csv").read_text().splitlines()[1:]
    wanted = re.compile("|".join(rf"\b{line.split(',')[0]}\b" for line in people))
    logs = (finished.folder / "results" / "my_trial").rglob("*.log")
    for path in [*folder.rglob("*.csv"), *folder.rglob("*.html"), *folder.rglob("*.json"), *logs]:
        assert not wanted.search(path.read_text(encoding="utf-8")), path
