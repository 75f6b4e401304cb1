"""Checks of people, visits and answers across tables."""

from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, nearest
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.data.record_set import Records, day, finding

FIX = "correct one of the dates"


def death_before_randomisation(records: Records) -> list[Finding]:
    """Refuse a death dated before the index date.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime(["2011-12-31"])}, index=[2])
    >>> records = Records({"participants": people}, {"participants": "people.csv"}, {})
    >>> death_before_randomisation(records)[0].found
    '2011-12-31, before randomisation on 2012-01-01'
    """
    frame = records.tables["participants"]
    rows = frame["death_date"] < frame["randomisation_date"]

    def found(row: Any):
        return (
            f"{day(frame.loc[row, 'death_date'])}, before randomisation on "
            f"{day(frame.loc[row, 'randomisation_date'])}"
        )

    allowed = "a date on or after randomisation_date"
    return finding(
        records, "participants", rows, "death_date", found, allowed, "correct one of the dates"
    )


def empty_arms(records: Records) -> list[Finding]:
    """Note arms that nobody was randomised to.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"]})
    >>> study = {"arms": {"a": {}, "b": {}}}
    >>> records = Records({"participants": people}, {"participants": "people.csv"}, study)
    >>> empty_arms(records)[0].found
    'nobody in b'
    """
    table = "participants" if records.has("participants") else "totals"
    present = set(records.tables[table]["arm"].dropna())
    empty = [arm for arm in records.study["arms"] if arm not in present]
    found = f"nobody in {', '.join(empty)}"
    remedy = "remove the arm from the study file if it is not part of the trial"
    return (
        [Finding(records.files[table], None, "arm", found, None, remedy, severity="note")]
        if empty
        else []
    )


def visit_dates(records: Records) -> list[Finding]:
    """Hold dates of visits against status, index date and death."""
    frame = records.dated("visits", "visit", "date", "status")
    attended, dated = frame["status"] == "attended", frame["date"].notna()
    times = frame["visit"].map(records.study["visits"]).astype(float)
    early = frame["date"] < frame["randomisation_date"]

    def what(row: Any):
        return f"'{day(frame.loc[row, 'date'])}'"

    def beside(word: str, column: str):
        return lambda row: f"{what(row)}, {word} on {day(frame.loc[row, column])}"

    def contradicting(row: Any):
        return f"{what(row)} at a visit with status '{frame.loc[row, 'status']}'"

    before = beside("before randomisation", "randomisation_date")
    after = beside("after death", "death_date")

    def make(rows: Any, found: Any, allowed: Any, remedy: Any, severity: Any = "error"):
        return finding(records, "visits", rows, "date", found, allowed, remedy, severity)

    return [
        *make(early & (times > 0), before, "a date on or after randomisation_date", FIX),
        *make(early & (times <= 0), before, None, "taken as the baseline all the same", "note"),
        *make(dated & (frame["date"] > frame["death_date"]), after, "a date up to death", FIX),
        *make(
            dated & ~attended & frame["status"].notna(),
            contradicting,
            "a blank unless status is attended",
            "correct the status or remove the date",
        ),
        *make(
            attended & ~dated,
            lambda row: "an attended visit without a date",
            None,
            "its planned time will be used",
            "note",
        ),
    ]


def visit_order(records: Records) -> list[Finding]:
    """Refuse a visit dated on or before an earlier visit of the same participant.

    Examples
    --------
    >>> visits = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m6"],
    ...     "date": pd.to_datetime(["2012-07-01", "2012-01-01"])}, index=[2, 3])
    >>> study = {"visits": {"m0": 0.0, "m6": 0.5}}
    >>> visit_order(Records({"visits": visits}, {"visits": "visits.csv"}, study))[0].found
    "'2012-01-01' for m6, not after m0 on 2012-07-01 (row 2)"
    """
    frame = records.tables["visits"]
    times = frame["visit"].map(records.study["visits"]).astype(float)
    frame = frame.assign(time=times, row=frame.index)
    frame = frame[frame["date"].notna() & frame["time"].notna()]
    frame = frame.sort_values(["participant_id", "time"], kind="stable")
    last = frame.groupby("participant_id")[["date", "visit", "row"]].shift()
    rows = (frame["date"] <= last["date"]).sort_index()

    def found(row: Any):
        before = last.loc[row]
        return (
            f"'{day(frame.loc[row, 'date'])}' for {frame.loc[row, 'visit']}, not after "
            f"{before['visit']} on {day(before['date'])} (row {int(before['row'])})"
        )

    return finding(
        records, "visits", rows, "date", found, "visits dated in their order", "correct the dates"
    )


