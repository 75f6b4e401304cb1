"""The workbook: recalculated it gives the pipeline's figures, and a changed price moves them."""

import zipfile
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest
from laid_study import Laid
from recalculated import change_cell, recalculate, records
from trialbalance.audit.workbook import write_workbook
from trialbalance.audit.workbook.costs import participants_shown
from trialbalance.audit.workbook.sheets import Book, plain


def written(laid: Laid, folder, name="audit.xlsx"):
    """Write the workbook of a laid study."""
    path = folder / name
    tables, analyses = laid.workbook_tables()
    observed = laid.observed() if "dataset" in next(iter(analyses.values())) else pd.DataFrame()
    write_workbook(path, tables, analyses, observed, laid.settings)
    return path


def verdicts(rows: dict) -> list[str]:
    return [line["verdict"] for line in records(rows["Checks"])]


@pytest.fixture(scope="module")
def opened(laid, tmp_path_factory):
    """Return the recalculated rows of the template's workbook."""
    folder = tmp_path_factory.mktemp("opened")
    return recalculate(written(laid, folder), folder)


def test_every_figure_agrees_with_the_pipeline(opened):
    found = verdicts(opened)
    assert len(found) > 15
    assert set(found) == {"agrees"}


def test_costs_of_participants_are_those_of_the_dataset_to_the_penny(opened, laid):
    dataset = laid.table("dataset", "dataset", "qaly_health_care").set_index("participant_id")
    rows = {row["participant_id"]: row for row in records(opened["Participant costs"])}
    for who, person in dataset.iterrows():
        total = rows[who]["health_care: total"]
        if pd.isna(person["cost"]):
            assert total in (None, "")
        else:
            assert total == pytest.approx(person["cost"], abs=0.005)


def test_effects_of_participants_are_those_of_the_pipeline(opened, laid):
    outcomes = laid.table("outcomes", "outcomes").set_index("participant_id")["value"]
    rows = {row["participant_id"]: row for row in records(opened["Participant effects"])}
    for who, value in outcomes.items():
        found = rows[who]["effect: qaly"]
        assert found in (None, "") if pd.isna(value) else found == pytest.approx(value, abs=1e-8)


def test_a_changed_price_moves_the_difference_as_a_fresh_run_does(laid, tmp_path):
    path = written(laid, tmp_path)
    change_cell(path, "Prices", "hospital_night", "unit_cost", 510.5)
    rows = recalculate(path, tmp_path)
    again = Laid(tmp_path / "again")
    prices = pd.read_csv(again.study_folder / "unit_costs.csv")
    prices["unit_cost"] = prices["unit_cost"].mask(prices["item"] == "hospital_night", 510.5)
    prices.to_csv(again.study_folder / "unit_costs.csv", index=False)
    fresh, before = again.run().observed().iloc[0], laid.observed().iloc[0]
    moved = records(rows["Increments"])[0]
    for name, column in (
        ("difference in cost", "cost_difference"),
        ("adjusted difference in cost", "cost_adjusted"),
        ("mean cost", "cost"),
    ):
        assert moved[name] == pytest.approx(fresh[column], abs=0.005)
        assert abs(moved[name] - before[column]) > 1
    assert "differs" in verdicts(rows)


@pytest.mark.parametrize("door", ["scored", "totals"])
def test_other_doors_have_the_sheets_they_lead_to(laid_by_door, tmp_path, door):
    rows = recalculate(written(laid_by_door(door), tmp_path), tmp_path)
    assert set(verdicts(rows)) == {"agrees"}
    assert ("Ledger" in rows) == (door == "scored")


def test_draws_handed_over_are_pasted_and_marked(laid_by_door, tmp_path):
    rows = recalculate(written(laid_by_door("draws"), tmp_path), tmp_path)
    assert set(rows) == {"Read me", "Checks", "Posterior arms", "Posterior incremental"}
    assert rows["Posterior arms"][1][0].startswith("PASTED, NOT LIVE")


@pytest.mark.parametrize(
    "change",
    [
        {"discounting": "continuous"},
        {"visit_times": "actual"},
        {"death": "linear"},
    ],
    ids=lambda change: next(iter(change.values())),
)
def test_other_ways_of_taking_areas_agree_too(tmp_path, change):
    study = {"horizon_years": 0.8}
    laid = Laid(tmp_path / "laid").run(outcomes={**change, "discount_rate": 0.1}, study=study)
    rows = recalculate(written(laid, tmp_path), tmp_path)
    assert set(verdicts(rows)) == {"agrees"}


