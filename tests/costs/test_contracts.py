"""What the stage writes keeps its contracts, and comes back as it went."""

from pathlib import Path

import pandas as pd
from trialbalance import contracts
from trialbalance.contracts.catalogue import written_by


def test_every_table_keeps_its_contract_even_where_use_falls_in_no_period(trial, tmp_path):
    study = trial.study(periods={"before": [-0.5, 0.0], "months_1_6": [0.0, 0.5]})
    use = trial.use(
        ("p1", "gp", 1.0, "months_1_6", None),
        ("p1", "nurse", 2.0, None, "2012-11-01"),
        ("p1", "benefit", 2.0, "before", None),
        ("p2", "nurse", 2.0, None, "2014-11-01"),
    )
    tables = trial.value(use, trial.stays(("p1", "2012-06-21", "2013-07-21")), study=study)
    words = {
        "arms": ["leave", "cto"],
        "visits": list(study["visits"]),
        "periods": list(study["periods"]),
        "items": list(trial.section()["items"]),
    }
    for name in written_by("value_resources"):
        path = tmp_path / f"{name}.csv"
        contracts.write(tables[name], path, name, True, words)
        back = contracts.read(path, name, words)
        assert len(back) == len(tables[name])
    ledger = contracts.read(tmp_path / "ledger.csv", "ledger", words)
    assert abs(ledger["cost"].sum() - tables["ledger"]["cost"].sum()) < 0.005
    assert pd.isna(ledger.set_index("record_id").loc["r2", "period"])


def test_the_shipped_price_index_keeps_its_contract():
    folder = Path(__file__).parents[2] / "workflow" / "licensed" / "price_indices"

    index = contracts.read(folder / "nhs_pay_and_prices.csv", "price_index")
    # 2007/08 is confirmed nowhere and was taken out (decision 040).
    assert len(index) == 17 and "2007/08" not in set(index["year"])