def visit_deaths(records: Records) -> list[Finding]:
    """Hold visits marked dead against the dates of death."""
    frame = records.dated("visits", "visit", "status")
    dead = frame["status"] == "dead"
    planned = frame["visit"].map(records.study["visits"]).astype(float) * DAYS_A_YEAR
    planned = frame["randomisation_date"] + pd.to_timedelta(planned.round(), unit="D")
    unknown = dead & frame["death_date"].isna() & frame["randomisation_date"].notna()
    late = ~dead & (frame["death_date"] < planned) & frame["status"].isin(["missed", "withdrawn"])

    def without(row: Any):
        return f"'dead' for {frame.loc[row, 'participant_id']}, who has no death_date"

    def not_dead(row: Any):
        return (
            f"'{frame.loc[row, 'status']}' at a visit planned after death on "
            f"{day(frame.loc[row, 'death_date'])}"
        )

    return [
        *finding(
            records,
            "visits",
            unknown,
            "status",
            without,
            "dead only where participants give a death_date",
            "add the date of death",
        ),
        *finding(
            records,
            "visits",
            late,
            "status",
            not_dead,
            None,
            "counted as dead, not as missing",
            "note",
        ),
    ]


def visits_absent(records: Records) -> list[Finding]:
    """Note participants without a row for each visit.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"]})
    >>> visits = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"]})
    >>> tables = {"participants": people, "visits": visits}
    >>> study = {"visits": {"m0": 0.0, "m6": 0.5}}
    >>> visits_absent(Records(tables, {"visits": "v.csv"}, study))[0].found
    '1 of 2 combinations of participant and visit without a row'
    """
    expected = len(records.tables["participants"]) * len(records.study["visits"])
    known = records.tables["participants"]["participant_id"]
    rows = records.tables["visits"]
    have = rows[rows["participant_id"].isin(known)].drop_duplicates(["participant_id", "visit"])
    lacking = expected - len(have)
    if lacking <= 0:
        return []
    found = f"{lacking} of {expected} combinations of participant and visit without a row"
    remedy = "they count as missed"
    return [Finding(records.files["visits"], None, None, found, None, remedy, severity="note")]


def answers_without_visit(records: Records) -> list[Finding]:
    """Refuse answers given at a visit that was not attended."""
    frame = records.tables["responses"]
    if frame.empty:
        return []
    keys = ["participant_id", "visit"]
    visits = records.tables["visits"].drop_duplicates(keys).set_index(keys)
    status = frame[keys].join(visits[["status"]], on=keys)["status"]
    known = frame["participant_id"].isin(records.tables["participants"]["participant_id"])
    known &= frame["visit"].isin(list(records.study["visits"]))
    known &= ~pd.MultiIndex.from_frame(frame[keys]).isin(visits.index)
    known &= not records.lost & {"participants", "visits"}

    def place(row: Any):
        return f"{frame.loc[row, 'participant_id']} at {frame.loc[row, 'visit']}"

    return [
        *finding(
            records,
            "responses",
            status.notna() & (status != "attended"),
            "visit",
            lambda row: f"an answer of {place(row)}, whose status is '{status.loc[row]}'",
            "answers at attended visits only",
            "correct the status or remove the answer",
        ),
        *finding(
            records,
            "responses",
            known,
            "visit",
            lambda row: f"an answer of {place(row)}, a visit without a row in table visits",
            "answers at attended visits only",
            "add the visit to table visits",
        ),
    ]


def visits_without_answers(records: Records) -> list[Finding]:
    """Note attended visits without a single answer."""
    frame = records.tables["visits"]
    keys = ["participant_id", "visit"]
    answered = pd.MultiIndex.from_frame(records.tables["responses"][keys].dropna())
    silent = (frame["status"] == "attended") & ~pd.MultiIndex.from_frame(frame[keys]).isin(answered)

    def found(row: Any):
        who, when = frame.loc[row, "participant_id"], frame.loc[row, "visit"]
        return f"no answers of {who} at {when}, an attended visit"

    remedy = "its questionnaires count as missing"
    return finding(records, "visits", silent, None, found, None, remedy, "note")


def answers_possible(records: Records) -> list[Finding]:
    """Hold items and levels against what each questionnaire can hold."""
    frame, findings = records.tables["responses"], []
    for name, tool in records.questionnaires.items():
        mine = frame["instrument"] == name
        levels = frame["level"].astype("Float64")
        wrong = mine & ((levels < 1) | (levels > tool["levels"])).fillna(False)
        findings += finding(
            records,
            "responses",
            wrong,
            "level",
            lambda row: f"{frame.loc[row, 'level']} for {frame.loc[row, 'item']}",
            f"1 to {tool['levels']} in {name}, or blank",
            "correct the answer, or name the questionnaire that was given",
        )
        if not tool["items"]:
            continue
        strange = mine & frame["item"].notna() & ~frame["item"].isin(tool["items"])
        first = frame.loc[strange, "item"].iloc[0] if strange.any() else ""
        close = nearest(first, tool["items"])
        findings += finding(
            records,
            "responses",
            strange,
            "item",
            lambda row: f"'{frame.loc[row, 'item']}'",
            f"items of {name}: {', '.join(tool['items'])}",
            f"perhaps '{close}' was meant" if close else "correct it",
        )
    return findings
