"""Participants and visits, made from the exports that hold them."""

import re

import pandas as pd

from trialbalance.contracts import Finding, schema
from trialbalance.contracts.terms import first_day
from trialbalance.data.exports.answers import Import, read_answers
from trialbalance.data.exports.expanding import (
    Taken,
    chosen_rows,
    gathered,
    identifiers,
    with_origins,
)
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.origins import MARK, cell_names, marks_of, origins_of
from trialbalance.data.exports.tally import NO_ENTRY


def take_participants(job: Import) -> pd.DataFrame:
    """Return table participants, other exports joined by identifier.

    Parameters
    ----------
    job : Import
        The import; mistakes and counts go to it.

    Returns
    -------
    pandas.DataFrame of str
        One row a participant, in the order of the export.
    """
    block = job.mapping["participants"]
    export = job.exports[block["export"]]
    people = identifiers(job, export)
    if people is None:
        return pd.DataFrame({"participant_id": []}, dtype="str")
    rows = chosen_rows(job, block)
    job.tally.taken[export.name] |= set(rows)
    people = _each_once(job, export, people.loc[rows])
    id_column = {"column": job.mapping["exports"][export.name]["id"]}
    marks = origins_of(export, people.index, "", {"participant_id": id_column})
    found = {"participant_id": people} | dict(marks)
    kinds = {field["name"]: field for field in schema("participants")["fields"]}
    order = [name for name in kinds if name in block["columns"]]
    for name in [*order, *(name for name in block["columns"] if name not in kinds)]:
        kind = "date" if kinds.get(name, {}).get("type") == "date" else "word"
        if job.covariates.get(name, {}).get("type") == "number":
            kind = "number"
        found |= _column(job, export, people, name, block["columns"][name], kind)
    job.tally.used[export.name] |= set(people.index)
    job.tally.answers(export.name, "participants", len(rows), {NO_ENTRY: len(rows) - len(people)})
    job.tally.people = len(people)
    return pd.DataFrame(found).reset_index(drop=True)


def _each_once(job: Import, export: Export, people: pd.Series) -> pd.Series:
    """Return identifiers that are there, and say which stand twice."""
    column = job.mapping["exports"][export.name]["id"]
    named = people[people != ""]
    blank = export.cells.loc[people.index[people == ""]]
    filled = people[
        (people == "") & (blank != "").any(axis=1).reindex(people.index, fill_value=False)
    ]
    remedy = "fill it in, or leave the row out by rows of the mapping"
    job.cells_at_fault(export, column, filled, "an identifier in each row", remedy)
    twice = named[named.duplicated()]
    remedy = "name under rows which of the rows are participants, such as an event"
    job.cells_at_fault(export, column, twice, "each identifier once", remedy)
    return named.drop_duplicates()


def _column(
    job: Import, export: Export, people: pd.Series, name: str, source: dict, kind: str
) -> dict[str, pd.Series]:
    """Return a column of participants and its origins, of their own export or another's."""
    other = job.exports[source["export"] or export.name]
    if other.name == export.name:
        text = read_answers(job, export, people.index, source, "", kind)["text"]
        return {name: text} | dict(origins_of(export, people.index, "", {name: source}))
    keys = identifiers(job, other)
    if keys is None:
        return {name: pd.Series("", index=people.index)}
    keys = keys[keys.isin(set(people))]
    twice = keys[keys.duplicated()]
    id_column = job.mapping["exports"][other.name]["id"]
    remedy = "join an export with one row a participant"
    job.cells_at_fault(other, id_column, twice, "each identifier once", remedy)
    keys = keys.drop_duplicates()
    text = read_answers(job, other, keys.index, source, "", kind)["text"]
    job.tally.taken[other.name] |= set(keys.index)
    job.tally.used[other.name] |= set(keys.index)
    words = dict(zip(keys, text, strict=True))
    cells = dict(zip(keys, cell_names(other.name, keys.index, source["column"]), strict=True))
    return {
        to: people.map(lambda person, found=found: found.get(person, "")).astype("str")
        for to, found in ((name, words), (MARK + name, cells))
    }


