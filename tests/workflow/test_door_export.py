"""Door export as a whole: from a Stata file and its mapping to report, certificate and release."""

import json

import pandas as pd
import pytest
from exported_trial import write_study
from trialbalance.audit.second import r_version
from trialbalance.commands.trace import ask

NAME = "own"
# Words of the export and its mapping that nobody outside may read.
WORDS = ("wide.dta", "mapping.yaml", "nurse_n_", "visit_dt_", "eq_mo_", "excl_reason", "free_text")


@pytest.fixture(scope="module")
def ran(tmp_path_factory, house_with):
    """Return a house in which a study that hands over a Stata file ran to its release."""
    run = house_with(tmp_path_factory.mktemp("export") / "house")
    run.study = run.folder / "config" / "studies" / NAME
    write_study(run.study, "stata")
    run.change(
        model={"draws": 100, "tune": 100, "chains": 2, "effect": {"family": "normal"},
               "cost": {"family": "normal"}},
    )  # fmt: skip
    config = f"studies: [config/studies/{NAME}/study.yaml]\n"
    (run.folder / "config" / "config.yaml").write_text(config)
    answer = run.command("all", "release")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return run


def test_the_balance_starts_at_the_rows_and_columns_of_the_export(ran):
    balance = pd.read_csv(ran.folder / "results" / NAME / "audit" / "trial_balance.csv")
    assert (balance["difference"].abs() < 0.005).all()
    first = balance.iloc[0]
    assert (first["quantity"], first["in"]) == ("rows of export main", 80)
    assert {"columns of export main", "answers of export main for responses"} <= set(
        balance["quantity"]
    )


def test_a_pound_and_a_qaly_are_traced_to_cells_of_the_export(ran):
    root = ran.folder / "results" / NAME / "base"
    file = str(ran.study / "study.yaml")
    ledger = pd.read_csv(root / "20_costs" / "ledger.csv")
    place = ledger.index[ledger["item"] == "nurse_visit"][0]
    column = list(ledger).index("cost")
    cell = f"{chr(ord('A') + column)}{place + 2}"
    lines = ask(str(root / "20_costs" / "ledger.csv"), cell, ran.folder / "results", file)
    record = ledger.loc[place, "record_id"].split("/")[0]
    _, row, name = record.split(".", 2)
    assert any(f"wide.dta, row {row}: {name}: " in line for line in lines), lines
    dataset = pd.read_csv(root / "40_dataset" / "qaly_health_care.csv")
    seen = dataset.index[dataset["effect_observed"]][0]
    lines = ask(str(root / "40_dataset" / "qaly_health_care.csv"), f"E{seen + 2}",
                ran.folder / "results", file)  # fmt: skip
    assert any("wide.dta, row" in line and ": eq_mo_" in line for line in lines), lines


@pytest.mark.skipif(r_version() is None, reason="R is not installed on this machine")
def test_the_second_program_agrees_and_says_that_it_starts_from_imported_tables(ran):
    audit = ran.folder / "results" / NAME / "audit"
    certificate = pd.read_csv(audit / "certificate.csv")
    assert set(certificate["verdict"]) == {"agrees"}
    script = (audit / "second" / "second_opinion.R").read_text(encoding="utf-8")
    assert "10_data/imported/resource_use.csv" in script
    assert "tables that its import made of the exports" in " ".join(script.split())


def test_the_report_says_of_which_files_the_records_were_made(ran):
    page = (ran.folder / f"results/{NAME}/report/report.html").read_text(encoding="utf-8")
    assert "exports of the trial" in page


def test_the_release_holds_neither_the_export_nor_a_word_of_its_mapping(ran):
    folder = ran.folder / "results" / NAME / "release"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if path.suffix == ".dta" or "import_origins" in path.name]
    for path in files:
        if path.suffix in (".csv", ".html", ".json", ".yaml", ".md", ".R"):
            text = path.read_text(encoding="utf-8")
            assert not [word for word in WORDS if word in text], path
    trace = folder / "trace.json"
    if trace.exists():
        assert not [step for step in json.loads(trace.read_text())["steps"] if step["people"]]
