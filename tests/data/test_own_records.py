"""What a trial's own files hold is told where it stands: marks, words, units, Parquet, blanks."""

import pandas as pd
import pytest
from filled import filled
from trialbalance.contracts import Problems, read_text
from trialbalance.contracts.checks.columns import same_column
from trialbalance.contracts.checks.parsing import parse
from trialbalance.data import check_records
from trialbalance.data.checks.doubts import codes_among_numbers, few_draws
from trialbalance.data.record_set import Records


def told(findings):
    return [one.sentence() for one in findings]


@pytest.mark.parametrize(
    ("table", "first", "last", "place"),
    [
        ("visits", "P2,baseline", "P4,month_6", "row 5, column participant_id"),
        ("episodes", "E2,P1", "E4,P1", "row 3, column record_id"),
        ("resource_use", "U2,P1", "U4,P4", "row 3, column record_id"),
    ],
)
def test_a_pair_of_stray_marks_names_its_row_and_the_rows_it_swallows(
    tiny, table, first, last, place
):
    tiny.change(table, first, '"' + first)
    tiny.change(table, last, last.split(",")[0] + '",' + last.split(",")[1])
    (sentence,) = [one for one in told(tiny.check()[1]) if one.startswith(table)]
    row = int(place.split("row ")[1].split(",")[0])
    swallowed = {"visits": f"rows {row + 1} to {row + 7}"}.get(
        table, f"rows {row + 1} to {row + 2}"
    )
    assert sentence == (
        f"{table}.csv, {place}: found a quotation mark that swallows {swallowed}; allowed: one row "
        "a line; remove it, or close it in its own cell."
    )


