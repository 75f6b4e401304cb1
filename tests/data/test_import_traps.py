"""Traps of real exports: what nobody answered is no 0, and what can be read in two ways stops."""

import openpyxl
import pandas as pd
import pytest
import yaml
from mapped_trial import CELLS, MAPPING, STUDY, changed, said
from trialbalance.contracts import Problems
from trialbalance.data.exports.formats.reading import read_export, read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.settings.mapping.file import load_mapping

USE = {"item": "gp", "at": {"first_half": "6"}, "quantity": "gp_{}"}


def use_of(tmp_path, files: dict[str, dict], content: dict) -> dict[str, str]:
    """Return the quantity of each participant that an import writes; blank where unanswered."""
    for name, cells in files.items():
        pd.DataFrame(cells).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, findings = load_mapping(tmp_path / "mapping.yaml")
    assert findings == []
    paths = {f"export.{name}": tmp_path / f"{name}.csv" for name in files}
    exports = read_exports(mapping, paths)
    tables, counts, _ = import_records(mapping, exports, STUDY, {})
    use = tables["resource_use"]
    answers = counts[(counts["table"] == "resource_use") & (counts["use"] == "used")]["count"].sum()
    assert answers == len(use)
    return dict(zip(use["participant_id"], use["quantity"], strict=True))


def all_came(cells: dict) -> dict:
    """Return the cells with everybody seen at month 6."""
    return (
        CELLS | {"seen_6": ["2021-07-02", "2021-08-03", "2021-09-04"], "dead": ["", "", ""]} | cells
    )


def with_use(block: dict, **exports: dict) -> dict:
    """Return the mapping with one block of use and further exports."""
    content = yaml.safe_load(yaml.safe_dump(MAPPING))
    return content | {"resource_use": [block], "exports": content["exports"] | exports}


def test_what_was_not_asked_of_somebody_who_came_is_no_zero(tmp_path):
    content = with_use(USE)
    content["exports"]["main"]["missing"] = {"-8": "not_asked"}
    found = use_of(tmp_path, {"main": all_came({"gp_6": ["2", "-8", "0"]})}, content)
    assert found == {"P1": "2", "P2": "", "P3": "0"}


def test_a_zero_that_was_typed_is_an_answer_whoever_came(tmp_path):
    found = use_of(tmp_path, {"main": CELLS | {"gp_6": ["2", "0", ""]}}, with_use(USE))
    assert found == {"P1": "2", "P2": "0"}


@pytest.mark.parametrize(
    ("no_row", "wanted"), [("not_answered", {"P1": "4", "P2": "", "P3": ""}), ("none", {"P1": "4"})]
)
def test_nobodys_row_in_a_second_file_is_no_zero_unless_the_mapping_says_so(
    tmp_path, no_row, wanted
):
    block = USE | {"export": "wards", "no_row": no_row}
    content = with_use(block, wards={"file": "wards.csv", "id": "id"})
    files = {"main": all_came({}), "wards": {"id": ["P1"], "gp_6": ["4"]}}
    assert use_of(tmp_path, files, content) == wanted


def test_a_row_of_a_second_file_without_an_identifier_stops(tmp_path):
    content = with_use(USE | {"export": "wards"}, wards={"file": "wards.csv", "id": "id"})
    files = {"main": all_came({}), "wards": {"id": ["P1", ""], "gp_6": ["4", "9"]}}
    with pytest.raises(Problems) as stopped:
        use_of(tmp_path, files, content)
    assert str(stopped.value) == (
        "wards.csv, row 3, column id: found a blank; allowed: an identifier in each row; fill it "
        "in, or delete the row."
    )


def test_identifiers_alike_but_for_capitals_and_zeros_are_said_to_be(tmp_path):
    content = with_use(USE | {"export": "wards"}, wards={"file": "wards.csv", "id": "id"})
    files = {"main": all_came({}), "wards": {"id": ["p-001", "P2", "P3"], "gp_6": ["4", "9", "0"]}}
    with pytest.raises(Problems) as stopped:
        use_of(tmp_path, files, content)
    assert "1 match but for capitals or leading zeros: make them the same" in str(stopped.value)


def test_a_mark_that_chooses_no_row_stops(tmp_path):
    content = changed("resource_use/0/rows", {"alloc": ["3"]})
    assert said(tmp_path, CELLS, content) == [
        "a.csv, column alloc: found no row with '3'; allowed: '1', '2'; correct rows or at of the "
        "mapping."
    ]


