"""The release edition: no person in it, in any file, in any form; and still of use."""

import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from trialbalance import contracts
from trialbalance.audit.books.balance import balance, books
from trialbalance.audit.release import make_edition, may_leave, write_release
from trialbalance.audit.trace import Books
from trialbalance.audit.trace.page import page_traces
from trialbalance.contracts import Problems
from trialbalance.contracts.catalogue import table_of
from trialbalance.graph import audit_paths, paths
from trialbalance.provenance.record import versions

NOTE = "lives at 3 Rose Lane"


def restricted(laid) -> tuple[dict, dict, dict]:
    """Return the tables that may leave, those of people, and what the report prints."""
    root = laid.results / "my_trial"
    tables = {}
    for path in sorted(root.rglob("*.csv")):
        if may_leave(table_of(path)):
            tables[str(path.relative_to(root))] = laid.read(str(path), table_of(path))
    people, printed = {}, {}
    for name, path in audit_paths.release_inputs(laid.place).items():
        kind, _, word = name.partition("/")
        if kind == "people":
            people[word] = laid.read(path, word.rpartition(".")[2])
        elif kind == "report":
            printed[word] = path.partition("/my_trial/")[2]
    inputs = {name: laid.read(path, name) for name, path in paths.balance_inputs(laid.place).items()
              if name in contracts.tables()}  # fmt: skip
    datasets = {name: people[f"{name}.dataset"] for name in laid.settings["analyses"]}
    lines = balance(inputs, {}, datasets, laid.settings["analyses"], [])
    tables["audit/trial_balance.csv"] = books(lines, "base")
    return tables, people, printed


def settings_of(laid, **changes) -> dict:
    return laid.settings | {"disclosure": laid.settings["disclosure"] | changes}


@pytest.fixture(scope="module")
def released(laid, tmp_path_factory):
    """Return the release of the template study with its exemption switched off."""
    tables, people, printed = restricted(laid)
    settings = settings_of(laid, exempt_simulated=False)
    edition = make_edition(tables, people, settings)
    folder = tmp_path_factory.mktemp("released") / "my_trial" / "release"
    trace = folder.parent / "trace.json"
    trace.parent.mkdir(parents=True)
    trace.write_text(json.dumps(page_traces(Books(laid.study, laid.results))))
    write_release(folder, edition, settings, printed, {"versions": versions()}, trace)
    return folder, edition


