"""Resource use: counts in columns, pairs of 'used it?' and 'how often?', doses multiplied."""

from collections import defaultdict

import pandas as pd

from trialbalance.contracts.writing import format_number
from trialbalance.data.exports.answers import BLANK, Import, read_answers
from trialbalance.data.exports.expanding import Came, Taken, gathered, record_ids, with_origins
from trialbalance.data.exports.tally import LEFT_OUT, NO_ENTRY, NOT_ASKED, NOT_ATTENDED

YES = ("yes", "1", "true", "ticked", "checked", "y")
NO = ("no", "0", "false", "unticked", "unchecked", "n")
COLUMNS = ["record_id", "participant_id", "item", "quantity", "period", "date"]


def take_use(job: Import, people: pd.DataFrame, came: Came) -> pd.DataFrame:
    """Return table resource_use.

    Parameters
    ----------
    job : Import
        The import.
    people : pandas.DataFrame
        Table participants.
    came : set of (str, str) or None
        Who came to which visit; None where nothing tells.

    Returns
    -------
    pandas.DataFrame of str
        One row for each answer; a blank quantity was asked and not answered.
    """
    heard: dict[tuple[str | None, str], set[str]] = defaultdict(set)

    def counted(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
        heard[(block["item"]["value"], taken.name)] |= set(taken.people)
        return _block(job, block, taken)

    parts = [gathered(job, "resource_use", people, COLUMNS, counted, came)]
    for block in job.mapping["resource_use"]:
        parts += _without_a_row(job, block, people, came, heard)
    return pd.concat(parts, ignore_index=True)


def _block(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return the rows of one block at one mark."""
    table = pd.DataFrame({"participant_id": taken.people, "period": taken.name, "date": ""})
    item = read_answers(job, taken.export, taken.rows, block["item"], taken.mark)
    table["item"] = item["text"]
    counted = _count(job, block, taken)
    table["quantity"] = counted["text"].map(lambda text: format_number(float(text)) if text else "")
    if block["date"] is not None:
        dates = read_answers(job, taken.export, taken.rows, block["date"], taken.mark, "date")
        table["date"] = dates["text"]
    aside = _aside(job, block, taken, table, counted)
    kept = aside == ""
    reasons = aside[~kept].value_counts().to_dict()
    job.tally.answers(taken.export.name, "resource_use", len(table), reasons)
    job.tally.used[taken.export.name] |= set(table.index[kept])
    job.tally.used[taken.export.name] |= set(table.index[aside == LEFT_OUT])
    counts = block["quantity"] or block["product"][0]
    table = table[kept].copy()
    column = counts["column"] or str((block["date"] or counts)["column"])
    table["record_id"] = record_ids(job, taken, block["record_id"], column, table.index)
    quantity = [block["used"], block["quantity"], *block["product"]]
    sources = {"item": block["item"], "quantity": quantity, "date": block["date"]}
    return with_origins(job, taken, table, COLUMNS, **sources)


def _without_a_row(
    job: Import, block: dict, people: pd.DataFrame, came: Came, heard: dict
) -> list[pd.DataFrame]:
    """Return blank rows for who has no row where everybody is asked for a count.

    A row that is not there would be read as 0 where `data.zero_rule` names the item; it may as
    well be a form that was lost. A file that lists only what was used has its item in a column, or
    says no_row: none.
    """
    item, column = block["item"]["value"], (block["quantity"] or {"column": None})["column"]
    if item is None or column is None or block["no_row"] == "none":
        return []
    found = []
    for period in block["at"]:
        visit = _asking(block, period, job.study)
        silent = [
            person for person in people["participant_id"]
            if person not in heard[(item, period)]
            and (came is None or visit is None or (person, visit) in came)
        ]  # fmt: skip
        heard[(item, period)] |= set(silent)
        job.tally.answers(block["export"], "resource_use", len(silent), {})
        names = [f"{block['export']}.no_row.{item}.{period}.{person}" for person in silent]
        table = {"record_id": names, "participant_id": silent, "item": item, "quantity": "",
                 "period": period, "date": ""}  # fmt: skip
        found.append(pd.DataFrame(table, columns=COLUMNS, dtype="str"))
    return found


def _count(job: Import, block: dict, taken: Taken) -> pd.DataFrame:
    """Return the count and, where it is blank, why."""
    sources = [block["quantity"]] if block["quantity"] else block["product"]
    found = [
        read_answers(job, taken.export, taken.rows, source, taken.mark, "number")
        for source in sources
    ]
    counted = found[0] if len(found) == 1 else _product(found)
    # A count that was typed is an answer, also of somebody who is told not to have come.
    typed = (found[0]["text"] != "") & (sources[0]["column"] is not None)
    if block["used"] is None:
        return counted.assign(typed=typed)
    used = read_answers(job, taken.export, taken.rows, block["used"], taken.mark)
    words = used["text"].str.lower()
    odd = used["text"][(words != "") & ~words.isin([*YES, *NO])]
    column = str(block["used"]["column"]).replace("{}", taken.mark)
    job.cells_at_fault(taken.export, column, odd, "yes or no, 1 or 0", "say recode in the mapping")
    return _paired(job, block, taken, counted, words, used["reason"]).assign(typed=typed)


def _product(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the product of numbers: 0 where one is 0, blank where one is blank."""
    numbers = pd.concat([pd.to_numeric(one["text"], errors="coerce") for one in found], axis=1)
    reasons = pd.concat([one["reason"] for one in found], axis=1)
    result = numbers.prod(axis=1, skipna=False).where(~(numbers == 0).any(axis=1), 0.0)
    text = result.map(lambda value: f"{value:.15g}" if value == value else "")
    asked = (reasons == "not_asked").any(axis=1)
    blank = (reasons == BLANK).all(axis=1)
    why = (
        pd.Series("not_answered", index=text.index).where(~asked, "not_asked").where(~blank, BLANK)
    )
    return pd.DataFrame({"text": text, "reason": why.where(text == "", "")})


def _paired(
    job: Import,
    block: dict,
    taken: Taken,
    counted: pd.DataFrame,
    used: pd.Series,
    reason: pd.Series,
) -> pd.DataFrame:
    """Return counts beside the question whether the thing was used at all."""
    text, why = counted["text"].copy(), counted["reason"].copy()
    number = pd.to_numeric(text, errors="coerce")
    yes, no = used.isin(YES), used.isin(NO)
    against = (no & (number > 0)) | (yes & (number == 0))
    told = block["if_they_disagree"]
    if told == "stop":
        column = str((block["quantity"] or block["product"][0])["column"])
        allowed = "a count that agrees with the question before it"
        remedy = "correct it, or say if_they_disagree in the mapping"
        cells = text[against]
        job.cells_at_fault(taken.export, column.replace("{}", taken.mark), cells, allowed, remedy)
    if told in ("used", "not_answered"):
        text = text.where(~against, "")
        why = why.where(~against, "not_answered")
    if told == "used":
        text = text.where(~(against & no), "0")
    nothing = no & (text == "") & ~against
    text = text.where(~nothing, "0")
    asked = yes & (text == "")
    why = why.where(~(asked & (why == BLANK)), "not_answered")
    # Where the count is blank, what is said of the question before it holds for both.
    silent = (text == "") & (used == "") & (why == BLANK)
    why = why.where(~silent, reason.where(reason != "", BLANK))
    return pd.DataFrame({"text": text, "reason": why.where(text == "", "")})


def _aside(
    job: Import, block: dict, taken: Taken, table: pd.DataFrame, counted: pd.DataFrame
) -> pd.Series:
    """Return why each answer is no row; blank where it is one."""
    why = pd.Series("", index=table.index, dtype="object")
    if block["date"] is not None or block["item"]["value"] is None:
        why[(table["quantity"] == "") & (table["date"] == "") & (table["item"] == "")] = NO_ENTRY
    if block["date"] is not None:
        same_for_all = block["quantity"] is not None and block["quantity"]["column"] is None
        why[(table["date"] == "") & (same_for_all | (table["quantity"] == ""))] = NO_ENTRY
    visit = _asking(block, taken.name, job.study)
    if taken.came is not None and visit is not None:
        absent = [(person, visit) not in taken.came for person in table["participant_id"]]
        nothing = table["quantity"].isin(["", "0"]) & ~counted["typed"]
        away = pd.Series(absent, index=table.index) & nothing
        why[away] = NOT_ATTENDED
        # Of somebody who came, what was not asked stays a blank row: it is no 0 by rule.
        why[away & (counted["reason"] == "not_asked")] = NOT_ASKED
    if block["zeros"] == "left_out":
        why[(why == "") & (table["quantity"] == "0")] = LEFT_OUT
    return why


def _asking(block: dict, period: str, study: dict) -> str | None:
    """Return the visit that asks about a period: as told, or the one at the period's end."""
    if period in block["asked_at"]:
        return block["asked_at"][period]
    if period not in study["periods"]:
        return None
    end = study["periods"][period][1]
    return next((name for name, time in study["visits"].items() if abs(time - end) < 1e-9), None)
