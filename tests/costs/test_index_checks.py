"""A price index that a person filled in: what is refused, what is noted, what is told of it."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance import contracts, house
from trialbalance.contracts import Problems
from trialbalance.costs.price_indices import check_index, vintage
from trialbalance.costs.prices import price_table
from trialbalance.settings.resolve import complete

TEMPLATES = house.resources() / "price_indices" / "templates"


def index(**columns):
    years = ["2019/20", "2020/21", "2021/22"]
    return pd.DataFrame({"year": years, "index": [100.0, 102.49, 105.13]} | columns)


def told(table):
    return [(one.severity, one.sentence()) for one in check_index(table, "own.csv")]


def test_levels_that_give_the_published_changes_pass_within_rounding():
    assert told(index(change=[None, 2.5, 2.6])) == []


def test_a_level_that_does_not_give_its_change_is_refused_with_row_and_both_figures():
    ((severity, sentence),) = told(index(change=[None, 2.49, 7.32]))
    assert severity == "error"
    assert sentence.startswith("own.csv, row 4, column change: found 7.32 into 2021/22, where the")
    assert "levels give 2.58; allowed: the change from 2020/21 to 2021/22 in per cent" in sentence


@pytest.mark.parametrize("level", [10.249, 1024.9, 95.0])
def test_a_slipped_decimal_or_a_fall_is_noted(level):
    notes = told(index(index=[100.0, level, level * 1.02]))
    assert [severity for severity, _ in notes] == ["note"]
    assert "from 2019/20 to 2020/21" in notes[0][1]


def test_years_left_out_are_noted_and_the_order_of_rows_does_not_matter():
    table = index().iloc[[2, 0]]
    ((severity, sentence),) = told(table)
    assert severity == "note" and "2021/22 after 2019/20: 1 of the years between" in sentence
    assert told(index(change=[None, 2.49, 2.58]).iloc[::-1]) == []


def test_calendar_and_financial_years_in_one_file_are_refused():
    ((severity, sentence),) = told(index(year=["2019/20", "2020", "2021/22"]))
    assert severity == "error" and "found 2020; allowed: years written as 2019/20 is" in sentence


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.csv")), ids=lambda path: path.stem)
def test_a_template_that_nobody_filled_in_is_refused(path):
    with pytest.raises(
        Problems, match=r"column index: found a blank[\s\S]*column source: found a blank"
    ):
        contracts.read(path, "price_index")
    rows = path.read_text().splitlines()
    filled = [
        ",".join([row.split(",")[0], f"{100 * 1.02**number:.4f}", "2.00", "published", "v", "s"])
        for number, row in enumerate(rows[1:])
    ]
    assert len(filled) >= 11
    table = pd.DataFrame([row.split(",") for row in filled], columns=rows[0].split(","))
    table[["index", "change"]] = table[["index", "change"]].astype(float)
    assert check_index(table, path.name) == []


def test_each_price_says_which_index_of_which_vintage_moved_it():
    prices = pd.DataFrame(
        {"item": ["old", "new"], "unit": "visit", "unit_cost": [40.0, 50.0],
         "price_year": ["2019/20", "2021/22"], "status": "published"}
    )  # fmt: skip
    items = {name: {"category": "gp", "payer": "nhs"} for name in ("old", "new")}
    section = complete("costs", {"price_year": "2021/22", "price_index": "own.csv",
        "payers": {"nhs": "NHS"}, "items": items,
        "perspectives": {"nhs": {"label": "NHS", "payers": ["nhs"]}}})  # fmt: skip
    table = price_table(prices, index(vintage=["first", "first", "second"]), section)
    shown = table[["inflated_to", "price_index", "index_vintage"]]
    assert shown.iloc[0].to_list() == ["2021/22", "own.csv", "first; second"]
    assert shown.iloc[1].isna().to_list() == [False, True, True]
    assert vintage(index(), "2019/20") is None


def test_what_stands_under_another_licence_is_no_part_of_the_wheel():
    root = Path(__file__).parents[2]
    wheel = (root / "pyproject.toml").read_text().split("force-include]")[1].split("[tool.ruff")[0]
    assert "workflow/resources" in wheel and "licensed" not in wheel
    assert not list((house.resources() / "price_indices").glob("*.csv"))
    for entry in yaml.safe_load((house.licensed() / "price_indices/sources.yaml").read_text()):
        file = house.licensed() / "price_indices" / entry["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
        assert entry["licence"].startswith("CC BY-NC-SA 4.0")
