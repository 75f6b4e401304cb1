"""Every mistake of an export or a mapping is one sentence: file, row, found, allowed, remedy."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from mapped_trial import CELLS, MAPPING, STUDY, changed, said
from trialbalance.contracts import Problems
from trialbalance.data.exports.formats.reading import read_export, read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.settings.mapping.file import disagreements, load_mapping


def test_the_trial_of_these_tests_has_no_mistake(tmp_path):
    assert said(tmp_path, CELLS, MAPPING) == []


USED = {"column": "any_{}", "recode": {"1": "yes", "0": "no"}}


@pytest.mark.parametrize(
    ("column", "cells", "sentence"),
    [
        ("alloc", ["1", "3", "1"], "a.csv, row 3, column alloc: found '3'; allowed: '1', '2'; add "
         "it to recode, or to missing with its reason."),
        ("day", ["2021-01-02", "03/02/2021", "x"], "a.csv, row 3, column day: found '03/02/2021'; "
         "allowed: dates written 2021-03-31; say dates with its format in the mapping, or correct "
         "it; and 1 further row."),
        ("gp_6", ["NA", "", ""], "a.csv, row 2, column gp_6: found 'NA'; allowed: a number; "
         "correct it, or name it under missing with its reason."),
        ("gp_6", ["1,5", "", ""], "a.csv, row 2, column gp_6: found '1,5'; allowed: a number; say "
         "decimal: ',' under exports.main, or correct it."),
        ("gp_6", ["2", "4", ""], "a.csv, row 3, column gp_6: found '4'; allowed: a count that "
         "agrees with the question before it; correct it, or say if_they_disagree in the mapping."),
        ("any_6", ["perhaps", "0", ""], "a.csv, row 2, column any_6: found 'perhaps'; allowed: yes "
         "or no, 1 or 0; say recode in the mapping."),
        ("id", ["P1", "P1", "P3"], "a.csv, row 3, column id: found 'P1'; allowed: each identifier "
         "once; name under rows which of the rows are participants, such as an event."),
        ("id", ["P1", "", "P3"], "a.csv, row 3, column id: found a blank; allowed: an identifier "
         "in each row; fill it in, or leave the row out by rows of the mapping."),
        ("adm", ["", "", ""], "a.csv, row 2, column adm: found a blank; allowed: a start for each "
         "end; fill it in."),
    ],
)  # fmt: skip
def test_a_cell_that_the_mapping_cannot_read_stops_the_import(tmp_path, column, cells, sentence):
    assert sentence in said(tmp_path, CELLS | {column: cells}, MAPPING)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("participants/columns/death_date", "dead_x", "a.csv, column dead_x: found no such column; "
         "allowed: 'id', 'alloc', 'day', 'dead', 'seen_0', 'seen_6', 'any_6', 'gp_6' and 4 others; "
         "did you mean dead?."),
        ("exports/main/id", "number", "a.csv, column number: found no such column; allowed: 'id', "
         "'alloc', 'day', 'dead', 'seen_0', 'seen_6', 'any_6', 'gp_6' and 4 others; correct the "
         "mapping."),
        ("episodes/0", {"item": "n", "start": "day", "nights": "nights"}, "a.csv, row 3, column "
         "nights: found a blank; allowed: a number of nights for each stay; fill it in, or take "
         "end from a column of dates; and 1 further row."),
        ("participants/rows", {"alloc": "1"}, "a.csv, row 3, column id: found 1 row of an "
         "identifier that no participant has (P2), and 0 participants without a row; allowed: "
         "identifiers of participants; correct them, or say exports.main.unmatched: set_aside."),
        ("participants/columns/death_date", {"column": "day", "dates": ["%Y-%m-%d", "%Y-%d-%m"]},
         "a.csv, row 2, column day: found '2021-01-02'; allowed: one day, not two by %Y-%m-%d and "
         "%Y-%d-%m; keep one format; and 2 further rows."),
        ("visits", [{"at": {"month_6": ["0", "6"]}, "date": "seen_{}"}], "a.csv, row 2: found "
         "visit month_6 of P1 a second time; allowed: each visit once; name under rows which of "
         "the rows count; and 2 further rows."),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_its_export_is_told_apart(tmp_path, place, value, sentence):
    assert sentence in said(tmp_path, CELLS, changed(place, value))


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("resource_use/0/quantitty", "x", "setting resource_use.0.quantitty: found a setting that "
         "does not exist; allowed: asked_at, at, date, export, if_they_disagree, item, no_row, "
         "product, quantity, recall_years, record_id, rows, used, zeros; did you mean quantity?."),
        ("participants/columns/arm", {"recode": {"1": "a"}}, "setting participants.columns.arm: "
         "found neither a column nor a value; allowed: one of column and value; correct it."),
        ("participants/columns/arm", None, "setting participants.columns: found no arm; allowed: a "
         "source for each; correct it."),
        ("participants/columns/participant_id", "id", "setting participants.columns: found "
         "participant_id; allowed: the column named as id of the export; correct it."),
        ("resource_use/0/quantity", None, "setting resource_use.0: found quantity and product, or "
         "neither; allowed: one of quantity and product; correct it."),
        ("resource_use/0/at", None, "setting resource_use.0: found periods (at) and date, or "
         "neither; allowed: one of at and date; correct it."),
        ("responses/0/item", "x", "setting responses.0: found items beside item and level, or "
         "neither; allowed: items, or item and level; correct it."),
        ("episodes/0/end", None, "setting episodes.0: found end and nights, or neither; allowed: "
         "one of end and nights; correct it."),
        ("visits/0/date", None, "setting visits.0: found no date, status or attended; allowed: one "
         "or more of them; correct it."),
        ("episodes/0/export", "stays", "setting episodes.0.export: found stays; allowed: main; "
         "correct it."),
        ("exports/main/missing", {"-9": "unknown"}, "setting exports.main.missing.-9: found "
         "'unknown'; allowed: 'not_answered' or 'not_asked'; correct it."),
        ("resource_use/0/used", {"column": "any_{}", "recode": {True: "yes"}}, "found yes, no, "
         "true or false without quotation marks; allowed: the word in quotation marks; correct"),
    ],
)  # fmt: skip
def test_a_setting_that_a_mapping_cannot_have_is_refused(tmp_path, place, value, sentence):
    found = said(tmp_path, CELLS, changed(place, value))
    assert any(sentence in one for one in found), found


def test_an_open_question_stops_with_its_line_and_says_what_to_do(tmp_path):
    arm = {"column": "alloc", "ask": "which arm is 1?"}
    found = said(tmp_path, CELLS, changed("participants/columns/arm", arm))
    assert len(found) == 1
    assert "setting participants.columns.arm: found an open question (which arm is 1?)" in found[0]
    assert "delete the word ask" in found[0]
    bare = said(tmp_path, CELLS, changed("participants/columns/arm", {"ask": "which column?"}))
    assert len(bare) == 1


@pytest.mark.parametrize(
    ("told", "quantities"),
    [("quantity", ["2", "4"]), ("used", ["2", "0"]), ("not_answered", ["2", ""])],
)
def test_what_counts_where_a_pair_disagrees_is_told(tmp_path, told, quantities):
    content = changed("resource_use/0/if_they_disagree", told)
    cells = CELLS | {"gp_6": ["2", "4", ""], "seen_6": ["2021-07-02", "2021-08-01", ""]}
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, _ = load_mapping(tmp_path / "mapping.yaml")
    exports = read_exports(mapping, {"export.main": tmp_path / "a.csv"})
    use = import_records(mapping, exports, STUDY, {})[0]["resource_use"]
    assert use["quantity"].to_list() == quantities


def test_a_code_that_the_file_marks_as_missing_needs_a_reason(tmp_path):
    import pyreadstat

    frame = pd.DataFrame({"id": ["P1"], "gp": [-9.0]})
    labels = {"gp": {-9: "refused"}}
    ranges = {"gp": [{"lo": -9, "hi": -9}]}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges=ranges)
    content = {
        "exports": {"main": {"file": "a.sav", "id": "id"}},
        "participants": {
            "columns": {"arm": {"value": "new"}, "randomisation_date": {"value": "2021-01-01"}}
        },
        "resource_use": [{"item": "gp", "at": {"first_half": ""}, "quantity": "gp"}],
    }
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, findings = load_mapping(tmp_path / "mapping.yaml")
    assert findings == []
    with pytest.raises(Problems, match=r"a reason for the code \(refused\) that the file marks as"):
        import_records(mapping, read_exports(mapping, {"export.main": path}), STUDY, {})


def book(path: Path, *rows) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.docx", b"x", "a.docx: found a file that ends in .docx; allowed: .csv, .tsv, .txt, "),
        ("a.csv", b"", "a.csv: found an empty file"),
        ("a.csv", b"\nid,a\n", "a.csv, row 1: found no header"),
        ("a.csv", b"id\n1\n", "a.csv, row 1: found one column only"),
        ("a.csv", b"id,a;b\n1,2\n", "found commas and semicolons in equal number"),
        ("a.csv", b"id,id\n1,2\n", "a.csv, row 1: found column 'id' twice"),
        ("a.csv", b"id,\n1,2\n", "a.csv, row 1: found column 2 without a name"),
        ("a.csv", b"id,a\n1,2,3\n", "a.csv, row 2: found 3 cells, where the header has 2"),
        (
            "a.csv",
            b'id,a\n1,"2\n3,4"\n',
            "a.csv, row 2: found a quotation mark that swallows 1 row",
        ),
        ("a.csv", b"id,a\n1,\x002\n", "a.csv: found bytes of a binary file"),
        ("a.csv", b"id,a\n1,\x81\n", "a.csv: found bytes that are no text in UTF-8 or cp1252"),
        ("a.dta", b"no data set", "a.dta: found no data set of that kind"),
        ("a.xlsx", b"no workbook", "a.xlsx: found no Excel workbook"),
        ("a.parquet", b"no table", "a.parquet: found no Parquet table"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, name, data, sentence):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Problems) as stopped:
        read_export(tmp_path / name)
    assert sentence in str(stopped.value)


def test_a_workbook_without_a_clear_header_or_sheet_says_so(tmp_path):
    path = book(tmp_path / "a.xlsx", [1, 2], [3, 4])
    with pytest.raises(Problems, match="no row that names every column and nothing else"):
        read_export(path)
    with pytest.raises(Problems, match="no sheet 'Data'; allowed: Sheet"):
        read_export(path, told={"sheet": "Data"})
    with pytest.raises(Problems, match="header_row 9, below the last row"):
        read_export(path, told={"header_row": 9})


def test_a_dictionary_that_is_none_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("id,a\n1,2\n")
    (tmp_path / "d.csv").write_text("name,label\n1,2\n")
    with pytest.raises(Problems, match=r"d\.csv: found no column 'Variable / Field Name'"):
        read_export(tmp_path / "a.csv", dictionary=tmp_path / "d.csv")


def test_an_encoding_that_nobody_knows_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("id,a\n1,2\n")
    with pytest.raises(Problems, match="found encoding 'klingon'"):
        read_export(tmp_path / "a.csv", told={"encoding": "klingon"})


@pytest.mark.parametrize(
    ("column", "values", "statuses"),
    [
        ("calls_6", ["0", "", "3"], ["attended", "missed", "attended"]),
        ("box_6___1", ["0", "", "1"], ["missed", "missed", "attended"]),
        ("form_6_complete", ["0", "0", "2"], ["missed", "missed", "attended"]),
    ],
)
def test_a_count_of_0_is_an_answer_and_a_box_not_ticked_is_none(tmp_path, column, values, statuses):
    content = changed("visits", [{"at": {"month_6": "6"}, "attended": column}])
    cells = CELLS | {column: values, "dead": ["", "", ""]}
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, _ = load_mapping(tmp_path / "mapping.yaml")
    exports = read_exports(mapping, {"export.main": tmp_path / "a.csv"})
    visits = import_records(mapping, exports, STUDY, {})[0]["visits"]
    assert visits["status"].to_list() == statuses


def test_a_visit_planned_after_a_death_is_dead_and_not_missed(tmp_path):
    pd.DataFrame(CELLS).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(MAPPING))
    mapping, _ = load_mapping(tmp_path / "mapping.yaml")
    exports = read_exports(mapping, {"export.main": tmp_path / "a.csv"})
    visits = import_records(mapping, exports, STUDY, {})[0]["visits"]
    last = visits[visits["visit"] == "month_6"].set_index("participant_id")["status"]
    assert last.to_dict() == {"P1": "attended", "P2": "missed", "P3": "dead"}


def test_a_mapping_is_held_against_the_study(tmp_path):
    content = changed("resource_use/0/recall_years", 0.25)
    content["resource_use"][0]["zeros"] = "left_out"
    content["visits"][0]["at"] = {"month_7": "6"}
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, findings = load_mapping(tmp_path / "mapping.yaml")
    assert findings == []
    item = {"source": "interview", "recall_years": None}
    settings = {"study": STUDY, "data": {"zero_rule": []}, "costs": {"items": {"gp": item}}}
    found = [one.sentence() for one in disagreements(mapping, settings, "mapping.yaml")]
    assert found == [
        "mapping.yaml, setting visits.0.at.month_7: found month_7; allowed: baseline, month_6; did "
        "you mean month_6?.",
        "mapping.yaml, setting resource_use.0.recall_years: found 0.25 years asked about in period "
        "first_half of 0.5: a gap; say under costs.items recall_years, and scale_to_period if it "
        "is to be scaled.",
        "mapping.yaml, setting resource_use.0.recall_years: found 0.25, where "
        "costs.items.gp.recall_years is None; allowed: the same in both; correct one of the two.",
        "mapping.yaml, setting resource_use.0.zeros: found left_out, where no row of gp means not "
        "answered; allowed: rows; write rows, or gp in data.zero_rule.",
    ]
