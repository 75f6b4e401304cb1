"""Bad input never passes in silence: each mutated input is answered by its sentences.

``sentences.yaml`` holds what the user reads; the cases below say how the input is spoilt.
"""

from pathlib import Path

import pytest
import yaml
from trialbalance.contracts import Problems

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))


def change(table, old, new):
    return lambda tiny: tiny.change(table, old, new)


def add(table, line):
    return lambda tiny: tiny.add(table, line)


def write(table, data):
    return lambda tiny: tiny.paths[table].write_bytes(data)


def encode(table, encoding):
    return lambda tiny: tiny.paths[table].write_bytes(tiny.text(table).encode(encoding))


def rename(table, name):
    def do(tiny):
        tiny.paths[table].rename(tiny.folder / name)

    return do


def point(table, name):
    def do(tiny):
        tiny.paths[table] = tiny.folder / name

    return do


def drop_column(table, name):
    def do(tiny):
        rows = [line.split(",") for line in tiny.text(table).splitlines()]
        place = rows[0].index(name)
        lines = [",".join(row[:place] + row[place + 1 :]) for row in rows]
        tiny.paths[table].write_text("\n".join(lines) + "\n", encoding="utf-8")

    return do


def replace_all(table, old, new):
    def do(tiny):
        tiny.paths[table].write_text(tiny.text(table).replace(old, new), encoding="utf-8")

    return do


def both(*mutations):
    def do(tiny):
        for mutation in mutations:
            mutation(tiny)

    return do


def folder_instead(tiny):
    tiny.paths["visits"] = tiny.folder / "records"
    tiny.paths["visits"].mkdir()


def number_sexes(tiny):
    for word, code in (("female", "2"), ("male", "1")):
        replace_all("participants", f",{word},", f",{code},")(tiny)
    tiny.section = tiny.section | {"covariates": {"sex": {"type": "category"}}}


def flag_everybody(tiny):
    lines = tiny.text("participants").splitlines()
    flags = ["intention_to_treat", "false", "true", "true", "true", "false", "true"]
    text = "\n".join(",".join(pair) for pair in zip(lines, flags, strict=True)) + "\n"
    tiny.paths["participants"].write_text(text, encoding="utf-8")