def texts(folder: Path) -> dict[str, str]:
    """Return every file of a release as text, packed ones unpacked."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as pack:
                for name in pack.namelist():
                    found[f"{path.name}/{name}"] = pack.read(name).decode("utf-8", "replace")
        elif path.is_file():
            found[path.name] = path.read_bytes().decode("utf-8", "replace")
    return found


def test_no_table_of_people_and_no_identifier_leaves(laid, released):
    folder, _ = released
    people = laid.table("data", "participants")
    dates = {f"{day:%Y-%m-%d}" for day in people["randomisation_date"]}
    wanted = re.compile("|".join(rf"\b{re.escape(who)}\b" for who in people["participant_id"]))
    for name, text in texts(folder).items():
        assert "participant_id" not in text, name
        assert not wanted.search(text), name
        if not name.startswith("report.pdf"):
            assert not [day for day in dates if day in text], name
    for path in folder.rglob("*.csv"):
        contract = contracts.schema(table_of(path))
        assert contract["sensitivity"] in ("release", "aggregate"), path


def test_the_report_is_made_of_released_tables_alone(released):
    folder, edition = released
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert "Release edition" in page
    assert "the way back ends here" in page
    assert f"{len(edition.held)} cells" in page
    assert (folder / "report" / "report.pdf").read_bytes().startswith(b"%PDF")


def test_small_counts_are_in_no_file(laid, released):
    folder, edition = released
    threshold, base = edition.section["threshold"], edition.section["rounding"]
    seen = 0
    for path in folder.rglob("*.csv"):
        words = contracts.schema(table_of(path)).get("disclosure", {})
        frame = pd.read_csv(path)
        if "quantity" in frame and "set_aside" in frame:
            frame = frame[~frame["quantity"].str.startswith("money")]
        for column in words.get("counts", []):
            counts = frame[column].dropna()
            assert ((counts == 0) | (counts >= threshold)).all(), (path, column)
            assert (counts % base == 0).all(), (path, column)
            seen += len(counts)
    assert seen > 50
    assert len(edition.held) > 10


def test_each_cell_held_back_is_listed_and_blank(released):
    folder, edition = released
    listed = pd.read_csv(folder / "suppressed.csv")
    assert len(listed) == len(edition.held)
    assert listed["rule"].notna().all()
    file = "base/10_data/flow.csv"
    flow = pd.read_csv(folder / file)
    held = listed[(listed["file"] == file) & (listed["column"] == "participants")]
    assert len(held) == flow["participants"].isna().sum()


def test_the_release_keeps_its_own_books(released):
    table = pd.read_csv(released[0] / "audit" / "trial_balance.csv")
    known = table.dropna(subset=["in", "out"])
    apart = known["in"] - known["out"] - known["set_aside"].fillna(0.0)
    assert (apart.abs() < 1e-6).all()


def test_the_trace_ends_at_aggregates_with_released_values(released):
    folder, edition = released
    told = json.loads((folder / "audit" / "trace.json").read_text())
    assert told["figures"]
    assert {step["stage"] for step in told["steps"]} <= {"decision", "model", "code", "dataset",
                                                        "synthesis"}  # fmt: skip
    assert not [step for step in told["steps"] if step["people"] or "observed for" in step["what"]]
    for one in told["figures"].values():
        table = edition.tables[one["file"]].after
        value = table[one["column"]].iloc[one["row"] - 2]
        assert float(one["value"]) == pytest.approx(value, rel=1e-9)
        assert one["again"] is None
        assert told["steps"][one["steps"][-1]]["what"].startswith("the way back ends")


def test_the_workbook_has_live_differences_and_no_sheet_of_people(released):
    folder, _ = released
    book = load_workbook(folder / "audit" / "audit.xlsx")
    for sheet in book:
        header = [cell.value for cell in sheet[3]]
        assert "participant_id" not in header
    analysis = next(name for name in book.sheetnames if name.startswith("qaly"))
    formulas = [c.value for row in book[analysis] for c in row if str(c.value).startswith("=")]
    assert len(formulas) == 3


def test_a_simulated_study_is_exempt_and_marked_so(laid, tmp_path):
    tables, people, _ = restricted(laid)
    edition = make_edition(tables, people, laid.settings)
    assert not edition.held
    file = "base/10_data/flow.csv"
    assert edition.tables[file].after["participants"].tolist() == (
        tables[file]["participants"].tolist()
    )
    folder = tmp_path / "my_trial" / "release"
    write_release(folder, edition, laid.settings, {}, {"versions": versions()}, None)
    listed = pd.read_csv(folder / "manifest.csv")
    assert set(listed["sensitivity"]) == {"simulated"}
    assert "exempt from suppression" in (folder / "report" / "report.html").read_text()
    real = settings_of(laid) | {"study": laid.settings["study"] | {"synthetic": False}}
    assert make_edition(tables, people, real).held


@pytest.mark.parametrize(
    ("exceptions", "sentence"),
    [
        ({"base/10_data/flow.csv#nowhere.participants": "agreed"}, "no cell|a cell that is held"),
        ({"flow": "  "}, "no reason for flow"),
    ],
)
def test_an_exception_needs_a_cell_and_a_reason(laid, exceptions, sentence):
    tables, people, _ = restricted(laid)
    settings = settings_of(laid, exempt_simulated=False, exceptions=exceptions)
    with pytest.raises(Problems, match=sentence):
        make_edition(tables, people, settings)


def test_an_arm_below_the_threshold_holds_its_analysis_back(laid):
    tables, people, _ = restricted(laid)
    for file in [name for name in tables if name.endswith("/arms.csv")]:
        tables[file] = tables[file].assign(n=[24, 9])
    edition = make_edition(tables, people, settings_of(laid, exempt_simulated=False))
    for file, table in edition.tables.items():
        if file.startswith("base/60_decision/") and table.contract["name"] == "incremental":
            assert table.after["cost"].isna().all()