def test_a_note_of_several_lines_with_commas_is_no_stray_mark(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text('item,note,unit\nbed,"from a book,\nsecond edition",day\n', encoding="utf-8")
    assert len(read_text(path)[0]) == 1


def test_a_line_end_inside_a_number_is_told_as_such(tiny):
    tiny.change("resource_use", "gp_visit,3,", 'gp_visit,"3\n0",')
    assert told(tiny.check()[1]) == [
        "resource_use.csv, row 2, column quantity: found '3 0', with a line end inside; allowed: a "
        "number, 0 or more, or blank; remove the line end, or the quotation mark that swallows it."
    ]


def test_a_word_for_missing_is_no_site_and_no_reason(tiny):
    tiny.change("participants", "P1,usual,north", "P1,usual,NA")
    tiny.change("participants", "withdrew_consent", "none")
    assert told(tiny.check()[1]) == [
        "participants.csv, row 2, column site: found 'NA', a word for missing; allowed: text, or "
        "blank; leave the cell blank where the value is missing.",
        "participants.csv, row 6, column exclusion: found 'none', a word for missing; allowed: "
        "text, or blank; leave the cell blank where the value is missing.",
    ]


def test_a_word_that_may_be_a_category_is_noted(tiny):
    tiny.change("participants", "P1,usual,north", "P1,usual,unknown")
    tables, findings = tiny.check()
    assert told(findings) == [
        "participants.csv, row 2, column site: found 'unknown', which may be a word for missing; "
        "it counts as a category of its own; leave the cell blank where it means missing."
    ]
    assert "participants" in tables


def test_sites_that_differ_by_case_alone_are_noted(tiny):
    tiny.change("participants", "P4,new,south", "P4,new,South ")
    assert any("which differ by case, blanks" in one for one in told(tiny.check()[1]))


def test_a_blank_quantity_is_asked_and_not_answered(tiny):
    tiny.change("resource_use", "gp_visit,3,", "gp_visit,,")
    tables, findings = tiny.check()
    assert told(findings) == [
        "resource_use.csv, row 2, column quantity: found a blank for gp_visit, asked and not "
        "answered; what the participant used of its source in that period counts as unobserved, "
        "not as zero."
    ]
    assert tables["resource_use"]["quantity"].isna().sum() == 1


def test_visits_planned_in_months_are_refused_against_their_dates(tiny):
    months = tiny.study | {"visits": {"baseline": 0.0, "month_6": 6.0, "month_12": 12.0}}
    assert told(tiny.check(study=months | {"horizon_years": 12.0})[1])[0] == (
        "study.yaml, setting study.visits.month_6: found 6 years, where its dates lie 0.50 years "
        "after randomisation; allowed: the planned time in years; write years, such as 0.5 for six "
        "months, or correct the dates."
    )


def test_nine_hundred_and_ninety_nine_among_small_costs_is_noted():
    costs = pd.DataFrame({"item": "care", "cost": [3.0, 8, 5, 9, 12, 999]}, index=range(2, 8))
    records = Records({"costs_given": costs}, {"costs_given": "costs.csv"}, {})
    assert told(codes_among_numbers(records)) == [
        "costs.csv, row 7, column cost: found 999 of care, where the others reach 12; leave the "
        "cell blank if it stands for missing."
    ]


@pytest.mark.parametrize(("draws", "severity"), [(1, "error"), (50, "note"), (100, None)])
def test_too_few_draws_are_told(draws, severity):
    frame = pd.DataFrame({"draw": range(draws)})
    found = few_draws(Records({"draws_given": frame}, {"draws_given": "d.csv"}, {}))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_a_day_number_says_which_day_each_program_means():
    (fault,) = parse(pd.Series(["22744"], dtype="str"), "date")[1]
    assert "2022-04-09 to Stata and SAS" in fault.found


def test_a_column_is_renamed_only_to_another_spelling_of_the_same_words():
    assert same_column("end_date", ["start_date", "visit_date", "vist_date"]) is None
    assert same_column("start_date", ["StartDate"]) == "StartDate"
    assert same_column("quantity", ["quantitty"]) == "quantitty"


def as_parquet(tiny, table, change=lambda frame: frame):
    frame = pd.read_csv(tiny.paths[table], dtype=str)
    for name in ("date", "start_date", "end_date", "randomisation_date", "death_date"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    if "quantity" in frame:
        frame["quantity"] = frame["quantity"].astype(float)
    tiny.paths[table] = tiny.folder / f"{table}.parquet"
    change(frame).to_parquet(tiny.paths[table])


def test_parquet_without_an_optional_column_reads_as_csv_does(tiny):
    as_parquet(tiny, "visits", lambda frame: frame.drop(columns="date"))
    findings = tiny.check()[1]
    assert {one.severity for one in findings} == {"note"}


def test_parquet_of_categories_and_whole_days_with_a_zone_is_read(tiny):
    def change(frame):
        frame["start_date"] = frame["start_date"].dt.tz_localize("Europe/Vienna")
        return frame.astype({"type": "category", "item": "category"})

    as_parquet(tiny, "episodes", change)
    tables, findings = tiny.check()
    assert findings == []
    assert tables["episodes"]["start_date"].iloc[0] == pd.Timestamp("2010-03-01")


def test_parquet_with_a_time_of_day_and_numbers_for_people_is_refused_in_words(tiny):
    def change(frame):
        frame["date"] = frame["date"] + pd.Timedelta(hours=23)
        frame["participant_id"] = frame["participant_id"].str[1:].astype(int)
        return frame

    as_parquet(tiny, "visits", change)
    sentences = told(tiny.check()[1])
    assert sentences[0].startswith("visits.parquet, row 2, column participant_id: found 1 (also 2,")
    assert "write the column as text, with any zeros that a value begins with" in sentences[0]
    assert "found '2010-01-10 23:00'" in sentences[1]
    assert "write dates alone, without a time of day" in sentences[1]


def test_unreadable_rows_stop_the_run_as_they_stop_the_check(tiny):
    tiny.change("visits", "P2,baseline", '"P2,baseline')
    tiny.change("visits", "P4,month_6", 'P4",month_6')
    with pytest.raises(Problems):
        tiny.read()
    assert check_records(tiny.paths, tiny.study, filled("data", tiny.section))[1]


@pytest.mark.parametrize("word", ["No", "0", "FALSE", "not excluded"])
def test_a_word_that_says_there_is_no_reason_excludes_nobody(tiny, word):
    tiny.change("participants", "withdrew_consent", word)
    assert told(tiny.check()[1]) == [
        f"participants.csv, row 6, column exclusion: found '{word}', which says that there is no "
        "reason; allowed: a reason in words, or blank; leave the cell blank then."
    ]


@pytest.mark.parametrize("word", ["n.a.", "blank", "not applicable", "<NA>"])
def test_further_words_for_missing_are_no_reason_of_exclusion(tiny, word):
    tiny.change("participants", "withdrew_consent", word)
    assert told(tiny.check()[1])[0].startswith(
        f"participants.csv, row 6, column exclusion: found '{word}', a word for missing"
    )


def test_a_reason_for_everybody_is_told_where_it_stands(tiny):
    people = pd.read_csv(tiny.paths["participants"], dtype=str, keep_default_na=False)
    people.assign(exclusion="screened").to_csv(tiny.paths["participants"], index=False)
    assert told(tiny.check()[1])[-1].startswith(
        "participants.csv, row 2, column exclusion: found a reason for everybody (screened "
    )


def test_a_word_for_missing_in_a_listed_column_is_told_as_such(tiny):
    tiny.change("visits", "attended", "NA")
    assert "found 'NA', a word for missing; allowed: one of " in told(tiny.check()[1])[0]


@pytest.mark.parametrize("table", ["visits", "episodes"])
def test_text_of_a_date_in_parquet_is_read_as_csv_reads_it_and_never_guessed(tiny, table):
    column = {"visits": "date", "episodes": "start_date"}[table]

    def day_first(frame):
        return frame.assign(**{column: frame[column].dt.strftime("%d/%m/%Y")})

    as_parquet(tiny, table, day_first)
    first = pd.read_parquet(tiny.paths[table])[column].dropna().iloc[0]
    sentences = told(tiny.check()[1])
    assert sentences[0].startswith(f"{table}.parquet, row 2, column {column}: found '{first}'")
    assert "write every date as year-month-day, such as 2020-01-31" in sentences[0]
    assert all("found '19" not in one and "found '20" not in one for one in sentences)


def test_a_day_number_in_parquet_is_told_as_one_and_dates_nothing(tiny):
    def numbers(frame):
        days = (frame["date"] - pd.Timestamp("1960-01-01")).dt.days
        return frame.assign(date=days)

    as_parquet(tiny, "visits", numbers)
    sentences = told(tiny.check()[1])
    assert "a day number (2010-01-10 to Stata and SAS" in sentences[0]
    assert not any("1970" in one for one in sentences[1:])


def test_numbers_written_as_text_in_parquet_are_read_as_csv_reads_them(tiny):
    def text(frame):
        return frame.assign(quantity=["1,200", *frame["quantity"].astype(str)[1:]])

    as_parquet(tiny, "resource_use", text)
    (sentence,) = told(tiny.check()[1])
    assert "found '1,200', with a comma (thousands separator or decimal comma?)" in sentence


def test_a_day_moved_by_its_zone_names_the_zone(tiny):
    def moved(frame):
        there = frame["start_date"].dt.tz_localize("Europe/Vienna")
        return frame.assign(start_date=there.dt.tz_convert("UTC"))

    as_parquet(tiny, "episodes", moved)
    assert "found '2010-02-28 23:00', with a time of day (UTC)" in told(tiny.check()[1])[0]


def test_a_column_twice_and_a_file_that_is_none_are_told_in_words(tiny):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    as_parquet(tiny, "visits")
    table = parquet.read_table(tiny.paths["visits"])
    parquet.write_table(table.append_column("date", pa.array([""] * len(table))),
                        tiny.paths["visits"])  # fmt: skip
    tiny.paths["episodes"] = tiny.folder / "episodes.parquet"
    tiny.paths["episodes"].write_text("none")
    assert told(tiny.check()[1])[:2] == [
        "visits.parquet, row 1, column date: found column 'date' a second time; allowed: each "
        "column once; remove or rename one.",
        "episodes.parquet: found no Parquet table; allowed: a Parquet table; write the table "
        "again.",
    ]


@pytest.mark.parametrize(
    ("different", "severity", "word"),
    [(1, "error", "all alike"), (20, "note", "20 of them different")],
)
def test_draws_that_only_repeat_others_do_not_count(different, severity, word):
    draws = [one % different for one in range(400)]
    frame = pd.DataFrame({"draw": range(400), "arm": "a", "cost": draws, "effect": 0.6})
    (found,) = few_draws(Records({"draws_given": frame}, {"draws_given": "d.csv"}, {}))
    assert (found.severity, found.found) == (severity, f"400 draws, {word}")


def test_an_effect_that_is_the_same_in_every_draw_is_no_repeated_draw():
    frame = pd.DataFrame({"draw": range(400), "arm": "a", "cost": range(400), "effect": 0.6})
    assert few_draws(Records({"draws_given": frame}, {"draws_given": "d.csv"}, {})) == []


def test_a_mark_within_a_cell_that_has_no_pair_names_its_row(tiny):
    tiny.change("participants", "P4,new", 'P"4,new')
    assert told(tiny.check()[1])[0] == (
        "participants.csv, row 5: found a quotation mark that is never closed; allowed: quotation "
        "marks in pairs; close or remove it."
    )


def test_a_pair_of_marks_that_swallows_a_comma_is_told_as_such(tiny):
    tiny.change("visits", "P2,baseline", '"P2,baseline"')
    sentence = told(tiny.check()[1])[0]
    assert sentence.startswith("visits.csv, row 5: found 3 cells (")
    assert "or remove the quotation mark that swallows a comma" in sentence


@pytest.mark.parametrize("row", [("P1", "P3"), ("P2", "P4")])
def test_stray_marks_around_sites_name_the_participants_and_no_other_table(tiny, row):
    first, last = row
    lines = tiny.paths["participants"].read_text().splitlines()
    at = {line.split(",")[0]: place for place, line in enumerate(lines)}
    for name, mark in ((first, '"{}'), (last, '{}"')):
        cells = lines[at[name]].split(",")
        cells[2] = mark.format(cells[2])
        lines[at[name]] = ",".join(cells)
    tiny.paths["participants"].write_text("\n".join(lines) + "\n")
    assert told(tiny.check()[1]) == [
        f"participants.csv, row {at[first] + 1}, column site: found a quotation mark that swallows "
        f"rows {at[first] + 2} to {at[last] + 1}; allowed: one row a line; remove it, or close it "
        "in its own cell."
    ]


def test_whole_numbers_for_people_in_every_parquet_table_are_told_once_a_table(tiny):
    def numbered(frame):
        return frame.assign(participant_id=frame["participant_id"].str[1:].astype(int))

    for table in list(tiny.paths):
        if "participant_id" in pd.read_csv(tiny.paths[table], nrows=1):
            as_parquet(tiny, table, numbered)
    sentences = told(tiny.check()[1])
    assert all("write the column as text, with any zeros" in one for one in sentences)
    assert len(sentences) == sum(path.suffix == ".parquet" for path in tiny.paths.values())