MUTATIONS = [
    # The file as such.
    ("file missing", rename("visits", "vists.csv")),
    ("folder of the file missing", point("visits", "nowhere/visits.csv")),
    ("folder instead of a file", folder_instead),
    ("file empty", write("visits", b"")),
    ("file of blanks", write("visits", b"\n \n\n")),
    (
        "header alone",
        write(
            "participants",
            b"participant_id,arm,site,randomisation_date,death_date,exclusion,sex,age\n",
        ),
    ),
    (
        "not UTF-8",
        both(change("participants", "north", "M\u00fcnster"), encode("participants", "latin-1")),
    ),
    ("UTF-16", encode("visits", "utf-16")),
    ("NUL bytes", change("visits", "P2,month_6,,missed", "P2,month_6,\0,missed")),
    ("spreadsheet instead of CSV", write("visits", b"PK\x03\x04" + b"\x14\x00" * 400)),
    ("old spreadsheet", write("visits", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 40)),
    ("compressed", write("visits", b"\x1f\x8b\x08\x00 rest")),
    ("semicolons", replace_all("visits", ",", ";")),
    ("tabs", replace_all("visits", ",", "\t")),
    ("one long line", write("visits", b"x" * 200_000)),
    ("no header row", change("visits", "participant_id,visit,date,status\n", "")),
    ("too few cells", change("visits", "P2,month_6,,missed", "P2,month_6")),
    ("too many cells", change("resource_use", "U3,P2,gp_visit,2.5,", "U3,P2,gp_visit,2,5,")),
    ("quotation mark never closed", change("episodes", "E2,P1", 'E2,"P1')),
    ("column twice", change("visits", "visit,date,status", "visit,status,status")),
    ("column without a name", change("visits", "visit,date,status", "visit,,status")),
    # Columns.
    ("column missing", drop_column("resource_use", "quantity")),
    ("column misspelt", change("resource_use", "quantity", "quantitty")),
    ("optional column misspelt", change("participants", "death_date", "deathdate")),
    ("column unexpected", change("episodes", "end_date\n", "end_date,comment\n")),
    ("covariate missing", drop_column("participants", "age")),
    ("covariate misspelt", change("participants", ",sex,", ",Sex,")),
    # Cells.
    ("required cell blank", change("participants", "P4,new", "P4,")),
    ("comma decimals", change("resource_use", "gp_visit,2.5", 'gp_visit,"2,5"')),
    ("thousands separator", change("resource_use", "gp_visit,3,", 'gp_visit,"1,234",')),
    ("currency sign", change("resource_use", "gp_visit,3,", "gp_visit,£3,")),
    ("percent sign", change("resource_use", "gp_visit,3,", "gp_visit,3%,")),
    ("word for missing", change("resource_use", "gp_visit,3,", "gp_visit,NA,")),
    ("number in words", change("resource_use", "gp_visit,3,", "gp_visit,three,")),
    ("infinite number", change("resource_use", "gp_visit,3,", "gp_visit,inf,")),
    ("negative quantity", change("resource_use", "gp_visit,3,", "gp_visit,-3,")),
    ("dates in two formats", change("visits", "2010-07-12", "12/07/2010")),
    ("impossible date", change("participants", "2010-02-03", "2010-02-30")),
    ("month 13", change("visits", "2010-07-12", "2020-13-01")),
    ("date with a time", change("visits", "2010-07-12", "2010-07-12 00:00:00")),
    ("spreadsheet day number", change("visits", "2010-07-12", "40371")),
    ("year out of range", change("visits", "2010-07-12", "1810-07-12")),
    ("level not whole", change("responses", "mobility,1", "mobility,1.0")),
    ("formula", change("participants", "north", "=1+1")),
    ("status unknown", change("visits", "2010-01-10,attended", "2010-01-10,atended")),
    ("covariate level unknown", change("participants", "female", "Female")),
    ("covariate out of range", change("participants", "female,34", "female,340")),
    ("episode type unknown", change("episodes", "E1,P1,occupancy", "E1,P1,occupied")),
    # Names of the study.
    ("arm unknown", change("participants", "P1,usual", "P1,usaul")),
    ("visit unknown", change("visits", "P1,month_6", "P1,month_06")),
    ("period unknown", change("resource_use", "months_1_6", "months_0_6")),
    ("item without a price", change("resource_use", "gp_visit", "gp_vist")),
    ("stay without a price", change("episodes", "acute_bed_day", "acute_bed")),
    ("instrument unknown", change("responses", "eq5d3l", "eq5d5l")),
    ("questionnaire item unknown", change("responses", "mobility", "mobilty")),
    ("level 4 in a 3L study", change("responses", "mobility,1", "mobility,4")),
    ("level 0", change("responses", "mobility,1", "mobility,0")),
    # Keys.
    ("participant twice", add("participants", "P1,new,north,2010-01-10,,,female,34")),
    ("visit twice", add("visits", "P1,month_6,2010-07-13,attended")),
    ("answer twice", add("responses", "P1,baseline,eq5d3l,mobility,2")),
    ("record twice", add("resource_use", "U1,P1,gp_visit,1,before,")),
    ("participant unknown in use", add("resource_use", "U6,P7,gp_visit,1,before,")),
    ("participant unknown in visits", add("visits", "P9,baseline,2010-01-10,attended")),
    ("participant unknown in episodes", change("episodes", "E5,P2", "E5,P22")),
    # Time.
    (
        "episode ends before it starts",
        change("episodes", "2010-03-01,2010-03-11", "2010-03-11,2010-03-01"),
    ),
    ("overlapping stays", change("episodes", "2010-03-11,2010-04-01", "2010-03-10,2010-04-01")),
    (
        "overlapping stays, one open",
        add("episodes", "E6,P2,occupancy,acute_bed_day,2010-12-01,2010-12-05"),
    ),
    (
        "overlapping spells of a status",
        add("episodes", "E6,P1,legal_status,detained,2010-03-15,2010-03-16"),
    ),
    ("death before randomisation", change("participants", "2010-05-01", "2009-05-01")),
    ("visit after death", change("visits", "P3,month_6,,dead", "P3,month_6,2010-08-01,attended")),
    (
        "visit before randomisation",
        change("visits", "P1,month_6,2010-07-12", "P1,month_6,2009-07-12"),
    ),
    ("visits out of order", change("visits", "P1,month_6,2010-07-12", "P1,month_6,2011-02-12")),
    (
        "missed visit with a date",
        change("visits", "P2,month_6,,missed", "P2,month_6,2010-07-12,missed"),
    ),
    ("dead without a date of death", change("visits", "P4,month_12,,missed", "P4,month_12,,dead")),
    ("answers at a missed visit", add("responses", "P2,month_6,eq5d3l,mobility,2")),
    ("answers after death", add("responses", "P3,month_12,eq5d3l,mobility,2")),
    ("answers at a visit without a row", change("visits", "P6,month_12,2011-03-04,attended\n", "")),
    ("stay after death", add("episodes", "E6,P3,occupancy,acute_bed_day,2010-06-01,2010-06-03")),
    (
        "period and date",
        change("resource_use", "gp_visit,3,months_1_6,", "gp_visit,3,months_1_6,2010-04-01"),
    ),
    ("neither period nor date", change("resource_use", "gp_visit,3,months_1_6,", "gp_visit,3,,")),
    ("covariate coded by numbers", number_sexes),
    ("flag against the rule", flag_everybody),
]


def test_the_study_is_sound_before_it_is_spoilt(tiny):
    tables, findings = tiny.check()
    assert findings == []
    assert set(tables["data_checks"]["severity"]) == {"passed"}


def test_every_case_has_its_sentences():
    assert [name for name, _ in MUTATIONS] == list(SENTENCES)
    assert len(MUTATIONS) >= 80


@pytest.mark.parametrize(("name", "mutate"), MUTATIONS, ids=[name for name, _ in MUTATIONS])
def test_a_spoilt_input_is_answered_in_sentences(tiny, name, mutate):
    mutate(tiny)
    with pytest.raises(Problems) as raised:
        tiny.read()
    told = str(raised.value).replace(str(tiny.folder), "<folder>")
    assert told.splitlines() == SENTENCES[name]
    assert "Traceback" not in told
    for finding in raised.value.findings:
        assert finding.file and finding.found and finding.allowed and finding.remedy


def test_all_mistakes_of_all_files_are_told_at_once(tiny):
    apart = ("arm unknown", "negative quantity", "overlapping stays", "level 4 in a 3L study")
    for name in apart:
        dict(MUTATIONS)[name](tiny)
    with pytest.raises(Problems) as raised:
        tiny.read()
    told = str(raised.value).splitlines()
    assert sorted(told) == sorted(line for name in apart for line in SENTENCES[name])
