"""`trialbalance import` drafts a study: what is clear is said, and what is not is asked."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from exported_trial import EXPORTS, truth
from trialbalance.commands.import_export import draft_study
from trialbalance.contracts import Problems
from trialbalance.data.exports.formats.reading import read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.settings.load import load_study
from trialbalance.settings.mapping.file import files_of, load_mapping

FILES = {
    "csv": ("wide.csv", "centres.csv"),
    "stata": ("wide.dta",),
    "spss": ("wide.sav",),
    "excel": ("wide.xlsx",),
    "redcap": ("redcap.csv",),
}
ARMS = {"1": "new_service", "2": "usual_care"}
COURSES = {"1": "attended", "2": "missed", "3": "dead", "4": "withdrawn"}


@pytest.fixture(scope="module", params=FILES)
def drafted(request, tmp_path_factory):
    """Return the folder of a drafted study, the lines that were said, and the kind of export."""
    kind = request.param
    folder = tmp_path_factory.mktemp("drafted")
    write, _ = EXPORTS[kind]
    write(folder)
    dictionary = folder / "dictionary.csv" if kind == "redcap" else None
    lines = draft_study([folder / f for f in FILES[kind]], dictionary, f"own_{kind}", folder)
    return folder / f"own_{kind}", lines, kind


def answered(folder: Path, kind: str) -> dict:
    """Return the drafted mapping as a person would edit it who knows the trial."""
    content = yaml.safe_load((folder / "mapping.yaml").read_text(encoding="utf-8"))
    _drop_questions(content)
    main = content["exports"]["main"]
    if kind == "spss":
        main["missing"]["-8"] = "not_asked"
    columns = content["participants"]["columns"]
    if kind in ("csv", "excel"):
        columns["arm"]["recode"] = ARMS
        columns["sex"] = {"column": "sex", "recode": {"0": "female", "1": "male"}}
        content["visits"][0]["status"]["recode"] = COURSES
    if kind == "csv":
        columns["site"] = {"export": "centres", "column": "Centre"}
        content["exports"]["centres"]["unmatched"] = "set_aside"
    use = {block["item"]: block for block in content["resource_use"]}
    for block in use.values():
        block["zeros"] = "left_out"
        block["at"] = {
            {"to_month_6": "months_1_6", "to_month_12": "months_7_12"}[period]: marks
            for period, marks in block["at"].items()
        }
    use["nurse"]["item"] = "nurse_visit"
    use["clinic"]["item"] = "clinic_visit"
    if kind in ("csv", "excel"):
        recode = {"1": "yes", "2": "no"}
        use["clinic"]["used"] = {"column": use["clinic"]["used"], "recode": recode}
    if kind == "redcap":
        use["clinic"]["used"] = "services___1"
    minutes = {"column": use["care_min"].pop("quantity"), "times": "1/60"}
    use["care_min"] |= {
        "item": "informal_care_hour",
        "product": [minutes, use.pop("care_d")["quantity"]],
    }
    date = {"column": "assess_dt"} | ({"dates": "%d/%m/%Y"} if kind == "csv" else {})
    assessment = {"item": "assessment", "quantity": {"value": 1}, "date": date}
    if kind == "redcap":
        assessment["rows"] = {"redcap_repeat_instrument": ""}
    content["resource_use"] = [*use.values(), assessment]
    if kind == "excel":
        content["exports"]["stays"] = {
            "file": "exports/wide.xlsx", "sheet": "Stays", "id": "participant",
        }  # fmt: skip
        content["episodes"] = [
            {"export": "stays", "item": "hospital_night", "start": "admitted", "nights": "nights"}
        ]
    return content


def _drop_questions(part) -> None:
    """Delete every open question below a part of a mapping."""
    if isinstance(part, dict):
        part.pop("ask", None)
    for below in (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    ):
        _drop_questions(below)


def rows(table: pd.DataFrame) -> list[tuple]:
    table = table.drop(columns=["record_id"], errors="ignore")
    return sorted(map(tuple, table[sorted(table)].to_numpy()))


def test_a_draft_answered_gives_the_tables_of_the_truth_to_the_last_row(drafted):
    folder, _, kind = drafted
    edited = folder / "edited.yaml"
    edited.write_text(yaml.safe_dump(answered(folder, kind), sort_keys=False), encoding="utf-8")
    mapping, findings = load_mapping(edited)
    assert findings == []
    files = {name: folder / path for name, path in files_of(mapping).items()}
    study = {
        "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
        "periods": {"months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]},
    }
    covariates = {"age": {"type": "number"}}
    tables, _, _ = import_records(mapping, read_exports(mapping, files), study, covariates)
    for name, table in truth().items():
        assert rows(tables[name]) == rows(table), name


def test_an_open_question_of_a_draft_stops_every_analysis_in_one_sentence_each(drafted):
    folder, lines, _ = drafted
    questions = [line for line in lines if "an open question" in line]
    assert questions
    with pytest.raises(Problems) as stopped:
        load_study(folder / "study.yaml")
    said = [one for one in stopped.value.findings if "open question" in one.found]
    assert len(said) == len(questions) == len(stopped.value.findings)


def test_the_study_that_completes_a_draft_has_no_mistake_of_its_own(drafted):
    folder, *_ = drafted
    content = yaml.safe_load((folder / "mapping.yaml").read_text(encoding="utf-8"))
    _drop_questions(content)
    kept = (folder / "mapping.yaml").read_bytes()
    (folder / "mapping.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    study = load_study(folder / "study.yaml")
    (folder / "mapping.yaml").write_bytes(kept)
    assert study.base["study"]["visits"] == {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0}
    assert set(study.base["costs"]["items"]) >= {"nurse", "clinic"}


def test_the_preview_shows_people_by_arm_and_every_column_that_nothing_uses(drafted):
    _, lines, kind = drafted
    people = next(line for line in lines if line.startswith("people: "))
    assert people.count("40") == 2
    unused = next(line for line in lines if line.startswith("unused columns of main: "))
    assert "assess_dt" in unused
    assert kind == "redcap" or "free_text" in unused


def test_copies_of_the_records_are_for_their_owner_and_for_no_repository(drafted):
    folder, *_ = drafted
    copies = [path for path in (folder / "exports").iterdir() if path.name != ".gitignore"]
    assert copies
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies)
    assert (folder / "exports" / ".gitignore").read_text() == "*\n"


def test_what_is_read_of_a_text_is_told(drafted):
    _, lines, kind = drafted
    if kind == "csv":
        assert "encoding cp1252; columns separated by semicolons; decimal comma" in lines[1]
    if kind == "excel":
        assert "header found in row 3" in lines[1]


@pytest.mark.parametrize("name", ["All", "data", "has space"])
def test_a_name_that_no_study_can_have_is_refused_before_anything_is_made(tmp_path, name):
    (tmp_path / "a.csv").write_text("id,a\n1,2\n")
    with pytest.raises(Problems):
        draft_study([tmp_path / "a.csv"], None, name, tmp_path / "studies")
    assert not (tmp_path / "studies").exists()


def test_every_export_that_cannot_be_read_is_told_at_once(tmp_path):
    with pytest.raises(Problems) as stopped:
        draft_study([tmp_path / "a.csv", tmp_path / "b.dta"], None, "own", tmp_path)
    assert [one.file for one in stopped.value.findings] == ["a.csv", "b.dta"]


def test_an_export_without_anything_known_is_asked_about_not_guessed(tmp_path):
    (tmp_path / "a.csv").write_text("q1,q2\n1,2\n1,3\n")
    lines = draft_study([tmp_path / "a.csv"], None, "own", tmp_path)
    asked = " ".join(lines)
    assert "which column names the participant?" in asked
    assert "which column is the arm?" in asked
    assert "which column is the randomisation_date?" in asked


def test_domains_of_sdtm_become_blocks_with_a_mark_for_each_visit(tmp_path):
    EXPORTS["sdtm"][0](tmp_path)
    files = [tmp_path / f"{name}.xpt" for name in ("dm", "sv", "qs", "ho")]
    draft_study(files, None, "own", tmp_path)
    content = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8"))
    _drop_questions(content)
    at = {"baseline": "BASELINE", "month_6": "MONTH_6", "month_12": "MONTH_12"}
    assert content["visits"][0]["at"] == content["responses"][0]["at"] == at
    columns = content["participants"]["columns"]
    assert columns["arm"]["recode"] == {"NEW": "arm_new", "USUAL": "arm_usual"} or columns["arm"]
    assert columns["randomisation_date"] == "RFSTDTC"
    assert content["visits"][0]["status"]["recode"]["withdrawn"] == "withdrawn"
    codes = {f"EQ0{number}": f"eq0{number}" for number in range(1, 6)}
    assert content["responses"][0]["item"]["recode"] == codes
    assert content["episodes"][0]["start"] == "HOSTDTC"
    (tmp_path / "own" / "mapping.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    _, findings = load_mapping(tmp_path / "own" / "mapping.yaml")
    assert findings == []
