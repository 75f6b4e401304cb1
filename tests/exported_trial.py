"""The template trial as a trial unit might export it: one truth, in many programs, wide and dirty.

Every figure is simulated, as the template's are.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from trialbalance import house

TABLES = ("participants", "visits", "responses", "resource_use", "episodes")
ARMS = {"new_service": 1, "usual_care": 2}
SEXES = {"female": 0, "male": 1}
MARKS = {"baseline": "0", "month_6": "6", "month_12": "12"}
ASKED = {"months_1_6": "6", "months_7_12": "12"}
ITEMS = {
    "mobility": "mo",
    "self_care": "sc",
    "usual_activities": "ua",
    "pain_discomfort": "pd",
    "anxiety_depression": "ad",
}
STATUS = {"attended": 1, "missed": 2, "dead": 3, "withdrawn": 4}
LABELS = {
    "alloc": {1: "New service", 2: "Usual care"},
    "sex": {0: "Female", 1: "Male"},
    **{f"status_{mark}": {1: "Came", 2: "Missed", 3: "Died", 4: "Withdrew"} for mark in "06"},
    "status_12": {1: "Came", 2: "Missed", 3: "Died", 4: "Withdrew"},
    "clinic_any_6": {1: "Yes", 2: "No"},
    "clinic_any_12": {1: "Yes", 2: "No"},
}
PERSON = ("study_id", "alloc", "centre", "rand_date", "death_dt", "excl_reason", "sex", "age")


def truth() -> dict[str, pd.DataFrame]:
    """Return the template's tables, with some answers of attended visits not given.

    A few quantities are blank (asked, not answered) and a few levels too, as in any real trial.
    """
    folder = house.resources() / "template" / "data"
    tables = {
        name: pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
        for name in TABLES
    }
    use, visits = tables["resource_use"], tables["visits"]
    came = visits[visits["status"] == "attended"]
    kept = use["date"] != ""
    for period, visit in (("months_1_6", "month_6"), ("months_7_12", "month_12")):
        there = set(came.loc[came["visit"] == visit, "participant_id"])
        kept |= (use["period"] == period) & use["participant_id"].isin(there)
    use = use[kept].copy()
    counted = use.index[(use["date"] == "")]
    use.loc[counted[5::29], "quantity"] = ""
    levels = tables["responses"]["level"].copy()
    levels.iloc[3::97] = ""
    tables["responses"] = tables["responses"].assign(level=levels)
    return tables | {"resource_use": use}


def wide(tables: dict[str, pd.DataFrame], missing: object = None) -> pd.DataFrame:
    """Return a row for each participant; ``missing`` stands where nothing was answered."""
    people = tables["participants"].set_index("participant_id")
    table = pd.DataFrame(index=people.index)
    table["alloc"] = people["arm"].map(ARMS)
    table["centre"] = people["site"]
    table["rand_date"] = people["randomisation_date"]
    table["death_dt"] = people["death_date"]
    table["excl_reason"] = people["exclusion"]
    table["sex"] = people["sex"].map(SEXES)
    table["age"] = people["age"].astype(int)
    parts = [table]
    for visit, mark in MARKS.items():
        parts.append(_visit(tables, people, visit, mark, missing))
    for period, mark in ASKED.items():
        parts.append(_use(tables, people, period, mark, missing))
    dated = tables["resource_use"].query("date != ''").set_index("participant_id")
    parts.append(dated["date"].reindex(people.index).rename("assess_dt").to_frame())
    parts.append(stays_wide(tables, people))
    found = pd.concat(parts, axis=1).assign(free_text="nothing, of note")
    return found.rename_axis("study_id").reset_index()


def _visit(tables, people, visit, mark, missing):
    """Return date, status and questionnaire of one visit."""
    found = pd.DataFrame(index=people.index)
    own = tables["visits"].query("visit == @visit").set_index("participant_id")
    found[f"visit_dt_{mark}"] = own["date"].reindex(people.index).fillna("")
    found[f"status_{mark}"] = own["status"].reindex(people.index).map(STATUS)
    answers = tables["responses"].query("visit == @visit")
    there = set(answers["participant_id"])
    for item, word in ITEMS.items():
        level = answers[answers["item"] == item].set_index("participant_id")["level"]
        found[f"eq_{word}_{mark}"] = [
            None if p not in there else int(level[p]) if level.get(p) else missing
            for p in people.index
        ]
    return found


def _use(tables, people, period, mark, missing):
    """Return the counts of one period: a count, a pair of questions, and a product."""
    rows = tables["resource_use"].query("period == @period")
    visits = tables["visits"][tables["visits"]["visit"] == f"month_{mark}"]
    own = visits.set_index("participant_id")["status"]
    columns: dict[str, list] = {
        f"{word}_{mark}": [] for word in ("nurse_n", "clinic_any", "clinic_n", "care_min", "care_d")
    }

    def quantity(person, item):
        mine = rows[(rows["participant_id"] == person) & (rows["item"] == item)]["quantity"]
        return "0" if mine.empty else mine.iloc[0]

    for person in people.index:
        values: list[object] = [None] * 5
        if own[person] == "attended":
            nurse, clinic = quantity(person, "nurse_visit"), quantity(person, "clinic_visit")
            care = quantity(person, "informal_care_hour")
            values[0] = int(nurse) if nurse else missing
            values[1] = 2 if clinic == "0" else 1
            values[2] = None if clinic == "0" else int(clinic) if clinic else missing
            values[3] = int(care) * 60 // 3 if care else missing
            values[4] = 3
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return pd.DataFrame(columns, index=people.index, dtype="object")


def stays_wide(tables, people):
    """Return admissions and discharges in places."""
    stays = tables["episodes"]
    place = stays.groupby("participant_id").cumcount() + 1
    found = pd.DataFrame(index=people.index)
    for number in (1, 2):
        mine = stays[place == number].set_index("participant_id")
        found[f"adm_{number}"] = mine["start_date"].reindex(people.index).fillna("")
        found[f"dis_{number}"] = mine["end_date"].reindex(people.index).fillna("")
    return found


def text_columns(table: pd.DataFrame, day: str = "%d/%m/%Y") -> pd.DataFrame:
    """Return a wide table with dates as a trial unit writes them, and all else as text."""
    found = table.astype("object").where(table.notna(), "")
    found = found.map(lambda cell: f"{cell:g}" if isinstance(cell, float) else str(cell))
    for name in found:
        if name.endswith(("_date", "_dt")) or name.startswith(("visit_dt", "adm_", "dis_")):
            days = pd.to_datetime(found[name].where(found[name] != ""), format="%Y-%m-%d")
            found[name] = days.dt.strftime(day).astype("object").fillna("")
    return found


def write_csv(folder: Path) -> None:
    """Write a text of Windows: semicolons, cp1252, decimal commas, dates by day, code -9."""
    table = text_columns(wide(truth(), -9)).drop(columns=["centre"])
    for name in ("care_min_6", "care_min_12"):
        table[name] = table[name].map(lambda cell: f"{cell},0" if cell not in ("", "-9") else cell)
    table["free_text"] = "café; none"
    text = table.to_csv(index=False, sep=";", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    (folder / "wide.csv").write_bytes(text.encode("cp1252"))
    centres = truth()["participants"][["participant_id", "site"]]
    centres = centres.set_axis(["ID", "Centre"], axis=1).iloc[::-1]
    stray = pd.DataFrame({"ID": ["X999"], "Centre": ["north"]})
    pd.concat([centres, stray]).to_csv(folder / "centres.csv", index=False)


def write_stata(folder: Path) -> None:
    """Write Stata: labels of values, extended missing .a refused and .b not asked."""
    import pyreadstat

    table = wide(truth(), "a")
    missing = {
        name: ["a"]
        for name in table
        if table[name].map(lambda cell: cell == "a").any() and name != "free_text"
    }
    labels: dict[str, dict] = {name: dict(words) for name, words in LABELS.items()}
    for name in missing:
        labels[name] = {**labels.get(name, {}), "a": "refused"}
    for name in [column for column in table if column.startswith(("eq_", "nurse", "care", "clin"))]:
        table[name] = table[name].map(
            lambda v: v if isinstance(v, str) else None if pd.isna(v) else int(v)
        )
    for name in ("death_dt", "rand_date", "assess_dt", *(n for n in table if "_dt_" in n)):
        table[name] = pd.to_datetime(table[name].replace("", None)).dt.date
    pyreadstat.write_dta(
        table.astype("object").where(table.notna(), None),
        str(folder / "wide.dta"),
        version=14,
        column_labels=[f"Label of {name}" for name in table],
        variable_value_labels=labels,
        missing_user_values=missing,
    )


def write_spss(folder: Path) -> None:
    """Write SPSS: user missing -9 (not answered) and -8 (not asked)."""
    import pyreadstat

    table = wide(truth(), -9)
    numbers = [n for n in table if n.startswith(("eq_", "nurse_n", "clinic_n", "care_"))]
    for name in numbers:
        table[name] = pd.to_numeric(table[name])
    for name in ("clinic_any_6", "clinic_any_12"):
        table[name] = pd.to_numeric(table[name])
    # Of people who did not come the unit codes -8, not asked.
    for name in ("nurse_n_6", "nurse_n_12"):
        table[name] = table[name].fillna(-8)
    pyreadstat.write_sav(
        table.fillna({n: "" for n in table.select_dtypes("str")}),
        str(folder / "wide.sav"),
        variable_value_labels=LABELS | {n: {-9: "No answer", -8: "Not asked"} for n in numbers},
        missing_ranges={n: [{"lo": -9, "hi": -8}] for n in numbers},
    )


def write_excel(folder: Path) -> None:
    """Write Excel: a title and a remark above the header, real dates, stays on a second sheet."""
    import openpyxl

    tables = truth()
    table = wide(tables, "n/a").drop(columns=["adm_1", "adm_2", "dis_1", "dis_2"])
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Data"
    page.append(["Trial data, simulated"])
    page.merge_cells("A1:D1")
    page.append([])
    page.append(list(table))
    for row in table.astype("object").where(table.notna(), None).to_numpy():
        cells = [None if cell == "" else cell for cell in row]
        page.append(
            [pd.Timestamp(cell).to_pydatetime() if _is_day(cell) else cell for cell in cells]
        )
    page["B5"].comment = openpyxl.comments.Comment("checked by hand", "trial unit")
    stays = book.create_sheet("Stays")
    stays.append(["participant", "ward", "admitted", "nights"])
    for row in tables["episodes"].to_dict("records"):
        start, end = pd.Timestamp(row["start_date"]), pd.Timestamp(row["end_date"])
        stays.append([row["participant_id"], "W1", start.to_pydatetime(), (end - start).days])
    book.save(folder / "wide.xlsx")


def _is_day(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) == 10 and cell[4] == "-" and cell[7] == "-"


def write_redcap(folder: Path) -> None:
    """Write REDCap: events as rows, a repeating instrument, checkboxes, and the dictionary."""
    tables = truth()
    flat = text_columns(wide(tables, ""), "%Y-%m-%d").set_index("study_id")
    own = tables["visits"].set_index(["participant_id", "visit"])["status"]
    rows = []
    for person in flat.index:
        for visit, mark in MARKS.items():
            row = {
                "record_id": person,
                "redcap_event_name": f"{visit}_arm_{flat.loc[person, 'alloc']}",
                "redcap_repeat_instrument": "",
                "redcap_repeat_instance": "",
            }
            if visit == "baseline":
                row |= {name: flat.loc[person, name] for name in PERSON[1:]}
                row["assess_dt"] = flat.loc[person, "assess_dt"]
            row["visit_date"] = flat.loc[person, f"visit_dt_{mark}"]
            row["status"] = flat.loc[person, f"status_{mark}"]
            row |= {f"eq_{w}": flat.loc[person, f"eq_{w}_{mark}"] for w in ITEMS.values()}
            if mark != "0":
                row["nurse_n"] = flat.loc[person, f"nurse_n_{mark}"]
                any_clinic = flat.loc[person, f"clinic_any_{mark}"] == "1"
                row["services___1"] = "1" if any_clinic else "0"
                row["services____9"] = "0"
                row["clinic_n"] = flat.loc[person, f"clinic_n_{mark}"]
                row["care_min"] = flat.loc[person, f"care_min_{mark}"]
                row["care_d"] = flat.loc[person, f"care_d_{mark}"]
            row["resource_use_complete"] = "2" if own[(person, visit)] == "attended" else "0"
            rows.append(row)
        stays = tables["episodes"].query("participant_id == @person")
        for number, stay in enumerate(stays.to_dict("records"), start=1):
            rows.append(
                {
                    "record_id": person,
                    "redcap_event_name": f"baseline_arm_{flat.loc[person, 'alloc']}",
                    "redcap_repeat_instrument": "hospital_stay",
                    "redcap_repeat_instance": str(number),
                    "adm": stay["start_date"],
                    "dis": stay["end_date"],
                }
            )
    table = pd.DataFrame(rows).fillna("")
    table.to_csv(folder / "redcap.csv", index=False)
    _dictionary(table).to_csv(folder / "dictionary.csv", index=False)


def _dictionary(table: pd.DataFrame) -> pd.DataFrame:
    """Return the data dictionary of the REDCap export."""
    choices = {
        "alloc": ("radio", "Allocation", "1, New service | 2, Usual care"),
        "sex": ("radio", "Sex", "0, Female | 1, Male"),
        "status": (
            "dropdown",
            "What became of the visit",
            "1, Came | 2, Missed | 3, Died | 4, Withdrew",
        ),
        "services": ("checkbox", "Services <b>used</b>", "1, Outpatient clinic | -9, Not known"),
    }
    rows = [
        {
            "Variable / Field Name": name,
            "Form Name": "crf",
            "Field Type": kind,
            "Field Label": label,
            "Choices, Calculations, OR Slider Labels": words,
        }
        for name, (kind, label, words) in choices.items()
    ]
    plain = [name for name in table if name not in choices and "___" not in name]
    rows += [
        {
            "Variable / Field Name": name,
            "Form Name": "crf",
            "Field Type": "text",
            "Field Label": f"Label of {name}",
            "Choices, Calculations, OR Slider Labels": "",
        }
        for name in plain
        if not name.startswith("redcap_")
    ]
    return pd.DataFrame(rows)


def write_sdtm(folder: Path) -> None:
    """Write SDTM transport files: dm, sv, qs, ho and a custom domain of use, zu."""
    import pyreadstat

    tables = truth()
    people = tables["participants"]
    dm = pd.DataFrame(
        {
            "USUBJID": people["participant_id"],
            "ARMCD": people["arm"].map({"new_service": "NEW", "usual_care": "USUAL"}),
            "SITEID": people["site"],
            "RFSTDTC": people["randomisation_date"],
            "DTHDTC": people["death_date"],
            "SEX": people["sex"].map({"female": "F", "male": "M"}),
            "AGE": people["age"].astype(float),
        }
    )
    ds = people.query("exclusion != ''")[["participant_id", "exclusion"]]
    ds = ds.set_axis(["USUBJID", "DSTERM"], axis=1)
    visits = tables["visits"]
    sv = pd.DataFrame(
        {
            "USUBJID": visits["participant_id"],
            "VISIT": visits["visit"].str.upper(),
            "SVSTDTC": visits["date"],
            "SVOCCUR": visits["status"].map({"attended": "Y"}).fillna("N"),
            "SVREASOC": visits["status"],
        }
    )
    answers = tables["responses"]
    codes = {item: f"EQ0{number}" for number, item in enumerate(ITEMS, start=1)}
    qs = pd.DataFrame(
        {
            "USUBJID": answers["participant_id"],
            "QSTESTCD": answers["item"].map(codes),
            "QSSTRESN": pd.to_numeric(answers["level"].replace("", np.nan)),
            "QSSTAT": answers["level"].map(lambda cell: "" if cell else "NOT DONE"),
            "VISIT": answers["visit"].str.upper(),
        }
    )
    stays = tables["episodes"]
    ho = pd.DataFrame(
        {
            "USUBJID": stays["participant_id"],
            "HOTERM": "HOSPITAL",
            "HOSTDTC": stays["start_date"],
            "HOENDTC": stays["end_date"],
        }
    )
    use = tables["resource_use"]
    zu = pd.DataFrame(
        {
            "USUBJID": use["participant_id"],
            "ZUTRT": use["item"].str.upper(),
            "ZUQTY": pd.to_numeric(use["quantity"].replace("", np.nan)),
            "ZUEVLINT": use["period"].map({"months_1_6": "M6", "months_7_12": "M12"}).fillna(""),
            "ZUSTDTC": use["date"],
        }
    )
    for name, table in {"dm": dm, "ds": ds, "sv": sv, "qs": qs, "ho": ho, "zu": zu}.items():
        pyreadstat.write_xport(
            table, str(folder / f"{name}.xpt"), table_name=name.upper(), file_format_version=5
        )


HEAD = """
  columns:
    arm: {column: alloc, recode: {1: new_service, 2: usual_care}}
    site: SITE
    randomisation_date: {column: rand_date, dates: DAY}
    death_date: {column: death_dt, dates: DAY}
    exclusion: excl_reason
    sex: {column: sex, recode: {0: female, 1: male}}
    age: age
