"""Answers to questionnaires, spells and events in law, made from the exports that hold them."""

import pandas as pd

from trialbalance.data.exports.answers import Import, read_answers
from trialbalance.data.exports.expanding import Taken, record_ids, with_origins
from trialbalance.data.exports.origins import marks_of, origins_of
from trialbalance.data.exports.tally import NO_ENTRY, NOT_ASKED, NOT_ATTENDED

RESPONSES = ["participant_id", "visit", "instrument", "item", "level"]
MEASURES = ["participant_id", "visit", "measure", "value"]
# What a score and what it is of are called among answers, and among measures.
AS_MEASURES = {"item": "measure", "level": "value", "@item": "@measure", "@level": "@value"}
EPISODES = ["record_id", "participant_id", "type", "item", "start_date", "end_date"]
EVENTS = ["record_id", "participant_id", "event", "date", "time", "finding"]


def _responses(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return one row for each item of a questionnaire given; a blank level was not answered."""
    answers = _items(job, block, taken) if block["items"] else _tall(job, block, taken)
    return _given(job, "responses", taken, answers.assign(instrument=block["instrument"]))


def _measures(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return one row for each measure at a visit that was attended; a blank score is missing."""
    named = block | {"items": block["measures"], "item": block["measure"]}
    named |= {"level": block["value"]}
    answers = _items(job, named, taken) if named["items"] else _tall(job, named, taken)
    found = _given(job, "measures_given", taken, answers.assign(instrument=""))
    found = found.rename(columns=AS_MEASURES)
    return found[[*MEASURES, *marks_of(found)]]


def _items(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return the answers of a questionnaire with a column for each item, person by person."""
    parts = []
    for number, (item, source) in enumerate(block["items"].items()):
        found = read_answers(job, taken.export, taken.rows, source, taken.mark, "number")
        marks = origins_of(taken.export, taken.rows, taken.mark, {"level": source})
        parts.append(found.assign(item=item, number=number, row=taken.rows).join(marks))
    return pd.concat(parts).sort_values(["row", "number"], kind="stable")


def _tall(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return the answers of a questionnaire with a row for each answer."""
    found = read_answers(job, taken.export, taken.rows, block["level"], taken.mark, "number")
    item = read_answers(job, taken.export, taken.rows, block["item"], taken.mark)["text"]
    sources = {"level": block["level"], "item": block["item"]}
    marks = origins_of(taken.export, taken.rows, taken.mark, sources)
    return found.assign(item=item, row=taken.rows).join(marks)


def _given(job: Import, name: str, taken: Taken, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the answers of a table where they were asked for, and count where they were not."""
    table = answers.rename(columns={"text": "level"})
    table["participant_id"] = taken.people.loc[table.index]
    table["visit"] = taken.name
    why = pd.Series("", index=range(len(table)), dtype="object")
    table = table.reset_index(drop=True)
    why[table["reason"] == "not_asked"] = NOT_ASKED
    silent = (table["level"] == "").groupby(table["row"]).transform("all")
    if taken.came is None:
        why[silent] = NO_ENTRY
    else:
        absent = pd.Series(
            [(person, taken.name) not in taken.came for person in table["participant_id"]],
            index=table.index,
            dtype=bool,
        )
        why[absent & (table["level"] == "")] = NOT_ATTENDED
    kept = why == ""
    export, aside = taken.export.name, why[~kept].value_counts().to_dict()
    job.tally.answers(export, name, len(table), aside)
    job.tally.used[export] |= set(table.loc[kept, "row"])
    table = table[kept].set_index("row")
    return with_origins(job, taken, table, [*RESPONSES, *marks_of(table)])


def _spells(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return one row for each spell; a place in names of columns without a date is none."""
    table = pd.DataFrame({"participant_id": taken.people, "type": block["type"]})
    table["item"] = read_answers(job, taken.export, taken.rows, block["item"], taken.mark)["text"]
    start, end = block["start"], block["end"]
    table["start_date"] = _dates(job, taken, start)
    if end is not None:
        table["end_date"] = _dates(job, taken, end)
    else:
        nights = read_answers(job, taken.export, taken.rows, block["nights"], taken.mark, "number")
        first = pd.to_datetime(table["start_date"], errors="coerce")
        days = pd.to_numeric(nights["text"], errors="coerce")
        last = first + pd.to_timedelta(days, unit="D")
        table["end_date"] = last.dt.strftime("%Y-%m-%d").astype("object").fillna("")
        unknown = table.index[(table["start_date"] != "") & (nights["text"] == "")]
        column = str(block["nights"]["column"]).replace("{}", taken.mark)
        cells = nights["text"].loc[unknown]
        remedy = "fill it in, or take end from a column of dates"
        job.cells_at_fault(taken.export, column, cells, "a number of nights for each stay", remedy)
    headless = (table["start_date"] == "") & (table["end_date"] != "")
    column = str(start["column"]).replace("{}", taken.mark)
    cells = table["start_date"][headless]
    job.cells_at_fault(taken.export, column, cells, "a start for each end", "fill it in")
    kept = table["start_date"] != ""
    found = _counted(job, taken, table, kept, block, "episodes", start)
    sources = {"item": block["item"], "start_date": start, "end_date": end or block["nights"]}
    return with_origins(job, taken, found, EPISODES, **sources)


def _dates(job: Import, taken: Taken, source: dict) -> pd.Series:
    """Return a column of dates."""
    return read_answers(job, taken.export, taken.rows, source, taken.mark, "date")["text"]


def _counted(
    job: Import,
    taken: Taken,
    table: pd.DataFrame,
    kept: pd.Series,
    block: dict,
    name: str,
    source: dict,
) -> pd.DataFrame:
    """Return the rows that hold a record, named, and count those that hold none."""
    job.tally.answers(taken.export.name, name, len(table), {NO_ENTRY: int((~kept).sum())})
    job.tally.used[taken.export.name] |= set(table.index[kept])
    table = table[kept].copy()
    column = str(source["column"])
    table["record_id"] = record_ids(job, taken, block["record_id"], column, table.index)
    return table


def _events(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return one row for each dated event."""
    table = pd.DataFrame({"participant_id": taken.people})
    table["date"] = _dates(job, taken, block["date"])
    for word in ("event", "time", "finding"):
        source, table[word] = block[word], ""
        if source is not None:
            table[word] = read_answers(job, taken.export, taken.rows, source, taken.mark)["text"]
    kept = table["date"] != ""
    found = _counted(job, taken, table, kept, block, "legal_events", block["date"])
    sources = {word: block[word] for word in ("event", "date", "time", "finding")}
    return with_origins(job, taken, found, EVENTS, **sources)


# Table -> its columns, and what makes its rows of one block at one mark.
RECORDS = {
    "responses": (RESPONSES, _responses),
    "measures_given": (MEASURES, _measures),
    "episodes": (EPISODES, _spells),
    "legal_events": (EVENTS, _events),
}
