"""The shipped price index: its checksum, its chain, its labels."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance.costs.prices import inflation_factor

FOLDER = Path(__file__).parents[2] / "workflow" / "licensed" / "price_indices"


def test_checksums_are_those_of_the_files():
    for entry in yaml.safe_load((FOLDER / "sources.yaml").read_text(encoding="utf-8")):
        content = (FOLDER / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_the_chain_gives_the_published_growth_and_says_what_is_assumed():
    index = pd.read_csv(FOLDER / "nhs_pay_and_prices.csv")
    growth = [0.40, 2.09, 1.24, 1.60, 2.14, 2.49, 2.58, 7.32, 2.47, 4.02]
    found = index.set_index("year")["index"].pct_change().loc["2015/16":] * 100
    assert found.tolist() == pytest.approx(growth, abs=0.0002)
    assert inflation_factor("2012/13", "2024/25", index) == pytest.approx(1.3212, abs=5e-5)
    assert set(index.query("year <= '2014/15'")["status"]) == {"assumed"}
    assert set(index.query("year > '2014/15'")["status"]) == {"published"}
    assert "provisional" in index["source"].iloc[-1]