"""
REST = """
visits:
  - at: {baseline: "0", month_6: "6", month_12: "12"}
    date: {column: "visit_dt_{}", dates: DAY}
    status: {column: "status_{}", recode: {1: attended, 2: missed, 3: dead, 4: withdrawn}}
responses:
  - at: {baseline: "0", month_6: "6", month_12: "12"}
    instrument: eq5d3l
    items:
      mobility: eq_mo_{}
      self_care: eq_sc_{}
      usual_activities: eq_ua_{}
      pain_discomfort: eq_pd_{}
      anxiety_depression: eq_ad_{}
resource_use:
  - item: nurse_visit
    at: {months_1_6: "6", months_7_12: "12"}
    quantity: nurse_n_{}
    zeros: left_out
  - item: clinic_visit
    at: {months_1_6: "6", months_7_12: "12"}
    used: {column: "clinic_any_{}", recode: {1: "yes", 2: "no"}}
    quantity: clinic_n_{}
    zeros: left_out
  - item: informal_care_hour
    at: {months_1_6: "6", months_7_12: "12"}
    product: [{column: "care_min_{}", times: 1/60}, "care_d_{}"]
    zeros: left_out
  - item: assessment
    quantity: {value: 1}
    date: {column: assess_dt, dates: DAY}
"""
STAYS = """
episodes:
  - item: hospital_night
    at: [1, 2]
    start: {column: "adm_{}", dates: DAY}
    end: {column: "dis_{}", dates: DAY}