def test_past_the_limit_a_sample_is_live_and_the_rest_is_said_to_be_pasted(tmp_path):
    laid = Laid(tmp_path / "laid").run(audit={"workbook": {"ledger_lines": 30}})
    rows = recalculate(written(laid, tmp_path), tmp_path)
    assert 0 < len(records(rows["Ledger"])) <= 30
    assert set(verdicts(rows)) == {"agrees"}
    assert any("left out and their costs pasted" in str(row[0]) for row in rows["Checks"])


def test_the_sample_is_the_same_each_time_and_keeps_participants_whole():
    lines = pd.DataFrame({"participant_id": [f"p{n % 50}" for n in range(1000)]})
    shown = participants_shown(lines, 100, 7)
    assert shown == participants_shown(lines, 100, 7)
    assert lines["participant_id"].isin(shown).sum() <= 100
    assert len(shown) == 5


def test_the_bytes_are_the_same_each_time(laid, tmp_path):
    assert (
        written(laid, tmp_path, "a.xlsx").read_bytes()
        == written(laid, tmp_path, "b.xlsx").read_bytes()
    )


HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "$(touch x)",
    "../../x",
    "a\x00b",
    "\u202eabc",
    "x" * 10_000,
]


def test_hostile_text_stays_text(tmp_path):
    path = tmp_path / "hostile.xlsx"
    book = Book(path)
    sheet = book.sheet("Text", "=1+1", ["=2+2"])
    for text in HOSTILE:
        sheet.row([text])
    book.close()
    with zipfile.ZipFile(path) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode("utf-8")
    assert "<f>" not in page
    assert "<script>" not in page
    rows = recalculate(path, tmp_path)["Text"]
    assert [row[0] for row in rows[3:]] == [plain(text) for text in HOSTILE]


def test_names_of_sheets_fit_and_differ(tmp_path):
    book = Book(tmp_path / "names.xlsx")
    names = [book.sheet("Data " + "x" * 40, "", ["a"]).name for _ in range(3)]
    book.close()
    assert len(set(names)) == 3
    assert max(map(len, names)) == 31


def test_the_bridge_leads_from_those_seen_to_the_figure_of_page_one(opened, laid):
    steps = records(opened["Bridge"])
    observed = laid.observed().set_index(["analysis", "arm"])
    named = {"seen": "difference", "adjusted": "adjusted"}
    for step in steps:
        own = observed.loc[step["analysis"], step["arm"]]
        part = step["difference in"]
        if step["step"] in named:
            assert step["estimate"] == pytest.approx(own[f"{part}_{named[step['step']]}"], rel=1e-6)
        if step["step"] == "modelled":
            told = laid.table("decision", "incremental", step["analysis"]).set_index("arm")
            assert step["estimate"] == pytest.approx(told.loc[step["arm"], part])
    assert {"seen", "adjusted", "modelled"} <= {step["step"] for step in steps}
    moved = [b["estimate"] - a["estimate"] for a, b in pairwise(steps)]
    for step, by in zip(steps[1:], moved, strict=True):
        if step["step"] != "seen":
            assert step["moved from the step before"] == pytest.approx(by, abs=1e-9)


def test_the_cover_names_every_sheet_and_says_how_to_read_them(opened):
    told = {row[0] for row in opened["Read me"]}
    assert set(opened) - {"Read me"} <= told
    assert any("Bridge" in str(row[1]) and "page one" in str(row[1]) for row in opened["Read me"])


def test_a_preview_shows_amounts_to_the_penny_before_anything_is_calculated(laid, tmp_path):
    book = openpyxl.load_workbook(written(laid, tmp_path), data_only=True)
    row = next(row for row in book["Checks"].iter_rows(min_row=4) if row[0].value)
    assert row[3].value == pytest.approx(row[4].value)
    assert row[7].value == "not calculated yet"
    cell = next(c for c in book["Increments"][4] if isinstance(c.value, float) and c.value > 10)
    assert cell.number_format == "#,##0.00"
    assert book["Increments"].auto_filter.ref.startswith("A3:")