def match_identifiers(job: Import, known: set[str]) -> None:
    """Count who is in which export, and stop at rows of nobody unless they may be set aside.

    Parameters
    ----------
    job : Import
        The import.
    known : set of str
        Identifiers of the participants.
    """
    for name, export in job.exports.items():
        people = identifiers(job, export)
        if people is None:
            continue
        strangers = people[~people.isin(known)]
        job.tally.unknown[name] = set(strangers.index)
        job.tally.absent[name] = len(known - set(people))
        column = job.mapping["exports"][name]["id"]
        if name != job.mapping["participants"]["export"]:
            blank = export.cells.loc[strangers.index[strangers == ""]].drop(columns=column)
            filled = strangers.loc[blank.index[(blank != "").any(axis=1)]]
            remedy = "fill it in, or delete the row"
            job.cells_at_fault(export, column, filled, "an identifier in each row", remedy)
        named = strangers[strangers != ""]
        alike = {_plain(one) for one in known}
        close = sum(_plain(one) in alike for one in named)
        # Rows may be set aside where others are of participants: not a whole export, and not those
        # that a lost zero keeps apart.
        nobody = not people.isin(known).any()
        told = job.mapping["exports"][name]["unmatched"]
        if len(named) and (told == "stop" or nobody or close):
            some = ", ".join(list(dict.fromkeys(named))[:3])
            absent = job.tally.absent[name]
            rows = (
                "1 row of an identifier" if len(named) == 1 else f"{len(named)} rows of identifiers"
            )
            found = f"{rows} that no participant has ({some})"
            found += f", and {absent} participant{'s' * (absent != 1)} without a row"
            remedy = f"correct them, or say exports.{name}.unmatched: set_aside"
            if told == "set_aside":
                remedy = "write them as the participants' are written, or leave the export out"
            if close:
                remedy = f"{close} match but for capitals or leading zeros: make them the same"
            row = int(named.index[0])
            allowed = "identifiers of participants"
            job.wrong.append(Finding(export.file, row, column, found, allowed, remedy))


def _plain(identifier: str) -> str:
    """Return an identifier without capitals, signs between and leading zeros."""
    return re.sub(r"0+(?=\d)", "", re.sub(r"[\W_]", "", identifier.lower()))


def take_visits(job: Import, people: pd.DataFrame) -> pd.DataFrame:
    """Return table visits: one row for each participant and visit that the mapping names.

    Parameters
    ----------
    job : Import
        The import.
    people : pandas.DataFrame
        Table participants.

    Returns
    -------
    pandas.DataFrame of str
        Columns participant_id, visit, date, status.
    """
    columns = ["participant_id", "visit", "date", "status"]
    came = gathered(job, "visits", people, columns, _visit)
    for block in job.mapping["visits"]:
        asked = len(people) * len(block["at"])
        job.tally.answers(block["export"], "visits", asked, {})
    _visit_once(job, came)
    came = came.drop_duplicates(["participant_id", "visit"])
    named = [name for block in job.mapping["visits"] for name in block["at"]]
    every = people[["participant_id"]].merge(pd.Series(list(dict.fromkeys(named)), name="visit"),
                                             how="cross")  # fmt: skip
    table = every.merge(came, on=["participant_id", "visit"], how="left").fillna("")
    table["status"] = table["status"].where(
        table["status"] != "", _missed(table, people, job.study)
    )
    return table[[*columns, *marks_of(table)]]


def _visit(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return one visit of those who have a row for it; status blank where nothing is told."""
    found = pd.DataFrame({"participant_id": taken.people, "visit": taken.name})
    came = pd.Series(False, index=taken.rows)
    found["date"] = ""
    if block["date"] is not None:
        found["date"] = read_answers(job, taken.export, taken.rows, block["date"], taken.mark,
                                     "date")["text"]  # fmt: skip
        came |= found["date"] != ""
    for column in block["attended"]:
        name = column.replace("{}", taken.mark)
        if job.has_column(taken.export, name):
            # A box not ticked, or a form not begun, is 0 in REDCap; elsewhere 0 is a count.
            empty = ["", "0"] if "___" in name or name.endswith("_complete") else [""]
            came |= ~taken.export.cells.loc[taken.rows, name].isin(empty)
    found["status"] = came.map({True: "attended", False: ""})
    if block["status"] is not None:
        told = read_answers(job, taken.export, taken.rows, block["status"], taken.mark)["text"]
        found["status"] = told.where(told != "", found["status"])
    found["export"], found["row"] = taken.export.file, taken.rows
    job.tally.used[taken.export.name] |= set(found.index[found["status"] != ""])
    sources = {"date": block["date"], "status": block["status"] or block["date"]}
    return with_origins(job, taken, found, list(found), **sources)


def _visit_once(job: Import, came: pd.DataFrame) -> None:
    """Say which visits stand twice."""
    twice = came[came.duplicated(["participant_id", "visit"])]
    if len(twice):
        first = twice.iloc[0]
        found = f"visit {first['visit']} of {first['participant_id']} a second time"
        remedy = "name under rows which of the rows count"
        row = int(twice["row"].iloc[0])
        allowed = "each visit once"
        job.wrong.append(
            Finding(first["export"], row, None, found, allowed, remedy, len(twice) - 1)
        )


def _missed(visits: pd.DataFrame, people: pd.DataFrame, study: dict) -> pd.Series:
    """Return dead where a visit was planned after the death, missed otherwise."""
    if "death_date" not in people:
        return pd.Series("missed", index=visits.index)
    own = people.set_index("participant_id").loc[visits["participant_id"]]
    start = pd.to_datetime(own["randomisation_date"], errors="coerce").reset_index(drop=True)
    death = pd.to_datetime(own["death_date"], errors="coerce").reset_index(drop=True)
    days = visits["visit"].map({name: first_day(time) for name, time in study["visits"].items()})
    planned = start + pd.to_timedelta(days.reset_index(drop=True).astype(float), unit="D")
    return (death <= planned).map({True: "dead", False: "missed"}).set_axis(visits.index)
