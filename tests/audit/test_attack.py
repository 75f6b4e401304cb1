"""Text that would act: refused in a sentence at the door, or inert in everything written."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from laid_study import Laid
from openpyxl import load_workbook
from trialbalance.audit.release import make_edition
from trialbalance.audit.release.workbook import write_released_workbook
from trialbalance.audit.trace import Books
from trialbalance.audit.trace.page import page_traces
from trialbalance.audit.workbook import write_workbook
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems
from trialbalance.provenance.record import versions
from trialbalance.report.making import make_report

FORMULA = '=HYPERLINK("http://evil.example","x")'
SCRIPT = "<script>alert(1)</script>"
LONG = "x" * 10_000
HIDDEN = {"null": "a\0b", "right to left": "a\u202eb", "escape": "a\x1b[2Jb"}
# Read as they are: text that must not act in anything written.
INERT = ["../../x", SCRIPT, "{{7*7}}", "$(touch x)", LONG]
CELLS = {
    "participant_id": "data/participants.csv",
    "site": "data/participants.csv",
    "exclusion": "data/participants.csv",
    "record_id": "data/resource_use.csv",
    "source": "unit_costs.csv",
    "note": "unit_costs.csv",
}


def put(folder: Path, file: str, column: str, values: list[str]) -> None:
    """Write values into the first cells of a column; a participant keeps its records."""
    path = folder / file
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    before = {row[column]: value for row, value in zip(rows, values, strict=False)}
    for row, value in zip(rows, values, strict=False):
        row[column] = value
    _write(path, rows)
    for other in folder.glob("data/*.csv") if column == "participant_id" else ():
        with other.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            row[column] = before.get(row[column], row[column])
        _write(other, rows)


def _write(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("column", CELLS)
@pytest.mark.parametrize("attack", [FORMULA, "+1", "@x", *HIDDEN.values()])
def test_a_cell_that_would_act_is_refused_in_a_sentence(study, column, attack):
    put(study.folder, CELLS[column], column, [attack])
    with pytest.raises(Problems) as told:
        check_study(str(study.folder))
    said = told.value.findings[0].sentence()
    assert Path(CELLS[column]).name in said
    assert "row 2" in said
    assert not re.search("[\x00-\x08\x1b\u202e]", said)


PLACES = {
    "title": lambda text: {"study": {"title": text}},
    "label": lambda text: {"study": {"arms": {"new_service": {"label": text}}}},
    "arm": lambda text: {"study": {"arms": {text: {"label": "x"}}}},
    "item": lambda text: {"costs": {"items": {text: {"category": "c", "payer": "nhs"}}}},
    "category": lambda text: {"costs": {"items": {"nurse_visit": {"category": text}}}},
    "payer": lambda text: {"costs": {"payers": {"nhs": text}}},
    "analysis": lambda text: {"analyses": {"qaly_health_care": {"title": text}}},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("attack", [FORMULA, "+1", "\t=1", *HIDDEN.values()])
def test_a_setting_that_would_act_is_refused_in_a_sentence(study, place, attack):
    study.change(**PLACES[place](attack))
    with pytest.raises(Problems) as told:
        check_study(str(study.folder))
    said = " ".join(finding.sentence() for finding in told.value.findings)
    assert "a spreadsheet would run" in said or "hidden mark" in said
    assert not re.search("[\x00-\x08\x1b\u202e]", said)


@pytest.mark.parametrize("attack", ["../../x", SCRIPT, "$(touch x)", LONG])
@pytest.mark.parametrize("setting", ["visits", "unit_costs", "arm", "scenario"])
def test_no_attack_becomes_a_path(study, setting, attack):
    study.change(
        **{
            "visits": {"data": {"files": {"visits": attack}}},
            "unit_costs": {"costs": {"unit_costs": attack}},
            "arm": {"study": {"arms": {attack: {"label": "x"}}}},
            "scenario": {"scenarios": {attack: {"title": "x"}}},
        }[setting]
    )
    with pytest.raises(Problems):
        check_study(str(study.folder))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """Return a study with every attack that is let in, laid down and written in every form."""
    root = tmp_path_factory.mktemp("attacked")
    laid = Laid(root)
    for column, file in CELLS.items():
        put(laid.study_folder, file, column, INERT)
    laid.run(
        study={
            "title": SCRIPT + "{{7*7}}",
            "arms": {"new_service": {"label": "$(touch x) ../../x"}},
        },
        costs={"payers": {"nhs": SCRIPT}, "items": {"nurse_visit": {"category": "{{7*7}}"}}},
        analyses={"qaly_health_care": {"title": SCRIPT}},
        report={"texts": {"background": f"{FORMULA} {SCRIPT} {LONG}"}},
    )
    audit = laid.path("<results>/my_trial/audit/audit.xlsx")
    tables, analyses = laid.workbook_tables()
    write_workbook(audit, tables, analyses, laid.observed(), laid.settings)
    trace = audit.with_name("trace.json")
    trace.write_text(json.dumps(page_traces(Books(laid.study, laid.results))))
    files = {f"base/20_costs/{name}.csv": laid.table("costs", name) for name in ("prices",)}
    files |= {f"base/10_data/{name}.csv": laid.table("data", name) for name in ("flow",)}
    edition = make_edition(files, {}, laid.settings)
    write_released_workbook(audit.parents[1] / "release" / "audit.xlsx", edition, laid.settings)
    frames = {"prices": laid.table("costs", "prices"), "flow": laid.table("data", "flow")}
    page = make_report({"analyses": {}, **frames}, laid.settings, {"versions": versions()})["html"]
    audit.with_name("report.html").write_text(page, encoding="utf-8")
    return laid


def test_nothing_is_executed_or_written_elsewhere(attacked):
    known = {attacked.study_folder, attacked.results}
    assert set(attacked.folder.iterdir()) == known
    assert not [path for path in attacked.folder.rglob("*") if path.name == "x"]
    assert not (attacked.folder.parent / "x").exists()
    assert not Path("x").exists()


def test_no_table_holds_a_formula(attacked):
    for path in attacked.results.rglob("*.csv"):
        for column, values in pd.read_csv(path, dtype=str).items():
            text = values.dropna()
            acts = text.str.match(r"[=+@\t\r]|-(?![\d.])")
            assert not acts.any(), (path.name, column)


def test_no_workbook_runs_text_of_the_study(attacked):
    books = list(attacked.results.rglob("*.xlsx"))
    assert len(books) == 2
    for path in books:
        for sheet in load_workbook(path):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.data_type == "f":
                    assert not re.search(r"HYPERLINK|touch|script|7\*7", str(cell.value))
        with zipfile.ZipFile(path) as pack:
            assert not [name for name in pack.namelist() if "externalLink" in name]


def test_nothing_is_markup_in_the_report(attacked):
    page = next(attacked.results.rglob("report.html")).read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "7*7" in page
    assert "evil.example" in page
    assert 'href="http://evil' not in page
    assert not re.search(r"(?<!\d)49(?!\d)[^<]{0,3}</title>", page)