"""


def wide_mapping(exports: str, day: str, site: str = "centre", stays: str = STAYS) -> str:
    """Return the mapping of a wide export."""
    text = f"exports:\n{exports}participants:{HEAD}{REST}{stays}"
    return text.replace("SITE", site).replace("DAY", day)


CSV = wide_mapping(
    "  main: {file: wide.csv, id: study_id, missing: {-9: not_answered}}\n"
    "  centres: {file: centres.csv, id: ID, unmatched: set_aside}\n",
    '"%d/%m/%Y"',
    "{export: centres, column: Centre}",
)
STATA = wide_mapping("  main: {file: wide.dta, id: study_id, missing: {.a: not_answered}}\n", "[]")
SPSS = wide_mapping(
    "  main: {file: wide.sav, id: study_id, missing: {-9: not_answered, -8: not_asked}}\n", "[]"
)
EXCEL = wide_mapping(
    "  main: {file: wide.xlsx, sheet: Data, id: study_id, missing: {n/a: not_answered}}\n"
    "  stays: {file: wide.xlsx, sheet: Stays, id: participant}\n",
    "[]",
    stays="""
episodes:
  - export: stays
    item: hospital_night
    start: admitted
    nights: nights
""",
)
ROWS = '{redcap_event_name: ["{}_arm_1", "{}_arm_2"], redcap_repeat_instrument: ""}'
REDCAP = (
    wide_mapping("  main: {file: redcap.csv, id: record_id, dictionary: dictionary.csv}\n", "[]")
    .replace("participants:", "participants:\n  rows: {redcap_event_name: [baseline_arm_1, "
             'baseline_arm_2], redcap_repeat_instrument: ""}')
    .replace('at: {baseline: "0", month_6: "6", month_12: "12"}',
             f"at: [baseline, month_6, month_12]\n    rows: {ROWS}")
    .replace('at: {months_1_6: "6", months_7_12: "12"}',
             f"at: {{months_1_6: month_6, months_7_12: month_12}}\n    rows: {ROWS}")
    .replace('"visit_dt_{}"', "visit_date")
    .replace('{column: "clinic_any_{}", recode: {1: "yes", 2: "no"}}', "services___1")
    .replace("assess_dt, dates: []}", "assess_dt}\n    rows: {redcap_repeat_instrument: \"\"}")
    .replace("at: [1, 2]", "rows: {redcap_repeat_instrument: hospital_stay}")
    .replace("_{}", "")
)  # fmt: skip
SDTM = """
exports:
  main: {file: dm.xpt, id: USUBJID}
  ds: {file: ds.xpt, id: USUBJID}
  sv: {file: sv.xpt, id: USUBJID}
  qs: {file: qs.xpt, id: USUBJID}
  ho: {file: ho.xpt, id: USUBJID}
  zu: {file: zu.xpt, id: USUBJID}
