"""Domains of SDTM in a draft: visits, questionnaires and stays, a row each."""

from typing import Any

from trialbalance.commands.drafting.fields import time_of, visit_of, word_of
from trialbalance.commands.drafting.meanings import course_of
from trialbalance.data.exports.export import Export


def add_domain(mapping: dict[str, Any], export: Export) -> bool:
    """Add what a domain of SDTM holds to a draft.

    Parameters
    ----------
    mapping : dict
        Draft; changed.
    export : Export
        An export other than that of the participants.

    Returns
    -------
    bool
        Whether the export is such a domain.

    Examples
    --------
    >>> import pandas as pd
    >>> sv = pd.DataFrame({"USUBJID": ["1"], "VISIT": ["WEEK 26"], "SVSTDTC": ["2021-01-02"]})
    >>> mapping = {"visits": [], "responses": []}
    >>> add_domain(mapping, Export("sv", "sv.xpt", sv)), mapping["visits"][0]["at"]
    (True, {'week_26': 'WEEK 26'})
    """
    if {"VISIT", "SVSTDTC"} <= set(export.cells):
        mapping["visits"].append(_visits(export))
    elif {"VISIT", "QSTESTCD"} <= set(export.cells):
        mapping["responses"].append(_responses(export))
    else:
        return False
    return True


def _at(export: Export) -> dict[str, Any]:
    """Return the head of a block with a mark for each visit."""
    names = [name for name in dict.fromkeys(export.cells["VISIT"]) if name]
    marks: dict[str, list[str]] = {}
    for name in names:
        marks.setdefault(visit_of(name), []).append(name)
    at = {visit: found[0] if len(found) == 1 else found for visit, found in marks.items()}
    return {"export": export.name, "at": at, "rows": {"VISIT": "{}"}}


def _visits(export: Export) -> dict[str, Any]:
    """Return the block of visits: attended by its date, or as SVOCCUR or SVREASOC says."""
    block = {**_at(export), "date": "SVSTDTC"}
    if untimed := [visit for visit in block["at"] if time_of(visit) is None]:
        block["ask"] = f"when are these planned (study.visits, years): {', '.join(untimed)}?"
    if "SVREASOC" in export.cells:
        reasons = [word for word in dict.fromkeys(export.cells["SVREASOC"]) if word]
        recode = {word: course for word in reasons if (course := course_of(word))}
        block["status"] = {"column": "SVREASOC", "recode": recode}
        doubt = ", ".join(word for word in reasons if word not in recode)
        block["status"]["ask"] = "attended, missed, dead or withdrawn: is each reason right?" + (
            f" What of {doubt}?" if doubt else ""
        )
    elif "SVOCCUR" in export.cells:
        block["status"] = {"column": "SVOCCUR", "recode": {"Y": "attended", "N": "missed"}}
    return block


def _responses(export: Export) -> dict[str, Any]:
    """Return the block of a questionnaire whose answers have a row each."""
    codes = [code for code in dict.fromkeys(export.cells["QSTESTCD"]) if code]
    level = "QSSTRESN" if "QSSTRESN" in export.cells else "QSORRES"
    return {
        **_at(export),
        "instrument": "eq5d3l",
        "item": {"column": "QSTESTCD", "recode": {code: word_of(code, "item") for code in codes}},
        "level": level,
        "ask": "which questionnaire is it, and which item is each code of QSTESTCD?",
    }