@pytest.mark.parametrize(
    ("decimal", "cell", "remedy"),
    [
        (None, "1,234", "take the separator out of thousands; if ',' is the decimal sign, say so "
         "under exports.main"),
        (",", "1.234", "take the separator out of thousands; if '.' is the decimal sign, say so "
         "under exports.main"),
        (",", "1.234,5", "take the separator out of thousands"),
        (None, "1,5", "say decimal: ',' under exports.main"),
    ],
)  # fmt: skip
def test_a_separator_of_thousands_is_no_decimal_sign(tmp_path, decimal, cell, remedy):
    content = changed("exports/main/decimal", decimal) if decimal else MAPPING
    sentences = said(tmp_path, CELLS | {"gp_6": [cell, "", ""]}, content)
    assert f"row 2, column gp_6: found '{cell}'; allowed: a number; {remedy}" in sentences[0]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("1,234\n2;2,500", "found '1,234', which may be thousands or a decimal; allowed: numbers "
         "that can be read in one way; say decimal of the export, ',' or '.', or correct it."),
        ('1\n2;"5', "row 3: found a quotation mark that is never closed; allowed: marks in pairs"),
    ],
)  # fmt: skip
def test_text_that_can_be_read_in_two_ways_stops(tmp_path, cells, sentence):
    (tmp_path / "a.csv").write_text(f"id;cost\n1;{cells}\n")
    with pytest.raises(Problems, match=r"a\.csv") as stopped:
        read_export(tmp_path / "a.csv", "main")
    assert sentence in str(stopped.value)


@pytest.mark.parametrize("word", ["%Q", "DD/MM/YYYY", "%d/%m/%"])
def test_a_format_of_dates_that_is_none_is_refused(tmp_path, word):
    content = changed("participants/columns/randomisation_date", {"column": "day", "dates": word})
    (sentence,) = said(tmp_path, CELLS, content)
    assert f"found {word}; allowed: codes such as %d (day), %m (month)" in sentence


def test_a_moment_with_its_zone_keeps_the_day_on_which_it_was_written(tmp_path):
    column = {"column": "day", "dates": "%Y-%m-%dT%H:%M:%S%z"}
    days = ["2021-01-02T23:30:00+01:00", "2021-02-03T00:10:00+00:00", "2021-03-04T00:00:00Z"]
    pd.DataFrame(CELLS | {"day": days}).to_csv(tmp_path / "a.csv", index=False)
    text = yaml.safe_dump(changed("participants/columns/randomisation_date", column))
    (tmp_path / "mapping.yaml").write_text(text)
    mapping, _ = load_mapping(tmp_path / "mapping.yaml")
    tables, _, _ = import_records(
        mapping, read_exports(mapping, {"export.main": tmp_path / "a.csv"}), STUDY, {}
    )
    wanted = ["2021-01-02", "2021-02-03", "2021-03-04"]
    assert tables["participants"]["randomisation_date"].to_list() == wanted


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["id", "arm", "arm"], ["P1", "new", "old"]], "row 1: found column 'arm' twice"),
        ([["id", "arm", None], ["P1", "new", "old"]], "row 1: found a row that names 2 of 3 "
         "columns; allowed: a header for every column; name each column, or say header_row"),
        ([["id", "n"], ["P1", "=1+1"], ["P2", "=2+2"]], "row 2: found 2 formulas without a value, "
         "first in cell B2; allowed: values; open it in a spreadsheet program and save it"),
    ],
)  # fmt: skip
def test_a_sheet_whose_header_or_values_are_not_there_stops(tmp_path, rows, sentence):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Problems) as stopped:
        read_export(tmp_path / "a.xlsx", "main")
    assert sentence in str(stopped.value)


def test_an_export_of_which_nobody_is_a_participant_is_not_set_aside_whole(tmp_path):
    wards = {"file": "wards.csv", "id": "id", "unmatched": "set_aside"}
    content = with_use(USE | {"export": "wards"}, wards=wards)
    files = {"main": all_came({}), "wards": {"id": ["A-77", "A-78"], "gp_6": ["4", "5"]}}
    with pytest.raises(Problems, match="write them as the participants' are written"):
        use_of(tmp_path, files, content)


def test_identifiers_that_differ_by_capitals_are_not_set_aside(tmp_path):
    wards = {"file": "wards.csv", "id": "id", "unmatched": "set_aside"}
    content = with_use(USE | {"export": "wards"}, wards=wards)
    files = {"main": all_came({}), "wards": {"id": ["P1", "p2"], "gp_6": ["4", "5"]}}
    with pytest.raises(Problems, match="1 match but for capitals or leading zeros"):
        use_of(tmp_path, files, content)


def test_a_day_number_is_told_with_the_days_that_it_may_be(tmp_path):
    (told,) = said(tmp_path, CELLS | {"day": ["44198", "2021-02-03", "2021-03-04"]}, MAPPING)
    assert "'44198', a day number (2081-01-03 to Stata and SAS, 2021-01-02 to a spreadshee" in told
