"""`trialbalance import` loses no file and guesses nothing: what no name or label tells is asked."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance.__main__ import app
from trialbalance.commands.import_export import draft_study
from trialbalance.contracts import Problems
from typer.testing import CliRunner

EQ = ("mo", "sc", "ua", "pd", "ad")


def trial(*, mark: str = "{}", marks: tuple[int, ...] = (0, 6), people: int = 24) -> pd.DataFrame:
    """Return a small simulated trial as a trial unit might export it, a row for each person."""
    rows = []
    for number in range(people):
        day = date(2021, 1, 4) + timedelta(days=7 * number + number % 5)
        row = {
            "study_id": f"P{number + 1:03d}",
            "alloc": str(1 + number % 2),
            "rand_date": day.isoformat(),
            "site": "Leeds" if number % 3 else "York",
            "sex": "fm"[(number // 2) % 2],
            "age": str(30 + number),
        }
        for place, one in enumerate(marks):
            at = mark.format(one)
            row[f"visit_dt_{at}"] = (day + timedelta(days=183 * place)).isoformat()
            row |= {f"eq_{word}_{at}": str(1 + (number + place) % 3) for word in EQ}
            row[f"gp_n_{at}"] = str((number + place) % 4)
        rows.append(row)
    return pd.DataFrame(rows)


def drafted(folder: Path, table: pd.DataFrame, labels: dict | None = None) -> tuple[dict, str]:
    """Return the mapping drafted from a table, and every line that was said."""
    if labels is None:
        path = folder / "trial.csv"
        table.to_csv(path, index=False)
    else:
        import pyreadstat

        path = folder / "trial.dta"
        coded = table.assign(**{name: pd.to_numeric(table[name]) for name in labels})
        pyreadstat.write_dta(coded, str(path), variable_value_labels=labels)
    lines = draft_study([path], None, "own", folder)
    text = (folder / "own" / "mapping.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text), "\n".join(lines)


def study_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "own" / "study.yaml").read_text(encoding="utf-8"))


def sentences(*given) -> str:
    with pytest.raises(Problems) as stopped:
        draft_study(*given)
    return "\n".join(one.sentence() for one in stopped.value.findings)


# Files.


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("s1/data.csv", ["s2/data.csv"]),
        ("trial.csv", ["main.csv"]),
        ("trial.csv", ["ward data.csv", "ward-data.csv", "Ward_Data.csv"]),
        ("s1/data.csv", ["s2/DATA.csv"]),
    ],
)
def test_files_of_like_names_are_all_copied_and_all_read(tmp_path, first, others):
    trial().to_csv(_made(tmp_path / first), index=False)
    for number, other in enumerate(others):
        use = trial()[["study_id", "gp_n_0", "gp_n_6"]]
        use = use.set_axis(["study_id", f"ward{number}_n_0", f"ward{number}_n_6"], axis=1)
        use.to_csv(_made(tmp_path / other), index=False)
    draft_study([tmp_path / name for name in (first, *others)], None, "own", tmp_path)
    text = (tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8")
    exports = yaml.safe_load(text)["exports"]
    assert len(exports) == 1 + len(others)
    heads = {
        (tmp_path / "own" / entry["file"]).read_text().splitlines()[0] for entry in exports.values()
    }
    assert len(heads) == 1 + len(others)


def _made(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    return path


def test_a_file_given_twice_stops_with_a_sentence(tmp_path):
    trial().to_csv(tmp_path / "a.csv", index=False)
    said = sentences([tmp_path / "a.csv"] * 2, None, "own", tmp_path)
    assert "a.csv: found this file twice; allowed: each once" in said
    assert not (tmp_path / "own").exists()


def test_an_export_without_a_row_below_its_header_is_refused(tmp_path):
    trial(people=0).to_csv(tmp_path / "b.csv", index=False)
    (tmp_path / "a.csv").write_text("study_id,alloc,rand_date\n")
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path)
    assert said.startswith("a.csv: found a header and no row below it")
    assert not (tmp_path / "own").exists()


# Options.


def test_options_are_written_into_the_draft_and_read_by_it(tmp_path):
    text = "Título\n" + trial().to_csv(index=False, sep="|")
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16-le"))
    given = ["import", str(tmp_path / "a.txt"), "--study", "own", "--folder", str(tmp_path)]
    told = ["--header-row", "2", "--delimiter", "bar", "--encoding", "utf-16-le", "--decimal", ","]
    done = CliRunner().invoke(app, [*given, *told])
    assert done.exit_code == 0, done.output
    content = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8"))
    entry = content["exports"]["main"]
    words = {"header_row": 2, "delimiter": "|", "encoding": "utf-16-le", "decimal": ","}
    assert entry.items() >= words.items()
    assert "24 rows" in done.output


def test_a_sheet_is_said_of_one_workbook_alone(tmp_path):
    for name, sheets in (("a.xlsx", ("Notes", "Data")), ("b.xlsx", ("Use", "More"))):
        with pd.ExcelWriter(tmp_path / name) as book:
            for sheet in sheets:
                trial().to_excel(book, sheet_name=sheet, index=False)
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    draft_study(files, None, "own", tmp_path, {"sheet": ["a.xlsx=Data"]})
    content = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8"))
    assert content["exports"]["main"]["sheet"] == "Data"
    assert "sheet" not in content["exports"]["b"]


def test_every_option_that_cannot_be_is_told_at_once(tmp_path):
    trial().to_csv(tmp_path / "a.csv", index=False)
    wrong = {
        "header_row": ["0"],
        "delimiter": ["x"],
        "decimal": [";"],
        "sheet": ["Data"],
        "encoding": ["b.csv=cp1252"],
    }
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path, wrong).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "--header-row", "--delimiter", "--decimal", "--sheet", "--encoding",
    ]  # fmt: skip
    assert "found '0'; allowed: a number of a row, from 1" in said[0]
    assert "allowed: files that end in .xlsx, .xlsm" in said[3]


@pytest.mark.parametrize(
    ("text", "option"),
    [
        (b"a,b;c\n1,2;3\n", "--delimiter"),
        (b"a\n1\n", "--delimiter or --header-row"),
        (b"\n\n1,2\n", "--header-row"),
        (b"Trial X, of May\nid,a,b\n1,2,3\n", "--header-row"),
        (b"id,a\n\x81,1\n", "--encoding"),
    ],
)
def test_a_text_that_cannot_be_read_names_the_option_that_answers_it(tmp_path, text, option):
    (tmp_path / "a.csv").write_bytes(text)
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path)
    assert f"option {option} of trialbalance import" in said


def test_a_workbook_without_the_sheet_names_the_option(tmp_path):
    trial().to_excel(tmp_path / "a.xlsx", index=False)
    said = sentences([tmp_path / "a.xlsx"], None, "own", tmp_path, {"sheet": ["Dta"]})
    assert "no sheet 'Dta'" in said
    assert "option --sheet of trialbalance import" in said


# Arms.


@pytest.mark.parametrize(
    "labels",
    [
        {1: "CBT+", 2: "CBT-"},
        {1: "Care A", 2: "care (a)"},
        {1: "对照", 2: "治疗"},
        {
            1: "Treatment as usual plus enhanced primary care: early start",
            2: "Treatment as usual plus enhanced primary care: late start",
        },
    ],
)
def test_arms_with_labels_alike_stay_two_and_are_asked_about(tmp_path, labels):
    mapping, said = drafted(tmp_path, trial(), {"alloc": labels})
    arm = mapping["participants"]["columns"]["arm"]
    assert len(set(arm["recode"].values())) == 2
    assert "labels alike" in arm["ask"]
    assert [line.count(" 12") for line in said.splitlines() if line.startswith("people")] == [2]
    assert list(study_of(tmp_path)["study"]["arms"]) == list(arm["recode"].values())


def test_arms_alike_as_words_of_a_text_stay_two(tmp_path):
    table = trial()
    table["alloc"] = table["alloc"].map({"1": "CBT+", "2": "CBT-"})
    mapping, _ = drafted(tmp_path, table)
    arm = mapping["participants"]["columns"]["arm"]
    assert arm["recode"] == {"CBT+": "cbt_1", "CBT-": "cbt_2"}
    assert "labels alike" in arm["ask"]


def test_a_study_with_one_arm_is_asked_for_the_other(tmp_path):
    mapping, _ = drafted(tmp_path, trial().assign(alloc="1"), {"alloc": {1: "New"}})
    ask = mapping["participants"]["columns"]["arm"]["ask"]
    assert "a study compares two arms or more, and alloc holds new alone" in ask


def test_an_arm_without_people_and_a_code_without_a_label_are_asked_about(tmp_path):
    mapping, _ = drafted(tmp_path, trial(), {"alloc": {1: "New", 3: "Usual"}})
    arm = mapping["participants"]["columns"]["arm"]
    assert arm["recode"] == {"1": "new", "3": "usual", "2": "arm_2"}
    assert "which word is 2, a code without a label?" in arm["ask"]
    assert "is nobody in 3 (usual)?" in arm["ask"]


def test_no_comparator_is_taken_from_a_part_of_a_word(tmp_path):
    mapping, _ = drafted(tmp_path, trial(), {"alloc": {1: "Unusual care", 2: "Restaurant"}})
    assert "which is the comparator" in mapping["participants"]["columns"]["arm"]["ask"]
    (tmp_path / "sure").mkdir()
    mapping, _ = drafted(tmp_path / "sure", trial(), {"alloc": {1: "New", 2: "Usual care"}})
    assert "ask" not in mapping["participants"]["columns"]["arm"]
    assert study_of(tmp_path / "sure")["study"]["comparator"] == "usual_care"


def test_the_arm_is_the_column_of_that_name_not_the_first_group(tmp_path):
    table = trial()
    table.insert(0, "age_group", [str(1 + n % 2) for n in range(len(table))])
    labels = {"age_group": {1: "18-40", 2: "41+"}, "alloc": {1: "New", 2: "Usual"}}
    mapping, _ = drafted(tmp_path, table, labels)
    arm = mapping["participants"]["columns"]["arm"]
    assert arm["column"] == "alloc"
    assert "ask" not in arm
    assert mapping["participants"]["columns"]["age"] == "age"


def test_several_columns_that_may_be_the_arm_are_asked_about_by_name(tmp_path):
    table = trial().assign(arm=lambda t: t["alloc"].where(t.index % 5 != 0, "2"))
    mapping, _ = drafted(tmp_path, table)
    assert "which is the arm: alloc, arm?" in mapping["participants"]["columns"]["arm"]["ask"]


def test_a_column_that_only_may_be_the_arm_is_asked_about(tmp_path):
    mapping, _ = drafted(tmp_path, trial().rename(columns={"alloc": "age_group"}))
    assert "is age_group the arm?" in mapping["participants"]["columns"]["arm"]["ask"]


def test_columns_that_could_be_the_arm_by_their_values_are_named(tmp_path):
    mapping, _ = drafted(tmp_path, trial().rename(columns={"alloc": "Tr"}))
    ask = mapping["participants"]["columns"]["arm"]["ask"]
    assert ask == "which column is the arm? By what they hold it may be: Tr."


# Identifiers.


@pytest.mark.parametrize("other", ["site_id", "hospital_id", "participant_group"])
def test_the_identifier_is_the_one_that_names_each_participant(tmp_path, other):
    table = trial()
    table.insert(0, other, ["A" if n % 2 else "B" for n in range(len(table))])
    mapping, _ = drafted(tmp_path, table)
    assert mapping["exports"]["main"]["id"] == "study_id"


def test_two_columns_that_name_each_participant_are_asked_about(tmp_path):
    table = trial().assign(record_id=[str(n) for n in range(24)])
    mapping, _ = drafted(tmp_path, table)
    assert "which of study_id, record_id names" in mapping["exports"]["main"]["ask"]


# Yes or no, and what became of a visit.


def used(table: pd.DataFrame) -> pd.DataFrame:
    """Return a trial that asks "used it?" before it asks how often, codes 1 to 3."""
    return table.assign(gp_any_0="1", gp_any_6=[str(1 + n % 3) for n in range(len(table))])


@pytest.mark.parametrize(
    ("words", "recode", "asked"),
    [
        (("Yes", "No", "Don't know"), {"1": "yes", "2": "no"}, "3 (Don't know)"),
        (("Ja", "Nein", "weiß nicht"), {"1": "yes", "2": "no"}, "3 (weiß nicht)"),
        (("No", "Yes", "Not applicable"), {"1": "no", "2": "yes"}, "3 (Not applicable)"),
        (("Yesterday", "Nobody", "No."), {"3": "no"}, "1 (Yesterday), 2 (Nobody)"),
    ],
)
def test_only_words_that_plainly_mean_yes_or_no_are_taken_so(tmp_path, words, recode, asked):
    labels = dict(enumerate(words, start=1))
    table = used(trial())
    mapping, _ = drafted(tmp_path, table, {"gp_any_6": labels, "gp_any_0": labels})
    block = mapping["resource_use"][0]
    assert block["used"]["recode"] == recode
    assert f"yes, no, or missing (of gp_any_{{}}): {asked}?" in block["ask"]


def test_labels_that_differ_between_visits_are_asked_about(tmp_path):
    labels = {"gp_any_0": {1: "Yes", 2: "No"}, "gp_any_6": {1: "No", 2: "Yes", 3: "Yes"}}
    mapping, _ = drafted(tmp_path, used(trial()), labels)
    assert "1 (Yes / No), 2 (No / Yes)" in mapping["resource_use"][0]["ask"]


def test_yes_and_no_in_words_stand_beside_their_count(tmp_path):
    table = used(trial()).replace({"gp_any_6": {"1": "Ja", "2": "Nein", "3": "Nein"}})
    mapping, _ = drafted(tmp_path, table.assign(gp_any_0="Ja"))
    block = mapping["resource_use"][0]
    assert block["used"] == {"column": "gp_any_{}", "recode": {"Ja": "yes", "Nein": "no"}}


def test_codes_one_and_two_without_labels_are_asked_about(tmp_path):
    mapping, _ = drafted(tmp_path, used(trial()).replace({"gp_any_6": {"3": "2"}}))
    assert "yes, no, or missing (of gp_any_{}): 1, 2?" in mapping["resource_use"][0]["ask"]


@pytest.mark.parametrize(
    ("label", "course"),
    [
        ("Completed", "attended"), ("Came", "attended"), ("Did not attend", "missed"),
        ("Died", "dead"), ("Withdrew consent", "withdrawn"), ("Incomplete", None),
        ("Deadline passed", None), ("Unseen", None), ("Lost to follow-up", None),
        ("Not dead", None), ("Became ill", None), ("Partly completed", None),
    ],
)  # fmt: skip
def test_what_became_of_a_visit_is_told_by_whole_words_alone(tmp_path, label, course):
    table = trial().assign(status_0="1", status_6=["1", "2"] * 12)
    labels = {name: {1: "Attended", 2: label} for name in ("status_0", "status_6")}
    mapping, _ = drafted(tmp_path, table, labels)
    status = mapping["visits"][0]["status"]
    assert status["recode"].get("2") == course
    assert (f"2 ({label})" in status.get("ask", "")) == (course is None)


# Times.


@pytest.mark.parametrize(
    ("mark", "marks", "visits"),
    [
        ("w{}", (0, 26), {"baseline": 0.0, "week_26": 0.4983}),
        ("wk{}", (0, 52), {"baseline": 0.0, "week_52": 0.9966}),
        ("week_{}", (0, 26), {"baseline": 0.0, "week_26": 0.4983}),
        ("{}w", (0, 26), {"baseline": 0.0, "week_26": 0.4983}),
        ("d{}", (0, 90), {"baseline": 0.0, "day_90": 0.2464}),
        ("y{}", (0, 2), {"baseline": 0.0, "year_2": 2.0}),
        ("m{}", (0, 6), {"baseline": 0.0, "month_6": 0.5}),
        ("{}m", (0, 6), {"baseline": 0.0, "month_6": 0.5}),
    ],
)
def test_units_of_time_in_names_are_kept(tmp_path, mark, marks, visits):
    mapping, _ = drafted(tmp_path, trial(mark=mark, marks=marks))
    study = study_of(tmp_path)["study"]
    assert study["visits"] == visits
    assert study["horizon_years"] == max(visits.values())
    assert "ask" not in mapping["visits"][0]
    assert mapping["resource_use"][0]["quantity"] == "gp_n_{}"


@pytest.mark.parametrize(
    ("mark", "name"), [("v{}", "visit"), ("t{}", "time"), ("fu{}", "follow_up")]
)
def test_the_time_of_a_number_of_a_visit_is_asked(tmp_path, mark, name):
    mapping, _ = drafted(tmp_path, trial(mark=mark, marks=(1, 2)))
    ask = mapping["visits"][0]["ask"]
    assert ask == f"when are these planned (study.visits, years): {name}_1, {name}_2?"


def test_the_unit_of_a_bare_number_is_asked(tmp_path):
    mapping, _ = drafted(tmp_path, trial(marks=(0, 26)))
    assert "are 26 months from randomisation?" in mapping["visits"][0]["ask"]


def test_a_letter_apart_from_the_number_is_of_the_name(tmp_path):
    table = trial().assign(care_d_0="1", care_d_6="2")
    mapping, _ = drafted(tmp_path, table)
    assert [block["quantity"] for block in mapping["resource_use"]] == ["gp_n_{}", "care_d_{}"]


# EQ-5D.


def test_other_columns_beside_an_eq5d_are_neither_its_items_nor_use(tmp_path):
    table = trial().assign(eq_vas_0="70", eq_vas_6="71", freq_ad_0="4", freq_ad_6="5")
    table.insert(0, "eq_act_contact_6", "9")
    table.insert(0, "eq_act_contact_0", "9")
    mapping, said = drafted(tmp_path, table)
    block = mapping["responses"][0]
    assert block["instrument"] == "eq5d3l"
    assert block["items"]["usual_activities"] == "eq_ua_{}"
    assert block["items"]["anxiety_depression"] == "eq_ad_{}"
    assert {one["item"] for one in mapping["resource_use"]} == {"gp", "freq_ad"}
    assert "eq_vas_6" in said.split("unused columns of main: ")[1].splitlines()[0]


def test_a_single_answer_of_five_does_not_make_five_levels_unasked(tmp_path):
    table = trial()
    table.loc[3, "eq_ad_6"] = "5"
    mapping, _ = drafted(tmp_path, table)
    assert "only eq_ad_{} has an answer of 4 or 5" in mapping["responses"][0]["ask"]


def test_answers_that_are_no_level_are_asked_about(tmp_path):
    table = trial()
    table.loc[3, "eq_ad_6"] = "0"
    mapping, _ = drafted(tmp_path, table)
    assert "what are the answers 0, which are no level" in mapping["responses"][0]["ask"]


# Odd cells.


@pytest.mark.parametrize("cell", ["-3", "not asked", "2-3"])
def test_one_odd_cell_keeps_a_count_with_a_question_that_names_it(tmp_path, cell):
    table = trial()
    table.loc[8, "gp_n_6"] = cell
    mapping, _ = drafted(tmp_path, table)
    block = mapping["resource_use"][0]
    assert block["quantity"] == "gp_n_{}"
    assert f"row 10 {cell!r} of gp_n_6" in block["ask"]
    assert "keeps it from being a count" in block["ask"]


def test_counts_with_fractions_are_asked_whether_they_are_amounts(tmp_path):
    table = trial().assign(meal_n_0="3", meal_n_6=["451.93", *["12"] * 23])
    mapping, _ = drafted(tmp_path, table)
    ask = mapping["resource_use"][1]["ask"]
    assert "amount or count? row 2 '451.93' of meal_n_6" in ask
    assert "amount or count?" not in mapping["resource_use"][0]["ask"]


def test_a_column_of_words_with_figures_is_left_out_with_the_reason(tmp_path):
    _, said = drafted(tmp_path, trial().assign(cost_n_0="£3", cost_n_6="£12.50"))
    assert "cost_n_{}: row 2 '£3' of cost_n_0" in said
    assert "keeps it from being a count" in said


def test_one_odd_cell_keeps_a_date_with_a_question_that_names_it(tmp_path):
    table = trial()
    table.loc[5, "rand_date"] = "31/02/2021"
    mapping, _ = drafted(tmp_path, table)
    source = mapping["participants"]["columns"]["randomisation_date"]
    assert source["column"] == "rand_date"
    assert "row 7 '31/02/2021' of rand_date keeps it from being a date" in source["ask"]


@pytest.mark.parametrize(
    ("others", "formats"),
    [
        (("%d/%m/%Y", "%Y-%m-%d"), ["%Y-%m-%d", "%d/%m/%Y"]),
        (("%d/%m/%y", "%Y-%m-%d"), ["%Y-%m-%d", "%d/%m/%y"]),
        (("%d/%m/%y", "%d/%m/%Y"), ["%d/%m/%Y", "%d/%m/%y"]),
    ],
)
def test_dates_in_two_formats_are_read_by_both_after_a_question(tmp_path, others, formats):
    table = trial()
    days = pd.to_datetime(table["rand_date"])
    table["rand_date"] = [day.strftime(others[n % 2]) for n, day in enumerate(days)]
    mapping, _ = drafted(tmp_path, table)
    source = mapping["participants"]["columns"]["randomisation_date"]
    assert sorted(source["dates"]) == sorted(formats)
    assert "are the dates written in 2 ways" in source["ask"]


def test_dates_with_two_figures_for_the_year_are_read(tmp_path):
    table = trial()
    table["rand_date"] = pd.to_datetime(table["rand_date"]).dt.strftime("%d/%m/%y")
    mapping, _ = drafted(tmp_path, table)
    source = mapping["participants"]["columns"]["randomisation_date"]
    assert source == {"column": "rand_date", "dates": "%d/%m/%y"}


def test_a_column_named_as_a_date_that_holds_numbers_is_named_in_the_question(tmp_path):
    mapping, _ = drafted(tmp_path, trial().assign(rand_date=[str(22284 + n) for n in range(24)]))
    ask = mapping["participants"]["columns"]["randomisation_date"]["ask"]
    assert "By its name it may be rand_date, which holds no dates." in ask


# What is lacking.


def test_a_dictionary_of_another_project_is_asked_about(tmp_path):
    trial().to_csv(tmp_path / "a.csv", index=False)
    head = "field_name,field_type,field_label,select_choices_or_calculations"
    (tmp_path / "d.csv").write_text(f'{head}\nother,radio,Other,"1, A | 2, B"\n')
    lines = draft_study([tmp_path / "a.csv"], tmp_path / "d.csv", "own", tmp_path)
    assert "the data dictionary names no column of the export" in " ".join(lines)


def test_a_draft_without_use_or_outcomes_says_what_is_lacking(tmp_path):
    mapping, said = drafted(tmp_path, trial()[["study_id", "alloc", "rand_date"]])
    assert "which columns count use of resources" in mapping["ask"]
    assert "which columns measure the outcome (no EQ-5D" in said
    (tmp_path / "four").mkdir()
    four = trial().drop(columns=["eq_mo_0", "eq_mo_6"])
    mapping, _ = drafted(tmp_path / "four", four)
    assert "only self_care, usual_activities" in mapping["ask"]


def test_the_same_thing_counted_twice_is_two_items_and_asked_about(tmp_path):
    mapping, _ = drafted(tmp_path, trial().assign(gp_num_0="1", gp_num_6="2"))
    assert [block["item"] for block in mapping["resource_use"]] == ["gp", "gp_2"]
    assert "is this another thing than gp above?" in mapping["resource_use"][1]["ask"]


# Scores and money that come worked out already.


def worked_out(*, people: int = 20) -> pd.DataFrame:
    """Return a simulated trial as a published data set: no dates, utilities and costs by visit."""
    rows = []
    for number in range(people):
        row = {"id": number + 1, "Tr": number % 2, "E0": 0.5 + number / 100, "C0": 40.5 + number}
        for visit in (1, 2):
            row[f"Em{visit}"] = 0.4 + (number % 7) / 11 + visit / 50
            row[f"Cm{visit}"] = 100.25 * visit + 7 * number
        rows.append(row)
    return pd.DataFrame(rows).rename(columns={"E0": "E", "C0": "C"}).round(4)


def test_utilities_at_visits_are_drafted_as_scores_and_never_as_things_to_be_costed(tmp_path):
    mapping, _ = drafted(tmp_path, worked_out())
    (scores,) = mapping["measures_given"]
    assert scores["measures"] == {"utility": "Em{}"}
    assert scores["at"] == {"month_1": "1", "month_2": "2"}
    assert "is this a utility, 1 for full health" in scores["ask"]
    assert "is E it at baseline?" in scores["ask"]
    assert [block["item"] for block in mapping["resource_use"]] == ["cm"]
    settings = study_of(tmp_path)
    assert settings["outcomes"]["measures_given"]["utility"]["range"] == [-1.0, 1.0]
    assert settings["dataset"]["covariates"] == ["baseline_effect"]


def test_amounts_of_money_have_no_price_and_are_asked_about(tmp_path):
    mapping, _ = drafted(tmp_path, worked_out())
    (use,) = mapping["resource_use"]
    assert "money (numbers from 100.25 to 333.5)" in use["ask"]
    assert "is C it at baseline?" in use["ask"]
    assert study_of(tmp_path)["costs"]["items"]["cm"]["source"] == "given"
    prices = (tmp_path / "own" / "unit_costs.csv").read_text().splitlines()
    assert len(prices) == 1


def test_counts_of_use_stay_counts_with_a_price(tmp_path):
    drafted(tmp_path, trial())
    assert study_of(tmp_path)["costs"]["items"]["gp"]["source"] == "interview"
    assert (tmp_path / "own" / "unit_costs.csv").read_text().splitlines()[1].startswith("gp,")


def test_an_export_without_any_date_is_told_what_to_write(tmp_path):
    mapping, said = drafted(tmp_path, worked_out())
    assert (
        'write {value: "2000-01-01"}'
        in mapping["participants"]["columns"]["randomisation_date"]["ask"]
    )
    assert "Where the export has none" in said
    dated, _ = drafted(_made(tmp_path / "dated" / "x").parent, trial())
    assert "2000-01-01" not in str(dated)


def test_periods_of_amounts_follow_one_another_up_to_the_last_visit(tmp_path):
    drafted(tmp_path, worked_out().drop(columns=["Em1", "Em2"]))
    study = study_of(tmp_path)["study"]
    assert study["periods"] == {"to_month_1": [0.0, 0.0833], "to_month_2": [0.0833, 0.1667]}
    assert study["horizon_years"] == 0.1667


def test_one_cost_and_one_effect_a_person_is_sent_to_the_door_for_them(tmp_path):
    table = worked_out()[["id", "Tr"]].assign(c=10.5, e=0.7)
    mapping, _ = drafted(tmp_path, table)
    assert "data.door totals" in mapping["ask"]
    whole, _ = drafted(_made(tmp_path / "whole" / "x").parent, trial())
    assert "ask" not in whole