participants:
  columns:
    arm: {column: ARMCD, recode: {NEW: new_service, USUAL: usual_care}}
    site: SITEID
    randomisation_date: RFSTDTC
    death_date: DTHDTC
    exclusion: {export: ds, column: DSTERM}
    sex: {column: SEX, recode: {F: female, M: male}}
    age: AGE
visits:
  - export: sv
    at: {baseline: BASELINE, month_6: MONTH_6, month_12: MONTH_12}
    rows: {VISIT: "{}"}
    date: SVSTDTC
    status: SVREASOC
responses:
  - export: qs
    at: {baseline: BASELINE, month_6: MONTH_6, month_12: MONTH_12}
    rows: {VISIT: "{}"}
    instrument: eq5d3l
    item: {column: QSTESTCD, recode: {EQ01: mobility, EQ02: self_care, EQ03: usual_activities,
           EQ04: pain_discomfort, EQ05: anxiety_depression}}
    level: QSSTRESN
resource_use:
  - export: zu
    at: {months_1_6: M6, months_7_12: M12}
    rows: {ZUEVLINT: "{}"}
    item: {column: ZUTRT, recode: {NURSE_VISIT: nurse_visit, CLINIC_VISIT: clinic_visit,
           INFORMAL_CARE_HOUR: informal_care_hour}}
    quantity: ZUQTY
  - export: zu
    rows: {ZUEVLINT: ""}
    item: assessment
    quantity: ZUQTY
    date: ZUSTDTC
episodes:
  - export: ho
    item: hospital_night
    start: HOSTDTC
    end: HOENDTC
"""
EXPORTS = {
    "csv": (write_csv, CSV),
    "stata": (write_stata, STATA),
    "spss": (write_spss, SPSS),
    "excel": (write_excel, EXCEL),
    "redcap": (write_redcap, REDCAP),
    "sdtm": (write_sdtm, SDTM),
}


def write_study(folder: Path, kind: str) -> Path:
    """Write a study that hands over an export of one kind, and return its study.yaml."""
    write, mapping = EXPORTS[kind]
    folder.mkdir(parents=True)
    write(folder)
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    template = house.resources() / "template"
    text = (template / "study.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("  door: records")
    _, _, after = rest.partition("  covariates:")
    (folder / "study.yaml").write_text(
        f"{before}  door: export\n  covariates:{after}", encoding="utf-8"
    )
    for name in ("unit_costs.csv", "price_index.csv", "analysis_plan.md"):
        (folder / name).write_bytes((template / name).read_bytes())
    return folder / "study.yaml"
