"""The manifest: meaning, rows and checksum of every file."""

import hashlib

from trialbalance.audit.standards.manifest import manifest, rows_of
from trialbalance.contracts.catalogue import table_of


def test_rows_checksum_and_sensitivity(tmp_path):
    folder = tmp_path / "mine" / "base" / "20_costs"
    folder.mkdir(parents=True)
    ledger = folder / "ledger.csv"
    ledger.write_bytes(b'record_id,note\nr1,"two\nlines"\nr2,x\n')
    row = manifest([str(ledger)], "mine", False).iloc[0]
    assert row["file"] == "base/20_costs/ledger.csv"
    assert row["rows"] == 2
    assert row["sha256"] == hashlib.sha256(ledger.read_bytes()).hexdigest()
    assert row["sensitivity"] == "participant"
    assert row["meaning"]
    assert manifest([str(ledger)], "mine", True)["sensitivity"].iloc[0] == "simulated"


def test_names_of_tables(tmp_path):
    assert table_of(tmp_path / "40_dataset" / "qaly_missing_patterns.csv") == "missing_patterns"
    assert table_of(tmp_path / "40_dataset" / "balance.csv") == "balance"
    assert table_of(tmp_path / "50_model" / "posterior.nc") == "posterior"
    assert rows_of(tmp_path / "posterior.nc") is None


def test_pictures_are_listed_each_and_a_hidden_mark_is_not(tmp_path):
    folder = tmp_path / "trial" / "report" / "figures"
    folder.mkdir(parents=True)
    for name in ("flow.svg", "flow.png", ".snakemake_timestamp"):
        (folder / name).write_bytes(b"1")
    table = manifest([str(folder)], "trial", False)
    assert table["file"].to_list() == ["report/figures/flow.png", "report/figures/flow.svg"]
    assert set(table["meaning"]) == {"A picture of the report"}
    assert set(table["sensitivity"]) == {"aggregate"}
    assert table["rows"].isna().all()
